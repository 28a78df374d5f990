"""`python -m isoloss`, with and without frameworks."""

from __future__ import annotations

import subprocess
import sys

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
