"""The porting table: for each loss, the call in another library that it stands for. Add a row here, nowhere else.

A row is two lines of code, as a reader would write them. Both are run as they stand, so that what is shown is what ran;
names in them that are no library's are the loss's arrays, by the names of its arguments. Nothing here imports a
library: `isoloss show` reads it where none is installed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from isoloss.losses import LOSSES


@dataclass(frozen=True)
class Library:
    """Another library, and the framework that it is for."""

    title: str
    framework: str
    imports: tuple[str, ...]
    """What its rows take as imported."""
    homes: tuple[str, ...]
    """The modules in which its losses stand."""
    backends: tuple[str, ...] = ()
    """KERAS_BACKEND, if it has several."""
    bare: tuple[str, ...] = ()
    """Its packages of which only the modules that are imported run: they themselves need more than their losses do."""


TORCH = ("import torch", "import isoloss.torch")
JAX = ("import jax", "from jax import numpy as jnp", "import isoloss.jax")
KERAS = ("import keras", "import isoloss.keras")
ON_KERAS = ("torch", "tensorflow", "jax")
OF_LIGHTLY = ("ntx_ent_loss", "dcl_loss", "barlow_twins_loss", "vicreg_loss", "negative_cosine_similarity")

LIBRARIES = {
    "torch": Library("PyTorch", "torch", TORCH, ("torch.nn.functional", "torch.nn")),
    "keras": Library("Keras", "keras", KERAS, ("keras.losses",), ON_KERAS),
    "optax": Library("Optax", "jax", (*JAX, "import optax"), ("optax.losses",)),
    "tensorflow": Library(
        "TensorFlow",
        "tensorflow",
        ("import tensorflow as tf", "import isoloss.tensorflow"),
        ("tf.nn", "tf.compat.v1.losses"),
    ),
    "pytorch-metric-learning": Library(
        "pytorch-metric-learning",
        "torch",
        (*TORCH, "from pytorch_metric_learning import distances, losses, reducers"),
        ("losses",),
    ),
    "sentence-transformers": Library(
        "sentence-transformers",
        "torch",
        (
            *TORCH,
            "from sentence_transformers import util",
            "from sentence_transformers.sentence_transformer import losses",
            "model = torch.nn.Sequential(torch.nn.Identity())",
        ),
        ("losses",),
    ),
    "info-nce-pytorch": Library("info-nce-pytorch", "torch", (*TORCH, "import info_nce"), ("info_nce",)),
    "lightly": Library(
        "lightly",
        "torch",
        (*TORCH, *(f"import lightly.loss.{module}" for module in OF_LIGHTLY)),
        tuple(f"lightly.loss.{module}" for module in OF_LIGHTLY),
        bare=("lightly", "lightly.loss", "lightly.models", "lightly.models.modules", "lightly.models.utils"),
    ),
    "open_clip_torch": Library(
        "open_clip", "torch", (*TORCH, "import open_clip.loss"), ("open_clip.loss",), bare=("open_clip",)
    ),
    "segmentation-models-pytorch": Library(
        "segmentation-models-pytorch",
        "torch",
        (*TORCH, "from segmentation_models_pytorch import losses"),
        ("losses",),
        bare=("segmentation_models_pytorch",),
    ),
    "rax": Library("Rax", "jax", (*JAX, "import rax"), ("rax",)),
    "keras-rs": Library("Keras Recommenders", "keras", (*KERAS, "import keras_rs"), ("keras_rs.losses",), ON_KERAS),
}
"""By the names of their packages, but for TensorFlow's."""


