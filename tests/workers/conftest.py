"""The workers of a framework, which are started once for all tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from processes import Found, run

APART = {"torch": True, "tensorflow": False, "jax": False}
"""The frameworks, and whether each of its workers is a process: `with_torch.py RANK SIZE FOLDER`, or else one process has
as many devices: `with_jax.py SIZE FOLDER`. What each worker got is in FOLDER/RANK.npz."""


@pytest.fixture(scope="session", params=[2, 4])
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Found]:
    """What each of so many workers got."""
    framework, size = request.config.getoption("--framework"), request.param
    if framework not in APART:
        pytest.skip(f"{framework} has no workers: choose --framework {' or '.join(APART)}")
    folder = tmp_path_factory.mktemp("workers")
    script = ["-W", "error", Path(__file__).with_name(f"with_{framework}.py")]
    ranks = [[rank] for rank in range(size)] if APART[framework] else [[]]
    done = run([[*script, *rank, size, folder] for rank in ranks])
    assert not any(process.returncode for process in done), "\n".join(process.stderr for process in done)
    return [dict(np.load(folder / f"{rank}.npz")) for rank in range(size)]
