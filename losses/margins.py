"""Losses of scores that should pass a margin, or lead by one."""

from __future__ import annotations

from typing import Literal

from isoloss.losses.checks import nan_unless, not_negative, require
from isoloss.losses.classes import labelled, weighed
from isoloss.losses.classification import binary_cross_entropy_with_logits
from isoloss.losses.declaration import NonNegative, Weighted, given, loss
from isoloss.losses.hinge import of_signs, positive_part
from isoloss.losses.softmax import label_apart
from isoloss.losses.softplus import softplus
from isoloss.protocol import A, Namespace


@loss("HingeLoss", scores="...", targets=given("..."), per="...")
def hinge(xp: Namespace[A], scores: A, targets: A, *, where: A | None = None) -> A:
    r"""By how much a score fails to lie on its side of 0 by 1.

    $$\ell = \max(0,\; 1 - \text{targets} \cdot \text{scores})$$

    Args:
        scores: predicted, of any shape.
        targets: given, of the same shape: 1 or -1; integers are accepted. Make 2 y - 1 of labels y of 0 and 1 (Keras
            does so by itself for a batch that holds nothing else).
        where: of the same shape or of its leading axes, True for the scores that count.

    Returns:
        A value for each score.

    Degenerate cases: a score of 1 on its own side gives 0 with zero gradient.

    Raises:
        TypeError: if scores are not floating.
        ValueError: if the shapes differ (nothing is broadcast) or, where values can be seen, a target is neither 1 nor
            -1: NaN for it elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> float(isoloss.numpy.hinge(np.array([2.0, 0.5, -0.5, -0.25]), np.array([1, 1, 1, -1])))
        0.6875

    Source: C. Cortes, V. Vapnik, *Support-Vector Networks*, 1995, https://doi.org/10.1007/BF00994018
    """
    return of_signs(xp, "hinge: targets", targets, positive_part(xp, -(targets * scores) + 1.0), where)


@loss("SquaredHingeLoss", scores="...", targets=given("..."), per="...")
def squared_hinge(xp: Namespace[A], scores: A, targets: A, *, where: A | None = None) -> A:
    r"""The square of the hinge loss, which has no kink.

    $$\ell = \max(0,\; 1 - \text{targets} \cdot \text{scores})^2$$

    Args:
        scores: predicted, of any shape.
        targets: given, of the same shape: 1 or -1; integers are accepted.
        where: of the same shape or of its leading axes, True for the scores that count.

    Returns:
        A value for each score.

    Degenerate cases: a score of 1 on its own side gives 0 with zero gradient.

    Raises:
        TypeError: if scores are not floating.
        ValueError: if the shapes differ (nothing is broadcast) or, where values can be seen, a target is neither 1 nor
            -1: NaN for it elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> float(isoloss.numpy.squared_hinge(np.array([2.0, 0.5, -0.5, -0.25]), np.array([1, 1, 1, -1])))
        0.765625

    Source: O. L. Mangasarian, D. R. Musicant, *Lagrangian Support Vector Machines*, 2001,
    https://www.jmlr.org/papers/v1/mangasarian01a.html
    """
    lack = positive_part(xp, -(targets * scores) + 1.0)
    return of_signs(xp, "squared_hinge: targets", targets, lack * lack, where)


@loss("PerceptronLoss", scores="...", targets=given("..."), per="...")
def perceptron(xp: Namespace[A], scores: A, targets: A, *, where: A | None = None) -> A:
    r"""How far a score lies on the wrong side of 0.

    $$\ell = \max(0,\; -\text{targets} \cdot \text{scores})$$

    Args:
        scores: predicted, of any shape.
        targets: given, of the same shape: 1 or -1; integers are accepted.
        where: of the same shape or of its leading axes, True for the scores that count.

    Returns:
        A value for each score.

    Degenerate cases: a score of 0 gives 0 with zero gradient.

    Raises:
        TypeError: if scores are not floating.
        ValueError: if the shapes differ (nothing is broadcast) or, where values can be seen, a target is neither 1 nor
            -1: NaN for it elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> float(isoloss.numpy.perceptron(np.array([2.0, 0.5, -0.5, 0.25]), np.array([1, 1, 1, -1])))
        0.1875

    Source: F. Rosenblatt, *The Perceptron: A Probabilistic Model for Information Storage and Organization in the
    Brain*, 1958, https://doi.org/10.1037/h0042519
    """
    return of_signs(xp, "perceptron: targets", targets, positive_part(xp, -(targets * scores)), where)


