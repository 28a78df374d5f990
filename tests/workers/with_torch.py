"""One of some processes that share batches: `with_torch.py RANK SIZE FOLDER`; what it got is in FOLDER/RANK.npz."""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from problem import PROBLEMS, parts
from processes import Found
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

import isoloss.torch
from isoloss.torch import nt_xent, simcse

LIMIT, SHORT = timedelta(seconds=120), timedelta(seconds=3)


def main(rank: int, size: int, folder: Path) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/store", rank=rank, world_size=size, timeout=LIMIT)
    found = of_problems(rank, size) | trained(rank, size) | of_variants(rank) | of_pairs(rank, size) | compiled(rank)
    found |= {f"refused {name}": np.array(error_of(call, rank)) for name, call in MISTAKES.items()}
    found |= twice() | silent(rank)
    if rank == size - 1:
        np.savez(folder / f"{rank}.npz", **found)
        os._exit(0)
    np.savez(folder / f"{rank}.npz", **found, **bereft())


def of_problems(rank: int, size: int) -> Found:
    """The value and the gradients of each problem."""
    found: Found = {}
    for k, problem in enumerate(PROBLEMS):
        for masked in (False, True):
            for form, chosen in problem.forms.items():
                arrays = {name: torch.tensor(x) for name, x in parts(problem, size, masked)[rank].items()}
                learned = {name: arrays[name].requires_grad_() for name in problem.rows}
                learned |= {n: torch.tensor(problem.settings[n], requires_grad=True) for n in problem.learned}
                settings = problem.settings | chosen | arrays | learned
                value = getattr(isoloss.torch, problem.loss)(**settings, group="world")
                gradients = torch.autograd.grad(value, list(learned.values()))
                key = f"{k} {masked} {form}"
                found[key] = value.detach().numpy()
                found |= {f"{key} {n}": g.numpy() for n, g in zip(learned, gradients, strict=True)}
    return found


def trained(rank: int, size: int) -> Found:
    """The parameters after ten steps of an encoder in DistributedDataParallel."""
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
    model = DistributedDataParallel(encoder)
    criterion = isoloss.torch.SimCSELoss(temperature=0.2, group=dist.group.WORLD, averaged_gradients=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for step in range(10):
        batch = torch.randn(8 * size, 6, generator=torch.Generator().manual_seed(step))
        optimizer.zero_grad()
        criterion(model(batch[8 * rank : 8 * (rank + 1)])).backward()
        optimizer.step()
    return {f"trained {name}": x.detach().numpy() for name, x in encoder.named_parameters()}


def own(rank: int, **more: Any) -> Tensor:
    """Rows that no other process has."""
    return torch.randn(8, 6, generator=torch.Generator().manual_seed(rank)).to(**more).requires_grad_()


def taken(name: str, value: Tensor, embeddings: Tensor) -> Found:
    """A value, and the gradient of the embeddings that it comes of."""
    (gradient,) = torch.autograd.grad(value.sum(), embeddings)
    return {name: value.detach().numpy(), f"{name} gradient": gradient.double().numpy()}


def of_variants(rank: int) -> Found:
    """Of other dtypes, and with a value for each row."""
    found: Found = {}
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        x = own(rank, dtype=dtype)
        found |= taken(str(dtype), simcse(x, temperature=0.2, group="world"), x)
    for method in ("blocked", "dense"):
        x = own(rank)
        found |= taken(f"none {method}", simcse(x, method=method, reduction="none", group="world"), x)
    return found


def of_pairs(rank: int, size: int) -> Found:
    """In a group of two processes, which are not the first two for all."""
    pairs = [dist.new_group([first, first + 1]) for first in range(0, size, 2)]
    x = own(rank)
    return taken("pair", simcse(x, temperature=0.2, method="dense", group=pairs[rank // 2]), x)


def compiled(rank: int) -> Found:
    """Inside a function that is compiled."""
    x, criterion = own(rank), isoloss.torch.SimCSELoss(temperature=0.2, group="world")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The .grad attribute of a Tensor")  # PyTorch's own, where a graph breaks
        value = torch.compile(lambda x: criterion(x * 2.0) / 2.0, backend="eager")(x)
        return taken("compiled", value, x)


MISTAKES: dict[str, Callable[[int], Tensor]] = {
    "sizes": lambda rank: simcse(torch.ones(4 + 2 * rank, 3), group="world"),
    "loss": lambda rank: (nt_xent if rank else simcse)(torch.ones(4, 3), group="world"),
    "method": lambda rank: simcse(torch.ones(4, 3), method="dense" if rank else "blocked", group="world"),
    "where": lambda rank: simcse(
        torch.ones(4, 3), where=torch.ones(4, dtype=torch.bool) if rank else None, group="world"
    ),
    "dtype": lambda rank: simcse(torch.ones(4, 3, dtype=torch.float16 if rank else torch.float32), group="world"),
    "gradient": lambda rank: simcse(torch.ones(4, 3, requires_grad=rank > 0), group="world"),
    "temperature": lambda rank: simcse(torch.ones(4, 3), temperature=0.5 if rank else 1.0, group="world"),
}
"""Calls that are not the same in process 0 as in the others."""


def error_of(call: Callable[..., Any], *arguments: Any) -> str:
    """What is said of it."""
    try:
        call(*arguments)
    except (RuntimeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return "nothing"


def twice() -> Found:
    """What is said of second derivatives."""
    found: Found = {}
    for method in ("blocked", "dense"):
        x = own(0)
        value = simcse(x, method=method, group="world")
        found[f"twice {method}"] = np.array(
            error_of(lambda v, x: torch.autograd.grad(v, x, create_graph=True), value, x)
        )
    return found


def silent(rank: int) -> Found:
    """What is said where process 0 makes no call, and after how long."""
    group = dist.new_group(timeout=SHORT)
    began = time.monotonic()
    said = error_of(lambda: simcse(torch.ones(4, 3), group=group)) if rank else time.sleep(2.0 * SHORT.seconds)
    return {"silent": np.array(str(said)), "waited": np.array(time.monotonic() - began)}


def bereft() -> Found:
    """What is said where the last process is dead, and after how long."""
    began = time.monotonic()
    said = error_of(lambda: simcse(torch.ones(4, 3), group="world"))
    return {"bereft": np.array(said), "mourned": np.array(time.monotonic() - began)}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
