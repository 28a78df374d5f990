"""The command `isoloss`: what it prints and writes, its exit codes, with and without frameworks."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from math import exp, log
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from isoloss.adapter import signature
from isoloss.commands import app
from isoloss.conformance import demo
from isoloss.conformance.check import VERDICTS
from isoloss.conformance.peers.rows import rows
from isoloss.losses import FAMILIES, LOSSES

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

WITHOUT = """
import runpy, sys
sys.modules[{module!r}] = None
sys.argv = ["isoloss", *{arguments}]
runpy.run_module("isoloss", run_name="__main__")
"""

PORT = """
import numpy as np

def mae(y_true, y_hat):
    return np.abs(y_true - y_hat).mean()
"""

SIMCSE = (log(exp(1.6) + exp(1.2) + 1) + log(exp(1.6) + exp(1.2) + exp(1.92)) - 3.2) / 2
"""Of the embeddings that are shown: their cosines are 0.8 within a pair, and 0, 0.6, 0.6 and 0.96 between pairs."""

JUDGED = ("conformance", "--backend", "numpy", "--dtype", "float32")


def said(*command: str) -> str:
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True).stdout


def asked(*arguments: str, **environment: str) -> Result:
    """What a command gives in this process; its output is no terminal, but for FORCE_COLOR."""
    return CliRunner().invoke(app, arguments, env={"FORCE_COLOR": None, **environment}, prog_name="isoloss")


def written(*arguments: str) -> Any:
    """What a command writes to standard output as JSON, where nothing else may stand."""
    return json.loads(asked(*arguments, "--json", "-").stdout, parse_constant=pytest.fail)


def plain(text: str) -> str:
    """Without the colours of a terminal."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


# ------------------------------------------------------------------------- what is here


def test_it_says_what_it_can_do_and_computes_a_loss() -> None:
    output = said("-m", "isoloss")
    assert set(re.findall(r"\w+", output)) >= {*LOSSES, "list", "show", "check", "conformance", "demo"}
    assert f"isoloss.numpy.simcse(embeddings, temperature=0.5) = {SIMCSE:.6g}" in output
    assert max(map(len, output.splitlines())) <= 80


def test_without_a_framework_numpy_is_there() -> None:
    output = said("-c", WITHOUT_FRAMEWORKS)
    assert "pip install 'isoloss[torch]'" in output
    assert output.count("not installed") == 4
    assert "import isoloss.numpy" in output
    assert f"= {SIMCSE:.6g}" in output


