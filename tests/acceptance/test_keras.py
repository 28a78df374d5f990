"""The Keras classes at work: fit, save, load, weights, masks, labels, errors. KERAS_BACKEND says on which framework."""

from __future__ import annotations

import copy
import functools
import inspect
import json
import pickle
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from chosen import OF_A_FAMILY
from numpy.testing import assert_allclose

import isoloss.keras
import isoloss.numpy
from isoloss.conformance.cases.common import SIGNED
from isoloss.keras.criterion import Criterion
from isoloss.losses import LOSSES, Loss, given
from isoloss.losses import loss as declare

# Keras on torch converts tensors with np.array(tensor), of which NumPy 2 says that torch should know `copy`
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")

BACKEND = keras.config.backend()
ALL = pytest.mark.parametrize("loss", LOSSES.values(), ids=list(LOSSES))
FEW = LOSSES  # where each call is compiled by itself
if BACKEND == "jax":
    import jax

    FEW = OF_A_FAMILY
    jax.config.update("jax_disable_most_optimizations", True)  # nearly all of the time goes into compiling

MODES = {
    "compiled": {"jit_compile": True},
    "traced": {"jit_compile": False},
    "eager": {"run_eagerly": True, "jit_compile": False},
}
if BACKEND == "torch":  # there it is torch.compile, and wants a C++ compiler
    del MODES["compiled"]
if BACKEND == "jax":  # there it is the same as eager
    del MODES["traced"]

MEANS = ("sum_over_batch_size", "mean", "mean_with_sample_weight")
REDUCTIONS = (*MEANS, "sum", "none", None)
SIZES = {"C": 3, "L": 3, "D": 6, "P": 3}
FEATURES = 5
SAMPLES = 48

LEAST = {
    # a correlation of D features divided by N samples is at most D / N
    "sample_correlation": 0.025 * SAMPLES * (1 - SIZES["D"] / SAMPLES) ** 2,
    "dcl": -15.9,  # -1 / 0.05 and the logarithm of 94 negatives, none of them near
    "gaussian_nll": -2.0,  # of variances of 1 / 50: smaller ones take longer
    "simsiam": -1.0,
    "poisson_nll": 0.25,  # e^p - t p is 1 at best where t is 1, which about half of the targets are
}

# what a declaration does not say: the range of an array
OUTPUTS = {
    "probabilities": "sigmoid",
    "log_probabilities": "log_softmax",
    "msle: predictions": "softplus",
    "hinge_embedding: distances": "softplus",
    "gaussian_nll: predictions": "softplus",  # with the variances beside them
}


