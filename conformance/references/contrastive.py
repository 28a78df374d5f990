"""References of the contrastive losses."""

from __future__ import annotations

from mpmath import exp, log, mpf, sqrt

from isoloss.conformance.references.rows import Matrix, Number, Rows, Vector


def info_nce(
    queries: Matrix,
    keys: Matrix,
    negatives: Matrix | None = None,
    *,
    temperature: Number,
    similarity: str,
    decoupled: bool,
    where: list[bool],
) -> Rows:
    """van den Oord et al. 2018, equation (4); decoupled: Yeh et al. 2022, equation (6)."""
    compare = {"cosine": cosine, "dot": dot}[similarity]
    values, weights = [], []
    for i, query in enumerate(queries):
        if not where[i]:
            values.append(mpf(0))
            weights.append(mpf(0))
            continue
        positive = exp(compare(query, keys[i]) / temperature)
        others = [exp(compare(query, key) / temperature) for j, key in enumerate(keys) if j != i and where[j]]
        others += [exp(compare(query, key) / temperature) for key in negatives or []]
        if decoupled:
            values.append(-log(positive / sum(others)) if others else mpf(0))
        else:
            values.append(-log(positive / (positive + sum(others))))
        weights.append(mpf(1))
    return Rows(values, weights)


def simcse(embeddings: Matrix, *, temperature: Number, where: list[bool]) -> Rows:
    """Gao et al. 2021, equation (1), with both views as queries."""
    values, weights = [], []
    for i, embedding in enumerate(embeddings):
        partner = i + 1 if i % 2 == 0 else i - 1
        if not (where[i] and where[partner]):
            values.append(mpf(0))
            weights.append(mpf(0))
            continue
        total = mpf(0)
        for j, other in enumerate(embeddings):
            if j != i and where[j]:
                total += exp(cosine(embedding, other) / temperature)
        values.append(-log(exp(cosine(embedding, embeddings[partner]) / temperature) / total))
        weights.append(mpf(1))
    return Rows(values, weights)


def dot(a: Vector, b: Vector) -> Number:
    """The sum of the products."""
    return sum((x * y for x, y in zip(a, b, strict=True)), mpf(0))


def cosine(a: Vector, b: Vector) -> Number:
    """0 if either vector is zero."""
    lengths = sqrt(dot(a, a)) * sqrt(dot(b, b))
    return dot(a, b) / lengths if lengths else mpf(0)
