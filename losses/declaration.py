"""How a spec says what it is: `@loss`, the roles and shapes of its arrays, the ranges of its settings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from isoloss.protocol import A

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Interval:
    """The numbers a setting may be; one without its low end is without its high end, too."""

    low: float
    high: float
    includes_low: bool

    def __str__(self) -> str:
        if self.high == float("inf"):
            return f"{'at least' if self.includes_low else 'greater than'} {self.low:g}"
        if not self.includes_low:
            return f"greater than {self.low:g} and less than {self.high:g}"
        return f"from {self.low:g} to {self.high:g}"

    def contains(self, number: Any) -> Any:
        """True or False for a number; a boolean array for an array (NaN lies in no interval)."""
        above = number >= self.low if self.includes_low else number > self.low
        return above & (number <= self.high if self.includes_low and self.high < float("inf") else number < self.high)


Positive = Annotated[float | A, Interval(0.0, float("inf"), includes_low=False)]
"""A number greater than 0, or a scalar array (which may be learnable)."""

Floor = Annotated[float, Interval(0.0, float("inf"), includes_low=False)]
"""What a number counts for at least: a number greater than 0."""

NonNegative = Annotated[float, Interval(0.0, float("inf"), includes_low=True)]
"""A number that is 0 or greater."""

Fraction = Annotated[float, Interval(0.0, 1.0, includes_low=True)]
"""A number from 0 to 1."""

Cosine = Annotated[float, Interval(-1.0, 1.0, includes_low=True)]
"""A number from -1 to 1."""

OptionalFraction = Annotated[float | None, Interval(0.0, 1.0, includes_low=True)]
"""A number from 0 to 1, or None."""

OpenFraction = Annotated[float | A, Interval(0.0, 1.0, includes_low=False)]
"""A number between 0 and 1 and neither of them, or a scalar array (which may be learnable)."""

Views = Annotated[int, Interval(2.0, float("inf"), includes_low=True)]
"""How many views there are of each sample."""


class Weighted(NamedTuple, Generic[A]):
    """Values, and what each counts for in a mean. A spec returns it where its formula weighs or leaves out rows."""

    values: A
    weights: A


@dataclass(frozen=True)
class Given:
    """The shape of an array that is given, not predicted."""

    shape: str
    integer: bool = False


def given(shape: str, *, integer: bool = False) -> Given:
    """Declare an array as given (labels, targets), not predicted; `integer` for class indices."""
    return Given(shape, integer)


@dataclass(frozen=True)
class Dimension:
    """`N`, `2N` (N groups of 2 neighbours), `views*N` (as many blocks of N as a setting says) or `...` (any batch axes)."""

    name: str
    multiple: int = 1
    blocks: str = ""  # the name of the setting

    def count(self, settings: Mapping[str, Any]) -> int:
        """How many of it belong together."""
        return settings[self.blocks] if self.blocks else self.multiple


@dataclass(frozen=True)
class Argument:
    """One array of a loss."""

    name: str
    dimensions: tuple[Dimension, ...]
    predicted: bool
    integer: bool
    optional: bool
    is_setting: bool
    shape: str  # as it is written for people
    open: bool = field(init=False)
    """Whether it begins with any number of batch axes."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "open", self.dimensions[:1] == (Dimension("..."),))

    @property
    def broadcasts(self) -> bool:
        """Whether it is a setting for each element: a number, or an array that broadcasts to the batch axes."""
        return self.is_setting and self.dimensions == (Dimension("..."),)


@dataclass(frozen=True)
class Setting:
    """One setting of a loss that is not an array, though it may be a scalar one if `learnable`."""

    name: str
    default: Any
    annotation: str
    types: tuple[type, ...]
    choices: tuple[Any, ...]
    interval: Interval | None
    learnable: bool
    wanted: str  # what it must be, in words


