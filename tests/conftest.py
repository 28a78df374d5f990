"""Which framework is tested: `pytest tests/every --framework torch`."""

from __future__ import annotations

from types import ModuleType

import pytest

FRAMEWORKS = ("numpy", "strict", "torch", "tensorflow", "jax", "keras")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--framework", choices=FRAMEWORKS, default="numpy", help="the framework under test")
    parser.addoption("--all", action="store_true", help="every case in every mode, also where that takes long")
    parser.addoption("--device", default="cpu", help="the device it runs on: cpu or cuda")


@pytest.fixture(scope="session")
def framework(pytestconfig: pytest.Config) -> ModuleType:
    """What runs a loss in it."""
    from isoloss.conformance.runners import runner

    return runner(pytestconfig.getoption("--framework"))


@pytest.fixture(scope="session")
def device(pytestconfig: pytest.Config) -> str:
    return pytestconfig.getoption("--device")


def pytest_ignore_collect(collection_path, config: pytest.Config) -> bool | None:
    """What is tested of one framework alone belongs to it: test_torch.py to torch."""
    framework = collection_path.stem.rpartition("_")[2]
    if collection_path.parent.name in ("acceptance", "workers") and framework in FRAMEWORKS:
        return framework != config.getoption("--framework") or None
    return None
