"""Logarithms of what may be 0."""

from __future__ import annotations

from math import log

from isoloss.losses.softmax import NEGATIVE_INFINITY
from isoloss.protocol import A, Namespace


def log_from_normal(xp: Namespace[A], x: A) -> A:
    """log x, where x below the smallest normal number counts as that number, in the slope too."""
    floor = xp.smallest_normal(x)
    return xp.log(xp.where(x < floor, x - xp.stop_gradient(x) + floor, x))


def log_or_infinite(xp: Namespace[A], x: A) -> A:
    """log x; -inf for 0, with zero gradient."""
    zero = xp.equal(x, 0.0)
    return xp.where(zero, NEGATIVE_INFINITY, xp.log(xp.where(zero, 1.0, x)))


def finite_log(xp: Namespace[A], log_x: A) -> A:
    """A logarithm, where -inf counts as that of the smallest normal number."""
    return xp.where(xp.equal(log_x, NEGATIVE_INFINITY), log(xp.smallest_normal(log_x)), log_x)
