"""A custom loop in TensorFlow: finding the ink in noisy images: `python docs/examples/tensorflow_gradient_tape.py`

Dice loss, which TensorFlow lacks, counts the ink that is found and not the paper, of which there is more.
"""

from __future__ import annotations

import sys

import tensorflow as tf
from sklearn.datasets import load_digits

import isoloss.tensorflow

TRAINING, EPOCHS = 1200, 20


def main() -> int:
    """Train; the exit status is 1 unless the ink of held-out images is found better than by a threshold."""
    tf.keras.utils.set_random_seed(0)
    images = tf.cast(load_digits().data / 16, tf.float32)
    ink = tf.cast(images > 0.5, tf.float32)
    noisy = images + tf.random.normal(images.shape, stddev=0.5)
    model = tf.keras.Sequential(
        [
            tf.keras.Input((64,)),
            tf.keras.layers.Dense(128, activation="relu"),
            tf.keras.layers.Dense(64, activation="sigmoid"),
        ]
    )
    optimizer = tf.keras.optimizers.Adam(3e-3)

    @tf.function
    def step(images: tf.Tensor, ink: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = isoloss.tensorflow.dice(model(images), ink, smoothing=1.0)  # a row of pixels for each image
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    def overlap(found: tf.Tensor) -> float:
        """Pixels that are found and there, by all that are either, in held-out images."""
        found, there = tf.cast(found, tf.float32), ink[TRAINING:]
        return float(tf.reduce_sum(found * there) / tf.reduce_sum(tf.maximum(found, there)))

    batches = tf.data.Dataset.from_tensor_slices((noisy[:TRAINING], ink[:TRAINING])).shuffle(TRAINING).batch(100)
    losses = [float(step(*batch)) for _ in range(EPOCHS) for batch in batches]
    by_threshold, by_model = overlap(noisy[TRAINING:] > 0.5), overlap(model(noisy[TRAINING:]) > 0.5)
    print(f"Dice loss {losses[0]:.3f} at step 1, {losses[-1]:.3f} at step {len(losses)}")
    print(f"Overlap with the ink, held out: {by_threshold:.1%} by a threshold, {by_model:.1%} by the model")
    return 0 if by_model > by_threshold + 0.05 else 1


if __name__ == "__main__":
    sys.exit(main())
