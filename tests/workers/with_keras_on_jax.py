"""Keras on JAX on some devices: `with_keras_on_jax.py SIZE` prints the losses of each step of two trainings as JSON."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

SIZE = int(sys.argv[1])
os.environ |= {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
os.environ |= {"XLA_FLAGS": f"--xla_force_host_platform_device_count={SIZE}"}

import jax
import keras
import numpy as np

import isoloss.keras


class Views(keras.layers.Layer):
    """The batch as it is, seen to lie in equal parts on all devices."""

    def call(self, views: Any) -> Any:
        jax.debug.inspect_array_sharding(views, callback=lambda sharding: seen.add(sharding.shard_shape(views.shape)))
        return views


def train(loss: keras.losses.Loss) -> list[float]:
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((2, 6)), Views(), keras.layers.Dense(5, activation="tanh"), keras.layers.Dense(4)]
    )
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=loss)
    random = np.random.default_rng(5)
    batches = ((random.standard_normal((16, 2, 6)).astype(np.float32),) for _ in range(10))
    return model.fit(batches, epochs=10, steps_per_epoch=1, shuffle=False, verbose=0).history["loss"]


if SIZE > 1:
    keras.distribution.set_distribution(keras.distribution.DataParallel())
seen: set[tuple[int, ...]] = set()
found = [train(isoloss.keras.SimCSELoss(temperature=0.2)), train(isoloss.keras.InfoNCELoss(temperature=0.2))]
assert seen == {(16 // SIZE, 2, 6)}, seen
print(json.dumps(found))
