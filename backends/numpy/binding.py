"""How a spec runs in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from isoloss.adapter import Bound, run
from isoloss.numpy import ops


def call(spec: Callable[..., Any], arrays: dict[str, Any], settings: dict[str, Any], **options: Any) -> Any:
    """The value of a spec; see `isoloss.adapter.run`."""
    with primitives(arrays.values()) as xp:
        found = run(xp, spec, arrays, settings, **options)
        return found if isinstance(found, tuple) else found[()]  # a number, not an array without axes


@contextmanager
def primitives(arrays: Iterable[Any]) -> Iterator[Any]:
    """Those for some arrays. NumPy does not warn of what they do."""
    with np.errstate(all="ignore"):  # specs work through infinities on purpose
        yield ops


def bind(spec: Callable[..., Any]) -> Bound:
    """A loss of your own, in NumPy."""
    return Bound(call, spec)
