"""What pyright must accept (`right.py`), what it must refuse (`mistakes/`), and that it knows every primitive's type."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from isoloss.protocol import Backend

HERE = Path(__file__).parent
MARK = re.compile(r"# error: (\w+)")
BACKENDS = ("torch", "tensorflow", "jax", "numpy")
PRIMITIVES = [name for name in dir(Backend) if not name.startswith("_")]
UNTYPED = {"compute_dtype"}  # frameworks' dtypes have no type in common

Found = Counter[tuple[str, int, str]]  # of (file, line, rule)


def pyright(*paths: Path) -> list[dict[str, Any]]:
    """What pyright says of files, at its own default settings: a user's."""
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, *map(str, paths)]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    said: list[dict[str, Any]] = json.loads(done.stdout)["generalDiagnostics"]
    if any("isoloss" in s["message"] and s.get("rule") == "reportMissingImports" for s in said):
        pytest.fail("pyright sees isoloss only in a strict editable install, and all frameworks: use `nox -s types`")
    return said


def errors(said: list[dict[str, Any]]) -> Found:
    return Counter(
        (Path(s["file"]).name, s["range"]["start"]["line"] + 1, s.get("rule", s["message"]))
        for s in said
        if s["severity"] != "information"
    )


def marked(paths: list[Path]) -> Found:
    return Counter(
        (path.name, number, rule)
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for rule in MARK.findall(line)
    )


def is_vague(revealed: str) -> bool:
    """Whether a type, or what a function of this type returns, is not known."""
    return revealed.rpartition("-> ")[2].strip("()") in ("Any", "Unknown") or "[Unknown]" in revealed


def test_right_uses_have_no_errors() -> None:
    assert not errors(pyright(HERE / "right.py"))


def test_mistakes_are_found_and_nothing_else() -> None:
    paths = sorted((HERE / "mistakes").glob("*.py"))
    expected = marked(paths)
    assert {name for name, _, _ in expected} == {"backends.py", "calls.py", "specs.py"}
    assert errors(pyright(*paths)) == expected


def test_every_primitive_has_a_known_type(tmp_path: Path) -> None:
    names = [f"{backend}.ops.{name}" for backend in BACKENDS for name in PRIMITIVES]
    control = "tensorflow.exp"  # the stubs leave it out: were it not found vague, nothing would be
    lines = [f"import isoloss.{backend}.ops as {backend}_ops" for backend in BACKENDS] + ["import tensorflow"]
    lines += [f"reveal_type({name.replace('.ops', '_ops')})" for name in [*names, control]]
    file = tmp_path / "reveal.py"
    file.write_text("\n".join(lines))

    said = pyright(file)
    assert not errors(said)
    types = dict(zip([*names, control], [s["message"].split(" is ", 1)[1].strip('"') for s in said], strict=True))
    vague = {name for name, revealed in types.items() if is_vague(revealed)}
    assert vague == {control} | {f"{backend}.ops.{name}" for backend in BACKENDS for name in UNTYPED}
