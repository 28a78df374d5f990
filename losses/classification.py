"""Losses between scores for classes and the class that is right."""

from __future__ import annotations

from isoloss.losses.checks import require
from isoloss.losses.declaration import Fraction, Weighted, given, loss
from isoloss.losses.softmax import NEGATIVE_INFINITY, softmax_cross_entropy
from isoloss.protocol import A, Namespace


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
        ignore_index: a label whose rows give 0 and do not count, as if masked.
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
    counted, given_labels = None, labels
    if ignore_index is not None:
        counted = xp.logical_not(xp.equal(labels, ignore_index))
        labels = xp.where(counted, labels, 0)
        logits = xp.where(xp.expand_dims(counted, axis=-1), logits, 0.0)
    classes = xp.length(logits, -1)
    in_range = (labels >= 0) & (labels < classes)
    labels = xp.where(in_range, labels, 0)

    values = softmax_cross_entropy(xp, logits, labels)
    if label_smoothing > 0.0:
        values = _smoothed(xp, values, logits, labels, label_smoothing)
    values = require(
        xp,
        in_range,
        values,
        "cross_entropy: labels must be from 0 to C - 1, C being the {} classes of logits; got {}",
        classes,
        given_labels,
    )

    if counted is None and class_weights is None:
        return values
    weights = xp.ones_like(values)
    if class_weights is not None:
        message = "cross_entropy: class_weights must not be negative; got {}"
        weights = xp.take(require(xp, class_weights >= 0.0, class_weights, message, class_weights), labels, axis=0)
    return Weighted(values, weights if counted is None else xp.where(counted, weights, 0.0))


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
