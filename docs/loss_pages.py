"""Writes docs/losses: a page for each loss and their index, from the declarations, the specs and what the suite ran."""

from __future__ import annotations

import ast
import inspect
import re
import shutil
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import accuracy
import numpy as np
from docstrings import Docstring, described, documented, linked, mathematics, parsed, public
from loss_plots import PLOTS, figure

from isoloss.conformance.vectors import Vector, vectors
from isoloss.generate import TITLES
from isoloss.losses import FAMILIES, LOSSES, PARTS
from isoloss.losses.declaration import Argument, Loss

FRAMEWORKS = ("torch", "keras", "tensorflow", "jax", "numpy")
FAMILIES_BY_NAME = {module.__name__.rpartition(".")[2]: module for module in FAMILIES}

BY_HAND, DIGITS = 3, 10
"""How many cases a page shows, and how many digits of a gradient."""

WIDEST = 40
"""Characters of a formula, roughly as they are seen, that stand on one line."""

COMMON = {
    "where": ("option", "None", "True for what counts, of the shape of {values} or of their leading axes."),
    "weights": ("option", "None", "What each counts for, likewise; not negative."),
    "reduction": ("option", '"mean"', '"mean" (by the sum of the weights), "sum" or "none".'),
    "axis": ("option", "-1", "The axis that rows lie along."),
}


def write(docs: Path) -> None:
    """Write the folder anew, file by file only where something changed, so that Sphinx does no more than it must."""
    there = docs / "losses"
    pages = {"index": index()} | {name: family(name) for name in FAMILIES_BY_NAME}
    pages |= {loss.name: page(loss, docs) for loss in (*LOSSES.values(), *PARTS.values())}
    if there.exists() and {path.stem for path in there.iterdir()} - pages.keys():
        shutil.rmtree(there)
    there.mkdir(exist_ok=True)
    for name, text in pages.items():
        file = there / f"{name}.md"
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")


def index() -> str:
    """All losses, family by family."""
    introduction = (
        f"{len(LOSSES)} losses, each a function in `isoloss.torch`, `isoloss.tensorflow`, `isoloss.keras`, `isoloss.jax` "
        "and `isoloss.numpy`, and a class in PyTorch and Keras. A page says what a loss computes, how it is called and "
        "what other libraries do differently, and has numbers to check a port by."
    )
    parts = [f"# Losses\n\n{introduction}\n"]
    for name in FAMILIES_BY_NAME:
        parts.append(f"## [{name.capitalize()}]({name}.md)\n\n{_table(name)}\n")
    parts.append(_toctree(FAMILIES_BY_NAME))
    return "\n".join(parts)


def family(name: str) -> str:
    """The losses of a family."""
    summary = (inspect.getdoc(FAMILIES_BY_NAME[name]) or "").partition("\n\n")[0]
    return f"# {name.capitalize()}\n\n{summary}\n\n{_table(name)}\n\n{_toctree(x.name for x in _of_family(name))}"


def _of_family(name: str) -> list[Loss]:
    module = FAMILIES_BY_NAME[name].__name__
    return [loss for loss in (*LOSSES.values(), *PARTS.values()) if loss.spec.__module__ == module]


def _table(name: str) -> str:
    rows = [
        f"| [`{x.name}`]({x.name}.md) | {f'`{x.class_name}`' if x.class_name else ''} | {x.summary} |"
        for x in _of_family(name)
    ]
    return "\n".join(["| loss | class | what it is |", "|---|---|---|", *rows])


def _toctree(names: Iterable[str]) -> str:
    return f":::{{toctree}}\n:hidden:\n\n{chr(10).join(names)}\n:::\n"


