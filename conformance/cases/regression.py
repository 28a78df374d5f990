"""Cases of the regression losses."""

from __future__ import annotations

import math

import numpy as np

from isoloss.conformance.cases.case import Case, LossCases, Refusal, booleans, floats, grids, integers, nearly, normal

P, T = floats(2.5, 5.5, 2.0), floats(3.0, 5.0, 2.5)
NAN = float("nan")


def _pair(seed: int, *shape: int, scale: float = 1.0) -> dict[str, np.ndarray]:
    return {"predictions": normal(seed, *shape, scale=scale), "targets": normal(seed + 100, *shape, scale=scale)}


_FAR_OUT = normal(23, 6, scale=1e3)


def _typical(*, reductions: bool) -> tuple[Case, ...]:
    where = booleans([True, False, True], [False, True, True], [True, True, True], [False, False, False])
    weights = np.abs(normal(9, 4, 3))
    cases = [
        Case("vector", _pair(1, 6), core=True),
        Case("matrix", _pair(2, 4, 3)),
        Case("one element", _pair(3, 1), regime="unit batch"),
        Case("scalar", _pair(4), regime="unit batch"),
        Case("three axes", _pair(5, 2, 3, 2)),
        Case("large errors", _pair(6, 5, scale=1e15)),
        Case("small errors", _pair(7, 5, scale=1e-15)),
        Case("integer targets", {"predictions": normal(8, 4), "targets": integers(0, 1, 2, 3)}),
        Case(
            "nearly equal", {"predictions": nearly(_FAR_OUT, 24, 1e-5), "targets": _FAR_OUT}, regime="near-cancellation"
        ),
        Case("duplicates", {n: np.tile(x, (4, 1)) for n, x in _pair(25, 3).items()}, regime="duplicates"),
        Case("where", _pair(9, 4, 3), options={"where": where}, core=True, regime="masked"),
        Case(
            "where over leading axes",
            _pair(10, 4, 3),
            options={"where": booleans(True, False, True, True)},
            regime="masked",
        ),
        Case("weights", _pair(11, 4, 3), options={"weights": weights}),
        Case("weights over leading axes", _pair(12, 4, 3), options={"weights": floats(0.5, 0.0, 2.0, 1.0)}, core=True),
        Case("where and weights", _pair(13, 4, 3), options={"where": where, "weights": weights}, regime="masked"),
    ]
    if reductions:
        cases += [
            Case("sum", _pair(14, 4, 3), options={"reduction": "sum", "weights": weights}),
            Case("none", _pair(15, 4, 3), options={"reduction": "none", "where": where}, core=True),
        ]
    return tuple(cases)


def _masked_away(value: float, gradient: list[float]) -> Case:
    """What a loss gives when only the first of three elements counts."""
    return Case(
        "NaN in masked places",
        {"predictions": floats(2.5, NAN, 1.0), "targets": floats(3.0, 1.0, NAN)},
        options={"where": booleans(True, False, False)},
        note="what stands in masked places reaches neither value nor gradient",
        value=value,
        gradients={"predictions": gradient},
    )


_ALL_MASKED = Case(
    "all masked",
    {"predictions": P, "targets": T},
    options={"where": booleans(False, False, False)},
    note="a mean of nothing is 0",
    value=0.0,
    gradients={"predictions": [0.0, 0.0, 0.0]},
)
_WEIGHTS_ZERO = Case(
    "all weights 0",
    {"predictions": P, "targets": T},
    options={"weights": floats(0.0, 0.0, 0.0)},
    note="a mean of nothing is 0",
    value=0.0,
    gradients={"predictions": [0.0, 0.0, 0.0]},
)
_EMPTY = Case(
    "no elements",
    {"predictions": np.zeros((0, 3), np.float32), "targets": np.zeros((0, 3), np.float32)},
    note="a mean of nothing is 0",
    value=0.0,
    gradients={"predictions": np.zeros((0, 3))},
)
_EQUAL = Case(
    "predictions equal targets",
    {"predictions": P, "targets": P},
    note="the least there is",
    value=0.0,
    gradients={"predictions": [0.0, 0.0, 0.0]},
)
_NOTHING = (_ALL_MASKED, _WEIGHTS_ZERO, _EMPTY, _EQUAL)

