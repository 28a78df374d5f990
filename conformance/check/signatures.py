"""Which argument of somebody's function is which of a loss's: by our names, by well-known others, by position."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from isoloss.adapter import REDUCTIONS, signature
from isoloss.losses.declaration import Loss

_PREDICTED = "input inputs pred preds y_pred y_hat yhat prediction predicted predictions output outputs out estimate"
_GIVEN = "target targets y_true y label labels truth true gt ground_truth t"
_FIRST = "z1 z_1 za z_a zi z_i x1 x_1 xa x_a h1 a emb1 emb_a embedding1 view1 out_1 features1 image_features y_a"
_SECOND = "z2 z_2 zb z_b zj z_j x2 x_2 xb x_b h2 b emb2 emb_b embedding2 view2 out_2 features2 text_features y_b"

SYNONYMS = {  # in lower case; the first that is there is taken
    "predictions": _PREDICTED + " x p",
    "probabilities": "probs prob probability y_prob p " + _PREDICTED + " x",
    "log_probabilities": "log_probs log_prob log_predictions log_p logp " + _PREDICTED + " x",
    "log_predictions": "log_probabilities log_probs log_p logp " + _PREDICTED + " x",
    "variances": "variance var sigma2",
    "logits": "logit scores score " + _PREDICTED + " x",
    "scores": "score logits logit " + _PREDICTED + " x s",
    "targets": "target_probs soft_targets soft_labels teacher " + _GIVEN,
    "labels": "classes class_ids " + _GIVEN,
    "relevance": "rel gains gain grades " + _GIVEN,
    "target": "y sign signs label labels targets",
    "scores_a": "score_a s_a s1 score1 score_1 x1 input1 a pos pos_scores positive_scores better",
    "scores_b": "score_b s_b s2 score2 score_2 x2 input2 b neg neg_scores negative_scores worse",
    "positive_scores": "pos_scores pos_score positive_score pos positive positives p_scores s_pos",
    "negative_scores": "neg_scores neg_score negative_score neg negative negatives n_scores s_neg",
    "distances": "distance dist dists d x input inputs",
    "queries": "query q anchor anchors " + _FIRST,
    "keys": "key k positive_key positive_keys positive positives pos " + _SECOND,
    "negatives": "negative negative_keys negative_key neg negs queue",
    "anchors": "anchor query queries q " + _FIRST,
    "positives": "positive pos key keys k p " + _SECOND,
    "embeddings": "z embedding emb embs embeds features feature feats hidden h reps representations projections y_pred "
    "x inputs input output outputs out",
    "embeddings_a": _FIRST + " y1",
    "embeddings_b": _SECOND + " y2",
    "temperature": "temp tau t temperature_",
    "projections": "projection z z1 z2 z_target target_projection target_projections " + _GIVEN,
    "invariance_weight": "sim_coeff sim_loss_weight sim_weight lambda_param lambda_ inv_weight invariance_lambda",
    "variance_weight": "std_coeff var_loss_weight var_weight mu_param mu std_weight variance_mu",
    "covariance_weight": "cov_coeff cov_loss_weight cov_weight nu_param nu covariance_v",
    "smoothing": "smooth smooth_nr",
    "squared": "squared_pred square",
    "off_diagonal_weight": "lambd lambda lambda_param lam lmbda lamb off_diag_weight offdiag_weight",
    "scale": "scale_loss",
    "epsilon": "eps",
    "margin": "m",
    "p": "norm norm_degree power",
    "quantile": "q tau alpha",
    "log_targets": "log_target",
    "label_smoothing": "smoothing",
    "ignore_index": "ignore_label pad_id padding_idx pad_index",
    "class_weights": "weight class_weight",
    "views": "n_views num_views",
    "weights": "sample_weight sample_weights weight w",
    "where": "mask valid valid_mask",
    "axis": "dim",
}

KERAS_REDUCTIONS = {"mean": "sum_over_batch_size", "sum": "sum"}
"""Keras' words for isoloss's reductions; its None still takes the mean over the last axis."""

_CHOICES = {"reduction": {*REDUCTIONS, *KERAS_REDUCTIONS.values()}}
_ANY = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Unmatched(Exception):
    """The sentence that says what cannot be matched."""


@dataclass(frozen=True)
class Parameter:
    """An argument of the port; of its class, if it is a setting of the constructor."""

    name: str
    required: bool
    default: Any
    positional: bool  # by position alone
    of_class: bool


@dataclass(frozen=True)
class Match:
    """Which argument of the port each of the loss's is, and those of the port's that are none of them."""

    taken: dict[str, Parameter]
    idle: tuple[Parameter, ...]

    def call(self, make: Callable[..., Any] | None, function: Any, given: Mapping[str, Any]) -> Any:
        """What the port gives for arguments of the loss; `make` is its class, if it is one."""
        if make is not None:
            found = make(**{p.name: given[n] for n, p in self.taken.items() if p.of_class and n in given})
            function = found
        own = {n: p for n, p in self.taken.items() if not p.of_class and n in given}
        nothing = [None for p in self.idle if p.required]  # Keras' y_true, where a loss is given nothing
        positional = [given[n] for n, p in own.items() if p.positional]
        return function(*nothing, *positional, **{p.name: given[n] for n, p in own.items() if not p.positional})


def parameters(function: Any, *, of_class: bool = False) -> list[Parameter]:
    """The arguments of a function.

    Raises:
        Unmatched: if they cannot be known.
    """
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError) as error:
        raise Unmatched("Its signature cannot be read: wrap it in a def that names its arguments.") from error
    return [
        Parameter(
            p.name,
            p.default is inspect.Parameter.empty,
            p.default,
            p.kind is inspect.Parameter.POSITIONAL_ONLY,
            of_class,
        )
        for p in found
        if p.kind not in _ANY
    ]


def match(port: Iterable[Parameter], loss: Loss, mapping: Mapping[str, str]) -> Match:
    """Match a port's arguments to a loss's: as `mapping` (the port's to the loss's) says, by name, then by position.

    Raises:
        Unmatched: if an argument that must be given stays without a partner.
    """
    left = {p.name: p for p in port}
    names = list(signature(loss).parameters)
    taken: dict[str, Parameter] = {}
    for theirs, ours in mapping.items():
        for name, known, whose in ((theirs, list(left), "the port"), (ours, names, loss.name)):
            if name not in known:
                raise Unmatched(f"--map {theirs}={ours}: {whose} has no argument {name!r}{nearest(name, known)}")
        if ours in taken:
            raise Unmatched(f"--map gives {ours} twice.")
        taken[ours] = left.pop(theirs)
    for candidates in (lambda ours: [ours], lambda ours: SYNONYMS.get(ours, "").split()):
        for ours in names:
            if ours not in taken:
                for synonym in candidates(ours):
                    found = next((p for p in left.values() if _plain(p.name) == _plain(synonym)), None)
                    if found and _fits(ours, found, loss):
                        taken[ours] = left.pop(found.name)
                        break
    _by_position(left, loss, taken)
    idle_y_true = [
        p for p in left.values() if p.required and p.name == "y_true" and all(a.predicted for a in loss.inputs)
    ]
    if stranger := next((p for p in left.values() if p.required and p not in idle_y_true), None):
        free = [n for n in names if n not in taken]
        view = ""
        if loss.compares_rows and sum(a.predicted for a in loss.inputs) == 1:
            view = f" If it is a second view: {loss.name} has all in one array; give a function that splits it."
        raise Unmatched(
            f"The port's argument {stranger.name!r} has no default and no partner: of {loss.name}'s, "
            f"{', '.join(free)} are left. Say which one it is with --map {stranger.name}=NAME, or give it a default.{view}"
        )
    for argument in loss.inputs:
        if not argument.optional and argument.name not in taken:
            others = f"has {', '.join(left)} left. If one of them is, say so" if left else "has none left. Say which is"
            raise Unmatched(
                f"No argument of the port is {loss.name}'s {argument.name}: it {others} with --map NAME={argument.name}."
            )
    in_order = {n: taken[n] for n in sorted(taken, key=lambda n: names.index(n))}
    return Match(in_order, tuple(left.values()))


def nearest(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """The end of a sentence: a suggestion, or what there is."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {found[0]!r}?" if found else otherwise or f": there is {', '.join(known)}."


def _plain(name: str) -> str:
    return name.lower().strip("_")


def _fits(ours: str, theirs: Parameter, loss: Loss) -> bool:
    """Whether a port's argument of this name takes what we would pass: its default tells."""
    choices = _CHOICES.get(ours) or next((set(s.choices) for s in loss.settings if s.name == ours), set())
    if choices:
        return theirs.required or theirs.default in choices
    return not (theirs.of_class and ours in {a.name for a in loss.inputs})


def _by_position(left: dict[str, Parameter], loss: Loss, taken: dict[str, Parameter]) -> None:
    """What must be given on both sides, in the order of both."""
    wanted = [a.name for a in loss.inputs if not a.optional and a.name not in taken]
    free = [p for p in left.values() if p.required and not p.of_class and p.name != "y_true"]
    for ours, theirs in zip(wanted, free, strict=False):
        taken[ours] = left.pop(theirs.name)
