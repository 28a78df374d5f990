"""What all Keras losses share: how `y_true` and `y_pred` become a spec's arrays, and its values a Keras loss."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Literal, TypeAlias

import keras
import numpy as np

# Not public, and nothing public gives the mask of an array: Keras' own `Loss.__call__` multiplies by it afterwards,
# which is too late for rows that must be nobody's negative and for NaN behind the mask.
from keras.src.backend import get_keras_mask

from isoloss.adapter import unreduced
from isoloss.arguments import check_setting
from isoloss.keras.binding import ops, primitives, unconverted
from isoloss.losses.declaration import Loss, declaration

Reduction: TypeAlias = Literal["sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none"] | None

kops: Any = keras.ops  # its annotations say less than it does

MEANS = ("sum_over_batch_size", "mean", "mean_with_sample_weight")


class Criterion(keras.losses.Loss):
    """A spec as a Keras loss. For a spec of your own::

        @keras.saving.register_keras_serializable(package="mine")
        class MyLoss(Criterion):
            spec = staticmethod(my_spec)

    - Given arrays come from `y_true`, which is not cast, so that integer labels stay integers; predicted ones from
      `y_pred`. Several of a kind stand on axis 1 of one array, (N, k, ...), in the order of the spec. Where nothing is
      given, `y_true` is not looked at and may be None; but then Keras drops the `sample_weight` of `fit` and
      `evaluate` in silence: give a `y` of zeros with it.
    - A loss over views takes (N, views, D), which `fit` may shuffle: rows of (N * views, D) would be torn from their
      partners in silence.
    - As in Keras' own losses, (N,) targets fit (N, 1) predictions, (N, 1) labels fit (N, C) logits, and values per
      element are averaged over the last axis before they are weighed; but N predictions of shape (N,) are N samples.
    - A mask that a layer has set on `y_pred` reaches the spec: masked rows are nobody's negative.
    - To load a saved model, `import isoloss.keras` first: Keras imports no module but its own.

    Reductions are Keras': "sum_over_batch_size" and "mean" divide the weighted sum by how many values count, "sum" and
    None divide by nothing, and only "mean_with_sample_weight" divides by the sum of the weights, as `isoloss`'s own
    mean does. Masked rows, ignored labels and rows whose class weighs 0 do not count; if nothing counts, the loss is
    0. This departs from Keras' own losses in two things:

    - `sample_weight` has the shape of the values or of their leading axes, with 1s behind them if you like: (N,) weighs
      whole sequences. Nothing is broadcast from the right, and a sum of weights counts a weight for every value.
    - A loss of one number takes `sample_weight` into its formula: the weighted mean under rmse's root.

    With `across_replicas=True`, on TensorFlow, the replicas of a `tf.distribute` strategy share a batch: rows are compared
    with those of all replicas, and every mean is over all of them. As the losses of replicas are added up in Keras, the
    loss of each is its share.
    """

    spec: ClassVar[Callable[..., Any]]

    def __init__(
        self,
        *,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
        across_replicas: bool = False,
        **settings: Any,
    ) -> None:
        super().__init__(name=name, reduction=reduction)  # pyright: ignore[reportArgumentType]  # None is taken too
        loss = declaration(self.spec)
        if across_replicas and keras.config.backend() != "tensorflow":
            raise ValueError(
                f"{loss.name}: across_replicas=True is for the replicas of tf.distribute, which Keras' backend "
                f"{keras.config.backend()!r} does not have: leave it out, or set KERAS_BACKEND=tensorflow"
            )
        self.across_replicas = across_replicas
        if loss.one_number and reduction not in MEANS:
            raise ValueError(
                f"{loss.name} is one number for the whole batch: reduction must be one of "
                f"{', '.join(map(repr, MEANS))}; got {reduction!r}"
            )
        known = loss.defaults
        if unknown := settings.keys() - known.keys():
            raise TypeError(f"{loss.name} has no setting {', '.join(sorted(unknown))}; its are {', '.join(known)}")
        self._settings = known | settings
        for setting in loss.settings:
            value = self._settings[setting.name]
            if setting.learnable and not isinstance(value, (int, float, np.generic)):
                raise TypeError(
                    f"{loss.name}: {setting.name} must be a number: Keras losses track no variables, so an array would "
                    f"never be learned. Learn it in a layer that scales the model's output; got {value!r}"
                )
            self._settings[setting.name] = check_setting(loss, setting, value)
        for argument in loss.arguments:
            if argument.is_setting and (value := self._settings[argument.name]) is not None:
                value = value if isinstance(value, (list, tuple)) else kops.convert_to_numpy(value)
                self._settings[argument.name] = np.asarray(value).tolist()

    def get_config(self) -> dict[str, Any]:
        told = self.across_replicas or declaration(self.spec).compares_rows
        shared = {"across_replicas": self.across_replicas} if told else {}
        return {**super().get_config(), **self._settings, **shared}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.get_config().items())})"

    @unconverted
    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The values before any reduction, each times what it counts for."""
        with self._primitives(y_true=y_true, y_pred=y_pred) as xp:
            values, weights = self._values(xp, y_true, y_pred)
        return values if weights is None else values * weights

    @unconverted
    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        if sample_weight is not None:
            sample_weight = _without_trailing_ones(kops.convert_to_tensor(sample_weight))
        with self._primitives(y_true=y_true, y_pred=y_pred, sample_weight=sample_weight) as xp:
            return self._evaluate(xp, y_true, y_pred, sample_weight)

    def _primitives(self, **given: Any) -> AbstractContextManager[Any]:
        return primitives(declaration(self.spec).name, self.across_replicas, given)

    def _evaluate(self, xp: Any, y_true: Any, y_pred: Any, sample_weight: Any) -> Any:
        mask = get_keras_mask(y_pred)
        if declaration(self.spec).one_number:
            value, _ = self._values(xp, y_true, y_pred, mask, sample_weight)
            return _reduced(kops.reshape(value, (1,)), None, self.reduction)
        values, weights = self._values(xp, y_true, y_pred, mask)
        if weights is not None and self.reduction in ("sum_over_batch_size", "mean"):
            # Keras divides by all values: make up for those that do not count
            ones = ops.ones_like(weights)
            counted = xp.averaged(ops.sum(ops.where(ops.equal(weights, 0.0), 0.0, ones)))
            weights = weights * (ops.sum(ones) / ops.where(ops.equal(counted, 0.0), 1.0, counted))
        if sample_weight is not None:
            sample_weight = _broadcast(sample_weight, values)
            weights = sample_weight if weights is None else weights * sample_weight
        if self.across_replicas and weights is not None and self.reduction == "mean_with_sample_weight":
            # Keras divides by one's own weights: make up for those of the other replicas
            total = xp.averaged(ops.sum(weights))
            values = values * (ops.sum(weights) / ops.where(ops.equal(total, 0.0), 1.0, total))
        return _reduced(values, weights, self.reduction)

    def _values(
        self, xp: Any, y_true: Any, y_pred: Any, mask: Any = None, sample_weight: Any = None
    ) -> tuple[Any, Any]:
        """Values that begin with the axis of samples, and what each counts for (None: all the same)."""
        loss = declaration(self.spec)
        arrays = _split(loss, "y_pred", y_pred, predicted=True)
        first = next(a for a in loss.inputs if a.predicted)
        views, values_each = (d.count(self._settings) for d in (first.dimensions[0], loss.batch[0]))
        blocks = bool(first.dimensions[0].blocks)
        in_views = views > 1 and len(arrays[first.name].shape) > len(first.dimensions)
        if in_views:
            if arrays[first.name].shape[1] != views:
                raise ValueError(
                    f"{loss.name}: {first.name} must be (N, {views}, ...), {views} views of each sample; "
                    f"got {tuple(arrays[first.name].shape)}"
                )
            arrays[first.name] = _rows(arrays[first.name], blocks)
        if mask is not None and (in_views or len(arrays) > 1):
            mask = _mask_of_values(loss, arrays, mask, values_each, blocks)
        arrays |= _split(loss, "y_true", y_true, predicted=False)
        for argument in loss.inputs:
            if not argument.predicted and argument.name in arrays:
                more = len(argument.dimensions) - len(first.dimensions)
                arrays[argument.name] = _fitted(arrays[argument.name], arrays[first.name], more)
        settings = dict(self._settings)
        axis = settings.pop("axis", -1)
        for argument in loss.arguments:
            if argument.is_setting and (value := settings.pop(argument.name)) is not None:
                arrays[argument.name] = np.asarray(value)
        arrays = {a.name: arrays.get(a.name) for a in loss.arguments}

        values, weights = unreduced(xp, loss, arrays, settings, axis=axis, where=mask, weights=sample_weight)
        if loss.one_number:
            return values, None
        if in_views and values_each > 1:
            values = _samples(values, values_each, blocks)
            weights = None if weights is None else _samples(weights, values_each, blocks)
        if first.dimensions == loss.batch and len(values.shape) > 1:  # a value per element
            if weights is None:
                return ops.mean(values, axis=-1), None
            total = ops.sum(weights, axis=-1)
            values = ops.sum(weights * values, axis=-1) / ops.where(ops.equal(total, 0.0), 1.0, total)
            weights = ops.max(weights, axis=-1)
        return values, weights


