"""The losses as PyTorch modules, generated from the specs: edit those, then run `nox -s generate`."""

from __future__ import annotations

from typing import Literal

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
from isoloss.torch.collective import Group
from isoloss.torch.criterion import Criterion
from isoloss.torch.functions import ArrayLike

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


class MSELoss(Criterion):
    """Squared error.

    Args:
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.mse`.
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
        """The loss.

        Args:
            predictions: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"predictions": predictions, "targets": targets}, where, weights)


class MAELoss(Criterion):
    """Absolute error.

    Args:
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.mae`.
    """

    spec = staticmethod(regression.mae)

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
        """The loss.

        Args:
            predictions: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"predictions": predictions, "targets": targets}, where, weights)


class HuberLoss(Criterion):
    """Half the squared error up to delta, and a straight line of slope delta from there.

    Args:
        delta: greater than 0, where the line begins; a number or a scalar array.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.huber`.
    """

    spec = staticmethod(regression.huber)

    def __init__(
        self,
        *,
        delta: float | Tensor = 1.0,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            delta=delta,
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
        """The loss.

        Args:
            predictions: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"predictions": predictions, "targets": targets}, where, weights)


class RMSELoss(Criterion):
    """Root of the mean squared error: one number for the whole batch.

    Args:
        reduction: "mean" and nothing else.

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.rmse`.
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
        """The loss.

        Args:
            predictions: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the elements or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"predictions": predictions, "targets": targets}, where, weights)


class LogCoshLoss(Criterion):
    """Logarithm of the hyperbolic cosine of the error: a square near 0, an absolute value far from it.

    Args:
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.log_cosh`.
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
        """The loss.

        Args:
            predictions: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"predictions": predictions, "targets": targets}, where, weights)


class HalfMSELoss(Criterion):
    """Half the squared error, whose slope is the error itself; Optax calls it l2_loss.

    Args:
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.half_mse`.
    """

    spec = staticmethod(regression.half_mse)

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
        """The loss.

        Args:
            predictions: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"predictions": predictions, "targets": targets}, where, weights)


class SmoothL1Loss(Criterion):
    """Absolute error whose tip is a square: `huber` with delta=beta, divided by beta.

    Args:
        beta: at least 0, where the line begins; 0 makes it `mae`.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.smooth_l1`.
    """

    spec = staticmethod(regression.smooth_l1)

    def __init__(
        self,
        *,
        beta: float = 1.0,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            beta=beta,
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
        """The loss.

        Args:
            predictions: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"predictions": predictions, "targets": targets}, where, weights)


class MAPELoss(Criterion):
    """Absolute error in percent of the target.

    Args:
        epsilon: greater than 0, what the size of a target counts for at least. The default is that of Keras, with which
            a target of 0 gives a billion percent for an error of 1: give the smallest target that means something.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.mape`.
    """

    spec = staticmethod(regression.mape)

    def __init__(
        self,
        *,
        epsilon: float = 1e-07,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            epsilon=epsilon,
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
        """The loss.

        Args:
            predictions: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"predictions": predictions, "targets": targets}, where, weights)


class MSLELoss(Criterion):
    """Squared error of the logarithms of one more: it sees by which part of itself a number is off.

    Args:
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.msle`.
    """

    spec = staticmethod(regression.msle)

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
        """The loss.

        Args:
            predictions: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"predictions": predictions, "targets": targets}, where, weights)


