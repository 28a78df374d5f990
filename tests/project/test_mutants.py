"""The machinery of the mutants: operators change what they say, and the suite kills what is wrong and nothing else."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "mutants"


@pytest.fixture(scope="module")
def made(load):
    return load("making").mutants()


EXAMPLES = [  # operator, an expression, all that it makes of it
    ("mean_for_sum", "xp.sum(x, axis=-1)", ["xp.mean(x, axis=-1)"]),
    ("sum_for_mean", "xp.mean(x)", ["xp.sum(x)"]),
    ("min_for_max", "xp.max(x, axis=0)", ["-xp.max(-x, axis=0)"]),
    ("count_for_weights", "xp.sum(weights)", ["xp.sum(xp.ones_like(weights))"]),
    ("swap_axis", "xp.indices(x, 0)", ["xp.indices(x, -1)"]),
    ("drop_sign", "-x", ["x"]),
    ("drop_max_shift", "x - largest", ["x"]),
    ("drop_epsilon", "p + epsilon", ["p"]),
    ("drop_term", "a - b", ["a", "-b"]),
    ("drop_factor", "a * b", ["a", "b"]),
    ("drop_divisor", "a / temperature", ["a"]),
    ("swap_operands", "a / b", ["b / a"]),
    ("times_for_divided", "a / b", ["a * b"]),
    ("divided_for_times", "a * b", ["a / b"]),
    ("plus_for_minus", "a - b", ["a + b"]),
    ("minus_for_plus", "a + b", ["a - b"]),
    ("change_constant", "0.0", ["1.0"]),
    ("change_constant", "0.5", ["1.0"]),
    ("index_off_by_one", "2", ["3"]),
    ("detach", "a * targets", ["xp.stop_gradient(a) * targets"]),
    ("undetach", "xp.stop_gradient(x)", ["x"]),
    ("clip", "xp.log(p)", ["xp.log(xp.where(p < 1e-07, 1e-07, p))"]),
    ("log_of_1_plus", "xp.log1p(x)", ["xp.log(x + 1.0)"]),
    ("exp_less_1", "xp.expm1(x)", ["xp.exp(x) - 1.0"]),
    ("finite_mask", "NEGATIVE_INFINITY", ["-1000000000000.0"]),
    ("finite_mask", "float('inf')", ["1000000000000.0"]),
    ("hide_nan", "float('nan')", ["0.0"]),
    ("other_edge", "x < 1.0", ["x <= 1.0"]),
    ("negate", "xp.logical_not(x)", ["x"]),
    ("negate", "where is None", ["where is not None"]),
    ("and_for_or", "a & b", ["a | b"]),
    ("drop_condition", "a & b", ["a", "b"]),
    ("swap_branches", "xp.where(c, a, b)", ["xp.where(c, b, a)"]),
    ("drop_mask", "xp.where(c, a, 0.0)", ["a"]),
    ("drop_function", "xp.abs(x)", ["x"]),
    ("drop_function", "normalised(xp, x)", ["x"]),
    ("drop_argument", "contrast(xp, x, temperature=t, where=where)", ["contrast(xp, x, temperature=t)"]),
]


@pytest.mark.parametrize(("operator", "before", "after"), EXAMPLES)
def test_an_operator_changes_what_it_says(load, operator: str, before: str, after: list[str]) -> None:
    operators = load("operators")
    node = ast.parse(before, mode="eval").body
    assert [operators.shown(new) for new in operators.OPERATORS[operator](node)] == after


def test_every_operator_has_an_example_and_makes_mutants(load, made) -> None:
    operators = set(load("operators").OPERATORS)
    assert operators - {"drop_step"} == {operator for operator, _, _ in EXAMPLES}  # it takes a statement
    assert operators | {load("making").BY_HAND} == {mutant.operator for mutant in made}


def test_there_are_many_and_each_has_its_own_name(load, made) -> None:
    assert len(made) >= 100
    assert sum(mutant.operator == load("making").BY_HAND for mutant in made) >= 50
    assert {mutant.file for mutant in made} >= set(load("making").SPECS)
    assert Counter(mutant.key for mutant in made).most_common(1)[0][1] == 1
    assert all(mutant.losses for mutant in made)


def test_a_mutant_differs_in_one_place(load, made) -> None:
    """As many lines as the change has, of the unparsed file."""
    making = load("making")
    texts = {mutant.file: making.path(mutant.file).read_text(encoding="utf-8") for mutant in made}
    unparsed = {file: ast.unparse(ast.parse(text)).splitlines() for file, text in texts.items()}
    for mutant in made:
        if mutant.operator not in (making.BY_HAND, "drop_step"):
            before, after = unparsed[mutant.file], mutant.source.splitlines()
            assert len(before) == len(after)
            assert sum(a != b for a, b in zip(before, after, strict=True)) == 1, mutant.id


def test_what_a_change_reaches(load) -> None:
    reached = load("making").reached
    assert set(reached("softmax.py", "_soft_slopes")) == {"soft_cross_entropy", "softmax_rank", "sup_con"}
    assert "mse" not in reached("contrast.py", "contrast")
    assert set(reached("labels.py", "stacked")) == {"nt_xent", "nt_xent_logits", "dcl"}
    assert len(reached("adapter.py", "evaluate")) >= 19


def test_a_proof_that_matches_nothing_is_a_fault(load, monkeypatch) -> None:
    report, equivalent = load("report"), load("equivalent").Equivalent
    known = equivalent("a.py", "f", "because", ("negate: x -> y", "detach: *"))
    assert known.covers("a.py", "f", "detach", "anything")
    assert not known.covers("a.py", "g", "detach", "anything")
    monkeypatch.setattr(report, "EQUIVALENT", (known,))
    faults = report.Session([]).faults()
    assert len(faults) == 2
    assert all("made by no operator" in fault for fault in faults)


def test_a_survivor_and_a_killed_equivalent_are_faults(load, monkeypatch) -> None:
    report, outcome, mutant = load("report"), load("killing").Outcome, load("making").Mutant
    one, other = (mutant("a.py", "f", "negate", change, 1, "", ("mse",)) for change in ("x -> y", "y -> x"))
    proof = load("equivalent").Equivalent("a.py", "f", "because", ("negate: y -> x",))
    monkeypatch.setattr(report, "EQUIVALENT", (proof,))
    session = report.Session([outcome(one, "", "", ""), outcome(other, "test", "wrong", "")])
    assert [fault.partition(":")[0] for fault in session.faults()] == [
        "survived",
        "listed as equivalent, but killed by test",
    ]
    assert session.total == {"made": 2, "survived": 1, "killed": 1}


KILLS = """
import json, sys
sys.path.insert(0, sys.argv[1])
from dataclasses import replace
from killing import outcomes
from making import mutants, unchanged
import killing

killing.SECONDS = 5
wrong = next(m for m in mutants() if m.change == "half the squared error")
same = replace(unchanged(), losses=("mse", "simcse"))
endless = replace(wrong, change="endless", source="while True: pass")
broken = replace(wrong, change="broken", source="1 / 0")
print(json.dumps({o.mutant.change: o.how for o in outcomes([wrong, same, endless, broken])}))
"""


def test_what_is_wrong_is_killed_and_nothing_else() -> None:
    pytest.importorskip("torch")
    command = [sys.executable, "-c", KILLS, str(FOLDER)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "half the squared error": "wrong",
        "": "",
        "endless": "time",
        "broken": "error",
    }
