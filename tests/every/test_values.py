"""Values and gradients against the exact reference, in every mode and dtype."""

from __future__ import annotations

from types import ModuleType

import pytest

from isoloss.conformance.bounds import bound, normwise
from isoloss.conformance.cases import CASES, Case
from isoloss.conformance.exact import answer
from isoloss.conformance.runners import Result, quickest, split
from isoloss.conformance.ulp import worst

TYPICAL = [(loss, case) for loss in CASES for case in CASES[loss].typical]
CORE = [(loss, case) for loss, case in TYPICAL if case.core]


def check(loss: str, case: Case, result: Result, dtype: str) -> None:
    """Dtype, shapes, value and gradients, each within its bound."""
    expected = answer(loss, case, dtype)
    computed = "float64" if dtype == "float64" else "float32"
    assert result.dtype == computed
    of_value, of_gradient = bound(loss, case.id)
    assert worst(result.value, expected.value, computed) <= of_value
    if not result.gradients:
        return
    assert result.gradients.keys() == split(loss, case).learned.keys()
    for name, gradient in result.gradients.items():
        # a gradient has the dtype of its input: one more rounding for those of 16 bits
        within = of_gradient if dtype in ("float32", "float64") else 1
        assert worst(gradient, expected.gradients[name], dtype, normwise=normwise(loss, case.id)) <= within, name


def test_float32(framework: ModuleType, device: str, loss: str, case: Case, mode: str) -> None:
    result = framework.run(loss, case, mode=mode, device=device)
    assert result.device.startswith(device)
    check(loss, case, result, "float32")


@pytest.mark.parametrize(("loss", "case"), TYPICAL, ids=lambda x: getattr(x, "id", x))
def test_float64(framework: ModuleType, device: str, loss: str, case: Case) -> None:
    check(loss, case, framework.run(loss, case, mode=quickest(framework), dtype="float64", device=device), "float64")


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize(("loss", "case"), CORE, ids=lambda x: getattr(x, "id", x))
def test_16_bits(framework: ModuleType, device: str, loss: str, case: Case, dtype: str) -> None:
    """Computed and returned in float32."""
    check(loss, case, framework.run(loss, case, mode=quickest(framework), dtype=dtype, device=device), dtype)
