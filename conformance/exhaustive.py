"""Every number of 16 bits: vectors of the losses of one scalar, whose exact answers are computed when they are asked for.

They need mpmath, and a third of a minute each. Value, slope and curvature come from three points, so that their cost is
linear. Zeros, kinks and infinite answers are left to the degenerate cases. Numbers of bfloat16 below twice the smallest
normal number are left out: they, or half of them on the way to a gradient, may be flushed to zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import mpmath
import numpy as np
from mpmath import mpf

from isoloss.conformance.cases.case import Case
from isoloss.conformance.exact import DIGITS, STEP, Exact, exact, values
from isoloss.conformance.perturbation import sizes
from isoloss.conformance.vectors import Answer, Numbers, Vector
from isoloss.losses import LOSSES

DTYPES = ("float16", "bfloat16")


@dataclass(frozen=True)
class _Variant:
    """What is given while the predicted numbers take every value."""

    id: str
    given: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)


_LABELS = (_Variant("targets 0", {"targets": 0}), _Variant("targets 1", {"targets": 1}))
_ERROR = _LABELS[:1]

VARIANTS: dict[str, tuple[_Variant, ...]] = {
    "mse": _ERROR,
    "mae": _ERROR,
    "huber": _ERROR,
    "log_cosh": _ERROR,
    "binary_cross_entropy": _LABELS,
    "binary_cross_entropy_with_logits": _LABELS,
    "margin_ranking": tuple(
        _Variant(f"target {target}, margin {margin}", {"target": target}, {"margin": margin})
        for target in (1, -1)
        for margin in (0.0, 0.5)
    ),
    "bpr": (_Variant("opposite scores"),),
}


def exhaustive(loss: str, dtype: str, *, step: int = 1) -> Iterator[Vector]:
    """Vectors of a loss of one scalar over all numbers of a dtype of 16 bits, or every so many-th of them.

    Of two scores one is the other's opposite.
    """
    first, *others = _predicted(loss)
    for variant in VARIANTS[loss]:
        numbers = _domain(loss, variant, patterns(dtype))[::step]
        given = {n: np.full(len(numbers), x) for n, x in variant.given.items()}
        case = Case(
            f"every {dtype} number, {variant.id}",
            {first: numbers, **dict.fromkeys(others, -numbers), **given},
            variant.settings,
            {"reduction": "none"},
            regime="grid",
        )
        yield Vector(case, "typical", {dtype: _answer(loss, case)})


def patterns(dtype: str) -> np.ndarray[Any, Any]:
    """The finite numbers of a dtype of 16 bits whose half is normal in float32."""
    bits = np.arange(2**16, dtype=np.uint16)
    numbers = bits.view(np.float16) if dtype == "float16" else (bits.astype(np.uint32) << 16).view(np.float32)
    numbers = numbers.astype(np.float32)
    return numbers[np.isfinite(numbers) & (np.abs(numbers) >= 2.0**-125)]


def _domain(loss: str, variant: _Variant, numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if loss == "binary_cross_entropy":
        return numbers[(numbers > 0) & (numbers < 1)]
    if loss == "margin_ranking":
        return numbers[variant.given["target"] * numbers != variant.settings["margin"] / 2]
    return numbers


def _predicted(loss: str) -> list[str]:
    return [a.name for a in LOSSES[loss].arguments if a.predicted]


def _answer(loss: str, case: Case) -> Answer:
    declared = LOSSES[loss]
    first, *others = _predicted(loss)
    with mpmath.workdps(DIGITS):
        inputs = {n: exact(x) for n, x in case.inputs.items()}
        settings = {s.name: s.default for s in declared.settings} | case.settings
        middle = inputs[first]
        step = abs(middle) * STEP
        below, value, above = (
            values(declared, inputs | {first: x}, settings, case.options)
            for x in (middle - step, middle, middle + step)
        )
        slope = (above - below) / (2 * step)
        curvature = (above - 2 * value + below) / step**2
        off = sizes(loss, inputs, -1)[first]
        slopes = _numbers(slope, curvature * off)
        turned = Numbers(-slopes.exact, -slopes.rest, slopes.condition)  # it is a difference of scores that counts
        return Answer(_numbers(value, slope * off), {first: slopes} | dict.fromkeys(others, turned))


def _numbers(x: Exact, change: Exact) -> Numbers:
    nearest = x.astype(float)
    condition = [max(abs(c / n), mpf(1)) if float(n) else mpf(1) for c, n in zip(change, x, strict=True)]
    return Numbers(nearest, (x - nearest).astype(float), np.array(condition, float))
