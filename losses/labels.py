"""Label construction: the index of each row's positive."""

from __future__ import annotations

from isoloss.protocol import A, Namespace


def same_row(xp: Namespace[A], i: A) -> A:
    """Row i of the keys belongs to row i of the queries."""
    return i


def interleaved(xp: Namespace[A], i: A) -> A:
    """Rows 2k and 2k + 1 belong together: 1, 0, 3, 2, 5, 4, ..."""
    return i + 1 - xp.remainder(i, 2) * 2
