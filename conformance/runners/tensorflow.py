"""TensorFlow."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

import isoloss.tensorflow
from isoloss.conformance.cases.case import Case
from isoloss.conformance.runners import Result, batched, split

MODES = ("eager", "function", "xla")
COMPILED = ("function", "xla")
SLOW: tuple[str, ...] = ()

Tensors = dict[str, tf.Tensor]


def run(
    name: str,
    case: Case,
    *,
    mode: str = "eager",
    dtype: str = "float32",
    device: str = "cpu",
    functions: Any = isoloss.tensorflow,
) -> Result:
    """Value and gradients of a case; functions: the module that has the loss."""
    with tf.device("GPU:0" if device == "cuda" else "CPU:0"):
        parts = split(name, case)
        learned = {n: tensor(x, dtype) for n, x in parts.learned.items()}
        given = {n: tensor(x, dtype) for n, x in parts.given.items()}

        def step(learned: Tensors, given: Tensors) -> tuple[tf.Tensor, Tensors]:
            with tf.GradientTape() as tape:
                tape.watch(learned)
                value = getattr(functions, name)(**learned, **given, **parts.fixed)
            return value, tape.gradient(value, learned)  # pyright: ignore[reportReturnType]  # dense arrays only

        if mode in COMPILED:
            varies = batched(name, parts)
            signature = [
                {n: tf.TensorSpec([None, *x.shape[1:]] if varies[n] else x.shape, x.dtype, n) for n, x in d.items()}
                for d in (learned, given)
            ]
            step = tf.function(step, input_signature=signature, jit_compile=mode == "xla")
        value, gradients = step(learned, given)
        return Result(
            tf.cast(value, tf.float64).numpy(),
            {n: tf.cast(g, tf.float64).numpy() for n, g in gradients.items()},
            value.dtype.name,
            "cuda" if "GPU" in value.device else "cpu",
        )


def tensor(x: np.ndarray[Any, Any], dtype: str) -> tf.Tensor:
    """A tensor, in the dtype if it is floating."""
    return tf.cast(x, dtype) if x.dtype.kind == "f" else tf.convert_to_tensor(x)
