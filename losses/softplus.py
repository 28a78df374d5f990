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


def weighed_outcomes(xp: Namespace[A], x: A, true: A, false: A) -> A:
    """true log(1 + e^-x) + false log(1 + e^x), for weights that are not negative."""
    return xp.elementwise(_weighed_outcomes, x, true, false)


def softplus_formula(xp: Namespace[A], x: A) -> tuple[A, tuple[Callable[[], A]]]:
    """max(x, 0) + log(1 + e^-|x|): no term is negative."""
    side, tail = sides(xp, x)
    value = xp.clip(x, 0.0, float("inf")) + xp.log1p(tail)
    return value, (lambda: side * 0.5 + 0.5 - side * (tail / (tail + 1.0)),)


def _two_outcomes(xp: Namespace[A], x: A, t: A) -> tuple[A, Slopes[A]]:
    """w |x| + log(1 + e^-|x|), w being the part of t that is on the other side of 0 than x.

    The slope is the sigmoid of x less t, where nothing cancels when both are nearly 1.
    """
    side, tail = sides(xp, x)
    missing = side * 0.5 + 0.5 - t
    value = xp.abs(missing) * (side * x) + xp.log1p(tail)
    return value, (lambda: missing - side * (tail / (tail + 1.0)), lambda: -x)


def _weighed_outcomes(xp: Namespace[A], x: A, true: A, false: A) -> tuple[A, Slopes[A]]:
    """Of the weights, the one that is on the other side of 0 than x stands at |x|, and their sum at log(1 + e^-|x|)."""
    side, tail = sides(xp, x)
    wrong, right = other_side(xp, side, true, false)
    lost = xp.log1p(tail)

    def slope() -> A:
        return side * ((wrong - right * tail) / (tail + 1.0))

    return wrong * (side * x) + (true + false) * lost, (
        slope,
        lambda: xp.where(side > 0.0, 0.0, -x) + lost,
        lambda: xp.where(side > 0.0, x, 0.0) + lost,
    )


def other_side(xp: Namespace[A], side: A, true: A, false: A) -> tuple[A, A]:
    """Of two weights the one that is on the other side of 0 than x, and the one that is on its side."""
    return xp.where(side > 0.0, false, true), xp.where(side > 0.0, true, false)


def sides(xp: Namespace[A], x: A) -> tuple[A, A]:
    """The sign of x, which is 1 for 0, and e^-|x|, which has a slope at 0."""
    side = xp.sign(xp.sign(x) + 0.5)
    return side, xp.exp(-(side * x))
