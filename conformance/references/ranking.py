"""References of the ranking losses."""

from __future__ import annotations

from mpmath import exp, log, log1p, mpf

from isoloss.conformance.references.rows import Matrix, Number, Rows, Vector


def margin_ranking(
    scores_a: Vector, scores_b: Vector, target: Vector | None = None, *, margin: Number, where: list[bool]
) -> Rows:
    """Herbrich et al. 2000: the hinge of a difference."""
    values = []
    for i, (a, b) in enumerate(zip(scores_a, scores_b, strict=True)):
        lack = margin - (1 if target is None else target[i]) * (a - b)
        values.append(lack if lack > 0 and where[i] else mpf(0))
    return Rows(values)


def bpr(positive_scores: Vector, negative_scores: Vector) -> Rows:
    """Rendle et al. 2009, section 4.1: -log of the logistic function of the difference, which is log(1 + e^-difference)."""
    pairs = zip(positive_scores, negative_scores, strict=True)
    return Rows([log1p(exp(-(positive - negative))) for positive, negative in pairs])


def listnet(scores: Matrix, relevance: Matrix) -> Rows:
    """Cao et al. 2007, definition 4 with k = 1 and the exponential, and the cross-entropy of section 4.1."""
    values = []
    for row, grades in zip(scores, relevance, strict=True):
        of_scores, of_grades = sum(exp(s) for s in row), sum(exp(g) for g in grades)
        value = mpf(0)
        for s, g in zip(row, grades, strict=True):
            if exp(g) != 0:
                value -= exp(g) / of_grades * log(exp(s) / of_scores)
        values.append(value)
    return Rows(values)


def softmax_rank(scores: Matrix, relevance: Matrix) -> Rows:
    """Bruch et al. 2019, equation (3), with labels of any size."""
    values = []
    for row, grades in zip(scores, relevance, strict=True):
        normaliser = sum(exp(s) for s in row)
        values.append(-sum((g * log(exp(s) / normaliser) for s, g in zip(row, grades, strict=True) if g), mpf(0)))
    return Rows(values)
