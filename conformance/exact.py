"""The exact value and gradients of a case, by its loss's reference."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
from mpmath import mpf

from isoloss.conformance.cases.case import Case
from isoloss.conformance.references import REFERENCES
from isoloss.losses import LOSSES
from isoloss.losses.declaration import Argument, Loss

DIGITS = 80
STEP = mpf(10) ** -26  # of the central differences: their error is its square

Exact = np.ndarray[Any, Any]  # of objects: mpmath numbers


@dataclass(frozen=True)
class Answer:
    """What a loss must give: its value and, for each differentiable input, the gradient of the value's sum."""

    value: Exact
    gradients: dict[str, Exact]


def answer(name: str, case: Case, dtype: str = "float32") -> Answer:
    """The answer to a case whose inputs are rounded to a dtype first."""
    loss = LOSSES[name]
    with mpmath.workdps(DIGITS):
        inputs = {n: exact(rounded(x, dtype)) for n, x in case.inputs.items()}
        settings = {s.name: s.default for s in loss.settings} | case.settings
        settings = {n: exact(rounded(x, dtype)) if isinstance(x, np.ndarray) else x for n, x in settings.items()}
        options = {n: exact(rounded(x, dtype)) if n == "weights" else x for n, x in case.options.items()}

        def value() -> Exact:
            return _value(loss, inputs, settings, options)

        learned = {a.name: inputs[a.name] for a in loss.arguments if a.predicted and a.name in inputs}
        learned |= {s.name: settings[s.name] for s in loss.settings if isinstance(settings[s.name], np.ndarray)}
        return Answer(value(), {n: _gradient(value, x) for n, x in learned.items()})


def rounded(x: Any, dtype: str) -> np.ndarray[Any, Any]:
    """Floating numbers in a dtype, others as they are."""
    x = np.asarray(x)
    if x.dtype.kind != "f":
        return x
    if dtype == "bfloat16":
        import ml_dtypes

        return x.astype(ml_dtypes.bfloat16)
    return x.astype(dtype)


def exact(x: np.ndarray[Any, Any]) -> Exact:
    """The same numbers in mpmath; integers and booleans stay Python's."""
    convert: Callable[[Any], Any] = (lambda v: v.item()) if x.dtype.kind in "iub" else (lambda v: mpf(float(v)))
    found = np.empty(x.shape, object)
    for index in np.ndindex(x.shape):
        found[index] = convert(x[index])
    return found


def _gradient(value: Callable[[], Exact], x: Exact) -> Exact:
    """Central differences, in place."""
    found = np.empty(x.shape, object)
    for index in np.ndindex(x.shape):
        middle = x[index]
        if mpmath.isinf(middle):
            found[index] = mpf(0)
            continue
        step = STEP * max(abs(middle), mpf(1) if middle == 0 else abs(middle))
        x[index] = middle + step
        above = mpmath.fsum(value().flat)
        x[index] = middle - step
        below = mpmath.fsum(value().flat)
        x[index] = middle
        found[index] = (above - below) / (2 * step)
    return found


def _value(loss: Loss, inputs: dict[str, Exact], settings: dict[str, Any], options: dict[str, Any]) -> Exact:
    rows = {n: _rows_last(a, inputs[n], options) for a in loss.arguments if (n := a.name) in inputs}
    leader = next(a for a in loss.arguments if loss.leads(a))
    batch = _batch_shape(leader, rows[leader.name], loss.rows_each(leader))
    where = _spread(options.get("where"), batch, True)
    weights = _spread(options.get("weights"), batch, mpf(1))
    count = int(np.prod(batch))
    keywords: dict[str, Any] = {n: (x[()] if isinstance(x, np.ndarray) else _number(x)) for n, x in settings.items()}
    for argument in loss.arguments:
        if argument.name in rows:
            x = rows[argument.name]
            keywords[argument.name] = (
                x.reshape(count, *_row_shape(argument, x)).tolist() if argument.open else x.tolist()
            )
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
