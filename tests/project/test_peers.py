"""A peer's call is the same loss as ours, so that what it gets wrong is its own; and the scoreboard counts that."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from fnmatch import fnmatch
from typing import Any

import numpy as np
import pytest

from isoloss.conformance.cases.case import Case, Refusal, floats, integers
from isoloss.conformance.peers import PEERS
from isoloss.conformance.peers.calls import adapter_of
from isoloss.conformance.peers.report import page
from isoloss.conformance.peers.scoreboard import judged, reaches, refused
from isoloss.conformance.runners.adapter import Adapter, NotOffered, arguments
from isoloss.conformance.vectors import vectors

COMPARE = """
import importlib, json, sys
import numpy as np
from isoloss.conformance.peers.scoreboard import adapter, convention, regime
from isoloss.conformance.runners.adapter import Adapted, NotOffered
from isoloss.conformance.vectors import vectors
from isoloss.losses import LOSSES

peer = adapter(sys.argv[1])
assert peer("unknown", {}, {}) is NotImplemented
agreed, departed = set(), []
for loss in LOSSES:
    typical = [v for v in vectors(loss).values() if regime(v) == "typical" and not convention(loss, v.case)]
    for vector in typical[:12]:
        answer = vector.answers["float32"]
        try:
            result = Adapted(peer).run(loss, vector.case)
            pairs = [(result.value, answer.value), *((g, answer.gradients[n]) for n, g in result.gradients.items())]
            assert len(pairs) == 1 + len(answer.gradients)
            for got, numbers in pairs:
                assert got.shape == numbers.exact.shape
                scale = max(1.0, np.abs(numbers.exact).max(initial=0.0))
                assert np.abs(got - numbers.exact).max(initial=0.0) <= 1e-5 * scale
            agreed.add(loss)
        except NotOffered:
            continue
        except Exception:
            departed.append(f"{loss}: {vector.case.id}")
