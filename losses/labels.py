"""Label construction: the index of each row's positive, or which rows are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from isoloss.protocol import A, Namespace

Partner: TypeAlias = Callable[[Namespace[A], A], A]
"""From the index of each row, 0, 1, 2, ..., to that of its positive."""


def same_row(xp: Namespace[A], i: A) -> A:
    """Row i of the keys belongs to row i of the queries."""
    return i


def interleaved(xp: Namespace[A], i: A) -> A:
    """Rows 2k and 2k + 1 belong together: 1, 0, 3, 2, 5, 4, ..."""
    return i + 1 - xp.remainder(i, 2) * 2


def stacked(views: int, step: int) -> Partner[A]:
    """Rows are blocks, one for each view: row i belongs to the row `step` blocks further on, around the end."""

    def partner(xp: Namespace[A], i: A) -> A:
        rows = xp.length(i, 0)
        return xp.remainder(i + step * (rows // views), rows)

    return partner


def same_label(xp: Namespace[A], labels: A, itself: A, where: A | None) -> tuple[A, A]:
    """(N, M): whether each row of all workers is another that counts, and whether it is one of the same label.

    Args:
        itself: (N, M), where each of one's own rows meets itself.
    """
    others = xp.logical_not(itself)
    if where is not None:
        others = others & xp.expand_dims(xp.gathered(where), axis=0)
    return others, others & xp.equal(xp.expand_dims(labels, axis=1), xp.expand_dims(xp.gathered(labels), axis=0))
