"""The contenders in JAX, under jit; its element-wise and row-wise losses, eager and under jit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from contenders import ours
from measure import Step

import isoloss.jax as isoloss

Loss = Callable[..., jax.Array]


def plain_nt_xent(embeddings: jax.Array, temperature: float) -> jax.Array:
    z = embeddings / jnp.linalg.norm(embeddings, axis=1, keepdims=True)
    n = len(z)
    logits = jnp.where(jnp.eye(n, dtype=bool), -jnp.inf, z @ z.T / temperature)
    return optax.softmax_cross_entropy_with_integer_labels(logits, (jnp.arange(n) + n // 2) % n).mean()


def plain_info_nce(queries: jax.Array, keys: jax.Array, temperature: float) -> jax.Array:
    x, y = (a / jnp.linalg.norm(a, axis=1, keepdims=True) for a in (queries, keys))
    return optax.softmax_cross_entropy_with_integer_labels(x @ y.T / temperature, jnp.arange(len(x))).mean()


def optax_ntxent(embeddings: jax.Array, temperature: float) -> jax.Array:
    return optax.losses.ntxent(embeddings, jnp.arange(len(embeddings)) % (len(embeddings) // 2), temperature)


CONTENDERS: dict[str, dict[str, Callable[[], Loss]]] = {
    "nt_xent": {**ours(isoloss.nt_xent), "plain": lambda: plain_nt_xent, "optax.ntxent": lambda: optax_ntxent},
    "info_nce": {**ours(isoloss.info_nce), "plain": lambda: plain_info_nce},
}
ALONE = frozenset({"optax.ntxent"})  # the freeing of its giant buffers is billed to who comes next


def prepare(loss: Loss, arrays: Sequence[np.ndarray], *more: Any, setting: str = "jax") -> Step:
    """One step: the loss, and its gradient by all arrays, or by the first where the others are targets. Compiled here."""
    given = [jnp.asarray(a) for a in arrays]
    slopes_of = tuple(range(len(given))) if more else 0
    function = jax.value_and_grad(lambda *x: loss(*x, *more), argnums=slopes_of)
    if setting != "jax-eager":
        function = jax.jit(function).lower(*given).compile()

    def step() -> tuple[jax.Array, Any]:
        return jax.block_until_ready(function(*given))

    return step


def _mean(loss: Loss) -> Loss:
    return lambda predictions, targets: loss(predictions, targets).mean()


def products(rows: int, columns: int, setting: str) -> Step:
    """The three products of `measure.products`, as JAX has them."""
    x = jnp.asarray(np.random.default_rng(0).standard_normal((rows, columns)), jnp.float32)
    first, second, third = (jax.jit(f) for f in (lambda x: x @ x.T, lambda s, x: s @ x, lambda s, x: s.T @ x))

    def step() -> None:
        square = first(x)
        jax.block_until_ready((second(square, x), third(square, x)))

    return step


LOSSES: dict[str, tuple[Loss, Loss, str]] = {  # ours, the framework's, its name
    "mse": (isoloss.mse, _mean(optax.squared_error), "optax.squared_error"),
    "huber": (isoloss.huber, _mean(optax.huber_loss), "optax.huber_loss"),
    "binary_cross_entropy_with_logits": (
        isoloss.binary_cross_entropy_with_logits,
        _mean(optax.sigmoid_binary_cross_entropy),
        "optax.sigmoid_binary_cross_entropy",
    ),
    "cross_entropy": (
        isoloss.cross_entropy,
        _mean(optax.softmax_cross_entropy_with_integer_labels),
        "optax.softmax_cross_entropy_with_integer_labels",
    ),
    "listnet": (
        isoloss.listnet,
        _mean(lambda scores, relevance: optax.softmax_cross_entropy(scores, jax.nn.softmax(relevance))),
        "optax.softmax_cross_entropy of a softmax",
    ),
}


def versions() -> list[str]:
    return ["jax", "optax"]
