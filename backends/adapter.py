"""The one way from a call to a value: check, convert, run the spec, reduce.

Every function and class of every framework goes through `evaluate`. What is known before the run (kinds, shapes,
settings) raises; what only the run knows becomes NaN (see `isoloss.losses.checks.require`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Generic, Literal, NamedTuple, TypeAlias

import numpy as np

from isoloss.losses.checks import require
from isoloss.losses.declaration import Argument, Loss, Setting, Weighted, declaration
from isoloss.losses.reduction import combine, weighted_mean
from isoloss.protocol import A, Backend

Reduction: TypeAlias = Literal["mean", "sum", "none"]

REDUCTIONS = ("mean", "sum", "none")

NUMPY = (np.ndarray, np.generic)


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
    if reduction not in REDUCTIONS:
        raise ValueError(f"{loss.name}: reduction must be one of {', '.join(map(repr, REDUCTIONS))}; got {reduction!r}")
    if loss.one_number and reduction != "mean":
        raise ValueError(
            f"{loss.name} is one number for the whole batch: reduction must be 'mean'; got {reduction!r}. "
            "For a value per element take another loss."
        )
    values, weights = unreduced(xp, loss, arrays, settings, axis=axis, where=where, weights=weights)
    if loss.one_number:
        return values
    if reduction == "mean":
        return weighted_mean(xp, values, weights)
    values = values if weights is None else weights * values
    return xp.sum(values) if reduction == "sum" else values


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
    converted = _converted(xp, loss, arrays, where, weights)
    rows = {
        a.name: _rows_last(xp, loss, a, converted.arrays[a.name], axis)
        for a in loss.arguments
        if a.name in converted.arrays
    }
    conditions = _agreeing_shapes(xp, loss, rows)
    where, weights, more = _aligned(xp, loss, rows, converted)
    conditions += more
    arguments, more = _checked_settings(xp, loss, settings, converted.dtype)
    conditions += more
    if where is not None:
        rows = _without_masked(xp, loss, rows, where)

    if loss.one_number:
        ones = xp.ones_like(rows[_over_batch(loss, rows)[0].name])
        weights = combine(xp, ones, where, weights)
        arguments["weights"] = None if weights is None else weights * ones
    elif loss.takes_where:
        arguments["where"] = where
    for argument in loss.arguments:
        if not argument.is_setting or argument.name in rows:
            arguments[argument.name] = rows.get(argument.name)
    result = loss.spec(xp, **arguments)

    values, own = result if isinstance(result, Weighted) else (result, None)
    for condition in conditions:
        values = require(xp, condition.holds, values, condition.message)
    if loss.one_number:
        return values, None
    weights = combine(xp, values, where, weights)
    if own is not None:
        weights = own if weights is None else weights * own
    return values, None if weights is None else weights * xp.ones_like(values)


class _Condition(NamedTuple, Generic[A]):
    """What only the run can tell of the call as a whole; where it fails, every value is NaN."""

    holds: A
    message: str


class _Converted(NamedTuple, Generic[A]):
    arrays: dict[str, A]
    where: A | None
    weights: A | None
    dtype: Any


def _converted(xp: Backend[A], loss: Loss, arrays: Mapping[str, Any], where: Any, weights: Any) -> _Converted[A]:
    """All arrays as this framework's, predicted and given ones in the dtype of the computation."""
    like = None
    for value in arrays.values():
        if like is None and xp.isarray(value):
            like = value
    found: dict[str, A] = {}
    for argument in loss.arguments:
        value = arrays[argument.name]
        if value is None and argument.optional:
            continue
        array = _as_array(xp, loss, argument.name, value, like)
        _check_kind(xp, loss, argument, array)
        found[argument.name] = array
    dtype = xp.compute_dtype([found[a.name] for a in loss.arguments if a.predicted and a.name in found])
    for argument in loss.arguments:
        if argument.name in found:
            array = found[argument.name]
            found[argument.name] = xp.as_index(array) if argument.integer else xp.astype(array, dtype)
    if where is not None:
        where = _as_array(xp, loss, "where", where, like)
        if xp.kind(where) != "bool":
            raise TypeError(
                f"{loss.name}: where must be boolean (True for what counts); got {where.dtype}. "
                "Pass numbers as weights, or compare them: where=mask != 0."
            )
    if weights is not None:
        weights = _as_array(xp, loss, "weights", weights, like)
        if xp.kind(weights) == "other":
            raise TypeError(f"{loss.name}: weights must be real numbers; got {weights.dtype}")
        weights = xp.astype(weights, dtype)
    return _Converted(found, where, weights, dtype)


