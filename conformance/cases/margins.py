"""Cases of the losses of margins."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from isoloss.conformance.cases.case import (
    Case,
    LossCases,
    Refusal,
    booleans,
    floats,
    grids,
    integers,
    masked,
    nearly,
    normal,
    regime,
)

INF, NAN = float("inf"), float("nan")
LOG_TINY = float(np.log(np.finfo(np.float32).smallest_normal.astype(np.float64)))

LEADS = (("right", 3.0, 16.0, 1), ("wrong", 3.0, 16.0, -1), ("far right", 17.0, 80.0, 1), ("far wrong", 17.0, 80.0, -1))


def signs(seed: int, *shape: int) -> np.ndarray[Any, Any]:
    """Targets of 1 and -1."""
    return np.random.default_rng(seed).choice([-1, 1], shape)


def sign_refusals(loss: str, name: str) -> tuple[Refusal, ...]:
    """Targets that are no signs, for a loss of one number each."""
    good = {name: floats(3.0, 2.5, 1.2)}
    return (
        Refusal(
            "targets of 0 and 1",
            good | {"targets": integers(1, 0, 1)},
            message=f"{loss}: targets must be 1 or -1; got",
            at_run=True,
        ),
        Refusal(
            "a target of NaN",
            good | {"targets": floats(1.0, NAN, 1.0)},
            message="targets must be 1 or -1",
            at_run=True,
        ),
        Refusal("a target of 2", good | {"targets": integers(1, 2, 1)}, message="targets must be 1 or -1", at_run=True),
        Refusal("one target for all", good | {"targets": floats(1.0)}, message=f"targets .* must agree with {name}"),
        Refusal(
            "a column of targets",
            good | {"targets": integers([1], [-1], [1])},
            message=f"targets .* must agree with {name} .* nothing is broadcast",
        ),
    )


# ------------------------------------------------------------ one score, one sign


def _by_sign(loss: str, name: str, kink: float, at_2: tuple[float, float], degenerate: tuple[Case, ...]) -> LossCases:
    """Of a loss of targets * scores with a kink, whose value and slope at -2 are given."""

    def pair(seed: int, *shape: int) -> dict[str, Any]:
        return {name: normal(seed, *shape, scale=2.0), "targets": signs(seed, *shape)}

    def sides(title: str, seed: int, low: float, high: float, sign: int) -> Case:
        targets, sizes = signs(seed, 6), np.random.default_rng(seed).uniform(low, high, 6)
        inputs = {name: np.asarray(sign * targets * sizes, np.float32), "targets": targets}
        return Case(title, inputs, options={"reduction": "none"}, regime=regime(title))

    near = nearly(np.full(6, kink), 9, 1e-3) if kink else normal(9, 6, scale=1e-3)
    return LossCases(
        (
            Case("batch", pair(1, 6), core=True),
            Case("matrix", pair(2, 4, 3), options={"reduction": "none"}),
            Case(
                "targets as floats",
                pair(3, 4) | {"targets": floats(1.0, -1.0, -1.0, 1.0)},
                options={"reduction": "sum"},
            ),
            Case(
                "a batch of ones",
                pair(4, 3) | {"targets": integers(1, 1, 1)},
                note="what a target means is not told by the others (Keras takes 0 and 1 for -1 and 1 by batches)",
                regime="edge",
                issue="https://github.com/keras-team/keras/issues/15665",
            ),
            Case(
                "where and weights",
                pair(5, 4) | {"targets": integers(1, 0, -1, 1)},
                options={"where": booleans(True, False, True, True), "weights": floats(0.5, 1.0, 2.0, 0.25)},
                core=True,
                regime="masked",
            ),
            Case("near the kink", {name: near, "targets": integers(*[1] * 6)}, regime="near-cancellation"),
            Case("duplicates", {n: np.repeat(x, 3) for n, x in pair(6, 2).items()}, regime="duplicates"),
            Case("one score", pair(7, 1), regime="unit batch"),
            *(sides(title, seed, low, high, sign) for seed, (title, low, high, sign) in enumerate(LEADS)),
            *(
                Case(title, {name: x, "targets": signs(len(x), len(x))}, options={"reduction": "none"}, regime="grid")
                for title, x in grids(200)
            ),
        ),
        (
            *degenerate,
            Case(
                "NaN in masked places",
                {name: floats(-2.0, NAN), "targets": floats(1.0, NAN)},
                options={"where": booleans(True, False)},
                note="what stands in masked places reaches neither value nor gradient",
                value=at_2[0],
                gradients={name: [at_2[1], 0.0]},
            ),
            Case(
                "a target of 0 for each row that is masked",
                {name: floats([-2.0, -2.0], [1.0, 1.0]), "targets": integers([1, 1], [0, 0])},
                options={"where": booleans(True, False), "reduction": "none"},
                note="a mask over leading axes reaches all that stands behind them",
                value=[[at_2[0]] * 2, [0.0, 0.0]],
                gradients={name: [[at_2[1]] * 2, [0.0, 0.0]]},
            ),
        ),
        sign_refusals(loss, name),
    )


def _enough(score: float) -> tuple[Case, ...]:
    return (
        Case(
            "just enough",
            {"scores": floats(score, -score), "targets": integers(1, -1)},
            options={"reduction": "none"},
            note="enough is enough: 0, with slope 0",
            value=[0.0, 0.0],
            gradients={"scores": [0.0, 0.0]},
        ),
    )


_LARGE = float(np.float32(1e30))

_LOGISTIC = (
    Case(
        "logits of 0",
        {"logits": floats(0.0, 0.0), "targets": integers(1, -1)},
        options={"reduction": "none"},
        note="log 2, with the slope of a half",
        value=[math.log(2.0)] * 2,
        gradients={"logits": [-0.5, 0.5]},
    ),
    Case(
        "logits on the wrong side",
        {"logits": floats(-100.0, 1e30), "targets": integers(1, -1)},
        options={"reduction": "none"},
        note="as far as the logit is wrong, where log(1 + e^100) overflows in float32 (PyTorch gives infinity)",
        value=[100.0, _LARGE],
        gradients={"logits": [-1.0, 1.0]},
        issue="https://github.com/huggingface/sentence-transformers/pull/4019",
    ),
)

# -------------------------------------------------------------- classes, one label


def _lead(title: str, seed: int, low: float, high: float, sign: int) -> Case:
    """Rows whose label leads (sign 1) or trails (-1) every other class by `low` to `high`."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 5, 4)
    base = rng.standard_normal((4, 1)) * 3
    scores = base - sign * rng.uniform(low, high, (4, 5))
    scores[np.arange(4), labels] = base[:, 0]
    inputs = {"scores": scores.astype(np.float32), "labels": labels}
    return Case(title, inputs, options={"reduction": "none"}, regime=regime(title))


