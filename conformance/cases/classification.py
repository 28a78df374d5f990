"""Cases of the classification losses."""

from __future__ import annotations

import math

import numpy as np

from isoloss.conformance.cases.case import (
    Case,
    LossCases,
    Refusal,
    booleans,
    floats,
    grid,
    grids,
    integers,
    masked,
    nearly,
    normal,
    regime,
)
from isoloss.conformance.cases.classes import (
    HARD,
    LABELS,
    LOG_TINY,
    LOGITS,
    bad_labels,
    batch,
    confident,
    fractions,
    led,
    no_fractions,
)

INF, NAN = float("inf"), float("nan")
_OTHERS_AND_ITSELF = 257.0 + float(np.exp(-8.0))


_CLASS_WEIGHTS = floats(0.5, 2.0, 1.0, 0.25)
_IGNORED = {"logits": LOGITS, "labels": integers(0, -100, 2)}

_TYPICAL = (
    Case("batch", {"logits": LOGITS, "labels": LABELS}, core=True),
    Case("one row", batch(1, 1, 4), regime="unit batch"),
    Case("no batch axis", {"logits": normal(2, 4), "labels": np.array(3)}),
    Case("two classes", batch(3, 4, 2)),
    Case("two batch axes", batch(4, 2, 3, 4)),
    Case(
        "classes on axis 1", {"logits": normal(5, 2, 4, 3), "labels": batch(5, 2, 3, 4)["labels"]}, options={"axis": 1}
    ),
    Case(
        "small labels",
        {"logits": LOGITS, "labels": LABELS.astype(np.uint8)},
        note="labels of 8 bits are labels like any other",
        regime="edge",
    ),
    Case(
        "nearly equal logits",
        {"logits": nearly(np.full((3, 4), 1e3), 15, 1e-5), "labels": LABELS},
        regime="near-cancellation",
    ),
    Case("where and weights", batch(16, 6, 4), options=masked(16, 6), regime="masked"),
    Case(
        "duplicates",
        {"logits": floats([2.0, 2.0, -1.0], [0.5, 0.5, 0.5], [2.0, 2.0, -1.0]), "labels": integers(1, 0, 1)},
        regime="duplicates",
    ),
    Case(
        "a lead of 20",
        {"logits": floats([20.0, 0.0, 0.0], [0.0, 0.0, 20.0]), "labels": integers(0, 2)},
        note="2 e^-20, where logsumexp(x) - x_y cancels to 0 (PyTorch, Keras, optax and TensorFlow do)",
        regime="edge",
    ),
    Case(
        "a masked class",
        {"logits": floats([1.0, 2.0, -INF]), "labels": integers(0)},
        note="log(1 + e): an impossible class contributes 0, and not 0 * -inf (Keras on JAX gives NaN)",
        regime="edge",
    ),
    Case(
        "smoothing with classes on axis 1",
        {"logits": np.zeros((1, 3, 2), np.float32), "labels": integers([0, 1])},
        {"label_smoothing": 0.1},
        {"axis": 1},
        note="log 3: smoothing spreads over the 3 classes, not over the 2 places of the last axis (Keras 3.15.1 does)",
        regime="edge",
        issue="https://github.com/keras-team/keras/pull/23437",
    ),
    Case("label smoothing", batch(6, 3, 4), {"label_smoothing": 0.125}),
    Case(
        "smoothing over impossible classes",
        {"logits": floats([1.0, -INF, 0.0, 3.0], [-3.0, -INF, -INF, 4.0]), "labels": integers(0, 3)},
        {"label_smoothing": 0.25},
    ),
    Case(
        "class weights and weights",
        batch(14, 3, 4),
        {"class_weights": _CLASS_WEIGHTS},
        {"weights": floats(2.0, 0.5, 1.0)},
    ),
    Case("class weights", batch(7, 3, 4), {"class_weights": _CLASS_WEIGHTS}),
    Case("class weights, none", batch(8, 3, 4), {"class_weights": _CLASS_WEIGHTS}, {"reduction": "none"}),
    Case("class weights, two batch axes", batch(13, 2, 3, 4), {"class_weights": _CLASS_WEIGHTS}),
    Case("ignored", _IGNORED, {"ignore_index": -100}, regime="masked"),
    Case(
        "ignored, smoothed, weighed",
        _IGNORED,
        {"ignore_index": -100, "label_smoothing": 0.25, "class_weights": _CLASS_WEIGHTS},
        core=True,
        regime="masked",
        issue="https://github.com/pytorch/pytorch/issues/63004",
    ),
    Case("where", batch(9, 4, 4), options={"where": booleans(True, False, True, True)}, core=True, regime="masked"),
    Case(
        "where over leading axes",
        batch(10, 3, 2, 4),
        options={"where": booleans(True, False, True)},
        regime="masked",
    ),
    Case("weights", batch(11, 4, 4), options={"weights": floats(0.5, 0.0, 2.0, 1.0)}),
    Case("sum", batch(12, 4, 4), options={"reduction": "sum", "weights": floats(0.5, 0.0, 2.0, 1.0)}),
    Case(
        "an impossible class",
        {"logits": floats([1.0, -INF, 0.5], [-INF, -INF, 2.0]), "labels": integers(0, 2)},
        core=True,
    ),
    *(led("near", seed, 0.0, 3.0, 1, core=True) for seed in range(3)),
    *(led("right", seed, 3.0, 16.0, 1, core=True) for seed in range(4)),
    *(led("wrong", seed, 3.0, 16.0, -1, core=True) for seed in range(3)),
    *(led("far right", seed, 17.0, 80.0, 1, core=True) for seed in range(4)),
    *(led("far wrong", seed, 17.0, 80.0, -1, core=True) for seed in range(3)),
    Case("a class that weighs 0", batch(14, 3, 4), {"class_weights": floats(1.0, 0.0, 0.0, 2.0)}),
)

