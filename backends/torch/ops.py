"""The primitives in PyTorch."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import array_api_compat.torch as standard
import numpy as np
import torch
from torch import Tensor

from isoloss.protocol import Kind, Pairing

Unary: TypeAlias = Callable[[Tensor], Tensor]

BLOCKS_PAY = 2**17  # similarities

abs = torch.abs
exp = torch.exp
expand_dims = standard.expand_dims
expm1 = torch.expm1
log = torch.log
log1p = torch.log1p
logical_not = torch.logical_not
matmul = torch.matmul
matrix_transpose: Unary = standard.matrix_transpose
moveaxis = torch.moveaxis
ones_like = torch.ones_like
sqrt = torch.sqrt
squeeze = standard.squeeze
sum = standard.sum

_FLOATING = {torch.float16, torch.bfloat16, torch.float32, torch.float64}


def remainder(x: Tensor, y: int | Tensor, /) -> Tensor:
    return torch.remainder(x, y)


def where(condition: Tensor, x: Tensor | float, y: Tensor | float, /) -> Tensor:
    return torch.where(condition, x, y)


def equal(x: Tensor, y: Tensor | float, /) -> Tensor:
    return torch.eq(x, y)


def concat(arrays: Sequence[Tensor], /, *, axis: int) -> Tensor:
    return standard.concat(list(arrays), axis=axis)


def repeat(x: Tensor, repeats: int, /, *, axis: int) -> Tensor:
    return torch.repeat_interleave(x, repeats, axis)


def take(x: Tensor, indices: Tensor, /, *, axis: int) -> Tensor:
    found = torch.index_select(x, axis, indices.reshape(-1))
    return found.reshape((*x.shape[:axis], *indices.shape, *x.shape[axis:][1:]))


def take_along_axis(x: Tensor, indices: Tensor, /, *, axis: int) -> Tensor:
    return torch.gather(x, axis, indices)  # take_along_dim makes torch.compile fix the sizes


def astype(x: Tensor, dtype: Any, /) -> Tensor:
    return x.to(dtype)


def mean(x: Tensor, /, *, axis: int | None = None) -> Tensor:
    count = x.numel() if axis is None else x.shape[axis]
    return standard.sum(x, axis=axis) / (count or 1)


def max(x: Tensor, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    if 0 in x.shape:
        return standard.sum(x, axis=axis, keepdims=keepdims) - float("inf")
    return standard.max(x, axis=axis, keepdims=keepdims)


def slice(x: Tensor, start: int, stop: int | Tensor | None, step: int, /) -> Tensor:
    # not x[start:stop:step], which wants CUDA for a tensor that only says it is there
    return torch.ops.aten.slice.Tensor(x, 0, start, stop, step)


def indices(x: Tensor, axis: int, /) -> Tensor:
    return torch.arange(x.shape[axis], device=x.device)


def length(x: Tensor, axis: int, /) -> int:
    return x.shape[axis]


def smallest_normal(x: Tensor, /) -> float:
    return torch.finfo(x.dtype).smallest_normal


def stop_gradient(x: Tensor, /) -> Tensor:
    return x.detach()


class _Rowwise(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(value: Callable[..., Any], slopes: Callable[..., Any], rows: Tensor, constants: Tensor) -> Tensor:
        return value(sys.modules[__name__], rows, constants)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        _, ctx.slopes, rows, constants = inputs
        ctx.save_for_backward(rows, constants)

    @staticmethod
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]  # one output, so one gradient
        ctx: Any, gradient: Tensor
    ) -> tuple[None, None, Tensor, None]:
        rows, constants = ctx.saved_tensors
        return None, None, gradient.unsqueeze(-1) * ctx.slopes(sys.modules[__name__], rows, constants), None


class _BothWays(_Rowwise):
    """With forward mode, too, which torch.compile does not take."""

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        _Rowwise.setup_context(ctx, inputs, output)
        ctx.save_for_forward(*inputs[2:])

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Tensor:
        return (tangents[2] * ctx.slopes(sys.modules[__name__], *ctx.saved_tensors)).sum(-1)


def rowwise(value: Callable[..., Any], slopes: Callable[..., Any], rows: Tensor, constants: Tensor, /) -> Tensor:
    function = _Rowwise if torch.compiler.is_compiling() else _BothWays
    return function.apply(value, slopes, rows, constants)


def contrast(
    queries: Tensor, keys: Tensor | None, temperature: float | Tensor, pairing: Pairing[Tensor], decoupled: bool, /
) -> Tensor:
    from isoloss.torch import tiles  # which is made of these primitives

    return tiles.contrast(queries, keys, temperature, pairing, decoupled)


def blocks_pay(queries: Tensor, keys: Tensor, /) -> bool:
    return queries.shape[0] * keys.shape[0] >= BLOCKS_PAY


def holds(condition: Tensor, /) -> bool | None:
    if torch.compiler.is_compiling() or condition.device.type != "cpu":
        return None
    try:
        return bool(condition.all())
    except RuntimeError:  # inside vmap or a fake tensor mode a tensor has no value to look at
        return None


def isarray(value: object, /) -> bool:
    return isinstance(value, Tensor)


def asarray(value: Any, like: Tensor | None, /) -> Tensor:
    if isinstance(value, Tensor):
        return value
    device = None if like is None else like.device
    if torch.compiler.is_compiling():
        return torch.as_tensor(value, device=device)
    if getattr(value, "dtype", None) == "bfloat16":
        value = value.astype("float32")  # NumPy's bfloat16 is an extension that PyTorch does not know
    if isinstance(value, np.ndarray):  # PyTorch takes neither negative strides nor foreign byte orders
        value = np.ascontiguousarray(value, value.dtype.newbyteorder("=")).reshape(value.shape)
    return torch.tensor(value, device=device)  # a copy: as_tensor would share memory, and warn if it is read-only


def kind(x: Tensor, /) -> Kind:
    if x.dtype in _FLOATING:
        return "floating"
    if x.dtype == torch.bool:
        return "bool"
    return "other" if x.dtype.is_floating_point or x.dtype.is_complex else "integer"


def shape(x: Tensor, /) -> tuple[int | None, ...]:
    return tuple(x.shape)


def compute_dtype(arrays: Sequence[Tensor], /) -> Any:
    return torch.float64 if any(x.dtype == torch.float64 for x in arrays) else torch.float32


def as_index(x: Tensor, /) -> Tensor:
    return x.to(torch.int64)
