"""What every contrastive loss is made of: queries, keys, whose positive is whose, a similarity, a temperature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from isoloss.losses.declaration import Weighted
from isoloss.losses.softmax import NEGATIVE_INFINITY, log_odds_against, softmax_cross_entropy
from isoloss.protocol import A, Namespace

Similarity: TypeAlias = Literal["cosine", "dot"]


def contrast(
    xp: Namespace[A],
    queries: A,
    keys: A | None = None,
    *,
    positive: Callable[[Namespace[A], A], A],
    temperature: float | A,
    negatives: A | None = None,
    similarity: Similarity = "cosine",
    decoupled: bool = False,
    where: A | None = None,
) -> A | Weighted[A]:
    r"""$-\log \dfrac{e^{s_{i\,p(i)}}}{\sum_{j} e^{s_{ij}}}$ with $s_{ij} = \mathrm{sim}(q_i, k_j) / \text{temperature}$, for each query.

    Args:
        queries: (N, D).
        keys: (N, D). None: the queries are compared with each other, and none with itself.
        positive: p, the index of each row's positive from the row's own index.
        temperature: greater than 0.
        negatives: (M, D), keys that are nobody's positive.
        similarity: "cosine" (a zero vector is at 0 from everything) or "dot".
        decoupled: leave the positive out of the sum. A row without negatives then gives 0.
        where: (N,). A row left out is nobody's negative; a row whose positive is left out has none: it gives 0 and does
            not count.
    """
    prepare = normalised if similarity == "cosine" else _unchanged
    queries = prepare(xp, queries)
    candidates = queries if keys is None else prepare(xp, keys)
    rows = xp.indices(queries, 0)
    partners = positive(xp, rows)
    partners = xp.where(partners < xp.length(queries, 0), partners, 0)  # the adapter makes an odd batch NaN

    logits = xp.matmul(queries, xp.matrix_transpose(candidates)) / temperature
    if keys is None:
        itself = xp.equal(xp.expand_dims(rows, axis=1), xp.expand_dims(rows, axis=0))
        logits = xp.where(itself, NEGATIVE_INFINITY, logits)
    if where is not None:
        logits = xp.where(xp.expand_dims(where, axis=0), logits, NEGATIVE_INFINITY)
    if negatives is not None:
        against = xp.matmul(queries, xp.matrix_transpose(prepare(xp, negatives))) / temperature
        logits = xp.concat([logits, against], axis=1)

    values = (log_odds_against if decoupled else softmax_cross_entropy)(xp, logits, partners)
    if where is None:
        return values
    has_positive = where & xp.take(where, partners, axis=0)
    return Weighted(xp.where(has_positive, values, 0.0), xp.astype(has_positive, values.dtype))


def normalised(xp: Namespace[A], x: A) -> A:
    """Rows of length 1, for any length that the dtype can hold; a zero row stays zero, with zero gradient."""
    size = xp.stop_gradient(xp.max(xp.abs(x), axis=-1, keepdims=True))
    zero = size < xp.smallest_normal(x)
    scaled = x / xp.where(zero, 1.0, size)
    length = xp.sqrt(xp.where(zero, 1.0, xp.sum(scaled * scaled, axis=-1, keepdims=True)))
    return xp.where(zero, 0.0, scaled / length)


def _unchanged(xp: Namespace[A], x: A) -> A:
    return x
