"""The command `isoloss`, also `python -m isoloss`."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version
from textwrap import fill

import numpy as np

import isoloss
import isoloss.numpy
from isoloss.losses import FAMILIES, LOSSES

FRAMEWORKS = {  # what is installed: (its distributions, our module, how to install it)
    "PyTorch": (("torch",), "isoloss.torch", "isoloss[torch]"),
    "TensorFlow": (("tensorflow", "tensorflow-cpu"), "isoloss.tensorflow", "isoloss[tensorflow]"),
    "Keras": (("keras",), "isoloss.keras", "isoloss[keras]"),
    "JAX": (("jax",), "isoloss.jax", "isoloss[jax]"),
    "NumPy": (("numpy",), "isoloss.numpy", ""),
}

EMBEDDINGS = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [0.6, 0.8]])

NEEDED = ("typer", "rich")
"""What the commands need besides; without it one still learns what is here."""

EXTRA = "pip install 'isoloss[conformance]'"

COMMANDS = {
    "list": "what each loss is",
    "show LOSS": "what a loss computes, and who else has it",
    "check FILE.py:FUNCTION": "whether a loss of yours is right",
    "conformance": "whether isoloss is right here",
    "demo": "one loss in every framework",
}


def main() -> None:
    """Run the command."""
    try:
        from isoloss.commands import app
    except ModuleNotFoundError as error:
        lacking = (error.name or "").partition(".")[0]
        if lacking not in NEEDED:
            raise
        if len(sys.argv) > 1:
            sys.exit(f"isoloss {sys.argv[1]} needs {lacking}: {EXTRA}")
        home(f"They need {lacking}: {EXTRA}")
    else:
        app(prog_name="isoloss")


def home(of_commands: str = "isoloss COMMAND --help says more") -> None:
    """Say what is here, and compute one loss."""
    print(f"isoloss {isoloss.__version__}: the same loss in every framework\n\nLosses")
    for name, losses in families().items():
        print(fill(", ".join(losses), 80, initial_indent=f"  {name:16}", subsequent_indent=" " * 18))
    print("\nFrameworks")
    for name, (distributions, module, extra) in FRAMEWORKS.items():
        found = next((f"{d} {v}" for d in distributions if (v := _version(d))), None)
        print(
            f"  {name:14}  " + (f"import {module:18}  ({found})" if found else f"not installed: pip install '{extra}'")
        )
    print(f"\nCommands ({of_commands})")
    for command, purpose in COMMANDS.items():
        print(f"  isoloss {command:22}  {purpose}")
    print("\nOne loss, in NumPy: two views each of two things, as rows of")
    print("  " + "\n  ".join(np.array2string(EMBEDDINGS).splitlines()))
    value = isoloss.numpy.simcse(EMBEDDINGS, temperature=0.5)
    print(f"  isoloss.numpy.simcse(embeddings, temperature=0.5) = {value:.6g}")


def families() -> dict[str, list[str]]:
    """The names of the losses, by family."""
    modules = [family.__name__ for family in FAMILIES]
    return {
        module.rpartition(".")[2]: [name for name, loss in LOSSES.items() if loss.spec.__module__ == module]
        for module in modules
    }


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
