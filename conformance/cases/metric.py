"""Cases of the losses of distances."""

from __future__ import annotations

from typing import Any

import numpy as np

from isoloss.conformance.cases.case import (
    OPPOSITE,
    Case,
    LossCases,
    Refusal,
    booleans,
    floats,
    grids,
    integers,
    labelled,
    masked,
    nearly,
    normal,
)
from isoloss.conformance.cases.margins import sign_refusals, signs

NAN = float("nan")

_NONE = {"reduction": "none"}

_MARGINS = (("margin negative", -1.0), ("margin NaN", NAN))


def _distances(seed: int, *shape: int) -> dict[str, Any]:
    return {"distances": abs(normal(seed, *shape)), "targets": signs(seed, *shape)}


_HINGE_EMBEDDING = LossCases(
    (
        Case("batch", _distances(1, 6), core=True),
        Case("matrix", _distances(2, 4, 3), {"margin": 0.5}, {"reduction": "none"}),
        Case(
            "targets as floats",
            _distances(3, 4) | {"targets": floats(1.0, -1.0, -1.0, 1.0)},
            options={"reduction": "sum"},
        ),
        Case(
            "where and weights",
            _distances(4, 4) | {"targets": integers(1, 0, -1, 1)},
            options={"where": booleans(True, False, True, True), "weights": floats(0.5, 1.0, 2.0, 0.25)},
            core=True,
            regime="masked",
        ),
        Case(
            "nearly the margin",
            {"distances": nearly(np.full(6, 2.0), 5, 1e-3), "targets": integers(*[-1] * 6)},
            {"margin": 2.0},
            regime="near-cancellation",
        ),
        Case("duplicates", {n: np.repeat(x, 3) for n, x in _distances(6, 2).items()}, regime="duplicates"),
        Case("one distance", _distances(7, 1), regime="unit batch"),
        *(
            Case(name, {"distances": floats(*distances), "targets": integers(1, -1)}, options=_NONE, regime=name)
            for name, distances in {"right": (0.1, 3.3), "wrong": (3.3, 0.1), "sure": (40.7, 40.7)}.items()
        ),
        *(
            Case(
                name,
                {"distances": abs(x), "targets": signs(len(x), len(x))},
                options={"reduction": "none"},
                regime="grid",
            )
            for name, x in grids(200)
        ),
    ),
    (
        Case(
            "a distance of the margin",
            {"distances": floats(1.0, 1.0), "targets": integers(-1, 1)},
            options={"reduction": "none"},
            note="enough is enough: 0, with slope 0; what belongs together is pulled further",
            value=[0.0, 1.0],
            gradients={"distances": [0.0, 1.0]},
        ),
        Case(
            "no distance",
            {"distances": floats(0.0, 0.0), "targets": integers(1, -1)},
            options={"reduction": "none"},
            note="the slopes are those of the distance, which is given",
            value=[0.0, 1.0],
            gradients={"distances": [1.0, -1.0]},
        ),
        Case(
            "NaN in masked places",
            {"distances": floats(0.5, NAN), "targets": floats(-1.0, NAN)},
            options={"where": booleans(True, False)},
            note="what stands in masked places reaches neither value nor gradient",
            value=0.5,
            gradients={"distances": [-1.0, 0.0]},
        ),
    ),
    (
        *sign_refusals("hinge_embedding", "distances"),
        *(
            Refusal(name, _distances(1, 3), {"margin": margin}, message="margin must be a number, at least 0")
            for name, margin in _MARGINS
        ),
    ),
)


def _two(seed: int, *shape: int, off: float = 0.0) -> dict[str, Any]:
    """Embeddings, and others that are apart or `off` by that part of themselves."""
    a = normal(seed, *shape)
    b = nearly(a, seed + 1, off) if off else normal(seed + 1, *shape)
    return {"embeddings_a": a, "embeddings_b": b, "targets": signs(seed, *shape[:-1])}


_TOGETHER = {"targets": integers(1, 1, 1)}
_APART = {"targets": integers(-1, -1, -1)}

