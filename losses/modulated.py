"""Cross-entropies that count examples for more or less by how sure the right class is."""

from __future__ import annotations

from typing import Annotated

from isoloss.losses.checks import nan_unless
from isoloss.losses.classes import labelled, of_fractions, of_labels
from isoloss.losses.declaration import Fraction, Interval, NonNegative, OptionalFraction, given, loss
from isoloss.losses.softmax import softmax_cross_entropy
from isoloss.losses.softplus import other_side, sides, unless
from isoloss.protocol import A, Namespace, Slopes

AtLeastMinusOne = Annotated[float, Interval(-1.0, float("inf"), includes_low=True)]
"""A number that is -1 or greater."""


@loss("BinaryFocalLoss", logits="...", targets=given("..."), per="...")
def binary_focal(
    xp: Namespace[A], logits: A, targets: A, *, gamma: NonNegative = 2.0, alpha: OptionalFraction = None
) -> A:
    r"""Focal loss of two classes: binary cross-entropy in which what is nearly right counts for little.

    $$\ell = \alpha_t\,(1 - p_t)^{\text{gamma}}\,
    (-\text{targets} \log p - (1 - \text{targets}) \log(1 - p)), \qquad p = \sigma(\text{logits})$$

    with $p_t = \text{targets}\,p + (1 - \text{targets})(1 - p)$ and
    $\alpha_t = \text{targets} \cdot \text{alpha} + (1 - \text{targets})(1 - \text{alpha})$.

    Args:
        logits: predicted, of any shape.
        targets: given, of the same shape, from 0 to 1; integers are accepted, and nothing is learned through them. What
            lies between has the mean of both classes' p_t, as in Keras, Optax and torchvision.
        gamma: at least 0, how quickly the sure ones fade; 0 gives `binary_cross_entropy_with_logits`.
        alpha: from 0 to 1, what a target of 1 counts for, and 1 - alpha one of 0. None counts both as 1, the default in
            Keras and Optax; torchvision's is 0.25, which the paper found best. The mean does not divide by it.

    Returns:
        A value for each element.

    Degenerate cases: an infinite logit counts as in `binary_cross_entropy_with_logits`, and nothing is learned through
    it. A sure and right one gives 0 with zero gradient for every gamma, also below 1.

    Raises:
        TypeError: if logits are not floating.
        ValueError: if the shapes differ (nothing is broadcast), a setting is out of range or, where values can be seen,
            one of targets is below 0 or above 1: NaN for it elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> float(isoloss.numpy.binary_focal(np.zeros(2), np.array([1, 0]), alpha=0.25, reduction="sum") / np.log(2))
        0.25

    Source: T.-Y. Lin et al., *Focal Loss for Dense Object Detection*, 2017, https://arxiv.org/abs/1708.02002
    """
    values = xp.elementwise(_binary_focal, logits, targets, gamma)
    if alpha is not None:
        values = values * (targets * alpha + (-targets + 1.0) * (1.0 - alpha))
    return of_fractions(xp, "binary_focal", targets, values)


