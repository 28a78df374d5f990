"""Cases of the losses between distributions."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from isoloss.conformance.cases.case import (
    Case,
    LossCases,
    Refusal,
    booleans,
    floats,
    grid,
    integers,
    masked,
    nearly,
    normal,
)

Inputs: TypeAlias = dict[str, np.ndarray[Any, Any]]

INF, NAN = float("inf"), float("nan")
LOG_TINY = math.log(2.0**-126)
LOG_2 = math.log(2.0)

# ---------------------------------------------------------------- rows of classes


def _log_softmax(logits: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    logits = logits.astype(np.float64)
    return np.asarray(logits - np.log(np.exp(logits).sum(-1, keepdims=True)), np.float32)


def _exp(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.exp(x.astype(np.float64)).astype(np.float32)


def _logged(seed: int, *shape: int, scale: float = 1.0, near: float | None = None) -> Inputs:
    """Logarithms of probabilities, and those of others, or of nearly the same ones."""
    logits = normal(seed, *shape, scale=scale)
    others = normal(seed + 100, *shape, scale=scale) if near is None else nearly(logits, seed + 100, near)
    return {"log_probabilities": _log_softmax(logits), "targets": _log_softmax(others)}


def _rows(seed: int, *shape: int, scale: float = 1.0, near: float | None = None) -> Inputs:
    """The same with probabilities for targets."""
    inputs = _logged(seed, *shape, scale=scale, near=near)
    return inputs | {"targets": _exp(inputs["targets"])}


_OF_ROWS = (
    Case("rows", _rows(1, 4, 3), core=True),
    Case("sure rows", _rows(2, 3, 4, scale=10.0), options={"reduction": "none"}),
    Case("nearly the same", _rows(3, 3, 4, near=1e-2), core=True, regime="near-cancellation"),
    Case("one row", _rows(4, 1, 3), regime="unit batch"),
    Case("no batch axis", _rows(5, 3)),
    Case("two batch axes", _rows(6, 2, 2, 3)),
    Case("classes on axis 1", {n: np.moveaxis(x, -1, 1) for n, x in _rows(7, 2, 2, 3).items()}, options={"axis": 1}),
    Case("integer targets", _rows(8, 2, 3) | {"targets": integers([0, 1, 0], [1, 0, 0])}),
    Case("where and weights", _rows(9, 5, 3), options=masked(9, 5), core=True, regime="masked"),
    Case("duplicates", {n: np.tile(x, (3, 1)) for n, x in _rows(10, 1, 3).items()}, regime="duplicates"),
    Case(
        "a class that neither has",
        {"log_probabilities": floats([-1.0, -INF, -0.5]), "targets": floats([0.25, 0.0, 0.75])},
        note="what is impossible both ways contributes 0, and not 0 * inf (PyTorch and optax give NaN)",
        regime="edge",
        issue="https://github.com/google-deepmind/optax/pull/1786",
    ),
    Case(
        "small probabilities",
        {"log_probabilities": floats([-23.0, -1e-3, -60.0]), "targets": floats([1e-20, 0.5, 1e-12])},
        note="a probability of 1e-10 is one: Keras takes it for 1e-7, without a gradient",
        regime="edge",
        issue="https://github.com/keras-team/keras/issues/9664",
    ),
)

_LOG_TARGETS = {"log_targets": True}
_OF_LOGARITHMS = (
    Case("logarithms", _logged(11, 4, 3), _LOG_TARGETS),
    Case("sure logarithms", _logged(12, 3, 4, scale=10.0), _LOG_TARGETS, {"reduction": "none"}),
    Case("nearly the same logarithms", _logged(13, 3, 4, near=1e-2), _LOG_TARGETS, regime="near-cancellation"),
    Case(
        "logarithms of nearly 1",
        {"log_probabilities": floats([-1e-5, -12.0]), "targets": floats([-2e-5, -11.0])},
        _LOG_TARGETS,
        note="a probability of 1 - 1e-5 is known better by its logarithm",
        regime="edge",
    ),
    Case(
        "a logarithm that neither has",
        {"log_probabilities": floats([-1.0, -INF, -0.5]), "targets": floats([-1.5, -INF, -0.25])},
        _LOG_TARGETS,
        note="what is impossible both ways contributes 0, and not 0 * inf (optax gives NaN)",
        regime="edge",
        issue="https://github.com/google-deepmind/optax/pull/1786",
    ),
)


def _renamed(case: Case) -> Case:
    """For a loss that predicts logarithms of no probabilities."""
    return replace(case, inputs={n.replace("log_probabilities", "log_predictions"): x for n, x in case.inputs.items()})


def _nothing(predicted: str) -> tuple[Case, ...]:
    halves = {predicted: floats([-1.0, -0.5]), "targets": floats([0.5, 0.5])}
    return (
        Case(
            "all masked",
            halves,
            options={"where": booleans(False)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={predicted: [[0.0, 0.0]]},
        ),
        Case(
            "no rows",
            {predicted: np.zeros((0, 3), np.float32), "targets": np.zeros((0, 3), np.float32)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={predicted: np.zeros((0, 3))},
        ),
    )


def _refused(predicted: str) -> tuple[Refusal, ...]:
    good = {predicted: floats([-1.0, -0.5, -3.0], [-2.0, -0.25, -1.0]), "targets": _exp(normal(14, 2, 3))}
    wrong = {
        "a negative target": floats([-0.25, 1.0, 0.25], [0.5, 0.25, 0.25]),
        "an infinite target": floats([INF, 1.0, 0.25], [0.5, 0.25, 0.25]),
        "a target that is NaN": floats([NAN, 1.0, 0.25], [0.5, 0.25, 0.25]),
    }
    return (
        *(
            Refusal(name, good | {"targets": x}, message="targets must be finite and not negative", at_run=True)
            for name, x in wrong.items()
        ),
        Refusal("targets of one row for all", good | {"targets": normal(3, 3)}, message="must agree with"),
        Refusal("targets of other classes", good | {"targets": np.ones((2, 4), np.float32)}, message="in C"),
        Refusal(
            "no classes",
            {predicted: np.zeros((2, 0), np.float32), "targets": np.zeros((2, 0), np.float32)},
            message="is empty along C",
        ),
    )


_NO_LOGARITHMS = (
    Refusal(
        "probabilities for their logarithms",
        {"log_probabilities": floats([0.25, 0.75]), "targets": floats([0.5, 0.5])},
        message="log_probabilities must be logarithms",
        at_run=True,
    ),
    Refusal(
        "probabilities for logarithms of targets",
        {"log_probabilities": floats([-1.0, -0.5]), "targets": floats([0.5, 0.5])},
        _LOG_TARGETS,
        message="targets must be logarithms",
        at_run=True,
    ),
)


def _the_same(gradient: list[float]) -> Case:
    """One distribution on both sides."""
    return Case(
        "one distribution twice",
        {"log_probabilities": floats([-1.0, -0.5]), "targets": floats([-1.0, -0.5])},
        _LOG_TARGETS,
        note="the least there is, and never less than 0",
        issue="https://github.com/pytorch/pytorch/issues/80488",
        value=0.0,
        gradients={"log_probabilities": [gradient]},
    )


# --------------------------------------------------------------- one number each


def _counts(seed: int, *shape: int, rates: bool = False, largest: int = 6) -> Inputs:
    predictions = normal(seed, *shape)
    targets = np.random.default_rng(seed).integers(0, largest, shape)
    return {"predictions": _exp(predictions) if rates else predictions, "targets": targets.astype(np.float32)}


def _gaussian(seed: int, *shape: int, scale: float = 1.0) -> Inputs:
    pair = {"predictions": normal(seed, *shape, scale=scale), "targets": normal(seed + 100, *shape, scale=scale)}
    return pair | {"variances": _exp(normal(seed + 200, *shape))}


def _elements(made: Any, settings: dict[str, Any]) -> tuple[Case, ...]:
    """Cases of what `made(seed, *shape)` gives."""
    return (
        Case("vector", made(20, 6), settings, core=True),
        Case("one element", made(22, 1), settings, regime="unit batch"),
        Case("where and weights", made(23, 6), settings, masked(23, 6), core=True, regime="masked"),
        Case("duplicates", {n: np.tile(x, 3) for n, x in made(24, 2).items()}, settings, regime="duplicates"),
        Case("none", made(25, 4, 3), settings, {"reduction": "none"}),
    )


def _grid(name: str, inputs: Inputs, settings: dict[str, Any]) -> tuple[Case, ...]:
    """A grid in parts, each with fewer exponents."""
    count = len(inputs["predictions"])
    return tuple(
        Case(
            f"{name}, from the {start + 1}th",
            {n: x[start : start + 32] for n, x in inputs.items()},
            settings,
            {"reduction": "none"},
            regime="grid",
        )
        for start in range(0, count, 32)
    )


_RATES = {"log_input": False}
_FULL = {"full": True}
_ALL = np.abs(grid(2000, -125, 128)[::4])
_SMALL = grid(2001, -125, 6)[::2]
_LARGE = floats(1.0, 2.0, 10.0, 100.0, 1000.0, 1e6)


def _nearly_log(x: np.ndarray[Any, Any], seed: int) -> np.ndarray[Any, Any]:
    return np.asarray(np.log(x.astype(np.float64)) + normal(seed, *x.shape, scale=0.1), np.float32)


_POISSON = LossCases(
    (
        *_elements(_counts, {}),
        Case("rates", _counts(35, 4, 3, rates=True), _RATES, {"reduction": "none"}, core=True),
        Case("integer targets", {"predictions": normal(26, 3), "targets": integers(0, 3, 1)}),
        Case("full", _counts(27, 6), _FULL, {"reduction": "none"}, core=True),
        Case("full, rates", _counts(28, 6, rates=True), _FULL | _RATES, {"reduction": "none"}),
        Case(
            "full, nearly right",
            {"predictions": _nearly_log(_LARGE, 29), "targets": _LARGE},
            _FULL,
            {"reduction": "none"},
            regime="near-cancellation",
        ),
        Case(
            "full, nearly right, rates",
            {"predictions": _exp(_nearly_log(_LARGE, 30)), "targets": _LARGE},
            _FULL | _RATES,
            {"reduction": "none"},
            regime="near-cancellation",
        ),
        Case(
            "epsilon, full",
            {"predictions": floats(12.0, 0.5, 3.0, 0.0625), "targets": floats(2.0, 3.0, 3.0, 1.0)},
            _FULL | _RATES | {"epsilon": 0.125},
            {"reduction": "none"},
        ),
        Case("epsilon", _counts(32, 6, rates=True), _RATES | {"epsilon": 0.125}, {"reduction": "none"}),
        Case(
            "full, far off",
            {"predictions": floats(-87.0, -40.0, 80.0, 100.0), "targets": floats(1e9, 4.0, 2.0, 3.0)},
            _FULL,
            {"reduction": "none"},
            note="the quotient of rate and target is no normal number where its logarithm is one; the last is no float32",
            regime="edge",
        ),
        Case(
            "small rates",
            {"predictions": floats(1e-9, 1e-20, 1e-30), "targets": floats(1.0, 2.0, 0.0)},
            _RATES,
            {"reduction": "none"},
            note="1e-9 is a rate like another: PyTorch adds 1e-8 to it, and Keras 1e-7",
            regime="edge",
        ),
        *_grid("exponents", {"predictions": _SMALL, "targets": np.arange(len(_SMALL), dtype=np.float32) % 3 * 2.0}, {}),
        *_grid(
            "exponents of rates", {"predictions": _ALL, "targets": np.arange(len(_ALL), dtype=np.float32) % 3}, _RATES
        ),
    ),
    (
        Case(
            "all masked",
            {"predictions": floats(1.0, 2.0), "targets": floats(1.0, 0.0)},
            options={"where": booleans(False, False)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"predictions": [0.0, 0.0]},
        ),
        Case(
            "rates of 0",
            {"predictions": floats(0.0, 0.0), "targets": floats(0.0, 2.0)},
            _RATES,
            {"reduction": "none"},
            note="right where nothing came, without 0 * log 0; where something did, 0 counts as the smallest normal number",
            issue="https://github.com/pytorch/pytorch/pull/3336",
            value=[0.0, -2.0 * LOG_TINY],
            gradients={"predictions": [1.0, 1.0 - 2.0**127]},
        ),
        Case(
            "logarithms of rates of 0",
            {"predictions": floats(-INF, -INF), "targets": floats(0.0, 2.0)},
            options={"reduction": "none"},
            note="the same, and nothing is learned through -inf",
            value=[0.0, -2.0 * LOG_TINY],
            gradients={"predictions": [0.0, 0.0]},
        ),
        Case(
            "Stirling's formula begins above 1",
            {"predictions": floats(0.0, 0.0, 0.0), "targets": floats(0.0, 1.0, 2.0)},
            _FULL,
            {"reduction": "none"},
            note="e^0, and 2 log 2 - 2 + log(4 pi) / 2 more where the target is above 1",
            value=[1.0, 1.0, 2.0 * LOG_2 - 1.0 + math.log(4.0 * math.pi) / 2.0],
            gradients={"predictions": [1.0, 0.0, -1.0]},
        ),
    ),
    (
        *(
            Refusal(
                name, _counts(32, 3) | {"targets": x}, message="targets must be finite and not negative", at_run=True
            )
            for name, x in {
                "a negative target": floats(1.0, -1.0, 0.0),
                "a target that is NaN": floats(1.0, NAN, 0.0),
                "an infinite target": floats(1.0, INF, 0.0),
            }.items()
        ),
        Refusal(
            "a negative rate",
            {"predictions": floats(1.0, -0.5), "targets": floats(1.0, 2.0)},
            _RATES,
            message="rates must not be negative",
            at_run=True,
        ),
        Refusal("one target for all", _counts(33, 3) | {"targets": floats(1.0)}, message="nothing is broadcast"),
        Refusal("epsilon negative", _counts(34, 3), {"epsilon": -1e-7}, message="at least 0; got -1e-07"),
    ),
)

_GAUSSIAN = LossCases(
    (
        *_elements(_gaussian, {}),
        Case("integer targets", _gaussian(40, 3) | {"targets": integers(0, 3, -1)}),
        Case("full", _gaussian(41, 6), _FULL, core=True),
        Case("large errors", _gaussian(42, 5, scale=1e15)),
        Case("small errors", _gaussian(43, 5, scale=1e-15)),
        Case(
            "nearly equal",
            _gaussian(44, 6) | {"predictions": nearly(normal(144, 6), 45, 1e-5)},
            regime="near-cancellation",
        ),
        Case(
            "squares that overflow",
            {"predictions": floats(1e25, 1.0), "targets": floats(0.0, 0.0), "variances": floats(1e38, 1e30)},
            note="(1e25)^2 / 1e38 is 1e12",
            regime="edge",
        ),
        *_grid(
            "errors", {"predictions": _ALL[::2], "targets": _ALL[::2] * 0.0, "variances": _ALL[::2] * 0.0 + 2.0}, {}
        ),
        *_grid(
            "variances",
            {"predictions": _ALL * 0.0 + 1.0, "targets": _ALL * 0.0, "variances": _ALL},
            {"epsilon": 2.0**-126},
        ),
    ),
    (
        Case(
            "all masked",
            {"predictions": floats(1.0, 2.0), "targets": floats(1.0, 0.0), "variances": floats(1.0, NAN)},
            options={"where": booleans(False, False)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"predictions": [0.0, 0.0], "variances": [0.0, 0.0]},
        ),
        Case(
            "variances of 0 and below epsilon",
            {"predictions": floats(2.0, 0.0), "targets": floats(1.0, 0.0), "variances": floats(0.0, 0.25)},
            {"epsilon": 0.5},
            {"reduction": "none"},
            note="they count for epsilon, and have its slope: that of a plain maximum is 0, and they never grow",
            issue="https://github.com/pytorch/pytorch/pull/49807",
            value=[1.0 - LOG_2 / 2.0, -LOG_2 / 2.0],
            gradients={"predictions": [2.0, 0.0], "variances": [-1.0, 1.0]},
        ),
        Case(
            "the variance of the error",
            {"predictions": floats(3.0), "targets": floats(1.0), "variances": floats(4.0)},
            note="1/2 + log 2: a variance that is the squared error is right",
            value=0.5 + LOG_2,
            gradients={"predictions": [0.5], "variances": [0.0]},
        ),
    ),
    (
        Refusal(
            "a negative variance",
            _gaussian(46, 3) | {"variances": floats(1.0, -1.0, 2.0)},
            message="variances must not be negative",
            at_run=True,
        ),
        Refusal("one variance for all", _gaussian(47, 3) | {"variances": floats(1.0)}, message="nothing is broadcast"),
        Refusal("epsilon 0", _gaussian(48, 3), {"epsilon": 0.0}, message="a number, greater than 0; got 0.0"),
    ),
)

CASES = {
    "kl_divergence": LossCases(
        (*_OF_ROWS, *_OF_LOGARITHMS),
        (
            *_nothing("log_probabilities"),
            _the_same([-math.exp(-1.0), -math.exp(-0.5)]),
            Case(
                "an impossible class that has a target",
                {"log_probabilities": floats([-INF, 0.0]), "targets": floats([0.5, 0.5])},
                note="0 counts as the smallest normal number; the slope is -t, as everywhere",
                value=-LOG_2 - LOG_TINY / 2.0,
                gradients={"log_probabilities": [[-0.5, -0.5]]},
            ),
        ),
        (*_refused("log_probabilities"), *_NO_LOGARITHMS),
    ),
    "jensen_shannon": LossCases(
        (*_OF_ROWS, *_OF_LOGARITHMS),
        (
            *_nothing("log_probabilities"),
            _the_same([0.0, 0.0]),
            Case(
                "nothing in common",
                {"log_probabilities": floats([0.0, -INF]), "targets": floats([0.0, 1.0])},
                note="log 2, the most there is; what is impossible learns nothing",
                value=LOG_2,
                gradients={"log_probabilities": [[LOG_2 / 2.0, 0.0]]},
            ),
        ),
        (*_refused("log_probabilities"), *_NO_LOGARITHMS),
    ),
    "generalized_kl": LossCases(
        (
            *map(_renamed, _OF_ROWS),
            Case("counts", {"log_predictions": normal(15, 4, 3), "targets": integers(*[[0, 1, 5]] * 4)}),
            Case(
                "far off",
                {"log_predictions": floats([5.0, 0.5], [30.0, -20.0]), "targets": floats([2e-38, 1.0], [2e13, 3e12])},
                options={"reduction": "none"},
                note="a prediction over its target may be no float32, and a target may be large",
                regime="edge",
            ),
        ),
        (
            *_nothing("log_predictions"),
            Case(
                "equal numbers, and a target of 0",
                {"log_predictions": floats([0.0, 0.0]), "targets": floats([1.0, 0.0])},
                note="0, and the prediction alone",
                value=1.0,
                gradients={"log_predictions": [[0.0, 1.0]]},
            ),
            Case(
                "a target where nothing is predicted",
                {"log_predictions": floats([-INF, -INF]), "targets": floats([2.0, 0.0])},
                note="0 counts as the smallest normal number inside the logarithm; the slope is p - t",
                value=2.0 * (LOG_2 - LOG_TINY) - 2.0,
                gradients={"log_predictions": [[-2.0, 0.0]]},
            ),
        ),
        _refused("log_predictions"),
    ),
    "poisson_nll": _POISSON,
    "gaussian_nll": _GAUSSIAN,
}