_COSINE_EMBEDDING = LossCases(
    (
        Case("batch", _two(1, 4, 3), core=True),
        Case("margin", _two(3, 4, 3), {"margin": 0.25}, _NONE),
        Case("a margin below 0", _two(5, 4, 3), {"margin": -0.5}, _NONE),
        Case("together", _two(7, 3, 4) | _TOGETHER, options=_NONE),
        Case("apart", _two(9, 3, 4) | _APART, {"margin": -1.0}, _NONE),
        Case("no batch axis", {n: np.asarray(x[0]) for n, x in _two(11, 1, 3).items()}),
        Case("two batch axes", _two(13, 2, 2, 3)),
        Case(
            "features on axis 0",
            {n: x.T.copy() for n, x in _two(15, 4, 3).items()},
            options={"axis": 0, "reduction": "none"},
        ),
        Case("one pair", _two(17, 1, 4), regime="unit batch"),
        Case("duplicates", {n: np.repeat(x, 2, axis=0) for n, x in _two(19, 2, 3).items()}, regime="duplicates"),
        Case(
            "nearly the same direction", _two(21, 3, 4, off=1e-3) | _TOGETHER, options=_NONE, regime="near-cancellation"
        ),
        Case(
            "nearly the same direction, apart",
            _two(23, 3, 4, off=1e-3) | _APART,
            {"margin": 0.5},
            _NONE,
            regime="near-cancellation",
        ),
        Case(
            "directions that differ by 1e-4",
            {"embeddings_a": floats([1.0, 0.0]), "embeddings_b": floats([1.0, 1e-4]), "targets": integers(1)},
            note="5e-9, where 1 - cos cancels to 0",
            regime="edge",
            issue="https://github.com/pytorch/pytorch/issues/14173",
        ),
        *(
            Case(
                f"embeddings of {size:.0e}",
                {n: x if n == "targets" else x * np.float32(size) for n, x in _two(25, 2, 3).items()},
                options=_NONE,
                note="squares that would overflow or vanish",
                regime="edge",
                issue="https://github.com/pytorch/pytorch/issues/51912",
            )
            for size in (1e30, 1e-30)
        ),
        Case("where and weights", _two(27, 6, 3), options=masked(27, 6), core=True, regime="masked"),
    ),
    (
        Case(
            "a zero vector",
            {
                "embeddings_a": floats([0.0, 0.0], [1.0, 2.0], [0.0, 0.0], [0.0, 0.0]),
                "embeddings_b": floats([1.0, 2.0], [0.0, 0.0], [0.0, 0.0], [1.0, 2.0]),
                "targets": integers(1, 1, 1, -1),
            },
            {"margin": -0.5},
            _NONE,
            note="it has no direction: cosine 0, and nothing is learned (Keras and optax give NaN)",
            value=[1.0, 1.0, 1.0, 0.5],
            gradients={"embeddings_a": np.zeros((4, 2)), "embeddings_b": np.zeros((4, 2))},
        ),
        Case(
            "the same direction",
            {"embeddings_a": floats([0.0, 2.0]), "embeddings_b": floats([0.0, 8.0]), "targets": integers(1)},
            note="0, whatever the lengths",
            value=0.0,
            gradients={"embeddings_a": [[0.0, 0.0]], "embeddings_b": [[0.0, 0.0]]},
        ),
        Case(
            "a cosine of the margin",
            {"embeddings_a": floats([1.0, 0.0]), "embeddings_b": floats([0.0, 2.0]), "targets": integers(-1)},
            note="enough is enough: 0, with slope 0",
            value=0.0,
            gradients={"embeddings_a": [[0.0, 0.0]], "embeddings_b": [[0.0, 0.0]]},
        ),
        Case(
            "NaN in masked rows",
            {
                "embeddings_a": floats([1.0, 0.0], [NAN, 1.0]),
                "embeddings_b": floats([0.0, 2.0], [1.0, NAN]),
                "targets": floats(1.0, NAN),
            },
            options={"where": booleans(True, False)},
            note="what stands in masked places reaches neither value nor gradient",
            value=1.0,
            gradients={"embeddings_a": [[0.0, -1.0], [0.0, 0.0]], "embeddings_b": [[-0.5, 0.0], [0.0, 0.0]]},
        ),
    ),
    (
        Refusal(
            "targets of 0 and 1",
            _two(1, 3, 4) | {"targets": integers(1, 0, 1)},
            message="cosine_embedding: targets must be 1 or -1; got",
            at_run=True,
        ),
        Refusal(
            "embeddings of other features",
            _two(1, 3, 4) | {"embeddings_b": normal(2, 3, 5)},
            message="embeddings_b .* must agree with embeddings_a in D",
        ),
        Refusal("one target for all", _two(1, 3, 4) | {"targets": integers(1)}, message="targets .* must agree"),
        Refusal(
            "margin above 1", _two(1, 3, 4), {"margin": 1.5}, message="margin must be a number, from -1 to 1; got 1.5"
        ),
        Refusal("margin NaN", _two(1, 3, 4), {"margin": NAN}, message="margin must be a number, from -1 to 1"),
    ),
)


