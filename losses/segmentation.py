"""Losses of the overlap between what a segmentation finds and what is there.

Two terms make each of them: what the two have in common, `overlap`, and what only one of them has, `rest`. The loss is the
rest's share of both, which is right to the last digits for nearly perfect predictions, too.
"""

from __future__ import annotations

from isoloss.losses.checks import require
from isoloss.losses.classes import of_fractions
from isoloss.losses.declaration import NonNegative, given, loss
from isoloss.protocol import A, Namespace, Slopes


@loss("DiceLoss", probabilities="... P", targets=given("... P"), per="...")
def dice(xp: Namespace[A], probabilities: A, targets: A, *, squared: bool = False, smoothing: NonNegative = 0.0) -> A:
    r"""Dice loss: the part of a prediction and a target that the two do not have in common.

    $$\ell = 1 - \frac{2 \sum_i p_i t_i + \text{smoothing}}{\sum_i (p_i + t_i) + \text{smoothing}}
    = \frac{\sum_i \big(p_i (1 - t_i) + t_i (1 - p_i)\big)}{\sum_i (p_i + t_i) + \text{smoothing}},
    \qquad p, t = \text{probabilities}, \text{targets}$$

    Args:
        probabilities: predicted, (..., P) or with the P pixels on another `axis`, from 0 to 1: for each image and class
            a row of pixels. Images are made flat: (N, C, H, W) is (N, C, H·W), and (N, H, W, C) is (N, H·W, C) with
            `axis=1`. For one sum over the whole batch, too (segmentation-models-pytorch, MONAI with batch=True, and
            over the classes, too, Keras with axis=None), make it part of the row.
        targets: given, of the same shape, from 0 to 1; integers are accepted. A pixel that does not count has 0 in both.
        squared: whether the sum of $p_i + t_i$ is that of $p_i^2 + t_i^2$, as in the paper and in MONAI with
            squared_pred=True: the loss is then $\sum_i (p_i - t_i)^2$ by it, and 0 for targets between 0 and 1 that are
            met. Without it, as most libraries have it, such targets are best met by 0 and 1.
        smoothing: at least 0, in numerator and denominator. It is 1e-5 in MONAI, 0 in segmentation-models-pytorch and, as
            it counts here, 2 in Optax; Keras adds 1e-7 to the denominator alone.

    Returns:
        A value for each row, such as each of (N, C): `where` of that shape leaves out the background, or classes that
        an image does not have, and `weights` weigh classes.

    Degenerate cases: nothing predicted where nothing is gives 0 with zero gradient (1 in Keras). Without smoothing
    anything predicted where nothing is gives 1 with zero gradient: it does not matter how much.

    Raises:
        TypeError: if probabilities are not floating.
        ValueError: if the shapes differ (nothing is broadcast), smoothing is negative or, where values can be seen, one
            of probabilities or targets is below 0 or above 1: NaN for the row elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> probabilities, targets = np.array([[0.75, 0.5, 0.25], [0.0, 0.0, 0.0]]), np.array([[1, 1, 0], [0, 0, 0]])
        >>> isoloss.numpy.dice(probabilities, targets, smoothing=0.5, reduction="none")
        array([0.25, 0.  ])

    Source: F. Milletari, N. Navab, S.-A. Ahmadi, *V-Net: Fully Convolutional Neural Networks for Volumetric Medical
    Image Segmentation*, 2016, https://arxiv.org/abs/1606.04797
    """
    p, t = _fractions(xp, "dice", probabilities, targets)
    rest = xp.squared_difference(p, t) if squared else p * (-t + 1.0) + t * (-p + 1.0)
    return _share(xp, xp.sum(rest, axis=-1), xp.sum(p * t, axis=-1) * 2.0 + smoothing)


@loss("GeneralizedDiceLoss", probabilities="... C P", targets=given("... C P"), per="...")
def generalized_dice(xp: Namespace[A], probabilities: A, targets: A) -> A:
    r"""Generalised Dice loss: one overlap of all classes, in which small ones count as much as large ones.

    $$\ell = 1 - \frac{2 \sum_c w_c \sum_i p_{ci} t_{ci}}{\sum_c w_c \sum_i (p_{ci} + t_{ci})},
    \qquad w_c = \frac{1}{\left(\sum_i t_{ci}\right)^2},
    \qquad p, t = \text{probabilities}, \text{targets}$$

    Args:
        probabilities: predicted, (..., C, P), from 0 to 1, or with the P pixels on another `axis`; the C classes are on
            the last of the others. Images are made flat: (N, C, H, W) is (N, C, H·W), and (N, H, W, C) is (N, H·W, C)
            with `axis=1`.
        targets: given, of the same shape, from 0 to 1; integers are accepted. Nothing is learned through the weights.
            A pixel that does not count has 0 in both.

    Returns:
        A value for each image. Optax' multiclass_generalized_dice_loss is another: a weighted mean of `dice` by class.

    Degenerate cases: a class that an image does not have weighs as much as the one that weighs most there (as in
    MONAI), and all are equal in one without any. Nothing predicted where nothing is gives 0 with zero gradient.

    Raises:
        TypeError: if probabilities are not floating.
        ValueError: if the shapes differ (nothing is broadcast) or, where values can be seen, one of probabilities or
            targets is below 0 or above 1: NaN for the image elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> probabilities = np.array([[[0.75, 0.5, 0.75, 0.5], [0.25, 0.5, 0.25, 0.5]]])
        >>> targets = np.array([[[1, 1, 1, 0], [0, 0, 0, 1]]])
        >>> round(float(isoloss.numpy.generalized_dice(probabilities, targets)), 12)
        0.535714285714

    Source: C. H. Sudre et al., *Generalised Dice overlap as a deep learning loss function for highly unbalanced
    segmentations*, 2017, https://arxiv.org/abs/1707.03237
    """
    p, t = _fractions(xp, "generalized_dice", probabilities, targets)
    sizes = xp.sum(t, axis=-1)
    there = sizes > 0.0
    smallest = -xp.max(xp.where(there, -sizes, float("-inf")), axis=-1, keepdims=True)
    root = xp.where(there, smallest / xp.where(there, sizes, 1.0), 1.0)  # of the weights, in units of the largest
    rest, overlap = xp.sum(p * (-t + 1.0) + t * (-p + 1.0), axis=-1), xp.sum(p * t, axis=-1) * 2.0
    # times the root twice: a square may vanish where its slope does not
    return _share(xp, xp.sum(root * (root * rest), axis=-1), xp.sum(root * (root * overlap), axis=-1))