_DEGENERATE = (
    Case(
        "all masked",
        {"logits": LOGITS, "labels": LABELS},
        options={"where": booleans(False, False, False)},
        note="a mean of nothing is 0",
        value=0.0,
        gradients={"logits": np.zeros((3, 4))},
    ),
    Case(
        "all ignored",
        {"logits": LOGITS, "labels": integers(-1, -1, -1)},
        {"ignore_index": -1},
        note="as if masked: a mean of nothing is 0 (PyTorch gives NaN)",
        value=0.0,
        gradients={"logits": np.zeros((3, 4))},
        issue="https://github.com/pytorch/pytorch/issues/75181",
    ),
    Case(
        "NaN and -100 in masked places",
        {"logits": floats([0.0, 0.0], [NAN, INF]), "labels": integers(1, -100)},
        options={"where": booleans(True, False)},
        note="what stands in masked places reaches neither value nor gradient",
        value=float(np.log(2.0)),
        gradients={"logits": [[0.5, -0.5], [0.0, 0.0]]},
    ),
    Case(
        "NaN in an ignored row",
        {"logits": floats([0.0, 0.0], [NAN, 1.0]), "labels": integers(1, -100)},
        {"ignore_index": -100},
        note="an ignored row is a masked row",
        value=float(np.log(2.0)),
        gradients={"logits": [[0.5, -0.5], [0.0, 0.0]]},
    ),
    Case(
        "label 257",
        {"logits": np.where(np.arange(258) == 257, np.float32(-8), np.float32(0))[None], "labels": integers(257)},
        core=True,
        note="a label is an index whatever the dtype of the logits: in bfloat16 257 would be 256 (Keras casts it)",
        value=float(np.log(_OTHERS_AND_ITSELF)) + 8.0,
        gradients={"logits": [[1.0 / _OTHERS_AND_ITSELF] * 257 + [-257.0 / _OTHERS_AND_ITSELF]]},
        issue="https://github.com/keras-team/keras/issues/15012",
    ),
    Case(
        "a single class",
        {"logits": floats([3.0], [-2.0]), "labels": integers(0, 0)},
        note="its probability is 1",
        value=0.0,
        gradients={"logits": [[0.0], [0.0]]},
    ),
    Case(
        "the label is impossible",
        {"logits": floats([-INF, 1.0, 1.0]), "labels": integers(0)},
        note="p = 0 counts as the smallest normal number; the slope is softmax - one-hot",
        value=-LOG_TINY,
        gradients={"logits": [[-1.0, 0.5, 0.5]]},
    ),
    Case(
        "every class is impossible",
        {"logits": floats([-INF, -INF]), "labels": integers(0)},
        note="p = 0 counts as the smallest normal number, and no class is better than another",
        value=-LOG_TINY,
        gradients={"logits": [[0.0, 0.0]]},
    ),
    Case(
        "only the label is possible",
        {"logits": floats([-INF, 1.0]), "labels": integers(1)},
        note="its probability is 1",
        value=0.0,
        gradients={"logits": [[0.0, 0.0]]},
    ),
    Case(
        "a smoothed label that is impossible",
        {"logits": floats([-INF, 1.0, 1.0]), "labels": integers(0)},
        {"label_smoothing": 0.5},
        note="as without smoothing: p = 0 counts as the smallest normal number",
        value=-LOG_TINY,
        gradients={"logits": [[-1.0, 0.5, 0.5]]},
    ),
    Case(
        "largest float32 logits",
        {"logits": floats([1e38, -1e38], [-1e38, 1e38]), "labels": integers(0, 0)},
        options={"reduction": "none"},
        note="a lead of 2e38 leaves exp(-2e38) = 0, a lag of 2e38 is the loss",
        value=[0.0, 2.0 * float(np.float32(1e38))],
        gradients={"logits": [[0.0, 0.0], [-1.0, 1.0]]},
    ),
    Case(
        "no rows",
        {"logits": np.zeros((0, 3), np.float32), "labels": np.zeros(0, np.int64)},
        note="a mean of nothing is 0",
        value=0.0,
        gradients={"logits": np.zeros((0, 3))},
    ),
    Case(
        "an ignored label of a single class",
        {"logits": floats([3.0], [-2.0]), "labels": integers(0, -100)},
        {"ignore_index": -100},
        note="no other class is needed in its place",
        value=0.0,
        gradients={"logits": [[0.0], [0.0]]},
    ),
    Case(
        "a masked label of a single class",
        {"logits": floats([3.0], [-2.0]), "labels": integers(0, -100)},
        options={"where": booleans(True, False)},
        note="nor in that of a masked one",
        value=0.0,
        gradients={"logits": [[0.0], [0.0]]},
    ),
)

