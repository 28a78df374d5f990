"""JAX."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import isoloss.jax.ops
from isoloss.conformance.cases.case import Case
from isoloss.conformance.runners import Fixed, Result, split
from isoloss.conformance.runners.adapter import NotOffered

MODES = ("eager", "jit", "vmap", "jvp")
COMPILED = ("jit",)
SLOW = ("eager",)  # each operation is compiled for each shape

Arrays = dict[str, jax.Array]


def run(
    name: str,
    case: Case,
    *,
    mode: str = "eager",
    dtype: str = "float32",
    device: str = "cpu",
    functions: Any = isoloss.jax,
) -> Result:
    """Value and gradients of a case; functions: the module that has the loss."""
    if mode == "jvp" and case.settings.get("method") == "blocked":
        raise NotOffered  # by the blocked form, which says so
    with jax.enable_x64(dtype == "float64"), jax.default_device(jax.devices(device.replace("cuda", "gpu"))[0]):
        parts = split(name, case)
        learned = {n: array(x, dtype) for n, x in parts.learned.items()}
        given = {n: array(x, dtype) for n, x in parts.given.items()}

        gradients, value = differentiate(getattr(functions, name), mode, parts.fixed)(learned, given)
        return Result(
            np.asarray(value, np.float64),
            {n: np.asarray(g, np.float64) for n, g in gradients.items()},
            str(value.dtype),
            next(iter(value.devices())).platform.replace("gpu", "cuda"),
        )


@lru_cache(maxsize=256)
def differentiate(function: Callable[..., jax.Array], mode: str, fixed: Fixed) -> Callable[..., Any]:
    """Gradients of the sum, and the value: compiled once for all cases of one shape."""

    def step(learned: Arrays, given: Arrays) -> jax.Array:
        return function(**learned, **given, **fixed)

    def reverse(learned: Arrays, given: Arrays) -> tuple[Arrays, jax.Array]:
        def total(learned: Arrays) -> tuple[jax.Array, jax.Array]:
            value = step(learned, given)
            return value.sum(), value

        return jax.grad(total, has_aux=True)(learned)

    def forward(learned: Arrays, given: Arrays) -> tuple[Arrays, jax.Array]:
        slopes = {n: _slopes(lambda x, n=n: step(learned | {n: x}, given), x) for n, x in learned.items()}
        return slopes, step(learned, given)

    def mapped(learned: Arrays, given: Arrays) -> tuple[Arrays, jax.Array]:
        """The second of two samples, the first of which has other numbers."""
        stacked = jax.tree.map(_beside_others, (learned, given))
        return jax.tree.map(lambda x: x[1], jax.vmap(reverse)(*stacked))

    return {"eager": reverse, "jit": jax.jit(reverse), "vmap": jax.jit(mapped), "jvp": jax.jit(forward)}[mode]


def _beside_others(x: jax.Array) -> jax.Array:
    return jnp.stack([x * 0.5 if jnp.issubdtype(x.dtype, jnp.floating) else x, x]).astype(x.dtype)


def array(x: np.ndarray[Any, Any], dtype: str) -> jax.Array:
    """An array, in the dtype if it is floating."""
    return jnp.asarray(x, dtype) if x.dtype.kind == "f" else isoloss.jax.ops.asarray(x, None)


def _slopes(step: Callable[[jax.Array], jax.Array], x: jax.Array) -> jax.Array:
    """A gradient by forward mode, one direction for each element."""
    directions = jnp.eye(x.size, dtype=x.dtype).reshape(x.size, *x.shape)
    slopes = jax.vmap(lambda direction: jax.jvp(step, (x,), (direction,))[1].sum())
    return slopes(directions).reshape(x.shape) if x.size else x
