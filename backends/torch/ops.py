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

from isoloss.alone import *
from isoloss.protocol import Kind, Pairing, Similarity

Unary: TypeAlias = Callable[[Tensor], Tensor]

BLOCKS_PAY = 2**17  # similarities, on a CPU
BLOCKS_PAY_ELSEWHERE = 2**22  # not measured: of fewer, a tile is too little work for a GPU

abs = torch.abs
copysign = torch.copysign
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
tanh = torch.tanh

_FLOATING = {torch.float16, torch.bfloat16, torch.float32, torch.float64}


def remainder(x: Tensor, y: int | Tensor, /) -> Tensor:
    return torch.remainder(x, y)


def where(condition: Tensor, x: Tensor | float, y: Tensor | float, /) -> Tensor:
    if isinstance(y, Tensor) and not isinstance(x, Tensor) and condition.shape == y.shape:
        return y.masked_fill(condition, x)  # in half the time
    return torch.where(condition, x, y)


def clip(x: Tensor, low: Tensor | float, high: Tensor | float, /) -> Tensor:
    if not (isinstance(low, Tensor) or isinstance(high, Tensor)):
        return torch.clamp(x, low, high)
    low, high = torch.as_tensor(low).to(x), torch.as_tensor(high).to(x)
    if torch.is_grad_enabled() or torch.compiler.is_compiling():
        return torch.clamp(x, low, high)
    return torch.minimum(torch.maximum(x, low), high)  # in a fifth of the time; where they meet it has half a slope


def squared_difference(x: Tensor, y: Tensor, /) -> Tensor:
    if torch.compiler.is_compiling():
        return torch.square(x - y)  # which it makes one pass of; the other's derivative it leaves as it is
    return torch.nn.functional.mse_loss(x, y, reduction="none")  # one pass over the data, and one back


def equal(x: Tensor, y: Tensor | float, /) -> Tensor:
    return torch.eq(x, y)


def concat(arrays: Sequence[Tensor], /, *, axis: int) -> Tensor:
    return standard.concat(list(arrays), axis=axis)


def sort(x: Tensor, /, *, axis: int) -> Tensor:
    return torch.sort(x, axis).values


def cumulative_sum(x: Tensor, /, *, axis: int) -> Tensor:
    return torch.cumsum(x, axis)


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
    if axis is None and not torch.compiler.is_compiling() and x.numel() > BLOCK:
        return torch.sum(x) / x.numel()  # the way back from torch.mean writes an array as large
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
    """A formula's number for each element or, if `axes` is 1, for each row."""

    @staticmethod
    def forward(ctx: Any, axes: int, formula: Callable[..., Any], *arrays: Any) -> Tensor:
        wanted = [k for k, needed in enumerate(ctx.needs_input_grad[2:]) if needed]

        def evaluated(*arrays: Any) -> list[Tensor]:
            value, slopes = formula(sys.modules[__name__], *arrays)
            ctx.of = [k for k in wanted if slopes[k] is not None]
            return [value, *(slopes[k]() for k in ctx.of)]

        value, *slopes = _by_blocks(evaluated, axes, *arrays)
        _keep(ctx, axes, formula, arrays, dict(zip(ctx.of, slopes, strict=True)))
        return value

    @staticmethod
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]  # one output, so one gradient
        ctx: Any, gradient: Tensor
    ) -> tuple[Any, ...]:
        arrays, slopes = _kept(ctx)
        if ctx.axes:
            gradient = gradient.unsqueeze(-1)
        found: list[Any] = [None] * (2 + len(arrays))
        for k, slope in slopes.items():
            own = gradient * slope
            found[k + 2] = own if own.shape == arrays[k].shape else own.sum()
        return tuple(found)

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Tensor:
        arrays, _ = _kept(ctx)
        _, slopes = ctx.formula(sys.modules[__name__], *arrays)
        pairs = zip(slopes, tangents[2:], strict=True)
        changes = [slope() * tangent for slope, tangent in pairs if slope is not None and tangent is not None]
        change = functools.reduce(torch.add, changes)
        return change.sum(-1) if ctx.axes else change


class _Compiled(torch.autograd.Function):
    """The same for torch.compile, which takes no forward mode and wants nothing but inputs kept."""

    @staticmethod
    def forward(axes: int, formula: Callable[..., Any], *arrays: Any) -> Tensor:
        return formula(sys.modules[__name__], *arrays)[0]

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        axes, formula, *arrays = inputs
        _keep(ctx, axes, formula, arrays, {})

    backward = staticmethod(_Analytic.backward)  # pyright: ignore[reportAssignmentType]


class _Transformed(_Compiled):
    """The same for the transforms of torch.func: apart, since PyTorch takes 10 us longer to apply it."""

    generate_vmap_rule = True
    jvp = staticmethod(_Analytic.jvp)


def _keep(
    ctx: Any, axes: int, formula: Callable[..., Any], arrays: Sequence[Tensor], slopes: dict[int, Tensor]
) -> None:
    ctx.axes, ctx.formula, ctx.of = axes, formula, list(slopes)
    ctx.save_for_backward(*arrays, *slopes.values())
    if not torch.compiler.is_compiling():
        ctx.save_for_forward(*arrays)


