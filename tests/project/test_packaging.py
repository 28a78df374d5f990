"""The wheel, built as a release is (from the sdist), holds all of the package and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import isoloss

ROOT = Path(__file__).parents[2]
IMPORT_NAMES = {"backends": "isoloss", "losses": "isoloss/losses", "conformance": "isoloss/conformance"}
LEFTOVERS = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "out")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built from a clean copy: setuptools would ship stale files of an earlier build."""
    folder = tmp_path_factory.mktemp("packaging")
    shutil.copytree(ROOT, folder / "checkout", ignore=LEFTOVERS)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist")]
    done = subprocess.run([*command, str(folder / "checkout")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = (folder / "dist").glob("*.whl")
    return zipfile.ZipFile(found)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = (n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
    return Parser().parsestr(wheel.read(name).decode())


@pytest.fixture(scope="module")
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def installed(folder: str, path: Path) -> str:
    return str(PurePosixPath(IMPORT_NAMES[folder], *path.relative_to(ROOT / folder).parts))


def test_the_wheel_holds_the_three_folders_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    in_checkout = {
        installed(folder, path)
        for folder in IMPORT_NAMES
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    in_wheel = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert in_wheel == in_checkout
    assert {"isoloss/__init__.py", "isoloss/py.typed", "isoloss/torch/ops.py", "isoloss/losses/__init__.py"} < in_wheel


def test_every_folder_of_modules_is_listed_as_a_package(pyproject: dict[str, Any]) -> None:
    folders = {
        installed(folder, path.parent).replace("/", ".")
        for folder in IMPORT_NAMES
        for path in (ROOT / folder).rglob("*.py")
    }
    assert set(pyproject["tool"]["setuptools"]["packages"]) == folders


def test_metadata(metadata: Message) -> None:
    assert metadata["Name"] == "isoloss"
    assert metadata["Version"] == isoloss.__version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"


def test_extras(metadata: Message, pyproject: dict[str, Any]) -> None:
    extras = {"torch", "tensorflow", "keras", "jax", "plot", "conformance"}
    assert set(metadata.get_all("Provides-Extra", [])) == extras | {"all"}
    (everything,) = pyproject["project"]["optional-dependencies"]["all"]
    assert everything.startswith("isoloss[")
    assert set(everything.removeprefix("isoloss[").removesuffix("]").split(",")) == extras


def test_only_numpy_is_required(metadata: Message) -> None:
    required = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert [line.partition(">")[0] for line in required] == ["numpy"]


def test_the_command_is_in_the_wheel(wheel: zipfile.ZipFile, pyproject: dict[str, Any]) -> None:
    for target in pyproject["project"]["scripts"].values():
        module, _, _ = target.partition(":")
        assert f"{module.replace('.', '/')}.py" in wheel.namelist()


def test_floors_are_the_versions_that_the_session_oldest_installs(pyproject: dict[str, Any]) -> None:
    pinned = [Requirement(line.partition("#")[0]) for line in lines("oldest.txt")]
    oldest = {r.name: Version(str(r.specifier).removeprefix("==")) for r in pinned}
    stated = [*pyproject["project"]["dependencies"]]
    for extra in pyproject["project"]["optional-dependencies"].values():
        stated += extra
    for requirement in map(Requirement, stated):
        if requirement.name not in ("isoloss", "ml-dtypes"):  # TensorFlow and JAX want ranges of it that don't meet
            floor = str(requirement.specifier)
            assert floor.startswith(">=")
            assert "," not in floor
            assert Version(floor.removeprefix(">=")) == oldest[requirement.name], requirement.name


def lines(name: str) -> list[str]:
    return [line for line in (ROOT / name).read_text().splitlines() if not line.startswith("#")]
