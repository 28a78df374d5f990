"""What a run of the suite comes to: levels, a table, JSON."""

from __future__ import annotations

import hashlib
import math
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.markup import escape

from isoloss import __version__
from isoloss.conformance.bounds import BOUNDS
from isoloss.conformance.suite import Broken, Ended, Event, Outcome, Started, Task
from isoloss.conformance.vectors import text
from isoloss.losses import LOSSES

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

    @property
    def outcomes(self) -> list[tuple[Run, Outcome]]:
        return [(run, outcome) for run in self.runs for outcome in run.outcomes]

    @property
    def level(self) -> str:
        """The level that all of it reaches."""
        reached = "none" if self.broken else level(outcome for _, outcome in self.outcomes)
        return "uniform" if reached == "accurate" else reached

    def json(self, declared: str) -> dict[str, Any]:
        """The report as it is written: `conformance.page` makes a page of it."""
        return {
            "schema": SCHEMA,
            "isoloss": __version__,
            "vectors": hashlib.sha256("".join(text(loss) for loss in LOSSES).encode()).hexdigest(),
            "level": declared,
            "reached": self.level,
            "runs": [{**asdict(run.started), "seconds": round(run.seconds, 1)} for run in self.runs],
            "broken": [asdict(b) for b in self.broken],
            "outcomes": [_row(run, outcome) for run, outcome in self.outcomes],
        }


def level(outcomes: Iterable[Outcome]) -> str:
    """The level that outcomes reach together; what was not offered or not judged does not count."""
    counted = [o for o in outcomes if o.status in ("passed", "failed")]
    if not counted:
        return "none"
    reached = min(LEVELS.index(_level(o)) for o in counted)
    return "uniform" if LEVELS[reached] == "accurate" else LEVELS[reached]


def _level(outcome: Outcome) -> str:
    if outcome.status == "passed":
        return "accurate"
    return "none" if not outcome.finite else "close" if outcome.close else "finite"


def lines(report: Report) -> Iterator[str]:
    """A line for each loss, and the command that reproduces its worst case, as rich markup."""
    if not report.outcomes:
        return
    width = max(len(o.task.loss) for _, o in report.outcomes)
    yield f"[bold]{'loss':{width}}  level     judged  passed  not judged    value  bound  gradient  bound"
    for loss in dict.fromkeys(outcome.task.loss for _, outcome in report.outcomes):
        rows = [(run, o) for run, o in report.outcomes if o.task.loss == loss and o.status != "not offered"]
        if not rows:
            yield f"{loss:{width}}  not offered"
            continue
        judged = [o for _, o in rows if o.status != "not judged"]
        passed = sum(o.status == "passed" for o in judged)
        value = max((o.value for o in judged), default=0.0)
        gradient = max((o.gradient for o in judged if o.gradient is not None), default=None)
        bounds = BOUNDS[loss]
        style = "green" if passed == len(judged) else "red"
        yield (
            f"{loss:{width}}  [{style}]{level(judged):8}[/]  {len(judged):6}  [{style}]{passed:6}[/]  "
            f"{len(rows) - len(judged):10}  {_number(value):>7}  {bounds[0]:5}  {_number(gradient):>8}  {bounds[1]:5}"
        )
        run, worst = max(rows, key=lambda row: badness(row[1]))
        if worst.fault:
            yield f"{'':{width}}  [red]{escape(worst.fault)}[/]"
        yield f"{'':{width}}  [dim]{escape(reproduction(run, worst.task))}[/]"


def footer(report: Report) -> Iterator[str]:
    """What was run, and what is not in the lines."""
    numbers = sum(o.numbers for _, o in report.outcomes)
    unknown = numbers - sum(o.judged for _, o in report.outcomes)
    for run in report.runs:
        versions = ", ".join(f"{name} {found}" for name, found in run.started.versions.items())
        yield (
            f"{run.started.backend} on {run.started.device}, {', '.join(run.started.modes)}: "
            f"{len(run.outcomes)} cases in {run.seconds:.0f} s ({versions})"
        )
    for broken in report.broken:
        yield f"[red]{escape(broken.backend)}: {escape(broken.reason)}[/]"
    yield (
        f"Distances are in ulps, divided by the number's condition. {unknown} of {numbers} numbers "
        f"({unknown / max(numbers, 1):.1%}) are not judged: their input determines them to less than 1 %."
    )


def badness(outcome: Outcome) -> tuple[bool, float]:
    """Orders outcomes by how far they are from passing: a failure first, then the share of the bound."""
    shares = [d / b for d, b in zip((outcome.value, outcome.gradient or 0.0), outcome.bound, strict=True) if b]
    return outcome.status == "failed", max(shares, default=0.0)


def reproduction(run: Run, task: Task) -> str:
    """The command that runs one task again."""
    started = run.started
    words = ["isoloss", "conformance", *(["--adapter"] if ":" in started.backend else ["--backend"]), started.backend]
    words += ["--device", started.device] if started.device != "cpu" else []
    words += ["--loss", task.loss, "--mode", task.mode, "--dtype", task.dtype, "--case", task.case]
    return shlex.join(words + (["--exhaustive"] if task.kind == "exhaustive" else []))


def _row(run: Run, outcome: Outcome) -> dict[str, Any]:
    found = {"backend": run.started.backend, "device": run.started.device, **asdict(outcome.task), **asdict(outcome)}
    del found["task"]
    return {name: "inf" if x == math.inf else x for name, x in found.items()}


def _number(x: float | None) -> str:
    return "-" if x is None else f"{x:.2f}" if x < 1000 else f"{x:.0e}"
