"""What the arguments of a call must be: kinds, shapes and settings, checked against a loss's declaration.

What is known before the run raises here; what only the run can tell comes back as conditions. Messages are written only
when they are needed: while compiling, sizes and numbers may be symbols.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, NamedTuple, TypeAlias

import numpy as np

from isoloss.losses.checks import require
from isoloss.losses.declaration import Argument, Loss, Setting
from isoloss.protocol import A, Backend

NUMPY = (np.ndarray, np.generic)

Shape: TypeAlias = tuple[int | None, ...]


class Condition(NamedTuple, Generic[A]):
    """What must hold of a call as a whole; where it fails, every value is NaN."""

    holds: A
    message: str = ""
    details: tuple[object, ...] = ()


# --------------------------------------------------------------------------- kinds


def convert(xp: Backend[A], loss: Loss, arrays: Mapping[str, Any]) -> tuple[dict[str, A], Any]:
    """The arrays that are there as this framework's, and the dtype of the computation, which the others but labels have.

    Raises:
        TypeError: for an array of another framework or of the wrong kind.
    """
    like = device_of(xp, arrays)
    found: dict[str, A] = {}
    for argument in loss.arguments:
        value = arrays[argument.name]
        if value is not None or not argument.optional:
            real = not (argument.predicted or argument.integer)
            found[argument.name] = as_array(xp, loss, argument.name, value, like, real=real)
            _check_kind(xp, loss, argument, found[argument.name])
    dtype = xp.compute_dtype([found[a.name] for a in loss.arguments if a.predicted and a.name in found])
    for argument in loss.arguments:
        if argument.name in found:
            array = found[argument.name]
            found[argument.name] = xp.as_index(array) if argument.integer else xp.astype(array, dtype)
    return found, dtype


def device_of(xp: Backend[A], arrays: Mapping[str, Any]) -> A | None:
    """An array of the framework's own, whose device the others are put on."""
    for value in arrays.values():
        if xp.isarray(value):
            return value
    return None


def as_array(xp: Backend[A], loss: Loss, name: str, value: Any, like: A | None, *, real: bool = False) -> A:
    """One of this framework's arrays; `real`: NumPy's integers and Python's numbers as real ones in float64, since JAX
    has no integers beyond 32 bits, and others would make a Python number one of float32.
    """
    if xp.isarray(value) or isinstance(value, (*NUMPY, int, float)):
        if isinstance(value, np.ma.MaskedArray):
            raise TypeError(
                f"{loss.name}: {name} must not be a masked array, whose mask would be lost: use where=~mask"
            )
        try:
            numbers: Any = value
            if real and isinstance(value, (int, float)):
                numbers = np.float64(numbers)
            elif real and isinstance(value, NUMPY):
                numbers = numbers * 1.0
            return xp.asarray(numbers, like)
        except (TypeError, ValueError) as error:
            raise TypeError(f"{loss.name}: {name} must hold numbers; got {value!r} ({error})") from error
    arrived = "nothing (None)" if value is None else f"{type(value).__module__}.{type(value).__qualname__}"
    raise TypeError(
        f"{loss.name}: {name} must be an array of the framework that was called, a NumPy array or a number; "
        f"got {arrived}. Convert it first."
    )


def _check_kind(xp: Backend[A], loss: Loss, argument: Argument, array: A) -> None:
    kind = xp.kind(array)
    advice = "Convert it, or check the order of the arguments."
    if argument.predicted and kind != "floating":
        raise TypeError(
            f"{loss.name}: {argument.name} must be floating (float16, bfloat16, float32 or float64), since gradients "
            f"flow through it; got {array.dtype}. {advice}"
        )
    if argument.integer and kind != "integer":
        raise TypeError(
            f"{loss.name}: {argument.name} must be integers; got {array.dtype}{_advice(loss, argument) or f'. {advice}'}"
        )
    if kind == "other":
        raise TypeError(f"{loss.name}: {argument.name} must be real numbers; got {array.dtype}. {advice}")


# -------------------------------------------------------------------------- shapes