def _triplets(seed: int, *shape: int, off: float = 1.0) -> dict[str, Any]:
    anchors = normal(seed, *shape)
    positives, negatives = (anchors + normal(seed + k, *shape, scale=off) for k in (1, 2))
    return {"anchors": anchors, "positives": positives, "negatives": negatives}


def _around_8(seed: int, *shape: int) -> dict[str, Any]:
    """Triplets whose distances are below 8, so that slopes of 1 and -1 add up to 0 in the exact answer, too."""
    return {n: x + np.float32(8.0) for n, x in _triplets(seed, *shape, off=0.5).items()}


def _at(anchor: Any, positive: Any, negative: Any) -> dict[str, Any]:
    return {"anchors": floats(anchor), "positives": floats(positive), "negatives": floats(negative)}


_FOUR = {"where": booleans(True, False, True, True), "weights": floats(0.5, 1.0, 2.0, 0.25)}

_TRIPLET_MARGIN = LossCases(
    (
        Case("batch", _triplets(1, 3, 2), core=True),
        Case("sums of differences", _around_8(4, 3, 3), {"p": 1, "margin": 0.5}, core=True),
        Case("swap", _triplets(7, 4, 2), {"swap": True}, _NONE),
        Case("swap, sums of differences", _around_8(10, 4, 2), {"swap": True, "p": 1}, _NONE),
        Case("a wide margin", _triplets(13, 2, 3), {"margin": 5.0}, {"reduction": "sum"}),
        Case("no batch axis", {n: x[0] for n, x in _triplets(16, 1, 3).items()}, {"margin": 8.0}, regime="unit batch"),
        Case("two batch axes", _triplets(19, 2, 1, 3), {"margin": 2.0}),
        Case(
            "features on axis 0", {n: x.T.copy() for n, x in _triplets(22, 2, 3).items()}, {"margin": 2.0}, {"axis": 0}
        ),
        Case("duplicates", {n: np.repeat(x, 2, axis=0) for n, x in _triplets(25, 2, 3).items()}, regime="duplicates"),
        Case("nearly the anchor", _triplets(28, 2, 3, off=1e-3), regime="near-cancellation"),
        Case("right", _at([0.1, 0.2], [1.3, 0.4], [8.0, -9.0]), options=_NONE, regime="right"),
        Case("wrong", _at([0.1, 0.2], [8.0, -9.0], [1.3, 0.4]), options=_NONE, regime="wrong"),
        Case("sure", _at([0.1, 0.2], [60.0, -9.0], [1.3, 0.4]), options=_NONE, regime="sure"),
        Case(
            "embeddings of 1e30",
            {n: x * np.float32(1e30) for n, x in _triplets(31, 2, 3).items()},
            options=_NONE,
            note="squares that would overflow",
            regime="edge",
        ),
        Case(
            "embeddings of 1e-30, no margin",
            {n: x * np.float32(1e-30) for n, x in _triplets(34, 2, 3).items()},
            {"margin": 0.0},
            _NONE,
            note="squares that would vanish, below what PyTorch adds to each difference (1e-6)",
            regime="edge",
        ),
        Case("where and weights", _triplets(37, 4, 2), {"margin": 2.0}, _FOUR, core=True, regime="masked"),
    ),
    (
        Case(
            "the positive is the anchor",
            _at([1.0, 2.0], [1.0, 2.0], [1.0, 2.5]),
            note="1 - 0.5: a distance of 0 is 0, with slope 0, and not the 1e-6 that is added (PyTorch) or its root (optax)",
            value=0.5,
            gradients={"anchors": [[0.0, 1.0]], "positives": [[0.0, 0.0]], "negatives": [[0.0, -1.0]]},
        ),
        Case(
            "all alike",
            _at([1.0, 2.0], [1.0, 2.0], [1.0, 2.0]),
            note="the margin, with slope 0",
            value=1.0,
            gradients={n: [[0.0, 0.0]] for n in ("anchors", "positives", "negatives")},
        ),
        Case(
            "differences of either sign",
            _at([0.0, 0.0], [1.0, -1.0], [-2.0, 1.0]),
            {"p": 1},
            note="2 - 3 + 1: absolute differences, which optax' power of 1 is not",
            value=0.0,
            gradients={n: [[0.0, 0.0]] for n in ("anchors", "positives", "negatives")},
            issue="https://github.com/ml-explore/mlx/pull/3613",
        ),
        Case(
            "as far from the positive as from the anchor",
            _at([0.0, 0.0], [2.0, 0.0], [1.0, 0.0]),
            {"swap": True},
            note="the anchor's distance counts",
            value=2.0,
            gradients={"anchors": [[0.0, 0.0]], "positives": [[1.0, 0.0]], "negatives": [[-1.0, 0.0]]},
        ),
        Case(
            "NaN in masked rows",
            {
                "anchors": floats([0.0, 0.0], [NAN, 0.0]),
                "positives": floats([3.0, 4.0], [0.0, NAN]),
                "negatives": floats([0.0, 2.0], [NAN, 0.0]),
            },
            options={"where": booleans(True, False)},
            note="what stands in masked places reaches neither value nor gradient",
            value=4.0,
            gradients={
                "anchors": [[-0.6, 1.0 - 0.8], [0.0, 0.0]],
                "positives": [[0.6, 0.8], [0.0, 0.0]],
                "negatives": [[0.0, -1.0], [0.0, 0.0]],
            },
        ),
    ),
    (
        Refusal(
            "one negative for all",
            _triplets(1, 3, 4) | {"negatives": normal(3, 4)},
            message="negatives .* must agree with anchors",
        ),
        Refusal(
            "positives of other features",
            _triplets(1, 3, 4) | {"positives": normal(3, 3, 5)},
            message="positives .* must agree with anchors in D",
        ),
        Refusal("a third power", _triplets(1, 3, 4), {"p": 3}, message="p must be one of 1, 2; got 3"),
        *(
            Refusal(name, _triplets(1, 3, 4), {"margin": margin}, message="margin must be a number, at least 0")
            for name, margin in _MARGINS
        ),
    ),
)


