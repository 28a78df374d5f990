"""The blocked form of a contrastive loss equals the dense one: the same exact answers, and many tiles against one matrix."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from isoloss.conformance.cases import CASES, Case
from isoloss.conformance.runners import quickest
from isoloss.conformance.suite import BLOCKED, both_forms
from isoloss.conformance.verdict import judge
from isoloss.losses import tiles
from isoloss.losses.contrast import Method, contrast
from isoloss.losses.labels import same_row
from isoloss.numpy import ops
from isoloss.protocol import Pairing

VECTORS = [(loss, case) for loss in CASES for case in both_forms(loss) if case.endswith(BLOCKED)]

ROWS = 1530  # of which tiles of no size are full, and triples can be made
WIDTH = 32  # with which PyTorch takes the triangle


@pytest.mark.parametrize(("loss", "case"), VECTORS)
def test_exact_answers(framework: ModuleType, device: str, loss: str, case: str) -> None:
    vector = both_forms(loss)[case]
    result = framework.run(loss, vector.case, mode=quickest(framework), device=device)
    verdict = judge(loss, vector, result, dtype="float32", device=device)
    assert verdict.accurate, verdict.fault


@pytest.mark.parametrize(
    ("method", "pay", "blocked"),
    [("auto", True, True), ("auto", False, False), ("dense", True, False), ("blocked", False, True)],
)
def test_which_form(method: Method, pay: bool, blocked: bool) -> None:
    x, tiled = np.eye(3), np.ones(3)
    xp: Any = SimpleNamespace(**vars(ops) | {"blocks_pay": lambda *sides: pay, "contrast": lambda *of: tiled})
    found = contrast(xp, x, x, partners=[same_row], temperature=1.0, method=method)
    assert (found is tiled) == blocked


@pytest.mark.parametrize("method", ["dense", "blocked"])
def test_negatives_that_do_not_count(method: Method) -> None:
    random = np.random.default_rng(3)
    queries, keys, negatives = random.standard_normal((3, 4, 5))
    counted = np.array([True, False, True, False])

    def of(negatives: Any, **where: Any) -> Any:
        return contrast(
            ops, queries, keys, partners=[same_row], temperature=1.0, negatives=negatives, method=method, **where
        )

    assert np.allclose(of(negatives, negatives_where=counted), of(negatives[counted]), rtol=1e-12)


@pytest.mark.parametrize("method", ["dense", "blocked"])
def test_a_product_that_overflows(method: Method) -> None:
    """It is no impossible class: the row is NaN."""
    queries, keys = np.array([[1e200], [1.0]]), np.array([[1.0], [-1e200]])
    with np.errstate(over="ignore", invalid="ignore"):
        found: Any = contrast(ops, queries, keys, partners=[same_row], temperature=1.0, similarity="dot", method=method)
    assert np.isnan(found).tolist() == [True, False]


PAIRING = Pairing(
    own=np.array([0, 1, 2]),
    positives=[np.array([1, 0, 3]), np.array([2, 3, 4])],
    present=[np.array([True, True, False]), np.array([True, False, False])],
    counted=np.array([True, True, True, False, True, False]),
)
"""Three rows of six."""


@pytest.mark.parametrize("decoupled", [False, True])
@pytest.mark.parametrize("present", [None, PAIRING.present])
def test_the_gradient_of_a_strip(present: Any, decoupled: bool) -> None:
    """Against finite differences in the logits, which are the queries where the keys are unit vectors."""
    random = np.random.default_rng(2)
    logits, weights = random.standard_normal((3, 6)), random.uniform(0.5, 2.0, 3)
    pairing = PAIRING._replace(present=present)

    def strip(logits: Any) -> tiles.Strip[Any]:
        logits, of_positives = tiles.strip_logits(ops, logits, np.eye(6), 1.0, pairing)
        return tiles.strip(ops, logits, of_positives, pairing.present, decoupled)

    found = strip(logits)
    gradient = tiles.strip_gradient(ops, found, [weights * s for s in found.rows.slopes], pairing.positives)
    for place in np.ndindex(logits.shape):
        step = np.zeros_like(logits)
        step[place] = 1e-5
        change = strip(logits + step).rows.values - strip(logits - step).rows.values
        assert abs(gradient[place] - weights @ change / 2e-5) < 1e-8, place


@pytest.mark.parametrize(
    "positives",
    [
        [[1, 0, 3, 2, 5, 4]],  # each the other's
        [[2, 3, 4, 5, 0, 1], [4, 5, 0, 1, 2, 3]],  # three views
        [[1, 2, 3, 4, 5, 0]],  # nobody's in return
    ],
)
def test_what_rows_and_their_positives_are_to_each_other(positives: list[list[int]]) -> None:
    """A row's slope, and those of its positives by way of the row."""
    slopes = np.random.default_rng(4).standard_normal((len(positives), 6))
    found = tiles.mutual(ops, list(slopes), [np.array(p) for p in positives])
    for k, own in enumerate(positives):
        for row, positive in enumerate(own):
            returned = sum(slopes[j][positive] for j, back in enumerate(positives) if back[positive] == row)
            assert np.isclose(found[k][row], slopes[k][row] + returned)