def rows_last(xp: Backend[A], loss: Loss, arrays: Mapping[str, A], axis: int) -> dict[str, A]:
    """The arrays with their rows along the last axis, which is where a spec looks for them.

    Raises:
        ValueError: if the axis is none of an array's.
    """
    found = dict(arrays)
    for argument in loss.arguments:
        if argument.name in arrays and argument.open and len(argument.dimensions) > 1 and axis != -1:
            array = arrays[argument.name]
            rank = len(known_shape(xp, loss, argument.name, array))
            axis = int(axis) if isinstance(axis, np.integer) else axis
            if isinstance(axis, bool) or not isinstance(axis, int):
                raise TypeError(f"{loss.name}: axis must be an integer; got {{!r}}".format(axis))
            if not -rank <= axis < rank:
                sentence = f"{loss.name}: axis must be an axis of {argument.name}, from {-rank} to {rank - 1}; got {{}}"
                raise ValueError(sentence.format(axis))
            found[argument.name] = xp.moveaxis(array, axis, -1)
    return found


def known_shape(xp: Backend[A], loss: Loss, name: str, array: A) -> Shape:
    """The sizes of an array, None for one that only the run knows.

    Raises:
        ValueError: if not even their number is known.
    """
    shape = xp.shape(array)
    if shape is None:
        raise ValueError(
            f"{loss.name}: the number of axes of {name} must be known while tracing; got unknown rank. Set its shape, "
            "with None for sizes that vary."
        )
    return shape


class _Met(NamedTuple):
    """Where a dimension was met first."""

    argument: Argument
    shape: Shape
    sizes: list[Any]


def agree(xp: Backend[A], loss: Loss, arrays: Mapping[str, A], settings: Mapping[str, Any]) -> list[Condition[A]]:
    """Check the arrays' shapes against the declared ones.

    Raises:
        ValueError: for a wrong number of axes, or sizes that are known to differ or to be no multiple.
    """
    conditions: list[Condition[A]] = []
    met: dict[str, _Met] = {}
    for argument in loss.arguments:
        if argument.name not in arrays:
            continue
        array = arrays[argument.name]
        shape = known_shape(xp, loss, argument.name, array)
        if argument.broadcasts:
            conditions += _broadcasts(xp, loss, argument, array, met["..."])
            continue
        named = argument.dimensions[1:] if argument.open else argument.dimensions
        batch = len(shape) - len(named)
        if batch < 0 or (batch > 0 and not argument.open):
            raise ValueError(
                f"{loss.name}: {argument.name} must have shape {argument.shape}; got {written(shape)}, {len(shape)} axes"
            )
        lengths = _lengths(xp, array, shape)
        sizes = {"...": lengths[:batch]} if argument.open else {}
        for k, dimension in enumerate(named):
            size: Any = lengths[batch + k]
            if argument.open or k > 0:
                if shape[batch + k] == 0:
                    raise ValueError(
                        f"{loss.name}: {argument.name} is empty along {dimension.name}; got {written(shape)}"
                    )
                conditions += [Condition(size > 0)] if xp.isarray(size) else []
            if (count := dimension.count(settings)) > 1:
                conditions += _multiple(xp, loss, argument, shape, size, count)
                size = size // count
            sizes[dimension.name] = [size]
        for name, own in sizes.items():
            if name not in met:
                met[name] = _Met(argument, shape, own)
            elif met[name].argument is not argument:
                conditions += _same(xp, loss, name, met[name], _Met(argument, shape, own))
    return conditions


def _lengths(xp: Backend[A], array: A, shape: Shape) -> list[Any]:
    """The sizes as the run knows them."""
    return [xp.length(array, k) if size is None else size for k, size in enumerate(shape)]


def _multiple(xp: Backend[A], loss: Loss, argument: Argument, shape: Shape, size: Any, of: int) -> list[Condition[A]]:
    def message() -> str:
        sentence = f"{loss.name}: {argument.name} must have shape {argument.shape}, a multiple of {{}} rows; got {{}}"
        return sentence.format(of, written(shape))

    return _equal(xp, size % of, 0, message)


def _same(xp: Backend[A], loss: Loss, name: str, first: _Met, other: _Met) -> list[Condition[A]]:
    def message() -> str:
        return (
            f"{loss.name}: {other.argument.name} {other.argument.shape} must agree with {first.argument.name} in "
            f"{'all batch axes' if name == '...' else name}, and nothing is broadcast; got {written(other.shape)} and "
            f"{written(first.shape)}{_advice(loss, other.argument)}"
        )

    if len(first.sizes) != len(other.sizes):
        raise ValueError(message())
    found: list[Condition[A]] = []
    for size, expected in zip(other.sizes, first.sizes, strict=True):
        found += _equal(xp, size, expected, message)
    return found


