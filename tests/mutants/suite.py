"""The tests of tests/every as calls, in the order in which a mutant is likely to fail: run in a process of its own."""

from __future__ import annotations

import importlib.util
import inspect
import itertools
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

EVERY = Path(__file__).parents[1] / "every"
sys.path.append(str(EVERY))  # what its tests import from each other

FILES = (
    ("test_values", "torch"),
    ("test_degenerate", "torch"),
    ("test_properties", "torch"),
    ("test_refusals", "torch"),
    ("test_seeds", "torch"),
    ("test_aligned", "torch"),
    ("test_blocked", "numpy"),  # whose loop over tiles uses what PyTorch does in place
    ("test_blocked", "torch"),
)
"""Each file and the framework that it is run in."""


def calls(losses: Collection[str]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The name of each test that may concern one of these losses, and a function that runs it in its framework, eagerly."""
    from isoloss.conformance.runners import runner

    for file, framework in FILES:
        fixtures = {
            "framework": runner(framework),
            "device": "cpu",
            "run": runner(framework).run,
            "bind": importlib.import_module(f"isoloss.{framework}").bind,
            "monkeypatch": pytest.MonkeyPatch(),
        }
        for name, test in vars(_module(file)).items():
            if name.startswith("test_") and name != "test_compiled":
                for arguments in _arguments(test):
                    if arguments.get("loss", losses) == losses or arguments["loss"] in losses:
                        needed = {n: x for n, x in fixtures.items() if n in inspect.signature(test).parameters}
                        yield _name(file, name, arguments), _bound(test, needed | arguments)


def _module(file: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(file, EVERY / f"{file}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _arguments(test: Callable[..., Any]) -> Iterator[dict[str, Any]]:
    """What pytest would call a test with, besides fixtures."""
    from isoloss.conformance.cases import CASES

    choices: list[list[dict[str, Any]]] = []
    for mark in getattr(test, "pytestmark", ()):
        names, values = mark.args
        if isinstance(names, str):
            choices.append([{names: value} for value in values])
        else:
            choices.append([dict(zip(names, value, strict=True)) for value in values])
    parameters = inspect.signature(test).parameters
    if "mode" in parameters:
        choices.append([{"loss": loss, "case": case} for loss in CASES for case in CASES[loss].typical])
    eager = {name: "eager" for name in ("mode", "how") if name in parameters}
    for chosen in itertools.product(*choices):
        yield {name: value for part in chosen for name, value in part.items()} | eager


def _name(file: str, name: str, arguments: dict[str, Any]) -> str:
    shown = [getattr(x, "id", x) for x in arguments.values()]
    return f"{file}.py::{name}[{'-'.join(x for x in shown if isinstance(x, str))}]"


def _bound(test: Callable[..., Any], arguments: dict[str, Any]) -> Callable[[], Any]:
    return lambda: test(**arguments)
