"""Mutants: a file of the package with one mistake in it, made by an operator or named by hand."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from faults import FAULTS
from operators import OPERATORS, replaced, shown, sites

ROOT = Path(__file__).parents[2]

SPECS = sorted(
    path.name for path in (ROOT / "losses").glob("*.py") if path.name not in ("__init__.py", "declaration.py")
)

ADAPTER = {"adapter.py": {"evaluate", "unreduced"}, "arguments.py": {"mask_and_weights", "without_masked"}}
"""What reduces, masks and weighs: the functions of the adapter that operators change."""

BY_HAND = "porting_fault"


@dataclass(frozen=True)
class Mutant:
    """One mistake.

    Its name says where it is by file and function, and what was changed into what, so that it outlives other edits.
    """

    file: str
    function: str
    operator: str
    change: str
    line: int
    source: str
    losses: tuple[str, ...]  # what it can change

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.file, self.function, self.operator, self.change

    @property
    def id(self) -> str:
        return f"{self.file}:{self.line} {self.function} {self.operator}: {self.change}"

    @property
    def module(self) -> str:
        return f"isoloss.losses.{self.file[:-3]}" if self.file in SPECS else f"isoloss.{self.file[:-3]}"


def path(file: str) -> Path:
    """Where a file stands."""
    return ROOT / ("losses" if file in SPECS else "backends") / file


def mutants() -> list[Mutant]:
    """All of them: those named by hand first, then those of each operator; none twice."""
    found: dict[tuple[str, str], Mutant] = {}
    for mutant in (*by_hand(), *(m for file in (*SPECS, *ADAPTER) for m in by_operators(file))):
        found.setdefault((mutant.file, mutant.source), mutant)
    return list(found.values())


def by_operators(file: str) -> Iterator[Mutant]:
    """Each operator at each place of a file."""
    tree = ast.parse(path(file).read_text(encoding="utf-8"))
    unchanged = ast.unparse(tree)
    for function in [node for node in tree.body if isinstance(node, ast.FunctionDef)]:
        if function.name not in ADAPTER.get(file, {function.name}):
            continue
        seen: Counter[tuple[str, str]] = Counter()
        for node, place in sites(function):
            for name, operator in OPERATORS.items():
                for new in operator(node):
                    change = f"{shown(node)} -> {shown(new)}"
                    seen[name, change] += 1
                    if (count := seen[name, change]) > 1:
                        change += f" ({count})"
                    back = replaced(place, new)
                    source = ast.unparse(tree)
                    back()
                    if source != unchanged:
                        line = getattr(node, "lineno", function.lineno)
                        yield Mutant(file, function.name, name, change, line, source, reached(file, function.name))


def by_hand() -> Iterator[Mutant]:
    """The porting faults, each a replacement of text that stands in its file exactly once."""
    for file, old, new, sentence in FAULTS:
        text = path(file).read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise ValueError(f"{file}: {old!r} must stand in it once, and does {text.count(old)} times: mend the list")
        line = text[: text.index(old)].count("\n") + 1
        functions = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
        function = next(n.name for n in functions if n.lineno <= line <= (n.end_lineno or line))
        source = ast.unparse(ast.parse(text.replace(old, new)))
        yield Mutant(file, function, BY_HAND, sentence, line, source, reached(file, function))


def unchanged() -> Mutant:
    """The package as it is, which the suite must not fail on."""
    every = reached("reduction.py", "weighted_mean")
    return Mutant("reduction.py", "", "unchanged", "", 1, path("reduction.py").read_text(encoding="utf-8"), every)


# ------------------------------------------------------------------ what depends on what


@cache
def _uses() -> dict[tuple[str, str], set[tuple[str, str]]]:
    """For each function or constant of a spec file those that it names."""
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for file in SPECS:
        tree = ast.parse(path(file).read_text(encoding="utf-8"))
        known: dict[str, tuple[str, str]] = {}
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("isoloss.losses."):
                origin = (node.module or "").rpartition(".")[2] + ".py"
                known |= {alias.name: (origin, alias.name) for alias in node.names if origin in SPECS}
        own = {_name(node): node for node in tree.body if _name(node)}
        known |= {name: (file, name) for name in own}
        for name, node in own.items():
            named = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            found[file, name] = {known[n] for n in named if n in known}
    # the frameworks' loops over tiles stand between them
    found["contrast.py", "contrast"] |= {key for key in found if key[0] == "tiles.py"}
    return found


def _name(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    return node.targets[0].id if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) else ""


@cache
def _specs() -> tuple[tuple[str, str], ...]:
    """The functions that are decorated."""
    trees = {file: ast.parse(path(file).read_text(encoding="utf-8")) for file in SPECS}
    return tuple(
        (file, node.name)
        for file, tree in trees.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    )


@cache
def reached(file: str, function: str) -> tuple[str, ...]:
    """The losses that a function can change: those that call it, and every loss for what the adapter calls."""
    everywhere = file in ("checks.py", "reduction.py") or file in ADAPTER
    found = []
    for spec in _specs():
        seen, left = set(), [spec]
        while left:
            one = left.pop()
            if one not in seen:
                seen.add(one)
                left += _uses().get(one, ())
        if everywhere or (file, function) in seen:
            found.append(spec[1])
    return tuple(found)
