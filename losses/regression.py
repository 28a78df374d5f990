"""Losses between a prediction and a target of the same shape."""

from __future__ import annotations

from isoloss.losses.declaration import Positive, given, loss
from isoloss.losses.reduction import weighted_mean
from isoloss.protocol import A, Namespace, Slopes


@loss("MSELoss", predictions="...", targets=given("..."), per="...")
def mse(xp: Namespace[A], predictions: A, targets: A) -> A:
    r"""Squared error.

    $$\ell = (\text{predictions} - \text{targets})^2$$

    Args:
        predictions: predicted, of any shape.
        targets: given, of the same shape; integers are accepted.

    Returns:
        A value for each element.

    Degenerate cases: equal numbers give 0 with zero gradient.

    Raises:
        ValueError: if the shapes differ; nothing is broadcast.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> float(isoloss.numpy.mse(np.array([2.5, 5.5, 2.0]), np.array([3.0, 5.0, 2.5])))
        0.25

    Source: C. F. Gauss, *Theory of the Combination of Observations Least Subject to Errors*, 1823, translated by
    G. W. Stewart, 1995, https://doi.org/10.1137/1.9781611971248
    """
    return xp.squared_difference(predictions, targets)


@loss("MAELoss", predictions="...", targets=given("..."), per="...")
def mae(xp: Namespace[A], predictions: A, targets: A) -> A:
    r"""Absolute error.

    $$\ell = |\text{predictions} - \text{targets}|$$

    Args:
        predictions: predicted, of any shape.
        targets: given, of the same shape; integers are accepted.

    Returns:
        A value for each element.

    Degenerate cases: equal numbers give 0 with zero gradient.

    Raises:
        ValueError: if the shapes differ; nothing is broadcast.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> float(isoloss.numpy.mae(np.array([2.5, 5.5, 2.0]), np.array([3.0, 5.0, 2.5])))
        0.5

    Source: R. J. Boscovich, 1757, after S. M. Stigler, *Studies in the History of Probability and Statistics XL:
    Boscovich, Simpson and a 1760 manuscript note on fitting a linear relation*, 1984,
    https://doi.org/10.1093/biomet/71.3.615
    """
    return xp.abs(predictions - targets)


@loss("HuberLoss", predictions="...", targets=given("..."), per="...")
def huber(xp: Namespace[A], predictions: A, targets: A, *, delta: Positive[A] = 1.0) -> A:
    r"""Half the squared error up to delta, and a straight line of slope delta from there.

    $$\ell = c\,(e - c / 2), \qquad e = |\text{predictions} - \text{targets}|, \qquad c = \min(e, \text{delta})$$

    that is $e^2 / 2$ for $e \le \text{delta}$ and $\text{delta}\,(e - \text{delta} / 2)$ beyond.

    Args:
        predictions: predicted, of any shape.
        targets: given, of the same shape; integers are accepted.
        delta: greater than 0, where the line begins; a number or a scalar array.

    Returns:
        A value for each element.

    Degenerate cases: equal numbers give 0 with zero gradient; at the joint both sides have slope delta. The line does
    not overflow, whatever the square would do.

    Raises:
        ValueError: if the shapes differ (nothing is broadcast), or for delta <= 0 (NaN where its value cannot be seen).

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> float(isoloss.numpy.huber(np.array([2.5, 5.5, 2.0]), np.array([3.0, 5.0, 2.5])))
        0.125

    Source: P. J. Huber, *Robust Estimation of a Location Parameter*, 1964, https://doi.org/10.1214/aoms/1177703732
    """
    return xp.elementwise(_huber, predictions, targets, delta)


def _huber(xp: Namespace[A], predictions: A, targets: A, delta: A) -> tuple[A, Slopes[A]]:
    error = predictions - targets
    clipped = xp.clip(error, -delta, delta)
    slopes = (lambda: clipped, lambda: -clipped, lambda: xp.abs(error - clipped))
    return clipped * (error - clipped * 0.5), slopes


@loss("RMSELoss", predictions="...", targets=given("..."), over="...")
def rmse(xp: Namespace[A], predictions: A, targets: A, *, weights: A | None = None) -> A:
    r"""Root of the mean squared error: one number for the whole batch.

    $$\ell = \sqrt{\frac{\sum w\,(\text{predictions} - \text{targets})^2}{\sum w}}$$

    Args:
        predictions: predicted, of any shape.
        targets: given, of the same shape; integers are accepted.
        weights: w, of their shape or of its leading axes; 0 for the elements that `where` leaves out.

    Returns:
        One number; `reduction` is "mean" and nothing else.

    Degenerate cases: no error at all, and nothing that counts, give 0 with zero gradient. Errors whose squares would
    overflow or vanish (1e20, 1e-30) are exact.

    Raises:
        ValueError: if the shapes differ, or for another reduction.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> float(isoloss.numpy.rmse(np.array([2.5, 5.5, 2.0]), np.array([3.0, 5.0, 2.5])))
        0.5

    Source: the square root of `mse`, in the unit of the targets.
    """
    error = predictions - targets
    if weights is not None:
        error = xp.where(weights > 0.0, error, 0.0)
    # the largest error is taken out of the root, so that no square overflows or vanishes
    size = xp.stop_gradient(xp.max(xp.abs(error)))
    zero = size < xp.smallest_normal(error)
    scaled = error / xp.where(zero, 1.0, size)
    mean = weighted_mean(xp, scaled * scaled, weights)
    zero = xp.equal(mean, 0.0)
    return xp.where(zero, 0.0, size * xp.sqrt(xp.where(zero, 1.0, mean)))


@loss("LogCoshLoss", predictions="...", targets=given("..."), per="...")
def log_cosh(xp: Namespace[A], predictions: A, targets: A) -> A:
    r"""Logarithm of the hyperbolic cosine of the error: a square near 0, an absolute value far from it.

    $$\ell = \log \cosh(\text{predictions} - \text{targets})$$

    Args:
        predictions: predicted, of any shape.
        targets: given, of the same shape; integers are accepted.

    Returns:
        A value for each element.

    Degenerate cases: equal numbers give 0 with zero gradient. An error of 1e-4 gives 5e-9, not 0; one of 1e15 does not
    overflow.

    Raises:
        ValueError: if the shapes differ; nothing is broadcast.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> round(float(isoloss.numpy.log_cosh(np.array([1.0]), np.array([0.0]))), 12)
        0.433780830483

    Source: P. Chen, G. Chen, S. Zhang, *Log Hyperbolic Cosine Loss Improves Variational Auto-Encoder*, 2019,
    https://openreview.net/forum?id=rkglvsC9Ym
    """
    return xp.elementwise(_log_cosh, predictions, targets)


def _log_cosh(xp: Namespace[A], predictions: A, targets: A) -> tuple[A, Slopes[A]]:
    error = predictions - targets
    size = xp.abs(error)
    # with t = 1 - e^-size, cosh(size) - 1 = t^2 e^size / 2: nothing cancels for small errors, nor overflows for large
    near = size < 1.0
    t = -xp.expm1(-size)
    small = xp.log1p(t * t * xp.exp(xp.where(near, size, 0.0)) / 2.0)
    large = size + xp.log(xp.exp(-size) + t * t / 2.0)

    def slope() -> A:  # tanh(error)
        lack = xp.expm1(size * -2.0)
        return xp.sign(error) * (-lack / (lack + 2.0))

    return xp.where(near, small, large), (slope, lambda: -slope())