_SHAPES = (
    Refusal(
        "a column against a vector",
        {"predictions": floats(1.0, 2.0, 3.0), "targets": floats([1.0], [2.0], [3.0])},
        message=r"targets \(\.\.\.\) must agree with predictions in all batch axes, and nothing is broadcast; "
        r"got \(3, 1\) and \(3,\)",
    ),
    Refusal(
        "a row against a column",
        {"predictions": floats([1.0, 2.0, 3.0]), "targets": floats([1.0], [2.0], [3.0])},
        message=r"nothing is broadcast; got \(3, 1\) and \(1, 3\)",
    ),
    Refusal(
        "one target for all",
        {"predictions": floats(1.0, 2.0), "targets": floats(1.0)},
        message=r"nothing is broadcast; got \(1,\) and \(2,\)",
    ),
    Refusal("complex targets", {"predictions": P, "targets": T + 1j}, error=TypeError, message="targets must be real"),
)


def _few() -> tuple[Case, ...]:
    """For a loss whose masks, weights and reductions are the adapter's alone."""
    some = {"vector", "matrix", "large errors", "small errors", "integer targets", "where and weights", "none"}
    some |= {"one element", "nearly equal", "duplicates"}
    return tuple(case for case in _typical(reductions=True) if case.id in some)


_GRID = tuple(
    Case(name, {"predictions": x, "targets": np.zeros_like(x)}, options={"reduction": "none"}, regime="grid")
    for name, x in grids(1000)
)


_DELTAS = (
    Refusal(
        "delta 0",
        {"predictions": P, "targets": T},
        {"delta": 0.0},
        message="delta must be a number or a scalar array, greater than 0; got 0.0",
    ),
    Refusal("delta negative", {"predictions": P, "targets": T}, {"delta": -1.0}, message="greater than 0; got -1.0"),
    Refusal(
        "learned delta negative",
        {"predictions": P, "targets": T},
        {"delta": np.array(-1.0, np.float32)},
        message="delta must be greater than 0",
        at_run=True,
    ),
)

