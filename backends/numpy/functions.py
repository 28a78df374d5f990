"""The losses in NumPy, generated from the specs: edit those, then run `nox -s generate`."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

from isoloss.adapter import Reduction
from isoloss.losses import classification, contrastive, regression
from isoloss.numpy.binding import call
from isoloss.numpy.ops import Array

ArrayLike: TypeAlias = Array | np.ndarray[Any, Any] | np.generic | float

__all__ = [
    "cross_entropy",
    "info_nce",
    "log_cosh",
    "mse",
    "rmse",
    "simcse",
]


def mse(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Array:
    """Squared error.

    Args:
        predictions: predicted, (...).
        targets: given, (...).
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, settings, errors and source: `isoloss.losses.regression.mse`.
    """
    return call(
        regression.mse,
        {"predictions": predictions, "targets": targets},
        {},
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
) -> Array:
    """Root of the mean squared error: one number for the whole batch.

    Args:
        predictions: predicted, (...).
        targets: given, (...).
        where: True for what counts; of the shape of the elements or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" and nothing else.

    Formula, settings, errors and source: `isoloss.losses.regression.rmse`.
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
) -> Array:
    """Logarithm of the hyperbolic cosine of the error: a square near 0, an absolute value far from it.

    Args:
        predictions: predicted, (...).
        targets: given, (...).
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, settings, errors and source: `isoloss.losses.regression.log_cosh`.
    """
    return call(
        regression.log_cosh,
        {"predictions": predictions, "targets": targets},
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
) -> Array:
    """Softmax cross-entropy with integer labels.

    Args:
        logits: predicted, (..., C).
        labels: given, integers, (...).
        class_weights: given, (C,); optional.
        axis: the axis that rows lie along.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, settings, errors and source: `isoloss.losses.classification.cross_entropy`.
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


def info_nce(
    queries: ArrayLike,
    keys: ArrayLike,
    negatives: ArrayLike | None = None,
    *,
    temperature: float | Array = 0.07,
    similarity: Literal["cosine", "dot"] = "cosine",
    decoupled: bool = False,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Array:
    """InfoNCE: each query against its own key, the other rows' keys and any further negatives.

    Args:
        queries: predicted, (N, D).
        keys: predicted, (N, D).
        negatives: predicted, (M, D); optional.
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, settings, errors and source: `isoloss.losses.contrastive.info_nce`.
    """
    return call(
        contrastive.info_nce,
        {"queries": queries, "keys": keys, "negatives": negatives},
        {"temperature": temperature, "similarity": similarity, "decoupled": decoupled},
        where=where,
        weights=weights,
        reduction=reduction,
    )


def simcse(
    embeddings: ArrayLike,
    *,
    temperature: float | Array = 0.05,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Array:
    """Unsupervised SimCSE: rows 2k and 2k + 1 are two views of one sentence, all other rows are negatives.

    Args:
        embeddings: predicted, (2N, D).
        where: True for what counts; of the shape of the values or of their leading axes.
        weights: what it counts for, likewise; not negative.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, settings, errors and source: `isoloss.losses.contrastive.simcse`.
    """
    return call(
        contrastive.simcse,
        {"embeddings": embeddings},
        {"temperature": temperature},
        where=where,
        weights=weights,
        reduction=reduction,
    )
