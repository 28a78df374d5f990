"""What the documentation shows of shared batches: each block of the page runs, and each example matches one worker."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from processes import run

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "distributed.md").read_text(encoding="utf-8")
TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", 2, Path(__file__).with_name("ended.py")]


def blocks(title: str) -> list[str]:
    """The Python of a section."""
    return re.findall(r"```python\n(.*?)```", PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0], re.DOTALL)


SECTIONS = {
    "torch": {"PyTorch": blocks("PyTorch")},
    "jax": {"JAX": blocks("JAX")},
    "tensorflow": {"TensorFlow": blocks("TensorFlow"), "Keras": blocks("Keras")},
}
BLOCKS = [(framework, block) for framework, found in SECTIONS.items() for title in found.values() for block in title]


def test_each_section_has_its_blocks() -> None:
    found = {title: len(blocks) for sections in SECTIONS.values() for title, blocks in sections.items()}
    assert found == {"PyTorch": 1, "JAX": 3, "TensorFlow": 1, "Keras": 1}


def command(framework: str, chosen: str) -> list[str | int]:
    """What a program is run with."""
    if framework != chosen:
        pytest.skip(f"choose --framework {framework}")
    return TORCHRUN if framework == "torch" else []


@pytest.mark.parametrize(("framework", "block"), BLOCKS, ids=[f"{f} {k}" for k, (f, _) in enumerate(BLOCKS)])
def test_page(request: pytest.FixtureRequest, tmp_path: Path, framework: str, block: str) -> None:
    how = command(framework, request.config.getoption("--framework"))
    if "import keras" in block:
        pytest.importorskip("keras")
    (tmp_path / "block.py").write_text(block, encoding="utf-8")
    (done,) = run([[*how, tmp_path / "block.py"]])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("framework", SECTIONS)
def test_example(request: pytest.FixtureRequest, framework: str) -> None:
    how = command(framework, request.config.getoption("--framework"))
    for needed in ("sklearn", "optax") if framework == "jax" else ("sklearn",):
        pytest.importorskip(needed)
    (done,) = run([[*how, DOCS / "examples" / f"global_batch_{framework}.py", "--steps", 5]])
    assert done.returncode == 0, done.stdout + done.stderr
    largest = re.search(r"largest (?:relative )?difference .*?(\d\.\de[-+]\d+)", done.stdout)
    assert largest, done.stdout
    assert float(largest[1]) < 1e-5
