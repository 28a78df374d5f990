"""PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

import isoloss.torch
from isoloss.conformance.cases.case import Case
from isoloss.conformance.runners import Result, batched, split

MODES = ("eager", "grad", "vmap", "aot_eager", "inductor")
COMPILED = ("aot_eager", "inductor")
SLOW = COMPILED

Tensors = dict[str, torch.Tensor]

_COMPILED: dict[str, Callable[..., Any]] = {}


def run(
    name: str,
    case: Case,
    *,
    mode: str = "eager",
    dtype: str = "float32",
    device: str = "cpu",
    functions: Any = isoloss.torch,
) -> Result:
    """Value and gradients of a case; functions: the module that has the loss."""
    parts = split(name, case)

    def step(learned: Tensors, given: Tensors) -> torch.Tensor:
        return getattr(functions, name)(**learned, **given, **parts.fixed)

    learned = {n: tensor(x, dtype, device) for n, x in parts.learned.items()}
    given = {n: tensor(x, dtype, device) for n, x in parts.given.items()}
    if mode in COMPILED:
        shapes = {n: (x.shape, x.dtype) for n, x in (learned | given).items()}
        key = repr((name, mode, parts.fixed, shapes))
        if key not in _COMPILED:  # all of them together would count as recompilations of one function
            torch.compiler.reset()
            _COMPILED.clear()
            _COMPILED[key] = torch.compile(step, fullgraph=True, dynamic=True, backend=mode)
        compiled = _COMPILED[key]
        varies = batched(name, parts)
        _backward(compiled, _larger(learned, varies), _larger(given, varies))
        value, gradients = _backward(compiled, learned, given)
    elif mode == "eager":
        value, gradients = _backward(step, learned, given)
    else:
        value, gradients = _functional(step, learned, given, mapped=mode == "vmap")
    return Result(
        value.detach().double().cpu().numpy(),
        {n: g.double().cpu().numpy() for n, g in gradients.items()},
        str(value.dtype).removeprefix("torch."),
        value.device.type,
    )


def tensor(x: np.ndarray[Any, Any], dtype: str, device: str) -> torch.Tensor:
    """A tensor, in the dtype if it is floating."""
    found = torch.tensor(x, device=device)
    return found.to(getattr(torch, dtype)) if x.dtype.kind == "f" else found


def _larger(arrays: Tensors, varies: dict[str, bool]) -> Tensors:
    """The same arrays with the batch twice over."""
    return {n: torch.cat([x, x]) if varies[n] and x.ndim else x for n, x in arrays.items()}


def _backward(step: Callable[..., Any], learned: Tensors, given: Tensors) -> tuple[torch.Tensor, Tensors]:
    learned = {n: x.clone().requires_grad_() for n, x in learned.items()}
    value = step(learned, given)
    gradients = torch.autograd.grad(value.sum(), list(learned.values())) if learned else ()
    return value, dict(zip(learned, gradients, strict=True))


def _functional(
    step: Callable[..., Any], learned: Tensors, given: Tensors, *, mapped: bool
) -> tuple[torch.Tensor, Tensors]:
    def both(learned: Tensors, given: Tensors) -> tuple[Tensors, torch.Tensor]:
        def total(learned: Tensors) -> tuple[torch.Tensor, torch.Tensor]:
            value = step(learned, given)
            return value.sum(), value

        return torch.func.grad(total, has_aux=True)(learned)

    if not mapped:
        gradients, value = both(learned, given)
        return value, gradients
    stacked = [
        {n: torch.stack([x * 0.5 if x.is_floating_point() else x, x]) for n, x in d.items()} for d in (learned, given)
    ]
    gradients, value = torch.func.vmap(both, in_dims=tuple(0 if d else None for d in stacked))(*stacked)
    return value[1], {n: g[1] for n, g in gradients.items()}
