"""Degenerate input gives the value and gradient that its row of the table says, and why."""

from __future__ import annotations

from types import ModuleType

import pytest

from isoloss.conformance.cases import CASES, Case
from isoloss.conformance.vectors import vectors
from isoloss.conformance.verdict import judge

DEGENERATE = [(loss, case) for loss in CASES for case in CASES[loss].degenerate]


def check(framework: ModuleType, loss: str, case: Case, mode: str, device: str) -> None:
    assert case.note, "say why"
    result = framework.run(loss, case, mode=mode, device=device)
    verdict = judge(loss, vectors(loss)[case.id], result, dtype="float32", device=device)
    assert verdict.accurate, verdict.fault


@pytest.mark.parametrize(("loss", "case"), DEGENERATE, ids=lambda x: getattr(x, "id", x))
def test_eager(framework: ModuleType, device: str, loss: str, case: Case) -> None:
    check(framework, loss, case, "eager", device)


@pytest.mark.parametrize(("loss", "case"), DEGENERATE, ids=lambda x: getattr(x, "id", x))
def test_compiled(framework: ModuleType, device: str, loss: str, case: Case) -> None:
    """In the framework's first compiled mode."""
    check(framework, loss, case, framework.COMPILED[0], device)
