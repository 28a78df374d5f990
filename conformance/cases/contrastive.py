"""Cases of the contrastive losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from isoloss.conformance.cases.case import (
    OPPOSITE,
    Case,
    LossCases,
    Refusal,
    booleans,
    floats,
    integers,
    labelled,
    masked,
    nearly,
    normal,
)

NAN = float("nan")

_LENGTH = "the cosine does not depend on length"


def _views(seed: int, pairs: int, noise: float, dimensions: int = 4) -> np.ndarray[Any, Any]:
    """Interleaved views of the same points."""
    points = np.repeat(normal(seed, pairs, dimensions), 2, axis=0)
    return points + normal(seed + 1, 2 * pairs, dimensions, scale=noise)


def _queries(seed: int, n: int = 4, m: int | None = None, noise: float = 0.5) -> dict[str, np.ndarray[Any, Any]]:
    queries = normal(seed, n, 4)
    found = {"queries": queries, "keys": queries + normal(seed + 1, n, 4, scale=noise)}
    return found if m is None else found | {"negatives": normal(seed + 2, m, 4)}


Views = tuple[np.ndarray[Any, Any], ...]


def _samples(seed: int, noise: float, *signs: int) -> Views:
    """Two points, and for each sign a view of both: the points or what is opposite to them, with noise."""
    points = normal(seed, 2, 4)
    return tuple(sign * points + normal(seed + k, 2, 4, scale=noise) for k, sign in enumerate(signs, 1))


def _regimes(
    seed: int, arranged: Callable[[Views], dict[str, Any]], values: int, settings: dict[str, Any] | None = None
) -> tuple[Case, ...]:
    """Cases of each regime. Of three views the second is the positive of the first, and the third a hard negative."""
    point = np.tile(normal(seed, 1, 4), (2, 1))
    cold = {"temperature": 0.05, **(settings or {})}
    warm = cold | {"temperature": 0.5}
    right = arranged(_samples(seed, 0.3, 1, 1, -1))
    alike = tuple(nearly(point, seed + k, 1e-3) for k in range(3))
    same = tuple(normal(seed + k, 2, 4)[[0, 0, 1]] for k in range(3))
    return (
        Case("right", right, cold, regime="right"),
        Case("sure", arranged(_samples(seed, 0.02, 1, 1, -1)), cold, regime="sure"),
        Case("wrong", arranged(_samples(seed, 0.3, 1, -1, 1)), cold, regime="wrong"),
        Case("all nearly alike", arranged(alike), warm, regime="near-cancellation"),
        Case("duplicates", arranged(same), warm, regime="duplicates"),
        Case("where and weights", right, warm, masked(seed, values), regime="masked"),
    )


def _interleaved(*views: np.ndarray[Any, Any]) -> dict[str, Any]:
    return {"embeddings": np.stack(views, axis=1).reshape(-1, views[0].shape[1])}


def _learned(temperature: float) -> dict[str, Any]:
    return {"temperature": np.array(temperature, np.float32)}


_MIXED = booleans(True, True, False, True, True, True)

_TEMPERATURES = (
    Refusal(
        "temperature 0",
        {},
        {"temperature": 0.0},
        message="temperature must be a number or a scalar array, greater than 0; got 0.0",
    ),
    Refusal("temperature negative", {}, {"temperature": -0.1}, message="greater than 0; got -0.1"),
    Refusal("temperature NaN", {}, {"temperature": NAN}, message="greater than 0; got nan"),
    Refusal("temperature infinite", {}, {"temperature": float("inf")}, message="greater than 0; got inf"),
    Refusal("temperature as text", {}, {"temperature": "0.1"}, error=TypeError, message="temperature must be a number"),
    Refusal("temperature as truth", {}, {"temperature": True}, error=TypeError, message="temperature must be a number"),
    Refusal("temperature missing", {}, {"temperature": None}, error=TypeError, message="temperature must be a number"),
    Refusal("learned temperature 0", {}, _learned(0.0), message="temperature must be greater than 0", at_run=True),
    Refusal(
        "a temperature for each row",
        {},
        {"temperature": floats(0.1, 0.2)},
        message="temperature must be .* got an array of shape",
    ),
)


_ZERO = tuple(r for r in _TEMPERATURES if r.id in ("temperature 0", "learned temperature 0"))
"""For all but one of the losses, which share the check."""


def _with(inputs: dict[str, Any], refusals: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    return tuple(Refusal(r.id, inputs, r.settings, r.options, r.error, r.message, r.at_run) for r in refusals)


_INFO_NCE = LossCases(
    (
        Case("pairs", _queries(1)),
        *_regimes(15, lambda v: {"queries": v[0], "keys": v[1], "negatives": v[2]}, 2),
        Case(
            "norms of 1e20",
            {n: x * np.float32(1e20) for n, x in _queries(16, 3).items()},
            {"temperature": 0.5},
            note="the cosine does not depend on length, though 1e20 squared is no float32",
            regime="edge",
        ),
        Case(
            "norms of 1e-20",
            {n: x * np.float32(1e-20) for n, x in _queries(16, 3).items()},
            {"temperature": 0.5},
            note="the cosine does not depend on length, though 1e-20 squared is no normal float32",
            regime="edge",
        ),
        Case("one pair and negatives", _queries(2, 1, 3), regime="unit batch"),
        Case("negatives", _queries(3, 3, 2), core=True),
        Case(
            "squares that overflow float16",
            {"queries": floats([160, 160, 160, 160], [160, -160, 160, 160]), "keys": floats([160] * 4, [-160] * 4)},
            {"temperature": 0.5},
            core=True,
            note="cosines of 1, -1, 1/2 and -1/2: a norm need not be taken in float16, where 4 * 160^2 is infinite "
            "(Keras, optax and TensorFlow give a cosine of 0)",
            regime="edge",
        ),
        Case("dot product", _queries(4), {"similarity": "dot", "temperature": 1.0}),
        Case("large dot products", _queries(5), {"similarity": "dot"}),
        Case("decoupled", _queries(6), {"decoupled": True, "temperature": 0.5}, core=True),
        Case(
            "decoupled with negatives", _queries(7, 3, 2), {"decoupled": True, "similarity": "dot", "temperature": 1.0}
        ),
        Case("learned temperature", _queries(8, 3), _learned(0.25), core=True),
        Case(
            "where",
            _queries(9, 4),
            {"temperature": 0.5},
            {"where": booleans(True, False, True, True)},
            core=True,
            regime="masked",
        ),
        Case(
            "weights, none",
            _queries(10, 3),
            {"temperature": 0.5},
            {"weights": floats(0.5, 2.0, 0.0), "reduction": "none"},
        ),
        Case("aligned", _queries(11, 4, noise=0.05), {"temperature": 0.05}, regime="sure"),
        Case(
            "keys that are the same",
            {"queries": normal(12, 4, 4), "keys": np.repeat(normal(13, 2, 4), 2, axis=0)},
            regime="duplicates",
        ),
        Case(
            "leads of 95",
            {"queries": floats([1.0, 0.0], [0.0, 1.0]), "keys": floats([1.0, 0.0], [0.05, 1.0])},
            {"temperature": 0.01},
            core=True,
            note="a slope of e^-95 is a subnormal float32, and what is divided by it is infinite",
            regime="edge",
        ),
        Case(
            "decoupled, a positive as good as the best negative",
            {"queries": floats([1.0], [2.0], [-1.0]), "keys": floats([3.0], [1.0], [-2.0])},
            {"decoupled": True, "temperature": 2.0**-4},
            {"reduction": "none"},
            regime="near-cancellation",
        ),
        Case("decoupled, cold", _queries(15, 3), {"decoupled": True, "temperature": 0.001}, regime="sure"),
    ),
    (
        Case(
            "one pair",
            {"queries": floats([1.0, 2.0]), "keys": floats([2.0, 1.0])},
            note="no negatives: nothing to tell apart",
            regime="unit batch",
            value=0.0,
            gradients={"queries": [[0.0, 0.0]], "keys": [[0.0, 0.0]]},
        ),
        Case(
            "one pair, decoupled",
            {"queries": floats([1.0, 2.0]), "keys": floats([2.0, 1.0])},
            {"decoupled": True},
            note="an empty sum has no logarithm: nothing to tell apart is 0",
            value=0.0,
            gradients={"queries": [[0.0, 0.0]], "keys": [[0.0, 0.0]]},
        ),
        Case(
            "all masked",
            _queries(1, 2),
            options={"where": booleans(False, False)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"queries": np.zeros((2, 4)), "keys": np.zeros((2, 4))},
        ),
        Case(
            "zero vectors",
            {"queries": floats([0.0, 0.0], [0.0, 0.0]), "keys": floats([1.0, 0.0], [0.0, 1.0])},
            note="the cosine with a zero vector is 0 with gradient 0, so both keys are alike: log 2",
            value=float(np.log(2.0)),
            gradients={"queries": np.zeros((2, 2)), "keys": np.zeros((2, 2))},
            issue="https://github.com/google-deepmind/optax/pull/946",
        ),
        Case(
            "a zero query",
            {"queries": floats([0.0, 0.0], [1.0, 0.0]), "keys": floats([1.0, 0.0], [0.0, 1.0])},
            {"temperature": 1.0},
            {"reduction": "none"},
            note="log 2 with slope 0, where x / max(|x|, 1e-12) has a slope of 1e12 "
            "(info-nce-pytorch, lightly, pytorch-metric-learning and sentence-transformers)",
            value=[float(np.log(2.0)), float(np.log(1.0 + np.e))],
            gradients={
                "queries": [[0.0, 0.0], [0.0, -np.e / (1.0 + np.e)]],
                "keys": [[0.0, 0.0], [-np.e / (1.0 + np.e), 0.0]],
            },
        ),
        Case(
            "negatives without rows",
            {"queries": floats([1.0, 2.0]), "keys": floats([2.0, 1.0]), "negatives": np.zeros((0, 2), np.float32)},
            note="none are as good as none given",
            value=0.0,
            gradients={"queries": [[0.0, 0.0]], "keys": [[0.0, 0.0]], "negatives": np.zeros((0, 2))},
        ),
        Case(
            "NaN in masked pairs",
            {"queries": floats([1.0, 0.0], [NAN, NAN]), "keys": floats([1.0, 0.0], [NAN, 0.0])},
            options={"where": booleans(True, False)},
            note="a masked pair's key is nobody's negative: the other query has none left",
            value=0.0,
            gradients={"queries": np.zeros((2, 2)), "keys": np.zeros((2, 2))},
        ),
        Case(
            "a zero vector beside a tiny one",
            {"queries": floats([0.0, 0.0], [2.0**-120, 0.0]), "keys": floats([1.0, 0.0], [-1.0, 0.0])},
            {"temperature": 2.0},
            note="the first query is at 0 from both keys, the second along them: at -1 from its own, at 1 from the other",
            value=float(np.log(2.0) + np.log1p(np.e)) / 2.0,
            gradients={"queries": np.zeros((2, 2)), "keys": np.zeros((2, 2))},
        ),
    ),
    (
        Refusal(
            "keys of another width",
            {"queries": normal(1, 3, 4), "keys": normal(2, 3, 5)},
            message=r"keys \(N, D\) must agree with queries in D",
        ),
        Refusal(
            "fewer keys",
            {"queries": normal(1, 3, 4), "keys": normal(2, 2, 4)},
            message=r"keys \(N, D\) must agree with queries in N",
        ),
        Refusal(
            "negatives of another width",
            _queries(1, 3) | {"negatives": normal(3, 2, 5)},
            message="negatives .* must agree with queries in D",
        ),
        Refusal(
            "queries as one vector",
            {"queries": normal(1, 4), "keys": normal(2, 4)},
            message=r"queries must have shape \(N, D\); got \(4,\)",
        ),
        Refusal(
            "unknown similarity",
            _queries(1),
            {"similarity": "euclidean"},
            message="similarity must be one of 'cosine', 'dot'; got 'euclidean'",
        ),
        Refusal(
            "decoupled as a number",
            _queries(1),
            {"decoupled": 1},
            error=TypeError,
            message="decoupled must be True or False; got 1",
        ),
        *_with(_queries(1), _TEMPERATURES),
    ),
)


def _captioned(seed: int, n: int = 4, noise: float = 0.5) -> dict[str, np.ndarray[Any, Any]]:
    images = normal(seed, n, 4)
    return {"image_embeddings": images, "text_embeddings": images + normal(seed + 1, n, 4, scale=noise)}


_CLIP = LossCases(
    (
        Case("pairs", _captioned(81), core=True),
        *_regimes(82, lambda v: {"image_embeddings": v[0], "text_embeddings": v[1]}, 2),
        Case("learned temperature", _captioned(83, 3), _learned(0.25), core=True),
        Case(
            "a scale of 100, where CLIP ends",
            _captioned(97),
            {"temperature": 0.01},
            {"reduction": "none"},
            note="each way has its own largest logit: with one for both, exponentials of the other are lost",
            regime="right",
        ),
        Case(
            "norms of 1e20",
            {n: x * np.float32(1e20) for n, x in _captioned(86, 3).items()},
            {"temperature": 0.5},
            note="the cosine does not depend on length, though 1e20 squared is no float32",
            regime="edge",
        ),
        Case(
            "one text for all images",
            {"image_embeddings": normal(87, 3, 4), "text_embeddings": np.tile(normal(88, 1, 4), (3, 1))},
            {"temperature": 0.5},
            regime="duplicates",
        ),
        Case(
            "where",
            _captioned(89),
            {"temperature": 0.5},
            {"where": booleans(True, False, True, True)},
            core=True,
            regime="masked",
        ),
        Case(
            "weights, none",
            _captioned(91, 3),
            {"temperature": 0.5},
            {"weights": floats(0.5, 2.0, 0.0), "reduction": "none"},
        ),
        Case("sum", _captioned(93, 3), options={"reduction": "sum"}),
    ),
    (
        Case(
            "one pair",
            {"image_embeddings": floats([1.0, 2.0]), "text_embeddings": floats([2.0, 1.0])},
            note="no negatives: nothing to tell apart",
            regime="unit batch",
            value=0.0,
            gradients={"image_embeddings": [[0.0, 0.0]], "text_embeddings": [[0.0, 0.0]]},
        ),
        Case(
            "all masked",
            _captioned(81, 2),
            options={"where": booleans(False, False)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"image_embeddings": np.zeros((2, 4)), "text_embeddings": np.zeros((2, 4))},
        ),
        Case(
            "zero images",
            {"image_embeddings": np.zeros((2, 2), np.float32), "text_embeddings": floats([1.0, 0.0], [0.0, 1.0])},
            note="the cosine with a zero vector is 0 with gradient 0, so both are alike, either way: log 2",
            value=float(np.log(2.0)),
            gradients={"image_embeddings": np.zeros((2, 2)), "text_embeddings": np.zeros((2, 2))},
        ),
        Case(
            "NaN in masked pairs",
            {"image_embeddings": floats([1.0, 0.0], [NAN, NAN]), "text_embeddings": floats([1.0, 0.0], [NAN, 0.0])},
            options={"where": booleans(True, False)},
            note="a masked pair's image and text are nobody's negatives: the other pair has none left",
            value=0.0,
            gradients={"image_embeddings": np.zeros((2, 2)), "text_embeddings": np.zeros((2, 2))},
        ),
        Case(
            "an opposite pair alone, cold",
            {"image_embeddings": floats([1.0, 0.0], [0.0, 1.0]), "text_embeddings": floats([-1.0, 0.0], [0.0, 1.0])},
            {"temperature": 1e-13},
            {"where": booleans(True, False)},
            note="its logit is -1e13, and still no number that stands for a masked pair is above it",
            value=0.0,
            gradients={"image_embeddings": np.zeros((2, 2)), "text_embeddings": np.zeros((2, 2))},
        ),
        Case(
            "no rows",
            {"image_embeddings": np.zeros((0, 2), np.float32), "text_embeddings": np.zeros((0, 2), np.float32)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"image_embeddings": np.zeros((0, 2)), "text_embeddings": np.zeros((0, 2))},
        ),
    ),
    (
        Refusal(
            "fewer texts",
            {"image_embeddings": normal(1, 3, 4), "text_embeddings": normal(2, 2, 4)},
            message=r"text_embeddings \(N, D\) must agree with image_embeddings in N",
        ),
        Refusal(
            "texts of another width",
            {"image_embeddings": normal(1, 3, 4), "text_embeddings": normal(2, 3, 5)},
            message=r"text_embeddings \(N, D\) must agree with image_embeddings in D",
        ),
        *_with(_captioned(81), _ZERO),
    ),
)

_SIMCSE = LossCases(
    (
        Case("views", {"embeddings": _views(1, 3, 0.5)}, core=True),
        Case("warm", {"embeddings": _views(2, 3, 0.5)}, {"temperature": 0.5}),
        Case("learned temperature", {"embeddings": _views(3, 2, 0.5)}, _learned(0.125), core=True),
        Case("aligned views", {"embeddings": _views(4, 3, 0.02)}, regime="sure"),
        *_regimes(11, lambda v: _interleaved(*v[:2]), 4),
        Case(
            "where",
            {"embeddings": _views(5, 3, 0.5)},
            {"temperature": 0.5},
            {"where": _MIXED},
            core=True,
            regime="masked",
        ),
        Case(
            "weights, none",
            {"embeddings": _views(6, 2, 0.5)},
            {"temperature": 0.5},
            {"weights": floats(0.5, 2.0, 0.0, 1.0), "reduction": "none"},
        ),
        Case("sum", {"embeddings": _views(7, 2, 0.5)}, {"temperature": 0.5}, {"reduction": "sum"}),
        Case(
            "norms of 1e18",
            {"embeddings": _views(8, 2, 0.5) * np.float32(1e18)},
            {"temperature": 0.5},
            note="the cosine does not depend on length, though the product of two lengths is nearly no float32",
            regime="edge",
        ),
        Case(
            "norms of 1e-18",
            {"embeddings": _views(9, 2, 0.5) * np.float32(1e-18)},
            {"temperature": 0.5},
            note="the cosine does not depend on length, though the product of two lengths is nearly 0",
            regime="edge",
        ),
        Case(
            "three of each",
            {"embeddings": np.repeat(normal(10, 2, 4), 3, axis=0)},
            {"temperature": 0.5},
            regime="duplicates",
        ),
    ),
    (
        Case(
            "one pair",
            {"embeddings": floats([1.0, 2.0], [2.0, 1.0])},
            note="no negatives: nothing to tell apart",
            regime="unit batch",
            value=0.0,
            gradients={"embeddings": np.zeros((2, 2))},
        ),
        Case(
            "all masked",
            {"embeddings": _views(1, 2, 0.5)},
            options={"where": booleans(False, False, False, False)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"embeddings": np.zeros((4, 4))},
        ),
        Case(
            "zero vectors",
            {"embeddings": np.zeros((4, 2), np.float32)},
            note="the cosine with a zero vector is 0 with gradient 0, so the other three are alike: log 3",
            value=float(np.log(3.0)),
            gradients={"embeddings": np.zeros((4, 2))},
            issue="https://github.com/google-deepmind/optax/pull/946",
        ),
        Case(
            "vectors below the smallest normal number",
            {"embeddings": floats([1e-40, 0.0], [0.0, 1e-40], [1e-40, 1e-40], [1e-40, 0.0])},
            note="they count as zero: 1 / 1e-40 is no float32",
            value=float(np.log(3.0)),
            gradients={"embeddings": np.zeros((4, 2))},
        ),
        Case(
            "no rows",
            {"embeddings": np.zeros((0, 2), np.float32)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"embeddings": np.zeros((0, 2))},
        ),
        Case(
            "one view of each masked, with NaN",
            {"embeddings": floats([1.0, 0.0], [NAN, 0.0], [0.0, 1.0], [NAN, NAN])},
            options={"where": booleans(True, False, True, False), "reduction": "none"},
            note="a row whose positive is masked has none: 0, and it does not count",
            value=[0.0, 0.0, 0.0, 0.0],
            gradients={"embeddings": np.zeros((4, 2))},
        ),
        Case(
            "opposite views at a temperature of 2^-50",
            {"embeddings": floats([1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [1.0, 0.0])},
            {"temperature": 2.0**-50},
            {"where": booleans(True, True, False, False)},
            note="what is left out is so at any temperature: a similarity of -1e12 would not be",
            value=0.0,
            gradients={"embeddings": np.zeros((4, 2))},
        ),
    ),
    (
        Refusal(
            "an odd batch",
            {"embeddings": normal(1, 3, 4)},
            message=r"embeddings must have shape \(2N, D\), a multiple of 2 rows; got \(3, 4\)",
        ),
        Refusal(
            "views on an axis of their own",
            {"embeddings": normal(1, 3, 2, 4)},
            message=r"embeddings must have shape \(2N, D\); got \(3, 2, 4\)",
        ),
        *_with({"embeddings": _views(1, 3, 0.5)}, _ZERO),
    ),
)


def _triples(seed: int, count: int, noise: float = 0.5) -> np.ndarray[Any, Any]:
    """Anchor, positive and a hard negative, which is near the anchor too."""
    points = np.repeat(normal(seed, count, 4), 3, axis=0)
    return points + normal(seed + 1, 3 * count, 4, scale=noise)


_SUPERVISED = LossCases(
    (
        Case("triples", {"embeddings": _triples(31, 3)}, core=True),
        *_regimes(32, lambda v: _interleaved(*v), 2),
        Case("one triple", {"embeddings": _triples(33, 1)}, {"temperature": 0.5}, regime="unit batch"),
        Case("learned temperature", {"embeddings": _triples(35, 2)}, _learned(0.25), core=True),
        Case(
            "where",
            {"embeddings": _triples(37, 3)},
            {"temperature": 0.5},
            {"where": booleans(True, False, True)},
            core=True,
            regime="masked",
        ),
        Case(
            "weights, none",
            {"embeddings": _triples(39, 3)},
            {"temperature": 0.5},
            {"weights": floats(0.5, 0.0, 2.0), "reduction": "none"},
        ),
    ),
    (
        Case(
            "all masked",
            {"embeddings": _triples(31, 2)},
            options={"where": booleans(False, False)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"embeddings": np.zeros((6, 4))},
        ),
        Case(
            "zero vectors",
            {"embeddings": np.zeros((6, 2), np.float32)},
            note="the cosine with a zero vector is 0 with gradient 0, so the positive and three negatives are alike: log 4",
            value=float(np.log(4.0)),
            gradients={"embeddings": np.zeros((6, 2))},
            issue="https://github.com/google-deepmind/optax/pull/946",
        ),
        Case(
            "NaN in a masked triple",
            {"embeddings": floats([1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [NAN, 0.0], [0.0, NAN], [NAN, NAN])},
            options={"where": booleans(True, False)},
            note="a masked triple's rows are nobody's negatives: one as good as the positive is left",
            value=float(np.log(2.0)),
            gradients={"embeddings": np.zeros((6, 2))},
        ),
        Case(
            "an opposite positive at a temperature of 2^-50",
            {"embeddings": floats([1.0, 0.0], [-1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0])},
            {"temperature": 2.0**-50},
            {"where": booleans(True, False)},
            note="its own hard negative is as good; what is left out is so at any temperature",
            value=float(np.log(2.0)),
            gradients={"embeddings": np.zeros((6, 2))},
        ),
        Case(
            "no rows",
            {"embeddings": np.zeros((0, 2), np.float32)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"embeddings": np.zeros((0, 2))},
        ),
    ),
    (
        Refusal(
            "pairs instead of triples",
            {"embeddings": normal(1, 4, 4)},
            message=r"embeddings must have shape \(3N, D\), a multiple of 3 rows; got \(4, 4\)",
        ),
        Refusal(
            "where for each row",
            {"embeddings": _triples(31, 2)},
            options={"where": np.ones(6, bool)},
            message="where must have the shape of the values",
        ),
        *_with({"embeddings": _triples(31, 2)}, _ZERO),
    ),
)


def _blocks(seed: int, samples: int, views: int = 2, noise: float = 0.5) -> np.ndarray[Any, Any]:
    """All rows of the first view, then all of the next."""
    return np.tile(normal(seed, samples, 4), (views, 1)) + normal(seed + 1, views * samples, 4, scale=noise)


_NT_XENT = LossCases(
    (
        Case("views", {"embeddings": _blocks(41, 3)}, core=True),
        Case("cold", {"embeddings": _blocks(43, 3, noise=0.05)}, {"temperature": 0.05}, regime="sure"),
        *_regimes(42, lambda v: {"embeddings": np.concatenate(v[:2])}, 4),
        Case(
            "norms of 1e-4",
            {"embeddings": _blocks(44, 2) * np.float32(1e-4)},
            note="the cosine does not depend on length (optax adds 1.2e-7 to its square)",
            regime="edge",
            issue="https://github.com/google-deepmind/optax/pull/946",
        ),
        Case("three views", {"embeddings": _blocks(45, 2, 3)}, {"views": 3}, core=True),
        Case("learned temperature", {"embeddings": _blocks(47, 2)}, _learned(0.25), core=True),
        Case("where", {"embeddings": _blocks(49, 3)}, options={"where": _MIXED}, core=True, regime="masked"),
        Case(
            "where, three views",
            {"embeddings": _blocks(51, 2, 3)},
            {"views": 3},
            {"where": booleans(True, True, True, True, False, True)},
            regime="masked",
        ),
        Case(
            "weights, none",
            {"embeddings": _blocks(53, 2)},
            options={"weights": floats(0.5, 2.0, 0.0, 1.0), "reduction": "none"},
        ),
    ),
    (
        Case(
            "one sample",
            {"embeddings": floats([1.0, 2.0], [2.0, 1.0])},
            note="no negatives: nothing to tell apart",
            regime="unit batch",
            value=0.0,
            gradients={"embeddings": np.zeros((2, 2))},
        ),
        Case(
            "one sample of three views",
            {"embeddings": floats([1.0, 2.0], [2.0, 1.0], [0.0, 1.0])},
            {"views": 3},
            note="positives are nobody's negatives",
            value=0.0,
            gradients={"embeddings": np.zeros((3, 2))},
        ),
        Case(
            "one sample of three views at a temperature of 2^-50",
            {"embeddings": floats([1.0, 0.0], [-1.0, 0.0], [0.0, 1.0])},
            {"views": 3, "temperature": 2.0**-50},
            note="positives are nobody's negatives at any temperature: a similarity of -1e12 would not be",
            value=0.0,
            gradients={"embeddings": np.zeros((3, 2))},
        ),
        Case(
            "zero vectors",
            {"embeddings": np.zeros((4, 2), np.float32)},
            note="the cosine with a zero vector is 0 with gradient 0, so the other three are alike: log 3",
            value=float(np.log(3.0)),
            gradients={"embeddings": np.zeros((4, 2))},
            issue="https://github.com/google-deepmind/optax/pull/946",
        ),
        Case(
            "one view of each masked, with NaN",
            {"embeddings": floats([1.0, 0.0], [0.0, 1.0], [NAN, 0.0], [NAN, NAN])},
            options={"where": booleans(True, True, False, False), "reduction": "none"},
            note="a row whose positive is masked has none: 0, and it does not count",
            value=[0.0, 0.0, 0.0, 0.0],
            gradients={"embeddings": np.zeros((4, 2))},
        ),
        Case(
            "no rows",
            {"embeddings": np.zeros((0, 2), np.float32)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"embeddings": np.zeros((0, 2))},
        ),
    ),
    (
        Refusal(
            "an odd batch",
            {"embeddings": normal(1, 3, 4)},
            message=r"embeddings must have shape \(views\*N, D\), a multiple of 2 rows; got \(3, 4\)",
        ),
        Refusal(
            "no multiple of three views",
            {"embeddings": normal(1, 4, 4)},
            {"views": 3},
            message=r"embeddings must have shape \(views\*N, D\), a multiple of .* rows; got \(4, 4\)",
        ),
        Refusal(
            "one view",
            {"embeddings": _blocks(41, 3)},
            {"views": 1},
            message="views must be an integer, at least 2; got 1",
        ),
        Refusal(
            "views as a fraction",
            {"embeddings": _blocks(41, 3)},
            {"views": 2.0},
            error=TypeError,
            message="views must be an integer, at least 2; got 2.0",
        ),
        *_with({"embeddings": _blocks(41, 3)}, _ZERO),
    ),
)


_DCL = LossCases(
    (
        Case("views", {"embeddings": _blocks(101, 3)}, core=True),
        *_regimes(102, lambda v: {"embeddings": np.concatenate(v[:2])}, 4),
        Case("norms of 1e-4", {"embeddings": _blocks(104, 2) * np.float32(1e-4)}, note=_LENGTH, regime="edge"),
        Case("three views", {"embeddings": _blocks(105, 2, 3)}, {"views": 3, "temperature": 0.5}, core=True),
        Case("learned temperature", {"embeddings": _blocks(107, 2)}, _learned(0.25), core=True),
        Case("where", {"embeddings": _blocks(109, 3)}, options={"where": _MIXED}, regime="masked"),
        Case(
            "where, three views",
            {"embeddings": _blocks(111, 2, 3)},
            {"views": 3},
            {"where": booleans(True, True, True, True, False, True)},
            regime="masked",
        ),
        Case(
            "weights, none",
            {"embeddings": _blocks(113, 2)},
            options={"weights": floats(0.5, 2.0, 0.0, 1.0), "reduction": "none"},
        ),
    ),
    (
        Case(
            "a positive as good as the only negatives",
            {"embeddings": np.tile(floats([1.0, 0.0]), (4, 1))},
            {"temperature": 0.25},
            note="log 2, for two negatives (lightly before 1.6 adds a logarithm for each view: -4 + 4 + 4)",
            value=float(np.log(2.0)),
            gradients={"embeddings": np.zeros((4, 2))},
        ),
        Case(
            "the positive leads by 2^10",
            {"embeddings": floats([1.0, 0.0], [-1.0, 0.0], [1.0, 0.0], [-1.0, 0.0])},
            {"temperature": 2.0**-9},
            note="log 2 - 2^10: no logarithm is taken of e^-512, which is 0 in float32",
            value=float(np.log(2.0)) - 2.0**10,
            gradients={"embeddings": np.zeros((4, 2))},
        ),
        Case(
            "one sample",
            {"embeddings": floats([1.0, 2.0], [2.0, 1.0])},
            note="an empty sum has no logarithm: nothing to tell apart is 0",
            regime="unit batch",
            value=0.0,
            gradients={"embeddings": np.zeros((2, 2))},
        ),
        Case(
            "zero vectors",
            {"embeddings": np.zeros((4, 2), np.float32)},
            note="the cosine with a zero vector is 0 with gradient 0, so the negatives are alike: log 2",
            value=float(np.log(2.0)),
            gradients={"embeddings": np.zeros((4, 2))},
        ),
        Case(
            "one view of each masked, with NaN",
            {"embeddings": floats([1.0, 0.0], [0.0, 1.0], [NAN, 0.0], [NAN, NAN])},
            options={"where": booleans(True, True, False, False), "reduction": "none"},
            note="a row whose positive is masked has none: 0, and it does not count",
            value=[0.0, 0.0, 0.0, 0.0],
            gradients={"embeddings": np.zeros((4, 2))},
        ),
        Case(
            "no rows",
            {"embeddings": np.zeros((0, 2), np.float32)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"embeddings": np.zeros((0, 2))},
        ),
    ),
    (
        Refusal(
            "an odd batch",
            {"embeddings": normal(1, 3, 4)},
            message=r"embeddings must have shape \(views\*N, D\), a multiple of 2 rows; got \(3, 4\)",
        ),
        Refusal(
            "one view",
            {"embeddings": _blocks(101, 3)},
            {"views": 1},
            message="views must be an integer, at least 2; got 1",
        ),
        *_with({"embeddings": _blocks(101, 3)}, _ZERO),
    ),
)


_SUP_CON = LossCases(
    (
        Case("labels", labelled(normal(121, 6, 4), 2, 0, 2, 0, 0, 2), {"temperature": 0.5}, core=True),
        Case("cold", labelled(normal(122, 6, 4), 2, 0, 2, 1, 0, 2)),
        *_regimes(123, lambda v: labelled(np.concatenate(v[:2]), *2 * [*range(len(v[0]))]), 4),
        Case("one label", labelled(normal(124, 5, 4), 3, 3, 3, 3, 3), regime="wrong"),
        Case(
            "labels of any sign",
            labelled(_samples(129, 0.1, 1, 1)[0].repeat(2, axis=0), -1, -1, 5, 5),
            options={"reduction": "none"},
            regime="sure",
        ),
        Case("norms of 1e18", labelled(normal(125, 4, 4) * np.float32(1e18), 1, 1, 0, 0), note=_LENGTH, regime="edge"),
        Case("learned temperature", labelled(normal(126, 4, 4), 0, 1, 0, 0), _learned(0.25), core=True),
        Case(
            "where",
            labelled(normal(127, 6, 4), 2, 0, 2, 0, 0, 2),
            {"temperature": 0.5},
            {"where": _MIXED},
            core=True,
            regime="masked",
        ),
        Case(
            "weights, none",
            labelled(normal(128, 4, 4), 0, 1, 0, 1),
            {"temperature": 0.5},
            {"weights": floats(0.5, 2.0, 0.0, 1.0), "reduction": "none"},
        ),
    ),
    (
        Case(
            "no positives",
            labelled(OPPOSITE, 0, 1, 2, 3),
            note="nothing to be near to: a mean of nothing is 0",
            value=0.0,
            gradients={"embeddings": np.zeros((4, 2))},
        ),
        Case(
            "a row without a positive",
            labelled(np.tile(floats([1.0, 0.0]), (3, 1)), 0, 0, 1),
            note="log 2 of the others, which have one; it gives 0 and does not count, as it does in the official code",
            value=float(np.log(2.0)),
            gradients={"embeddings": np.zeros((3, 2))},
        ),
        Case(
            "labels that float32 cannot tell apart",
            labelled(OPPOSITE, 2**24, 2**24, 2**24 + 1, 2**24 + 1),
            {"temperature": 2.0**-9},
            note="positives lead by 2^10; rows of one label would cost 2^11 / 3",
            value=0.0,
            gradients={"embeddings": np.zeros((4, 2))},
        ),
        Case(
            "zero vectors",
            labelled(np.zeros((4, 2), np.float32), 0, 1, 0, 1),
            note="the cosine with a zero vector is 0 with gradient 0, so the other three are alike: log 3",
            value=float(np.log(3.0)),
            gradients={"embeddings": np.zeros((4, 2))},
        ),
        Case(
            "an opposite positive alone at a temperature of 2^-50",
            labelled(floats([1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]), 0, 0, 0),
            {"temperature": 2.0**-50},
            {"where": booleans(True, True, False)},
            note="what is left out is so at any temperature: a similarity of -1e12 would not be",
            value=0.0,
            gradients={"embeddings": np.zeros((3, 2))},
        ),
        Case(
            "NaN in masked rows",
            labelled(floats([1.0, 0.0], [NAN, 0.0], [1.0, 0.0], [1.0, 0.0]), 0, 0, 1, 1),
            options={"where": booleans(True, False, True, True)},
            note="the row whose positive is masked has none, but is the others' negative: log 2",
            value=float(np.log(2.0)),
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
            "labels as a column",
            {"embeddings": normal(1, 3, 4), "labels": integers([0], [1], [0])},
            message=r"labels must have shape \(N,\); got \(3, 1\)",
        ),
        Refusal(
            "labels of 1.7",
            {"embeddings": normal(1, 3, 4), "labels": floats(0.0, 1.7, 0.0)},
            error=TypeError,
            message="labels must be integers",
        ),
        *_with(labelled(normal(1, 3, 4), 0, 1, 0), _ZERO),
    ),
)


_WARM = {"scale": 4.0, "bias": -2.0}


def _captioned_views(views: Views) -> dict[str, np.ndarray[Any, Any]]:
    return {"image_embeddings": views[0], "text_embeddings": views[1]}


_SIGLIP = LossCases(
    (
        Case("pairs", _captioned(131, 3), core=True),
        *(
            Case(c.id, c.inputs, {}, c.options, regime=c.regime)
            for c in _regimes(132, _captioned_views, 2, {"temperature": 0.1})
        ),
        Case(
            "scale 120, bias -15",
            _captioned(133, 3),
            {"scale": 120.0, "bias": -15.0},
            {"reduction": "none"},
            regime="sure",
        ),
        Case(
            "learned scale and bias",
            _captioned(135, 3),
            {"scale": np.array(5.0, np.float32), "bias": np.array(-2.5, np.float32)},
            core=True,
        ),
        Case(
            "orthogonal pairs that lead",
            {"image_embeddings": floats([1.0, 0.0], [0.0, 1.0]), "text_embeddings": floats([1.0, 0.0], [0.0, 1.0])},
            {"scale": 80.0, "bias": -40.0},
            note="2 e^-40, to the last digits of float32",
            regime="sure",
        ),
        Case(
            "norms of 1e20",
            {n: x * np.float32(1e20) for n, x in _captioned(137, 3).items()},
            note=_LENGTH,
            regime="edge",
        ),
        Case(
            "one text for all images",
            {"image_embeddings": normal(139, 3, 4), "text_embeddings": np.tile(normal(140, 1, 4), (3, 1))},
            _WARM,
            regime="duplicates",
        ),
        Case("where", _captioned(141, 3), _WARM, {"where": booleans(True, False, True)}, core=True, regime="masked"),
        Case(
            "weights, none",
            _captioned(143, 3),
            _WARM,
            {"weights": floats(0.5, 2.0, 0.0), "reduction": "none"},
        ),
    ),
    (
        Case(
            "one pair",
            {"image_embeddings": floats([1.0, 0.0]), "text_embeddings": floats([2.0, 0.0])},
            note="log 2: a pair alone still costs what it lacks, at a logit of 10 - 10",
            regime="unit batch",
            value=float(np.log(2.0)),
            gradients={"image_embeddings": [[0.0, 0.0]], "text_embeddings": [[0.0, 0.0]]},
        ),
        Case(
            "zero images",
            {"image_embeddings": np.zeros((2, 2), np.float32), "text_embeddings": floats([1.0, 0.0], [0.0, 1.0])},
            {"bias": 0.0},
            note="all logits are 0: log 2 for each of two texts, a sum of them and not a mean",
            value=2.0 * float(np.log(2.0)),
            gradients={"image_embeddings": np.zeros((2, 2)), "text_embeddings": np.zeros((2, 2))},
            issue="https://github.com/google-research/big_vision/issues/115",
        ),
        Case(
            "leads of 2^10",
            {"image_embeddings": floats([1.0, 0.0], [-1.0, 0.0]), "text_embeddings": floats([1.0, 0.0], [-1.0, 0.0])},
            {"scale": 2.0**10, "bias": 0.0},
            note="the logarithm of a logistic function that is 0 would be infinite",
            value=0.0,
            gradients={"image_embeddings": np.zeros((2, 2)), "text_embeddings": np.zeros((2, 2))},
        ),
        Case(
            "trailing by 2^10",
            {"image_embeddings": floats([1.0, 0.0], [-1.0, 0.0]), "text_embeddings": floats([-1.0, 0.0], [1.0, 0.0])},
            {"scale": 2.0**10, "bias": 0.0},
            note="2^10 for the text that belongs and for the one that does not",
            value=2.0**11,
            gradients={"image_embeddings": np.zeros((2, 2)), "text_embeddings": np.zeros((2, 2))},
        ),
        Case(
            "all masked",
            _captioned(131, 2),
            options={"where": booleans(False, False)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"image_embeddings": np.zeros((2, 4)), "text_embeddings": np.zeros((2, 4))},
        ),
        Case(
            "NaN in masked pairs",
            {"image_embeddings": floats([1.0, 0.0], [NAN, NAN]), "text_embeddings": floats([1.0, 0.0], [NAN, 0.0])},
            options={"where": booleans(True, False)},
            note="a masked pair's text is told from nobody's image: log 2 of the other pair's own",
            value=float(np.log(2.0)),
            gradients={"image_embeddings": np.zeros((2, 2)), "text_embeddings": np.zeros((2, 2))},
        ),
        Case(
            "no rows",
            {"image_embeddings": np.zeros((0, 2), np.float32), "text_embeddings": np.zeros((0, 2), np.float32)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"image_embeddings": np.zeros((0, 2)), "text_embeddings": np.zeros((0, 2))},
        ),
    ),
    (
        Refusal(
            "fewer texts",
            {"image_embeddings": normal(1, 3, 4), "text_embeddings": normal(2, 2, 4)},
            message=r"text_embeddings \(N, D\) must agree with image_embeddings in N",
        ),
        Refusal("scale 0", _captioned(131), {"scale": 0.0}, message="scale must be .* greater than 0; got 0.0"),
        Refusal(
            "learned scale 0",
            _captioned(131),
            {"scale": np.array(0.0, np.float32)},
            message="scale must be greater than 0",
            at_run=True,
        ),
        Refusal(
            "bias as text",
            _captioned(131),
            {"bias": "0"},
            error=TypeError,
            message="bias must be a number or a scalar array; got '0'",
        ),
        Refusal(
            "a bias for each row",
            _captioned(131),
            {"bias": floats(0.0, 1.0, 2.0, 3.0)},
            message="bias must be .* got an array of shape",
        ),
    ),
)


def _pairs(seed: int, n: int = 4) -> dict[str, np.ndarray[Any, Any]]:
    anchors = normal(seed, n, 4)
    return {"anchors": anchors, "positives": anchors + normal(seed + 1, n, 4, scale=0.5)}


_NPAIRS = LossCases(
    (
        Case("pairs", _pairs(61), core=True),
        Case("cosine", _pairs(63), {"similarity": "cosine", "temperature": 0.1}, core=True),
        *_regimes(62, lambda v: {"anchors": v[0], "positives": v[1]}, 2, {"similarity": "cosine"}),
        Case("learned temperature", _pairs(65, 3), _learned(2.0), core=True),
        Case(
            "where and weights of products",
            _pairs(67),
            options={"where": booleans(True, False, True, True), "weights": floats(0.5, 1.0, 2.0, 1.0)},
            core=True,
            regime="masked",
        ),
    ),
    (
        Case(
            "one pair",
            {"anchors": floats([1.0, 2.0]), "positives": floats([2.0, 1.0])},
            note="no negatives: nothing to tell apart",
            regime="unit batch",
            value=0.0,
            gradients={"anchors": [[0.0, 0.0]], "positives": [[0.0, 0.0]]},
        ),
        Case(
            "zero vectors",
            {"anchors": np.zeros((2, 2), np.float32), "positives": np.zeros((2, 2), np.float32)},
            note="all products are 0: log 2",
            value=float(np.log(2.0)),
            gradients={"anchors": np.zeros((2, 2)), "positives": np.zeros((2, 2))},
        ),
        Case(
            "NaN in masked pairs",
            {"anchors": floats([1.0, 0.0], [NAN, NAN]), "positives": floats([1.0, 0.0], [NAN, 0.0])},
            options={"where": booleans(True, False)},
            note="a masked pair's positive is nobody's negative: the other anchor has none left",
            value=0.0,
            gradients={"anchors": np.zeros((2, 2)), "positives": np.zeros((2, 2))},
        ),
    ),
    (
        Refusal(
            "fewer positives",
            {"anchors": normal(1, 3, 4), "positives": normal(2, 2, 4)},
            message=r"positives \(N, D\) must agree with anchors in N",
        ),
        Refusal(
            "unknown similarity",
            _pairs(61),
            {"similarity": "euclidean"},
            message="similarity must be one of 'cosine', 'dot'; got 'euclidean'",
        ),
        *_with(_pairs(61), _ZERO),
    ),
)

CASES = {
    "info_nce": _INFO_NCE,
    "clip": _CLIP,
    "simcse": _SIMCSE,
    "supervised_simcse": _SUPERVISED,
    "nt_xent": _NT_XENT,
    "dcl": _DCL,
    "sup_con": _SUP_CON,
    "siglip": _SIGLIP,
    "npairs": _NPAIRS,
}