class QuantileLoss(Criterion):
    """Pinball loss, least where the prediction is that quantile of the targets.

    Args:
        quantile: between 0 and 1, a number or a scalar array: what a prediction that is too low costs for each unit;
            one that is too high costs the rest to 1. The default makes it half of `mae`. An array is known to the
            precision of its dtype, and the rest to 1 no better; so is a number in JAX, which traces it.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.quantile`.
    """

    spec = staticmethod(regression.quantile)

    def __init__(
        self,
        *,
        quantile: float | Tensor = 0.5,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            quantile=quantile,
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
        """The loss.

        Args:
            predictions: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"predictions": predictions, "targets": targets}, where, weights)


class CosineDistanceLoss(Criterion):
    """One less the cosine between two rows: 0 for one direction, 1 for a right angle, 2 for opposite ones.

    Args:
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.regression.cosine_distance`.
    """

    spec = staticmethod(regression.cosine_distance)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            axis=axis,
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
        """The loss.

        Args:
            predictions: predicted, (..., D).
            targets: given, (..., D).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"predictions": predictions, "targets": targets}, where, weights)


class BinaryCrossEntropyLoss(Criterion):
    """Binary cross-entropy of probabilities; of logits, `binary_cross_entropy_with_logits` is the more accurate one.

    Args:
        epsilon: at least 0, added inside each logarithm. The loss is then a little less than 0 at its best.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.classification.binary_cross_entropy`.
    """

    spec = staticmethod(classification.binary_cross_entropy)

    def __init__(
        self,
        *,
        epsilon: float = 0.0,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            epsilon=epsilon,
            reduction=reduction,
        )

    def forward(
        self,
        probabilities: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            probabilities: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"probabilities": probabilities, "targets": targets}, where, weights)


class BinaryCrossEntropyWithLogitsLoss(Criterion):
    """Binary cross-entropy of logits, right for confident predictions too.

    Args:
        pos_weight: given, at least 0, what a target of 1 counts for beside one of 0: a number, or an array that
            broadcasts to the shape of logits, such as one number for each of (..., C). 1 without it. The mean does not
            divide by it, as in PyTorch.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.classification.binary_cross_entropy_with_logits`.
    """

    spec = staticmethod(classification.binary_cross_entropy_with_logits)

    def __init__(
        self,
        *,
        pos_weight: ArrayLike | None = None,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            pos_weight=pos_weight,
            reduction=reduction,
        )

    def forward(
        self,
        logits: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            logits: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"logits": logits, "targets": targets}, where, weights)


class CrossEntropyLoss(Criterion):
    """Softmax cross-entropy with integer labels.

    Args:
        label_smoothing: from 0 to 1, the part of the target spread evenly over all classes.
        ignore_index: a label whose rows give 0 and do not count, as if masked. PyTorch's is -100 by default.
        class_weights: given, (C,): each row's weight is that of its label. "mean" divides by the sum of these weights,
            as PyTorch does; the smoothed part of a row is weighed by the row's label too, where PyTorch weighs it class
            by class.
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.classification.cross_entropy`.
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
        """The loss.

        Args:
            logits: predicted, (..., C).
            labels: given, integers, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"logits": logits, "labels": labels}, where, weights)


class SoftCrossEntropyLoss(Criterion):
    """Softmax cross-entropy with a target for each class.

    Args:
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.classification.soft_cross_entropy`.
    """

    spec = staticmethod(classification.soft_cross_entropy)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        logits: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            logits: predicted, (..., C).
            targets: given, (..., C).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"logits": logits, "targets": targets}, where, weights)


class NLLLoss(Criterion):
    """Negative log-likelihood of integer labels; of logits, `cross_entropy` is the more accurate one.

    Args:
        ignore_index: a label whose rows give 0 and do not count, as if masked. PyTorch's is -100 by default.
        class_weights: given, (C,): each row's weight is that of its label. "mean" divides by the sum of these weights,
            as PyTorch does.
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.classification.nll`.
    """

    spec = staticmethod(classification.nll)

    def __init__(
        self,
        *,
        ignore_index: int | None = None,
        class_weights: ArrayLike | None = None,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            ignore_index=ignore_index,
            class_weights=class_weights,
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        log_probabilities: ArrayLike,
        labels: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            log_probabilities: predicted, (..., C).
            labels: given, integers, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"log_probabilities": log_probabilities, "labels": labels}, where, weights)


class BinaryFocalLoss(Criterion):
    """Focal loss of two classes: binary cross-entropy in which what is nearly right counts for little.

    Args:
        gamma: at least 0, how quickly the sure ones fade; 0 gives `binary_cross_entropy_with_logits`.
        alpha: from 0 to 1, what a target of 1 counts for, and 1 - alpha one of 0. None counts both as 1, the default in
            Keras and Optax; torchvision's is 0.25, which the paper found best. The mean does not divide by it.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.modulated.binary_focal`.
    """

    spec = staticmethod(modulated.binary_focal)

    def __init__(
        self,
        *,
        gamma: float = 2.0,
        alpha: float | None = None,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            gamma=gamma,
            alpha=alpha,
            reduction=reduction,
        )

    def forward(
        self,
        logits: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            logits: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"logits": logits, "targets": targets}, where, weights)


class CategoricalFocalLoss(Criterion):
    """Focal loss of classes: softmax cross-entropy in which what is nearly right counts for little.

    Args:
        gamma: at least 0, how quickly the sure ones fade; 0 gives `cross_entropy`.
        alpha: given, (C,), what each class counts for: 1 without it, where Keras has 0.25 for all. The mean does not
            divide by it.
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.modulated.categorical_focal`.
    """

    spec = staticmethod(modulated.categorical_focal)

    def __init__(
        self,
        *,
        gamma: float = 2.0,
        alpha: ArrayLike | None = None,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            gamma=gamma,
            alpha=alpha,
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
        """The loss.

        Args:
            logits: predicted, (..., C).
            labels: given, integers, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"logits": logits, "labels": labels}, where, weights)


class Poly1CrossEntropyLoss(Criterion):
    """Softmax cross-entropy with another weight for the first term of its expansion in 1 - p.

    Args:
        epsilon: at least -1, which takes the first term away; 0 gives `cross_entropy`. The paper's choice for ImageNet,
            and Optax's default, is 2.
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.modulated.poly1_cross_entropy`.
    """

    spec = staticmethod(modulated.poly1_cross_entropy)

    def __init__(
        self,
        *,
        epsilon: float = 2.0,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            epsilon=epsilon,
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
        """The loss.

        Args:
            logits: predicted, (..., C).
            labels: given, integers, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"logits": logits, "labels": labels}, where, weights)


