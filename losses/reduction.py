"""How values become one number."""

from __future__ import annotations

from isoloss.protocol import A, Namespace


def weighted_mean(xp: Namespace[A], values: A, weights: A | None) -> A:
    r"""$\sum w\,\ell / \sum w$; 0, with zero gradient, where nothing counts."""
    if weights is None:
        return xp.mean(values)
    total = xp.sum(weights)
    return xp.sum(weights * values) / xp.where(xp.equal(total, 0.0), 1.0, total)


def combine(xp: Namespace[A], values: A, where: A | None, weights: A | None) -> A | None:
    """What each of the values counts for, from a mask and weights, either of which may be missing."""
    if where is None:
        return weights
    counted = xp.astype(where, values.dtype)
    return counted if weights is None else xp.where(where, weights, 0.0)
