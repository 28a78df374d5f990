"""Which cases each framework is given in each mode: what would take too long is left to `nox -s every`."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from isoloss.cli import families
from isoloss.conformance.cases import CASES, Case, Refusal
from isoloss.conformance.suite import BLOCKED

OF_A_FAMILY = [names[0] for names in families().values()]

FEW = {"torch": {"grad", "vmap"}, "tensorflow": {"function"}}
"""Modes that run all cases of one loss of each family, and the core cases of every other: they trace each kind of call."""

SLOW = {"torch": {"aot_eager"}, "tensorflow": {"xla"}, "jax": {"eager", "jit"}}
"""Modes that take a second for each shape, which they compile. They run the core cases of one loss of each family, and of
every other as many as one compilation serves."""

SLOWEST = {"torch": {"inductor"}, "jax": {"vmap", "jvp"}}
"""Modes that run one loss of each family, and as many of its core cases as one compilation serves."""

COSTLY = {
    "torch": {"test_degenerate.test_compiled"},
    "tensorflow": {"test_degenerate.test_compiled", "test_refusals.test_compiled"},
    "jax": {
        "test_blocked.test_exact_answers",
        "test_blocked.test_many_tiles",
        "test_degenerate",
        "test_properties",
        "test_refusals.test_compiled",
    },
}
"""Tests, or files of them, that compile each case: of most losses they run the core ones, what only the run can refuse,
and no properties."""

COSTLIEST = {
    "torch": {"test_refusals.test_compiled"},
    "jax": {
        "test_refusals.test_eager",
        "test_refusals.test_mapped",
        "test_values.test_16_bits",
        "test_values.test_float64",
    },
}
"""The same, of which one loss of each family runs the core cases, and most as many of them as one compilation serves and no
refusals: what is refused in one mode is so in the others."""


def cases(framework: str, loss: str, mode: str) -> list[Case]:
    """The typical cases that a loss is judged by in a mode."""
    if mode in SLOWEST.get(framework, ()):
        return alike(loss) if loss in OF_A_FAMILY else []
    if mode in SLOW.get(framework, ()):
        return core(loss) if loss in OF_A_FAMILY else alike(loss)
    few = mode in FEW.get(framework, ()) and loss not in OF_A_FAMILY
    return core(loss) if few else list(CASES[loss].typical)


def affordable(framework: str, file: str, test: str, arguments: dict[str, Any]) -> bool:
    """Whether a framework is given a test with these arguments."""
    loss, case = arguments.get("loss"), arguments.get("refusal", arguments.get("case"))
    one_of_family = loss in OF_A_FAMILY
    if f"{file}.{test}" in COSTLIEST.get(framework, ()):
        found = core(loss) if one_of_family else alike(loss)
        return any(case is chosen for chosen in found) or (one_of_family and isinstance(case, Refusal))
    if loss is None or one_of_family or not {file, f"{file}.{test}"} & COSTLY.get(framework, set()):
        return True
    if isinstance(case, Refusal):
        return case.at_run
    if isinstance(case, str):
        case = next(c for c in CASES[loss].typical + CASES[loss].degenerate if c.id == case.removesuffix(BLOCKED))
    return case is not None and case.core


def core(loss: str) -> list[Case]:
    """The typical cases of a loss that run where time is short."""
    return [case for case in CASES[loss].typical if case.core]


@cache
def alike(loss: str) -> list[Case]:
    """As many of them as one compilation serves."""
    return max(([c for c in core(loss) if _signature(c) == _signature(first)] for first in core(loss)), key=len)


def _signature(case: Case) -> str:
    """What cases have in common that differ in numbers alone."""
    arguments = {**case.inputs, **case.settings, **case.options}
    return repr({n: (x.shape, x.dtype) if isinstance(x, np.ndarray) else x for n, x in arguments.items()})
