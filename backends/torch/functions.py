"""The losses in PyTorch, generated from the specs: edit those, then run `nox -s generate`."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
from torch import Tensor

from isoloss.adapter import Reduction
from isoloss.losses import (
    classification,
    contrastive,
    correlation,
    margins,
    metric,
    modulated,
    probability,
    ranking,
    regression,
    segmentation,
    sparsemax,
)
from isoloss.torch.binding import call
from isoloss.torch.collective import Group

ArrayLike: TypeAlias = Tensor | np.ndarray[Any, Any] | np.generic | float

__all__ = [
    "barlow_twins",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "binary_focal",
    "binary_sparsemax",
    "bpr",
    "byol",
    "categorical_focal",
    "circle",
    "clip",
    "cosine_distance",
    "cosine_embedding",
    "cross_entropy",
    "dcl",
    "dice",
    "gaussian_nll",
    "generalized_cross_entropy",
    "generalized_dice",
    "generalized_kl",
    "half_mse",
    "hinge",
    "hinge_embedding",
    "huber",
    "info_nce",
    "jensen_shannon",
    "kl_divergence",
    "listnet",
    "log_cosh",
    "mae",
    "mape",
    "margin_ranking",
    "mse",
    "msle",
    "multi_margin",
    "multiclass_hinge",
    "multiclass_perceptron",
    "multiclass_sparsemax",
    "multilabel_margin",
    "multilabel_soft_margin",
    "nll",
    "npairs",
    "nt_xent",
    "nt_xent_logits",
    "perceptron",
    "poisson_nll",
    "poly1_cross_entropy",
    "quantile",
    "rmse",
    "sample_correlation",
    "siglip",
    "simcse",
    "simsiam",
    "smooth_l1",
    "soft_cross_entropy",
    "soft_margin",
    "softmax_rank",
    "squared_hinge",
    "sup_con",
    "supervised_simcse",
    "triplet_margin",
    "tversky",
    "vicreg",
]


def mse(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Squared error.

    Args:
        predictions: predicted, (...).
        targets: given, (...).
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.mse`.
    """
    return call(
        regression.mse,
        {"predictions": predictions, "targets": targets},
        {},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def mae(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Absolute error.

    Args:
        predictions: predicted, (...).
        targets: given, (...).
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.mae`.
    """
    return call(
        regression.mae,
        {"predictions": predictions, "targets": targets},
        {},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def huber(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    delta: float | Tensor = 1.0,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Half the squared error up to delta, and a straight line of slope delta from there.

    Args:
        predictions: predicted, (...).
        targets: given, (...).
        delta: greater than 0, where the line begins; a number or a scalar array.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.huber`.
    """
    return call(
        regression.huber,
        {"predictions": predictions, "targets": targets},
        {"delta": delta},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def rmse(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Root of the mean squared error: one number for the whole batch.

    Args:
        predictions: predicted, (...).
        targets: given, (...).
        where: True for what counts; of the shape of the elements or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" and nothing else.

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.rmse`.
    """
    return call(
        regression.rmse,
        {"predictions": predictions, "targets": targets},
        {},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def log_cosh(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Logarithm of the hyperbolic cosine of the error: a square near 0, an absolute value far from it.

    Args:
        predictions: predicted, (...).
        targets: given, (...).
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.log_cosh`.
    """
    return call(
        regression.log_cosh,
        {"predictions": predictions, "targets": targets},
        {},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def half_mse(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Half the squared error, whose slope is the error itself; Optax calls it l2_loss.

    Args:
        predictions: predicted, (...).
        targets: given, (...).
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.half_mse`.
    """
    return call(
        regression.half_mse,
        {"predictions": predictions, "targets": targets},
        {},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def smooth_l1(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    beta: float = 1.0,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Absolute error whose tip is a square: `huber` with delta=beta, divided by beta.

    Args:
        predictions: predicted, (...).
        targets: given, (...).
        beta: at least 0, where the line begins; 0 makes it `mae`.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.smooth_l1`.
    """
    return call(
        regression.smooth_l1,
        {"predictions": predictions, "targets": targets},
        {"beta": beta},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def mape(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    epsilon: float = 1e-07,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Absolute error in percent of the target.

    Args:
        predictions: predicted, (...).
        targets: given, (...).
        epsilon: greater than 0, what the size of a target counts for at least. The default is that of Keras, with which
            a target of 0 gives a billion percent for an error of 1: give the smallest target that means something.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.mape`.
    """
    return call(
        regression.mape,
        {"predictions": predictions, "targets": targets},
        {"epsilon": epsilon},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def msle(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Squared error of the logarithms of one more: it sees by which part of itself a number is off.

    Args:
        predictions: predicted, (...).
        targets: given, (...).
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.msle`.
    """
    return call(
        regression.msle,
        {"predictions": predictions, "targets": targets},
        {},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def quantile(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    quantile: float | Tensor = 0.5,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Pinball loss, least where the prediction is that quantile of the targets.

    Args:
        predictions: predicted, (...).
        targets: given, (...).
        quantile: between 0 and 1, a number or a scalar array: what a prediction that is too low costs for each unit;
            one that is too high costs the rest to 1. The default makes it half of `mae`. An array is known to the
            precision of its dtype, and the rest to 1 no better; so is a number in JAX, which traces it.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.quantile`.
    """
    return call(
        regression.quantile,
        {"predictions": predictions, "targets": targets},
        {"quantile": quantile},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def cosine_distance(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """One less the cosine between two rows: 0 for one direction, 1 for a right angle, 2 for opposite ones.

    Args:
        predictions: predicted, (..., D).
        targets: given, (..., D).
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.cosine_distance`.
    """
    return call(
        regression.cosine_distance,
        {"predictions": predictions, "targets": targets},
        {},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def binary_cross_entropy(
    probabilities: ArrayLike,
    targets: ArrayLike,
    *,
    epsilon: float = 0.0,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Binary cross-entropy of probabilities; of logits, `binary_cross_entropy_with_logits` is the more accurate one.

    Args:
        probabilities: predicted, (...).
        targets: given, (...).
        epsilon: at least 0, added inside each logarithm. The loss is then a little less than 0 at its best.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.classification.binary_cross_entropy`.
    """
    return call(
        classification.binary_cross_entropy,
        {"probabilities": probabilities, "targets": targets},
        {"epsilon": epsilon},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def binary_cross_entropy_with_logits(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    pos_weight: ArrayLike | None = None,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Binary cross-entropy of logits, right for confident predictions too.

    Args:
        logits: predicted, (...).
        targets: given, (...).
        pos_weight: given, at least 0, what a target of 1 counts for beside one of 0: a number, or an array that
            broadcasts to the shape of logits, such as one number for each of (..., C). 1 without it. The mean does not
            divide by it, as in PyTorch.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.classification.binary_cross_entropy_with_logits`.
    """
    return call(
        classification.binary_cross_entropy_with_logits,
        {"logits": logits, "targets": targets, "pos_weight": pos_weight},
        {},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def cross_entropy(
    logits: ArrayLike,
    labels: ArrayLike,
    *,
    label_smoothing: float = 0.0,
    ignore_index: int | None = None,
    class_weights: ArrayLike | None = None,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Softmax cross-entropy with integer labels.

    Args:
        logits: predicted, (..., C).
        labels: given, integers, (...).
        label_smoothing: from 0 to 1, the part of the target spread evenly over all classes.
        ignore_index: a label whose rows give 0 and do not count, as if masked. PyTorch's is -100 by default.
        class_weights: given, (C,): each row's weight is that of its label. "mean" divides by the sum of these weights,
            as PyTorch does; the smoothed part of a row is weighed by the row's label too, where PyTorch weighs it class
            by class.
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.classification.cross_entropy`.
    """
    return call(
        classification.cross_entropy,
        {"logits": logits, "labels": labels, "class_weights": class_weights},
        {"label_smoothing": label_smoothing, "ignore_index": ignore_index},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def soft_cross_entropy(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Softmax cross-entropy with a target for each class.

    Args:
        logits: predicted, (..., C).
        targets: given, (..., C).
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.classification.soft_cross_entropy`.
    """
    return call(
        classification.soft_cross_entropy,
        {"logits": logits, "targets": targets},
        {},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def nll(
    log_probabilities: ArrayLike,
    labels: ArrayLike,
    *,
    ignore_index: int | None = None,
    class_weights: ArrayLike | None = None,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Negative log-likelihood of integer labels; of logits, `cross_entropy` is the more accurate one.

    Args:
        log_probabilities: predicted, (..., C).
        labels: given, integers, (...).
        ignore_index: a label whose rows give 0 and do not count, as if masked. PyTorch's is -100 by default.
        class_weights: given, (C,): each row's weight is that of its label. "mean" divides by the sum of these weights,
            as PyTorch does.
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.classification.nll`.
    """
    return call(
        classification.nll,
        {"log_probabilities": log_probabilities, "labels": labels, "class_weights": class_weights},
        {"ignore_index": ignore_index},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def binary_focal(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    gamma: float = 2.0,
    alpha: float | None = None,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Focal loss of two classes: binary cross-entropy in which what is nearly right counts for little.

    Args:
        logits: predicted, (...).
        targets: given, (...).
        gamma: at least 0, how quickly the sure ones fade; 0 gives `binary_cross_entropy_with_logits`.
        alpha: from 0 to 1, what a target of 1 counts for, and 1 - alpha one of 0. None counts both as 1, the default in
            Keras and Optax; torchvision's is 0.25, which the paper found best. The mean does not divide by it.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.modulated.binary_focal`.
    """
    return call(
        modulated.binary_focal,
        {"logits": logits, "targets": targets},
        {"gamma": gamma, "alpha": alpha},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def categorical_focal(
    logits: ArrayLike,
    labels: ArrayLike,
    *,
    gamma: float = 2.0,
    alpha: ArrayLike | None = None,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Focal loss of classes: softmax cross-entropy in which what is nearly right counts for little.

    Args:
        logits: predicted, (..., C).
        labels: given, integers, (...).
        gamma: at least 0, how quickly the sure ones fade; 0 gives `cross_entropy`.
        alpha: given, (C,), what each class counts for: 1 without it, where Keras has 0.25 for all. The mean does not
            divide by it.
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.modulated.categorical_focal`.
    """
    return call(
        modulated.categorical_focal,
        {"logits": logits, "labels": labels, "alpha": alpha},
        {"gamma": gamma},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def poly1_cross_entropy(
    logits: ArrayLike,
    labels: ArrayLike,
    *,
    epsilon: float = 2.0,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Softmax cross-entropy with another weight for the first term of its expansion in 1 - p.

    Args:
        logits: predicted, (..., C).
        labels: given, integers, (...).
        epsilon: at least -1, which takes the first term away; 0 gives `cross_entropy`. The paper's choice for ImageNet,
            and Optax's default, is 2.
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.modulated.poly1_cross_entropy`.
    """
    return call(
        modulated.poly1_cross_entropy,
        {"logits": logits, "labels": labels},
        {"epsilon": epsilon},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def generalized_cross_entropy(
    logits: ArrayLike,
    labels: ArrayLike,
    *,
    q: float = 0.7,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Generalised cross-entropy, which wrong labels mislead less: between cross-entropy and mean absolute error.

    Args:
        logits: predicted, (..., C).
        labels: given, integers, (...).
        q: from 0, which gives `cross_entropy`, to 1, which gives 1 - p. The paper's is 0.7, Keras' 0.5.
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.modulated.generalized_cross_entropy`.
    """
    return call(
        modulated.generalized_cross_entropy,
        {"logits": logits, "labels": labels},
        {"q": q},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def binary_sparsemax(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Sparsemax loss of two classes: a square near the target, a straight line far from it, 0 from a lead of 1.

    Args:
        logits: predicted, (...).
        targets: given, (...).
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.sparsemax.binary_sparsemax`.
    """
    return call(
        sparsemax.binary_sparsemax,
        {"logits": logits, "targets": targets},
        {},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def multiclass_sparsemax(
    logits: ArrayLike,
    labels: ArrayLike,
    *,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Sparsemax loss with integer labels: 0 once the label leads all other classes by 1.

    Args:
        logits: predicted, (..., C).
        labels: given, integers, (...).
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.sparsemax.multiclass_sparsemax`.
    """
    return call(
        sparsemax.multiclass_sparsemax,
        {"logits": logits, "labels": labels},
        {},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def hinge(
    scores: ArrayLike,
    targets: ArrayLike,
    *,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """By how much a score fails to lie on its side of 0 by 1.

    Args:
        scores: predicted, (...).
        targets: given, (...).
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.hinge`.
    """
    return call(
        margins.hinge,
        {"scores": scores, "targets": targets},
        {},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def squared_hinge(
    scores: ArrayLike,
    targets: ArrayLike,
    *,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """The square of the hinge loss, which has no kink.

    Args:
        scores: predicted, (...).
        targets: given, (...).
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.squared_hinge`.
    """
    return call(
        margins.squared_hinge,
        {"scores": scores, "targets": targets},
        {},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def perceptron(
    scores: ArrayLike,
    targets: ArrayLike,
    *,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """How far a score lies on the wrong side of 0.

    Args:
        scores: predicted, (...).
        targets: given, (...).
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.perceptron`.
    """
    return call(
        margins.perceptron,
        {"scores": scores, "targets": targets},
        {},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def soft_margin(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Logistic loss: binary cross-entropy of logits, with targets of 1 and -1.

    Args:
        logits: predicted, (...).
        targets: given, (...).
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.soft_margin`.
    """
    return call(
        margins.soft_margin,
        {"logits": logits, "targets": targets},
        {},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def multiclass_hinge(
    scores: ArrayLike,
    labels: ArrayLike,
    *,
    margin: float = 1.0,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """By how much the label's score fails to lead every other class by a margin.

    Args:
        scores: predicted, (..., C).
        labels: given, integers, (...).
        margin: at least 0, the lead that is enough.
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.multiclass_hinge`.
    """
    return call(
        margins.multiclass_hinge,
        {"scores": scores, "labels": labels},
        {"margin": margin},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def multiclass_perceptron(
    scores: ArrayLike,
    labels: ArrayLike,
    *,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """By how much the label's score trails the best: the multiclass hinge loss with margin 0.

    Args:
        scores: predicted, (..., C).
        labels: given, integers, (...).
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.multiclass_perceptron`.
    """
    return call(
        margins.multiclass_perceptron,
        {"scores": scores, "labels": labels},
        {},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def multi_margin(
    scores: ArrayLike,
    labels: ArrayLike,
    *,
    p: Literal[1, 2] = 1,
    margin: float = 1.0,
    class_weights: ArrayLike | None = None,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """By how much the label's score fails to lead each of the other classes by a margin.

    Args:
        scores: predicted, (..., C).
        labels: given, integers, (...).
        p: 1 or 2, the power.
        margin: at least 0, the lead that is enough.
        class_weights: given, (C,): each row's weight is that of its label. "mean" divides by the sum of these weights,
            where PyTorch divides by the number of rows.
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.multi_margin`.
    """
    return call(
        margins.multi_margin,
        {"scores": scores, "labels": labels, "class_weights": class_weights},
        {"p": p, "margin": margin},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def multilabel_margin(
    scores: ArrayLike,
    targets: ArrayLike,
    *,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """By how much the scores of a row's classes fail to lead those of all others by 1.

    Args:
        scores: predicted, (..., C).
        targets: given, (..., C).
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.multilabel_margin`.
    """
    return call(
        margins.multilabel_margin,
        {"scores": scores, "targets": targets},
        {},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def multilabel_soft_margin(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    class_weights: ArrayLike | None = None,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """The mean over classes of `binary_cross_entropy_with_logits`, each class being in or out by itself.

    Args:
        logits: predicted, (..., C).
        targets: given, (..., C).
        class_weights: given, (C,), at least 0: w. The sum is divided by C whatever they are, as in PyTorch.
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.multilabel_soft_margin`.
    """
    return call(
        margins.multilabel_soft_margin,
        {"logits": logits, "targets": targets, "class_weights": class_weights},
        {},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def kl_divergence(
    log_probabilities: ArrayLike,
    targets: ArrayLike,
    *,
    log_targets: bool = False,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Kullback-Leibler divergence of the targets' distribution from the predicted one.

    Args:
        log_probabilities: predicted, (..., C).
        targets: given, (..., C).
        log_targets: whether targets, too, are logarithms of probabilities.
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.probability.kl_divergence`.
    """
    return call(
        probability.kl_divergence,
        {"log_probabilities": log_probabilities, "targets": targets},
        {"log_targets": log_targets},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def jensen_shannon(
    log_probabilities: ArrayLike,
    targets: ArrayLike,
    *,
    log_targets: bool = False,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Jensen-Shannon divergence: how far two distributions are from their mean. It is symmetric, and at most log 2.

    Args:
        log_probabilities: predicted, (..., C).
        targets: given, (..., C).
        log_targets: whether targets, too, are logarithms of probabilities.
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.probability.jensen_shannon`.
    """
    return call(
        probability.jensen_shannon,
        {"log_probabilities": log_probabilities, "targets": targets},
        {"log_targets": log_targets},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def generalized_kl(
    log_predictions: ArrayLike,
    targets: ArrayLike,
    *,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Kullback-Leibler divergence of numbers that need not sum to 1: no class contributes less than 0.

    Args:
        log_predictions: predicted, (..., C).
        targets: given, (..., C).
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.probability.generalized_kl`.
    """
    return call(
        probability.generalized_kl,
        {"log_predictions": log_predictions, "targets": targets},
        {},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def poisson_nll(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    log_input: bool = True,
    full: bool = False,
    epsilon: float = 0.0,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Negative log-likelihood of counts that follow a Poisson distribution of a predicted rate.

    Args:
        predictions: predicted, (...).
        targets: given, (...).
        log_input: whether the predictions are logarithms, as PyTorch takes them; Keras takes rates.
        full: whether to add Stirling's approximation of log(targets!) for targets above 1: targets log(targets) -
            targets + log(2 pi targets) / 2.
        epsilon: at least 0, added to a rate inside the logarithm; 1e-8 in PyTorch, 1e-7 in Keras, with which small
            rates are wrong.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.probability.poisson_nll`.
    """
    return call(
        probability.poisson_nll,
        {"predictions": predictions, "targets": targets},
        {"log_input": log_input, "full": full, "epsilon": epsilon},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def gaussian_nll(
    predictions: ArrayLike,
    targets: ArrayLike,
    variances: ArrayLike,
    *,
    full: bool = False,
    epsilon: float = 1e-06,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Negative log-likelihood of targets that follow a normal distribution of predicted mean and variance.

    Args:
        predictions: predicted, (...).
        targets: given, (...).
        variances: predicted, (...).
        full: whether to add log(2 pi) / 2.
        epsilon: greater than 0, what a variance counts for at least; the default is PyTorch's.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.probability.gaussian_nll`.
    """
    return call(
        probability.gaussian_nll,
        {"predictions": predictions, "targets": targets, "variances": variances},
        {"full": full, "epsilon": epsilon},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def margin_ranking(
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    target: ArrayLike | None = None,
    *,
    margin: float = 0.0,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """By how much one score fails to lead another by a margin; the pairwise hinge loss with margin=1.

    Args:
        scores_a: predicted, (...).
        scores_b: predicted, (...).
        target: given, (...); optional.
        margin: at least 0, the lead that is enough.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.ranking.margin_ranking`.
    """
    return call(
        ranking.margin_ranking,
        {"scores_a": scores_a, "scores_b": scores_b, "target": target},
        {"margin": margin},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def bpr(
    positive_scores: ArrayLike,
    negative_scores: ArrayLike,
    *,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Bayesian personalised ranking, which is also the pairwise logistic loss.

    Args:
        positive_scores: predicted, (...).
        negative_scores: predicted, (...).
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.ranking.bpr`.
    """
    return call(
        ranking.bpr,
        {"positive_scores": positive_scores, "negative_scores": negative_scores},
        {},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def listnet(
    scores: ArrayLike,
    relevance: ArrayLike,
    *,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """ListNet: cross-entropy between the chances that each item of a list is the first, by relevance and by scores.

    Args:
        scores: predicted, (..., L).
        relevance: given, (..., L).
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.ranking.listnet`.
    """
    return call(
        ranking.listnet,
        {"scores": scores, "relevance": relevance},
        {},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def softmax_rank(
    scores: ArrayLike,
    relevance: ArrayLike,
    *,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """The softmax loss of a list: each item is looked for as often as its relevance says.

    Args:
        scores: predicted, (..., L).
        relevance: given, (..., L).
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.ranking.softmax_rank`.
    """
    return call(
        ranking.softmax_rank,
        {"scores": scores, "relevance": relevance},
        {},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def dice(
    probabilities: ArrayLike,
    targets: ArrayLike,
    *,
    squared: bool = False,
    smoothing: float = 0.0,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Dice loss: the part of a prediction and a target that the two do not have in common.

    Args:
        probabilities: predicted, (..., P).
        targets: given, (..., P).
        squared: whether the sum of $p_i + t_i$ is that of $p_i^2 + t_i^2$, as in the paper and in MONAI with
            squared_pred=True: the loss is then $\sum_i (p_i - t_i)^2$ by it, and 0 for targets between 0 and 1 that are
            met. Without it, as most libraries have it, such targets are best met by 0 and 1.
        smoothing: at least 0, in numerator and denominator. It is 1e-5 in MONAI, 0 in segmentation-models-pytorch and,
            as it counts here, 2 in Optax; Keras adds 1e-7 to the denominator alone.
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.segmentation.dice`.
    """
    return call(
        segmentation.dice,
        {"probabilities": probabilities, "targets": targets},
        {"squared": squared, "smoothing": smoothing},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def generalized_dice(
    probabilities: ArrayLike,
    targets: ArrayLike,
    *,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Generalised Dice loss: one overlap of all classes, in which small ones count as much as large ones.

    Args:
        probabilities: predicted, (..., C, P).
        targets: given, (..., C, P).
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.segmentation.generalized_dice`.
    """
    return call(
        segmentation.generalized_dice,
        {"probabilities": probabilities, "targets": targets},
        {},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def tversky(
    probabilities: ArrayLike,
    targets: ArrayLike,
    *,
    alpha: float = 0.5,
    beta: float = 0.5,
    smoothing: float = 0.0,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Tversky loss: Dice loss that tells what is found and not there from what is there and not found.

    Args:
        probabilities: predicted, (..., P).
        targets: given, (..., P).
        alpha: at least 0, what false positives count for. With the defaults it is `dice`, whose smoothing is twice this
            one's; the paper's best are 0.3 and 0.7. Keras up to 3.15.1 has alpha and beta exchanged.
        beta: at least 0, what false negatives count for.
        smoothing: at least 0, in numerator and denominator. It is 1e-5 in MONAI, 0 in segmentation-models-pytorch and 1
            in Optax' dice_loss; Keras adds 1e-7 to the denominator alone.
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.segmentation.tversky`.
    """
    return call(
        segmentation.tversky,
        {"probabilities": probabilities, "targets": targets},
        {"alpha": alpha, "beta": beta, "smoothing": smoothing},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def hinge_embedding(
    distances: ArrayLike,
    targets: ArrayLike,
    *,
    margin: float = 1.0,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """A distance that should be small, or by how much it fails to reach a margin.

    Args:
        distances: predicted, (...).
        targets: given, (...).
        margin: at least 0, the distance that is enough.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.hinge_embedding`.
    """
    return call(
        metric.hinge_embedding,
        {"distances": distances, "targets": targets},
        {"margin": margin},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def cosine_embedding(
    embeddings_a: ArrayLike,
    embeddings_b: ArrayLike,
    targets: ArrayLike,
    *,
    margin: float = 0.0,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """How far the cosine of two embeddings lies below 1, or above a margin.

    Args:
        embeddings_a: predicted, (..., D).
        embeddings_b: predicted, (..., D).
        targets: given, (...).
        margin: from -1 to 1, the cosine that is small enough.
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.cosine_embedding`.
    """
    return call(
        metric.cosine_embedding,
        {"embeddings_a": embeddings_a, "embeddings_b": embeddings_b, "targets": targets},
        {"margin": margin},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def triplet_margin(
    anchors: ArrayLike,
    positives: ArrayLike,
    negatives: ArrayLike,
    *,
    margin: float = 1.0,
    p: Literal[1, 2] = 2,
    swap: bool = False,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """By how much an anchor's negative fails to be farther than its positive by a margin.

    Args:
        anchors: predicted, (..., D).
        positives: predicted, (..., D).
        negatives: predicted, (..., D).
        margin: at least 0, the lead that is enough.
        p: 1 for the sum of absolute differences, 2 for the Euclidean distance. PyTorch adds 1e-6 to every difference
            unless it is called with eps=0.
        swap: take the negative's distance to the positive where that is less than to the anchor.
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.triplet_margin`.
    """
    return call(
        metric.triplet_margin,
        {"anchors": anchors, "positives": positives, "negatives": negatives},
        {"margin": margin, "p": p, "swap": swap},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def simsiam(
    predictions: ArrayLike,
    projections: ArrayLike,
    *,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """SimSiam: minus the cosine of what one view predicts of another and what that is, which is held fast.

    Args:
        predictions: predicted, (..., D).
        projections: given, (..., D).
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.simsiam`.
    """
    return call(
        metric.simsiam,
        {"predictions": predictions, "projections": projections},
        {},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def byol(
    predictions: ArrayLike,
    projections: ArrayLike,
    *,
    axis: int = -1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """BYOL: the squared distance of the directions of what one network predicts and what the other gives.

    Args:
        predictions: predicted, (..., D).
        projections: given, (..., D).
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.byol`.
    """
    return call(
        metric.byol,
        {"predictions": predictions, "projections": projections},
        {},
        axis=axis,
        where=where,
        weights=weights,
        reduction=reduction,
    )


def circle(
    embeddings: ArrayLike,
    labels: ArrayLike,
    *,
    margin: float = 0.4,
    gamma: float | Tensor = 80.0,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
    group: Group = None,
    averaged_gradients: bool = False,
) -> Tensor:
    """Circle loss: a row's cosines to its label and to others, each pulled the harder the farther it is from its
        optimum.

    Args:
        embeddings: predicted, (N, D).
        labels: given, integers, (N,).
        margin: from -1 to 1. The paper has 0.25 for faces and persons, 0.4 for fine-grained retrieval.
        gamma: greater than 0; a number or a learnable scalar. The paper has 256 for faces, 128 for persons and 80 for
            fine-grained retrieval. Keras and pytorch-metric-learning have 0.4 and 80, too.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.circle`.
    """
    return call(
        metric.circle,
        {"embeddings": embeddings, "labels": labels},
        {"margin": margin, "gamma": gamma},
        where=where,
        weights=weights,
        reduction=reduction,
        group=group,
        averaged_gradients=averaged_gradients,
    )


def info_nce(
    queries: ArrayLike,
    keys: ArrayLike,
    negatives: ArrayLike | None = None,
    *,
    temperature: float | Tensor = 0.07,
    similarity: Literal["cosine", "dot"] = "cosine",
    decoupled: bool = False,
    method: Literal["auto", "dense", "blocked"] = "auto",
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
    group: Group = None,
    averaged_gradients: bool = False,
) -> Tensor:
    """InfoNCE: each query against its own key, the other rows' keys and any further negatives.

    Args:
        queries: predicted, (N, D).
        keys: predicted, (N, D).
        negatives: predicted, (M, D); optional.
        temperature: greater than 0; a number or a learnable scalar.
        similarity: "cosine" or "dot".
        decoupled: leave the positive out of the sum (Yeh et al.). The loss can then be negative.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.info_nce`.
    """
    return call(
        contrastive.info_nce,
        {"queries": queries, "keys": keys, "negatives": negatives},
        {"temperature": temperature, "similarity": similarity, "decoupled": decoupled, "method": method},
        where=where,
        weights=weights,
        reduction=reduction,
        group=group,
        averaged_gradients=averaged_gradients,
    )


def clip(
    image_embeddings: ArrayLike,
    text_embeddings: ArrayLike,
    *,
    temperature: float | Tensor = 0.07,
    method: Literal["auto", "dense", "blocked"] = "auto",
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
    group: Group = None,
    averaged_gradients: bool = False,
) -> Tensor:
    """The loss of CLIP: each image among all texts, and each text among all images.

    Args:
        image_embeddings: predicted, (N, D).
        text_embeddings: predicted, (N, D).
        temperature: greater than 0; a number or a learnable scalar.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.clip`.
    """
    return call(
        contrastive.clip,
        {"image_embeddings": image_embeddings, "text_embeddings": text_embeddings},
        {"temperature": temperature, "method": method},
        where=where,
        weights=weights,
        reduction=reduction,
        group=group,
        averaged_gradients=averaged_gradients,
    )


def simcse(
    embeddings: ArrayLike,
    *,
    temperature: float | Tensor = 0.05,
    method: Literal["auto", "dense", "blocked"] = "auto",
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
    group: Group = None,
    averaged_gradients: bool = False,
) -> Tensor:
    """Unsupervised SimCSE: rows 2k and 2k + 1 are two views of one sentence, all other rows are negatives.

    Args:
        embeddings: predicted, (2N, D).
        temperature: greater than 0; a number or a learnable scalar.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.simcse`.
    """
    return call(
        contrastive.simcse,
        {"embeddings": embeddings},
        {"temperature": temperature, "method": method},
        where=where,
        weights=weights,
        reduction=reduction,
        group=group,
        averaged_gradients=averaged_gradients,
    )


def supervised_simcse(
    embeddings: ArrayLike,
    *,
    temperature: float | Tensor = 0.05,
    method: Literal["auto", "dense", "blocked"] = "auto",
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
    group: Group = None,
    averaged_gradients: bool = False,
) -> Tensor:
    """Supervised SimCSE: rows 3k, 3k + 1 and 3k + 2 are a sentence, one it entails and one it contradicts.

    Args:
        embeddings: predicted, (3N, D).
        temperature: greater than 0; a number or a learnable scalar.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.supervised_simcse`.
    """
    return call(
        contrastive.supervised_simcse,
        {"embeddings": embeddings},
        {"temperature": temperature, "method": method},
        where=where,
        weights=weights,
        reduction=reduction,
        group=group,
        averaged_gradients=averaged_gradients,
    )


def nt_xent(
    embeddings: ArrayLike,
    *,
    temperature: float | Tensor = 0.5,
    views: int = 2,
    method: Literal["auto", "dense", "blocked"] = "auto",
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
    group: Group = None,
    averaged_gradients: bool = False,
) -> Tensor:
    """NT-Xent, the loss of SimCLR: rows i and i + N are two views of sample i, rows of other samples are negatives.

    Args:
        embeddings: predicted, (views*N, D).
        temperature: greater than 0; a number or a learnable scalar.
        views: at least 2, how many there are of each sample.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.nt_xent`.
    """
    return call(
        contrastive.nt_xent,
        {"embeddings": embeddings},
        {"temperature": temperature, "views": views, "method": method},
        where=where,
        weights=weights,
        reduction=reduction,
        group=group,
        averaged_gradients=averaged_gradients,
    )


def dcl(
    embeddings: ArrayLike,
    *,
    temperature: float | Tensor = 0.1,
    views: int = 2,
    method: Literal["auto", "dense", "blocked"] = "auto",
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
    group: Group = None,
    averaged_gradients: bool = False,
) -> Tensor:
    """Decoupled contrastive learning: `nt_xent` without the positive in the sum, so that small batches learn as well.

    Args:
        embeddings: predicted, (views*N, D).
        temperature: greater than 0; a number or a learnable scalar.
        views: at least 2, how many there are of each sample.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.dcl`.
    """
    return call(
        contrastive.dcl,
        {"embeddings": embeddings},
        {"temperature": temperature, "views": views, "method": method},
        where=where,
        weights=weights,
        reduction=reduction,
        group=group,
        averaged_gradients=averaged_gradients,
    )


def sup_con(
    embeddings: ArrayLike,
    labels: ArrayLike,
    *,
    temperature: float | Tensor = 0.1,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
    group: Group = None,
    averaged_gradients: bool = False,
) -> Tensor:
    """Supervised contrastive loss: each row's positives are the other rows of its label, all of them in the sum.

    Args:
        embeddings: predicted, (N, D).
        labels: given, integers, (N,).
        temperature: greater than 0; a number or a learnable scalar.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.sup_con`.
    """
    return call(
        contrastive.sup_con,
        {"embeddings": embeddings, "labels": labels},
        {"temperature": temperature},
        where=where,
        weights=weights,
        reduction=reduction,
        group=group,
        averaged_gradients=averaged_gradients,
    )


def siglip(
    image_embeddings: ArrayLike,
    text_embeddings: ArrayLike,
    *,
    scale: float | Tensor = 10.0,
    bias: float | Tensor = -10.0,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
    group: Group = None,
    averaged_gradients: bool = False,
) -> Tensor:
    """The loss of SigLIP: of each image and each text by itself, whether they belong together.

    Args:
        image_embeddings: predicted, (N, D).
        text_embeddings: predicted, (N, D).
        scale: greater than 0; a number or a learnable scalar.
        bias: a number or a learnable scalar.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.siglip`.
    """
    return call(
        contrastive.siglip,
        {"image_embeddings": image_embeddings, "text_embeddings": text_embeddings},
        {"scale": scale, "bias": bias},
        where=where,
        weights=weights,
        reduction=reduction,
        group=group,
        averaged_gradients=averaged_gradients,
    )


def npairs(
    anchors: ArrayLike,
    positives: ArrayLike,
    *,
    temperature: float | Tensor = 1.0,
    similarity: Literal["cosine", "dot"] = "dot",
    method: Literal["auto", "dense", "blocked"] = "auto",
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
    group: Group = None,
    averaged_gradients: bool = False,
) -> Tensor:
    """Multi-class N-pair loss: each anchor's own positive against those of all other anchors.

    Args:
        anchors: predicted, (N, D).
        positives: predicted, (N, D).
        temperature: greater than 0; a number or a learnable scalar.
        similarity: "dot", as in the paper, or "cosine".
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.npairs`.
    """
    return call(
        contrastive.npairs,
        {"anchors": anchors, "positives": positives},
        {"temperature": temperature, "similarity": similarity, "method": method},
        where=where,
        weights=weights,
        reduction=reduction,
        group=group,
        averaged_gradients=averaged_gradients,
    )


def barlow_twins(
    embeddings_a: ArrayLike,
    embeddings_b: ArrayLike,
    *,
    off_diagonal_weight: float = 0.005,
    scale: float | Tensor = 1.0,
    epsilon: float = 1e-05,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
    group: Group = None,
    averaged_gradients: bool = False,
) -> Tensor:
    """Barlow Twins: each feature agrees with itself across two views and with no other feature.

    Args:
        embeddings_a: predicted, (N, D).
        embeddings_b: predicted, (N, D).
        off_diagonal_weight: at least 0.
        scale: greater than 0, a factor of the whole; a number or a learnable scalar.
        epsilon: at least 0.
        where: True for what counts; of the shape of the elements or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" and nothing else.
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.correlation.barlow_twins`.
    """
    return call(
        correlation.barlow_twins,
        {"embeddings_a": embeddings_a, "embeddings_b": embeddings_b},
        {"off_diagonal_weight": off_diagonal_weight, "scale": scale, "epsilon": epsilon},
        where=where,
        weights=weights,
        reduction=reduction,
        group=group,
        averaged_gradients=averaged_gradients,
    )


def sample_correlation(
    embeddings_a: ArrayLike,
    embeddings_b: ArrayLike,
    *,
    off_diagonal_weight: float = 0.005,
    scale: float | Tensor = 0.025,
    epsilon: float = 1e-05,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
    group: Group = None,
    averaged_gradients: bool = False,
) -> Tensor:
    """Barlow Twins turned round: each sample agrees with itself across two views and with no other sample.

    Args:
        embeddings_a: predicted, (N, D).
        embeddings_b: predicted, (N, D).
        off_diagonal_weight: at least 0.
        scale: greater than 0, a factor of the whole; a number or a learnable scalar.
        epsilon: at least 0.
        where: True for what counts; of the shape of the elements or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" and nothing else.
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.correlation.sample_correlation`.
    """
    return call(
        correlation.sample_correlation,
        {"embeddings_a": embeddings_a, "embeddings_b": embeddings_b},
        {"off_diagonal_weight": off_diagonal_weight, "scale": scale, "epsilon": epsilon},
        where=where,
        weights=weights,
        reduction=reduction,
        group=group,
        averaged_gradients=averaged_gradients,
    )


def vicreg(
    embeddings_a: ArrayLike,
    embeddings_b: ArrayLike,
    *,
    invariance_weight: float = 25.0,
    variance_weight: float = 25.0,
    covariance_weight: float = 1.0,
    epsilon: float = 0.0001,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
    group: Group = None,
    averaged_gradients: bool = False,
) -> Tensor:
    """VICReg: two views agree, each feature of each varies, and no two features of one vary together.

    Args:
        embeddings_a: predicted, (N, D).
        embeddings_b: predicted, (N, D).
        invariance_weight: at least 0. The distance is a mean over D, too, as in the authors' code; the paper's equation
            has the sum, with which D times this is meant.
        variance_weight: at least 0, of the mean of both views, as in the authors' code, Lightly and pytorch-metric-
            learning. The paper's equation and solo-learn have the sum: twice this, such as 50.
        covariance_weight: at least 0.
        epsilon: at least 0, added to a variance before its root is taken.
        where: True for what counts; of the shape of the elements or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" and nothing else.
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.correlation.vicreg`.
    """
    return call(
        correlation.vicreg,
        {"embeddings_a": embeddings_a, "embeddings_b": embeddings_b},
        {
            "invariance_weight": invariance_weight,
            "variance_weight": variance_weight,
            "covariance_weight": covariance_weight,
            "epsilon": epsilon,
        },
        where=where,
        weights=weights,
        reduction=reduction,
        group=group,
        averaged_gradients=averaged_gradients,
    )


def nt_xent_logits(
    embeddings: ArrayLike,
    *,
    temperature: float | Tensor = 0.5,
    views: int = 2,
) -> tuple[Tensor, Tensor]:
    """What `nt_xent` is the cross-entropy of: each row's similarity to its positive, then those to its negatives.

    Args:
        embeddings: predicted, (views*N, D).
        temperature: greater than 0; a number or a learnable scalar.
        views: at least 2. With more than two, the rows stand (views - 1) times over: against the next view, then
            against the one after it.

    Returns:
        logits, labels.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.nt_xent_logits`.
    """
    return call(
        contrastive.nt_xent_logits,
        {"embeddings": embeddings},
        {"temperature": temperature, "views": views},
    )
