"""Anything else: `adapter(loss, inputs, settings) -> (value, {name: gradient})`, over NumPy arrays.

`inputs` holds the arrays of the loss by their names, in the dtype under test; `settings` every setting and option, at its
default if the case has no other: `where`, `weights` and `reduction` of every loss, `axis` of a loss over rows. A gradient
is that of the sum of the value, for each predicted array and each learnable setting that is an array. What an adapter does
not do it answers with NotImplemented.
"""

from __future__ import annotations

import importlib
import os
import sys
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
    """This loss, case or mode is none of theirs: an adapter answered NotImplemented."""


class Adapted:
    """An adapter as a runner."""

    MODES = ("eager",)
    COMPILED: tuple[str, ...] = ()
    SLOW: tuple[str, ...] = ()

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
        value, gradients = found
        expected = "float64" if dtype == "float64" else "float32"
        return Result(
            np.asarray(value, np.float64),
            {n: np.asarray(g, np.float64) for n, g in gradients.items()},
            str(getattr(value, "dtype", expected)),  # a Python number has none
            device,
        )


def arguments(name: str, case: Case, dtype: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Inputs and settings of a case, as an adapter gets them."""
    given: dict[str, Any] = {**case.inputs, **case.settings, **case.options}
    given = {n: rounded(x, dtype) if type(x) is np.ndarray else x for n, x in given.items()}
    names = [a.name for a in LOSSES[name].inputs]
    defaults = {n: p.default for n, p in signature(LOSSES[name]).parameters.items() if n not in names}
    return {n: x for n, x in given.items() if n in names}, defaults | {n: x for n, x in given.items() if n not in names}


def load(path: str) -> Adapter:
    """The adapter at `module:function`, which may be a file in the working directory."""
    module, _, function = path.partition(":")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    return getattr(importlib.import_module(module), function)