def _batch(seed: int, *shape: int) -> dict[str, np.ndarray[Any, Any]]:
    """Scores of a shape with the classes last, and labels."""
    labels = np.random.default_rng(seed + 50).integers(0, shape[-1], shape[:-1])
    return {"scores": normal(seed, *shape), "labels": labels}


_ROWS = {
    "scores": floats([2.0, 1.5, 0.2, -1.0], [0.5, 2.5, 0.3, 0.1], [1.2, 0.2, 0.6, 0.5]),
    "labels": integers(0, 1, 2),
}
_CLASS_WEIGHTS = floats(0.5, 2.0, 1.0, 0.25)


_MARGIN_REFUSALS = (
    Refusal("margin negative", _ROWS, {"margin": -1.0}, message="margin must be a number, at least 0; got -1.0"),
    Refusal("margin NaN", _ROWS, {"margin": NAN}, message="margin must be a number, at least 0"),
)


def _of_label(loss: str, typical: tuple[Case, ...], degenerate: tuple[Case, ...]) -> LossCases:
    """Of a loss of scores and a label."""
    return LossCases(
        (
            Case("batch", _ROWS, core=True),
            Case("one row", _batch(1, 1, 4), regime="unit batch"),
            Case("no batch axis", {"scores": floats(0.5, 1.5, -1.0), "labels": np.array(0)}),
            Case("two batch axes", _batch(3, 2, 3, 4), options={"reduction": "none"}),
            Case(
                "classes on axis 1",
                {"scores": normal(4, 2, 4, 3), "labels": _batch(4, 2, 3, 4)["labels"]},
                options={"axis": 1},
            ),
            Case(
                "nearly equal scores",
                {"scores": nearly(np.full((3, 4), 1e3), 5, 1e-5), "labels": integers(0, 1, 2)},
                regime="near-cancellation",
            ),
            Case(
                "duplicates",
                {"scores": floats([2.0, 1.7, -1.0], [0.4, 0.5, 0.3], [2.0, 1.7, -1.0]), "labels": integers(1, 0, 1)},
                regime="duplicates",
            ),
            Case("where and weights", _batch(6, 6, 4), options=masked(6, 6), core=True, regime="masked"),
            Case("weights, sum", _batch(7, 4, 3), options={"weights": floats(0.5, 0.0, 2.0, 1.0), "reduction": "sum"}),
            Case(
                "an impossible class",
                {"scores": floats([0.5, -INF, 0.75], [-INF, 2.0, 1.75]), "labels": integers(0, 2)},
                regime="edge",
                note="a score of -inf is out of the race",
            ),
            Case(
                "scores of all sizes",
                {"scores": floats([1e30, -1e30, 1.0], [1e-30, 0.0, 2e-30]), "labels": integers(1, 0)},
                options={"reduction": "none"},
                regime="near-cancellation",
            ),
            *(_lead(title, seed, low, high, sign) for seed, (title, low, high, sign) in enumerate(LEADS)),
            *typical,
        ),
        (
            *degenerate,
            Case(
                "a single class",
                {"scores": floats([3.0], [-1e30]), "labels": integers(0, 0)},
                note="there is nobody to lose against",
                value=0.0,
                gradients={"scores": [[0.0], [0.0]]},
            ),
            Case(
                "NaN in masked rows",
                {"scores": floats([1.0, 3.0], [NAN, INF]), "labels": integers(0, -100)},
                options={"where": booleans(True, False), "reduction": "none"},
                note="what stands in masked places reaches neither value nor gradient",
                value=[{"multiclass_perceptron": 2.0, "multi_margin": 1.5}.get(loss, 3.0), 0.0],
                gradients={"scores": [[-0.5, 0.5] if loss == "multi_margin" else [-1.0, 1.0], [0.0, 0.0]]},
            ),
        ),
        (
            Refusal(
                "float labels",
                _ROWS | {"labels": floats(0.0, 1.0, 2.0)},
                error=TypeError,
                message="labels must be integers",
            ),
            Refusal(
                "a label too large",
                _ROWS | {"labels": integers(0, 4, 2)},
                message=f"{loss}: labels must be from 0 to C - 1, C being the 4 classes; got",
                at_run=True,
            ),
            Refusal("a negative label", _ROWS | {"labels": integers(0, -1, 2)}, message="from 0 to C - 1", at_run=True),
            Refusal(
                "labels of another length",
                _ROWS | {"labels": integers(0, 1)},
                message="labels .* must agree with scores",
            ),
            *_MARGIN_REFUSALS[: 2 * (loss != "multiclass_perceptron")],
        ),
    )


