"""How a spec runs in TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from isoloss.adapter import Bound, run
from isoloss.tensorflow import collective, ops


@tf.autograph.experimental.do_not_convert  # specs do not branch on data: there is nothing to rewrite
def call(
    spec: Callable[..., Any],
    arrays: dict[str, Any],
    settings: dict[str, Any],
    *,
    across_replicas: bool = False,
    **options: Any,
) -> Any:
    """The value of a spec; see `isoloss.adapter.run`."""
    if across_replicas:
        return collective.call(spec, arrays, settings, options)
    return run(ops, spec, arrays, settings, **options)


def bind(spec: Callable[..., Any]) -> Bound:
    """A loss of your own, in TensorFlow."""
    return Bound(call, spec)
