"""Devices that share batches in JAX: every way to map over them, and what is JAX's alone."""

from __future__ import annotations

import json
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array, lax
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec, auto_axes
from problem import PROBLEMS, Problem, parts, whole
from processes import run

import isoloss.jax

jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_num_cpu_devices", 4)

SIZE = 4
EACH, ALL = PartitionSpec("workers"), PartitionSpec()
CASES = {f"{p.loss} {p.settings}": (p, {}) for p in PROBLEMS} | {"dense": (PROBLEMS[0], {"method": "dense"})}


@cache
def mesh() -> Mesh:
    return Mesh(np.array(jax.devices()), ("workers",))


def mapped(function: Any, out: Any, check_vma: bool = True) -> Any:
    return jax.jit(jax.shard_map(function, mesh=mesh(), in_specs=EACH, out_specs=out, check_vma=check_vma))


def rows(seed: int = 0, n: int = 32) -> Array:
    return jnp.asarray(np.random.default_rng(seed).standard_normal((n, 6)), "float32")


def close(got: Any, expected: Any, tolerance: float = 5e-6) -> None:
    jax.tree.map(lambda x, y: np.testing.assert_allclose(x, y, tolerance, tolerance * np.abs(y).max()), got, expected)


def value_and_gradients(problem: Problem, options: dict[str, Any], arrays: dict[str, Any], numbers: Any) -> Any:
    """Of a loss of those arrays that are rows, and of numbers that all have alike."""

    def value(learned: dict[str, Array], numbers: dict[str, Array]) -> Array:
        settings = problem.settings | arrays | learned | numbers
        return getattr(isoloss.jax, problem.loss)(**settings, **options)

    return jax.value_and_grad(value, argnums=(0, 1))({name: arrays[name] for name in problem.rows}, numbers)


def everything(arrays: dict[str, Any], axis_name: str | None = None, add_up: bool = False) -> Any:
    """What one device gets of all cases."""
    values, of_rows, of_numbers = {}, {}, {}
    for name, (problem, options) in CASES.items():
        numbers = {n: jnp.float32(problem.settings[n]) for n in problem.learned}
        options = options | {"axis_name": axis_name}
        values[name], (of_rows[name], of_numbers[name]) = value_and_gradients(problem, options, arrays[name], numbers)
    return values, of_rows, lax.psum(of_numbers, axis_name) if add_up else of_numbers


@cache
def found(way: str) -> Any:
    of_workers = {name: parts(problem, SIZE, True) for name, (problem, _) in CASES.items()}
    if way == "pmap":
        stacked = {name: {k: np.stack([p[k] for p in own]) for k in own[0]} for name, own in of_workers.items()}
        values, of_rows, of_numbers = jax.pmap(partial(everything, axis_name="workers", add_up=True), "workers")(
            stacked
        )
        first = partial(jax.tree.map, lambda x: x[0])
        return first(values), jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:]), of_rows), first(of_numbers)
    joined = {name: {k: np.concatenate([p[k] for p in own]) for k in own[0]} for name, own in of_workers.items()}
    tracked = way == "shard_map"
    own = partial(everything, axis_name="workers", add_up=not tracked)
    return mapped(own, (ALL, EACH, ALL), check_vma=tracked)(joined)


@cache
def expected() -> Any:
    """What one device gets of the whole batches."""
    arrays = {}
    for name, (problem, _) in CASES.items():
        of_workers = parts(problem, SIZE, True)
        arrays[name] = {k: whole([own[k] for own in of_workers], problem.blocks) for k in of_workers[0]}
    return jax.jit(everything)(arrays)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("way", ["shard_map", "shard_map that tracks nothing", "pmap"])
def test_equals_one_device(way: str, name: str) -> None:
    """`shard_map` adds up the gradients of a number that all have alike; without its tracking, `psum` does."""
    values, of_rows, of_numbers = (of_all[name] for of_all in found(way))
    of_rows = {k: whole(np.split(x, SIZE), CASES[name][0].blocks) for k, x in of_rows.items()}
    close((values, of_rows, of_numbers), tuple(of_all[name] for of_all in expected()), 1e-5)


