"""What the documentation shows runs: each block of Python, and each command is one that there is."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from isoloss.commands import app
from isoloss.losses import LOSSES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GENERATED = {"porting", "scoreboard", "mutants", "performance"}
ELSEWHERE = {"distributed", "snippets"}  # tests/workers/test_docs.py, test_snippets.py
PAGES = {
    str(path.relative_to(DOCS)): path.read_text(encoding="utf-8")
    for path in (*DOCS.glob("*.md"), *DOCS.glob("use/*.md"))
    if path.stem not in GENERATED
}
FENCE = re.compile(r"^ *(`{3,})(\S*)[^\n]*\n(.*?)^ *\1$", re.DOTALL | re.MULTILINE)


def blocks(text: str, language: str) -> list[str]:
    return [code for _, found, code in FENCE.findall(text) if found == language]


RUN = [name for name, text in PAGES.items() if blocks(text, "python") and Path(name).stem not in ELSEWHERE]
SCRIPTS = [name for name in RUN if ">>>" not in PAGES[name] and name != "index.md"]


def run(*arguments: str | Path, keras: str) -> None:
    environment = {**os.environ, "KERAS_BACKEND": keras, "TF_CPP_MIN_LOG_LEVEL": "2", "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_page_runs_from_top_to_bottom(name: str, tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text("\n".join(blocks(PAGES[name], "python")), encoding="utf-8")
    run(tmp_path / "page.py", keras="jax")


def test_each_number_of_the_disagreements_is_what_the_code_above_it_gives() -> None:
    run("-m", "doctest", DOCS / "disagreements.md", keras="torch")


def test_the_home_page_shows_what_the_readme_runs() -> None:
    readme = blocks((ROOT / "README.md").read_text(encoding="utf-8"), "python")
    assert blocks(PAGES["index.md"], "python") == readme[:3]


def test_no_block_is_left_out() -> None:
    assert set(RUN) == {*SCRIPTS, "disagreements.md", "index.md"}
    for name, text in PAGES.items():
        for _, language, code in FENCE.findall(text):
            assert language in ("python", "") or language.startswith("{"), f"{name}: {language}\n{code}"


SHOWN = [
    re.split(r"  #| \|", line)[0].strip()
    for text in (
        *PAGES.values(),
        *((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md")),
    )
    for line in (*"".join(blocks(text, "")).splitlines(), *re.findall(r"`((?:isoloss|nox) [^`\n]*)`", text))
]


@pytest.mark.parametrize("line", sorted({line for line in SHOWN if line.startswith("isoloss ")}))
def test_a_command_is_understood(line: str) -> None:
    _, name, *rest = shlex.split(line)
    command = get_command(app).commands[name]  # pyright: ignore[reportAttributeAccessIssue]
    command.make_context(name, rest, resilient_parsing=not rest)  # named alone, it is not a call


def test_each_session_that_is_named_is_there() -> None:
    body = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8")).body
    sessions = {x.name for x in body if isinstance(x, ast.FunctionDef) and x.decorator_list}
    named = {s for line in SHOWN for s in re.findall(r'nox -s "?([a-z ]+)', line)}
    assert named
    assert {word for words in named for word in words.split()} <= sessions


def test_each_loss_has_a_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(DOCS)
    from loss_plots import PLOTS, figure

    assert list(PLOTS) == list(LOSSES)
    drawn = figure(LOSSES["huber"])
    assert drawn.count("<svg role") == 2  # value and slope
    assert all(f"delta = {delta}" in drawn for delta in ("2", "1", "0.5"))
    assert "var(--plot-2)" in drawn
    assert "#0" not in re.sub(r"#(value|slope)", "", drawn)


def test_accuracy_of_other_vectors_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(DOCS)
    import accuracy

    own = json.loads(accuracy.FILE.read_text(encoding="utf-8"))["vectors"]
    monkeypatch.setattr(accuracy, "digest", lambda: own)
    assert accuracy.read()["losses"].keys() == LOSSES.keys()
    monkeypatch.setattr(accuracy, "digest", lambda: "0" * 64)
    with pytest.raises(ValueError, match=r"accuracy\.json was made with golden vectors .*nox -s conformance"):
        accuracy.read()
