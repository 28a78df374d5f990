"""The verdict passes the exact answer and nothing that is further from it than the bound allows."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from isoloss.conformance.bounds import BOUNDS
from isoloss.conformance.runners import Result
from isoloss.conformance.ulp import ulp
from isoloss.conformance.vectors import Numbers, Vector, vectors
from isoloss.conformance.verdict import judge

ROWS, CONTRAST = ("cross_entropy", "near 0"), ("simcse", "views")
both = pytest.mark.parametrize(("loss", "case"), [ROWS, CONTRAST], ids=["rows", "contrast"])


def right(vector: Vector) -> Result:
    """The exact answer, rounded to float32."""
    answer = vector.answers["float32"]
    gradients = {n: g.exact.astype(np.float32).astype(float) for n, g in answer.gradients.items()}
    return Result(answer.value.exact.astype(np.float32).astype(float), gradients, "float32", "cpu")


def off(numbers: Numbers, index: tuple[int, ...], ulps: float, *, by_largest: bool = False) -> np.ndarray:
    """The exact numbers with one so many ulps, times its condition, away."""
    found = numbers.exact.copy()
    unit = ulp(np.abs(numbers.exact).max() if by_largest else numbers.exact[index], "float32")
    found[index] += ulps * numbers.condition[index] * unit
    return found


@both
def test_the_exact_answer_passes(loss: str, case: str) -> None:
    verdict = judge(loss, vectors(loss)[case], right(vectors(loss)[case]), dtype="float32")
    assert verdict.accurate
    assert verdict.finite
    assert verdict.close
    assert 0 < verdict.value <= 0.5
    assert verdict.judged == verdict.numbers > 0


@both
def test_the_bound_is_where_it_ends(loss: str, case: str) -> None:
    vector = vectors(loss)[case]
    answer, (of_value, of_gradient) = vector.answers["float32"], BOUNDS[loss]
    name, slopes = next(iter(answer.gradients.items()))
    first, first_slope = (0,) * answer.value.exact.ndim, (0,) * slopes.exact.ndim
    for share, passes in ((0.9, True), (1.1, False)):
        value = replace(right(vector), value=off(answer.value, first, share * of_value))
        verdict = judge(loss, vector, value, dtype="float32")
        assert verdict.accurate == passes
        assert verdict.value == pytest.approx(share * of_value, rel=1e-6)
        gradient = off(slopes, first_slope, share * of_gradient, by_largest=loss == "simcse")
        verdict = judge(loss, vector, replace(right(vector), gradients={name: gradient}), dtype="float32")
        assert verdict.accurate == passes
        assert passes or verdict.fault.startswith(f"gradient of {name}[0, 0]: ")


@both
@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"dtype": "float64"}, "dtype float64, expected float32"),
        ({"device": "cuda"}, "on cuda, expected cpu"),
        ({"value": np.zeros((7, 7))}, r"value: shape \(7, 7\), expected"),
        ({"gradients": {}}, ""),
    ],
)
def test_what_else_may_be_wrong(loss: str, case: str, change: dict, fault: str) -> None:
    verdict = judge(loss, vectors(loss)[case], replace(right(vectors(loss)[case]), **change), dtype="float32")
    assert verdict.accurate == (not fault)
    if fault:
        assert re.match(fault, verdict.fault)


@both
@pytest.mark.parametrize("number", [np.nan, np.inf, 0.0])
def test_nan_infinity_and_nothing_do_not_pass(loss: str, case: str, number: float) -> None:
    vector = vectors(loss)[case]
    result = right(vector)
    verdict = judge(loss, vector, replace(result, value=np.full_like(result.value, number)), dtype="float32")
    assert not verdict.accurate
    assert not verdict.close
    assert verdict.finite == np.isfinite(number)


def test_close_is_not_accurate() -> None:
    loss, case = ROWS
    vector = vectors(loss)[case]
    verdict = judge(loss, vector, replace(right(vector), value=right(vector).value * (1 + 5e-6)), dtype="float32")
    assert verdict.close
    assert not verdict.accurate


def test_what_the_input_does_not_determine_is_not_judged() -> None:
    loss, case = ROWS
    vector = vectors(loss)[case]
    answer = vector.answers["float32"]
    vague = replace(answer.value, condition=np.full_like(answer.value.condition, 1e6))
    vector = replace(vector, answers={"float32": replace(answer, value=vague)})
    verdict = judge(loss, vector, right(vector), dtype="float32")
    assert verdict.numbers - verdict.judged == answer.value.exact.size


def test_16_bits_round_once_more() -> None:
    loss, case = ROWS
    vector = vectors(loss)[case]
    answer = vector.answers["float16"]
    gradients = {n: g.exact.astype(np.float16).astype(float) for n, g in answer.gradients.items()}
    result = Result(answer.value.exact.astype(np.float32).astype(float), gradients, "float32", "cpu")
    assert judge(loss, vector, result, dtype="float16").accurate
    wrong = {n: g + 3 * ulp(g, "float16") for n, g in gradients.items()}
    assert not judge(loss, vector, replace(result, gradients=wrong), dtype="float16").accurate
    assert not judge(loss, vector, result, dtype="float32").accurate


def test_a_number_where_0_is_expected_is_wrong_and_finite() -> None:
    vector = vectors("mse")["predictions equal targets"]
    exact = vector.answers["float32"].value.exact
    verdict = judge("mse", vector, Result(exact + 1e-8, {}, "float64", "cpu"), dtype="float64")
    assert not verdict.accurate
    assert verdict.finite


@pytest.mark.parametrize("number", [np.nan, 87.3, -np.inf])
def test_a_number_where_infinity_is_expected_is_wrong(number: float) -> None:
    vector = vectors("multiclass_sparsemax")["the label is impossible"]
    result = right(vector)
    assert judge("multiclass_sparsemax", vector, result, dtype="float32").accurate
    result.value[0] = number
    assert re.match("value: .*, expected inf", judge("multiclass_sparsemax", vector, result, dtype="float32").fault)
