"""The losses as Keras losses, generated from the specs: edit those, then run `nox -s generate`."""

from __future__ import annotations

from typing import Any, Literal

import keras

from isoloss.keras.criterion import Criterion, Reduction
from isoloss.losses import classification, contrastive, regression

__all__ = [
    "CrossEntropyLoss",
    "InfoNCELoss",
    "LogCoshLoss",
    "MSELoss",
    "RMSELoss",
    "SimCSELoss",
]


@keras.saving.register_keras_serializable(package="isoloss")
class MSELoss(Criterion):
    """Squared error.

    Args:
        predictions: predicted, (...).
        targets: given, (...).

    Formula, settings, errors and source: `isoloss.losses.regression.mse`.
    """

    spec = staticmethod(regression.mse)

    def __init__(
        self,
        *,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class RMSELoss(Criterion):
    """Root of the mean squared error: one number for the whole batch.

    Args:
        predictions: predicted, (...).
        targets: given, (...).

    Formula, settings, errors and source: `isoloss.losses.regression.rmse`.
    """

    spec = staticmethod(regression.rmse)

    def __init__(
        self,
        *,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class LogCoshLoss(Criterion):
    """Logarithm of the hyperbolic cosine of the error: a square near 0, an absolute value far from it.

    Args:
        predictions: predicted, (...).
        targets: given, (...).

    Formula, settings, errors and source: `isoloss.losses.regression.log_cosh`.
    """

    spec = staticmethod(regression.log_cosh)

    def __init__(
        self,
        *,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class CrossEntropyLoss(Criterion):
    """Softmax cross-entropy with integer labels.

    Args:
        logits: predicted, (..., C).
        labels: given, integers, (...).
        class_weights: given, (C,); optional.

    Formula, settings, errors and source: `isoloss.losses.classification.cross_entropy`.
    """

    spec = staticmethod(classification.cross_entropy)

    def __init__(
        self,
        *,
        label_smoothing: float = 0.0,
        ignore_index: int | None = None,
        class_weights: Any | None = None,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            label_smoothing=label_smoothing,
            ignore_index=ignore_index,
            class_weights=class_weights,
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class InfoNCELoss(Criterion):
    """InfoNCE: each query against its own key, the other rows' keys and any further negatives.

    Args:
        queries: predicted, (N, D).
        keys: predicted, (N, D).
        negatives: predicted, (M, D); optional.

    Formula, settings, errors and source: `isoloss.losses.contrastive.info_nce`.
    """

    spec = staticmethod(contrastive.info_nce)

    def __init__(
        self,
        *,
        temperature: float = 0.07,
        similarity: Literal["cosine", "dot"] = "cosine",
        decoupled: bool = False,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            temperature=temperature,
            similarity=similarity,
            decoupled=decoupled,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class SimCSELoss(Criterion):
    """Unsupervised SimCSE: rows 2k and 2k + 1 are two views of one sentence, all other rows are negatives.

    Args:
        embeddings: predicted, (2N, D).

    Formula, settings, errors and source: `isoloss.losses.contrastive.simcse`.
    """

    spec = staticmethod(contrastive.simcse)

    def __init__(
        self,
        *,
        temperature: float = 0.05,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            temperature=temperature,
            reduction=reduction,
            name=name,
        )
