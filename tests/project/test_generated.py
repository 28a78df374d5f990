"""The generated files are those that the specs give now, and their signatures are the specs'."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import isoloss.numpy
from isoloss.adapter import signature
from isoloss.generate import files, readme
from isoloss.losses import LOSSES, PARTS
from isoloss.losses.declaration import Loss

BACKENDS = Path(__file__).parents[2] / "backends"
GENERATED = files()
FUNCTIONS = LOSSES | PARTS

Parameters = list[tuple[str, str, Any]]  # (name, kind, default)
POSITIONAL, KEYWORD = inspect.Parameter.POSITIONAL_OR_KEYWORD.name, inspect.Parameter.KEYWORD_ONLY.name
REQUIRED = inspect.Parameter.empty

SHARED: dict[str, Parameters] = {  # what losses that compare rows take besides, where workers may share a batch
    "torch": [("group", KEYWORD, None), ("averaged_gradients", KEYWORD, False)],
    "tensorflow": [("across_replicas", KEYWORD, False)],
    "jax": [("axis_name", KEYWORD, None)],
}


@pytest.mark.parametrize("path", GENERATED)
def test_files_are_up_to_date(path: str) -> None:
    assert (BACKENDS / path).read_text() == GENERATED[path], "run `nox -s generate`"


def test_the_readme_is_up_to_date() -> None:
    text = (BACKENDS.parent / "README.md").read_text()
    assert text == readme(text), "run `nox -s generate`"
    assert all(f"| `{loss.name}` | `{loss.class_name}` | {loss.summary} |" in text for loss in LOSSES.values())
    assert all(f"| `{part.name}` |  | {part.summary} |" in text for part in PARTS.values())


def test_no_generated_file_is_left_over() -> None:
    found = {
        str(path.relative_to(BACKENDS))
        for path in BACKENDS.rglob("*.py")
        if "generated from the specs: edit those" in path.read_text().partition("\n")[0]
    }
    assert found == set(GENERATED)


@pytest.mark.parametrize("command", [("format", "--check"), ("check",)], ids=" ".join)
def test_ruff_would_change_nothing(command: tuple[str, ...]) -> None:
    paths = [str(BACKENDS / path) for path in GENERATED]
    done = subprocess.run([sys.executable, "-m", "ruff", *command, *paths], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def of_signature(found: inspect.Signature) -> Parameters:
    return [(p.name, p.kind.name, p.default) for p in found.parameters.values()]


def of_source(function: ast.FunctionDef) -> Parameters:
    """The same from source, which needs no framework to be imported."""
    arguments = function.args
    assert not arguments.posonlyargs
    assert arguments.vararg is None
    assert arguments.kwarg is None
    defaults = [None] * (len(arguments.args) - len(arguments.defaults)) + arguments.defaults
    found = [
        (a.arg, POSITIONAL, REQUIRED if d is None else ast.literal_eval(d))
        for a, d in zip(arguments.args, defaults, strict=True)
    ]
    found += [
        (a.arg, KEYWORD, REQUIRED if d is None else ast.literal_eval(d))
        for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    return [parameter for parameter in found if parameter[0] != "self"]


def of_shared(loss: Loss, framework: str) -> Parameters:
    return SHARED.get(framework, []) if loss.compares_rows and not loss.gives else []


def definitions(path: str, kind: type[ast.FunctionDef | ast.ClassDef]) -> dict[str, Any]:
    return {node.name: node for node in ast.parse(GENERATED[path]).body if isinstance(node, kind)}


def methods(definition: ast.ClassDef) -> dict[str, Parameters]:
    return {node.name: of_source(node) for node in definition.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("loss", FUNCTIONS.values(), ids=FUNCTIONS)
@pytest.mark.parametrize("framework", ["torch", "tensorflow", "jax", "numpy", "keras"])
def test_functions_have_the_signature_of_their_spec(framework: str, loss: Loss) -> None:
    found = definitions(f"{framework}/functions.py", ast.FunctionDef)
    assert set(found) == set(FUNCTIONS)
    assert of_source(found[loss.name]) == of_signature(signature(loss)) + of_shared(loss, framework)


@pytest.mark.parametrize("loss", FUNCTIONS.values(), ids=FUNCTIONS)
def test_functions_at_hand_are_those_of_the_source(loss: Loss) -> None:
    assert of_signature(inspect.signature(getattr(isoloss.numpy, loss.name))) == of_signature(signature(loss))


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_classes_take_the_settings_of_their_spec(framework: str, loss: Loss) -> None:
    found = definitions(f"{framework}/classes.py", ast.ClassDef)
    assert set(found) == {other.class_name for other in LOSSES.values()}
    given_at_calls = {"where", "weights", "reduction", *(a.name for a in loss.inputs)}
    settings = [p for p in of_signature(signature(loss)) if p[0] not in given_at_calls]
    if framework == "torch":
        own = [("reduction", KEYWORD, "mean")]
    else:
        own = [("reduction", KEYWORD, "sum_over_batch_size"), ("name", KEYWORD, None)]
    assert methods(found[loss.class_name])["__init__"] == settings + own + of_shared(
        loss, "tensorflow" if framework == "keras" else framework
    )


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_modules_are_called_with_the_arrays_of_their_spec(loss: Loss) -> None:
    called = methods(definitions("torch/classes.py", ast.ClassDef)[loss.class_name])["forward"]
    given_at_calls = {"where", "weights", *(a.name for a in loss.inputs)}
    assert called == [p for p in of_signature(signature(loss)) if p[0] in given_at_calls]
