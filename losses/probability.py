"""Losses between distributions, and between a distribution and what was drawn from it."""

from __future__ import annotations

from math import log, pi

from isoloss.losses.checks import finite_and_not_negative, require
from isoloss.losses.declaration import Floor, NonNegative, given, loss
from isoloss.losses.logarithm import finite_log, log_from_normal, log_or_infinite
from isoloss.losses.magnitude import side_and_size
from isoloss.protocol import A, Namespace, Slopes

ROUNDING = 2.0**-6
"""By how much the logarithm of a probability may lie above 0: that of 1 in 16 bits does."""


@loss("KLDivergenceLoss", log_probabilities="... C", targets=given("... C"), per="...")
def kl_divergence(xp: Namespace[A], log_probabilities: A, targets: A, *, log_targets: bool = False) -> A:
    r"""Kullback-Leibler divergence of the targets' distribution from the predicted one.

    $$\ell = \sum_c \text{targets}_c\,(\log \text{targets}_c - \text{log_probabilities}_c)$$

    Args:
        log_probabilities: predicted, (..., C) or with the C classes on another `axis`: logarithms, such as log_softmax
            gives. A class with -inf is impossible.
        targets: given, of the same shape: probabilities, at least 0.
        log_targets: whether targets, too, are logarithms of probabilities.

    Returns:
        A value for each row: "mean" is PyTorch's "batchmean", not its "mean", which divides by C, too. Keras gives
        the targets first and takes probabilities of both, cut to what lies between 1e-7 and 1.

    Degenerate cases: a target of 0 contributes 0, also for an impossible class, with zero gradient in both; a target t
    for an impossible class contributes t log(t / p), p being the dtype's smallest normal number.

    Raises:
        TypeError: if log_probabilities are not floating.
        ValueError: if the shapes differ (nothing is broadcast) or, where values can be seen, log_probabilities are
            above 0 by more than rounding, which probabilities are, or targets are no probabilities or logarithms of
            them, negative or infinite: NaN for the row elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> log_probabilities, targets = np.log([[0.5, 0.25, 0.25]]), np.array([[0.25, 0.75, 0.0]])
        >>> round(float(isoloss.numpy.kl_divergence(log_probabilities, targets)), 12)
        0.650672421361

    Source: S. Kullback, R. A. Leibler, *On Information and Sufficiency*, 1951,
    https://doi.org/10.1214/aoms/1177729694
    """
    log_probabilities, targets, logged = _distributions(xp, "kl_divergence", log_probabilities, targets, log_targets)
    return xp.sum(xp.elementwise(_kl_divergence, log_probabilities, targets, logged), axis=-1)


def _kl_divergence(xp: Namespace[A], log_p: A, t: A, log_t: A) -> tuple[A, Slopes[A]]:
    ratio = _log_ratio(xp, log_p, t, log_t)
    return t * ratio, (lambda: -t, lambda: xp.where(xp.equal(t, 0.0), 0.0, ratio + 1.0), None)


