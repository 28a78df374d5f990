"""How a spec runs in PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
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
    with _uncast(arrays.values()):
        return run(xp, spec, arrays, settings, **options)


@contextmanager
def primitives(arrays: Iterable[Any]) -> Iterator[Any]:
    """Those for some arrays. Autocast does not reach into what is done with them."""
    with _uncast(arrays):
        yield ops


def _uncast(arrays: Iterable[Any]) -> AbstractContextManager[Any]:
    """Without autocast on the arrays' device."""
    device = next((x.device.type for x in arrays if isinstance(x, Tensor)), "cpu")
    # the meta device knows no autocast; to ask torch.amp.is_autocast_available would break torch.compile's graph
    on = device != "meta" and torch.is_autocast_enabled(device)
    return torch.autocast(device, enabled=False) if on else nullcontext()


def bind(spec: Callable[..., Any]) -> Bound:
    """A loss of your own, in PyTorch."""
    return Bound(call, spec)
