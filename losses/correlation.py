"""Losses that want two views to agree, and the features or samples of each to be unlike each other."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

from isoloss.losses.declaration import NonNegative, Positive, loss
from isoloss.losses.hinge import positive_part
from isoloss.losses.reduction import relative
from isoloss.protocol import A, Namespace


@loss("BarlowTwinsLoss", embeddings_a="N D", embeddings_b="N D", over="N")
def barlow_twins(
    xp: Namespace[A],
    embeddings_a: A,
    embeddings_b: A,
    *,
    off_diagonal_weight: NonNegative = 5e-3,
    scale: Positive[A] = 1.0,
    epsilon: NonNegative = 1e-5,
    weights: A | None = None,
) -> A:
    r"""Barlow Twins: each feature agrees with itself across two views and with no other feature.

    $$\ell = \text{scale} \Big(\sum_i (1 - C_{ii})^2 + \text{off_diagonal_weight} \sum_{i \ne j} C_{ij}^2\Big),
    \qquad C_{ij} = \frac{\sum_n w_n\, a_{ni}\, b_{nj}}{\sum_n w_n}$$

    where a and b are embeddings_a and embeddings_b with their columns standardised, as batch normalisation does:
    $(x - \mathrm{mean}) / \sqrt{\mathrm{variance} + \text{epsilon}}$, mean and (biased) variance weighted by w too.

    Args:
        embeddings_a: predicted, (N, D), one view of N samples.
        embeddings_b: predicted, (N, D), the other view.
        off_diagonal_weight: at least 0.
        scale: greater than 0, a factor of the whole; a number or a learnable scalar.
        epsilon: at least 0.
        weights: w, (N,); 0 for the samples that `where` leaves out.

    Returns:
        One number; `reduction` is "mean" and nothing else.

    Degenerate cases: a constant feature correlates with nothing: C is 0 there, with zero gradient if epsilon is 0. A
    single sample has constant features alone, with zero gradient. Nothing that counts gives 0. Deviations of 1e20 do
    not overflow.

    Raises:
        TypeError: if embeddings are not floating.
        ValueError: if shapes disagree, a setting is out of range, or for another reduction.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> view = np.array([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0]])
        >>> round(float(isoloss.numpy.barlow_twins(view, view)), 6)
        0.0025

    Source: J. Zbontar et al., *Barlow Twins: Self-Supervised Learning via Redundancy Reduction*, 2021,
    https://arxiv.org/abs/2103.03230
    """
    weights = _of_rows(xp, embeddings_a, weights)
    lack, a, b = _standardised_pair(xp, embeddings_a, embeddings_b, weights, epsilon, over_batch=True)
    product = xp.averaged(xp.matmul(xp.matrix_transpose(a), b))
    others = _off_diagonal(xp, product, xp.indices(product, 0))
    costs = lack * lack + xp.sum(others * others, axis=-1) * off_diagonal_weight
    return xp.where(xp.equal(xp.averaged(xp.sum(weights)), 0.0), 0.0, xp.sum(costs * scale))


@loss("SampleCorrelationLoss", embeddings_a="N D", embeddings_b="N D", over="N")
def sample_correlation(
    xp: Namespace[A],
    embeddings_a: A,
    embeddings_b: A,
    *,
    off_diagonal_weight: NonNegative = 5e-3,
    scale: Positive[A] = 0.025,
    epsilon: NonNegative = 1e-5,
    weights: A | None = None,
) -> A:
    r"""Barlow Twins turned round: each sample agrees with itself across two views and with no other sample.

    $$\ell = \text{scale} \sum_i w_i \Big((1 - C_{ii})^2 + \text{off_diagonal_weight} \sum_{j \ne i} w_j\, C_{ij}^2\Big),
    \qquad C_{ij} = \frac{1}{N} \sum_d a_{id}\, b_{jd}$$

    where a and b are embeddings_a and embeddings_b with their rows standardised:
    $(x - \mathrm{mean}) / \sqrt{\mathrm{variance} + \text{epsilon}}$ over the D features, with the biased variance.
    As in the published snippet, the sum over D features is divided by N: views that agree have $C_{ii}$ = D / N, and are
    at the optimum only if D = N. `barlow_twins` of the transposed embeddings has the divisor D.

    Args:
        embeddings_a: predicted, (N, D), one view of N samples.
        embeddings_b: predicted, (N, D), the other view.
        off_diagonal_weight: at least 0.
        scale: greater than 0, a factor of the whole; a number or a learnable scalar.
        epsilon: at least 0.
        weights: (N,), scaled to a mean of 1 over the samples that count (those above 0), whose number is then N;
            0 for the samples that `where` leaves out.

    Returns:
        One number; `reduction` is "mean" and nothing else.

    Degenerate cases: a sample whose features are all equal correlates with nothing: C is 0 there, with zero gradient if
    epsilon is 0. Nothing that counts gives 0. Features of 1e20 do not overflow.

    Raises:
        TypeError: if embeddings are not floating.
        ValueError: if shapes disagree, a setting is out of range, or for another reduction.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> view = np.array([[1.0, 0.0, 2.0], [0.0, 2.0, 1.0]])
        >>> round(float(isoloss.numpy.sample_correlation(view, view)), 6)
        0.012639

    Source: the published variant of `barlow_twins` that normalises with `BatchNorm1d(N)` on the transposed batch,
    https://datascience.stackexchange.com/a/114587, 2022.
    """
    weights = _of_rows(xp, embeddings_a, weights)
    counted = _count(xp, weights)
    samples = xp.where(counted > 0.0, counted, 1.0)
    weights = weights * samples / xp.where(counted > 0.0, xp.summed(xp.sum(weights)), 1.0)
    a, b = xp.matrix_transpose(embeddings_a), xp.matrix_transpose(embeddings_b)
    features = _ones(xp, a)
    lack, a, b = _standardised_pair(xp, a, b, features, epsilon, over_batch=False)
    rows = xp.matrix_transpose(b)
    product = xp.matmul(xp.matrix_transpose(a), xp.matrix_transpose(xp.gathered(rows)))
    others = _off_diagonal(xp, product, xp.among_gathered(xp.indices(rows, 0), rows))
    ratio = xp.sum(features) / samples
    lack = lack * ratio + (-ratio + 1.0)
    others = others * ratio
    of_others = xp.expand_dims(xp.gathered(weights), axis=0)
    costs = lack * lack + xp.sum(of_others * others * others, axis=-1) * off_diagonal_weight
    return xp.summed(xp.sum(weights * costs * scale))


@loss("VICRegLoss", embeddings_a="N D", embeddings_b="N D", over="N")
def vicreg(
    xp: Namespace[A],
    embeddings_a: A,
    embeddings_b: A,
    *,
    invariance_weight: NonNegative = 25.0,
    variance_weight: NonNegative = 25.0,
    covariance_weight: NonNegative = 1.0,
    epsilon: NonNegative = 1e-4,
    weights: A | None = None,
) -> A:
    r"""VICReg: two views agree, each feature of each varies, and no two features of one vary together.

    $$\ell = \frac{1}{D} \sum_d \Big( \frac{\lambda}{N} \sum_n w_n (a_{nd} - b_{nd})^2
    + \frac{\mu}{2} \big(v_d(a) + v_d(b)\big) + \nu \sum_{j \ne d} \big(C_{dj}(a)^2 + C_{dj}(b)^2\big) \Big),$$

    where $C(x) = \frac{1}{N - 1} \sum_n w_n (x_n - \bar x)(x_n - \bar x)^\top$ are the covariances of the features,
    $v_d(x) = \max\big(0, 1 - \sqrt{C_{dd}(x) + \text{epsilon}}\big)$, a and b are embeddings_a and embeddings_b, and
    $\lambda, \mu, \nu$ the three weights in their order.

    Args:
        embeddings_a: predicted, (N, D), one view of N samples.
        embeddings_b: predicted, (N, D), the other view.
        invariance_weight: at least 0. The distance is a mean over D, too, as in the authors' code; the paper's equation
            has the sum, with which D times this is meant.
        variance_weight: at least 0, of the mean of both views, as in the authors' code, Lightly and
            pytorch-metric-learning. The paper's equation and solo-learn have the sum: twice this, such as 50.
        covariance_weight: at least 0.
        epsilon: at least 0, added to a variance before its root is taken.
        weights: w, (N,), scaled to a mean of 1 over the samples that count (those above 0), whose number is then N;
            0 for the samples that `where` leaves out. Means are weighted, too.

    Returns:
        One number; `reduction` is "mean" and nothing else.

    Degenerate cases: a feature that does not vary learns nothing from the two other terms. A single sample has variances
    and covariances of 0. A deviation of exactly 1 is enough, with zero gradient. Nothing that counts gives 0.

    Raises:
        TypeError: if embeddings are not floating.
        ValueError: if shapes disagree, a setting is out of range, or for another reduction.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> view = np.array([[0.5, 0.0], [0.0, 0.5], [-0.5, 1.0]])
        >>> round(float(isoloss.numpy.vicreg(view, 2.0 * view, epsilon=0.0)), 6)
        14.604167

    Source: A. Bardes, J. Ponce, Y. LeCun, *VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised
    Learning*, 2021, https://arxiv.org/abs/2105.04906
    """
    weights = _of_rows(xp, embeddings_a, weights)
    counted = _count(xp, weights)
    unbiased = counted / xp.clip(counted - 1.0, 1.0, float("inf"))
    shares = _shares(xp, weights, xp.averaged)
    apart = xp.where(shares > 0.0, embeddings_a - embeddings_b, 0.0)
    costs = xp.averaged(xp.sum(shares * invariance_weight * apart * apart, axis=0))
    for view in (embeddings_a, embeddings_b):
        scaled, unit, variance, added = _spread(xp, view, shares, epsilon, over_batch=True)
        whole = variance * unbiased + added
        # what does not vary has, without epsilon, the smallest unit there is
        deviation = unit * xp.sqrt(xp.where(whole > 0.0, whole, 1.0))
        lack = xp.squeeze(positive_part(xp, -deviation + 1.0), axis=0)
        centred = scaled * unit
        # a weight is multiplied by before anything is squared, so that 0 times what would overflow is 0
        products = xp.matmul(xp.matrix_transpose(centred), shares * sqrt(covariance_weight) * centred)
        others = _off_diagonal(xp, xp.averaged(products) * unbiased, xp.indices(products, 0))
        costs = costs + lack * (variance_weight / 2.0) + xp.sum(others * others, axis=-1)
    return xp.where(xp.equal(xp.averaged(xp.sum(weights)), 0.0), 0.0, xp.mean(costs))


def _standardised_pair(xp: Namespace[A], a: A, b: A, weights: A, epsilon: float, *, over_batch: bool) -> tuple[A, A, A]:
    r"""$1 - C_{ii}$, and the standardised columns whose products are C: those of a, and those of b times the rows' shares.

    $1 - C_{ii}$ is half the mean of $(a - b)^2$ and of what is missing to the variance 1 of a and b. That is a sum of
    numbers that are not negative, right to the last digits for views that are nearly equal. Views that correlate little
    are told by their product, which is exactly 0, and its slope with it, where one does not vary.
    """
    averaged = xp.averaged if over_batch else _unchanged
    shares = _shares(xp, weights, averaged)
    a, missing_a = _standardised(xp, a, shares, epsilon, over_batch=over_batch)
    b, missing_b = _standardised(xp, b, shares, epsilon, over_batch=over_batch)
    difference = a - b
    lack = (averaged(xp.sum(shares * difference * difference, axis=0)) + missing_a + missing_b) / 2.0
    own = averaged(xp.sum(shares * a * b, axis=0))
    return xp.where(own < 0.5, -own + 1.0, lack), a, shares * b


def _off_diagonal(xp: Namespace[A], product: A, own: A) -> A:
    """The matrix with 0 where a row meets its own column."""
    diagonal = xp.equal(xp.expand_dims(own, axis=1), xp.expand_dims(xp.indices(product, 1), axis=0))
    return xp.where(diagonal, 0.0, product)


def _standardised(xp: Namespace[A], x: A, shares: A, epsilon: float, *, over_batch: bool) -> tuple[A, A]:
    """Columns less their mean by the root of variance + epsilon, and epsilon / (variance + epsilon); constant ones are 0."""
    scaled, _, variance, added = _spread(xp, x, shares, epsilon, over_batch=over_batch)
    constant = xp.equal(variance + added, 0.0)
    whole = xp.where(constant, 1.0, variance + added)
    return xp.where(constant, 0.0, scaled / xp.sqrt(whole)), xp.squeeze(added / whole, axis=0)


def _spread(xp: Namespace[A], x: A, shares: A, epsilon: float, *, over_batch: bool) -> tuple[A, A, A, A]:
    """Columns less their mean in units of their own, these units, and the variances and epsilon in their squares."""
    averaged = xp.averaged if over_batch else _unchanged

    def largest(x: A) -> A:
        own = xp.stop_gradient(xp.max(x, axis=0, keepdims=True))
        return xp.greatest(own) if over_batch else own

    counted = shares > 0.0
    # measured from one of its own numbers, a constant column is exactly 0
    origin = largest(xp.where(counted, x, float("-inf")))
    x = xp.where(counted, x - xp.where(xp.equal(origin, float("-inf")), 0.0, origin), 0.0)
    centred = xp.where(counted, x - averaged(xp.sum(shares * x, axis=0, keepdims=True)), 0.0)
    # a unit is taken out of the root, so that no square overflows or, without epsilon, vanishes
    size = largest(xp.abs(centred))
    least = 1.0 if epsilon > 0.0 else xp.smallest_normal(x)
    unit = xp.where(size > least, size, least)
    scaled = centred / unit
    variance = averaged(xp.sum(shares * scaled * scaled, axis=0, keepdims=True))
    root = xp.ones_like(unit) * sqrt(epsilon) / unit  # squared afterwards: XLA makes 1 / unit / unit into 1 / unit^2
    return scaled, unit, variance, root * root


def _of_rows(xp: Namespace[A], rows: A, weights: A | None) -> A:
    """What each row counts for: relative to the others, and 1 if no weights are given."""
    return _ones(xp, rows) if weights is None else relative(xp, weights)


def _count(xp: Namespace[A], weights: A) -> A:
    """How many rows count, those of all workers."""
    return xp.summed(xp.sum(xp.where(weights > 0.0, xp.ones_like(weights), 0.0)))


def _shares(xp: Namespace[A], weights: A, averaged: Callable[[A], A]) -> A:
    """What each row counts for, as a column: of a mean of all workers, if they share the batch."""
    total = averaged(xp.sum(weights))
    return xp.expand_dims(weights / xp.where(total > 0.0, total, 1.0), axis=1)


def _unchanged(x: A) -> A:
    return x


def _ones(xp: Namespace[A], x: A) -> A:
    """1 for each row."""
    return xp.mean(xp.ones_like(x), axis=-1)