@loss("CategoricalFocalLoss", logits="... C", labels=given("...", integer=True), alpha=given("C"), per="...")
def categorical_focal(xp: Namespace[A], logits: A, labels: A, *, gamma: NonNegative = 2.0, alpha: A | None = None) -> A:
    r"""Focal loss of classes: softmax cross-entropy in which what is nearly right counts for little.

    $$\ell = -\text{alpha}_{\text{labels}}\,(1 - p)^{\text{gamma}} \log p, \qquad
    p = \mathrm{softmax}(\text{logits})_{\text{labels}}$$

    Args:
        logits: predicted, (..., C) or with the C classes on another `axis`. A logit of -inf is an impossible class.
        labels: given, (...), integers from 0 to C - 1.
        gamma: at least 0, how quickly the sure ones fade; 0 gives `cross_entropy`.
        alpha: given, (C,), what each class counts for: 1 without it, where Keras has 0.25 for all. The mean does not
            divide by it.

    Returns:
        A value for each row.

    Degenerate cases: impossible classes count as in `cross_entropy`; a single class gives 0. A sure and right row gives
    0 with zero gradient for every gamma, also below 1.

    Raises:
        TypeError: if labels are not integers or logits not floating.
        ValueError: if the shapes disagree, gamma is negative or, where values can be seen, a label is out of range or
            one of alpha is negative: NaN for its row elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> float(isoloss.numpy.categorical_focal(np.zeros((1, 4)), np.array([2])) / np.log(2))
        1.125

    Source: T.-Y. Lin et al., *Focal Loss for Dense Object Detection*, 2017, https://arxiv.org/abs/1708.02002
    """
    rows = labelled(xp, "categorical_focal", logits, labels)
    values = xp.elementwise(_focal, softmax_cross_entropy(xp, rows.scores, rows.labels), gamma)
    if alpha is not None:
        values = values * of_labels(xp, "categorical_focal", "alpha", alpha, rows.labels)
    return nan_unless(xp, rows.known, values)


@loss("Poly1CrossEntropyLoss", logits="... C", labels=given("...", integer=True), per="...")
def poly1_cross_entropy(xp: Namespace[A], logits: A, labels: A, *, epsilon: AtLeastMinusOne = 2.0) -> A:
    r"""Softmax cross-entropy with another weight for the first term of its expansion in 1 - p.

    $$\ell = -\log p + \text{epsilon}\,(1 - p), \qquad p = \mathrm{softmax}(\text{logits})_{\text{labels}}$$

    Args:
        logits: predicted, (..., C) or with the C classes on another `axis`. A logit of -inf is an impossible class.
        labels: given, (...), integers from 0 to C - 1.
        epsilon: at least -1, which takes the first term away; 0 gives `cross_entropy`. The paper's choice for ImageNet,
            and Optax's default, is 2.

    Returns:
        A value for each row.

    Degenerate cases: impossible classes count as in `cross_entropy`; a single class gives 0.

    Raises:
        TypeError: if labels are not integers or logits not floating.
        ValueError: if the shapes disagree, epsilon is below -1 or, where values can be seen, a label is out of range:
            NaN for its row elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> value = isoloss.numpy.poly1_cross_entropy(np.zeros((1, 4)), np.array([2]))
        >>> round(float(value - np.log(4)), 12)
        1.5

    Source: Z. Leng et al., *PolyLoss: A Polynomial Expansion Perspective of Classification Loss Functions*, 2022,
    https://arxiv.org/abs/2204.12511
    """
    rows = labelled(xp, "poly1_cross_entropy", logits, labels)
    formula = _poly1 if epsilon >= 0.0 else _poly1_below
    return nan_unless(
        xp, rows.known, xp.elementwise(formula, softmax_cross_entropy(xp, rows.scores, rows.labels), epsilon)
    )


@loss("GeneralizedCrossEntropyLoss", logits="... C", labels=given("...", integer=True), per="...")
def generalized_cross_entropy(xp: Namespace[A], logits: A, labels: A, *, q: Fraction = 0.7) -> A:
    r"""Generalised cross-entropy, which wrong labels mislead less: between cross-entropy and mean absolute error.

    $$\ell = (1 - p^{\text{q}}) / \text{q}, \qquad p = \mathrm{softmax}(\text{logits})_{\text{labels}}$$

    Args:
        logits: predicted, (..., C) or with the C classes on another `axis`. A logit of -inf is an impossible class.
        labels: given, (...), integers from 0 to C - 1.
        q: from 0, which gives `cross_entropy`, to 1, which gives 1 - p. The paper's is 0.7, Keras' 0.5.

    Returns:
        A value for each row.

    Degenerate cases: impossible classes count as in `cross_entropy`; a single class gives 0.

    Raises:
        TypeError: if labels are not integers or logits not floating.
        ValueError: if the shapes disagree, q is out of range or, where values can be seen, a label is: NaN for its row
            elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> float(isoloss.numpy.generalized_cross_entropy(np.zeros((1, 4)), np.array([2]), q=0.5))
        1.0

    Source: Z. Zhang, M. R. Sabuncu, *Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy
    Labels*, 2018, https://arxiv.org/abs/1805.07836
    """
    rows = labelled(xp, "generalized_cross_entropy", logits, labels)
    values = softmax_cross_entropy(xp, rows.scores, rows.labels)
    if q >= xp.smallest_normal(values):  # below, p^q is 1 but for a part that no value shows
        values = xp.elementwise(_box_cox, values, q)
    return nan_unless(xp, rows.known, values)


