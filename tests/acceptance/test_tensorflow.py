"""What a TensorFlow user does with each loss."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from own_spec import scaled_error
from problems import arrays, limits, predicted

import isoloss.tensorflow
from isoloss.losses import LOSSES, Loss, tiles


def function(loss: Loss) -> Any:
    return getattr(isoloss.tensorflow, loss.name)


def inputs(loss: Loss, rows: int = 8) -> dict[str, tf.Tensor]:
    return {name: tf.constant(x) for name, x in arrays(loss, rows).items()}


def open_batch(loss: Loss) -> dict[str, tf.TensorSpec]:
    """What a function takes that knows no batch size."""
    return {n: tf.TensorSpec([None, *x.shape[1:]], x.dtype, n) for n, x in inputs(loss).items()}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=lambda loss: loss.name)
class TestEveryFunction:
    @pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])
    def test_gradient_steps_lower_it(self, loss: Loss, xla: bool) -> None:
        given = inputs(loss)
        learned = {name: tf.Variable(given.pop(name)) for name in predicted(loss)}

        @tf.function(jit_compile=xla)
        def step() -> tf.Tensor:
            with tf.GradientTape() as tape:
                value = function(loss)(**learned, **given)
            gradients = tape.gradient(value, list(learned.values()))
            for (name, variable), gradient in zip(learned.items(), gradients, strict=True):
                # a step of the same length for every loss, since they differ in scale
                step = 0.2 * gradient / (tf.norm(gradient) + 1e-3)
                variable.assign(tf.clip_by_value(variable - step, *limits(loss, name)))
            return value

        losses = [float(step()) for _ in range(60)]
        assert losses[-1] < losses[0] / 2

    def test_one_trace_for_all_batch_sizes(self, loss: Loss) -> None:
        traced = []

        @tf.function(input_signature=[open_batch(loss)])
        def value(given: Any) -> tf.Tensor:
            traced.append(None)
            return function(loss)(**given)

        for rows in (8, 12, 6):
            np.testing.assert_allclose(value(inputs(loss, rows)), function(loss)(**inputs(loss, rows)), rtol=1e-6)
        assert len(traced) == 1

    def test_relaxed_shapes_trace_twice_at_most(self, loss: Loss) -> None:
        """Without a signature: once for the first size, and once for any."""
        traced = []

        @tf.function(reduce_retracing=True)
        def value(**given: Any) -> tf.Tensor:
            traced.append(None)
            return function(loss)(**given)

        for rows in (8, 12, 6, 10):
            value(**inputs(loss, rows))
        assert len(traced) <= 2

    def test_saved_model(self, loss: Loss, tmp_path: Path) -> None:
        """Value and gradient survive."""
        module = tf.Module()
        module.loss = tf.function(lambda given: function(loss)(**given), input_signature=[open_batch(loss)])
        with warnings.catch_warnings():
            tf.saved_model.save(module, str(tmp_path))
        loaded = tf.saved_model.load(str(tmp_path))
        given = inputs(loss, 12)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(given)
            restored, original = loaded.loss(given), function(loss)(**given)
        np.testing.assert_allclose(restored, original, rtol=1e-6)
        for name in predicted(loss):
            expected = tape.gradient(original, given[name])
            scale = float(tf.reduce_max(tf.abs(expected)))
            np.testing.assert_allclose(tape.gradient(restored, given[name]), expected, rtol=1e-5, atol=1e-6 * scale)

    def test_second_derivatives_in_a_graph(self, loss: Loss) -> None:
        given = inputs(loss, 4)
        name = predicted(loss)[0]

        def curvature(x: tf.Tensor) -> tf.Tensor:
            with tf.GradientTape() as outer:
                outer.watch(x)
                with tf.GradientTape() as inner:
                    inner.watch(x)
                    value = function(loss)(**(given | {name: x}))
                slope = tf.reduce_sum(inner.gradient(value, x) * direction)
            return outer.gradient(slope, x, unconnected_gradients="zero")  # straight lines have none

        direction = tf.random.stateless_normal(given[name].shape, (1, 2))
        eager, graph = curvature(given[name]), tf.function(curvature)(given[name])
        assert np.isfinite(eager).all()
        np.testing.assert_allclose(graph, eager, rtol=1e-4, atol=1e-5 * float(tf.reduce_max(tf.abs(eager))))

    def test_forward_mode(self, loss: Loss) -> None:
        """Of sure predictions: it looks past a custom gradient."""
        given = inputs(loss, 4)
        name = predicted(loss)[0]
        x = given[name] * (1.0 if np.isfinite(limits(loss, name)).any() else 4.0)
        changes = tf.random.stateless_normal(x.shape, (1, 2))
        with tf.autodiff.ForwardAccumulator(x, changes) as forward, tf.GradientTape() as tape:
            tape.watch(x)
            value = function(loss)(**(given | {name: x}))
        by_slopes = tape.gradient(value, x) * changes
        tolerance = 1e-4 * float(tf.reduce_max(tf.abs(by_slopes)))
        np.testing.assert_allclose(forward.jvp(value), tf.reduce_sum(by_slopes), rtol=1e-4, atol=tolerance)

    def test_pickles(self, loss: Loss) -> None:
        assert pickle.loads(pickle.dumps(function(loss))) is function(loss)


def test_what_only_the_run_knows_is_nan() -> None:
    """An odd batch, a label out of range, batches that differ: in a graph that knows no sizes."""
    embeddings = tf.TensorSpec([None, 4], tf.float32)
    value = tf.function(isoloss.tensorflow.simcse, input_signature=[embeddings])
    assert np.isnan(value(tf.random.stateless_normal((5, 4), (1, 2))))
    assert np.isfinite(value(tf.random.stateless_normal((6, 4), (1, 2))))
    vector = tf.TensorSpec([None], tf.float32)
    difference = tf.function(isoloss.tensorflow.mse, input_signature=[vector, vector])
    assert np.isnan(difference(tf.ones(3), tf.ones(1)))
    rows = tf.function(
        lambda logits, labels: isoloss.tensorflow.cross_entropy(logits, labels, reduction="none"),
        input_signature=[embeddings, tf.TensorSpec([None], tf.int64)],
    )
    np.testing.assert_array_equal(np.isnan(rows(tf.zeros((3, 4)), [0, 4, -1])), [False, True, True])


def test_an_unknown_number_of_axes_is_refused() -> None:
    value = tf.function(isoloss.tensorflow.simcse, input_signature=[tf.TensorSpec(None, tf.float32)])
    with pytest.raises(ValueError, match="number of axes of embeddings must be known while tracing; got unknown rank"):
        value(tf.ones((4, 2)))


def test_variables_learn_a_temperature() -> None:
    temperature = tf.Variable(0.5)
    with tf.GradientTape() as tape:
        value = isoloss.tensorflow.simcse(arrays(LOSSES["simcse"])["embeddings"], temperature=temperature)
    assert float(tape.gradient(value, temperature)) != 0


def test_frameworks_do_not_mix() -> None:
    jnp = pytest.importorskip("jax.numpy")
    with pytest.raises(TypeError, match=r"targets must be an array of the framework .* got jax.*ArrayImpl. Convert it"):
        isoloss.tensorflow.mse(tf.ones(3), jnp.ones(3))


@pytest.mark.parametrize("views", [2, 3])
@pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])
def test_logits_and_labels_go_into_tensorflows_own_loss(views: int, xla: bool) -> None:
    @tf.function(input_signature=[tf.TensorSpec([None, 6])], jit_compile=xla)
    def both(embeddings: tf.Tensor) -> Any:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(embeddings)
            logits, labels = isoloss.tensorflow.nt_xent_logits(embeddings, temperature=0.25, views=views)
            own = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
            ours = isoloss.tensorflow.nt_xent(embeddings, temperature=0.25, views=views)
        return own, ours, tape.gradient(own, embeddings), tape.gradient(ours, embeddings)

    for samples in (3, 5):
        own, ours, of_own, of_ours = both(tf.random.stateless_normal([views * samples, 6], [0, samples]))
        np.testing.assert_allclose(own, ours, rtol=1e-5)
        np.testing.assert_allclose(of_own, of_ours, atol=1e-6)
    assert np.isnan(both(tf.ones([7, 6]))[0])


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("binary_cross_entropy_with_logits", {}),
        ("binary_cross_entropy_with_logits", {"pos_weight": np.array([2.0])}),
        ("binary_focal", {}),
    ],
    ids=["plain", "pos_weight", "focal"],
)
def test_forward_mode_at_logits_of_zero(name: str, options: Any) -> None:
    """It looks past a custom gradient, into a formula that must have the slope itself."""
    logits, targets = tf.zeros(3), tf.constant([0.0, 1.0, 0.25])
    changes = tf.constant([1.0, 2.0, 4.0])
    with tf.autodiff.ForwardAccumulator(logits, changes) as forward, tf.GradientTape() as tape:
        tape.watch(logits)
        value = getattr(isoloss.tensorflow, name)(logits, targets, **options)
    assert abs(forward.jvp(value) - tf.reduce_sum(tape.gradient(value, logits) * changes)) < 1e-6


def test_a_spec_of_your_own() -> None:
    loss = isoloss.tensorflow.bind(scaled_error)
    predictions = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        value = tf.function(lambda: loss(predictions, np.zeros(2, np.float32), scale=0.5))()
    assert value == 3.0
    np.testing.assert_array_equal(tape.gradient(value, predictions), [1.0, 1.0])


@pytest.mark.parametrize("name", ["nt_xent", "info_nce", "clip"])
@pytest.mark.parametrize("compiled", [False, True], ids=["graph", "xla"])
def test_the_blocked_form_takes_arrays_of_unknown_size(name: str, compiled: bool) -> None:
    given = inputs(LOSSES[name], 16)

    def slopes(method: str, *arrays: tf.Tensor) -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(arrays)
            value = getattr(isoloss.tensorflow, name)(*arrays, method=method)
        return tape.gradient(value, arrays)

    signature = [tf.TensorSpec([None, None], x.dtype) for x in given.values()]
    blocked = tf.function(lambda *x: slopes("blocked", *x), input_signature=signature, jit_compile=compiled)
    for rows in (4, 16):
        arrays = [x[:rows] for x in given.values()]
        for got, expected in zip(blocked(*arrays), slopes("dense", *arrays), strict=True):
            np.testing.assert_allclose(got, expected, atol=1e-5 * float(tf.reduce_max(tf.abs(expected))))


def test_rows_that_fill_up_a_block_cost_no_second_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("isoloss.tensorflow.tiles.BLOCK", 16)
    monkeypatch.setattr("isoloss.tensorflow.tiles.STRIP", 1)
    strips: list[None] = []
    strip = tiles.strip
    monkeypatch.setattr(tiles, "strip", lambda *x: (strips.append(None), strip(*x))[1])
    x, y = (tf.Variable(x) for x in np.random.default_rng(0).normal(size=(2, 10, 3)).astype(np.float32))
    for weights, passes in ((None, 1), (tf.range(10.0), 2)):
        strips.clear()
        with tf.GradientTape() as tape:
            value = isoloss.tensorflow.info_nce(x, y, method="blocked", weights=weights)
        tape.gradient(value, [x, y])
        assert len(strips) == 3 * passes  # of four rows


@pytest.mark.parametrize("name", ["nt_xent", "info_nce", "clip"])
def test_the_blocked_form_refuses_second_derivatives(name: str) -> None:
    given = inputs(LOSSES[name], 4)
    (first, *_) = given.values()
    with tf.GradientTape() as outer:
        outer.watch(first)
        with tf.GradientTape() as inner:
            inner.watch(first)
            value = getattr(isoloss.tensorflow, name)(*given.values(), method="blocked")
        slope = inner.gradient(value, first)
    with pytest.raises(NotImplementedError, match="choose method='dense'"):
        outer.gradient(slope, first)
