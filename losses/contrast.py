"""What every contrastive loss is made of: queries, keys, whose positive is whose, a similarity, a temperature."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial, reduce
from typing import Literal, TypeAlias

from isoloss.losses.declaration import Weighted
from isoloss.losses.labels import Partner
from isoloss.losses.softmax import log_odds_against, softmax_cross_entropy
from isoloss.losses.tiles import leave_out, shares, total
from isoloss.protocol import A, Namespace, Pairing, Similarity

Method: TypeAlias = Literal["auto", "dense", "blocked"]
"""Whether the similarities stand in memory as one matrix ("dense") or are computed tile by tile ("blocked")."""


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
    both_ways: bool = False,
    where: A | None = None,
    method: Method = "auto",
) -> A | Weighted[A]:
    r"""$-\log \dfrac{e^{s_{i\,p(i)}}}{\sum_{j} e^{s_{ij}}}$ with $s_{ij} = \mathrm{sim}(q_i, k_j) / \text{temperature}$, for each query.

    Args:
        queries: (N, D).
        keys: (N, D). None: the queries are compared with each other, and none with itself.
        partners: p, the index of each row's positive from the row's own index. A row with several positives has the
            mean over them, and each is told apart from the negatives alone: the other positives are out of the sum.
            Where the queries are compared with each other, a row is a positive of its positives.
        temperature: greater than 0.
        negatives: (M, D), keys that are nobody's positive.
        negatives_where: (M,), True for the negatives that count.
        similarity: "cosine" (a zero vector is at 0 from everything) or "dot".
        decoupled: leave the positive out of the sum. A row without negatives then gives 0.
        both_ways: the mean of this and of the same with queries and keys exchanged, for keys that belong to the queries
            of the same index.
        where: (N,). A row left out is nobody's negative; a row whose positives are left out has none: it gives 0 and
            does not count.
        method: "blocked" takes memory that grows with N + M, and has first derivatives alone; "dense" takes memory that
            grows with their product. "auto" is the faster, and dense where the run alone knows how many rows there are.
    """
    own = xp.indices(queries, 0)
    positives = [partner(xp, own) for partner in partners]
    if not isinstance(rows := xp.length(queries, 0), int):
        positives = [xp.where(p < rows, p, 0) for p in positives]  # the adapter makes an odd batch NaN
    present = None if where is None else [where & xp.take(where, positive, axis=0) for positive in positives]
    itself = own if keys is None else None
    counted = where
    if negatives is not None:
        keys = xp.concat([queries if keys is None else keys, negatives], axis=0)
        if where is not None or negatives_where is not None:
            all_rows, all_negatives = xp.equal(own, own), xp.equal(xp.indices(negatives, 0), xp.indices(negatives, 0))
            both = [all_rows if where is None else where, all_negatives if negatives_where is None else negatives_where]
            counted = xp.concat(both, axis=0)
    back = None if not both_ways else xp.equal(own, own) if where is None else where
    pairing = Pairing(itself, positives, present, counted, back).among_gathered(xp, queries if keys is None else keys)

    arguments = (queries, keys, temperature, pairing, similarity, decoupled)
    if method == "blocked" or (method == "auto" and xp.blocks_pay(queries, queries if keys is None else keys)):
        values = xp.contrast(*arguments)
    else:
        dense = partial(_dense, xp)
        values = dense(*arguments) if method == "dense" else xp.by_hand(dense, *arguments)
    if present is None:
        return values
    any_present = reduce(lambda one, other: one | other, present)
    return Weighted(values, xp.astype(any_present, values.dtype))


def _dense(
    xp: Namespace[A],
    queries: A,
    keys: A | None,
    temperature: float | A,
    pairing: Pairing[A],
    similarity: Similarity,
    decoupled: bool,
) -> A:
    """What `xp.contrast` gives, from the matrix of all similarities."""
    queries, keys = prepared(xp, queries, keys, similarity)
    products = xp.matmul(queries, xp.matrix_transpose(xp.gathered(keys)))
    if similarity == "dot":  # one that overflows would pass for an impossible class
        products = xp.where(xp.equal(xp.abs(products), float("inf")), float("nan"), products)
    logits = products / temperature
    values = _of_rows(xp, logits, pairing, decoupled)
    if pairing.back is None:
        return values
    logits = xp.matmul(keys, xp.matrix_transpose(xp.gathered(queries))) / temperature
    return (values + _of_rows(xp, logits, pairing, decoupled)) / 2.0


def _of_rows(xp: Namespace[A], logits: A, pairing: Pairing[A], decoupled: bool) -> A:
    values: list[A] = []
    for k, positive in enumerate(pairing.positives):
        others = [p for j, p in enumerate(pairing.positives) if j != k]
        told = leave_out(xp, logits, pairing._replace(positives=others))
        values.append((log_odds_against if decoupled else softmax_cross_entropy)(xp, told, positive))
    return total(shares(xp, values, pairing.present))


def cosines(xp: Namespace[A], queries: A, keys: A) -> tuple[A, A]:
    """(N, M): the cosine of each query with the keys of all workers; and whether it is with that of its own index."""
    found = xp.matmul(normalised(xp, queries), xp.matrix_transpose(xp.gathered(normalised(xp, keys))))
    own = xp.among_gathered(xp.indices(queries, 0), queries)
    return found, xp.equal(xp.expand_dims(own, axis=1), xp.expand_dims(xp.indices(found, 1), axis=0))


def prepared(xp: Namespace[A], queries: A, keys: A | None, similarity: Similarity) -> tuple[A, A]:
    """Queries and keys, which are the queries if there are none, whose dot products are the similarities."""
    if similarity == "cosine":
        queries, keys = normalised(xp, queries), None if keys is None else normalised(xp, keys)
    return queries, queries if keys is None else keys


def normalised(xp: Namespace[A], x: A) -> A:
    """Rows of length 1, for any length that the dtype can hold; a zero row stays zero, with zero gradient."""
    scaled, length, _, zero = _measured(xp, x)
    return scaled * xp.where(zero, 0.0, xp.ones_like(length) / length)


def lengths(xp: Namespace[A], x: A) -> A:
    """The length of each row, likewise; 0, with zero gradient, for a zero row."""
    _, length, size, zero = _measured(xp, x)
    return xp.squeeze(xp.where(zero, 0.0, length * size), axis=-1)


def _measured(xp: Namespace[A], x: A) -> tuple[A, A, A, A]:
    """Rows in units of their largest number, their lengths in these, that number, and which rows are zero: no units."""
    size = xp.max(xp.abs(xp.stop_gradient(x)), axis=-1, keepdims=True)
    zero = size < xp.smallest_normal(x)
    scaled = x / xp.where(zero, 1.0, size)
    length = xp.sqrt(xp.where(zero, 1.0, xp.sum(scaled * scaled, axis=-1, keepdims=True)))
    return scaled, length, size, zero