@loss("SoftMarginLoss", logits="...", targets=given("..."), per="...")
def soft_margin(xp: Namespace[A], logits: A, targets: A, *, where: A | None = None) -> A:
    r"""Logistic loss: binary cross-entropy of logits, with targets of 1 and -1.

    $$\ell = \log(1 + e^{-\text{targets} \cdot \text{logits}})$$

    Args:
        logits: predicted, of any shape.
        targets: given, of the same shape: 1 or -1; integers are accepted.
        where: of the same shape or of its leading axes, True for the logits that count.

    Returns:
        A value for each logit.

    Degenerate cases: a logit of 0 gives log 2. One of 100 gives 4e-44, or 0 where such numbers are flushed to zero, if
    it is right, and 100 if it is wrong.

    Raises:
        TypeError: if logits are not floating.
        ValueError: if the shapes differ (nothing is broadcast) or, where values can be seen, a target is neither 1 nor
            -1: NaN for it elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> round(float(isoloss.numpy.soft_margin(np.array([2.0, -1.0]), np.array([1, -1]))), 12)
        0.220094849281

    Source: J. Friedman, T. Hastie, R. Tibshirani, *Additive Logistic Regression: A Statistical View of Boosting*, 2000,
    https://doi.org/10.1214/aos/1016218223
    """
    return of_signs(xp, "soft_margin: targets", targets, softplus(xp, -(targets * logits)), where)


@loss("MulticlassHingeLoss", scores="... C", labels=given("...", integer=True), per="...")
def multiclass_hinge(xp: Namespace[A], scores: A, labels: A, *, margin: NonNegative = 1.0) -> A:
    r"""By how much the label's score fails to lead every other class by a margin.

    $$\ell = \max(0,\; \text{margin} + \max_{c \ne y} \text{scores}_c - \text{scores}_y), \qquad y = \text{labels}$$

    Args:
        scores: predicted, (..., C) or with the C classes on another `axis`. A class with score -inf is out of the race.
        labels: given, (...), integers from 0 to C - 1.
        margin: at least 0, the lead that is enough.

    Returns:
        A value for each row.

    Degenerate cases: a lead of exactly the margin, and a single class, give 0 with zero gradient. Classes that tie for
    the best of the others share the gradient evenly.

    Raises:
        TypeError: if labels are not integers or scores not floating.
        ValueError: if the shapes disagree, margin is negative or, where values can be seen, a label is out of range:
            NaN for its row elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> scores = np.array([[2.0, 1.5, 0.25, -1.0], [0.5, 2.5, 0.25, 0.0], [1.25, 0.25, 0.5, 0.5]])
        >>> float(isoloss.numpy.multiclass_hinge(scores, np.array([0, 1, 2])))
        0.75

    Source: K. Crammer, Y. Singer, *On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines*, 2001,
    https://www.jmlr.org/papers/v2/crammer01a.html
    """
    return _behind_the_best(xp, "multiclass_hinge", scores, labels, margin)


