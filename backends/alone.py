"""A worker alone, which has the whole batch."""

from __future__ import annotations

from typing import TypeVar

__all__ = ["among_gathered", "averaged", "gathered", "greatest", "summed"]

T = TypeVar("T")


def gathered(x: T, /) -> T:
    """`Namespace.gathered`."""
    return x


def among_gathered(indices: T, x: T, /) -> T:
    """`Namespace.among_gathered`."""
    return indices


def summed(x: T, /) -> T:
    """`Namespace.summed`."""
    return x


def averaged(x: T, /) -> T:
    """`Namespace.averaged`."""
    return x


def greatest(x: T, /) -> T:
    """`Namespace.greatest`."""
    return x
