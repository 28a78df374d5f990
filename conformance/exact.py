"""The exact value and gradients of a case, by its loss's reference, and how well its input determines them."""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
from mpmath import mpf

from isoloss.conformance.bounds import normwise
from isoloss.conformance.cases.case import Case
from isoloss.conformance.perturbation import ROUNDED, at_jumps, sizes
from isoloss.conformance.references import REFERENCES
from isoloss.conformance.ulp import rounded
from isoloss.losses import LOSSES
from isoloss.losses.declaration import Argument, Loss

DIGITS = 140  # for numbers around 1; smaller and larger ones take more
STEP = -26  # of the central differences: a power of ten, times the smallest number. Their error is its square,
STEP_OF_FLOAT64 = -200  # which must be nothing beside the smallest normal number

NEARLY_INFINITE = mpf(10) ** 300

Exact = np.ndarray[Any, Any]  # of objects: mpmath numbers


@dataclass(frozen=True)
class Answer:
    """What a loss must give: its value and, for each differentiable input, the gradient of the value's sum.

    Each number comes with its condition: the relative change of the number when every input is off by its own size
    (see `perturbation`), at least 1. A gradient that is measured by its largest component has one condition for all.
    """

    value: Exact
    gradients: dict[str, Exact]
    value_condition: Exact
    gradient_conditions: dict[str, Exact]


def answer(name: str, case: Case, dtype: str = "float32", *, of_gradients: bool = True, by_row: bool = False) -> Answer:
    """The answer to a case whose inputs are rounded to a dtype first.

    Without the conditions `of_gradients`, which take most of the time, these are 1. `by_row`: see `sizes`.
    """
    loss = LOSSES[name]
    power = STEP_OF_FLOAT64 if dtype == "float64" else STEP
    digits, scale = _precision([rounded(x, dtype) for x in (*case.inputs.values(), *case.options.values())])
    digits += 4 * (STEP - power)
    with mpmath.workdps(digits):
        inputs = {n: exact(rounded(x, dtype)) for n, x in case.inputs.items()}
        settings = {s.name: s.default for s in loss.settings} | case.settings
        settings = {n: exact(rounded(x, dtype)) if isinstance(x, np.ndarray) else x for n, x in settings.items()}
        settings |= {n: np.array(mpf(x), object) for n in ROUNDED.get(name, ()) if isinstance(x := settings[n], float)}
        options = {n: exact(rounded(x, dtype)) if n == "weights" else x for n, x in case.options.items()}

        def value() -> Exact:
            return values(loss, inputs, settings, options)

        holds = "held" in inspect.signature(REFERENCES[name]).parameters

        def near() -> Callable[[], Exact]:
            """The same, with what counts as constant in the gradient as it is here."""
            if not holds:
                return value
            here = {n: x.copy() for n, x in inputs.items()}
            return lambda: values(loss, inputs, settings, options, here)

        scalars = {s.name: settings[s.name] for s in loss.settings if isinstance(settings[s.name], np.ndarray)}
        learned = {a.name: inputs[a.name] for a in loss.arguments if a.predicted and a.name in inputs}
        learned |= {n: x for n, x in scalars.items() if isinstance(case.settings.get(n), np.ndarray)}
        numbers = {n: x for n, x in inputs.items() if np.asarray(case.inputs[n]).dtype.kind == "f"}
        axis: Any = case.options.get("axis", -1)
        off = sizes(name, inputs, axis, by_row=by_row) | {n: np.asarray(abs(x), object) for n, x in scalars.items()}
        jumps = at_jumps(name, inputs, settings, options)
        step = mpf(10) ** power * min(scale, *(abs(x[()]) for x in scalars.values() if x[()]), mpf(1))
        places = {
            (n, index): _Place(x, index, step, off[n][index], _row(loss, n, index, axis))
            for n, x in (numbers | scalars).items()
            for index in np.ndindex(x.shape)
            if not mpmath.isinf(x[index]) and not (n in jumps and jumps[n][index])
        }
        return _measured(value, near, learned, places, normwise(name), of_gradients)


