"""What imports what: no framework unasked, and arrows between the folders that point one way."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRAMEWORKS = ("torch", "tensorflow", "keras", "jax")
WATCHED = {
    *FRAMEWORKS,
    *(f"isoloss.{name}" for name in (*FRAMEWORKS, "numpy", "conformance")),
    *("array_api_compat", "optax", "mpmath", "matplotlib"),
}
COMMAND = {"cli.py", "commands.py", "__main__.py"}


def loaded(statement: str) -> set[str]:
    """What is loaded, of all that is watched, once a fresh process has run a statement."""
    code = f"import sys\n{statement}\nprint(*(sys.modules.keys() & {WATCHED!r}))"
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "jax"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return set(done.stdout.splitlines()[-1].split())


def test_watching_works() -> None:
    assert loaded("import mpmath, isoloss.numpy") == {"mpmath", "isoloss.numpy"}


@pytest.mark.parametrize("module", ["isoloss", "isoloss.losses", "isoloss.protocol", "isoloss.adapter"])
def test_the_package_loads_nothing_heavy(module: str) -> None:
    assert loaded(f"import {module}") == set()


def test_numpy_loads_no_framework() -> None:
    assert loaded("import isoloss.numpy") == {"isoloss.numpy"}


def test_cases_and_references_load_no_framework() -> None:
    modules = loaded("import isoloss.conformance.cases, isoloss.conformance.references")
    assert modules <= {"isoloss.conformance", "mpmath"}


@pytest.mark.parametrize(
    ("framework", "own"),
    [
        ("torch", {"isoloss.torch", "array_api_compat"}),
        ("jax", {"isoloss.jax"}),
        ("tensorflow", {"isoloss.tensorflow"}),
        ("keras", {"isoloss.keras", "isoloss.jax"}),  # Keras runs on JAX here
    ],
)
def test_a_backend_loads_its_framework_alone(framework: str, own: set[str]) -> None:
    # a framework may itself load others: `import tensorflow` loads Keras and, where it is installed, JAX
    assert loaded(f"import isoloss.{framework}") == loaded(f"import {framework}") | own


def imported(source: str) -> Iterator[str]:
    """The full name of each module that a source file imports, anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            # from the package itself one imports modules, from a module mostly names
            yield from [f"isoloss.{name.name}" for name in node.names] if module == "isoloss" else [module]


def within(source: str, *packages: str) -> set[str]:
    """What a source file imports of these packages."""
    return {m for m in imported(source) if any(m == p or m.startswith(f"{p}.") for p in packages)}


def outside(source: str, *packages: str) -> set[str]:
    """What a source file imports besides these packages and the standard library."""
    return set(imported(source)) - within(source, *packages, *sys.stdlib_module_names)


def modules(folder: str) -> list[str]:
    """The modules of a folder of the checkout, by their paths."""
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*.py"))


def test_arrows_are_seen() -> None:
    source = (
        "import os\nfrom isoloss.losses.checks import require\ndef f():\n    from torch import nn\n    from . import x"
    )
    assert outside(source, "isoloss.losses") == {"torch", "."}
    assert outside("from isoloss import conformance, losses", "isoloss.losses") == {"isoloss.conformance"}
    assert outside("import isoloss.lossesx", "isoloss.losses") == {"isoloss.lossesx"}
    assert within("import jax.numpy as jnp, jaxtyping", "jax", "torch") == {"jax.numpy"}


@pytest.mark.parametrize("path", modules("losses"))
def test_losses_know_the_protocol_and_nothing_else(path: str) -> None:
    source = (ROOT / path).read_text()
    assert not outside(source, "isoloss.losses", "isoloss.protocol")
    assert not {part for module in imported(source) for part in module.split(".")} & {*FRAMEWORKS, "numpy"}


@pytest.mark.parametrize("name", ["protocol.py", "arguments.py", "adapter.py"])
def test_the_adapter_knows_the_specs_but_no_framework(name: str) -> None:
    source = (ROOT / "backends" / name).read_text()
    assert not outside(source, "isoloss.losses", "isoloss.protocol", "isoloss.arguments", "numpy")


@pytest.mark.parametrize("path", modules("backends"))
def test_a_backend_knows_its_own_framework_and_only_the_command_knows_conformance(path: str) -> None:
    folder = Path(path).parts[1]
    others = [f for f in FRAMEWORKS if f != folder]
    unknown = [*others, *(f"isoloss.{f}" for f in others)]
    unknown += [] if folder in COMMAND else ["isoloss.conformance"]
    assert not within((ROOT / path).read_text(), *unknown)
