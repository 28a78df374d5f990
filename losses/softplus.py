"""log(1 + e^x), right for large and for tiny results: every loss of two outcomes stands on it."""

from __future__ import annotations

from collections.abc import Callable
from math import log

from isoloss.losses.magnitude import side_and_size
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
    side, size = side_and_size(xp, x)
    tail = xp.exp(-size)
    value = xp.clip(x, 0.0, float("inf")) + xp.log1p(tail)
    return value, (lambda: side * 0.5 + 0.5 - side * (tail / (tail + 1.0)),)


def _two_outcomes(xp: Namespace[A], x: A, t: A) -> tuple[A, Slopes[A]]:
    """w |x| + log(1 + e^-|x|), w being the part of t that is on the other side of 0 than x.

    The slope is the sigmoid of x less t, where nothing cancels when both are nearly 1.
    """
    side, size, tail, infinite = sides(xp, x)
    wrong = xp.abs(side * 0.5 + 0.5 - t)
    value = wrong * size + xp.log1p(tail)
    return value, (lambda: unless(xp, infinite, side * (wrong - tail / (tail + 1.0))), lambda: -(side * size))


def _weighed_outcomes(xp: Namespace[A], x: A, true: A, false: A) -> tuple[A, Slopes[A]]:
    """Of the weights, the one that is on the other side of 0 than x stands at |x|, and their sum at log(1 + e^-|x|)."""
    side, size, tail, infinite = sides(xp, x)
    wrong, right = other_side(xp, side, true, false)
    lost = xp.log1p(tail)

    def slope() -> A:
        return unless(xp, infinite, side * ((wrong - right * tail) / (tail + 1.0)))

    return wrong * size + (true + false) * lost, (
        slope,
        lambda: xp.where(side > 0.0, 0.0, size) + lost,
        lambda: xp.where(side > 0.0, size, 0.0) + lost,
    )


def other_side(xp: Namespace[A], side: A, true: A, false: A) -> tuple[A, A]:
    """Of two weights the one that is on the other side of 0 than x, and the one that is on its side."""
    return xp.where(side > 0.0, false, true), xp.where(side > 0.0, true, false)


def sides(xp: Namespace[A], x: A) -> tuple[A, A, A, A | None]:
    """The sign of x, |x| and e^-|x|, which have a slope at 0, and where x is infinite; None: nowhere.

    The size of an infinite one counts as that of the logit of the dtype's smallest normal number.
    """
    side, size = side_and_size(xp, x)
    tail = xp.exp(-size)
    if xp.within(size, 0.0, 1e38):
        return side, size, tail, None
    infinite = xp.equal(size, float("inf"))
    return side, xp.where(infinite, -log(xp.smallest_normal(x)), size), tail, infinite


def unless(xp: Namespace[A], infinite: A | None, slope: A) -> A:
    """The slope, 0 where x is infinite."""
    return slope if infinite is None else xp.where(infinite, 0.0, slope)
