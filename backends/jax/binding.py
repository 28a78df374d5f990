"""How a spec runs in JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jax import Array

from isoloss.adapter import Bound, evaluate
from isoloss.jax import ops
from isoloss.losses.declaration import declaration


def call(spec: Callable[..., Any], arrays: dict[str, Any], settings: dict[str, Any], **options: Any) -> Array:
    """The value of a spec; see `isoloss.adapter.evaluate`."""
    return evaluate(ops, declaration(spec), arrays, settings, **options)


def bind(spec: Callable[..., Any]) -> Bound:
    """A loss of your own, in JAX."""
    return Bound(call, spec)
