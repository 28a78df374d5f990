"""NumPy: values only."""

from __future__ import annotations

import numpy as np

import isoloss.numpy
from isoloss.conformance.cases.case import Case
from isoloss.conformance.runners import Result, split
from isoloss.conformance.ulp import rounded

MODES = ("eager",)
COMPILED: tuple[str, ...] = ()
SLOW: tuple[str, ...] = ()


def run(name: str, case: Case, *, mode: str = "eager", dtype: str = "float32", device: str = "cpu") -> Result:
    """The value of a case."""
    parts = split(name, case)
    arrays = {n: rounded(x, dtype) for n, x in (parts.learned | parts.given).items()}
    value = getattr(isoloss.numpy, name)(**arrays, **parts.fixed)
    return Result(np.asarray(value, np.float64), {}, str(value.dtype), "cpu")
