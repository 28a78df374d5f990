"""Vectors over every number of 16 bits hold what the exact reference gives, and every number there is."""

from __future__ import annotations

import numpy as np
import pytest

from isoloss.conformance.exact import answer
from isoloss.conformance.exhaustive import DTYPES, VARIANTS, exhaustive, patterns


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