def _precision(arrays: list[Any]) -> tuple[int, Any]:
    """How many digits to compute with, and the size of the smallest number if that is below 1.

    A second difference is as small as a step squared, beside values as large as the largest number squared.
    """
    numbers = [abs(float(x)) for array in arrays if array.dtype.kind not in "iubUS" for x in np.ravel(array)]
    exponents = [math.frexp(x)[1] for x in numbers if x and math.isfinite(x)] + [0]
    return DIGITS + (2 * max(exponents) - 4 * min(exponents)) * 3 // 10, mpf(2) ** min(exponents)


@dataclass(frozen=True)
class _Place:
    """One number among the inputs."""

    array: Exact
    index: tuple[int, ...]
    step: Any
    off: Any  # mpmath's mpf: the library has no types
    row: tuple[int, ...] | None  # the value that it is part of; None: of any


def _row(loss: Loss, name: str, index: tuple[int, ...], axis: int) -> tuple[int, ...] | None:
    argument = next((a for a in loss.arguments if a.name == name), None)
    if loss.one_number or argument is None or not argument.open:
        return None
    if len(argument.dimensions) == 1:
        return index
    return tuple(np.delete(index, axis))[: len(index) - len(argument.dimensions) + 1]


def _measured(
    value: Callable[[], Exact],
    near: Callable[[], Callable[[], Exact]],
    learned: dict[str, Exact],
    places: dict[tuple[str, tuple[int, ...]], _Place],
    by_largest: bool,
    of_gradients: bool,
) -> Answer:
    """Value, gradients and conditions by central differences, in place: of the first order, and of the second."""
    middle = value()
    zeros = middle * 0
    here = near()
    slopes = {key: _slope(here, place) for key, place in places.items()}
    moves = slopes if here is value else {key: _slope(value, place) for key, place in places.items()}
    change = sum((abs(moves[key]) * place.off for key, place in places.items() if place.off), start=zeros)
    gradients, conditions = {}, {}
    for name, x in learned.items():
        gradient, gradient_change = np.empty(x.shape, object), np.empty(x.shape, object)
        for index in np.ndindex(x.shape):
            gradient[index] = _total(slopes.get((name, index), zeros))
            gradient_change[index] = mpf(0)
            place = places.get((name, index))
            if place and of_gradients:
                for other in places.values():
                    if other.off and (place.row == other.row or None in (place.row, other.row)):
                        curvature = _slope(lambda place=place: _total(_slope(near(), place)), other)
                        gradient_change[index] += abs(curvature) * other.off
        gradients[name] = gradient
        conditions[name] = _condition(gradient_change, gradient, by_largest)
    return Answer(middle, gradients, _condition(np.asarray(change, object), middle, False), conditions)


def _condition(change: Exact, number: Exact, by_largest: bool) -> Exact:
    """At least 1; 1 where the number is too small for float64, as good as infinite where it is 0 and would change."""
    found = np.empty(number.shape, object)
    largest = [max((abs(x) for x in array.flat), default=mpf(0)) for array in (change, number)]
    for index in np.ndindex(number.shape):
        c, n = largest if by_largest else (change[index], abs(number[index]))
        if n == 0:
            found[index] = max(mpf(1), NEARLY_INFINITE * mpmath.sign(c))
        else:
            found[index] = max(c / n, mpf(1)) if float(n) else mpf(1)
    return found


def _total(numbers: Any) -> Any:
    return mpmath.fsum(np.ravel(numbers))


def _slope(value: Callable[[], Any], place: _Place) -> Any:
    middle, step = place.array[place.index], place.step
    place.array[place.index] = middle + step
    above = value()
    place.array[place.index] = middle - step
    below = value()
    place.array[place.index] = middle
    return (above - below) / (2 * step)


