"""The sign and the size of a number, for formulas whose slopes have slopes at 0."""

from __future__ import annotations

from isoloss.protocol import A, Namespace


def side_and_size(xp: Namespace[A], x: A) -> tuple[A, A]:
    """The sign of x, 1 or -1 for 0, too, and |x|, of which it is the slope: those of `sign` and `abs` are 0 at 0."""
    side = xp.copysign(xp.ones_like(x), x)
    return side, side * x
