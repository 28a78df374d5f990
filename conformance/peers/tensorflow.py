"""TensorFlow: tf.nn and tf.compat.v1.losses. tf.losses is Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from isoloss.conformance.peers.calls import adapter_of, by_tensorflow
from isoloss.conformance.runners.adapter import NotOffered

Tensor = Any
losses = tf.compat.v1.losses

_REDUCTION = {"mean": losses.Reduction.MEAN, "sum": losses.Reduction.SUM, "none": losses.Reduction.NONE}


def mse(
    predictions: Tensor, targets: Tensor, *, where: Tensor | None, weights: Tensor | None, reduction: str
) -> Tensor:
    """`tf.compat.v1.losses.mean_squared_error`, which computes in float32; a mask is a weight of 0"""
    weights = _weights(predictions, where, weights)
    return losses.mean_squared_error(targets, predictions, weights, reduction=_REDUCTION[reduction])


def mae(
    predictions: Tensor, targets: Tensor, *, where: Tensor | None, weights: Tensor | None, reduction: str
) -> Tensor:
    """`tf.compat.v1.losses.absolute_difference`, which computes in float32; a mask is a weight of 0"""
    weights = _weights(predictions, where, weights)
    return losses.absolute_difference(targets, predictions, weights, reduction=_REDUCTION[reduction])


def huber(
    predictions: Tensor,
    targets: Tensor,
    *,
    delta: float | Tensor,
    where: Tensor | None,
    weights: Tensor | None,
    reduction: str,
) -> Tensor:
    """`tf.compat.v1.losses.huber_loss`, which computes in float32; delta is a number, a mask is a weight of 0"""
    if tf.is_tensor(delta):
        raise NotOffered("a learned delta")
    weights = _weights(predictions, where, weights)
    return losses.huber_loss(targets, predictions, weights, delta, reduction=_REDUCTION[reduction])


def binary_cross_entropy(
    probabilities: Tensor,
    targets: Tensor,
    *,
    epsilon: float,
    where: Tensor | None,
    weights: Tensor | None,
    reduction: str,
) -> Tensor:
    """`tf.compat.v1.losses.log_loss`, which computes in float32; a mask is a weight of 0"""
    weights = _weights(probabilities, where, weights)
    return losses.log_loss(targets, probabilities, weights, epsilon, reduction=_REDUCTION[reduction])


def binary_cross_entropy_with_logits(
    logits: Tensor, targets: Tensor, *, pos_weight: Tensor | None, reduction: str
) -> Tensor:
    """`tf.nn.sigmoid_cross_entropy_with_logits`, or `tf.nn.weighted_cross_entropy_with_logits` with pos_weight"""
    if pos_weight is not None:
        return _reduced(tf.nn.weighted_cross_entropy_with_logits(targets, logits, pos_weight), reduction)
    return _reduced(tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits), reduction)


def cross_entropy(logits: Tensor, labels: Tensor, *, reduction: str) -> Tensor:
    """`tf.nn.sparse_softmax_cross_entropy_with_logits`"""
    labels = tf.cast(labels, tf.int64) if labels.dtype.is_integer else labels
    return _reduced(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits), reduction)


def soft_cross_entropy(logits: Tensor, targets: Tensor, *, axis: int, reduction: str) -> Tensor:
    """`tf.nn.softmax_cross_entropy_with_logits`; each row of targets must sum to 1"""
    off = tf.abs(tf.reduce_sum(targets, axis) - 1.0)
    if tf.reduce_any(off > 4.0 * np.finfo(targets.dtype.as_numpy_dtype).eps):
        raise NotOffered("rows that do not sum to 1: its gradient is documented as wrong for them")
    values = tf.nn.softmax_cross_entropy_with_logits(labels=tf.stop_gradient(targets), logits=logits, axis=axis)
    return _reduced(values, reduction)


def hinge(scores: Tensor, targets: Tensor, *, where: Tensor | None, weights: Tensor | None, reduction: str) -> Tensor:
    """`tf.compat.v1.losses.hinge_loss` of targets as 0 and 1, in float32; a mask is a weight of 0"""
    weights = _weights(scores, where, weights)
    return losses.hinge_loss((targets + 1.0) / 2.0, scores, weights, reduction=_REDUCTION[reduction])


def soft_margin(logits: Tensor, targets: Tensor, *, reduction: str) -> Tensor:
    """`tf.nn.sigmoid_cross_entropy_with_logits` of targets as 0 and 1"""
    return binary_cross_entropy_with_logits(logits, (targets + 1.0) / 2.0, pos_weight=None, reduction=reduction)


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
    """`tf.compat.v1.losses.hinge_loss` of the difference, in float32; its margin is 1, a mask is a weight of 0"""
    if margin != 1.0:
        raise NotOffered("another margin")
    labels = tf.ones_like(scores_a) if target is None else (target + 1.0) / 2.0
    weights = _weights(scores_a, where, weights)
    return losses.hinge_loss(labels, scores_a - scores_b, weights, reduction=_REDUCTION[reduction])


def bpr(positive_scores: Tensor, negative_scores: Tensor, *, reduction: str) -> Tensor:
    """`-tf.math.log_sigmoid(positive_scores - negative_scores)`"""
    return _reduced(-tf.math.log_sigmoid(positive_scores - negative_scores), reduction)


def cosine_distance(
    predictions: Tensor,
    targets: Tensor,
    *,
    axis: int,
    where: Tensor | None,
    weights: Tensor | None,
    reduction: str,
) -> Tensor:
    """`tf.compat.v1.losses.cosine_distance` of `tf.math.l2_normalize`, in float32; a mask is a weight of 0"""
    rows = tf.expand_dims(_weights(tf.reduce_sum(predictions, axis), where, weights), axis)
    units = (tf.math.l2_normalize(targets, axis), tf.math.l2_normalize(predictions, axis))
    found = losses.cosine_distance(*units, axis, rows, reduction=_REDUCTION[reduction])
    return tf.squeeze(found, axis) if reduction == "none" else found


def poisson_nll(predictions: Tensor, targets: Tensor, *, full: bool, reduction: str) -> Tensor:
    """`tf.nn.log_poisson_loss`"""
    return _reduced(tf.nn.log_poisson_loss(targets, predictions, compute_full_loss=full), reduction)


def _weights(predicted: Tensor, where: Tensor | None, weights: Tensor | None) -> Tensor:
    """Mask and weights as one array of the rank that tf.compat.v1.losses wants."""
    if predicted.dtype == tf.float64:
        raise NotOffered("float64: these compute in float32")
    found = tf.ones_like(predicted)
    for part in (where, weights):
        if part is not None:
            part = tf.cast(part, predicted.dtype)
            found *= tf.reshape(part, part.shape + [1] * (predicted.ndim - part.ndim))
    return found


def _reduced(values: Tensor, reduction: str) -> Tensor:
    return {"mean": tf.reduce_mean, "sum": tf.reduce_sum, "none": tf.identity}[reduction](values)


adapter = adapter_of(globals(), by_tensorflow)
