"""Cases of the modulated cross-entropies."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np

from isoloss.conformance.cases.case import Case, LossCases, Refusal, booleans, floats, grids, integers, nearly, normal
from isoloss.conformance.cases.classes import (
    HARD,
    INF,
    LABELS,
    LOG_TINY,
    LOGITS,
    NAN,
    bad_labels,
    batch,
    confident,
    degenerate_rows,
    fractions,
    led,
    no_fractions,
    rows_of_classes,
)

_SATURATED = "https://github.com/google-deepmind/optax/issues/1267"
_BELOW_1 = "https://github.com/kornia/kornia/issues/918"

_THREE = {"logits": floats(0.5, -1.0, 2.0), "targets": HARD}
_GOOD = {"logits": LOGITS, "labels": LABELS}

_BINARY_FOCAL = LossCases(
    (
        Case("batch", {"logits": normal(80, 3, 4), "targets": np.eye(3, 4, dtype=np.int64)}, core=True),
        Case("one element", {"logits": floats(0.75), "targets": floats(1.0)}, regime="unit batch"),
        Case("alpha", {"logits": floats(1.5, -0.8), "targets": floats(1.0, 0.0)}, {"alpha": 0.25}),
        Case(
            "where",
            {"logits": normal(81, 2, 3), "targets": fractions(82, 2, 3)},
            {"alpha": 0.75},
            {"where": booleans([True, False, True], [False, False, False]), "weights": fractions(83, 2, 3)},
            core=True,
            regime="masked",
        ),
        Case(
            "duplicates",
            {"logits": np.tile(normal(84, 3), (2, 1)), "targets": integers(*[[0, 1, 1]] * 2)},
            regime="duplicates",
        ),
        Case(
            "nearly the targets",
            {"logits": normal(87, 6), "targets": nearly(1 / (1 + np.exp(-normal(87, 6))), 88, 1e-3).clip(0, 1)},
            regime="near-cancellation",
        ),
        *(
            Case(
                f"soft targets, gamma {gamma}",
                {"logits": normal(85, 8, scale=3.0), "targets": fractions(86, 8)},
                {"gamma": gamma},
                {"reduction": "none"},
            )
            for gamma in (0.5, 2.0)
        ),
        *(
            Case(
                f"sure, gamma {gamma}",
                {"logits": floats(20.0, 17.0, -20.0, 40.0, -30.0), "targets": floats(1.0, 1.0, 0.0, 1.0, 0.0)},
                {"gamma": gamma},
                {"reduction": "none"},
                note="finite slopes where 1 - p is 0 in float32 (Keras gives NaN, and torchvision too for gamma below 1)",
                regime="edge",
                issue=issue,
            )
            for gamma, issue in ((0.0, _SATURATED), (0.5, _BELOW_1), (5.0, ""))
        ),
        *(
            Case(
                f"{name} for {label}",
                {"logits": x[::6], "targets": np.full(len(x[::6]), label)},
                options={"reduction": "none"},
                regime="grid",
            )
            for label in (0, 1)
            for name, x in grids(8000)
        ),
        *(confident("near", seed, 0.0, 3.0, bool(seed % 2), gamma=g) for seed, g in enumerate((0.5, 1.0, 2.0, 5.0))),
        *(confident("right", seed, 3.0, 16.0, True, gamma=gamma) for seed, gamma in enumerate((0.5, 2.0))),
        *(confident("wrong", seed, 3.0, 16.0, False, gamma=gamma) for seed, gamma in enumerate((0.5, 2.0))),
        confident("far right", 0, 17.0, 40.0, True),
        confident("far wrong", 0, 17.0, 80.0, False),
    ),
    (
        Case(
            "logits of 0",
            {"logits": floats(0.0, 0.0, 0.0), "targets": floats(0.0, 1.0, 0.5)},
            options={"reduction": "none"},
            note="a quarter of log 2, with the slope of either factor",
            value=[log(2) / 4] * 3,
            gradients={"logits": [(0.5 + log(2)) / 4, -(0.5 + log(2)) / 4, 0.0]},
        ),
        Case(
            "a logit of -100 that should be positive",
            {"logits": floats(-100.0, 100.0), "targets": floats(1.0, 0.0)},
            options={"reduction": "none"},
            note="100 with slope 1 (Keras gives 16.12 with slope 0 on PyTorch and JAX)",
            value=[100.0, 100.0],
            gradients={"logits": [-1.0, 1.0]},
            issue="https://github.com/keras-team/keras/issues/9664",
        ),
        Case(
            "sure and right, gamma 0.5",
            {"logits": floats(100.0, -100.0, 1e4), "targets": floats(1.0, 0.0, 1.0)},
            {"gamma": 0.5},
            {"reduction": "none"},
            note="e^-150 at most, and as much slope: not NaN",
            value=[0.0, 0.0, 0.0],
            gradients={"logits": [0.0, 0.0, 0.0]},
            issue=_BELOW_1,
        ),
        Case(
            "infinite logits",
            {"logits": floats(INF, -INF, INF, -INF), "targets": floats(1.0, 0.0, 0.0, 1.0)},
            options={"reduction": "none"},
            note="the smaller probability counts as the smallest normal number; nothing is learned through infinity",
            value=[0.0, 0.0, -LOG_TINY, -LOG_TINY],
            gradients={"logits": [0.0, 0.0, 0.0, 0.0]},
        ),
        Case(
            "largest float32 logits",
            {"logits": floats(3e38, -3e38, 3e38, -3e38), "targets": floats(1.0, 0.0, 0.0, 1.0)},
            options={"reduction": "none"},
            note="neither overflow nor NaN",
            value=[0.0, 0.0, float(np.float32(3e38)), float(np.float32(3e38))],
            gradients={"logits": [0.0, 0.0, 1.0, -1.0]},
        ),
        Case(
            "NaN in masked places",
            {"logits": floats(0.0, NAN, 7.0), "targets": floats(1.0, NAN, -100.0)},
            {"gamma": 0.0},
            {"where": booleans(True, False, False)},
            note="what stands in masked places reaches neither value nor gradient",
            value=log(2),
            gradients={"logits": [-0.5, 0.0, 0.0]},
        ),
    ),
    (
        *no_fractions("binary_focal", _THREE),
        Refusal("gamma negative", _THREE, {"gamma": -1.0}, message="gamma must be a number, at least 0; got -1.0"),
        Refusal(
            "alpha above 1", _THREE, {"alpha": 1.5}, message="alpha must be a number or None, from 0 to 1; got 1.5"
        ),
        Refusal("alpha as text", _THREE, {"alpha": "0.25"}, error=TypeError, message="alpha must be a number or None"),
    ),
)

_IMPOSSIBLE = {"logits": floats([-INF, 1.0, 1.0]), "labels": integers(0)}

_CATEGORICAL_FOCAL = LossCases(
    (
        *rows_of_classes(),
        Case(
            "alpha",
            batch(90, 3, 4) | {"labels": integers(1, 3, 0)},
            {"alpha": floats(0.5, 2.0, 1.0, 0.25)},
            {"weights": floats(2.0, 0.5, 1.0)},
        ),
        Case(
            "sure, gamma 0.5",
            {"logits": floats([20.0, 0.0, 0.0], [0.0, 0.0, 40.0]), "labels": integers(0, 2)},
            {"gamma": 0.5},
            {"reduction": "none"},
            note="finite slopes where 1 - p is 0 in float32",
            regime="edge",
            issue=_BELOW_1,
        ),
        led("near", 5, 0.0, 3.0, 1, gamma=0.5),
        led("near", 6, 0.0, 3.0, 1, gamma=5.0),
        led("right", 7, 3.0, 16.0, 1, gamma=0.5),
    ),
    (
        *degenerate_rows(),
        *(replace(c, id=f"{c.id}, gamma 0.5") for c in degenerate_rows(gamma=0.5)),
        Case(
            "the label is impossible",
            _IMPOSSIBLE,
            note="as for cross_entropy: p = 0 counts as the smallest normal number",
            value=-LOG_TINY,
            gradients={"logits": [[-1.0, 0.5, 0.5]]},
        ),
    ),
    (
        *bad_labels(),
        Refusal("gamma negative", _GOOD, {"gamma": -1.0}, message="gamma must be a number, at least 0; got -1.0"),
        Refusal("too few alphas", _GOOD, {"alpha": floats(1.0, 2.0)}, message=r"alpha \(C,\) must agree with logits"),
        Refusal(
            "negative alpha",
            _GOOD,
            {"alpha": floats(1.0, -2.0, 1.0, 1.0)},
            message="alpha must not be negative",
            at_run=True,
        ),
    ),
)

_POLY1 = LossCases(
    (
        *rows_of_classes(),
        *(led("near", seed, 0.0, 3.0, 1, epsilon=e) for seed, e in ((5, -1.0), (6, -0.5))),
        led("right", 5, 3.0, 16.0, 1, epsilon=-1.0),
        led("wrong", 5, 3.0, 16.0, -1, epsilon=-1.0),
        Case(
            "a lead of 20 without the first term",
            {"logits": floats([20.0, 0.0, 0.0]), "labels": integers(0)},
            {"epsilon": -1.0},
            note="8.5e-18, half the square of 1 - p, where -log p and 1 - p are equal in float32",
            regime="edge",
        ),
    ),
    (
        *degenerate_rows(),
        Case(
            "the label is impossible",
            _IMPOSSIBLE,
            note="as for cross_entropy, and 1 - p is 1",
            value=2.0 - LOG_TINY,
            gradients={"logits": [[-1.0, 0.5, 0.5]]},
        ),
        Case(
            "even odds without the first term",
            {"logits": floats([0.0, 0.0]), "labels": integers(0)},
            {"epsilon": -1.0},
            note="log 2 - 1/2, and half the slope of cross_entropy",
            value=log(2) - 0.5,
            gradients={"logits": [[-0.25, 0.25]]},
        ),
    ),
    (
        *bad_labels(),
        Refusal(
            "epsilon below -1", _GOOD, {"epsilon": -2.0}, message="epsilon must be a number, at least -1; got -2.0"
        ),
    ),
)

_GCE = LossCases(
    (
        *rows_of_classes(),
        *(led("near", seed, 0.0, 3.0, 1, q=q) for seed, q in ((6, 1.0), (8, 0.0))),
        replace(led("near", 7, 0.0, 3.0, 1, q=1e-6), regime="edge", note="nearly cross_entropy: 1 - p^q cancels"),
        led("right", 5, 3.0, 16.0, 1, q=1.0),
        led("wrong", 6, 3.0, 16.0, -1, q=1e-6),
        Case(
            "a lead of 20",
            {"logits": floats([20.0, 0.0, 0.0]), "labels": integers(0)},
            note="4.1e-9, where p is 1 in float32, and 1 - p^q is 0",
            regime="edge",
        ),
        Case("q of 1e-45", _GOOD, {"q": 1e-45}, note="the cross-entropy, and not 0 / 0", regime="edge"),
    ),
    (
        *degenerate_rows(),
        Case(
            "even odds",
            {"logits": floats([0.0, 0.0, 0.0, 0.0]), "labels": integers(0)},
            {"q": 0.5},
            note="(1 - 1/2) / (1/2), and half the slope of cross_entropy",
            value=1.0,
            gradients={"logits": [[-0.375, 0.125, 0.125, 0.125]]},
        ),
        Case(
            "the label is far behind",
            {"logits": floats([-200.0, 1.0, 1.0]), "labels": integers(0)},
            {"q": 1.0},
            note="1 with no slope: a label as wrong as this teaches nothing",
            value=1.0,
            gradients={"logits": [[0.0, 0.0, 0.0]]},
        ),
    ),
    (
        *bad_labels(),
        Refusal("q above 1", _GOOD, {"q": 1.5}, message="q must be a number, from 0 to 1; got 1.5"),
        Refusal("q negative", _GOOD, {"q": -0.5}, message="q must be a number, from 0 to 1; got -0.5"),
    ),
)

CASES = {
    "binary_focal": _BINARY_FOCAL,
    "categorical_focal": _CATEGORICAL_FOCAL,
    "poly1_cross_entropy": _POLY1,
    "generalized_cross_entropy": _GCE,
}
