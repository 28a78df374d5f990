"""Writes what follows from the specs: `python -m isoloss.generate CHECKOUT`.

The functions and classes of every framework, as ordinary code for editors, tracebacks and readers, and the README's
table of losses. A test compares what is there with what this module would write.
"""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

from isoloss.losses import FAMILIES, LOSSES, PARTS
from isoloss.losses.declaration import Argument, Loss, Setting, entries, sections

HEADER = '"""{title}, generated from the specs: edit those, then run `nox -s generate`."""\n\nfrom __future__ import annotations\n'

TABLE_BEGINS, TABLE_ENDS = "<!-- losses: generated -->", "<!-- losses end -->"

ARRAYS = {  # framework: (import of its array type, the type)
    "torch": ("from torch import Tensor", "Tensor"),
    "tensorflow": ("from tensorflow import Tensor", "Tensor"),
    "jax": ("from jax import Array", "Array"),
    "numpy": ("from isoloss.numpy.ops import Array", "Array"),
    "keras": ("", "Any"),
}

SHARED = {  # framework: what a loss of rows that are compared takes where workers share a batch; where its types are from
    "torch": (
        ["group: Group = None", "averaged_gradients: bool = False"],
        "from isoloss.torch.collective import Group",
    ),
    "tensorflow": (["across_replicas: bool = False"], ""),
    "jax": (["axis_name: Axes | None = None"], "from isoloss.jax.collective import Axes"),
}

KERAS_REDUCTION = "reduction: Keras' own; what each divides by, `isoloss.keras.Criterion` says."

TITLES = {"torch": "PyTorch", "tensorflow": "TensorFlow", "jax": "JAX", "numpy": "NumPy", "keras": "Keras"}


def files() -> dict[str, str]:
    """What each generated file holds, by its path below `backends/`."""
    found = {f"{framework}/functions.py": functions(framework) for framework in ARRAYS}
    return found | {"torch/classes.py": torch_classes(), "keras/classes.py": keras_classes()}


def functions(framework: str) -> str:
    """`functions.py` of a framework."""
    array = ARRAYS[framework][1]
    like = "Any" if framework == "keras" else "ArrayLike"
    bodies = []
    for loss in (*LOSSES.values(), *PARTS.values()):
        parameters = [f"{a.name}: {like}{' | None = None' if a.optional else ''}" for a in loss.inputs]
        parameters += ["*", *_settings(loss, like, array)]
        call = [
            f"{_spec(loss)},",
            _dict([a.name for a in loss.arguments]),
            _dict([s.name for s in loss.settings]),
        ]
        returned = f"tuple[{', '.join(array for _ in loss.gives)}]" if loss.gives else array
        if not loss.gives:
            parameters += [f"where: {like} | None = None", f"weights: {like} | None = None"]
            parameters += ['reduction: Reduction = "mean"', *_shared(loss, framework)]
            call += ["axis=axis,"] if loss.has_axis else []
            call += ["where=where,", "weights=weights,", "reduction=reduction,"]
            call += [f"{name}={name}," for name in _names(_shared(loss, framework))]
        bodies.append(
            f"def {loss.name}(\n{_lines(parameters, 4, ',')}) -> {returned}:\n"
            f"{_function_told(loss, framework)}"
            f"    return call(\n{_lines(call, 8)}    )\n"
        )
    own = ["from isoloss.adapter import Reduction", f"from isoloss.{framework}.binding import call"]
    own += [SHARED[framework][1]] if SHARED.get(framework, ("", ""))[1] else []
    imports = _imports(framework, bodies, own)
    alias = "" if framework == "keras" else f"\nArrayLike: TypeAlias = {_union(array)}\n"
    return _module(f"The losses in {TITLES[framework]}", imports, alias, [*LOSSES, *PARTS], bodies)


def _function_told(loss: Loss, framework: str) -> str:
    told = [*map(_described, loss.inputs), *_settings_told(loss)]
    if loss.gives:
        return _text(4, loss.summary, _section(told), f"Returns:\n    {', '.join(loss.gives)}.", _more(loss))
    told += [*_counted(loss), _reduction(loss), *_shared_told(loss, framework)]
    return _text(4, loss.summary, _section(told), _more(loss))


def torch_classes() -> str:
    """`torch/classes.py`."""
    bodies = []
    for loss in LOSSES.values():
        inputs = [f"{a.name}: ArrayLike{' | None = None' if a.optional else ''}" for a in loss.inputs]
        forward = ["self", *inputs, "*", "where: ArrayLike | None = None", "weights: ArrayLike | None = None"]
        extra = ['reduction: Reduction = "mean"', *_shared(loss, "torch")]
        arrays = f"{{{', '.join(f'{_q(a.name)}: {a.name}' for a in loss.inputs)}}}, where, weights"
        if len(arrays) > 120 - len("        return self.evaluate()"):
            arrays = f"\n            {arrays}\n        "
        bodies.append(
            _class(loss, "torch", "ArrayLike", "Tensor", extra, "", [*_settings_told(loss), _reduction(loss)])
            + f"\n    def forward(\n{_lines(forward, 8, ',')}    ) -> Tensor:\n"
            + _text(8, "The loss.", _section([*map(_described, loss.inputs), *_counted(loss)]))
            + f"        return self.evaluate({arrays})\n"
        )
    own = [
        "from isoloss.adapter import Reduction",
        SHARED["torch"][1],
        "from isoloss.torch.criterion import Criterion",
        "from isoloss.torch.functions import ArrayLike",
    ]
    return _module("The losses as PyTorch modules", _imports("torch", bodies, own), "", _class_names(), bodies)


