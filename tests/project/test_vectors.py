"""The golden vectors hold the cases as they are now, and what the references give for them."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest

from isoloss.conformance.bounds import BOUNDS
from isoloss.conformance.cases import CASES
from isoloss.conformance.vectors import SCHEMA, text, vectors
from isoloss.conformance.vectors.write import ROUNDED_TO, computed, file, pinned

every_loss = pytest.mark.parametrize("loss", CASES)


@every_loss
def test_a_file_holds_the_cases_of_its_loss(loss: str) -> None:
    """All but the computed answers would be written again as they are."""
    found = json.loads(text(loss))
    assert found["schema"] == SCHEMA
    assert tuple(found["bound"]) == BOUNDS[loss]
    answers = {(case["id"], dtype): a for case in found["cases"] for dtype, a in case["answers"].items()}
    assert text(loss) == file(loss, answers), "run `nox -s vectors`"
    for case in CASES[loss].typical:
        assert {d for id, d in answers if id == case.id} == set(ROUNDED_TO if case.core else ROUNDED_TO[:1])
    for case in CASES[loss].degenerate:
        assert answers[case.id, "float32"] == pinned(case)


@every_loss
def test_answers_are_computed_again_bit_for_bit(loss: str) -> None:
    """Those of the smallest core case: `nox -s vectors` computes all."""
    case = min((c for c in CASES[loss].typical if c.core), key=lambda c: sum(np.size(x) for x in c.inputs.values()))
    found = next(c for c in json.loads(text(loss))["cases"] if c["id"] == case.id)
    for dtype in ROUNDED_TO:
        assert found["answers"][dtype] == computed(loss, case, dtype), "run `nox -s vectors`"


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
