"""JAX."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import isoloss.jax.ops
from isoloss.conformance.cases.case import Case
from isoloss.conformance.runners import Result, split
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

        def step(learned: Arrays, given: Arrays) -> jax.Array:
            return getattr(functions, name)(**learned, **given, **parts.fixed)

        def both(learned: Arrays, given: Arrays) -> tuple[Arrays, jax.Array]:
            def total(learned: Arrays) -> tuple[jax.Array, jax.Array]:
                value = step(learned, given)
                return value.sum(), value

            return jax.grad(total, has_aux=True)(learned)

        if mode == "jit":
            gradients, value = jax.jit(both)(learned, given)
        elif mode == "vmap":
            stacked = [
                jax.tree.map(lambda x: jnp.stack([x * 0.5 if x.dtype.kind != "b" else x, x]).astype(x.dtype), d)
                for d in (learned, given)
            ]
            stacked[1] |= {n: jnp.stack([x, x]) for n, x in given.items() if not jnp.issubdtype(x.dtype, jnp.floating)}
            gradients, value = jax.jit(jax.vmap(both))(*stacked)
            gradients, value = jax.tree.map(lambda x: x[1], (gradients, value))
        elif mode == "jvp":
            value = step(learned, given)
            gradients = jax.jit(lambda l, g: {n: _forward(step, l, g, n) for n in l})(learned, given)
        else:
            gradients, value = both(learned, given)
        return Result(
            np.asarray(value, np.float64),
            {n: np.asarray(g, np.float64) for n, g in gradients.items()},
            str(value.dtype),
            next(iter(value.devices())).platform,
        )


def array(x: np.ndarray[Any, Any], dtype: str) -> jax.Array:
    """An array, in the dtype if it is floating."""
    return jnp.asarray(x, dtype) if x.dtype.kind == "f" else isoloss.jax.ops.asarray(x, None)


def _forward(step: Any, learned: Arrays, given: Arrays, name: str) -> jax.Array:
    """A gradient by forward mode, one direction for each element."""
    x = learned[name]

    def slope(direction: jax.Array) -> jax.Array:
        return jax.jvp(lambda x: step(learned | {name: x}, given), (x,), (direction,))[1].sum()

    directions = jnp.eye(x.size, dtype=x.dtype).reshape(x.size, *x.shape)
    return jax.vmap(slope)(directions).reshape(x.shape) if x.size else x
