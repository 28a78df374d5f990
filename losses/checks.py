"""What only the values can tell: raised where they can be seen, NaN where they cannot, never a plausible number."""

from __future__ import annotations

from isoloss.protocol import A, Namespace


def require(xp: Namespace[A], condition: A, values: A, message: str, *details: object) -> A:
    """`values`, NaN where the condition fails.

    Raises:
        ValueError: with the message, and the details in it, if the condition can be seen to fail (plain arrays on the
            CPU).
    """
    return nan_unless(xp, _unless_seen(xp, condition, message, details), values)


def not_negative(xp: Namespace[A], name: str, argument: str, numbers: A) -> A:
    """The numbers that a loss of this name has as this argument, NaN where one is negative.

    Raises:
        ValueError: if one can be seen to be.
    """
    return require(xp, numbers >= 0.0, numbers, "{}: {} must not be negative; got {}", name, argument, numbers)


def finite_and_not_negative(xp: Namespace[A], name: str, argument: str, numbers: A) -> A:
    """The same for numbers that must be finite, too."""
    allowed = (numbers >= 0.0) & (numbers < float("inf"))
    message = "{}: {} must be finite and not negative; got {}"
    return require(xp, allowed, numbers, message, name, argument, numbers)


def within(xp: Namespace[A], x: A, low: float, high: float | A, message: str, *details: object) -> A | None:
    """Where x is from low to high; None if it is seen to be so everywhere.

    Raises:
        ValueError: with the message, and the details in it, if it can be seen not to be so.
    """
    return None if xp.within(x, low, high) else _unless_seen(xp, (x >= low) & (x <= high), message, details)


def _unless_seen(xp: Namespace[A], condition: A, message: str, details: tuple[object, ...]) -> A | None:
    """The condition; None if it is seen to hold everywhere."""
    seen = xp.holds(condition)
    if seen is False:
        raise ValueError(message.format(*details))
    return None if seen else condition


def nan_unless(xp: Namespace[A], condition: A | None, values: A) -> A:
    """`values`, NaN where a condition that is not known to hold everywhere fails."""
    return values if condition is None else values * xp.where(condition, xp.ones_like(values), float("nan"))
