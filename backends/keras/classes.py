"""The losses as Keras losses, generated from the specs: edit those, then run `nox -s generate`."""

from __future__ import annotations

from typing import Any, Literal

import keras

from isoloss.keras.criterion import Criterion, Reduction
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

__all__ = [
    "BPRLoss",
    "BYOLLoss",
    "BarlowTwinsLoss",
    "BinaryCrossEntropyLoss",
    "BinaryCrossEntropyWithLogitsLoss",
    "BinaryFocalLoss",
    "BinarySparsemaxLoss",
    "CLIPLoss",
    "CategoricalFocalLoss",
    "CircleLoss",
    "CosineDistanceLoss",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "DCLLoss",
    "DiceLoss",
    "GaussianNLLLoss",
    "GeneralizedCrossEntropyLoss",
    "GeneralizedDiceLoss",
    "GeneralizedKLLoss",
    "HalfMSELoss",
    "HingeEmbeddingLoss",
    "HingeLoss",
    "HuberLoss",
    "InfoNCELoss",
    "JensenShannonLoss",
    "KLDivergenceLoss",
    "ListNetLoss",
    "LogCoshLoss",
    "MAELoss",
    "MAPELoss",
    "MSELoss",
    "MSLELoss",
    "MarginRankingLoss",
    "MultiLabelMarginLoss",
    "MultiLabelSoftMarginLoss",
    "MultiMarginLoss",
    "MulticlassHingeLoss",
    "MulticlassPerceptronLoss",
    "MulticlassSparsemaxLoss",
    "NLLLoss",
    "NPairsLoss",
    "NTXentLoss",
    "PerceptronLoss",
    "PoissonNLLLoss",
    "Poly1CrossEntropyLoss",
    "QuantileLoss",
    "RMSELoss",
    "SampleCorrelationLoss",
    "SigLIPLoss",
    "SimCSELoss",
    "SimSiamLoss",
    "SmoothL1Loss",
    "SoftCrossEntropyLoss",
    "SoftMarginLoss",
    "SoftmaxRankLoss",
    "SquaredHingeLoss",
    "SupConLoss",
    "SupervisedSimCSELoss",
    "TripletMarginLoss",
    "TverskyLoss",
    "VICRegLoss",
]