def keras_classes() -> str:
    """`keras/classes.py`."""
    bodies = []
    for loss in LOSSES.values():
        extra = ['reduction: Reduction = "sum_over_batch_size"', "name: str | None = None"]
        extra += _shared(loss, "tensorflow")
        called = f"{_y(loss, predicted=False)}\n{_y(loss, predicted=True)}"
        # a Keras loss learns nothing
        told = [line.replace("a number or a learnable scalar", "a number") for line in _settings_told(loss)]
        told += [KERAS_REDUCTION, "name: of the loss, in Keras' logs."]
        bodies.append(
            '@keras.saving.register_keras_serializable(package="isoloss")\n'
            + _class(loss, "tensorflow", "Any", "", extra, called, told)
        )
    imports = _imports("keras", bodies, ["from isoloss.keras.criterion import Criterion, Reduction"])
    return _module("The losses as Keras losses", imports, "", _class_names(), bodies)


def _class(loss: Loss, framework: str, like: str, array: str, extra: list[str], called: str, told: list[str]) -> str:
    settings = _settings(loss, like, array)
    names = _names([*settings, *extra])
    docstring = _text(4, loss.summary, called, _section([*told, *_shared_told(loss, framework)]), _more(loss))
    return (
        f"class {loss.class_name}(Criterion):\n{docstring}\n"
        f"    spec = staticmethod({_spec(loss)})\n\n"
        f"    def __init__(\n{_lines(['self', '*', *settings, *extra], 8, ',')}    ) -> None:\n"
        f"        super().__init__(\n{_lines([f'{n}={n}' for n in names], 12, ',')}        )\n"
    )


def _y(loss: Loss, predicted: bool) -> str:
    """What `y_true` or `y_pred` of a Keras loss holds, for `isoloss.keras.Criterion`."""
    source, found = "y_pred" if predicted else "y_true", [a for a in loss.inputs if a.predicted == predicted]
    if not found:
        return f"- {source}: not looked at; None will do."
    first, names = found[0], ", ".join(f"{a.name}{' (optional)' if a.optional else ''}" for a in found)
    views = first.dimensions[0].blocks or (first.dimensions[0].multiple > 1 and str(first.dimensions[0].multiple))
    count = " or ".join(str(k) for k in range(sum(not a.optional for a in found), len(found) + 1))
    if len(found) == 1 and not views:
        return f"- {source}: {names}{', integers' if first.integer else ''}, {first.shape}."
    rest = [*(["..."] if first.open else []), *(d.name for d in first.dimensions[1:])]
    what = "several arrays" if len(found) > 1 else "the views of a sample"
    return f"- {source}: {names}, ({', '.join(['N', views or count, *rest])}): {what} stand on axis 1."


def _shared(loss: Loss, framework: str) -> list[str]:
    return SHARED[framework][0] if framework in SHARED and loss.compares_rows and not loss.gives else []


def _names(parameters: list[str]) -> list[str]:
    return [parameter.partition(":")[0] for parameter in parameters]


def _settings(loss: Loss, like: str, array: str) -> list[str]:
    """The keyword-only parameters that are the loss's own; `array` is the type of a learnable scalar, if there may be one."""
    found = [f"{s.name}: {_type(s, array)} = {_literal(s.default)}" for s in loss.settings]
    found += [f"{a.name}: {like} | None = None" for a in loss.arguments if a.is_setting]
    return found + (["axis: int = -1"] if loss.has_axis else [])


def _type(setting: Setting, array: str) -> str:
    annotation = setting.annotation.replace("'", '"')
    return f"{annotation} | {array}" if setting.learnable and array not in ("", "Any") else annotation


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _text(indent: int, *paragraphs: str) -> str:
    """A docstring of some paragraphs."""
    text = "\n\n".join(p.rstrip("\n") for p in paragraphs if p)
    text = f'{"r" if chr(92) in text else ""}"""{text}\n"""'
    lines = (wrapped for line in text.splitlines() for wrapped in _wrapped(line, 120 - indent))
    return "".join(f"{' ' * indent}{line}\n" if line else "\n" for line in lines)


def _wrapped(line: str, width: int) -> list[str]:
    own = len(line) - len(line.lstrip())
    return textwrap.wrap(line, width, subsequent_indent=" " * (own + 4), break_long_words=False) or [""]