@loss("JensenShannonLoss", log_probabilities="... C", targets=given("... C"), per="...")
def jensen_shannon(xp: Namespace[A], log_probabilities: A, targets: A, *, log_targets: bool = False) -> A:
    r"""Jensen-Shannon divergence: how far two distributions are from their mean. It is symmetric, and at most log 2.

    $$\ell = \tfrac{1}{2} \sum_c \left( t_c \log \frac{t_c}{m_c} + p_c \log \frac{p_c}{m_c} \right), \qquad
    p = e^{\text{log_probabilities}}, \qquad t = \text{targets}, \qquad m = (p + t) / 2$$

    Args:
        log_probabilities: predicted, (..., C) or with the C classes on another `axis`: logarithms, such as log_softmax
            gives (as Liger takes them; TRL takes logits, SciPy probabilities). A class with -inf is impossible.
        targets: given, of the same shape: probabilities, at least 0.
        log_targets: whether targets, too, are logarithms of probabilities.

    Returns:
        A value for each row, in nats; SciPy's jensenshannon is its root.

    Degenerate cases: one distribution twice gives 0 with zero gradient. A class that one of them rules out contributes
    half of the other's probability times log 2; one that both rule out contributes 0. Nothing is learned through a
    target of 0.

    Raises:
        TypeError: if log_probabilities are not floating.
        ValueError: if the shapes differ (nothing is broadcast) or, where values can be seen, log_probabilities are
            above 0 by more than rounding, which probabilities are, or targets are no probabilities or logarithms of
            them, negative or infinite: NaN for the row elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> log_probabilities, targets = np.log([[0.5, 0.25, 0.25]]), np.array([[0.25, 0.75, 0.0]])
        >>> round(float(isoloss.numpy.jensen_shannon(log_probabilities, targets)), 12)
        0.17328679514

    Source: J. Lin, *Divergence Measures Based on the Shannon Entropy*, 1991, https://doi.org/10.1109/18.61115
    """
    log_probabilities, targets, logged = _distributions(xp, "jensen_shannon", log_probabilities, targets, log_targets)
    return xp.sum(xp.elementwise(_jensen_shannon, log_probabilities, targets, logged), axis=-1)


def _jensen_shannon(xp: Namespace[A], log_p: A, t: A, log_t: A) -> tuple[A, Slopes[A]]:
    """With d the logarithm of p / t and r that of the smaller to the larger, what a class contributes is
    (p + t) / 2 times d tanh(d / 2) / 2 - log cosh(d / 2) or, where this would cancel,
    log 2 - log(1 + r) - r |d| / (1 + r)."""
    p = xp.exp(log_p)
    neither = xp.equal(p + t, 0.0)
    d = xp.where(neither, 0.0, log_p - log_t)
    side, size = side_and_size(xp, d)
    r = xp.exp(-size)
    lack = -xp.expm1(-size)
    slant = lack / (r + 1.0)  # tanh(|d| / 2)
    near = size < 2.0
    some = xp.where(near, size, 0.0)
    close = some * slant * 0.5 - xp.log1p(lack * lack / (xp.exp(-some) * 4.0)) * 0.5
    finite = xp.where(xp.equal(size, float("inf")), 0.0, size)
    apart = -xp.log1p(r) - r * finite / (r + 1.0) + log(2.0)
    above = xp.log1p(slant)  # the larger by the mean; the smaller by it is this less |d|
    of_p = xp.where(side < 0.0, above - finite, above)
    of_t = xp.where(side < 0.0, above, above - finite)
    slopes = (lambda: p * of_p * 0.5, lambda: xp.where(xp.equal(t, 0.0), 0.0, of_t * 0.5), None)
    return (p + t) * 0.5 * xp.where(near, close, apart), slopes


@loss("GeneralizedKLLoss", log_predictions="... C", targets=given("... C"), per="...")
def generalized_kl(xp: Namespace[A], log_predictions: A, targets: A) -> A:
    r"""Kullback-Leibler divergence of numbers that need not sum to 1: no class contributes less than 0.

    $$\ell = \sum_c \left( \text{targets}_c\,(\log \text{targets}_c - \text{log_predictions}_c) - \text{targets}_c
    + e^{\text{log_predictions}_c} \right)$$

    Args:
        log_predictions: predicted, (..., C) or with the C classes on another `axis`: logarithms of what is compared
            with the targets. A class with -inf is predicted to have nothing.
        targets: given, of the same shape, at least 0; integers are accepted.

    Returns:
        A value for each row.

    Degenerate cases: equal numbers give 0 with zero gradient; a target of 0 contributes the prediction alone, and
    nothing is learned through it; a target t where nothing is predicted contributes t log(t / p) - t, p being the
    dtype's smallest normal number.

    Raises:
        TypeError: if log_predictions are not floating.
        ValueError: if the shapes differ (nothing is broadcast) or, where values can be seen, targets are negative or
            infinite: NaN for the row elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> log_predictions, targets = np.log([[2.0, 4.0, 1.0]]), np.array([[1, 4, 0]])
        >>> round(float(isoloss.numpy.generalized_kl(log_predictions, targets)), 12)
        1.30685281944

    Source: I. Csiszár, *Why Least Squares and Maximum Entropy? An Axiomatic Approach to Inference for Linear Inverse
    Problems*, 1991, https://doi.org/10.1214/aos/1176348385
    """
    targets = finite_and_not_negative(xp, "generalized_kl", "targets", targets)
    return xp.sum(xp.elementwise(_generalized_kl, log_predictions, targets), axis=-1)


