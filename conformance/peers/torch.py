"""PyTorch: torch.nn.functional. Its type stubs lack some `weight` arguments."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from isoloss.conformance.peers.calls import adapter_of, by_torch
from isoloss.conformance.runners.adapter import NotOffered

Tensor = torch.Tensor


def mse(predictions: Tensor, targets: Tensor, *, weights: Tensor | None, reduction: str) -> Tensor:
    """`F.mse_loss`"""
    weights = _like(predictions, weights)
    return F.mse_loss(predictions, targets, weight=weights, reduction=reduction)  # pyright: ignore[reportCallIssue]


def mae(predictions: Tensor, targets: Tensor, *, weights: Tensor | None, reduction: str) -> Tensor:
    """`F.l1_loss`"""
    weights = _like(predictions, weights)
    return F.l1_loss(predictions, targets, weight=weights, reduction=reduction)  # pyright: ignore[reportCallIssue]


def huber(
    predictions: Tensor, targets: Tensor, *, delta: float | Tensor, weights: Tensor | None, reduction: str
) -> Tensor:
    """`F.huber_loss`; delta is a number, and its mean divides by the count, not by the weights"""
    if isinstance(delta, Tensor) or _divides_by_count(weights, reduction):
        raise NotOffered("a learned delta, a weighted mean")
    options = {"delta": delta, "weight": _like(predictions, weights), "reduction": reduction}
    return F.huber_loss(predictions, targets, **options)


def binary_cross_entropy(probabilities: Tensor, targets: Tensor, *, weights: Tensor | None, reduction: str) -> Tensor:
    """`F.binary_cross_entropy`; its logarithms end at -100, and its mean divides by the count, not by the weights"""
    if _divides_by_count(weights, reduction):
        raise NotOffered("a weighted mean")
    return F.binary_cross_entropy(probabilities, targets, weight=_like(probabilities, weights), reduction=reduction)


def binary_cross_entropy_with_logits(
    logits: Tensor, targets: Tensor, *, pos_weight: Tensor | None, weights: Tensor | None, reduction: str
) -> Tensor:
    """`F.binary_cross_entropy_with_logits`; its mean divides by the count, not by the weights"""
    if _divides_by_count(weights, reduction):
        raise NotOffered("a weighted mean")
    return F.binary_cross_entropy_with_logits(
        logits, targets, weight=_like(logits, weights), pos_weight=pos_weight, reduction=reduction
    )


def cross_entropy(
    logits: Tensor,
    labels: Tensor,
    *,
    label_smoothing: float,
    ignore_index: int | None,
    class_weights: Tensor | None,
    axis: int,
    reduction: str,
) -> Tensor:
    """`F.cross_entropy`; classes on axis 1, and class weights weigh the smoothed part class by class"""
    if label_smoothing and class_weights is not None:
        raise NotOffered("class weights of a smoothed row by its label")
    ignored: dict[str, Any] = {} if ignore_index is None else {"ignore_index": ignore_index}
    logits = logits.movedim(axis, 1) if logits.ndim > 1 else logits
    return F.cross_entropy(
        logits, labels, weight=class_weights, label_smoothing=label_smoothing, reduction=reduction, **ignored
    )


def soft_cross_entropy(logits: Tensor, targets: Tensor, *, axis: int, reduction: str) -> Tensor:
    """`F.cross_entropy` with a target for each class; classes on axis 1"""
    if logits.ndim > 1:
        logits, targets = logits.movedim(axis, 1), targets.movedim(axis, 1)
    return F.cross_entropy(logits, targets, reduction=reduction)


def nll(
    log_probabilities: Tensor,
    labels: Tensor,
    *,
    ignore_index: int | None,
    class_weights: Tensor | None,
    axis: int,
    reduction: str,
) -> Tensor:
    """`F.nll_loss`; classes on axis 1"""
    ignored: dict[str, Any] = {} if ignore_index is None else {"ignore_index": ignore_index}
    rows = log_probabilities.movedim(axis, 1) if log_probabilities.ndim > 1 else log_probabilities
    return F.nll_loss(rows, labels, weight=class_weights, reduction=reduction, **ignored)


def margin_ranking(
    scores_a: Tensor, scores_b: Tensor, target: Tensor | None = None, *, margin: float, reduction: str
) -> Tensor:
    """`F.margin_ranking_loss`"""
    target = torch.ones_like(scores_a) if target is None else target
    return F.margin_ranking_loss(scores_a, scores_b, target, margin=margin, reduction=reduction)


def bpr(positive_scores: Tensor, negative_scores: Tensor, *, reduction: str) -> Tensor:
    """`-F.logsigmoid(positive_scores - negative_scores)`"""
    return _reduced(-F.logsigmoid(positive_scores - negative_scores), reduction)


def smooth_l1(predictions: Tensor, targets: Tensor, *, beta: float, reduction: str) -> Tensor:
    """`F.smooth_l1_loss`"""
    return F.smooth_l1_loss(predictions, targets, beta=beta, reduction=reduction)


def cosine_distance(predictions: Tensor, targets: Tensor, *, axis: int, reduction: str) -> Tensor:
    """`1 - F.cosine_similarity`; lengths below 1e-8 count as that"""
    return _reduced(1.0 - F.cosine_similarity(predictions, targets, dim=axis), reduction)


def simsiam(predictions: Tensor, projections: Tensor, *, axis: int, reduction: str) -> Tensor:
    """`-F.cosine_similarity`, the projections detached; lengths below 1e-8 count as that"""
    return _reduced(-F.cosine_similarity(predictions, projections.detach(), dim=axis), reduction)


def byol(predictions: Tensor, projections: Tensor, *, axis: int, reduction: str) -> Tensor:
    """`2 - 2 * F.cosine_similarity`, the projections detached; lengths below 1e-8 count as that"""
    return _reduced(2.0 - 2.0 * F.cosine_similarity(predictions, projections.detach(), dim=axis), reduction)


def kl_divergence(
    log_probabilities: Tensor, targets: Tensor, *, log_targets: bool, axis: int, reduction: str
) -> Tensor:
    """`F.kl_div` summed over the classes; its "batchmean" of a matrix, its "mean" divides by the classes, too"""
    values = F.kl_div(log_probabilities, targets, log_target=log_targets, reduction="none")
    return _reduced(values.sum(axis), reduction)


def poisson_nll(
    predictions: Tensor, targets: Tensor, *, log_input: bool, full: bool, epsilon: float, reduction: str
) -> Tensor:
    """`F.poisson_nll_loss`, whose eps is 1e-8"""
    options: dict[str, Any] = {"log_input": log_input, "full": full, "reduction": reduction}
    if epsilon:
        options["eps"] = epsilon
    return F.poisson_nll_loss(predictions, targets, **options)


def gaussian_nll(
    predictions: Tensor, targets: Tensor, variances: Tensor, *, full: bool, epsilon: float, reduction: str
) -> Tensor:
    """`F.gaussian_nll_loss`"""
    return F.gaussian_nll_loss(predictions, targets, variances, full=full, eps=epsilon, reduction=reduction)


def _reduced(values: Tensor, reduction: str) -> Tensor:
    return {"mean": values.mean, "sum": values.sum, "none": values.clone}[reduction]()


def soft_margin(logits: Tensor, targets: Tensor, *, reduction: str) -> Tensor:
    """`F.soft_margin_loss`"""
    return F.soft_margin_loss(logits, targets, reduction=reduction)


def multi_margin(
    scores: Tensor,
    labels: Tensor,
    *,
    p: int,
    margin: float,
    class_weights: Tensor | None,
    axis: int,
    reduction: str,
) -> Tensor:
    """`F.multi_margin_loss` of (N, C); its mean divides by the count, not by the class weights"""
    if _divides_by_count(class_weights, reduction):
        raise NotOffered("a weighted mean")
    rows, values = _rows(scores, axis), labels.shape
    options = {"p": p, "margin": margin, "weight": class_weights, "reduction": reduction}
    return _like_values(F.multi_margin_loss(rows, labels.reshape(-1), **options), values)


def multilabel_margin(scores: Tensor, targets: Tensor, *, axis: int, reduction: str) -> Tensor:
    """`F.multilabel_margin_loss` of (N, C), with the list of each row's classes, -1 behind them"""
    classes, values = _rows(targets, axis).to(torch.int64), scores.movedim(axis, -1).shape[:-1]
    order = torch.argsort(classes, dim=-1, descending=True, stable=True)
    listed = torch.where(torch.gather(classes, -1, order) == 1, order, -1)
    return _like_values(F.multilabel_margin_loss(_rows(scores, axis), listed, reduction=reduction), values)


