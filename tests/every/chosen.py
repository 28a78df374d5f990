"""Which cases each framework is given in each mode: what would take too long is left to `nox -s conformance`."""

from __future__ import annotations

import numpy as np

from isoloss.conformance.cases import CASES, Case
from isoloss.conformance.suite import BLOCKED
from isoloss.losses import FAMILIES, LOSSES

OF_A_FAMILY = [next(loss for loss in LOSSES if hasattr(family, loss)) for family in FAMILIES]

SLOW = {"torch": {"grad", "vmap", "aot_eager"}, "jax": {"eager", "vmap", "jvp"}}
"""Modes that run the core cases alone: JAX compiles each operation of an eager call for each shape."""

SLOWEST = {"torch": {"inductor"}}
"""Modes that run one loss of each family, and as many of its core cases as one compilation serves."""

COSTLY = {"jax": {"test_exact_answers", "test_float64"}}
"""Tests that run the core cases alone, as each case is compiled."""


def cases(framework: str, loss: str, mode: str) -> list[Case]:
    """The typical cases that a loss is judged by in a mode."""
    core = [case for case in CASES[loss].typical if case.core]
    if mode in SLOWEST.get(framework, ()):
        alike = [[case for case in core if _signature(case) == _signature(first)] for first in core]
        return max(alike, key=len) if loss in OF_A_FAMILY else []
    return core if mode in SLOW.get(framework, ()) else list(CASES[loss].typical)


def is_core(loss: str, case: Case | str) -> bool:
    """Whether a case, or the one with this id, is run in slow modes too."""
    id = case.id if isinstance(case, Case) else case.removesuffix(BLOCKED)
    return any(c.core for c in (*CASES[loss].typical, *CASES[loss].degenerate) if c.id == id)


def _signature(case: Case) -> str:
    """What cases have in common that differ in numbers alone."""
    arguments = {**case.inputs, **case.settings, **case.options}
    return repr({n: (x.shape, x.dtype) if isinstance(x, np.ndarray) else x for n, x in arguments.items()})
