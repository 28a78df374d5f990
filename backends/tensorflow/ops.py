"""The primitives in TensorFlow."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import tensorflow as tf
from tensorflow import Tensor

from isoloss.alone import *
from isoloss.protocol import Kind, Pairing, Similarity

Unary: TypeAlias = Callable[[Tensor], Tensor]

BLOCKS_PAY = 2**22  # similarities

abs: Unary = tf.abs
exp: Unary = tf.exp
expm1: Unary = tf.math.expm1
log: Unary = tf.math.log
log1p: Unary = tf.math.log1p
logical_not: Unary = tf.logical_not
matmul = tf.matmul
matrix_transpose: Unary = tf.linalg.matrix_transpose
maximum: Callable[[Tensor, Tensor], Tensor] = tf.maximum
ones_like = tf.ones_like
sign: Unary = tf.sign
sqrt: Unary = tf.sqrt
squared_difference: Callable[[Tensor, Tensor], Tensor] = tf.math.squared_difference
stop_gradient: Unary = tf.stop_gradient
tanh: Unary = tf.math.tanh


def astype(x: Tensor, dtype: Any, /) -> Tensor:
    return tf.cast(x, dtype)


def remainder(x: Tensor, y: int | Tensor, /) -> Tensor:
    return tf.math.floormod(x, y)


def where(condition: Tensor, x: Tensor | float, y: Tensor | float, /) -> Tensor:
    x, y = _same_dtype(x, y)
    return tf.where(condition, x, y)


def copysign(x: Tensor, y: Tensor, /) -> Tensor:
    size = tf.abs(x)
    return tf.where(y < 0.0, -size, size)


def clip(x: Tensor, low: Tensor | float, high: Tensor | float, /) -> Tensor:
    return tf.minimum(tf.maximum(x, low), high)


def equal(x: Tensor, y: Tensor | float, /) -> Tensor:
    return tf.equal(*_same_dtype(x, y))


def _same_dtype(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    """TensorFlow gives a Python number a dtype before it has seen the other operand."""
    if isinstance(y, Tensor):
        return tf.convert_to_tensor(x, y.dtype), y
    return x, tf.convert_to_tensor(y, x.dtype)


def concat(arrays: Sequence[Tensor], /, *, axis: int) -> Tensor:
    return tf.concat(arrays, axis)


def expand_dims(x: Tensor, /, *, axis: int) -> Tensor:
    return tf.expand_dims(x, axis)


def squeeze(x: Tensor, /, *, axis: int) -> Tensor:
    return tf.squeeze(x, axis)


def moveaxis(x: Tensor, source: int, destination: int, /) -> Tensor:
    order = list(range(len(x.shape)))
    order.insert(destination % len(order), order.pop(source))
    return tf.transpose(x, order)


def sum(x: Tensor, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    return tf.reduce_sum(x, axis, keepdims)


def mean(x: Tensor, /, *, axis: int | None = None) -> Tensor:
    count = tf.size(x) if axis is None else tf.shape(x)[axis]
    return tf.reduce_sum(x, axis) / tf.cast(tf.maximum(count, 1), x.dtype)


def max(x: Tensor, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    return tf.reduce_max(x, axis, keepdims)


def sort(x: Tensor, /, *, axis: int) -> Tensor:
    return tf.sort(x, axis)


def cumulative_sum(x: Tensor, /, *, axis: int) -> Tensor:
    return tf.cumsum(x, axis)


def repeat(x: Tensor, repeats: int, /, *, axis: int) -> Tensor:
    return tf.repeat(x, repeats, axis)


def take(x: Tensor, indices: Tensor, /, *, axis: int) -> Tensor:
    return tf.gather(x, indices, axis=axis)


def take_along_axis(x: Tensor, indices: Tensor, /, *, axis: int) -> Tensor:
    if axis not in (-1, len(x.shape) - 1):
        raise NotImplementedError("only the last axis: no loss needs another")
    return tf.gather(x, indices, batch_dims=len(x.shape) - 1)


def slice(x: Tensor, start: int, stop: int | Tensor | None, step: int, /) -> Tensor:
    if stop is None and x.shape[0] is None:  # XLA gives the gradient of no rows the wrong shape: there is one row more
        stop = length(x, 0)
        x = tf.pad(x, [[0, 1]] + [[0, 0]] * (len(x.shape) - 1))
    return x[start:stop:step]


def indices(x: Tensor, axis: int, /) -> Tensor:
    return tf.range(tf.shape(x, tf.int64)[axis], dtype=tf.int64)


def length(x: Tensor, axis: int, /) -> int | Tensor:
    known = x.shape[axis]
    return tf.shape(x, tf.int64)[axis] if known is None else known


def smallest_normal(x: Tensor, /) -> float:
    return float(np.finfo(x.dtype.name).smallest_normal)


def elementwise(formula: Callable[..., Any], /, *arrays: Any) -> Tensor:
    ops, first = sys.modules[__name__], arrays[0]

    @tf.custom_gradient
    def differentiable(*arrays: Tensor) -> Any:  # the pair that custom_gradient makes one tensor of
        value, _ = formula(ops, *map(tf.stop_gradient, arrays))  # forward mode would look past the slopes, into it

        def backward(gradient: Tensor) -> list[Tensor | None]:
            gradient = tf.expand_dims(gradient, -1) if len(value.shape) < len(first.shape) else gradient
            _, slopes = formula(ops, *arrays)  # anew: only here its slopes have slopes
            found = [None if slope is None else gradient * slope() for slope in slopes]
            scalars = [array.shape.rank == 0 for array in arrays]
            return [tf.reduce_sum(x) if x is not None and s else x for x, s in zip(found, scalars, strict=True)]

        return value, backward

    return differentiable(*(x if isinstance(x, (Tensor, tf.Variable)) else tf.constant(x, first.dtype) for x in arrays))


def rowwise(formula: Callable[..., Any], rows: Tensor, constants: Tensor, /) -> Tensor:
    return elementwise(formula, rows, constants)


def within(x: Tensor, low: float, high: float | Tensor, /) -> bool | None:
    return holds((x >= low) & (x <= high))


def contrast(
    queries: Tensor,
    keys: Tensor | None,
    temperature: float | Tensor,
    pairing: Pairing[Tensor],
    similarity: Similarity,
    decoupled: bool,
    /,
) -> Tensor:
    from isoloss.tensorflow import tiles  # which is made of these primitives

    return tiles.contrast(queries, keys, temperature, pairing, similarity, decoupled)


def by_hand(dense: Callable[..., Tensor], /, *of: Any) -> Tensor:
    return dense(*of)


def blocks_pay(queries: Tensor, keys: Tensor, /) -> bool:
    n, m = queries.shape[0], keys.shape[0]
    return n is not None and m is not None and n * m >= BLOCKS_PAY


def holds(condition: Tensor, /) -> bool | None:
    if not tf.executing_eagerly() or "CPU" not in condition.device:
        return None
    return bool(tf.reduce_all(condition))


def isarray(value: object, /) -> bool:
    return isinstance(value, (Tensor, tf.Variable))


def asarray(value: Any, like: Tensor | None, /) -> Tensor:
    return tf.convert_to_tensor(value)


def kind(x: Tensor, /) -> Kind:
    if x.dtype in (tf.float16, tf.bfloat16, tf.float32, tf.float64):
        return "floating"
    if x.dtype == tf.bool:
        return "bool"
    return "integer" if x.dtype.is_integer else "other"


def shape(x: Tensor, /) -> tuple[int | None, ...] | None:
    return None if x.shape.rank is None else tuple(x.shape)


def compute_dtype(arrays: Sequence[Tensor], /) -> Any:
    return tf.float64 if any(x.dtype == tf.float64 for x in arrays) else tf.float32


def as_index(x: Tensor, /) -> Tensor:
    return tf.cast(tf.minimum(x, tf.cast(tf.int64.max, tf.uint64)) if x.dtype == tf.uint64 else x, tf.int64)
