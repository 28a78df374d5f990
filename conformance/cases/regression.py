"""Cases of the regression losses."""

from __future__ import annotations

import math
from dataclasses import replace

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
)

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


def _by_sizes(*cases: Case) -> tuple[Case, ...]:
    """The cases without their signs."""
    return tuple(replace(case, inputs={n: abs(x) for n, x in case.inputs.items()}) for case in cases)


def _not_positive(name: str) -> tuple[Refusal, ...]:
    """A setting that must be greater than 0."""
    pair = {"predictions": P, "targets": T}
    return tuple(
        Refusal(f"{name} {x:g}", pair, {name: x}, message=f"{name} must be a number, greater than 0; got {x}")
        for x in (0.0, -1.0)
    )


def _rows(seed: int, *shape: int, off: float | None = None) -> dict[str, np.ndarray]:
    """Rows and others, or the same ones, each number off by some such part of itself."""
    x = normal(seed, *shape)
    return {"predictions": x, "targets": normal(seed + 100, *shape) if off is None else nearly(x, seed + 100, off)}


_COSINE_DISTANCE = LossCases(
    (
        Case("rows", _rows(60, 4, 3), core=True),
        Case("one row", _rows(61, 1, 3), regime="unit batch"),
        Case("no batch axis", _rows(62, 3)),
        Case("two batch axes", _rows(63, 2, 2, 3)),
        Case("rows on axis 0", _rows(64, 3, 2), options={"axis": 0}),
        Case("integer targets", {"predictions": normal(65, 2, 3), "targets": integers([1, 2, 3], [0, -2, 1])}),
        Case("none", _rows(66, 4, 3), options={"reduction": "none"}),
        Case("where and weights", _rows(67, 4, 3), options=masked(67, 4), core=True, regime="masked"),
        Case("duplicates", {n: np.tile(x, (3, 1)) for n, x in _rows(68, 1, 3).items()}, regime="duplicates"),
        Case("small angles", _rows(69, 4, 3, off=0.02), options={"reduction": "none"}, regime="near-cancellation"),
        Case(
            "a small angle across an axis",
            {"predictions": floats([1.0, 2**-10]), "targets": floats([1.0, -(2**-20)])},
            note="about 2^-21, though one number is the other's opposite a thousand times over",
            regime="near-cancellation",
        ),
        Case("long rows", {n: x * np.float32(1e30) for n, x in _rows(70, 2, 3).items()}),
        Case("short rows", {n: x * np.float32(1e-30) for n, x in _rows(71, 2, 3).items()}),
        Case(
            "rows whose squares overflow float16",
            {n: np.sign(x) * np.float32(64.0) for n, x in _rows(72, 1, 16).items()},
            core=True,
            note="16 numbers of 64: their sum of squares, 65536, is no float16 number (optax and Keras give 0)",
            regime="edge",
        ),
    ),
    (
        Case(
            "a row of zeros",
            {"predictions": floats([0.0, 0.0], [3.0, 4.0]), "targets": floats([3.0, 4.0], [0.0, 0.0])},
            options={"reduction": "none"},
            note="no direction is at distance 1, with zero gradient (optax gives NaN, Keras a NaN gradient)",
            issue="https://github.com/google-deepmind/optax/pull/946",
            value=[1.0, 1.0],
            gradients={"predictions": [[0.0, 0.0], [0.0, 0.0]]},
        ),
        Case(
            "zeros on both sides",
            {"predictions": floats([0.0, 0.0]), "targets": floats([0.0, 0.0])},
            note="no direction is at distance 1 from itself",
            value=1.0,
            gradients={"predictions": [[0.0, 0.0]]},
        ),
        Case(
            "the same direction",
            {"predictions": floats([0.0, 2.0], [-3.0, 0.0]), "targets": floats([0.0, 5.0], [-3.0, 0.0])},
            note="the least there is",
            value=0.0,
            gradients={"predictions": [[0.0, 0.0], [0.0, 0.0]]},
        ),
        Case(
            "opposite directions",
            {"predictions": floats([0.0, 2.0]), "targets": floats([0.0, -3.0])},
            note="the most there is",
            value=2.0,
            gradients={"predictions": [[0.0, 0.0]]},
        ),
        Case(
            "a right angle",
            {"predictions": floats([0.0, 2.0]), "targets": floats([4.0, 0.0])},
            note="-1 over the length, towards the target",
            value=1.0,
            gradients={"predictions": [[-0.5, 0.0]]},
        ),
        Case(
            "NaN in masked places",
            {"predictions": floats([0.0, 2.0], [NAN, 1.0]), "targets": floats([4.0, 0.0], [1.0, NAN])},
            options={"where": booleans(True, False)},
            note="what stands in masked places reaches neither value nor gradient",
            value=1.0,
            gradients={"predictions": [[-0.5, 0.0], [0.0, 0.0]]},
        ),
        Case(
            "all masked",
            {"predictions": floats([0.0, 2.0]), "targets": floats([4.0, 0.0])},
            options={"where": booleans(False)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"predictions": [[0.0, 0.0]]},
        ),
    ),
    (
        Refusal(
            "one row for all",
            {"predictions": normal(73, 2, 3), "targets": normal(74, 3)},
            message=r"targets \(\.\.\., D\) must agree with predictions in all batch axes, and nothing is broadcast",
        ),
        Refusal(
            "rows of other lengths", {"predictions": normal(75, 2, 3), "targets": normal(76, 2, 4)}, message="in D"
        ),
        Refusal("no axis 2", _rows(77, 2, 3), options={"axis": 2}, message="axis must be an axis of predictions"),
    ),
)

