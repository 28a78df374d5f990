"""What every framework's contenders share, and in which ways a framework runs."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

Loss = Callable[..., Any]
"""A contrastive loss of its arrays and, last, the temperature."""

OURS, DENSE, PLAIN = "isoloss", "isoloss, dense", "plain"
PRODUCTS = "its own three matrix products"
"""The same as a unit's, and bare; PyTorch's are the unit."""

MODULES = {  # how the losses run -> what runs them so
    "torch": "with_torch",
    "compile": "with_torch",
    "jax": "with_jax",
    "jax-eager": "with_jax",
    "graph": "with_tensorflow",
    "xla": "with_tensorflow",
    "tf-eager": "with_tensorflow",
}
TITLES = {
    "torch": "PyTorch, eager",
    "compile": "PyTorch, torch.compile",
    "jax": "JAX, jit",
    "jax-eager": "JAX, eager",
    "graph": "TensorFlow, tf.function",
    "xla": "TensorFlow, XLA",
    "tf-eager": "TensorFlow, eager",
}
CONTRASTIVE = ("torch", "jax", "graph", "xla")
"""Where the contrastive losses are measured; the others in all ways."""


def ours(loss: Loss) -> dict[str, Callable[[], Loss]]:
    """isoloss as it chooses by itself, and its plain form where one may choose."""
    found: dict[str, Callable[[], Loss]] = {OURS: lambda: lambda *x: loss(*x[:-1], temperature=x[-1])}
    if "method" in signature(loss).parameters:
        found[DENSE] = lambda: lambda *x: loss(*x[:-1], temperature=x[-1], method="dense")
    return found
