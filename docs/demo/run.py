"""One loss, four frameworks: the same small encoder, trained on the same batches, must give the same curve.

    nox -s demo                            or, where all is installed: python docs/demo/run.py
    nox -s demo -- --steps 100 --frameworks torch jax

An encoder of 8x8 digits learns, without labels, to give two distorted views of one image similar embeddings (SimCSE).
`data.py` makes the initial weights and the batches; `with_torch.py`, `with_keras.py`, `with_tensorflow.py` and
`with_jax.py` train; `report.py` compares. Each framework runs in a process of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from data import Digits
from report import BOUND, Following, save, show
from rich.console import Console

HERE = Path(__file__).resolve().parent
KERAS_BACKEND = os.environ.get("KERAS_BACKEND", "jax")
FRAMEWORKS = {"torch": "PyTorch", "keras": f"Keras ({KERAS_BACKEND})", "tensorflow": "TensorFlow", "jax": "JAX"}
ENVIRONMENT = {
    "CUDA_VISIBLE_DEVICES": "-1",  # on the CPU: GPUs may multiply float32 matrices in lower precision
    "JAX_PLATFORMS": "cpu",
    "OMP_NUM_THREADS": "1",  # the layers are small, and several frameworks run at a time
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


@dataclass(frozen=True)
class Run:
    """What came of one framework's training."""

    losses: list[float]
    before: np.ndarray
    after: np.ndarray


class Failed(Exception):
    """A framework's process failed: its standard error."""


def train(framework: str, folder: Path, following: Following) -> Run:
    """Train in a process of its own, and follow its losses."""
    name, result = FRAMEWORKS[framework], folder / f"{framework}.npz"
    backend = "tensorflow" if framework == "tensorflow" else KERAS_BACKEND  # tf.keras, too, asks for its backend
    losses: list[float] = []
    with (
        open(folder / f"{framework}.err", "w+", encoding="utf-8") as errors,
        subprocess.Popen(
            [sys.executable, str(HERE / f"with_{framework}.py"), str(folder / "task.npz"), str(result)],
            env={**os.environ, **ENVIRONMENT, "KERAS_BACKEND": backend},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("loss "):
                losses.append(float(line.removeprefix("loss ")))
                following.step(name, len(losses), losses[-1])
        if process.wait() != 0:
            errors.seek(0)
            raise Failed(f"{name} failed (exit status {process.returncode}):\n{errors.read()}")
    with np.load(result) as arrays:
        return Run(losses, arrays["before"], arrays["after"])


def main() -> int:
    """Run the demo; the exit status is 1 if a framework fails or the curves differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=500, help="steps of training (default: %(default)s)")
    parser.add_argument("--frameworks", nargs="+", choices=FRAMEWORKS, default=list(FRAMEWORKS), metavar="NAME")
    parser.add_argument("--out", type=Path, default=HERE.parents[1] / "out", help="folder of the plot and the losses")
    arguments = parser.parse_args()
    console = Console(highlight=False)
    digits = Digits()
    with tempfile.TemporaryDirectory() as name, Following(console, arguments.steps) as following:
        folder = Path(name)
        digits.task(arguments.steps).save(folder / "task.npz")
        following.start([FRAMEWORKS[framework] for framework in arguments.frameworks])
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            started = {f: pool.submit(train, f, folder, following) for f in arguments.frameworks}
    failures = [error for future in started.values() if (error := future.exception())]
    if failures:
        for error in failures:
            console.print(str(error), markup=False, style="red")
        return 1
    runs = {FRAMEWORKS[f]: future.result() for f, future in started.items()}
    curves = {name: run.losses for name, run in runs.items()}
    accuracies = {
        name: [digits.accuracies(embeddings) for embeddings in (run.before, run.after)] for name, run in runs.items()
    }
    largest = show(console, curves, accuracies, digits.accuracies(digits.images), save(curves, arguments.out))
    return 0 if largest <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
