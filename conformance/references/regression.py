"""References of the regression losses."""

from __future__ import annotations

from mpmath import cosh, log, mpf, sqrt

from isoloss.conformance.references.rows import Number, Rows, Vector


def mse(predictions: Vector, targets: Vector) -> Rows:
    """Gauss 1823: the square of each error."""
    return Rows([(p - t) * (p - t) for p, t in zip(predictions, targets, strict=True)])


def mae(predictions: Vector, targets: Vector) -> Rows:
    """As it is called."""
    return Rows([abs(p - t) for p, t in zip(predictions, targets, strict=True)])


def huber(predictions: Vector, targets: Vector, *, delta: Number) -> Rows:
    """Huber 1964, section 3: the square within delta, the line beyond."""
    values = []
    for p, t in zip(predictions, targets, strict=True):
        error = abs(p - t)
        values.append(error**2 / 2 if error <= delta else delta * error - delta**2 / 2)
    return Rows(values)


def log_cosh(predictions: Vector, targets: Vector) -> Rows:
    """As it is called."""
    return Rows([log(cosh(p - t)) for p, t in zip(predictions, targets, strict=True)])


def rmse(predictions: Vector, targets: Vector, *, weights: Vector) -> Number:
    """The root of the weighted mean of the squared errors."""
    total, weight = mpf(0), mpf(0)
    for p, t, w in zip(predictions, targets, weights, strict=True):
        total += w * (p - t) ** 2
        weight += w
    return sqrt(total / weight) if weight else mpf(0)
