"""Docstrings as pages show them: their sections, and names and signatures without importing a framework."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

from isoloss.losses.declaration import entries, sections


@dataclass
class Docstring:
    """A docstring in parts, each in Markdown."""

    summary: str
    body: str
    sections: dict[str, str] = field(default_factory=dict)

    def pairs(self, section: str) -> dict[str, str]:
        """The names that a section describes, such as arguments."""
        return entries(self.sections.get(section, ""))


def parsed(text: str) -> Docstring:
    """The parts of a docstring in the style of this project: sections with a name and a colon."""
    before, parts = sections(re.sub(r"::$", ":", text, flags=re.MULTILINE))
    summary, _, body = before.partition("\n\n")
    return Docstring(summary.replace("\n", " "), _fenced(body).strip(), parts)


def _fenced(text: str) -> str:
    """With what is indented as Python."""
    blocks = re.compile(r"^(?: {4}.*\n?|\n(?= {4}))+", re.MULTILINE)
    return blocks.sub(lambda m: f"\n```python\n{textwrap.dedent(m[0]).strip()}\n```\n", text)


def mathematics(text: str) -> str:
    r"""With underscores in the words of formulas as MathJax takes them: \text{image_embeddings}."""
    return re.sub(r"\\text\{[^}]*\}", lambda m: m[0].replace(r"\_", "_"), text)


def linked(text: str) -> str:
    """With its addresses as links."""
    return re.sub(r"https?://[^\s<>]*[^\s<>.,;:)]", r"<\g<0>>", text)


def folder(module: str) -> Path:
    """Where a package of ours stands; nothing of it but its parents is imported."""
    found = find_spec(module)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"No module named {module!r}: the site is made with isoloss installed")
    return Path(found.origin).parent


@cache
def public(framework: str) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    """What a framework's module has, by name."""
    here = folder("isoloss") / framework
    found: dict[str, ast.FunctionDef | ast.ClassDef] = {}
    for line in ast.parse((here / "__init__.py").read_text(encoding="utf-8")).body:
        if isinstance(line, ast.ImportFrom) and line.module:
            there = defined(here / f"{line.module.rpartition('.')[2]}.py")
            names = [alias.name for alias in line.names]
            found |= {n: x for n, x in there.items() if n in names or (names == ["*"] and not n.startswith("_"))}
    return found


def defined(path: Path) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    """The functions and classes of a file."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {x.name: x for x in body if isinstance(x, ast.FunctionDef | ast.ClassDef)}


def data(path: Path) -> dict[str, str]:
    """What is said of the names that a file assigns, in the string below each."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    found = {}
    for line, below in pairwise(body):
        said = below.value if isinstance(below, ast.Expr) else None
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name) and isinstance(said, ast.Constant):
            found[line.targets[0].id] = inspect.cleandoc(str(said.value))
    return found


def signature(found: ast.FunctionDef | ast.ClassDef) -> str:
    """Names and defaults of what it is called with."""
    if isinstance(found, ast.ClassDef):
        made = [x for x in found.body if isinstance(x, ast.FunctionDef) and x.name == "__init__"]
        return signature(made[0]) if made else "()"
    taken = deepcopy(found.args)
    for argument in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs, *filter(None, (taken.vararg, taken.kwarg))):
        argument.annotation = None
    taken.args = [argument for argument in taken.args if argument.arg != "self"]
    return f"({ast.unparse(taken)})"


def documented(kind: str, name: str, found: ast.FunctionDef | ast.ClassDef, text: str | None = None) -> str:
    """An entry of the reference: signature and text, by default its docstring."""
    told = described(parsed(ast.get_docstring(found) or "")) if text is None else text
    return f"::::{{py:{kind}}} {name}{signature(found)}\n{told}\n::::\n"


def described(text: Docstring) -> str:
    """A whole docstring in Markdown."""
    lines = [text.summary, mathematics(text.body)]
    for section in text.sections:
        pairs = text.pairs(section)
        if pairs:
            lines.append("\n\n".join(f"`{name}`\n: {_indented(told)}" for name, told in pairs.items()))
        elif section == "Example":
            lines.append(f"```python\n{text.sections[section]}\n```")
        else:
            lines.append(f"**{section}**: {text.sections[section]}")
    return "\n\n".join(filter(None, lines))


def _indented(told: str) -> str:
    return re.sub(r"\n\s*", "\n  ", told.strip())