@pytest.mark.parametrize("size", [2, 4])
def test_encoder(size: int) -> None:
    """Ten steps: the parameters are those of one device. `shard_map` adds their gradients up."""

    def loss(weights: list[Array], rows: Array, axis_name: str | None = None) -> Array:
        embeddings = jnp.tanh(rows @ weights[0]) @ weights[1]
        return isoloss.jax.simcse(embeddings, temperature=0.2, axis_name=axis_name)

    alone = jax.jit(jax.grad(loss))
    own = jax.grad(partial(loss, axis_name="workers"))
    devices = Mesh(jax.devices()[:size], ("workers",))
    shared = jax.jit(jax.shard_map(own, mesh=devices, in_specs=(ALL, EACH), out_specs=ALL))
    start = [rows(2, n=6), rows(3, n=6)]
    one, many = start, start
    for step in range(10):
        batch = rows(10 + step)
        one = [weight - 0.1 * gradient for weight, gradient in zip(one, alone(one, batch), strict=True)]
        many = [weight - 0.1 * gradient for weight, gradient in zip(many, shared(many, batch), strict=True)]
    assert np.abs(one[0] - start[0]).max() > 0.1
    close(many, one, 1e-5)


@pytest.mark.parametrize("check_vma", [True, False])
def test_gradient_from_outside(check_vma: bool) -> None:
    """Right where JAX tracks what varies; else the share of one device of it, as the documentation says."""
    x = rows()
    shared = mapped(partial(isoloss.jax.simcse, axis_name="workers"), ALL, check_vma)
    close(jax.grad(shared)(x), jax.grad(isoloss.jax.simcse)(x) / (1 if check_vma else SIZE))


# ------------------------------------------------- arrays that are sharded, without an axis


SHARDED = {
    "dense": partial(isoloss.jax.info_nce, method="dense"),
    "blocked": partial(isoloss.jax.info_nce, method="blocked"),
    "one side, blocked": lambda x, y: isoloss.jax.simcse(x * y, method="blocked"),
    "barlow_twins": isoloss.jax.barlow_twins,
}


@pytest.mark.parametrize("name", SHARDED)
def test_sharded_arrays(name: str) -> None:
    gradient = jax.jit(jax.value_and_grad(SHARDED[name], argnums=(0, 1)))
    x, y = rows(0), rows(1)
    sharding = NamedSharding(mesh(), EACH)
    got = gradient(*jax.device_put((x, y), sharding))
    close(got, gradient(x, y))
    assert got[1][0].sharding.is_equivalent_to(sharding, x.ndim)


def test_axes_of_explicit_type() -> None:
    """JAX asks how each product is to be sharded: `auto_axes` leaves it to the compiler."""
    x = rows()
    with jax.set_mesh(jax.make_mesh((SIZE,), ("workers",), axis_types=(AxisType.Explicit,))):
        sharded = jax.device_put(x, EACH)
        simcse = auto_axes(isoloss.jax.simcse, out_sharding=ALL)
        close(jax.jit(jax.value_and_grad(simcse))(sharded), jax.value_and_grad(isoloss.jax.simcse)(x))
        own = jax.shard_map(partial(isoloss.jax.simcse, axis_name="workers"), in_specs=EACH, out_specs=ALL)
        close(jax.jit(own)(sharded), isoloss.jax.simcse(x))


# ------------------------------------------------- what else can be asked of an axis


def test_axis_that_is_not_there() -> None:
    for loss in (isoloss.jax.simcse, jax.jit(isoloss.jax.simcse, static_argnames="axis_name")):
        with pytest.raises(NameError, match="unbound axis name: workers"):
            loss(rows(), axis_name="workers")


