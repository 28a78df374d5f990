"""Losses of the sparsemax, the point of the simplex that is nearest to the logits: what trails by 1 has probability 0."""

from __future__ import annotations

from isoloss.losses.checks import nan_unless
from isoloss.losses.classes import labelled, of_fractions
from isoloss.losses.declaration import given, loss
from isoloss.losses.softmax import NEGATIVE_INFINITY
from isoloss.protocol import A, Namespace, Slopes


@loss("BinarySparsemaxLoss", logits="...", targets=given("..."), per="...")
def binary_sparsemax(xp: Namespace[A], logits: A, targets: A) -> A:
    r"""Sparsemax loss of two classes: a square near the target, a straight line far from it, 0 from a lead of 1.

    $$\ell = (p - \text{targets})\,(p - \text{targets} + \text{logits} - \text{clip}(\text{logits}, -1, 1)),
    \qquad p = \text{clip}((1 + \text{logits}) / 2,\; 0,\; 1)$$

    which is $\max(0, 1 + x)^2 / 4$ up to $x = 1$ and $x$ from there, for $x = (1 - 2\,\text{targets})\,\text{logits}$.

    Args:
        logits: predicted, of any shape: by how much one class leads the other.
        targets: given, of the same shape, from 0 to 1; integers are accepted. What lies between is the point whose loss
            is 0, as the paper has it for several labels.

    Returns:
        A value for each element.

    Degenerate cases: a right lead of 1 or more gives 0 with zero gradient, an infinite one too; an infinite logit on the
    wrong side gives infinity, with the slope of the line. At the joints both sides have the same slope.

    Raises:
        TypeError: if logits are not floating.
        ValueError: if the shapes differ (nothing is broadcast) or, where values can be seen, one of targets is below 0
            or above 1: NaN for it elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> isoloss.numpy.binary_sparsemax(np.array([0.5, 0.5, 3.0]), np.array([1, 0, 0]), reduction="none")
        array([0.0625, 0.5625, 3.    ])

    Source: A. F. T. Martins, R. F. Astudillo, *From Softmax to Sparsemax: A Sparse Model of Attention and Multi-Label
    Classification*, 2016, https://arxiv.org/abs/1602.02068
    """
    return of_fractions(xp, "binary_sparsemax", targets, xp.elementwise(_binary_sparsemax, logits, targets))


@loss("MulticlassSparsemaxLoss", logits="... C", labels=given("...", integer=True), per="...")
def multiclass_sparsemax(xp: Namespace[A], logits: A, labels: A) -> A:
    r"""Sparsemax loss with integer labels: 0 once the label leads all other classes by 1.

    $$\ell = \tfrac{1}{2} \sum_c (p_c - [c = \text{labels}])^2 + \max(0, \tau - \text{logits}_{\text{labels}}),
    \qquad p_c = \max(0, \text{logits}_c - \tau)$$

    with $\tau$ such that $\sum_c p_c = 1$. The gradient is $p_c - [c = \text{labels}]$.

    Args:
        logits: predicted, (..., C) or with the C classes on another `axis`. A logit of -inf is an impossible class.
        labels: given, (...), integers from 0 to C - 1.

    Returns:
        A value for each row.

    Degenerate cases: an impossible class contributes 0; a label that is itself impossible gives infinity, with the
    gradient of any other that is far behind. A row of impossible classes gives infinity with zero gradient, a single
    class 0.

    Raises:
        TypeError: if labels are not integers or logits not floating.
        ValueError: if the shapes disagree or, where values can be seen, a label is out of range: NaN for its row
            elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> logits = np.array([[0.5, 0.0, -2.0], [0.5, 0.0, -2.0], [3.0, 0.0, 1.0]])
        >>> isoloss.numpy.multiclass_sparsemax(logits, np.array([0, 2, 0]), reduction="none")
        array([0.0625, 2.5625, 0.    ])

    Source: A. F. T. Martins, R. F. Astudillo, *From Softmax to Sparsemax: A Sparse Model of Attention and Multi-Label
    Classification*, 2016, https://arxiv.org/abs/1602.02068
    """
    rows = labelled(xp, "multiclass_sparsemax", logits, labels)
    return nan_unless(xp, rows.known, xp.rowwise(_multiclass_sparsemax, rows.scores, rows.labels))


def _binary_sparsemax(xp: Namespace[A], x: A, t: A) -> tuple[A, Slopes[A]]:
    error = xp.clip(x * 0.5 + 0.5, 0.0, 1.0) - t
    right = xp.equal(error, 0.0)
    value = error * (error + xp.where(right, 0.0, x - xp.clip(x, -1.0, 1.0)))
    return value, (lambda: error, lambda: t * 2.0 - 1.0 - x)


def _multiclass_sparsemax(xp: Namespace[A], logits: A, labels: A) -> tuple[A, Slopes[A]]:
    labels = xp.expand_dims(labels, axis=-1)
    is_label = xp.equal(xp.indices(logits, -1), labels)
    largest = xp.stop_gradient(xp.max(logits, axis=-1, keepdims=True))
    nothing = xp.equal(largest, NEGATIVE_INFINITY)
    ahead = logits - xp.where(nothing, 0.0, largest)
    near = xp.clip(ahead, -1.0, float("inf"))  # what is further behind is in no support, and its sum may overflow
    support = _support(xp, xp.stop_gradient(near))
    size = xp.sum(xp.astype(support, near.dtype), axis=-1, keepdims=True)
    threshold = (xp.sum(xp.where(support, near, 0.0), axis=-1, keepdims=True) - 1.0) / size
    p = xp.where(support, near - threshold, 0.0)
    error = xp.where(is_label, p - 1.0, p)
    behind = threshold - xp.take_along_axis(ahead, labels, axis=-1)
    behind = xp.where(behind < 0.0, 0.0, behind)  # so that NaN stays NaN
    value = xp.sum(error * error, axis=-1) / 2.0 + xp.squeeze(behind, axis=-1)
    return value, (lambda: xp.where(nothing, 0.0, error), None)


def _support(xp: Namespace[A], x: A) -> A:
    """Where the sparsemax of a row is not 0: its largest numbers, as long as 1 + k x_k > x_1 + ... + x_k."""
    descending = -xp.sort(-x, axis=-1)
    count = xp.astype(xp.indices(x, -1), x.dtype) + 1.0
    belongs = count * descending + 1.0 > xp.cumulative_sum(descending, axis=-1)
    smallest = -xp.max(xp.where(belongs, -descending, NEGATIVE_INFINITY), axis=-1, keepdims=True)
    return x >= smallest
