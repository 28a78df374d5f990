"""The training in JAX with optax: the loss is a function inside `jax.jit(jax.value_and_grad(...))`."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax
from task import LEARNING_RATE, MOMENTUM, PIXELS, TEMPERATURE, Report, Task, run_as_worker

import isoloss.jax


def encode(weights: list[jax.Array], rows: jax.Array) -> jax.Array:
    """The encoder."""
    kernel_1, bias_1, kernel_2, bias_2 = weights
    return jnp.tanh(rows @ kernel_1 + bias_1) @ kernel_2 + bias_2


def train(task: Task, report: Report) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings of the task's images before and after training."""
    optimizer = optax.sgd(LEARNING_RATE, momentum=MOMENTUM)
    weights = [jnp.asarray(weight) for weight in task.weights]
    state = optimizer.init(weights)

    def loss_of(weights: list[jax.Array], views: jax.Array) -> jax.Array:
        rows = views.reshape(-1, PIXELS)  # (N, 2, PIXELS) to rows: 2k and 2k + 1 are views of one image
        return isoloss.jax.simcse(encode(weights, rows), temperature=TEMPERATURE)

    @jax.jit
    def step(weights: list[jax.Array], state: optax.OptState, views: jax.Array):
        loss, gradients = jax.value_and_grad(loss_of)(weights, views)
        updates, state = optimizer.update(gradients, state)
        return optax.apply_updates(weights, updates), state, loss

    before = np.asarray(encode(weights, task.images))
    for views in task.batches:
        weights, state, loss = step(weights, state, views)
        report(float(loss))
    return before, np.asarray(encode(weights, task.images))


if __name__ == "__main__":
    run_as_worker(train)
