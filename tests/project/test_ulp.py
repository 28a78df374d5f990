"""The ulp meter measures what it says, and the exact answers are what the papers' formulas give by hand."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from isoloss.conformance.cases import CASES, Case
from isoloss.conformance.cases.case import floats, integers
from isoloss.conformance.exact import answer
from isoloss.conformance.ulp import distance, overflows, ulp, worst


def steps(x: float, count: int) -> float:
    """The number so many float32 numbers further."""
    found = np.float32(x)
    for _ in range(abs(count)):
        found = np.nextafter(found, np.float32(math.copysign(np.inf, count)))
    return float(found)


@pytest.mark.parametrize("count", [0, 1, 5, 50, -1, -5])
@pytest.mark.parametrize("x", [1.5, -3.25, 1e-30, 1e30])
def test_a_distance_is_the_number_of_steps(x: float, count: int) -> None:
    assert distance(steps(x, count), steps(x, 0), "float32") == abs(count)


def test_below_a_power_of_two_the_steps_are_half_as_long() -> None:
    assert ulp(1.0, "float32") == 2.0**-23
    assert ulp(1.0, "float32", rest=-(2.0**-60)) == 2.0**-24
    assert ulp(-1.0, "float32", rest=2.0**-60) == 2.0**-24
    assert distance(steps(1.0, -1), 1.0, "float32") == 0.5


def test_the_rest_counts() -> None:
    """In float64 the nearest number is a whole ulp's fraction off."""
    assert distance(1.0, 1.0, "float64", rest=2.0**-54) == 0.25
    assert distance(1.0 + 2.0**-52, 1.0, "float64", rest=2.0**-54) == 0.75


def test_across_zero_a_sign_is_no_small_matter() -> None:
    assert distance(-1e-10, 1e-10, "float32") > 1e7
    assert distance(-0.0, 0.0, "float32") == 0


def test_subnormal_results_may_be_flushed_to_zero_but_normal_ones_not() -> None:
    assert distance(0.0, 2.0**-130, "float32") == 0
    assert distance(0.0, 2.0**-126, "float32") > 1e6
    assert distance(1e-20, 2.0**-130, "float32") > 1e6


@pytest.mark.parametrize(
    ("dtype", "largest"),
    [("float16", 65504.0), ("bfloat16", 255 * 2.0**120), ("float32", float(np.finfo(np.float32).max))],
)
def test_what_lies_beyond_the_largest_number_may_be_infinite(dtype: str, largest: float) -> None:
    for sign in (1.0, -1.0):
        assert distance(sign * math.inf, sign * largest * 1.01, dtype) == 0
        assert distance(sign * math.inf, -sign * largest * 1.01, dtype) == math.inf
        assert distance(sign * math.inf, sign * largest, dtype) == math.inf
        assert distance(math.nan, sign * largest * 1.01, dtype) == math.inf
        assert distance(sign * largest, sign * largest * 4, dtype) > 50
    assert overflows([math.inf, math.inf, 1.0], [largest * 2, 1.0, largest * 2], dtype).tolist() == [True, False, False]


def test_nan_and_infinity_are_infinitely_far() -> None:
    assert distance(math.nan, 1.0, "float32") == math.inf
    assert distance(math.inf, 1.0, "float32") == math.inf
    assert distance(math.inf, math.inf, "float32") == 0
    assert worst([math.nan], [1.0], "float32", by_largest=True) == math.inf


def test_by_the_largest() -> None:
    exact = [1.0, 0.0]
    assert worst([1.0, 1e-7], exact, "float32") > 1e6
    assert worst([1.0, 1e-7], exact, "float32", by_largest=True) < 1
    assert worst([0.0, 2e-40], [1e-40, 0.0], "float32", by_largest=True) == 0  # flushed to zero
    with pytest.raises(ValueError, match=r"got shape \(1,\), expected \(2,\)"):
        worst([1.0], exact, "float32")


@pytest.mark.parametrize("loss", ["mse", "rmse"])
def test_exact_regression(loss: str) -> None:
    case = Case("by hand", {"predictions": floats(2.5, 5.5, 2.0), "targets": floats(3.0, 5.0, 2.5)})
    found = answer(loss, case)
    assert found.value[()] == (0.25 if loss == "mse" else 0.5)
    with mpmath.workdps(80):
        for got, sign in zip(found.gradients["predictions"], (-1, 1, -1), strict=True):
            assert mpmath.almosteq(got, sign * mpf(1) / 3, rel_eps=mpf(10) ** -40)


def test_exact_gradients_are_right_to_40_digits() -> None:
    """Softmax minus one-hot, which the reference knows nothing of."""
    case = Case("by hand", {"logits": floats([0.5, -40.0, 1.0]), "labels": integers(2)})
    gradient = answer("cross_entropy", case).gradients["logits"][0]
    with mpmath.workdps(80):
        exponentials = [mpmath.exp(mpf(x)) for x in (0.5, -40, 1)]
        expected = [e / sum(exponentials) - (k == 2) for k, e in enumerate(exponentials)]
        assert all(mpmath.almosteq(g, e, rel_eps=mpf(10) ** -40) for g, e in zip(gradient, expected, strict=True))


def test_every_loss_is_judged_on_ordinary_and_on_degenerate_input() -> None:
    for cases in CASES.values():
        assert sum(case.core for case in cases.typical) >= 2
        assert cases.degenerate
        assert cases.refused
