"""TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import tensorflow as tf

import isoloss.tensorflow
from isoloss.conformance.cases.case import Case
from isoloss.conformance.runners import Fixed, Result, batched, split

MODES = ("eager", "function", "xla")
COMPILED = ("function", "xla")
SLOW: tuple[str, ...] = ()

tf.config.experimental.enable_tensor_float_32_execution(False)  # of GPUs, whose products would have 11 bits

Tensors = dict[str, tf.Tensor]
Shape: TypeAlias = tuple[int | None, ...]


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

        step = _differentiate(getattr(functions, name), parts.fixed)
        if mode in COMPILED:
            varies = batched(name, parts)
            shapes = tuple(
                (n, (None, *x.shape[1:]) if varies[n] else tuple(x.shape), x.dtype)
                for n, x in (learned | given).items()
            )
            step = _compiled(getattr(functions, name), parts.fixed, tuple(learned), shapes, mode == "xla")
        value, gradients = step(learned, given)
        return Result(
            tf.cast(value, tf.float64).numpy(),
            {n: tf.cast(g, tf.float64).numpy() for n, g in gradients.items()},
            value.dtype.name,
            "cuda" if "GPU" in value.device else "cpu",
        )


def _differentiate(function: Callable[..., tf.Tensor], fixed: Fixed) -> Callable[..., Any]:
    """The value, and gradients of its sum."""

    def step(learned: Tensors, given: Tensors) -> tuple[tf.Tensor, Any]:
        with tf.GradientTape() as tape:
            tape.watch(learned)
            value = function(**learned, **given, **fixed)
        return value, tape.gradient(value, learned)

    return step


@lru_cache(maxsize=256)
def _compiled(
    function: Callable[..., tf.Tensor],
    fixed: Fixed,
    learned: tuple[str, ...],
    arrays: tuple[tuple[str, Shape, tf.DType], ...],
    xla: bool,
) -> Callable[..., Any]:
    """The same, traced once for all cases whose arrays differ in the batch alone."""
    specs = {n: tf.TensorSpec(shape, dtype, n) for n, shape, dtype in arrays}
    signature = [{n: x for n, x in specs.items() if (n in learned) == known} for known in (True, False)]
    return tf.function(_differentiate(function, fixed), input_signature=signature, jit_compile=xla)


def tensor(x: np.ndarray[Any, Any], dtype: str) -> tf.Tensor:
    """A tensor, in the dtype if it is floating."""
    return tf.cast(x, dtype) if x.dtype.kind == "f" else tf.convert_to_tensor(x)
