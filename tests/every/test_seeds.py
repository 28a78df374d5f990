"""The published snippets that the project grew from: the numbers they print, and their formulas, in every framework.

The formulas are written out in NumPy as the snippets have them, in float64, where their weaknesses do not show.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from isoloss.conformance.cases import Case
from isoloss.conformance.runners import Result, quickest
from isoloss.losses import LOSSES, PARTS, Positive, declaration, loss
from isoloss.losses.contrastive import nt_xent_logits
from isoloss.losses.softmax import softmax_cross_entropy
from isoloss.protocol import A, Namespace

Array = np.ndarray[Any, Any]

PREDICTIONS, TARGETS = np.array([2.5, 5.5, 2.0]), np.array([3.0, 5.0, 2.5])
LOGITS = np.array([[2.0, 1.0, 0.1, -1.0], [0.5, 2.5, 0.3, 0.1], [1.2, 0.2, 2.0, 0.5]])
LABELS = np.array([0, 1, 2])
POSITIVE, NEGATIVE = np.array([3.0, 2.5, 1.2]), np.array([1.0, 2.0, 1.0])

# what a notebook printed of its random queries and keys, to 8 decimals
QUERIES = np.array(
    [
        [-0.70834323, -1.43688441, -1.95069156, 1.69155427, 0.83022497, 0.41467171, 0.90003164, 0.71840541],
        [0.07494945, -0.00951139, -0.85909234, -1.54578104, -0.13860638, -1.40494792, -1.08105348, -1.11175955],
        [-1.1548614, 0.852863, -0.67854815, 0.01383249, -1.29700878, 1.84277265, -0.98883151, -0.3330663],
        [-0.25418583, -1.26277186, 1.26739175, -0.88663619, -0.04162381, 1.66623129, 0.13419099, -1.53298745],
    ]
)
KEYS = np.array(
    [
        [-1.1658711, -1.59747827, 0.13002691, 0.16656563, -0.29080775, 0.68623307, 0.55509394, -1.01824037],
        [1.14979626, 0.32240163, -1.32089382, -1.4061373, -0.66141214, -0.43399513, -0.06035458, 0.16194982],
        [-0.7389324, 2.15157486, -1.66363523, -0.08159468, -0.62202395, 0.02009376, -0.14919493, -0.1887624],
        [0.27590294, -0.66227243, -1.36478619, -0.13411698, 0.09396432, -0.33804415, 1.43749694, -0.91166615],
    ]
)


def run(framework: ModuleType, device: str, loss: str, settings: dict[str, Any], inputs: dict[str, Array]) -> Result:
    case = Case("snippet", inputs, settings)
    return framework.run(loss, case, mode=quickest(framework), dtype="float64", device=device)


# ------------------------------------------------------------------ printed numbers

PAIR = {"predictions": PREDICTIONS, "targets": TARGETS}
SCORES = {"scores_a": POSITIVE, "scores_b": NEGATIVE}

PRINTED: list[tuple[str, dict[str, Any], dict[str, Array], float]] = [
    ("mse", {}, PAIR, 0.25),
    ("mae", {}, PAIR, 0.5),
    ("huber", {}, PAIR, 0.125),
    ("rmse", {}, PAIR, 0.5),
    (
        "binary_cross_entropy",
        {"epsilon": 1e-4},
        {"probabilities": np.array([0.2, 0.6, 0.2]), "targets": np.array([1, 0, 1])},
        1.3779722793012823,
    ),
    ("margin_ranking", {"margin": 1.0}, SCORES, 0.43333333333333335),  # the pairwise hinge
    ("margin_ranking", {"margin": 1.0}, SCORES | {"target": np.ones(3)}, 0.43333333333333335),
    (
        "bpr",
        {},
        {"positive_scores": POSITIVE, "negative_scores": NEGATIVE},
        0.3997146215348904,
    ),  # and pairwise logistic
    (
        "listnet",
        {},
        {"scores": np.array([2.1, 1.0, 0.5, -0.2, 1.5]), "relevance": np.array([3.0, 2.0, 1.0, 0.0, 2.0])},
        1.2790021343290645,
    ),
]


@pytest.mark.parametrize(("loss", "settings", "inputs", "printed"), PRINTED)
def test_printed_numbers(
    framework: ModuleType, device: str, loss: str, settings: dict[str, Any], inputs: dict[str, Array], printed: float
) -> None:
    """To the last digits of float64: 4 ulp."""
    got = float(run(framework, device, loss, settings, inputs).value)
    assert abs(got - printed) <= 4 * np.spacing(printed)


def test_cross_entropy(framework: ModuleType, device: str) -> None:
    """The snippet adds 1e-12 inside its logarithm: with it, its number to the last digits; without, 1.6e-12 more."""
    printed = 0.44939341449096365
    exact = float(run(framework, device, "cross_entropy", {}, {"logits": LOGITS, "labels": LABELS}).value)
    chosen = np.exp(LOGITS[np.arange(3), LABELS]) / np.exp(LOGITS).sum(1)
    assert exact - np.log1p(1e-12 / chosen).mean() == pytest.approx(printed, rel=1e-15)
    assert exact == pytest.approx(printed, rel=1e-11)


def test_info_nce(framework: ModuleType, device: str) -> None:
    """The inputs are rounded to 5e-9; with 32 products in a logit, / 0.07, the loss may be off by 1e-6."""
    got = run(framework, device, "info_nce", {"similarity": "dot"}, {"queries": QUERIES, "keys": KEYS}).value
    assert float(got) == pytest.approx(20.538288848477517, abs=1e-6)


# ------------------------------------------------------------------------- formulas


def cross_entropy(logits: Array, labels: Array) -> float:
    """What the frameworks' own does, on average."""
    return float(np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(logits)), labels]))


