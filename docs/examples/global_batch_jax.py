"""Two devices share each batch, and learn what one device would: `python docs/examples/global_batch_jax.py --steps 100`.

Each device has half of the images of the demo's batches; `axis_name` makes their loss that of the whole batch.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import Mesh, PartitionSpec

import isoloss.jax

sys.path.append(str(Path(__file__).resolve().parents[1] / "demo"))

from data import Digits
from task import LEARNING_RATE, MOMENTUM, PIXELS, TEMPERATURE, Report, Task
from with_jax import encode
from with_jax import train as train_alone

BOUND = 1e-5  # relative: about a hundred times the resolution of float32, for all the steps together


def train(task: Task, devices: list[jax.Device], report: Report) -> None:
    """Train the encoder on some devices."""
    optimizer = optax.sgd(LEARNING_RATE, momentum=MOMENTUM)
    weights = [jnp.asarray(weight) for weight in task.weights]
    state = optimizer.init(weights)

    def loss_of(weights: list[jax.Array], views: jax.Array) -> jax.Array:
        embeddings = encode(weights, views.reshape(-1, PIXELS))  # rows 2k and 2k + 1 are views of one image
        return isoloss.jax.simcse(embeddings, temperature=TEMPERATURE, axis_name="batch")

    all_alike, each_a_part = PartitionSpec(), PartitionSpec("batch")
    loss_and_gradients = jax.shard_map(
        jax.value_and_grad(loss_of),  # shard_map adds up the gradients of the weights, which all devices have alike
        mesh=Mesh(devices, ("batch",)),
        in_specs=(all_alike, each_a_part),
        out_specs=(all_alike, all_alike),
    )

    @jax.jit
    def step(weights: list[jax.Array], state: optax.OptState, views: jax.Array):
        loss, gradients = loss_and_gradients(weights, views)
        updates, state = optimizer.update(gradients, state)
        return optax.apply_updates(weights, updates), state, loss

    for views in task.batches:
        weights, state, loss = step(weights, state, views)
        report(float(loss))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100, help="steps of training (default: %(default)s)")
    task = Digits().task(parser.parse_args().steps)
    jax.config.update("jax_num_cpu_devices", 2)
    devices = jax.devices() if jax.device_count() > 1 else jax.devices("cpu")
    one, two = [], []
    train_alone(task, one.append)
    train(task, devices[:2], two.append)
    largest = np.abs(np.divide(two, one) - 1).max()
    print(f"1 device and 2 devices, {len(two)} steps: loss {two[0]:.4f} to {two[-1]:.4f}; ", end="")
    print(f"largest difference {largest:.1e} (relative; bound {BOUND:.0e})")
    sys.exit(0 if largest <= BOUND else 1)
