"""The machinery of the benchmark: what it fits, meters and writes, and that its contenders compute one loss."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[1] / "bench"


def test_an_exponent_is_found_and_carried_on(load) -> None:
    growth = load("growth")
    exponent, factor = growth.fitted({256: 3.0 * 256**1.5, 1024: 3.0 * 1024**1.5, 4096: 3.0 * 4096**1.5})
    assert exponent == pytest.approx(1.5)
    assert factor == pytest.approx(3.0)
    assert growth.fitted({256: 1.0}) is None
    assert growth.predicted({}, 1024) is None
    assert growth.predicted({256: 1.0}, 1024) == pytest.approx(16.0)  # of one number, the square
    assert growth.predicted({64: 9.0, 256: 1.0, 512: 8.0}, 1024) == pytest.approx(64.0)  # the last two: the cube


def test_the_meter_sees_what_is_allocated_and_let_go_again(load) -> None:
    measure = load("measure")
    with measure.peak() as idle:
        pass
    with measure.peak() as found:
        held = np.ones(100_000_000, np.uint8)
        del held
    assert found.bytes == pytest.approx(100e6, rel=0.02)
    assert idle.bytes < 2e6


def test_the_clock_repeats_what_is_short_and_keeps_what_fails(load) -> None:
    measure = load("measure")
    clocks = {name: measure.Clock(step) for name, step in {"short": lambda: None, "broken": lambda: 1 / 0}.items()}
    rounds = list(measure.Rounds(at_least=2, at_most=3, share=0.0).run(clocks, {"short"}))
    assert len(rounds) == 3
    assert len(clocks["short"].seconds) == 2  # its share is used up at once, but it is at the head
    assert clocks["short"].times > 100
    assert isinstance(clocks["broken"].failed, ZeroDivisionError)
    assert measure.ratio([2.0, 6.0, 4.0], [1.0, 2.0]) == pytest.approx(2.5)


def test_the_reference_is_the_formula_and_its_slope(load) -> None:
    module = load("exact")
    for task in module.TASKS:
        arrays = [a.astype(np.float64) for a in module.inputs(task, 6, 4)]
        z = [a / np.linalg.norm(a, axis=1, keepdims=True) for a in arrays]
        exponentials = np.exp(z[0] @ z[-1].T / 0.3)
        positives = (np.arange(6) + 3) % 6 if task == "nt_xent" else np.arange(6)
        if task == "nt_xent":
            np.fill_diagonal(exponentials, 0.0)
        right = -np.log(exponentials[np.arange(6), positives] / exponentials.sum(axis=1)).mean()
        loss, gradients = module.exact(task, arrays, 0.3)
        assert loss == pytest.approx(right, rel=1e-12)
        for k, gradient in enumerate(gradients):
            moved = [a.copy() for a in arrays]
            moved[k][2, 1] += 1e-6
            slope = (module.exact(task, moved, 0.3)[0] - loss) / 1e-6
            assert gradient[2, 1] == pytest.approx(slope, rel=1e-4)


AGREE = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
import measure
os.environ.update(measure.ENVIRONMENT)
import numpy as np
import torch
from importlib import import_module
from contenders import MODULES
from exact import exact, inputs

framework, found = import_module(MODULES[sys.argv[2]]), {}
for task, made in framework.CONTENDERS.items():
    right = exact(task, inputs(task, 16, 8), 0.5)[0]
    for name, build in made.items():
        try:
            loss = build()
        except ModuleNotFoundError:  # libraries that the session alone installs
            continue
        value, gradients = framework.prepare(loss, inputs(task, 16, 8), 0.5, setting=sys.argv[2])()
        shapes = [list(np.asarray(g).shape) for g in gradients]
        found[f"{task} {name}"] = [float(np.asarray(value)), right, shapes]
print(json.dumps(found))
"""


@pytest.mark.parametrize(
    ("framework", "setting", "others"),
    [("torch", "torch", "tutorials' form"), ("jax", "jax", "optax.ntxent"), ("tensorflow", "graph", "the formula")],
)
def test_the_contenders_compute_one_loss(framework: str, setting: str, others: str) -> None:
    for needed in ("torch", framework):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"without {needed}")
    command = [sys.executable, "-c", AGREE, str(FOLDER), setting]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {"nt_xent isoloss", "nt_xent plain", "info_nce isoloss", "info_nce plain"} < found.keys()
    assert any(others in who for who in found)
    for who, (value, right, shapes) in found.items():
        assert value == pytest.approx(right, rel=1e-5), who
        assert shapes == [[16, 8]] * (1 if who.startswith("nt_xent") else 2), who