class GeneralizedCrossEntropyLoss(Criterion):
    """Generalised cross-entropy, which wrong labels mislead less: between cross-entropy and mean absolute error.

    Args:
        q: from 0, which gives `cross_entropy`, to 1, which gives 1 - p. The paper's is 0.7, Keras' 0.5.
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.modulated.generalized_cross_entropy`.
    """

    spec = staticmethod(modulated.generalized_cross_entropy)

    def __init__(
        self,
        *,
        q: float = 0.7,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            q=q,
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
        """The loss.

        Args:
            logits: predicted, (..., C).
            labels: given, integers, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"logits": logits, "labels": labels}, where, weights)


class BinarySparsemaxLoss(Criterion):
    """Sparsemax loss of two classes: a square near the target, a straight line far from it, 0 from a lead of 1.

    Args:
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.sparsemax.binary_sparsemax`.
    """

    spec = staticmethod(sparsemax.binary_sparsemax)

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
        logits: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            logits: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"logits": logits, "targets": targets}, where, weights)


class MulticlassSparsemaxLoss(Criterion):
    """Sparsemax loss with integer labels: 0 once the label leads all other classes by 1.

    Args:
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.sparsemax.multiclass_sparsemax`.
    """

    spec = staticmethod(sparsemax.multiclass_sparsemax)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
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
        """The loss.

        Args:
            logits: predicted, (..., C).
            labels: given, integers, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"logits": logits, "labels": labels}, where, weights)


class HingeLoss(Criterion):
    """By how much a score fails to lie on its side of 0 by 1.

    Args:
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.hinge`.
    """

    spec = staticmethod(margins.hinge)

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
        scores: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            scores: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"scores": scores, "targets": targets}, where, weights)


class SquaredHingeLoss(Criterion):
    """The square of the hinge loss, which has no kink.

    Args:
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.squared_hinge`.
    """

    spec = staticmethod(margins.squared_hinge)

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
        scores: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            scores: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"scores": scores, "targets": targets}, where, weights)


class PerceptronLoss(Criterion):
    """How far a score lies on the wrong side of 0.

    Args:
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.perceptron`.
    """

    spec = staticmethod(margins.perceptron)

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
        scores: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            scores: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"scores": scores, "targets": targets}, where, weights)


class SoftMarginLoss(Criterion):
    """Logistic loss: binary cross-entropy of logits, with targets of 1 and -1.

    Args:
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.soft_margin`.
    """

    spec = staticmethod(margins.soft_margin)

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
        logits: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            logits: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"logits": logits, "targets": targets}, where, weights)


class MulticlassHingeLoss(Criterion):
    """By how much the label's score fails to lead every other class by a margin.

    Args:
        margin: at least 0, the lead that is enough.
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.multiclass_hinge`.
    """

    spec = staticmethod(margins.multiclass_hinge)

    def __init__(
        self,
        *,
        margin: float = 1.0,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            margin=margin,
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        scores: ArrayLike,
        labels: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            scores: predicted, (..., C).
            labels: given, integers, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"scores": scores, "labels": labels}, where, weights)


class MulticlassPerceptronLoss(Criterion):
    """By how much the label's score trails the best: the multiclass hinge loss with margin 0.

    Args:
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.multiclass_perceptron`.
    """

    spec = staticmethod(margins.multiclass_perceptron)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        scores: ArrayLike,
        labels: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            scores: predicted, (..., C).
            labels: given, integers, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"scores": scores, "labels": labels}, where, weights)


class MultiMarginLoss(Criterion):
    """By how much the label's score fails to lead each of the other classes by a margin.

    Args:
        p: 1 or 2, the power.
        margin: at least 0, the lead that is enough.
        class_weights: given, (C,): each row's weight is that of its label. "mean" divides by the sum of these weights,
            where PyTorch divides by the number of rows.
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.multi_margin`.
    """

    spec = staticmethod(margins.multi_margin)

    def __init__(
        self,
        *,
        p: Literal[1, 2] = 1,
        margin: float = 1.0,
        class_weights: ArrayLike | None = None,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            p=p,
            margin=margin,
            class_weights=class_weights,
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        scores: ArrayLike,
        labels: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            scores: predicted, (..., C).
            labels: given, integers, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"scores": scores, "labels": labels}, where, weights)


class MultiLabelMarginLoss(Criterion):
    """By how much the scores of a row's classes fail to lead those of all others by 1.

    Args:
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.multilabel_margin`.
    """

    spec = staticmethod(margins.multilabel_margin)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        scores: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            scores: predicted, (..., C).
            targets: given, (..., C).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"scores": scores, "targets": targets}, where, weights)


