"""Replicas that share batches: `with_tensorflow.py SIZE FOLDER`; what each got is in FOLDER/RANK.npz."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from problem import PROBLEMS, Array, parts

import isoloss.tensorflow


def main(size: int, folder: Path) -> None:
    strategy = replicas(size)
    found = [gradients(strategy, size), trained(strategy, size)]
    refusal = np.array(refused(strategy, size))
    for rank in range(size):
        np.savez(folder / f"{rank}.npz", **{name: x[rank] for part in found for name, x in part.items()}, refused=refusal)


def replicas(size: int) -> tf.distribute.Strategy:
    """As many replicas, each on a logical CPU."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    device = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(device, [tf.config.LogicalDeviceConfiguration()] * size)
    return tf.distribute.MirroredStrategy([f"CPU:{k}" for k in range(size)])


def of_replicas(strategy: tf.distribute.Strategy, values: list[Any]) -> Any:
    """A value for each replica."""
    return strategy.experimental_distribute_values_from_function(
        lambda context: values[context.replica_id_in_sync_group]
    )


def gradients(strategy: tf.distribute.Strategy, size: int) -> dict[str, list[Array]]:
    """Of each problem, the value and the gradients that each replica gets."""
    given = {}
    for k, problem in enumerate(PROBLEMS):
        for masked in (False, True):
            of_workers = parts(problem, size, masked)
            for name in of_workers[0]:
                given[f"{k} {masked} {name}"] = of_replicas(strategy, [tf.constant(p[name]) for p in of_workers])

    def in_a_replica(given: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        found = {}
        for k, problem in enumerate(PROBLEMS):
            methods = ("blocked", "dense") if problem.learned == "temperature" else ("",)
            for masked in (False, True):
                for method in methods:
                    key = f"{k} {masked} {method}"
                    start = f"{k} {masked} "
                    arrays = {name.removeprefix(start): x for name, x in given.items() if name.startswith(start)}
                    learned = {name: arrays[name] for name in problem.rows}
                    learned[problem.learned] = tf.constant(problem.settings[problem.learned])
                    settings = problem.settings | ({"method": method} if method else {}) | arrays | learned
                    with tf.GradientTape() as tape:
                        tape.watch(learned)
                        found[key] = getattr(isoloss.tensorflow, problem.loss)(**settings, across_replicas=True)
                    for name, gradient in tape.gradient(found[key], learned).items():
                        found[f"{key} {name}"] = gradient
        return found

    @tf.function
    def run() -> Any:
        return strategy.run(in_a_replica, (given,))

    return {
        name: [x.numpy() for x in strategy.experimental_local_results(of_all)] for name, of_all in run().items()
    }


def trained(strategy: tf.distribute.Strategy, size: int) -> dict[str, list[Array]]:
    """The parameters after ten steps of an encoder."""
    return {}


def refused(strategy: tf.distribute.Strategy, size: int) -> str:
    """What is said of batches of different sizes."""
    batches = of_replicas(strategy, [tf.ones((4 + 2 * rank, 3)) for rank in range(size)])
    try:
        tf.function(lambda: strategy.run(lambda x: isoloss.tensorflow.simcse(x, across_replicas=True), (batches,)))()
    except ValueError as error:
        return str(error)
    return "nothing"


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
