"""Keras' `compile`, `fit`, `save` and `load_model` with a contrastive loss: `python docs/examples/keras_compile_fit.py`

It runs on each backend: KERAS_BACKEND=tensorflow, jax or torch. The labels of a batch are Keras' y_true, and the
embeddings its y_pred.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

import isoloss.keras

TRAINING, BATCH = 1200, 100


def accuracy(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> float:
    """Share of held-out images whose nearest training image has their label."""
    embeddings = model.predict(images, verbose=0)
    nearest = KNeighborsClassifier(n_neighbors=1, metric="cosine").fit(embeddings[:TRAINING], labels[:TRAINING])
    return nearest.score(embeddings[TRAINING:], labels[TRAINING:])


def main() -> int:
    """Train, save and load; the exit status is 1 if nothing was learned or the loaded model has another loss."""
    keras.utils.set_random_seed(0)
    images, labels = load_digits(return_X_y=True)
    images = images.astype("float32") / 16
    model = keras.Sequential(
        [keras.Input((64,)), keras.layers.Dense(128, activation="tanh"), keras.layers.Dense(4)]  # embeddings
    )
    model.compile("adam", loss=isoloss.keras.SupConLoss(temperature=0.2))
    before = accuracy(model, images, labels)
    fitted = model.fit(images[:TRAINING], labels[:TRAINING], batch_size=BATCH, epochs=10, verbose=0)
    after = accuracy(model, images, labels)
    losses = fitted.history["loss"]
    print(f"Loss {losses[0]:.3f} in the first epoch, {losses[-1]:.3f} in the last, on {keras.backend.backend()}")
    print(f"Held-out digits next to one of their kind: {before:.1%} before, {after:.1%} after training")

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "digits.keras")
        model.save(path)
        loaded = keras.models.load_model(path)  # it finds the loss and its settings by itself
    held_out = {"x": images[TRAINING:], "y": labels[TRAINING:], "batch_size": BATCH, "verbose": 0}
    saved_loss, loaded_loss = model.evaluate(**held_out), loaded.evaluate(**held_out)
    temperature = loaded.loss.get_config()["temperature"]
    print(f"Loss of held-out digits {saved_loss:.6f}; {loaded_loss:.6f} once saved and loaded, with")
    print(f"  {loaded.loss.name} at its temperature of {temperature}")
    return 0 if after > before and losses[-1] < losses[0] and loaded_loss == saved_loss else 1


if __name__ == "__main__":
    sys.exit(main())