def _kept(ctx: Any) -> tuple[Sequence[Tensor], dict[int, Tensor]]:
    """The arrays and the slopes that are wanted: anew, if they are to be differentiated or were not kept."""
    kept = ctx.saved_tensors
    arrays = kept[: len(kept) - len(ctx.of)]
    if ctx.of and not torch.is_grad_enabled():
        return arrays, dict(zip(ctx.of, kept[len(arrays) :], strict=True))
    _, slopes = ctx.formula(sys.modules[__name__], *arrays)
    return arrays, {k: slope() for k, slope in enumerate(slopes) if slope is not None and ctx.needs_input_grad[k + 2]}


BLOCK = 1 << 16
"""How many elements of large arrays are worked on at a time: what a formula makes on its way stays in a core's cache."""


def _by_blocks(function: Callable[..., list[Tensor]], axes: int, *arrays: Tensor) -> list[Tensor]:
    """`function(*arrays)`, whose results have a number for each element or row, by blocks of rows on the CPU."""
    first = arrays[0]
    if first.numel() <= BLOCK or first.device.type != "cpu":
        return function(*arrays)
    leading = first.shape[: first.ndim - axes]
    rows = leading.numel()
    step = builtins.max(1, BLOCK * rows // first.numel())
    some = [x.reshape(rows, *x.shape[len(leading) :]).split(step) if x.ndim else repeat_forever(x) for x in arrays]
    found: Sequence[Tensor] = []
    for k, block in enumerate(zip(*some, strict=False)):
        results = function(*block)
        found = found or _like(results, rows)
        for whole, part in zip(found, results, strict=True):
            whole[k * step : (k + 1) * step] = part
    return [x.reshape((*leading, *x.shape[1:])) for x in found]


def _like(results: Sequence[Tensor], rows: int) -> Sequence[Tensor]:
    """Room for so many rows of each. What is alike is one piece of memory: the C library keeps what it gets back up to
    twice the largest piece that it had, and takes the rest from the system anew, at as much time as the work.
    """
    shape = (rows, *results[0].shape[1:])
    if all(x.shape == results[0].shape for x in results):
        return results[0].new_empty((len(results), *shape)).unbind()
    return [x.new_empty((rows, *x.shape[1:])) for x in results]


def elementwise(formula: Callable[..., Any], /, *arrays: Any) -> Tensor:
    first = arrays[0]
    return _analytic(0, formula, *(x if isinstance(x, Tensor) else scalar(x, first) for x in arrays))


def scalar(number: float, like: Tensor) -> Tensor:
    """A number as a tensor."""
    if torch.compiler.is_compiling():
        return like.new_ones(()) * number  # torch.full would make a graph for each number
    return torch.full((), number, dtype=like.dtype, device=like.device)


def rowwise(formula: Callable[..., Any], rows: Tensor, constants: Tensor, /) -> Tensor:
    return _analytic(1, formula, rows, constants)


def _analytic(axes: int, formula: Callable[..., Any], *arrays: Tensor) -> Tensor:
    if torch.compiler.is_compiling():
        if torch.is_grad_enabled() and any(x.requires_grad for x in arrays):
            return _Compiled.apply(axes, formula, *arrays)
        # torch.compile would call forward itself, and miscount its arguments
        return formula(sys.modules[__name__], *arrays)[0]
    if _transformed():
        return _Transformed.apply(axes, formula, *arrays)
    return _Analytic.apply(axes, formula, *arrays)


def _transformed() -> bool:
    return torch._C._are_functorch_transforms_active() or torch.autograd.forward_ad._current_level >= 0


def contrast(
    queries: Tensor,
    keys: Tensor | None,
    temperature: float | Tensor,
    pairing: Pairing[Tensor],
    similarity: Similarity,
    decoupled: bool,
    /,
) -> Tensor:
    from isoloss.torch import tiles  # which is made of these primitives

    return tiles.contrast(queries, keys, temperature, pairing, similarity, decoupled)


def by_hand(dense: Callable[..., Tensor], /, *of: Any) -> Tensor:
    from isoloss.torch import few  # likewise

    return (dense if torch.compiler.is_compiling() or _transformed() else functools.partial(few.contrast, dense))(*of)


def blocks_pay(queries: Tensor, keys: Tensor, /) -> bool:
    if torch.compiler.is_exporting() and isinstance(queries.shape[0], torch.SymInt):
        return False  # nobody can look: a program that is exported is the same for all sizes
    pay = BLOCKS_PAY if queries.device.type == "cpu" else BLOCKS_PAY_ELSEWHERE
    return queries.shape[0] * keys.shape[0] >= pay


def holds(condition: Tensor, /) -> bool | None:
    return _seen(condition, lambda: bool(condition.all()))


def within(x: Tensor, low: float, high: float | Tensor, /) -> bool | None:
    if x.numel() == 0:
        return True

    def look() -> bool:
        least, most = torch.aminmax(x.detach())
        return bool(least.item() >= low and most.item() <= high)

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
    index = x.to(torch.int64)
    return torch.where(index < 0, torch.iinfo(torch.int64).max, index) if x.dtype == torch.uint64 else index
