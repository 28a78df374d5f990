"""log(1 + e^x), right for large and for tiny results: every loss of two outcomes stands on it."""

from __future__ import annotations

from isoloss.protocol import A, Namespace


def softplus(xp: Namespace[A], x: A) -> A:
    """log(1 + e^x) = max(x, 0) + log(1 + e^-|x|): no term is negative, and the slope at 0 is a half."""
    positive = x >= 0.0
    size = xp.where(positive, x, -x)  # not abs(x), whose slope at 0 is 0
    return xp.where(positive, x, 0.0) + xp.log1p(xp.exp(-size))