_GOOD = {"logits": LOGITS, "labels": LABELS}

_REFUSED = (
    Refusal(
        "label too large",
        {"logits": LOGITS, "labels": integers(0, 1, 4)},
        message="labels must be from 0 to C - 1, C being the 4 classes",
        at_run=True,
    ),
    Refusal(
        "label negative",
        {"logits": LOGITS, "labels": integers(0, -1, 2)},
        message="labels must be from 0",
        at_run=True,
    ),
    Refusal(
        "label beyond 32 bits",
        {"logits": LOGITS, "labels": integers(0, 1, 2**32 + 1)},
        message="labels must be from 0",
        at_run=True,
    ),
    Refusal(
        "label too large for a single class",
        {"logits": floats([3.0], [-2.0]), "labels": integers(0, 1)},
        message="labels must be from 0 to C - 1, C being the 1 classes",
        at_run=True,
    ),
    Refusal(
        "label 1.7",
        {"logits": LOGITS, "labels": floats(0.0, 1.7, 2.0)},
        error=TypeError,
        message="labels must be integers; got",
    ),
    Refusal(
        "boolean labels",
        {"logits": LOGITS, "labels": booleans(True, False, True)},
        error=TypeError,
        message="labels must be integers",
    ),
    Refusal(
        "one-hot labels",
        {"logits": LOGITS, "labels": np.eye(4, dtype=np.int64)[:3]},
        message="labels .* must agree with logits",
    ),
    Refusal(
        "labels of another batch",
        {"logits": LOGITS, "labels": integers(0, 1)},
        message="labels .* must agree with logits",
    ),
    Refusal(
        "no classes",
        {"logits": np.zeros((2, 0), np.float32), "labels": integers(0, 0)},
        message="logits is empty along C",
    ),
    Refusal(
        "axis out of range", _GOOD, options={"axis": 2}, message="axis must be an axis of logits, from -2 to 1; got 2"
    ),
    Refusal(
        "smoothing above 1",
        _GOOD,
        {"label_smoothing": 1.5},
        message="label_smoothing must be a number, from 0 to 1; got 1.5",
    ),
    Refusal("smoothing NaN", _GOOD, {"label_smoothing": NAN}, message="label_smoothing must be a number"),
    Refusal(
        "smoothing as text",
        _GOOD,
        {"label_smoothing": "0.1"},
        error=TypeError,
        message="label_smoothing must be a number",
    ),
    Refusal(
        "smoothing as truth",
        _GOOD,
        {"label_smoothing": True},
        error=TypeError,
        message="label_smoothing must be a number",
    ),
    Refusal(
        "ignore_index 1.5",
        _GOOD,
        {"ignore_index": 1.5},
        error=TypeError,
        message="ignore_index must be an integer or None",
    ),
    Refusal(
        "negative class weights",
        _GOOD,
        {"class_weights": floats(1.0, -2.0, 1.0, 1.0)},
        message="class_weights must not be negative",
        at_run=True,
    ),
    Refusal(
        "too few class weights",
        _GOOD,
        {"class_weights": floats(1.0, 2.0)},
        message=r"class_weights \(C,\) must agree with logits in C",
    ),
)


_WHERE = booleans([True, False, True], [False, False, False])
_SOFT = {"logits": normal(30, 2, 3, scale=2.0), "targets": fractions(31, 2, 3)}
_PROBABILITIES = floats(0.2, 0.6, 0.2)
_TINY = float(np.finfo(np.float32).smallest_normal)


