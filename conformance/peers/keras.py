"""Keras: keras.losses, on the backend that KERAS_BACKEND names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from isoloss.conformance.peers.calls import adapter_of, by_jax, by_tensorflow, by_torch
from isoloss.conformance.runners.adapter import NotOffered

Tensor = Any


def mse(
    predictions: Tensor, targets: Tensor, *, where: Tensor | None, weights: Tensor | None, reduction: str
) -> Tensor:
    """`keras.losses.MeanSquaredError` over an axis of one element; a mask is a sample weight of 0"""
    loss = keras.losses.MeanSquaredError(**_options(predictions, reduction))
    return loss(targets[..., None], predictions[..., None], _sample_weight(predictions.shape, where, weights))


def mae(
    predictions: Tensor, targets: Tensor, *, where: Tensor | None, weights: Tensor | None, reduction: str
) -> Tensor:
    """`keras.losses.MeanAbsoluteError` over an axis of one element; a mask is a sample weight of 0"""
    loss = keras.losses.MeanAbsoluteError(**_options(predictions, reduction))
    return loss(targets[..., None], predictions[..., None], _sample_weight(predictions.shape, where, weights))


def huber(
    predictions: Tensor,
    targets: Tensor,
    *,
    delta: float | Tensor,
    where: Tensor | None,
    weights: Tensor | None,
    reduction: str,
) -> Tensor:
    """`keras.losses.Huber` over an axis of one element; a mask is a sample weight of 0"""
    loss = keras.losses.Huber(delta, **_options(predictions, reduction))
    return loss(targets[..., None], predictions[..., None], _sample_weight(predictions.shape, where, weights))


def log_cosh(
    predictions: Tensor, targets: Tensor, *, where: Tensor | None, weights: Tensor | None, reduction: str
) -> Tensor:
    """`keras.losses.LogCosh` over an axis of one element, whose log 2 is float32; a mask is a sample weight of 0"""
    loss = keras.losses.LogCosh(**_options(predictions, reduction))
    return loss(targets[..., None], predictions[..., None], _sample_weight(predictions.shape, where, weights))


def binary_cross_entropy(
    probabilities: Tensor, targets: Tensor, *, where: Tensor | None, weights: Tensor | None, reduction: str
) -> Tensor:
    """`keras.losses.BinaryCrossentropy` over an axis of one element, which clips to 1e-7 from 0 and 1"""
    loss = keras.losses.BinaryCrossentropy(**_options(probabilities, reduction))
    return loss(targets[..., None], probabilities[..., None], _sample_weight(probabilities.shape, where, weights))


def binary_cross_entropy_with_logits(
    logits: Tensor, targets: Tensor, *, where: Tensor | None, weights: Tensor | None, reduction: str
) -> Tensor:
    """`keras.losses.BinaryCrossentropy(from_logits=True)` over an axis of one element"""
    loss = keras.losses.BinaryCrossentropy(from_logits=True, **_options(logits, reduction))
    return loss(targets[..., None], logits[..., None], _sample_weight(logits.shape, where, weights))


def cross_entropy(
    logits: Tensor,
    labels: Tensor,
    *,
    ignore_index: int | None,
    axis: int,
    where: Tensor | None,
    weights: Tensor | None,
    reduction: str,
) -> Tensor:
    """`keras.losses.SparseCategoricalCrossentropy(from_logits=True)`; a mask is a sample weight of 0"""
    loss = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, ignore_class=ignore_index, axis=axis, **_options(logits, reduction)
    )
    return loss(labels, logits, _sample_weight(labels.shape, where, weights))


def soft_cross_entropy(
    logits: Tensor, targets: Tensor, *, axis: int, where: Tensor | None, weights: Tensor | None, reduction: str
) -> Tensor:
    """`keras.losses.CategoricalCrossentropy(from_logits=True)`; on TensorFlow the gradient wants rows that sum to 1"""
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, axis=axis, **_options(logits, reduction))
    rows = list(logits.shape)
    rows.pop(axis)
    return loss(targets, logits, _sample_weight(rows, where, weights))


def hinge(scores: Tensor, targets: Tensor, *, where: Tensor | None, weights: Tensor | None, reduction: str) -> Tensor:
    """`keras.losses.Hinge` over an axis of one element; a mask is a sample weight of 0"""
    loss = keras.losses.Hinge(**_options(scores, reduction))
    return loss(targets[..., None], scores[..., None], _sample_weight(scores.shape, where, weights))


def squared_hinge(
    scores: Tensor, targets: Tensor, *, where: Tensor | None, weights: Tensor | None, reduction: str
) -> Tensor:
    """`keras.losses.SquaredHinge` over an axis of one element; a mask is a sample weight of 0"""
    loss = keras.losses.SquaredHinge(**_options(scores, reduction))
    return loss(targets[..., None], scores[..., None], _sample_weight(scores.shape, where, weights))


def multiclass_hinge(
    scores: Tensor,
    labels: Tensor,
    *,
    margin: float,
    axis: int,
    where: Tensor | None,
    weights: Tensor | None,
    reduction: str,
) -> Tensor:
    """`keras.losses.CategoricalHinge` of one-hot rows, with a rival of score 0 among the classes; its margin is 1"""
    if margin != 1.0:
        raise NotOffered("another margin")
    scores = ops.moveaxis(scores, axis, -1)
    loss = keras.losses.CategoricalHinge(**_options(scores, reduction))
    chosen = ops.one_hot(labels, scores.shape[-1], dtype=_dtype(scores))
    return loss(chosen, scores, _sample_weight(labels.shape, where, weights))


def binary_focal(
    logits: Tensor,
    targets: Tensor,
    *,
    gamma: float,
    alpha: float | None,
    where: Tensor | None,
    weights: Tensor | None,
    reduction: str,
) -> Tensor:
    """`keras.losses.BinaryFocalCrossentropy(from_logits=True)` over an axis of one element"""
    balanced: dict[str, Any] = {} if alpha is None else {"apply_class_balancing": True, "alpha": alpha}
    loss = keras.losses.BinaryFocalCrossentropy(
        gamma=gamma, from_logits=True, **balanced, **_options(logits, reduction)
    )
    return loss(targets[..., None], logits[..., None], _sample_weight(logits.shape, where, weights))


def categorical_focal(
    logits: Tensor,
    labels: Tensor,
    *,
    gamma: float,
    alpha: Tensor | None,
    axis: int,
    where: Tensor | None,
    weights: Tensor | None,
    reduction: str,
) -> Tensor:
    """`keras.losses.CategoricalFocalCrossentropy(from_logits=True)` of one-hot labels, whose alpha is 0.25"""
    if alpha is not None and axis not in (-1, logits.ndim - 1):
        raise NotOffered("an alpha by class on another axis than the last")
    loss = keras.losses.CategoricalFocalCrossentropy(
        alpha=1.0 if alpha is None else alpha, gamma=gamma, from_logits=True, axis=axis, **_options(logits, reduction)
    )
    one_hot: Tensor = ops.one_hot(labels, logits.shape[axis], axis=axis)
    return loss(one_hot, logits, _sample_weight(labels.shape, where, weights))


def generalized_cross_entropy(
    logits: Tensor, labels: Tensor, *, q: float, where: Tensor | None, weights: Tensor | None, reduction: str
) -> Tensor:
    """`keras.losses.CategoricalGeneralizedCrossEntropy` of the softmax; q lies between 0 and 1, and classes stand last"""
    if not 0.0 < q < 1.0:
        raise NotOffered("q of 0 or 1")
    loss = keras.losses.CategoricalGeneralizedCrossEntropy(q, **_options(logits, reduction))
    return loss(labels, ops.softmax(logits), _sample_weight(labels.shape, where, weights))


def margin_ranking(
    scores_a: Tensor,
    scores_b: Tensor,
    target: Tensor | None = None,
    *,
    margin: float,
    where: Tensor | None,
    weights: Tensor | None,
    reduction: str,
) -> Tensor:
    """`keras.losses.Hinge` of the difference, over an axis of one element; its margin is 1"""
    if margin != 1.0:
        raise NotOffered("another margin")
    lead = scores_a - scores_b
    signs: Tensor = ops.ones_like(lead) if target is None else target
    loss = keras.losses.Hinge(**_options(lead, reduction))
    return loss(signs[..., None], lead[..., None], _sample_weight(lead.shape, where, weights))


def bpr(positive_scores: Tensor, negative_scores: Tensor, *, reduction: str) -> Tensor:
    """`-keras.ops.log_sigmoid(positive_scores - negative_scores)`"""
    _dtype(positive_scores)
    values: Tensor = ops.log_sigmoid(positive_scores - negative_scores)
    return _reduced(-values, reduction)


def mape(
    predictions: Tensor, targets: Tensor, *, where: Tensor | None, weights: Tensor | None, reduction: str
) -> Tensor:
    """`keras.losses.MeanAbsolutePercentageError` over an axis of one element; its epsilon is 1e-7"""
    loss = keras.losses.MeanAbsolutePercentageError(**_options(predictions, reduction))
    return loss(targets[..., None], predictions[..., None], _sample_weight(predictions.shape, where, weights))


def msle(
    predictions: Tensor, targets: Tensor, *, where: Tensor | None, weights: Tensor | None, reduction: str
) -> Tensor:
    """`keras.losses.MeanSquaredLogarithmicError` over an axis of one element; what is below 1e-7 counts as that"""
    loss = keras.losses.MeanSquaredLogarithmicError(**_options(predictions, reduction))
    return loss(targets[..., None], predictions[..., None], _sample_weight(predictions.shape, where, weights))


def cosine_distance(predictions: Tensor, targets: Tensor, *, axis: int, reduction: str) -> Tensor:
    """`1 + keras.losses.cosine_similarity`, which is minus the cosine"""
    _dtype(predictions)
    values: Tensor = keras.losses.cosine_similarity(targets, predictions, axis=axis) + 1.0
    return _reduced(values, reduction)


def simsiam(predictions: Tensor, projections: Tensor, *, axis: int, reduction: str) -> Tensor:
    """`keras.losses.cosine_similarity`, which is minus the cosine"""
    _dtype(predictions)
    return _reduced(keras.losses.cosine_similarity(projections, predictions, axis=axis), reduction)


def byol(predictions: Tensor, projections: Tensor, *, axis: int, reduction: str) -> Tensor:
    """`2 + 2 * keras.losses.cosine_similarity`, which is minus the cosine"""
    _dtype(predictions)
    values: Tensor = keras.losses.cosine_similarity(projections, predictions, axis=axis) * 2.0 + 2.0
    return _reduced(values, reduction)


def dice(probabilities: Tensor, targets: Tensor, *, axis: int, reduction: str) -> Tensor:
    """`keras.losses.dice`, which adds 1e-7 to the denominator"""
    _dtype(probabilities)
    values: Tensor = keras.losses.dice(targets, probabilities, axis=axis)
    return _reduced(values, reduction)


def tversky(probabilities: Tensor, targets: Tensor, *, alpha: float, beta: float, axis: int, reduction: str) -> Tensor:
    """`keras.losses.tversky`, which adds 1e-7 to the denominator, with alpha and beta exchanged (up to 3.15.1)"""
    _dtype(probabilities)
    values: Tensor = keras.losses.tversky(targets, probabilities, alpha=beta, beta=alpha, axis=axis)
    return _reduced(values, reduction)


def kl_divergence(
    log_probabilities: Tensor,
    targets: Tensor,
    *,
    log_targets: bool,
    axis: int,
    where: Tensor | None,
    weights: Tensor | None,
    reduction: str,
) -> Tensor:
    """`keras.losses.KLDivergence` of probabilities, the targets first, which it cuts to 1e-7 to 1; classes last"""
    rows: Tensor = ops.moveaxis(log_probabilities, axis, -1)
    given: Tensor = ops.moveaxis(targets, axis, -1)
    loss = keras.losses.KLDivergence(**_options(log_probabilities, reduction))
    given = ops.exp(given) if log_targets else given
    return loss(given, ops.exp(rows), _sample_weight(rows.shape[:-1], where, weights))


def poisson_nll(
    predictions: Tensor,
    targets: Tensor,
    *,
    log_input: bool,
    where: Tensor | None,
    weights: Tensor | None,
    reduction: str,
) -> Tensor:
    """`keras.losses.Poisson` of rates over an axis of one element; it adds 1e-7 to a rate inside the logarithm"""
    loss = keras.losses.Poisson(**_options(predictions, reduction))
    rates: Tensor = ops.exp(predictions) if log_input else predictions
    return loss(targets[..., None], rates[..., None], _sample_weight(predictions.shape, where, weights))


def _reduced(values: Tensor, reduction: str) -> Tensor:
    return {"mean": ops.mean, "sum": ops.sum, "none": lambda x: x}[reduction](values)


def _options(predicted: Tensor, reduction: str) -> dict[str, Any]:
    """Reduction by Keras' name, and the dtype, which is float32 otherwise."""
    named = {"mean": "mean_with_sample_weight", "sum": "sum", "none": None}[reduction]
    return {"reduction": named, "dtype": _dtype(predicted)}


def _dtype(predicted: Tensor) -> str:
    """The dtype, if Keras computes in it."""
    dtype = keras.backend.standardize_dtype(predicted.dtype)
    if dtype == "float64" and keras.backend.backend() != "tensorflow":
        raise NotOffered("float64: Keras promotes it to float32 there")
    return dtype


def _sample_weight(shape: Sequence[int], where: Tensor | None, weights: Tensor | None) -> Tensor | None:
    """Mask and weights as one array of the values' shape."""
    found: Tensor = None
    for given in (where, weights):
        if given is not None:
            part: Tensor = ops.cast(given, "float32" if weights is None else weights.dtype)
            part = ops.reshape(part, (*part.shape, *[1] * (len(shape) - len(part.shape))))
            part = ops.broadcast_to(part, shape)
            found = part if found is None else found * part
    return found


adapter = adapter_of(
    globals(), {"torch": by_torch, "tensorflow": by_tensorflow, "jax": by_jax}[keras.backend.backend()]
)