@loss("MulticlassPerceptronLoss", scores="... C", labels=given("...", integer=True), per="...")
def multiclass_perceptron(xp: Namespace[A], scores: A, labels: A) -> A:
    r"""By how much the label's score trails the best: the multiclass hinge loss with margin 0.

    $$\ell = \max_c \text{scores}_c - \text{scores}_y, \qquad y = \text{labels}$$

    Args:
        scores: predicted, (..., C) or with the C classes on another `axis`. A class with score -inf is out of the race.
        labels: given, (...), integers from 0 to C - 1.

    Returns:
        A value for each row.

    Degenerate cases: a label that is among the best gives 0 with zero gradient, also in a tie. Classes that tie ahead
    of it share the gradient evenly.

    Raises:
        TypeError: if labels are not integers or scores not floating.
        ValueError: if the shapes disagree or, where values can be seen, a label is out of range: NaN for its row
            elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> scores = np.array([[2.0, 1.5, 0.25, -1.0], [0.5, 2.5, 0.25, 0.0], [1.25, 0.25, 0.5, 0.5]])
        >>> float(isoloss.numpy.multiclass_perceptron(scores, np.array([0, 1, 2])))
        0.25

    Source: M. Collins, *Discriminative Training Methods for Hidden Markov Models: Theory and Experiments with
    Perceptron Algorithms*, 2002, https://aclanthology.org/W02-1001
    """
    return _behind_the_best(xp, "multiclass_perceptron", scores, labels, 0.0)


@loss("MultiMarginLoss", scores="... C", labels=given("...", integer=True), class_weights=given("C"), per="...")
def multi_margin(
    xp: Namespace[A],
    scores: A,
    labels: A,
    *,
    p: Literal[1, 2] = 1,
    margin: NonNegative = 1.0,
    class_weights: A | None = None,
) -> A | Weighted[A]:
    r"""By how much the label's score fails to lead each of the other classes by a margin.

    $$\ell = \frac{1}{C} \sum_{c \ne y} \max(0,\; \text{margin} + \text{scores}_c - \text{scores}_y)^{\text{p}},
    \qquad y = \text{labels}$$

    Args:
        scores: predicted, (..., C) or with the C classes on another `axis`. A class with score -inf is out of the race.
        labels: given, (...), integers from 0 to C - 1.
        p: 1 or 2, the power.
        margin: at least 0, the lead that is enough.
        class_weights: given, (C,): each row's weight is that of its label. "mean" divides by the sum of these weights,
            where PyTorch divides by the number of rows.

    Returns:
        A value for each row.

    Degenerate cases: a lead of exactly the margin gives 0 with zero gradient; a single class gives 0.

    Raises:
        TypeError: if labels are not integers or scores not floating.
        ValueError: if the shapes disagree, a setting is out of range or, where values can be seen, a label is out of
            range or a class weight negative: NaN for its row elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> scores = np.array([[2.0, 1.5, 0.25, -1.0], [0.5, 2.5, 0.25, 0.0], [1.25, 0.25, 0.5, 0.5]])
        >>> float(isoloss.numpy.multi_margin(scores, np.array([0, 1, 2])))
        0.3333333333333333

    Source: J. Weston, C. Watkins, *Support Vector Machines for Multi-Class Pattern Recognition*, 1999,
    https://www.esann.org/sites/default/files/proceedings/legacy/es1999-461.pdf
    """
    rows = labelled(xp, "multi_margin", scores, labels)
    is_label, _, chosen = label_apart(xp, rows.scores, rows.labels)
    lacks = xp.where(is_label, 0.0, positive_part(xp, rows.scores - chosen + margin))
    return weighed(xp, "multi_margin", rows, xp.mean(lacks if p == 1 else lacks * lacks, axis=-1), class_weights)