def _split(loss: Loss, source: str, array: Any, predicted: bool) -> dict[str, Any]:
    """The predicted or the given arrays by name: the only one, or several that stand on axis 1."""
    arguments = [a for a in loss.inputs if a.predicted == predicted]
    required = sum(not a.optional for a in arguments)
    if not arguments or (array is None and not required):
        return {}
    names = ", ".join(a.name for a in arguments)
    if array is None:
        raise ValueError(f"{loss.name}: {source} must hold {names}; got None")
    array = kops.convert_to_tensor(array)
    if len(arguments) == 1:
        return {arguments[0].name: array}
    count = array.shape[1] if len(array.shape) > 1 else None
    if count is None or not required <= count <= len(arguments):
        raise ValueError(
            f"{loss.name}: {source} must hold {names} on axis 1, (N, {required} to {len(arguments)}, ...); "
            f"got {tuple(array.shape)}"
        )
    return {argument.name: array[:, k] for k, argument in enumerate(arguments[:count])}


def _rows(array: Any, blocks: bool) -> Any:
    """(N, views, ...) as rows: the views of a sample side by side or, in blocks, all first views, then all second ones."""
    return kops.reshape(kops.swapaxes(array, 0, 1) if blocks else array, (-1, *kops.shape(array)[2:]))


