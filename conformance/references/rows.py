"""What a reference gets and gives: plain Python lists of `mpmath` numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

Number: TypeAlias = Any  # mpmath's mpf: the library has no types
Vector: TypeAlias = list[Number]
Matrix: TypeAlias = list[list[Number]]


@dataclass
class Rows:
    """A value for each row of the batch, and what it counts for in a mean (None: 1 each)."""

    values: Vector
    weights: Vector | None = None
