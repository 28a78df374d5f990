"""The command `isoloss`, also `python -m isoloss`."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version

import numpy as np

import isoloss
import isoloss.numpy
from isoloss.losses import LOSSES

FRAMEWORKS = {  # what is installed: (its distributions, our module, how to install it)
    "PyTorch": (("torch",), "isoloss.torch", "isoloss[torch]"),
    "TensorFlow": (("tensorflow", "tensorflow-cpu"), "isoloss.tensorflow", "isoloss[tensorflow]"),
    "Keras": (("keras",), "isoloss.keras", "isoloss[keras]"),
    "JAX": (("jax",), "isoloss.jax", "isoloss[jax]"),
    "NumPy": (("numpy",), "isoloss.numpy", ""),
}

EMBEDDINGS = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9]])


COMMANDS = ("typer", "rich")
"""What the commands need besides; without it one still learns what is here."""


def main() -> None:
    """Run the command."""
    try:
        from isoloss.commands import app
    except ModuleNotFoundError as error:
        if error.name not in COMMANDS:
            raise
        if len(sys.argv) > 1:
            sys.exit(f"isoloss {sys.argv[1]} needs {error.name}: pip install 'isoloss[conformance]'")
        home()
    else:
        app(prog_name="isoloss")


def home() -> None:
    """Say what is here, and compute one loss."""
    print(f"isoloss {isoloss.__version__}: the same loss in every framework\n")
    print("Losses")
    width = max(map(len, LOSSES))
    for loss in LOSSES.values():
        print(f"  {loss.name:{width}}  {loss.summary}")
    print("\nFrameworks")
    for name, (distributions, module, extra) in FRAMEWORKS.items():
        found = next((f"{d} {v}" for d in distributions if (v := _version(d))), None)
        print(
            f"  {name:10}  " + (f"import {module:18}  ({found})" if found else f"not installed: pip install '{extra}'")
        )
    print("\nOne of them, in NumPy: two views each of two things, as rows of")
    print("  " + "\n  ".join(np.array2string(EMBEDDINGS).splitlines()))
    print(f"  isoloss.numpy.simcse(embeddings) = {isoloss.numpy.simcse(EMBEDDINGS):.6g}")


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