@pytest.mark.parametrize("counted", [None, np.array([True, False, True, True])])
def test_the_gradient_of_a_strip_of_both_ways(counted: Any) -> None:
    """Against finite differences, likewise: all keys come to something else where one strip does."""
    random = np.random.default_rng(3)
    logits, weights = 3.0 * random.standard_normal((4, 4)), random.uniform(0.5, 2.0, 4)
    here = None if counted is None else [counted]
    pairing = Pairing(None, [np.arange(4)], here, counted, np.full(4, True) if counted is None else counted)

    def both(logits: Any) -> tuple[Any, ...]:
        logits, (chosen,) = tiles.strip_logits(ops, logits, np.eye(4), 1.0, pairing)
        found, columns = (
            tiles.strip(ops, logits, [chosen], here, False),
            tiles.Columns(np.full(4, -np.inf), np.zeros(4)),
        )
        for rows in (slice(0, 1), slice(1, 4)):
            columns = tiles.columns(ops, columns, logits[rows])
        return logits, found, *tiles.of_columns(ops, columns, chosen, here)

    def value(logits: Any) -> float:
        _, found, _, others = both(logits)
        return weights @ (found.rows.values + others.values)

    masked, found, of_columns, others = both(logits)
    own = tiles.Terms(found.logs, weights * found.rows.slopes[0])
    back = tiles.Terms(of_columns, weights * others.slopes[0])
    gradient = tiles.gradient_of_sides(ops, masked, own, back, [np.arange(4)], [own.slopes + back.slopes])
    for place in np.ndindex(logits.shape):
        step = np.zeros_like(logits)
        step[place] = 1e-5
        change = value(logits + step) - value(logits - step)
        assert abs(gradient[place] - change / 2e-5) < 1e-8, place


@pytest.mark.parametrize("temperature", [tiles.COLDEST, 1 / 60, 0.07, 1.0])
def test_shifted_exponentials_stay_in_range(temperature: float) -> None:
    """In float32: a sum over 2^24 equal rows, and the exponential of an opposite one."""
    cosines = np.array([1.0, -1.0])
    largest, least = np.exp(cosines / temperature - tiles.shift(ops, np.array(temperature)))
    assert largest * 2.0**24 < np.finfo(np.float32).max
    assert least >= np.finfo(np.float32).tiny


@pytest.mark.parametrize(("numbers", "largest"), [([1.0, -3.0, 2.0], 3.0), ([0.25, 0.0], 0.25), ([0.0, 0.0], 1.0)])
def test_largest(numbers: list[float], largest: float) -> None:
    assert tiles.largest(ops, np.array(numbers)) == largest


