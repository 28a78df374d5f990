"""How a spec runs in PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor

from isoloss.adapter import Bound, run
from isoloss.losses.declaration import declaration
from isoloss.torch import collective, ops
from isoloss.torch.collective import Group


def call(
    spec: Callable[..., Any],
    arrays: dict[str, Any],
    settings: dict[str, Any],
    *,
    group: Group = None,
    averaged_gradients: bool = False,
    **options: Any,
) -> Any:
    """The value of a spec; see `isoloss.adapter.run`. Autocast does not reach into it."""
    if averaged_gradients and group is None:
        raise ValueError(
            f"{declaration(spec).name}: averaged_gradients=True is for a batch that processes share: say which, as in "
            'group="world", or leave it out'
        )
    if group is not None:
        return collective.call(_call, spec, arrays, settings, group, averaged_gradients, options)
    return _call(ops, spec, arrays, settings, options)


def _call(xp: Any, spec: Callable[..., Any], arrays: dict[str, Any], settings: dict[str, Any], options: Any) -> Any:
    device = _cast_on(arrays.values())
    if device is None:
        return run(xp, spec, arrays, settings, **options)
    with torch.autocast(device, enabled=False):
        return run(xp, spec, arrays, settings, **options)


@contextmanager
def primitives(arrays: Iterable[Any]) -> Iterator[Any]:
    """Those for some arrays. Autocast does not reach into what is done with them."""
    device = _cast_on(arrays)
    with nullcontext() if device is None else torch.autocast(device, enabled=False):
        yield ops


def _cast_on(arrays: Iterable[Any]) -> str | None:
    """The type of the arrays' device, if autocast is on there."""
    device = next((x.device.type for x in arrays if isinstance(x, Tensor)), "cpu")
    # the meta device knows no autocast; to ask torch.amp.is_autocast_available would break torch.compile's graph
    return device if device != "meta" and torch.is_autocast_enabled(device) else None


def bind(spec: Callable[..., Any]) -> Bound:
    """A loss of your own, in PyTorch."""
    return Bound(call, spec, group=None, averaged_gradients=False)
