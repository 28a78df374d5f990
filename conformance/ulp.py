"""The ulp meter: how far a computed number is from the exact one, in units of the last place of its dtype."""

from __future__ import annotations

from typing import Any, TypeAlias

import mpmath
import numpy as np
from mpmath import mpf

Number: TypeAlias = Any  # mpmath's mpf: the library has no types

PRECISION = {"float16": (11, -14), "bfloat16": (8, -126), "float32": (24, -126), "float64": (53, -1022)}
"""Bits of the significand, and the exponent of the smallest normal number."""


def ulp(exact: Number, dtype: str) -> Number:
    """The distance between neighbouring numbers of a dtype at the exact number."""
    bits, lowest = PRECISION[dtype]
    exponent = lowest if exact == 0 else max(int(mpmath.floor(mpmath.log(abs(exact), 2))), lowest)
    if exact != 0 and exponent > lowest:  # the logarithm may have been rounded up to a power of two
        exponent -= mpf(2) ** exponent > abs(exact)
    return mpf(2) ** (exponent - bits + 1)


def distance(got: float, exact: Number, dtype: str) -> float:
    """|got - exact| in ulps of the exact number; what lies below the smallest normal number may be flushed to zero."""
    if not np.isfinite(got):
        return 0.0 if mpmath.isinf(exact) and mpf(got) == exact else float("inf")
    smallest = mpf(2) ** PRECISION[dtype][1]
    if abs(exact) < smallest and abs(got) <= smallest:
        return 0.0
    return float(abs(mpf(float(got)) - exact) / ulp(exact, dtype))


def worst(got: Any, exact: Any, dtype: str, *, normwise: bool = False) -> float:
    """The largest distance over an array; normwise: in ulps of its largest number."""
    got, exact = np.asarray(got, np.float64), np.asarray(exact, object)
    if got.shape != exact.shape:
        raise ValueError(f"got shape {got.shape}, expected {exact.shape}")
    if not got.size:
        return 0.0
    if not normwise:
        return max(distance(g, e, dtype) for g, e in zip(got.flat, exact.flat, strict=True))
    unit = ulp(max((abs(e) for e in exact.flat), default=mpf(0)), dtype)
    finite = bool(np.all(np.isfinite(got)))
    return (
        max(float(abs(mpf(float(g)) - e) / unit) for g, e in zip(got.flat, exact.flat, strict=True))
        if finite
        else float("inf")
    )