def page(loss: Loss, docs: Path) -> str:
    """The page of a loss."""
    text = parsed(loss.spec.__doc__ or "")
    sections = [
        f"# `{loss.name}`\n\n{text.summary}\n\n{_formula(text.body)}",
        _drawn(loss),
        f"## Call it\n\n{_calls(loss)}",
        f"### Arguments\n\n{_arguments(loss, text)}",
        f"## What it gives\n\n{_given(text)}",
    ]
    if not loss.gives:
        sections += [
            f"## Check a port by hand\n\n{_by_hand(loss)}",
            f"## Accuracy\n\n{_accuracy(loss)}",
            f"## In other libraries\n\n{_elsewhere(loss, docs)}",
        ]
    sections += [f"## The spec\n\n{_source(loss)}", f"## Source\n\n{linked(text.sections['Source'])}"]
    return "\n\n".join(filter(None, sections)) + "\n"


# ---------------------------------------------------------- formula, value and slope


def _formula(text: str) -> str:
    """With a line for each part of a formula that is too long for one."""

    def broken(found: re.Match[str]) -> str:
        parts = [part.strip() for part in found[1].split(r"\qquad")]
        seen = re.sub(r"\\(?:text|mathrm)\{([^}]*)\}|\\[a-zA-Z]+|[{}_^\s]", r"\1", found[1])
        if len(parts) == 1 or len(seen) <= WIDEST:
            return found[0]
        lines = r" \\[.5em] ".join(parts)
        return rf"$$\begin{{gathered}} {lines} \end{{gathered}}$$"

    return re.sub(r"\$\$(.*?)\$\$", broken, mathematics(text), flags=re.DOTALL)


def _drawn(loss: Loss) -> str:
    return f"```{{raw}} html\n{figure(loss)}\n```" if loss.name in PLOTS else ""


# ------------------------------------------------------------------------- the calls


def _calls(loss: Loss) -> str:
    """A tab for each framework: a call, and the entries of function and class."""
    tabs = []
    for framework in FRAMEWORKS:
        found, entries = public(framework), []
        for name, kind in ((loss.name, "function"), (loss.class_name, "class")):
            if name in found:
                entries.append(documented(kind, f"isoloss.{framework}.{name}", found[name], ""))
        body = f"```python\n{_call(loss, framework)}\n```\n\n" + "\n".join(entries)
        tabs.append(f":::::{{tab-item}} {TITLES[framework]}\n:sync: {framework}\n\n{body}\n:::::")
    return "::::::{tab-set}\n:sync-group: framework\n\n" + "\n\n".join(tabs) + "\n::::::" + _shared(loss)


def _shared(loss: Loss) -> str:
    if not loss.compares_rows or loss.gives:
        return ""
    return (
        "\n\n`group` and `averaged_gradients`, `axis_name` and `across_replicas` are for "
        "[workers that share a batch](../distributed.md)."
    )


def _call(loss: Loss, framework: str) -> str:
    arrays = ", ".join(a.name for a in loss.inputs if not a.optional)
    setting = next((f"{s.name}={_literal(s.default)}" for s in loss.settings), "")
    lines = [f"import isoloss.{framework}\n"]
    if framework == "torch" and loss.class_name:
        lines += [f"criterion = isoloss.torch.{loss.class_name}({setting})", f"criterion({arrays}).backward()"]
    elif framework == "keras" and loss.class_name:
        lines.append(f'model.compile("adam", loss=isoloss.keras.{loss.class_name}({setting}))')
    elif framework == "jax" and loss.class_name:
        lines.append(f"gradient = jax.grad(isoloss.jax.{loss.name})({', '.join(filter(None, (arrays, setting)))})")
        lines[0] = "import jax, isoloss.jax\n"
    else:
        given = ", ".join(filter(None, (arrays, setting)))
        lines.append(f"{', '.join(loss.gives) or 'value'} = isoloss.{framework}.{loss.name}({given})")
    return "\n".join(lines)


