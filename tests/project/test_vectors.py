"""The golden vectors hold the cases as they are now, and what the references give for them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest

from isoloss.conformance.bounds import BOUNDS
from isoloss.conformance.cases import CASES, Case, Refusal
from isoloss.conformance.cases.case import REGIMES
from isoloss.conformance.cases.common import refusals as common
from isoloss.conformance.vectors import SCHEMA, refusals, text, vectors
from isoloss.conformance.vectors.write import computed, file, pinned, rounded_to
from isoloss.losses import LOSSES

NOT_IN_JSON = {
    "complex predictions",
    "complex targets",
    "complex weights",
    "text in an array",
    "a list",
    "a masked array",
    "another framework's array",
}

every_loss = pytest.mark.parametrize("loss", CASES)


@every_loss
def test_a_file_holds_the_cases_of_its_loss(loss: str) -> None:
    """All but the computed answers would be written again as they are."""
    found = json.loads(text(loss))
    assert found["schema"] == SCHEMA
    assert tuple(found["bound"]) == BOUNDS[loss]
    answers = {(case["id"], dtype): a for case in found["cases"] for dtype, a in case["answers"].items()}
    assert text(loss) == file(loss, answers), "run `nox -s vectors`"
    for case in (*CASES[loss].typical, *CASES[loss].degenerate):
        assert {d for id, d in answers if id == case.id} == set(rounded_to(case))
    for case in CASES[loss].degenerate:
        assert all(answers[case.id, dtype] == pinned(case) for dtype in rounded_to(case))


@every_loss
def test_answers_are_computed_again_bit_for_bit(loss: str) -> None:
    """That of the smallest core case in float32: `nox -s vectors` computes all."""
    case = min((c for c in CASES[loss].typical if c.core), key=lambda c: sum(np.size(x) for x in c.inputs.values()))
    found = next(c for c in json.loads(text(loss))["cases"] if c["id"] == case.id)
    assert found["answers"]["float32"] == computed(loss, case, "float32"), "run `nox -s vectors`"


@every_loss
def test_cases_come_back_as_they_were(loss: str) -> None:
    cases = (*CASES[loss].typical, *CASES[loss].degenerate)
    found = [vector.case for vector in vectors(loss).values()]
    for case, stored in zip(cases, found, strict=True):
        for name in ("id", "note", "core", "regime", "issue"):
            assert getattr(stored, name) == getattr(case, name)
        same(case, stored)


def same(call: Case | Refusal, stored: Case | Refusal) -> None:
    """Arguments are the same, down to the bits and the dtype."""
    for part in ("inputs", "settings", "options"):
        expected, got = getattr(call, part), getattr(stored, part)
        assert expected.keys() == got.keys()
        for name, x in expected.items():
            assert type(got[name]) is type(x)
            assert np.asarray(got[name]).dtype == np.asarray(x).dtype
            np.testing.assert_array_equal(got[name], x)


@every_loss
def test_edges_say_why(loss: str) -> None:
    for case in (*CASES[loss].typical, *CASES[loss].degenerate):
        assert case.regime in REGIMES
        assert case.note or (case.regime != "edge" and case.value is None)
        assert re.fullmatch(r"(https://github\.com/[\w.-]+/[\w.-]+/(issues|pull)/\d+)?", case.issue)


@every_loss
def test_every_loss_has_cases_of_its_regimes(loss: str) -> None:
    """A loss with a decision is right, sure and wrong; a loss of one scalar has a grid."""
    expected = {"typical", "near-cancellation", "masked", "duplicates", "unit batch", "edge"}
    family = LOSSES[loss].spec.__module__.rpartition(".")[2]
    if family not in ("regression", "probability", "correlation") and loss != "cosine_embedding":
        expected |= {"right", "sure", "wrong"}
    if not LOSSES[loss].one_number and all(a.open and len(a.dimensions) == 1 for a in LOSSES[loss].arguments):
        expected |= {"grid"}
    assert {case.regime for case in (*CASES[loss].typical, *CASES[loss].degenerate)} == expected


@every_loss
def test_refusals_come_back_as_they_were(loss: str) -> None:
    good = next(case for case in CASES[loss].typical if case.core)
    made = {r.id: r for r in (*CASES[loss].refused, *common(LOSSES[loss], good))}
    found = refusals(loss)
    assert set(made) - {r.id for r in found} <= NOT_IN_JSON
    assert {r.id for r in CASES[loss].refused} - {r.id for r in found} <= {"complex targets"}
    for stored in found:
        refusal = made[stored.id]
        assert (stored.error, stored.message, stored.at_run) == (refusal.error, refusal.message, refusal.at_run)
        same(refusal, stored)


@every_loss
def test_any_reader_of_json_can_read_it(loss: str) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    json.loads(text(loss), parse_constant=refuse)


def test_no_file_is_left_over_and_all_are_small() -> None:
    stored = [f for f in files("isoloss.conformance.vectors").iterdir() if f.name.endswith(".json")]
    assert {f.name for f in stored} == {f"{loss}.json" for loss in CASES}
    assert sum(len(f.read_bytes()) for f in stored) < 10e6


def test_neither_a_framework_nor_mpmath_is_needed() -> None:
    code = (
        "import sys\n"
        "for name in ('mpmath', 'torch', 'tensorflow', 'jax', 'keras'): sys.modules[name] = None\n"
        "from isoloss.conformance.vectors import vectors\n"
        "print(float(vectors('mse')['vector'].answers['float32'].value.exact))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == float(vectors("mse")["vector"].answers["float32"].value.exact)


@every_loss
def test_numbers_that_judge_nothing_are_few(loss: str) -> None:
    """A number whose tolerance would pass 1 % of it is not judged: under 5 % of them."""
    known = []
    for vector in vectors(loss).values():
        if vector.kind == "typical":
            answer = vector.answers["float32"]
            for numbers, bound in [
                (answer.value, BOUNDS[loss][0]),
                *((g, BOUNDS[loss][1]) for g in answer.gradients.values()),
            ]:
                known += list((bound * numbers.condition * 2.0**-23 <= 0.01).flat)
    assert np.mean(known) > 0.95
