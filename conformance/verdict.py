"""What a result is worth: how far each number is from the exact one, and the level that this reaches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from isoloss.conformance.bounds import BOUNDS, normwise
from isoloss.conformance.runners import Result
from isoloss.conformance.ulp import Array, distance, overflows, ulp
from isoloss.conformance.vectors import Answer, Numbers, Vector

PINNED = (2, 2)
"""The bounds of degenerate cases, whose answers stand in the case."""

CLOSE = 1e-5
LARGEST_TOLERANCE = 0.01  # of the exact number: a number that its input determines no better is not judged


@dataclass(frozen=True)
class Verdict:
    """The verdict on one result.

    Distances are the worst of all numbers, in ulps, divided by the number's condition, which is what a bound limits.
    """

    fault: str  # what is wrong, in words; "" if nothing is
    value: float
    gradient: float | None  # None: there are values only
    judged: int  # how many numbers were
    numbers: int
    finite: bool
    close: bool
    histogram: tuple[int, ...]  # how many numbers are off by 0, 1, 2, 3 and more ulps, for a condition of 1

    @property
    def accurate(self) -> bool:
        return not self.fault


class Compared(NamedTuple):
    """What is compared: the value, or the gradient of one argument."""

    name: str
    got: Array
    exact: Numbers
    dtype: str
    bound: float
    by_largest: bool


def judge(loss: str, vector: Vector, result: Result, *, dtype: str, device: str = "cpu") -> Verdict:
    """Compare what a framework gave for a vector whose inputs had a dtype with the exact answer.

    In order: shape, dtype, device, value, gradients.
    """
    faults: list[str] = []
    returned = "float64" if dtype == "float64" else "float32"
    if result.dtype != returned:
        faults.append(f"dtype {result.dtype}, expected {returned}")
    if not result.device.startswith(device):
        faults.append(f"on {result.device}, expected {device}")
    worst = {"value": 0.0, "gradient": 0.0}
    judged = numbers = 0
    finite = close = True
    learned = answer(vector, dtype).gradients
    if result.gradients and result.gradients.keys() != learned.keys():
        faults.append(f"gradients of {', '.join(result.gradients)}, expected of {', '.join(learned)}")
        close = False
    histogram = np.zeros(5, int)
    for part in parts(loss, vector, result, dtype):
        exact = part.exact.exact
        if part.got.shape != exact.shape:
            faults.append(f"{part.name}: shape {part.got.shape}, expected {exact.shape}")
            close = False
            continue
        if vector.kind == "degenerate" and (missed := np.isinf(exact) & (part.got != exact)).any():
            faults.append(f"{part.name}: {float(part.got[missed][0])!r}, expected {float(exact[missed][0])!r}")
        off, tolerance, size, known = measured(part, returned)
        kind = part.name.partition(" ")[0]
        judged, numbers = judged + int(known.sum()), numbers + known.size
        finite &= bool((np.isfinite(off) | np.isfinite(part.got))[np.isfinite(exact)].all())
        close &= bool((off <= np.maximum(CLOSE * size, tolerance))[known].all())
        share = np.divide(off, tolerance, out=np.where(off == 0.0, 0.0, np.inf), where=known & (tolerance > 0.0))[known]
        worst[kind] = max(worst[kind], part.bound * float(share.max(initial=0.0)))
        histogram += np.bincount(np.searchsorted((0.5, 1.5, 2.5, 3.5), part.bound * share), minlength=5)
        if (share > 1.0).any():
            index = tuple(int(k) for k in np.argwhere(known)[share.argmax()])
            got, expected = float(part.got[index]), float(exact[index])
            faults.append(f"{part.name}{list(index) or ''}: {got!r}, expected {expected!r}")
    fault = "; ".join(faults[:1])
    gradient = worst["gradient"] if result.gradients else None
    return Verdict(fault, worst["value"], gradient, judged, numbers, finite, close, tuple(histogram.tolist()))


def answer(vector: Vector, dtype: str) -> Answer:
    """The exact answer for inputs of a dtype."""
    return vector.answers["float32" if dtype == "float64" else dtype]


def bounds(loss: str, vector: Vector) -> tuple[float, float]:
    """The bounds of value and gradient in a case."""
    return PINNED if vector.kind == "degenerate" else BOUNDS[loss]


def parts(loss: str, vector: Vector, result: Result, dtype: str) -> Iterator[Compared]:
    """Value and gradients, each with its exact answer."""
    exact = answer(vector, dtype)
    of_value, of_gradient = bounds(loss, vector)
    yield Compared("value", result.value, exact.value, "float64" if dtype == "float64" else "float32", of_value, False)
    for name, got in result.gradients.items():
        if name in exact.gradients:
            yield Compared(f"gradient of {name}", got, exact.gradients[name], dtype, of_gradient, normwise(loss))


class Measured(NamedTuple):
    """What is known of each number."""

    off: Array
    tolerance: Array  # how far it may be off
    size: Array  # what both are measured by
    known: Array  # whether its input determines it well enough to be judged


def measured(part: Compared, computed: str) -> Measured:
    """How far each number is from the exact one."""
    numbers = part.exact
    ulps = distance(part.got, numbers.exact, computed, rest=numbers.rest)
    ulps = np.where(overflows(part.got, numbers.exact, part.dtype), 0.0, ulps)
    size = np.abs(numbers.exact)
    unit = ulp(numbers.exact, computed, numbers.rest)
    off = ulps * unit
    if part.by_largest:
        size = np.full_like(size, size[np.isfinite(size)].max(initial=0.0))
        unit = ulp(size, computed)
    tolerance = part.bound * numbers.condition * unit
    if part.dtype != computed:  # rounded once more, to 16 bits
        tolerance = tolerance + ulp(size, part.dtype)
    tolerance = np.where(size == 0.0, 0.0, tolerance)
    certain = part.bound * numbers.condition * ulp(1.0, computed) <= LARGEST_TOLERANCE
    known = np.where(numbers.exact == 0.0, certain, tolerance <= LARGEST_TOLERANCE * size)
    return Measured(off, tolerance, size, known & np.isfinite(numbers.exact))
