"""Every pair of frameworks agrees on every typical case, each framework in a process of its own."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from isoloss.conformance.bounds import bound, normwise
from isoloss.conformance.exact import exact
from isoloss.conformance.ulp import worst

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
    """Within twice the bound that each may be off."""
    assert results[one].keys() == results[other].keys() != set()
    for key, left in results[one].items():
        right, (loss, case) = results[other][key], key.split(": ", 1)
        of_value, of_gradient = (2 * b for b in bound(loss, case))
        assert worst(left["value"], exact(np.asarray(right["value"], float)), "float32") <= of_value, key
        for name in left["gradients"].keys() & right["gradients"].keys():
            got, expected = left["gradients"][name], exact(np.asarray(right["gradients"][name], float))
            assert worst(got, expected, "float32", normwise=normwise(loss, case)) <= of_gradient, (key, name)
        if "numpy" not in (one, other):
            assert left["gradients"].keys() == right["gradients"].keys() != set()
