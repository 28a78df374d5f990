"""What the README says is so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
SNIPPETS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_first_block_holds_the_two_commands() -> None:
    first = re.search(r"```\w*\n(.*?)```", README, re.DOTALL)
    assert first
    assert first[1].splitlines() == ["pip install nox && nox -s demo", "pip install nox && nox -s tests"]
    assert first[1].splitlines()[1] in (ROOT / ".ci/run").read_text()


@pytest.mark.parametrize(
    "snippet", SNIPPETS, ids=lambda s: re.findall(r"import isoloss.(\w+)|, isoloss.(\w+)", s)[0][-1]
)
def test_snippet_runs(snippet: str, tmp_path: Path) -> None:
    script = tmp_path / "snippet.py"
    script.write_text(snippet)
    environment = {**os.environ, "KERAS_BACKEND": "jax", "TF_CPP_MIN_LOG_LEVEL": "2"}
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_snippet_for_each_framework_and_one_for_a_loss_of_your_own() -> None:
    assert len(SNIPPETS) == 4


def test_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#]+)", README):
        assert (ROOT / link).exists()
