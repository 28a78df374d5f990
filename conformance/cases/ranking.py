"""Cases of the ranking losses."""

from __future__ import annotations

import math

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
    regime,
)

INF, NAN = float("inf"), float("nan")

_BETTER, _WORSE = floats(3.0, 2.5, 1.2), floats(1.0, 2.0, 1.0)


def _on_a_grid(seed: int, *shape: int) -> dict[str, np.ndarray]:
    """Scores in steps of 1/64, so that the distance of their difference to a margin is exact."""
    return {
        "scores_a": np.round(normal(seed, *shape) * 64) / np.float32(64),
        "scores_b": np.round(normal(seed + 1, *shape) * 64) / np.float32(64),
    }


def _signs(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).choice([-1, 1], shape)


_PAIRS = {"scores_a": _BETTER, "scores_b": _WORSE}

_LEADS = (("right", 1.0, 16.0), ("sure", 17.0, 80.0), ("wrong", -16.0, -1.0))


def _lead(name: str, seed: int, low: float, high: float) -> Case:
    """Scores of which the first leads by `low` to `high`, more than the margin or less."""
    inputs = _on_a_grid(seed + 20, 6)
    inputs["scores_a"] = inputs["scores_b"] + np.random.default_rng(seed).uniform(low, high, 6).astype(np.float32)
    return Case(name, inputs, {"margin": 0.5}, {"reduction": "none"}, regime=name)


_MARGIN_RANKING = LossCases(
    (
        Case("pairs", _on_a_grid(1, 6), {"margin": 1.0}, core=True),
        Case("targets", _on_a_grid(3, 6) | {"target": _signs(3, 6)}, {"margin": 0.5}, {"reduction": "none"}, core=True),
        *(_lead(name, seed, low, high) for seed, (name, low, high) in enumerate(_LEADS)),
        Case(
            "nearly the margin",
            {"scores_a": nearly(np.full(6, 0.5), 9, 1e-3), "scores_b": np.zeros(6, np.float32)},
            {"margin": 0.5},
            {"reduction": "none"},
            regime="near-cancellation",
        ),
        Case(
            "duplicates",
            {n: np.repeat(x, 3) for n, x in _on_a_grid(11, 2).items()},
            {"margin": 1.0},
            regime="duplicates",
        ),
        Case("one pair", _on_a_grid(13, 1), {"margin": 1.0}, regime="unit batch"),
        *(
            Case(
                f"{name}, margin {margin}",
                {"scores_a": x, "scores_b": -x, "target": _signs(len(x), len(x))},
                {"margin": margin},
                {"reduction": "none"},
                regime="grid",
            )
            for margin in (0.0, 0.5)
            for name, x in grids(4000)
        ),
        Case("no margin", _on_a_grid(5, 4, 3) | {"target": _signs(5, 4, 3).astype(np.float32)}),
        Case(
            "where and weights",
            _on_a_grid(7, 4) | {"target": integers(1, 0, -1, 1)},
            {"margin": 1.0},
            {"where": booleans(True, False, True, True), "weights": floats(0.5, 1.0, 2.0, 0.25)},
            core=True,
            regime="masked",
        ),
    ),
    (
        Case(
            "a lead of the margin",
            {"scores_a": floats(3.0, 1.0), "scores_b": floats(2.0, 1.0)},
            {"margin": 1.0},
            {"reduction": "none"},
            note="enough is enough: 0, with slope 0",
            value=[0.0, 1.0],
            gradients={"scores_a": [0.0, -1.0], "scores_b": [0.0, 1.0]},
        ),
        Case(
            "equal scores, no margin",
            {"scores_a": floats(1.0), "scores_b": floats(1.0)},
            note="relu has slope 0 at 0",
            value=0.0,
            gradients={"scores_a": [0.0], "scores_b": [0.0]},
        ),
        Case(
            "NaN in masked places",
            {"scores_a": floats(0.0, NAN), "scores_b": floats(1.0, NAN), "target": floats(1.0, NAN)},
            options={"where": booleans(True, False)},
            note="what stands in masked places reaches neither value nor gradient",
            value=1.0,
            gradients={"scores_a": [-1.0, 0.0], "scores_b": [1.0, 0.0]},
        ),
        Case(
            "a target of 0 for each row that is masked",
            {
                "scores_a": floats([0.0, 0.0], [1.0, 1.0]),
                "scores_b": floats([1.0, 1.0], [0.0, 0.0]),
                "target": integers([1, -1], [0, 0]),
            },
            options={"where": booleans(True, False), "reduction": "none"},
            note="a mask over leading axes reaches all that stands behind them",
            value=[[1.0, 0.0], [0.0, 0.0]],
            gradients={"scores_a": [[-1.0, 0.0], [0.0, 0.0]], "scores_b": [[1.0, 0.0], [0.0, 0.0]]},
        ),
    ),
    (
        Refusal(
            "targets of 0 and 1",
            _PAIRS | {"target": integers(1, 0, 1)},
            message="margin_ranking: target must be 1 or -1; got",
            at_run=True,
        ),
        Refusal(
            "a target of NaN", _PAIRS | {"target": floats(1.0, NAN, 1.0)}, message="target must be 1 or -1", at_run=True
        ),
        Refusal("a target of 2", _PAIRS | {"target": integers(1, 2, 1)}, message="target must be 1 or -1", at_run=True),
        Refusal("one target for all", _PAIRS | {"target": floats(1.0)}, message="target .* must agree with scores_a"),
        Refusal("a number for a target", _PAIRS | {"target": 1.0}, message="target .* must agree with scores_a"),
        Refusal(
            "a column of scores",
            {"scores_a": _BETTER, "scores_b": _WORSE.reshape(3, 1)},
            message="scores_b .* must agree with scores_a .* nothing is broadcast",
        ),
        Refusal("margin negative", _PAIRS, {"margin": -1.0}, message="margin must be a number, at least 0; got -1.0"),
        Refusal("margin NaN", _PAIRS, {"margin": NAN}, message="margin must be a number, at least 0"),
    ),
)


