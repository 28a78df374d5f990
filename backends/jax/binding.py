"""How a spec runs in JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from isoloss.adapter import Bound, run
from isoloss.jax import ops


def call(spec: Callable[..., Any], arrays: dict[str, Any], settings: dict[str, Any], **options: Any) -> Any:
    """The value of a spec; see `isoloss.adapter.run`."""
    return run(ops, spec, arrays, settings, **options)


def bind(spec: Callable[..., Any]) -> Bound:
    """A loss of your own, in JAX."""
    return Bound(call, spec)