def _tie(value: float, others: float) -> Case:
    return Case(
        "a tie of the others",
        {"scores": floats([0.0, 2.0, 2.0, -1.0]), "labels": integers(0)},
        note="the best of the others share the gradient evenly",
        value=value,
        gradients={"scores": [[-1.0, others, others, 0.0]]},
    )


_MULTICLASS_HINGE = _of_label(
    "multiclass_hinge",
    (
        Case("margin", _batch(8, 4, 3), {"margin": 0.5}),
        Case(
            "negative scores",
            {"scores": floats([-3.0, -5.0]), "labels": integers(0)},
            note="0: the lead of 2 is enough. A score of 0 that nobody has is no rival (Keras' CategoricalHinge gives 4)",
            regime="edge",
            issue="https://github.com/keras-team/keras/issues/8083",
        ),
    ),
    (
        _tie(3.0, 0.5),
        Case(
            "a lead of the margin",
            {"scores": floats([2.0, 1.0, -1.0]), "labels": integers(0)},
            note="enough is enough: 0, with slope 0",
            value=0.0,
            gradients={"scores": [[0.0, 0.0, 0.0]]},
        ),
    ),
)

_MULTICLASS_PERCEPTRON = _of_label(
    "multiclass_perceptron",
    (),
    (
        _tie(2.0, 0.5),
        Case(
            "a tie with the label",
            {"scores": floats([2.0, 2.0, -1.0]), "labels": integers(0)},
            note="the label is among the best: 0, with slope 0",
            value=0.0,
            gradients={"scores": [[0.0, 0.0, 0.0]]},
        ),
    ),
)

