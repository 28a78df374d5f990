"""What a condition number is measured by: how far each number of a case is off, in units of its own rounding.

A number x is off by |x|. A loss of a difference is measured by the difference, which subtraction gives in one rounding:
its condition does not suffer from scores that all lie at 1000.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from mpmath import mpf

from isoloss.losses import LOSSES

Array = np.ndarray[Any, Any]  # of objects: mpmath numbers
Sizes = dict[str, Array]


def sizes(loss: str, inputs: dict[str, Array], axis: int, *, by_row: bool = False) -> Sizes:
    """For each array of numbers how far each of them is off; rows of the losses over rows lie on `axis`.

    `by_row`: in a loss that compares rows each component is off by the largest of its row, beside which a product of
    rows is rounded. It matters to rows such as (1, 0) and (1, 1e-4), whose small angle no product of them can tell.
    """
    found = {name: abs(x) for name, x in inputs.items()}
    if by_row and loss in CONTRASTIVE:
        found = {n: x if not x.size else np.broadcast_to(x.max(-1, keepdims=True), x.shape) for n, x in found.items()}
    found |= DIFFERENCES[loss](inputs, axis) if loss in DIFFERENCES else {}
    return {name: np.asarray(size, object) for name, size in found.items()}


def at_jumps(loss: str, inputs: dict[str, Array], settings: dict[str, Any], options: dict[str, Any]) -> Sizes:
    """Where a loss jumps, which counts as no slope: a vector of zeros has no direction, and without epsilon a feature
    that does not vary no deviation. For each array concerned which of its numbers.
    """
    if settings.get("epsilon") == 0 and loss in ACROSS:
        axis = ACROSS[loss]
        counts = np.ones(len(inputs["embeddings_a"]), bool)
        for option in ("where", "weights"):
            counts &= np.asarray(options.get(option, counts), bool)
        return {n: np.broadcast_to(_constant(x, counts, axis), x.shape) for n, x in inputs.items()}
    if loss in (*CONTRASTIVE, *COSINES) and settings.get("similarity", "cosine") == "cosine":
        axis: Any = options.get("axis", -1)
        rows = {n: inputs[n] for a in LOSSES[loss].arguments if len(a.dimensions) > 1 and (n := a.name) in inputs}
        return {n: np.broadcast_to((x == 0).all(axis=axis, keepdims=True), x.shape) for n, x in rows.items()}
    return {}


def _constant(x: Array, counts: Array, axis: int) -> Array:
    """Whether each column (axis 0) of the rows that count, or each row (axis 1), is one number over and over."""
    x = x[counts] if axis == 0 else x
    return (x == x.take([0], axis=axis)).all(axis=axis, keepdims=True) if x.size else np.asarray(False)


ROUNDED = {"circle": ("margin", "gamma")}
"""Settings that count as off, too: an exponent is as large as they make it, and rounded."""

ACROSS = {"barlow_twins": 0, "sample_correlation": 1}
"""The axis that each of the correlation losses standardises over."""

COSINES = ("cosine_distance", "cosine_embedding", "simsiam", "byol")

CONTRASTIVE = {name for name, loss in LOSSES.items() if loss.compares_rows and not loss.one_number}
"""Their similarities are sums of products, each rounded."""


def _between(one: str, other: str) -> Callable[[dict[str, Array], int], Sizes]:
    """The difference of two arrays, which moves with the first of them."""

    def measured(inputs: dict[str, Array], axis: int) -> Sizes:
        difference = abs(inputs[one] - inputs[other])
        return {one: difference, other: difference * 0}

    return measured


def _of_triplets(inputs: dict[str, Array], axis: int) -> Sizes:
    """The differences of anchors to the others, and of the others, which move with the others."""
    anchors, positives, negatives = (inputs[n] for n in ("anchors", "positives", "negatives"))
    apart = np.maximum(abs(anchors - negatives), abs(positives - negatives))
    return {"anchors": anchors * 0, "positives": abs(anchors - positives), "negatives": apart}


def _from_label(name: str) -> Callable[[dict[str, Array], int], Sizes]:
    def measured(inputs: dict[str, Array], axis: int) -> Sizes:
        logits = np.moveaxis(inputs[name], axis, -1)
        labels = np.where((inputs["labels"] >= 0) & (inputs["labels"] < logits.shape[-1]), inputs["labels"], 0)
        chosen = np.take_along_axis(logits, labels.astype(int)[..., None], axis=-1)
        return {name: np.moveaxis(_finite(abs(logits - chosen)), -1, axis)}

    return measured


def _from_largest(*names: str) -> Callable[[dict[str, Array], int], Sizes]:
    def measured(inputs: dict[str, Array], axis: int) -> Sizes:
        return {n: _finite(inputs[n].max(axis=axis, keepdims=True) - inputs[n]) for n in names}

    return measured


def _to_the_nearer_end(*names: str) -> Callable[[dict[str, Array], int], Sizes]:
    """A probability is known by itself, and what is left of it to 1 likewise; 0 and 1 are exact."""

    def measured(inputs: dict[str, Array], axis: int) -> Sizes:
        return {n: np.minimum(inputs[n], 1 - inputs[n]) for n in names}

    return measured


def _finite(x: Array) -> Array:
    """0 for what is infinitely far: an impossible class is exactly that."""
    return np.where(np.isfinite(x.astype(float)), x, mpf(0))


DIFFERENCES: dict[str, Callable[[dict[str, Array], int], Sizes]] = {
    "mse": _between("predictions", "targets"),
    "mae": _between("predictions", "targets"),
    "huber": _between("predictions", "targets"),
    "rmse": _between("predictions", "targets"),
    "log_cosh": _between("predictions", "targets"),
    "half_mse": _between("predictions", "targets"),
    "smooth_l1": _between("predictions", "targets"),
    "mape": _between("predictions", "targets"),
    "msle": _between("predictions", "targets"),
    "quantile": _between("predictions", "targets"),
    "gaussian_nll": _between("predictions", "targets"),
    "binary_cross_entropy": _to_the_nearer_end("probabilities", "targets"),
    "binary_cross_entropy_with_logits": _to_the_nearer_end("targets"),
    "cross_entropy": _from_label("logits"),
    "binary_focal": _to_the_nearer_end("targets"),
    "binary_sparsemax": _to_the_nearer_end("targets"),
    "categorical_focal": _from_label("logits"),
    "poly1_cross_entropy": _from_label("logits"),
    "generalized_cross_entropy": _from_label("logits"),
    "multiclass_sparsemax": _from_largest("logits"),
    "soft_cross_entropy": _from_largest("logits"),
    "margin_ranking": _between("scores_a", "scores_b"),
    "bpr": _between("positive_scores", "negative_scores"),
    "listnet": _from_largest("scores", "relevance"),
    "softmax_rank": _from_largest("scores"),
    "triplet_margin": _of_triplets,
    "multiclass_hinge": _from_label("scores"),
    "multiclass_perceptron": _from_label("scores"),
    "multi_margin": _from_label("scores"),
    "multilabel_soft_margin": _to_the_nearer_end("targets"),
    "dice": _to_the_nearer_end("probabilities", "targets"),
    "generalized_dice": _to_the_nearer_end("probabilities", "targets"),
    "tversky": _to_the_nearer_end("probabilities", "targets"),
}