_BCE_GRID = tuple(
    Case(
        f"{name} for {label}",
        {"probabilities": x, "targets": np.full(len(x), label)},
        options={"reduction": "none"},
        regime="grid",
    )
    for label in (0, 1)
    for name, x in (
        ("exponents -125 to -64", np.abs(grid(2000, -125, -63))),
        ("exponents -63 to -1", np.abs(grid(2001, -63, 0))),
        ("what is left to 1 has exponents -24 to -2", 1 - np.abs(grid(2002, -24, -1))),
    )
)

_BCE = LossCases(
    (
        Case("batch", {"probabilities": _PROBABILITIES, "targets": HARD}, {"epsilon": 1e-4}),
        Case(
            "hard targets", {"probabilities": fractions(40, 3, 4), "targets": np.eye(3, 4, dtype=np.int64)}, core=True
        ),
        Case("one element", {"probabilities": floats(0.25), "targets": floats(1.0)}, regime="unit batch"),
        Case(
            "nearly the targets",
            {"probabilities": fractions(47, 6), "targets": nearly(fractions(47, 6), 48, 1e-3).clip(0, 1)},
            regime="near-cancellation",
        ),
        Case(
            "duplicates",
            {"probabilities": np.tile(fractions(49, 3), (2, 1)), "targets": integers(*[[0, 1, 1]] * 2)},
            regime="duplicates",
        ),
        Case(
            "right",
            {
                "probabilities": np.abs(integers(1, 0) - np.geomspace(1e-1, 1e-6, 8).reshape(4, 2)).astype(np.float32),
                "targets": integers(*[[1, 0]] * 4),
            },
            options={"reduction": "none"},
            regime="right",
        ),
        Case(
            "a probability of 1e-10",
            {"probabilities": floats(1e-10), "targets": floats(1.0)},
            note="23.03 with slope -1e10: nothing is clipped (Keras clips at 1e-7, to 16.1 with slope 0)",
            regime="edge",
            issue="https://github.com/keras-team/keras/issues/9664",
        ),
        *_BCE_GRID,
        Case(
            "soft targets",
            {"probabilities": fractions(41, 8), "targets": fractions(42, 8)},
            options={"reduction": "none"},
        ),
        Case(
            "nearly certain",
            {"probabilities": floats(1e-30, 1e-9, 0.99999994, 0.999, 1e-4), "targets": integers(0, 0, 1, 1, 0)},
            options={"reduction": "none"},
            core=True,
            regime="sure",
        ),
        Case(
            "nearly certain and wrong",
            {"probabilities": floats(1e-30, 1e-9, 0.99999994, 0.999, 1e-4), "targets": integers(1, 1, 0, 0, 1)},
            options={"reduction": "none"},
            regime="wrong",
        ),
        Case(
            "small probabilities",
            {"probabilities": fractions(46, 8) / np.float32(10) + np.float32(0.1), "targets": integers(*[0] * 8)},
            options={"reduction": "none"},
        ),
        Case(
            "where",
            {"probabilities": fractions(43, 2, 3), "targets": fractions(44, 2, 3)},
            {"epsilon": 1e-7},
            {"where": _WHERE, "weights": fractions(45, 2, 3)},
            core=True,
            regime="masked",
        ),
        Case(
            "nearly certain, wrong, with epsilon",
            {"probabilities": floats(0.99999994, 0.9999999, 0.999), "targets": integers(0, 0, 0)},
            {"epsilon": 1e-4},
            {"reduction": "none"},
        ),
        Case(  # multiples of 2^-25 but not of 2^-24: 1 - p is off by as much as it can be
            "just above a tenth",
            {
                "probabilities": floats(*range(3800001, 3900000, 9998)) / np.float32(2**25),
                "targets": integers(*[0] * 11),
            },
            options={"reduction": "none"},
        ),
    ),
    (
        Case(
            "certain and right",
            {"probabilities": floats(0.0, 1.0), "targets": floats(0.0, 1.0)},
            options={"reduction": "none"},
            note="0, with the slopes 1 / (1 - p) and -1 / p (PyTorch and Keras give slopes of 0)",
            value=[0.0, 0.0],
            gradients={"probabilities": [1.0, -1.0]},
            issue="https://github.com/pytorch/pytorch/issues/103316",
        ),
        Case(
            "certain and wrong",
            {"probabilities": floats(0.0, 1.0), "targets": floats(1.0, 0.0)},
            options={"reduction": "none"},
            note="p = 0 counts as the smallest normal number, in value and slope",
            value=[-LOG_TINY, -LOG_TINY],
            gradients={"probabilities": [-1.0 / _TINY, 1.0 / _TINY]},
        ),
        Case(
            "below the smallest normal number",
            {"probabilities": floats(1e-39), "targets": floats(1.0)},
            note="it counts as that number, in value and slope",
            value=-LOG_TINY,
            gradients={"probabilities": [-1.0 / _TINY]},
        ),
        Case(
            "certain and wrong, with epsilon",
            {"probabilities": floats(0.0, 1.0), "targets": floats(1.0, 0.0)},
            {"epsilon": 0.125},
            {"reduction": "none"},
            note="epsilon stands inside the logarithm",
            value=[float(np.log(8.0))] * 2,
            gradients={"probabilities": [-8.0, 8.0]},
        ),
        Case(
            "NaN in masked places",
            {"probabilities": floats(0.5, NAN, 7.0), "targets": floats(1.0, NAN, -100.0)},
            options={"where": booleans(True, False, False)},
            note="what stands in masked places reaches neither value nor gradient",
            value=float(np.log(2.0)),
            gradients={"probabilities": [-2.0, 0.0, 0.0]},
        ),
        Case(
            "right, with epsilon",
            {"probabilities": floats(1.0, 0.0), "targets": floats(1.0, 0.0)},
            {"epsilon": 0.01},
            {"reduction": "none"},
            note="found by fuzzing: -log(1 + epsilon), of which nothing is rounded away",
            value=[-math.log1p(0.01)] * 2,
            gradients={"probabilities": [-1.0 / 1.01, 1.0 / 1.01]},
        ),
    ),
    (
        *no_fractions("binary_cross_entropy", {"probabilities": _PROBABILITIES, "targets": HARD}),
        Refusal(
            "logits for probabilities",
            {"probabilities": floats(0.2, 1.5, 0.1), "targets": HARD},
            message="probabilities must be from 0 to 1 .for logits take binary_cross_entropy_with_logits",
            at_run=True,
        ),
        Refusal(
            "negative probabilities",
            {"probabilities": floats(0.2, -0.5, 0.1), "targets": HARD},
            message="probabilities must be from 0 to 1",
            at_run=True,
        ),
        Refusal(
            "epsilon negative",
            {"probabilities": _PROBABILITIES, "targets": HARD},
            {"epsilon": -1e-4},
            message="epsilon must be a number, at least 0; got -0.0001",
        ),
    ),
)

