"""log(1 + e^x), right for large and for tiny results: every loss of two outcomes stands on it."""

from __future__ import annotations

from collections.abc import Callable

from isoloss.protocol import A, Namespace, Slopes


def softplus(xp: Namespace[A], x: A) -> A:
    """log(1 + e^x)."""
    return xp.elementwise(softplus_formula, x)


def two_outcomes(xp: Namespace[A], x: A, t: A) -> A:
    """t log(1 + e^-x) + (1 - t) log(1 + e^x), for t from 0 to 1."""
    return xp.elementwise(_two_outcomes, x, t)


def softplus_formula(xp: Namespace[A], x: A) -> tuple[A, tuple[Callable[[], A]]]:
    """max(x, 0) + log(1 + e^-|x|): no term is negative."""
    side, tail = _sides(xp, x)
    value = xp.clip(x, 0.0, float("inf")) + xp.log1p(tail)
    return value, (lambda: side * 0.5 + 0.5 - side * (tail / (tail + 1.0)),)


def _two_outcomes(xp: Namespace[A], x: A, t: A) -> tuple[A, Slopes[A]]:
    """w |x| + log(1 + e^-|x|), w being the part of t that is on the other side of 0 than x.

    The slope is the sigmoid of x less t, where nothing cancels when both are nearly 1.
    """
    side, tail = _sides(xp, x)
    missing = side * 0.5 + 0.5 - t
    value = xp.abs(missing) * xp.abs(x) + xp.log1p(tail)
    return value, (lambda: missing - side * (tail / (tail + 1.0)), lambda: -x)


def _sides(xp: Namespace[A], x: A) -> tuple[A, A]:
    """The sign of x, which is 1 for 0, and e^-|x|, which has a slope at 0."""
    side = xp.sign(xp.sign(x) + 0.5)
    return side, xp.exp(-(side * x))
