"""Optax: optax.losses, on JAX."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import optax

from isoloss.conformance.peers.calls import adapter_of, by_jax
from isoloss.conformance.runners.adapter import NotOffered

Array = jax.Array


def mse(predictions: Array, targets: Array, *, reduction: str) -> Array:
    """`optax.squared_error`"""
    return _reduced(optax.squared_error(predictions, targets), reduction)


def half_mse(predictions: Array, targets: Array, *, reduction: str) -> Array:
    """`optax.l2_loss`"""
    return _reduced(optax.l2_loss(predictions, targets), reduction)


def huber(predictions: Array, targets: Array, *, delta: float | Array, reduction: str) -> Array:
    """`optax.huber_loss`"""
    return _reduced(optax.huber_loss(predictions, targets, delta=delta), reduction)


def log_cosh(predictions: Array, targets: Array, *, reduction: str) -> Array:
    """`optax.log_cosh`"""
    return _reduced(optax.log_cosh(predictions, targets), reduction)


def binary_cross_entropy_with_logits(logits: Array, targets: Array, *, reduction: str) -> Array:
    """`optax.sigmoid_binary_cross_entropy`"""
    return _reduced(optax.sigmoid_binary_cross_entropy(logits, targets), reduction)


def cross_entropy(logits: Array, labels: Array, *, axis: int, where: Array | None, reduction: str) -> Array:
    """`optax.softmax_cross_entropy_with_integer_labels`"""
    where = _over_rows(labels.ndim, where)
    values = optax.softmax_cross_entropy_with_integer_labels(logits, labels, axis=axis, where=where)
    return _reduced(values, reduction, where)


def soft_cross_entropy(logits: Array, targets: Array, *, axis: int, where: Array | None, reduction: str) -> Array:
    """`optax.softmax_cross_entropy`; `safe_softmax_cross_entropy` knows -inf, but neither axis nor where"""
    where = _over_rows(logits.ndim - 1, where)
    return _reduced(optax.softmax_cross_entropy(logits, targets, axis=axis, where=where), reduction, where)


def hinge(scores: Array, targets: Array, *, reduction: str) -> Array:
    """`optax.hinge_loss`"""
    return _reduced(optax.hinge_loss(scores, targets), reduction)


def perceptron(scores: Array, targets: Array, *, reduction: str) -> Array:
    """`optax.losses.perceptron_loss`"""
    return _reduced(optax.losses.perceptron_loss(scores, targets), reduction)


def multiclass_hinge(scores: Array, labels: Array, *, margin: float, axis: int, reduction: str) -> Array:
    """`optax.losses.multiclass_hinge_loss`; its margin is 1, classes on the last axis"""
    if margin != 1.0:
        raise NotOffered("another margin")
    return _reduced(optax.losses.multiclass_hinge_loss(jnp.moveaxis(scores, axis, -1), labels), reduction)


def multiclass_perceptron(scores: Array, labels: Array, *, axis: int, reduction: str) -> Array:
    """`optax.losses.multiclass_perceptron_loss`; classes on the last axis"""
    return _reduced(optax.losses.multiclass_perceptron_loss(jnp.moveaxis(scores, axis, -1), labels), reduction)


def triplet_margin(
    anchors: Array,
    positives: Array,
    negatives: Array,
    *,
    margin: float,
    p: int,
    swap: bool,
    axis: int,
    reduction: str,
) -> Array:
    """`optax.losses.triplet_margin_loss(eps=0)`, whose sum of differences is not of absolute ones"""
    if swap:
        raise NotOffered("swap")
    values = optax.losses.triplet_margin_loss(anchors, positives, negatives, axis, p, margin, eps=0.0)
    return _reduced(values, reduction)


def softmax_rank(scores: Array, relevance: Array, *, axis: int, where: Array | None, reduction: str) -> Array:
    """`optax.losses.ranking_softmax_loss`; items on the last axis, and filling is masked by `where`"""
    scores, relevance = jnp.moveaxis(scores, axis, -1), jnp.moveaxis(relevance, axis, -1)
    items = (scores > -jnp.inf) | (relevance > 0)
    if where is not None:
        items = items & where[..., None]
    reduce = {"mean": jnp.mean, "sum": jnp.sum, "none": None}[reduction]
    return optax.losses.ranking_softmax_loss(scores, relevance, where=items, reduce_fn=reduce)


def binary_focal(logits: Array, targets: Array, *, gamma: float, alpha: float | None, reduction: str) -> Array:
    """`optax.losses.sigmoid_focal_loss`"""
    return _reduced(optax.losses.sigmoid_focal_loss(logits, targets, alpha=alpha, gamma=gamma), reduction)


def poly1_cross_entropy(
    logits: Array, labels: Array, *, epsilon: float, axis: int, where: Array | None, reduction: str
) -> Array:
    """`optax.losses.poly_loss_cross_entropy` of one-hot labels"""
    one_hot = jax.nn.one_hot(labels, logits.shape[axis], dtype=logits.dtype, axis=axis)
    where = _over_rows(labels.ndim, where)
    of_classes = None if where is None else jnp.expand_dims(where, axis)
    values = optax.losses.poly_loss_cross_entropy(logits, one_hot, epsilon=epsilon, axis=axis, where=of_classes)
    return _reduced(values, reduction, where)


def binary_sparsemax(logits: Array, targets: Array, *, reduction: str) -> Array:
    """`optax.losses.sparsemax_loss`; a target is 0 or 1"""
    return _reduced(optax.losses.sparsemax_loss(logits, targets), reduction)


def multiclass_sparsemax(logits: Array, labels: Array, *, reduction: str) -> Array:
    """`optax.losses.multiclass_sparsemax_loss`; one batch axis, and classes last"""
    if logits.ndim != 2:
        raise NotOffered("another number of axes")
    return _reduced(optax.losses.multiclass_sparsemax_loss(logits, labels), reduction)


def margin_ranking(
    scores_a: Array, scores_b: Array, target: Array | None = None, *, margin: float, reduction: str
) -> Array:
    """`optax.hinge_loss` of the difference; its margin is 1"""
    if margin != 1.0:
        raise NotOffered("another margin")
    target = jnp.ones_like(scores_a) if target is None else target
    return _reduced(optax.hinge_loss(scores_a - scores_b, target), reduction)


def bpr(positive_scores: Array, negative_scores: Array, *, reduction: str) -> Array:
    """`optax.sigmoid_binary_cross_entropy` of the difference, with targets of 1"""
    lead = positive_scores - negative_scores
    return _reduced(optax.sigmoid_binary_cross_entropy(lead, jnp.ones_like(lead)), reduction)


def listnet(scores: Array, relevance: Array, *, where: Array | None, reduction: str) -> Array:
    """`optax.losses.ranking_softmax_loss` with the softmax of the relevance; filling is masked by `where`"""
    items = (scores > -jnp.inf) | (relevance > -jnp.inf)
    if where is not None:
        items = items & where[..., None]
    reduce = {"mean": jnp.mean, "sum": jnp.sum, "none": None}[reduction]
    return optax.losses.ranking_softmax_loss(scores, jax.nn.softmax(relevance), where=items, reduce_fn=reduce)


def simsiam(predictions: Array, projections: Array, *, axis: int, reduction: str) -> Array:
    """`-optax.cosine_similarity`, whose epsilon is 0"""
    return _reduced(-optax.cosine_similarity(predictions, projections, axis=axis), reduction)


def byol(predictions: Array, projections: Array, *, axis: int, reduction: str) -> Array:
    """`2 * optax.cosine_distance`, whose epsilon is 0"""
    return _reduced(2.0 * optax.cosine_distance(predictions, projections, axis=axis), reduction)


def cosine_distance(predictions: Array, targets: Array, *, axis: int, reduction: str) -> Array:
    """`optax.cosine_distance`, whose epsilon is 0"""
    return _reduced(optax.cosine_distance(predictions, targets, axis=axis), reduction)


def kl_divergence(log_probabilities: Array, targets: Array, *, log_targets: bool, axis: int, reduction: str) -> Array:
    """`optax.losses.kl_divergence`, or `kl_divergence_with_log_targets`"""
    call = optax.losses.kl_divergence_with_log_targets if log_targets else optax.losses.kl_divergence
    return _reduced(call(log_probabilities, targets, axis=axis), reduction)


def generalized_kl(log_predictions: Array, targets: Array, *, axis: int, reduction: str) -> Array:
    """`optax.losses.generalized_kl_divergence`"""
    return _reduced(optax.losses.generalized_kl_divergence(log_predictions, targets, axis=axis), reduction)


def simcse(embeddings: Array, *, temperature: float | Array) -> Array:
    """`optax.losses.ntxent`, labels 0, 0, 1, 1, ...; squared norms below 1.2e-7 count as that in float32"""
    return optax.losses.ntxent(embeddings, jnp.arange(len(embeddings)) // 2, temperature)


def nt_xent(embeddings: Array, *, temperature: float | Array, views: int) -> Array:
    """`optax.losses.ntxent`, labels 0, 1, ..., 0, 1, ...; squared norms below 1.2e-7 count as that in float32"""
    return optax.losses.ntxent(embeddings, jnp.arange(len(embeddings)) % (len(embeddings) // views), temperature)


def _over_rows(ndim: int, where: Array | None) -> Array | None:
    """A mask over leading axes as one over all rows' axes, which Optax wants."""
    return None if where is None else where.reshape(where.shape + (1,) * (ndim - where.ndim))


def _reduced(values: Array, reduction: str, where: Array | None = None) -> Array:
    return {"mean": lambda: values.mean(where=where), "sum": values.sum, "none": lambda: values}[reduction]()


adapter = adapter_of(globals(), by_jax)