def _gap(name: str, seed: int, low: float, high: float, sign: int) -> Case:
    """Scores whose positive leads (sign 1) or trails (-1) by `low` to `high`."""
    rng = np.random.default_rng(seed)
    negative = rng.standard_normal(12) * 3
    positive = negative + sign * rng.uniform(low, high, 12)
    inputs = {"positive_scores": positive.astype(np.float32), "negative_scores": negative.astype(np.float32)}
    return Case(f"{name} {seed}", inputs, options={"reduction": "none"}, core=True, regime=regime(name))


_CHOSEN = {"positive_scores": _BETTER, "negative_scores": _WORSE}

_BPR = LossCases(
    (
        Case("pairs", _CHOSEN, core=True),
        Case("matrix", {"positive_scores": normal(11, 3, 2), "negative_scores": normal(12, 3, 2)}),
        Case(
            "where and weights",
            _CHOSEN,
            options={"where": booleans(True, False, True), "weights": floats(0.5, 1.0, 2.0)},
            core=True,
            regime="masked",
        ),
        Case(
            "nearly equal scores",
            {
                "positive_scores": nearly(normal(13, 6, scale=1e3), 14, 1e-5),
                "negative_scores": normal(13, 6, scale=1e3),
            },
            options={"reduction": "none"},
            regime="near-cancellation",
        ),
        Case("duplicates", {n: np.tile(x, (2, 1)) for n, x in _CHOSEN.items()}, regime="duplicates"),
        Case("one pair", {n: x[:1] for n, x in _CHOSEN.items()}, regime="unit batch"),
        Case(
            "a lag of 50",
            {"positive_scores": floats(-25.0), "negative_scores": floats(25.0)},
            note="50 with slope -1, as far as the scores are wrong (RecBole adds 1e-10 to the chance: 23.03 with slope 2e-12)",
            regime="edge",
        ),
        *(
            Case(name, {"positive_scores": x, "negative_scores": -x}, options={"reduction": "none"}, regime="grid")
            for name, x in grids(5000)
        ),
        *(_gap("near", seed, 0.0, 3.0, 1 - 2 * (seed % 2)) for seed in range(2)),
        *(_gap("right", seed, 3.0, 16.0, 1) for seed in range(3)),
        *(_gap("wrong", seed, 3.0, 16.0, -1) for seed in range(2)),
        *(_gap("far right", seed, 17.0, 80.0, 1) for seed in range(3)),
        *(_gap("far wrong", seed, 17.0, 80.0, -1) for seed in range(2)),
    ),
    (
        Case(
            "equal scores",
            {"positive_scores": floats(1.0), "negative_scores": floats(1.0)},
            note="log 2, with the slope of a half",
            value=math.log(2.0),
            gradients={"positive_scores": [-0.5], "negative_scores": [0.5]},
        ),
        Case(
            "largest leads",
            {"positive_scores": floats(1e38, -1e38), "negative_scores": floats(-1e38, 1e38)},
            options={"reduction": "none"},
            note="neither overflow nor NaN",
            value=[0.0, 2.0 * float(np.float32(1e38))],
            gradients={"positive_scores": [0.0, -1.0], "negative_scores": [0.0, 1.0]},
        ),
        Case(
            "all masked",
            _CHOSEN,
            options={"where": booleans(False, False, False)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"positive_scores": np.zeros(3), "negative_scores": np.zeros(3)},
        ),
    ),
    (
        Refusal(
            "a column of scores",
            {"positive_scores": _BETTER, "negative_scores": _WORSE.reshape(3, 1)},
            message="negative_scores .* must agree with positive_scores .* nothing is broadcast",
        ),
        Refusal(
            "integer negative scores",
            {"positive_scores": _BETTER, "negative_scores": integers(1, 2, 1)},
            error=TypeError,
            message="negative_scores must be floating",
        ),
    ),
)