class MultiLabelSoftMarginLoss(Criterion):
    """The mean over classes of `binary_cross_entropy_with_logits`, each class being in or out by itself.

    Args:
        class_weights: given, (C,), at least 0: w. The sum is divided by C whatever they are, as in PyTorch.
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.margins.multilabel_soft_margin`.
    """

    spec = staticmethod(margins.multilabel_soft_margin)

    def __init__(
        self,
        *,
        class_weights: ArrayLike | None = None,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            class_weights=class_weights,
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        logits: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            logits: predicted, (..., C).
            targets: given, (..., C).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"logits": logits, "targets": targets}, where, weights)


class KLDivergenceLoss(Criterion):
    """Kullback-Leibler divergence of the targets' distribution from the predicted one.

    Args:
        log_targets: whether targets, too, are logarithms of probabilities.
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.probability.kl_divergence`.
    """

    spec = staticmethod(probability.kl_divergence)

    def __init__(
        self,
        *,
        log_targets: bool = False,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            log_targets=log_targets,
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        log_probabilities: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            log_probabilities: predicted, (..., C).
            targets: given, (..., C).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"log_probabilities": log_probabilities, "targets": targets}, where, weights)


class JensenShannonLoss(Criterion):
    """Jensen-Shannon divergence: how far two distributions are from their mean. It is symmetric, and at most log 2.

    Args:
        log_targets: whether targets, too, are logarithms of probabilities.
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.probability.jensen_shannon`.
    """

    spec = staticmethod(probability.jensen_shannon)

    def __init__(
        self,
        *,
        log_targets: bool = False,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            log_targets=log_targets,
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        log_probabilities: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            log_probabilities: predicted, (..., C).
            targets: given, (..., C).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"log_probabilities": log_probabilities, "targets": targets}, where, weights)


class GeneralizedKLLoss(Criterion):
    """Kullback-Leibler divergence of numbers that need not sum to 1: no class contributes less than 0.

    Args:
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.probability.generalized_kl`.
    """

    spec = staticmethod(probability.generalized_kl)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        log_predictions: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            log_predictions: predicted, (..., C).
            targets: given, (..., C).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"log_predictions": log_predictions, "targets": targets}, where, weights)


