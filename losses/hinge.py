"""What losses of a hinge are made of: what is lacking of a margin, and targets of 1 and -1."""

from __future__ import annotations

from isoloss.losses.checks import require
from isoloss.protocol import A, Namespace


def positive_part(xp: Namespace[A], x: A) -> A:
    """max(0, x), with slope 0 at 0; NaN stays NaN."""
    return xp.where(x <= 0.0, 0.0, x)


def of_signs(xp: Namespace[A], name: str, signs: A, values: A, where: A | None) -> A:
    """The values, NaN where a sign that counts is neither 1 nor -1.

    Raises:
        ValueError: with the name that the signs have, if one can be seen not to be.
    """
    allowed = xp.equal(xp.abs(signs), 1.0)
    if where is not None:
        allowed = allowed | xp.logical_not(where)
    return require(xp, allowed, values, "{} must be 1 or -1; got {}", name, signs)
