"""How a spec runs in Keras: in the framework that Keras runs on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from importlib import import_module
from typing import Any, TypeVar

import keras

from isoloss.adapter import Bound

F = TypeVar("F", bound=Callable[..., Any])

SUPPORTED = ("tensorflow", "torch", "jax", "numpy")
GUARDED = ("torch", "numpy")
"""Those in which a call is kept from what it stands in: autocast, warnings."""

if keras.config.backend() not in SUPPORTED:
    raise ImportError(
        f"isoloss.keras runs on Keras' backends {', '.join(SUPPORTED)}; got {keras.config.backend()!r}. Set KERAS_BACKEND."
    )

framework = import_module(f"isoloss.{keras.config.backend()}.binding")
ops: Any = framework.ops


@wraps(framework.call)
def call(spec: Callable[..., Any], arrays: dict[str, Any], settings: dict[str, Any], **options: Any) -> Any:
    """The value of a spec; see `isoloss.adapter.run`. A `keras.Variable`, a layer's weight, stands for its value."""
    return framework.call(spec, *map(_values, (arrays, settings)), **_values(options))


def _values(named: dict[str, Any]) -> dict[str, Any]:
    return {name: x.value if isinstance(x, keras.Variable) else x for name, x in named.items()}


def bind(spec: Callable[..., Any]) -> Bound:
    """A loss of your own, in the framework that Keras runs on."""
    return Bound(call, spec)


def primitives(name: str, across_replicas: bool, given: dict[str, Any]) -> AbstractContextManager[Any]:
    """Those for the replicas of `tf.distribute` that share a batch, or for one alone."""
    if across_replicas:
        return import_module("isoloss.tensorflow.collective").shared(name, given)
    return framework.primitives(given.values()) if keras.config.backend() in GUARDED else nullcontext(ops)


def unconverted(function: F) -> F:
    """The function as it is written, also inside a `tf.function`: AutoGraph, which spares Keras' own losses, spares it."""
    if keras.config.backend() != "tensorflow":
        return function
    return import_module("tensorflow").autograph.experimental.do_not_convert(function)