def _clear_winner(name: str, seed: int, low: float, high: float, *, agree: bool) -> Case:
    """Lists in which one item leads by scores and one by relevance: the same or another."""
    rng = np.random.default_rng(seed)
    inputs = {}
    winner = rng.integers(0, 5, 4)
    for argument, shift in (("scores", 0), ("relevance", 0 if agree else 1)):
        values = -rng.uniform(low, high, (4, 5))
        values[np.arange(4), (winner + shift) % 5] = 0.0
        inputs[argument] = values.astype(np.float32)
    return Case(f"{name} {seed}", inputs, options={"reduction": "none"}, core=True, regime=regime(name))


_LIST = {"scores": floats([2.1, 1.0, 0.5, -0.2, 1.5]), "relevance": floats([3.0, 2.0, 1.0, 0.0, 2.0])}

_LISTNET = LossCases(
    (
        Case(
            "a list far from the order that is wanted, and one near it",
            {
                "scores": floats([0.0, 200.0, -3.0], [0.5, 0.25, 0.0]),
                "relevance": floats([200.0, 0.0, 5.0], [0.5, 0.2, 0.1]),
            },
            options={"reduction": "none"},
        ),
        Case("a list", _LIST, core=True),
        Case(
            "integer relevance",
            {"scores": normal(21, 3, 4), "relevance": integers([0, 1, 2, 0], [0, 0, 0, 1], [3, 3, 3, 3])},
        ),
        Case("one list alone", {"scores": normal(22, 5), "relevance": normal(23, 5)}, regime="unit batch"),
        Case(
            "nearly the relevance",
            {"scores": normal(30, 3, 4), "relevance": nearly(normal(30, 3, 4), 31, 1e-2)},
            options={"reduction": "none"},
            regime="near-cancellation",
        ),
        Case(
            "duplicates",
            {"scores": floats([1.0, 1.0, 0.5], [1.0, 1.0, 0.5]), "relevance": floats([2.0, 0.0, 0.0], [2.0, 0.0, 0.0])},
            regime="duplicates",
        ),
        Case(
            "where and weights",
            {"scores": normal(32, 6, 3), "relevance": normal(33, 6, 3)},
            options=masked(32, 6),
            regime="masked",
        ),
        Case(
            "a gap of 100",
            {"scores": floats([100.0, 0.0]), "relevance": floats([0.0, 100.0])},
            note="100 with slopes 1 and -1 (allRank adds 1e-10 to the chance: 23.03 with slope 4e-34)",
            regime="edge",
        ),
        Case("items on axis 0", {"scores": normal(24, 4, 3), "relevance": normal(25, 4, 3)}, options={"axis": 0}),
        Case(
            "lists of different lengths",
            {
                "scores": floats([1.0, 2.0, 0.5], [0.3, -0.1, -INF]),
                "relevance": floats([1.0, 0.0, 2.0], [0.0, 1.0, -INF]),
            },
            core=True,
        ),
        Case(
            "where",
            {"scores": normal(26, 3, 4), "relevance": normal(27, 3, 4)},
            options={"where": booleans(True, False, True)},
            core=True,
            regime="masked",
        ),
        *(_clear_winner("near", seed, 0.0, 3.0, agree=bool(seed % 2)) for seed in range(2)),
        *(_clear_winner("right", seed, 3.0, 16.0, agree=True) for seed in range(3)),
        *(_clear_winner("wrong", seed, 3.0, 16.0, agree=False) for seed in range(2)),
        *(_clear_winner("far right", seed, 17.0, 80.0, agree=True) for seed in range(2)),
        *(_clear_winner("far wrong", seed, 17.0, 80.0, agree=False) for seed in range(2)),
    ),
    (
        Case(
            "one item",
            {"scores": floats([2.0]), "relevance": floats([5.0])},
            note="it is the first in any case",
            value=0.0,
            gradients={"scores": [[0.0]]},
        ),
        Case(
            "nothing but filling",
            {
                "scores": floats([-INF, -INF], [1.0, 2.0], [1.0, 1.0]),
                "relevance": floats([-INF, -INF], [-INF, -INF], [0.0, 0.0]),
            },
            options={"reduction": "none"},
            note="an empty list has nothing to order (allRank gives NaN)",
            value=[0.0, 0.0, math.log(2.0)],
            gradients={"scores": [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]},
        ),
        Case(
            "NaN in masked lists",
            {"scores": floats([0.0, 0.0], [NAN, INF]), "relevance": floats([1.0, 1.0], [NAN, 0.0])},
            options={"where": booleans(True, False)},
            note="what stands in masked places reaches neither value nor gradient",
            value=math.log(2.0),
            gradients={"scores": [[0.0, 0.0], [0.0, 0.0]]},
        ),
        Case(
            "nearly the order that is wanted",
            {"scores": floats([0.0, 2.0**-26]), "relevance": floats([0.0, 0.0])},
            note="found by fuzzing: the slope is tanh(2^-27) / 2, which the difference of two chances of a half rounds away",
            value=math.log(2.0),
            gradients={"scores": [[-math.tanh(2.0**-27) / 2.0, math.tanh(2.0**-27) / 2.0]]},
        ),
        Case(
            "an item that only the scores make impossible",
            {"scores": floats([0.0, -INF]), "relevance": floats([0.0, 0.0])},
            note="p = 0 counts as the smallest normal number; the slope is p - t",
            value=-0.5 * math.log(2.0**-126),
            gradients={"scores": [[0.5, -0.5]]},
        ),
        Case(
            "an item that only the relevance makes impossible",
            {"scores": floats([0.0, 0.0]), "relevance": floats([0.0, -INF])},
            note="all of the target is the other's; the slope is p - t",
            value=math.log(2.0),
            gradients={"scores": [[-0.5, 0.5]]},
        ),
        Case(
            "the same beside an impossible item",
            {"scores": floats([0.0, -INF, 2.0**-26]), "relevance": floats([0.0, -INF, 0.0])},
            note="found by fuzzing: an item that is impossible both ways changes nothing",
            value=math.log(2.0),
            gradients={"scores": [[-math.tanh(2.0**-27) / 2.0, 0.0, math.tanh(2.0**-27) / 2.0]]},
        ),
    ),
    (
        Refusal(
            "relevance of another list",
            _LIST | {"relevance": floats([1.0, 2.0])},
            message="relevance .* must agree with scores in L",
        ),
        Refusal(
            "relevance of one list for all",
            {"scores": normal(28, 3, 4), "relevance": normal(29, 4)},
            message="relevance .* must agree with scores",
        ),
        Refusal(
            "empty lists",
            {"scores": np.zeros((2, 0), np.float32), "relevance": np.zeros((2, 0), np.float32)},
            message="scores is empty along L",
        ),
    ),
)


