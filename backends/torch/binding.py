"""How a spec runs in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from isoloss.adapter import Bound, run
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
    if group is not None:
        return collective.call(_call, spec, arrays, settings, group, averaged_gradients, options)
    return _call(ops, spec, arrays, settings, options)


def _call(xp: Any, spec: Callable[..., Any], arrays: dict[str, Any], settings: dict[str, Any], options: Any) -> Any:
    for value in arrays.values():
        if isinstance(value, Tensor):
            # the meta device knows no autocast; to ask torch.amp.is_autocast_available would break torch.compile's graph
            if value.device.type != "meta" and torch.is_autocast_enabled(value.device.type):
                with torch.autocast(value.device.type, enabled=False):
                    return run(xp, spec, arrays, settings, **options)
            break
    return run(xp, spec, arrays, settings, **options)


def bind(spec: Callable[..., Any]) -> Bound:
    """A loss of your own, in PyTorch."""
    return Bound(call, spec)
