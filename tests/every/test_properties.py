"""What holds for every loss, from one list."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from isoloss.conformance.bounds import bound, normwise
from isoloss.conformance.cases import CASES, Case
from isoloss.conformance.exact import exact
from isoloss.conformance.runners import Result
from isoloss.conformance.ulp import worst
from isoloss.losses import LOSSES

PLAIN = {loss: next(c for c in CASES[loss].typical if c.core and not c.options) for loss in CASES}
"""A case of each loss without masks or weights."""

VALUED = [name for name, loss in LOSSES.items() if not loss.one_number]


@pytest.fixture(params=["eager", "vmap"])
def run(request: pytest.FixtureRequest, framework: ModuleType, device: str) -> Any:
    return lambda loss, case: framework.run(loss, case, mode=request.param, device=device)


def same(loss: str, case: Case, got: Result, expected: Result) -> None:
    """Equal up to twice the bound that each may be off."""
    value, gradient = (2 * b for b in bound(loss, case.id))
    assert worst(got.value, exact(expected.value), "float32") <= value
    for name in expected.gradients:
        assert (
            worst(got.gradients[name], exact(expected.gradients[name]), "float32", normwise=normwise(loss, case.id))
            <= gradient
        )


def _with_rows(loss: str, case: Case) -> tuple[Case, int]:
    """The case with a group of rows more, of garbage, that are masked; and how many."""
    declared = LOSSES[loss]
    leaders = {a.name for a in declared.arguments if a.dimensions[: len(declared.batch)] == declared.batch}
    more = declared.batch[0].multiple
    inputs = {}
    for name, x in case.inputs.items():
        garbage = np.full((more, *x.shape[1:]), np.nan) if x.dtype.kind == "f" else np.full((more, *x.shape[1:]), -100)
        inputs[name] = np.concatenate([x, garbage.astype(x.dtype)]) if name in leaders else x
    rows = len(case.inputs[next(iter(leaders))])
    where = np.arange(rows + more) < rows
    return replace(case, inputs=inputs, options={**case.options, "where": where}), more


@pytest.mark.parametrize("loss", CASES)
def test_masked_is_removed(run: Any, loss: str) -> None:
    case = PLAIN[loss]
    masked, more = _with_rows(loss, case)
    got, expected = run(loss, masked), run(loss, case)
    for name, gradient in got.gradients.items():
        if masked.inputs.get(name) is not case.inputs.get(name):
            assert not gradient[-more:].any(), "a masked row has no gradient"
            got.gradients[name] = gradient[:-more]
    same(loss, case, got, expected)


@pytest.mark.parametrize("loss", CASES)
def test_nothing_counts(run: Any, loss: str) -> None:
    case = PLAIN[loss]
    first = next(iter(case.inputs.values()))
    for option in ({"where": np.zeros(len(first), bool)}, {"weights": np.zeros(len(first), np.float32)}):
        result = run(loss, replace(case, options=option))
        assert result.value == 0.0
        assert not any(gradient.any() for gradient in result.gradients.values())


@pytest.mark.parametrize("loss", CASES)
def test_weights_of_a_half_change_no_mean(run: Any, loss: str) -> None:
    case = PLAIN[loss]
    halves = np.full(len(next(iter(case.inputs.values()))), 0.5, np.float32)
    same(loss, case, run(loss, replace(case, options={"weights": halves})), run(loss, case))


@pytest.mark.parametrize("loss", VALUED)
def test_reductions_agree(run: Any, loss: str) -> None:
    case = PLAIN[loss]
    values = run(loss, replace(case, options={"reduction": "none"})).value
    total = run(loss, replace(case, options={"reduction": "sum"})).value
    mean = run(loss, case).value
    assert worst(total, exact(np.asarray(values.sum())), "float32") <= 4
    assert worst(mean, exact(np.asarray(values.mean())), "float32") <= 4


@pytest.mark.parametrize("loss", VALUED)
def test_order_of_groups_does_not_matter(run: Any, loss: str) -> None:
    case = PLAIN[loss]
    declared = LOSSES[loss]
    leaders = {a.name for a in declared.arguments if a.dimensions[: len(declared.batch)] == declared.batch}

    def turned(x: np.ndarray) -> np.ndarray:
        return np.roll(x, declared.batch[0].multiple, axis=0)

    moved = {n: turned(x) if n in leaders else x for n, x in case.inputs.items()}
    options = {"reduction": "none"}
    got = run(loss, replace(case, inputs=moved, options=options))
    expected = run(loss, replace(case, options=options))
    gradients = {n: turned(g) if n in leaders else g for n, g in expected.gradients.items()}
    same(loss, case, got, replace(expected, value=turned(expected.value), gradients=gradients))


@pytest.mark.parametrize("loss", ["simcse", "info_nce"])
def test_the_length_of_an_embedding_does_not_matter(run: Any, loss: str) -> None:
    case = PLAIN[loss]
    for scale in (2.0**-60, 2.0**60):
        longer = replace(case, inputs={n: x * np.float32(scale) for n, x in case.inputs.items()})
        assert worst(run(loss, longer).value, exact(run(loss, case).value), "float32") <= 2


@pytest.mark.parametrize("loss", ["cross_entropy"])
def test_a_shift_of_all_logits_does_not_matter(run: Any, loss: str) -> None:
    case = PLAIN[loss]
    rounded = np.round(case.inputs["logits"] * 64) / 64  # so that the shift itself is exact
    near = replace(case, inputs=case.inputs | {"logits": rounded})
    far = replace(case, inputs=case.inputs | {"logits": rounded + np.float32(1000)})
    same(loss, case, run(loss, far), run(loss, near))