@pytest.mark.parametrize("module", ["typer", "rich"])
def test_without_typer_or_rich_it_says_what_the_commands_need(module: str) -> None:
    needs = f"needs? {module}: pip install 'isoloss\\[conformance\\]'"
    home = said("-c", WITHOUT.format(module=module, arguments=[]))
    assert f"= {SIMCSE:.6g}" in home
    assert re.search(f"They {needs}", home)
    command = [sys.executable, "-c", WITHOUT.format(module=module, arguments=["list"])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(f"isoloss list {needs}\n", done.stderr)


@pytest.mark.parametrize("command", ["list", "show", "check", "conformance", "demo"])
def test_each_command_has_help_with_an_example_and_its_exit_codes(command: str) -> None:
    text = plain(asked(command, "--help", COLUMNS="80").stdout)
    assert "Examples:" in text
    assert len(re.findall(rf"^ isoloss {command}", text, re.MULTILINE)) >= 1
    assert "Exits with 0" in text
    assert "--json" in text
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 80


# ------------------------------------------------------------------------- list and show


def test_every_loss_is_listed_in_a_line_of_its_own() -> None:
    lines = [re.split(r" {2,}", line.strip()) for line in asked("list").stdout.splitlines()]
    assert [[x.name, x.class_name, x.summary] for x in LOSSES.values()] == [line for line in lines if len(line) == 3]
    names = [family.__name__.rpartition(".")[2] for family in FAMILIES]
    assert [line[0] for line in lines if len(line) == 1 and line[0]] == names


def test_a_family_is_listed() -> None:
    found = written("list", "ranking")["losses"]
    assert [loss["name"] for loss in found] == ["margin_ranking", "bpr", "listnet", "softmax_rank"]
    assert {loss["family"] for loss in found} == {"ranking"}
    none = asked("list", "rankings")
    assert none.exit_code == 2
    assert none.stderr == "FAMILY: there is no 'rankings'; did you mean 'ranking'?\n"


def test_a_list_fits_a_terminal() -> None:
    colored = asked("list", FORCE_COLOR="1", COLUMNS="80").stdout
    text = plain(colored)
    assert text != colored
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    words = set(text.split())
    assert all({loss.name, loss.class_name, *loss.summary.split()} <= words for loss in LOSSES.values())
    assert re.search(r"^supervised_simcse +Supervised SimCSE: .+\nSupervisedSimCSELoss  \w+", text, re.MULTILINE)


@pytest.mark.parametrize("name", LOSSES)
def test_what_is_shown_of_a_loss_is_written(name: str) -> None:
    (found,) = written("show", name)["losses"]
    loss = LOSSES[name]
    parameters = signature(loss).parameters
    assert [argument["name"] for argument in found["arguments"]] == [a.name for a in loss.arguments]
    assert all(f"{a['name']}: {a['role']}" in found["docstring"] for a in found["arguments"])
    assert {s["name"]: s["default"] for s in found["settings"]} == {
        s.name: parameters[s.name].default for s in loss.settings
    }
    assert found["sections"].keys() >= {"Args", "Returns", "Raises", "Example", "Source"}
    told = " ".join([found["summary"], found["definition"], *found["sections"].values()])
    headings = {"Args:", "Returns:", "Degenerate", "cases:", "Raises:", "Example:", "Source:"}
    assert set((inspect.getdoc(loss.spec) or "").split()) - headings <= set(told.split())
    assert [row["theirs"] for row in found["libraries"]] == [row.theirs for row in rows(name)]


@pytest.mark.parametrize(("width", "name"), [("60", "clip"), ("80", "vicreg"), ("200", "nll")])
def test_a_page_loses_nothing(width: str, name: str) -> None:
    text = plain(asked("show", name, FORCE_COLOR="1", COLUMNS=width).stdout)
    assert (inspect.getdoc(LOSSES[name].spec) or "").split() == text.split("\n\n", 1)[1].split("\n\nIn other ")[
        0
    ].split()
    assert all(f"\n    {a.name}: " in text for a in LOSSES[name].arguments)
    prose = text[text.index("\nArgs:") : text.index("\nExample:")]
    assert max(map(len, prose.splitlines())) <= int(width)


@pytest.mark.parametrize(
    ("theirs", "ours", "misspelt"),
    [
        ("MultipleNegativesRankingLoss", "info_nce", "MultipleNegativeRankingLoss"),
        ("MarginRankingLoss", "margin_ranking", "MarginRankngLoss"),
        ("CosineSimilarity", "cosine_distance", "CosinSimilarity"),
        ("ntxent", "nt_xent", "nxtent"),
    ],
)
def test_a_loss_is_found_by_other_names(theirs: str, ours: str, misspelt: str) -> None:
    assert asked("show", theirs).stdout.startswith(f"{theirs} is {ours} here\n")
    assert [loss["name"] for loss in written("show", theirs)["losses"]] == [ours]
    nothing = asked("show", misspelt)
    assert nothing.exit_code == 2
    assert nothing.stderr == f"no loss goes by the name {misspelt!r}; did you mean {theirs!r}?\n"


# ------------------------------------------------------------------------- check and conformance


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
    assert "\x1b" not in done.stdout + done.stderr


def test_the_verdict_on_a_port_is_written(tmp_path: Path) -> None:
    file = tmp_path / "port.py"
    file.write_text(PORT)
    wrong = ("check", f"{file}:mae", "--as", "mse", "--backend", "numpy")
    found = written(*wrong)
    assert VERDICTS[found["verdict"]] == 1
    assert found["arguments"]["predictions"] == "y_hat"
    typical = [case for case in found["cases"] if case["regime"] == "typical"]
    assert typical
    assert {case["status"] for case in typical} == {"failed"}
    assert typical[0]["departures"][0]["what"].startswith("value")
    done = asked(*wrong, "--json", str(tmp_path / "verdict.json"))
    assert done.exit_code == 1
    assert "Wrong." in done.stdout
    assert json.loads((tmp_path / "verdict.json").read_text()) == found
    right = written("check", f"{file}:mae", "--as", "mae", "--backend", "numpy")
    assert right["verdict"] == "accurate"
    assert all(case["departures"] == [] for case in right["cases"] if case["status"] == "passed")
    assert written("check", f"{file}:none", "--as", "mae", "--backend", "numpy")["verdict"] == "not run"


def test_a_report_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    found = written(*JUDGED, "--loss", "mae")
    assert found["reached"] == "uniform"
    nowhere = asked(*JUDGED, "--loss", "mae", "--json", str(tmp_path / "nowhere" / "report.json"))
    assert nowhere.exit_code == 2
    assert "there is no folder" in plain(nowhere.stderr)
    done = asked(*JUDGED, "--loss", "mae")
    assert done.exit_code == 0
    assert done.stderr == ""  # no bar where nobody looks


def test_the_table_fits_a_terminal() -> None:
    text = plain(asked(*JUDGED, "--loss", "binary_cross_entropy_with_logits", FORCE_COLOR="1", COLUMNS="80").stdout)
    assert max(len(line) for line in text.splitlines() if not line.startswith("  isoloss ")) <= 80
    assert re.search(r"^  accurate +(\d+) +\1 +\d+ +[\d.]+ / +\d+ +-$", text, re.MULTILINE)
    assert re.search(r"^  isoloss conformance .* --case .+$", text, re.MULTILINE)


# ------------------------------------------------------------------------- demo


def test_all_frameworks_give_what_is_exact(tmp_path: Path) -> None:
    done = asked("demo", "--json", str(tmp_path / "demo.json"))
    assert done.exit_code == 0, done.output
    assert "The same loss in all" in done.stdout
    found = json.loads((tmp_path / "demo.json").read_text())
    assert len(found["frameworks"]) == len(demo.frameworks())
    assert "NumPy" in {framework["name"] for framework in found["frameworks"]}
    for framework in found["frameworks"]:
        assert framework["name"] in done.stdout
        assert framework["value"] == pytest.approx(found["exact"]["value"], rel=1e-6)
        if framework["gradient"]:
            for row, exact in zip(framework["gradient"], found["exact"]["gradient"], strict=True):
                assert row == pytest.approx(exact, rel=1e-5, abs=1e-7)
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_one_that_fails_or_is_wrong_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('no such [framework]')")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setattr(demo, "frameworks", lambda: ["numpy", "torch"])
    found = demo.run()
    assert demo.code(found) == 2
    assert "PyTorch              [red]ImportError: no such \\[framework]" in list(demo.lines(found))
    assert demo.code({"frameworks": found["frameworks"][:1]}) == 0
    wrong = {**found, "frameworks": [{**found["frameworks"][0], "status": "failed"}]}
    assert demo.code(wrong) == 1
    assert any("Not the same loss: NumPy" in line for line in demo.lines(wrong))


def test_with_numpy_alone_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "frameworks", lambda: ["numpy"])
    assert "pip install 'isoloss[all]'" in asked("demo").stdout


def test_keras_is_shown_once(monkeypatch: pytest.MonkeyPatch) -> None:
    here = ["numpy", "torch", "keras-torch", "keras-jax"]
    monkeypatch.setattr(demo, "installed", lambda: here)
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert demo.frameworks() == ["numpy", "torch", "keras-jax"]
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    assert demo.frameworks() == ["numpy", "torch", "keras-torch"]
    monkeypatch.setattr(demo, "installed", lambda: here[:2])
    assert demo.frameworks() == ["numpy", "torch"]