_BCE_WITH_LOGITS = LossCases(
    (
        Case("batch", {"logits": normal(50, 3, 4), "targets": np.eye(3, 4, dtype=np.int64)}, core=True),
        Case(
            "soft targets",
            {"logits": normal(51, 8, scale=3.0), "targets": fractions(52, 8)},
            options={"reduction": "none"},
        ),
        Case(
            "where",
            {"logits": normal(53, 2, 3), "targets": fractions(54, 2, 3)},
            options={"where": _WHERE, "weights": fractions(55, 2, 3)},
            core=True,
            regime="masked",
        ),
        Case("one element", {"logits": floats(0.75), "targets": floats(1.0)}, regime="unit batch"),
        Case(
            "nearly the targets",
            {"logits": normal(56, 6), "targets": nearly(1 / (1 + np.exp(-normal(56, 6))), 57, 1e-3).clip(0, 1)},
            regime="near-cancellation",
        ),
        Case(
            "duplicates",
            {"logits": np.tile(normal(58, 3), (2, 1)), "targets": integers(*[[0, 1, 1]] * 2)},
            regime="duplicates",
        ),
        Case(
            "logits of 20",
            {"logits": floats(-20.0, 20.0), "targets": floats(0.0, 1.0)},
            options={"reduction": "none"},
            note="2.06e-9 and as much slope on either side (PyTorch gives a value of 0 on one and a slope of 0 on the other)",
            regime="edge",
            issue="https://github.com/pytorch/pytorch/issues/195529",
        ),
        *(
            Case(
                f"{name} for {label}",
                {"logits": x, "targets": np.full(len(x), label)},
                options={"reduction": "none"},
                regime="grid",
            )
            for label in (0, 1)
            for name, x in grids(3000)
        ),
        *(confident("near", seed, 0.0, 3.0, bool(seed % 2), core=True) for seed in range(2)),
        *(confident("right", seed, 3.0, 16.0, True, core=True) for seed in range(2)),
        *(confident("wrong", seed, 3.0, 16.0, False, core=True) for seed in range(2)),
        *(confident("far right", seed, 17.0, 80.0, True, core=True) for seed in range(2)),
        Case(
            "a number for pos_weight",
            {"logits": normal(60, 3, 4, scale=3.0), "targets": np.eye(3, 4, dtype=np.int64)},
            {"pos_weight": np.array(2.5, np.float32)},
        ),
        Case(
            "pos_weight by class",
            {"logits": normal(61, 2, 3, scale=3.0), "targets": fractions(62, 2, 3)},
            {"pos_weight": floats(0.25, 3.0, 40.0)},
            {"where": _WHERE, "weights": fractions(63, 2, 3)},
            core=True,
            regime="masked",
            note="what is true counts for so much, and the mean does not divide by it",
        ),
        Case(
            "pos_weight by row, sure",
            {"logits": floats([20.0, -20.0], [-40.0, 60.0]), "targets": floats([1.0, 1.0], [0.0, 0.0])},
            {"pos_weight": floats([8.0], [0.5])},
            {"reduction": "none"},
            regime="sure",
        ),
        *(confident("far wrong", seed, 17.0, 80.0, False, core=True) for seed in range(2)),
    ),
    (
        Case(
            "logits of 0",
            {"logits": floats(0.0, 0.0, 0.0), "targets": floats(0.0, 1.0, 0.5)},
            options={"reduction": "none"},
            note="the slope is 1/2 - target, on a point where |x| has none",
            value=[float(np.log(2.0))] * 3,
            gradients={"logits": [0.5, -0.5, 0.0]},
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
            options={"where": booleans(True, False, False)},
            note="what stands in masked places reaches neither value nor gradient",
            value=float(np.log(2.0)),
            gradients={"logits": [-0.5, 0.0, 0.0]},
        ),
    ),
    (
        *no_fractions("binary_cross_entropy_with_logits", {"logits": floats(0.5, -1.0, 2.0), "targets": HARD}),
        Refusal(
            "pos_weight of another length",
            {"logits": normal(64, 2, 3), "targets": fractions(65, 2, 3)},
            {"pos_weight": floats(1.0, 2.0)},
            message=r"pos_weight must be a number or an array that broadcasts to logits; got \(2,\) and \(2, 3\)",
        ),
        Refusal(
            "pos_weight of more axes",
            {"logits": normal(64, 3), "targets": fractions(65, 3)},
            {"pos_weight": np.ones((1, 3), np.float32)},
            message="pos_weight must be a number or an array that broadcasts",
        ),
        Refusal(
            "negative pos_weight",
            {"logits": normal(64, 2, 3), "targets": fractions(65, 2, 3)},
            {"pos_weight": floats(1.0, -2.0, 1.0)},
            message="pos_weight must not be negative",
            at_run=True,
        ),
    ),
)