@loss("MultiLabelMarginLoss", scores="... C", targets=given("... C"), per="...")
def multilabel_margin(xp: Namespace[A], scores: A, targets: A) -> A:
    r"""By how much the scores of a row's classes fail to lead those of all others by 1.

    $$\ell = \frac{1}{C} \sum_{j:\, \text{targets}_j = 1} \; \sum_{i:\, \text{targets}_i = 0}
    \max(0,\; 1 + \text{scores}_i - \text{scores}_j)$$

    Args:
        scores: predicted, (..., C) or with the C classes on another `axis`. It takes memory for C x C numbers a row.
        targets: given, of the same shape: 1 or True for the classes that a row has, 0 or False for the others.

    Returns:
        A value for each row.

    Degenerate cases: a row that has no class, and one that has them all, give 0 with zero gradient. So does a lead of
    exactly 1.

    Raises:
        TypeError: if scores are not floating.
        ValueError: if the shapes differ (nothing is broadcast) or, where values can be seen, a target is neither 0 nor
            1: NaN for its row elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> scores, targets = np.array([[2.0, 1.5, 0.25, -1.0]]), np.array([[True, False, True, False]])
        >>> float(isoloss.numpy.multilabel_margin(scores, targets))
        0.6875

    Source: M.-L. Zhang, Z.-H. Zhou, *Multi-Label Neural Networks with Applications to Functional Genomics and Text
    Categorization*, 2006, https://doi.org/10.1109/TKDE.2006.162, with a hinge in place of the exponential.
    """
    message = "multilabel_margin: targets must be 0 or 1; got {}"
    targets = require(xp, xp.equal(targets, 0.0) | xp.equal(targets, 1.0), targets, message, targets)
    lacks = positive_part(xp, xp.expand_dims(scores, axis=-2) - xp.expand_dims(scores, axis=-1) + 1.0)
    pairs = xp.expand_dims(targets, axis=-1) * xp.expand_dims(-targets + 1.0, axis=-2)
    return xp.mean(xp.sum(xp.where(xp.equal(pairs, 0.0), 0.0, pairs * lacks), axis=-1), axis=-1)


@loss("MultiLabelSoftMarginLoss", logits="... C", targets=given("... C"), class_weights=given("C"), per="...")
def multilabel_soft_margin(xp: Namespace[A], logits: A, targets: A, *, class_weights: A | None = None) -> A:
    r"""The mean over classes of `binary_cross_entropy_with_logits`, each class being in or out by itself.

    $$\ell = \frac{1}{C} \sum_c w_c\,\bigl(\text{targets}_c \log(1 + e^{-\text{logits}_c})
    + (1 - \text{targets}_c) \log(1 + e^{\text{logits}_c})\bigr), \qquad w = \text{class_weights}$$

    Args:
        logits: predicted, (..., C) or with the C classes on another `axis`.
        targets: given, of the same shape, from 0 to 1; integers and booleans are accepted.
        class_weights: given, (C,), at least 0: w. The sum is divided by C whatever they are, as in PyTorch.

    Returns:
        A value for each row.

    Degenerate cases: those of `binary_cross_entropy_with_logits`.

    Raises:
        TypeError: if logits are not floating.
        ValueError: if the shapes disagree (nothing is broadcast) or, where values can be seen, one of targets is below
            0 or above 1 or a class weight negative: NaN for its row elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> round(float(isoloss.numpy.multilabel_soft_margin(np.array([[2.0, -1.0]]), np.array([[1, 0]]))), 12)
        0.220094849281

    Source: that of `binary_cross_entropy_with_logits`, for each class.
    """
    values = binary_cross_entropy_with_logits(xp, logits, targets)
    if class_weights is not None:
        values = values * not_negative(xp, "multilabel_soft_margin", "class_weights", class_weights)
    return xp.mean(values, axis=-1)


def _behind_the_best(xp: Namespace[A], name: str, scores: A, labels: A, margin: float) -> A:
    """max(0, margin + the best of the others - the label's own)."""
    rows = labelled(xp, name, scores, labels)
    _, others, chosen = label_apart(xp, rows.scores, rows.labels)
    lack = xp.max(others, axis=-1) - xp.squeeze(chosen, axis=-1) + margin
    return nan_unless(xp, rows.known, positive_part(xp, lack))
