"""Replicas that share batches: `with_tensorflow.py SIZE FOLDER`; what each got is in FOLDER/RANK.npz."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from problem import PROBLEMS, Array, batch, encoder, parts

import isoloss.tensorflow
from isoloss.tensorflow import simcse, tiles


def main(size: int, folder: Path) -> None:
    strategy = replicas(size)
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})  # which takes longer than it saves
    if size == 4:
        tiles.BLOCK, tiles.STRIP = 16, 1  # strips of few rows
    every = [*(gradients(strategy, size, masked) for masked in (False, True)), trained(strategy, size)]
    found = of_variants(strategy, size) | refused(strategy, size)
    for rank in range(size):
        own = {name: x[rank] for part in every for name, x in part.items()}
        np.savez(folder / f"{rank}.npz", **own, **{name: np.array(x) for name, x in found.items()})


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


def gradients(strategy: tf.distribute.Strategy, size: int, masked: bool) -> dict[str, list[Array]]:
    """Of each problem, the value and the gradients that each replica gets."""
    given = {}
    for k, problem in enumerate(PROBLEMS):
        of_workers = parts(problem, size, masked)
        for name in of_workers[0]:
            given[f"{k} {name}"] = of_replicas(strategy, [tf.constant(own[name]) for own in of_workers])

    def in_a_replica(given: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        found = {}
        for k, problem in enumerate(PROBLEMS):
            for form, chosen in problem.forms.items():
                key, mine = f"{k} {masked} {form}", f"{k} "
                arrays = {name.removeprefix(mine): x for name, x in given.items() if name.startswith(mine)}
                learned = {name: arrays[name] for name in problem.rows}
                learned |= {name: tf.constant(problem.settings[name]) for name in problem.learned}
                settings = problem.settings | chosen | arrays | learned
                with tf.GradientTape() as tape:
                    tape.watch(learned)
                    found[key] = getattr(isoloss.tensorflow, problem.loss)(**settings, across_replicas=True)
                found |= {f"{key} {name}": x for name, x in tape.gradient(found[key], learned).items()}
        return found

    def run() -> Any:
        return strategy.run(in_a_replica, (given,))

    # some in a graph, which takes several times as long to make as what is in it
    found = tf.function(run)() if masked and size == 2 else run()
    return {name: [x.numpy() for x in strategy.experimental_local_results(of_all)] for name, of_all in found.items()}


def trained(strategy: tf.distribute.Strategy, size: int) -> dict[str, list[Array]]:
    """The parameters after ten steps of an encoder, whose optimizer adds up the gradients of all replicas."""
    weights = encoder()
    with strategy.scope():
        model = tf.keras.Sequential(
            [tf.keras.Input((6,)), tf.keras.layers.Dense(5, activation="tanh"), tf.keras.layers.Dense(4)]
        )
        model.set_weights([x.T for x in weights.values()])
        optimizer = tf.keras.optimizers.SGD(0.1)

    def in_a_replica(rows: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            loss = isoloss.tensorflow.simcse(model(rows), temperature=0.2, across_replicas=True)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))

    run = tf.function(lambda rows: strategy.run(in_a_replica, (rows,)))
    for step in range(10):
        run(of_replicas(strategy, np.split(batch(step, size), size)))
    return {
        f"trained {name}": [x.numpy().T for x in strategy.experimental_local_results(variable.value)]
        for name, variable in zip(weights, model.trainable_variables, strict=True)
    }


def of_variants(strategy: tf.distribute.Strategy, size: int) -> dict[str, list[Array]]:
    """Of other dtypes, of an array that all replicas have as one object, and with a value for each row."""
    rows = batch(0, size)
    found = {}
    for dtype in (tf.float16, tf.float64):
        own = of_replicas(strategy, [tf.constant(x, dtype) for x in np.split(rows, size)])
        found[dtype.name] = strategy.run(lambda x: simcse(x, temperature=0.2, across_replicas=True), (own,))
    one = tf.constant(rows[:8])
    found["one object"] = strategy.run(
        lambda: isoloss.tensorflow.npairs(one, one, temperature=2.0, across_replicas=True)
    )

    def values_and_gradient(x: tf.Tensor) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            values = simcse(x, temperature=0.2, reduction="none", across_replicas=True)
        return values, tape.gradient(values, x)

    own = of_replicas(strategy, [tf.constant(x) for x in np.split(rows, size)])
    found["none"], found["none gradient"] = strategy.run(values_and_gradient, (own,))
    return {name: [x.numpy() for x in strategy.experimental_local_results(of_all)] for name, of_all in found.items()}


def refused(strategy: tf.distribute.Strategy, size: int) -> dict[str, Any]:
    """What is said of batches of different sizes and of second derivatives, and batches of sizes that the run alone knows."""

    def of_sizes(*sizes: int) -> Any:
        return of_replicas(strategy, [tf.constant(batch(n, 1)[:n]) for n in sizes])

    def loss(x: tf.Tensor) -> tf.Tensor:
        return simcse(x, temperature=0.2, across_replicas=True)

    def twice(x: tf.Tensor) -> Any:
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                value = loss(x)
            slope = tf.reduce_sum(inner.gradient(value, x))
        return outer.gradient(slope, x)

    def error_of(run: Any) -> str:
        try:
            run()
        except (ValueError, NotImplementedError, tf.errors.InvalidArgumentError) as error:
            return f"{type(error).__name__}: {error}"
        return "nothing"

    unequal, alike = of_sizes(*(4 + 2 * (rank == size - 1) for rank in range(size))), of_sizes(*[4] * size)
    late = tf.function(lambda x: strategy.run(loss, (x,)), reduce_retracing=True)
    late(alike)
    late(of_sizes(*[8] * size))
    return {
        "sizes": error_of(lambda: tf.function(lambda: strategy.run(loss, (unequal,)))()),
        "late": [x.numpy() for x in strategy.experimental_local_results(late(of_sizes(*[6] * size)))],
        "late sizes": error_of(lambda: late(unequal)),
        "twice": error_of(lambda: strategy.run(twice, (alike,))),
    }


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