module = importlib.import_module("isoloss.conformance.peers." + sys.argv[1].partition("-")[0])
print(json.dumps([list(agreed), departed, [loss for loss in LOSSES if hasattr(module, loss)]]))
"""

IMPOSSIBLE = "soft_cross_entropy: an impossible class"  # 0 * -inf
LENGTHS = "cosine_distance: * rows"  # whose squares overflow, or which they count as longer than they are
KERAS = (
    LENGTHS,
    "multiclass_hinge: two batch axes",  # of negative scores, which it compares with 0
    "msle: *-1",  # what is below 1e-7 counts as that
    "kl_divergence: sure logarithms",  # likewise
)
DEPARTURES = {
    "torch": (LENGTHS, IMPOSSIBLE, "softmax_rank: lists of different lengths"),
    "tensorflow": (LENGTHS,),
    # its power of 1 is of differences that may be negative
    "optax": (LENGTHS, IMPOSSIBLE, "triplet_margin: sums of differences"),
    "keras-torch": (IMPOSSIBLE, *KERAS),
    # tf.nn's gradient takes each row of targets to sum to 1, which Keras does not say; classes stand last
    "keras-tensorflow": ("soft_cross_entropy: *", "cross_entropy: classes on axis 1", *KERAS),
    "keras-jax": (IMPOSSIBLE, "cross_entropy: classes on axis 1", *KERAS),
}


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_agrees_on_typical_cases_but_where_it_is_known_to_depart(peer: str) -> None:
    quick = {"XLA_FLAGS": "--xla_backend_optimization_level=0", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", COMPARE, peer]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **quick})
    assert done.returncode == 0, done.stderr
    agreed, departed, offered = json.loads(done.stdout.splitlines()[-1])
    known = DEPARTURES[peer]
    assert [case for case in departed if not any(fnmatch(case, pattern) for pattern in known)] == []
    assert [pattern for pattern in known if not any(fnmatch(case, pattern) for case in departed)] == []
    assert sorted(agreed) == sorted(offered)


def mse(predictions: np.ndarray, targets: np.ndarray, *, reduction: str) -> np.ndarray:
    """Right."""
    return _squares(predictions, targets, {"mean": np.mean, "sum": np.sum}[reduction])


def _squares(predictions: np.ndarray, targets: np.ndarray, reduce: Any) -> np.ndarray:
    return reduce((predictions - targets) ** 2)


def differentiate(call: Any, fixed: dict[str, Any], learned: dict[str, Any], given: dict[str, Any]) -> Any:
    """Of squares."""
    value = np.asarray(call(**learned, **given, **fixed))
    count = learned["predictions"].size if fixed["reduction"] == "mean" else 1
    return value, {"predictions": 2 * (learned["predictions"] - given["targets"]) / np.float32(count)}


RIGHT = adapter_of({"mse": mse}, differentiate)
WRONG = adapter_of({"mse": lambda predictions, targets, reduction: np.sum((predictions - targets) ** 2)}, differentiate)


def given(loss: str, case: Case) -> tuple[dict[str, Any], dict[str, Any]]:
    return arguments(loss, case, "float32")


PAIR = {"predictions": floats(1.0, 2.0), "targets": floats(0.0, 0.0)}


def test_a_call_gets_what_it_takes() -> None:
    value, gradients = RIGHT("mse", *given("mse", Case("", PAIR)))
    assert value == 2.5
    assert gradients["predictions"].tolist() == [1.0, 2.0]
    assert RIGHT("mse", *given("mse", Case("", PAIR, options={"reduction": "sum"})))[0] == 5.0


@pytest.mark.parametrize(
    ("loss", "case"),
    [
        ("mae", Case("another loss", PAIR)),
        ("mse", Case("weights", PAIR, options={"weights": floats(1.0, 2.0)})),
        ("mse", Case("where", PAIR, options={"where": np.array([True, False])})),
        ("mse", Case("integer predictions", {"predictions": integers(1, 2), "targets": floats(0.0, 0.0)})),
    ],
)
def test_what_a_call_does_not_take_is_not_offered(loss: str, case: Case) -> None:
    assert RIGHT(loss, *given(loss, case)) is NotImplemented


def test_a_call_may_say_itself_that_it_does_not_offer_this() -> None:
    def call(predictions: Any, targets: Any, *, reduction: str) -> Any:
        raise NotOffered("a mean")

    assert adapter_of({"mse": call}, differentiate)("mse", *given("mse", Case("", PAIR))) is NotImplemented


def test_integer_targets_become_real_and_labels_stay() -> None:
    seen = {}

    def look(call: Any, fixed: dict[str, Any], learned: dict[str, Any], given: dict[str, Any]) -> Any:
        seen.update(learned | given)
        return np.float32(0.0), {}

    calls = {"mse": lambda predictions, targets: None, "cross_entropy": lambda logits, labels: None}
    adapter = adapter_of(calls, look)
    adapter("mse", PAIR | {"targets": integers(1, 0)}, {})
    adapter("cross_entropy", {"logits": floats([1.0, 2.0]), "labels": integers(1)}, {})
    assert (seen["targets"].dtype, seen["labels"].dtype) == (np.float32, np.int64)


def board(adapter: Adapter, *cases: str) -> list[dict[str, Any]]:
    return [judged(adapter, "mse", vectors("mse")[case], "float32") for case in cases]


def raising(loss: str, inputs: dict[str, Any], settings: dict[str, Any]) -> Any:
    raise ValueError("no such thing\nand more")


def test_a_wrong_peer_fails_and_a_right_one_passes() -> None:
    assert [row["outcome"] for row in board(RIGHT, "vector", "sum", "where")] == [
        "passed",
        "not offered",
        "not offered",
    ]
    (wrong,) = board(WRONG, "vector")
    assert (wrong["outcome"], wrong["close"], wrong["finite"]) == ("failed", False, True)
    assert wrong["value"] > 1e6
    (raised,) = board(raising, "vector")
    assert (raised["outcome"], raised["fault"]) == ("failed", "ValueError: no such thing")


def test_the_page_counts_faults_and_no_conventions() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the mean of nothing
        parts = [
            {"peer": peer, "versions": {}, "refusals": [], "cases": board(adapter, "vector", "matrix", "no elements")}
            for peer, adapter in (("torch", RIGHT), ("optax", WRONG))
        ]
    assert parts[0]["cases"][2]["convention"] == "a mean of nothing"
    assert not parts[0]["cases"][2]["finite"]
    written = page(parts)
    assert "| `mse` | 0 / 2 | 2 / 2 |" in written
    assert "| a mean of nothing | 1 / 1 | 0 / 1 |" in written
    assert "- `mse`, optax, *" in written
    assert "| optax | `mse` | `optax.squared_error` |" in written


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (lambda: (np.float32(1.0), {}), "accepted"),
        (lambda: (np.float32(np.nan), {}), "refused"),
        (lambda: warnings.warn("odd shapes", stacklevel=1) or (np.float32(1.0), {}), "refused"),
        (lambda: raising("", {}, {}), "refused"),
        (lambda: NotImplemented, "not offered"),
    ],
)
def test_bad_input_is_refused_by_an_error_a_warning_or_nan(answer: Any, outcome: str) -> None:
    bad = Refusal("one target for all", {"predictions": floats(1.0, 2.0), "targets": floats(1.0)})
    assert reaches("mse", bad)
    assert refused(lambda *_: answer(), "mse", bad) == outcome


def test_what_no_other_library_can_get_is_not_tried() -> None:
    assert not reaches("mse", Refusal("text", PAIR | {"predictions": "text"}))
    assert not reaches("mse", Refusal("integers", PAIR | {"predictions": integers(1, 2)}))
    assert not reaches("mse", Refusal("weights as one number", PAIR, options={"weights": 2.0}))
    assert not reaches("cross_entropy", Refusal("smoothing as text", {}, {"label_smoothing": "0.1"}))
