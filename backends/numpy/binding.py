"""How a spec runs in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from isoloss.adapter import Bound, run
from isoloss.numpy import ops


def call(spec: Callable[..., Any], arrays: dict[str, Any], settings: dict[str, Any], **options: Any) -> Any:
    """The value of a spec; see `isoloss.adapter.run`."""
    with np.errstate(all="ignore"):  # specs work through infinities on purpose
        return run(ops, spec, arrays, settings, **options)


def bind(spec: Callable[..., Any]) -> Bound:
    """A loss of your own, in NumPy."""
    return Bound(call, spec)
