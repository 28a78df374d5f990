"""The contenders in TensorFlow, in tf.function, as a graph and by XLA; its element-wise and row-wise losses, eager too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from contenders import ours
from measure import Step

import isoloss.tensorflow as isoloss

Loss = Callable[..., Any]

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)


def plain_nt_xent(embeddings: Any, temperature: float) -> Any:
    z = tf.math.l2_normalize(embeddings, axis=1)
    n = len(z)
    logits = tf.linalg.set_diag(tf.matmul(z, z, transpose_b=True) / temperature, tf.fill([n], float("-inf")))
    labels = (tf.range(n) + n // 2) % n
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))


def plain_info_nce(queries: Any, keys: Any, temperature: float) -> Any:
    x, y = (tf.math.l2_normalize(a, axis=1) for a in (queries, keys))
    logits = tf.matmul(x, y, transpose_b=True) / temperature
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(tf.range(len(x)), logits))


def similarity_simclr(embeddings: Any, temperature: float) -> Any:
    """SimCLR's two halves as TensorFlow Similarity computes them: own views lowered by 1e9, one-hot labels."""
    a, b = tf.split(tf.math.l2_normalize(embeddings, axis=1), 2)
    n = len(a)
    lowered, labels = tf.eye(n) * 1e9, tf.one_hot(tf.range(n), 2 * n)

    def half(one: Any, other: Any) -> Any:
        across = tf.matmul(one, other, transpose_b=True) / temperature
        within = tf.matmul(one, one, transpose_b=True) / temperature - lowered
        return tf.nn.softmax_cross_entropy_with_logits(labels, tf.concat([across, within], axis=1))

    return tf.reduce_mean(half(a, b) + half(b, a)) / 2


CONTENDERS: dict[str, dict[str, Callable[[], Loss]]] = {
    "nt_xent": {
        **ours(isoloss.nt_xent),
        "plain": lambda: plain_nt_xent,
        "the formula of TensorFlow Similarity": lambda: similarity_simclr,
    },
    "info_nce": {**ours(isoloss.info_nce), "plain": lambda: plain_info_nce},
}
ALONE: frozenset[str] = frozenset()


def prepare(loss: Loss, arrays: Sequence[np.ndarray], *more: Any, setting: str = "graph") -> Step:
    """One step: the loss, and its gradient by all arrays, or by the first where the others are targets.

    Run here once: a graph is optimised, and compiled, by its first run.
    """
    given = [tf.constant(a) for a in arrays]

    def function(*x: Any) -> Any:
        watched = x if more else x[:1]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(watched)
            value = loss(*x, *more)
        return value, tape.gradient(value, watched)

    if setting != "tf-eager":
        function = tf.function(function, jit_compile=setting == "xla").get_concrete_function(*given)

    def step() -> tuple[Any, Any]:
        value, gradients = function(*given)
        value.numpy()
        return value, gradients

    step()
    return step


def products(rows: int, columns: int, setting: str) -> Step:
    """The three products of `measure.products`, as TensorFlow has them."""
    x = tf.constant(np.random.default_rng(0).standard_normal((rows, columns)), tf.float32)
    matmul = tf.function(tf.matmul, jit_compile=setting == "xla")

    def step() -> None:
        square = matmul(x, x, transpose_b=True)
        matmul(square, x).numpy()
        matmul(square, x, transpose_a=True).numpy()

    return step


def _given_first(loss: Loss) -> Loss:
    """TensorFlow takes the targets first."""
    return lambda predictions, targets: tf.reduce_mean(loss(targets, predictions))


LOSSES: dict[str, tuple[Loss, Loss, str]] = {  # ours, the framework's, its name
    "mse": (isoloss.mse, _given_first(keras.losses.mean_squared_error), "keras.losses.mean_squared_error"),
    "huber": (isoloss.huber, _given_first(keras.losses.huber), "keras.losses.huber"),
    "binary_cross_entropy_with_logits": (
        isoloss.binary_cross_entropy_with_logits,
        _given_first(tf.nn.sigmoid_cross_entropy_with_logits),
        "tf.nn.sigmoid_cross_entropy_with_logits",
    ),
    "cross_entropy": (
        isoloss.cross_entropy,
        _given_first(tf.nn.sparse_softmax_cross_entropy_with_logits),
        "tf.nn.sparse_softmax_cross_entropy_with_logits",
    ),
    "listnet": (
        isoloss.listnet,
        _given_first(
            lambda relevance, scores: tf.nn.softmax_cross_entropy_with_logits(tf.nn.softmax(relevance), scores)
        ),
        "tf.nn.softmax_cross_entropy_with_logits of a softmax",
    ),
}


def versions() -> list[str]:
    return ["tensorflow-cpu", "keras"]
