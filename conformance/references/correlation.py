"""References of the correlation losses."""

from __future__ import annotations

from mpmath import mpf, sqrt

from isoloss.conformance.references.rows import Matrix, Number, Vector


def barlow_twins(
    embeddings_a: Matrix,
    embeddings_b: Matrix,
    *,
    off_diagonal_weight: Number,
    scale: Number,
    epsilon: Number,
    weights: Vector,
) -> Number:
    """Zbontar et al. 2021, equations (1) and (2), of columns normalised as by batch normalisation."""
    total = sum(weights)
    if not total:
        return mpf(0)
    columns_a = [standardised(list(column), weights, epsilon) for column in zip(*embeddings_a, strict=True)]
    columns_b = [standardised(list(column), weights, epsilon) for column in zip(*embeddings_b, strict=True)]
    loss = mpf(0)
    for i, a in enumerate(columns_a):
        for j, b in enumerate(columns_b):
            c = sum(w * x * y for w, x, y in zip(weights, a, b, strict=True)) / total
            loss += (1 - c) ** 2 if i == j else off_diagonal_weight * c**2
    return scale * loss


def sample_correlation(
    embeddings_a: Matrix,
    embeddings_b: Matrix,
    *,
    off_diagonal_weight: Number,
    scale: Number,
    epsilon: Number,
    weights: Vector,
) -> Number:
    """The published snippet's, with samples left out where they weigh nothing."""
    counted = [i for i, w in enumerate(weights) if w > 0]
    loss = mpf(0)
    if not counted:
        return loss
    mean = sum(weights) / len(counted)
    alike = [mpf(1)] * len(embeddings_a[0])
    rows_a = {i: standardised(embeddings_a[i], alike, epsilon) for i in counted}
    rows_b = {i: standardised(embeddings_b[i], alike, epsilon) for i in counted}
    for i in counted:
        for j in counted:
            c = sum(x * y for x, y in zip(rows_a[i], rows_b[j], strict=True)) / len(counted)
            if i == j:
                loss += weights[i] / mean * (1 - c) ** 2
            else:
                loss += weights[i] / mean * weights[j] / mean * off_diagonal_weight * c**2
    return scale * loss


def vicreg(
    embeddings_a: Matrix,
    embeddings_b: Matrix,
    *,
    invariance_weight: Number,
    variance_weight: Number,
    covariance_weight: Number,
    epsilon: Number,
    weights: Vector,
) -> Number:
    """Bardes et al. 2022, equations (1) to (6), with the means over D and of both variances of algorithm 1."""
    n, features = sum(1 for w in weights if w > 0), range(len(embeddings_a[0]) if embeddings_a else 0)
    if not n:
        return mpf(0)
    weights = [w * n / sum(weights) for w in weights]
    rows = list(zip(weights, embeddings_a, embeddings_b, strict=True))
    invariance = sum(w * (a[d] - b[d]) ** 2 for w, a, b in rows for d in features) / n
    variance, covariance = mpf(0), mpf(0)
    for view in (embeddings_a, embeddings_b):
        means = [sum(w * x[d] for w, x in zip(weights, view, strict=True)) / n for d in features]
        for i in features:
            for j in features:
                products = [w * (x[i] - means[i]) * (x[j] - means[j]) for w, x in zip(weights, view, strict=True)]
                c = sum(products) / max(n - 1, 1)
                if i == j:
                    variance += max(mpf(0), 1 - sqrt(c + epsilon)) / 2
                else:
                    covariance += c**2
    loss = invariance_weight * invariance + variance_weight * variance + covariance_weight * covariance
    return loss / len(features)


def standardised(values: Vector, weights: Vector, epsilon: Number) -> Vector:
    """Less their mean, by the root of their biased variance + epsilon; 0 if they do not vary."""
    total = sum(weights)
    mean = sum(w * x for w, x in zip(weights, values, strict=True)) / total
    variance = sum(w * (x - mean) ** 2 for w, x in zip(weights, values, strict=True)) / total
    deviation = sqrt(variance + epsilon)
    return [(x - mean) / deviation if deviation else mpf(0) for x in values]