def made_up(load) -> object:
    """Results of isoloss, of a peer that grows with the square, and of one that failed."""
    results = load("results").Results()
    where = {"task": "nt_xent", "setting": "torch", "columns": 768}
    ran = {"command": "nox -s bench", "day": "2026-01-01", "machine": "a machine", "versions": {"torch": "2.13.0"}}
    results.parts = {"time": [], "memory": []}
    results.ran = {"time": ran, "memory": ran}
    for n in (1024, 4096, 16384):
        seconds = 1e-7 * n**2
        ours = (
            {"seconds": seconds, "units": 2.3, "loss": 1.0}
            if n < 16384
            else {"seconds": seconds, "units": 2.5, "loss": 1.0}
        )
        for name, row in (
            ("isoloss", ours),
            ("plain", {"seconds": 2 * seconds, "units": 4.2, "loss": 1.1}),
            ("lost", {"error": "MemoryError: no"} if n == 1024 else {"skipped": "failed at N = 1024"}),
        ):
            results.parts["time"].append({**where, "rows": n, "name": name, **row})
        for name, peak in (("isoloss", 1e3 * n**0.5), ("plain", 12.0 * n**2)):
            results.parts["memory"].append({**where, "rows": n, "name": name, "peak": peak})
    return results


def test_goals_are_judged_by_the_numbers(load) -> None:
    judged = {goal.what: goal.reached for goal in load("goals").goals(made_up(load))}
    assert judged["PyTorch, eager: nt_xent, N = 4096, D = 768: units"] is True
    assert judged["PyTorch, eager: nt_xent, N = 16384, D = 768: units"] is False
    assert judged["PyTorch, eager: nt_xent, N = 8192, D = 128: units"] is None
    assert judged["PyTorch, eager: nt_xent, D = 768: exponent of N in memory"] is True
    reached = load("goals").Goal("faster", 5.0, 6.0, at_least=True)
    assert reached.reached is True


def test_the_page_shows_numbers_failures_and_limits(load) -> None:
    page = load("report").page(made_up(load), "performance.svg")
    lines = page.splitlines()
    assert "| PyTorch, eager | **isoloss** | 2.3 (105 ms) | 2.3 (1.7 s) | 2.5 (26.8 s) |" in lines
    assert "| PyTorch, eager | lost | failed | not run: failed at N = 1024 | not run: failed at N = 1024 |" in lines
    assert "| PyTorch, eager | plain | 12.6 | 201 | 3221 | 2.00 |" in lines
    assert "- PyTorch, eager, lost, N = 1024: MemoryError: no" in lines
    assert "- PyTorch, eager, plain, N = 1024: another loss, 1.1 for 1" in lines
    assert "Versions: torch 2.13.0." in lines


def test_the_page_that_stands_is_made_of_the_numbers_that_stand(load) -> None:
    docs = FOLDER.parents[1] / "docs"
    results = load("results").Results.load(docs / "performance")
    assert load("report").page(results, "performance.svg") == (docs / "performance.md").read_text(encoding="utf-8")


def test_what_would_pass_a_limit_is_not_run(load) -> None:
    session = load("session").Session(load("plan").QUICK, "", made_up(load))
    job = {"task": "nt_xent", "setting": "torch", "columns": 768, "rows": 65536}
    assert session._too_much("isoloss", job) == "429 s"
    assert session._too_much("plain", job) == "52 GB"
    assert session._too_much("lost", job) == "failed at N = 1024"
    assert session._too_much("isoloss", {**job, "rows": 16384}) == ""


def test_what_was_measured_is_not_measured_again(load) -> None:
    session = load("session").Session(load("plan").QUICK, "", made_up(load))
    job = {"task": "nt_xent", "setting": "torch", "columns": 768, "rows": 1024, "names": ["isoloss", "plain"]}
    assert session._ran("time", job)
    for part, other in (("error", job), ("time", {**job, "rows": 2048}), ("time", {**job, "names": ["another"]})):
        assert not session._ran(part, other)


def test_the_plot_is_drawn(load, tmp_path) -> None:
    pytest.importorskip("matplotlib")
    load("plot").draw(made_up(load), tmp_path / "performance.svg")
    assert (tmp_path / "performance.svg").stat().st_size > 10_000
