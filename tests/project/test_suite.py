"""The suite and its command: what is run, what becomes of it, and the exit code."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import isoloss.numpy
from isoloss.conformance import suite
from isoloss.conformance.cases import CASES
from isoloss.conformance.report import Report, Run
from isoloss.conformance.runners import runner
from isoloss.conformance.runners.adapter import Adapted
from isoloss.conformance.suite import Broken, Choice, Ended, Outcome, Started, Task, events, outcomes, run, tasks
from isoloss.conformance.vectors import refusals, vectors
from isoloss.losses import LOSSES

ADAPTERS = """
import os
import numpy as np
import isoloss.numpy

def right(loss, inputs, settings):
    return getattr(isoloss.numpy, loss)(**inputs, **settings), {}

def sums(loss, inputs, settings):  # takes the sum for the mean
    if loss != "mae":
        return NotImplemented
    if settings["reduction"] == "mean":
        settings["reduction"] = "sum"
    return right(loss, inputs, settings)

def dies(loss, inputs, settings):
    print("last words")
    os._exit(7)
"""

TASK = Task("mae", "vector", "typical", "eager", "float32")


def command(*arguments: str, at: Path) -> subprocess.CompletedProcess[str]:
    (at / "adapters.py").write_text(ADAPTERS)
    return subprocess.run(
        [sys.executable, "-m", "isoloss", "conformance", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=at,
    )


def test_every_case_is_run() -> None:
    found = set(tasks(runner("numpy"), Choice()))
    for loss in LOSSES:
        of_loss = {(t.case, t.dtype) for t in found if t.loss == loss}
        for case in CASES[loss].typical:
            dtypes = ["float32", "float64"] + ["float16", "bfloat16"] * case.core
            assert {(case.id, dtype) for dtype in dtypes} <= of_loss
        assert {(case.id, "float32") for case in (*CASES[loss].degenerate, *refusals(loss))} <= of_loss


def test_what_is_chosen_is_run_and_nothing_else() -> None:
    chosen = Choice(losses=("mae",), dtypes=("float64",), cases=("vector",))
    assert list(tasks(runner("numpy"), chosen)) == [replace(TASK, dtype="float64")]
    assert not list(tasks(runner("numpy"), Choice(modes=("jit",))))


@pytest.mark.parametrize("backend", ["numpy", "strict"])
def test_it_is_accurate(backend: str) -> None:
    report = Report()
    for event in events(backend, Choice(dtypes=("float32",))):
        report.add(event)
    found = report.json("uniform")
    assert found["reached"] == "uniform", [row["fault"] for row in found["outcomes"] if row["fault"]]
    assert found["runs"][0]["tasks"] == len(found["outcomes"]) > 400


def test_tasks_are_shared_among_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    choice = Choice(losses=("mae", "mse"), dtypes=("float32",))
    started, *expected, _ = events("numpy", choice)
    each, shares = suite._in_a_process, []
    monkeypatch.setattr(suite, "_in_a_process", lambda *of: shares.append(of[-1]) or each(*of))
    monkeypatch.setattr(suite, "AT_A_TIME", started.tasks // 2 - 1)
    first, *found, ended = run("numpy", choice)
    assert len(shares) == 3
    assert (first, found) == (started, expected)
    assert isinstance(ended, Ended)


def test_the_array_api_has_no_numbers_of_16_bits() -> None:
    found = [e for e in events("strict", Choice(losses=("mae",))) if isinstance(e, Outcome)]
    assert {o.status for o in found if o.task.dtype in ("float16", "bfloat16")} == {"not offered"}
    assert {o.status for o in found if o.task.dtype in ("float32", "float64")} == {"passed"}


def judged(adapter: object) -> Outcome:
    (found,) = outcomes(Adapted(adapter), TASK)  # type: ignore[arg-type]
    return found


def test_an_adapter_gets_every_setting() -> None:
    def adapter(loss: str, inputs: dict[str, np.ndarray], settings: dict[str, object]) -> object:
        assert settings == {"where": None, "weights": None, "reduction": "mean"}
        assert {x.dtype for x in inputs.values()} == {np.dtype("float32")}
        return isoloss.numpy.mae(**inputs), {}

    assert judged(adapter).status == "passed"


@pytest.mark.parametrize(
    ("answer", "status", "fault"),
    [
        (NotImplemented, "not offered", ""),
        (None, "failed", "TypeError: an adapter returns (value, {name: gradient}) or NotImplemented; got None"),
        ((np.float32(np.nan), {}), "failed", "value: nan, expected"),
        ((np.zeros(3, np.float32), {}), "failed", "value: shape (3,), expected ()"),
        ((np.float64(0.5), {}), "failed", "dtype float64, expected float32"),
        ((0.5, {"targets": np.zeros(3)}), "failed", "gradients of targets, expected of predictions"),
    ],
)
def test_what_an_adapter_may_answer(answer: object, status: str, fault: str) -> None:
    found = judged(lambda *_: answer)
    assert found.status == status
    assert found.fault.startswith(fault)


@pytest.mark.parametrize(("at_run", "nan"), [(True, "passed"), (False, "failed")])
def test_bad_input_that_is_accepted_fails(at_run: bool, nan: str) -> None:
    """NaN is an answer to what the run alone can know."""
    refusal = next(r.id for r in refusals("mae") if r.at_run is at_run)
    task = Task("mae", refusal, "refusal", "eager", "float32")
    for answer, status in (((0.5, {}), "failed"), ((np.nan, {}), nan), (NotImplemented, "not offered")):
        (found,) = outcomes(Adapted(lambda *_, answer=answer: answer), task)
        assert found.status == status


def test_levels() -> None:
    passed = Outcome(TASK, "", "passed")
    close, finite = (replace(passed, status="failed", close=close) for close in (True, False))
    wild = replace(finite, finite=False)
    assert [reached(passed, o) for o in (passed, close, finite, wild)] == ["uniform", "close", "finite", "none"]
    unknown = [replace(passed, status=status) for status in ("not judged", "not offered")]
    assert reached(passed, *unknown) == "uniform"
    assert reached(*unknown) == "none"
    assert reached(passed, Broken("torch", "it died")) == "none"


def reached(*found: Outcome | Broken) -> str:
    report = Report([Run(Started("numpy", "cpu", ("eager",), {}, len(found), "", ""))])
    for event in found:
        report.add(event)
    return report.json("uniform")["reached"]


def test_the_command_passes_what_is_right(tmp_path: Path) -> None:
    done = command(
        *("--adapter", "adapters:right", "--loss", "mae", "--dtype", "float32"),
        *("--json", "report.json", "--html", "report.html"),
        at=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "Level reached: uniform, declared uniform." in done.stdout
    report = json.loads((tmp_path / "report.json").read_text(), parse_constant=pytest.fail)
    assert report["reached"] == "uniform"
    assert {o["case"] for o in report["outcomes"]} == {*vectors("mae"), *(r.id for r in refusals("mae"))}
    assert "adapters:right" in (tmp_path / "report.html").read_text()


def test_the_command_fails_what_is_wrong_and_says_how_to_see_it_again(tmp_path: Path) -> None:
    done = command("--adapter", "adapters:sums", "--dtype", "float32", at=tmp_path)
    assert done.returncode == 1
    assert "mse" in done.stdout
    assert "not offered" in done.stdout
    again = next(line for line in done.stdout.splitlines() if line.strip().startswith("isoloss conformance"))
    repeated = command(*shlex.split(again)[2:], at=tmp_path)
    assert repeated.returncode == 1
    assert "value: " in repeated.stdout
    lenient = command("--adapter", "adapters:sums", "--dtype", "float32", "--level", "finite", at=tmp_path)
    assert lenient.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--adapter", "adapters:dies"], "its process ended with code 7 in mse, case"),
        (["--adapter", "adapters:absent"], "adapters:absent: AttributeError: module 'adapters' has no attribute"),
        (["--adapter", "absent:any"], "ModuleNotFoundError: No module named 'absent'"),
        (["--adapter", "adapters"], "give it as MODULE:FUNCTION"),
        (["--loss", "simsce"], "--loss: there is no 'simsce'; did you mean 'simcse'?"),
        (["--backend", "pytorch"], "--backend: there is no 'pytorch'; did you mean 'torch'?"),
        (["--backend", "numpy", "--mode", "jit"], "nothing to run"),
        (["--level", "perfect"], "--level: there is no 'perfect': there is finite, close, accurate, uniform"),
    ],
)
def test_what_cannot_be_run(arguments: list[str], sentence: str, tmp_path: Path) -> None:
    done = command(*arguments, at=tmp_path)
    assert done.returncode == 2
    assert sentence in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
