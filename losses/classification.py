"""Losses between scores or probabilities of classes and the class that is right."""

from __future__ import annotations

from math import log

from isoloss.losses.checks import finite_and_not_negative, not_negative, require
from isoloss.losses.classes import labelled, of_fractions, weighed
from isoloss.losses.declaration import Fraction, NonNegative, Weighted, given, loss
from isoloss.losses.logarithm import log_from_normal
from isoloss.losses.softmax import NEGATIVE_INFINITY, soft_target_cross_entropy, softmax_cross_entropy
from isoloss.losses.softplus import two_outcomes, weighed_outcomes
from isoloss.protocol import A, Namespace


@loss("BinaryCrossEntropyLoss", probabilities="...", targets=given("..."), per="...")
def binary_cross_entropy(xp: Namespace[A], probabilities: A, targets: A, *, epsilon: NonNegative = 0.0) -> A:
    r"""Binary cross-entropy of probabilities; of logits, `binary_cross_entropy_with_logits` is the more accurate one.

    $$\ell = -\text{targets} \log(\text{probabilities} + \text{epsilon})
    - (1 - \text{targets}) \log(1 - \text{probabilities} + \text{epsilon})$$

    Args:
        probabilities: predicted, of any shape, from 0 to 1.
        targets: given, of the same shape, from 0 to 1; integers are accepted.
        epsilon: at least 0, added inside each logarithm. The loss is then a little less than 0 at its best.

    Returns:
        A value for each element.

    Degenerate cases: a probability of 0 for what is true, without epsilon, counts as the dtype's smallest normal
    number p, also in the gradient: -log p is 87.3 in float32, and the slope -1 / p. A probability of 0 or 1 that is
    right gives 0 with slope 1 or -1.

    Raises:
        TypeError: if probabilities are not floating.
        ValueError: if the shapes differ (nothing is broadcast), epsilon is negative or, where values can be seen, one
            of probabilities or targets is below 0 or above 1: NaN for it elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> probabilities, targets = np.array([0.2, 0.6, 0.2]), np.array([1, 0, 1])
        >>> round(float(isoloss.numpy.binary_cross_entropy(probabilities, targets, epsilon=1e-4)), 12)
        1.377972279301

    Source: I. J. Good, *Rational Decisions*, 1952, https://doi.org/10.1111/j.2517-6161.1952.tb00104.x
    """
    # a logarithm that counts for nothing is taken of 1, where it has slopes of every order
    true = xp.where(xp.equal(targets, 0.0), 1.0, probabilities)
    wrong = xp.where(xp.equal(targets, 1.0), 0.0, probabilities)
    of_true = _log_sum(xp, true, -true + 1.0, epsilon)
    of_false = _log_sum(xp, -wrong + 1.0, wrong, epsilon)
    values = -(targets * of_true) - (-targets + 1.0) * of_false
    in_range = xp.logical_not((probabilities < 0.0) | (probabilities > 1.0))  # NaN gives NaN
    message = "binary_cross_entropy: probabilities must be from 0 to 1 (for logits take binary_cross_entropy_with_logits); got {}"
    values = require(xp, in_range, values, message, probabilities)
    return of_fractions(xp, "binary_cross_entropy", targets, values)


@loss("BinaryCrossEntropyWithLogitsLoss", logits="...", targets=given("..."), pos_weight=given("..."), per="...")
def binary_cross_entropy_with_logits(xp: Namespace[A], logits: A, targets: A, *, pos_weight: A | None = None) -> A:
    r"""Binary cross-entropy of logits, right for confident predictions too.

    $$\ell = \text{pos_weight} \cdot \text{targets} \log(1 + e^{-\text{logits}})
    + (1 - \text{targets}) \log(1 + e^{\text{logits}})$$

    Args:
        logits: predicted, of any shape.
        targets: given, of the same shape, from 0 to 1; integers are accepted.
        pos_weight: given, at least 0, what a target of 1 counts for beside one of 0: a number, or an array that
            broadcasts to the shape of logits, such as one number for each of (..., C). 1 without it. The mean does not
            divide by it, as in PyTorch.

    Returns:
        A value for each element.

    Degenerate cases: an infinite logit counts as a probability of 0 or 1 whose other side is the dtype's smallest
    normal number p: 0 where it is right, and -log p (87.3 in float32) where it is wrong. Nothing is learned through it:
    zero gradient.

    Raises:
        TypeError: if logits are not floating.
        ValueError: if the shapes differ (only pos_weight is broadcast) or, where values can be seen, one of targets is
            below 0 or above 1 or one of pos_weight below 0: NaN for it elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> round(float(isoloss.numpy.binary_cross_entropy_with_logits(np.array([2.0, -1.0]), np.array([1, 0]))), 12)
        0.220094849281

    Source: I. J. Good, *Rational Decisions*, 1952, https://doi.org/10.1111/j.2517-6161.1952.tb00104.x, of the
    probability 1 / (1 + exp(-logits)).
    """
    name = "binary_cross_entropy_with_logits"
    if pos_weight is None:
        return of_fractions(xp, name, targets, two_outcomes(xp, logits, targets))
    pos_weight = not_negative(xp, name, "pos_weight", pos_weight)
    return of_fractions(xp, name, targets, weighed_outcomes(xp, logits, targets * pos_weight, -targets + 1.0))


