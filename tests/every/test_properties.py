"""What holds for every loss, from one list."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from isoloss.conformance.bounds import BOUNDS
from isoloss.conformance.cases import CASES, Case
from isoloss.conformance.runners import Result, quickest
from isoloss.conformance.ulp import worst
from isoloss.conformance.vectors import vectors
from isoloss.losses import LOSSES
from isoloss.losses.declaration import Dimension

PLAIN = {loss: next(c for c in CASES[loss].typical if c.core and not c.options) for loss in CASES}
"""A case of each loss without masks or weights."""

SETTINGS = {loss: {s.name: s.default for s in LOSSES[loss].settings} | PLAIN[loss].settings for loss in CASES}

VALUED = [name for name, loss in LOSSES.items() if not loss.one_number]


@pytest.fixture(params=["quickest", "vmap"])
def run(request: pytest.FixtureRequest, framework: ModuleType, device: str) -> Any:
    mode = request.param if request.param in framework.MODES else quickest(framework)
    return lambda loss, case: framework.run(loss, case, mode=mode, device=device)


def same(loss: str, got: Result, expected: Result) -> None:
    """Equal up to twice the bound that each may be off, times the condition of the plain case."""
    answer = vectors(loss)[PLAIN[loss].id].answers["float32"]
    value, gradient = (2 * b for b in BOUNDS[loss])
    assert worst(got.value, expected.value, "float32") <= value * answer.value.condition.max()
    for name, slopes in expected.gradients.items():
        condition = answer.gradients[name].condition.max()
        assert worst(got.gradients[name], slopes, "float32", by_largest=True) <= gradient * condition


def by_sample(loss: str, dimension: Dimension, x: np.ndarray) -> np.ndarray:
    """Rows as (samples, rows of each, ...)."""
    count = dimension.count(SETTINGS[loss])
    if dimension.blocks:
        return x.reshape(count, -1, *x.shape[1:]).swapaxes(0, 1)
    return x.reshape(-1, count, *x.shape[1:])


def as_rows(dimension: Dimension, x: np.ndarray) -> np.ndarray:
    """The way back."""
    x = x.swapaxes(0, 1) if dimension.blocks else x
    return x.reshape(-1, *x.shape[2:])


def of_batch(loss: str, arrays: dict[str, np.ndarray]) -> dict[str, Dimension]:
    """The first dimension of each of the arrays that have samples."""
    return {a.name: a.dimensions[0] for a in LOSSES[loss].leaders if a.name in arrays}


def samples(loss: str, case: Case) -> int:
    name, dimension = next(iter(of_batch(loss, case.inputs).items()))
    return len(by_sample(loss, dimension, case.inputs[name]))


def values(loss: str, case: Case) -> int:
    """How many values a case has along the first axis."""
    return samples(loss, case) * LOSSES[loss].batch[0].count(SETTINGS[loss])


def with_a_masked_sample(loss: str, case: Case) -> Case:
    """The case with one sample more, of garbage, that is masked."""
    inputs = dict(case.inputs)
    for name, dimension in of_batch(loss, inputs).items():
        x = by_sample(loss, dimension, inputs[name])
        garbage = np.full((1, *x.shape[1:]), np.nan if x.dtype.kind == "f" else -100, x.dtype)
        inputs[name] = as_rows(dimension, np.concatenate([x, garbage]))
    batch = LOSSES[loss].batch[0]
    where = np.arange(samples(loss, case) + 1) < samples(loss, case)
    where = as_rows(batch, np.repeat(where[:, None], batch.count(SETTINGS[loss]), axis=1))
    return replace(case, inputs=inputs, options={**case.options, "where": where})


@pytest.mark.parametrize("loss", CASES)
def test_masked_is_removed(run: Any, loss: str) -> None:
    case = PLAIN[loss]
    got, expected = run(loss, with_a_masked_sample(loss, case)), run(loss, case)
    for name, dimension in of_batch(loss, got.gradients).items():
        gradient = by_sample(loss, dimension, got.gradients[name])
        assert not gradient[-1].any(), "a masked row has no gradient"
        got.gradients[name] = as_rows(dimension, gradient[:-1])
    same(loss, got, expected)


@pytest.mark.parametrize("loss", CASES)
def test_nothing_counts(run: Any, loss: str) -> None:
    case = PLAIN[loss]
    nothing = np.zeros(values(loss, case), bool)
    for option in ({"where": nothing}, {"weights": nothing.astype(np.float32)}):
        result = run(loss, replace(case, options=option))
        assert result.value == 0.0
        assert not any(gradient.any() for gradient in result.gradients.values())


@pytest.mark.parametrize("loss", CASES)
def test_nan_stays_nan(run: Any, loss: str) -> None:
    case = PLAIN[loss]
    name = next(a.name for a in LOSSES[loss].inputs if a.predicted)
    x = case.inputs[name].copy()
    x[(0,) * x.ndim] = np.nan
    assert np.isnan(run(loss, replace(case, inputs=case.inputs | {name: x})).value)


@pytest.mark.parametrize("loss", VALUED)
def test_a_weight_of_0_hides_no_nan(run: Any, loss: str) -> None:
    case = PLAIN[loss]
    predicted = {a.name for a in LOSSES[loss].arguments if a.predicted}
    inputs = {n: np.full_like(x, np.nan) if n in predicted else x for n, x in case.inputs.items()}
    nothing = np.zeros(values(loss, case), np.float32)
    for reduction in ("mean", "sum", "none"):
        got = run(loss, replace(case, inputs=inputs, options={"weights": nothing, "reduction": reduction}))
        assert np.isnan(got.value).all()


def test_an_overflow_that_counts_is_infinite(run: Any) -> None:
    inputs = {"predictions": np.array([1e30, 1.0], np.float32), "targets": np.zeros(2, np.float32)}
    assert run("mse", Case("overflow", inputs, options={"weights": np.ones(2, np.float32)})).value == np.inf


def test_a_weighted_mean_overflows_no_sooner_than_its_values(run: Any) -> None:
    inputs = {"predictions": np.array([3e38, 0.0], np.float32), "targets": np.zeros(2, np.float32)}
    case = Case("large", inputs, options={"weights": np.array([4.0, 0.0], np.float32)})
    assert run("mae", case).value == np.float32(3e38)


@pytest.mark.parametrize("weight", [2.0**127, 2.0**-126])  # sums overflow; XLA takes reciprocals
@pytest.mark.parametrize("loss", CASES)
def test_equal_weights_change_no_mean(run: Any, loss: str, weight: float) -> None:
    case = PLAIN[loss]
    equal = np.full(values(loss, case), weight, np.float32)
    same(loss, run(loss, replace(case, options={"weights": equal})), run(loss, case))


@pytest.mark.parametrize("loss", VALUED)
def test_reductions_agree(run: Any, loss: str) -> None:
    case = PLAIN[loss]
    each = run(loss, replace(case, options={"reduction": "none"})).value
    total = run(loss, replace(case, options={"reduction": "sum"})).value
    mean = run(loss, case).value
    assert worst(total, each.sum(), "float32") <= 4
    assert worst(mean, each.mean(), "float32") <= 4


@pytest.mark.parametrize("loss", VALUED)
def test_order_of_samples_does_not_matter(run: Any, loss: str) -> None:
    case = replace(PLAIN[loss], options={"reduction": "none"})

    def turned(dimension: Dimension, x: np.ndarray) -> np.ndarray:
        return as_rows(dimension, np.roll(by_sample(loss, dimension, x), 1, axis=0))

    moved = {n: turned(d, case.inputs[n]) for n, d in of_batch(loss, case.inputs).items()}
    got, expected = run(loss, replace(case, inputs=case.inputs | moved)), run(loss, case)
    gradients = {n: turned(d, expected.gradients[n]) for n, d in of_batch(loss, expected.gradients).items()}
    value = turned(LOSSES[loss].batch[0], expected.value)
    same(loss, got, replace(expected, value=value, gradients=expected.gradients | gradients))


@pytest.mark.parametrize(
    "loss", ["simcse", "supervised_simcse", "nt_xent", "dcl", "sup_con", "siglip", "circle", "info_nce"]
)
def test_the_length_of_an_embedding_does_not_matter(run: Any, loss: str) -> None:
    case = PLAIN[loss]
    if "method" in {s.name for s in LOSSES[loss].settings}:  # of one form: another rounds otherwise
        case = replace(case, settings=case.settings | {"method": "dense"})
    for scale in (2.0**-100, 2.0**100):
        inputs = {n: x * np.float32(scale) if x.dtype.kind == "f" else x for n, x in case.inputs.items()}
        longer = replace(case, inputs=inputs)
        assert worst(run(loss, longer).value, run(loss, case).value, "float32") <= 2


def test_targets_of_any_size(run: Any) -> None:
    case, scale = PLAIN["soft_cross_entropy"], np.float32(2.0**50)
    larger = replace(case, inputs=case.inputs | {"targets": case.inputs["targets"] * scale})
    got, expected = run("soft_cross_entropy", larger), run("soft_cross_entropy", case)
    assert worst(got.value, expected.value * scale, "float32") <= 2


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("loss", ["info_nce", "npairs"])
def test_a_product_that_overflows_is_no_impossible_class(run: Any, loss: str, sign: float) -> None:
    case = PLAIN[loss]
    queries, keys = (a.name for a in LOSSES[loss].inputs[:2])
    huge = np.full((3, 4), 1e30, np.float32)
    inputs = {queries: huge, keys: np.float32(sign) * huge}
    assert np.isnan(run(loss, Case("overflow", inputs, case.settings | {"similarity": "dot"})).value)


@pytest.mark.parametrize(
    ("loss", "name"), [("cross_entropy", "logits"), ("soft_cross_entropy", "logits"), ("listnet", "scores")]
)
def test_a_shift_of_all_logits_does_not_matter(run: Any, loss: str, name: str) -> None:
    case = PLAIN[loss]
    rounded = np.round(case.inputs[name] * 64) / 64  # so that the shift itself is exact
    near = replace(case, inputs=case.inputs | {name: rounded})
    far = replace(case, inputs=case.inputs | {name: rounded + np.float32(1000)})
    same(loss, run(loss, far), run(loss, near))
