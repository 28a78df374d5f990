"""Cases of the correlation losses."""

from __future__ import annotations

from typing import Any

import numpy as np

from isoloss.conformance.cases.case import Case, LossCases, Refusal, booleans, floats, masked, normal

NAN = float("nan")


def _two(seed: int, n: int, d: int, noise: float = 0.5) -> dict[str, np.ndarray[Any, Any]]:
    """Two views of n points."""
    points = normal(seed, n, d)
    return {"embeddings_a": points, "embeddings_b": points + normal(seed + 1, n, d, scale=noise)}


def _both(x: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
    return {"embeddings_a": x, "embeddings_b": x.copy()}


def _zeros(*shape: int) -> dict[str, np.ndarray[Any, Any]]:
    return {"embeddings_a": np.zeros(shape), "embeddings_b": np.zeros(shape)}


_PLAIN = (
    Case("two views", _two(1, 4, 3), core=True),
    Case("more features than samples", _two(3, 3, 5)),
    Case("nearly the same", _two(5, 4, 3, noise=1e-3), regime="near-cancellation"),
    Case(
        "nearly constant",
        {n: np.float32(1) + x * np.float32(1e-2) for n, x in _two(23, 4, 3).items()},
        regime="near-cancellation",
    ),
    Case("duplicates", {n: np.tile(x, (2, 1)) for n, x in _two(25, 3, 3).items()}, regime="duplicates"),
    Case("where and weights", _two(27, 6, 3), options=masked(27, 6), regime="masked"),
    Case("no epsilon", _two(9, 4, 3), {"epsilon": 0.0}),
    Case(
        "where", _two(13, 5, 3), options={"where": booleans(True, False, True, True, True)}, core=True, regime="masked"
    ),
    Case("weights", _two(15, 4, 3), options={"weights": floats(0.5, 2.0, 0.0, 1.0)}, core=True),
    Case(
        "values of 1e-20, no epsilon", {n: x * np.float32(1e-20) for n, x in _two(19, 4, 3).items()}, {"epsilon": 0.0}
    ),
)

_TYPICAL = (
    *_PLAIN,
    Case("nearly the same, as many features as samples", _two(21, 3, 3, noise=1e-3), regime="near-cancellation"),
    Case("far apart", {"embeddings_a": normal(7, 4, 3), "embeddings_b": normal(8, 4, 3)}, {"off_diagonal_weight": 0.5}),
    Case("learned scale", _two(11, 4, 3), {"scale": np.array(0.25, np.float32)}, core=True),
    Case("values of 1e20", {n: x * np.float32(1e20) for n, x in _two(17, 4, 3).items()}),
    Case(
        "where, values of 1e-20, no epsilon",
        {n: x * np.float32(1e-20) for n, x in _two(25, 5, 3).items()},
        {"epsilon": 0.0},
        {"where": booleans(True, True, False, True, True)},
    ),
    Case("the diagonal of equal views", _both(normal(23, 3, 3)), {"off_diagonal_weight": 0.0, "epsilon": 1e-4}),
)

_ALL_MASKED = Case(
    "all masked",
    _two(1, 4, 3),
    options={"where": booleans(False, False, False, False)},
    note="nothing that counts gives 0",
    value=0.0,
    gradients=_zeros(4, 3),
)
_NO_ROWS = Case(
    "no rows",
    _both(np.zeros((0, 3), np.float32)),
    note="nothing that counts gives 0",
    value=0.0,
    gradients=_zeros(0, 3),
)

_REFUSED_VIEWS = (
    Refusal(
        "views of different sizes",
        {"embeddings_a": normal(1, 4, 3), "embeddings_b": normal(2, 3, 3)},
        message=r"embeddings_b \(N, D\) must agree with embeddings_a in N",
    ),
    Refusal(
        "views of different widths",
        {"embeddings_a": normal(1, 4, 3), "embeddings_b": normal(2, 4, 2)},
        message=r"embeddings_b \(N, D\) must agree with embeddings_a in D",
    ),
    Refusal("a sum of one number", _two(1, 4, 3), options={"reduction": "sum"}, message="must be 'mean'; got 'sum'"),
    Refusal("epsilon negative", _two(1, 4, 3), {"epsilon": -1.0}, message="epsilon must be a number, at least 0"),
)

_REFUSED = (
    *_REFUSED_VIEWS,
    Refusal(
        "scale 0", _two(1, 4, 3), {"scale": 0.0}, message="scale must be a number or a scalar array, greater than 0"
    ),
    Refusal(
        "learned scale negative",
        _two(1, 4, 3),
        {"scale": np.array(-1.0, np.float32)},
        message="scale must be greater than 0",
        at_run=True,
    ),
    Refusal(
        "off-diagonal weight negative",
        _two(1, 4, 3),
        {"off_diagonal_weight": -1.0},
        message="off_diagonal_weight must be a number, at least 0; got -1.0",
    ),
)

_ALONE = {"invariance_weight": 0.0, "covariance_weight": 0.0, "epsilon": 0.0}

CASES = {
    "barlow_twins": LossCases(
        (
            *_TYPICAL,
            Case(
                "variances of 0 and of epsilon",
                {
                    "embeddings_a": floats([0.5, 0.25], [0.5, -0.25], [0.5, 0.25], [0.5, -0.25]),
                    "embeddings_b": normal(29, 4, 2),
                },
                {"epsilon": 0.0625},
            ),
            Case(
                "a tiny epsilon",
                {n: x * np.float32(2.0**-20) for n, x in _two(31, 4, 2).items()},
                {"epsilon": 2.0**-40},
            ),
        ),
        (
            _ALL_MASKED,
            _NO_ROWS,
            Case(
                "one sample",
                _both(floats([1.0, 2.0, 3.0])),
                note="its features do not vary: C = 0, and 1 for each",
                regime="unit batch",
                value=3.0,
                gradients=_zeros(1, 3),
            ),
            Case(
                "constant features, no epsilon",
                _both(floats([1.0, 2.0], [1.0, 2.0], [1.0, 2.0])),
                {"epsilon": 0.0},
                note="what does not vary correlates with nothing: C = 0, and 1 for each",
                value=2.0,
                gradients=_zeros(3, 2),
            ),
            Case(
                "a constant that no float is",
                _both(np.full((7, 2), 0.1, np.float32)),
                {"epsilon": 0.0},
                note="its mean is rounded, but it does not vary: C = 0, and 1 for each",
                value=2.0,
                gradients=_zeros(7, 2),
            ),
            Case(
                "huge constants that no float is, one row masked",
                _both(np.tile(floats(0.1, -0.1, -0.3, -0.7) * np.float32(1e20), (8, 1))),
                {"epsilon": 0.0},
                {"where": np.arange(8) < 7},
                note="what does not vary where it counts correlates with nothing: C = 0, and 1 for each",
                value=4.0,
                gradients=_zeros(8, 4),
            ),
            Case(
                "a constant of -1e12",
                _both(np.full((6, 1), -1e12, np.float32)),
                {"epsilon": 0.0},
                note="no number stands for a row that is left out: it does not vary, C = 0",
                value=1.0,
                gradients=_zeros(6, 1),
            ),
            Case(
                "a constant feature in one view, no epsilon",
                {"embeddings_a": floats([0.5], [0.5]), "embeddings_b": floats([1.0], [-1.0])},
                {"epsilon": 0.0},
                note="what does not vary correlates with nothing, and has no gradient: C = 0",
                value=1.0,
                gradients=_zeros(2, 1),
            ),
            Case(
                "a huge row that weighs 0",
                {"embeddings_a": floats([5e37], [-5e37], [-3e38]), "embeddings_b": floats([-1.0], [1.0], [3e38])},
                {"epsilon": 0.0},
                {"weights": floats(1.0, 1.0, 0.0)},
                note="what weighs 0 is not there: the two rows left are opposite, C = -1",
                value=4.0,
                gradients=_zeros(3, 1),
            ),
            Case(
                "perfect",
                _both(floats([1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0])),
                {"epsilon": 0.0},
                note="C is the identity",
                value=0.0,
                gradients=_zeros(4, 2),
            ),
            Case(
                "NaN in a masked row",
                {
                    "embeddings_a": floats([1.0], [NAN], [-1.0]),
                    "embeddings_b": floats([-1.0], [0.0], [1.0]),
                },
                {"epsilon": 0.0},
                {"where": booleans(True, False, True)},
                note="the two rows left are opposite: C = -1",
                value=4.0,
                gradients=_zeros(3, 1),
            ),
            Case(
                "a constant feature in one view",
                {"embeddings_a": floats([0.0], [0.0]), "embeddings_b": floats([0.0], [1.0])},
                note="found by fuzzing: C = 0 whatever the other view is; a's slope is -b / sqrt(epsilon), b standardised",
                value=1.0,
                gradients={
                    "embeddings_a": [[0.5 / (0.25001e-5) ** 0.5], [-0.5 / (0.25001e-5) ** 0.5]],
                    "embeddings_b": [[0.0], [0.0]],
                },
            ),
            Case(
                "weights whose sum overflows",
                _both(floats([1.0], [-1.0], [1.0], [-1.0], [1.0], [-1.0])),
                {"epsilon": 0.0},
                {"weights": floats(*[8e37] * 6)},
                note="equal weights are no weights: C = 1",
                value=0.0,
                gradients=_zeros(6, 1),
            ),
        ),
        _REFUSED,
    ),
    "sample_correlation": LossCases(
        (
            *_TYPICAL,
            Case("one sample", _two(29, 1, 4), regime="unit batch"),
            Case("one sample of weight a half", _two(27, 3, 3), options={"weights": floats(0.5, 0.0, 0.0)}),
            Case("weights whose sum overflows", _two(33, 6, 3), options={"weights": floats(*[8e37] * 5, 0.0)}),
        ),
        (
            _ALL_MASKED,
            _NO_ROWS,
            Case(
                "one feature",
                _both(floats([1.0], [2.0], [3.0])),
                {"scale": 1.0},
                note="it does not vary over features: C = 0, and 1 for each sample",
                value=3.0,
                gradients=_zeros(3, 1),
            ),
            Case(
                "perfect",
                _both(floats([1.0, -1.0, 1.0, -1.0], [1.0, 1.0, -1.0, -1.0])[:, :2]),
                {"epsilon": 0.0, "scale": 1.0},
                note="as many features as samples: the first has C = 1, the second does not vary",
                value=1.0,
                gradients=_zeros(2, 2),
            ),
            Case(
                "NaN in a masked row",
                {"embeddings_a": floats([1.0, -1.0], [NAN, 1.0]), "embeddings_b": floats([-1.0, 1.0], [0.0, NAN])},
                {"epsilon": 0.0, "scale": 1.0},
                {"where": booleans(True, False)},
                note="one sample of two features is left, and its views are opposite: C = 2 * -1",
                value=9.0,
                gradients=_zeros(2, 2),
            ),
        ),
        _REFUSED,
    ),
    "vicreg": LossCases(
        (
            *_PLAIN,
            Case("weights of the terms", _two(31, 3, 2), {"invariance_weight": 1.0, "covariance_weight": 10.0}),
            Case("two samples", _two(47, 2, 3)),
            Case("variance alone", _two(33, 4, 2), _ALONE),
            Case("covariance alone", _two(35, 3, 2), {"invariance_weight": 0.0, "variance_weight": 0.0}),
            Case("deviations of 1e-3", {n: x * np.float32(1e-3) for n, x in _two(41, 3, 2).items()}),
            Case("weights whose sum overflows", _two(43, 6, 2), options={"weights": floats(*[8e37] * 5, 0.0)}),
            Case(
                "deviations of 1e-5",
                {n: x * np.float32(1e-5) for n, x in _two(45, 3, 2).items()},
                {"epsilon": 1e-12},
            ),
        ),
        (
            _ALL_MASKED,
            _NO_ROWS,
            Case(
                "one sample",
                _both(floats([1.0, 2.0, 3.0])),
                {"epsilon": 0.0625},
                note="its features do not vary: each deviation is the root of epsilon",
                regime="unit batch",
                value=25.0 * 0.75,
                gradients=_zeros(1, 3),
            ),
            Case(
                "constant features, no epsilon",
                _both(np.full((7, 2), 0.1, np.float32)),
                {"epsilon": 0.0},
                note="their mean is rounded, but they do not vary: 25, with zero gradient, and not 0 / 0",
                value=25.0,
                gradients=_zeros(7, 2),
            ),
            Case(
                "a variance of 1 / 4",
                _both(floats([0.5], [-0.5], [0.0])),
                _ALONE,
                note="by N - 1 and not by N, where it would be 1 / 6: a deviation of a half",
                value=12.5,
                gradients={n: [[-6.25], [6.25], [0.0]] for n in ("embeddings_a", "embeddings_b")},
            ),
            Case(
                "a deviation that is enough",
                {"embeddings_a": floats([2.0], [-2.0]), "embeddings_b": floats([2.0], [-2.0])},
                note="0, with zero gradient",
                value=0.0,
                gradients=_zeros(2, 1),
            ),
            Case(
                "a distance that overflows in a row of weight 0",
                {"embeddings_a": floats([2.0], [3e38], [-2.0]), "embeddings_b": floats([2.0], [-3e38], [-1.0])},
                options={"weights": floats(1.0, 0.0, 1.0)},
                note="it does not count: 25 times a half of the other two",
                value=12.5,
                gradients={"embeddings_a": [[0.0], [0.0], [-25.0]], "embeddings_b": [[0.0], [0.0], [25.0]]},
            ),
            Case(
                "NaN in a masked row",
                {"embeddings_a": floats([2.0], [NAN], [-2.0]), "embeddings_b": floats([2.0], [0.0], [-1.0])},
                options={"where": booleans(True, False, True)},
                note="of the two rows left one is off by 1: 25 times a half",
                value=12.5,
                gradients={"embeddings_a": [[0.0], [0.0], [-25.0]], "embeddings_b": [[0.0], [0.0], [25.0]]},
            ),
        ),
        (
            *_REFUSED_VIEWS,
            *(
                Refusal(
                    f"{name} negative",
                    _two(1, 4, 3),
                    {name: -1.0},
                    message=f"{name} must be a number, at least 0; got -1.0",
                )
                for name in ("invariance_weight", "variance_weight", "covariance_weight")
            ),
        ),
    ),
}
