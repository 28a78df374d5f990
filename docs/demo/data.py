"""The digits that come with scikit-learn, distorted into pairs of views, and how well embeddings of them serve."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import map_coordinates
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier
from task import DIMENSIONS, HIDDEN, PIXELS, Task

SIDE = 8
TRAINING = 1200  # of 1797 images; the others are held out
BATCH = 128


def distorted(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each image (..., PIXELS) rotated by up to 15 degrees, scaled by up to 15 %, shifted by up to 1 pixel, and noisy."""
    count = len(images)
    angle, scale = np.deg2rad(rng.uniform(-15, 15, count)), rng.uniform(0.85, 1.15, count)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    shift = rng.uniform(-1, 1, (2, count, 1))
    y, x = np.indices((SIDE, SIDE)).reshape(2, PIXELS) - (SIDE - 1) / 2
    rows = np.outer(cos, y) - np.outer(sin, x) + shift[0] + (SIDE - 1) / 2
    columns = np.outer(sin, y) + np.outer(cos, x) + shift[1] + (SIDE - 1) / 2
    which = np.broadcast_to(np.arange(count)[:, None], rows.shape)
    moved = map_coordinates(images.reshape(-1, SIDE, SIDE), [which, rows, columns], order=1)
    return (moved + rng.normal(0, 0.1, moved.shape)).astype(np.float32)


class Digits:
    """The images and labels, and what is made of them; a seed settles everything."""

    def __init__(self, seed: int = 0) -> None:
        self.rng = np.random.default_rng(seed)
        images, labels = load_digits(return_X_y=True)
        order = self.rng.permutation(len(images))
        images, self.labels = (images[order] / 16).astype(np.float32), labels[order]
        self.training, held_out = images[:TRAINING], images[TRAINING:]
        self.mean = self.training.mean(axis=0)
        self.images = np.concatenate([images, distorted(held_out, self.rng)]) - self.mean

    def task(self, steps: int) -> Task:
        """Initial weights and `steps` batches. No label is used."""
        rng = self.rng
        kernel_1 = rng.normal(0, np.sqrt(2 / PIXELS), (PIXELS, HIDDEN)).astype(np.float32)
        kernel_2 = rng.normal(0, np.sqrt(1 / HIDDEN), (HIDDEN, DIMENSIONS)).astype(np.float32)
        chosen = np.stack([rng.choice(TRAINING, BATCH, replace=False) for _ in range(steps)])
        views = distorted(np.repeat(self.training[chosen.ravel()], 2, axis=0), rng) - self.mean
        return Task(
            kernel_1=kernel_1,
            bias_1=np.zeros(HIDDEN, np.float32),
            kernel_2=kernel_2,
            bias_2=np.zeros(DIMENSIONS, np.float32),
            batches=views.reshape(steps, BATCH, 2, PIXELS),
            images=self.images,
        )

    def accuracies(self, embeddings: np.ndarray) -> dict[str, float]:
        """Share of held-out images, as they are and distorted, whose nearest training image has their label."""
        nearest = KNeighborsClassifier(n_neighbors=1, metric="cosine")
        nearest.fit(embeddings[:TRAINING], self.labels[:TRAINING])
        plain, moved = np.split(embeddings[TRAINING:], 2)
        truth = self.labels[TRAINING:]
        return {"held-out": float(nearest.score(plain, truth)), "distorted": float(nearest.score(moved, truth))}
