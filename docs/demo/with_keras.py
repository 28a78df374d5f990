"""The training in Keras, on any of its backends: the loss goes to `compile`, and `fit` does the rest."""

from __future__ import annotations

import keras
import numpy as np
from task import DIMENSIONS, HIDDEN, LEARNING_RATE, MOMENTUM, PIXELS, TEMPERATURE, Report, Task, run_as_worker

import isoloss.keras


def train(task: Task, report: Report) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings of the task's images before and after training."""
    model = keras.Sequential(
        [
            keras.Input((None, PIXELS)),  # the views of an image: two in training, one afterwards
            keras.layers.Dense(HIDDEN, activation="tanh"),
            keras.layers.Dense(DIMENSIONS),
        ]
    )
    model.set_weights(task.weights)
    model.compile(
        optimizer=keras.optimizers.SGD(LEARNING_RATE, momentum=MOMENTUM),
        loss=isoloss.keras.SimCSELoss(temperature=TEMPERATURE),
    )

    def embeddings() -> np.ndarray:
        return model.predict(task.images[:, None], batch_size=len(task.images), verbose=0)[:, 0]

    before = embeddings()
    model.fit(
        ((views,) for views in task.batches),  # (N, 2, PIXELS), without any y
        epochs=len(task.batches),
        steps_per_epoch=1,  # Keras logs the mean of an epoch so far: this way it is the loss of each step
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: report(float(logs["loss"])))],
        verbose=0,
    )
    return before, embeddings()


if __name__ == "__main__":
    run_as_worker(train)
