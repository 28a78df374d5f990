"""No NaN or infinity where the exact answer is finite, and no framework further from it than the bound.

Each framework is judged against the exact answer, so that two of them are within twice the bound of each other.
"""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import mpmath
import numpy as np
import pytest
from examples import MOST, Example, examples
from hypothesis import given, settings

import isoloss.adapter
import isoloss.numpy
from isoloss.conformance.cases.case import Case, floats
from isoloss.conformance.exact import Answer as Exact
from isoloss.conformance.exact import answer
from isoloss.conformance.runners import runner
from isoloss.conformance.ulp import LARGEST, PRECISION, SMALLEST_NORMAL
from isoloss.conformance.vectors import Answer, Numbers, Vector
from isoloss.conformance.verdict import judge
from isoloss.losses import LOSSES
from isoloss.losses.reduction import weighted_mean
from isoloss.losses.softplus import softplus


def check(framework: ModuleType, example: Example, *, device: str = "cpu") -> None:
    """Judge what a framework gives for an example."""
    loss, case, dtype = example.loss, example.case, example.dtype
    result = framework.run(loss, case, dtype=dtype, device=device)
    for of_gradients in (False, True):  # conditions take long, and are at least 1: what passes without needs none
        found = exactly(example, of_gradients=of_gradients)
        vector = Vector(case, "typical", {"float32" if dtype == "float64" else dtype: found})
        verdict = judge(loss, vector, result, dtype=dtype, device=device)
        if not verdict.finite:
            break
        if not example.sharp_gradient:
            verdict = judge(loss, vector, replace(result, gradients={}), dtype=dtype, device=device)
        if verdict.accurate or not example.sharp_value:
            return
    if underflows(example) if verdict.finite else overflows(example):
        return
    raise AssertionError(f"{verdict.fault or 'not finite'}\n{example}")


def exactly(example: Example, *, of_gradients: bool) -> Answer:
    """The exact answer in float64 and what is left."""
    found = answer(example.loss, example.case, example.dtype, of_gradients=of_gradients, by_row=True)
    room = LARGEST[example.computed_in] / MOST  # a mean has a sum before it

    def numbers(x: Any, condition: Any, of_setting: bool = False) -> Numbers:
        exact = np.asarray(x.astype(float))
        exact[abs(exact) > room] = np.inf
        with mpmath.workdps(400), np.errstate(invalid="ignore"):
            rest = np.where(np.isfinite(exact), x - exact, 0.0).astype(float)
        condition = np.maximum(np.asarray(condition).astype(float), example.condition)
        if example.cancels:
            condition = np.where((exact == 0.0) | of_setting, np.inf, condition)
        return Numbers(exact, rest, condition)

    gradients = {
        n: numbers(g, found.gradient_conditions[n], n in example.case.settings) for n, g in found.gradients.items()
    }
    least = cancellation(example) if of_gradients else 1.0
    return Answer(numbers(found.value, np.maximum(found.value_condition.astype(float), least)), gradients)


def overflows(example: Example) -> bool:
    """Whether a value, or a slope, is beyond the largest number, or was before its weight, or a mean, made it less; or a
    length, times its weight.
    """
    plain, largest = each(example, "weights"), LARGEST[example.computed_in]
    weight = np.max(example.case.options.get("weights", 1.0), initial=0.0)
    lengths = [np.float64(weight) * x[np.isfinite(x)] for x in example.case.inputs.values()]
    return any(np.any(abs(x) > largest) for x in (plain.value, *plain.gradients.values(), *lengths))


def underflows(example: Example) -> bool:
    """Whether a value, or a slope, is below the smallest normal number before its weight alone, or a term that matters in
    a sum is.
    """
    plain, weighted, least = each(example, "weights"), each(example), SMALLEST_NORMAL[example.computed_in]
    terms = abs(np.ravel(weighted.value))
    if np.any((terms > 0.0) & (terms < least) & (terms > 2.0 ** -PRECISION[example.computed_in][0] * terms.max())):
        return True
    pairs = [(plain.value, weighted.value), *((x, weighted.gradients[n]) for n, x in plain.gradients.items())]
    return any(np.any((x != 0.0) & (abs(x) < least) & (abs(y) >= least)) for x, y in pairs)


def cancellation(example: Example) -> float:
    """How much larger the terms of a sum, of which each is rounded, are together than the sum."""
    if LOSSES[example.loss].one_number or example.case.options.get("reduction") == "none":
        return 1.0
    terms = np.ravel(each(example).value)
    return float(abs(terms).sum() / abs(terms.sum())) if terms.size and terms.sum() else 1.0


def each(example: Example, *without: str) -> Exact:
    """The answer for each row, without some options; of one number, the answer."""
    case = example.case
    if not LOSSES[example.loss].one_number:
        options = {n: x for n, x in case.options.items() if n not in without} | {"reduction": "none"}
        case = replace(case, options=options)
    return answer(example.loss, case, example.dtype, of_gradients=False, by_row=True)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_example_is_right(framework: ModuleType, device: str, loss: str) -> None:
    fuzz(framework, loss, device=device)


SHARE = {"tensorflow": 4, "jax": 20}
"""What part of a profile's examples a slower framework is given; JAX, which compiles for each shape, has only one shape."""


def fuzz(framework: ModuleType, loss: str, *, device: str = "cpu", times: int = 1) -> None:
    """Judge as many examples as the profile says, or so many times as many."""
    name = framework.__name__.rpartition(".")[2]

    @settings(max_examples=times * settings().max_examples // SHARE.get(name, 1))
    @given(examples(loss, small=name == "jax"))
    def right(example: Example) -> None:
        check(framework, example, device=device)

    right()


def _overflowing_softplus(xp: Any, positive_scores: Any, negative_scores: Any) -> Any:
    return xp.log(xp.exp(negative_scores - positive_scores) + 1.0)


def _softplus_with_a_floor(xp: Any, positive_scores: Any, negative_scores: Any) -> Any:
    return softplus(xp, negative_scores - positive_scores) + 1e-7


def _squares_of_the_roots(xp: Any, predictions: Any, targets: Any, *, weights: Any = None) -> Any:
    error = predictions - targets
    return xp.sqrt(weighted_mean(xp, error * error, weights))


@pytest.mark.parametrize(
    ("loss", "faulty"),
    [("bpr", _overflowing_softplus), ("bpr", _softplus_with_a_floor), ("rmse", _squares_of_the_roots)],
)
def test_a_planted_fault_is_found(monkeypatch: pytest.MonkeyPatch, loss: str, faulty: Any) -> None:
    faulty.__loss__ = replace(LOSSES[loss], spec=faulty)
    monkeypatch.setattr(isoloss.numpy, loss, isoloss.numpy.bind(faulty))
    with pytest.raises(AssertionError, match=r"expected (.|\n)*Case\('fuzz'"):
        fuzz(runner("numpy"), loss, times=4)


def test_a_mean_that_counts_masked_rows_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isoloss.adapter, "weighted_mean", lambda xp, values, weights: xp.mean(values))
    with pytest.raises(AssertionError, match="expected"):
        fuzz(runner("numpy"), "mse")


def test_an_example_can_be_pasted() -> None:
    case = Case("fuzz", {"logits": floats([1e30, -np.inf])}, {"scale": np.array(2.0, np.float32)})
    written = repr(Example("cross_entropy", case, "float32"))
    found = eval(written, {"Case": Case, "floats": floats, "np": np, "INF": np.inf})
    assert found.inputs["logits"].tolist() == case.inputs["logits"].tolist()
    assert found.settings["scale"] == 2.0
    assert found.settings["scale"].dtype == np.float32
