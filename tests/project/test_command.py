"""`python -m isoloss`, with and without frameworks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from isoloss.losses import LOSSES

WITHOUT_FRAMEWORKS = """
import importlib.metadata, runpy, sys
real = importlib.metadata.version
def version(name):
    if name in ("torch", "tensorflow", "tensorflow-cpu", "keras", "jax"):
        raise importlib.metadata.PackageNotFoundError(name)
    return real(name)
importlib.metadata.version = version
for name in ("torch", "tensorflow", "keras", "jax"):
    sys.modules[name] = None
runpy.run_module("isoloss", run_name="__main__")
"""

WITHOUT_TYPER = """
import runpy, sys
sys.modules["typer"] = None
sys.argv = ["isoloss", *{arguments}]
runpy.run_module("isoloss", run_name="__main__")
"""

PORT = """
import numpy as np

def mae(y_true, y_hat):
    return np.abs(y_true - y_hat).mean()
"""


def said(*command: str) -> str:
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True).stdout


def test_it_says_what_it_can_do_and_computes_a_loss() -> None:
    output = said("-m", "isoloss")
    assert all(loss.summary in output for loss in LOSSES.values())
    assert "isoloss.numpy.simcse(embeddings) = " in output


def test_without_a_framework_numpy_is_there() -> None:
    output = said("-c", WITHOUT_FRAMEWORKS)
    assert "pip install 'isoloss[torch]'" in output
    assert output.count("not installed") == 4
    assert "import isoloss.numpy" in output
    assert "isoloss.numpy.simcse(embeddings) = " in output


def test_without_typer_it_says_what_the_commands_need() -> None:
    assert "isoloss.numpy.simcse(embeddings) = " in said("-c", WITHOUT_TYPER.format(arguments=[]))
    command = [sys.executable, "-c", WITHOUT_TYPER.format(arguments=["conformance"])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "isoloss conformance needs typer: pip install 'isoloss[conformance]'\n"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--as", "mae", "--map", "y_hat=predictions"], 0, "predictions <- y_hat"),
        (["--as", "mse"], 1, "Wrong"),
        (["--as", "mea"], 2, "isoloss has no loss 'mea'"),
        (["--as", "mae", "--map", "y_hat"], 2, "--map y_hat: give it as PORTS=OURS"),
    ],
)
def test_a_port_is_checked(arguments: list[str], code: int, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "port.py").write_text(PORT)
    command = [sys.executable, "-m", "isoloss", "check", "port.py:mae", "--backend", "numpy", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == code
    assert sentence in done.stdout + done.stderr
