"""The demo's encoder, trained by processes that share each batch; its curve is that of one process with the whole batch.

torchrun --nproc-per-node 2 docs/examples/global_batch_torch.py
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

import isoloss.torch

sys.path.append(str(Path(__file__).parents[1] / "demo"))

from data import BATCH, Digits
from task import DIMENSIONS, HIDDEN, LEARNING_RATE, MOMENTUM, PIXELS, TEMPERATURE, Task

BOUND = 1e-5  # relative: about a hundred times the resolution of float32, for all the steps together


def encoder(task: Task) -> nn.Module:
    """The encoder with its initial weights."""
    found = nn.Sequential(nn.Linear(PIXELS, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, DIMENSIONS))
    with torch.no_grad():
        for parameter, weight in zip(found.parameters(), task.weights, strict=True):
            parameter.copy_(torch.from_numpy(weight.T))  # nn.Linear keeps (out, in)
    return found


def curve(task: Task, model: nn.Module, criterion: nn.Module, rows: slice) -> torch.Tensor:
    """The losses of a training that sees some rows of each batch."""
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
    losses: list[torch.Tensor] = []
    for views in torch.from_numpy(task.batches):
        losses.append(criterion(model(views[rows].flatten(0, 1))))  # rows 2k and 2k + 1 are views of one image
        optimizer.zero_grad()
        losses[-1].backward()
        optimizer.step()
    return torch.stack(losses).detach()


def compared(together: torch.Tensor, alone: torch.Tensor, size: int) -> bool:
    """Print how far the curves are apart, and tell whether they match."""
    largest = float(((together - alone) / alone).abs().max())
    matches = largest <= BOUND
    print(f"loss {together[0]:.4f} at step 1, {together[-1]:.4f} at step {len(together)}")
    print(
        f"{size} processes and one {'match' if matches else 'differ'}: "
        f"largest relative difference {largest:.1e}, at most {BOUND:.0e} allowed"
    )
    return matches


def main() -> int:
    """Train; the exit status is 1 if the curves differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=200, help="steps of training (default: %(default)s)")
    task = Digits().task(parser.parse_args().steps)
    dist.init_process_group("gloo")
    rank, size = dist.get_rank(), dist.get_world_size()
    if BATCH % size:
        raise ValueError(f"{BATCH} images cannot be shared alike by {size} processes: choose a power of two")
    own = slice(rank * BATCH // size, (rank + 1) * BATCH // size)
    criterion = isoloss.torch.SimCSELoss(temperature=TEMPERATURE, group="world", averaged_gradients=True)
    alone = isoloss.torch.SimCSELoss(temperature=TEMPERATURE)
    together = curve(task, DistributedDataParallel(encoder(task)), criterion, own)
    matches = rank > 0 or compared(together, curve(task, encoder(task), alone, slice(None)), size)
    dist.barrier()  # gloo's threads should be done when the interpreter ends: pytorch/pytorch#190489
    dist.destroy_process_group()
    return 0 if matches else 1


if __name__ == "__main__":
    sys.exit(main())
