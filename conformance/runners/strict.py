"""The array API's strict implementation: it allows nothing that the standard does not promise."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import array_api_strict as standard
import numpy as np

import isoloss.adapter
import isoloss.numpy.ops
from isoloss import alone
from isoloss.conformance.cases.case import Case
from isoloss.conformance.runners import Result, split
from isoloss.conformance.runners.adapter import NotOffered
from isoloss.conformance.ulp import rounded
from isoloss.losses import LOSSES
from isoloss.losses.contrast import prepared
from isoloss.losses.tiles import Columns, columns, of_columns, strip, strip_logits
from isoloss.protocol import Pairing, Similarity

MODES = ("eager",)
COMPILED: tuple[str, ...] = ()
SLOW: tuple[str, ...] = ()


def _max(x: Any, /, *, axis: int | None = None, keepdims: bool = False) -> Any:
    if 0 in x.shape:
        return standard.sum(x, axis=axis, keepdims=keepdims) - float("inf")
    return standard.max(x, axis=axis, keepdims=keepdims)


def _mean(x: Any, /, *, axis: int | None = None) -> Any:
    count = x.size if axis is None else x.shape[axis]
    return standard.sum(x, axis=axis) / (count or 1)


def _take(x: Any, indices: Any, /, *, axis: int) -> Any:
    found = standard.take(x, standard.reshape(indices, (-1,)), axis=axis)
    return standard.reshape(found, (*x.shape[:axis], *indices.shape, *x.shape[axis:][1:]))


def _elementwise(formula: Callable[..., Any], *arrays: Any) -> Any:
    return formula(ops, *arrays)[0]


def _contrast(
    queries: Any, keys: Any, temperature: Any, pairing: Pairing[Any], similarity: Similarity, decoupled: bool
) -> Any:
    """In a single strip."""
    queries, keys = prepared(ops, queries, keys, similarity)
    logits, of_positives = strip_logits(ops, queries, keys, temperature, pairing)
    values = strip(ops, logits, of_positives, pairing.present, decoupled).rows.values
    if pairing.back is None:
        return values
    none = standard.zeros(keys.shape[:1], dtype=keys.dtype)
    found = columns(ops, Columns(none - float("inf"), none), logits)
    return (values + of_columns(ops, found, of_positives[0], pairing.present)[1].values) / 2.0


def _slice(x: Any, start: int, stop: int | None, step: int, /) -> Any:
    return x[start:stop:step, ...] if start < x.shape[0] else x[:0, ...]


def _kind(x: Any) -> str:
    for kind, name in (("floating", "real floating"), ("integer", "integral"), ("bool", "bool")):
        if standard.isdtype(x.dtype, name):
            return kind
    return "other"


_NAMES = (
    "abs astype concat copysign cumulative_sum equal exp expand_dims expm1 log log1p logical_not matmul matrix_transpose maximum moveaxis "
    "ones_like remainder repeat sign sort sqrt squeeze sum take_along_axis tanh where"
)

ops: Any = SimpleNamespace(
    **{name: getattr(standard, name) for name in _NAMES.split()},
    **{name: getattr(alone, name) for name in alone.__all__},
    clip=lambda x, low, high: standard.minimum(standard.maximum(x, low), high),
    elementwise=_elementwise,
    max=_max,
    mean=_mean,
    rowwise=_elementwise,
    contrast=_contrast,
    blocks_pay=lambda queries, keys: False,
    by_hand=lambda dense, *of: dense(*of),
    slice=_slice,
    take=_take,
    kind=_kind,
    indices=lambda x, axis: standard.arange(x.shape[axis]),
    length=lambda x, axis: x.shape[axis],
    smallest_normal=lambda x: standard.finfo(x.dtype).smallest_normal,
    stop_gradient=lambda x: x,
    squared_difference=lambda x, y: (x - y) * (x - y),
    within=lambda x, low, high: bool(standard.all((x >= low) & (x <= high))),
    holds=lambda condition: bool(standard.all(condition)),
    isarray=lambda value: isinstance(value, type(standard.asarray(0))),
    asarray=lambda value, like: standard.asarray(value),
    shape=lambda x: x.shape,
    compute_dtype=lambda arrays: (
        standard.float64 if any(x.dtype == standard.float64 for x in arrays) else standard.float32
    ),
    as_index=lambda x: standard.asarray(isoloss.numpy.ops.as_index(np.asarray(x))),
)


def run(name: str, case: Case, *, mode: str = "eager", dtype: str = "float32", device: str = "cpu") -> Result:
    """The value of a case.

    Raises:
        NotOffered: for numbers of 16 bits, which the array API does not have.
    """
    if dtype in ("float16", "bfloat16"):
        raise NotOffered(dtype)
    parts = split(name, case)
    arrays = {n: standard.asarray(rounded(x, dtype)) for n, x in (parts.learned | parts.given).items()}
    with np.errstate(all="ignore"):
        value = bind(LOSSES[name].spec)(**arrays, **parts.fixed)
    return Result(np.asarray(value, np.float64), {}, str(value.dtype).rpartition(".")[2], "cpu")


def bind(spec: Callable[..., Any]) -> isoloss.adapter.Bound:
    """A spec as a function of strict arrays."""
    return isoloss.adapter.Bound(_call, spec)


def _call(spec: Callable[..., Any], arrays: dict[str, Any], settings: dict[str, Any], **options: Any) -> Any:
    return isoloss.adapter.run(ops, spec, arrays, settings, **options)