class Problem:
    """A model that can learn, and what it learns from, built from a loss's declaration.

    A sample is a vector, and what stands on axis 1 of the output (views, or several arrays) are encodings of noisy
    copies of it; the noise stands in features of its own, which a linear model can learn to leave out.
    """

    def __init__(self, loss: Loss, samples: int = SAMPLES, count: int | None = None) -> None:
        self.loss = loss
        predicted = [a for a in loss.inputs if a.predicted]
        several = count or sum(not a.optional for a in predicted)
        views = predicted[0].dimensions[0].count({s.name: s.default for s in loss.settings})
        on_axis_1 = [several] if several > 1 else [views] if views > 1 else []
        row = [SIZES[d.name] for d in predicted[0].dimensions[1:]]
        self.output = (*on_axis_1, *row) or (1,)
        name = predicted[0].name
        self.activation = OUTPUTS.get(f"{loss.name}: {name}", OUTPUTS.get(name))

        random = np.random.default_rng(0)
        sample = random.normal(size=(samples, *([1] * len(on_axis_1)), FEATURES))
        noise = 2.0 * random.normal(size=(samples, *on_axis_1, FEATURES))
        place = np.broadcast_to([[1.0]] + [[-1.0]] * (several - 1) if several > 1 else [1.0], (*noise.shape[:-1], 1))
        self.x = np.concatenate([np.broadcast_to(sample, noise.shape), noise, place], axis=-1).astype("float32")
        scores = sample.reshape(samples, FEATURES) @ random.normal(size=(FEATURES, SIZES["C"]))
        self.y = None
        for argument in loss.inputs:
            if not argument.predicted:
                if argument.integer:
                    self.y = scores.argmax(axis=-1)
                elif len(argument.dimensions) > 1:
                    row = [SIZES[d.name] for d in argument.dimensions[1:]]
                    one = np.eye(row[-1])[scores.argmax(axis=-1)]
                    self.y = np.broadcast_to(one.reshape(samples, *[1] * (len(row) - 1), row[-1]), (samples, *row))
                else:
                    self.y = (scores[:, 0] > 0).astype("float32")
                self.y = 2 * self.y - 1 if loss.name in SIGNED else self.y
                self.y = 8 * self.y if argument.name == "relevance" else self.y
        self.weights = random.uniform(0.5, 2.0, size=samples).astype("float32")

    def encoded(self, x: Any) -> Any:
        units = int(np.prod(self.output) // np.prod(self.x.shape[1:-1]))
        start = keras.initializers.GlorotUniform(seed=1)
        x = keras.layers.Dense(units, activation=self.activation, kernel_initializer=start)(x)
        return keras.layers.Reshape(self.output)(x)

    def model(self) -> keras.Model:
        x = keras.Input(self.x.shape[1:])
        return keras.Model(x, self.encoded(x))


class Problems:
    """The problems of losses side by side in one model, which shares nothing between them but the time to compile."""

    def __init__(self, samples: int = SAMPLES, losses: Iterable[str] = LOSSES) -> None:
        self.all = {name: Problem(LOSSES[name], samples) for name in losses}
        self.x = {name: p.x for name, p in self.all.items()}
        self.y = {name: np.zeros(samples) if p.y is None else p.y for name, p in self.all.items()}
        self.weights = {name: p.weights for name, p in self.all.items()}
        inputs = {name: keras.Input(p.x.shape[1:], name=name) for name, p in self.all.items()}
        self.model = keras.Model(inputs, {name: p.encoded(inputs[name]) for name, p in self.all.items()})

    def losses(self, y: Any, weights: Any, settings: Any = None) -> dict[str, float]:
        """Each loss alone, called on what the model puts out."""
        y_pred = self.model(self.x)
        criteria = self.criteria(settings)
        return {name: value(criteria[name], y[name], y_pred[name], weights and weights[name]) for name in self.all}

    def criteria(self, settings: Any = None) -> dict[str, Criterion]:
        return {name: criterion(p.loss, **(settings(p.loss) if settings else {})) for name, p in self.all.items()}


def criterion(loss: Loss, **settings: Any) -> Criterion:
    return getattr(isoloss.keras, loss.class_name)(**settings)


def number(value: Any) -> float:
    return float(keras.ops.convert_to_numpy(value))


def value(criterion: Criterion, y: Any, y_pred: Any, weights: Any = None) -> float:
    if BACKEND == "jax":  # one compilation for the loss instead of one for each of its operations
        criterion = jax.jit(criterion)
    return number(criterion(y, y_pred, weights))


def array(value: Any) -> np.ndarray:
    return keras.ops.convert_to_numpy(value)


def other_than_default(loss: Loss) -> dict[str, Any]:
    """A value for every setting that is not its default."""
    found: dict[str, Any] = {}
    for setting in loss.settings:
        if setting.choices:
            found[setting.name] = next(c for c in setting.choices if c != setting.default)
        elif bool in setting.types:
            found[setting.name] = not setting.default
        elif float in setting.types:
            found[setting.name] = 0.25 if setting.default != 0.25 else 0.5
        else:
            found[setting.name] = (setting.default or 0) + 1
    found |= {a.name: 2.5 if a.broadcasts else [0.1, 1.0, 2.5] for a in loss.arguments if a.is_setting}
    return found | ({"axis": 1} if loss.has_axis else {})


# the losses again, written out loop by loop in float64


def cross_entropy(logits: np.ndarray, labels: np.ndarray, smoothing: float = 0.0) -> np.ndarray:
    found = []
    for row, label in zip(logits.astype("float64").reshape(-1, logits.shape[-1]), labels.reshape(-1), strict=True):
        log_p = row - row.max() - np.log(np.exp(row - row.max()).sum())
        found.append(-(1 - smoothing) * log_p[label] - smoothing * log_p.mean())
    return np.reshape(found, labels.shape)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a.astype("float64"), b.astype("float64")
    return a @ b / np.sqrt((a @ a) * (b @ b))


def against(positive: float, others: list[float]) -> float:
    """-log of the positive's share: log(1 + sum of e^(other - positive))"""
    return float(np.log1p(sum(np.exp(other - positive) for other in others)))


def simcse(pairs: np.ndarray, temperature: float = 0.05) -> np.ndarray:
    """(N, 2, D) -> (N, 2)"""
    rows = [(n, v) for n in range(len(pairs)) for v in (0, 1)]
    found = np.zeros(pairs.shape[:2])
    for n, v in rows:
        scores = {m: cosine(pairs[n, v], pairs[m]) / temperature for m in rows if m != (n, v)}
        found[n, v] = against(scores.pop((n, 1 - v)), list(scores.values()))
    return found


def info_nce(stacked: np.ndarray, temperature: float = 0.07) -> np.ndarray:
    """(N, 2 or 3, D) -> (N,)"""
    found = []
    for i, query in enumerate(stacked[:, 0]):
        keys = [*stacked[:, 1], *(stacked[:, 2] if stacked.shape[1] == 3 else [])]
        scores = [cosine(query, key) / temperature for key in keys]
        found.append(against(scores.pop(i), scores))
    return np.array(found)


# 1. Training


def cold(loss: Loss) -> dict[str, Any]:
    """A temperature at which a loss may come near 0."""
    return {s.name: 0.05 for s in loss.settings if s.name == "temperature"}


@functools.cache
def all_trained(weighted: bool) -> tuple[dict[str, float], dict[str, float]]:
    """The losses before and after: with XLA if Keras chooses it, and with weights without it."""
    problems = Problems()
    before = problems.losses(problems.y, None, cold)
    graph = {"jit_compile": False} if weighted and BACKEND == "tensorflow" else {}
    problems.model.compile(keras.optimizers.Adam(0.05), loss=problems.criteria(cold), **graph)
    weights = problems.weights if weighted else None
    problems.model.fit(problems.x, problems.y, 16, 25, sample_weight=weights, verbose=0)
    return before, problems.losses(problems.y, None, cold)


@ALL
@pytest.mark.parametrize("weighted", [False, True])
def test_fit_halves_the_loss(loss: Loss, weighted: bool) -> None:
    before, after = all_trained(weighted)
    least = LEAST.get(loss.name, 0.0)
    assert 0 <= after[loss.name] - least < (before[loss.name] - least) / 2


@pytest.mark.parametrize(
    "loss", [loss for loss in LOSSES.values() if all(a.predicted for a in loss.inputs)], ids=lambda loss: loss.name
)
def test_nothing_given(loss: Loss) -> None:
    """y may be None; but with it Keras drops sample_weight, as the docstring says, so that zeros are wanted there."""
    problem = Problem(loss, samples=10)
    model = problem.model()
    y_pred = model(problem.x)
    plain, weighted = (value(criterion(loss), None, y_pred, weights) for weights in (None, problem.weights))
    assert abs(plain - weighted) > 1e-3 * plain
    eager = {} if BACKEND == "jax" else MODES["eager"]  # the faster one
    model.compile(keras.optimizers.SGD(0.0), loss=criterion(loss), **eager)
    for y, weights, expected in [
        (None, None, plain),
        (np.zeros(10), problem.weights, weighted),
        (None, problem.weights, plain),
    ]:
        history = model.fit(problem.x, y, sample_weight=weights, verbose=0).history
        assert_allclose(history["loss"], expected, rtol=1e-5)
    model.reset_metrics()  # older releases report a running mean
    assert_allclose(model.train_on_batch(problem.x, sample_weight=problem.weights), weighted, rtol=1e-5)


def trained(model: keras.Model, measured: Criterion, x: np.ndarray, y: np.ndarray | None) -> tuple[float, float]:
    before = value(measured, y, model(x))
    model.compile(keras.optimizers.Adam(0.05), loss=type(measured)())
    model.fit(x, y, batch_size=16, epochs=25, verbose=0)
    return before, value(measured, y, model(x))


def test_fit_info_nce_with_negatives() -> None:
    problem = Problem(LOSSES["info_nce"], count=3)
    before, after = trained(problem.model(), isoloss.keras.InfoNCELoss(), problem.x, None)
    assert after < before / 2


def test_fit_labels_as_a_column() -> None:
    problem = Problem(LOSSES["cross_entropy"])
    before, after = trained(problem.model(), isoloss.keras.CrossEntropyLoss(), problem.x, problem.y[:, None])
    assert after < before / 2


def test_fit_sequences_of_labels() -> None:
    problem = Problem(LOSSES["cross_entropy"])
    x, y = problem.x.reshape(12, 4, -1), problem.y.reshape(12, 4)
    model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Dense(SIZES["C"])])
    before, after = trained(model, isoloss.keras.CrossEntropyLoss(), x, y)
    assert after < before / 2


