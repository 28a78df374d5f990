"""What all Keras losses share: how `y_true` and `y_pred` become a spec's arrays, and its values a Keras loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal, TypeAlias

import keras
from keras import ops as kops

from isoloss.adapter import check_setting, evaluate, unreduced
from isoloss.keras.binding import ops
from isoloss.losses.declaration import Argument, declaration

Reduction: TypeAlias = Literal["sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none"] | None

MEANS = ("sum_over_batch_size", "mean", "mean_with_sample_weight")


class Criterion(keras.losses.Loss):
    """A spec as a Keras loss.

    - Given arrays come from `y_true`, which is not cast, so that integer labels stay integers; predicted ones from
      `y_pred`. Several predicted arrays stand on axis 1 of one output, (N, k, ...), in the order of the spec.
      Where nothing is given, `y_true` may be None.
    - A loss over views takes (N, views, D), which `fit` may shuffle: rows of (N * views, D) would be torn from their
      partners.
    - As in Keras' own losses, (N,) targets fit (N, 1) predictions, (N, 1) labels fit (N, C) logits, and values per
      element are averaged over the last axis before they are weighed.
    - `sample_weight` may have fewer axes than the values; Keras' reductions apply. They depart from `isoloss`'s own in
      one thing: only "mean_with_sample_weight" divides by the sum of the weights, the other means by the count.
    """

    spec: ClassVar[Callable[..., Any]]

    def __init__(
        self, *, reduction: Reduction = "sum_over_batch_size", name: str | None = None, axis: int = -1, **settings: Any
    ) -> None:
        super().__init__(name=name, reduction=reduction)
        self._loss = loss = declaration(self.spec)
        if loss.one_number and reduction not in MEANS:
            raise ValueError(
                f"{loss.name} is one number for the whole batch: reduction must be one of "
                f"{', '.join(map(repr, MEANS))}; got {reduction!r}"
            )
        self.axis = axis
        self._settings = {s.name: s.default for s in loss.settings}
        self._arrays: dict[str, Any] = {a.name: None for a in loss.arguments if a.is_setting}
        if unknown := settings.keys() - self._settings.keys() - self._arrays.keys():
            known = [*self._settings, *self._arrays]
            raise TypeError(f"{loss.name} has no setting {', '.join(sorted(unknown))}; its are {', '.join(known)}")
        for setting in loss.settings:
            value = settings.get(setting.name, setting.default)
            if setting.learnable and (keras.ops.is_tensor(value) or isinstance(value, keras.Variable)):
                raise TypeError(
                    f"{loss.name}: {setting.name} must be a number: Keras losses track no variables, so it would never "
                    f"be learned. Learn it in a layer that scales the model's output; got {value!r}"
                )
            self._settings[setting.name] = check_setting(loss, setting, value)
        for name_ in self._arrays:
            if settings.get(name_) is not None:
                self._arrays[name_] = kops.convert_to_numpy(kops.convert_to_tensor(settings[name_])).tolist()

    def get_config(self) -> dict[str, Any]:
        axis = {"axis": self.axis} if self._loss.has_axis else {}
        return {**super().get_config(), **self._settings, **self._arrays, **axis}

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The values before any reduction."""
        values, counted = self._values(y_true, y_pred, None)
        return values if counted is None else kops.where(counted, values, 0.0)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        mask = keras.src.backend.get_keras_mask(y_pred)
        if self._loss.one_number:
            value = evaluate(ops, self._loss, *self._arguments(y_true, y_pred), where=mask, weights=sample_weight)
            return _Reduction("sum_over_batch_size", value)(value, value)
        values, counted = self._values(y_true, y_pred, mask)
        rank = len(values.shape)
        if sample_weight is not None:
            sample_weight = kops.cast(kops.convert_to_tensor(sample_weight), values.dtype)
            sample_weight = _with_rank(sample_weight, rank)
        if counted is not None:
            share = kops.cast(counted, values.dtype)
            if self.reduction in MEANS:  # Keras divides by all values: make up for those that do not count
                total = kops.sum(kops.ones_like(share))
                share = share * total / kops.maximum(kops.sum(share), 1.0)
            sample_weight = share if sample_weight is None else share * sample_weight
        return _Reduction(self.reduction, values)(values, values, sample_weight)

    def _values(self, y_true: Any, y_pred: Any, mask: Any) -> tuple[Any, Any]:
        """Values with at least one axis fewer than y_pred, and which of them count (None: all)."""
        arrays, settings = self._arguments(y_true, y_pred)
        views = self._loss.batch[0].multiple
        if mask is not None and views > 1:
            mask = kops.reshape(mask, (-1,))
        values, weights = unreduced(ops, self._loss, arrays, settings, axis=self.axis, where=mask)
        counted = None
        if weights is not None:
            counted = kops.not_equal(weights, 0.0)
            values = kops.where(counted, values * weights, 0.0)
        if views > 1 and len(y_pred.shape) == 3:
            values = kops.reshape(values, (-1, views))
            counted = None if counted is None else kops.reshape(counted, (-1, views))
        if len(values.shape) == len(y_pred.shape) > 1:
            values = kops.mean(values, axis=-1)
            counted = None if counted is None else kops.any(counted, axis=-1)
        return values, counted

    def _arguments(self, y_true: Any, y_pred: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        y_pred = kops.convert_to_tensor(y_pred)
        given = [a for a in self._loss.inputs if not a.predicted]
        predicted = [a for a in self._loss.inputs if a.predicted]
        arrays: dict[str, Any] = {a.name: None for a in self._loss.inputs}
        arrays |= {name: None if v is None else kops.convert_to_tensor(v) for name, v in self._arrays.items()}
        if given:
            if y_true is None:
                raise ValueError(f"{self._loss.name}: y_true must hold {given[0].name}; got None")
            arrays[given[0].name] = _fitted(kops.convert_to_tensor(y_true), y_pred, predicted[0])
        if len(predicted) == 1:
            arrays[predicted[0].name] = _flat_views(y_pred, predicted[0])
            return arrays, self._settings
        required = [a for a in predicted if not a.optional]
        count = y_pred.shape[1] if len(y_pred.shape) > 1 else None
        if count is None or not len(required) <= count <= len(predicted):
            raise ValueError(
                f"{self._loss.name}: y_pred must hold {', '.join(a.name for a in predicted)} on axis 1, "
                f"(N, {len(required)} to {len(predicted)}, ...); got {tuple(y_pred.shape)}"
            )
        for k, argument in enumerate(predicted[:count]):
            arrays[argument.name] = y_pred[:, k]
        return arrays, self._settings


class _Reduction(keras.losses.Loss):
    """Keras' own reductions, for values that are there already."""

    def __init__(self, reduction: str | None, values: Any) -> None:
        super().__init__(reduction=reduction, dtype=keras.backend.standardize_dtype(values.dtype))

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return y_pred


def _with_rank(x: Any, rank: int) -> Any:
    """Trailing axes of 1 added, or taken away, until there are so many."""
    while len(x.shape) < rank:
        x = kops.expand_dims(x, -1)
    while len(x.shape) > rank and x.shape[-1] == 1:
        x = kops.squeeze(x, -1)
    return x


def _flat_views(y_pred: Any, argument: Argument) -> Any:
    """(N, views, D) as interleaved rows."""
    views = argument.dimensions[0].multiple
    if views == 1 or len(y_pred.shape) != 3:
        return y_pred
    if y_pred.shape[1] != views:
        raise ValueError(
            f"{argument.name} must be (N, {views}, D), {views} views of each sample; got {tuple(y_pred.shape)}"
        )
    return kops.reshape(y_pred, (-1, y_pred.shape[2]))


def _fitted(y_true: Any, y_pred: Any, predicted: Argument) -> Any:
    """y_true without, or with, the last axis of 1 that Keras' own losses would take away or add."""
    rank = len(y_pred.shape) - len(predicted.dimensions) + 1
    if len(y_true.shape) == rank + 1 and y_true.shape[-1] == 1:
        return kops.squeeze(y_true, -1)
    if len(y_true.shape) == rank - 1 and y_pred.shape[-1] == 1:
        return kops.expand_dims(y_true, -1)
    return y_true