def _arguments(loss: Loss, text: Docstring) -> str:
    """Each array, setting and option: what it is, its default, and what the docstring says."""
    told, rows = text.pairs("Args"), []
    for argument in loss.arguments:
        default = "None" if argument.optional else ""
        rows.append((argument.name, _role(argument), default, told.pop(argument.name)))
    for setting in loss.settings:
        rows.append((setting.name, f"setting: {setting.wanted}", _literal(setting.default), told.pop(setting.name)))
    for name, (kind, default, words) in COMMON.items():
        if (name == "axis" and not loss.has_axis) or (loss.gives and name != "axis"):
            continue
        if name == "reduction" and loss.one_number:
            words = '"mean" and nothing else: it is one number by nature.'
        words = told.pop(name, words.format(values="the elements" if loss.one_number else "the values"))
        rows.append((name, kind, default, words))
    if told:
        raise ValueError(f"{loss.name} describes {', '.join(told)}, which it does not take")
    return _list_table(
        ("name", "what it is", "default", "what it does"),
        [(f"`{name}`", kind, f"`{default}`" if default else "", words) for name, kind, default, words in rows],
    )


def _role(argument: Argument) -> str:
    role = "predicted" if argument.predicted else "given, integers" if argument.integer else "given"
    return f"{role}, `{argument.shape}`"


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _given(text: Docstring) -> str:
    parts = Docstring("", "", {n: x for n, x in text.sections.items() if n in ("Returns", "Degenerate cases")})
    told = described(parts).replace("**Returns**: ", "")
    raises = text.pairs("Raises")
    if raises:
        told += "\n\n**Raises**\n\n" + "\n".join(
            f"- `{name}` {' '.join(words.split())}" for name, words in raises.items()
        )
    return f"{told}\n\n```python\n{text.sections['Example']}\n```"


# -------------------------------------------------------------- numbers to check by


def _by_hand(loss: Loss) -> str:
    """The smallest typical cases with their exact answers, core ones first and those of edges last."""
    found = [v for v in vectors(loss.name).values() if v.kind == "typical"]
    chosen = sorted(found, key=lambda v: (v.case.regime == "edge", not v.case.core, _size(v)))[:BY_HAND]
    introduction = (
        "Inputs are float32. The answers are exact for them: the value is the nearest float64 number, gradients (of the "
        f"value or, of several, of their sum) are shown to {DIGITS} digits. "
        f"[`isoloss check`](../conformance.md#a-port-of-one-loss) compares a port with all {len(vectors(loss.name))} cases."
    )
    parts = [introduction]
    for vector in chosen:
        parts.append(f"```python\n# {vector.case.id}\n{_case(vector)}\n```")
    return "\n\n".join(parts)


def _size(vector: Vector) -> int:
    return sum(np.size(x) for x in (*vector.case.inputs.values(), *vector.case.options.values()))


def _case(vector: Vector) -> str:
    """What is given and what comes of it, as assignments that can be copied."""
    case, answer = vector.case, vector.answers["float32"]
    lines = [_assigned(name, x, _input) for name, x in {**case.inputs, **case.settings, **case.options}.items()]
    lines += ["", _assigned("value", answer.value.exact, lambda x: repr(float(x)))]
    for name, gradient in answer.gradients.items():
        lines.append(_assigned(f"gradient_{name}", gradient.exact, lambda x: f"{x + 0.0:.{DIGITS}g}"))
    return "\n".join(lines)


def _assigned(name: str, x: Any, form: Callable[[Any], str]) -> str:
    """A row of an array on a line."""
    array = np.asarray(x)
    if array.ndim < 2:
        return f"{name} = {_row(array, form)}"
    return "\n".join([f"{name} = [", *(f"    {_row(row, form)}," for row in array), "]"])


def _row(x: Any, form: Callable[[Any], str]) -> str:
    return f"[{', '.join(_row(y, form) for y in x)}]" if np.ndim(x) else form(x[()] if isinstance(x, np.ndarray) else x)


def _input(x: Any) -> str:
    if isinstance(x, np.floating) and x == np.float32(x):
        return str(np.float32(x)) if np.isfinite(x) else f'float("{x}")'
    return _literal(x.item() if isinstance(x, np.generic) else x)