_MULTI_MARGIN = _of_label(
    "multi_margin",
    (
        Case("squared", _batch(8, 4, 3), {"p": 2, "margin": 0.5}, core=True),
        Case("squared, none", _batch(9, 3, 4), {"p": 2}, {"reduction": "none"}),
        Case("class weights", _batch(10, 3, 4), {"class_weights": _CLASS_WEIGHTS}),
        Case(
            "class weights and weights",
            _batch(11, 3, 4),
            {"class_weights": _CLASS_WEIGHTS, "p": 2},
            {"weights": floats(2.0, 0.5, 1.0)},
        ),
        Case("class weights, none", _batch(12, 3, 4), {"class_weights": _CLASS_WEIGHTS}, {"reduction": "none"}),
    ),
    (
        Case(
            "leads of the margin",
            {"scores": floats([2.0, 1.0, 1.0]), "labels": integers(0)},
            note="enough is enough: 0, with slope 0",
            value=0.0,
            gradients={"scores": [[0.0, 0.0, 0.0]]},
        ),
        Case(
            "no class weighs anything",
            _ROWS,
            {"class_weights": floats(0.0, 0.0, 0.0, 1.0)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"scores": np.zeros((3, 4))},
        ),
    ),
)

# --------------------------------------------------------------- classes, in or out


def _membership(seed: int, *shape: int) -> np.ndarray[Any, Any]:
    """Of each row some class, and not all."""
    found = np.random.default_rng(seed).integers(0, 2, shape)
    found[..., 0], found[..., 1] = 1, 0
    return found


def _some(seed: int, *shape: int, name: str = "scores", scale: float = 1.0) -> dict[str, np.ndarray[Any, Any]]:
    return {name: normal(seed, *shape, scale=scale), "targets": _membership(seed, *shape)}


def _of_sets(
    name: str, typical: tuple[Case, ...], degenerate: tuple[Case, ...], refused: tuple[Refusal, ...]
) -> LossCases:
    """Of a loss of scores and a target for each class."""

    def lead(title: str, seed: int, low: float, high: float, sign: int) -> Case:
        targets = _membership(seed, 3, 4)
        scores = sign * (targets - 0.5) * np.random.default_rng(seed).uniform(low, high, (3, 4))
        inputs = {name: scores.astype(np.float32), "targets": targets}
        return Case(title, inputs, options={"reduction": "none"}, regime=regime(title))

    good = _some(1, 3, 4, name=name)
    return LossCases(
        (
            Case("batch", good, core=True),
            Case("one row", _some(2, 1, 3, name=name), regime="unit batch"),
            Case("no batch axis", _some(3, 4, name=name)),
            Case("booleans, two batch axes", _some(4, 2, 2, 3, name=name) | {"targets": _membership(4, 2, 2, 3) > 0}),
            Case(
                "classes on axis 0",
                {n: np.moveaxis(x, -1, 0).copy() for n, x in _some(5, 3, 4, name=name).items()},
                options={"axis": 0, "reduction": "none"},
            ),
            Case("where and weights", _some(6, 6, 3, name=name), options=masked(6, 6), core=True, regime="masked"),
            Case(
                "nearly equal scores",
                _some(7, 3, 4, name=name) | {name: nearly(np.full((3, 4), 1e3), 7, 1e-5)},
                regime="near-cancellation",
            ),
            Case(
                "duplicates", {n: np.tile(x, (3, 1)) for n, x in _some(8, 1, 4, name=name).items()}, regime="duplicates"
            ),
            *(lead(title, seed, low, high, sign) for seed, (title, low, high, sign) in enumerate(LEADS)),
            *typical,
        ),
        degenerate,
        (
            Refusal(
                "targets of -1 and 1",
                good | {"targets": 2 * good["targets"] - 1},
                message="targets must be (0 or 1|from 0 to 1); got",
                at_run=True,
            ),
            Refusal(
                "one target for each row",
                good | {"targets": integers(0, 1, 0)},
                message="targets .* must agree|must have",
            ),
            Refusal(
                "targets of other classes",
                good | {"targets": _membership(9, 3, 3)},
                message=f"targets .* must agree with {name} in C",
            ),
            *refused,
        ),
    )


_MULTILABEL_MARGIN = _of_sets(
    "scores",
    (
        Case(
            "an impossible class",
            {"scores": floats([0.5, -INF, 0.75, 0.1]), "targets": integers([1, 0, 0, 1])},
            regime="edge",
            note="a score of -inf is out of the race",
        ),
    ),
    (
        Case(
            "no class, and all of them",
            {"scores": floats([1.0, 2.0], [1.0, 2.0]), "targets": integers([0, 0], [1, 1])},
            options={"reduction": "none"},
            note="there is nobody to lose against",
            value=[0.0, 0.0],
            gradients={"scores": [[0.0, 0.0], [0.0, 0.0]]},
        ),
        Case(
            "leads of 1",
            {"scores": floats([2.0, 1.0, 1.0]), "targets": integers([1, 0, 0])},
            note="enough is enough: 0, with slope 0",
            value=0.0,
            gradients={"scores": [[0.0, 0.0, 0.0]]},
        ),
        Case(
            "NaN in masked rows",
            {"scores": floats([1.0, 3.0], [NAN, INF]), "targets": floats([1.0, 0.0], [NAN, 2.0])},
            options={"where": booleans(True, False)},
            note="what stands in masked places reaches neither value nor gradient",
            value=1.5,
            gradients={"scores": [[-0.5, 0.5], [0.0, 0.0]]},
        ),
    ),
    (
        Refusal(
            "a target of a half",
            {"scores": floats([1.0, 2.0]), "targets": floats([0.5, 1.0])},
            message="multilabel_margin: targets must be 0 or 1; got",
            at_run=True,
        ),
    ),
)

