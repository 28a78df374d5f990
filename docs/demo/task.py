"""What all four frameworks are given, and how each of them reports from its own process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

# The encoder: two dense layers with tanh between them. A relu has a kink: where rounding puts one unit on its other side,
# the gradient jumps, and from there on the curves part by far more than rounding.
PIXELS, HIDDEN, DIMENSIONS = 64, 128, 8
TEMPERATURE = 0.1
LEARNING_RATE, MOMENTUM = 0.1, 0.9  # plain SGD: velocity = momentum * velocity + gradient, in all four

Report: TypeAlias = Callable[[float], None]
Train: TypeAlias = Callable[["Task", Report], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Task:
    """One training, made once in NumPy: float32 throughout."""

    kernel_1: np.ndarray  # (PIXELS, HIDDEN)
    bias_1: np.ndarray
    kernel_2: np.ndarray  # (HIDDEN, DIMENSIONS)
    bias_2: np.ndarray
    batches: np.ndarray  # (steps, N, 2, PIXELS): two views of each of N images
    images: np.ndarray  # (M, PIXELS), to be embedded before and after training

    @property
    def weights(self) -> list[np.ndarray]:
        """The encoder's initial weights, layer by layer."""
        return [self.kernel_1, self.bias_1, self.kernel_2, self.bias_2]

    def save(self, path: Path) -> None:
        """Write the file that `run_as_worker` reads."""
        np.savez(path, **asdict(self))


def run_as_worker(train: Train) -> None:
    """`python with_<framework>.py TASK RESULT`: read the task, print the losses as they come, write the embeddings."""
    task_path, result_path = sys.argv[1:]
    with np.load(task_path) as arrays:
        task = Task(**arrays)
    before, after = train(task, lambda loss: print("loss", loss, flush=True))
    np.savez(result_path, before=before, after=after)