# 2. Saving and configurations

FRESH = """
import json, sys
import keras, numpy as np
folder = sys.argv[1]
try:
    keras.models.load_model(f"{folder}/defaults.keras")
    raise SystemExit("Keras found the classes by itself: the docstring says that it does not")
except TypeError as error:
    assert "Could not locate" in str(error), error
import isoloss.keras
x, y, weights = np.load(f"{folder}/data.npy", allow_pickle=True)
found = {}
for name in ("defaults", "changed"):
    model = keras.models.load_model(f"{folder}/{name}.keras")
    configs = {n: loss.get_config() for n, loss in model.loss.items()}
    found[name] = [model.evaluate(x, y, sample_weight=weights, verbose=0, return_dict=True), configs]
print("found", json.dumps(found))
"""


def test_saved_models_load_in_a_fresh_process(tmp_path: Path) -> None:
    def changed(loss: Loss) -> dict[str, Any]:  # but for what the model or its targets would have to be changed with
        found = other_than_default(loss)
        return {n: v for n, v in found.items() if (type(v) is not int or n == "axis") and not n.startswith("log_")}

    problems = Problems(samples=10)
    expected = {}
    for name, settings in (("defaults", None), ("changed", changed)):
        problems.model.compile("sgd", loss=problems.criteria(settings))
        problems.model.save(tmp_path / f"{name}.keras")
        configs = {n: json.loads(json.dumps(c.get_config())) for n, c in problems.model.loss.items()}
        expected[name] = problems.losses(problems.y, problems.weights, settings), configs
    np.save(tmp_path / "data.npy", np.array([problems.x, problems.y, problems.weights], dtype=object))
    run = subprocess.run([sys.executable, "-c", FRESH, str(tmp_path)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads(run.stdout[run.stdout.index("found ") + 6 :])
    for name, (losses, configs) in expected.items():
        got = {n: found[name][0][f"{n}_loss"] for n in losses}
        assert got == pytest.approx(losses, rel=1e-5)
        assert found[name][1] == configs


@ALL
def test_configuration(loss: Loss) -> None:
    settings = {**other_than_default(loss), "reduction": "mean_with_sample_weight", "name": "mine"}
    settings |= {"across_replicas": BACKEND == "tensorflow"} if loss.compares_rows else {}
    first = criterion(loss, **settings)
    assert first.get_config() == settings
    assert set(inspect.signature(type(first)).parameters) == set(settings)
    copies = [
        type(first).from_config(first.get_config()),
        keras.losses.deserialize(json.loads(json.dumps(keras.losses.serialize(first)))),
        keras.losses.get(keras.losses.serialize(first)),
        pickle.loads(pickle.dumps(first)),
        copy.deepcopy(first),
    ]
    for second in copies:
        assert type(second) is type(first)
        assert second.get_config() == settings
    assert repr(first).startswith(f"{loss.class_name}(")
    assert all(f"{name}={value!r}" in repr(first) for name, value in settings.items())


def test_class_weights_may_come_as_any_array() -> None:
    weights = [0.5, 1.0, 2.0]
    for given_weights in (weights, tuple(weights), np.array(weights), keras.ops.convert_to_tensor(weights)):
        assert isoloss.keras.CrossEntropyLoss(class_weights=given_weights).get_config()["class_weights"] == weights


# 3. sample_weight and masks mean what they mean in Keras

RANDOM = np.random.default_rng(3)
TARGETS, PREDICTIONS = RANDOM.normal(size=(2, 4, 5, 3)).astype("float32")
LOGITS, LABELS = RANDOM.normal(size=(4, 5, 3)).astype("float32"), RANDOM.integers(3, size=(4, 5))
WEIGHTS = RANDOM.uniform(0, 2, size=(4, 5)).astype("float32")


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(
    "weights", [None, WEIGHTS[:, 0], WEIGHTS[:, :1], 0 * WEIGHTS[:, 0], WEIGHTS, WEIGHTS[..., None]]
)
def test_weights_as_in_keras(reduction: str | None, weights: np.ndarray | None) -> None:
    whole = weights is None or weights.shape[:2] == (4, 5)  # of sequences; else of (N, D), rows of them
    at = () if whole else (slice(None), 0)
    for targets, predictions, ours, keras_own in [
        (TARGETS[at], PREDICTIONS[at], isoloss.keras.MSELoss, keras.losses.MeanSquaredError(reduction=reduction)),
        (
            LABELS[at],
            LOGITS[at],
            isoloss.keras.CrossEntropyLoss,
            keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction=reduction),
        ),
    ]:
        got = array(ours(reduction=reduction)(targets, predictions, weights))
        expected = array(keras_own(targets, predictions, weights))
        # Keras makes (N, 1) of (N,) values if the weights are (N, 1)
        assert_allclose(got, expected.reshape(got.shape), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_ignored_labels_as_in_keras(reduction: str | None) -> None:
    labels = np.where(WEIGHTS > 1, -1, LABELS)
    own = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1, reduction=reduction)
    ours = isoloss.keras.CrossEntropyLoss(ignore_index=-1, reduction=reduction)
    for weights in (None, WEIGHTS):
        assert_allclose(array(ours(labels, LOGITS, weights)), array(own(labels, LOGITS, weights)), rtol=1e-5)
    assert not array(ours(np.full_like(LABELS, -1), LOGITS)).any()


def sequences(layer: keras.layers.Layer, tokens: np.ndarray, size: int) -> keras.Model:
    keras.utils.set_random_seed(2)
    return keras.Sequential([keras.Input(tokens.shape[1:]), layer, keras.layers.Dense(size)])


TOKENS = np.array([[1, 2, 0, 0, 0], [3, 4, 5, 0, 0], [6, 0, 0, 0, 0], [1, 5, 3, 2, 6]])


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_masks_as_in_keras(reduction: str | None) -> None:
    embedded = sequences(keras.layers.Embedding(7, 4, mask_zero=True), TOKENS, 3)(TOKENS)
    steps = np.where(TOKENS[..., None] > 0, TARGETS, 0.0).astype("float32")
    masked = sequences(keras.layers.Masking(), steps, 3)(steps)
    own_ce = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction=reduction)
    own_mse = keras.losses.MeanSquaredError(reduction=reduction)
    for weights in (None, WEIGHTS):
        for y, y_pred, ours, own in [
            (LABELS, embedded, isoloss.keras.CrossEntropyLoss(reduction=reduction), own_ce),
            (TARGETS, masked, isoloss.keras.MSELoss(reduction=reduction), own_mse),
        ]:
            assert_allclose(array(ours(y, y_pred, weights)), array(own(y, y_pred, weights)), rtol=1e-5, atol=1e-6)