def _views(seed: int, *shape: int, off: float = 0.0) -> dict[str, Any]:
    """Predictions of projections, as embeddings above."""
    found = _two(seed, *shape, off=off)
    return {"predictions": found["embeddings_a"], "projections": found["embeddings_b"]}


def _of_views(at_cosine_0: float, scale: float) -> LossCases:
    """Cases of a loss that is this number at cosine 0, and falls by so much with it."""

    def at(predictions: Any, projections: Any) -> dict[str, Any]:
        return {"predictions": floats(*predictions), "projections": floats(*projections)}

    def opposite(seed: int, off: float) -> dict[str, Any]:
        found = _views(seed, 3, 4, off=off)
        return found | {"predictions": -found["predictions"]}

    return LossCases(
        (
            Case("batch", _views(1, 4, 3), core=True),
            Case("no batch axis", {n: np.asarray(x[0]) for n, x in _views(3, 1, 3).items()}),
            Case("two batch axes", _views(5, 2, 2, 3), options={"reduction": "sum"}),
            Case(
                "features on axis 0",
                {n: x.T.copy() for n, x in _views(7, 4, 3).items()},
                options={"axis": 0, "reduction": "none"},
            ),
            Case("one row", _views(9, 1, 4), regime="unit batch"),
            Case("duplicates", {n: np.repeat(x, 2, axis=0) for n, x in _views(11, 2, 3).items()}, regime="duplicates"),
            Case("right", _views(13, 3, 4, off=0.2), options=_NONE, regime="right"),
            Case("wrong", opposite(15, 0.2), options=_NONE, regime="wrong"),
            Case("sure", _views(17, 3, 4, off=1e-2), options=_NONE, regime="sure"),
            Case("sure and wrong", opposite(19, 1e-2), options=_NONE, regime="sure"),
            Case("nearly the same", _views(21, 3, 4, off=1e-3), options=_NONE, regime="near-cancellation"),
            Case(
                "numbers that add up to 0",
                at([[1.0, -1.0], [2.0, 1.0]], [[2.0, -1.0], [3.0, -3.0]]),
                options=_NONE,
                note="they have a direction",
                regime="edge",
            ),
            Case(
                "directions that differ by 1e-4",
                at([[1.0, 0.0]], [[1.0, 1e-4]]),
                note="1 - cos is 5e-9, and no difference of numbers near 1",
                regime="edge",
                issue="https://github.com/pytorch/pytorch/issues/14173",
            ),
            *(
                Case(
                    f"embeddings of {size:.0e}",
                    {n: x * np.float32(size) for n, x in _views(25, 2, 3).items()},
                    options=_NONE,
                    note="squares that would overflow or vanish",
                    regime="edge",
                    issue="https://github.com/pytorch/pytorch/issues/51912",
                )
                for size in (1e30, 1e-30)
            ),
            Case("where and weights", _views(27, 6, 3), options=masked(27, 6), core=True, regime="masked"),
        ),
        (
            Case(
                "a zero vector",
                at([[0.0, 0.0], [1.0, 2.0], [0.0, 0.0]], [[1.0, 2.0], [0.0, 0.0], [0.0, 0.0]]),
                options=_NONE,
                note="it has no direction: cosine 0, and nothing is learned (Keras and optax give NaN)",
                value=[at_cosine_0] * 3,
                gradients={"predictions": np.zeros((3, 2))},
            ),
            Case(
                "the same direction, a right angle and the opposite one",
                at([[0.0, 2.0], [0.0, 2.0], [0.0, 2.0]], [[0.0, 8.0], [4.0, 0.0], [0.0, -0.5]]),
                options=_NONE,
                note="whatever the lengths; the slope is that of the cosine, and 0 at both ends",
                value=[at_cosine_0 - scale, at_cosine_0, at_cosine_0 + scale],
                gradients={"predictions": [[0.0, 0.0], [-0.5 * scale, 0.0], [0.0, 0.0]]},
            ),
            Case(
                "NaN in masked rows",
                at([[1.0, 0.0], [NAN, 1.0]], [[0.0, 2.0], [1.0, NAN]]),
                options={"where": booleans(True, False)},
                note="what stands in masked places reaches neither value nor gradient",
                value=at_cosine_0,
                gradients={"predictions": [[0.0, -scale], [0.0, 0.0]]},
            ),
        ),
        (
            Refusal(
                "projections of other features",
                _views(1, 3, 4) | {"projections": normal(2, 3, 5)},
                message="projections .* must agree with predictions in D",
            ),
            Refusal(
                "one projection for all",
                _views(1, 3, 4) | {"projections": normal(2, 4)},
                message="projections .* must agree with predictions in all batch axes",
            ),
            Refusal(
                "no features",
                {n: x[:, :0] for n, x in _views(1, 3, 4).items()},
                message="predictions is empty along D",
            ),
        ),
    )


