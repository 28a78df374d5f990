"""What a JAX user does with each loss."""

from __future__ import annotations

import pickle
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from own_spec import scaled_error
from problems import arrays, limits, predicted

import isoloss.jax
from isoloss.jax import tiles
from isoloss.losses import LOSSES, Loss, Positive, given
from isoloss.losses import loss as declare
from isoloss.losses.checks import require
from isoloss.protocol import A, Namespace


def function(loss: Loss) -> Any:
    return getattr(isoloss.jax, loss.name)


def inputs(loss: Loss, rows: int = 8) -> dict[str, jax.Array]:
    return {name: jnp.asarray(x) for name, x in arrays(loss, rows).items()}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=lambda loss: loss.name)
class TestEveryFunction:
    def test_optax_lowers_it_under_jit(self, loss: Loss) -> None:
        given = inputs(loss)
        learned = {name: given.pop(name) for name in predicted(loss)}
        optimizer = optax.adam(0.05)

        @jax.jit
        def step(learned: Any, state: Any) -> Any:
            value, gradients = jax.value_and_grad(lambda learned: function(loss)(**learned, **given))(learned)
            updates, state = optimizer.update(gradients, state)
            learned = optax.apply_updates(learned, updates)
            return {name: jnp.clip(x, *limits(loss, name)) for name, x in learned.items()}, state, value

        state, losses = optimizer.init(learned), []
        for _ in range(100):
            learned, state, value = step(learned, state)
            losses.append(float(value))
        assert losses[-1] < losses[0] / 2

    def test_vmap_is_a_loop(self, loss: Loss) -> None:
        batches = [arrays(loss, seed=seed) for seed in range(3)]
        stacked = {name: jnp.stack([batch[name] for batch in batches]) for name in batches[0]}
        mapped = jax.jit(jax.vmap(lambda given: function(loss)(**given)))(stacked)
        np.testing.assert_allclose(mapped, [function(loss)(**batch) for batch in batches], rtol=1e-6)

    def test_second_derivatives_of_every_kind_agree(self, loss: Loss) -> None:
        """Forward over reverse and reverse over forward."""
        given = inputs(loss, 4)
        name = predicted(loss)[0]

        def value(x: jax.Array) -> jax.Array:
            return function(loss)(**(given | {name: x}))

        forward = jax.jit(jax.jacfwd(jax.jacrev(value)))(given[name])
        reverse = jax.jit(jax.jacrev(jax.jacfwd(value)))(given[name])
        np.testing.assert_allclose(forward, reverse, rtol=1e-5, atol=1e-5 * float(jnp.abs(forward).max()))

    def test_lowers_for_cuda_without_a_gpu(self, loss: Loss) -> None:
        given = inputs(loss)
        lowered = jax.jit(jax.grad(lambda given: function(loss)(**given), allow_int=True)).trace(given)
        assert "func" in lowered.lower(lowering_platforms=("cuda",)).as_text()

    def test_pickles(self, loss: Loss) -> None:
        assert pickle.loads(pickle.dumps(function(loss))) is function(loss)


def test_a_learned_temperature_and_numpy_arrays() -> None:
    embeddings = arrays(LOSSES["simcse"])["embeddings"]
    slope = jax.grad(lambda t: isoloss.jax.simcse(embeddings, temperature=t))(0.5)
    assert np.isfinite(slope)
    assert slope != 0


@pytest.mark.parametrize("views", [2, 3])
def test_logits_and_labels_go_into_optax(views: int) -> None:
    embeddings = jax.random.normal(jax.random.key(0), (views * 4, 6))

    def own(embeddings: jax.Array) -> jax.Array:
        logits, labels = isoloss.jax.nt_xent_logits(embeddings, temperature=0.25, views=views)
        return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()

    def ours(embeddings: jax.Array) -> jax.Array:
        return isoloss.jax.nt_xent(embeddings, temperature=0.25, views=views)

    got, expected = (jax.jit(jax.value_and_grad(f))(embeddings) for f in (own, ours))
    np.testing.assert_allclose(got[0], expected[0], rtol=1e-5)
    np.testing.assert_allclose(got[1], expected[1], atol=1e-6)


