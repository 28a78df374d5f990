"""One of some processes that share batches: `with_torch.py RANK SIZE FOLDER`; what it got is in FOLDER/RANK.npz."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from problem import PROBLEMS, parts
from torch import nn
from torch.nn.parallel import DistributedDataParallel

import isoloss.torch

LIMIT = timedelta(seconds=30)


def main(rank: int, size: int, folder: Path) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/store", rank=rank, world_size=size, timeout=LIMIT)
    found: dict[str, np.ndarray] = {}
    for k, problem in enumerate(PROBLEMS):
        methods = ("blocked", "dense") if problem.learned == "temperature" else ("",)
        for masked in (False, True):
            for method in methods:
                arrays = {name: torch.tensor(x) for name, x in parts(problem, size, masked)[rank].items()}
                learned = {name: arrays[name].requires_grad_() for name in problem.rows}
                learned[problem.learned] = torch.tensor(problem.settings[problem.learned], requires_grad=True)
                settings = problem.settings | ({"method": method} if method else {}) | arrays | learned
                value = getattr(isoloss.torch, problem.loss)(**settings, group="world")
                gradients = torch.autograd.grad(value, list(learned.values()))
                key = f"{k} {masked} {method}"
                found[key] = value.detach().numpy()
                found |= {f"{key} {n}": g.numpy() for n, g in zip(learned, gradients, strict=True)}
    found |= trained(rank, size)
    found["refused"] = np.array(refused(rank))
    np.savez(folder / f"{rank}.npz", **found)
    dist.destroy_process_group()


def trained(rank: int, size: int) -> dict[str, np.ndarray]:
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


def refused(rank: int) -> str:
    """What is said of batches of different sizes."""
    try:
        isoloss.torch.simcse(torch.ones(4 + 2 * rank, 3), group="world")
    except ValueError as error:
        return str(error)
    return "nothing"


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