_NONE_AND_WEIGHTS = {"weights": floats(0.5, 2.0, 0.0, 1.0), "reduction": "none"}


def _clusters(seed: int, noise: float, *labels: int) -> dict[str, np.ndarray[Any, Any]]:
    """Rows near a point of their label."""
    points = normal(seed, max(labels) + 1, 4)[list(labels)]
    return labelled(points + normal(seed + 1, len(labels), 4, scale=noise), *labels)


_MILD = {"margin": 0.25, "gamma": 8.0}
_EXACT = {"margin": 0.5, "gamma": 64.0}


def _sigmoid(x: float) -> float:
    return float(1.0 / (1.0 + np.exp(-x)))


_CIRCLE = LossCases(
    (
        Case("labels", labelled(normal(41, 5, 4), 2, 0, 2, 0, 0), core=True),
        Case("mild", labelled(normal(42, 5, 4), 1, 0, 1, 0, 0), _MILD, core=True),
        Case("a margin below 0", _clusters(43, 0.3, 0, 1, 0, 1), {"margin": -0.5, "gamma": 4.0}),
        Case("of faces", _clusters(44, 0.3, 0, 1, 0, 1), {"margin": 0.25, "gamma": 256.0}, regime="sure"),
        Case("right", _clusters(46, 0.3, 0, 1, 0, 1), {"margin": 0.25, "gamma": 16.0}, regime="right"),
        Case("wrong", labelled(normal(48, 2, 4).repeat(2, axis=0), 0, 1, 0, 1), _MILD, regime="wrong"),
        Case(
            "near each other",
            _clusters(50, 1e-3, 0, 0, 0, 0) | {"labels": integers(1, 0, 1, 0)},
            _MILD,
            regime="near-cancellation",
        ),
        Case(
            "norms of 1e18",
            labelled(normal(52, 4, 4) * np.float32(1e18), 1, 1, 0, 0),
            _MILD,
            note="the cosine does not depend on length",
            regime="edge",
        ),
        Case("learned gamma", labelled(normal(54, 4, 4), 0, 1, 0, 1), {"gamma": np.array(4.0, np.float32)}),
        Case(
            "where",
            labelled(normal(56, 5, 4), 0, 1, 0, 1, 1),
            _MILD,
            {"where": booleans(True, True, True, False, True)},
            regime="masked",
        ),
        Case("weights, none", labelled(normal(58, 4, 4), 0, 1, 0, 1), _MILD, _NONE_AND_WEIGHTS),
    ),
    (
        Case(
            "weights are constants",
            labelled(floats([1.0, 0.0], [0.0, 1.0], [0.0, -1.0]), 0, 0, 1),
            {"margin": 0.5, "gamma": 2.0},
            note="slopes of -3 for the positives and 1 for a negative; with those of the weights they would be -4 and 0",
            value=float(np.log1p(np.exp(1.0)) + np.log1p(np.exp(1.5))) / 2.0,
            gradients={
                "embeddings": [
                    [0.0, -1.5 * (_sigmoid(1.0) + _sigmoid(1.5)) - 0.5 * _sigmoid(1.0)],
                    [-1.5 * (_sigmoid(1.0) + _sigmoid(1.5)), 0.0],
                    [0.5 * _sigmoid(1.0), 0.0],
                ]
            },
        ),
        Case(
            "all alike",
            labelled(np.tile(floats([2.0, 0.0]), (4, 1)), 0, 0, 1, 1),
            _EXACT,
            note="48 - 16 for a positive and two negatives; Keras has them as long as they come",
            regime="duplicates",
            value=32.0 + float(np.log(2.0)),
            gradients={"embeddings": np.zeros((4, 2))},
        ),
        Case(
            "zero vectors",
            labelled(np.zeros((4, 2), np.float32), 0, 0, 1, 1),
            _EXACT,
            note="the cosine with a zero vector is 0 with gradient 0: 48 - 16 for a positive and two negatives",
            value=32.0 + float(np.log(2.0)),
            gradients={"embeddings": np.zeros((4, 2))},
        ),
        Case(
            "leads of 2^10",
            labelled(OPPOSITE, 0, 0, 1, 1),
            {"margin": 0.5, "gamma": 2.0**12},
            note="0, without a logarithm of what is 0",
            value=0.0,
            gradients={"embeddings": np.zeros((4, 2))},
        ),
        Case(
            "labels that float32 cannot tell apart",
            labelled(np.tile(floats([1.0, 0.0]), (4, 1)), 2**24, 2**24, 2**24 + 1, 2**24 + 1),
            _EXACT,
            note="48 - 16 for a positive and two negatives, of which rows of one label would have none",
            value=32.0 + float(np.log(2.0)),
            gradients={"embeddings": np.zeros((4, 2))},
        ),
        Case(
            "no positives",
            labelled(normal(60, 3, 2), 0, 1, 2),
            note="nothing to be near to: a mean of nothing is 0",
            value=0.0,
            gradients={"embeddings": np.zeros((3, 2))},
        ),
        Case(
            "no negatives",
            labelled(normal(61, 3, 2), 1, 1, 1),
            options={"reduction": "none"},
            note="nothing to be told from",
            value=[0.0, 0.0, 0.0],
            gradients={"embeddings": np.zeros((3, 2))},
        ),
        Case(
            "a row without a positive",
            labelled(np.tile(floats([1.0, 0.0]), (3, 1)), 0, 0, 1),
            _EXACT,
            note="48 - 16 of the others, which have one; it gives 0 and does not count",
            value=32.0,
            gradients={"embeddings": np.zeros((3, 2))},
        ),
        Case(
            "NaN in masked rows",
            labelled(floats([1.0, 0.0], [NAN, 0.0], [1.0, 0.0], [1.0, 0.0]), 0, 0, 1, 1),
            _EXACT,
            {"where": booleans(True, False, True, True)},
            note="the row whose positive is masked has none, but is the others' negative",
            value=32.0,
            gradients={"embeddings": np.zeros((4, 2))},
        ),
        Case(
            "one row",
            labelled(floats([1.0, 2.0]), 0),
            note="nothing to be compared with",
            regime="unit batch",
            value=0.0,
            gradients={"embeddings": np.zeros((1, 2))},
        ),
        Case(
            "no rows",
            {"embeddings": np.zeros((0, 2), np.float32), "labels": np.zeros(0, np.int64)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"embeddings": np.zeros((0, 2))},
        ),
    ),
    (
        Refusal(
            "fewer labels",
            labelled(normal(1, 3, 4), 0, 1),
            message=r"labels \(N,\) must agree with embeddings in N",
        ),
        Refusal(
            "labels of 1.7",
            {"embeddings": normal(1, 3, 4), "labels": floats(0.0, 1.7, 0.0)},
            error=TypeError,
            message="labels must be integers",
        ),
        Refusal(
            "a margin of 2",
            labelled(normal(1, 3, 4), 0, 1, 0),
            {"margin": 2.0},
            message="margin must be a number, from -1 to 1; got 2.0",
        ),
        Refusal(
            "gamma 0",
            labelled(normal(1, 3, 4), 0, 1, 0),
            {"gamma": 0.0},
            message="gamma must be .* greater than 0; got 0.0",
        ),
        Refusal(
            "learned gamma 0",
            labelled(normal(1, 3, 4), 0, 1, 0),
            {"gamma": np.array(0.0, np.float32)},
            message="gamma must be greater than 0",
            at_run=True,
        ),
    ),
)

CASES = {
    "simsiam": _of_views(0.0, 1.0),
    "byol": _of_views(2.0, 2.0),
    "hinge_embedding": _HINGE_EMBEDDING,
    "cosine_embedding": _COSINE_EMBEDDING,
    "triplet_margin": _TRIPLET_MARGIN,
    "circle": _CIRCLE,
}
