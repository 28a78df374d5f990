"""The ulp meter: how far a computed number is from the exact one, in units of the last place of its dtype.

An exact number is a pair of float64 numbers, the nearest one and the rest. Neither a framework nor mpmath is needed.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

PRECISION = {"float16": (11, -14), "bfloat16": (8, -126), "float32": (24, -126), "float64": (53, -1022)}
"""Bits of the significand, and the exponent of the smallest normal number."""

LARGEST = {dtype: (2.0 - 2.0 ** (1 - bits)) * 2.0 ** (1 - lowest) for dtype, (bits, lowest) in PRECISION.items()}
"""The largest number of each dtype."""

SMALLEST_NORMAL = {dtype: 2.0**lowest for dtype, (_, lowest) in PRECISION.items()}
"""The smallest that has all its bits."""


def rounded(x: Any, dtype: str) -> Array:
    """Floating numbers in a dtype, others as they are."""
    x = np.asarray(x)
    if x.dtype.kind != "f":
        return x
    if dtype == "bfloat16":
        import ml_dtypes

        return x.astype(ml_dtypes.bfloat16)
    return x.astype(dtype)


def ulp(exact: Any, dtype: str, rest: Any = 0.0) -> Array:
    """The distance between neighbouring numbers of a dtype at the exact number; of subnormal ones, the smallest."""
    bits, lowest = PRECISION[dtype]
    size = np.abs(np.asarray(exact, np.float64))
    fraction, exponent = np.frexp(size)
    # just below a power of two the numbers are half as far apart
    exponent = exponent - 1 - ((fraction == 0.5) & (np.asarray(rest, np.float64) * np.sign(exact) < 0.0))
    return np.ldexp(1.0, np.where(size == 0.0, lowest, np.maximum(exponent, lowest)) - bits + 1)


def overflows(got: Any, exact: Any, dtype: str) -> Array:
    """Where an exact number lies beyond the largest of a dtype, and what was got is the infinity of its sign."""
    return np.isinf(got) & (np.abs(exact) > LARGEST[dtype]) & (np.sign(got) == np.sign(exact))


def distance(got: Any, exact: Any, dtype: str, *, rest: Any = 0.0) -> Array:
    """|got - exact| in ulps of the exact number, element by element; infinite for NaN and infinity.

    What lies below the smallest normal number may be flushed to zero, and what lies beyond the largest be infinite.
    """
    got, exact = np.asarray(got, np.float64), np.asarray(exact, np.float64)
    if got.shape != exact.shape:
        raise ValueError(f"got shape {got.shape}, expected {exact.shape}")
    with np.errstate(invalid="ignore", over="ignore"):  # in ulps of 0 nearly every float64 is infinitely far
        found = np.abs((got - exact) - rest) / ulp(exact, dtype, rest)
    smallest = SMALLEST_NORMAL[dtype]
    found = np.where((np.abs(exact) < smallest) & (np.abs(got) <= smallest), 0.0, found)
    return np.where(np.isfinite(got), found, np.where((got == exact) | overflows(got, exact, dtype), 0.0, np.inf))


def worst(got: Any, exact: Any, dtype: str, *, by_largest: bool = False) -> float:
    """The largest distance over an array; by_largest: in ulps of its largest number."""
    got, exact = np.asarray(got, np.float64), np.asarray(exact, np.float64)
    found = distance(got, exact, dtype)
    if by_largest and found.size:
        held = np.isfinite(found) & np.isfinite(exact) & (found > 0.0)  # 0: the same, or flushed to zero
        difference = np.where(held, got, 0.0) - np.where(held, exact, 0.0)
        largest = np.abs(exact[np.isfinite(exact)]).max(initial=0.0)
        found = np.where(held, np.abs(difference) / ulp(largest, dtype), found)
    return float(found.max(initial=0.0))