@pytest.mark.parametrize("method", ["blocked", "dense"])
def test_two_axes(method: Any) -> None:
    """Both share one batch, or one of them shares each of two batches."""
    devices = Mesh(np.array(jax.devices()).reshape(2, 2), ("model", "workers"))
    both = ("model", "workers")
    x, temperature = jnp.stack([rows(0), rows(1)]), jnp.float32(0.2)

    def gradients(x: Array, temperature: Array, axis_name: Any = None) -> Any:
        def loss(x: Array, temperature: Array) -> Array:
            return isoloss.jax.simcse(x.reshape(-1, 6), temperature=temperature, method=method, axis_name=axis_name)

        return jax.grad(loss, argnums=(0, 1))(x, temperature)

    for axis_name, split in ((both, PartitionSpec(None, both)), ("workers", PartitionSpec(*both))):
        own = jax.shard_map(
            partial(gradients, axis_name=axis_name), mesh=devices, in_specs=(split, ALL), out_specs=(split, ALL)
        )
        of_first, of_second = (gradients(batch, temperature) for batch in x)
        if axis_name == both:
            close(jax.jit(own)(x[:1], temperature), (of_first[0][None], of_first[1]))
        else:
            together = jnp.stack([of_first[0], of_second[0]]), of_first[1] + of_second[1]
            close(jax.jit(own)(x, temperature), together)


@pytest.mark.parametrize("method", ["blocked", "dense"])
def test_vmap(method: str) -> None:
    """Over several batches of each device, and as what maps over the axis."""
    simcse = partial(isoloss.jax.simcse, method=method)
    shared = jax.value_and_grad(partial(simcse, axis_name="workers"))
    x = jnp.stack([rows(0), rows(1)])
    expected = jax.vmap(jax.value_and_grad(simcse))(x)
    across = PartitionSpec(None, "workers")
    several = jax.shard_map(jax.vmap(shared), mesh=mesh(), in_specs=across, out_specs=(ALL, across))
    close(jax.jit(several)(x), expected)
    values, gradients = jax.vmap(shared, axis_name="workers")(x[0].reshape(SIZE, -1, 6))
    close((values, gradients.reshape(-1, 6)), (jnp.full(SIZE, expected[0][0]), expected[1][0]))


@pytest.mark.parametrize("reduction", ["none", "sum"])
def test_reduction(reduction: Any) -> None:
    """With "none" each device has the values of its own rows."""
    loss = partial(isoloss.jax.simcse, reduction=reduction)
    own = partial(loss, axis_name="workers")
    x = rows()
    close(mapped(own, EACH if reduction == "none" else ALL)(x), loss(x))
    close(mapped(jax.grad(lambda x: own(x).sum()), EACH)(x), jax.grad(lambda x: loss(x).sum())(x))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("method", ["blocked", "dense"])
def test_half_precision(dtype: str, method: Any) -> None:
    x = rows().astype(dtype)
    loss = partial(isoloss.jax.simcse, method=method, temperature=0.2)
    value, gradient = mapped(jax.value_and_grad(partial(loss, axis_name="workers")), (ALL, EACH))(x)
    assert gradient.dtype == dtype
    expected = jax.value_and_grad(loss)(x.astype("float32"))
    close(value, expected[0])
    close(gradient.astype("float32"), expected[1], float(jnp.finfo(dtype).eps))


def test_second_derivative() -> None:
    x, along = rows(0), rows(1)

    def twice(x: Array, along: Array, **options: Any) -> Array:
        first = jax.grad(lambda x: isoloss.jax.simcse(x, temperature=0.2, **options))
        return jax.grad(lambda x: jnp.vdot(first(x), along))(x)

    for check_vma in (True, False):
        shared = partial(twice, method="dense", axis_name="workers")
        close(mapped(shared, EACH, check_vma)(x, along), twice(x, along, method="dense"))
        with pytest.raises(TypeError, match="choose method='dense'"):
            mapped(partial(twice, method="blocked", axis_name="workers"), EACH, check_vma)(x, along)


# ------------------------------------------------- Keras on JAX


@pytest.mark.skipif(find_spec("keras") is None, reason="needs Keras")
def test_keras_with_data_parallel() -> None:
    """The losses of ten steps of `fit` are those of one device."""
    done = run([[Path(__file__).with_name("with_keras_on_jax.py"), size] for size in (1, 4)])
    assert not any(process.returncode for process in done), "\n".join(process.stderr for process in done)
    alone, together = (np.array(json.loads(process.stdout)) for process in done)
    assert alone.shape == (2, 10)
    np.testing.assert_allclose(together, alone, rtol=1e-5)
