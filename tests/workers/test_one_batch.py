"""Workers that share a batch get the loss and the gradients of the one that has it whole: PyTorch alone, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from problem import PROBLEMS, Problem, parts, whole
from processes import Found

torch = pytest.importorskip("torch", reason="PyTorch is what the others are compared with")

import isoloss.torch
from isoloss.losses import LOSSES

# In units of float32's resolution 16 for the value and 160, of its largest component, for the gradient. The declared bounds
# stand in front of a condition, which takes exact arithmetic: test_exact_jax.py judges batches that are small enough.
VALUE, GRADIENT = 2e-6, 2e-5


def test_every_loss_that_compares_rows_has_a_problem() -> None:
    assert {problem.loss for problem in PROBLEMS} == {name for name, loss in LOSSES.items() if loss.compares_rows}


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("problem", PROBLEMS, ids=[f"{p.loss} {p.settings}" for p in PROBLEMS])
def test_equals_one_worker(found: list[Found], problem: Problem, masked: bool) -> None:
    of_workers = parts(problem, len(found), masked)
    value, gradients = alone(
        problem, {name: whole([p[name] for p in of_workers], problem.blocks) for name in of_workers[0]}
    )
    for form in problem.forms:
        key = f"{PROBLEMS.index(problem)} {masked} {form}"
        assert all(np.allclose(of_worker[key], value, rtol=VALUE, atol=0.0) for of_worker in found)
        for name, gradient in gradients.items():
            got = [of_worker[f"{key} {name}"] for of_worker in found]
            # parameters are every worker's: their gradients are added up
            together = sum(got) if name in problem.learned else whole(got, problem.blocks)
            assert np.abs(gradient).max() > 1e-6
            assert np.abs(together - gradient).max() <= GRADIENT * np.abs(gradient).max(), (form, name)


def alone(problem: Problem, arrays: dict[str, Any]) -> tuple[float, dict[str, np.ndarray]]:
    """The value and the gradients of one worker."""
    tensors = {n: torch.tensor(x.astype(np.float64) if x.dtype.kind == "f" else x) for n, x in arrays.items()}
    learned = {name: tensors[name].requires_grad_() for name in problem.rows}
    for name in problem.learned:
        number = np.float32(problem.settings[name])
        learned[name] = torch.tensor(float(number), dtype=torch.float64, requires_grad=True)
    value = getattr(isoloss.torch, problem.loss)(**(problem.settings | tensors | learned))
    gradients = torch.autograd.grad(value, list(learned.values()))
    return value.item(), {n: g.numpy() for n, g in zip(learned, gradients, strict=True)}
