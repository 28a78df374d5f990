"""Some devices that share batches: `with_jax.py SIZE FOLDER`; what each got is in FOLDER/RANK.npz."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

SIZE = int(sys.argv[1])
os.environ |= {"JAX_PLATFORMS": "cpu", "XLA_FLAGS": f"--xla_force_host_platform_device_count={SIZE}"}

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.sharding import Mesh, PartitionSpec
from problem import PROBLEMS, Problem, parts

import isoloss.jax

MESH = Mesh(np.array(jax.devices()), ("workers",))
EACH, ALL = PartitionSpec("workers"), PartitionSpec()


def main(folder: Path) -> None:
    batches = [(k, masked) for k in range(len(PROBLEMS)) for masked in (False, True)]
    arrays = {f"{k} {masked}": together(parts(PROBLEMS[k], SIZE, masked)) for k, masked in batches}

    def of_worker(arrays: dict[str, dict[str, Array]]) -> tuple[dict[str, Array], dict[str, Array]]:
        values, gradients = {}, {}
        for k, masked in batches:
            problem = PROBLEMS[k]
            for method in ("blocked", "dense") if problem.learned == "temperature" else ("",):
                key = f"{k} {masked} {method}"
                values[key], found = value_and_gradients(problem, method, arrays[f"{k} {masked}"])
                gradients |= {f"{key} {name}": gradient for name, gradient in found.items()}
        return values, gradients

    values, gradients = jax.jit(jax.shard_map(of_worker, mesh=MESH, in_specs=EACH, out_specs=(ALL, EACH)))(arrays)
    same = {name: np.asarray(x) for name, x in (values | trained()).items()}
    for rank in range(SIZE):
        own = {name: np.split(np.asarray(x), SIZE)[rank] for name, x in gradients.items()}
        np.savez(folder / f"{rank}.npz", **same, **own)


def together(of_workers: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The arrays of all: `shard_map` gives each worker its own again."""
    return {name: np.concatenate([part[name] for part in of_workers]) for name in of_workers[0]}


def value_and_gradients(problem: Problem, method: str, arrays: dict[str, Array]) -> tuple[Array, dict[str, Array]]:
    """The gradient of a number, too, is this worker's own; shard_map would add those of all up."""
    number = jnp.asarray(problem.settings[problem.learned], "float32")
    learned = {name: arrays[name] for name in problem.rows}
    learned[problem.learned] = jax.lax.pcast(number, "workers", to="varying")
    settings = problem.settings | ({"method": method} if method else {}) | arrays

    def value(learned: dict[str, Array]) -> Array:
        return getattr(isoloss.jax, problem.loss)(**(settings | learned), axis_name="workers")

    found, gradients = jax.value_and_grad(value)(learned)
    return found, gradients | {problem.learned: gradients[problem.learned][None]}


def trained() -> dict[str, Array]:
    return {}


if __name__ == "__main__":
    main(Path(sys.argv[2]))
