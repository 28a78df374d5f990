"""What is PyTorch's alone: DistributedDataParallel, dtypes, and processes that do not do what the others do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.distributed as dist
from processes import Found
from torch import Tensor, nn
from with_torch import LIMIT, MISTAKES, SHORT, own, taken

import isoloss.torch
from isoloss.torch import simcse


def test_distributed_data_parallel(found: list[Found]) -> None:
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


def in_one_process(ranks: list[int], dtype: torch.dtype = torch.float32) -> Tensor:
    """The rows of these processes."""
    return torch.cat([own(rank, dtype=dtype) for rank in ranks]).detach().double().requires_grad_()


def equal(found: list[Found], name: str, expected: Found, bound: float) -> None:
    """Each process has the value, and together they have the gradient."""
    for of_worker in found:
        np.testing.assert_allclose(of_worker[name], expected[name], rtol=2e-6)
    gradient = expected[f"{name} gradient"]
    together = np.concatenate([of_worker[f"{name} gradient"] for of_worker in found])
    np.testing.assert_allclose(together, gradient, rtol=0.0, atol=bound * np.abs(gradient).max())


@pytest.mark.parametrize(
    ("dtype", "bound"), [(torch.float16, 2.0**-11), (torch.bfloat16, 2.0**-8), (torch.float64, 1e-12)], ids=str
)
def test_other_dtypes(found: list[Found], dtype: torch.dtype, bound: float) -> None:
    """Those of 16 bits come to a float32 value, and to a gradient that is rounded once more."""
    x = in_one_process([*range(len(found))], dtype)
    equal(found, str(dtype), taken(str(dtype), simcse(x, temperature=0.2), x), bound + 2e-5 * (bound > 1e-6))
    assert all(of_worker[str(dtype)].dtype == (np.float64 if bound < 1e-6 else np.float32) for of_worker in found)


@pytest.mark.parametrize("method", ["blocked", "dense"])
def test_a_value_for_each_row(found: list[Found], method: str) -> None:
    """Each process has those of its own rows, and the gradient of what all make of theirs."""
    x = in_one_process([*range(len(found))])
    expected = taken("", simcse(x, reduction="none"), x)
    np.testing.assert_allclose(np.concatenate([w[f"none {method}"] for w in found]), expected[""], rtol=1e-5)
    together = np.concatenate([w[f"none {method} gradient"] for w in found])
    np.testing.assert_allclose(together, expected[" gradient"], atol=2e-5 * np.abs(expected[" gradient"]).max())


def test_a_group_of_some(found: list[Found]) -> None:
    for first in range(0, len(found), 2):
        x = in_one_process([first, first + 1])
        equal(found[first : first + 2], "pair", taken("pair", simcse(x, temperature=0.2), x), 2e-5)


def test_compiled(found: list[Found]) -> None:
    x = in_one_process([*range(len(found))])
    equal(found, "compiled", taken("compiled", simcse(x, temperature=0.2) / 2.0, x), 2e-5)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_calls_that_differ(found: list[Found], mistake: str) -> None:
    """All processes say so, and none waits."""
    differ = {
        "sizes": ("embeddings=<float32 (4, 3)>", "embeddings=<float32 (6, 3)>"),
        "loss": ("simcse(", "nt_xent("),
        "method": ("method='blocked'", "method='dense'"),
        "where": ("where=None", "where=<bool (4,)>"),
        "dtype": ("<float32", "<float16"),
        "gradient": ("(4, 3)>", "(4, 3) with gradient>"),
        "temperature": ("temperature=1.0", "temperature=0.5"),
    }[mistake]
    for of_worker in found:
        said = str(of_worker[f"refused {mistake}"])
        assert said.startswith("ValueError")
        _, first, other = said.replace("process 0 called", "|").replace("and process 1", "|").split("|")
        assert differ[0] in first
        assert differ[1] in other


@pytest.mark.parametrize("method", ["blocked", "dense"])
def test_second_derivatives(found: list[Found], method: str) -> None:
    for of_worker in found:
        assert "first derivatives alone: leave out group=" in str(of_worker[f"twice {method}"])


def test_a_process_that_makes_no_call(found: list[Found]) -> None:
    """The others get an error when the time of the group is over."""
    for of_worker in found[1:]:
        assert str(of_worker["silent"]).startswith("RuntimeError")
        assert of_worker["waited"] < SHORT.total_seconds() + 10.0


def test_a_process_that_dies(found: list[Found]) -> None:
    """The others get an error, long before the time of the group is over."""
    for of_worker in found[:-1]:
        assert str(of_worker["bereft"]).startswith("RuntimeError")
        assert of_worker["mourned"] < LIMIT.total_seconds() / 2.0


def test_one_process_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It sends nothing, and gets what it would without a group."""
    embeddings = own(0)
    with pytest.raises(RuntimeError, match=r"wants the processes of torch\.distributed, and there are none"):
        simcse(embeddings, group="world")
    dist.init_process_group("gloo", init_method=f"file://{tmp_path}/store", rank=0, world_size=1)
    try:
        for collective in ("all_gather", "all_gather_object", "all_reduce", "reduce_scatter"):
            monkeypatch.delattr(dist, collective)
        for method in ("blocked", "dense"):
            got = taken("", simcse(embeddings, method=method, group="world"), embeddings)
            expected = taken("", simcse(embeddings, method=method), embeddings)
            assert all(np.array_equal(got[name], expected[name]) for name in expected)
        with pytest.raises(TypeError, match="group must be a torch"):
            simcse(embeddings, group="all")  # pyright: ignore[reportArgumentType]
    finally:
        monkeypatch.undo()
        dist.destroy_process_group()
