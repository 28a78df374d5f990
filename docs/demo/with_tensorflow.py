"""The training in TensorFlow: the loss is a function under `tf.GradientTape`, inside `tf.function`."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from task import DIMENSIONS, HIDDEN, LEARNING_RATE, MOMENTUM, PIXELS, TEMPERATURE, Report, Task, run_as_worker

import isoloss.tensorflow


def train(task: Task, report: Report) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings of the task's images before and after training."""
    encoder = tf.keras.Sequential(
        [
            tf.keras.Input((PIXELS,)),
            tf.keras.layers.Dense(HIDDEN, activation="tanh"),
            tf.keras.layers.Dense(DIMENSIONS),
        ]
    )
    encoder.set_weights(task.weights)
    optimizer = tf.keras.optimizers.SGD(LEARNING_RATE, momentum=MOMENTUM)

    @tf.function
    def step(views: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            embeddings = encoder(tf.reshape(views, (-1, PIXELS)))  # rows 2k and 2k + 1 are views of one image
            loss = isoloss.tensorflow.simcse(embeddings, temperature=TEMPERATURE)
        gradients = tape.gradient(loss, encoder.trainable_variables)
        optimizer.apply_gradients(zip(gradients, encoder.trainable_variables, strict=True))
        return loss

    before = encoder(task.images).numpy()
    for views in task.batches:
        report(float(step(tf.constant(views))))
    return before, encoder(task.images).numpy()


if __name__ == "__main__":
    run_as_worker(train)
