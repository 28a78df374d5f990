"""What a run of the suite comes to: levels, a table, JSON."""

from __future__ import annotations

import math
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from rich.markup import escape

from isoloss import __version__
from isoloss.conformance.suite import EVERY_NUMBER, Broken, Ended, Event, Outcome, Started
from isoloss.conformance.vectors import digest

SCHEMA = 1

LEVELS = ("none", "finite", "close", "accurate", "uniform")
"""Each holds the ones before it. Finite: no NaN or infinity where the exact answer is finite, and bad input is refused.
Close: within a relative 1e-5. Accurate: within the bound. Uniform: accurate in every backend and mode that ran, so that
any two are within twice the bound of each other."""


@dataclass
class Run:
    """What one backend gave."""

    started: Started
    outcomes: list[Outcome] = field(default_factory=list)
    seconds: float = 0.0


@dataclass
class Report:
    """All runs, as they come in."""

    runs: list[Run] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Take what a run gave."""
        if isinstance(event, Started):
            self.runs.append(Run(event))
        elif isinstance(event, Outcome):
            self.runs[-1].outcomes.append(event)
        elif isinstance(event, Ended):
            self.runs[-1].seconds = event.seconds
        elif isinstance(event, Broken):
            self.broken.append(event)

    def json(self, declared: str) -> dict[str, Any]:
        """The report as it is written. `conformance.page` makes a page of it."""
        rows = [_row(run, outcome) for run in self.runs for outcome in run.outcomes]
        reached = tallied(rows).level if not self.broken else "none"
        return {
            "schema": SCHEMA,
            "isoloss": __version__,
            "vectors": digest(),
            "level": declared,
            "reached": {"accurate": "uniform"}.get(reached, reached if reached in LEVELS else "none"),
            "runs": [{**asdict(run.started), "seconds": round(run.seconds, 1)} for run in self.runs],
            "broken": [asdict(b) for b in self.broken],
            "outcomes": rows,
        }


# What follows reads the rows of "outcomes", as they are written.

Row: TypeAlias = Mapping[str, Any]


@dataclass
class Tally:
    """What a group of outcomes comes to."""

    status: Counter[str] = field(default_factory=Counter)
    levels: set[str] = field(default_factory=set)
    value: tuple[float, float] | None = None  # ulps and bound, where their ratio is worst
    gradient: tuple[float, float] | None = None
    judged: int = 0
    numbers: int = 0
    histogram: list[int] = field(default_factory=lambda: [0] * 5)
    worst: Row | None = None

    def add(self, row: Row) -> None:
        """Count one more."""
        self.status[row["status"]] += 1
        self.numbers += row["numbers"]
        if row["status"] in ("not offered", "not judged"):
            return
        self.levels.add(_level(row))
        self.value = max(filter(None, (self.value, distance(row, 0))), key=_share, default=None)
        self.gradient = max(filter(None, (self.gradient, distance(row, 1))), key=_share, default=None)
        self.judged += row["judged"]
        self.histogram = [a + b for a, b in zip(self.histogram, row["histogram"], strict=True)]
        if self.worst is None or badness(row) > badness(self.worst):
            self.worst = row

    @property
    def of(self) -> int:
        """How many were judged."""
        return self.status["passed"] + self.status["failed"]

    @property
    def level(self) -> str:
        """The level that all reach, or why there is none."""
        if self.levels:
            return min(self.levels, key=LEVELS.index)
        return "unjudged" if self.status["not judged"] else "absent" if self.status else "missing"


def tallied(rows: Iterable[Row]) -> Tally:
    """The tally of all."""
    found = Tally()
    for row in rows:
        found.add(row)
    return found


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, Tally]:
    """The tally of each group, in the order in which the groups appear."""
    found: dict[Any, Tally] = {}
    for row in rows:
        found.setdefault(key(row), Tally()).add(row)
    return found


def distance(row: Row, part: int) -> tuple[float, float] | None:
    """The worst distance of the value (0) or the gradient (1), and its bound; None where there is none."""
    ulps, bound = row[("value", "gradient")[part]], row["bound"][part]
    return None if ulps is None or not bound else (float(ulps), float(bound))  # a refusal has no bound


def badness(row: Row) -> tuple[bool, float]:
    """Orders outcomes by how far they are from passing: a failure first, then the share of the bound."""
    return row["status"] == "failed", max(_share(distance(row, 0)), _share(distance(row, 1)))


def command(row: Row) -> list[list[str]]:
    """The command that repeats an outcome, option by option."""
    options = [["--adapter" if ":" in row["backend"] else "--backend", row["backend"]]]
    options += [["--device", row["device"]]] if row["device"] != "cpu" else []
    options += [[f"--{name}", row[name]] for name in ("loss", "mode", "dtype")]
    options += [["--exhaustive", "--case", EVERY_NUMBER]] if row["kind"] == "exhaustive" else [["--case", row["case"]]]
    return [["isoloss", "conformance"], *options]


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """The report in rich markup: for each loss its numbers and the command that repeats its worst case; what was run."""
    rows = report["outcomes"]
    yield "[bold]loss\n  level     judged  passed  not judged  value / bound  gradient / bound"
    for loss, tally in grouped(rows, lambda row: row["loss"]).items():
        style = "red" if tally.status["failed"] else "green"
        if tally.worst is None:
            yield f"{loss}\n  {'not judged' if tally.level == 'unjudged' else 'not offered'}"
            continue
        yield loss
        yield (
            f"  [{style}]{tally.level:8}[/]  {tally.of:6}  [{style}]{tally.status['passed']:6}[/]  "
            f"{tally.status['not judged']:10}  {_against(tally.value):>13}  {_against(tally.gradient):>16}"
        )
        if tally.worst["fault"]:
            yield f"  [red]{escape(tally.worst['fault'])}[/]"
        yield f"  [dim]{escape(shlex.join(word for option in command(tally.worst) for word in option))}[/]"
    yield ""
    for run in report["runs"]:
        versions = ", ".join(f"{name} {found}" for name, found in run["versions"].items())
        yield f"{run['backend']} on {run['device']}, {', '.join(run['modes'])}: {run['seconds']:.0f} s ({versions})"
    for broken in report["broken"]:
        yield f"[red]{escape(broken['backend'])}: {escape(broken['reason'])}[/]"
    numbers = sum(row["numbers"] for row in rows if row["status"] != "not offered")
    unknown = numbers - sum(row["judged"] for row in rows)
    yield (
        f"Distances are in ulps, divided by the number's condition. {unknown} of {numbers} numbers "
        f"({unknown / max(numbers, 1):.1%}) are not judged: their input determines them to less than 1 %."
    )
    holds = LEVELS.index(report["reached"]) >= LEVELS.index(report["level"])
    yield f"[bold]Level {'reached' if holds else 'missed'}: {report['reached']}, declared {report['level']}."


def _level(row: Row) -> str:
    if row["status"] == "passed":
        return "accurate"
    return "none" if not row["finite"] else "close" if row["close"] else "finite"


def _share(distance: tuple[float, float] | None) -> float:
    """Of the bound; -1 where there is none."""
    return distance[0] / distance[1] if distance else -1.0


def _against(distance: tuple[float, float] | None) -> str:
    if distance is None:
        return "-"
    return f"{distance[0]:{'.2f' if distance[0] < 1000 else '.0e'}} / {distance[1]:2g}"


def _row(run: Run, outcome: Outcome) -> Row:
    found = {"backend": run.started.backend, "device": run.started.device, **asdict(outcome.task), **asdict(outcome)}
    del found["task"]
    return {name: "inf" if x == math.inf else x for name, x in found.items()}
