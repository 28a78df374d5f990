"""Replicas of `tf.distribute`, on logical CPUs: what TensorFlow and Keras alone have."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from problem import batch, encoder
from processes import Found, run

import isoloss.keras
import isoloss.tensorflow

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What came of `with_keras.py`."""
    folder = tmp_path_factory.mktemp("keras")
    (done,) = run([["-W", "error", HERE / "with_keras.py", folder]])
    assert done.returncode == 0, done.stderr
    return dict(np.load(folder / "keras.npz"))


def test_training(found: list[Found]) -> None:
    """Ten steps of an optimizer: the parameters are those of one replica."""
    weights = [tf.Variable(x, dtype=tf.float64) for x in encoder().values()]
    for step in range(10):
        with tf.GradientTape() as tape:
            hidden = tf.tanh(batch(step, len(found)).astype(np.float64) @ tf.transpose(weights[0]) + weights[1])
            loss = isoloss.tensorflow.simcse(hidden @ tf.transpose(weights[2]) + weights[3], temperature=0.2)
        for weight, gradient in zip(weights, tape.gradient(loss, weights), strict=True):
            weight.assign_sub(0.1 * gradient)
    for (name, first), expected in zip(encoder().items(), weights, strict=True):
        assert np.abs(expected - first).max() > 0.05
        for of_replica in found:
            assert np.allclose(of_replica[f"trained {name}"], expected, rtol=1e-4, atol=1e-5), name


@pytest.mark.parametrize(("dtype", "within"), [("float16", 1e-3), ("float64", 1e-12)])
def test_dtypes(found: list[Found], dtype: str, within: float) -> None:
    """A sixteenth of what float16 resolves at most, since it is computed in float32."""
    rows = batch(0, len(found)).astype(dtype).astype(np.float64)
    expected = isoloss.tensorflow.simcse(rows, temperature=0.2).numpy()
    assert np.allclose(found[0][dtype], expected, rtol=within, atol=0.0)


def test_an_array_that_all_replicas_have_as_one_object(found: list[Found]) -> None:
    """TensorFlow gathers no such array."""
    rows = np.concatenate([batch(0, len(found))[:8]] * len(found))
    expected = isoloss.tensorflow.npairs(rows, rows, temperature=2.0).numpy()
    assert np.allclose(found[0]["one object"], expected, rtol=2e-6)


def test_a_value_for_each_row(found: list[Found]) -> None:
    """Of one's own rows; the gradient is that of the sum over all."""
    rows = tf.constant(batch(0, len(found)), tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(rows)
        values = isoloss.tensorflow.simcse(rows, temperature=0.2, reduction="none")
    gradient = tape.gradient(values, rows).numpy()
    assert np.allclose(np.concatenate(found[0]["none"]), values, rtol=2e-6, atol=2e-6)
    assert np.abs(np.concatenate(found[0]["none gradient"]) - gradient).max() <= 2e-5 * np.abs(gradient).max()


def test_batches_of_different_sizes(found: list[Found]) -> None:
    """They are refused before the run, or in it where the run alone knows the sizes."""
    sizes = [4] * (len(found) - 1) + [6]
    assert "ValueError: " in str(found[0]["sizes"])
    assert f"as many rows of embeddings; they have {', '.join(map(str, sizes))}. Batch" in str(found[0]["sizes"])
    late = str(found[0]["late sizes"])
    assert "InvalidArgumentError: " in late
    assert "simcse: all replicas must have as many rows of embeddings" in late
    assert "".join(f"[{size} -1 -1]" for size in sizes) in late


def test_sizes_that_the_run_alone_knows(found: list[Found]) -> None:
    rows = np.concatenate([batch(6, 1)[:6]] * len(found))
    expected = isoloss.tensorflow.simcse(rows, temperature=0.2).numpy()
    assert np.allclose(found[0]["late"], expected, rtol=2e-6, atol=0.0)


def test_second_derivatives_are_refused(found: list[Found]) -> None:
    assert "NotImplementedError" in str(found[0]["twice"])
    assert "choose method='dense'" in str(found[0]["twice"])


def test_one_replica() -> None:
    """Without a strategy, and with one of a single device, it is the loss as ever."""
    rows = tf.constant(batch(0, 1))
    expected = isoloss.tensorflow.simcse(rows)
    assert isoloss.tensorflow.simcse(rows, across_replicas=True) == expected
    strategy = tf.distribute.OneDeviceStrategy("CPU:0")
    assert strategy.run(isoloss.tensorflow.simcse, (rows,), {"across_replicas": True}) == expected
    with strategy.scope(), pytest.raises(RuntimeError, match=r"simcse: across_replicas=True .* OneDeviceStrategy"):
        isoloss.tensorflow.simcse(rows, across_replicas=True)


@pytest.mark.skipif(keras.config.backend() != "tensorflow", reason="KERAS_BACKEND is another")
def test_keras_configuration() -> None:
    loss = isoloss.keras.SimCSELoss(temperature=0.2, across_replicas=True)
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert again.get_config() == loss.get_config()
    assert again.across_replicas
    assert not isoloss.keras.SimCSELoss.from_config(isoloss.keras.SimCSELoss().get_config()).across_replicas


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_keras_on_another_backend(backend: str) -> None:
    script = "import isoloss.keras; isoloss.keras.SimCSELoss(across_replicas=True)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        check=False,
        env=os.environ | {"KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert f"across_replicas=True is for the replicas of tf.distribute, which Keras' backend '{backend}'" in done.stderr


CASES = ("simcse", "masked", "weighted", "weighted mean", "sum", "barlow_twins")


@pytest.mark.parametrize("case", CASES)
def test_fit_as_without_a_strategy(fitted: Found, case: str) -> None:
    """The losses of ten steps, the parameters after them, and what `evaluate` then says."""
    for name in ("losses", "evaluated", *range(4)):
        alone, shared = (fitted[f"{case} {how} {name}"] for how in ("alone", "shared"))
        assert np.abs(shared - alone).max() <= 2e-6 * np.abs(alone).max(), name
    assert np.ptp(fitted[f"{case} alone losses"]) > 0.01


def test_fit_with_negatives_of_ones_own_replica(fitted: Found) -> None:
    """Without the flag it is another loss: this test tells one from the other."""
    assert (fitted["local losses"] < fitted["simcse alone losses"] - 0.5).all()


def test_fit_refuses_a_last_batch_that_cannot_be_shared_alike(fitted: Found) -> None:
    said = str(fitted["refused"])
    assert "simcse: all replicas must have as many rows of y_true, y_pred" in said
    assert "drop_remainder=True" in said
    assert "[2 2 -1][1 1 -1]" in said.replace("] [", "][")
