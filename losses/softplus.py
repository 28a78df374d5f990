"""log(1 + e^x) and the sigmoid, right for large and for tiny results: every loss of two outcomes stands on them."""

from __future__ import annotations

from isoloss.protocol import A, Namespace


def softplus(xp: Namespace[A], x: A) -> A:
    """log(1 + e^x)."""
    return xp.elementwise(_softplus, (_softplus_slope,), x)


def sigmoid_less(xp: Namespace[A], x: A, part: A | float) -> A:
    """1 / (1 + e^-x) - part, where nothing cancels when both are nearly 1."""
    return xp.elementwise(_sigmoid_less, (_sigmoid_slope, _slope_of_part), x, part)


def _softplus(xp: Namespace[A], x: A) -> A:
    """max(x, 0) + log(1 + e^-|x|): no term is negative."""
    return xp.clip(x, 0.0, float("inf")) + xp.log1p(xp.exp(-xp.abs(x)))


def _softplus_slope(xp: Namespace[A], x: A) -> A:
    return sigmoid_less(xp, x, 0.0)


def _sigmoid_less(xp: Namespace[A], x: A, part: A) -> A:
    side = xp.sign(x)
    return side * 0.5 + 0.5 - part - side * _other_side(xp, x)


def _sigmoid_slope(xp: Namespace[A], x: A, part: A) -> A:
    chance = _other_side(xp, x)
    return chance * (-chance + 1.0)


def _slope_of_part(xp: Namespace[A], x: A, part: A) -> A:
    return -xp.ones_like(x)


def _other_side(xp: Namespace[A], x: A) -> A:
    """The sigmoid of -|x|: the chance of the side of 0 that x is not on."""
    tail = xp.exp(-xp.abs(x))
    return tail / (tail + 1.0)