def cosines(x: Array, y: Array) -> Array:
    return (x / np.linalg.norm(x, axis=1, keepdims=True)) @ (y / np.linalg.norm(y, axis=1, keepdims=True)).T


def simcse(embeddings: Array) -> float:
    """Without labels: neighbours are partners; 1e12 is subtracted from the diagonal."""
    i = np.arange(len(embeddings))
    similarities = cosines(embeddings, embeddings) - np.eye(len(i)) * 1e12
    return cross_entropy(similarities / 0.05, i + 1 - i % 2 * 2)


def supervised_simcse(embeddings: Array) -> float:
    """With labels: rows 0, 3, 6, ... against the others."""
    i = np.arange(len(embeddings))
    similarities = cosines(embeddings, embeddings)[i[::3]][:, i[i % 3 != 0]]
    return cross_entropy(similarities / 0.05, np.arange(0, similarities.shape[1], 2))


def contrastive(queries: Array, keys: Array, temperature: float = 0.5) -> float:
    """The positive is divided by the others alone."""
    similarities = np.exp(cosines(queries, keys) / temperature)
    positive = similarities.diagonal()
    return float(-np.log(positive / (similarities.sum(axis=1) - positive)).mean())


def info_nce_logits(features: Array, temperature: float) -> tuple[Array, Array]:
    """SimCLR's: the positive in the first column, then the negatives, and labels of 0."""
    samples = np.tile(np.arange(len(features) // 2), 2)
    same, itself = samples[:, None] == samples, np.eye(len(features), dtype=bool)
    similarities = cosines(features, features)
    positives = similarities[same & ~itself].reshape(len(features), -1)
    negatives = similarities[~same].reshape(len(features), -1)
    return np.concatenate([positives, negatives], axis=1) / temperature, np.zeros(len(features), int)


def npairs(anchors: Array, positives: Array) -> float:
    """The identity matrix is the target of the cosines."""
    scores = cosines(anchors, positives)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return float(-(np.eye(len(anchors)) * log_p).sum(axis=1).mean())


def correlation(embeddings_a: Array, embeddings_b: Array) -> float:
    """Batch normalisation with samples for features, and N for a divisor."""

    def normalised(z: Array) -> Array:
        return (z - z.mean(axis=1, keepdims=True)) / np.sqrt(z.var(axis=1, keepdims=True) + 1e-5)

    identity = np.eye(len(embeddings_a))
    difference = (normalised(embeddings_a) @ normalised(embeddings_b).T / len(identity) - identity) ** 2
    difference[identity == 0] *= 5e-3
    return float(0.025 * difference.sum())


def numbers(seed: int, *shape: int) -> Array:
    return np.random.default_rng(seed).standard_normal(shape)


FORMULAS: list[tuple[str, dict[str, Any], dict[str, Array], Callable[..., float]]] = [
    ("simcse", {}, {"embeddings": numbers(1, 6, 5)}, simcse),
    ("supervised_simcse", {}, {"embeddings": numbers(2, 9, 5)}, supervised_simcse),
    (
        "info_nce",
        {"decoupled": True, "temperature": 0.5},
        {"queries": numbers(3, 4, 5), "keys": numbers(4, 4, 5)},
        contrastive,
    ),
    (
        "nt_xent",
        {"temperature": 0.07},
        {"embeddings": numbers(5, 8, 5)},
        lambda embeddings: cross_entropy(*info_nce_logits(embeddings, 0.07)),
    ),
    ("npairs", {"similarity": "cosine"}, {"anchors": numbers(6, 4, 5), "positives": numbers(7, 4, 5)}, npairs),
    (
        "sample_correlation",
        {},
        {"embeddings_a": numbers(8, 4, 5), "embeddings_b": numbers(9, 4, 5)},
        correlation,
    ),
]


def slope(formula: Callable[..., float], inputs: dict[str, Array], name: str) -> Array:
    """Central differences."""
    step, found = 1e-6, np.empty_like(inputs[name])
    for index in np.ndindex(found.shape):
        up, down = (inputs | {name: inputs[name].copy()} for _ in range(2))
        up[name][index] += step
        down[name][index] -= step
        found[index] = (formula(**up) - formula(**down)) / (2 * step)
    return found


@pytest.mark.parametrize(("loss", "settings", "inputs", "formula"), FORMULAS, ids=[f[0] for f in FORMULAS])
def test_formulas(
    framework: ModuleType,
    device: str,
    loss: str,
    settings: dict[str, Any],
    inputs: dict[str, Array],
    formula: Callable[..., float],
) -> None:
    result = run(framework, device, loss, settings, inputs)
    assert float(result.value) == pytest.approx(formula(**inputs), rel=1e-12)
    for name, gradient in result.gradients.items():
        np.testing.assert_allclose(gradient, slope(formula, inputs, name), rtol=1e-6, atol=1e-8)


@loss("OfLogitsLoss", embeddings="2N D", per="2N")
def of_logits(xp: Namespace[A], embeddings: A, *, temperature: Positive[A] = 0.5) -> A:
    """`nt_xent` by way of its logits."""
    return softmax_cross_entropy(xp, *nt_xent_logits(xp, embeddings, temperature=temperature))


def test_slopes_of_logits(framework: ModuleType, device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is learned through the logits is what is learned through the loss."""
    inputs = {"embeddings": numbers(5, 8, 5)}
    expected = run(framework, device, "nt_xent", {"temperature": 0.25}, inputs)
    if not expected.gradients:
        return  # NumPy and the strict implementation do not differentiate
    name = framework.__name__.rpartition(".")[2]
    module = importlib.import_module(f"isoloss.{name}")
    monkeypatch.setitem(LOSSES, "of_logits", declaration(of_logits))
    monkeypatch.setattr(module, "of_logits", module.bind(of_logits), raising=False)
    got = run(framework, device, "of_logits", {"temperature": 0.25}, inputs)
    np.testing.assert_allclose(got.gradients["embeddings"], expected.gradients["embeddings"], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("views", [2, 3])
def test_logits_and_labels(bind: Any, views: int) -> None:
    """SimCLR's, element by element; with more views than two the snippet takes positives for negatives, and we do not."""
    features = numbers(5, 4 * views, 5).astype(np.float32)
    logits, labels = (
        np.asarray(x) for x in bind(PARTS["nt_xent_logits"].spec)(features, temperature=0.07, views=views)
    )
    assert labels.dtype.kind == "i"
    assert labels.shape == logits.shape[:1]
    assert not labels.any()
    assert logits.shape == (4 * views * (views - 1), 1 + 3 * views)
    np.testing.assert_allclose(
        cross_entropy(logits.astype(float), labels),
        float(bind(LOSSES["nt_xent"].spec)(features, temperature=0.07, views=views)),
        rtol=1e-6,
    )
    similarities = cosines(features, features) / 0.07
    for step in range(1, views):  # first against the next view, then against the one after it
        assert logits[4 * views * (step - 1), 0] == pytest.approx(similarities[0, 4 * step], rel=1e-5)
    if views == 2:
        of_snippet = info_nce_logits(features.astype(float), 0.07)
        np.testing.assert_allclose(logits, of_snippet[0], rtol=1e-5, atol=1e-5)
        np.testing.assert_array_equal(labels, of_snippet[1])