@dataclass(frozen=True)
class Row:
    """A call of ours, and one of another library: equal, unless a cause is named."""

    library: str
    ours: str  # the function and its arguments, without the module
    theirs: str
    differs: str = ""
    """Why the two give different numbers, with a link to where the library says so."""
    also: str = ""
    """Other public names of the same thing in that library, such as the class of a function."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """The arrays on which it shows; random ones of a usual size if there are none."""

    @property
    def loss(self) -> str:
        """The name of the loss."""
        return self.ours.partition("(")[0]

    @property
    def key(self) -> str:
        """What tells it from all others."""
        return f"{self.library}: {self.ours} | {self.theirs} | {dict(self.given)}"

    @property
    def call(self) -> str:
        """Our call in full."""
        return f"isoloss.{LIBRARIES[self.library].framework}.{self.ours}"

    @property
    def names(self) -> list[str]:
        """What the library calls it."""
        homes = "|".join(re.escape(home) for home in LIBRARIES[self.library].homes)
        return [*re.findall(rf"(?<![\w.])(?:{homes})\.(\w+)\(", self.theirs)[:1], *self.also.split()]


INFINITY = float("inf")

TORCH_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch"
TORCH_SOURCE = "https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/functional.py"
TORCH_SOURCE_CPP = "https://github.com/pytorch/pytorch/blob/v2.13.0/aten/src/ATen/native/LossNLL.cpp"
KERAS_DOCS = "https://keras.io/api/losses/"
KERAS_SOURCE = "https://github.com/keras-team/keras/blob/v3.15.1/keras/src/losses/losses.py"
OPTAX_DOCS = "https://optax.readthedocs.io/en/latest/api/losses.html"
OPTAX_SOURCE = "https://github.com/google-deepmind/optax/blob/v0.2.8/optax/losses/_self_supervised.py"
SMP_SOURCE = "https://github.com/qubvel-org/segmentation_models.pytorch/blob/v0.6.0/segmentation_models_pytorch/losses/"
PML_SOURCE = "https://github.com/KevinMusgrave/pytorch-metric-learning/blob/v2.9.0/src/pytorch_metric_learning/losses/"

PAIRS = (
    "torch.cat([anchors, positives]), torch.arange(128) % 64, "
    "(torch.arange(64), torch.arange(64, 128), torch.arange(0), torch.arange(0))"
)

ROWS = (
    # mse
    Row("torch", "mse(predictions, targets)", "torch.nn.functional.mse_loss(predictions, targets)", also="MSELoss"),
    Row(
        "torch",
        "mse(predictions, targets, weights=weights)",
        "torch.nn.functional.mse_loss(predictions, targets, weight=weights)",
    ),
    Row(
        "keras",
        "mse(predictions, targets)",
        "keras.losses.MeanSquaredError()(targets, predictions)",
        also="mean_squared_error",
    ),
    Row(
        "keras",
        "mse(predictions, targets, weights=weights)",
        'keras.losses.MeanSquaredError("mean_with_sample_weight")(targets[:, None], predictions[:, None], weights)',
    ),
    Row(
        "keras",
        "mse(predictions, targets, weights=weights)",
        "keras.losses.MeanSquaredError()(targets[:, None], predictions[:, None], weights)",
        differs=f"its default divides by the count, not by the sum of weights ([documented]({KERAS_DOCS}))",
    ),
    Row("optax", "mse(predictions, targets)", "optax.losses.squared_error(predictions, targets).mean()"),
    Row(
        "optax",
        "mse(predictions, targets)",
        "optax.losses.l2_loss(predictions, targets).mean()",
        differs=f"l2_loss is half the square: here `half_mse` ([documented]({OPTAX_DOCS}#optax.losses.l2_loss))",
    ),
    Row("tensorflow", "mse(predictions, targets)", "tf.compat.v1.losses.mean_squared_error(targets, predictions)"),
    Row("rax", "mse(predictions, targets)", "rax.pointwise_mse_loss(predictions, targets)"),
    # mae
    Row("torch", "mae(predictions, targets)", "torch.nn.functional.l1_loss(predictions, targets)", also="L1Loss"),
    Row(
        "torch",
        "mae(predictions, targets, weights=weights)",
        "torch.nn.functional.l1_loss(predictions, targets, weight=weights)",
    ),
    Row(
        "keras",
        "mae(predictions, targets)",
        "keras.losses.MeanAbsoluteError()(targets, predictions)",
        also="mean_absolute_error",
    ),
    Row("tensorflow", "mae(predictions, targets)", "tf.compat.v1.losses.absolute_difference(targets, predictions)"),
    # huber
    Row(
        "torch",
        "huber(predictions, targets, delta=2.0)",
        "torch.nn.functional.huber_loss(predictions, targets, delta=2.0)",
        also="HuberLoss",
    ),
    Row(
        "torch",
        "huber(predictions, targets, delta=2.0)",
        "torch.nn.functional.smooth_l1_loss(predictions, targets, beta=2.0)",
        differs="it is divided by beta: here `smooth_l1`; both are the same only at 1 "
        f"([documented]({TORCH_DOCS}.nn.SmoothL1Loss.html))",
    ),
    Row(
        "torch",
        "huber(predictions, targets, weights=weights)",
        "torch.nn.functional.huber_loss(predictions, targets, weight=weights)",
        differs=f"its mean divides by the count, that of mse_loss by the sum of weights ([source]({TORCH_SOURCE}))",
    ),
    Row(
        "torch",
        'huber(predictions, targets, weights=weights, reduction="sum")',
        'torch.nn.functional.huber_loss(predictions, targets, weight=weights, reduction="sum")',
    ),
    Row("keras", "huber(predictions, targets, delta=2.0)", "keras.losses.Huber(delta=2.0)(targets, predictions)"),
    Row(
        "optax",
        "huber(predictions, targets, delta=2.0)",
        "optax.losses.huber_loss(predictions, targets, delta=2.0).mean()",
    ),
    Row(
        "tensorflow",
        "huber(predictions, targets, delta=2.0)",
        "tf.compat.v1.losses.huber_loss(targets, predictions, delta=2.0)",
    ),
    # log_cosh, half_mse, smooth_l1, mape, msle
    Row(
        "keras",
        "log_cosh(predictions, targets)",
        "keras.losses.LogCosh()(targets, predictions)",
        differs=f"its log 2 is a float32 number, which float64 shows ([source]({KERAS_SOURCE}))",
    ),
    Row("optax", "log_cosh(predictions, targets)", "optax.losses.log_cosh(predictions, targets).mean()"),
    Row("optax", "half_mse(predictions, targets)", "optax.losses.l2_loss(predictions, targets).mean()"),
    Row(
        "torch",
        "smooth_l1(predictions, targets, beta=2.0)",
        "torch.nn.functional.smooth_l1_loss(predictions, targets, beta=2.0)",
        also="SmoothL1Loss",
    ),
    Row(
        "keras",
        "mape(predictions, targets)",
        "keras.losses.MeanAbsolutePercentageError()(targets, predictions)",
        also="mean_absolute_percentage_error",
    ),
    Row(
        "keras",
        "mape(predictions, targets)",
        "keras.losses.MeanAbsolutePercentageError()(targets, predictions)",
        given={"predictions": [1.0], "targets": [0.0]},
    ),
    Row(
        "keras",
        "msle(predictions, targets)",
        "keras.losses.MeanSquaredLogarithmicError()(targets, predictions)",
        also="mean_squared_logarithmic_error",
    ),
    Row(
        "keras",
        "msle(predictions, targets)",
        "keras.losses.MeanSquaredLogarithmicError()(targets, predictions)",
        given={"predictions": [-0.5], "targets": [3.0]},
        differs=f"it takes a negative prediction for 1e-7, in silence and with no slope ([source]({KERAS_SOURCE}))",
    ),
    # cosine_distance
    Row(
        "torch",
        "cosine_distance(predictions, targets)",
        "1.0 - torch.nn.functional.cosine_similarity(predictions, targets, dim=-1).mean()",
        also="CosineSimilarity",
    ),
    Row(
        "torch",
        "cosine_distance(predictions, targets)",
        "1.0 - torch.nn.functional.cosine_similarity(predictions, targets, dim=-1).mean()",
        given={"predictions": [[0.0, 0.0]], "targets": [[0.6, 0.8]]},
        differs="it divides the gradient of a zero vector by its eps of 1e-8; here there is none "
        f"([documented]({TORCH_DOCS}.nn.functional.cosine_similarity.html))",
    ),
    Row(
        "keras",
        "cosine_distance(predictions, targets)",
        "1.0 + keras.losses.CosineSimilarity()(targets, predictions)",
        also="cosine_similarity",
    ),
    Row(
        "keras",
        "cosine_distance(predictions, targets)",
        "keras.losses.CosineSimilarity()(targets, predictions)",
        differs=f"it is minus the cosine, without the 1: from -1 to 1 ([documented]({KERAS_DOCS}))",
    ),
    Row(
        "keras",
        "cosine_distance(predictions, targets)",
        "1.0 + keras.losses.CosineSimilarity()(targets, predictions)",
        given={"predictions": [[0.0, 0.0]], "targets": [[0.6, 0.8]]},
        differs="it differentiates the normalisation of a zero vector; here it has the gradient 0 "
        f"([source]({KERAS_SOURCE}))",
    ),
    Row("optax", "cosine_distance(predictions, targets)", "optax.losses.cosine_distance(predictions, targets).mean()"),
    Row(
        "optax",
        "cosine_distance(predictions, targets)",
        "optax.losses.cosine_distance(predictions, targets).mean()",
        given={"predictions": [[0.0, 0.0]], "targets": [[0.6, 0.8]]},
        differs=f"its epsilon is 0 unless it is given: 0 / 0 ([documented]({OPTAX_DOCS}#optax.losses.cosine_distance))",
    ),
    Row(
        "tensorflow",
        "cosine_distance(predictions, targets)",
        "tf.compat.v1.losses.cosine_distance("
        "tf.math.l2_normalize(targets, -1), tf.math.l2_normalize(predictions, -1), -1)",
    ),
    Row(
        "lightly",
        "cosine_distance(predictions, targets)",
        "1.0 + lightly.loss.negative_cosine_similarity.NegativeCosineSimilarity()(predictions, targets)",
    ),
    # binary_cross_entropy
    Row(
        "torch",
        "binary_cross_entropy(probabilities, targets)",
        "torch.nn.functional.binary_cross_entropy(probabilities, targets)",
        also="BCELoss",
    ),
    Row(
        "torch",
        "binary_cross_entropy(probabilities, targets)",
        "torch.nn.functional.binary_cross_entropy(probabilities, targets)",
        given={"probabilities": [0.0], "targets": [1.0]},
        differs="its logarithm ends at -100, and its slope at 1e12; here 0 counts as the smallest normal number "
        f"([documented]({TORCH_DOCS}.nn.BCELoss.html))",
    ),
    Row(
        "torch",
        "binary_cross_entropy(probabilities, targets, weights=weights)",
        "torch.nn.functional.binary_cross_entropy(probabilities, targets, weight=weights)",
        differs=f"its mean divides by the count, not by the sum of weights ([documented]({TORCH_DOCS}.nn.BCELoss.html))",
    ),
    Row(
        "torch",
        'binary_cross_entropy(probabilities, targets, weights=weights, reduction="sum")',
        'torch.nn.functional.binary_cross_entropy(probabilities, targets, weight=weights, reduction="sum")',
    ),
    Row(
        "keras",
        "binary_cross_entropy(probabilities, targets)",
        "keras.losses.BinaryCrossentropy()(targets, probabilities)",
        also="binary_crossentropy",
    ),
    Row(
        "keras",
        "binary_cross_entropy(probabilities, targets)",
        "keras.losses.BinaryCrossentropy()(targets, probabilities)",
        given={"probabilities": [0.0], "targets": [1.0]},
        differs="it keeps probabilities 1e-7 away from 0 and 1; here 0 counts as the smallest normal number "
        f"([source]({KERAS_SOURCE}))",
    ),
    Row(
        "tensorflow",
        "binary_cross_entropy(probabilities, targets, epsilon=1e-7)",
        "tf.compat.v1.losses.log_loss(targets, probabilities)",
    ),
    # binary_cross_entropy_with_logits
    Row(
        "torch",
        "binary_cross_entropy_with_logits(logits, targets)",
        "torch.nn.functional.binary_cross_entropy_with_logits(logits, targets)",
        also="BCEWithLogitsLoss",
    ),
    Row(
        "torch",
        "binary_cross_entropy_with_logits(logits, targets, pos_weight=pos_weight)",
        "torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, pos_weight=pos_weight)",
    ),
    Row(
        "torch",
        "binary_cross_entropy_with_logits(logits, targets, weights=weights)",
        "torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, weight=weights)",
        differs="its mean divides by the count, not by the sum of weights "
        f"([documented]({TORCH_DOCS}.nn.BCEWithLogitsLoss.html))",
    ),
    Row(
        "torch",
        'binary_cross_entropy_with_logits(logits, targets, weights=weights, reduction="sum")',
        'torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, weight=weights, reduction="sum")',
    ),
    Row(
        "keras",
        "binary_cross_entropy_with_logits(logits, targets)",
        "keras.losses.BinaryCrossentropy(from_logits=True)(targets, logits)",
    ),
    Row(
        "keras",
        "binary_cross_entropy_with_logits(logits, 0.9 * targets + 0.05)",
        "keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)(targets, logits)",
    ),
    Row(
        "optax",
        "binary_cross_entropy_with_logits(logits, targets)",
        "optax.losses.sigmoid_binary_cross_entropy(logits, targets).mean()",
    ),
    Row(
        "tensorflow",
        "binary_cross_entropy_with_logits(logits, targets)",
        "tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(targets, logits))",
    ),
    Row(
        "tensorflow",
        "binary_cross_entropy_with_logits(logits, targets, pos_weight=pos_weight)",
        "tf.reduce_mean(tf.nn.weighted_cross_entropy_with_logits(targets, logits, pos_weight))",
    ),
    Row(
        "rax",
        "binary_cross_entropy_with_logits(logits, targets)",
        "rax.pointwise_sigmoid_loss(logits, targets)",
    ),
    Row(
        "segmentation-models-pytorch",
        "binary_cross_entropy_with_logits(logits, targets)",
        "losses.SoftBCEWithLogitsLoss()(logits, targets)",
    ),
    Row(
        "segmentation-models-pytorch",
        "binary_cross_entropy_with_logits(logits, 0.8 * targets + 0.1)",
        "losses.SoftBCEWithLogitsLoss(smooth_factor=0.1)(logits, targets)",
    ),
    Row(
        "segmentation-models-pytorch",
        "binary_cross_entropy_with_logits(logits, targets, where=targets >= 0.0)",
        "losses.SoftBCEWithLogitsLoss(ignore_index=-1)(logits, targets)",
        given={"logits": [0.5, -1.0, 2.0, 0.1], "targets": [1.0, 0.0, -1.0, -1.0]},
        differs=f"its mean divides by all elements, the ignored ones too ([source]({SMP_SOURCE}soft_bce.py))",
    ),
    # cross_entropy
    Row(
        "torch",
        "cross_entropy(logits, labels)",
        "torch.nn.functional.cross_entropy(logits, labels)",
        also="CrossEntropyLoss",
    ),
    Row(
        "torch",
        "cross_entropy(logits, labels, label_smoothing=0.1)",
        "torch.nn.functional.cross_entropy(logits, labels, label_smoothing=0.1)",
    ),
    Row(
        "torch",
        "cross_entropy(logits, labels, class_weights=class_weights)",
        "torch.nn.functional.cross_entropy(logits, labels, weight=class_weights)",
    ),
    Row(
        "torch",
        "cross_entropy(logits, labels, class_weights=class_weights)",
        "torch.nn.functional.cross_entropy("
        "logits, torch.nn.functional.one_hot(labels, 10).to(logits.dtype), weight=class_weights)",
        differs="with a target for each class its mean divides by the count, with labels by the sum of their weights "
        "([issue](https://github.com/pytorch/pytorch/issues/104776))",
    ),
    Row(
        "torch",
        "cross_entropy(logits, labels, class_weights=class_weights, label_smoothing=0.1)",
        "torch.nn.functional.cross_entropy(logits, labels, weight=class_weights, label_smoothing=0.1)",
        differs="it weighs the smoothed part class by class; here the label's weight is that of its row "
        "([issue](https://github.com/pytorch/pytorch/issues/104776))",
    ),
    Row(
        "torch",
        "cross_entropy(logits, labels, ignore_index=-100)",
        "torch.nn.functional.cross_entropy(logits, labels)",
        given={"logits": [[1.0, 2.0], [0.0, 3.0], [1.0, 0.0]], "labels": [1, -100, -100]},
    ),
    Row(
        "torch",
        "cross_entropy(logits, labels, ignore_index=-100)",
        "torch.nn.functional.cross_entropy(logits, labels)",
        given={"logits": [[1.0, 2.0], [0.0, 3.0]], "labels": [-100, -100]},
        differs="its mean of nothing is NaN; here it is 0, with no gradient "
        "([issue](https://github.com/pytorch/pytorch/issues/70348))",
    ),
    Row(
        "torch",
        "cross_entropy(logits, labels, axis=1)",
        "torch.nn.functional.cross_entropy(logits, labels)",
        given={"logits": [[[1.0, 2.0, 0.5], [0.0, 3.0, 1.0]]], "labels": [[0, 1, 1]]},
    ),
    Row(
        "keras",
        "cross_entropy(logits, labels)",
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, logits)",
        also="sparse_categorical_crossentropy",
    ),
    Row(
        "keras",
        "cross_entropy(logits, labels, label_smoothing=0.1)",
        "keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)("
        "keras.ops.one_hot(labels, 10), logits)",
    ),
    Row(
        "keras",
        "cross_entropy(logits, labels, ignore_index=-1)",
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1)(labels, logits)",
        given={"logits": [[1.0, 2.0], [0.0, 3.0], [1.0, 0.0]], "labels": [1, -1, -1]},
    ),
    Row(
        "keras",
        "cross_entropy(logits, labels, ignore_index=-1)",
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1)(labels, logits)",
        given={"logits": [[1.0, 2.0], [0.0, 3.0]], "labels": [-1, -1]},
    ),
    Row(
        "keras",
        "cross_entropy(logits, labels, axis=1, label_smoothing=0.1)",
        "keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1, axis=1)("
        "keras.ops.one_hot(labels, 2, axis=1), logits)",
        given={"logits": [[[1.0, 2.0, 0.5], [0.0, 3.0, 1.0]]], "labels": [[0, 1, 1]]},
        differs="it smooths by the size of the last axis, not by the classes "
        "([mended later](https://github.com/keras-team/keras/pull/23437))",
    ),
    Row(
        "optax",
        "cross_entropy(logits, labels)",
        "optax.losses.softmax_cross_entropy_with_integer_labels(logits, labels).mean()",
    ),
    Row(
        "optax",
        "cross_entropy(logits, labels, label_smoothing=0.1)",
        "optax.losses.softmax_cross_entropy("
        "logits, optax.losses.smooth_labels(jax.nn.one_hot(labels, 10, dtype=logits.dtype), 0.1)).mean()",
    ),
    Row(
        "tensorflow",
        "cross_entropy(logits, labels)",
        "tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))",
    ),
    Row(
        "segmentation-models-pytorch",
        "cross_entropy(logits, labels, ignore_index=-100)",
        "losses.SoftCrossEntropyLoss(smooth_factor=0.0)(logits, labels)",
        given={"logits": [[1.0, 2.0], [0.0, 3.0]], "labels": [1, 0]},
    ),
    Row(
        "segmentation-models-pytorch",
        "cross_entropy(logits, labels, ignore_index=-100)",
        "losses.SoftCrossEntropyLoss(smooth_factor=0.0)(logits, labels)",
        given={"logits": [[1.0, 2.0], [0.0, 3.0]], "labels": [1, -100]},
        differs=f"its mean divides by all rows, the ignored ones too ([source]({SMP_SOURCE}_functional.py))",
    ),
    # soft_cross_entropy
    Row("torch", "soft_cross_entropy(logits, targets)", "torch.nn.functional.cross_entropy(logits, targets)"),
    Row(
        "torch",
        "soft_cross_entropy(logits, targets)",
        "torch.nn.functional.cross_entropy(logits, targets)",
        given={"logits": [[1.0, 2.0, -INFINITY]], "targets": [[0.5, 0.5, 0.0]]},
        differs=f"0 times minus infinity is NaN there, 0 here ([source]({TORCH_SOURCE_CPP}))",
    ),
    Row(
        "keras",
        "soft_cross_entropy(logits, targets)",
        "keras.losses.CategoricalCrossentropy(from_logits=True)(targets, logits)",
        also="categorical_crossentropy",
    ),
    Row(
        "keras",
        "soft_cross_entropy(logits, targets)",
        "keras.losses.CategoricalCrossentropy(from_logits=True)(targets, logits)",
        given={"logits": [[1.0, 2.0, 0.0]], "targets": [[0.5, 1.0, 1.5]]},
        differs="on TensorFlow the gradient takes targets to sum to 1 "
        "([documented](https://www.tensorflow.org/api_docs/python/tf/nn/softmax_cross_entropy_with_logits))",
    ),
    Row(
        "optax",
        "soft_cross_entropy(logits, targets)",
        "optax.losses.softmax_cross_entropy(logits, targets).mean()",
    ),
    Row(
        "optax",
        "soft_cross_entropy(logits, targets)",
        "optax.losses.softmax_cross_entropy(logits, targets).mean()",
        given={"logits": [[1.0, 2.0, -INFINITY]], "targets": [[0.5, 0.5, 0.0]]},
        differs="0 times minus infinity is NaN there, 0 here and in `optax.losses.safe_softmax_cross_entropy` "
        "([issue](https://github.com/google-deepmind/optax/issues/896))",
    ),
    Row(
        "optax",
        "soft_cross_entropy(logits, targets)",
        "optax.losses.safe_softmax_cross_entropy(logits, targets).mean()",
        given={"logits": [[1.0, 2.0, -INFINITY]], "targets": [[0.5, 0.5, 0.0]]},
    ),
    Row(
        "tensorflow",
        "soft_cross_entropy(logits, targets)",
        "tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(tf.stop_gradient(targets), logits))",
    ),
    # nll
    Row(
        "torch",
        "nll(log_probabilities, labels)",
        "torch.nn.functional.nll_loss(log_probabilities, labels)",
        also="NLLLoss",
    ),
    Row(
        "torch",
        "nll(log_probabilities, labels, class_weights=class_weights)",
        "torch.nn.functional.nll_loss(log_probabilities, labels, weight=class_weights)",
    ),
    Row(
        "keras",
        "nll(log_probabilities, labels)",
        "keras.losses.SparseCategoricalCrossentropy()(labels, keras.ops.exp(log_probabilities))",
        given={"log_probabilities": [[-1.6094379, -1.6094379]], "labels": [0]},
        differs=f"it divides probabilities by their sum, here 0.4, before the logarithm ([source]({KERAS_SOURCE}))",
    ),
    # focal losses
    Row(
        "keras",
        "binary_focal(logits, targets)",
        "keras.losses.BinaryFocalCrossentropy(from_logits=True)(targets, logits)",
        also="binary_focal_crossentropy",
    ),
    Row(
        "keras",
        "binary_focal(logits, targets, alpha=0.25)",
        "keras.losses.BinaryFocalCrossentropy(apply_class_balancing=True, from_logits=True)(targets, logits)",
    ),
    Row(
        "keras",
        "binary_focal(logits, targets, gamma=0.5)",
        "keras.losses.BinaryFocalCrossentropy(gamma=0.5, from_logits=True)(targets, logits)",
        given={"logits": [100.0, 1.0], "targets": [1.0, 0.0]},
        differs="it raises 1 - p, which is 0 for a sure logit, to a power below 1 after the sigmoid, and that has no "
        f"slope ([source]({KERAS_SOURCE}))",
    ),
    Row("optax", "binary_focal(logits, targets)", "optax.losses.sigmoid_focal_loss(logits, targets).mean()"),
    Row(
        "optax",
        "binary_focal(logits, targets, alpha=0.25)",
        "optax.losses.sigmoid_focal_loss(logits, targets, alpha=0.25).mean()",
    ),
    Row(
        "segmentation-models-pytorch",
        "binary_focal(logits, targets)",
        'losses.FocalLoss("binary")(logits, targets)',
    ),
    Row(
        "keras",
        "categorical_focal(logits, labels)",
        "keras.losses.CategoricalFocalCrossentropy(alpha=1.0, from_logits=True)(keras.ops.one_hot(labels, 10), logits)",
        also="categorical_focal_crossentropy",
    ),
    Row(
        "keras",
        "categorical_focal(logits, labels)",
        "keras.losses.CategoricalFocalCrossentropy(from_logits=True)(keras.ops.one_hot(labels, 10), logits)",
        differs=f"its alpha is 0.25 for all classes, which divides the loss by 4 ([documented]({KERAS_DOCS}))",
    ),
    Row(
        "segmentation-models-pytorch",
        "categorical_focal(logits, labels)",
        'losses.FocalLoss("multiclass")(logits, labels)',
        differs="it is the sum over classes of binary focal losses, each class against the rest "
        f"([source]({SMP_SOURCE}focal.py))",
    ),
    # poly1_cross_entropy, generalized_cross_entropy, sparsemax
    Row(
        "optax",
        "poly1_cross_entropy(logits, labels, epsilon=2.0)",
        "optax.losses.poly_loss_cross_entropy("
        "logits, jax.nn.one_hot(labels, 10, dtype=logits.dtype), epsilon=2.0).mean()",
    ),
    Row(
        "keras",
        "generalized_cross_entropy(logits, labels, q=0.5)",
        "keras.losses.CategoricalGeneralizedCrossEntropy(q=0.5)(labels, keras.ops.softmax(logits))",
        also="categorical_generalized_cross_entropy",
    ),
    Row(
        "keras",
        "generalized_cross_entropy(logits, labels, q=0.5)",
        'keras.losses.get("categorical_generalized_cross_entropy")(labels, keras.ops.softmax(logits))',
        differs="it is not registered by its name "
        "([source](https://github.com/keras-team/keras/blob/v3.15.1/keras/src/losses/__init__.py))",
    ),
    Row(
        "optax",
        "binary_sparsemax(logits, targets)",
        "optax.losses.sparsemax_loss(logits, targets).mean()",
    ),
    Row(
        "optax",
        "multiclass_sparsemax(logits, labels)",
        "optax.losses.multiclass_sparsemax_loss(logits, labels).mean()",
    ),
    # hinges
    Row("keras", "hinge(scores, targets)", "keras.losses.Hinge()(targets, scores)"),
    Row(
        "keras",
        "hinge(scores, 2.0 * targets - 1.0)",
        "keras.losses.Hinge()(targets, scores)",
        given={"scores": [0.5, -0.5, 2.0], "targets": [1.0, 0.0, 1.0]},
    ),
    Row("optax", "hinge(scores, targets)", "optax.losses.hinge_loss(scores, targets).mean()"),
    Row(
        "optax",
        "hinge(scores, 2.0 * targets - 1.0)",
        "optax.losses.hinge_loss(scores, targets).mean()",
        given={"scores": [0.5, -0.5, 2.0], "targets": [1.0, 0.0, 1.0]},
        differs="its targets are 1 and -1, where Keras takes a batch of 1 and 0 as well "
        f"([documented]({OPTAX_DOCS}#optax.losses.hinge_loss))",
    ),
    Row("tensorflow", "hinge(scores, targets)", "tf.compat.v1.losses.hinge_loss((targets + 1.0) / 2.0, scores)"),
    Row("keras", "squared_hinge(scores, targets)", "keras.losses.SquaredHinge()(targets, scores)"),
    Row("optax", "perceptron(scores, targets)", "optax.losses.perceptron_loss(scores, targets).mean()"),
    Row(
        "torch",
        "soft_margin(logits, targets)",
        "torch.nn.functional.soft_margin_loss(logits, targets)",
        also="SoftMarginLoss",
    ),
    Row(
        "tensorflow",
        "soft_margin(logits, targets)",
        "tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits((targets + 1.0) / 2.0, logits))",
    ),
    Row(
        "keras",
        "multiclass_hinge(scores, labels)",
        "keras.losses.CategoricalHinge()(keras.ops.one_hot(labels, 3), scores)",
        given={"scores": [[0.5, 0.2, 0.1], [2.0, 1.5, 0.3]], "labels": [0, 1]},
    ),
    Row(
        "keras",
        "multiclass_hinge(scores, labels)",
        "keras.losses.CategoricalHinge()(keras.ops.one_hot(labels, 3), scores)",
        given={"scores": [[0.5, -0.2, -0.1], [-2.0, -1.5, -0.3]], "labels": [0, 1]},
        differs=f"the best of the others is at least 0 there: the label itself is masked by 0 ([source]({KERAS_SOURCE}))",
    ),
    Row(
        "optax",
        "multiclass_hinge(scores, labels)",
        "optax.losses.multiclass_hinge_loss(scores, labels).mean()",
    ),
    Row(
        "optax",
        "multiclass_perceptron(scores, labels)",
        "optax.losses.multiclass_perceptron_loss(scores, labels).mean()",
    ),
    Row(
        "torch",
        "multi_margin(scores, labels)",
        "torch.nn.functional.multi_margin_loss(scores, labels)",
        also="MultiMarginLoss",
    ),
    Row(
        "torch",
        'multi_margin(scores, labels, class_weights=class_weights, reduction="sum")',
        'torch.nn.functional.multi_margin_loss(scores, labels, weight=class_weights, reduction="sum")',
    ),
    Row(
        "torch",
        "multi_margin(scores, labels, class_weights=class_weights)",
        "torch.nn.functional.multi_margin_loss(scores, labels, weight=class_weights)",
        differs="its mean divides by the count, not by the sum of weights "
        f"([documented]({TORCH_DOCS}.nn.MultiMarginLoss.html))",
    ),
    Row(
        "torch",
        "multilabel_margin(scores, targets)",
        "torch.nn.functional.multilabel_margin_loss(scores, torch.where("
        "targets.sort(descending=True).values == 1, targets.argsort(descending=True), -1))",
        also="MultiLabelMarginLoss",
    ),
    Row(
        "torch",
        "multilabel_soft_margin(logits, targets)",
        "torch.nn.functional.multilabel_soft_margin_loss(logits, targets)",
        also="MultiLabelSoftMarginLoss",
    ),
    Row(
        "torch",
        "multilabel_soft_margin(logits, targets, class_weights=class_weights)",
        "torch.nn.functional.multilabel_soft_margin_loss(logits, targets, weight=class_weights)",
    ),
    # divergences and likelihoods
    Row(
        "torch",
        "kl_divergence(log_probabilities, targets)",
        'torch.nn.functional.kl_div(log_probabilities, targets, reduction="batchmean")',
        also="KLDivLoss",
    ),
    Row(
        "torch",
        "kl_divergence(log_probabilities, targets)",
        "torch.nn.functional.kl_div(log_probabilities, targets)",
        differs=f"its mean divides by the classes, too ([documented]({TORCH_DOCS}.nn.KLDivLoss.html))",
    ),
    Row(
        "torch",
        "kl_divergence(log_probabilities, torch.log(targets), log_targets=True)",
        'torch.nn.functional.kl_div(log_probabilities, torch.log(targets), log_target=True, reduction="batchmean")',
    ),
    Row(
        "keras",
        "kl_divergence(log_probabilities, targets)",
        "keras.losses.KLDivergence()(targets, keras.ops.exp(log_probabilities))",
        also="kl_divergence",
    ),
    Row(
        "keras",
        "kl_divergence(log_probabilities, targets)",
        "keras.losses.KLDivergence()(targets, keras.ops.exp(log_probabilities))",
        given={"log_probabilities": [[-0.6931472, -0.6931472, -40.0]], "targets": [[0.5, 0.25, 0.25]]},
        differs=f"it takes probabilities and targets below 1e-7 for that ([source]({KERAS_SOURCE}))",
    ),
    Row(
        "optax",
        "kl_divergence(log_probabilities, targets)",
        "optax.losses.kl_divergence(log_probabilities, targets).mean()",
    ),
    Row(
        "optax",
        "kl_divergence(log_probabilities, jnp.log(targets), log_targets=True)",
        "optax.losses.kl_divergence_with_log_targets(log_probabilities, jnp.log(targets)).mean()",
    ),
    Row(
        "optax",
        "generalized_kl(log_predictions, targets)",
        "optax.losses.generalized_kl_divergence(log_predictions, targets).mean()",
        also="convex_kl_divergence",
    ),
    Row(
        "torch",
        "poisson_nll(predictions, targets)",
        "torch.nn.functional.poisson_nll_loss(predictions, targets)",
        also="PoissonNLLLoss",
    ),
    Row(
        "torch",
        "poisson_nll(predictions, targets, full=True)",
        "torch.nn.functional.poisson_nll_loss(predictions, targets, full=True)",
    ),
    Row(
        "keras",
        "poisson_nll(predictions, targets, log_input=False, epsilon=1e-7)",
        "keras.losses.Poisson()(targets, predictions)",
        also="poisson",
        given={"predictions": [2.0, 0.5, 7.0], "targets": [3.0, 0.0, 5.0]},
    ),
    Row(
        "keras",
        "poisson_nll(predictions, targets)",
        "keras.losses.Poisson()(targets, predictions)",
        given={"predictions": [2.0], "targets": [3.0]},
        differs=f"its predictions are rates, those of torch and here their logarithms ([documented]({KERAS_DOCS}))",
    ),
    Row(
        "tensorflow",
        "poisson_nll(predictions, targets)",
        "tf.reduce_mean(tf.nn.log_poisson_loss(targets, predictions))",
    ),
    Row(
        "tensorflow",
        "poisson_nll(predictions, targets, full=True)",
        "tf.reduce_mean(tf.nn.log_poisson_loss(targets, predictions, compute_full_loss=True))",
    ),
    Row(
        "torch",
        "gaussian_nll(predictions, targets, variances)",
        "torch.nn.functional.gaussian_nll_loss(predictions, targets, variances)",
        also="GaussianNLLLoss",
    ),
    Row(
        "torch",
        "gaussian_nll(predictions, targets, variances)",
        "torch.nn.functional.gaussian_nll_loss(predictions, targets, variances)",
        given={"predictions": [1.0], "targets": [1.5], "variances": [1e-8]},
    ),
    # ranking
    Row(
        "torch",
        "margin_ranking(scores_a, scores_b, target)",
        "torch.nn.functional.margin_ranking_loss(scores_a, scores_b, target)",
        also="MarginRankingLoss",
    ),
    Row(
        "keras",
        "margin_ranking(scores_a, scores_b, target, margin=1.0)",
        "keras.losses.Hinge()(target, scores_a - scores_b)",
    ),
    Row(
        "optax",
        "margin_ranking(scores_a, scores_b, target, margin=1.0)",
        "optax.losses.hinge_loss(scores_a - scores_b, target).mean()",
    ),
    Row(
        "tensorflow",
        "margin_ranking(scores_a, scores_b, margin=1.0)",
        "tf.compat.v1.losses.hinge_loss(tf.ones_like(scores_a), scores_a - scores_b)",
    ),
    Row(
        "rax",
        "margin_ranking(scores_a, scores_b, margin=1.0)",
        "rax.pairwise_hinge_loss(jnp.stack([scores_a, scores_b], -1), jnp.broadcast_to(jnp.array([1, 0]), (64, 2)))",
    ),
    Row(
        "keras-rs",
        "margin_ranking(scores_a, scores_b, margin=1.0)",
        "2.0 * keras_rs.losses.PairwiseHingeLoss()("
        "keras.ops.tile(keras.ops.array([[1.0, 0.0]]), (64, 1)), keras.ops.stack([scores_a, scores_b], -1))",
    ),
    Row(
        "torch",
        "bpr(positive_scores, negative_scores)",
        "-torch.nn.functional.logsigmoid(positive_scores - negative_scores).mean()",
    ),
    Row(
        "optax",
        "bpr(positive_scores, negative_scores)",
        "optax.losses.sigmoid_binary_cross_entropy(positive_scores - negative_scores, jnp.ones(64)).mean()",
    ),
    Row(
        "tensorflow",
        "bpr(positive_scores, negative_scores)",
        "-tf.reduce_mean(tf.math.log_sigmoid(positive_scores - negative_scores))",
    ),
    Row(
        "keras",
        "bpr(positive_scores, negative_scores)",
        "-keras.ops.mean(keras.ops.log_sigmoid(positive_scores - negative_scores))",
    ),
    Row(
        "rax",
        "bpr(positive_scores, negative_scores)",
        "rax.pairwise_logistic_loss("
        "jnp.stack([positive_scores, negative_scores], -1), jnp.broadcast_to(jnp.array([1, 0]), (64, 2)))",
    ),
    Row(
        "keras-rs",
        "bpr(positive_scores, negative_scores)",
        "2.0 * keras_rs.losses.PairwiseLogisticLoss()("
        "keras.ops.tile(keras.ops.array([[1.0, 0.0]]), (64, 1)), keras.ops.stack([positive_scores, negative_scores], -1))",
    ),
    Row(
        "optax",
        "listnet(scores, relevance)",
        "optax.losses.ranking_softmax_loss(scores, jax.nn.softmax(relevance))",
    ),
    Row("rax", "listnet(scores, relevance)", "rax.softmax_loss(scores, jax.nn.softmax(relevance))"),
    Row(
        "rax",
        "listnet(scores, relevance)",
        "rax.softmax_loss(scores, relevance)",
        differs="it takes the relevance itself as weights: here `softmax_rank` "
        "([documented](https://rax.readthedocs.io/en/latest/_autosummary/rax.softmax_loss.html))",
    ),
    Row("optax", "softmax_rank(scores, relevance)", "optax.losses.ranking_softmax_loss(scores, relevance)"),
    Row("rax", "softmax_rank(scores, relevance)", "rax.softmax_loss(scores, relevance)"),
    Row("torch", "softmax_rank(scores, relevance)", "torch.nn.functional.cross_entropy(scores, relevance)"),
    # metric learning
    Row(
        "torch",
        "hinge_embedding(distances, targets)",
        "torch.nn.functional.hinge_embedding_loss(distances, targets)",
        also="HingeEmbeddingLoss",
    ),
    Row(
        "torch",
        "cosine_embedding(embeddings_a, embeddings_b, targets)",
        "torch.nn.functional.cosine_embedding_loss(embeddings_a, embeddings_b, targets)",
        differs="it adds 1e-12 to squared lengths, which float64 shows "
        "([source](https://github.com/pytorch/pytorch/blob/v2.13.0/aten/src/ATen/native/Loss.cpp))",
        also="CosineEmbeddingLoss",
    ),
    Row(
        "torch",
        "triplet_margin(anchors, positives, negatives)",
        "torch.nn.functional.triplet_margin_loss(anchors, positives, negatives, eps=0.0)",
        also="TripletMarginLoss",
    ),
    Row(
        "torch",
        "triplet_margin(anchors, positives, negatives, swap=True)",
        "torch.nn.functional.triplet_margin_loss(anchors, positives, negatives, swap=True, eps=0.0)",
    ),
    Row(
        "torch",
        "triplet_margin(anchors, positives, negatives)",
        "torch.nn.functional.triplet_margin_loss(anchors, positives, negatives)",
        given={"anchors": [[1.0, 2.0]], "positives": [[1.0, 2.0]], "negatives": [[1.5, 2.0]]},
        differs="it adds 1e-6 to each coordinate of a difference, so that a point lies away from itself "
        f"([documented]({TORCH_DOCS}.nn.PairwiseDistance.html))",
    ),
    Row(
        "optax",
        "triplet_margin(anchors, positives, negatives)",
        "optax.losses.triplet_margin_loss(anchors, positives, negatives, eps=0.0).mean()",
    ),
    Row(
        "optax",
        "triplet_margin(anchors, positives, negatives, p=1)",
        "optax.losses.triplet_margin_loss(anchors, positives, negatives, norm_degree=1, eps=0.0).mean()",
        differs=f"it raises differences, not their absolute values, to an odd power ([source]({OPTAX_SOURCE}))",
    ),
    Row(
        "sentence-transformers",
        "triplet_margin(anchors, positives, negatives, margin=5.0)",
        "losses.TripletLoss(model).compute_loss_from_embeddings([anchors, positives, negatives], None)",
        also="TripletLoss",
    ),
    Row(
        "pytorch-metric-learning",
        "triplet_margin(anchors, positives, negatives, margin=1.0)",
        "losses.TripletMarginLoss(1.0, distance=distances.LpDistance(normalize_embeddings=False), "
        "reducer=reducers.MeanReducer())(torch.cat([anchors, positives, negatives]), "
        "indices_tuple=tuple(torch.arange(192).chunk(3)))",
    ),
    Row(
        "pytorch-metric-learning",
        "triplet_margin(anchors, positives, negatives, margin=1.0)",
        "losses.TripletMarginLoss(1.0)("
        "torch.cat([anchors, positives, negatives]), indices_tuple=tuple(torch.arange(192).chunk(3)))",
        differs="it normalises embeddings, and its mean is over triplets with a loss above 0 "
        "([documented](https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#tripletmarginloss))",
    ),
    # contrastive losses
    Row(
        "info-nce-pytorch",
        "info_nce(queries, keys, temperature=0.1)",
        "info_nce.info_nce(queries, keys)",
        also="InfoNCE",
    ),
    Row(
        "info-nce-pytorch",
        "info_nce(queries, keys)",
        "info_nce.info_nce(queries, keys)",
        differs="its temperature is 0.1 unless it is given, ours 0.07 "
        "([documented](https://github.com/RElbers/info-nce-pytorch))",
    ),
    Row(
        "sentence-transformers",
        "info_nce(queries, keys, temperature=0.05)",
        "losses.MultipleNegativesRankingLoss(model).compute_loss_from_embeddings([queries, keys], None)",
        also="MultipleNegativesRankingLoss CachedMultipleNegativesRankingLoss",
    ),
    Row(
        "sentence-transformers",
        "info_nce(queries, keys, negatives, temperature=0.05)",
        "losses.MultipleNegativesRankingLoss(model).compute_loss_from_embeddings([queries, keys, negatives], None)",
    ),
    Row(
        "open_clip_torch",
        "clip(image_embeddings, text_embeddings, temperature=0.07)",
        "open_clip.loss.ClipLoss()(torch.nn.functional.normalize(image_embeddings), "
        "torch.nn.functional.normalize(text_embeddings), 1.0 / 0.07)",
    ),
    Row(
        "sentence-transformers",
        "clip(image_embeddings, text_embeddings, temperature=0.05)",
        "losses.MultipleNegativesSymmetricRankingLoss(model).compute_loss_from_embeddings("
        "[image_embeddings, text_embeddings], None)",
        also="CachedMultipleNegativesSymmetricRankingLoss",
    ),
    Row(
        "optax",
        "simcse(embeddings, temperature=0.05)",
        "optax.losses.ntxent(embeddings, jnp.arange(128) // 2, temperature=0.05)",
    ),
    Row(
        "sentence-transformers",
        "supervised_simcse(embeddings, temperature=0.05)",
        "losses.MultipleNegativesRankingLoss(model).compute_loss_from_embeddings("
        "[embeddings[0::3], embeddings[1::3], embeddings[2::3]], None)",
    ),
    Row(
        "optax",
        "nt_xent(embeddings, temperature=0.5)",
        "optax.losses.ntxent(embeddings, jnp.arange(64) % 32, temperature=0.5)",
    ),
    Row(
        "optax",
        "nt_xent(embeddings, temperature=0.07)",
        "optax.losses.ntxent(embeddings, jnp.arange(64) % 32)",
    ),
    Row(
        "optax",
        "nt_xent(embeddings)",
        "optax.losses.ntxent(embeddings, jnp.arange(64) % 32)",
        differs="its temperature is 0.07 unless it is given, ours 0.5 "
        f"([documented]({OPTAX_DOCS}#optax.losses.ntxent))",
    ),
    Row(
        "optax",
        "nt_xent(embeddings, temperature=0.5, views=4)",
        "optax.losses.ntxent(embeddings, jnp.arange(64) % 16, temperature=0.5)",
    ),
    Row(
        "lightly",
        "nt_xent(embeddings)",
        "lightly.loss.ntx_ent_loss.NTXentLoss()(*embeddings.chunk(2))",
    ),
    Row(
        "pytorch-metric-learning",
        "nt_xent(embeddings, temperature=0.5)",
        "losses.NTXentLoss(temperature=0.5)(embeddings, torch.arange(64) % 32)",
    ),
    Row(
        "pytorch-metric-learning",
        "nt_xent(embeddings, temperature=0.07)",
        "losses.NTXentLoss()(embeddings, torch.arange(64) % 32)",
    ),
    Row(
        "pytorch-metric-learning",
        "nt_xent(embeddings)",
        "losses.NTXentLoss()(embeddings, torch.arange(64) % 32)",
        differs="its temperature is 0.07 unless it is given, ours 0.5 "
        "([documented](https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#ntxentloss))",
    ),
    Row(
        "pytorch-metric-learning",
        "nt_xent(embeddings, temperature=0.5)",
        "losses.SupConLoss(temperature=0.5)(embeddings, torch.arange(64) % 32)",
    ),
    Row(
        "pytorch-metric-learning",
        "nt_xent(embeddings, temperature=0.5, views=4)",
        "losses.NTXentLoss(temperature=0.5)(embeddings, torch.arange(64) % 16)",
    ),
    Row(
        "pytorch-metric-learning",
        "nt_xent(embeddings, temperature=0.5, views=4)",
        "losses.SupConLoss(temperature=0.5)(embeddings, torch.arange(64) % 16)",
        differs="with more than two views the other positives count as negatives there, and not here "
        "([paper](https://arxiv.org/abs/2004.11362))",
    ),
    Row(
        "pytorch-metric-learning",
        "nt_xent(embeddings, temperature=0.01)",
        "losses.NTXentLoss(temperature=0.01)(embeddings, torch.arange(4) % 2)",
        given={"embeddings": [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]]},
        differs="it takes the logarithm of a probability after the softmax, which ends at 87 and leaves no gradient "
        f"([source]({PML_SOURCE}ntxent_loss.py))",
    ),
    Row(
        "lightly",
        "dcl(embeddings)",
        "lightly.loss.dcl_loss.DCLLoss()(*embeddings.chunk(2))",
    ),
    Row(
        "pytorch-metric-learning",
        "sup_con(embeddings, labels)",
        "losses.SupConLoss()(embeddings, labels)",
    ),
    Row(
        "pytorch-metric-learning",
        "sup_con(embeddings, labels, temperature=0.07)",
        "losses.NTXentLoss()(embeddings, labels)",
        differs="a positive is compared with the negatives alone there, with all other rows here "
        "([paper](https://arxiv.org/abs/2004.11362))",
    ),
    Row(
        "open_clip_torch",
        "siglip(image_embeddings, text_embeddings, scale=10.0, bias=-10.0)",
        "open_clip.loss.SigLipLoss()(torch.nn.functional.normalize(image_embeddings), "
        "torch.nn.functional.normalize(text_embeddings), 10.0, -10.0)",
    ),
    # circle
    Row("pytorch-metric-learning", "circle(embeddings, labels)", "losses.CircleLoss()(embeddings, labels)"),
    Row(
        "keras",
        "circle(embeddings, labels)",
        "keras.losses.Circle()(labels, keras.ops.normalize(embeddings))",
        differs=f"it differentiates the weights of the similarities, which are constants here ([source]({KERAS_SOURCE}))",
    ),
    Row(
        "keras",
        "circle(embeddings, labels)",
        "keras.losses.Circle()(labels, embeddings)",
        differs=f"it does not normalise embeddings ([documented]({KERAS_DOCS}))",
    ),
    Row(
        "pytorch-metric-learning",
        "npairs(anchors, positives)",
        f"losses.NPairsLoss(distance=distances.DotProductSimilarity(normalize_embeddings=False))({PAIRS})",
    ),
    Row(
        "pytorch-metric-learning",
        'npairs(anchors, positives, similarity="cosine")',
        f"losses.NPairsLoss()({PAIRS})",
    ),
    Row(
        "pytorch-metric-learning",
        "npairs(anchors, positives)",
        f"losses.NPairsLoss()({PAIRS})",
        differs="it normalises embeddings "
        "([documented](https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#npairsloss))",
    ),
    Row(
        "sentence-transformers",
        "npairs(anchors, positives)",
        "losses.MultipleNegativesRankingLoss(model, scale=1.0, similarity_fct=util.dot_score)"
        ".compute_loss_from_embeddings([anchors, positives], None)",
    ),
    Row(
        "lightly",
        "barlow_twins(embeddings_a, embeddings_b)",
        "lightly.loss.barlow_twins_loss.BarlowTwinsLoss()(embeddings_a, embeddings_b)",
    ),
    Row(
        "lightly",
        "vicreg(embeddings_a, embeddings_b)",
        "lightly.loss.vicreg_loss.VICRegLoss()(embeddings_a, embeddings_b)",
    ),
    Row(
        "pytorch-metric-learning",
        "vicreg(embeddings_a, embeddings_b)",
        "losses.VICRegLoss()(embeddings_a, ref_emb=embeddings_b)",
    ),
    # simsiam, byol
    Row(
        "torch",
        "simsiam(predictions, projections)",
        "-torch.nn.functional.cosine_similarity(predictions, projections, dim=-1).mean()",
    ),
    Row("keras", "simsiam(predictions, projections)", "keras.losses.CosineSimilarity()(projections, predictions)"),
    Row(
        "optax",
        "simsiam(predictions, projections)",
        "-optax.losses.cosine_similarity(predictions, projections).mean()",
    ),
    Row(
        "lightly",
        "simsiam(predictions, projections)",
        "lightly.loss.negative_cosine_similarity.NegativeCosineSimilarity()(predictions, projections)",
        also="NegativeCosineSimilarity",
    ),
    Row(
        "torch",
        "byol(predictions, projections)",
        "2.0 - 2.0 * torch.nn.functional.cosine_similarity(predictions, projections, dim=-1).mean()",
    ),
    Row(
        "keras",
        "byol(predictions, projections)",
        "2.0 + 2.0 * keras.losses.CosineSimilarity()(projections, predictions)",
    ),
    Row(
        "optax",
        "byol(predictions, projections)",
        "2.0 * optax.losses.cosine_distance(predictions, projections).mean()",
    ),
    Row(
        "lightly",
        "byol(predictions, projections)",
        "2.0 + 2.0 * lightly.loss.negative_cosine_similarity.NegativeCosineSimilarity()(predictions, projections)",
    ),
    Row(
        "lightly",
        "byol(predictions, projections)",
        "lightly.loss.negative_cosine_similarity.NegativeCosineSimilarity()(predictions, projections)",
        differs="lightly trains BYOL by minus the cosine, whose slope is half of the paper's: here `simsiam` "
        "([documented](https://docs.lightly.ai/self-supervised-learning/examples/byol.html))",
    ),
    # segmentation
    Row(
        "keras",
        "dice(probabilities, targets)",
        "keras.ops.mean(keras.losses.dice(targets, probabilities, axis=-1))",
        differs=f"it adds 1e-7 to the denominator, which float64 shows ([source]({KERAS_SOURCE}))",
    ),
    Row(
        "keras",
        "dice(keras.ops.ravel(probabilities), keras.ops.ravel(targets))",
        "keras.losses.Dice()(targets, probabilities)",
        differs=f"it adds 1e-7 to the denominator, which float64 shows ([source]({KERAS_SOURCE}))",
    ),
    Row(
        "keras",
        "dice(probabilities, targets)",
        "keras.losses.Dice()(targets, probabilities)",
        differs=f"it makes one sum of the whole batch ([documented]({KERAS_DOCS}))",
    ),
    Row(
        "keras",
        "dice(probabilities, targets)",
        "keras.ops.mean(keras.losses.dice(targets, probabilities, axis=-1))",
        given={"probabilities": [[0.0, 0.0]], "targets": [[0.0, 0.0]]},
        differs="its 1e-7 stands in the denominator alone: nothing predicted where nothing is gives 1 there, 0 here "
        f"([source]({KERAS_SOURCE}))",
    ),
    Row(
        "optax",
        "dice(probabilities, targets, smoothing=2.0)",
        "optax.losses.binary_dice_loss(jax.scipy.special.logit(probabilities)[..., None], targets[..., None]).mean()",
    ),
    Row(
        "optax",
        "dice(probabilities, targets, smoothing=2.0)",
        "optax.losses.binary_dice_loss(probabilities[..., None], targets[..., None], apply_sigmoid=False).mean()",
        differs="it checks that the probabilities of its one class sum to 1, and cannot be compiled "
        f"([source]({OPTAX_SOURCE.replace('_self_supervised', '_segmentation')}))",
    ),
    Row(
        "segmentation-models-pytorch",
        "dice(probabilities.flatten(), targets.flatten())",
        'losses.DiceLoss("binary", from_logits=False)(probabilities, targets)',
    ),
    Row(
        "keras",
        "tversky(probabilities, targets, alpha=0.3, beta=0.7)",
        "keras.ops.mean(keras.losses.tversky(targets, probabilities, alpha=0.7, beta=0.3, axis=-1))",
        differs=f"it adds 1e-7 to the denominator, which float64 shows ([source]({KERAS_SOURCE}))",
    ),
    Row(
        "keras",
        "tversky(probabilities, targets, alpha=0.3, beta=0.7)",
        "keras.ops.mean(keras.losses.tversky(targets, probabilities, alpha=0.3, beta=0.7, axis=-1))",
        differs="it has alpha and beta exchanged, against its own documentation "
        "([mended later](https://github.com/keras-team/keras/pull/23333))",
    ),
    Row(
        "segmentation-models-pytorch",
        "tversky(probabilities.flatten(), targets.flatten(), alpha=0.3, beta=0.7)",
        'losses.TverskyLoss("binary", from_logits=False, alpha=0.3, beta=0.7)(probabilities, targets)',
    ),
)


def rows(loss: str) -> list[Row]:
    """The rows of a loss, library by library."""
    return sorted((row for row in ROWS if row.loss == loss), key=lambda row: list(LIBRARIES).index(row.library))


def named(name: str) -> list[str]:
    """The losses that go by a name, in a module or not: by isoloss' own, or else by one of another library's."""
    plain = _plain(name.rpartition(".")[2])
    own = [loss.name for loss in LOSSES.values() if plain in (_plain(loss.name), _plain(loss.class_name))]
    return own or next((losses for theirs, losses in _names().items() if _plain(theirs) == plain), [])


def names() -> list[str]:
    """All names by which a loss may be asked for."""
    return [*dict.fromkeys(name for loss in LOSSES.values() for name in (loss.name, loss.class_name)), *_names()]


def _names() -> dict[str, list[str]]:
    """Other libraries' names for losses: of those that claim one in `also`, or else of all that it equals."""
    found: dict[str, list[str]] = {}
    for name, loss in dict.fromkeys((name, row.loss) for row in ROWS for name in row.also.split()):
        found.setdefault(name, []).append(loss)
    claimed = set(found)
    for name, loss in dict.fromkeys((name, row.loss) for row in ROWS if not row.differs for name in row.names):
        if name not in claimed:
            found.setdefault(name, []).append(loss)
    return found


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