def _as_array(xp: Backend[A], loss: Loss, name: str, value: Any, like: A | None) -> A:
    if xp.isarray(value) or isinstance(value, (*NUMPY, int, float)):
        try:
            return xp.asarray(value, like)
        except (TypeError, ValueError) as error:
            raise TypeError(f"{loss.name}: {name} must hold numbers; got {value!r}") from error
    arrived = "nothing (None)" if value is None else f"{type(value).__module__}.{type(value).__qualname__}"
    raise TypeError(
        f"{loss.name}: {name} must be an array of the framework that was called, a NumPy array or a number; "
        f"got {arrived}. Convert it first."
    )


def _check_kind(xp: Backend[A], loss: Loss, argument: Argument, array: A) -> None:
    kind = xp.kind(array)
    if argument.predicted and kind != "floating":
        raise TypeError(
            f"{loss.name}: {argument.name} must be floating (float16, bfloat16, float32 or float64), since gradients "
            f"flow through it; got {array.dtype}. Convert it, or check the order of the arguments."
        )
    if argument.integer and kind != "integer":
        raise TypeError(
            f"{loss.name}: {argument.name} must be integers; got {array.dtype}. Convert it, or check the order of the "
            "arguments."
        )
    if kind == "other":
        raise TypeError(f"{loss.name}: {argument.name} must be real numbers; got {array.dtype}")


def _shape(xp: Backend[A], loss: Loss, name: str, array: A) -> tuple[int | None, ...]:
    shape = xp.shape(array)
    if shape is None:
        raise ValueError(
            f"{loss.name}: the number of axes of {name} must be known while tracing; got unknown rank. Set its shape, "
            "with None for sizes that vary."
        )
    return shape


def _rows_last(xp: Backend[A], loss: Loss, argument: Argument, array: A, axis: int) -> A:
    """The array with its rows along the last axis, which is where a spec looks for them."""
    rank = len(_shape(xp, loss, argument.name, array))
    if not argument.open or len(argument.dimensions) == 1 or axis in (-1, rank - 1):
        return array
    if not -rank <= axis < rank:
        message = "{}: axis must be an axis of {}, from {} to {}; got {}"
        raise ValueError(message.format(loss.name, argument.name, -rank, rank - 1, axis))
    return xp.moveaxis(array, axis, -1)


def _batch_rank(loss: Loss, argument: Argument, rank: int) -> int:
    """How many of an array's axes lie over the batch."""
    return rank - len(argument.dimensions) + 1 if argument.open else len(loss.batch)


def _over_batch(loss: Loss, rows: Mapping[str, A]) -> list[Argument]:
    """The arrays that begin with the axes of the batch."""
    return [a for a in loss.arguments if a.name in rows and a.dimensions[: len(loss.batch)] == loss.batch]


