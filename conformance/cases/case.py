"""What a case is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

REGIMES = (
    "typical",
    "right",  # the right answer leads by up to 16
    "sure",  # an answer leads by 17 to 80, the right one or a wrong one
    "wrong",  # the right answer trails by up to 16
    "near-cancellation",  # numbers are subtracted that are nearly equal
    "masked",
    "duplicates",
    "unit batch",
    "edge",  # what peers are known to get wrong, or only a convention decides
    "grid",  # all exponents of float32
)


@dataclass(frozen=True)
class Case:
    """Inputs of a loss. Without a pinned answer the reference gives it.

    A case that says no regime is an edge if its answer is pinned, and typical if not. `note` says what is right and why,
    `issue` links to where a peer was found to get it wrong.
    """

    id: str
    inputs: dict[str, Any]
    settings: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    core: bool = False  # run in the modes that take long, too, and in 16 bits
    value: Any = None
    gradients: dict[str, Any] | None = None
    regime: str = ""  # one of REGIMES
    issue: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "regime", self.regime or ("typical" if self.value is None else "edge"))


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

    @property
    def case(self) -> Case:
        """The call."""
        return Case(self.id, self.inputs, self.settings, self.options)


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


def labelled(embeddings: np.ndarray[Any, Any], *labels: int) -> dict[str, np.ndarray[Any, Any]]:
    """Embeddings and a label for each row."""
    return {"embeddings": embeddings, "labels": integers(*labels)}


OPPOSITE = floats([1.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [-1.0, 0.0])
"""Two rows of one direction, and two of the other."""


def normal(seed: int, *shape: int, scale: float = 1.0) -> np.ndarray[Any, Any]:
    """Normal numbers in float32, the same for the same seed."""
    return np.asarray(np.random.default_rng(seed).standard_normal(shape) * scale, np.float32)


def regime(name: str) -> str:
    """That of a case in which an answer leads or trails; "far" right or wrong is sure."""
    return {"near": "typical", "far right": "sure", "far wrong": "sure"}.get(name, name)


def nearly(x: np.ndarray[Any, Any], seed: int, off: float) -> np.ndarray[Any, Any]:
    """The same numbers, each off by some such part of itself."""
    return np.asarray(x * (1.0 + normal(seed, *x.shape, scale=off)), np.float32)


def masked(seed: int, *shape: int) -> dict[str, Any]:
    """Options: about two of three values count, with weights; always the first, and never the last."""
    rng = np.random.default_rng(seed)
    where, weights = rng.random(shape) < 2 / 3, rng.uniform(0.25, 2.0, shape).astype(np.float32)
    where.flat[0], where.flat[-1] = True, False
    return {"where": where, "weights": weights}


def grids(seed: int) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """Every exponent of float32 once, in a few parts with their names.

    But the lowest of normal numbers: half of such a number may be flushed to zero on the way to a gradient.
    """
    for lowest in range(-125, 128, 64):
        highest = min(lowest + 64, 128)
        yield f"exponents {lowest} to {highest - 1}", grid(seed + lowest + 125, lowest, highest)


def grid(seed: int, lowest: int, highest: int) -> np.ndarray[Any, Any]:
    """A number of each exponent from `lowest` to below `highest`, of either sign and with a mantissa at random."""
    rng = np.random.default_rng(seed)
    sizes = np.ldexp(rng.uniform(1.0, 2.0, highest - lowest), np.arange(lowest, highest))
    return (rng.choice([-1.0, 1.0], len(sizes)) * sizes).astype(np.float32)
