"""What only the values can tell: raised where they can be seen, NaN where they cannot, never a plausible number."""

from __future__ import annotations

from isoloss.protocol import A, Namespace


def require(xp: Namespace[A], condition: A, values: A, message: str, *details: object) -> A:
    """`values`, NaN where the condition fails.

    Raises:
        ValueError: with the message, and the details in it, if the condition can be seen to fail (plain arrays on the
            CPU).
    """
    seen = xp.holds(condition)
    if seen is False:
        raise ValueError(message.format(*details))
    if seen:
        return values
    return values * xp.where(condition, xp.ones_like(values), float("nan"))