@pytest.mark.parametrize(
    ("loss", "settings"),
    [
        *((loss, {}) for loss in LOSSES.values()),
        *((LOSSES[name], {"method": "blocked"}) for name in ("nt_xent", "info_nce", "clip")),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_arrays_of_different_ranks_may_be_forbidden_elsewhere(loss: Loss, settings: Any) -> None:
    given, name = inputs(loss), predicted(loss)[0]
    with jax.numpy_rank_promotion("raise"):
        slopes = jax.grad(jax.jit(lambda x: function(loss)(**(given | {name: x}), **settings)))(given[name])
    assert np.isfinite(slopes).all()


def test_a_label_that_is_too_large_for_an_index_is_not_another() -> None:
    labels = jnp.array([0, 2**32 - 1], jnp.uint32)
    with pytest.raises(ValueError, match="labels must be from 0 to C - 1"):
        isoloss.jax.cross_entropy(jnp.zeros((2, 3)), labels, ignore_index=-1)


@pytest.mark.parametrize("name", ["cross_entropy", "soft_cross_entropy", "listnet"])
def test_curvature_where_logits_are_equal(name: str) -> None:
    """diag(p) - p p', at a point where the largest logit is not the only one."""
    others = {"cross_entropy": np.array([0]), "soft_cross_entropy": np.eye(3)[:1], "listnet": 8.0 * np.eye(3)[:1]}
    curvature = jax.hessian(lambda x: getattr(isoloss.jax, name)(x[None], others[name]))(jnp.zeros(3))
    np.testing.assert_allclose(curvature, np.eye(3) / 3 - 1 / 9, atol=1e-6)


def test_curvature_where_a_probability_is_certain() -> None:
    assert jax.hessian(lambda p: isoloss.jax.binary_cross_entropy(p, np.float32(1.0)))(1.0) == 1.0


def test_large_integer_targets_are_not_clipped() -> None:
    assert isoloss.jax.mae(jnp.zeros(1), np.array([2**40])) == 2.0**40


def test_frameworks_do_not_mix() -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError, match=r"targets must be an array of the framework .* got torch.Tensor. Convert it"):
        isoloss.jax.mse(jnp.ones(3), torch.ones(3))


def test_labels_beyond_32_bits_do_not_wrap_around() -> None:
    with pytest.raises(ValueError, match="labels must be from 0 to C - 1, C being the 4 classes"):
        isoloss.jax.cross_entropy(jnp.zeros((1, 4)), np.array([2**32 + 1]))


def test_a_spec_of_your_own() -> None:
    loss = isoloss.jax.bind(scaled_error)
    value, gradient = jax.jit(jax.value_and_grad(lambda p: loss(p, jnp.zeros(2), scale=0.5)))(jnp.array([1.0, 2.0]))
    assert value == 3.0
    np.testing.assert_array_equal(gradient, [1.0, 1.0])


@pytest.mark.parametrize("name", ["nt_xent", "info_nce", "clip"])
def test_the_blocked_form_has_first_derivatives_in_reverse_mode(name: str) -> None:
    first, *others = inputs(LOSSES[name]).values()

    def value(x: jax.Array, method: str) -> jax.Array:
        return getattr(isoloss.jax, name)(x, *others, method=method)

    blocked = lambda x: value(x, "blocked")
    expected = jax.grad(value)(first, "dense")
    np.testing.assert_allclose(jax.grad(blocked)(first), expected, atol=1e-6)
    np.testing.assert_allclose(jax.vmap(jax.grad(blocked))(jnp.stack([first] * 3))[2], expected, atol=1e-6)
    for more in (
        lambda: jax.jvp(blocked, (first,), (first,)),
        lambda: jax.hessian(blocked)(first),
        lambda: jax.grad(lambda x: jnp.sum(jax.grad(blocked)(x)))(first),
    ):
        with pytest.raises(TypeError, match="choose method='dense'"):
            more()


@pytest.mark.parametrize("name", [name for name, loss in LOSSES.items() if loss.compares_rows and not loss.gives])
def test_exports_for_a_batch_of_any_size(name: str) -> None:
    given = {n: jnp.concatenate([x, x, x]) for n, x in inputs(LOSSES[name]).items()}
    (rows,) = jax.export.symbolic_shape("6*b")
    symbolic = {n: jax.ShapeDtypeStruct((rows, *x.shape[1:]), x.dtype) for n, x in given.items()}
    compiled = jax.jit(lambda given: function(LOSSES[name])(**given))
    assert jnp.allclose(jax.export.export(compiled)(symbolic).call(given), compiled(given), rtol=1e-5)


def test_the_blocked_form_wants_a_known_number_of_rows() -> None:
    rows = jax.ShapeDtypeStruct(jax.export.symbolic_shape("2*b, 4"), np.float32)
    with pytest.raises(ValueError, match=r"a number of rows that JAX knows; got 2\*b: choose method='dense'"):
        jax.export.export(jax.jit(partial(isoloss.jax.simcse, method="blocked")))(rows)


def test_rows_that_fill_up_a_block_cost_no_second_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "BLOCK", 16)
    monkeypatch.setattr(tiles, "STRIP", 1)
    monkeypatch.setattr(tiles, "_strips_gradients", lambda *_: (jnp.full((12, 3), jnp.nan), jnp.full((10, 3), jnp.nan)))
    jax.clear_caches()  # of other sizes of blocks
    x, y = jnp.asarray(np.random.default_rng(0).normal(size=(2, 10, 3)).astype(np.float32))
    assert tiles.height_of_strips(10, y) == 4
    assert np.isfinite(jax.grad(lambda x: isoloss.jax.info_nce(x, y, method="blocked"))(x)).all()
    weights = jnp.arange(10.0)
    assert np.isnan(jax.grad(lambda x: isoloss.jax.info_nce(x, y, method="blocked", weights=weights))(x)).all()
    jax.clear_caches()


