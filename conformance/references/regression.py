"""References of the regression losses."""

from __future__ import annotations

from mpmath import cosh, log, mpf, sqrt

from isoloss.conformance.references.rows import Matrix, Number, Rows, Vector


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


def half_mse(predictions: Vector, targets: Vector) -> Rows:
    """Bishop 2006, equation (1.2): half the square of each error."""
    return Rows([(p - t) ** 2 / 2 for p, t in zip(predictions, targets, strict=True)])


def smooth_l1(predictions: Vector, targets: Vector, *, beta: Number) -> Rows:
    """Girshick 2015, equation (3), with PyTorch's beta for its 1."""
    values = []
    for p, t in zip(predictions, targets, strict=True):
        error = abs(p - t)
        values.append(error**2 / (2 * beta) if error < beta else error - beta / 2)
    return Rows(values)


def mape(predictions: Vector, targets: Vector, *, epsilon: Number) -> Rows:
    """Makridakis 1993: the error by the target, in percent; a target counts for epsilon at least."""
    return Rows([100 * abs(p - t) / max(abs(t), epsilon) for p, t in zip(predictions, targets, strict=True)])


def msle(predictions: Vector, targets: Vector) -> Rows:
    """The square of the difference of log(1 + x)."""
    return Rows([(log(1 + p) - log(1 + t)) ** 2 for p, t in zip(predictions, targets, strict=True)])


def quantile(predictions: Vector, targets: Vector, *, quantile: Number) -> Rows:
    """Koenker and Bassett 1978, equation (3.1): theta of what lies above, 1 - theta of what lies below."""
    values = []
    for p, t in zip(predictions, targets, strict=True):
        values.append(quantile * (t - p) if t >= p else (1 - quantile) * (p - t))
    return Rows(values)


def cosine_distance(predictions: Matrix, targets: Matrix) -> Rows:
    """1 - the cosine of the angle; a zero vector has no angle, and the cosine 0."""
    values = []
    for p, t in zip(predictions, targets, strict=True):
        product = sum(x * y for x, y in zip(p, t, strict=True))
        lengths = sqrt(sum(x * x for x in p)) * sqrt(sum(y * y for y in t))
        values.append(1 - product / lengths if lengths else mpf(1))
    return Rows(values)
