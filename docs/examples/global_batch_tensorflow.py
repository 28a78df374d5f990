"""The demo's encoder on two devices, each with half of every batch: python docs/examples/global_batch_tensorflow.py

Its curve is that of one device with whole batches. Here the devices are two logical CPUs; with several GPUs leave that
line out.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

import isoloss.tensorflow

sys.path.insert(0, str(Path(__file__).parents[1] / "demo"))

import with_tensorflow
from data import Digits
from task import DIMENSIONS, HIDDEN, LEARNING_RATE, MOMENTUM, PIXELS, TEMPERATURE, Task

BOUND = 1e-5  # relative: about a hundred times the resolution of float32, for all the steps together

CPU = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(CPU, [tf.config.LogicalDeviceConfiguration()] * 2)


def train(task: Task) -> list[float]:
    """The losses with half of each batch on each device."""
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    with strategy.scope():
        encoder = tf.keras.Sequential(
            [
                tf.keras.Input((PIXELS,)),
                tf.keras.layers.Dense(HIDDEN, activation="tanh"),
                tf.keras.layers.Dense(DIMENSIONS),
            ]
        )
        encoder.set_weights(task.weights)
        optimizer = tf.keras.optimizers.SGD(LEARNING_RATE, momentum=MOMENTUM)
        optimizer.build(encoder.trainable_variables)

    def in_a_replica(views: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            embeddings = encoder(tf.reshape(views, (-1, PIXELS)))
            loss = isoloss.tensorflow.simcse(embeddings, temperature=TEMPERATURE, across_replicas=True)
        gradients = tape.gradient(loss, encoder.trainable_variables)
        optimizer.apply_gradients(zip(gradients, encoder.trainable_variables, strict=True))  # it adds up all replicas'
        return loss

    step = tf.function(lambda views: strategy.run(in_a_replica, (views,)))
    images = tf.data.Dataset.from_tensor_slices(task.batches.reshape(-1, 2, PIXELS))
    batches = images.batch(task.batches.shape[1], drop_remainder=True)
    distributed = strategy.experimental_distribute_dataset(batches)
    return [float(strategy.reduce("MEAN", step(views), axis=None)) for views in distributed]


def main() -> int:
    """Train both ways; the exit status is 1 if the curves differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=100, help="steps of training (default: %(default)s)")
    task = Digits().task(parser.parse_args().steps)
    alone: list[float] = []
    with_tensorflow.train(task, alone.append)
    together = train(task)
    for step in sorted({1, len(alone) // 2, len(alone)}):
        print(f"step {step}: loss {alone[step - 1]:.6f} on one device, {together[step - 1]:.6f} on two")
    difference = np.max(np.abs(np.subtract(together, alone)) / np.abs(alone))
    print(f"largest relative difference in {len(alone)} steps: {difference:.1e} (bound {BOUND:.0e})")
    return 0 if difference <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
