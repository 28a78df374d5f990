"""The primitives in JAX."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer
from jax.custom_derivatives import SymbolicZero

from isoloss.alone import *
from isoloss.protocol import Kind, Pairing, Similarity

BLOCKS_PAY = 2**22  # similarities

clip = jnp.clip
concat = jnp.concat
copysign = jnp.copysign
cumulative_sum = jnp.cumsum
equal = jnp.equal
exp = jnp.exp
expm1 = jnp.expm1
log = jnp.log
log1p = jnp.log1p
logical_not = jnp.logical_not
matrix_transpose = jnp.matrix_transpose
maximum = jnp.maximum
moveaxis = jnp.moveaxis
ones_like = jnp.ones_like
remainder = jnp.remainder
repeat = jnp.repeat
sign = jnp.sign
sort = jnp.sort
sqrt = jnp.sqrt
squeeze = jnp.squeeze
stop_gradient = jax.lax.stop_gradient
sum = jnp.sum
take_along_axis = jnp.take_along_axis
tanh = jnp.tanh
where = jnp.where


@jax.custom_jvp
def abs(x: Array, /) -> Array:
    return jnp.abs(x)


abs.defjvps(lambda tangent, _, x: tangent * jnp.sign(x))  # jnp.abs has slope 1 at 0


def squared_difference(x: Array, y: Array, /) -> Array:
    return jnp.square(x - y)


def astype(x: Array, dtype: Any, /) -> Array:
    return jnp.astype(x, dtype)


def matmul(x: Array, y: Array, /) -> Array:
    return jnp.matmul(x, y, precision="highest")  # the default rounds to fewer bits on GPUs and TPUs


def expand_dims(x: Array, /, *, axis: int) -> Array:
    return jnp.expand_dims(x, axis)


def take(x: Array, indices: Array, /, *, axis: int) -> Array:
    return jnp.take(x, indices, axis=axis)


def mean(x: Array, /, *, axis: int | None = None) -> Array:
    count = x.size if axis is None else x.shape[axis]
    return jnp.sum(x, axis=axis) / (count or 1)


def max(x: Array, /, *, axis: int | None = None, keepdims: bool = False) -> Array:
    return jnp.max(x, axis=axis, keepdims=keepdims, initial=-jnp.inf)


def slice(x: Array, start: int, stop: int | Array | None, step: int, /) -> Array:
    return x[start:stop:step]


def indices(x: Array, axis: int, /) -> Array:
    return jnp.arange(x.shape[axis])


def length(x: Array, axis: int, /) -> int | Array:
    n = x.shape[axis]
    return n if isinstance(n, int) else jnp.asarray(n)  # a symbol of jax.export


def smallest_normal(x: Array, /) -> float:
    return float(jnp.finfo(x.dtype).smallest_normal)


def broadcasting(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same, where arrays of different ranks broadcast whatever `jax_numpy_rank_promotion` says of the user's own: a
    derivative may be traced later than the call.
    """

    @functools.wraps(function)
    def allowed(*arguments: Any) -> Any:
        with jax.numpy_rank_promotion("allow"):
            return function(*arguments)

    return allowed


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def _elementwise(formula: Callable[..., Any], /, *arrays: Any) -> Array:
    return formula(sys.modules[__name__], *arrays)[0]


def _elementwise_jvp(formula: Callable[..., Any], arrays: tuple[Any, ...], tangents: tuple[Any, ...]) -> Any:
    _, slopes = formula(sys.modules[__name__], *arrays)
    value = _elementwise(formula, *arrays)
    changes = [
        slope() * tangent
        for slope, tangent in zip(slopes, tangents, strict=True)
        if slope is not None and not isinstance(tangent, SymbolicZero)
    ]
    change = functools.reduce(jnp.add, changes) if changes else jnp.zeros_like(arrays[0])
    return value, jnp.sum(change, axis=-1) if value.ndim < change.ndim else change


_elementwise.defjvp(broadcasting(_elementwise_jvp), symbolic_zeros=True)


def elementwise(formula: Callable[..., Any], /, *arrays: Any) -> Array:
    return _elementwise(formula, *arrays)


def rowwise(formula: Callable[..., Any], rows: Array, constants: Array, /) -> Array:
    return _elementwise(formula, rows, constants)


def within(x: Array, low: float, high: float | Array, /) -> bool | None:
    return None if isinstance(x, Tracer) else seen((x >= low) & (x <= high))


def contrast(
    queries: Array,
    keys: Array | None,
    temperature: float | Array,
    pairing: Pairing[Array],
    similarity: Similarity,
    decoupled: bool,
    /,
) -> Array:
    from isoloss.jax import tiles  # which is made of these primitives

    return tiles.contrast(queries, keys, temperature, pairing, similarity, decoupled)


def by_hand(dense: Callable[..., Array], /, *of: Any) -> Array:
    return dense(*of)


def blocks_pay(queries: Array, keys: Array, /) -> bool:
    count = queries.shape[0] * keys.shape[0]
    return isinstance(count, int) and count >= BLOCKS_PAY


def holds(condition: Array, /) -> bool | None:
    found = _CONDITIONS.get()
    if found is not None:
        found.append(condition)
        return None
    return seen(condition)


def seen(condition: Array, /) -> bool | None:
    """Whether a condition holds everywhere; None where its values cannot be seen, or only by waiting for a device."""
    if isinstance(condition, Tracer) or any(d.platform != "cpu" for d in condition.devices()):
        return None
    return bool(condition.all()) if condition.ndim else condition.item()


_CONDITIONS: ContextVar[list[Array] | None] = ContextVar("conditions", default=None)


@contextmanager
def conditions() -> Iterator[list[Array]]:
    """The conditions asked for while a spec is compiled: whoever runs it can see whether they hold."""
    found: list[Array] = []
    token = _CONDITIONS.set(found)
    try:
        yield found
    finally:
        _CONDITIONS.reset(token)


def all_of(conditions: Sequence[Array]) -> Array | None:
    """Whether all hold everywhere; None if there are none."""
    return functools.reduce(jnp.logical_and, [condition.all() for condition in conditions]) if conditions else None


def isarray(value: object, /) -> bool:
    return isinstance(value, Array)


def asarray(value: Any, like: Array | None, /) -> Array:
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.astype(value.dtype.newbyteorder("="), copy=False)
        if value.dtype.kind in "iu":
            # without 64-bit types a large integer would wrap around to one that looks right
            limits = np.iinfo(jax.dtypes.canonicalize_dtype(value.dtype))
            value = np.clip(value, limits.min, limits.max)
    return jnp.asarray(value)


def kind(x: Array, /) -> Kind:
    if x.dtype in (jnp.float16, jnp.bfloat16, jnp.float32, jnp.float64):
        return "floating"
    if x.dtype == jnp.bool:
        return "bool"
    return "integer" if jnp.issubdtype(x.dtype, jnp.integer) else "other"


def shape(x: Array, /) -> tuple[int | None, ...]:
    return tuple(n if isinstance(n, int) else None for n in x.shape)


def compute_dtype(arrays: Sequence[Array], /) -> Any:
    return jnp.float64 if any(x.dtype == jnp.float64 for x in arrays) else jnp.float32


def as_index(x: Array, /) -> Array:
    largest = jnp.iinfo(jax.dtypes.canonicalize_dtype(int)).max
    return (jnp.minimum(x, largest) if jnp.iinfo(x.dtype).max > largest else x).astype(int)
