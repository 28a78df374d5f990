"""What ports of losses are known to compute instead, each a change of isoloss's own formula in float64, with its sentence.

A variant is a function of a `Point`; its gradient is that of central differences, where what is `frozen` does not move.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np

from isoloss.adapter import evaluate, unreduced
from isoloss.conformance.cases.case import Case
from isoloss.losses import LOSSES
from isoloss.losses.declaration import Loss
from isoloss.numpy import ops

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

LAST = "mean over the last axis"
"""Keras' reduction: a mean over the last axis, and none over the others."""

STEP = 3e-5  # of the central differences, whose error is its fourth power, relative
NOISE = 1e-8  # that they have, relative to the value over the input


# -------------------------------------------------------------------------- points


@dataclass(frozen=True)
class Point:
    """A case of a loss in float64, with a port's reduction, and the inputs that no gradient flows through."""

    loss: Loss
    x: Mapping[str, Array]
    frozen: Mapping[str, Array]
    settings: Mapping[str, Any]
    options: Mapping[str, Any]
    reduction: str

    @staticmethod
    def of(loss: Loss, case: Case, reduction: str) -> Point:
        def double(x: Any) -> Any:
            return x.astype(np.float64) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x

        names = [a.name for a in loss.arguments]
        given = {n: double(x) for n, x in (case.inputs | case.settings | case.options).items()}
        x = {n: given[n] for n in names if n in given}
        settings = {s.name: given.get(s.name, s.default) for s in loss.settings}
        options = {n: given[n] for n in ("where", "weights", "axis") if n in given}
        return Point(loss, x, x, settings, options, reduction)

    def __call__(self, **changes: Any) -> Array:
        """isoloss's own formula, with changes to inputs, settings and options."""
        reduction = changes.pop("reduction", self.reduction)
        values, weights = self.values(**changes)
        return values if self.loss.one_number else reduced(values, weights, reduction)

    def values(self, **changes: Any) -> tuple[Array, Array | None]:
        """Its values, and what each counts for."""
        loss = changes.pop("loss", self.loss)
        inputs = changes.pop("inputs", self.x)
        names = {s.name for s in loss.settings}
        settings = {s.name: s.default for s in loss.settings} | {n: x for n, x in self.settings.items() if n in names}
        settings |= {n: x for n, x in changes.items() if n in names}
        options = {n: x for n, x in (dict(self.options) | changes).items() if n not in names and x is not None}
        arrays = {a.name: inputs.get(a.name) for a in loss.arguments}
        with np.errstate(all="ignore"):
            if loss.name not in _WITH_CONSTANTS:
                return unreduced(ops, loss, arrays, settings, **options)
            here = _Constants()
            unreduced(here.primitives, loss, {n: self.frozen.get(n) for n in arrays}, settings, **options)
            return unreduced(_Constants(here.found).primitives, loss, arrays, settings, **options)

    def other(self, loss: str, **changes: Any) -> Array:
        """Another loss of these inputs, in the order of both."""
        given = [self.x[a.name] for a in self.loss.inputs if a.name in self.x]
        inputs = {a.name: x for a, x in zip(LOSSES[loss].inputs, given, strict=False)}
        if LOSSES[loss].one_number:
            return evaluate(ops, LOSSES[loss], inputs, {}, **self.options)
        return self(loss=LOSSES[loss], inputs=inputs | changes.pop("inputs", {}), **changes)

    @property
    def plain(self) -> bool:
        """Whether nothing but arrays, and settings that are numbers, tells it from other cases."""
        return "where" not in self.options and not {"class_weights", "pos_weight", "alpha", "negatives"} & self.x.keys()

    def reduce(self, values: Array) -> Array:
        """Values of a formula of one's own."""
        weights = self.options.get("weights")
        return reduced(values, None if weights is None else weights.astype(float), self.reduction)

    def gradients(self, formula: Formula) -> dict[str, Array]:
        """Those of the sum of a formula's value, for each predicted array."""
        found = {}
        for argument in self.loss.arguments:
            if argument.predicted and argument.name in self.x:
                found[argument.name] = self._slopes(formula, argument.name)
        return found

    def _slopes(self, formula: Formula, name: str) -> Array:
        x = self.x[name]
        found = np.zeros(x.shape)
        largest = float(np.abs(x).max(initial=0.0, where=np.isfinite(x))) or 1.0
        for index in np.ndindex(x.shape):
            if np.isfinite(x[index]):
                step = STEP * max(abs(float(x[index])), largest / 50.0)
                total = 0.0
                for steps, weight in ((1, 8.0), (-1, -8.0), (2, -1.0), (-2, 1.0)):
                    moved = x.copy()
                    moved[index] += steps * step
                    value = _value(formula, replace(self, x={**self.x, name: moved}))
                    total += np.nan if value is None else weight * float(np.sum(value))
                found[index] = total / (12.0 * step)
        return found


_WITH_CONSTANTS = ("circle",)
"""Losses in whose gradients something is constant that depends on what moves."""


class _Constants:
    """NumPy's primitives, to which what has no gradient is as it was found before, in the same order."""

    def __init__(self, known: Iterable[Array] = ()) -> None:
        self.found: list[Array] = []
        self._known = iter(known)
        self.primitives: Any = SimpleNamespace(**vars(ops) | {"stop_gradient": self._stop_gradient})

    def _stop_gradient(self, x: Array, /) -> Array:
        self.found.append(next(self._known, x))
        return self.found[-1]


def reduced(values: Array, weights: Array | None, reduction: str) -> Array:
    """Values by one of isoloss's reductions, or by `LAST`."""
    weighted = values if weights is None else np.where(weights == 0.0, 0.0, weights * values)
    if reduction == "none":
        return weighted
    if reduction == LAST:
        return values.mean(axis=-1) if values.ndim else values
    if reduction == "sum":
        return weighted.sum()
    return weighted.sum() / ((values.size if weights is None else weights.sum()) or 1.0)


# ------------------------------------------------------------------------ variants

Formula: TypeAlias = Callable[[Point], Array | None]  # None: it says nothing about this case


@dataclass(frozen=True)
class Variant:
    """A formula, of which losses it is a variant (none named: of all) and the sentence that tells."""

    formula: Formula
    sentence: str
    losses: tuple[str, ...] = ()