def _soft_regime(name: str, seed: int, low: float, high: float, *, right: bool) -> Case:
    """One class leads the others by `low` to `high`, and has nearly all of the target, or little of it."""
    rng = np.random.default_rng(seed)
    leader = rng.integers(0, 5, 6)
    logits = -rng.uniform(low, high, (6, 5))
    logits[np.arange(6), leader] = 0.0
    grades = -rng.uniform(low, high, (6, 5))
    grades[np.arange(6), leader if right else (leader + 1) % 5] = 0.0
    return Case(
        f"{name} {seed}",
        {"logits": logits.astype(np.float32), "targets": np.exp(grades).astype(np.float32)},
        options={"reduction": "none"},
        core=True,
        regime=regime(name),
    )


def _soft(seed: int, *shape: int) -> dict[str, np.ndarray]:
    return {"logits": normal(seed, *shape, scale=2.0), "targets": fractions(seed + 10, *shape)}


def _softmax(x: np.ndarray) -> np.ndarray:
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


_SOFT_CE = LossCases(
    (
        Case("batch", _SOFT, core=True),
        Case("one-hot", {"logits": LOGITS, "targets": np.eye(3, 4, dtype=np.int64)}),
        Case("no batch axis", {"logits": normal(60, 4), "targets": fractions(61, 4)}),
        Case(
            "classes on axis 1",
            {"logits": normal(62, 2, 4, 3), "targets": fractions(63, 2, 4, 3)},
            options={"axis": 1},
        ),
        Case("one row", {"logits": normal(66, 1, 4), "targets": fractions(67, 1, 4)}, regime="unit batch"),
        Case(
            "nearly the targets",
            {"logits": normal(68, 3, 4), "targets": nearly(_softmax(normal(68, 3, 4)), 69, 1e-3)},
            options={"reduction": "none"},
            regime="near-cancellation",
        ),
        Case("where and weights", _soft(70, 6, 4), options=masked(70, 6), regime="masked"),
        Case("duplicates", {n: np.tile(x, (3, 1)) for n, x in _soft(71, 1, 4).items()}, regime="duplicates"),
        Case(
            "a masked class",
            {"logits": floats([1.0, 2.0, -INF]), "targets": floats([1.0, 0.0, 0.0])},
            note="log(1 + e): an impossible class contributes 0, and not 0 * -inf "
            "(PyTorch, TensorFlow, Keras and optax give NaN)",
            regime="edge",
            issue="https://github.com/google-deepmind/optax/issues/896",
        ),
        Case(
            "rows that do not sum to 1",
            {
                "logits": floats([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]),
                "targets": floats([2.0, 1.0, 0.5], [0.25, 0.0, 0.125]),
            },
            options={"reduction": "none"},
            note="the slope is the row's sum times softmax, less the row (TensorFlow takes the sum for 1)",
            regime="edge",
            issue="https://github.com/tensorflow/tensorflow/issues/2327",
        ),
        Case("equal logits", {"logits": floats([1.0, 1.0, 1.0], [2.0, 2.0, -1.0]), "targets": fractions(64, 2, 3)}),
        Case("where", _SOFT, options={"where": booleans(True, False)}, core=True, regime="masked"),
        Case(
            "an impossible class",
            {
                "logits": floats([1.0, -INF, 0.5], [-INF, 3.0, 2.0]),
                "targets": floats([0.75, 0.0, 0.25], [0.0, 0.5, 0.25]),
            },
            core=True,
        ),
        *(_soft_regime("near", seed, 0.0, 3.0, right=bool(seed % 2)) for seed in range(2)),
        *(_soft_regime("right", seed, 3.0, 16.0, right=True) for seed in range(2)),
        *(_soft_regime("wrong", seed, 3.0, 16.0, right=False) for seed in range(2)),
        *(_soft_regime("far right", seed, 17.0, 80.0, right=True) for seed in range(2)),
        *(_soft_regime("far wrong", seed, 17.0, 80.0, right=False) for seed in range(2)),
    ),
    (
        Case(
            "a row of zeros",
            {"logits": floats([1.0, 2.0, 3.0]), "targets": floats([0.0, 0.0, 0.0])},
            note="no target, nothing to learn (TensorFlow gives softmax for a slope)",
            value=0.0,
            gradients={"logits": np.zeros((1, 3))},
            issue="https://github.com/tensorflow/tensorflow/issues/2327",
        ),
        Case(
            "a target for an impossible class",
            {"logits": floats([-INF, 1.0, 1.0]), "targets": floats([1.0, 0.0, 0.0])},
            note="as with integer labels: p = 0 counts as the smallest normal number; the slope is softmax - target",
            value=-LOG_TINY,
            gradients={"logits": [[-1.0, 0.5, 0.5]]},
        ),
        Case(
            "every class is impossible",
            {"logits": floats([-INF, -INF]), "targets": floats([0.5, 0.5])},
            note="p = 0 counts as the smallest normal number, and no class is better than another",
            value=-LOG_TINY,
            gradients={"logits": [[0.0, 0.0]]},
        ),
        Case(
            "a single class",
            {"logits": floats([3.0], [-2.0]), "targets": floats([1.0], [0.5])},
            note="its probability is 1",
            value=0.0,
            gradients={"logits": [[0.0], [0.0]]},
        ),
        Case(
            "NaN in masked rows",
            {"logits": floats([0.0, 0.0], [NAN, INF]), "targets": floats([0.0, 1.0], [NAN, -1.0])},
            options={"where": booleans(True, False)},
            note="what stands in masked places reaches neither value nor gradient",
            value=float(np.log(2.0)),
            gradients={"logits": [[0.5, -0.5], [0.0, 0.0]]},
        ),
        Case(
            "no rows",
            {"logits": np.zeros((0, 3), np.float32), "targets": np.zeros((0, 3), np.float32)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"logits": np.zeros((0, 3))},
        ),
    ),
    (
        Refusal(
            "integer labels",
            {"logits": LOGITS, "targets": LABELS},
            message=r"targets must have shape \(..., C\)|targets \(..., C\) must agree",
        ),
        Refusal(
            "negative targets",
            _SOFT | {"targets": -_SOFT["targets"]},
            message="targets must be finite and not negative",
            at_run=True,
        ),
        Refusal(
            "infinite targets",
            _SOFT | {"targets": floats([INF, 0.0, 0.0], [1.0, 0.0, 0.0])},
            message="targets must be finite and not negative",
            at_run=True,
        ),
        Refusal(
            "targets of another batch",
            _SOFT | {"targets": fractions(65, 1, 3)},
            message="targets .* must agree with logits",
        ),
        Refusal(
            "targets of fewer classes",
            _SOFT | {"targets": fractions(65, 2, 2)},
            message="targets .* must agree with logits in C",
        ),
        Refusal(
            "no classes",
            {"logits": np.zeros((2, 0), np.float32), "targets": np.zeros((2, 0), np.float32)},
            message="logits is empty along C",
        ),
    ),
)


