"""log(1 + e^x) and the sigmoid, right for large and for tiny results: every loss of two outcomes stands on them."""

from __future__ import annotations

from isoloss.protocol import A, Namespace


def softplus(xp: Namespace[A], x: A) -> A:
    """log(1 + e^x)."""
    return xp.elementwise(_softplus, (_softplus_slope,), x)


def sigmoid_less(xp: Namespace[A], x: A, part: A | float) -> A:
    """1 / (1 + e^-x) - part, where nothing cancels when both are nearly 1."""
    side = xp.sign(xp.sign(x) + 0.5)  # 1 at 0, too: it has a slope there
    tail = xp.exp(-(side * x))
    return side * 0.5 + 0.5 - part - side * (tail / (tail + 1.0))


def _softplus(xp: Namespace[A], x: A) -> A:
    """max(x, 0) + log(1 + e^-|x|): no term is negative."""
    return xp.clip(x, 0.0, float("inf")) + xp.log1p(xp.exp(-xp.abs(x)))


def _softplus_slope(xp: Namespace[A], x: A) -> A:
    return sigmoid_less(xp, x, 0.0)