def test_masks_in_fit() -> None:
    """What stands behind the mask never arrives, not even NaN; nothing but masked steps is 0."""
    model = sequences(keras.layers.Embedding(7, 4, mask_zero=True), TOKENS, 3)
    logits = array(model(TOKENS))
    targets = np.where(TOKENS[..., None] > 0, TARGETS, np.nan)
    model.compile(keras.optimizers.SGD(0.0), loss=isoloss.keras.MSELoss())
    expected = np.mean(((logits - targets)[TOKENS > 0].astype("float64")) ** 2)
    assert_allclose(model.train_on_batch(TOKENS, targets), expected, rtol=1e-5)
    assert_allclose(model.evaluate(TOKENS, targets, verbose=0), expected, rtol=1e-5)
    assert model.evaluate(0 * TOKENS, targets, verbose=0) == 0

    model.compile(keras.optimizers.SGD(0.1), loss=isoloss.keras.CrossEntropyLoss())
    labels = np.where(TOKENS > 0, LABELS, -100)
    expected = cross_entropy(logits, LABELS)[TOKENS > 0].mean()
    assert_allclose(model.train_on_batch(TOKENS, labels), expected, rtol=1e-5)
    model.reset_metrics()  # older releases report a running mean
    assert model.train_on_batch(0 * TOKENS, labels) == 0
    assert np.isfinite(array(model(TOKENS))).all()


def of_rows(name: str, views: int) -> Any:
    """A loss by our own NumPy function, of (N, views, D) with nothing masked."""

    def values(stacked: np.ndarray) -> np.ndarray:
        blocks = name == "nt_xent"
        rows = (stacked.swapaxes(0, 1) if blocks else stacked).reshape(-1, stacked.shape[-1])
        found = getattr(isoloss.numpy, name)(rows, reduction="none")
        return found.reshape(views, -1).T if blocks else found

    return values


@pytest.mark.parametrize(
    ("name", "oracle", "views"),
    [
        ("simcse", simcse, 2),
        ("info_nce", info_nce, 2),
        ("nt_xent", of_rows("nt_xent", 2), 2),
        ("supervised_simcse", of_rows("supervised_simcse", 3), 3),
    ],
)
def test_masked_samples_are_nobodys_negative(name: str, oracle: Any, views: int) -> None:
    x = RANDOM.normal(size=(4, views, 5)).astype("float32")
    x[1] = 0.0
    y_pred = sequences(keras.layers.Masking(), x, 6)(x)
    expected = oracle(np.delete(array(y_pred), 1, axis=0))
    for reduction in MEANS:
        assert_allclose(number(criterion(LOSSES[name], reduction=reduction)(None, y_pred)), expected.mean(), rtol=1e-5)
    assert_allclose(number(criterion(LOSSES[name], reduction="sum")(None, y_pred)), expected.sum(), rtol=1e-5)
    values = array(criterion(LOSSES[name], reduction=None)(None, y_pred))
    assert_allclose(np.delete(values, 1, axis=0), expected, rtol=1e-5)
    assert not values[1].any()
    nothing = sequences(keras.layers.Masking(), x, 6)(0 * x)
    assert number(criterion(LOSSES[name])(None, nothing)) == 0


