"""Vectors over every number of 16 bits hold what the exact reference gives, and every number there is."""

from __future__ import annotations

import numpy as np
import pytest

from isoloss.conformance.exact import answer
from isoloss.conformance.exhaustive import DTYPES, VARIANTS, exhaustive, patterns
from isoloss.conformance.runners import Result
from isoloss.conformance.verdict import judge


@pytest.mark.parametrize(("dtype", "count"), [("float16", 63486), ("bfloat16", 64768)])
def test_no_number_is_left_out(dtype: str, count: int) -> None:
    """All of 2^16 but two zeros, infinities and NaN (2^11 or 2^8), and, of bfloat16, the 2 (2^8 - 1) smallest ones."""
    found = patterns(dtype)
    assert len(np.unique(found)) == len(found) == count


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("loss", VARIANTS)
def test_answers_are_those_of_the_reference(loss: str, dtype: str) -> None:
    for vector in exhaustive(loss, dtype, step=2003):
        found, expected = vector.answers[dtype], answer(loss, vector.case, dtype)
        assert found.gradients.keys() == expected.gradients.keys()
        pairs = [(found.value, expected.value, expected.value_condition)]
        pairs += [(g, expected.gradients[n], expected.gradient_conditions[n]) for n, g in found.gradients.items()]
        for numbers, exact, condition in pairs:
            np.testing.assert_array_equal(numbers.exact, exact.astype(float))
            np.testing.assert_allclose(numbers.condition, condition.astype(float), rtol=1e-6)


def test_a_gradient_of_16_bits_may_overflow_where_the_exact_one_does() -> None:
    """That of the square, from an error of 32768, and nowhere else."""
    vector = next(exhaustive("mse", "float16", step=1001))
    answer = vector.answers["float16"]
    with np.errstate(over="ignore"):
        slopes = answer.gradients["predictions"].exact.astype(np.float16).astype(float)
    result = Result(answer.value.exact.astype(np.float32).astype(float), {"predictions": slopes}, "float32", "cpu")
    verdict = judge("mse", vector, result, dtype="float16")
    assert np.isinf(slopes).any()
    assert verdict.accurate, verdict.fault
    assert verdict.finite
    slopes[np.abs(slopes) == np.abs(slopes[np.isfinite(slopes)]).max()] *= np.inf
    verdict = judge("mse", vector, result, dtype="float16")
    assert not verdict.accurate
    assert not verdict.finite