def exact(x: np.ndarray[Any, Any]) -> Exact:
    """The same numbers in mpmath; integers and booleans stay Python's."""
    convert: Callable[[Any], Any] = (lambda v: v.item()) if x.dtype.kind in "iub" else (lambda v: mpf(float(v)))
    found = np.empty(x.shape, object)
    for index in np.ndindex(x.shape):
        found[index] = convert(x[index])
    return found


def values(
    loss: Loss,
    inputs: dict[str, Exact],
    settings: dict[str, Any],
    options: dict[str, Any],
    held: dict[str, Exact] | None = None,
) -> Exact:
    """What the reference gives, reduced as the options say."""
    leader = loss.leaders[0]
    batch = _batch_shape(leader, _rows_last(leader, inputs[leader.name], options), loss.rows_each(leader))
    where = _spread(options.get("where"), batch, True)
    weights = _spread(options.get("weights"), batch, mpf(1))
    count = int(np.prod(batch))
    what = {n: x for n, x in settings.items() if n != "method"}  # which says how to compute it
    keywords: dict[str, Any] = {n: (x[()] if isinstance(x, np.ndarray) else _number(x)) for n, x in what.items()}
    keywords |= _lists(loss, inputs, options, count) | ({"held": _lists(loss, held, options, count)} if held else {})
    for argument in loss.arguments:
        if argument.name not in inputs and argument.broadcasts and argument.name in keywords:
            keywords[argument.name] = np.broadcast_to(keywords[argument.name], batch).ravel().tolist()
    if loss.takes_where:
        keywords["where"] = list(where.flat)
    if loss.one_number:
        keywords["weights"] = [w if m else mpf(0) for w, m in zip(weights.flat, where.flat, strict=True)]
        return np.array(REFERENCES[loss.name](**keywords), object)
    result = REFERENCES[loss.name](**keywords)
    own = result.weights or [mpf(1)] * count
    counts = [w * o if m else mpf(0) for w, o, m in zip(weights.flat, own, where.flat, strict=True)]
    weighted = [c * v if c else mpf(0) for c, v in zip(counts, result.values, strict=True)]
    reduction = options.get("reduction", "mean")
    if reduction == "none":
        found = np.empty(count, object)
        found[:] = weighted
        return found.reshape(batch)
    total = mpmath.fsum(weighted)
    if reduction == "mean":
        total = total / mpmath.fsum(counts) if mpmath.fsum(counts) else mpf(0)
    return np.array(total, object)


def _lists(loss: Loss, inputs: dict[str, Exact], options: dict[str, Any], count: int) -> dict[str, Any]:
    """The arrays as a reference gets them."""
    found = {}
    for argument in loss.arguments:
        if argument.name in inputs:
            x = _rows_last(argument, inputs[argument.name], options)
            found[argument.name] = (x.reshape(count, *_row_shape(argument, x)) if argument.open else x).tolist()
    return found


def _rows_last(argument: Argument, x: Exact, options: dict[str, Any]) -> Exact:
    return np.moveaxis(x, options.get("axis", -1), -1) if argument.open and len(argument.dimensions) > 1 else x


def _row_shape(argument: Argument, x: Exact) -> tuple[int, ...]:
    return x.shape[x.ndim - len(argument.dimensions) + 1 :]


def _batch_shape(argument: Argument, x: Exact, rows_each: int) -> tuple[int, ...]:
    return x.shape[: x.ndim - len(argument.dimensions) + 1] if argument.open else (len(x) // rows_each,)


def _spread(mask: Any, batch: tuple[int, ...], default: Any) -> np.ndarray[Any, Any]:
    """A mask or weights over all of the batch."""
    found = np.empty(batch, object)
    for index in itertools.product(*map(range, batch)):
        found[index] = default if mask is None else mask[index[: np.ndim(mask)]]
    return found


def _number(x: Any) -> Any:
    return mpf(x) if isinstance(x, float) else x