def test_what_is_left_out_of_some_columns() -> None:
    """As of them all."""
    columns = np.array([1, 2, 4])
    of_columns = PAIRING._replace(counted=PAIRING.counted[columns])
    some = tiles.leave_out(ops, np.zeros((3, 3)), of_columns, columns)
    assert (some == tiles.leave_out(ops, np.zeros((3, 6)), PAIRING)[:, columns]).all()


@pytest.mark.parametrize("length", [1e-4, 1.0, 1e8])
def test_extreme_rows(framework: ModuleType, device: str, length: float) -> None:
    """All nearly alike but one, which is opposite to its positive, too; with the weights of a loss that is scaled up."""
    rows = np.random.default_rng(2).standard_normal((1100, 64)) * 1e-3  # enough for tiles of every kind
    rows[:, 0] += 1.0
    rows[0] *= -1.0
    case = Case(
        "extreme",
        {"embeddings": (rows * length).astype(np.float32)},
        {"temperature": np.float32(0.0137)},
        {"reduction": "sum", "weights": np.full(1100, 65536.0, np.float32)},
    )
    got, exact = (
        framework.run(
            "nt_xent",
            replace(case, settings={**case.settings, "method": method}),
            mode=quickest(framework),
            dtype=dtype,
            device=device,
        )
        for method, dtype in (("blocked", "float32"), ("dense", "float64"))
    )
    assert np.allclose(got.value, exact.value, rtol=2e-5)
    for name, gradient in exact.gradients.items():
        assert np.linalg.norm(got.gradients[name] - gradient) <= 2e-5 * np.linalg.norm(gradient), name


SIDES = {
    "info_nce": ("queries", "keys", "negatives"),
    "clip": ("image_embeddings", "text_embeddings"),
    "npairs": ("anchors", "positives"),
}


def inputs(loss: str) -> dict[str, Any]:
    random = np.random.default_rng(0)
    if loss in SIDES:
        names = SIDES[loss]
        shapes = {name: (ROWS if k < 2 else 77, WIDTH) for k, name in enumerate(names)}
        return {name: random.standard_normal(shape) / WIDTH**0.5 for name, shape in shapes.items()}  # about 1 long
    embeddings = random.standard_normal((ROWS, WIDTH)) + 2.0
    embeddings[0] = -1.0  # opposite to what the others have in common: the ends of what exponentials reach
    return {"embeddings": embeddings}


MANY = [
    Case("mean", {}, core=True),
    Case("cold", {}, {"temperature": np.float32(0.005)}),
    Case("learned temperature", {}, {"temperature": np.array(0.015, np.float32)}),
    Case("cold, learned temperature", {}, {"temperature": np.array(0.005, np.float32)}),
    Case("none", {}, options={"reduction": "none"}),
    Case("where and weights", {}, options={"where": True, "weights": True}, core=True),
]


@pytest.mark.parametrize("case", MANY, ids=lambda case: case.id)
@pytest.mark.parametrize("loss", sorted({loss for loss, _ in VECTORS}))
def test_many_tiles(framework: ModuleType, device: str, loss: str, case: Case) -> None:
    """Against the matrix in float64."""
    random = np.random.default_rng(1)
    count = ROWS // 3 if loss == "supervised_simcse" else ROWS
    made = {"where": random.random(count) < 0.7, "weights": random.uniform(0.5, 2.0, count)}
    options = {name: made[name] if value is True else value for name, value in case.options.items()}
    settings = case.settings | ({"views": 3} if loss == "nt_xent" else {})
    arrays = {name: x.astype(np.float32) for name, x in inputs(loss).items()}
    case = replace(case, inputs=arrays, settings=settings, options=options)
    mode = quickest(framework)
    got = framework.run(
        loss, replace(case, settings={**settings, "method": "blocked"}), mode=mode, dtype="float32", device=device
    )
    exact = framework.run(
        loss, replace(case, settings={**settings, "method": "dense"}), mode=mode, dtype="float64", device=device
    )
    assert np.allclose(got.value, exact.value, rtol=2e-5)
    for name, gradient in exact.gradients.items():
        assert np.abs(got.gradients[name] - gradient).max() <= 2e-5 * np.abs(gradient).max(), name
