"""`fit` alone and with two replicas, on TensorFlow: `with_keras.py FOLDER`; what came of it is in FOLDER/keras.npz."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import tensorflow as tf
from problem import Array, batch, encoder
from with_tensorflow import replicas

import isoloss.keras

STEPS, SAMPLES = 10, 8
PAIRS = np.concatenate([batch(step, 2) for step in range(STEPS)]).reshape(-1, 2, 6)
MASKED = np.where(np.random.default_rng(0).random((len(PAIRS), 2, 1)) < 0.7, PAIRS, 0.0)
WEIGHTS = np.random.default_rng(1).uniform(0.5, 2.0, len(PAIRS)).astype(np.float32)

CASES: dict[str, tuple[Callable[..., keras.losses.Loss], dict[str, Any], Array, Array | None]] = {
    "simcse": (isoloss.keras.SimCSELoss, {"temperature": 0.2}, PAIRS, None),
    "masked": (isoloss.keras.SimCSELoss, {"temperature": 0.2}, MASKED, None),
    "weighted": (isoloss.keras.NTXentLoss, {}, PAIRS, WEIGHTS),
    "weighted mean": (isoloss.keras.NTXentLoss, {"reduction": "mean_with_sample_weight"}, MASKED, WEIGHTS),
    "sum": (isoloss.keras.SimCSELoss, {"temperature": 0.5, "reduction": "sum"}, PAIRS, WEIGHTS / 100),
    "barlow_twins": (isoloss.keras.BarlowTwinsLoss, {"scale": 0.1}, PAIRS, WEIGHTS),
}


def main(folder: Path) -> None:
    strategy = replicas(2)
    found = {}
    for name, (kind, settings, pairs, weights) in CASES.items():
        found |= trained(f"{name} alone", kind(**settings), pairs, weights)
        with strategy.scope():
            found |= trained(f"{name} shared", kind(**settings, across_replicas=True), pairs, weights)
    with strategy.scope():
        found |= trained("local", isoloss.keras.SimCSELoss(temperature=0.2), PAIRS, None)
        try:
            trained("", isoloss.keras.SimCSELoss(across_replicas=True), PAIRS[:11], None)
        except (ValueError, tf.errors.InvalidArgumentError) as error:
            found["refused"] = np.array(str(error))
    np.savez(folder / "keras.npz", **found)


def trained(name: str, loss: keras.losses.Loss, pairs: Array, weights: Array | None) -> dict[str, Array]:
    """The losses of some steps, the parameters after them, and the loss then of all."""
    model = keras.Sequential(
        [
            keras.Input((2, 6)),
            keras.layers.Masking(),
            keras.layers.Dense(5, activation="tanh"),
            keras.layers.Dense(4),
        ]
    )
    model.set_weights([x.T for x in encoder().values()])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=loss)
    losses: list[float] = []
    told = keras.callbacks.LambdaCallback(on_train_batch_end=lambda _, logs: losses.append(logs["loss"]))
    data = {"x": pairs, "y": np.zeros(len(pairs)), "sample_weight": weights, "batch_size": SAMPLES, "verbose": 0}
    model.fit(**data, shuffle=False, callbacks=[told])
    evaluated = model.evaluate(**data)
    parameters = {f"{name} {k}": x for k, x in enumerate(model.get_weights())}
    return {f"{name} losses": np.array(losses), f"{name} evaluated": np.array(evaluated), **parameters}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
