"""Processes that share a batch get the loss and the gradients of the one process that has it whole."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.distributed as dist
from problem import PROBLEMS, Problem, parts, whole
from torch import nn

import isoloss.torch

SCRIPT = Path(__file__).parent / "with_torch.py"

Found = list[dict[str, np.ndarray]]


@pytest.fixture(scope="module", params=[2, 4])
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What each process got."""
    size, folder = request.param, tmp_path_factory.mktemp("workers")
    processes = [
        subprocess.Popen([sys.executable, "-W", "error", str(SCRIPT), str(rank), str(size), str(folder)], stderr=-1)
        for rank in range(size)
    ]
    said = [process.communicate(timeout=120)[1].decode() for process in processes]
    assert not any(process.returncode for process in processes), "\n".join(said)
    return [dict(np.load(folder / f"{rank}.npz")) for rank in range(size)]


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("problem", PROBLEMS, ids=[f"{p.loss} {p.settings}" for p in PROBLEMS])
def test_equals_one_process(found: Found, problem: Problem, masked: bool) -> None:
    """In float32 beside float64."""
    of_workers = parts(problem, len(found), masked)
    value, gradients = alone(problem, {name: whole(problem, [p[name] for p in of_workers]) for name in of_workers[0]})
    for method in ("blocked", "dense") if problem.learned == "temperature" else ("",):
        key = f"{PROBLEMS.index(problem)} {masked} {method}"
        assert all(np.allclose(of_worker[key], value, rtol=2e-6) for of_worker in found)
        for name, gradient in gradients.items():
            got = [of_worker[f"{key} {name}"] for of_worker in found]
            # parameters are every worker's: their gradients are added up
            together = sum(got) if name == problem.learned else whole(problem, got)
            assert np.abs(gradient).max() > 1e-6
            assert np.abs(together - gradient).max() <= 2e-5 * np.abs(gradient).max(), (method, name)


def alone(problem: Problem, arrays: dict[str, Any]) -> tuple[float, dict[str, np.ndarray]]:
    tensors = {n: torch.tensor(x.astype(np.float64) if x.dtype.kind == "f" else x) for n, x in arrays.items()}
    learned = {name: tensors[name].requires_grad_() for name in problem.rows}
    number = np.float32(problem.settings[problem.learned])
    learned[problem.learned] = torch.tensor(float(number), dtype=torch.float64, requires_grad=True)
    value = getattr(isoloss.torch, problem.loss)(**(problem.settings | tensors | learned))
    gradients = torch.autograd.grad(value, list(learned.values()))
    return value.item(), {n: g.numpy() for n, g in zip(learned, gradients, strict=True)}


def test_distributed_data_parallel(found: Found) -> None:
    """Ten steps: the parameters are those of one process."""
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
    criterion = isoloss.torch.SimCSELoss(temperature=0.2)
    optimizer = torch.optim.SGD(encoder.parameters(), lr=0.1)
    for step in range(10):
        optimizer.zero_grad()
        criterion(encoder(torch.randn(8 * len(found), 6, generator=torch.Generator().manual_seed(step)))).backward()
        optimizer.step()
    for name, expected in encoder.named_parameters():
        for of_worker in found:
            assert np.allclose(of_worker[f"trained {name}"], expected.detach().numpy(), rtol=1e-4, atol=1e-5), name


def test_batches_of_different_sizes(found: Found) -> None:
    """All processes say so, and none waits."""
    sizes = ", ".join(str(4 + 2 * rank) for rank in range(len(found)))
    for of_worker in found:
        assert f"as many rows of embeddings; they have {sizes}" in str(of_worker["refused"])


def test_a_process_that_dies(tmp_path: Path) -> None:
    """The others get an error, long before the time limit of the group."""
    begin = time.monotonic()
    script = f"""
import sys, torch, torch.distributed as dist, isoloss.torch
rank = int(sys.argv[1])
dist.init_process_group("gloo", init_method="file://{tmp_path}/store", rank=rank, world_size=2)
if rank:
    sys.exit()
isoloss.torch.simcse(torch.ones(4, 3), group="world")
"""
    processes = [subprocess.Popen([sys.executable, "-c", script, str(rank)], stderr=-1) for rank in range(2)]
    said = [process.communicate(timeout=60)[1].decode() for process in processes]
    assert processes[0].returncode == 1
    assert "Error" in said[0]
    assert time.monotonic() - begin < 60


def test_one_process_alone(tmp_path: Path) -> None:
    embeddings = torch.randn(6, 4)
    with pytest.raises(RuntimeError, match=r"wants the processes of torch\.distributed, and there are none"):
        isoloss.torch.simcse(embeddings, group="world")
    dist.init_process_group("gloo", init_method=f"file://{tmp_path}/store", rank=0, world_size=1)
    try:
        assert isoloss.torch.simcse(embeddings, group="world") == isoloss.torch.simcse(embeddings)
        with pytest.raises(TypeError, match="group must be a torch"):
            isoloss.torch.simcse(embeddings, group="all")  # pyright: ignore[reportArgumentType]
    finally:
        dist.destroy_process_group()
