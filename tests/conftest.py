"""Which framework is tested: `pytest tests/every --framework torch`."""

from __future__ import annotations

import pytest

FRAMEWORKS = ("numpy", "strict", "torch", "tensorflow", "jax", "keras")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--framework", choices=FRAMEWORKS, default="numpy", help="the framework under test")
    parser.addoption("--all", action="store_true", help="every case in every mode, also where that takes long")
    parser.addoption("--device", default="cpu", help="the device it runs on: cpu or cuda")


def pytest_ignore_collect(collection_path, config: pytest.Config) -> bool | None:
    """What is tested of one framework alone belongs to it: test_torch.py to torch."""
    framework = collection_path.stem.rpartition("_")[2]
    if collection_path.parent.name in ("acceptance", "workers") and framework in FRAMEWORKS:
        return framework != config.getoption("--framework") or None
    return None
