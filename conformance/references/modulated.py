"""References of the modulated cross-entropies."""

from __future__ import annotations

from mpmath import exp, log, log1p

from isoloss.conformance.references.rows import Matrix, Number, Rows, Vector


def binary_focal(logits: Vector, targets: Vector, *, gamma: Number, alpha: Number | None) -> Rows:
    """Lin et al. 2017, equations (1) to (5); what lies between 0 and 1 has so much of either."""
    values = []
    for x, t in zip(logits, targets, strict=True):
        p, rest = 1 / (1 + exp(-x)), 1 / (1 + exp(x))
        value = (t * rest + (1 - t) * p) ** gamma * (t * log1p(exp(-x)) + (1 - t) * log1p(exp(x)))
        values.append(value if alpha is None else value * (t * alpha + (1 - t) * (1 - alpha)))
    return Rows(values)


def categorical_focal(logits: Matrix, labels: list[int], *, gamma: Number, alpha: Vector | None = None) -> Rows:
    """Lin et al. 2017, equation (5), of a softmax."""
    values = []
    for row, label in zip(logits, labels, strict=True):
        p, rest = _chances(row, label)
        values.append(-(rest**gamma) * log(p) * (1 if alpha is None else alpha[label]))
    return Rows(values)


def poly1_cross_entropy(logits: Matrix, labels: list[int], *, epsilon: Number) -> Rows:
    """Leng et al. 2022, equation (5)."""
    chances = [_chances(row, label) for row, label in zip(logits, labels, strict=True)]
    return Rows([-log(p) + epsilon * rest for p, rest in chances])


def generalized_cross_entropy(logits: Matrix, labels: list[int], *, q: Number) -> Rows:
    """Zhang and Sabuncu 2018, equation (6), whose limit at 0 is the cross-entropy."""
    chances = [_chances(row, label) for row, label in zip(logits, labels, strict=True)]
    return Rows([(1 - p**q) / q if q else -log(p) for p, _ in chances])


def _chances(row: Vector, label: int) -> tuple[Number, Number]:
    """Of the label, and of all others."""
    total = sum(exp(x) for x in row)
    return exp(row[label]) / total, sum(exp(x) for c, x in enumerate(row) if c != label) / total