class TestEagerCalls:
    """They are compiled once."""

    @pytest.fixture
    def traced(self) -> list[str]:
        return []

    @pytest.fixture
    def mine(self, traced: list[str]) -> Any:
        @declare("MyLoss", predictions="...", targets=given("..."), per="...")
        def mine(xp: Namespace[A], predictions: A, targets: A, *, scale: Positive[A] = 1.0, power: int = 1) -> A:
            traced.append(type(scale).__name__)
            return require(xp, predictions < 9.0, predictions * scale - targets * power, "too large: {}", predictions)

        return isoloss.jax.bind(mine)

    def test_once_for_each_kind_of_call(self, mine: Any, traced: list[str]) -> None:
        x, y = jnp.ones(3), jnp.zeros(3)
        for scale in (1.0, 2.0, 3.0):
            assert mine(x, y, scale=scale) == scale
            assert mine(x, np.zeros(3, int), scale=scale) == scale
        assert len(traced) == 1
        assert mine(x, y, power=2) == 1.0
        assert mine(x, y, weights=x) == 1.0
        assert mine(jnp.ones(4), jnp.zeros(4)) == 1.0
        assert len(traced) == 4

    def test_numpys_numbers_are_not_what_a_call_is_known_by(self, mine: Any, traced: list[str]) -> None:
        x, y = jnp.ones(3), jnp.zeros(3)
        for number in (1.0, 2.0):
            assert mine(x, y, scale=np.array(number), weights=np.full(3, number), where=np.arange(3) < number) == number
        assert len(traced) == 1

    def test_what_is_wrong_is_said_with_its_values(self, mine: Any) -> None:
        with pytest.raises(ValueError, match=r"too large: \[1\. *9\.\]"):
            mine(jnp.array([1.0, 9.0]), jnp.zeros(2))
        with pytest.raises(ValueError, match=r"mine: scale must be .*greater than 0; got -1\.0"):
            mine(jnp.ones(2), jnp.zeros(2), scale=-1.0)
        with pytest.raises(ValueError, match=r"weights must not be negative; got \[-1\.  1\.\]"):
            mine(jnp.ones(2), jnp.zeros(2), weights=jnp.array([-1.0, 1.0]))
        assert jnp.isnan(jax.jit(mine)(jnp.array([1.0, 9.0]), jnp.zeros(2)))