def _log_softmax(x: np.ndarray) -> np.ndarray:
    return (x - np.log(np.exp(x.astype(float)).sum(axis=-1, keepdims=True))).astype(np.float32)


_OF_LOGITS = {"log_probabilities": _log_softmax(LOGITS), "labels": LABELS}

_NLL = LossCases(
    (
        Case("batch", _OF_LOGITS, core=True),
        Case(
            "one row", {"log_probabilities": _log_softmax(normal(70, 1, 4)), "labels": integers(2)}, regime="unit batch"
        ),
        Case("no batch axis", {"log_probabilities": _log_softmax(normal(71, 4)), "labels": np.array(3)}),
        Case(
            "classes on axis 1",
            {"log_probabilities": normal(72, 2, 4, 3), "labels": batch(5, 2, 3, 4)["labels"]},
            options={"axis": 1},
        ),
        Case(
            "duplicates",
            {"log_probabilities": floats([-1.0, -2.0], [-1.0, -2.0]), "labels": integers(1, 1)},
            regime="duplicates",
        ),
        *(
            Case(name, {"log_probabilities": floats(row), "labels": integers(0)}, regime=name)
            for name, row in (
                ("right", [-1e-3, -6.9]),
                ("wrong", [-6.9, -1e-3]),
                ("near-cancellation", [-0.6931471, -0.6931472]),
            )
        ),
        Case(
            "certain and sure",
            {"log_probabilities": floats([0.0, -80.0], [-1e-30, -69.0]), "labels": integers(1, 0)},
            options={"reduction": "none"},
            regime="sure",
        ),
        Case(
            "ignored, weighed",
            _OF_LOGITS | {"labels": integers(0, -100, 2)},
            {"ignore_index": -100, "class_weights": _CLASS_WEIGHTS},
            core=True,
            regime="masked",
        ),
        Case(
            "class weights and weights",
            _OF_LOGITS,
            {"class_weights": _CLASS_WEIGHTS},
            {"weights": floats(2.0, 0.5, 1.0), "reduction": "sum"},
        ),
        Case(
            "where and weights",
            {"log_probabilities": _log_softmax(normal(73, 6, 4)), "labels": batch(16, 6, 4)["labels"]},
            options=masked(16, 6),
            regime="masked",
        ),
    ),
    (
        Case(
            "the label is impossible",
            {"log_probabilities": floats([-INF, 0.0]), "labels": integers(0)},
            note="p = 0 counts as the smallest normal number, and nothing is learned through it (PyTorch gives infinity)",
            value=-LOG_TINY,
            gradients={"log_probabilities": [[0.0, 0.0]]},
        ),
        Case(
            "another class is impossible",
            {"log_probabilities": floats([-INF, -0.5]), "labels": integers(1)},
            note="what is not the label contributes nothing",
            value=0.5,
            gradients={"log_probabilities": [[0.0, -1.0]]},
        ),
        Case(
            "all ignored",
            _OF_LOGITS | {"labels": integers(-1, -1, -1)},
            {"ignore_index": -1},
            note="as if masked: a mean of nothing is 0 (PyTorch gives NaN)",
            value=0.0,
            gradients={"log_probabilities": np.zeros((3, 4))},
            issue="https://github.com/pytorch/pytorch/issues/75181",
        ),
        Case(
            "NaN in an ignored row",
            {"log_probabilities": floats([-0.5, -1.0], [NAN, 1.0]), "labels": integers(1, -100)},
            {"ignore_index": -100},
            note="an ignored row is a masked row",
            value=1.0,
            gradients={"log_probabilities": [[0.0, -1.0], [0.0, 0.0]]},
        ),
        Case(
            "no rows",
            {"log_probabilities": np.zeros((0, 3), np.float32), "labels": np.zeros(0, np.int64)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"log_probabilities": np.zeros((0, 3))},
        ),
    ),
    (
        *bad_labels("log_probabilities"),
        Refusal(
            "negative class weights",
            _OF_LOGITS,
            {"class_weights": floats(1.0, -2.0, 1.0, 1.0)},
            message="class_weights must not be negative",
            at_run=True,
        ),
    ),
)

CASES = {
    "binary_cross_entropy": _BCE,
    "binary_cross_entropy_with_logits": _BCE_WITH_LOGITS,
    "cross_entropy": LossCases(_TYPICAL, _DEGENERATE, _REFUSED),
    "soft_cross_entropy": _SOFT_CE,
    "nll": _NLL,
}
