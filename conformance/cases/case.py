"""What a case is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """Inputs of a loss. Without a pinned answer the reference gives it."""

    id: str
    inputs: dict[str, Any]
    settings: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    core: bool = False  # run in the modes that take long, too
    regime: str = ""  # what of the loss it is about
    value: Any = None
    gradients: dict[str, Any] | None = None


@dataclass(frozen=True)
class Refusal:
    """A call that must fail: with this error or, where only the run can know (`at_run`), by NaN."""

    id: str
    inputs: dict[str, Any]
    settings: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    error: type[Exception] = ValueError
    message: str = ""
    at_run: bool = False


@dataclass(frozen=True)
class LossCases:
    """All cases of a loss."""

    typical: tuple[Case, ...]
    degenerate: tuple[Case, ...]
    refused: tuple[Refusal, ...] = ()


def floats(*rows: Any) -> np.ndarray[Any, Any]:
    """A float32 array."""
    return np.array(rows, np.float32)


def integers(*rows: Any) -> np.ndarray[Any, Any]:
    """An int64 array."""
    return np.array(rows, np.int64)


def booleans(*rows: Any) -> np.ndarray[Any, Any]:
    """A boolean array."""
    return np.array(rows, bool)


def normal(seed: int, *shape: int, scale: float = 1.0) -> np.ndarray[Any, Any]:
    """Normal numbers in float32, the same for the same seed."""
    return np.asarray(np.random.default_rng(seed).standard_normal(shape) * scale, np.float32)
