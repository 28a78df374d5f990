"""The runner of the framework under test, and the tests that it is given."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from isoloss.conformance.cases import CASES, Case
from isoloss.conformance.runners import runner
from isoloss.conformance.suite import BLOCKED

SLOW = {"torch": {"grad", "vmap", "aot_eager"}, "jax": {"eager", "vmap", "jvp"}}
"""Modes that run the core cases alone: JAX compiles each operation of an eager call for each shape."""

SLOWEST = {"inductor"}
"""Modes that run as many core cases of a loss as one compilation serves."""

COSTLY = {"jax": {"test_exact_answers", "test_float64"}}
"""Tests that run the core cases alone, as each case is compiled; `nox -s conformance` judges all of them."""


@pytest.fixture(scope="session")
def framework(pytestconfig: pytest.Config) -> ModuleType:
    return runner(pytestconfig.getoption("--framework"))


@pytest.fixture(scope="session")
def device(pytestconfig: pytest.Config) -> str:
    return pytestconfig.getoption("--device")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a framework does not have (compiled modes, vmap, dtypes of 16 bits), and what would take too long."""
    name = config.getoption("--framework")
    modes = runner(name)
    absent = set() if modes.COMPILED else {"test_compiled"}
    absent |= {"test_16_bits"} if name == "strict" else set()
    absent |= set() if "vmap" in modes.MODES else {"test_mapped"}

    costly = COSTLY.get(name, set())

    def has(item: pytest.Item) -> bool:
        if "run" in getattr(item, "fixturenames", ()) and item.callspec.params["run"] not in ("quickest", *modes.MODES):  # type: ignore[attr-defined]
            return False
        name = getattr(item, "originalname", None)
        return name not in absent and (name not in costly or _core(**item.callspec.params))  # type: ignore[attr-defined]

    config.hook.pytest_deselected(items=[item for item in items if not has(item)])
    items[:] = [item for item in items if has(item)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`loss, case, mode` for each typical case in each mode; `loss, case, some_mode` for each degenerate one."""
    names = metafunc.fixturenames
    if "mode" not in names:
        return
    modes = runner(metafunc.config.getoption("--framework")).MODES
    slow = SLOW.get(metafunc.config.getoption("--framework"), set())
    found = [(loss, case, mode) for loss in CASES for mode in modes for case in _chosen(loss, mode, mode in slow)]
    metafunc.parametrize(
        ("loss", "case", "mode"), found, ids=[f"{loss}-{case.id}-{mode}" for loss, case, mode in found]
    )


def _core(loss: str, case: Case | str) -> bool:
    """Whether a case, or the one with this id, is run in slow modes too."""
    id = case.id if isinstance(case, Case) else case.removesuffix(BLOCKED)
    return any(c.core for c in (*CASES[loss].typical, *CASES[loss].degenerate) if c.id == id)


def _chosen(loss: str, mode: str, slow: bool) -> list[Case]:
    core = [case for case in CASES[loss].typical if case.core]
    if mode in SLOWEST:
        alike = [[case for case in core if _signature(case) == _signature(first)] for first in core]
        return max(alike, key=len)
    return core if slow else list(CASES[loss].typical)


def _signature(case: Case) -> str:
    """What cases have in common that differ in numbers alone."""
    arguments = {**case.inputs, **case.settings, **case.options}
    return repr({n: (x.shape, x.dtype) if isinstance(x, np.ndarray) else x for n, x in arguments.items()})
