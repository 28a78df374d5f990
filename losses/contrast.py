"""What every contrastive loss is made of: queries, keys, whose positive is whose, a similarity, a temperature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from isoloss.losses.declaration import Weighted
from isoloss.losses.labels import Partner
from isoloss.losses.softmax import NEGATIVE_INFINITY, log_odds_against, softmax_cross_entropy
from isoloss.protocol import A, Namespace

Similarity: TypeAlias = Literal["cosine", "dot"]


def contrast(
    xp: Namespace[A],
    queries: A,
    keys: A | None = None,
    *,
    partners: Sequence[Partner[A]],
    temperature: float | A,
    negatives: A | None = None,
    negatives_where: A | None = None,
    similarity: Similarity = "cosine",
    decoupled: bool = False,
    where: A | None = None,
) -> A | Weighted[A]:
    r"""$-\log \dfrac{e^{s_{i\,p(i)}}}{\sum_{j} e^{s_{ij}}}$ with $s_{ij} = \mathrm{sim}(q_i, k_j) / \text{temperature}$, for each query.

    Args:
        queries: (N, D).
        keys: (N, D). None: the queries are compared with each other, and none with itself.
        partners: p, the index of each row's positive from the row's own index. A row with several positives has the
            mean over them, and each is told apart from the negatives alone: the other positives are out of the sum.
        temperature: greater than 0.
        negatives: (M, D), keys that are nobody's positive.
        negatives_where: (M,), True for the negatives that count.
        similarity: "cosine" (a zero vector is at 0 from everything) or "dot".
        decoupled: leave the positive out of the sum. A row without negatives then gives 0.
        where: (N,). A row left out is nobody's negative; a row whose positives are left out has none: it gives 0 and
            does not count.
    """
    prepare, compare = (normalised, _products) if similarity == "cosine" else (_unchanged, _finite_products)
    queries = prepare(xp, queries)
    candidates = queries if keys is None else prepare(xp, keys)
    rows = xp.indices(queries, 0)

    logits = compare(xp, queries, candidates) / temperature
    if keys is None:
        itself = xp.equal(xp.expand_dims(rows, axis=1), xp.expand_dims(rows, axis=0))
        logits = xp.where(itself, NEGATIVE_INFINITY, logits)
    if where is not None:
        logits = xp.where(xp.expand_dims(where, axis=0), logits, NEGATIVE_INFINITY)
    if negatives is not None:
        against = compare(xp, queries, prepare(xp, negatives)) / temperature
        if negatives_where is not None:
            against = xp.where(xp.expand_dims(negatives_where, axis=0), against, NEGATIVE_INFINITY)
        logits = xp.concat([logits, against], axis=1)

    positives = [partner(xp, rows) for partner in partners]
    positives = [xp.where(p < xp.length(queries, 0), p, 0) for p in positives]  # the adapter makes an odd batch NaN
    columns = xp.expand_dims(xp.indices(logits, 1), axis=0)
    values: list[A] = []
    for k, positive in enumerate(positives):
        told = logits
        for other in positives[:k] + positives[k + 1 :]:
            told = xp.where(xp.equal(xp.expand_dims(other, axis=1), columns), NEGATIVE_INFINITY, told)
        values.append((log_odds_against if decoupled else softmax_cross_entropy)(xp, told, positive))
    if where is None:
        return sum(values[1:], start=values[0]) / len(values)
    present = [where & xp.take(where, positive, axis=0) for positive in positives]
    values = [xp.where(p, v, 0.0) for p, v in zip(present, values, strict=True)]
    counts = [xp.astype(p, v.dtype) for p, v in zip(present, values, strict=True)]
    count = sum(counts[1:], start=counts[0])
    mean = sum(values[1:], start=values[0]) / xp.where(count > 0.0, count, 1.0)
    return Weighted(mean, xp.where(count > 0.0, xp.ones_like(mean), 0.0))


def normalised(xp: Namespace[A], x: A) -> A:
    """Rows of length 1, for any length that the dtype can hold; a zero row stays zero, with zero gradient."""
    size = xp.stop_gradient(xp.max(xp.abs(x), axis=-1, keepdims=True))
    zero = size < xp.smallest_normal(x)
    scaled = x / xp.where(zero, 1.0, size)
    length = xp.sqrt(xp.where(zero, 1.0, xp.sum(scaled * scaled, axis=-1, keepdims=True)))
    return xp.where(zero, 0.0, scaled / length)


def _products(xp: Namespace[A], x: A, y: A) -> A:
    return xp.matmul(x, xp.matrix_transpose(y))


def _finite_products(xp: Namespace[A], x: A, y: A) -> A:
    """NaN where a product overflows, which would pass for an impossible class."""
    products = _products(xp, x, y)
    return xp.where(xp.equal(xp.abs(products), float("inf")), float("nan"), products)


def _unchanged(xp: Namespace[A], x: A) -> A:
    return x