class PoissonNLLLoss(Criterion):
    """Negative log-likelihood of counts that follow a Poisson distribution of a predicted rate.

    Args:
        log_input: whether the predictions are logarithms, as PyTorch takes them; Keras takes rates.
        full: whether to add Stirling's approximation of log(targets!) for targets above 1: targets log(targets) -
            targets + log(2 pi targets) / 2.
        epsilon: at least 0, added to a rate inside the logarithm; 1e-8 in PyTorch, 1e-7 in Keras, with which small
            rates are wrong.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.probability.poisson_nll`.
    """

    spec = staticmethod(probability.poisson_nll)

    def __init__(
        self,
        *,
        log_input: bool = True,
        full: bool = False,
        epsilon: float = 0.0,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            log_input=log_input,
            full=full,
            epsilon=epsilon,
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
        """The loss.

        Args:
            predictions: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"predictions": predictions, "targets": targets}, where, weights)


class GaussianNLLLoss(Criterion):
    """Negative log-likelihood of targets that follow a normal distribution of predicted mean and variance.

    Args:
        full: whether to add log(2 pi) / 2.
        epsilon: greater than 0, what a variance counts for at least; the default is PyTorch's.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.probability.gaussian_nll`.
    """

    spec = staticmethod(probability.gaussian_nll)

    def __init__(
        self,
        *,
        full: bool = False,
        epsilon: float = 1e-06,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            full=full,
            epsilon=epsilon,
            reduction=reduction,
        )

    def forward(
        self,
        predictions: ArrayLike,
        targets: ArrayLike,
        variances: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            predictions: predicted, (...).
            targets: given, (...).
            variances: predicted, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"predictions": predictions, "targets": targets, "variances": variances}, where, weights)


class MarginRankingLoss(Criterion):
    """By how much one score fails to lead another by a margin; the pairwise hinge loss with margin=1.

    Args:
        margin: at least 0, the lead that is enough.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.ranking.margin_ranking`.
    """

    spec = staticmethod(ranking.margin_ranking)

    def __init__(
        self,
        *,
        margin: float = 0.0,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            margin=margin,
            reduction=reduction,
        )

    def forward(
        self,
        scores_a: ArrayLike,
        scores_b: ArrayLike,
        target: ArrayLike | None = None,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            scores_a: predicted, (...).
            scores_b: predicted, (...).
            target: given, (...); optional.
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"scores_a": scores_a, "scores_b": scores_b, "target": target}, where, weights)


class BPRLoss(Criterion):
    """Bayesian personalised ranking, which is also the pairwise logistic loss.

    Args:
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.ranking.bpr`.
    """

    spec = staticmethod(ranking.bpr)

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
        positive_scores: ArrayLike,
        negative_scores: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            positive_scores: predicted, (...).
            negative_scores: predicted, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"positive_scores": positive_scores, "negative_scores": negative_scores}, where, weights)


class ListNetLoss(Criterion):
    """ListNet: cross-entropy between the chances that each item of a list is the first, by relevance and by scores.

    Args:
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.ranking.listnet`.
    """

    spec = staticmethod(ranking.listnet)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        scores: ArrayLike,
        relevance: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            scores: predicted, (..., L).
            relevance: given, (..., L).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"scores": scores, "relevance": relevance}, where, weights)


class SoftmaxRankLoss(Criterion):
    """The softmax loss of a list: each item is looked for as often as its relevance says.

    Args:
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.ranking.softmax_rank`.
    """

    spec = staticmethod(ranking.softmax_rank)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        scores: ArrayLike,
        relevance: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            scores: predicted, (..., L).
            relevance: given, (..., L).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"scores": scores, "relevance": relevance}, where, weights)


class DiceLoss(Criterion):
    r"""Dice loss: the part of a prediction and a target that the two do not have in common.

    Args:
        squared: whether the sum of $p_i + t_i$ is that of $p_i^2 + t_i^2$, as in the paper and in MONAI with
            squared_pred=True: the loss is then $\sum_i (p_i - t_i)^2$ by it, and 0 for targets between 0 and 1 that are
            met. Without it, as most libraries have it, such targets are best met by 0 and 1.
        smoothing: at least 0, in numerator and denominator. It is 1e-5 in MONAI, 0 in segmentation-models-pytorch and,
            as it counts here, 2 in Optax; Keras adds 1e-7 to the denominator alone.
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.segmentation.dice`.
    """

    spec = staticmethod(segmentation.dice)

    def __init__(
        self,
        *,
        squared: bool = False,
        smoothing: float = 0.0,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            squared=squared,
            smoothing=smoothing,
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        probabilities: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            probabilities: predicted, (..., P).
            targets: given, (..., P).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"probabilities": probabilities, "targets": targets}, where, weights)


class GeneralizedDiceLoss(Criterion):
    """Generalised Dice loss: one overlap of all classes, in which small ones count as much as large ones.

    Args:
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.segmentation.generalized_dice`.
    """

    spec = staticmethod(segmentation.generalized_dice)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        probabilities: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            probabilities: predicted, (..., C, P).
            targets: given, (..., C, P).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"probabilities": probabilities, "targets": targets}, where, weights)


class TverskyLoss(Criterion):
    """Tversky loss: Dice loss that tells what is found and not there from what is there and not found.

    Args:
        alpha: at least 0, what false positives count for. With the defaults it is `dice`, whose smoothing is twice this
            one's; the paper's best are 0.3 and 0.7. Keras up to 3.15.1 has alpha and beta exchanged.
        beta: at least 0, what false negatives count for.
        smoothing: at least 0, in numerator and denominator. It is 1e-5 in MONAI, 0 in segmentation-models-pytorch and 1
            in Optax' dice_loss; Keras adds 1e-7 to the denominator alone.
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

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
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            alpha=alpha,
            beta=beta,
            smoothing=smoothing,
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        probabilities: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            probabilities: predicted, (..., P).
            targets: given, (..., P).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"probabilities": probabilities, "targets": targets}, where, weights)


class HingeEmbeddingLoss(Criterion):
    """A distance that should be small, or by how much it fails to reach a margin.

    Args:
        margin: at least 0, the distance that is enough.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.hinge_embedding`.
    """

    spec = staticmethod(metric.hinge_embedding)

    def __init__(
        self,
        *,
        margin: float = 1.0,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            margin=margin,
            reduction=reduction,
        )

    def forward(
        self,
        distances: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            distances: predicted, (...).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"distances": distances, "targets": targets}, where, weights)


