"""References of the classification losses."""

from __future__ import annotations

from mpmath import exp, inf, log, log1p, mpf

from isoloss.conformance.references.rows import Matrix, Number, Rows, Vector


def binary_cross_entropy(probabilities: Vector, targets: Vector, *, epsilon: Number) -> Rows:
    """The logarithm of the chance that was given to what came."""
    values = []
    for p, t in zip(probabilities, targets, strict=True):
        value = mpf(0)
        if t != 0:
            value -= t * log(p + epsilon)
        if t != 1:
            value -= (1 - t) * log(1 - p + epsilon)
        values.append(value)
    return Rows(values)


def binary_cross_entropy_with_logits(logits: Vector, targets: Vector, *, pos_weight: Vector | None = None) -> Rows:
    """The same of the logistic function: -log(1 / (1 + e^-x)) is log(1 + e^-x), and so is -log of the rest with x turned."""
    rows = zip(logits, targets, pos_weight or [mpf(1)] * len(logits), strict=True)
    return Rows([w * t * log1p(exp(-x)) + (1 - t) * log1p(exp(x)) for x, t, w in rows])


def soft_cross_entropy(logits: Matrix, targets: Matrix) -> Rows:
    """Hinton et al. 2015, section 2: the cross-entropy with soft targets."""
    values = []
    for row, target in zip(logits, targets, strict=True):
        normaliser = sum(exp(x) for x in row)
        values.append(-sum((t * log(exp(x) / normaliser) for x, t in zip(row, target, strict=True) if t), mpf(0)))
    return Rows(values)


def cross_entropy(
    logits: Matrix,
    labels: list[int],
    *,
    class_weights: Vector | None = None,
    label_smoothing: Number = 0,
    ignore_index: int | None = None,
) -> Rows:
    """Bridle 1989, with the smoothed target of Szegedy et al. 2016, equation (7)."""
    values, weights = [], []
    for row, label in zip(logits, labels, strict=True):
        if label == ignore_index:
            values.append(mpf(0))
            weights.append(mpf(0))
            continue
        normaliser = sum(exp(x) for x in row)
        value = mpf(0)
        for c, x in enumerate(row):
            target = (1 - label_smoothing if c == label else mpf(0)) + label_smoothing / len(row)
            if target != 0 and x != -inf:
                value -= target * log(exp(x) / normaliser)
        values.append(value)
        weights.append(mpf(1) if class_weights is None else class_weights[label])
    return Rows(values, weights)


def nll(
    log_probabilities: Matrix,
    labels: list[int],
    *,
    class_weights: Vector | None = None,
    ignore_index: int | None = None,
) -> Rows:
    """Fisher 1922: the logarithm of the likelihood, turned."""
    values, weights = [], []
    for row, label in zip(log_probabilities, labels, strict=True):
        ignored = label == ignore_index
        values.append(mpf(0) if ignored else -row[label])
        weights.append(mpf(0) if ignored else mpf(1) if class_weights is None else class_weights[label])
    return Rows(values, weights)