def _advice(loss: Loss, argument: Argument) -> str:
    """On labels of classes that are something else."""
    if not (argument.integer and loss.has_axis):
        return ""
    scores = loss.inputs[0].name
    return (
        f". {argument.name.capitalize()} are indices, one for each row of {scores}, whose classes lie on the last axis or "
        "on axis=. Of one-hot rows take the argmax; a target for each class is for soft_cross_entropy"
    )


def _broadcasts(xp: Backend[A], loss: Loss, argument: Argument, array: A, batch: _Met) -> list[Condition[A]]:
    shape = known_shape(xp, loss, argument.name, array)

    def message() -> str:
        return (
            f"{loss.name}: {argument.name} must be a number or an array that broadcasts to {batch.argument.name}; got "
            f"{written(shape)} and {written(batch.shape)}"
        )

    if len(shape) > len(batch.sizes):
        raise ValueError(message())
    found: list[Condition[A]] = []
    sizes = zip(_lengths(xp, array, shape), batch.sizes[len(batch.sizes) - len(shape) :], strict=True)
    for size, expected in sizes:
        found += [] if isinstance(size, int) and size == 1 else _equal(xp, size, expected, message)
    return found


def _equal(xp: Backend[A], size: Any, expected: Any, message: Callable[[], str]) -> list[Condition[A]]:
    if xp.isarray(size):
        return [Condition(xp.equal(size, expected))]
    if xp.isarray(expected):
        return [Condition(xp.equal(expected, size))]
    if size != expected:
        raise ValueError(message())
    return []


def written(shape: Shape) -> str:
    """A shape as it is written for people, in words that torch.compile can trace."""
    sizes = ["?" if size is None else f"{size}" for size in shape]
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"


# --------------------------------------------------------------- masks and weights


def over_batch(loss: Loss, arrays: Mapping[str, A]) -> list[Argument]:
    """The arrays that begin with the axes of the batch."""
    return [a for a in loss.leaders if a.name in arrays]