class CosineEmbeddingLoss(Criterion):
    """How far the cosine of two embeddings lies below 1, or above a margin.

    Args:
        margin: from -1 to 1, the cosine that is small enough.
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.cosine_embedding`.
    """

    spec = staticmethod(metric.cosine_embedding)

    def __init__(
        self,
        *,
        margin: float = 0.0,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            margin=margin,
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        embeddings_a: ArrayLike,
        embeddings_b: ArrayLike,
        targets: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            embeddings_a: predicted, (..., D).
            embeddings_b: predicted, (..., D).
            targets: given, (...).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate(
            {"embeddings_a": embeddings_a, "embeddings_b": embeddings_b, "targets": targets}, where, weights
        )


class TripletMarginLoss(Criterion):
    """By how much an anchor's negative fails to be farther than its positive by a margin.

    Args:
        margin: at least 0, the lead that is enough.
        p: 1 for the sum of absolute differences, 2 for the Euclidean distance. PyTorch adds 1e-6 to every difference
            unless it is called with eps=0.
        swap: take the negative's distance to the positive where that is less than to the anchor.
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

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
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            margin=margin,
            p=p,
            swap=swap,
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        anchors: ArrayLike,
        positives: ArrayLike,
        negatives: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            anchors: predicted, (..., D).
            positives: predicted, (..., D).
            negatives: predicted, (..., D).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"anchors": anchors, "positives": positives, "negatives": negatives}, where, weights)


class SimSiamLoss(Criterion):
    """SimSiam: minus the cosine of what one view predicts of another and what that is, which is held fast.

    Args:
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.simsiam`.
    """

    spec = staticmethod(metric.simsiam)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        predictions: ArrayLike,
        projections: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            predictions: predicted, (..., D).
            projections: given, (..., D).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"predictions": predictions, "projections": projections}, where, weights)


class BYOLLoss(Criterion):
    """BYOL: the squared distance of the directions of what one network predicts and what the other gives.

    Args:
        axis: the axis that rows lie along.
        reduction: "mean" (by the sum of the weights), "sum" or "none".

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.byol`.
    """

    spec = staticmethod(metric.byol)

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            axis=axis,
            reduction=reduction,
        )

    def forward(
        self,
        predictions: ArrayLike,
        projections: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            predictions: predicted, (..., D).
            projections: given, (..., D).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"predictions": predictions, "projections": projections}, where, weights)


class CircleLoss(Criterion):
    """Circle loss: a row's cosines to its label and to others, each pulled the harder the farther it is from its
        optimum.

    Args:
        margin: from -1 to 1. The paper has 0.25 for faces and persons, 0.4 for fine-grained retrieval.
        gamma: greater than 0; a number or a learnable scalar. The paper has 256 for faces, 128 for persons and 80 for
            fine-grained retrieval. Keras and pytorch-metric-learning have 0.4 and 80, too.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.metric.circle`.
    """

    spec = staticmethod(metric.circle)

    def __init__(
        self,
        *,
        margin: float = 0.4,
        gamma: float | Tensor = 80.0,
        reduction: Reduction = "mean",
        group: Group = None,
        averaged_gradients: bool = False,
    ) -> None:
        super().__init__(
            margin=margin,
            gamma=gamma,
            reduction=reduction,
            group=group,
            averaged_gradients=averaged_gradients,
        )

    def forward(
        self,
        embeddings: ArrayLike,
        labels: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            embeddings: predicted, (N, D).
            labels: given, integers, (N,).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"embeddings": embeddings, "labels": labels}, where, weights)


class InfoNCELoss(Criterion):
    """InfoNCE: each query against its own key, the other rows' keys and any further negatives.

    Args:
        temperature: greater than 0; a number or a learnable scalar.
        similarity: "cosine" or "dot".
        decoupled: leave the positive out of the sum (Yeh et al.). The loss can then be negative.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.info_nce`.
    """

    spec = staticmethod(contrastive.info_nce)

    def __init__(
        self,
        *,
        temperature: float | Tensor = 0.07,
        similarity: Literal["cosine", "dot"] = "cosine",
        decoupled: bool = False,
        method: Literal["auto", "dense", "blocked"] = "auto",
        reduction: Reduction = "mean",
        group: Group = None,
        averaged_gradients: bool = False,
    ) -> None:
        super().__init__(
            temperature=temperature,
            similarity=similarity,
            decoupled=decoupled,
            method=method,
            reduction=reduction,
            group=group,
            averaged_gradients=averaged_gradients,
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
        """The loss.

        Args:
            queries: predicted, (N, D).
            keys: predicted, (N, D).
            negatives: predicted, (M, D); optional.
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"queries": queries, "keys": keys, "negatives": negatives}, where, weights)


class CLIPLoss(Criterion):
    """The loss of CLIP: each image among all texts, and each text among all images.

    Args:
        temperature: greater than 0; a number or a learnable scalar.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.clip`.
    """

    spec = staticmethod(contrastive.clip)

    def __init__(
        self,
        *,
        temperature: float | Tensor = 0.07,
        method: Literal["auto", "dense", "blocked"] = "auto",
        reduction: Reduction = "mean",
        group: Group = None,
        averaged_gradients: bool = False,
    ) -> None:
        super().__init__(
            temperature=temperature,
            method=method,
            reduction=reduction,
            group=group,
            averaged_gradients=averaged_gradients,
        )

    def forward(
        self,
        image_embeddings: ArrayLike,
        text_embeddings: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            image_embeddings: predicted, (N, D).
            text_embeddings: predicted, (N, D).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"image_embeddings": image_embeddings, "text_embeddings": text_embeddings}, where, weights)


class SimCSELoss(Criterion):
    """Unsupervised SimCSE: rows 2k and 2k + 1 are two views of one sentence, all other rows are negatives.

    Args:
        temperature: greater than 0; a number or a learnable scalar.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.simcse`.
    """

    spec = staticmethod(contrastive.simcse)

    def __init__(
        self,
        *,
        temperature: float | Tensor = 0.05,
        method: Literal["auto", "dense", "blocked"] = "auto",
        reduction: Reduction = "mean",
        group: Group = None,
        averaged_gradients: bool = False,
    ) -> None:
        super().__init__(
            temperature=temperature,
            method=method,
            reduction=reduction,
            group=group,
            averaged_gradients=averaged_gradients,
        )

    def forward(
        self,
        embeddings: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            embeddings: predicted, (2N, D).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"embeddings": embeddings}, where, weights)