def _generalized_kl(xp: Namespace[A], log_p: A, t: A) -> tuple[A, Slopes[A]]:
    p = xp.exp(log_p)
    ratio = _log_ratio(xp, log_p, t, log_or_infinite(xp, t))
    return _excess(xp, p, t, ratio), (lambda: p - t, lambda: ratio)


def _excess(xp: Namespace[A], p: A, t: A, ratio: A) -> A:
    """p - t + t log(t / p), from that logarithm: nothing cancels that the logarithm holds."""
    near = (ratio > -1.0) & (t > 0.0)
    return xp.where(near, t * (xp.expm1(xp.where(near, -ratio, 0.0)) + ratio), p - t + t * ratio)


@loss("PoissonNLLLoss", predictions="...", targets=given("..."), per="...")
def poisson_nll(
    xp: Namespace[A],
    predictions: A,
    targets: A,
    *,
    log_input: bool = True,
    full: bool = False,
    epsilon: NonNegative = 0.0,
) -> A:
    r"""Negative log-likelihood of counts that follow a Poisson distribution of a predicted rate.

    $$\ell = e^{\text{predictions}} - \text{targets} \cdot \text{predictions} \quad \text{or} \quad
    \text{predictions} - \text{targets} \log(\text{predictions} + \text{epsilon})$$

    Args:
        predictions: predicted, of any shape: logarithms of rates or, without log_input, the rates, at least 0.
        targets: given, of the same shape, at least 0: counts; integers are accepted.
        log_input: whether the predictions are logarithms, as PyTorch takes them; Keras takes rates.
        full: whether to add Stirling's approximation of log(targets!) for targets above 1:
            targets log(targets) - targets + log(2 pi targets) / 2.
        epsilon: at least 0, added to a rate inside the logarithm; 1e-8 in PyTorch, 1e-7 in Keras, with which small rates
            are wrong.

    Returns:
        A value for each element.

    Degenerate cases: a target of 0 costs the rate, and a rate of 0 is then right; a rate of 0 for another target,
    without epsilon, counts as the dtype's smallest normal number inside the logarithm, also in the gradient.

    Raises:
        TypeError: if predictions are not floating.
        ValueError: if the shapes differ (nothing is broadcast), epsilon is negative or, where values can be seen, a
            target or a rate is negative or a target infinite: NaN for it elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> round(float(isoloss.numpy.poisson_nll(np.array([2.0]), np.array([3]), log_input=False)), 12)
        -0.07944154168

    Source: P. McCullagh, J. A. Nelder, *Generalized Linear Models*, 1989, section 6.2.2,
    https://doi.org/10.1007/978-1-4899-3242-6
    """
    targets = finite_and_not_negative(xp, "poisson_nll", "targets", targets)
    if log_input:
        return _poisson(xp, xp.exp(predictions), finite_log(xp, predictions), targets, 0.0, full)
    values = _poisson(xp, predictions, log_from_normal(xp, predictions + epsilon), targets, epsilon, full)
    message = "poisson_nll: rates must not be negative (for their logarithms, log_input=True); got {}"
    return require(xp, xp.logical_not(predictions < 0.0), values, message, predictions)


def _poisson(xp: Namespace[A], rate: A, logarithm: A, t: A, epsilon: float, full: bool) -> A:
    plain = rate - t * logarithm
    if not full:
        return plain
    # with t log t - t, what is left of two large numbers is known without them
    many = t > 1.0
    t = xp.where(many, t, 1.0)
    log_t = xp.log(t)
    part = (rate + epsilon) / t
    told = (part > 1e-30) & (part < 1e30)  # better by a quotient than by a difference of logarithms
    ratio = xp.where(told, -xp.log(xp.where(told, part, 1.0)), log_t - logarithm)
    whole = _excess(xp, rate + epsilon, t, ratio) - epsilon + (log_t + log(2.0 * pi)) * 0.5
    return xp.where(many, whole, plain)


