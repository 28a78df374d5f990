"""What tests of more than one session share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def load(request: pytest.FixtureRequest) -> Iterator[Callable[[str], ModuleType]]:
    """Import a module of the session that a test is about, whose folder is on the path only here."""
    before, folder = set(sys.modules), request.module.FOLDER
    sys.path.insert(0, str(folder))
    yield import_module
    sys.path.remove(str(folder))
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "").parent == folder:
            del sys.modules[name]