class SupervisedSimCSELoss(Criterion):
    """Supervised SimCSE: rows 3k, 3k + 1 and 3k + 2 are a sentence, one it entails and one it contradicts.

    Args:
        temperature: greater than 0; a number or a learnable scalar.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.supervised_simcse`.
    """

    spec = staticmethod(contrastive.supervised_simcse)

    def __init__(
        self,
        *,
        temperature: float | Tensor = 0.05,
        method: Literal["auto", "dense", "blocked"] = "auto",
        reduction: Reduction = "mean",
        group: Group = None,
        averaged_gradients: bool = False,
    ) -> None:
        super().__init__(
            temperature=temperature,
            method=method,
            reduction=reduction,
            group=group,
            averaged_gradients=averaged_gradients,
        )

    def forward(
        self,
        embeddings: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            embeddings: predicted, (3N, D).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"embeddings": embeddings}, where, weights)


class NTXentLoss(Criterion):
    """NT-Xent, the loss of SimCLR: rows i and i + N are two views of sample i, rows of other samples are negatives.

    Args:
        temperature: greater than 0; a number or a learnable scalar.
        views: at least 2, how many there are of each sample.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.nt_xent`.
    """

    spec = staticmethod(contrastive.nt_xent)

    def __init__(
        self,
        *,
        temperature: float | Tensor = 0.5,
        views: int = 2,
        method: Literal["auto", "dense", "blocked"] = "auto",
        reduction: Reduction = "mean",
        group: Group = None,
        averaged_gradients: bool = False,
    ) -> None:
        super().__init__(
            temperature=temperature,
            views=views,
            method=method,
            reduction=reduction,
            group=group,
            averaged_gradients=averaged_gradients,
        )

    def forward(
        self,
        embeddings: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            embeddings: predicted, (views*N, D).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"embeddings": embeddings}, where, weights)


class DCLLoss(Criterion):
    """Decoupled contrastive learning: `nt_xent` without the positive in the sum, so that small batches learn as well.

    Args:
        temperature: greater than 0; a number or a learnable scalar.
        views: at least 2, how many there are of each sample.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.dcl`.
    """

    spec = staticmethod(contrastive.dcl)

    def __init__(
        self,
        *,
        temperature: float | Tensor = 0.1,
        views: int = 2,
        method: Literal["auto", "dense", "blocked"] = "auto",
        reduction: Reduction = "mean",
        group: Group = None,
        averaged_gradients: bool = False,
    ) -> None:
        super().__init__(
            temperature=temperature,
            views=views,
            method=method,
            reduction=reduction,
            group=group,
            averaged_gradients=averaged_gradients,
        )

    def forward(
        self,
        embeddings: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            embeddings: predicted, (views*N, D).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"embeddings": embeddings}, where, weights)


class SupConLoss(Criterion):
    """Supervised contrastive loss: each row's positives are the other rows of its label, all of them in the sum.

    Args:
        temperature: greater than 0; a number or a learnable scalar.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.sup_con`.
    """

    spec = staticmethod(contrastive.sup_con)

    def __init__(
        self,
        *,
        temperature: float | Tensor = 0.1,
        reduction: Reduction = "mean",
        group: Group = None,
        averaged_gradients: bool = False,
    ) -> None:
        super().__init__(
            temperature=temperature,
            reduction=reduction,
            group=group,
            averaged_gradients=averaged_gradients,
        )

    def forward(
        self,
        embeddings: ArrayLike,
        labels: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            embeddings: predicted, (N, D).
            labels: given, integers, (N,).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"embeddings": embeddings, "labels": labels}, where, weights)


class SigLIPLoss(Criterion):
    """The loss of SigLIP: of each image and each text by itself, whether they belong together.

    Args:
        scale: greater than 0; a number or a learnable scalar.
        bias: a number or a learnable scalar.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.siglip`.
    """

    spec = staticmethod(contrastive.siglip)

    def __init__(
        self,
        *,
        scale: float | Tensor = 10.0,
        bias: float | Tensor = -10.0,
        reduction: Reduction = "mean",
        group: Group = None,
        averaged_gradients: bool = False,
    ) -> None:
        super().__init__(
            scale=scale,
            bias=bias,
            reduction=reduction,
            group=group,
            averaged_gradients=averaged_gradients,
        )

    def forward(
        self,
        image_embeddings: ArrayLike,
        text_embeddings: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            image_embeddings: predicted, (N, D).
            text_embeddings: predicted, (N, D).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"image_embeddings": image_embeddings, "text_embeddings": text_embeddings}, where, weights)


