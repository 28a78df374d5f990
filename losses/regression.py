"""Losses between a prediction and a target of the same shape."""

from __future__ import annotations

from isoloss.losses.checks import require
from isoloss.losses.contrast import normalised
from isoloss.losses.declaration import Floor, NonNegative, OpenFraction, Positive, given, loss
from isoloss.losses.magnitude import side_and_size
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
    side, size = side_and_size(xp, error)
    # with t = 1 - e^-size, cosh(size) - 1 = t^2 e^size / 2: nothing cancels for small errors, nor overflows for large
    near = size < 1.0
    t = -xp.expm1(-size)
    small = xp.log1p(t * t * xp.exp(xp.where(near, size, 0.0)) / 2.0)
    large = size + xp.log(xp.exp(-size) + t * t / 2.0)

    def slope() -> A:  # tanh(error)
        lack = xp.expm1(size * -2.0)
        return side * (-lack / (lack + 2.0))

    return xp.where(near, small, large), (slope, lambda: -slope())


@loss("HalfMSELoss", predictions="...", targets=given("..."), per="...")
def half_mse(xp: Namespace[A], predictions: A, targets: A) -> A:
    r"""Half the squared error, whose slope is the error itself; Optax calls it l2_loss.

    $$\ell = \tfrac{1}{2} (\text{predictions} - \text{targets})^2$$

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
        >>> float(isoloss.numpy.half_mse(np.array([2.5, 5.5, 2.0]), np.array([3.0, 5.0, 2.5])))
        0.125

    Source: half of `mse`, as C. M. Bishop, *Pattern Recognition and Machine Learning*, 2006, equation (1.2), has it.
    """
    error = predictions - targets
    return error * (error * 0.5)


@loss("SmoothL1Loss", predictions="...", targets=given("..."), per="...")
def smooth_l1(xp: Namespace[A], predictions: A, targets: A, *, beta: NonNegative = 1.0) -> A:
    r"""Absolute error whose tip is a square: `huber` with delta=beta, divided by beta.

    $$\ell = \frac{c}{\text{beta}}\,(e - c / 2), \qquad e = |\text{predictions} - \text{targets}|, \qquad
    c = \min(e, \text{beta})$$

    that is $e^2 / (2\,\text{beta})$ for $e \le \text{beta}$ and $e - \text{beta} / 2$ beyond.

    Args:
        predictions: predicted, of any shape.
        targets: given, of the same shape; integers are accepted.
        beta: at least 0, where the line begins; 0 makes it `mae`.

    Returns:
        A value for each element.

    Degenerate cases: equal numbers give 0 with zero gradient; at the joint both sides have slope 1. The line does not
    overflow, whatever the square would do.

    Raises:
        ValueError: if the shapes differ (nothing is broadcast), or for beta < 0.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> float(isoloss.numpy.smooth_l1(np.array([2.5, 5.5, 2.0]), np.array([3.0, 5.0, 2.5]), beta=0.5))
        0.25

    Source: R. Girshick, *Fast R-CNN*, 2015, https://arxiv.org/abs/1504.08083, with beta=1; PyTorch has beta.
    """
    return xp.elementwise(_smooth_l1, predictions, targets, beta) if beta > 0.0 else xp.abs(predictions - targets)


def _smooth_l1(xp: Namespace[A], predictions: A, targets: A, beta: A) -> tuple[A, Slopes[A]]:
    error = predictions - targets
    clipped = xp.clip(error, -beta, beta)
    slope = clipped / beta
    return slope * (error - clipped * 0.5), (lambda: slope, lambda: -slope, None)


@loss("MAPELoss", predictions="...", targets=given("..."), per="...")
def mape(xp: Namespace[A], predictions: A, targets: A, *, epsilon: Floor = 1e-7) -> A:
    r"""Absolute error in percent of the target.

    $$\ell = 100\,\frac{|\text{predictions} - \text{targets}|}{\max(|\text{targets}|, \text{epsilon})}$$

    Args:
        predictions: predicted, of any shape.
        targets: given, of the same shape; integers are accepted.
        epsilon: greater than 0, what the size of a target counts for at least. The default is that of Keras, with which
            a target of 0 gives a billion percent for an error of 1: give the smallest target that means something.

    Returns:
        A value for each element.

    Degenerate cases: equal numbers give 0 with zero gradient, also where both are 0.

    Raises:
        ValueError: if the shapes differ (nothing is broadcast), or for epsilon <= 0.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> float(isoloss.numpy.mape(np.array([2.5, 5.0, 3.0]), np.array([2.0, 4.0, 4.0])))
        25.0

    Source: S. Makridakis, *Accuracy Measures: Theoretical and Practical Concerns*, 1993,
    https://doi.org/10.1016/0169-2070(93)90079-3
    """
    size = xp.clip(xp.abs(targets), epsilon, float("inf"))
    return xp.abs(predictions - targets) * (xp.ones_like(size) * 100.0 / size)


