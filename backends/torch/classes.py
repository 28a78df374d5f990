"""The losses as PyTorch modules, generated from the specs: edit those, then run `nox -s generate`."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from isoloss.adapter import Reduction
from isoloss.losses import classification, contrastive, regression
from isoloss.torch.criterion import Criterion
from isoloss.torch.functions import ArrayLike

__all__ = [
    "CrossEntropyLoss",
    "InfoNCELoss",
    "LogCoshLoss",
    "MSELoss",
    "RMSELoss",
    "SimCSELoss",
]


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
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            reduction=reduction,
        )

    def forward(
        self,
        predictions: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        return self.evaluate({"predictions": predictions, "targets": targets}, where, weights)


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
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            reduction=reduction,
        )

    def forward(
        self,
        predictions: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        return self.evaluate({"predictions": predictions, "targets": targets}, where, weights)


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
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            reduction=reduction,
        )

    def forward(
        self,
        predictions: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        return self.evaluate({"predictions": predictions, "targets": targets}, where, weights)


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
        class_weights: ArrayLike | None = None,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            label_smoothing=label_smoothing,
            ignore_index=ignore_index,
            class_weights=class_weights,
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        logits: ArrayLike,
        labels: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        return self.evaluate({"logits": logits, "labels": labels}, where, weights)


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
        temperature: float | Tensor = 0.07,
        similarity: Literal["cosine", "dot"] = "cosine",
        decoupled: bool = False,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            temperature=temperature,
            similarity=similarity,
            decoupled=decoupled,
            reduction=reduction,
        )

    def forward(
        self,
        queries: ArrayLike,
        keys: ArrayLike,
        negatives: ArrayLike | None = None,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        return self.evaluate({"queries": queries, "keys": keys, "negatives": negatives}, where, weights)


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
        temperature: float | Tensor = 0.05,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            temperature=temperature,
            reduction=reduction,
        )

    def forward(
        self,
        embeddings: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        return self.evaluate({"embeddings": embeddings}, where, weights)