@loss("CrossEntropyLoss", logits="... C", labels=given("...", integer=True), class_weights=given("C"), per="...")
def cross_entropy(
    xp: Namespace[A],
    logits: A,
    labels: A,
    *,
    label_smoothing: Fraction = 0.0,
    ignore_index: int | None = None,
    class_weights: A | None = None,
) -> A | Weighted[A]:
    r"""Softmax cross-entropy with integer labels.

    $$\ell = -\sum_c t_c \log \mathrm{softmax}(\text{logits})_c, \qquad
    t_c = (1 - \text{label_smoothing})\,[c = \text{labels}] + \text{label_smoothing} / C$$

    Args:
        logits: predicted, (..., C) or with the C classes on another `axis`. A logit of -inf is an impossible class.
        labels: given, (...), integers from 0 to C - 1.
        label_smoothing: from 0 to 1, the part of the target spread evenly over all classes.
        ignore_index: a label whose rows give 0 and do not count, as if masked. PyTorch's is -100 by default.
        class_weights: given, (C,): each row's weight is that of its label. "mean" divides by the sum of these weights,
            as PyTorch does; the smoothed part of a row is weighed by the row's label too, where PyTorch weighs it
            class by class.

    Returns:
        A value for each row.

    Degenerate cases: an impossible class contributes 0, also to the smoothed part; a label that is itself impossible
    gives -log of the dtype's smallest normal number (87.3 in float32), smoothed or not; a single class gives 0.

    Raises:
        TypeError: if labels are not integers or logits not floating.
        ValueError: if the shapes disagree, a setting is out of range or, where values can be seen, a label is: NaN for
            its row elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> logits = np.array([[2.0, 1.0, 0.1, -1.0], [0.5, 2.5, 0.3, 0.1], [1.2, 0.2, 2.0, 0.5]])
        >>> round(float(isoloss.numpy.cross_entropy(logits, np.array([0, 1, 2]))), 12)
        0.449393414493

    Source: J. S. Bridle, *Training Stochastic Model Recognition Algorithms as Networks can Lead to Maximum Mutual
    Information Estimation of Parameters*, 1989, https://papers.nips.cc/paper/195; smoothing: C. Szegedy et al.,
    *Rethinking the Inception Architecture for Computer Vision*, 2016, https://arxiv.org/abs/1512.00567
    """
    rows = labelled(xp, "cross_entropy", logits, labels, ignore_index)
    values = softmax_cross_entropy(xp, rows.scores, rows.labels)
    if label_smoothing > 0.0:
        values = _smoothed(xp, values, rows.scores, rows.labels, label_smoothing)
    return weighed(xp, "cross_entropy", rows, values, class_weights)


@loss("SoftCrossEntropyLoss", logits="... C", targets=given("... C"), per="...")
def soft_cross_entropy(xp: Namespace[A], logits: A, targets: A) -> A:
    r"""Softmax cross-entropy with a target for each class.

    $$\ell = -\sum_c \text{targets}_c \log \mathrm{softmax}(\text{logits})_c$$

    Args:
        logits: predicted, (..., C) or with the C classes on another `axis`. A logit of -inf is an impossible class.
        targets: given, of the same shape, at least 0; nothing is learned through them. Rows need not sum to 1.

    Returns:
        A value for each row.

    Degenerate cases: a target of 0 contributes 0, also for an impossible class; a target t for an impossible class
    contributes -t log p, p being the dtype's smallest normal number; a row of zeros gives 0 with zero gradient; a
    single class that is possible gives 0.

    Raises:
        TypeError: if logits are not floating.
        ValueError: if the shapes differ (nothing is broadcast) or, where values can be seen, a target is negative or
            infinite: NaN for its row elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> logits, targets = np.array([[2.0, 1.0, 0.1]]), np.array([[0.7, 0.2, 0.1]])
        >>> round(float(isoloss.numpy.soft_cross_entropy(logits, targets)), 12)
        0.807030016278

    Source: G. Hinton, O. Vinyals, J. Dean, *Distilling the Knowledge in a Neural Network*, 2015,
    https://arxiv.org/abs/1503.02531
    """
    targets = finite_and_not_negative(xp, "soft_cross_entropy", "targets", targets)
    return soft_target_cross_entropy(xp, logits, targets)