def _binary_focal(xp: Namespace[A], x: A, t: A, gamma: A) -> tuple[A, Slopes[A]]:
    """1 - p_t is (w + r e^-|x|) / (1 + e^-|x|), w being the part of t on the other side of 0 than x, and r the rest."""
    side, size, tail, infinite = sides(xp, x)
    wrong, right = other_side(xp, side, t, -t + 1.0)
    # never 0, of which a power may have no slope
    doubt = xp.clip(wrong + right * tail, xp.smallest_normal(x), float("inf"))
    factor = (doubt / (tail + 1.0)) ** gamma
    entropy = wrong * size + xp.log1p(tail)

    def slope() -> A:
        # the logarithm of 1 - p_t changes by (r - w) e^-|x| / ((1 + e^-|x|) (w + r e^-|x|)) as |x| shrinks
        fading = (right - wrong) * entropy * (tail / doubt) * gamma
        return unless(xp, infinite, side * (factor * (wrong - right * tail - fading) / (tail + 1.0)))

    return factor * entropy, (slope, lambda: _by_target(xp, side, size, doubt, factor, entropy, gamma), None)


def _by_target(xp: Namespace[A], side: A, size: A, doubt: A, factor: A, entropy: A, gamma: A) -> A:
    """How the binary focal loss changes with its target, which w does by -1 or 1."""
    return -side * factor * (size - entropy * (xp.expm1(-size) / doubt) * gamma)


def _focal(xp: Namespace[A], entropy: A, gamma: A) -> tuple[A, Slopes[A]]:
    """Of -log p."""
    doubt = xp.clip(-xp.expm1(-entropy), xp.smallest_normal(entropy), float("inf"))  # never 0, likewise
    factor = doubt**gamma
    return factor * entropy, (lambda: factor * (gamma * xp.exp(-entropy) * (entropy / doubt) + 1.0), None)


def _poly1(xp: Namespace[A], entropy: A, epsilon: A) -> tuple[A, Slopes[A]]:
    return entropy - epsilon * xp.expm1(-entropy), (lambda: epsilon * xp.exp(-entropy) + 1.0, None)


def _poly1_below(xp: Namespace[A], entropy: A, epsilon: A) -> tuple[A, Slopes[A]]:
    """(1 + epsilon) (-log p) - epsilon (-log p - (1 - p)), for epsilon from -1 to 0: no term is negative."""
    doubt = -xp.expm1(-entropy)
    value = (epsilon + 1.0) * entropy - epsilon * _excess(xp, entropy, doubt)
    return value, (lambda: doubt + (epsilon + 1.0) * xp.exp(-entropy), None)


def _excess(xp: Namespace[A], x: A, doubt: A) -> A:
    r"""$x - (1 - e^{-x})$, by its series where these are nearly equal, $x^2 / 2 - x^3 / 6 + ...$"""
    small = x < 1.0
    near = xp.where(small, x, 0.0)
    series = xp.ones_like(x)
    for k in range(19, 2, -1):
        series = near * series / -k + 1.0
    return xp.where(small, near * near * series / 2.0, x - doubt)


def _box_cox(xp: Namespace[A], entropy: A, q: A) -> tuple[A, Slopes[A]]:
    return -xp.expm1(-(q * entropy)) / q, (lambda: xp.exp(-(q * entropy)), None)