class NPairsLoss(Criterion):
    """Multi-class N-pair loss: each anchor's own positive against those of all other anchors.

    Args:
        temperature: greater than 0; a number or a learnable scalar.
        similarity: "dot", as in the paper, or "cosine".
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        reduction: "mean" (by the sum of the weights), "sum" or "none".
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.contrastive.npairs`.
    """

    spec = staticmethod(contrastive.npairs)

    def __init__(
        self,
        *,
        temperature: float | Tensor = 1.0,
        similarity: Literal["cosine", "dot"] = "dot",
        method: Literal["auto", "dense", "blocked"] = "auto",
        reduction: Reduction = "mean",
        group: Group = None,
        averaged_gradients: bool = False,
    ) -> None:
        super().__init__(
            temperature=temperature,
            similarity=similarity,
            method=method,
            reduction=reduction,
            group=group,
            averaged_gradients=averaged_gradients,
        )

    def forward(
        self,
        anchors: ArrayLike,
        positives: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            anchors: predicted, (N, D).
            positives: predicted, (N, D).
            where: True for what counts; of the shape of the values or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"anchors": anchors, "positives": positives}, where, weights)


class BarlowTwinsLoss(Criterion):
    """Barlow Twins: each feature agrees with itself across two views and with no other feature.

    Args:
        off_diagonal_weight: at least 0.
        scale: greater than 0, a factor of the whole; a number or a learnable scalar.
        epsilon: at least 0.
        reduction: "mean" and nothing else.
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.correlation.barlow_twins`.
    """

    spec = staticmethod(correlation.barlow_twins)

    def __init__(
        self,
        *,
        off_diagonal_weight: float = 0.005,
        scale: float | Tensor = 1.0,
        epsilon: float = 1e-05,
        reduction: Reduction = "mean",
        group: Group = None,
        averaged_gradients: bool = False,
    ) -> None:
        super().__init__(
            off_diagonal_weight=off_diagonal_weight,
            scale=scale,
            epsilon=epsilon,
            reduction=reduction,
            group=group,
            averaged_gradients=averaged_gradients,
        )

    def forward(
        self,
        embeddings_a: ArrayLike,
        embeddings_b: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            embeddings_a: predicted, (N, D).
            embeddings_b: predicted, (N, D).
            where: True for what counts; of the shape of the elements or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"embeddings_a": embeddings_a, "embeddings_b": embeddings_b}, where, weights)


class SampleCorrelationLoss(Criterion):
    """Barlow Twins turned round: each sample agrees with itself across two views and with no other sample.

    Args:
        off_diagonal_weight: at least 0.
        scale: greater than 0, a factor of the whole; a number or a learnable scalar.
        epsilon: at least 0.
        reduction: "mean" and nothing else.
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

    Formula, degenerate cases, errors and source: `isoloss.losses.correlation.sample_correlation`.
    """

    spec = staticmethod(correlation.sample_correlation)

    def __init__(
        self,
        *,
        off_diagonal_weight: float = 0.005,
        scale: float | Tensor = 0.025,
        epsilon: float = 1e-05,
        reduction: Reduction = "mean",
        group: Group = None,
        averaged_gradients: bool = False,
    ) -> None:
        super().__init__(
            off_diagonal_weight=off_diagonal_weight,
            scale=scale,
            epsilon=epsilon,
            reduction=reduction,
            group=group,
            averaged_gradients=averaged_gradients,
        )

    def forward(
        self,
        embeddings_a: ArrayLike,
        embeddings_b: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            embeddings_a: predicted, (N, D).
            embeddings_b: predicted, (N, D).
            where: True for what counts; of the shape of the elements or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"embeddings_a": embeddings_a, "embeddings_b": embeddings_b}, where, weights)


class VICRegLoss(Criterion):
    """VICReg: two views agree, each feature of each varies, and no two features of one vary together.

    Args:
        invariance_weight: at least 0. The distance is a mean over D, too, as in the authors' code; the paper's equation
            has the sum, with which D times this is meant.
        variance_weight: at least 0, of the mean of both views, as in the authors' code, Lightly and pytorch-metric-
            learning. The paper's equation and solo-learn have the sum: twice this, such as 50.
        covariance_weight: at least 0.
        epsilon: at least 0, added to a variance before its root is taken.
        reduction: "mean" and nothing else.
        group, averaged_gradients: for workers that share a batch, see `isoloss.torch.collective`.

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
        reduction: Reduction = "mean",
        group: Group = None,
        averaged_gradients: bool = False,
    ) -> None:
        super().__init__(
            invariance_weight=invariance_weight,
            variance_weight=variance_weight,
            covariance_weight=covariance_weight,
            epsilon=epsilon,
            reduction=reduction,
            group=group,
            averaged_gradients=averaged_gradients,
        )

    def forward(
        self,
        embeddings_a: ArrayLike,
        embeddings_b: ArrayLike,
        *,
        where: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """The loss.

        Args:
            embeddings_a: predicted, (N, D).
            embeddings_b: predicted, (N, D).
            where: True for what counts; of the shape of the elements or of their leading axes.
            weights: what it counts for, likewise; not negative.
        """
        return self.evaluate({"embeddings_a": embeddings_a, "embeddings_b": embeddings_b}, where, weights)
