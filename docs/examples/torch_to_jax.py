"""A training that moves from PyTorch to JAX midway, without a step in its curve: `python docs/examples/torch_to_jax.py`

Weights and Adam's state go along. PyTorch and Optax have one Adam: both add epsilon outside of the square root, after
the correction of the bias (that is Optax's `eps`; its `eps_root`, inside, stays 0). Keras corrects the bias after epsilon
has been added, so that its epsilon counts for more in the first steps.
"""

from __future__ import annotations

import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch
from sklearn.datasets import load_digits
from torch import nn

import isoloss.jax
import isoloss.torch

STEPS, MOVED, BATCH = 200, 100, 64
LEARNING_RATE, BETAS, EPSILON = 1e-3, (0.9, 0.999), 1e-8
BOUND = 1e-5  # relative: about a hundred times the resolution of float32, for all the steps together


def in_torch(model: nn.Sequential, optimizer: torch.optim.Optimizer, batches: np.ndarray) -> list[float]:
    """The losses of some steps in PyTorch."""
    criterion, losses = isoloss.torch.SimCSELoss(temperature=0.1), []
    for views in torch.from_numpy(batches):
        loss = criterion(model(views))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def moved(model: nn.Sequential, optimizer: torch.optim.Optimizer) -> tuple[list[jax.Array], optax.OptState]:
    """Weights and Adam's state, as Optax has them."""

    def converted(tensor: torch.Tensor) -> jax.Array:
        return jnp.array(tensor.detach().numpy().T)  # nn.Linear keeps (out, in)

    weights = [converted(p) for p in model.parameters()]
    states = [optimizer.state[p] for p in model.parameters()]
    state = optax.tree.set(
        optax.adam(LEARNING_RATE, *BETAS, EPSILON).init(weights),
        count=jnp.array(int(states[0]["step"])),
        mu=[converted(s["exp_avg"]) for s in states],
        nu=[converted(s["exp_avg_sq"]) for s in states],
    )
    return weights, state


def in_jax(weights: list[jax.Array], state: optax.OptState, batches: np.ndarray) -> list[float]:
    """The losses of some steps in JAX."""
    optimizer = optax.adam(LEARNING_RATE, *BETAS, EPSILON)

    def loss_of(weights: list[jax.Array], views: jax.Array) -> jax.Array:
        kernel_1, bias_1, kernel_2, bias_2 = weights
        embeddings = jnp.tanh(views @ kernel_1 + bias_1) @ kernel_2 + bias_2
        return isoloss.jax.simcse(embeddings, temperature=0.1)

    @jax.jit
    def step(weights: list[jax.Array], state: optax.OptState, views: jax.Array):
        loss, gradients = jax.value_and_grad(loss_of)(weights, views)
        updates, state = optimizer.update(gradients, state)
        return optax.apply_updates(weights, updates), state, loss

    losses = []
    for views in batches:
        weights, state, loss = step(weights, state, views)
        losses.append(float(loss))
    return losses


def main() -> int:
    """Train in PyTorch alone and in both; the exit status is 1 if the curves differ."""
    rng, images = np.random.default_rng(0), load_digits().data / 16
    chosen = np.stack([rng.choice(len(images), BATCH, replace=False) for _ in range(STEPS)])
    pairs = np.repeat(images[chosen], 2, axis=1)  # rows 2k and 2k + 1 are two views of one image
    batches = (pairs + rng.normal(0, 0.2, pairs.shape)).astype(np.float32)

    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(64, 128), nn.Tanh(), nn.Linear(128, 8))
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, betas=BETAS, eps=EPSILON)
    first_half = in_torch(model, optimizer, batches[:MOVED])
    second_half = in_jax(*moved(model, optimizer), batches[MOVED:])
    stayed = first_half + in_torch(model, optimizer, batches[MOVED:])

    print("  step     PyTorch   then JAX")
    for step in (1, MOVED - 1, MOVED, MOVED + 1, MOVED + 2, STEPS):
        after = f"{second_half[step - MOVED - 1]:.6f}" if step > MOVED else ""
        print(f"{step:6}  {stayed[step - 1]:10.6f}  {after:>9}")
    largest = np.abs(np.divide(second_half, stayed[MOVED:]) - 1).max()
    print(f"After the move the curves differ by at most {largest:.1e} (relative; bound {BOUND:.0e})")
    return 0 if largest <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