def _chosen_item(name: str, seed: int, low: float, high: float, sign: int) -> Case:
    """Lists whose relevant item leads (sign 1) or trails (-1) the others by `low` to `high`."""
    rng = np.random.default_rng(seed)
    relevance = np.eye(4, dtype=int)[rng.integers(0, 4, 3)] * rng.integers(1, 4, (3, 1))
    scores = np.where(relevance > 0, 0.0, -sign * rng.uniform(low, high, (3, 4)))
    inputs = {"scores": scores.astype(np.float32), "relevance": relevance}
    return Case(f"{name} {seed}", inputs, options={"reduction": "none"}, regime=regime(name))


def _graded(seed: int, *shape: int) -> dict[str, np.ndarray]:
    return {"scores": normal(seed, *shape), "relevance": np.random.default_rng(seed).integers(0, 4, shape)}


_GRADES = {"scores": floats([2.1, 1.0, 0.5, -0.2, 1.5]), "relevance": floats([3.0, 2.0, 1.0, 0.0, 2.0])}

_SOFTMAX_RANK = LossCases(
    (
        Case("a list", _GRADES, core=True),
        Case("integer relevance", _graded(41, 3, 4), options={"reduction": "none"}),
        Case("one list alone", _graded(42, 5), regime="unit batch"),
        Case(
            "relevance that sums to 1",
            {"scores": normal(43, 2, 3), "relevance": floats([0.5, 0.25, 0.25], [0.0, 1.0, 0.0])},
        ),
        Case(
            "nearly equal scores",
            {"scores": nearly(np.full((3, 4), 1e3), 44, 1e-5), "relevance": integers(*[[1, 0, 0, 2]] * 3)},
            regime="near-cancellation",
        ),
        Case(
            "duplicates",
            {"scores": floats([1.0, 1.0, 0.5], [1.0, 1.0, 0.5]), "relevance": integers([2, 0, 0], [2, 0, 0])},
            regime="duplicates",
        ),
        Case("where and weights", _graded(45, 6, 3), options=masked(45, 6), core=True, regime="masked"),
        Case("items on axis 0", _graded(46, 4, 3), options={"axis": 0}),
        Case(
            "lists of different lengths",
            {"scores": floats([1.0, 2.0, 0.5], [0.3, -0.1, -INF]), "relevance": integers([1, 0, 2], [1, 3, 0])},
            core=True,
        ),
        *(_chosen_item("near", seed, 0.0, 3.0, 1 - 2 * (seed % 2)) for seed in range(2)),
        _chosen_item("right", 2, 3.0, 16.0, 1),
        _chosen_item("wrong", 3, 3.0, 16.0, -1),
        _chosen_item("far right", 4, 17.0, 80.0, 1),
        _chosen_item("far wrong", 5, 17.0, 80.0, -1),
    ),
    (
        Case(
            "one item",
            {"scores": floats([2.0]), "relevance": floats([5.0])},
            note="it is found in any case",
            value=0.0,
            gradients={"scores": [[0.0]]},
        ),
        Case(
            "nothing relevant, and nothing but filling",
            {"scores": floats([1.0, 3.0], [-INF, -INF]), "relevance": integers([0, 0], [0, 0])},
            options={"reduction": "none"},
            note="nothing is looked for",
            value=[0.0, 0.0],
            gradients={"scores": [[0.0, 0.0], [0.0, 0.0]]},
        ),
        Case(
            "a relevance of 2",
            {"scores": floats([0.0, 0.0]), "relevance": integers([2, 0])},
            note="twice log 2, as it is given: not divided by its sum",
            value=2.0 * math.log(2.0),
            gradients={"scores": [[-1.0, 1.0]]},
        ),
        Case(
            "an item that only the scores make impossible",
            {"scores": floats([0.0, -INF]), "relevance": floats([1.0, 1.0])},
            note="p = 0 counts as the smallest normal number; the slope is 2 p - r",
            value=-math.log(2.0**-126),
            gradients={"scores": [[1.0, -1.0]]},
        ),
        Case(
            "NaN in masked lists",
            {"scores": floats([0.0, 0.0], [NAN, INF]), "relevance": floats([1.0, 1.0], [NAN, -1.0])},
            options={"where": booleans(True, False)},
            note="what stands in masked places reaches neither value nor gradient",
            value=2.0 * math.log(2.0),
            gradients={"scores": [[0.0, 0.0], [0.0, 0.0]]},
        ),
    ),
    (
        Refusal(
            "relevance of another list",
            _GRADES | {"relevance": floats([1.0, 2.0])},
            message="relevance .* must agree with scores in L",
        ),
        Refusal(
            "negative relevance",
            _GRADES | {"relevance": floats([3.0, 2.0, 1.0, 0.0, -1.0])},
            message="softmax_rank: relevance must be finite and not negative; got",
            at_run=True,
        ),
        Refusal(
            "infinite relevance",
            _GRADES | {"relevance": floats([3.0, 2.0, 1.0, 0.0, INF])},
            message="relevance must be finite and not negative",
            at_run=True,
        ),
        Refusal(
            "empty lists",
            {"scores": np.zeros((2, 0), np.float32), "relevance": np.zeros((2, 0), np.float32)},
            message="scores is empty along L",
        ),
    ),
)

CASES = {"margin_ranking": _MARGIN_RANKING, "bpr": _BPR, "listnet": _LISTNET, "softmax_rank": _SOFTMAX_RANK}