_MULTILABEL_SOFT_MARGIN = _of_sets(
    "logits",
    (
        Case(
            "soft targets",
            {"logits": normal(10, 3, 4), "targets": floats([0.5, 0.25, 1.0, 0.0], [0.125] * 4, [0.0] * 4)},
        ),
        Case("class weights", _some(11, 3, 4, name="logits"), {"class_weights": _CLASS_WEIGHTS}, core=True),
        Case(
            "class weights, none",
            _some(12, 2, 4, name="logits"),
            {"class_weights": _CLASS_WEIGHTS},
            {"reduction": "none"},
        ),
        Case("large logits", _some(13, 2, 4, name="logits", scale=1e3)),
        Case(
            "a wrong logit among sure ones",
            {"logits": floats([20.0, -20.0, 20.0]), "targets": integers([1, 0, 0])},
            note="each class has the slope of its own mistake, however small",
            regime="edge",
            issue="https://github.com/pytorch/pytorch/issues/1516",
        ),
    ),
    (
        Case(
            "logits of 0",
            {"logits": floats([0.0, 0.0]), "targets": integers([1, 0])},
            note="log 2, with the slope of a half",
            value=math.log(2.0),
            gradients={"logits": [[-0.25, 0.25]]},
        ),
        Case(
            "infinite logits",
            {"logits": floats([INF, -INF], [INF, INF]), "targets": integers([1, 0], [1, 0])},
            options={"reduction": "none"},
            note="0 where they are right, and what the smallest normal number gives where they are wrong",
            value=[0.0, -LOG_TINY / 2.0],
            gradients={"logits": [[0.0, 0.0], [0.0, 0.0]]},
        ),
        Case(
            "a class that weighs nothing",
            {"logits": floats([0.0, 3.0]), "targets": integers([1, 0])},
            {"class_weights": floats(1.0, 0.0)},
            note="the sum is still divided by C",
            value=math.log(2.0) / 2.0,
            gradients={"logits": [[-0.25, 0.0]]},
        ),
        Case(
            "NaN in masked rows",
            {"logits": floats([0.0, 0.0], [NAN, INF]), "targets": floats([1.0, 0.0], [NAN, 2.0])},
            options={"where": booleans(True, False)},
            note="what stands in masked places reaches neither value nor gradient",
            value=math.log(2.0),
            gradients={"logits": [[-0.25, 0.25], [0.0, 0.0]]},
        ),
    ),
    (
        Refusal(
            "negative class weights",
            _some(1, 3, 4, name="logits"),
            {"class_weights": floats(1.0, -1.0, 1.0, 1.0)},
            message="multilabel_soft_margin: class_weights must not be negative; got",
            at_run=True,
        ),
        Refusal(
            "class weights of other classes",
            _some(1, 3, 4, name="logits"),
            {"class_weights": floats(1.0, 1.0)},
            message="class_weights .* must agree with logits in C",
        ),
    ),
)

CASES = {
    "hinge": _by_sign("hinge", "scores", 1.0, (3.0, -1.0), _enough(1.0)),
    "squared_hinge": _by_sign("squared_hinge", "scores", 1.0, (9.0, -6.0), _enough(1.0)),
    "perceptron": _by_sign("perceptron", "scores", 0.0, (2.0, -1.0), _enough(0.0)),
    "soft_margin": _by_sign(
        "soft_margin", "logits", 0.0, (math.log1p(math.exp(2.0)), -1.0 / (1.0 + math.exp(-2.0))), _LOGISTIC
    ),
    "multiclass_hinge": _MULTICLASS_HINGE,
    "multiclass_perceptron": _MULTICLASS_PERCEPTRON,
    "multi_margin": _MULTI_MARGIN,
    "multilabel_margin": _MULTILABEL_MARGIN,
    "multilabel_soft_margin": _MULTILABEL_SOFT_MARGIN,
}
