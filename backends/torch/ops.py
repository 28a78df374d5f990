"""The primitives in PyTorch."""

from __future__ import annotations

import builtins
import functools
import sys
from collections.abc import Callable, Sequence
from itertools import repeat as repeat_forever
from typing import Any, TypeAlias

import array_api_compat.torch as standard
import numpy as np
import torch
from torch import Tensor

from isoloss.protocol import Kind

Unary: TypeAlias = Callable[[Tensor], Tensor]

abs = torch.abs
exp = torch.exp
expand_dims = standard.expand_dims
expm1 = torch.expm1
log = torch.log
log1p = torch.log1p
logical_not = torch.logical_not
matmul = torch.matmul
matrix_transpose: Unary = standard.matrix_transpose
maximum = torch.maximum
moveaxis = torch.moveaxis
ones_like = torch.ones_like
sign = torch.sign
sqrt = torch.sqrt

_FLOATING = {torch.float16, torch.bfloat16, torch.float32, torch.float64}


def remainder(x: Tensor, y: int | Tensor, /) -> Tensor:
    return torch.remainder(x, y)


def where(condition: Tensor, x: Tensor | float, y: Tensor | float, /) -> Tensor:
    if isinstance(y, Tensor) and not isinstance(x, Tensor) and condition.shape == y.shape:
        return y.masked_fill(condition, x)  # in half the time
    return torch.where(condition, x, y)


def clip(x: Tensor, low: Tensor | float, high: Tensor | float, /) -> Tensor:
    if isinstance(low, Tensor) or isinstance(high, Tensor):
        return torch.clamp(x, torch.as_tensor(low).to(x), torch.as_tensor(high).to(x))
    return torch.clamp(x, low, high)


def squared_difference(x: Tensor, y: Tensor, /) -> Tensor:
    return torch.nn.functional.mse_loss(x, y, reduction="none")  # one pass over the data, and one back


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


def squeeze(x: Tensor, /, *, axis: int) -> Tensor:
    return torch.squeeze(x, axis)


def sum(x: Tensor, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    return torch.sum(x) if axis is None else torch.sum(x, axis, keepdims)


def mean(x: Tensor, /, *, axis: int | None = None) -> Tensor:
    if 0 in x.shape:
        return sum(x, axis=axis)
    return torch.mean(x) if axis is None else torch.mean(x, axis)


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


class _Analytic(torch.autograd.Function):
    """A number for each element of the first array or, if `axes` is 1, for each of its rows."""

    @staticmethod
    def forward(ctx: Any, axes: int, value: Callable[..., Any], slopes: Sequence[Any], *arrays: Any) -> Tensor:
        _keep(ctx, axes, slopes, arrays)
        return _by_blocks(value, axes, *arrays)

    @staticmethod
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]  # one output, so one gradient
        ctx: Any, gradient: Tensor
    ) -> tuple[Any, ...]:
        arrays = _kept(ctx)
        if ctx.axes:
            gradient = gradient.unsqueeze(-1)
        found: list[Any] = [None, None, None]
        for k, slope in enumerate(ctx.slopes):
            own = None
            if slope is not None and ctx.needs_input_grad[k + 3]:
                own = _by_blocks(functools.partial(_weighed, slope), ctx.axes, *arrays, gradient)
                own = own.sum_to_size(arrays[k].shape)
            found.append(own)
        return tuple(found)

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Tensor:
        arrays = _kept(ctx)
        changes = [
            tangent * slope(sys.modules[__name__], *arrays)
            for tangent, slope in zip(tangents[3:], ctx.slopes, strict=True)
            if tangent is not None and slope is not None
        ]
        change = functools.reduce(torch.add, changes)
        return change.sum(-1) if ctx.axes else change