_THIN_GRID = tuple(replace(case, inputs={n: x[::2] for n, x in case.inputs.items()}) for case in _GRID)

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
    "half_mse": LossCases(
        (
            *_few(),
            *_THIN_GRID,
            Case(
                "an error whose square overflows, and half of it does not",
                {"predictions": floats(2e19), "targets": floats(0.0)},
                note="2e38",
                regime="edge",
            ),
        ),
        (*_NOTHING, _masked_away(0.125, [-0.5, 0.0, 0.0])),
        _SHAPES,
    ),
    "smooth_l1": LossCases(
        (
            *_few(),
            *_THIN_GRID,
            Case("wide", _pair(30, 6, scale=3.0), {"beta": 2.5}, core=True),
            Case("narrow", _pair(31, 6), {"beta": 1e-3}),
            Case(
                "beta 0",
                _pair(32, 6),
                {"beta": 0.0},
                note="the absolute error, and no division by 0",
                regime="edge",
                issue="https://github.com/pytorch/pytorch/issues/96813",
            ),
        ),
        (
            *_NOTHING,
            _masked_away(0.125, [-0.5, 0.0, 0.0]),
            Case(
                "an error of beta",
                {"predictions": floats(2.0, -2.0), "targets": floats(0.0, 0.0)},
                {"beta": 2.0},
                {"reduction": "none"},
                note="the square and the line meet, with slope 1; the value is half of huber's, as beta is 2",
                value=[1.0, 1.0],
                gradients={"predictions": [1.0, -1.0]},
            ),
            Case(
                "equal numbers and beta 0",
                {"predictions": P, "targets": P},
                {"beta": 0.0},
                note="that of the absolute error: 0, and not 0 / 0",
                value=0.0,
                gradients={"predictions": [0.0, 0.0, 0.0]},
            ),
            Case(
                "errors whose squares overflow",
                {"predictions": floats(1e30, 3.0), "targets": floats(0.0, 0.0)},
                {"beta": 2.0},
                {"reduction": "none"},
                note="far out it is a line, of slope 1 whatever beta is",
                value=[float(np.float32(1e30)), 2.0],
                gradients={"predictions": [1.0, 1.0]},
            ),
        ),
        (
            *_SHAPES,
            Refusal("beta negative", {"predictions": P, "targets": T}, {"beta": -1.0}, message="at least 0; got -1.0"),
        ),
    ),
    "mape": LossCases(
        (
            *_few(),
            *(
                replace(case, inputs=case.inputs | {"targets": case.inputs["predictions"][::-1].copy()})
                for case in _THIN_GRID
            ),
            Case("epsilon 1", _pair(40, 6), {"epsilon": 1.0}, core=True),
            Case(
                "errors a hundredfold of which overflow",
                {"predictions": floats(-1e38), "targets": floats(1e38)},
                note="200 percent",
                regime="edge",
            ),
        ),
        (
            *_NOTHING,
            _masked_away(50.0 / 3.0, [-100.0 / 3.0, 0.0, 0.0]),
            Case(
                "targets of 0",
                {"predictions": floats(0.0, 1.0), "targets": floats(0.0, 0.0)},
                {"epsilon": 0.5},
                {"reduction": "none"},
                note="a target counts for epsilon at least; 0 for 0 is right",
                value=[0.0, 200.0],
                gradients={"predictions": [0.0, 200.0]},
            ),
        ),
        (*_SHAPES, *_not_positive("epsilon")),
    ),
    "msle": LossCases(
        (
            *_by_sizes(*_few(), *_THIN_GRID),
            Case("above -1", {"predictions": floats(-0.5, -0.875, 0.25), "targets": floats(-0.75, 1.0, -0.125)}),
            Case("nearly -1", {"predictions": floats(2.0**-20 - 1.0), "targets": floats(1e10)}),
            Case(
                "a negative prediction",
                {"predictions": floats(-0.5), "targets": floats(1.0)},
                note="log(1/4)^2 with a gradient: Keras takes it for 1e-7, without one",
                regime="edge",
            ),
        ),
        (*_NOTHING, _masked_away(math.log(3.5 / 4.0) ** 2, [2.0 * math.log(3.5 / 4.0) / 3.5, 0.0, 0.0])),
        (
            *_SHAPES,
            *(
                Refusal(
                    f"{name} of {x:g}",
                    {"predictions": P, "targets": T} | {name: floats(1.0, x, 2.0)},
                    message="predictions and targets must be greater than -1",
                    at_run=True,
                )
                for name in ("predictions", "targets")
                for x in (-1.0, -2.0)
            ),
        ),
    ),
    "quantile": LossCases(
        (
            *_few(),
            *_THIN_GRID,
            Case("high", _pair(50, 6), {"quantile": 0.9}, {"reduction": "none"}, core=True),
            Case("nearly 1", _pair(51, 6), {"quantile": 1.0 - 2.0**-20}),
            Case("learned quantile", _pair(52, 6), {"quantile": np.array(0.75, np.float32)}, core=True),
        ),
        (*_NOTHING, _masked_away(0.25, [-0.5, 0.0, 0.0])),
        (
            *_SHAPES,
            *(
                Refusal(
                    f"quantile {x:g}",
                    {"predictions": P, "targets": T},
                    {"quantile": x},
                    message=f"quantile must be a number or a scalar array, greater than 0 and less than 1; got {x}",
                )
                for x in (0.0, 1.0, 50.0)
            ),
            Refusal(
                "learned quantile of 1",
                {"predictions": P, "targets": T},
                {"quantile": np.array(1.0, np.float32)},
                message="quantile must be greater than 0 and less than 1",
                at_run=True,
            ),
        ),
    ),
    "cosine_distance": _COSINE_DISTANCE,
}