CASES = {
    "mae": LossCases(
        (*_few(), *_GRID),
        (*_NOTHING, _masked_away(0.5, [-1.0, 0.0, 0.0])),
        _SHAPES,
    ),
    "huber": LossCases(
        (
            *_few(),
            *_GRID,
            Case("wide", _pair(20, 6, scale=3.0), {"delta": 2.5}, core=True),
            Case("narrow", _pair(21, 6), {"delta": 1e-3}),
            Case("learned delta", _pair(22, 6), {"delta": np.array(0.75, np.float32)}, core=True),
        ),
        (
            *_NOTHING,
            _masked_away(0.125, [-0.5, 0.0, 0.0]),
            Case(
                "an error of delta",
                {"predictions": floats(2.0, -2.0), "targets": floats(0.0, 0.0)},
                {"delta": 2.0},
                {"reduction": "none"},
                note="the square and the line meet, with one slope",
                value=[2.0, 2.0],
                gradients={"predictions": [2.0, -2.0]},
            ),
            Case(
                "errors whose squares overflow",
                {"predictions": floats(1e30, 3.0), "targets": floats(0.0, 0.0)},
                options={"reduction": "none"},
                note="far out it is a line",
                value=[float(np.float32(1e30)), 2.5],
                gradients={"predictions": [1.0, 1.0]},
            ),
        ),
        (*_SHAPES, *_DELTAS),
    ),
    "log_cosh": LossCases(
        (
            *_few(),
            *_GRID,
            Case("errors around 1", _pair(18, 12), options={"reduction": "none"}),
            Case(
                "an error of 1e-4",
                {"predictions": floats(1e-4), "targets": floats(0.0)},
                note="half its square, 5e-9, where x + softplus(-2x) - log 2 cancels to 0 (Keras and optax do)",
                regime="edge",
                issue="https://github.com/JuliaStats/LogExpFunctions.jl/issues/100",
            ),
            Case(
                "errors of 100",
                {"predictions": floats(100.0, -100.0), "targets": floats(0.0, 0.0)},
                note="100 - log 2, though e^100 is no float32",
                regime="edge",
                issue="https://github.com/Lightning-AI/torchmetrics/issues/3488",
            ),
        ),
        (*_NOTHING, _masked_away(math.log(math.cosh(0.5)), [-math.tanh(0.5), 0.0, 0.0])),
        _SHAPES,
    ),
    "mse": LossCases(
        (
            *_typical(reductions=True),
            *_GRID,
            Case(
                "a square that overflows float16",
                {"predictions": floats(300.0, 0.0, 0.0, 0.0), "targets": floats(0.0, 0.0, 0.0, 0.0)},
                core=True,
                note="22500: 300^2 is no float16, but the mean need not be taken in float16 (PyTorch and optax give infinity)",
                regime="edge",
            ),
        ),
        (
            *_NOTHING,
            _masked_away(0.25, [-1.0, 0.0, 0.0]),
            Case(
                "a square that overflows and weighs 0",
                {"predictions": floats(1e30, 2.0), "targets": floats(0.0, 4.0)},
                options={"weights": floats(0.0, 1.0)},
                note="found by fuzzing: what weighs 0 is not there",
                value=4.0,
                gradients={"predictions": [0.0, -4.0]},
            ),
            Case(
                "weights whose sum overflows",
                {"predictions": floats(1.0, 1.0, 1.0, 1.0, 2.0, 3.0), "targets": floats(*[0.0] * 6)},
                options={"weights": floats(*[8e37] * 5, 0.0)},
                note="equal weights are no weights: 8 / 5",
                value=1.6,
                gradients={"predictions": [0.4, 0.4, 0.4, 0.4, 0.8, 0.0]},
            ),
        ),
        _SHAPES,
    ),
    "rmse": LossCases(
        (
            *_typical(reductions=False),
            Case("squares that overflow", _pair(16, 5, scale=1e30)),
            Case("squares that vanish", _pair(17, 5, scale=1e-30)),
        ),
        (
            *_NOTHING,
            _masked_away(0.5, [-1.0, 0.0, 0.0]),
            Case(
                "a huge error that weighs 0",
                {"predictions": floats(1e30, 2.0), "targets": floats(0.0, 4.0)},
                options={"weights": floats(0.0, 1.0)},
                note="what weighs 0 does not set the scale",
                value=2.0,
                gradients={"predictions": [0.0, -1.0]},
            ),
            Case(
                "a huge error and tiny weights",
                {"predictions": floats(0.0, 1e23), "targets": floats(0.0, 0.0)},
                options={"weights": floats(2e-17, 2e-17)},
                note="found by fuzzing: equal weights are no weights, though 1e23 / 2e-17 overflows",
                value=float(np.float32(1e23)) / math.sqrt(2.0),
                gradients={"predictions": [0.0, math.sqrt(0.5)]},
            ),
            Case(
                "a tiny error beside a masked one",
                {"predictions": floats(2.0**-120, 2.0), "targets": floats(0.0, 4.0)},
                options={"where": booleans(True, False)},
                note="what is masked does not set the scale",
                value=2.0**-120,
                gradients={"predictions": [1.0, 0.0]},
            ),
            Case(
                "an error of nearly no weight",
                {"predictions": floats(1.0, 4.0), "targets": floats(0.0, 4.0)},
                options={"weights": floats(2.0**-30, 1.0)},
                note="the root of 2^-30 / (1 + 2^-30)",
                value=2.0**-15,
                gradients={"predictions": [2.0**-15, 0.0]},
            ),
        ),
        (
            *_SHAPES,
            Refusal(
                "a sum of one number", _pair(1, 3), options={"reduction": "sum"}, message="must be 'mean'; got 'sum'"
            ),
            Refusal(
                "values of one number", _pair(1, 3), options={"reduction": "none"}, message="must be 'mean'; got 'none'"
            ),
        ),
    ),
}