# -------------------------------------------------------------------------- what ran


def _accuracy(loss: Loss) -> str:
    found = accuracy.read()
    rows = []
    for backend, cell in found["losses"][loss.name].items():
        run = found["runs"][backend]
        name, _, under = backend.partition("-")
        version = next(run["versions"][n] for n in (name, f"{name}-cpu") if n in run["versions"])
        numbers = (
            f"{cell['passed']:,} of {cell['judged']:,}",
            *(f"{x[0]:g} / {x[1]:g}" if (x := cell[part]) else "–" for part in ("value", "gradient")),
        )
        rows.append(
            (
                f"{TITLES[name]} {version}" + (f" on {TITLES[under]}" if under else ""),
                ", ".join(run["modes"]),
                ", ".join(run["dtypes"]),
                *(number.replace(" ", "\N{NO-BREAK SPACE}") for number in numbers),
            )
        )
    head = ("backend", "modes", "dtypes", "passed", "value", "gradient")
    return (
        "The worst distance from the exact answer, in ulps divided by the condition of the number, and the bound of "
        "that case; [how that is judged](../conformance.md#the-verdict).\n\n"
        + "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))
    )


def _elsewhere(loss: Loss, docs: Path) -> str:
    """The rows of the porting table, as it stands."""
    table = (
        (docs / "porting.md").read_text(encoding="utf-8").partition(f"\n## `{loss.name}`\n")[2].partition("\n## ")[0]
    )
    rows = re.findall(r"^\| (.*?) \| `(.*?)` \| `(.*?)` \| (.*) \|$", table, re.MULTILINE)
    if not rows:
        return "No other library in [the porting table](../porting.md) has it."
    parts = ["Both lines were run on the same arrays; [what equal means](../porting.md)."]
    for library, ours, theirs, told in rows:
        parts.append(f"**{library}**: {told}\n\n```python\n{ours}\n{theirs}\n```")
    return "\n\n".join(parts)


# -------------------------------------------------------------------------- the spec


def _source(loss: Loss) -> str:
    """The spec without its docstring, and what of its own file it calls."""
    module = inspect.getmodule(loss.spec)
    text = inspect.getsource(module or loss.spec)
    functions = {x.name: x for x in ast.parse(text).body if isinstance(x, ast.FunctionDef)}
    chosen, todo = [], [loss.name]
    while todo:
        chosen.append(name := todo.pop(0))
        called = [x.id for x in ast.walk(functions[name]) if isinstance(x, ast.Name) and x.id in functions]
        todo += [x for x in dict.fromkeys(called) if x.startswith("_") and x not in (*chosen, *todo)]
    code = "\n\n\n".join(_without_docstring(functions[name], text.splitlines()) for name in chosen)
    file = f"losses/{loss.spec.__module__.rpartition('.')[2]}.py"
    return (
        f"All frameworks run this, from `{file}`; `xp` holds the primitives of one of them.\n\n```python\n{code}\n```"
    )


def _without_docstring(found: ast.FunctionDef, lines: list[str]) -> str:
    first = min([found.lineno, *(d.lineno for d in found.decorator_list)])
    kept = range(first, (found.end_lineno or first) + 1)
    if ast.get_docstring(found):
        said = found.body[0]
        kept = [k for k in kept if not said.lineno <= k <= (said.end_lineno or said.lineno)]
    return "\n".join(lines[k - 1] for k in kept)


def _list_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table whose cells may hold anything."""
    lines = ["::::{list-table}\n:header-rows: 1\n:widths: auto\n"]
    for row in (head, *rows):
        for k, cell in enumerate(row):
            lines.append(f"{'  -' if k else '* -'} {textwrap.indent(inspect.cleandoc(cell), ' ' * 4).strip()}".rstrip())
    return "\n".join(lines) + "\n::::"
