"""Cases of the classification losses."""

from __future__ import annotations

import numpy as np

from isoloss.conformance.cases.case import Case, LossCases, Refusal, booleans, floats, integers, normal

INF, NAN = float("inf"), float("nan")
LOG_TINY = float(np.log(np.finfo(np.float32).smallest_normal.astype(np.float64)))


def _regime(name: str, seed: int, low: float, high: float, sign: int) -> Case:
    """Rows whose label leads (sign 1) or trails (-1) every other class by `low` to `high`."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 5, 6)
    base = rng.standard_normal((6, 1)) * 3
    logits = base - sign * rng.uniform(low, high, (6, 5))
    logits[np.arange(6), labels] = base[:, 0]
    return Case(
        f"{name} {seed}",
        {"logits": logits.astype(np.float32), "labels": labels},
        options={"reduction": "none"},
        core=True,
    )


def _batch(seed: int, *shape: int) -> dict[str, np.ndarray]:
    """Logits of a shape with the classes last, and labels."""
    labels = np.random.default_rng(seed + 50).integers(0, shape[-1], shape[:-1])
    return {"logits": normal(seed, *shape, scale=2.0), "labels": labels}


_LOGITS = floats([2.0, 1.0, 0.1, -1.0], [0.5, 2.5, 0.3, 0.1], [1.2, 0.2, 2.0, 0.5])
_LABELS = integers(0, 1, 2)
_CLASS_WEIGHTS = floats(0.5, 2.0, 1.0, 0.25)
_IGNORED = {"logits": _LOGITS, "labels": integers(0, -100, 2)}

_TYPICAL = (
    Case("batch", {"logits": _LOGITS, "labels": _LABELS}, core=True),
    Case("one row", _batch(1, 1, 4)),
    Case("no batch axis", {"logits": normal(2, 4), "labels": np.array(3)}),
    Case("two classes", _batch(3, 4, 2)),
    Case("two batch axes", _batch(4, 2, 3, 4)),
    Case(
        "classes on axis 1", {"logits": normal(5, 2, 4, 3), "labels": _batch(5, 2, 3, 4)["labels"]}, options={"axis": 1}
    ),
    Case("small labels", {"logits": _LOGITS, "labels": _LABELS.astype(np.uint8)}),
    Case("label smoothing", _batch(6, 3, 4), {"label_smoothing": 0.125}),
    Case(
        "smoothing over impossible classes",
        {"logits": floats([1.0, -INF, 0.0, 3.0], [-3.0, -INF, -INF, 4.0]), "labels": integers(0, 3)},
        {"label_smoothing": 0.25},
    ),
    Case(
        "class weights and weights",
        _batch(14, 3, 4),
        {"class_weights": _CLASS_WEIGHTS},
        {"weights": floats(2.0, 0.5, 1.0)},
    ),
    Case("class weights", _batch(7, 3, 4), {"class_weights": _CLASS_WEIGHTS}),
    Case("class weights, none", _batch(8, 3, 4), {"class_weights": _CLASS_WEIGHTS}, {"reduction": "none"}),
    Case("class weights, two batch axes", _batch(13, 2, 3, 4), {"class_weights": _CLASS_WEIGHTS}),
    Case("ignored", _IGNORED, {"ignore_index": -100}),
    Case(
        "ignored, smoothed, weighed",
        _IGNORED,
        {"ignore_index": -100, "label_smoothing": 0.25, "class_weights": _CLASS_WEIGHTS},
        core=True,
    ),
    Case("where", _batch(9, 4, 4), options={"where": booleans(True, False, True, True)}, core=True),
    Case("where over leading axes", _batch(10, 3, 2, 4), options={"where": booleans(True, False, True)}),
    Case("weights", _batch(11, 4, 4), options={"weights": floats(0.5, 0.0, 2.0, 1.0)}),
    Case("sum", _batch(12, 4, 4), options={"reduction": "sum", "weights": floats(0.5, 0.0, 2.0, 1.0)}),
    Case(
        "an impossible class",
        {"logits": floats([1.0, -INF, 0.5], [-INF, -INF, 2.0]), "labels": integers(0, 2)},
        core=True,
    ),
    *(_regime("near", seed, 0.0, 3.0, 1) for seed in range(3)),
    *(_regime("right", seed, 3.0, 16.0, 1) for seed in range(4)),
    *(_regime("wrong", seed, 3.0, 16.0, -1) for seed in range(3)),
    *(_regime("far right", seed, 17.0, 80.0, 1) for seed in range(4)),
    *(_regime("far wrong", seed, 17.0, 80.0, -1) for seed in range(3)),
)

_DEGENERATE = (
    Case(
        "all masked",
        {"logits": _LOGITS, "labels": _LABELS},
        options={"where": booleans(False, False, False)},
        note="a mean of nothing is 0",
        value=0.0,
        gradients={"logits": np.zeros((3, 4))},
    ),
    Case(
        "all ignored",
        {"logits": _LOGITS, "labels": integers(-1, -1, -1)},
        {"ignore_index": -1},
        note="as if masked",
        value=0.0,
        gradients={"logits": np.zeros((3, 4))},
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
)

_GOOD = {"logits": _LOGITS, "labels": _LABELS}

_REFUSED = (
    Refusal(
        "label too large",
        {"logits": _LOGITS, "labels": integers(0, 1, 4)},
        message="labels must be from 0 to C - 1, C being the 4 classes",
        at_run=True,
    ),
    Refusal(
        "label negative",
        {"logits": _LOGITS, "labels": integers(0, -1, 2)},
        message="labels must be from 0",
        at_run=True,
    ),
    Refusal(
        "label beyond 32 bits",
        {"logits": _LOGITS, "labels": integers(0, 1, 2**32 + 1)},
        message="labels must be from 0",
        at_run=True,
    ),
    Refusal(
        "label 1.7",
        {"logits": _LOGITS, "labels": floats(0.0, 1.7, 2.0)},
        error=TypeError,
        message="labels must be integers; got",
    ),
    Refusal(
        "boolean labels",
        {"logits": _LOGITS, "labels": booleans(True, False, True)},
        error=TypeError,
        message="labels must be integers",
    ),
    Refusal(
        "one-hot labels",
        {"logits": _LOGITS, "labels": np.eye(4, dtype=np.int64)[:3]},
        message="labels .* must agree with logits",
    ),
    Refusal(
        "labels of another batch",
        {"logits": _LOGITS, "labels": integers(0, 1)},
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

CASES = {"cross_entropy": LossCases(_TYPICAL, _DEGENERATE, _REFUSED)}