@loss("GaussianNLLLoss", predictions="...", targets=given("..."), variances="...", per="...")
def gaussian_nll(
    xp: Namespace[A], predictions: A, targets: A, variances: A, *, full: bool = False, epsilon: Floor = 1e-6
) -> A:
    r"""Negative log-likelihood of targets that follow a normal distribution of predicted mean and variance.

    $$\ell = \tfrac{1}{2} \left( \log v + \frac{(\text{predictions} - \text{targets})^2}{v} \right), \qquad
    v = \max(\text{variances}, \text{epsilon})$$

    Args:
        predictions: predicted means, of any shape.
        targets: given, of the same shape; integers are accepted.
        variances: predicted, of the same shape, at least 0; nothing is broadcast.
        full: whether to add log(2 pi) / 2.
        epsilon: greater than 0, what a variance counts for at least; the default is PyTorch's.

    Returns:
        A value for each element.

    Degenerate cases: a variance below epsilon has the slope of epsilon, as in PyTorch, so that it can grow; that of a
    plain maximum would be 0 for ever.

    Raises:
        TypeError: if predictions or variances are not floating.
        ValueError: if the shapes differ (nothing is broadcast), for epsilon <= 0 or, where values can be seen, if a
            variance is negative: NaN for it elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> predictions, targets, variances = np.array([2.0, 1.0]), np.array([3, 1]), np.array([0.5, 1.0])
        >>> round(float(isoloss.numpy.gaussian_nll(predictions, targets, variances)), 12)
        0.32671320486

    Source: D. A. Nix, A. S. Weigend, *Estimating the Mean and Variance of the Target Probability Distribution*, 1994,
    https://doi.org/10.1109/ICNN.1994.374138
    """
    values = xp.elementwise(_gaussian_nll, predictions, targets, variances, epsilon)
    message = "gaussian_nll: variances must not be negative; got {}"
    values = require(xp, xp.logical_not(variances < 0.0), values, message, variances)
    return values + log(2.0 * pi) / 2.0 if full else values


def _gaussian_nll(xp: Namespace[A], predictions: A, targets: A, variances: A, epsilon: A) -> tuple[A, Slopes[A]]:
    variance = xp.clip(variances, epsilon, float("inf"))
    error = predictions - targets
    slope = error / variance
    square = error * slope  # by the variance, which itself may overflow or vanish
    slopes = (lambda: slope, lambda: -slope, lambda: (-square + 1.0) / variance * 0.5, None)
    return (xp.log(variance) + square) * 0.5, slopes


def _distributions(xp: Namespace[A], name: str, log_probabilities: A, targets: A, log_targets: bool) -> tuple[A, A, A]:
    """The predicted logarithms, the targets and their logarithms; NaN for what is none."""
    message = "{}: log_probabilities must be logarithms, at most 0 (such as log_softmax gives); got {}"
    possible = xp.logical_not(log_probabilities > ROUNDING)  # NaN gives NaN
    log_probabilities = require(xp, possible, log_probabilities, message, name, log_probabilities)
    if log_targets:
        message = "{}: targets must be logarithms, at most 0 (or leave log_targets out); got {}"
        targets = require(xp, targets <= ROUNDING, targets, message, name, targets)
        return log_probabilities, xp.exp(targets), targets
    targets = finite_and_not_negative(xp, name, "targets", targets)
    return log_probabilities, targets, log_or_infinite(xp, targets)


def _log_ratio(xp: Namespace[A], log_p: A, t: A, log_t: A) -> A:
    """log t - log p; 0 where t is 0."""
    return xp.where(xp.equal(t, 0.0), 0.0, log_t - finite_log(xp, log_p))