@loss("MSLELoss", predictions="...", targets=given("..."), per="...")
def msle(xp: Namespace[A], predictions: A, targets: A) -> A:
    r"""Squared error of the logarithms of one more: it sees by which part of itself a number is off.

    $$\ell = (\log(1 + \text{predictions}) - \log(1 + \text{targets}))^2$$

    Args:
        predictions: predicted, of any shape, greater than -1.
        targets: given, of the same shape, greater than -1; integers are accepted.

    Returns:
        A value for each element.

    Degenerate cases: equal numbers give 0 with zero gradient. A negative number greater than -1 has its own logarithm;
    Keras takes it for 1e-7, and gives a prediction below 0 no gradient.

    Raises:
        ValueError: if the shapes differ (nothing is broadcast) or, where values can be seen, one of predictions or
            targets is -1 or less: NaN for it elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> round(float(isoloss.numpy.msle(np.array([2.5, 5.5, 2.0]), np.array([3.0, 5.0, 2.5]))), 12)
        0.015999966653

    Source: `mse` of log(1 + x); the metric of Kaggle, *Heritage Health Prize*, 2011, https://www.kaggle.com/c/hhp
    """
    values = xp.elementwise(_msle, predictions, targets)
    defined = xp.logical_not((predictions <= -1.0) | (targets <= -1.0))  # NaN gives NaN
    message = "msle: predictions and targets must be greater than -1; got {} and {}"
    return require(xp, defined, values, message, predictions, targets)


def _msle(xp: Namespace[A], predictions: A, targets: A) -> tuple[A, Slopes[A]]:
    error = predictions - targets
    side, size = side_and_size(xp, error)
    smaller = xp.where(side < 0.0, predictions, targets)
    ratio = xp.log1p(size / (smaller + 1.0))  # of the larger to the smaller: nothing cancels
    twice = side * ratio * 2.0
    return ratio * ratio, (lambda: twice / (predictions + 1.0), lambda: -(twice / (targets + 1.0)))


@loss("QuantileLoss", predictions="...", targets=given("..."), per="...")
def quantile(xp: Namespace[A], predictions: A, targets: A, *, quantile: OpenFraction[A] = 0.5) -> A:
    r"""Pinball loss, least where the prediction is that quantile of the targets.

    $$\ell = \max(q\,e,\; (q - 1)\,e), \qquad e = \text{targets} - \text{predictions}, \qquad q = \text{quantile}$$

    Args:
        predictions: predicted, of any shape.
        targets: given, of the same shape; integers are accepted.
        quantile: between 0 and 1, a number or a scalar array: what a prediction that is too low costs for each unit;
            one that is too high costs the rest to 1. The default makes it half of `mae`. An array is known to the
            precision of its dtype, and the rest to 1 no better; so is a number in JAX, which traces it.

    Returns:
        A value for each element.

    Degenerate cases: equal numbers give 0 with zero gradient.

    Raises:
        ValueError: if the shapes differ (nothing is broadcast), or for a quantile of 0 or less, or 1 or more (NaN where
            its value cannot be seen).

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> float(isoloss.numpy.quantile(np.array([2.5, 5.5, 2.0]), np.array([3.0, 5.0, 2.5]), quantile=0.75))
        0.2916666666666667

    Source: R. Koenker, G. Bassett, *Regression Quantiles*, 1978, https://doi.org/10.2307/1913643
    """
    return xp.elementwise(_quantile, predictions, targets, quantile, -quantile + 1.0)


def _quantile(xp: Namespace[A], predictions: A, targets: A, low: A, high: A) -> tuple[A, Slopes[A]]:
    error = predictions - targets
    missing, excess = xp.where(error < 0.0, -error, 0.0), xp.where(error < 0.0, 0.0, error)

    def slope() -> A:
        return xp.sign(excess) * high - xp.sign(missing) * low

    return missing * low + excess * high, (slope, lambda: -slope(), lambda: missing, lambda: excess)


@loss("CosineDistanceLoss", predictions="... D", targets=given("... D"), per="...")
def cosine_distance(xp: Namespace[A], predictions: A, targets: A) -> A:
    r"""One less the cosine between two rows: 0 for one direction, 1 for a right angle, 2 for opposite ones.

    $$\ell = 1 - \frac{\text{predictions} \cdot \text{targets}}{\|\text{predictions}\| \, \|\text{targets}\|}$$

    Args:
        predictions: predicted, (..., D) or with the D numbers of a row on another `axis`.
        targets: given, of the same shape; integers are accepted.

    Returns:
        A value for each row. Keras' CosineSimilarity is this less 1.

    Degenerate cases: a row of zeros has no direction: it is at distance 1 from all, with zero gradient. Lengths that
    overflow or vanish (1e30, 1e-30) are right; a row without a number of the dtype's normal size is one of zeros.

    Raises:
        ValueError: if the shapes differ; nothing is broadcast.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> round(float(isoloss.numpy.cosine_distance(np.array([[3.0, 4.0]]), np.array([[1.0, 0.0]]))), 12)
        0.4

    Source: G. Salton, A. Wong, C. S. Yang, *A Vector Space Model for Automatic Indexing*, 1975,
    https://doi.org/10.1145/361219.361220
    """
    one, other = normalised(xp, predictions), normalised(xp, targets)
    nowhere = [xp.equal(xp.max(xp.abs(unit), axis=-1), 0.0) for unit in (one, other)]
    # half the squared distance to the other row or, if that is nearer, to its opposite: right for small angles too
    cosine = xp.stop_gradient(xp.sum(one * other, axis=-1))
    side = xp.copysign(xp.ones_like(cosine), cosine)
    apart = one - other * xp.expand_dims(side, axis=-1)
    values = xp.sum(apart * apart, axis=-1) * 0.5 * side + (-side + 1.0)
    return xp.where(nowhere[0] | nowhere[1], 1.0, values)
