"""How values become one number."""

from __future__ import annotations

from isoloss.protocol import A, Namespace


def weighted_mean(xp: Namespace[A], values: A, weights: A | None) -> A:
    r"""$\sum w\,\ell / \sum w$; 0, with zero gradient, where nothing counts."""
    if weights is None:
        return xp.averaged(xp.mean(values))
    weights = relative(xp, weights)
    total = xp.averaged(xp.sum(weights))
    return xp.averaged(xp.sum(weighted(xp, values, weights))) / xp.where(xp.equal(total, 0.0), 1.0, total)


def weighted(xp: Namespace[A], values: A, weights: A) -> A:
    """What weighs 0 is 0, even if its value overflows; NaN stays NaN."""
    overflows = xp.equal(weights, 0.0) & xp.equal(values, float("inf"))
    return weights * xp.where(overflows, 0.0, values)


def relative(xp: Namespace[A], weights: A) -> A:
    """The weights in units of the largest, so that neither their sum nor a quotient by it overflows."""
    largest = xp.greatest(xp.stop_gradient(xp.max(weights)))
    # a compiler may multiply by the reciprocal, which must be a normal number
    scale = xp.where(largest > 1.0, 0.125, xp.ones_like(largest))
    return weights * scale / xp.where(largest > 0.0, largest * scale, 1.0)
