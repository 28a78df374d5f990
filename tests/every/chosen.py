"""Which cases each framework is given in each mode: what would take too long is left to `nox -s conformance`."""

from __future__ import annotations

from typing import Any

import numpy as np

from isoloss.conformance.cases import CASES, Case, Refusal
from isoloss.conformance.suite import BLOCKED
from isoloss.losses import FAMILIES, LOSSES

OF_A_FAMILY = [next(n for n, loss in LOSSES.items() if loss.spec.__module__ == family.__name__) for family in FAMILIES]

FEW = {"torch": {"grad", "vmap"}, "tensorflow": {"xla"}, "jax": {"jit"}}
"""Modes that run all cases of one loss of each family, and the core cases of every other: XLA compiles each shape."""

SLOW = {"torch": {"aot_eager"}, "jax": {"eager", "vmap", "jvp"}}
"""Modes that take a second for each shape, JAX's eager one for each of its operations. They run the core cases of one
loss of each family, and of every other as many as one compilation serves."""

SLOWEST = {"torch": {"inductor"}}
"""Modes that run one loss of each family, and as many of its core cases as one compilation serves."""

COSTLY = {
    "torch": {"test_degenerate.test_compiled", "test_refusals.test_compiled"},
    "tensorflow": {"test_refusals.test_compiled"},
    "jax": {
        "test_blocked.test_exact_answers",
        "test_degenerate.test_eager",
        "test_properties",
        "test_refusals.test_compiled",
        "test_refusals.test_eager",
        "test_values.test_float64",
    },
}
"""Tests, or files of them, that compile each case: of most losses they run the core ones, what only the run can refuse,
and no properties."""


def cases(framework: str, loss: str, mode: str) -> list[Case]:
    """The typical cases that a loss is judged by in a mode."""
    core = [case for case in CASES[loss].typical if case.core]
    alike = max(([case for case in core if _signature(case) == _signature(first)] for first in core), key=len)
    if mode in SLOWEST.get(framework, ()):
        return alike if loss in OF_A_FAMILY else []
    if mode in SLOW.get(framework, ()):
        return core if loss in OF_A_FAMILY else alike
    few = mode in FEW.get(framework, ()) and loss not in OF_A_FAMILY
    return core if few else list(CASES[loss].typical)


def affordable(framework: str, file: str, test: str, arguments: dict[str, Any]) -> bool:
    """Whether a framework is given a test with these arguments."""
    loss, case = arguments.get("loss"), arguments.get("refusal", arguments.get("case"))
    costly = COSTLY.get(framework, set())
    if loss is None or loss in OF_A_FAMILY or not {file, f"{file}.{test}"} & costly:
        return True
    if isinstance(case, Refusal):
        return case.at_run
    if case is None:
        return False
    id = case.id if isinstance(case, Case) else case.removesuffix(BLOCKED)
    return any(c.core for c in (*CASES[loss].typical, *CASES[loss].degenerate) if c.id == id)


def _signature(case: Case) -> str:
    """What cases have in common that differ in numbers alone."""
    arguments = {**case.inputs, **case.settings, **case.options}
    return repr({n: (x.shape, x.dtype) if isinstance(x, np.ndarray) else x for n, x in arguments.items()})
