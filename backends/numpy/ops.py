"""The primitives in NumPy."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from isoloss.alone import *
from isoloss.protocol import Kind, Pairing, Similarity

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
Unary: TypeAlias = Callable[[Array], Array]

BLOCKS_PAY = 2**22  # similarities

abs: Unary = np.abs
clip = np.clip
concat = np.concat
copysign: Callable[[Array, Array], Array] = np.copysign
cumulative_sum = np.cumsum  # by its name of before NumPy 2.1
equal = np.equal
exp: Unary = np.exp
expand_dims = np.expand_dims
expm1: Unary = np.expm1
log: Unary = np.log
log1p: Unary = np.log1p
logical_not: Unary = np.logical_not
matmul: Callable[[Array, Array], Array] = np.matmul
matrix_transpose = np.matrix_transpose
maximum = np.maximum
moveaxis = np.moveaxis
ones_like = np.ones_like
remainder = np.remainder
repeat = np.repeat
sign: Unary = np.sign
sort = np.sort
sqrt: Unary = np.sqrt
squeeze = np.squeeze
take = np.take
take_along_axis = np.take_along_axis
tanh: Unary = np.tanh
where = np.where


def astype(x: Array, dtype: Any, /) -> Array:
    return x.astype(dtype, copy=False)


def squared_difference(x: Array, y: Array, /) -> Array:
    return np.square(x - y)


def sum(x: Array, /, *, axis: int | None = None, keepdims: bool = False) -> Array:
    return np.sum(x, axis=axis, keepdims=keepdims)


def mean(x: Array, /, *, axis: int | None = None) -> Array:
    count = x.size if axis is None else x.shape[axis]
    return np.sum(x, axis=axis) / (count or 1)


def max(x: Array, /, *, axis: int | None = None, keepdims: bool = False) -> Array:
    return np.max(x, axis=axis, keepdims=keepdims, initial=-np.inf)


def slice(x: Array, start: int, stop: int | Array | None, step: int, /) -> Array:
    return x[start:stop:step]


def indices(x: Array, axis: int, /) -> Array:
    return np.arange(x.shape[axis])


def length(x: Array, axis: int, /) -> int:
    return x.shape[axis]


def smallest_normal(x: Array, /) -> float:
    return float(np.finfo(x.dtype).smallest_normal)


def stop_gradient(x: Array, /) -> Array:
    return x


def elementwise(formula: Callable[..., Any], /, *arrays: Any) -> Array:
    return formula(sys.modules[__name__], *arrays)[0]


def rowwise(formula: Callable[..., Any], rows: Array, constants: Array, /) -> Array:
    return elementwise(formula, rows, constants)


def within(x: Array, low: float, high: float | Array, /) -> bool:
    return bool(np.all((x >= low) & (x <= high)))


def contrast(
    queries: Array,
    keys: Array | None,
    temperature: float | Array,
    pairing: Pairing[Array],
    similarity: Similarity,
    decoupled: bool,
    /,
) -> Array:
    from isoloss.numpy import tiles  # which is made of these primitives

    return tiles.contrast(queries, keys, temperature, pairing, similarity, decoupled)


def by_hand(dense: Callable[..., Array], /, *of: Any) -> Array:
    return dense(*of)


def blocks_pay(queries: Array, keys: Array, /) -> bool:
    return queries.shape[0] * keys.shape[0] >= BLOCKS_PAY


def holds(condition: Array, /) -> bool:
    return bool(np.all(condition))


def isarray(value: object, /) -> bool:
    return isinstance(value, (np.ndarray, np.generic))


def asarray(value: Any, like: Array | None, /) -> Array:
    array = np.asarray(value)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def kind(x: Array, /) -> Kind:
    if x.dtype in (np.float16, np.float32, np.float64) or x.dtype.name == "bfloat16":
        return "floating"
    kinds: dict[str, Kind] = {"i": "integer", "u": "integer", "b": "bool"}
    return kinds.get(x.dtype.kind, "other")


def shape(x: Array, /) -> tuple[int | None, ...]:
    return x.shape


def compute_dtype(arrays: Sequence[Array], /) -> Any:
    return np.float64 if any(x.dtype == np.float64 for x in arrays) else np.float32


def as_index(x: Array, /) -> Array:
    return (np.minimum(x, np.iinfo(np.int64).max) if x.dtype == np.uint64 else x).astype(np.int64)