@loss("TverskyLoss", probabilities="... P", targets=given("... P"), per="...")
def tversky(
    xp: Namespace[A],
    probabilities: A,
    targets: A,
    *,
    alpha: NonNegative = 0.5,
    beta: NonNegative = 0.5,
    smoothing: NonNegative = 0.0,
) -> A:
    r"""Tversky loss: Dice loss that tells what is found and not there from what is there and not found.

    $$\ell = 1 - \frac{\sum_i p_i t_i + \text{smoothing}}{\sum_i p_i t_i
    + \text{alpha} \sum_i p_i (1 - t_i) + \text{beta} \sum_i t_i (1 - p_i) + \text{smoothing}},
    \qquad p, t = \text{probabilities}, \text{targets}$$

    Args:
        probabilities: predicted, (..., P) or with the P pixels on another `axis`, from 0 to 1, as in `dice`.
        targets: given, of the same shape, from 0 to 1; integers are accepted. A pixel that does not count has 0 in both.
        alpha: at least 0, what false positives count for. With the defaults it is `dice`, whose smoothing is twice
            this one's; the paper's best are 0.3 and 0.7. Keras up to 3.15.1 has alpha and beta exchanged.
        beta: at least 0, what false negatives count for.
        smoothing: at least 0, in numerator and denominator. It is 1e-5 in MONAI, 0 in segmentation-models-pytorch and 1
            in Optax' dice_loss; Keras adds 1e-7 to the denominator alone.

    Returns:
        A value for each row, such as each of (N, C).

    Degenerate cases: nothing predicted where nothing is gives 0 with zero gradient (1 in Keras), and so does what counts
    for nothing where alpha or beta is 0.

    Raises:
        TypeError: if probabilities are not floating.
        ValueError: if the shapes differ (nothing is broadcast), a setting is negative or, where values can be seen, one
            of probabilities or targets is below 0 or above 1: NaN for the row elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> probabilities, targets = np.array([[0.75, 0.5, 0.25]]), np.array([[1, 1, 0]])
        >>> round(float(isoloss.numpy.tversky(probabilities, targets, alpha=0.25, beta=0.75)), 12)
        0.333333333333

    Source: S. S. M. Salehi, D. Erdogmus, A. Gholipour, *Tversky loss function for image segmentation using 3D fully
    convolutional deep networks*, 2017, https://arxiv.org/abs/1706.05721
    """
    p, t = _fractions(xp, "tversky", probabilities, targets)
    rest = xp.sum(p * (-t + 1.0), axis=-1) * alpha + xp.sum(t * (-p + 1.0), axis=-1) * beta
    return _share(xp, rest, xp.sum(p * t, axis=-1) + smoothing)


def _fractions(xp: Namespace[A], name: str, probabilities: A, targets: A) -> tuple[A, A]:
    """Both, NaN where one is no fraction."""
    in_range = xp.logical_not((probabilities < 0.0) | (probabilities > 1.0))  # NaN gives NaN
    message = "{}: probabilities must be from 0 to 1 (such as sigmoid or softmax give); got {}"
    probabilities = require(xp, in_range, probabilities, message, name, probabilities)
    return probabilities, of_fractions(xp, name, targets, targets)


def _share(xp: Namespace[A], rest: A, overlap: A) -> A:
    """rest / (rest + overlap); 0, with zero gradient, where both are 0."""
    return xp.elementwise(_part, rest, overlap)


def _part(xp: Namespace[A], rest: A, overlap: A) -> tuple[A, Slopes[A]]:
    whole = rest + overlap
    whole = xp.where(xp.equal(whole, 0.0), 1.0, whole)
    each = xp.ones_like(whole) / whole
    part = rest / whole
    return part, (lambda: overlap / whole * each, lambda: -part * each)
