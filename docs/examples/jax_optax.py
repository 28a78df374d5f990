"""JAX with Optax: CLIP's loss, temperature learned, joins the halves of digits: `python docs/examples/jax_optax.py`

One encoder sees the upper half of an image and one the lower. They learn to agree where both are of one image.
"""

from __future__ import annotations

import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax
from sklearn.datasets import load_digits

import isoloss.jax

TRAINING, BATCH, EPOCHS = 1497, 128, 40  # 300 images are held out

Weights = dict[str, jax.Array]


def encoder(key: jax.Array) -> Weights:
    """Weights of two dense layers."""
    first, second = jax.random.split(key)
    return {
        "hidden": jax.random.normal(first, (32, 128)) / jnp.sqrt(32),
        "bias": jnp.zeros(128),
        "out": jax.random.normal(second, (128, 16)) / jnp.sqrt(128),
    }


def encode(weights: Weights, halves: jax.Array) -> jax.Array:
    """An embedding of each half of an image."""
    return jax.nn.relu(halves @ weights["hidden"] + weights["bias"]) @ weights["out"]


def loss_of(parameters: dict, images: jax.Array) -> jax.Array:
    """CLIP's loss: each upper half among all lower halves, and each lower half among all upper ones."""
    upper, lower = encode(parameters["upper"], images[:, :32]), encode(parameters["lower"], images[:, 32:])
    return isoloss.jax.clip(upper, lower, temperature=jnp.exp(parameters["log_temperature"]))


def found(parameters: dict, images: jax.Array) -> float:
    """Share of upper halves whose own lower half is among the ten nearest."""
    upper, lower = encode(parameters["upper"], images[:, :32]), encode(parameters["lower"], images[:, 32:])
    similarities = upper @ (lower / jnp.linalg.norm(lower, axis=1, keepdims=True)).T
    nearest = jnp.argsort(-similarities, axis=1)[:, :10]
    return float((nearest == jnp.arange(len(images))[:, None]).any(axis=1).mean())


def main() -> int:
    """Train; the exit status is 1 unless held-out halves are found five times as often as by chance."""
    rng = np.random.default_rng(0)
    images = jnp.asarray(rng.permutation(load_digits().data) / 16, jnp.float32)
    training, held_out = images[:TRAINING], images[TRAINING:]
    upper, lower = jax.random.split(jax.random.key(0))
    parameters = {"upper": encoder(upper), "lower": encoder(lower), "log_temperature": jnp.log(0.07)}
    optimizer = optax.adam(1e-3)
    state = optimizer.init(parameters)

    @jax.jit
    def step(parameters: dict, state: optax.OptState, images: jax.Array):
        loss, gradients = jax.value_and_grad(loss_of)(parameters, images)
        updates, state = optimizer.update(gradients, state)
        return optax.apply_updates(parameters, updates), state, loss

    before, losses = found(parameters, held_out), []
    for _ in range(EPOCHS):
        for batch in rng.permutation(TRAINING)[: TRAINING // BATCH * BATCH].reshape(-1, BATCH):
            parameters, state, loss = step(parameters, state, training[batch])
            losses.append(float(loss))
    after, chance = found(parameters, held_out), 10 / len(held_out)
    print(f"Loss {losses[0]:.3f} at step 1, {losses[-1]:.3f} at step {len(losses)}; ", end="")
    print(f"temperature {np.exp(parameters['log_temperature']):.3f}, from 0.070")
    print(f"Upper halves whose lower half is among the ten nearest of {len(held_out)}, held out:")
    print(f"  {before:.1%} before, {after:.1%} after training; {chance:.1%} by chance")
    return 0 if after > 5 * chance else 1


if __name__ == "__main__":
    sys.exit(main())