def test_shared_negatives_cannot_be_masked() -> None:
    x = RANDOM.normal(size=(6, 3, 4)).astype("float32")
    y_pred = sequences(keras.layers.Masking(), x, 5)(x)
    with pytest.raises(ValueError, match="negatives cannot be masked"):
        isoloss.keras.InfoNCELoss()(None, y_pred)


def test_where_weights_depart_from_keras() -> None:
    values = cross_entropy(LOGITS, LABELS)
    for reduction, divisor in [("sum_over_batch_size", 20.0), ("mean_with_sample_weight", 5 * WEIGHTS[:, 0].sum())]:
        for weights in (WEIGHTS[:, 0], WEIGHTS[:, :1]):  # of whole sequences
            got = isoloss.keras.CrossEntropyLoss(reduction=reduction)(LABELS, LOGITS, weights)
            assert_allclose(number(got), np.sum(weights.reshape(4, 1) * values) / divisor, rtol=1e-5)
    with pytest.raises(ValueError, match="sample_weight must have the shape of the values"):
        isoloss.keras.MSELoss()(TARGETS[:, 0], PREDICTIONS[:, 0], WEIGHTS[:, :3])

    pairs = RANDOM.normal(size=(4, 2, 6)).astype("float32")
    weighted = WEIGHTS[:, :1] * simcse(pairs)
    got = isoloss.keras.SimCSELoss(reduction="mean_with_sample_weight")(None, pairs, WEIGHTS[:, 0])
    assert_allclose(number(got), weighted.sum() / (2 * WEIGHTS[:, 0].sum()), rtol=1e-5)
    assert_allclose(number(isoloss.keras.SimCSELoss()(None, pairs, WEIGHTS[:, 0])), weighted.mean(), rtol=1e-5)

    errors = (TARGETS - PREDICTIONS).astype("float64") ** 2
    for weights in (WEIGHTS, WEIGHTS[..., None]):  # one number: into the formula
        got = number(isoloss.keras.RMSELoss()(TARGETS, PREDICTIONS, weights))
        assert_allclose(got, np.sqrt((WEIGHTS[..., None] * errors).sum() / (3 * WEIGHTS.sum())), rtol=1e-5)
    assert number(isoloss.keras.RMSELoss()(TARGETS, PREDICTIONS, 0 * WEIGHTS)) == 0


@pytest.mark.parametrize("at", [(slice(None), 0), ()], ids=["rows", "sequences"])
def test_class_weights(at: tuple[Any, ...]) -> None:
    """They weigh as `fit(class_weight=...)` does; "mean_with_sample_weight" divides by their sum, as PyTorch does."""
    class_weights = np.array([0.5, 1.0, 3.0])
    labels, logits = LABELS[at], LOGITS[at]
    each = class_weights[labels]
    weighted = each * cross_entropy(logits, labels)
    for reduction, expected in [
        ("sum_over_batch_size", weighted.mean()),
        ("sum", weighted.sum()),
        (None, weighted),
        ("mean_with_sample_weight", weighted.sum() / each.sum()),
    ]:
        ours = isoloss.keras.CrossEntropyLoss(class_weights=class_weights, reduction=reduction)
        assert_allclose(array(ours(labels, logits)), expected, rtol=1e-5)
        assert_allclose(array(ours.call(labels, logits)), weighted, rtol=1e-5)


def test_samples_of_one_number() -> None:
    """(N,) predictions are N samples; Keras' own losses would take them for one."""
    got = isoloss.keras.MSELoss(reduction=None)(TARGETS[0, 0], PREDICTIONS[0, 0])
    assert_allclose(array(got), (TARGETS[0, 0] - PREDICTIONS[0, 0]) ** 2, rtol=1e-5)
    column = isoloss.keras.MSELoss(reduction=None)(TARGETS[0, 0], PREDICTIONS[0, 0, :, None])
    assert_allclose(array(column), array(got))
    column = isoloss.keras.MSELoss(reduction=None)(TARGETS[0, 0, :, None], PREDICTIONS[0, 0])
    assert_allclose(array(column), array(got))


# 4. Labels are integers

LARGE = np.array([257, 256, 300, 511])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_labels_above_256_in_half_precision(dtype: str) -> None:
    logits = keras.ops.cast(RANDOM.normal(scale=3.0, size=(4, 512)), dtype)
    expected = cross_entropy(array(keras.ops.cast(logits, "float32")), LARGE)
    for labels in (LARGE, LARGE.astype("int32"), LARGE.astype("uint16"), LARGE[:, None]):
        got = isoloss.keras.CrossEntropyLoss(reduction=None)(labels, logits)
        assert keras.backend.standardize_dtype(got.dtype) == "float32"
        assert_allclose(array(got), expected, rtol=1e-5)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_labels_above_256_under_a_mixed_policy(policy: str) -> None:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(512)])
    finally:
        keras.config.set_dtype_policy(before)
    x = RANDOM.normal(size=(4, 8)).astype("float32")
    y_pred = model(x)
    assert keras.backend.standardize_dtype(y_pred.dtype) == policy.removeprefix("mixed_")
    expected = cross_entropy(array(keras.ops.cast(y_pred, "float32")), LARGE).mean()
    model.compile(keras.optimizers.SGD(0.0), loss=isoloss.keras.CrossEntropyLoss())
    # a compiled model may leave out roundings to half precision
    assert_allclose(model.evaluate(x, LARGE, verbose=0), expected, rtol=3e-3)
    assert_allclose(model.train_on_batch(x, LARGE), expected, rtol=3e-3)