def multilabel_soft_margin(
    logits: Tensor, targets: Tensor, *, class_weights: Tensor | None, axis: int, reduction: str
) -> Tensor:
    """`F.multilabel_soft_margin_loss`; classes on the last axis"""
    logits, targets = logits.movedim(axis, -1), targets.movedim(axis, -1).to(logits.dtype)
    return F.multilabel_soft_margin_loss(logits, targets, weight=class_weights, reduction=reduction)


def softmax_rank(scores: Tensor, relevance: Tensor, *, axis: int, reduction: str) -> Tensor:
    """`F.cross_entropy` with the relevance as a target for each class; items on axis 1"""
    return soft_cross_entropy(scores, relevance, axis=axis, reduction=reduction)


def hinge_embedding(distances: Tensor, targets: Tensor, *, margin: float, reduction: str) -> Tensor:
    """`F.hinge_embedding_loss`"""
    return F.hinge_embedding_loss(distances, targets, margin=margin, reduction=reduction)


def cosine_embedding(
    embeddings_a: Tensor, embeddings_b: Tensor, targets: Tensor, *, margin: float, axis: int, reduction: str
) -> Tensor:
    """`F.cosine_embedding_loss` of (N, D)"""
    a, b = _rows(embeddings_a, axis), _rows(embeddings_b, axis)
    values = F.cosine_embedding_loss(a, b, targets.reshape(-1), margin=margin, reduction=reduction)
    return _like_values(values, targets.shape)


def triplet_margin(
    anchors: Tensor,
    positives: Tensor,
    negatives: Tensor,
    *,
    margin: float,
    p: int,
    swap: bool,
    axis: int,
    reduction: str,
) -> Tensor:
    """`F.triplet_margin_loss(eps=0)`; features on the last axis"""
    triplets = (x.movedim(axis, -1) for x in (anchors, positives, negatives))
    return F.triplet_margin_loss(*triplets, margin=margin, p=p, swap=swap, eps=0.0, reduction=reduction)


def _rows(x: Tensor, axis: int) -> Tensor:
    """As a matrix, with the rows that lie along an axis."""
    return x.movedim(axis, -1).reshape(-1, x.shape[axis])


def _like_values(found: Tensor, shape: torch.Size) -> Tensor:
    """A value for each row in the shape of the batch, or their mean or sum."""
    return found.reshape(shape) if found.ndim else found


def _divides_by_count(weights: Tensor | None, reduction: str) -> bool:
    return weights is not None and reduction == "mean"


def _like(predicted: Tensor, weights: Tensor | None) -> Tensor | None:
    """Weights in the shape of the predictions."""
    if weights is None:
        return None
    return weights.reshape(weights.shape + (1,) * (predicted.ndim - weights.ndim)).expand_as(predicted)


adapter = adapter_of(globals(), by_torch)
