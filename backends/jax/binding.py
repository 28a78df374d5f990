"""How a spec runs in JAX."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import numpy as np
from jax import Array

from isoloss.adapter import Bound, run
from isoloss.arguments import check_setting, convert
from isoloss.jax import collective, ops
from isoloss.losses.declaration import declaration


def call(
    spec: Callable[..., Any],
    arrays: dict[str, Any],
    settings: dict[str, Any],
    *,
    axis_name: collective.Axes | None = None,
    **options: Any,
) -> Any:
    """The value of a spec; see `isoloss.adapter.run`. It is compiled once for all calls of the same kind.

    A call that is wrong is run again without jit, so that the error can show the values.
    """
    loss = declaration(spec)
    settings = settings | {
        s.name: check_setting(loss, s, settings[s.name])
        for s in loss.settings
        if not (s.learnable and isinstance(settings[s.name], (Array, np.ndarray)))
    }
    for value in arrays.values():
        if value is not None and not isinstance(value, Array):
            arrays = arrays | convert(ops, loss, arrays)[0]
            break
    fixed: list[tuple[str, type, Any]] = []  # with its type: 2 is 2.0 for a cache
    traced: dict[str, Any] = {}
    for name, given in (arrays | settings | options).items():
        value = _traceable(given)
        # a number that may be learned is traced, too: it may change from step to step
        if value is not None and ((type(value) is float and name in loss.learnable) or isinstance(value, Array)):
            traced[name] = value
        else:
            fixed.append((name, type(value), value))
    try:
        value, right = _compiled(spec, axis_name, tuple(fixed), traced)
        if right is None or ops.seen(right) is not False:
            return value
    except (TypeError, ValueError):
        pass
    return _run(spec, axis_name, arrays, settings, options)


def _traceable(value: Any) -> Any:
    """A NumPy array as one of JAX: no compiled function is found by an array's numbers."""
    return ops.asarray(value, None) if type(value) is np.ndarray and value.dtype.kind in "biuf" else value


@partial(jax.jit, static_argnums=(0, 1, 2), inline=True)
def _compiled(
    spec: Callable[..., Any],
    axis_name: collective.Axes | None,
    fixed: tuple[tuple[str, type, Any], ...],
    traced: dict[str, Array],
) -> tuple[Any, Array | None]:
    """The value, and whether the call is right; None where no value can make it wrong."""
    given = {name: value for name, _, value in fixed} | traced
    loss = declaration(spec)
    arrays = {argument.name: given.pop(argument.name) for argument in loss.arguments}
    settings = {setting.name: given.pop(setting.name) for setting in loss.settings}
    with ops.conditions() as found:
        value = _run(spec, axis_name, arrays, settings, given)
    return value, ops.all_of(found)


@ops.broadcasting
def _run(
    spec: Callable[..., Any],
    axis_name: collective.Axes | None,
    arrays: dict[str, Any],
    settings: dict[str, Any],
    options: dict[str, Any],
) -> Any:
    if axis_name is None:
        return run(ops, spec, arrays, settings, **options)
    workers: Any = collective.Workers(axis_name)
    value = run(workers, spec, arrays, settings, **options)
    return value if options["reduction"] == "none" else collective.of_all(axis_name, value)


def bind(spec: Callable[..., Any]) -> Bound:
    """A loss of your own, in JAX."""
    return Bound(call, spec)