def _samples(rows: Any, views: int, blocks: bool) -> Any:
    """The rows as (N, views)."""
    return kops.transpose(kops.reshape(rows, (views, -1))) if blocks else kops.reshape(rows, (-1, views))


def _mask_of_values(loss: Loss, arrays: dict[str, Any], mask: Any, values_each: int, blocks: bool) -> Any:
    """The mask of an output with views or several arrays on axis 1: what it says of each value."""
    shared = [a.name for a in loss.inputs if a.name in arrays and a not in loss.leaders]
    if shared:
        raise ValueError(f"{loss.name}: {', '.join(shared)} cannot be masked; got an output with a mask")
    if len(mask.shape) > 1:
        return _rows(mask, blocks) if values_each > 1 else kops.all(mask, axis=1)
    return kops.tile(mask, values_each) if blocks else kops.repeat(mask, values_each)


def _fitted(y_true: Any, predictions: Any, more: int) -> Any:
    """y_true with so many more axes than predictions: a last axis of 1 is taken away or added, as Keras' losses do."""
    rank = len(predictions.shape) + more
    if len(y_true.shape) == rank + 1 and y_true.shape[-1] == 1:
        return kops.squeeze(y_true, -1)
    if len(y_true.shape) == rank - 1 and predictions.shape[-1] == 1:
        return kops.expand_dims(y_true, -1)
    return y_true


def _without_trailing_ones(weights: Any) -> Any:
    while len(weights.shape) > 1 and weights.shape[-1] == 1:
        weights = kops.squeeze(weights, -1)
    return weights


def _broadcast(weights: Any, values: Any) -> Any:
    """Weights of the leading axes of the values as weights of each value."""
    own, expected = tuple(weights.shape), tuple(values.shape)
    sizes = zip(own, expected, strict=False)
    if not 0 < len(own) <= len(expected) or any(a != b for a, b in sizes if a is not None and b is not None):
        raise ValueError(
            f"sample_weight must have the shape of the values, {expected}, or of their leading axes; got {own}"
        )
    while len(weights.shape) < len(values.shape):
        weights = kops.expand_dims(weights, -1)
    return kops.broadcast_to(kops.cast(weights, values.dtype), kops.shape(values))


def _reduced(values: Any, weights: Any, reduction: Any) -> Any:
    """Keras' own reduction, which knows of `tf.distribute` and which Keras offers only inside a loss."""
    dtype = keras.backend.standardize_dtype(values.dtype)
    return _Reduction("reduction", reduction, dtype)(values, values, weights)


class _Reduction(keras.losses.Loss):
    def call(self, y_true: Any, y_pred: Any) -> Any:
        return y_pred
