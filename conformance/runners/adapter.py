"""Anything else: `adapter(loss, inputs, settings) -> (value, {name: gradient})`, over NumPy arrays.

`inputs` holds the arrays of the loss by their names, in the dtype under test; `settings` every setting and option, at its
default if the case has no other: `where`, `weights` and `reduction` of every loss, `axis` of a loss over rows. A gradient
is that of the sum of the value, for each predicted array and each learnable setting that is an array. What an adapter does
not do it answers with NotImplemented.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from isoloss.adapter import signature
from isoloss.conformance.cases.case import Case
from isoloss.conformance.runners import Result
from isoloss.conformance.ulp import rounded
from isoloss.losses import LOSSES

Adapter = Callable[[str, dict[str, Any], dict[str, Any]], Any]


class NotOffered(Exception):
    """An adapter answered NotImplemented."""


class Adapted:
    """An adapter as a runner."""

    MODES = ("eager",)
    COMPILED: tuple[str, ...] = ()

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter

    def run(self, name: str, case: Case, *, mode: str = "eager", dtype: str = "float32", device: str = "cpu") -> Result:
        """Value and gradients of a case.

        Raises:
            NotOffered: if the adapter does not do this.
            TypeError: if it returns something else than a value and gradients by name.
        """
        found = self._adapter(name, *arguments(name, case, dtype))
        if found is NotImplemented:
            raise NotOffered(name)
        if not (isinstance(found, tuple) and len(found) == 2 and isinstance(found[1], dict)):
            raise TypeError(f"an adapter returns (value, {{name: gradient}}) or NotImplemented; got {found!r}")
        value, gradients = np.asarray(found[0]), {n: np.asarray(g, np.float64) for n, g in found[1].items()}
        return Result(value.astype(np.float64), gradients, str(value.dtype), device)


def arguments(name: str, case: Case, dtype: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Inputs and settings of a case, as an adapter gets them."""
    given: dict[str, Any] = {**case.inputs, **case.settings, **case.options}
    given = {n: rounded(x, dtype) if type(x) is np.ndarray else x for n, x in given.items()}
    names = [a.name for a in LOSSES[name].inputs]
    defaults = {n: p.default for n, p in signature(LOSSES[name]).parameters.items() if n not in names}
    return {n: x for n, x in given.items() if n in names}, defaults | {n: x for n, x in given.items() if n not in names}


def load(path: str) -> Adapter:
    """The adapter at `module:function`."""
    module, _, function = path.partition(":")
    if not function:
        raise ValueError(f"an adapter is given as module:function; got {path!r}")
    return getattr(importlib.import_module(module), function)