def variants(loss: Loss) -> list[Variant]:
    """Those of a loss."""
    return [v for v in VARIANTS if not v.losses or loss.name in v.losses]


def modifiers(loss: Loss, taken: Iterable[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Other defaults that a port without an argument for a setting may have; each with its name."""
    for setting in loss.settings:
        if setting.name not in taken:
            for value in DEFAULTS.get(setting.name, ()):
                if value != setting.default:
                    yield f"{setting.name}={value!r}", {setting.name: value}


DEFAULTS: dict[str, tuple[Any, ...]] = {
    "temperature": (
        1.0,
        0.5,
        0.2,
        0.1,
        0.07,
        0.05,
        0.01,
        0.02,
        0.03,
        0.04,
        0.06,
        0.08,
        0.09,
        0.15,
        0.25,
        0.3,
        0.4,
        2.0,
    ),
    "alpha": (0.25, 0.5, 0.75),
    "gamma": (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0),
    "q": (0.5, 0.7, 1.0),
    "similarity": ("cosine", "dot"),
    "delta": (0.1, 0.5, 1.0, 1.345, 1.5, 2.0),
    "beta": (0.0, 0.1, 1.0 / 9.0, 0.5, 1.0, 2.0),
    "quantile": (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95),
    "margin": (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0),
    "p": (1, 2),
    "swap": (True,),
    "squared": (True,),
    "smoothing": (1e-7, 1e-6, 1e-5, 1.0, 2.0),
    "variance_weight": (50.0,),
    "epsilon": (0.0, 1e-12, 1e-10, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1.0, 2.0),
    "label_smoothing": (0.1, 0.05, 0.2),
    "off_diagonal_weight": (5e-3, 5.1e-3, 3.9e-3, 1e-2, 0.1, 1.0),
    "scale": (1.0, 0.024, 0.025, 1 / 32, 0.1, 0.048, 0.5),
}

_SQUARES, _BCE = ("mse", "rmse"), ("binary_cross_entropy", "binary_cross_entropy_with_logits")
_ERRORS = ("mse", "mae", "huber", "log_cosh", "half_mse", "smooth_l1", "mape", "msle", "quantile")
_LIKELIHOODS = ("poisson_nll", "gaussian_nll")
_ELEMENTS = (*_ERRORS, *_BCE, *_LIKELIHOODS, "binary_focal", "binary_sparsemax", "margin_ranking", "bpr")
_SOFTMAX = ("cross_entropy", "soft_cross_entropy", "listnet")
_PAIRS = ("info_nce", "npairs")
_ROWS = ("simcse", "nt_xent", "dcl")
_CONTRAST = (*_PAIRS, "clip", *_ROWS, "supervised_simcse")
_NORMALISED = ("info_nce", "clip", *_ROWS, "supervised_simcse")
_CORRELATION = ("barlow_twins", "sample_correlation")
_LABELS = ("categorical_focal", "poly1_cross_entropy", "generalized_cross_entropy", "multiclass_sparsemax", "nll")
_BATCHED = (*_ELEMENTS, *_SOFTMAX, *_LABELS, *_CONTRAST)


def _weighted_by(divisor: Callable[[Point, Array], Any]) -> Formula:
    """A mean whose divisor is another one."""

    def formula(p: Point) -> Array | None:
        values, weights = p.values()
        if p.reduction != "mean" or weights is None:
            return p()
        return reduced(values, weights, "sum") / divisor(p, weights)

    return formula


def _counted(p: Point, weights: Array) -> float:
    where = p.options.get("where")
    return float(
        np.sum(np.broadcast_to(_leading(where, weights), weights.shape)) if where is not None else weights.size
    )


def _leading(mask: Array, like: Array) -> Array:
    return np.reshape(mask, mask.shape + (1,) * (like.ndim - mask.ndim))


def _masked_counted(p: Point) -> Array | None:
    """Masked elements give 0, and the mean divides by all."""
    if p.reduction != "mean" or "where" not in p.options:
        return p()
    weights = p.options.get("weights")
    values, own = p.values()
    return reduced(values, own, "sum") / (
        values.size if weights is None else np.sum(_leading(weights, values) * np.ones(values.shape))
    )


def _detached(name: str) -> Formula:
    return lambda p: p(inputs={**p.x, name: p.frozen[name]}) if name in p.x else None


def _changed(**changes: Callable[[Array], Array]) -> Formula:
    """isoloss's formula of inputs that are changed first."""
    return lambda p: p(inputs={n: changes[n](x) if n in changes else x for n, x in p.x.items()})


def _swapped(p: Point) -> Array | None:
    one, two = (a.name for a in p.loss.inputs[:2])
    if p.x[one].shape != p.x[two].shape:
        return None
    return p(inputs={**p.x, one: p.x[two], two: p.x[one]})


def _sum_over_features(p: Point) -> Array | None:
    values, weights = p.values()
    if p.reduction != "mean" or values.ndim < 1 or weights is not None:
        return None
    return values.sum() / len(values)


# classes


def _rows_last(p: Point, name: str) -> Array:
    return np.moveaxis(p.x[name], p.options.get("axis", -1), -1)


def _log_softmax(x: Array, axis: int = -1) -> Array:
    with np.errstate(all="ignore"):
        x = x - x.max(axis=axis, keepdims=True)
        return x - np.log(np.exp(x).sum(axis=axis, keepdims=True))


def _softmax(x: Array, axis: int = -1) -> Array:
    return np.exp(_log_softmax(x, axis))


def _of_classes(log_probabilities: Callable[[Array], Array]) -> Formula:
    r"""$-\sum_c t_c \, g(x)_c$ for another g than the logarithm of the softmax."""

    def formula(p: Point) -> Array | None:
        name = p.loss.inputs[0].name
        x = _rows_last(p, name)
        if not p.plain or not _at_default(p, "label_smoothing", "ignore_index") or not np.isfinite(x).all():
            return None
        with np.errstate(all="ignore"):
            return p.reduce(-np.sum(_target(p, x) * log_probabilities(x), axis=-1))

    return formula


def _target(p: Point, x: Array) -> Array:
    if p.loss.name == "cross_entropy":
        return np.eye(x.shape[-1])[p.x["labels"]]
    given = _rows_last(p, p.loss.inputs[1].name)
    return _softmax(given) if p.loss.name == "listnet" else given


def _at_default(p: Point, *names: str) -> bool:
    return all(p.settings[s.name] == s.default for s in p.loss.settings if s.name in names)


def _along_batch(x: Array) -> Array:
    return _log_softmax(x, 0) if x.ndim == 2 else np.full_like(x, np.nan)


def _relative_entropy(p: Point) -> Array | None:
    x = _rows_last(p, p.loss.inputs[0].name)
    if not p.plain:
        return None
    target = _target(p, x)
    with np.errstate(all="ignore"):
        return p() + p.reduce(np.sum(np.where(target > 0.0, target * np.log(target), 0.0), axis=-1))


def _smoothed_over_others(p: Point) -> Array | None:
    s = p.settings["label_smoothing"]
    x = _rows_last(p, "logits")
    if not p.plain or s == 0.0 or not _at_default(p, "ignore_index"):
        return p() if s == 0.0 else None
    classes = x.shape[-1]
    target = np.eye(classes)[p.x["labels"]]
    target = (1.0 - s) * target + s / (classes - 1) * (1.0 - target)
    return p.reduce(-np.sum(target * _log_softmax(x), axis=-1))


def _smoothed_by_class(p: Point) -> Array | None:
    """Class weights under label smoothing, as in PyTorch."""
    s, weights = p.settings["label_smoothing"], p.x.get("class_weights")
    if s == 0.0 or weights is None:
        return p()
    if "where" in p.options or "weights" in p.options:
        return None
    x = _rows_last(p, "logits")
    classes = x.shape[-1]
    counts = p.x["labels"] != p.settings["ignore_index"]
    labels = np.where(counts, p.x["labels"], 0)
    target = (1.0 - s) * np.eye(classes)[labels] + s / classes
    total = np.where(counts, -np.sum(target * weights * _log_softmax(x), axis=-1), 0.0)
    own = np.where(counts, weights[labels], 0.0)
    return {"none": total, "sum": total.sum(), "mean": total.sum() / own.sum()}.get(p.reduction)


def _shifted(by: int) -> Formula:
    def formula(p: Point) -> Array | None:
        if not _at_default(p, "ignore_index"):
            return None
        classes = p.x["logits"].shape[p.options.get("axis", -1)]
        return p(inputs={**p.x, "labels": (p.x["labels"].astype(np.int64) + by) % classes})

    return formula


def _sigmoid(x: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-x))


def _one_side(side: str) -> Formula:
    """The cross-entropy of what is true, or of what is false, alone."""

    def formula(p: Point) -> Array | None:
        if not p.plain or p.settings.get("epsilon"):
            return None
        x, t = p.x[p.loss.inputs[0].name], p.x["targets"]
        with np.errstate(all="ignore"):
            chance = _sigmoid(x) if p.loss.name.endswith("logits") else x
            return p.reduce(
                np.where(t > 0, -t * np.log(chance), 0.0) if side == "true" else (t - 1) * np.log(1 - chance)
            )

    return formula


# regression, ranking


def _squared_whole(p: Point) -> Array | None:
    error = np.abs(p.x["predictions"] - p.x["targets"])
    delta = float(p.settings["delta"])
    values = np.where(error <= delta, error * error, delta * (error - delta / 2))
    return p.reduce(values) if p.plain else None


def _rmse_rows(p: Point) -> Array | None:
    if "where" in p.options or "weights" in p.options:
        return None
    errors = np.square(p.x["predictions"] - p.x["targets"])
    return np.sqrt(errors.mean(axis=-1)).mean() if errors.ndim else np.sqrt(errors)


def _lead(p: Point) -> Array:
    one, two = (p.x[a.name] for a in p.loss.inputs[:2])
    return one - two


def _of_lead(formula: Callable[[Array, float], Array]) -> Formula:
    def found(p: Point) -> Array | None:
        lead = _lead(p) * p.x.get("target", np.array(1.0))
        return p.reduce(formula(lead, float(p.settings.get("margin", 0.0)))) if p.plain else None

    return found


# contrast


def _units(x: Array, frozen: Array | None = None, axis: int = -1) -> Array:
    with np.errstate(all="ignore"):
        return x / np.linalg.norm(x if frozen is None else frozen, axis=axis, keepdims=True)


Prepare: TypeAlias = Callable[[Array, Array], Array]  # of the rows, and of the rows frozen


def _contrast(
    *,
    queries: Prepare | None = None,
    keys: Prepare | None = None,
    heat: Callable[[float], float] = lambda t: t,
    positive_counts: bool | None = None,
    itself_counts: bool = False,
    partners: Callable[[Array, int], Array] | None = None,
    hard: bool = True,
) -> Formula:
    """A contrastive loss from its similarities, with one thing in it changed; None: as it is in the loss."""

    def formula(p: Point) -> Array | None:
        if not p.plain or p.settings.get("views", 2) != 2 or p.settings.get("decoupled"):
            return None
        (q, q0), (k, k0), positive, own = _sides(p, hard)
        cosine = p.settings.get("similarity", "cosine") == "cosine"
        usual: Prepare = (lambda x, _: _units(x)) if cosine else (lambda x, _: x)
        with np.errstate(all="ignore"):
            s = (queries or usual)(q, q0) @ (keys or usual)(k, k0).T / heat(float(p.settings["temperature"]))
            positive = positive if partners is None else partners(positive, len(k))
            rows = np.arange(len(q))
            chosen = s[rows, positive]
            if own and not itself_counts:
                s = np.where(np.eye(len(q), dtype=bool), -np.inf, s)
            if not (p.loss.name != "dcl" if positive_counts is None else positive_counts):
                s = s.copy()
                s[rows, positive] = -np.inf
            ways = (s, s.T) if p.loss.name == "clip" else (s,)
            return p.reduce(np.mean([_log_sum(way) for way in ways], axis=0) - chosen)

    return formula


def _log_sum(s: Array) -> Array:
    return np.logaddexp.reduce(s, axis=-1)


def _sides(p: Point, hard: bool = True) -> tuple[tuple[Array, Array], tuple[Array, Array], Array, bool]:
    """Queries and keys, each beside its frozen self, whose positive is whose, and whether they are the same rows."""

    def sides(x: Mapping[str, Array]) -> tuple[Array, Array]:
        if p.loss.name in (*_PAIRS, "clip"):
            return x[p.loss.inputs[0].name], x[p.loss.inputs[1].name]
        e = x["embeddings"]
        if p.loss.name == "supervised_simcse":
            return e[::3], np.concatenate([e[1::3], e[2::3]]) if hard else e[1::3]
        return e, e

    (q, k), (q0, k0) = sides(p.x), sides(p.frozen)
    rows = np.arange(len(q))
    own = p.loss.name in _ROWS
    positive = rows
    if own:
        positive = rows + 1 - rows % 2 * 2 if p.loss.name == "simcse" else (rows + len(q) // 2) % len(q)
    return (q, q0), (k, k0), positive, own


def _other_layout(positive: Array, columns: int) -> Array:
    rows = np.arange(len(positive))
    interleaved = rows + 1 - rows % 2 * 2
    return (rows + columns // 2) % columns if (positive == interleaved).all() else interleaved


def _split(p: Point) -> tuple[Array, Array]:
    """The two views of each sample."""
    e = p.x["embeddings"]
    return (e[::2], e[1::2]) if p.loss.name == "simcse" else (e[: len(e) // 2], e[len(e) // 2 :])


def _across(p: Point, *, both: bool) -> Array | None:
    """Each first view against the second views alone, as `info_nce` of the two; or both ways, as `clip`."""
    if not p.plain or p.settings.get("views", 2) != 2 or p.options:
        return None
    a, b = _split(p)
    return _one_way(p, a, b) if not both else (_one_way(p, a, b) + _one_way(p, b, a)) / 2.0


def _one_way(p: Point, queries: Array, keys: Array) -> Array:
    inputs = {"queries": queries, "keys": keys}
    settings = {"temperature": p.settings["temperature"], "decoupled": p.loss.name == "dcl"}
    return np.asarray(p(loss=LOSSES["info_nce"], inputs=inputs, **settings))


def _one_way_of_clip(*names: str) -> Formula:
    return lambda p: _one_way(p, *(p.x[name] for name in names)) if p.plain else None


def _log_of_each_view(p: Point) -> Array | None:
    if not p.plain or p.settings["views"] != 2:
        return None
    x = _units(p.x["embeddings"])
    n = len(x) // 2
    s = x @ x.T / float(p.settings["temperature"])
    same_sample = np.tile(np.eye(n, dtype=bool), (2, 2))
    others = np.where(same_sample, -np.inf, s)
    with np.errstate(all="ignore"):
        return p.reduce(_log_sum(others[:, :n]) + _log_sum(others[:, n:]) - np.diagonal(np.roll(s, n, axis=1)))


def _by_label(of_row: Callable[[Array, Array, Array], Any]) -> Formula:
    """Of a row's logits with the others of its label, with all others, and with itself."""

    def formula(p: Point) -> Array | None:
        labels = p.x["labels"]
        same = (labels[:, None] == labels) & ~np.eye(len(labels), dtype=bool)
        if not p.plain:
            return None
        x, counts = _units(p.x["embeddings"]), same.any(axis=1)
        s = x @ x.T / float(p.settings["temperature"])
        rows = [of_row(s[i, same[i]], np.delete(s[i], i), s[i, i]) if counts[i] else 0.0 for i in range(len(s))]
        return reduced(np.array(rows), counts * p.options.get("weights", np.ones(len(s))), p.reduction)

    return formula


def _circle(*, constant: bool = True, cosine: bool = True, apart: bool = False) -> Formula:
    """The circle loss of weights that move, of other similarities or with a logarithm for each side."""

    def formula(p: Point) -> Array | None:
        if not p.plain:
            return None
        x, frozen = p.x["embeddings"], (p.frozen if constant else p.x)["embeddings"]
        x, frozen = (_units(x), _units(frozen)) if cosine else (x, frozen)
        s, held = x @ x.T, frozen @ frozen.T
        labels, margin, gamma = p.x["labels"], float(p.settings["margin"]), float(p.settings["gamma"])
        same, others = labels[:, None] == labels, labels[:, None] != labels
        same &= ~np.eye(len(labels), dtype=bool)
        lack = gamma * np.maximum(0.0, 1.0 + margin - held) * (1.0 - margin - s)
        excess = gamma * np.maximum(0.0, held + margin) * (s - margin)
        with np.errstate(all="ignore"):
            sides = _log_sum(np.where(same, lack, -np.inf)), _log_sum(np.where(others, excess, -np.inf))
        values = sum(np.logaddexp(0.0, side) for side in (sides if apart else [sides[0] + sides[1]]))
        counts = same.any(axis=1)
        values = np.where(counts & others.any(axis=1), values, 0.0)
        return reduced(values, counts * p.options.get("weights", np.ones(len(s))), p.reduction)

    return formula


def _over_all_rows(p: Point) -> Array | None:
    """Rows without a positive are counted."""
    values, _ = p.values()
    return p.reduce(values) if p.plain else None


def _mean_over_pairs(p: Point) -> Array | None:
    return p() / len(p.x["text_embeddings"]) if p.plain else None


def _first_views(p: Point) -> Array | None:
    if not p.plain or p.settings.get("views", 2) != 2 or p.options:
        return None
    values = p(reduction="none")
    return reduced(values[::2] if p.loss.name == "simcse" else values[: len(values) // 2], None, p.reduction)


def _both_ways(share: float) -> Formula:
    def formula(p: Point) -> Array | None:
        turned = _swapped(p) if p.plain else None
        return None if turned is None else (p() + turned) * share

    return formula


# correlation


def _correlation(
    *,
    ddof: int = 0,
    beside_root: bool = False,
    epsilon: bool = True,
    centred: bool = True,
    scaled: bool = True,
    divisor: Callable[[int, int], int] = lambda n, d: n,
    over_samples: bool | None = None,
    off_diagonal: Callable[[Array], Any] = np.sum,
    root: bool = False,
) -> Formula:
    """Barlow Twins, or its other way round, with one thing or two in it changed."""

    def formula(p: Point) -> Array | None:
        if p.options:
            return None
        n, d = p.x["embeddings_a"].shape
        rows = p.loss.name == "sample_correlation" if over_samples is None else not over_samples
        eps = float(p.settings["epsilon"]) if epsilon else 0.0
        standard = []
        for name in ("embeddings_a", "embeddings_b"):
            x = p.x[name].T if rows else p.x[name]
            with np.errstate(all="ignore"):
                variance = x.var(axis=0, ddof=ddof) if len(x) > ddof else np.full(x.shape[1], np.nan)
                x = x - x.mean(axis=0) if centred else x
                below = np.sqrt(variance) + eps if beside_root else np.sqrt(variance + eps)
                standard.append(x / below if scaled else x)
        c = standard[0].T @ standard[1] / (divisor(n, d) or np.nan)
        on = np.diagonal(c)
        off = c[~np.eye(len(c), dtype=bool)]
        total = np.sum((1.0 - on) ** 2) + p.settings["off_diagonal_weight"] * off_diagonal(off**2)
        return np.asarray(total * float(p.settings["scale"]))

    return formula


VARIANTS: tuple[Variant, ...] = (
    # reductions
    Variant(
        lambda p: p(reduction="sum") if p.reduction == "mean" else p(),
        "It sums over the batch where a mean is asked for: divide by the number of values. "
        "(isoloss.{loss} with reduction='sum' is what it computes.)",
        _BATCHED,
    ),
    Variant(
        lambda p: p(reduction="mean") if p.reduction == "sum" else p(),
        "It takes the mean where a sum is asked for: do not divide.",
        _BATCHED,
    ),
    Variant(
        _sum_over_features,
        "It sums over all axes but the first, and takes the mean over the first alone ('batchmean'): isoloss's mean "
        "divides by the number of values.",
        _ELEMENTS,
    ),
    Variant(
        _weighted_by(_counted),
        "Its weighted mean is divided by how many values count: divide by the sum of their weights.",
        _BATCHED,
    ),
    Variant(
        _masked_counted,
        "Masked values are 0 in its mean but are counted in the divisor: divide by what is left.",
        _BATCHED,
    ),
    Variant(lambda p: p(where=None), "It takes where (a mask) and does not use it."),
    Variant(lambda p: p(weights=None), "It takes weights and does not use them."),
    Variant(
        lambda p: p(where=~p.options["where"]) if "where" in p.options else p(),
        "Its mask is the other way round: isoloss's where is True for what counts.",
    ),
    # signs, factors
    Variant(lambda p: -p(), "Its sign is missing: it is isoloss's value times -1. Put a minus before it."),
    Variant(lambda p: p() / 2.0, "It is half of isoloss's: a factor of 1/2 too many."),
    Variant(lambda p: p() * 2.0, "It is twice isoloss's: a factor of 1/2 is missing, or one of 2 is too many."),
    Variant(
        lambda p: p() / np.log(2.0),
        "Its logarithm is to base 2: take the natural one.",
        (*_SOFTMAX, *_CONTRAST, *_BCE, "bpr"),
    ),
    Variant(
        lambda p: p() / np.log(10.0),
        "Its logarithm is to base 10: take the natural one.",
        (*_SOFTMAX, *_CONTRAST, *_BCE, "bpr"),
    ),
    Variant(
        lambda p: p() * float(p.settings["temperature"]),
        "It is multiplied by the temperature at the end (as SupCon's code does with its base temperature): leave that out.",
        (*_CONTRAST, "sup_con"),
    ),
    Variant(
        lambda p: p() * float(p.settings["temperature"]) / 0.07,
        "It is multiplied by temperature / 0.07 at the end, as SupCon's code does: leave that out.",
        (*_CONTRAST, "sup_con"),
    ),
    Variant(
        lambda p: p() * 2.0 * float(p.settings["temperature"]),
        "It is multiplied by 2 * temperature at the end, as MoCo v3's code does: leave that out.",
        _CONTRAST,
    ),
    Variant(
        lambda p: p() / float(p.settings["delta"]),
        "It is divided by delta (PyTorch's SmoothL1Loss): multiply by it.",
        ("huber",),
    ),
    Variant(
        lambda p: p() / (len(p.values()[0]) or 1) if p.values()[0].ndim else None,
        "It is divided by the batch twice: divide once.",
        _BATCHED,
    ),
    Variant(lambda p: p() / p.x["embeddings_a"].shape[1], "It is divided by the number of features.", _CORRELATION),
    Variant(lambda p: p() / p.x["embeddings_a"].shape[0], "It is divided by the number of samples.", _CORRELATION),
    # gradients
    *(
        Variant(_detached(name), f"No gradient reaches {name}: it is detached, and isoloss differentiates it.", losses)
        for name, losses in (
            ("keys", ("info_nce",)),
            ("queries", ("info_nce",)),
            ("negatives", ("info_nce",)),
            ("positives", ("npairs",)),
            ("anchors", ("npairs",)),
            ("embeddings_a", _CORRELATION),
            ("embeddings_b", _CORRELATION),
            ("scores_a", ("margin_ranking",)),
            ("scores_b", ("margin_ranking",)),
            ("positive_scores", ("bpr",)),
            ("negative_scores", ("bpr",)),
        )
    ),
    # arguments
    Variant(
        _swapped,
        "Its two arrays are swapped: exchange the arguments, or name them with --map.",
        ("soft_cross_entropy", "listnet", *_BCE, "margin_ranking", "bpr", *_PAIRS),
    ),
    # classes
    Variant(
        _shifted(-1),
        "Its labels are off by one: it takes class label - 1. Labels are counted from 0.",
        ("cross_entropy",),
    ),
    Variant(
        _shifted(1),
        "Its labels are off by one: it takes class label + 1. Labels are counted from 0.",
        ("cross_entropy",),
    ),
    Variant(
        _of_classes(lambda x: _log_softmax(_softmax(x))),
        "The softmax is taken twice: it treats {first} as probabilities and takes the softmax of their softmax. "
        "Take one of the two out.",
        _SOFTMAX,
    ),
    Variant(
        _of_classes(lambda x: x),
        "The logarithm of the softmax is missing: it takes the logits themselves for log-probabilities (nll_loss of "
        "logits). Take log_softmax first.",
        _SOFTMAX,
    ),
    Variant(
        _of_classes(_softmax),
        "The logarithm is missing: it takes the probabilities themselves (nll_loss of a softmax). Take log_softmax.",
        _SOFTMAX,
    ),
    Variant(
        _of_classes(np.log),
        "It takes the logits for probabilities: the softmax is missing before the logarithm.",
        _SOFTMAX,
    ),
    Variant(
        _of_classes(_along_batch),
        "Its softmax runs over the batch, axis 0: take it over the classes, the last axis.",
        _SOFTMAX,
    ),
    Variant(
        _relative_entropy,
        "It is the Kullback-Leibler divergence: smaller by the entropy of the targets, with the same gradient. "
        "isoloss gives the cross-entropy.",
        ("soft_cross_entropy", "listnet"),
    ),
    Variant(
        lambda p: p.other("soft_cross_entropy") if p.plain else None,
        "The relevance goes in as it is: take its softmax first.",
        ("listnet",),
    ),
    Variant(
        _smoothed_over_others,
        "label_smoothing is spread over the other classes alone, C - 1 of them: spread it over all C.",
        ("cross_entropy",),
    ),
    Variant(
        _smoothed_by_class,
        "With class_weights, its smoothed targets are weighed class by class, as PyTorch does: isoloss weighs a row by "
        "its label.",
        ("cross_entropy",),
    ),
    Variant(lambda p: p(label_smoothing=0.0), "It takes label_smoothing and does not use it.", ("cross_entropy",)),
    Variant(
        lambda p: p(inputs={n: x for n, x in p.x.items() if n != "class_weights"}),
        "It takes class_weights and does not use them.",
        ("cross_entropy",),
    ),
    Variant(
        lambda p: p(ignore_index=None) if (p.x["labels"] >= 0).all() else None,
        "It does not use ignore_index.",
        ("cross_entropy",),
    ),
    Variant(
        lambda p: p.other("binary_cross_entropy_with_logits", epsilon=None),
        "It takes the probabilities for logits: leave out the sigmoid (or give it logits, as isoloss's "
        "binary_cross_entropy_with_logits).",
        ("binary_cross_entropy",),
    ),
    Variant(
        _changed(logits=_sigmoid),
        "The sigmoid is taken twice: take one of the two out.",
        ("binary_cross_entropy_with_logits",),
    ),
    Variant(
        lambda p: p.other("cross_entropy" if "labels" in p.x else "binary_cross_entropy_with_logits"),
        "It is the plain cross-entropy, without the factor or term that this loss is known for.",
        ("binary_focal", "categorical_focal", "poly1_cross_entropy", "generalized_cross_entropy"),
    ),
    Variant(
        lambda p: p(alpha=1.0 - p.settings["alpha"]) if p.settings["alpha"] is not None else p(),
        "Its alpha is what a target of 0 counts for: it counts for targets of 1, and 1 - alpha for 0.",
        ("binary_focal",),
    ),
    Variant(
        lambda p: p(inputs={n: x for n, x in p.x.items() if n != "pos_weight"}),
        "It takes pos_weight and does not use it.",
        ("binary_cross_entropy_with_logits",),
    ),
    Variant(_one_side("true"), "The term of what is false, (1 - targets) log(1 - p), is missing.", _BCE),
    Variant(_one_side("false"), "The term of what is true, targets log p, is missing.", _BCE),
    # regression
    Variant(lambda p: p() ** 2, "The root is missing: it is the mean squared error.", ("rmse",)),
    Variant(
        lambda p: p.other("mae"),
        "The root is taken of each error and not of their mean: it is the absolute error.",
        ("rmse",),
    ),
    Variant(_rmse_rows, "The root is taken for each row: take it of the mean over the whole batch.", ("rmse",)),
    Variant(lambda p: p.other("rmse"), "A root is taken of the mean squared error (that is isoloss's rmse).", ("mse",)),
    Variant(lambda p: p.other("mae"), "It is the absolute error: square it.", ("mse", "huber", "log_cosh")),
    Variant(lambda p: p.other("mse"), "It is the squared error.", ("mae", "huber", "log_cosh")),
    Variant(_squared_whole, "The squared part lacks its factor 1/2: the two parts do not meet at delta.", ("huber",)),
    Variant(
        lambda p: p.reduce(p.values()[0] + np.log(2.0)) if p.plain else None,
        "log 2 is not taken off: a perfect prediction costs log 2.",
        ("log_cosh",),
    ),
    Variant(
        lambda p: p.other("huber", delta=p.settings["beta"]),
        "It is the Huber loss, with delta for beta: divide it by beta.",
        ("smooth_l1",),
    ),
    Variant(
        lambda p: p(quantile=1.0 - p.settings["quantile"]),
        "Its sides are swapped: a prediction that is too low costs the quantile, one that is too high the rest.",
        ("quantile",),
    ),
    Variant(
        lambda p: p.reduce(p.values()[0] - 1.0) if p.plain else None,
        "It is minus the cosine, as Keras' CosineSimilarity: add 1.",
        ("cosine_distance",),
    ),
    Variant(
        lambda p: p.reduce(p.values()[0] * 0.5 - 1.0) if p.plain else None,
        "It is minus the cosine, as SimSiam and Lightly have it: that is isoloss's simsiam.",
        ("byol",),
    ),
    # segmentation
    Variant(
        lambda p: p(alpha=p.settings["beta"], beta=p.settings["alpha"]),
        "Alpha and beta are exchanged, as in Keras up to 3.15.1: alpha is that of false positives.",
        ("tversky",),
    ),
    # distributions
    Variant(
        lambda p: p() / p.x["log_probabilities"].shape[p.options.get("axis", -1)] if p.reduction == "mean" else None,
        "Its mean is over the classes, too (PyTorch's reduction='mean'): divide by the rows alone ('batchmean').",
        ("kl_divergence",),
    ),
    Variant(
        lambda p: p(log_input=True), "It takes rates for their logarithms: log_input does nothing.", ("poisson_nll",)
    ),
    Variant(lambda p: p(full=False), "It takes full and does not use it.", _LIKELIHOODS),
    # ranking
    Variant(
        _of_lead(lambda lead, m: m - lead),
        "It is not cut off at 0: a lead beyond the margin costs less than 0.",
        ("margin_ranking",),
    ),
    Variant(_of_lead(lambda lead, m: np.maximum(0.0, m - lead) ** 2), "It is the squared hinge.", ("margin_ranking",)),
    Variant(
        _of_lead(lambda lead, m: np.maximum(0.0, -m - lead)), "The margin has the wrong sign.", ("margin_ranking",)
    ),
    Variant(_of_lead(lambda lead, m: -_sigmoid(lead)), "The logarithm is missing: it is minus the sigmoid.", ("bpr",)),
    Variant(
        _of_lead(lambda lead, m: 1 - _sigmoid(lead)), "The logarithm is missing: it is 1 less the sigmoid.", ("bpr",)
    ),
    # contrast
    Variant(
        _contrast(positive_counts=False),
        "The positive is left out of the denominator (the decoupled loss): put it in.",
        _CONTRAST,
    ),
    Variant(
        _contrast(positive_counts=True),
        "The positive is in the denominator, as in isoloss's nt_xent: leave it out.",
        ("dcl",),
    ),
    Variant(
        _log_of_each_view,
        "It adds a logarithm of the negatives of each view (as lightly did before 1.6): take one, of them all.",
        ("dcl",),
    ),
    Variant(
        lambda p: p(decoupled=not p.settings["decoupled"]),
        "It does not use decoupled: the positive is in the denominator, or out of it, always.",
        ("info_nce",),
    ),
    Variant(
        _contrast(itself_counts=True),
        "Each row's similarity to itself is left in the denominator: mask the diagonal.",
        _ROWS,
    ),
    Variant(
        _contrast(partners=_other_layout),
        "It pairs other rows: {pairs}",
        _ROWS,
    ),
    Variant(
        _contrast(partners=lambda positive, columns: (positive + 1) % columns),
        "The positive is off by one: it takes the row after it.",
        _CONTRAST,
    ),
    Variant(
        _contrast(partners=lambda positive, columns: (positive - 1) % columns),
        "The positive is off by one: it takes the row before it.",
        _CONTRAST,
    ),
    Variant(
        _contrast(heat=lambda t: 1.0 / t),
        "The temperature is inverted: similarities are multiplied by it. Divide them.",
        _CONTRAST,
    ),
    Variant(
        _contrast(heat=lambda t: t * t), "Similarities are divided by the temperature twice: divide once.", _CONTRAST
    ),
    Variant(_contrast(heat=lambda t: t**0.5), "Similarities are divided by the root of the temperature.", _CONTRAST),
    Variant(
        _contrast(heat=lambda t: 1.0), "It does not use the temperature: divide the similarities by it.", _CONTRAST
    ),
    Variant(
        _contrast(queries=lambda x, _: x, keys=lambda x, _: x),
        "The normalisation is missing: it compares by dot product, and isoloss by cosine. Divide each row by its length.",
        _NORMALISED,
    ),
    Variant(
        _contrast(queries=lambda x, _: _units(x), keys=lambda x, _: _units(x)),
        "It compares by cosine, and isoloss by dot product: leave out the normalisation.",
        _PAIRS,
    ),
    Variant(
        _contrast(queries=_units, keys=_units),
        "The normalisation is detached: the value is right, but lengths are constants in the gradient. "
        "Differentiate them too.",
        _NORMALISED,
    ),
    Variant(
        _contrast(keys=lambda x, _: x),
        "The keys are not normalised: only the queries are.",
        ("info_nce", "supervised_simcse"),
    ),
    Variant(
        _contrast(queries=lambda x, _: x),
        "The queries are not normalised: only the keys are.",
        ("info_nce", "supervised_simcse"),
    ),
    Variant(
        _contrast(queries=lambda x, _: _units(x, axis=0), keys=lambda x, _: _units(x, axis=0)),
        "It normalises over the batch, axis 0: normalise each row.",
        _CONTRAST,
    ),
    Variant(
        _contrast(keys=lambda _, frozen: _units(frozen)),
        "The rows that others are compared with are detached: half of the gradient is missing.",
        (*_ROWS, "supervised_simcse"),
    ),
    Variant(_contrast(hard=False), "The hard negatives are left out.", ("supervised_simcse",)),
    Variant(
        lambda p: _across(p, both=False),
        "It compares each first view with the second views alone, as isoloss.info_nce(first, second) does: isoloss's "
        "{loss} takes every row, against all other rows.",
        _ROWS,
    ),
    Variant(
        lambda p: _across(p, both=True),
        "It compares first views with second ones, in both directions, as isoloss.clip(first, second) does, and no view "
        "with its like: isoloss's {loss} takes every row against all other rows.",
        _ROWS,
    ),
    Variant(
        _one_way_of_clip("image_embeddings", "text_embeddings"),
        "It goes one way alone, each image among the texts, as isoloss.info_nce does: take the mean with the other way.",
        ("clip",),
    ),
    Variant(
        _one_way_of_clip("text_embeddings", "image_embeddings"),
        "It goes one way alone, each text among the images, as isoloss.info_nce does: take the mean with the other way.",
        ("clip",),
    ),
    Variant(_first_views, "Only the first view of each sample is a query: take the second ones too.", _ROWS),
    Variant(
        _both_ways(0.5),
        "It is the mean of both directions, as isoloss.clip: isoloss's {loss} has one.",
        _PAIRS,
    ),
    Variant(_both_ways(1.0), "It adds up both directions: isoloss's {loss} has one.", _PAIRS),
    # labels
    Variant(
        _by_label(lambda positives, others, _: _log_sum(others) - _log_sum(positives) + np.log(len(positives))),
        "The mean over positives is inside of the logarithm (the paper's L_in): take it of the logarithms.",
        ("sup_con",),
    ),
    Variant(
        _by_label(lambda positives, others, _: _log_sum(others) - _log_sum(positives)),
        "It is the logarithm of a sum over positives: take the mean of their logarithms.",
        ("sup_con",),
    ),
    Variant(
        _by_label(lambda positives, others, own: np.logaddexp(_log_sum(others), own) - positives.mean()),
        "Each row's similarity to itself is left in the denominator: mask the diagonal.",
        ("sup_con",),
    ),
    Variant(
        _over_all_rows,
        "Rows without a positive count in its mean, as 0 (as in SupCon's code): leave them out.",
        ("sup_con",),
    ),
    Variant(
        _mean_over_pairs,
        "It is a mean over all pairs: add up each image's texts, and take the mean over images.",
        ("siglip",),
    ),
    Variant(
        lambda p: p(bias=0.0),
        "It does not use the bias.",
        ("siglip",),
    ),
    Variant(
        _circle(constant=False),
        "Its weights alpha are differentiated (as in Keras): the value is right, but they are constants in the gradient.",
        ("circle",),
    ),
    Variant(_circle(cosine=False), "The normalisation is missing: divide each row by its length.", ("circle",)),
    Variant(
        _circle(apart=True),
        "It adds a logarithm for positives and one for negatives (as TensorFlow Similarity): take one, of 1 plus the "
        "product of both sums.",
        ("circle",),
    ),
    # correlation
    Variant(
        _correlation(ddof=1),
        "It divides by the unbiased standard deviation (ddof=1, the default of torch.std), and the correlation by N: "
        "take the biased variance.",
        _CORRELATION,
    ),
    Variant(
        _correlation(ddof=1, beside_root=True),
        "It divides by the unbiased standard deviation plus epsilon: take the root of the biased variance plus epsilon.",
        _CORRELATION,
    ),
    Variant(
        _correlation(ddof=1, epsilon=False),
        "It divides by the unbiased standard deviation (ddof=1), without epsilon: take the root of the biased variance "
        "plus epsilon.",
        _CORRELATION,
    ),
    Variant(
        _correlation(beside_root=True),
        "epsilon is added to the standard deviation: add it to the variance, under the root.",
        _CORRELATION,
    ),
    Variant(_correlation(centred=False), "The mean is not taken off.", _CORRELATION),
    Variant(_correlation(scaled=False), "The standard deviation is not divided by.", _CORRELATION),
    Variant(
        _correlation(divisor=lambda n, d: n - 1), "The correlation is divided by N - 1: divide by N.", _CORRELATION
    ),
    Variant(_correlation(divisor=lambda n, d: d), "The correlation is divided by D: divide by N.", _CORRELATION),
    Variant(_correlation(divisor=lambda n, d: 1), "The correlation is not divided by N.", _CORRELATION),
    Variant(
        _correlation(over_samples=False),
        "Rows are standardised and not columns, and samples are compared: that is isoloss's sample_correlation.",
        ("barlow_twins",),
    ),
    Variant(
        _correlation(over_samples=True),
        "Columns are standardised and not rows, and features are compared: that is isoloss's barlow_twins.",
        ("sample_correlation",),
    ),
    Variant(_correlation(off_diagonal=np.mean), "What lies off the diagonal is averaged: add it up.", _CORRELATION),
)


# ---------------------------------------------------------------------- explanations


@dataclass(frozen=True)
class Observed:
    """What a port gave for a case; without gradients, its values are explained alone."""

    point: Point
    value: Array
    gradients: Mapping[str, Array] | None
    tolerance: float  # of the largest number
    departs: bool  # from isoloss's own formula


def explanations(loss: Loss, taken: Iterable[str], observed: list[Observed]) -> list[str]:
    """The sentences of the variants that give exactly what a port gave: one change, else two, else a factor."""
    found = [v.sentence for v in variants(loss) if _explains(v.formula, observed)]
    changes = list(modifiers(loss, taken))
    found += [_default(name) for name, change in changes if _explains(_modified(Point.__call__, change), observed)]
    if not found:
        for (name, change), variant in itertools.product(changes, variants(loss)):
            if _explains(_modified(variant.formula, change), observed):
                found.append(f"{variant.sentence} Besides, {_default(name, begins=False)}")
                break
    if not found and (factor := _factor(observed)) is not None:
        found = [f"Everything it gives is {factor:.6g} times isoloss's: a factor too many or too few."]
    stacked, interleaved = "i and i + N (stacked views)", "2k and 2k + 1 (interleaved views)"
    theirs, ours = (stacked, interleaved) if loss.name == "simcse" else (interleaved, stacked)
    pairs = f"{theirs}, and isoloss's {loss.name} {ours}."
    words = {"loss": loss.name, "first": loss.inputs[0].name, "pairs": pairs}
    return [sentence.format(**words) for sentence in found[:2]]


def _default(name: str, *, begins: bool = True) -> str:
    setting, _, value = name.partition("=")
    return f"{'It' if begins else 'it'} is {{loss}} with {setting}={value} built in: isoloss's default is another."


def _modified(formula: Formula, change: Mapping[str, Any]) -> Formula:
    return lambda p: formula(replace(p, settings={**p.settings, **change}))


def _explains(formula: Formula, observed: list[Observed]) -> bool:
    """Whether it gives what the port gave in each case that it speaks of, half of those that depart among them."""
    spoken = []
    for seen in observed:
        value = _value(formula, seen.point)
        if value is not None:
            if not _same(seen.value, value, seen.tolerance):
                return False
            spoken.append(seen)
    for seen in spoken:
        if seen.gradients is not None:
            expected = seen.point.gradients(formula)
            noise = NOISE * float(np.abs(seen.value).sum())
            scale = {n: float(np.abs(seen.point.x[n]).max(initial=0.0)) or 1.0 for n in expected}
            if not all(_same(seen.gradients[n], g, seen.tolerance, noise / scale[n]) for n, g in expected.items()):
                return False
    return 2 * sum(seen.departs for seen in spoken) >= max(1, sum(seen.departs for seen in observed))


def _value(formula: Formula, point: Point) -> Array | None:
    with np.errstate(all="ignore"):
        try:
            value = formula(point)
        except (ValueError, TypeError, IndexError):  # a variant may make of an input what isoloss refuses
            return None
    return None if value is None else np.asarray(value, float)


def _same(got: Array, expected: Array, tolerance: float, noise: float = 0.0) -> bool:
    if got.shape != expected.shape:
        return False
    size = float(np.abs(expected).max(initial=0.0))
    return bool((np.abs(got - expected) <= tolerance * size + noise).all())


def _factor(observed: list[Observed]) -> float | None:
    """What everything is multiplied by, if it is one number."""
    first = observed[0]
    own = _value(Point.__call__, first.point)
    if own is None or own.shape != first.value.shape or not own.size or not np.abs(own).max():
        return None
    where = np.unravel_index(np.abs(own).argmax(), own.shape)
    factor = float(first.value[where] / own[where])
    if not np.isfinite(factor) or factor == 0.0 or not _explains(lambda p: p() * factor, observed):
        return None
    return factor
