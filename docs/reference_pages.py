"""Writes docs/reference: what is public besides the losses, the command and the examples, each from what it says itself."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from docstrings import data, defined, documented, folder, parsed, public
from typer.main import get_command

import isoloss.losses
import isoloss.plot
from isoloss.commands import app
from isoloss.generate import TITLES
from isoloss.losses import LOSSES, PARTS


def write(docs: Path) -> None:
    """Write the folder."""
    there = docs / "reference"
    there.mkdir(exist_ok=True)
    for name, text in {"index": python(), "command": command(), "examples": examples(docs)}.items():
        (there / f"{name}.md").write_text(text, encoding="utf-8")


def python() -> str:
    """What is public, but for the losses."""
    parts = ["# Reference\n", "The losses have [pages of their own](../losses/index.md). What else there is:\n"]
    own = {loss.name for loss in (*LOSSES.values(), *PARTS.values())} | {loss.class_name for loss in LOSSES.values()}
    for framework, title in TITLES.items():
        parts.append(f"## {title}\n")
        parts += [_entry(f"isoloss.{framework}.{n}", x) for n, x in sorted(public(framework).items()) if n not in own]
    parts.append("## Plots\n")
    plots = defined(folder("isoloss") / "plot.py")
    parts += [_entry(f"isoloss.plot.{name}", plots[name]) for name in isoloss.plot.__all__]
    parts.append("## Specs\n\nTo write [a loss of your own](../use/own_loss.md):\n")
    here = folder("isoloss.losses")
    made = defined(here / "declaration.py")
    said = data(here / "declaration.py") | data(here / "__init__.py")
    for name in isoloss.losses.__all__:
        full = f"isoloss.losses.{name}"
        parts.append(_entry(full, made[name]) if name in made else f":::{{py:data}} {full}\n{said[name]}\n:::\n")
    parts.append(_primitives())
    return "\n".join(parts)


def command() -> str:
    """The command and its subcommands, from their help."""
    group: Any = get_command(app)
    parts = ["# The command\n", f"`isoloss`, also `python -m isoloss`. {group.help}\n"]
    parts.append('`pip install "isoloss[conformance]"` brings what it needs.\n')
    for name, one in group.commands.items():
        usage = " ".join(_usage(p) for p in one.params if p.param_type_name == "argument" or p.required)
        parts.append(
            f"## isoloss {name}\n\n```\nisoloss {name} {usage}{' ' if usage else ''}[OPTIONS]\n```\n\n{one.help}\n"
        )
        for parameter in one.params:
            told = getattr(parameter, "help", None) or ""
            if isinstance(parameter.default, str | int | float) and not isinstance(parameter.default, bool):
                told += f" By default {parameter.default}."
            parts.append(f"`{_usage(parameter)}`\n: {told.strip()}\n")
    return "\n".join(parts)


def examples(docs: Path) -> str:
    """The programs of docs/examples."""
    runs = "`nox -s tests` runs them, and `nox -s examples` those with Lightning and sentence-transformers."
    parts = ["# Examples\n", f"Whole programs, in `docs/examples`. {runs}\n"]
    for file in sorted((docs / "examples").glob("*.py")):
        text = parsed(ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "")
        parts.append(f"## `{file.name}`\n\n{text.summary}\n\n{text.body}\n")
        parts.append(
            f":::{{dropdown}} The program\n\n```{{literalinclude}} ../examples/{file.name}\n:language: python\n```\n:::\n"
        )
    return "\n".join(parts)


def _usage(parameter: Any) -> str:
    metavar = getattr(parameter, "metavar", None) or parameter.name.upper()
    if parameter.param_type_name == "argument":
        return metavar
    option = max(parameter.opts, key=len)
    return option if getattr(parameter, "is_flag", False) else f"{option} {metavar.removesuffix('_FILE').strip('_')}"


def _entry(name: str, found: ast.FunctionDef | ast.ClassDef) -> str:
    return documented("class" if isinstance(found, ast.ClassDef) else "function", name, found)


def _primitives() -> str:
    """What a spec may call on `xp`."""
    namespace = defined(folder("isoloss") / "protocol.py")["Namespace"]
    lines = []
    for found in namespace.body:
        if isinstance(found, ast.FunctionDef):
            lines.append(documented("method", f"isoloss.protocol.Namespace.{found.name}", found))
    return (
        "## Primitives\n\nWhat a spec may call on `xp`. Where nothing is said, a function does what the one of that name "
        "in the [array API standard](https://data-apis.org/array-api/latest/) does.\n\n"
        "::::::{dropdown} All primitives\n\n" + "\n".join(lines) + "\n::::::\n"
    )
