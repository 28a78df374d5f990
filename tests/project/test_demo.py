"""The demo runs on real images in all frameworks that are here, and its curves coincide."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import isoloss.plot

RUN = Path(__file__).parents[2] / "docs" / "demo" / "run.py"
NEEDED = {
    "torch": ("torch",),
    "keras": ("keras", "jax"),
    "tensorflow": ("tensorflow",),
    "jax": ("jax", "optax"),
}
INSTALLED = [name for name, modules in NEEDED.items() if all(map(find_spec, modules))]
STEPS = 12


def demo(*options: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, RUN, *options]
    return subprocess.run(command, check=False, capture_output=True, encoding="utf-8", timeout=240)


@pytest.mark.skipif(not all(map(find_spec, ("sklearn", "rich"))) or len(INSTALLED) < 2, reason="nothing to compare")
def test_curves_of_all_frameworks_coincide(tmp_path):
    done = demo("--steps", str(STEPS), "--out", tmp_path, "--frameworks", *INSTALLED)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\x1b" not in done.stdout  # no control characters where the output is no terminal
    assert "the same loss" in done.stdout
    table = re.findall(r"^ *(\d+) +((?:\d+\.\d+ +)+)", done.stdout, re.MULTILINE)
    assert [int(step) for step, _ in table] == [1, 2, 5, 10, STEPS]
    assert all(len(losses.split()) == len(INSTALLED) for _, losses in table)
    assert (tmp_path / "demo.png").read_bytes().startswith(b"\x89PNG")

    losses = np.loadtxt(tmp_path / "demo.csv", delimiter=",", skiprows=1)
    assert losses.shape == (STEPS, len(INSTALLED))
    np.testing.assert_allclose(losses, np.tile(losses[:, :1], len(INSTALLED)), rtol=1e-5)
    assert losses[-1, 0] < losses[0, 0]


@pytest.mark.skipif(not all(map(find_spec, ("sklearn", "rich", "torch"))), reason="needs PyTorch")
def test_failure_of_a_framework_is_shown(tmp_path, monkeypatch):
    (tmp_path / "torch.py").write_text("raise ImportError('no such framework')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = demo("--steps", "1", "--out", tmp_path, "--frameworks", "torch")
    assert done.returncode == 1
    assert "PyTorch failed" in done.stdout
    assert "no such framework" in done.stdout


@pytest.fixture
def axes():
    return pytest.importorskip("matplotlib.figure").Figure().subplots()


def test_plot_shows_every_curve_and_the_differences(axes):
    first = np.array([3.0, 2.0, 1.0])
    assert isoloss.plot.curves({"a": first, "b": list(first * (1 + 1e-6))}, axes=axes) is axes
    assert [line.get_label() for line in axes.lines] == ["a", "b"]
    above, below = axes.lines[1], axes.lines[0]
    assert above.get_linewidth() < below.get_linewidth()
    panel = axes.figure.axes[-1]
    assert panel is not axes
    np.testing.assert_allclose(panel.lines[0].get_ydata(), 1e-6, rtol=1e-3)
    axes.figure.canvas.draw()


def test_plot_of_one_curve_has_no_panel(axes):
    isoloss.plot.curves({"a": [1.0, 0.5]}, axes=axes)
    assert axes.figure.axes == [axes]
    with pytest.raises(ValueError, match="at least one curve"):
        isoloss.plot.curves({}, axes=axes)


def test_plot_takes_tensors_with_gradients(axes):
    torch = pytest.importorskip("torch")
    tensors = [torch.tensor(1.0, requires_grad=True)] * 3
    isoloss.plot.curves({"a": torch.ones(3, requires_grad=True), "b": tensors}, axes=axes)
    assert isoloss.plot.spread({"a": torch.ones(3), "b": [1.0, 2.0]}).tolist() == [0.0, 0.5]


def test_plot_without_matplotlib_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install isoloss\[plot\]"):
        isoloss.plot.curves({"a": [1.0]})
