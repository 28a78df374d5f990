"""How a loss is run in each framework and mode: `run(loss, case, mode=..., dtype=..., device=...)` of each module.

`MODES` of a module names its modes, `COMPILED` those that compile, `SLOW` those that take seconds for a new case. In a
compiled mode the function is traced with another batch size than the case's, where the framework can leave it open.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from isoloss.conformance.cases.case import Case
from isoloss.losses import LOSSES


@dataclass(frozen=True)
class Result:
    """What a framework gave: numbers in float64, and what they were."""

    value: np.ndarray[Any, Any]
    gradients: dict[str, np.ndarray[Any, Any]]
    dtype: str
    device: str


class Fixed(dict[str, Any]):
    """Arguments that a function is compiled for; they are the same if they are written the same."""

    def __hash__(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]  # a dict has none
        return hash(repr(self))

    def __eq__(self, other: object) -> bool:
        return repr(self) == repr(other)


@dataclass(frozen=True)
class Split:
    """A case's arguments by what happens to them: differentiated, passed as arrays, or fixed."""

    learned: dict[str, np.ndarray[Any, Any]]
    given: dict[str, np.ndarray[Any, Any]]
    fixed: Fixed


def split(name: str, case: Case) -> Split:
    """The arguments of a case by what happens to them."""
    loss = LOSSES[name]
    predicted = {a.name for a in loss.arguments if a.predicted} | {s.name for s in loss.settings if s.learnable}
    arguments = {**case.inputs, **case.settings, **case.options}
    arrays = {
        n: np.asarray(x)
        for n, x in arguments.items()
        if type(x) is np.ndarray and x.dtype.kind not in "SU"  # text and subclasses reach the loss as they are
    }
    return Split(
        {n: x for n, x in arrays.items() if n in predicted and x.dtype.kind == "f"},
        {n: x for n, x in arrays.items() if n not in predicted or x.dtype.kind != "f"},
        Fixed((n, x) for n, x in arguments.items() if n not in arrays),
    )


def batched(name: str, split: Split) -> dict[str, bool]:
    """Which arrays have an axis over the batch, whose size a compiled function leaves open."""
    arrays = split.learned | split.given
    found = {n: n in ("where", "weights") for n in arrays}
    most = max((x.ndim for x in arrays.values()), default=0)
    for argument in LOSSES[name].arguments:
        if argument.name in arrays:
            shape = arrays[argument.name].shape
            if argument.broadcasts:
                found[argument.name] = len(shape) == most > 0 and shape[0] > 1
            elif not argument.is_setting:
                found[argument.name] = len(shape) >= len(argument.dimensions) if argument.open else True
    return found


def quickest(module: Any) -> str:
    """The mode of a runner that takes least time for one call: JAX compiles each operation of an eager one."""
    return "jit" if "jit" in module.MODES else "eager"


def runner(framework: str) -> Any:
    """The module that runs a framework."""
    return importlib.import_module(f"isoloss.conformance.runners.{framework}")
