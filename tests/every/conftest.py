"""The runner of the framework under test, and the tests that it is given."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from chosen import affordable, cases

from isoloss.conformance.cases import CASES
from isoloss.conformance.runners import runner


@pytest.fixture(scope="session")
def bind(framework: ModuleType) -> Callable[..., Any]:
    """From a spec to a function of the framework."""
    name = framework.__name__.rpartition(".")[2]
    return framework.bind if name == "strict" else importlib.import_module(f"isoloss.{name}").bind


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a framework does not have (compiled modes, vmap, foreign dtypes), and what would take too long."""
    name = config.getoption("--framework")
    modes = runner(name)
    absent = set() if modes.COMPILED else {"test_compiled"}
    foreign = {"test_16_bits", "test_numpy_arrays_are_read_as_they_look", "test_numpy_labels_are_read_as_they_look"}
    absent |= foreign if name == "strict" else set()
    absent |= set() if "vmap" in modes.MODES else {"test_mapped"}

    def has(item: pytest.Item) -> bool:
        arguments = item.callspec.params if hasattr(item, "callspec") else {}  # type: ignore[attr-defined]
        test = getattr(item, "originalname", "")
        if "run" in getattr(item, "fixturenames", ()) and arguments["run"] not in ("quickest", *modes.MODES):
            return False
        return test not in absent and (config.getoption("--all") or affordable(name, item.path.stem, test, arguments))

    config.hook.pytest_deselected(items=[item for item in items if not has(item)])
    items[:] = [item for item in items if has(item)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`loss, case, mode` for each typical case in each mode; `loss, case, some_mode` for each degenerate one."""
    names = metafunc.fixturenames
    if "mode" not in names:
        return
    framework = metafunc.config.getoption("--framework")
    modes = runner(framework).MODES
    chosen = (lambda _, loss, mode: CASES[loss].typical) if metafunc.config.getoption("--all") else cases
    found = [(loss, case, mode) for loss in CASES for mode in modes for case in chosen(framework, loss, mode)]
    metafunc.parametrize(
        ("loss", "case", "mode"), found, ids=[f"{loss}-{case.id}-{mode}" for loss, case, mode in found]
    )
