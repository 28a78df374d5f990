"""The example of a shared batch runs, and its curve is that of one process."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from processes import run

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def test_with_torch(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--framework") != "torch":
        pytest.skip("choose --framework torch")
    pytest.importorskip("sklearn")
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", 2]
    (done,) = run([[*torchrun, EXAMPLES / "global_batch_torch.py", "--steps", 5]])
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"2 processes and one match: largest relative difference (\S+),", done.stdout)
    assert found is not None, done.stdout
    assert float(found[1]) < 1e-5