@pytest.mark.parametrize("labels", [[1.7, 0.0], [1.0, 0.0]])
def test_labels_that_are_no_integers(labels: list[float]) -> None:
    with pytest.raises(TypeError, match="labels must be integers"):
        isoloss.keras.CrossEntropyLoss()(np.array(labels), LOGITS[:2, 0])
    with pytest.raises(TypeError, match="labels must be integers"):
        isoloss.keras.CrossEntropyLoss()(labels, LOGITS[:2, 0])


@pytest.mark.parametrize("label", [-1, 3, 2**31 - 1])
def test_labels_out_of_range(label: int) -> None:
    labels = np.array([0, label])
    with pytest.raises(ValueError, match="labels must be from 0 to C - 1, C being the 3 classes"):
        isoloss.keras.CrossEntropyLoss()(labels, LOGITS[:2, 0])
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)])
    model.compile("sgd", loss=isoloss.keras.CrossEntropyLoss())
    if BACKEND == "torch":  # fit is eager there
        with pytest.raises(ValueError, match="labels must be from 0 to C - 1, C being the 3 classes"):
            model.train_on_batch(LOGITS[:2, 0], labels)
    else:
        assert np.isnan(model.train_on_batch(LOGITS[:2, 0], labels))


# 5. Mistakes are told


def test_learnable_temperature() -> None:
    for value in (keras.Variable(0.1), keras.ops.convert_to_tensor(0.1), keras.KerasTensor(()), np.array(0.1)):
        for cls in (isoloss.keras.SimCSELoss, isoloss.keras.InfoNCELoss):
            with pytest.raises(TypeError, match=r"temperature must be a number.* in a layer that scales"):
                cls(temperature=value)


@ALL
def test_settings_that_are_wrong(loss: Loss) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'temprature'"):
        criterion(loss, temprature=0.1)
    with pytest.raises(ValueError, match="avarage"):
        criterion(loss, reduction="avarage")
    for setting in loss.settings:
        if setting.interval is not None:
            wrong = setting.interval.low - (1 if setting.interval.includes_low else 0)
            with pytest.raises(ValueError, match=rf"{setting.name} must be .*{setting.interval}"):
                criterion(
                    loss, **{setting.name: float(wrong) if setting.default is None else type(setting.default)(wrong)}
                )
        with pytest.raises((TypeError, ValueError), match=f"{setting.name} must be"):
            criterion(loss, **{setting.name: "nonsense"})
    if loss.one_number:
        for reduction in ("sum", "none", None):
            with pytest.raises(ValueError, match="one number for the whole batch"):
                criterion(loss, reduction=reduction)


@ALL
def test_inputs_that_are_wrong(loss: Loss) -> None:
    problem = Problem(loss, samples=4)
    y_pred = problem.model()(problem.x)
    ours = criterion(loss)
    with pytest.raises(TypeError, match="must be floating"):
        ours(problem.y, keras.ops.cast(y_pred, "int32"))
    with pytest.raises(ValueError, match="must have the shape of the values"):
        ours(problem.y, y_pred, np.ones((4, *problem.output, 2)))
    if problem.y is not None:
        if any(not (a.predicted or a.optional) for a in loss.inputs):
            with pytest.raises(ValueError, match="y_true must hold"):
                ours(None, y_pred)
        with pytest.raises(ValueError, match="must agree"):
            ours(problem.y[:3], y_pred)
    if len(problem.output) > 1:
        for wrong in (np.ones((4, 1, SIZES["D"])), np.ones((4, 4, SIZES["D"])), np.ones(4)):
            with pytest.raises(ValueError, match="must"):
                ours(problem.y, wrong)


def test_shapes_that_are_wrong() -> None:
    ones = np.ones((6, 3, 4), "float32")
    with pytest.raises(ValueError, match=r"targets .* must agree"):
        isoloss.keras.MSELoss()(ones[:2, 0, :3], ones[:2, 0, :2])
    with pytest.raises(ValueError, match="a multiple of 2 rows"):
        isoloss.keras.SimCSELoss()(None, ones[:3, 0])
    with pytest.raises(ValueError, match="2 views of each sample"):
        isoloss.keras.SimCSELoss()(None, ones)
    with pytest.raises(ValueError, match=r"queries, keys, negatives on axis 1, \(N, 2 to 3, ...\); got \(6, 4\)"):
        isoloss.keras.InfoNCELoss()(None, ones[:, 0])
    with pytest.raises(ValueError, match="y_true must hold targets; got None"):
        isoloss.keras.MSELoss()(None, ones)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    model.compile("sgd", loss=isoloss.keras.MSELoss())
    with pytest.raises(ValueError, match=r"targets .* must agree"):
        model.fit(ones[:, 0], ones[:, 0, :3], verbose=0)