@dataclass(frozen=True)
class Loss:
    """All that is known of a loss without running it."""

    name: str
    class_name: str
    spec: Callable[..., Any]
    arguments: tuple[Argument, ...]
    settings: tuple[Setting, ...]
    batch: tuple[Dimension, ...]
    one_number: bool
    takes_where: bool
    gives: tuple[str, ...] = ()  # the names of what a function of `@parts` returns
    leaders: tuple[Argument, ...] = field(init=False)
    """The arrays that begin with the axes of the batch, with one row or several for each of it."""
    learnable: frozenset[str] = field(init=False)
    """The names of the settings that may be arrays."""
    compares_rows: bool = field(init=False)
    """Whether its rows are compared with each other, so that a batch is more than its parts."""

    def __post_init__(self) -> None:
        batch = [d.name for d in self.batch]
        begins = [a for a in self.arguments if [d.name for d in a.dimensions[: len(batch)]] == batch]
        leaders = tuple(a for a in begins if not a.broadcasts)
        object.__setattr__(self, "leaders", leaders)
        object.__setattr__(self, "compares_rows", not self.arguments[0].open)
        object.__setattr__(self, "learnable", frozenset(s.name for s in self.settings if s.learnable))

    @property
    def inputs(self) -> tuple[Argument, ...]:
        """The arrays given by position: what a model and its data supply at each call."""
        return tuple(a for a in self.arguments if not a.is_setting)

    def rows_each(self, argument: Argument) -> int:
        """How many rows of an array that begins with the axes of the batch belong to each of it."""
        return argument.dimensions[0].multiple // self.batch[0].multiple

    @property
    def has_axis(self) -> bool:
        """Whether rows lie along an axis that the user may choose."""
        return any(len(a.dimensions) > 1 for a in self.arguments if a.open)

    @property
    def defaults(self) -> dict[str, Any]:
        """What is set by name, arrays and the axis of rows too, and what it is unless given."""
        found = {s.name: s.default for s in self.settings} | {a.name: None for a in self.arguments if a.is_setting}
        return found | ({"axis": -1} if self.has_axis else {})

    @property
    def summary(self) -> str:
        return (inspect.getdoc(self.spec) or "").partition("\n\n")[0]


SECTIONS = ("Args", "Returns", "Degenerate cases", "Raises", "Example", "Source")
"""What the docstring of a loss has."""


def sections(docstring: str) -> tuple[str, dict[str, str]]:
    """What stands before the first section of a docstring, and the text of each."""
    before, *found = re.split(rf"^({'|'.join(SECTIONS)}):[ \n]", inspect.cleandoc(docstring), flags=re.MULTILINE)
    texts = (inspect.cleandoc(text).strip() for text in found[1::2])
    return before.strip(), dict(zip(found[::2], texts, strict=True))


def entries(section: str) -> dict[str, str]:
    """The names that a section of a docstring describes, such as arguments, and what it says of each."""
    return dict(re.findall(r"^([\w*, ]+): (.*?)(?=^\S|\Z)", section, re.DOTALL | re.MULTILINE))


def loss(
    class_name: str, *, per: str | None = None, over: str | None = None, **arrays: str | Given
) -> Callable[[F], F]:
    """Declare a spec: its class, the shape and role of each array, and what it gives.

    A shape is written in words: `"N D"`, `"... C"` (any batch axes, then classes), `"2N D"` (N pairs of neighbours),
    `"views*N D"` (blocks of N rows, as many as the setting `views` says). A plain string is a predicted array,
    `given(...)` one that is given; a setting of shape `"..."` broadcasts. `per="N"` says that the spec returns a value for each of N; `over="..."` that it
    returns one number by nature, and takes `weights` into its formula.
    A spec that takes `where` is told which rows are masked; the others need not know.

    The function itself is returned unchanged.

    Raises:
        TypeError: if the declaration and the signature disagree.
    """
    if (per is None) == (over is None):
        raise TypeError(f"{class_name}: declare either per= or over=")

    def declare(spec: F) -> F:
        found = _read(class_name, spec, arrays, per if per is not None else over or "", over is not None)
        spec.__loss__ = found  # pyright: ignore[reportFunctionMemberAccess]
        return spec

    return declare


def parts(*gives: str, **arrays: str | Given) -> Callable[[F], F]:
    """Declare a function that gives arrays a loss is made of, by these names, for code that wants to look at them."""

    def declare(spec: F) -> F:
        spec.__loss__ = _read("", spec, arrays, "", False, gives)  # pyright: ignore[reportFunctionMemberAccess]
        return spec

    return declare


def declaration(spec: Callable[..., Any]) -> Loss:
    """The declaration of a spec.

    Raises:
        TypeError: if the function has none.
    """
    found = getattr(spec, "__loss__", None)
    if not isinstance(found, Loss):
        raise TypeError(f"{spec!r} is no loss: decorate it with @isoloss.losses.loss(...)")
    return found


