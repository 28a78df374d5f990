"""References of the classification losses."""

from __future__ import annotations

from mpmath import exp, inf, log, mpf

from isoloss.conformance.references.rows import Matrix, Number, Rows, Vector


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
