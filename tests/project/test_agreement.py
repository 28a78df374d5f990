"""Every pair of frameworks agrees on the core cases, each framework in a process of its own; `nox -s conformance` takes all."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from isoloss.conformance.bounds import BOUNDS
from isoloss.conformance.ulp import distance, worst
from isoloss.conformance.vectors import vectors

FRAMEWORKS = ("numpy", "torch", "tensorflow", "jax")


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    script = Path(__file__).with_name("evaluate.py")
    running = {
        name: subprocess.Popen([sys.executable, script, name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for name in FRAMEWORKS
    }
    return {name: json.loads(process.communicate(timeout=300)[0]) for name, process in running.items()}


@pytest.mark.parametrize(("one", "other"), [*itertools.combinations(FRAMEWORKS, 2)])
def test_pair(results: dict[str, Any], one: str, other: str) -> None:
    """Within twice the bound that each may be off, times the condition."""
    assert results[one].keys() == results[other].keys() != set()
    for key, left in results[one].items():
        right, (loss, case) = results[other][key], key.split(": ", 1)
        answer = vectors(loss)[case].answers["float32"]
        of_value, of_gradient = (2 * b for b in BOUNDS[loss])
        off = distance(left["value"], right["value"], "float32") / answer.value.condition
        assert off.max(initial=0.0) <= of_value, key
        for name in left["gradients"].keys() & right["gradients"].keys():
            condition = answer.gradients[name].condition.max(initial=1.0)
            off = worst(left["gradients"][name], right["gradients"][name], "float32", by_largest=True) / condition
            assert off <= of_gradient, (key, name)
        if "numpy" not in (one, other):
            assert left["gradients"].keys() == right["gradients"].keys() != set()