@keras.saving.register_keras_serializable(package="isoloss")
class MSELoss(Criterion):
    """Squared error.

    - y_true: targets, (...).
    - y_pred: predictions, (...).

    Args:
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.mse`.
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
class MAELoss(Criterion):
    """Absolute error.

    - y_true: targets, (...).
    - y_pred: predictions, (...).

    Args:
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.mae`.
    """

    spec = staticmethod(regression.mae)

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
class HuberLoss(Criterion):
    """Half the squared error up to delta, and a straight line of slope delta from there.

    - y_true: targets, (...).
    - y_pred: predictions, (...).

    Args:
        delta: greater than 0, where the line begins; a number or a scalar array.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.huber`.
    """

    spec = staticmethod(regression.huber)

    def __init__(
        self,
        *,
        delta: float = 1.0,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            delta=delta,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class RMSELoss(Criterion):
    """Root of the mean squared error: one number for the whole batch.

    - y_true: targets, (...).
    - y_pred: predictions, (...).

    Args:
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.rmse`.
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

    - y_true: targets, (...).
    - y_pred: predictions, (...).

    Args:
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.log_cosh`.
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
class HalfMSELoss(Criterion):
    """Half the squared error, whose slope is the error itself; Optax calls it l2_loss.

    - y_true: targets, (...).
    - y_pred: predictions, (...).

    Args:
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.half_mse`.
    """

    spec = staticmethod(regression.half_mse)

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
class SmoothL1Loss(Criterion):
    """Absolute error whose tip is a square: `huber` with delta=beta, divided by beta.

    - y_true: targets, (...).
    - y_pred: predictions, (...).

    Args:
        beta: at least 0, where the line begins; 0 makes it `mae`.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.smooth_l1`.
    """

    spec = staticmethod(regression.smooth_l1)

    def __init__(
        self,
        *,
        beta: float = 1.0,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            beta=beta,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class MAPELoss(Criterion):
    """Absolute error in percent of the target.

    - y_true: targets, (...).
    - y_pred: predictions, (...).

    Args:
        epsilon: greater than 0, what the size of a target counts for at least. The default is that of Keras, with which
            a target of 0 gives a billion percent for an error of 1: give the smallest target that means something.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.mape`.
    """

    spec = staticmethod(regression.mape)

    def __init__(
        self,
        *,
        epsilon: float = 1e-07,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            epsilon=epsilon,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class MSLELoss(Criterion):
    """Squared error of the logarithms of one more: it sees by which part of itself a number is off.

    - y_true: targets, (...).
    - y_pred: predictions, (...).

    Args:
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.msle`.
    """

    spec = staticmethod(regression.msle)

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
class QuantileLoss(Criterion):
    """Pinball loss, least where the prediction is that quantile of the targets.

    - y_true: targets, (...).
    - y_pred: predictions, (...).

    Args:
        quantile: between 0 and 1, a number or a scalar array: what a prediction that is too low costs for each unit;
            one that is too high costs the rest to 1. The default makes it half of `mae`. An array is known to the
            precision of its dtype, and the rest to 1 no better; so is a number in JAX, which traces it.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.quantile`.
    """

    spec = staticmethod(regression.quantile)

    def __init__(
        self,
        *,
        quantile: float = 0.5,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            quantile=quantile,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class CosineDistanceLoss(Criterion):
    """One less the cosine between two rows: 0 for one direction, 1 for a right angle, 2 for opposite ones.

    - y_true: targets, (..., D).
    - y_pred: predictions, (..., D).

    Args:
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.cosine_distance`.
    """

    spec = staticmethod(regression.cosine_distance)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class BinaryCrossEntropyLoss(Criterion):
    """Binary cross-entropy of probabilities; of logits, `binary_cross_entropy_with_logits` is the more accurate one.

    - y_true: targets, (...).
    - y_pred: probabilities, (...).

    Args:
        epsilon: at least 0, added inside each logarithm. The loss is then a little less than 0 at its best.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.classification.binary_cross_entropy`.
    """

    spec = staticmethod(classification.binary_cross_entropy)

    def __init__(
        self,
        *,
        epsilon: float = 0.0,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            epsilon=epsilon,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class BinaryCrossEntropyWithLogitsLoss(Criterion):
    """Binary cross-entropy of logits, right for confident predictions too.

    - y_true: targets, (...).
    - y_pred: logits, (...).

    Args:
        pos_weight: given, at least 0, what a target of 1 counts for beside one of 0: a number, or an array that
            broadcasts to the shape of logits, such as one number for each of (..., C). 1 without it. The mean does not
            divide by it, as in PyTorch.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.classification.binary_cross_entropy_with_logits`.
    """

    spec = staticmethod(classification.binary_cross_entropy_with_logits)

    def __init__(
        self,
        *,
        pos_weight: Any | None = None,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            pos_weight=pos_weight,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class CrossEntropyLoss(Criterion):
    """Softmax cross-entropy with integer labels.

    - y_true: labels, integers, (...).
    - y_pred: logits, (..., C).

    Args:
        label_smoothing: from 0 to 1, the part of the target spread evenly over all classes.
        ignore_index: a label whose rows give 0 and do not count, as if masked. PyTorch's is -100 by default.
        class_weights: given, (C,): each row's weight is that of its label. "mean" divides by the sum of these weights,
            as PyTorch does; the smoothed part of a row is weighed by the row's label too, where PyTorch weighs it class
            by class.
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.classification.cross_entropy`.
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
class SoftCrossEntropyLoss(Criterion):
    """Softmax cross-entropy with a target for each class.

    - y_true: targets, (..., C).
    - y_pred: logits, (..., C).

    Args:
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.classification.soft_cross_entropy`.
    """

    spec = staticmethod(classification.soft_cross_entropy)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class NLLLoss(Criterion):
    """Negative log-likelihood of integer labels; of logits, `cross_entropy` is the more accurate one.

    - y_true: labels, integers, (...).
    - y_pred: log_probabilities, (..., C).

    Args:
        ignore_index: a label whose rows give 0 and do not count, as if masked. PyTorch's is -100 by default.
        class_weights: given, (C,): each row's weight is that of its label. "mean" divides by the sum of these weights,
            as PyTorch does.
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.classification.nll`.
    """

    spec = staticmethod(classification.nll)

    def __init__(
        self,
        *,
        ignore_index: int | None = None,
        class_weights: Any | None = None,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            ignore_index=ignore_index,
            class_weights=class_weights,
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class BinaryFocalLoss(Criterion):
    """Focal loss of two classes: binary cross-entropy in which what is nearly right counts for little.

    - y_true: targets, (...).
    - y_pred: logits, (...).

    Args:
        gamma: at least 0, how quickly the sure ones fade; 0 gives `binary_cross_entropy_with_logits`.
        alpha: from 0 to 1, what a target of 1 counts for, and 1 - alpha one of 0. None counts both as 1, the default in
            Keras and Optax; torchvision's is 0.25, which the paper found best. The mean does not divide by it.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.modulated.binary_focal`.
    """

    spec = staticmethod(modulated.binary_focal)

    def __init__(
        self,
        *,
        gamma: float = 2.0,
        alpha: float | None = None,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            gamma=gamma,
            alpha=alpha,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class CategoricalFocalLoss(Criterion):
    """Focal loss of classes: softmax cross-entropy in which what is nearly right counts for little.

    - y_true: labels, integers, (...).
    - y_pred: logits, (..., C).

    Args:
        gamma: at least 0, how quickly the sure ones fade; 0 gives `cross_entropy`.
        alpha: given, (C,), what each class counts for: 1 without it, where Keras has 0.25 for all. The mean does not
            divide by it.
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.modulated.categorical_focal`.
    """

    spec = staticmethod(modulated.categorical_focal)

    def __init__(
        self,
        *,
        gamma: float = 2.0,
        alpha: Any | None = None,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            gamma=gamma,
            alpha=alpha,
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class Poly1CrossEntropyLoss(Criterion):
    """Softmax cross-entropy with another weight for the first term of its expansion in 1 - p.

    - y_true: labels, integers, (...).
    - y_pred: logits, (..., C).

    Args:
        epsilon: at least -1, which takes the first term away; 0 gives `cross_entropy`. The paper's choice for ImageNet,
            and Optax's default, is 2.
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.modulated.poly1_cross_entropy`.
    """

    spec = staticmethod(modulated.poly1_cross_entropy)

    def __init__(
        self,
        *,
        epsilon: float = 2.0,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            epsilon=epsilon,
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class GeneralizedCrossEntropyLoss(Criterion):
    """Generalised cross-entropy, which wrong labels mislead less: between cross-entropy and mean absolute error.

    - y_true: labels, integers, (...).
    - y_pred: logits, (..., C).

    Args:
        q: from 0, which gives `cross_entropy`, to 1, which gives 1 - p. The paper's is 0.7, Keras' 0.5.
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.modulated.generalized_cross_entropy`.
    """

    spec = staticmethod(modulated.generalized_cross_entropy)

    def __init__(
        self,
        *,
        q: float = 0.7,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            q=q,
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class BinarySparsemaxLoss(Criterion):
    """Sparsemax loss of two classes: a square near the target, a straight line far from it, 0 from a lead of 1.

    - y_true: targets, (...).
    - y_pred: logits, (...).

    Args:
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.sparsemax.binary_sparsemax`.
    """

    spec = staticmethod(sparsemax.binary_sparsemax)

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
class MulticlassSparsemaxLoss(Criterion):
    """Sparsemax loss with integer labels: 0 once the label leads all other classes by 1.

    - y_true: labels, integers, (...).
    - y_pred: logits, (..., C).

    Args:
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.sparsemax.multiclass_sparsemax`.
    """

    spec = staticmethod(sparsemax.multiclass_sparsemax)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class HingeLoss(Criterion):
    """By how much a score fails to lie on its side of 0 by 1.

    - y_true: targets, (...).
    - y_pred: scores, (...).

    Args:
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.hinge`.
    """

    spec = staticmethod(margins.hinge)

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
class SquaredHingeLoss(Criterion):
    """The square of the hinge loss, which has no kink.

    - y_true: targets, (...).
    - y_pred: scores, (...).

    Args:
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.squared_hinge`.
    """

    spec = staticmethod(margins.squared_hinge)

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
class PerceptronLoss(Criterion):
    """How far a score lies on the wrong side of 0.

    - y_true: targets, (...).
    - y_pred: scores, (...).

    Args:
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.perceptron`.
    """

    spec = staticmethod(margins.perceptron)

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
class SoftMarginLoss(Criterion):
    """Logistic loss: binary cross-entropy of logits, with targets of 1 and -1.

    - y_true: targets, (...).
    - y_pred: logits, (...).

    Args:
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.soft_margin`.
    """

    spec = staticmethod(margins.soft_margin)

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
class MulticlassHingeLoss(Criterion):
    """By how much the label's score fails to lead every other class by a margin.

    - y_true: labels, integers, (...).
    - y_pred: scores, (..., C).

    Args:
        margin: at least 0, the lead that is enough.
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.multiclass_hinge`.
    """

    spec = staticmethod(margins.multiclass_hinge)

    def __init__(
        self,
        *,
        margin: float = 1.0,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            margin=margin,
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class MulticlassPerceptronLoss(Criterion):
    """By how much the label's score trails the best: the multiclass hinge loss with margin 0.

    - y_true: labels, integers, (...).
    - y_pred: scores, (..., C).

    Args:
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.multiclass_perceptron`.
    """

    spec = staticmethod(margins.multiclass_perceptron)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class MultiMarginLoss(Criterion):
    """By how much the label's score fails to lead each of the other classes by a margin.

    - y_true: labels, integers, (...).
    - y_pred: scores, (..., C).

    Args:
        p: 1 or 2, the power.
        margin: at least 0, the lead that is enough.
        class_weights: given, (C,): each row's weight is that of its label. "mean" divides by the sum of these weights,
            where PyTorch divides by the number of rows.
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.multi_margin`.
    """

    spec = staticmethod(margins.multi_margin)

    def __init__(
        self,
        *,
        p: Literal[1, 2] = 1,
        margin: float = 1.0,
        class_weights: Any | None = None,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            p=p,
            margin=margin,
            class_weights=class_weights,
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class MultiLabelMarginLoss(Criterion):
    """By how much the scores of a row's classes fail to lead those of all others by 1.

    - y_true: targets, (..., C).
    - y_pred: scores, (..., C).

    Args:
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.multilabel_margin`.
    """

    spec = staticmethod(margins.multilabel_margin)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class MultiLabelSoftMarginLoss(Criterion):
    """The mean over classes of `binary_cross_entropy_with_logits`, each class being in or out by itself.

    - y_true: targets, (..., C).
    - y_pred: logits, (..., C).

    Args:
        class_weights: given, (C,), at least 0: w. The sum is divided by C whatever they are, as in PyTorch.
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.multilabel_soft_margin`.
    """

    spec = staticmethod(margins.multilabel_soft_margin)

    def __init__(
        self,
        *,
        class_weights: Any | None = None,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            class_weights=class_weights,
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class KLDivergenceLoss(Criterion):
    """Kullback-Leibler divergence of the targets' distribution from the predicted one.

    - y_true: targets, (..., C).
    - y_pred: log_probabilities, (..., C).

    Args:
        log_targets: whether targets, too, are logarithms of probabilities.
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.probability.kl_divergence`.
    """

    spec = staticmethod(probability.kl_divergence)

    def __init__(
        self,
        *,
        log_targets: bool = False,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            log_targets=log_targets,
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class JensenShannonLoss(Criterion):
    """Jensen-Shannon divergence: how far two distributions are from their mean. It is symmetric, and at most log 2.

    - y_true: targets, (..., C).
    - y_pred: log_probabilities, (..., C).

    Args:
        log_targets: whether targets, too, are logarithms of probabilities.
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.probability.jensen_shannon`.
    """

    spec = staticmethod(probability.jensen_shannon)

    def __init__(
        self,
        *,
        log_targets: bool = False,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            log_targets=log_targets,
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class GeneralizedKLLoss(Criterion):
    """Kullback-Leibler divergence of numbers that need not sum to 1: no class contributes less than 0.

    - y_true: targets, (..., C).
    - y_pred: log_predictions, (..., C).

    Args:
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.probability.generalized_kl`.
    """

    spec = staticmethod(probability.generalized_kl)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class PoissonNLLLoss(Criterion):
    """Negative log-likelihood of counts that follow a Poisson distribution of a predicted rate.

    - y_true: targets, (...).
    - y_pred: predictions, (...).

    Args:
        log_input: whether the predictions are logarithms, as PyTorch takes them; Keras takes rates.
        full: whether to add Stirling's approximation of log(targets!) for targets above 1: targets log(targets) -
            targets + log(2 pi targets) / 2.
        epsilon: at least 0, added to a rate inside the logarithm; 1e-8 in PyTorch, 1e-7 in Keras, with which small
            rates are wrong.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.probability.poisson_nll`.
    """

    spec = staticmethod(probability.poisson_nll)

    def __init__(
        self,
        *,
        log_input: bool = True,
        full: bool = False,
        epsilon: float = 0.0,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            log_input=log_input,
            full=full,
            epsilon=epsilon,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class GaussianNLLLoss(Criterion):
    """Negative log-likelihood of targets that follow a normal distribution of predicted mean and variance.

    - y_true: targets, (...).
    - y_pred: predictions, variances, (N, 2, ...): several arrays stand on axis 1.

    Args:
        full: whether to add log(2 pi) / 2.
        epsilon: greater than 0, what a variance counts for at least; the default is PyTorch's.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.probability.gaussian_nll`.
    """

    spec = staticmethod(probability.gaussian_nll)

    def __init__(
        self,
        *,
        full: bool = False,
        epsilon: float = 1e-06,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            full=full,
            epsilon=epsilon,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class MarginRankingLoss(Criterion):
    """By how much one score fails to lead another by a margin; the pairwise hinge loss with margin=1.

    - y_true: target (optional), (...).
    - y_pred: scores_a, scores_b, (N, 2, ...): several arrays stand on axis 1.

    Args:
        margin: at least 0, the lead that is enough.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.ranking.margin_ranking`.
    """

    spec = staticmethod(ranking.margin_ranking)

    def __init__(
        self,
        *,
        margin: float = 0.0,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            margin=margin,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class BPRLoss(Criterion):
    """Bayesian personalised ranking, which is also the pairwise logistic loss.

    - y_true: not looked at; None will do.
    - y_pred: positive_scores, negative_scores, (N, 2, ...): several arrays stand on axis 1.

    Args:
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.ranking.bpr`.
    """

    spec = staticmethod(ranking.bpr)

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
class ListNetLoss(Criterion):
    """ListNet: cross-entropy between the chances that each item of a list is the first, by relevance and by scores.

    - y_true: relevance, (..., L).
    - y_pred: scores, (..., L).

    Args:
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.ranking.listnet`.
    """

    spec = staticmethod(ranking.listnet)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class SoftmaxRankLoss(Criterion):
    """The softmax loss of a list: each item is looked for as often as its relevance says.

    - y_true: relevance, (..., L).
    - y_pred: scores, (..., L).

    Args:
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.ranking.softmax_rank`.
    """

    spec = staticmethod(ranking.softmax_rank)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class DiceLoss(Criterion):
    r"""Dice loss: the part of a prediction and a target that the two do not have in common.

    - y_true: targets, (..., P).
    - y_pred: probabilities, (..., P).

    Args:
        squared: whether the sum of $p_i + t_i$ is that of $p_i^2 + t_i^2$, as in the paper and in MONAI with
            squared_pred=True: the loss is then $\sum_i (p_i - t_i)^2$ by it, and 0 for targets between 0 and 1 that are
            met. Without it, as most libraries have it, such targets are best met by 0 and 1.
        smoothing: at least 0, in numerator and denominator. It is 1e-5 in MONAI, 0 in segmentation-models-pytorch and,
            as it counts here, 2 in Optax; Keras adds 1e-7 to the denominator alone.
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.segmentation.dice`.
    """

    spec = staticmethod(segmentation.dice)

    def __init__(
        self,
        *,
        squared: bool = False,
        smoothing: float = 0.0,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            squared=squared,
            smoothing=smoothing,
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class GeneralizedDiceLoss(Criterion):
    """Generalised Dice loss: one overlap of all classes, in which small ones count as much as large ones.

    - y_true: targets, (..., C, P).
    - y_pred: probabilities, (..., C, P).

    Args:
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.segmentation.generalized_dice`.
    """

    spec = staticmethod(segmentation.generalized_dice)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class TverskyLoss(Criterion):
    """Tversky loss: Dice loss that tells what is found and not there from what is there and not found.

    - y_true: targets, (..., P).
    - y_pred: probabilities, (..., P).

    Args:
        alpha: at least 0, what false positives count for. With the defaults it is `dice`, whose smoothing is twice this
            one's; the paper's best are 0.3 and 0.7. Keras up to 3.15.1 has alpha and beta exchanged.
        beta: at least 0, what false negatives count for.
        smoothing: at least 0, in numerator and denominator. It is 1e-5 in MONAI, 0 in segmentation-models-pytorch and 1
            in Optax' dice_loss; Keras adds 1e-7 to the denominator alone.
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.segmentation.tversky`.
    """

    spec = staticmethod(segmentation.tversky)

    def __init__(
        self,
        *,
        alpha: float = 0.5,
        beta: float = 0.5,
        smoothing: float = 0.0,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            alpha=alpha,
            beta=beta,
            smoothing=smoothing,
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class HingeEmbeddingLoss(Criterion):
    """A distance that should be small, or by how much it fails to reach a margin.

    - y_true: targets, (...).
    - y_pred: distances, (...).

    Args:
        margin: at least 0, the distance that is enough.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.hinge_embedding`.
    """

    spec = staticmethod(metric.hinge_embedding)

    def __init__(
        self,
        *,
        margin: float = 1.0,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            margin=margin,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class CosineEmbeddingLoss(Criterion):
    """How far the cosine of two embeddings lies below 1, or above a margin.

    - y_true: targets, (...).
    - y_pred: embeddings_a, embeddings_b, (N, 2, ..., D): several arrays stand on axis 1.

    Args:
        margin: from -1 to 1, the cosine that is small enough.
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.cosine_embedding`.
    """

    spec = staticmethod(metric.cosine_embedding)

    def __init__(
        self,
        *,
        margin: float = 0.0,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            margin=margin,
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class TripletMarginLoss(Criterion):
    """By how much an anchor's negative fails to be farther than its positive by a margin.

    - y_true: not looked at; None will do.
    - y_pred: anchors, positives, negatives, (N, 3, ..., D): several arrays stand on axis 1.

    Args:
        margin: at least 0, the lead that is enough.
        p: 1 for the sum of absolute differences, 2 for the Euclidean distance. PyTorch adds 1e-6 to every difference
            unless it is called with eps=0.
        swap: take the negative's distance to the positive where that is less than to the anchor.
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.triplet_margin`.
    """

    spec = staticmethod(metric.triplet_margin)

    def __init__(
        self,
        *,
        margin: float = 1.0,
        p: Literal[1, 2] = 2,
        swap: bool = False,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            margin=margin,
            p=p,
            swap=swap,
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class SimSiamLoss(Criterion):
    """SimSiam: minus the cosine of what one view predicts of another and what that is, which is held fast.

    - y_true: projections, (..., D).
    - y_pred: predictions, (..., D).

    Args:
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.simsiam`.
    """

    spec = staticmethod(metric.simsiam)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class BYOLLoss(Criterion):
    """BYOL: the squared distance of the directions of what one network predicts and what the other gives.

    - y_true: projections, (..., D).
    - y_pred: predictions, (..., D).

    Args:
        axis: the axis that rows lie along.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.byol`.
    """

    spec = staticmethod(metric.byol)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
            name=name,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class CircleLoss(Criterion):
    """Circle loss: a row's cosines to its label and to others, each pulled the harder the farther it is from its
        optimum.

    - y_true: labels, integers, (N,).
    - y_pred: embeddings, (N, D).

    Args:
        margin: from -1 to 1. The paper has 0.25 for faces and persons, 0.4 for fine-grained retrieval.
        gamma: greater than 0; a number. The paper has 256 for faces, 128 for persons and 80 for fine-grained retrieval.
            Keras and pytorch-metric-learning have 0.4 and 80, too.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.
        across_replicas: for workers that share a batch, see `isoloss.tensorflow.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.circle`.
    """

    spec = staticmethod(metric.circle)

    def __init__(
        self,
        *,
        margin: float = 0.4,
        gamma: float = 80.0,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
        across_replicas: bool = False,
    ) -> None:
        super().__init__(
            margin=margin,
            gamma=gamma,
            reduction=reduction,
            name=name,
            across_replicas=across_replicas,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class InfoNCELoss(Criterion):
    """InfoNCE: each query against its own key, the other rows' keys and any further negatives.

    - y_true: not looked at; None will do.
    - y_pred: queries, keys, negatives (optional), (N, 2 or 3, D): several arrays stand on axis 1.

    Args:
        temperature: greater than 0; a number.
        similarity: "cosine" or "dot".
        decoupled: leave the positive out of the sum (Yeh et al.). The loss can then be negative.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.
        across_replicas: for workers that share a batch, see `isoloss.tensorflow.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.info_nce`.
    """

    spec = staticmethod(contrastive.info_nce)

    def __init__(
        self,
        *,
        temperature: float = 0.07,
        similarity: Literal["cosine", "dot"] = "cosine",
        decoupled: bool = False,
        method: Literal["auto", "dense", "blocked"] = "auto",
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
        across_replicas: bool = False,
    ) -> None:
        super().__init__(
            temperature=temperature,
            similarity=similarity,
            decoupled=decoupled,
            method=method,
            reduction=reduction,
            name=name,
            across_replicas=across_replicas,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class CLIPLoss(Criterion):
    """The loss of CLIP: each image among all texts, and each text among all images.

    - y_true: not looked at; None will do.
    - y_pred: image_embeddings, text_embeddings, (N, 2, D): several arrays stand on axis 1.

    Args:
        temperature: greater than 0; a number.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.
        across_replicas: for workers that share a batch, see `isoloss.tensorflow.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.clip`.
    """

    spec = staticmethod(contrastive.clip)

    def __init__(
        self,
        *,
        temperature: float = 0.07,
        method: Literal["auto", "dense", "blocked"] = "auto",
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
        across_replicas: bool = False,
    ) -> None:
        super().__init__(
            temperature=temperature,
            method=method,
            reduction=reduction,
            name=name,
            across_replicas=across_replicas,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class SimCSELoss(Criterion):
    """Unsupervised SimCSE: rows 2k and 2k + 1 are two views of one sentence, all other rows are negatives.

    - y_true: not looked at; None will do.
    - y_pred: embeddings, (N, 2, D): the views of a sample stand on axis 1.

    Args:
        temperature: greater than 0; a number.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.
        across_replicas: for workers that share a batch, see `isoloss.tensorflow.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.simcse`.
    """

    spec = staticmethod(contrastive.simcse)

    def __init__(
        self,
        *,
        temperature: float = 0.05,
        method: Literal["auto", "dense", "blocked"] = "auto",
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
        across_replicas: bool = False,
    ) -> None:
        super().__init__(
            temperature=temperature,
            method=method,
            reduction=reduction,
            name=name,
            across_replicas=across_replicas,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class SupervisedSimCSELoss(Criterion):
    """Supervised SimCSE: rows 3k, 3k + 1 and 3k + 2 are a sentence, one it entails and one it contradicts.

    - y_true: not looked at; None will do.
    - y_pred: embeddings, (N, 3, D): the views of a sample stand on axis 1.

    Args:
        temperature: greater than 0; a number.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.
        across_replicas: for workers that share a batch, see `isoloss.tensorflow.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.supervised_simcse`.
    """

    spec = staticmethod(contrastive.supervised_simcse)

    def __init__(
        self,
        *,
        temperature: float = 0.05,
        method: Literal["auto", "dense", "blocked"] = "auto",
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
        across_replicas: bool = False,
    ) -> None:
        super().__init__(
            temperature=temperature,
            method=method,
            reduction=reduction,
            name=name,
            across_replicas=across_replicas,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class NTXentLoss(Criterion):
    """NT-Xent, the loss of SimCLR: rows i and i + N are two views of sample i, rows of other samples are negatives.

    - y_true: not looked at; None will do.
    - y_pred: embeddings, (N, views, D): the views of a sample stand on axis 1.

    Args:
        temperature: greater than 0; a number.
        views: at least 2, how many there are of each sample.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.
        across_replicas: for workers that share a batch, see `isoloss.tensorflow.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.nt_xent`.
    """

    spec = staticmethod(contrastive.nt_xent)

    def __init__(
        self,
        *,
        temperature: float = 0.5,
        views: int = 2,
        method: Literal["auto", "dense", "blocked"] = "auto",
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
        across_replicas: bool = False,
    ) -> None:
        super().__init__(
            temperature=temperature,
            views=views,
            method=method,
            reduction=reduction,
            name=name,
            across_replicas=across_replicas,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class DCLLoss(Criterion):
    """Decoupled contrastive learning: `nt_xent` without the positive in the sum, so that small batches learn as well.

    - y_true: not looked at; None will do.
    - y_pred: embeddings, (N, views, D): the views of a sample stand on axis 1.

    Args:
        temperature: greater than 0; a number.
        views: at least 2, how many there are of each sample.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.
        across_replicas: for workers that share a batch, see `isoloss.tensorflow.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.dcl`.
    """

    spec = staticmethod(contrastive.dcl)

    def __init__(
        self,
        *,
        temperature: float = 0.1,
        views: int = 2,
        method: Literal["auto", "dense", "blocked"] = "auto",
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
        across_replicas: bool = False,
    ) -> None:
        super().__init__(
            temperature=temperature,
            views=views,
            method=method,
            reduction=reduction,
            name=name,
            across_replicas=across_replicas,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class SupConLoss(Criterion):
    """Supervised contrastive loss: each row's positives are the other rows of its label, all of them in the sum.

    - y_true: labels, integers, (N,).
    - y_pred: embeddings, (N, D).

    Args:
        temperature: greater than 0; a number.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.
        across_replicas: for workers that share a batch, see `isoloss.tensorflow.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.sup_con`.
    """

    spec = staticmethod(contrastive.sup_con)

    def __init__(
        self,
        *,
        temperature: float = 0.1,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
        across_replicas: bool = False,
    ) -> None:
        super().__init__(
            temperature=temperature,
            reduction=reduction,
            name=name,
            across_replicas=across_replicas,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class SigLIPLoss(Criterion):
    """The loss of SigLIP: of each image and each text by itself, whether they belong together.

    - y_true: not looked at; None will do.
    - y_pred: image_embeddings, text_embeddings, (N, 2, D): several arrays stand on axis 1.

    Args:
        scale: greater than 0; a number.
        bias: a number.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.
        across_replicas: for workers that share a batch, see `isoloss.tensorflow.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.siglip`.
    """

    spec = staticmethod(contrastive.siglip)

    def __init__(
        self,
        *,
        scale: float = 10.0,
        bias: float = -10.0,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
        across_replicas: bool = False,
    ) -> None:
        super().__init__(
            scale=scale,
            bias=bias,
            reduction=reduction,
            name=name,
            across_replicas=across_replicas,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class NPairsLoss(Criterion):
    """Multi-class N-pair loss: each anchor's own positive against those of all other anchors.

    - y_true: not looked at; None will do.
    - y_pred: anchors, positives, (N, 2, D): several arrays stand on axis 1.

    Args:
        temperature: greater than 0; a number.
        similarity: "dot", as in the paper, or "cosine".
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.
        across_replicas: for workers that share a batch, see `isoloss.tensorflow.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.npairs`.
    """

    spec = staticmethod(contrastive.npairs)

    def __init__(
        self,
        *,
        temperature: float = 1.0,
        similarity: Literal["cosine", "dot"] = "dot",
        method: Literal["auto", "dense", "blocked"] = "auto",
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
        across_replicas: bool = False,
    ) -> None:
        super().__init__(
            temperature=temperature,
            similarity=similarity,
            method=method,
            reduction=reduction,
            name=name,
            across_replicas=across_replicas,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class BarlowTwinsLoss(Criterion):
    """Barlow Twins: each feature agrees with itself across two views and with no other feature.

    - y_true: not looked at; None will do.
    - y_pred: embeddings_a, embeddings_b, (N, 2, D): several arrays stand on axis 1.

    Args:
        off_diagonal_weight: at least 0.
        scale: greater than 0, a factor of the whole; a number.
        epsilon: at least 0.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.
        across_replicas: for workers that share a batch, see `isoloss.tensorflow.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.correlation.barlow_twins`.
    """

    spec = staticmethod(correlation.barlow_twins)

    def __init__(
        self,
        *,
        off_diagonal_weight: float = 0.005,
        scale: float = 1.0,
        epsilon: float = 1e-05,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
        across_replicas: bool = False,
    ) -> None:
        super().__init__(
            off_diagonal_weight=off_diagonal_weight,
            scale=scale,
            epsilon=epsilon,
            reduction=reduction,
            name=name,
            across_replicas=across_replicas,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class SampleCorrelationLoss(Criterion):
    """Barlow Twins turned round: each sample agrees with itself across two views and with no other sample.

    - y_true: not looked at; None will do.
    - y_pred: embeddings_a, embeddings_b, (N, 2, D): several arrays stand on axis 1.

    Args:
        off_diagonal_weight: at least 0.
        scale: greater than 0, a factor of the whole; a number.
        epsilon: at least 0.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.
        across_replicas: for workers that share a batch, see `isoloss.tensorflow.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.correlation.sample_correlation`.
    """

    spec = staticmethod(correlation.sample_correlation)

    def __init__(
        self,
        *,
        off_diagonal_weight: float = 0.005,
        scale: float = 0.025,
        epsilon: float = 1e-05,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
        across_replicas: bool = False,
    ) -> None:
        super().__init__(
            off_diagonal_weight=off_diagonal_weight,
            scale=scale,
            epsilon=epsilon,
            reduction=reduction,
            name=name,
            across_replicas=across_replicas,
        )


@keras.saving.register_keras_serializable(package="isoloss")
class VICRegLoss(Criterion):
    """VICReg: two views agree, each feature of each varies, and no two features of one vary together.

    - y_true: not looked at; None will do.
    - y_pred: embeddings_a, embeddings_b, (N, 2, D): several arrays stand on axis 1.

    Args:
        invariance_weight: at least 0. The distance is a mean over D, too, as in the authors' code; the paper's equation
            has the sum, with which D times this is meant.
        variance_weight: at least 0, of the mean of both views, as in the authors' code, Lightly and pytorch-metric-
            learning. The paper's equation and solo-learn have the sum: twice this, such as 50.
        covariance_weight: at least 0.
        epsilon: at least 0, added to a variance before its root is taken.
        reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says.
        name: of the loss, in Keras' logs.
        across_replicas: for workers that share a batch, see `isoloss.tensorflow.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.correlation.vicreg`.
    """

    spec = staticmethod(correlation.vicreg)

    def __init__(
        self,
        *,
        invariance_weight: float = 25.0,
        variance_weight: float = 25.0,
        covariance_weight: float = 1.0,
        epsilon: float = 0.0001,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
        across_replicas: bool = False,
    ) -> None:
        super().__init__(
            invariance_weight=invariance_weight,
            variance_weight=variance_weight,
            covariance_weight=covariance_weight,
            epsilon=epsilon,
            reduction=reduction,
            name=name,
            across_replicas=across_replicas,
        )
