"""The porting table: what is shown is what ran, a difference needs a cause, and names of other libraries are found."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import isoloss.conformance.peers
from isoloss.conformance.peers import table
from isoloss.conformance.peers.calls import by_torch
from isoloss.conformance.peers.porting import arrays, compared
from isoloss.conformance.peers.rows import LIBRARIES, ROWS, Row, named, names
from isoloss.losses import LOSSES

PAGE = Path("docs/porting.md")

WITHOUT_LIBRARIES = """
import runpy, sys
for name in ("torch", "tensorflow", "keras", "jax", "optax"):
    sys.modules[name] = None
sys.argv = ["isoloss", "show", *{arguments}]
runpy.run_module("isoloss", run_name="__main__")
"""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.library}: {row.ours}")
def test_a_row_is_code_over_arrays_of_a_loss(row: Row) -> None:
    assert row.loss in LOSSES
    ast.parse(row.call)
    ast.parse(row.theirs)
    assert {a.name for a in LOSSES[row.loss].inputs if not a.optional} <= arrays(row).keys()
    assert not row.differs or "](https://" in row.differs


def test_no_row_stands_twice() -> None:
    keys = [row.key for row in ROWS]
    assert sorted(set(keys)) == sorted(keys)


@pytest.mark.parametrize("library", ["torch", "tensorflow", "optax", "keras"])
def test_each_call_of_the_scoreboard_has_a_row(library: str) -> None:
    (folder,) = isoloss.conformance.peers.__path__
    tree = ast.parse(Path(folder, f"{library}.py").read_text(encoding="utf-8"))
    judged = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in LOSSES]
    assert judged
    for node in judged:
        named = re.match(r"`[-1 ]*([\w.]+)", ast.get_docstring(node) or "")
        assert named, node.name
        call = plain(named[1].rpartition(".")[2])
        rows = [row for row in ROWS if (row.library, row.loss) == (library, node.name)]
        assert any(call in plain(row.theirs) for row in rows), node.name


def plain(name: str) -> str:
    return name.replace("_", "").lower()


def test_the_page_has_every_row() -> None:
    page = PAGE.read_text(encoding="utf-8")
    missing = [row for row in ROWS if f"| `{row.call}` | `{row.theirs}` |" not in page]
    assert missing == [], "docs/porting.md is stale: nox -s peers -- porting"
    assert "no cause is known" not in page


def ran(row: Row, dtype: str = "float32", **more: Any) -> dict[str, Any]:
    import torch

    import isoloss.torch

    found = compared(row, {"torch": torch, "isoloss": isoloss, **more}, by_torch, dtype)
    return {"row": row.key, "dtype": dtype, "peer": "torch", **found}


RIGHT = "torch.nn.functional.huber_loss(predictions, targets, delta=2.0)"
WRONG = "torch.nn.functional.huber_loss(predictions, targets)"


def faults(row: Row, run: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(table, "ROWS", (row,))
    parts = [{"peer": peer, "rows": [run] if peer == "torch" else []} for peer in table.PEERS]
    return list(table.faults(parts))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_right_setting_is_equal_and_the_wrong_one_differs(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right, wrong = (Row("torch", "huber(predictions, targets, delta=2.0)", line) for line in (RIGHT, WRONG))
    assert table.told(right, [ran(right, dtype)]).startswith("equal to ")
    assert faults(right, ran(right, dtype), monkeypatch) == []
    assert table.told(wrong, [ran(wrong, dtype)]).startswith("**differs**: 1.02109, there 0.")
    assert "no cause is named" in faults(wrong, ran(wrong, dtype), monkeypatch)[0]


def test_a_gradient_alone_differs_too() -> None:
    row = Row("torch", "mse(predictions, targets)", f"0.5 * ({LOOK} + {LOOK}.detach())")
    assert ran(row)["part"] == "gradient of predictions"
    assert table.told(row, [ran(row)]).startswith("**differs**: gradient of predictions ")


LOOK = "torch.nn.functional.mse_loss(predictions, targets)"


def test_a_cause_without_a_difference_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Row("torch", "huber(predictions, targets, delta=2.0)", RIGHT, differs="it does not")
    assert "are equal, and yet a cause is named" in faults(row, ran(row), monkeypatch)[0]


def test_a_library_that_did_not_run_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "ROWS", ())
    assert list(table.faults([])) == [f"{peer} did not run" for peer in table.PEERS]


def test_what_is_shown_is_what_runs() -> None:
    seen = []

    def probe(*given: Any, **settings: Any) -> Any:
        seen.append(settings)
        return given[0].mean()

    row = Row("torch", "mse(predictions, targets)", "probe(predictions, targets, setting=3)")
    ran(row, probe=probe)
    assert seen == [{"setting": 3}]


def test_what_raises_differs() -> None:
    row = Row("torch", "mse(predictions, targets)", 'torch.zeros(()).no_such_thing(predictions, "text")')
    assert "it raises AttributeError" in table.told(row, [ran(row)])


def run(peer: str, dtype: str, ulps: float, ours: float = 1.0, theirs: float = 2.0) -> dict[str, Any]:
    return {"peer": peer, "dtype": dtype, "ulps": ulps, "part": "value", "ours": ours, "theirs": theirs}


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ([run("torch", "float32", 2.5), run("torch", "float64", 1.0)], "equal to 3 ulp"),
        ([run("torch", "float32", 2.5)], "equal to 3 ulp, float32"),
        (
            [run("torch", "float32", 0.0), run("torch", "float64", 1e9)],
            "equal to 0 ulp; **differs** in float64: 1, there 2; why",
        ),
        (
            [run("keras-jax", "float32", 0.0), run("keras-torch", "float32", 1e9)],
            "equal to 0 ulp; **differs** on PyTorch: 1, there 2; why",
        ),
        ([run("torch", "float32", 1e9, theirs=float("nan"))], "**differs**: 1, there NaN; why"),
        ([run("torch", "float64", 1e9, theirs=1.0 + 1e-9)], "**differs**: 1, there 1.0000000010000001; why"),
        ([], "not run"),
    ],
)
def test_what_is_told_of_a_row(runs: list[dict[str, Any]], told: str) -> None:
    assert table.told(Row("torch", "mse(predictions, targets)", LOOK, differs="why"), runs) == told


@pytest.mark.parametrize(
    ("name", "losses"),
    [
        ("mse", ["mse"]),
        ("MarginRankingLoss", ["margin_ranking"]),
        ("margin_ranking_loss", ["margin_ranking"]),
        ("CosineSimilarity", ["cosine_distance"]),
        ("ntxent", ["nt_xent"]),
        ("MultipleNegativesRankingLoss", ["info_nce"]),
        ("KLDivLoss", ["kl_divergence"]),
        ("l2_loss", ["half_mse"]),
        ("ClipLoss", ["clip"]),
        ("ranking_softmax_loss", ["listnet", "softmax_rank"]),
        ("one_hot", []),
        ("no such loss", []),
    ],
)
def test_a_loss_is_found_by_its_names(name: str, losses: list[str]) -> None:
    assert named(name) == losses


def test_every_name_finds_a_loss() -> None:
    assert {row.library for row in ROWS} == LIBRARIES.keys()
    assert [name for name in names() if not named(name)] == []


def show(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT_LIBRARIES.format(arguments=list(arguments))]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_loss_is_shown_without_any_library() -> None:
    done = show("CosineSimilarity")
    assert (done.returncode, done.stderr) == (0, "")
    assert "CosineSimilarity is cosine_distance here" in done.stdout
    assert "cosine_distance(predictions, targets, *, axis=-1, where=None" in done.stdout
    assert "$$" in done.stdout
    assert "1.0 + keras.losses.CosineSimilarity()(targets, predictions)" in done.stdout
    assert "differs: it is minus the cosine" in done.stdout


def test_an_unknown_name_suggests_the_nearest() -> None:
    done = show("MultipleNegativeRanking")
    assert (done.returncode, done.stdout) == (2, "")
    expected = "no loss goes by the name 'MultipleNegativeRanking'; did you mean 'MultipleNegativesRankingLoss'?\n"
    assert done.stderr == expected
