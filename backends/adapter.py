"""The one way from a call to a value: check, convert, run the spec, reduce.

Every function and class of every framework goes through `run`, but for Keras' classes, which reduce in their own way:
they go through `unreduced`. What is known before the run (kinds, shapes, settings) raises; what only the run knows
becomes NaN (see `isoloss.losses.checks.require`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, get_args

from isoloss.arguments import (
    Condition,
    agree,
    check_result,
    check_settings,
    convert,
    mask_and_weights,
    over_batch,
    rows_last,
    without_masked,
)
from isoloss.losses.checks import require
from isoloss.losses.declaration import Loss, Weighted, declaration
from isoloss.losses.reduction import weighted, weighted_mean
from isoloss.protocol import A, Backend

Reduction: TypeAlias = Literal["mean", "sum", "none"]

REDUCTIONS = get_args(Reduction)


def run(
    xp: Backend[A], spec: Callable[..., Any], arrays: Mapping[str, Any], settings: Mapping[str, Any], **options: Any
) -> Any:
    """The value of a loss (`evaluate`), or what a function of `@parts` returns."""
    loss = declaration(spec)
    return parts(xp, loss, arrays, settings) if loss.gives else evaluate(xp, loss, arrays, settings, **options)


def evaluate(
    xp: Backend[A],
    loss: Loss,
    arrays: Mapping[str, Any],
    settings: Mapping[str, Any],
    *,
    axis: int = -1,
    where: Any = None,
    weights: Any = None,
    reduction: Reduction = "mean",
) -> A:
    """The value of a loss.

    Args:
        arrays: by name; None for one that is left out.
        settings: by name, all of them.
        axis: the axis that rows lie along, for a loss that has rows.
        where: True for what counts, with the shape of the values or of their leading axes.
        weights: what it counts for, likewise.
        reduction: "mean" (sum of w·l by sum of w), "sum" (of w·l) or "none" (w·l, 0 where masked).

    Raises:
        TypeError: for an array or setting of the wrong kind.
        ValueError: for shapes that disagree or a setting out of range.
    """
    check_reduction(loss, reduction)
    values, weights = unreduced(xp, loss, arrays, settings, axis=axis, where=where, weights=weights)
    if loss.one_number:
        return values
    if reduction == "mean":
        return weighted_mean(xp, values, weights)
    values = values if weights is None else weighted(xp, values, weights)
    return xp.summed(xp.sum(values)) if reduction == "sum" else values


def check_reduction(loss: Loss, reduction: str) -> None:
    """Check that a loss has a reduction.

    Raises:
        ValueError: if it has none of this name.
    """
    if reduction not in REDUCTIONS:
        raise ValueError(f"{loss.name}: reduction must be one of {', '.join(map(repr, REDUCTIONS))}; got {reduction!r}")
    if loss.one_number and reduction != "mean":
        raise ValueError(
            f"{loss.name} is one number for the whole batch: reduction must be 'mean'; got {reduction!r}. "
            "For a value per element take another loss."
        )


def unreduced(
    xp: Backend[A],
    loss: Loss,
    arrays: Mapping[str, Any],
    settings: Mapping[str, Any],
    *,
    axis: int = -1,
    where: Any = None,
    weights: Any = None,
) -> tuple[A, A | None]:
    """The values of a loss, and what each counts for (None: all the same)."""
    inputs, arguments, conditions, dtype = _checked(xp, loss, arrays, settings, axis)
    where, weights, of_weights = mask_and_weights(xp, loss, inputs, where, weights, dtype)
    if where is not None:
        inputs = without_masked(xp, loss, inputs, where)
    arguments.update(inputs)
    if loss.one_number:
        leader = over_batch(loss, inputs)[0]
        ones = xp.ones_like(inputs[leader.name])
        for _ in range(len(leader.dimensions) - len(loss.batch)):
            ones = xp.mean(ones, axis=-1)
        arguments["weights"] = None if weights is None else weights * ones
    elif loss.takes_where:
        arguments["where"] = where

    result = loss.spec(xp, **arguments)

    values, own = result if isinstance(result, Weighted) else (result, None)
    for returned in (values, own):
        if returned is not None:
            check_result(xp, loss, inputs, returned)
    for condition in conditions + of_weights:
        values = require(xp, condition.holds, values, condition.message, *condition.details)
    if loss.one_number:
        return values, None
    if own is not None:
        weights = own if weights is None else weights * own
    return values, None if weights is None else weights * xp.ones_like(values)


def parts(xp: Backend[A], loss: Loss, arrays: Mapping[str, Any], settings: Mapping[str, Any]) -> tuple[A, ...]:
    """What a function of `@parts` returns, with NaN for numbers where only the run could tell that the call is wrong."""
    inputs, arguments, conditions, _ = _checked(xp, loss, arrays, settings, -1)
    found = list(loss.spec(xp, **arguments, **inputs))
    for condition in conditions:
        for k, part in enumerate(found):
            if xp.kind(part) == "floating":
                found[k] = require(xp, condition.holds, part, condition.message, *condition.details)
    return tuple(found)


def _checked(
    xp: Backend[A], loss: Loss, arrays: Mapping[str, Any], settings: Mapping[str, Any], axis: int
) -> tuple[dict[str, A], dict[str, Any], list[Condition[A]], Any]:
    """The arrays and the settings as the spec wants them, what must hold of them, and the dtype of the computation."""
    inputs, dtype = convert(xp, loss, arrays)
    checked, conditions = check_settings(xp, loss, settings, dtype)
    inputs = rows_last(xp, loss, inputs, axis)
    return inputs, checked, conditions + agree(xp, loss, inputs, checked), dtype


class Bound:
    """A spec as a function of one framework: `bind(spec)` of that framework's module makes it.

    It takes the spec's arrays and settings, and besides them `where`, `weights`, `reduction` and, for a loss over rows,
    `axis`; for one that compares rows also what the framework's `call` takes by name: who shares a batch. It pickles if
    the spec does.
    """

    def __init__(self, call: Callable[..., Any], spec: Callable[..., Any]) -> None:
        own = inspect.signature(call).parameters.values()
        shared = {p.name: p.default for p in own if p.kind is inspect.Parameter.KEYWORD_ONLY}
        self._call = call
        self._loss = declaration(spec)
        self.__name__ = self._loss.name
        self.__doc__ = spec.__doc__
        self.__signature__ = signature(self._loss, **shared)

    def __call__(self, *arrays: Any, **keywords: Any) -> Any:
        loss = self._loss
        names = [a.name for a in loss.inputs]
        if len(arrays) > len(names):
            raise TypeError(
                f"{loss.name} takes {len(names)} arrays by position ({', '.join(names)}); got {len(arrays)}"
            )
        values = {name: p.default for name, p in self.__signature__.parameters.items()}
        for name, array in zip(names, arrays, strict=False):
            values[name] = array
        for name, value in keywords.items():
            if name not in values or name in names[: len(arrays)]:
                raise TypeError(
                    f"{loss.name} got an unexpected or repeated argument {name!r}; its are {', '.join(values)}"
                )
            values[name] = value
        missing = [n for n in names if values[n] is inspect.Parameter.empty]
        if missing:
            raise TypeError(f"{loss.name} needs {', '.join(missing)}")
        inner = {a.name for a in loss.arguments} | {s.name for s in loss.settings}
        return self._call(
            loss.spec,
            {a.name: values[a.name] for a in loss.arguments},
            {s.name: values[s.name] for s in loss.settings},
            **{name: value for name, value in values.items() if name not in inner},
        )

    def __repr__(self) -> str:
        return f"<{self._loss.name}{self.__signature__}>"


def signature(loss: Loss, **shared: Any) -> inspect.Signature:
    """The arguments of a loss's function, in every framework; `shared`: a framework's own, where rows are compared."""
    positional, keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    found = [
        inspect.Parameter(a.name, positional, default=None if a.optional else inspect.Parameter.empty)
        for a in loss.inputs
    ]
    defaults = loss.defaults
    if not loss.gives:
        defaults |= {"where": None, "weights": None, "reduction": "mean"}
    if loss.compares_rows and not loss.gives:
        defaults |= shared
    return inspect.Signature(found + [inspect.Parameter(n, keyword, default=d) for n, d in defaults.items()])
