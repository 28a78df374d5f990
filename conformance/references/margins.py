"""References of the losses of margins."""

from __future__ import annotations

from mpmath import exp, inf, log1p, mpf

from isoloss.conformance.references.rows import Matrix, Number, Rows, Vector


def hinge(scores: Vector, targets: Vector, *, where: list[bool]) -> Rows:
    """Cortes and Vapnik 1995: what is lacking of a margin of 1."""
    return Rows([max(mpf(0), 1 - t * s) if m else mpf(0) for s, t, m in zip(scores, targets, where, strict=True)])


def squared_hinge(scores: Vector, targets: Vector, *, where: list[bool]) -> Rows:
    """Its square."""
    return Rows([value**2 for value in hinge(scores, targets, where=where).values])


def perceptron(scores: Vector, targets: Vector, *, where: list[bool]) -> Rows:
    """Rosenblatt 1958: nothing where the sign is right."""
    return Rows([max(mpf(0), -t * s) if m else mpf(0) for s, t, m in zip(scores, targets, where, strict=True)])


def soft_margin(logits: Vector, targets: Vector, *, where: list[bool]) -> Rows:
    """Friedman et al. 2000, equation (15), of twice their F."""
    return Rows([log1p(exp(-t * x)) if m else mpf(0) for x, t, m in zip(logits, targets, where, strict=True)])


def multiclass_hinge(scores: Matrix, labels: list[int], *, margin: Number) -> Rows:
    """Crammer and Singer 2001, equation (2), with another margin than 1."""
    values = []
    for row, label in zip(scores, labels, strict=True):
        best = max((s for c, s in enumerate(row) if c != label), default=-inf)
        values.append(max(mpf(0), margin + best - row[label]))
    return Rows(values)


def multiclass_perceptron(scores: Matrix, labels: list[int]) -> Rows:
    """Collins 2002: by how much the prediction's score leads the label's."""
    return Rows([max(row) - row[label] for row, label in zip(scores, labels, strict=True)])


def multi_margin(
    scores: Matrix, labels: list[int], *, p: int, margin: Number, class_weights: Vector | None = None
) -> Rows:
    """Weston and Watkins 1999, equation (6): each of the other classes has its own slack."""
    values, weights = [], []
    for row, label in zip(scores, labels, strict=True):
        value = mpf(0)
        for c, s in enumerate(row):
            if c != label:
                value += max(mpf(0), margin + s - row[label]) ** p
        values.append(value / len(row))
        weights.append(mpf(1) if class_weights is None else class_weights[label])
    return Rows(values, weights)


def multilabel_margin(scores: Matrix, targets: Matrix) -> Rows:
    """A hinge for each pair of a class that a row has and one that it has not."""
    values = []
    for row, target in zip(scores, targets, strict=True):
        value = mpf(0)
        for own, has in zip(row, target, strict=True):
            for other, has_other in zip(row, target, strict=True):
                if has and not has_other:
                    value += max(mpf(0), 1 + other - own)
        values.append(value / len(row))
    return Rows(values)


def multilabel_soft_margin(logits: Matrix, targets: Matrix, *, class_weights: Vector | None = None) -> Rows:
    """Good 1952 for each class: what was given to that it is there, or is not."""
    values = []
    for row, target in zip(logits, targets, strict=True):
        value = mpf(0)
        for c, (x, t) in enumerate(zip(row, target, strict=True)):
            weight = mpf(1) if class_weights is None else class_weights[c]
            value += weight * (t * log1p(exp(-x)) + (1 - t) * log1p(exp(x)))
        values.append(value / len(row))
    return Rows(values)