def _batch(xp: Backend[A], loss: Loss, arrays: Mapping[str, A]) -> tuple[Shape, list[int | A]]:
    """The sizes of the batch, as far as they are known, and as the run knows them."""
    leader = over_batch(loss, arrays)[0]
    array, each = arrays[leader.name], loss.rows_each(leader)
    shape = known_shape(xp, loss, leader.name, array)
    shape = shape[: len(shape) - len(leader.dimensions) + 1 if leader.open else len(loss.batch)]
    lengths = _lengths(xp, array, shape)
    if each == 1:
        return shape, lengths
    return tuple(None if size is None else size // each for size in shape), [size // each for size in lengths]


def mask_and_weights(
    xp: Backend[A], loss: Loss, arrays: Mapping[str, A], where: Any, weights: Any, dtype: Any
) -> tuple[A | None, A | None, list[Condition[A]]]:
    """where and weights with as many axes as the values; weights 0 where masked.

    Raises:
        TypeError: for a mask that is not boolean, or weights that are no real numbers.
        ValueError: for shapes that are not the values' or of their leading axes, or weights seen to be negative.
    """
    like = device_of(xp, arrays)
    conditions: list[Condition[A]] = []
    if where is not None:
        where = as_array(xp, loss, "where", where, like)
        if xp.kind(where) != "bool":
            raise TypeError(
                f"{loss.name}: where must be boolean (True for what counts); got {where.dtype}. "
                "Pass numbers as weights, or compare them: where=mask != 0."
            )
        where, conditions = _aligned(xp, loss, arrays, "where", where)
    if weights is not None:
        given = as_array(xp, loss, "weights", weights, like)
        if xp.kind(given) == "other":
            raise TypeError(f"{loss.name}: weights must be real numbers; got {given.dtype}")
        weights, more = _aligned(xp, loss, arrays, "weights", xp.astype(given, dtype))
        conditions = conditions + more
        if where is not None:
            weights = xp.where(where, weights, 0.0)
        weights = require(xp, weights >= 0.0, weights, "{}: weights must not be negative; got {}", loss.name, given)
    elif where is not None:
        weights = xp.astype(where, dtype)
    return where, weights, conditions


def _aligned(xp: Backend[A], loss: Loss, arrays: Mapping[str, A], name: str, mask: A) -> tuple[A, list[Condition[A]]]:
    shape, lengths = _batch(xp, loss, arrays)
    own = known_shape(xp, loss, name, mask)

    def message() -> str:
        return (
            f"{loss.name}: {name} must have the shape of the values, {written(shape)}, or of their leading "
            f"axes; got {written(own)}"
        )

    if len(own) > len(shape) or (not own and shape):
        raise ValueError(message())
    conditions: list[Condition[A]] = []
    for k in range(len(own)):
        conditions += _equal(xp, xp.length(mask, k), lengths[k], message)
    for _ in range(len(shape) - len(own)):
        mask = xp.expand_dims(mask, axis=-1)
    return mask, conditions


def check_result(xp: Backend[A], loss: Loss, arrays: Mapping[str, A], values: A) -> None:
    """Check that a spec returned what it declares.

    Raises:
        ValueError: if the values are not those of the batch, or not one number.
    """
    expected = () if loss.one_number else _batch(xp, loss, arrays)[0]
    shape = known_shape(xp, loss, "the result", values)
    same = len(shape) == len(expected)
    for size, wanted in zip(shape, expected, strict=False):
        same = same and (size is None or wanted is None or size == wanted)
    if not same:
        raise ValueError(
            f"{loss.name}: its spec must return {'one number' if loss.one_number else 'a value for each of the batch'}, "
            f"shape {written(expected)}; got {written(shape)}"
        )


def without_masked(xp: Backend[A], loss: Loss, arrays: Mapping[str, A], where: A) -> dict[str, A]:
    """The arrays with 0 in masked places, so that what stands there reaches neither value nor gradient."""
    cleaned = dict(arrays)
    for argument in over_batch(loss, arrays):
        each = loss.rows_each(argument)
        mask = xp.repeat(where, each, axis=0) if each > 1 else where
        for _ in range(len(argument.dimensions) - len(loss.batch)):
            mask = xp.expand_dims(mask, axis=-1)
        cleaned[argument.name] = xp.where(mask, arrays[argument.name], 0 if argument.integer else 0.0)
    return cleaned


# ------------------------------------------------------------------------ settings


def check_settings(
    xp: Backend[A], loss: Loss, settings: Mapping[str, Any], dtype: Any
) -> tuple[dict[str, Any], list[Condition[A]]]:
    """The settings as the spec expects them; scalar arrays in the dtype of the computation.

    Raises:
        TypeError: if one is of another type.
        ValueError: if one is out of range, no choice or no scalar.
    """
    checked: dict[str, Any] = {}
    conditions: list[Condition[A]] = []
    for setting in loss.settings:
        value = settings[setting.name]
        if not (setting.learnable and (xp.isarray(value) or isinstance(value, np.ndarray))):
            checked[setting.name] = check_setting(loss, setting, value)
            continue
        array = as_array(xp, loss, setting.name, value, None)
        shape = known_shape(xp, loss, setting.name, array)
        if shape != () or xp.kind(array) in ("bool", "other"):
            raise ValueError(
                f"{loss.name}: {setting.name} must be {setting.wanted}; got an array of shape {written(shape)}, "
                f"{array.dtype}"
            )
        checked[setting.name] = xp.astype(array, dtype)
        if setting.interval is not None:
            inside = setting.interval.contains(checked[setting.name])
            details = (loss.name, setting.name, setting.interval, array)
            conditions.append(Condition(inside, "{}: {} must be {}; got {}", details))
    return checked, conditions


def check_setting(loss: Loss, setting: Setting, value: Any) -> Any:
    """A setting that is no array, as the spec expects it.

    Raises:
        TypeError: if it is of another type than the setting.
        ValueError: if it is out of range or no choice.
    """

    def message() -> str:
        # torch.compile may hold the number as a symbol, which str.format alone takes; PyTorch 2.9 shows such a sentence
        # as it was before it was formatted, so that all but the number stands in it already
        return f"{loss.name}: {setting.name} must be {setting.wanted}; got {{!r}}".format(value)

    if isinstance(value, np.generic):
        value = value.item()
    if setting.choices:
        if isinstance(value, bool) or not isinstance(value, str | int) or value not in setting.choices:
            raise ValueError(message())
        return value
    if isinstance(value, int) and not isinstance(value, bool) and float in setting.types and int not in setting.types:
        value = float(value)
    if not isinstance(value, setting.types) or (isinstance(value, bool) and bool not in setting.types):
        raise TypeError(message())
    if value is not None and setting.interval is not None and not setting.interval.contains(value):
        raise ValueError(message())
    return value
