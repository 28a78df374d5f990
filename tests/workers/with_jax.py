"""Some devices that share batches: `with_jax.py SIZE FOLDER`; what each got is in FOLDER/RANK.npz."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

SIZE = int(sys.argv[1])
os.environ |= {"JAX_PLATFORMS": "cpu", "XLA_FLAGS": f"--xla_force_host_platform_device_count={SIZE}"}

import jax
import numpy as np
from jax import Array
from jax.sharding import Mesh, PartitionSpec
from problem import PROBLEMS, Problem, parts

import isoloss.jax

MESH = Mesh(np.array(jax.devices()), ("workers",))
EACH, ALL = PartitionSpec("workers"), PartitionSpec()


def main(folder: Path) -> None:
    batches = [(k, masked) for k in range(len(PROBLEMS)) for masked in (False, True)]
    arrays = {f"{k} {masked}": together(PROBLEMS[k], masked) for k, masked in batches}

    def of_worker(arrays: dict[str, dict[str, Array]]) -> tuple[dict[str, Array], dict[str, Array]]:
        values, gradients = {}, {}
        for k, masked in batches:
            problem = PROBLEMS[k]
            for form, chosen in problem.forms.items():
                key = f"{k} {masked} {form}"
                values[key], found = value_and_gradients(problem, chosen, arrays[f"{k} {masked}"])
                gradients |= {f"{key} {name}": gradient for name, gradient in found.items()}
        return values, gradients

    values, gradients = jax.jit(jax.shard_map(of_worker, mesh=MESH, in_specs=EACH, out_specs=(ALL, EACH)))(arrays)
    for rank in range(SIZE):
        own = {name: np.split(np.asarray(x), SIZE)[rank] for name, x in gradients.items()}
        np.savez(folder / f"{rank}.npz", **values, **own)


def together(problem: Problem, masked: bool) -> dict[str, np.ndarray]:
    """The arrays of all, of which `shard_map` gives each worker its own again; it has learned numbers of its own, too."""
    of_workers = parts(problem, SIZE, masked)
    arrays = {name: np.concatenate([part[name] for part in of_workers]) for name in of_workers[0]}
    return arrays | {name: np.full(SIZE, problem.settings[name], np.float32) for name in problem.learned}


def value_and_gradients(
    problem: Problem, chosen: dict[str, Any], arrays: dict[str, Array]
) -> tuple[Array, dict[str, Array]]:
    settings = problem.settings | chosen | arrays

    def value(learned: dict[str, Array]) -> Array:
        numbers = {name: learned[name][0] for name in problem.learned}
        return getattr(isoloss.jax, problem.loss)(**(settings | learned | numbers), axis_name="workers")

    return jax.value_and_grad(value)({name: arrays[name] for name in (*problem.rows, *problem.learned)})


if __name__ == "__main__":
    main(Path(sys.argv[2]))
