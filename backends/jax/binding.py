"""How a spec runs in JAX."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
from jax import Array

from isoloss.adapter import Bound, run
from isoloss.arguments import convert
from isoloss.jax import ops
from isoloss.losses.declaration import declaration


def call(spec: Callable[..., Any], arrays: dict[str, Any], settings: dict[str, Any], **options: Any) -> Any:
    """The value of a spec; see `isoloss.adapter.run`. It is compiled once for all calls of the same kind.

    A call that is wrong is run again without jit, so that the error can show the values.
    """
    loss = declaration(spec)
    if not all(value is None or isinstance(value, Array) for value in arrays.values()):
        arrays = arrays | convert(ops, loss, arrays)[0]
    traced = {name: value for name, value in (arrays | options).items() if isinstance(value, Array)}
    for setting in loss.settings:
        value = settings[setting.name]
        if isinstance(value, Array) or (setting.learnable and type(value) is float):
            traced[setting.name] = value  # a number, too: it may change from step to step
    fixed = tuple(item for item in (arrays | settings | options).items() if item[0] not in traced)
    try:
        value, right = _compiled(spec, fixed, traced)
    except (TypeError, ValueError):
        right = False
    if right is False or (right is not None and ops.seen(right) is False):
        return run(ops, spec, arrays, settings, **options)
    return value


@partial(jax.jit, static_argnums=(0, 1), inline=True)
def _compiled(
    spec: Callable[..., Any], fixed: tuple[tuple[str, Any], ...], traced: dict[str, Array]
) -> tuple[Any, Array | None]:
    """The value, and whether the call is right; None where no value can make it wrong."""
    given = dict(fixed) | traced
    loss = declaration(spec)
    arrays = {argument.name: given.pop(argument.name) for argument in loss.arguments}
    settings = {setting.name: given.pop(setting.name) for setting in loss.settings}
    with ops.conditions() as found:
        value = run(ops, spec, arrays, settings, **given)
    return value, ops.all_of(found)


def bind(spec: Callable[..., Any]) -> Bound:
    """A loss of your own, in JAX."""
    return Bound(call, spec)
