"""What a reference gets and gives: plain Python lists of `mpmath` numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from mpmath import mpf

Vector: TypeAlias = list[mpf]
Matrix: TypeAlias = list[list[mpf]]


@dataclass
class Rows:
    """A value for each row of the batch, and what it counts for in a mean (None: 1 each)."""

    values: Vector
    weights: Vector | None = None