def _read(
    class_name: str,
    spec: Callable[..., Any],
    arrays: dict[str, str | Given],
    batch: str,
    one_number: bool,
    gives: tuple[str, ...] = (),
) -> Loss:
    name = spec.__name__
    parameters = dict(list(inspect.signature(spec).parameters.items())[1:])
    if missing := arrays.keys() - parameters.keys():
        raise TypeError(f"{name}: declared but not in its signature: {', '.join(sorted(missing))}")
    if taken := {"reduction", "axis"} & parameters.keys():
        raise TypeError(f"{name}: {', '.join(sorted(taken))} is the adapter's: a spec returns values, with rows last")
    reserved = {"where", "weights"}
    hints = get_type_hints(spec, include_extras=True)
    arguments: list[Argument] = []
    settings: list[Setting] = []
    for parameter in parameters.values():
        keyword = parameter.kind is inspect.Parameter.KEYWORD_ONLY
        if parameter.name in arrays:
            declared = arrays[parameter.name]
            declared, predicted = (declared, False) if isinstance(declared, Given) else (Given(declared), True)
            optional = parameter.default is None
            shape = _dimensions(declared.shape)
            arguments.append(
                Argument(parameter.name, shape, predicted, declared.integer, optional, keyword, _written(shape))
            )
        elif not keyword:
            raise TypeError(f"{name}: {parameter.name} is not declared: give its shape in @loss(...)")
        elif parameter.name not in reserved and parameter.name not in hints:
            raise TypeError(f"{name}: {parameter.name} needs a type, such as float or Positive[A]")
        elif parameter.name not in reserved:
            settings.append(_setting(parameter, hints[parameter.name]))
    if one_number and "weights" not in parameters:
        raise TypeError(f"{name}: a loss of one number takes weights= into its formula")
    over = _dimensions(batch)
    whole_numbers = {s.name for s in settings if s.types == (int,)}
    if unknown := {d.blocks for a in arguments for d in a.dimensions} - {"", *whole_numbers}:
        raise TypeError(f"{name}: {', '.join(unknown)} must be a setting that is an integer")
    found = Loss(
        name, class_name, spec, tuple(arguments), tuple(settings), over, one_number, "where" in parameters, gives
    )
    if not found.leaders:
        raise TypeError(f"{name}: no array begins with the axes of the batch, {_written(over)}")
    return found


def _dimensions(shape: str) -> tuple[Dimension, ...]:
    found: list[Dimension] = []
    for word in shape.split():
        blocks, _, rest = word.rpartition("*")
        name = rest.lstrip("0123456789")
        found.append(Dimension(name, int(rest[: len(rest) - len(name)] or 1), blocks))
    return tuple(found)


def _written(dimensions: tuple[Dimension, ...]) -> str:
    words = [f"{f'{d.blocks}*' if d.blocks else d.multiple if d.multiple > 1 else ''}{d.name}" for d in dimensions]
    return f"({', '.join(words)}{',' if len(words) == 1 and words != ['...'] else ''})"


def _setting(parameter: inspect.Parameter, hint: Any) -> Setting:
    interval = None
    if get_origin(hint) is Annotated:
        hint, interval = get_args(hint)
    choices = get_args(hint) if get_origin(hint) is Literal else ()
    members = get_args(hint) or (hint,)
    types = tuple(m for m in members if isinstance(m, type))
    learnable = any(isinstance(m, TypeVar) for m in members)
    if choices:
        wanted = f"one of {', '.join(map(repr, choices))}"
    else:
        words = {float: "a number", int: "an integer", bool: "True or False", type(None): "None"}
        wanted = " or ".join([*(words.get(t, t.__name__) for t in types), *(["a scalar array"] if learnable else [])])
        wanted += f", {interval}" if interval else ""
    return Setting(
        parameter.name, parameter.default, _annotation(choices, types), types, choices, interval, learnable, wanted
    )


def _annotation(choices: tuple[Any, ...], types: tuple[type, ...]) -> str:
    """A setting's type as it stands in a generated signature, without the framework's array type."""
    if choices:
        return f"Literal[{', '.join(map(repr, choices))}]"
    return " | ".join("None" if t is type(None) else t.__name__ for t in types)
