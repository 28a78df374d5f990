"""Which framework is tested: `pytest tests/every --framework torch`."""

from __future__ import annotations

import pytest

FRAMEWORKS = ("numpy", "strict", "torch", "tensorflow", "jax", "keras")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--framework", choices=FRAMEWORKS, default="numpy", help="the framework under test")
    parser.addoption("--device", default="cpu", help="the device it runs on: cpu or cuda")


def pytest_ignore_collect(collection_path, config: pytest.Config) -> bool | None:
    """An acceptance test belongs to one framework: tests/acceptance/test_torch.py to torch."""
    if collection_path.parent.name == "acceptance" and collection_path.name.startswith("test_"):
        return collection_path.stem != f"test_{config.getoption('--framework')}" or None
    return None