class _Compiled(torch.autograd.Function):
    """The same for torch.compile, which takes no forward mode."""

    @staticmethod
    def forward(axes: int, value: Callable[..., Any], slopes: Sequence[Any], *arrays: Any) -> Tensor:
        return _by_blocks(value, axes, *arrays)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        axes, _, slopes, *arrays = inputs
        _keep(ctx, axes, slopes, arrays)

    backward = staticmethod(_Analytic.backward)


class _Transformed(_Compiled):
    """The same for the transforms of torch.func: apart, since PyTorch takes 10 us longer to apply it."""

    generate_vmap_rule = True
    jvp = staticmethod(_Analytic.jvp)


def _keep(ctx: Any, axes: int, slopes: Sequence[Any], arrays: Sequence[Any]) -> None:
    ctx.axes, ctx.slopes = axes, slopes
    tensors = [x if isinstance(x, Tensor) else None for x in arrays]
    ctx.numbers = [x if tensor is None else None for x, tensor in zip(arrays, tensors, strict=True)]
    ctx.save_for_backward(*tensors)
    if not torch.compiler.is_compiling():
        ctx.save_for_forward(*tensors)


def _kept(ctx: Any) -> list[Any]:
    return [number if x is None else x for x, number in zip(ctx.saved_tensors, ctx.numbers, strict=True)]


def _weighed(slope: Callable[..., Tensor], xp: Any, *arrays: Any) -> Tensor:
    """A slope times the gradient, which stands last."""
    return slope(xp, *arrays[:-1]) * arrays[-1]


BLOCK = 1 << 16
"""How many elements of large arrays are worked on at a time: what a formula makes on its way stays in a core's cache."""


def _by_blocks(function: Callable[..., Tensor], axes: int, *arrays: Any) -> Tensor:
    """`function(ops, *arrays)`, a number for each element or row, by blocks where no graph of it is made."""
    ops, first = sys.modules[__name__], arrays[0]
    if torch.compiler.is_compiling() or torch.is_grad_enabled() or first.numel() <= BLOCK or first.device.type != "cpu":
        return function(ops, *arrays)
    leading = first.shape[: first.ndim - axes]
    rows = leading.numel()
    step = builtins.max(1, BLOCK * rows // first.numel())
    some = [
        x.reshape(rows, *x.shape[len(leading) :]).split(step) if isinstance(x, Tensor) and x.ndim else repeat_forever(x)
        for x in arrays
    ]
    blocks = (function(ops, *block) for block in zip(*some, strict=False))
    block = next(blocks)
    found = block.new_empty((rows, *block.shape[1:]))
    for place in found.split(step):
        place.copy_(block)
        block = next(blocks, block)
    return found.reshape((*leading, *found.shape[1:]))


def elementwise(value: Callable[..., Any], slopes: Sequence[Any], /, *arrays: Any) -> Tensor:
    return _analytic(0, value, slopes, *arrays)


def rowwise(value: Callable[..., Any], slopes: Callable[..., Any], rows: Tensor, constants: Tensor, /) -> Tensor:
    return _analytic(1, value, (slopes, None), rows, constants)


def _analytic(axes: int, value: Callable[..., Tensor], slopes: Sequence[Any], *arrays: Any) -> Tensor:
    arguments = (axes, value, slopes, *arrays)
    if torch.compiler.is_compiling():
        return _Compiled.apply(*arguments)
    if torch._C._are_functorch_transforms_active():
        return _Transformed.apply(*arguments)
    return _Analytic.apply(*arguments)


def holds(condition: Tensor, /) -> bool | None:
    return _seen(condition, lambda: bool(condition.all()))


def within(x: Tensor, low: float, high: float | Tensor, /) -> bool | None:
    if x.numel() == 0:
        return True

    def look() -> bool:
        least, most = torch.aminmax(x.detach())
        return least.item() >= low and most.item() <= high

    return _seen(x, look)


def _seen(x: Tensor, look: Callable[[], bool]) -> bool | None:
    if torch.compiler.is_compiling() or x.device.type != "cpu":
        return None
    try:
        return look()
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
