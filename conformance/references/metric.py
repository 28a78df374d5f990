"""References of the losses of distances."""

from __future__ import annotations

from mpmath import exp, log1p, mpf, sqrt

from isoloss.conformance.references.contrastive import cosine
from isoloss.conformance.references.rows import Matrix, Number, Rows, Vector


def hinge_embedding(distances: Vector, targets: Vector, *, margin: Number, where: list[bool]) -> Rows:
    """Mobahi et al. 2009, equation (4)."""
    values = []
    for distance, target, counts in zip(distances, targets, where, strict=True):
        value = distance if target == 1 else max(mpf(0), margin - distance)
        values.append(value if counts else mpf(0))
    return Rows(values)


def cosine_embedding(
    embeddings_a: Matrix, embeddings_b: Matrix, targets: Vector, *, margin: Number, where: list[bool]
) -> Rows:
    """As it is called; a zero vector has cosine 0."""
    values = []
    for a, b, target, counts in zip(embeddings_a, embeddings_b, targets, where, strict=True):
        value = 1 - cosine(a, b) if target == 1 else max(mpf(0), cosine(a, b) - margin)
        values.append(value if counts else mpf(0))
    return Rows(values)


def simsiam(predictions: Matrix, projections: Matrix) -> Rows:
    """Chen and He 2021, equation (1)."""
    return Rows([-cosine(p, z) for p, z in zip(predictions, projections, strict=True)])


def byol(predictions: Matrix, projections: Matrix) -> Rows:
    """Grill et al. 2020, equation (2)."""
    return Rows([2 - 2 * cosine(p, z) for p, z in zip(predictions, projections, strict=True)])


def triplet_margin(
    anchors: Matrix, positives: Matrix, negatives: Matrix, *, margin: Number, p: int, swap: bool
) -> Rows:
    """Balntas et al. 2016, section 2.1; swap: section 2.2."""
    values = []
    for a, positive, negative in zip(anchors, positives, negatives, strict=True):
        farther = distance(a, negative, p)
        if swap:
            farther = min(farther, distance(positive, negative, p))
        values.append(max(mpf(0), margin + distance(a, positive, p) - farther))
    return Rows(values)


def distance(a: Vector, b: Vector, p: int) -> Number:
    """The sum of the absolute differences, or the root of that of their squares."""
    if p == 1:
        return sum((abs(x - y) for x, y in zip(a, b, strict=True)), mpf(0))
    return sqrt(sum(((x - y) ** 2 for x, y in zip(a, b, strict=True)), mpf(0)))


def circle(
    embeddings: Matrix,
    labels: list[int],
    *,
    margin: Number,
    gamma: Number,
    where: list[bool],
    held: dict[str, Matrix] | None = None,
) -> Rows:
    """Sun et al. 2020, equations (4) to (8); the weights are those of the similarities that are held."""
    constant = held["embeddings"] if held else embeddings
    values, weights = [], []
    for i in range(len(embeddings)):
        positives, negatives = [], []
        for j in range(len(embeddings)):
            if i != j and where[i] and where[j]:
                s, s_held = cosine(embeddings[i], embeddings[j]), cosine(constant[i], constant[j])
                if labels[i] == labels[j]:
                    positives.append(exp(-gamma * max(mpf(0), 1 + margin - s_held) * (s - (1 - margin))))
                else:
                    negatives.append(exp(gamma * max(mpf(0), s_held + margin) * (s - margin)))
        values.append(log1p(sum(positives) * sum(negatives)))
        weights.append(mpf(1 if positives else 0))
    return Rows(values, weights)