def _agreeing_shapes(xp: Backend[A], loss: Loss, rows: Mapping[str, A]) -> list[_Condition[A]]:
    """Check each array against its declared shape; what the run alone knows comes back as conditions."""
    conditions: list[_Condition[A]] = []
    seen: dict[str, _Seen] = {}
    for argument in loss.arguments:
        if argument.name not in rows:
            continue
        array = rows[argument.name]
        shape = _shape(xp, loss, argument.name, array)
        named = argument.dimensions[1:] if argument.open else argument.dimensions
        if len(shape) < len(named) or (len(shape) > len(named) and not argument.open):
            raise ValueError(
                f"{loss.name}: {argument.name} must have shape {argument.shape}; got {_written(shape)}, "
                f"{len(shape)} axes"
            )
        batch = len(shape) - len(named)
        groups = [("...", 1, range(batch))] if argument.open else []
        groups += [(d.name, d.multiple, range(batch + k, batch + k + 1)) for k, d in enumerate(named)]
        for name, multiple, axes in groups:
            sizes: list[Any] = [xp.length(array, axis) for axis in axes]
            if argument.open and name != "..." and shape[axes[0]] == 0:
                raise ValueError(f"{loss.name}: {argument.name} is empty along {name}; got {_written(shape)}")
            if multiple > 1:

                def odd() -> str:
                    return (
                        f"{loss.name}: {argument.name} must have shape {argument.shape}, a multiple of {multiple} "  # noqa: B023
                        f"rows; got {_written(shape)}"  # noqa: B023
                    )

                conditions += _equal_sizes(xp, sizes[0] % multiple, 0, odd)
                sizes = [sizes[0] // multiple]
            if name not in seen:
                seen[name] = _Seen(argument.name, shape, sizes)
                continue
            first = seen[name]

            def message() -> str:
                return (
                    f"{loss.name}: {argument.name} {argument.shape} must agree with {first.argument} in "  # noqa: B023
                    f"{'all batch axes' if name == '...' else name}, and nothing is broadcast; got "  # noqa: B023
                    f"{_written(shape)} and {_written(first.shape)}"  # noqa: B023
                )

            if len(sizes) != len(first.sizes):
                raise ValueError(message())
            for size, other in zip(sizes, first.sizes, strict=True):
                conditions += _equal_sizes(xp, size, other, message)
    return conditions


class _Seen(NamedTuple):
    """Where a dimension was met first."""

    argument: str
    shape: tuple[int | None, ...]
    sizes: list[Any]


def _equal_sizes(xp: Backend[A], size: Any, other: Any, message: Callable[[], str]) -> list[_Condition[A]]:
    """Raise for known sizes that differ; the message is only written then, since sizes may be symbols of a compiler."""
    if xp.isarray(size):
        return [_Condition(xp.equal(size, other), "")]
    if xp.isarray(other):
        return [_Condition(xp.equal(other, size), "")]
    if size != other:
        raise ValueError(message())
    return []


def _written(shape: tuple[int | None, ...]) -> str:
    """A shape as it is written for people, in words that torch.compile can trace."""
    sizes = ["?" if size is None else f"{size}" for size in shape]
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"


def _aligned(
    xp: Backend[A], loss: Loss, rows: Mapping[str, A], converted: _Converted[A]
) -> tuple[A | None, A | None, list[_Condition[A]]]:
    """where and weights with as many axes as the values, and weights clean where masked."""
    conditions: list[_Condition[A]] = []
    argument = _over_batch(loss, rows)[0]
    array = rows[argument.name]
    shape = _shape(xp, loss, argument.name, array)
    rank = _batch_rank(loss, argument, len(shape))
    expanded: dict[str, A | None] = {"where": converted.where, "weights": converted.weights}
    for name, mask in expanded.items():
        if mask is None:
            continue
        own = _shape(xp, loss, name, mask)

        def message() -> str:
            return (
                f"{loss.name}: {name} must have the shape of the values, {_written(shape[:rank])}, or of their leading "  # noqa: B023
                f"axes; got {_written(own)}"  # noqa: B023
            )

        if len(own) > rank or (not own and rank):
            raise ValueError(message())
        for k in range(len(own)):
            conditions += _equal_sizes(xp, xp.length(mask, k), xp.length(array, k), message)
        for _ in range(rank - len(own)):
            mask = xp.expand_dims(mask, axis=-1)
        expanded[name] = mask
    where, weights = expanded["where"], expanded["weights"]
    if weights is not None:
        if where is not None:
            weights = xp.where(where, weights, 0.0)
        weights = require(
            xp, weights >= 0.0, weights, "{}: weights must not be negative; got {}", loss.name, converted.weights
        )
    return where, weights, conditions


def _without_masked(xp: Backend[A], loss: Loss, rows: Mapping[str, A], where: A) -> dict[str, A]:
    """The arrays with 0 in masked places, so that what stands there reaches neither value nor gradient."""
    cleaned = dict(rows)
    for argument in _over_batch(loss, rows):
        mask = where
        for _ in range(len(argument.dimensions) - len(loss.batch)):
            mask = xp.expand_dims(mask, axis=-1)
        cleaned[argument.name] = xp.where(mask, rows[argument.name], 0 if argument.integer else 0.0)
    return cleaned


def _checked_settings(
    xp: Backend[A], loss: Loss, settings: Mapping[str, Any], dtype: Any
) -> tuple[dict[str, Any], list[_Condition[A]]]:
    checked: dict[str, Any] = {}
    conditions: list[_Condition[A]] = []
    for setting in loss.settings:
        value = settings[setting.name]
        if setting.learnable and (xp.isarray(value) or isinstance(value, np.ndarray)):
            array = _as_array(xp, loss, setting.name, value, None)
            if xp.kind(array) in ("bool", "other") or _shape(xp, loss, setting.name, array) != ():
                raise ValueError(
                    f"{loss.name}: {setting.name} must be {setting.wanted}; got an array of shape "
                    f"{_written(_shape(xp, loss, setting.name, array))}, {array.dtype}"
                )
            array = xp.astype(array, dtype)
            if setting.interval is not None:
                inside = setting.interval.contains(array)
                message = f"{loss.name}: {setting.name} must be {setting.interval}"
                if xp.holds(inside) is False:
                    raise ValueError(f"{message}; got {array}")
                conditions.append(_Condition(inside, message))
            checked[setting.name] = array
        else:
            checked[setting.name] = check_setting(loss, setting, value)
    return checked, conditions


def check_setting(loss: Loss, setting: Setting, value: Any) -> Any:
    """A setting that is no array, as the spec expects it.

    Raises:
        TypeError: if it is of another type than the setting.
        ValueError: if it is out of range or no choice.
    """

    def wanted() -> str:
        # str.format and not an f-string: torch.compile may hold the number as a symbol, and can only format that
        return "{}: {} must be {}; got {!r}".format(loss.name, setting.name, setting.wanted, value)  # noqa: UP032

    if setting.choices:
        if not isinstance(value, str) or value not in setting.choices:
            raise ValueError(wanted())
        return value
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int) and not isinstance(value, bool) and float in setting.types and int not in setting.types:
        value = float(value)
    if not isinstance(value, setting.types) or (isinstance(value, bool) and bool not in setting.types):
        raise TypeError(wanted())
    if setting.interval is not None and not setting.interval.contains(value):
        raise ValueError(wanted())
    return value


class Bound:
    """A spec as a function of one framework: `bind(spec)` of that framework's module makes it.

    It takes the spec's arrays and settings, and besides them `where`, `weights`, `reduction` and, for a loss over rows,
    `axis`. It pickles if the spec does.
    """

    def __init__(self, call: Callable[..., Any], spec: Callable[..., Any]) -> None:
        self._call = call
        self._loss = declaration(spec)
        self.__name__ = self._loss.name
        self.__doc__ = spec.__doc__
        self.__signature__ = signature(self._loss)

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


def signature(loss: Loss) -> inspect.Signature:
    """The arguments of a loss's function, in every framework."""
    positional, keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    found = [
        inspect.Parameter(a.name, positional, default=None if a.optional else inspect.Parameter.empty)
        for a in loss.inputs
    ]
    defaults: dict[str, Any] = {s.name: s.default for s in loss.settings}
    defaults |= {a.name: None for a in loss.arguments if a.is_setting}
    if loss.has_axis:
        defaults["axis"] = -1
    defaults |= {"where": None, "weights": None, "reduction": "mean"}
    return inspect.Signature(found + [inspect.Parameter(n, keyword, default=d) for n, d in defaults.items()])