@loss("NLLLoss", log_probabilities="... C", labels=given("...", integer=True), class_weights=given("C"), per="...")
def nll(
    xp: Namespace[A],
    log_probabilities: A,
    labels: A,
    *,
    ignore_index: int | None = None,
    class_weights: A | None = None,
) -> A | Weighted[A]:
    r"""Negative log-likelihood of integer labels; of logits, `cross_entropy` is the more accurate one.

    $$\ell = -\text{log_probabilities}_{\text{labels}}$$

    Args:
        log_probabilities: predicted, (..., C) or with the C classes on another `axis`. Whether their exponentials sum to
            1 is not looked at.
        labels: given, (...), integers from 0 to C - 1.
        ignore_index: a label whose rows give 0 and do not count, as if masked. PyTorch's is -100 by default.
        class_weights: given, (C,): each row's weight is that of its label. "mean" divides by the sum of these weights,
            as PyTorch does.

    Returns:
        A value for each row.

    Degenerate cases: a label with log-probability -inf gives -log of the dtype's smallest normal number (87.3 in
    float32), and nothing is learned through it: zero gradient.

    Raises:
        TypeError: if labels are not integers or log_probabilities not floating.
        ValueError: if the shapes disagree or, where values can be seen, a label is out of range: NaN for its row
            elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> log_probabilities = np.log(np.array([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125]]))
        >>> round(float(isoloss.numpy.nll(log_probabilities, np.array([1, 0]), reduction="sum") / np.log(2)), 12)
        5.0

    Source: R. A. Fisher, *On the Mathematical Foundations of Theoretical Statistics*, 1922,
    https://doi.org/10.1098/rsta.1922.0009
    """
    rows = labelled(xp, "nll", log_probabilities, labels, ignore_index)
    is_label = xp.equal(xp.indices(rows.scores, -1), xp.expand_dims(rows.labels, axis=-1))
    chosen = xp.sum(xp.where(is_label, rows.scores, 0.0), axis=-1)
    values = xp.where(xp.equal(chosen, NEGATIVE_INFINITY), -log(xp.smallest_normal(chosen)), -chosen)
    return weighed(xp, "nll", rows, values, class_weights)


def _log_sum(xp: Namespace[A], p: A, rest: A, epsilon: float) -> A:
    """log(p + epsilon), from p and 1 - p, of which the smaller one is not rounded."""
    nearly_1 = rest < 0.25  # and no more: XLA's log1p is off by 100 ulp at -0.4 in float64
    near = xp.log1p(xp.where(nearly_1, -rest + epsilon, 0.0))
    far = xp.where(nearly_1, 1.0, p)  # apart from epsilon, or a graph rewriter rounds 1 + epsilon first
    return xp.where(nearly_1, near, log_from_normal(xp, far + epsilon))


def _smoothed(xp: Namespace[A], values: A, logits: A, labels: A, label_smoothing: float) -> A:
    r"""$\ell - \text{label_smoothing} / C \sum_c (x_c - x_y)$, from the loss $\ell$ of the label y alone.

    An impossible class takes its part of the target with it, unless the label itself is impossible.
    """
    chosen = xp.take_along_axis(logits, xp.expand_dims(labels, axis=-1), axis=-1)
    label_impossible = xp.equal(chosen, NEGATIVE_INFINITY)
    possible = xp.logical_not(xp.equal(logits, NEGATIVE_INFINITY) | label_impossible)
    leads = xp.mean(xp.where(possible, logits - chosen, 0.0), axis=-1)
    lost = xp.mean(xp.where(possible | label_impossible, 0.0, xp.ones_like(logits)), axis=-1)
    return values - (values * lost + leads) * label_smoothing
