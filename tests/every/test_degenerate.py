"""Degenerate input gives the value and gradient that its row of the table says, and why."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from isoloss.conformance.cases import CASES, Case
from isoloss.conformance.exact import exact
from isoloss.conformance.ulp import worst

DEGENERATE = [(loss, case) for loss in CASES for case in CASES[loss].degenerate]


def check(framework: ModuleType, loss: str, case: Case, mode: str, device: str) -> None:
    """Within 2 ulp of the pinned numbers; zeros are exact."""
    assert case.note, "say why"
    result = framework.run(loss, case, mode=mode, device=device)
    assert worst(result.value, exact(np.asarray(case.value, float)), "float32") <= 2
    for name, gradient in result.gradients.items():
        assert worst(gradient, exact(np.asarray(case.gradients[name], float)), "float32") <= 2, name


@pytest.mark.parametrize(("loss", "case"), DEGENERATE, ids=lambda x: getattr(x, "id", x))
def test_eager(framework: ModuleType, device: str, loss: str, case: Case) -> None:
    check(framework, loss, case, "eager", device)


@pytest.mark.parametrize(("loss", "case"), DEGENERATE, ids=lambda x: getattr(x, "id", x))
def test_compiled(framework: ModuleType, device: str, loss: str, case: Case) -> None:
    """In the framework's first compiled mode."""
    check(framework, loss, case, framework.COMPILED[0], device)
