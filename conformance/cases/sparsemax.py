"""Cases of the sparsemax losses."""

from __future__ import annotations

import numpy as np

from isoloss.conformance.cases.case import Case, LossCases, booleans, floats, grids, integers, normal
from isoloss.conformance.cases.classes import (
    HARD,
    INF,
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

_BINARY = LossCases(
    (
        Case("batch", {"logits": normal(100, 3, 4), "targets": np.eye(3, 4, dtype=np.int64)}, core=True),
        Case("one element", {"logits": floats(0.75), "targets": floats(1.0)}, regime="unit batch"),
        Case(
            "soft targets",
            {"logits": normal(101, 8, scale=2.0), "targets": fractions(102, 8)},
            options={"reduction": "none", "weights": fractions(107, 8)},
        ),
        Case(
            "where",
            {"logits": normal(103, 2, 3), "targets": fractions(104, 2, 3)},
            options={
                "where": booleans([True, False, True], [False, False, False]),
                "weights": fractions(105, 2, 3),
            },
            core=True,
            regime="masked",
        ),
        Case(
            "duplicates",
            {"logits": np.tile(normal(106, 3), (2, 1)), "targets": integers(*[[0, 1, 1]] * 2)},
            regime="duplicates",
        ),
        Case(
            "nearly a lead of 1",
            {"logits": floats(0.999, -0.9999, 1.001, -1.001), "targets": floats(1.0, 0.0, 0.0, 1.0)},
            options={"reduction": "none"},
            regime="near-cancellation",
        ),
        *(
            Case(
                f"{name} for {label}",
                {"logits": x[::4], "targets": np.full(len(x[::4]), label)},
                options={"reduction": "none"},
                regime="grid",
            )
            for label in (0, 1)
            for name, x in grids(9000)
        ),
        confident("near", 0, 0.0, 1.0, True),
        confident("near", 1, 0.0, 1.0, False),
        confident("right", 0, 3.0, 16.0, True),
        confident("wrong", 0, 3.0, 16.0, False),
        confident("far wrong", 0, 17.0, 80.0, False),
    ),
    (
        Case(
            "leads of 1",
            {"logits": floats(1.0, -1.0, 1.0, -1.0), "targets": floats(1.0, 0.0, 0.0, 1.0)},
            options={"reduction": "none"},
            note="the joints: 0 with slope 0 on the right side, 1 with slope 1 on the wrong one",
            value=[0.0, 0.0, 1.0, 1.0],
            gradients={"logits": [0.0, 0.0, 1.0, -1.0]},
        ),
        Case(
            "infinite logits",
            {"logits": floats(INF, -INF, INF, -INF), "targets": floats(1.0, 0.0, 0.0, 1.0)},
            options={"reduction": "none"},
            note="an infinite lead is 0, an infinite lag infinity",
            value=[0.0, 0.0, INF, INF],
            gradients={"logits": [0.0, 0.0, 1.0, -1.0]},
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
            options={"where": booleans(True, False, False)},
            note="what stands in masked places reaches neither value nor gradient",
            value=0.25,
            gradients={"logits": [-0.5, 0.0, 0.0]},
        ),
    ),
    no_fractions("binary_sparsemax", {"logits": floats(0.5, -1.0, 2.0), "targets": HARD}),
)

_MULTICLASS = LossCases(
    (
        *rows_of_classes(),
        *(led("near", seed, 0.0, 1.0, 1) for seed in (5, 6)),
        *(led("wrong", seed, 0.0, 1.0, -1) for seed in (5, 6)),
        Case(
            "many classes",
            {"logits": normal(110, 2, 24, scale=0.3), "labels": integers(3, 20)},
            options={"reduction": "none"},
        ),
        Case("sum", batch(111, 4, 4), options={"reduction": "sum", "weights": floats(0.5, 0.0, 2.0, 1.0)}),
    ),
    (
        *degenerate_rows(),
        Case(
            "equal logits",
            {"logits": floats([1000.0, 1000.0, 1000.0, 1000.0]), "labels": integers(1)},
            note="p is 1/4 for all: (3/4)^2 / 2 + 3 (1/4)^2 / 2",
            value=0.375,
            gradients={"logits": [[0.25, -0.75, 0.25, 0.25]]},
        ),
        Case(
            "leads of 1",
            {"logits": floats([1.0, 0.0, -3.0], [1.0, 0.0, -3.0]), "labels": integers(0, 1)},
            options={"reduction": "none"},
            note="the joints: 0 with no slope for the leader, 1 and the slope of a line for who trails by 1",
            value=[0.0, 1.0],
            gradients={"logits": [[0.0, 0.0, 0.0], [1.0, -1.0, 0.0]]},
        ),
        Case(
            "largest float32 logits",
            {"logits": floats([1e38, -1e38], [-1e38, 1e38]), "labels": integers(0, 0)},
            options={"reduction": "none"},
            note="a lag of 2e38 is the loss",
            value=[0.0, 2.0 * float(np.float32(1e38))],
            gradients={"logits": [[0.0, 0.0], [-1.0, 1.0]]},
        ),
        Case(
            "the label is impossible",
            {"logits": floats([-INF, 1.0, 1.0], [-INF, -INF, -INF]), "labels": integers(0, 0)},
            options={"reduction": "none"},
            note="an infinite lag; if no class is possible none is better than another",
            value=[INF, INF],
            gradients={"logits": [[-1.0, 0.5, 0.5], [0.0, 0.0, 0.0]]},
        ),
        Case(
            "NaN in masked places",
            {"logits": floats([0.0, 0.0], [NAN, INF]), "labels": integers(1, -100)},
            options={"where": booleans(True, False)},
            note="what stands in masked places reaches neither value nor gradient",
            value=0.25,
            gradients={"logits": [[0.5, -0.5], [0.0, 0.0]]},
        ),
    ),
    bad_labels(),
)

CASES = {"binary_sparsemax": _BINARY, "multiclass_sparsemax": _MULTICLASS}