def _section(lines: list[str]) -> str:
    return "Args:\n" + "".join(f"    {line}\n" for line in lines)


def _more(loss: Loss) -> str:
    return f"Formula, degenerate cases, errors and source: `{loss.spec.__module__}.{loss.name}`."


def _described(argument: Argument) -> str:
    role = "predicted" if argument.predicted else "given, integers" if argument.integer else "given"
    return f"{argument.name}: {role}, {argument.shape}{'; optional' if argument.optional else ''}."


def _settings_told(loss: Loss) -> list[str]:
    """What the spec says of its settings, arrays among them."""
    told = entries(sections(loss.spec.__doc__ or "")[1].get("Args", ""))
    names = [s.name for s in loss.settings] + [a.name for a in loss.arguments if a.is_setting]
    axis = ["axis: the axis that rows lie along."] if loss.has_axis else []
    return [f"{name}: {' '.join(told[name].split())}" for name in names] + axis


def _counted(loss: Loss) -> list[str]:
    of = "the elements" if loss.one_number else "the values"
    return [
        f"where: True for what counts; of the shape of {of} or of their leading axes.",
        "weights: what it counts for, likewise; not negative.",
    ]


def _reduction(loss: Loss) -> str:
    return "reduction: " + (
        '"mean" and nothing else.' if loss.one_number else '"mean" (by the sum of the weights), "sum" or "none".'
    )


def _shared_told(loss: Loss, framework: str) -> list[str]:
    names = ", ".join(_names(_shared(loss, framework)))
    return [f"{names}: for workers that share a batch, see `isoloss.{framework}.collective`."] if names else []


def _spec(loss: Loss) -> str:
    return f"{loss.spec.__module__.rpartition('.')[2]}.{loss.name}"


def _class_names() -> list[str]:
    return [loss.class_name for loss in LOSSES.values()]


def _union(array: str) -> str:
    return f"{array} | np.ndarray[Any, Any] | np.generic | float"


def _imports(framework: str, bodies: list[str], own: list[str]) -> str:
    """The import lines that the bodies need, standard library first."""
    text = "\n".join(bodies)
    needs_alias = "ArrayLike" in text and not any("ArrayLike" in line for line in own)
    typing = [
        n
        for n, needed in {
            "Any": needs_alias or "Any" in text,
            "Literal": "Literal[" in text,
            "TypeAlias": needs_alias,
        }.items()
        if needed
    ]
    standard = [f"from typing import {', '.join(typing)}"] if typing else []
    array_import, array = ARRAYS[framework]
    others = (["import keras"] if "@keras" in text else []) + (["import numpy as np"] if needs_alias else [])
    if array_import and array in text.replace("ArrayLike", ""):
        (own if "isoloss" in array_import else others).append(array_import)
    families = _lines(sorted(f.__name__.rpartition(".")[2] for f in FAMILIES), 4, ",")
    groups = [standard, others, sorted([*own, f"from isoloss.losses import (\n{families})"])]
    return "\n\n".join("\n".join(group) for group in groups if group) + "\n"


def _module(title: str, imports: str, alias: str, names: list[str], bodies: list[str]) -> str:
    exported = _lines([_q(name) for name in sorted(names)], 4, ",")
    return HEADER.format(title=title) + f"\n{imports}{alias}\n__all__ = [\n{exported}]\n\n\n" + "\n\n".join(bodies)


def _dict(names: list[str]) -> str:
    """An argument that holds these names with their values, on one line if that is short enough."""
    items = [f"{_q(name)}: {name}" for name in names]
    line = f"{{{', '.join(items)}}},"
    return line if len(line) <= 120 - 8 else f"{{\n{_lines(items, 12, ',')}        }},"


def _lines(words: list[str], indent: int, end: str = "") -> str:
    return "".join(f"{' ' * indent}{word}{end}\n" for word in words)


def _q(name: str) -> str:
    return f'"{name}"'


def readme(text: str) -> str:
    """The README with its table of losses as it should be."""
    before, rest = text.split(TABLE_BEGINS)
    _, after = rest.split(TABLE_ENDS)
    rows = "".join(
        f"| `{loss.name}` | {f'`{loss.class_name}`' if loss.class_name else ''} | {loss.summary} |\n"
        for loss in (*LOSSES.values(), *PARTS.values())
    )
    table = f"| function | class (PyTorch, Keras) | what it is |\n|---|---|---|\n{rows}"
    return f"{before}{TABLE_BEGINS}\n{table}{TABLE_ENDS}{after}"


def main() -> None:
    """Write the files."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m isoloss.generate CHECKOUT")
    checkout = Path(sys.argv[1])
    for path, text in files().items():
        (checkout / "backends" / path).write_text(text)
    (checkout / "README.md").write_text(readme((checkout / "README.md").read_text()))


if __name__ == "__main__":
    main()
