"""From a library's call to an adapter, with the framework's own derivatives."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from isoloss.adapter import signature
from isoloss.conformance.cases.case import Case
from isoloss.conformance.runners import Fixed, split
from isoloss.conformance.runners.adapter import Adapter, NotOffered
from isoloss.losses import LOSSES

Array = np.ndarray[Any, np.dtype[Any]]
Arrays = dict[str, Array]
Found = tuple[Array, Arrays]
Differentiate = Callable[[Callable[..., Any], Fixed, Arrays, Arrays], Found]


def adapter_of(calls: Mapping[str, Any], differentiate: Differentiate) -> Adapter:
    """The adapter made of a module's functions, found by the names of losses."""

    def adapter(loss: str, inputs: dict[str, Any], settings: dict[str, Any]) -> Any:
        """Value and gradients, or NotImplemented."""
        if loss not in calls:
            return NotImplemented
        taken = inspect.signature(calls[loss]).parameters
        if any(name not in taken for name in inputs) or any(
            name not in taken and not _by_default(loss, name, x) for name, x in settings.items()
        ):
            return NotImplemented
        parts = split(loss, Case("", inputs, settings))
        fixed = Fixed((n, x) for n, x in parts.fixed.items() if n in taken)
        try:
            return differentiate(calls[loss], fixed, parts.learned, _floating(loss, parts.learned, parts.given))
        except NotOffered:
            return NotImplemented

    return adapter


def _by_default(loss: str, name: str, x: Any) -> bool:
    default = signature(LOSSES[loss]).parameters.get(name)
    return default is not None and not isinstance(x, np.ndarray) and x == default.default


def _floating(loss: str, learned: Arrays, given: Arrays) -> Arrays:
    """Integer targets in the dtype of what is predicted, as these libraries want them; labels as they are."""
    if not learned:
        raise NotOffered("nothing to differentiate")
    dtype = next(iter(learned.values())).dtype
    labels = {a.name for a in LOSSES[loss].arguments if a.integer}
    return {n: x.astype(dtype) if x.dtype.kind in "iu" and n not in labels else x for n, x in given.items()}


def by_torch(call: Callable[..., Any], fixed: dict[str, Any], learned: Arrays, given: Arrays) -> Found:
    """Value and gradients of its sum, by torch.autograd."""
    import torch

    leaves = {n: torch.tensor(x, requires_grad=True) for n, x in learned.items()}
    value = call(**leaves, **{n: torch.tensor(x) for n, x in given.items()}, **fixed)
    gradients = torch.autograd.grad(value.sum(), list(leaves.values()))
    return value.detach().cpu().numpy(), {n: g.numpy() for n, g in zip(leaves, gradients, strict=True)}


def by_tensorflow(call: Callable[..., Any], fixed: dict[str, Any], learned: Arrays, given: Arrays) -> Found:
    """Value and gradients of its sum, by tf.GradientTape."""
    import tensorflow as tf

    watched = {n: tf.constant(x) for n, x in learned.items()}
    with tf.GradientTape() as tape:
        tape.watch(watched)
        value = call(**watched, **{n: tf.constant(x) for n, x in given.items()}, **fixed)
        total = tf.reduce_sum(value)
    gradients: Any = tape.gradient(total, watched, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return value.numpy(), {n: g.numpy() for n, g in gradients.items()}


def by_jax(call: Callable[..., Any], fixed: Fixed, learned: Arrays, given: Arrays) -> Found:
    """Value and gradients of its sum, by jax.grad under jax.jit."""
    import jax

    from isoloss.conformance.runners.jax import differentiate

    with jax.enable_x64(any(x.dtype == np.float64 for x in learned.values())):
        gradients, value = differentiate(call, "jit", fixed)(learned, given)
        return np.asarray(value), {n: np.asarray(g) for n, g in gradients.items()}