def test_a_weight_of_a_layer_is_a_temperature() -> None:
    class Contrast(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.temperature = self.add_weight(shape=(), initializer=keras.initializers.Constant(0.5))

        def call(self, x: Any) -> Any:
            self.add_loss(isoloss.keras.clip(x[:, 0], x[:, 1], temperature=self.temperature))
            return x

    model = keras.Sequential([keras.Input((2, 4)), Contrast()])
    model.compile(keras.optimizers.SGD(0.01), loss=None)
    x = np.random.default_rng(0).normal(size=(16, 2, 4)).astype("float32")
    (value,) = model.fit(x, batch_size=16, verbose=0).history["loss"]
    assert_allclose(value, isoloss.numpy.clip(x[:, 0], x[:, 1], temperature=0.5), rtol=1e-5)
    assert float(keras.ops.convert_to_numpy(model.layers[-1].temperature)) != 0.5


# 6. Every way to run a model


@pytest.mark.parametrize("mode", MODES)
def test_modes(mode: str) -> None:
    problems = Problems(samples=10, losses=FEW if mode == "eager" else LOSSES)
    expected = problems.losses(problems.y, problems.weights)
    assert np.isfinite(list(expected.values())).all()
    problems.model.compile(keras.optimizers.SGD(0.0), loss=problems.criteria(), **MODES[mode])
    data = {"x": problems.x, "y": problems.y, "sample_weight": problems.weights}
    found = [problems.model.train_on_batch(**data, return_dict=True)]
    if mode != "eager":
        found.append(problems.model.evaluate(**data, batch_size=10, verbose=0, return_dict=True))
    for logs in found:
        assert {name: logs[f"{name}_loss"] for name in expected} == pytest.approx(expected, rel=1e-5)
        assert logs["loss"] == pytest.approx(sum(expected.values()), rel=1e-5)


def test_last_batch_is_smaller() -> None:
    problems = Problems(samples=10, losses=FEW)
    y_pred = {name: array(y) for name, y in problems.model(problems.x).items()}
    each = [
        sum(value(c, problems.y[name][part], y_pred[name][part]) for name, c in problems.criteria().items())
        for part in (slice(0, 4), slice(4, 8), slice(8, 10))
    ]
    problems.model.compile(keras.optimizers.SGD(0.0), loss=problems.criteria())
    history = problems.model.fit(problems.x, problems.y, batch_size=4, epochs=1, shuffle=False, verbose=0)
    assert_allclose(history.history["loss"], np.average(each, weights=[4, 4, 2]), rtol=1e-5)


@pytest.mark.parametrize("as_dict", [False, True])
def test_several_outputs(as_dict: bool) -> None:
    keras.utils.set_random_seed(4)
    inputs = keras.Input((4,))
    names = {"number": 2, "kind": 3, "views": 12}
    outputs = {n: keras.layers.Dense(size, name=n if n != "views" else None)(inputs) for n, size in names.items()}
    outputs["views"] = keras.layers.Reshape((2, 6), name="views")(outputs["views"])
    losses = {
        "number": isoloss.keras.MSELoss(),
        "kind": isoloss.keras.CrossEntropyLoss(),
        "views": isoloss.keras.SimCSELoss(),
    }
    x = RANDOM.normal(size=(5, 4)).astype("float32")
    y = {"number": TARGETS[0, :, :2], "kind": LABELS[0], "views": np.zeros((5, 1))}
    weights = {"number": 1.0, "kind": 2.0, "views": 0.5}
    model = keras.Model(inputs, outputs if as_dict else list(outputs.values()))
    found = {n: array(v) for n, v in keras.Model(inputs, outputs)(x).items()}
    each = [
        np.mean((found["number"] - y["number"]) ** 2),
        cross_entropy(found["kind"], y["kind"]).mean(),
        simcse(found["views"]).mean(),
    ]
    losses, y, weights = (d if as_dict else list(d.values()) for d in (losses, y, weights))
    model.compile("sgd", loss=losses, loss_weights=weights)
    logs = model.train_on_batch(x, y, return_dict=True)
    assert_allclose(logs["loss"], each[0] + 2 * each[1] + 0.5 * each[2], rtol=1e-5)
    assert_allclose([logs["number_loss"], logs["kind_loss"], logs["views_loss"]], each, rtol=1e-5)


def test_views_as_rows_and_on_an_axis_of_their_own() -> None:
    """Stacked for nt_xent, side by side for the others."""
    views = RANDOM.normal(size=(4, 3, 6)).astype("float32")
    weights = WEIGHTS[0, :4]
    for loss, rows in [
        (isoloss.keras.NTXentLoss(views=3, reduction=None), np.concatenate([views[:, k] for k in range(3)])),
        (isoloss.keras.SupervisedSimCSELoss(temperature=0.5, reduction=None), views.reshape(12, 6)),
    ]:
        values, of_rows = array(loss(None, views)), array(loss(None, rows))
        assert_allclose(values.T.reshape(-1) if values.ndim == 2 else values, of_rows, rtol=1e-5)
        weighted = array(loss(None, views, weights))
        assert_allclose(weighted, values * (weights[:, None] if values.ndim == 2 else weights), rtol=1e-5)
    assert values.shape == (4,)
    with pytest.raises(ValueError, match="2 views of each sample"):
        isoloss.keras.NTXentLoss()(None, views)


def test_logits_and_labels() -> None:
    embeddings = RANDOM.normal(size=(8, 6)).astype("float32")
    logits, labels = isoloss.keras.nt_xent_logits(embeddings)
    own = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, logits)
    assert_allclose(number(own), number(isoloss.keras.nt_xent(embeddings)), rtol=1e-5)


def test_values_on_numpy_arrays() -> None:
    pairs = RANDOM.normal(size=(4, 2, 6)).astype("float32")
    triples = RANDOM.normal(size=(4, 3, 6)).astype("float32")
    assert_allclose(number(isoloss.keras.MSELoss()(TARGETS, PREDICTIONS)), np.mean((TARGETS - PREDICTIONS) ** 2), 1e-5)
    rmse = np.sqrt(np.mean((TARGETS - PREDICTIONS) ** 2))
    assert_allclose(number(isoloss.keras.RMSELoss()(TARGETS, PREDICTIONS)), rmse, rtol=1e-5)
    smooth = isoloss.keras.CrossEntropyLoss(label_smoothing=0.2, reduction=None)
    assert_allclose(array(smooth(LABELS, LOGITS)), cross_entropy(LOGITS, LABELS, 0.2), rtol=1e-5)
    first = isoloss.keras.CrossEntropyLoss(axis=1, reduction=None)
    assert_allclose(array(first(LABELS, np.moveaxis(LOGITS, -1, 1))), cross_entropy(LOGITS, LABELS), rtol=1e-5)
    assert_allclose(array(isoloss.keras.SimCSELoss(reduction=None)(None, pairs)), simcse(pairs), rtol=1e-5)
    rows = isoloss.keras.SimCSELoss(temperature=0.5, reduction=None)(None, pairs.reshape(8, 6))
    assert_allclose(array(rows), simcse(pairs, 0.5).reshape(-1), rtol=1e-5)
    for stacked in (pairs, triples):
        assert_allclose(array(isoloss.keras.InfoNCELoss(reduction=None)(None, stacked)), info_nce(stacked), rtol=1e-5)
    assert_allclose(number(isoloss.keras.MSELoss()([1.0, 2.0], [1.0, 4.0])), 2.0)


