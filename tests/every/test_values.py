"""Values and gradients against the exact answers of the golden vectors, in every mode and dtype."""

from __future__ import annotations

from types import ModuleType

import pytest

from isoloss.conformance.bounds import ABSOLUTE
from isoloss.conformance.cases import CASES, Case
from isoloss.conformance.runners import Result, quickest, split
from isoloss.conformance.ulp import worst
from isoloss.conformance.vectors import vectors
from isoloss.conformance.verdict import judge

TYPICAL = [(loss, case) for loss in CASES for case in CASES[loss].typical]
CORE = [(loss, case) for loss in CASES for case in (*CASES[loss].typical, *CASES[loss].degenerate) if case.core]


def check(framework: ModuleType, loss: str, case: Case, result: Result, dtype: str, device: str) -> None:
    verdict = judge(loss, vectors(loss)[case.id], result, dtype=dtype, device=device)
    assert verdict.accurate, verdict.fault
    differentiates = framework.MODES != ("eager",)  # NumPy and the strict implementation do not
    assert set(result.gradients) == (set(split(loss, case).learned) if differentiates else set())


def test_float32(framework: ModuleType, device: str, loss: str, case: Case, mode: str) -> None:
    result = framework.run(loss, case, mode=mode, device=device)
    check(framework, loss, case, result, "float32", device)
    smoothed = "label_smoothing" in case.settings
    if loss in ABSOLUTE and case.regime in ("typical", "right", "sure", "wrong") and not smoothed:
        answer = vectors(loss)[case.id].answers["float32"]
        value, gradient = ABSOLUTE[loss]["sure" if case.regime == "sure" else ""]
        assert worst(result.value, answer.value.exact, "float32") <= value
        for name, got in result.gradients.items():
            if case.regime != "typical":  # where scores and targets may be alike, and p - t cancel
                assert worst(got, answer.gradients[name].exact, "float32") <= gradient


@pytest.mark.parametrize(("loss", "case"), TYPICAL, ids=lambda x: getattr(x, "id", x))
def test_float64(framework: ModuleType, device: str, loss: str, case: Case) -> None:
    result = framework.run(loss, case, mode=quickest(framework), dtype="float64", device=device)
    check(framework, loss, case, result, "float64", device)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize(("loss", "case"), CORE, ids=lambda x: getattr(x, "id", x))
def test_16_bits(framework: ModuleType, device: str, loss: str, case: Case, dtype: str) -> None:
    """Computed and returned in float32."""
    check(
        framework,
        loss,
        case,
        framework.run(loss, case, mode=quickest(framework), dtype=dtype, device=device),
        dtype,
        device,
    )