@pytest.mark.skipif(BACKEND != "torch", reason="autocast is PyTorch's")
@ALL
def test_autocast_does_not_reach_into_it(loss: Loss) -> None:
    import torch

    problem = Problem(loss, 8)
    y_pred = problem.model()(problem.x)
    with torch.autocast("cpu", torch.bfloat16):
        inside = criterion(loss)(problem.y, y_pred)
    assert inside.dtype == torch.float32
    assert torch.equal(inside, criterion(loss)(problem.y, y_pred))


@pytest.mark.skipif(BACKEND != "tensorflow", reason="tf.function is TensorFlow's")
def test_custom_loop_in_tensorflow() -> None:
    """AutoGraph leaves the classes alone; the batch size is unknown."""
    import tensorflow as tf

    signature = [tf.TensorSpec((None, 2, 6)), tf.TensorSpec((None,))]
    for ours, oracle in [(isoloss.keras.SimCSELoss(), simcse), (isoloss.keras.InfoNCELoss(), info_nce)]:
        step = tf.function(lambda y_pred, weights, ours=ours: ours(None, y_pred, weights), input_signature=signature)
        for samples in (3, 5):
            pairs = RANDOM.normal(size=(samples, 2, 6)).astype("float32")
            values = oracle(pairs).reshape(samples, -1)
            assert_allclose(step(pairs, WEIGHTS[0, :samples]), (values * WEIGHTS[0, :samples, None]).mean(), rtol=1e-5)

    ran: list[str] = []

    @declare("TracedLoss", scores="...", per="...")
    def traced(xp: Any, scores: Any) -> Any:
        ran.extend(frame.function for frame in inspect.stack())
        return scores

    class TracedLoss(Criterion):
        spec = staticmethod(traced)

    tf.function(TracedLoss())(None, tf.ones(3))
    assert "_values" in ran
    assert "tf____call__" not in ran  # as AutoGraph would call it


# 7. Precision


def test_float64() -> None:
    if BACKEND == "jax":
        with jax.enable_x64(True):
            got = isoloss.keras.MSELoss()(np.array([1e8 + 1]), np.array([1e8]))
    else:
        wide = [keras.ops.convert_to_tensor(np.array([v]), dtype="float64") for v in (1e8 + 1, 1e8)]
        got = isoloss.keras.MSELoss()(*wide)
    assert number(got) == 1.0
    if BACKEND != "torch":  # there Keras' own mean ends in float32
        assert keras.backend.standardize_dtype(got.dtype) == "float64"


# 8. Shuffling


def test_shuffling_tears_no_pairs() -> None:
    x = RANDOM.normal(size=(12, 1, 5)) + 0.1 * RANDOM.normal(size=(12, 2, 5))
    model = keras.Sequential([keras.Input((2, 5)), keras.layers.Dense(6)])
    pairs = array(model(x.astype("float32")))
    expected = simcse(pairs).mean()
    order = RANDOM.permutation(12)
    assert_allclose(value(isoloss.keras.SimCSELoss(), None, pairs[order]), expected, rtol=1e-5)
    model.compile(keras.optimizers.SGD(0.0), loss=isoloss.keras.SimCSELoss())
    history = model.fit(x, batch_size=12, epochs=3, shuffle=True, verbose=0)
    assert_allclose(history.history["loss"], [expected] * 3, rtol=1e-4)
    torn = pairs.reshape(24, 6)[RANDOM.permutation(24)]
    assert value(isoloss.keras.SimCSELoss(), None, torn) > 2 * expected


# A loss of one's own


@declare("ScaledLoss", scores=("..."), others=("..."), targets=given("..."), per="...")
def scaled(xp: Any, scores: Any, others: Any, targets: Any = None, *, scale: float = 1.0) -> Any:
    error = scores - others if targets is None else (scores - others) * targets
    return error * error * scale


@keras.saving.register_keras_serializable(package="tests")
class ScaledLoss(Criterion):
    spec = staticmethod(scaled)


def test_own_spec() -> None:
    ours = ScaledLoss(scale=3.0, reduction=None)
    both = np.array([[1.0, 3.0], [2.0, 2.5]], "float32")
    assert_allclose(array(ours(None, both)), [12.0, 0.75])
    for targets in (np.array([2.0, -2.0]), np.array([[2.0], [-2.0]])):
        assert_allclose(array(ours(targets, both)), [48.0, 3.0])
    assert ScaledLoss.from_config(ours.get_config()).get_config() == ours.get_config()
    with pytest.raises(TypeError, match="scaled has no setting size; its are scale"):
        ScaledLoss(size=1)


@pytest.mark.parametrize("sample_weight", [np.ones(1, np.float32), np.ones(4, np.float32), np.float32(2.0)])
def test_a_sample_weight_of_another_shape_is_refused(sample_weight: Any) -> None:
    with pytest.raises(ValueError, match="sample_weight must have the shape of the values"):
        isoloss.keras.MSELoss()(np.zeros((3, 2), np.float32), np.ones((3, 2), np.float32), sample_weight)
