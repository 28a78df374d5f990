"""The verdict on one port of one loss: where it departs from the exact answers, and why, if a known variant explains it."""

from __future__ import annotations

import importlib.util
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from isoloss import __version__
from isoloss.conformance.bounds import BOUNDS
from isoloss.conformance.check.ports import (
    Finished,
    Job,
    LeftOut,
    Matched,
    Ran,
    Ready,
    Record,
    Started,
    Stopped,
    records,
)
from isoloss.conformance.check.ports import values_shape as shape_of_values
from isoloss.conformance.check.signatures import nearest
from isoloss.conformance.check.variants import LAST, Observed, Point, explanations, reduced
from isoloss.conformance.peers.rows import named
from isoloss.conformance.runners import Result
from isoloss.conformance.vectors import Answer, Numbers, Vector, vectors
from isoloss.conformance.verdict import CLOSE, Verdict, judge, measured, parts
from isoloss.losses import LOSSES
from isoloss.losses.declaration import Loss

BACKENDS = ("torch", "tensorflow", "jax", "numpy", "keras")

SCHEMA = 1

VERDICTS = {"accurate": 0, "right": 0, "inexact": 1, "wrong": 1, "not run": 2}
"""The exit code of each. Accurate: within isoloss's own bound. Right: within a relative 1e-5. Inexact: the formula is
right, its arithmetic is not."""

TYPICAL = ("typical", "masked", "duplicates", "unit batch")
"""The regimes that a formula shows in; in the others a right formula may lose its digits."""

GRID = "grid"
SHAPES, CONVENTIONS = "other shapes", "conventions"
"""What no port is failed for: arrays of more or fewer axes; and degenerate cases and infinite inputs, which need a
convention."""

ROWS = 10  # of the table
EXPLAINED, EXPLAINED_SINGLE = 1e-6, 3e-5
"""How closely a variant gives what a port gave, relative to the largest number: in float64, and in float32."""

T = TypeVar("T")


class NotRun(Exception):
    """Why a port could not be run, in a sentence."""


@dataclass(frozen=True)
class Departure:
    """Where a port departs from the exact answer: one number, or what it said instead of giving one."""

    regime: str
    case: str
    what: str
    got: str
    expected: str
    off: str


@dataclass(frozen=True)
class Judged:
    """A case that the port was run on."""

    vector: Vector
    regime: str
    verdict: Verdict | None  # None: it gave nothing that could be judged
    departures: tuple[Departure, ...]
    of_formula: bool  # whether they are more than lost digits
    observed: Observed | None


@dataclass(frozen=True)
class Report:
    """What came of judging a port."""

    target: str
    loss: str
    backend: str
    verdict: str  # one of `VERDICTS`
    reason: str = ""  # why it was not run, or what it does in every case
    matched: Matched | None = None
    reduction: str = ""  # how the port reduces, if it has no argument for that
    counted: list[Judged] = field(default_factory=list)  # what it is passed or failed for
    conventions: list[Judged] = field(default_factory=list)  # where it departs and is not failed
    of_conventions: int = 0  # how many of those there were
    why: list[str] = field(default_factory=list)  # the known variants that explain it
    untried: list[str] = field(default_factory=list)

    @property
    def code(self) -> int:
        """The exit code: 0 if it is right, 1 if it is wrong, 2 if it could not be run."""
        return VERDICTS[self.verdict]

    @property
    def failed(self) -> list[Judged]:
        """The cases in which it departs, of those that count."""
        return [j for j in self.counted if j.departures]

    def json(self) -> dict[str, Any]:
        """The report as it is written."""
        return {
            "schema": SCHEMA,
            "isoloss": __version__,
            "port": self.target,
            "loss": self.loss,
            "backend": self.backend,
            "verdict": self.verdict,
            "reason": self.reason,
            "why": self.why,
            "arguments": self.matched.taken if self.matched else {},
            "cases": [_written(j, "failed" if j.departures else "passed") for j in self.counted]
            + [_written(j, "another convention") for j in self.conventions],
            "not tried": self.untried,
        }


def _written(judged: Judged, status: str) -> dict[str, Any]:
    departures = [{n: getattr(d, n) for n in ("what", "got", "expected", "off")} for d in judged.departures]
    return {"case": judged.vector.case.id, "regime": judged.regime, "status": status, "departures": departures}


def check(target: str, loss: str, backend: str, mapping: Mapping[str, str], *, seconds: float = 120.0) -> Report:
    """Judge the function or class at `FILE.py:name` as a port of a loss.

    Args:
        mapping: arguments of the port, and of the loss, where their names do not tell.
        seconds: that the port may take for all cases, once its framework is there.
    """
    try:
        job = _job(target, loss, backend, mapping)
        return judged(job, _run(job, seconds))
    except NotRun as error:
        return Report(target, loss, backend, "not run", str(error))


# --------------------------------------------------------------------------- running


def _job(target: str, loss: str, backend: str, mapping: Mapping[str, str]) -> Job:
    file, _, function = target.rpartition(":")
    if not file or not function.isidentifier():
        raise NotRun(f"A port is given as FILE.py:function; got {target!r}.")
    if not Path(file).is_file():
        raise NotRun(f"There is no file {file}.")
    if loss not in LOSSES:
        here = " or ".join(named(loss))
        raise NotRun(f"isoloss has no loss {loss!r}{f': it is {here} here.' if here else nearest(loss, LOSSES)}")
    if backend not in BACKENDS:
        raise NotRun(f"There is no backend {backend!r}{nearest(backend, BACKENDS)}")
    if importlib.util.find_spec(backend) is None:
        raise NotRun(f"{backend} is not installed: pip install 'isoloss[{backend}]'.")
    return Job(file, function, loss, backend, dict(mapping))


def _run(job: Job, seconds: float) -> list[Record]:
    """What the process of a port has told, once it has ended."""
    serve = "import sys; from isoloss.conformance.check.ports import serve; serve(*sys.argv[1:])"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        asked, told = Path(folder, "job"), Path(folder, "records")
        asked.write_bytes(pickle.dumps(job))
        told.touch()
        process = subprocess.Popen(
            [sys.executable, "-c", serve, str(asked), str(told)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            code = _wait(process, told, seconds)
        finally:
            process.kill()
            process.wait()
        found = list(records(told))
    if stopped := _first(Stopped, found):
        raise NotRun(stopped.sentence)
    if code is None or not _first(Finished, found):
        cases = [r.case for r in found if isinstance(r, Started)]
        during = f"in case {cases[-1]!r}" if cases else "before the first case"
        if not _first(Ready, found):
            during = f"while {job.backend} was being imported"
        if code is None:
            raise NotRun(
                f"It took longer than {seconds:g} seconds, {during}: it hangs, or needs a longer --time-limit."
            )
        raise NotRun(f"The port ended its process {during}: {_ending(code)}.")
    return found


def _wait(process: subprocess.Popen[bytes], told: Path, seconds: float) -> int | None:
    """The exit code; None if the time since the framework was there is over."""
    since = None
    while True:
        try:
            return process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            if since is None and told.stat().st_size:
                since = time.monotonic()
            if since is not None and time.monotonic() - since > seconds:
                return None


def _ending(code: int) -> str:
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"


def _first(kind: type[T], found: list[Record]) -> T | None:
    return next((r for r in found if isinstance(r, kind)), None)


# --------------------------------------------------------------------------- judging


def rereduced(loss: Loss, vector: Vector, reduction: str) -> Vector:
    """A vector with the answers that another reduction has."""
    case = vector.case
    now = case.options.get("reduction", "mean")
    if loss.one_number or reduction == now:
        return vector
    answer = vector.answers["float32"]
    values, weights = Point.of(loss, case, now).values()
    whole = float(values.size if weights is None else np.sum(weights))
    divisors = {"mean": whole or 1.0, LAST: float(values.shape[-1]) if values.ndim else 1.0}
    factor = divisors.get(now, 1.0) / divisors.get(reduction, 1.0)
    exact = answer.value.exact
    if now == "none":  # the golden values are at least as good
        ones = None if weights is None else np.where(weights == 0.0, 0.0, 1.0)
        exact = (
            reduced(exact, ones, "sum") / divisors["mean"] if reduction == "mean" else reduced(exact, ones, reduction)
        )
    else:
        exact = reduced(values, weights, reduction)
    exact = np.asarray(exact, float)
    condition = np.full(exact.shape, answer.value.condition.max(initial=1.0))
    value = Numbers(exact, np.zeros(exact.shape), condition)
    gradients = {n: Numbers(g.exact * factor, g.rest * factor, g.condition) for n, g in answer.gradients.items()}
    options = {**case.options, "reduction": reduction}
    return replace(vector, case=replace(case, options=options), answers={"float32": Answer(value, gradients)})


def _reduction(loss: Loss, ran: list[Ran], of: Mapping[str, Vector]) -> str:
    """How a port without an argument for it reduces, by the shapes of its values."""
    found = Counter(
        name
        for r in ran
        if r.value is not None
        for name, shape in (
            ("mean", ()),
            ("none", shape_of_values(loss, of[r.case].case)),
            (LAST, shape_of_values(loss, of[r.case].case)[:-1]),
        )
        if r.value.shape == shape
    )
    return max(("mean", "none", LAST), key=lambda name: found[name])


def _judge(loss: Loss, vector: Vector, ran: Ran, reduction: str) -> Judged:
    vector = rereduced(loss, vector, reduction)
    regime = _regime(loss, vector)
    if ran.value is None:
        return Judged(vector, regime, None, (_said(regime, ran.case, "value", ran.fault),), True, None)
    result = Result(ran.value, ran.gradients or {}, "float32", "cpu")
    departures = _departures(loss, vector, regime, result)
    if ran.gradient_fault:
        departures.append(_said(regime, ran.case, "gradient", ran.gradient_fault))
    # a formula that is right is right in float64, where float32 has lost its digits
    best = ran.double or ran
    assert best.value is not None
    in_double = ran.double and _departures(
        loss, vector, regime, replace(result, value=best.value, gradients=best.gradients or {})
    )
    of_formula = bool(departures) and regime in TYPICAL and in_double != []
    tolerance = EXPLAINED if ran.double else EXPLAINED_SINGLE
    observed = Observed(Point.of(loss, vector.case, reduction), best.value, best.gradients, tolerance, of_formula)
    verdict = judge(loss.name, _of_what_learns(vector, result), result, dtype="float32")
    return Judged(vector, regime, verdict, tuple(departures), of_formula, observed)


def _of_what_learns(vector: Vector, result: Result) -> Vector:
    """The vector without the gradients that a port has not: of a setting that it takes as a plain number."""
    answer = vector.answers["float32"]
    gradients = {n: g for n, g in answer.gradients.items() if n in result.gradients}
    return replace(vector, answers={"float32": replace(answer, gradients=gradients)})


def _said(regime: str, case: str, what: str, fault: str) -> Departure:
    return Departure(regime, case, what, fault, "", "")


def _departures(loss: Loss, vector: Vector, regime: str, result: Result) -> list[Departure]:
    """For the value, and for each gradient, the number that is furthest from right, if it is not close."""
    found = []
    for part in parts(loss.name, vector, result, "float32"):
        exact = part.exact.exact
        if part.got.shape != exact.shape:
            shapes = (f"shape {part.got.shape}", f"shape {exact.shape}")
            found.append(Departure(regime, vector.case.id, part.name, *shapes, ""))
            continue
        off, tolerance, size, known = measured(part, "float32")
        wrong = known & ~(off <= np.maximum(CLOSE * size, tolerance))
        if wrong.any():
            share = np.divide(off, size, out=np.full(off.shape, np.inf), where=size > 0.0)
            index = np.unravel_index(np.where(wrong, np.nan_to_num(share, nan=np.inf), -1.0).argmax(), share.shape)
            place = f"{part.name}{[int(k) for k in index] or ''}"
            got, expected, far = float(part.got[index]), float(exact[index]), float(share[index])
            found.append(Departure(regime, vector.case.id, place, f"{got:.7g}", f"{expected:.7g}", _relative(far, got)))
    return found


def _relative(share: float, got: float) -> str:
    if not np.isfinite(got):
        return "not finite"
    if share == np.inf:
        return "is not 0"
    if share >= 10.0:
        return f"{share:.3g}x"
    return f"{100.0 * share:.0f} %" if share >= 0.1 else f"{100.0 * share:.2g} %" if share >= 1e-3 else f"{share:.1e}"


def _regime(loss: Loss, vector: Vector) -> str:
    numbers = [x for x in map(np.asarray, vector.case.inputs.values()) if x.dtype.kind == "f"]
    if vector.kind == "degenerate" or not all(np.isfinite(x).all() for x in numbers):
        return CONVENTIONS
    leader = loss.leaders[0]
    ranks = (1, 2) if len(leader.dimensions) == 1 else (2,)
    if leader.open and np.ndim(vector.case.inputs[leader.name]) not in ranks:
        return SHAPES
    extreme = any(((np.abs(x) > 1e6) | (np.abs(x) < 1e-6) & (x != 0.0)).any() for x in numbers)
    return "edge" if extreme and vector.case.regime == "typical" else vector.case.regime


def judged(job: Job, told: list[Record]) -> Report:
    """The verdict on what a port gave."""
    loss, of = LOSSES[job.loss], vectors(job.loss)
    matched = _first(Matched, told)
    ran = [r for r in told if isinstance(r, Ran)]
    left_out = Counter(r.argument for r in told if isinstance(r, LeftOut))
    assert matched is not None
    how = "" if matched.reductions else "mean" if loss.one_number else _reduction(loss, ran, of)
    found = partial(Report, f"{job.file}:{job.function}", job.loss, job.backend, matched=matched, reduction=how)
    every = [_judge(loss, of[r.case], r, r.reduction or how) for r in ran]
    # a mean of all exponents is that of the largest
    gridded = [j for j in every if j.regime == GRID and j.vector.case.options["reduction"] != "none"]
    # what has other axes than it was written for, a port may refuse
    refused = [j for j in every if j.regime == SHAPES and j.verdict is None]
    tried = [j for j in every if j not in refused and j not in gridded]
    counted = [j for j in tried if j.regime not in (SHAPES, CONVENTIONS)]
    if not counted:
        return found("not run", f"Every case needs an argument that the port lacks: {', '.join(left_out)}.")
    if all(r.value is None for r in ran):
        returned = ran[0].fault.startswith("it returned")
        return found("wrong" if returned else "not run", f"In each case {ran[0].fault}.")
    failed = [j for j in counted if j.departures]
    verdict = "accurate" if all(j.verdict and j.verdict.accurate for j in counted) else "right"
    if failed:
        verdict = "wrong" if any(j.of_formula for j in failed) else "inexact"
    untried = [f"{count} that need{'s' * (count == 1)} {name}" for name, count in left_out.items()]
    untried += [f"{len(refused)} of other shapes, which it refuses"] if refused else []
    untried += [f"{len(gridded)} that need a value per element"] if gridded else []
    return found(
        verdict,
        counted=counted,
        conventions=[j for j in tried if j.departures and j not in failed],
        of_conventions=len(tried) - len(counted),
        why=_why(loss, matched, counted) if verdict == "wrong" else [],
        untried=untried,
    )


def _why(loss: Loss, matched: Matched, counted: list[Judged]) -> list[str]:
    observed = [j.observed for j in counted if j.observed and j.regime in TYPICAL]
    detached = _without_gradient(counted)
    if detached and len(detached) == len([a for a in loss.arguments if a.predicted and a.name in matched.taken]):
        why = f"No gradient reaches {', '.join(detached)}: for autograd the value is a constant. Is it detached?"
        values = any(d.what.startswith("value") for j in counted for d in j.departures)
        return [f"{why} The value departs as well, which this does not explain." if values else why]
    return explanations(loss, matched.taken, observed) if observed else []


def _without_gradient(counted: list[Judged]) -> list[str]:
    """The arguments that no gradient reaches in any case, though one should."""
    found: dict[str, bool] = {}
    for j in counted:
        if j.observed and j.observed.gradients:
            for name, got in j.observed.gradients.items():
                if np.any(j.vector.answers["float32"].gradients[name].exact):
                    found[name] = found.get(name, True) and not np.any(got)
    return [name for name, nothing in found.items() if nothing]


# -------------------------------------------------------------------------- the report


def show(report: Report, console: Console) -> None:
    """Print it."""
    if report.matched:
        console.print(f"[bold]{escape(report.target)}[/] as isoloss's [bold]{report.loss}[/], in {report.backend}\n")
        _print_matches(LOSSES[report.loss], report.matched, report.reduction, console)
    if report.reason:
        console.print(f"[bold red]{report.verdict.capitalize()}.[/] {escape(report.reason)}")
        return
    _print_verdict(report, console)
    _print_table(report.failed, console)
    _print_conventions(report.conventions, report.of_conventions, console)
    if report.untried:
        console.print(f"[dim]Not tried: {', '.join(report.untried)}.[/]")


def _print_matches(loss: Loss, matched: Matched, how: str, console: Console) -> None:
    width = max(map(len, matched.taken))
    defaults = {s.name: s.default for s in loss.settings}
    for ours, theirs in matched.taken.items():
        line = f"{ours:{width}} <- {theirs}"
        own = matched.defaults.get(ours)
        if ours in defaults and own is not None and own != repr(defaults[ours]):
            line += f"  (its default is {own}, isoloss's {defaults[ours]!r}: each case passes its own)"
        if ours == "reduction":
            line += f"  ({', '.join(matched.reductions)})"
        _indented(escape(line), console)
    for name, default in defaults.items():
        if name not in matched.taken:
            _indented(f"{name}: the port has no such argument; cases at the default {default!r} only", console)
    missing = [a.name for a in loss.arguments if a.optional and a.name not in matched.taken]
    missing += [n for n in ("axis",) if loss.has_axis and n not in matched.taken]
    missing += [n for n in ("where", "weights") if n not in matched.taken]
    if missing:
        _indented(
            f"{', '.join(missing)}: the port has no such argument; cases with {_it(missing)} are left out", console
        )
    for name, default in matched.idle.items():
        _indented(f"{escape(name)}: no argument of {loss.name}; left at {escape(default)}", console)
    for name, error in matched.refused.items():
        _indented(f"reduction={name!r}: not offered ({escape(error)}); those cases are asked as another", console)
    if how in ("none", LAST):
        rows = "a value per row" if how == "none" and not loss.arguments[0].open else "unreduced values"
        rows = rows if how == "none" else "a mean over the last axis alone, as Keras's functions do,"
        _indented(
            f"reduction: the port returns {rows} where isoloss's mean is one number: it is compared with "
            + ("reduction='none'" if how == "none" else "that mean of isoloss's values"),
            console,
        )
    console.print()


def _indented(text: str, console: Console) -> None:
    console.print(Padding(text, (0, 0, 0, 2), expand=False))


def _it(names: list[str]) -> str:
    return "it" if len(names) == 1 else "them"


def _print_verdict(report: Report, console: Console) -> None:
    counted, failed, how = report.counted, report.failed, report.reduction
    gradients = any(j.observed and j.observed.gradients is not None for j in counted)
    what = "Value and gradient" if gradients else "The value"
    agree = "agree" if gradients else "agrees"
    bound = "{} ulp of the value and {} of the gradient".format(*BOUNDS[report.loss])
    answers = "the exact answers" + {"none": " of reduction='none'", LAST: f" of a {LAST}"}.get(how, "")
    number = f"{len(counted)} case{'s' * (len(counted) != 1)}"
    tried = Counter(j.regime for j in counted)
    where = ", ".join(f"{name} {n} of {tried[name]}" for name, n in Counter(j.regime for j in failed).items())
    departs = f"departs from {answers} in {len(failed)} of {number} tried ({where})."
    if report.verdict == "accurate":
        console.print(
            f"[bold green]Right, and accurate.[/] {what} {agree} with {answers} in all {number} tried, "
            f"to isoloss's own bound: {bound}, times the condition."
        )
    elif report.verdict == "right":
        coarse = [(j, j.verdict) for j in counted if j.verdict is not None and not j.verdict.accurate]
        worst, found = max(coarse, key=lambda each: _distance(each[1]))
        regimes = ", ".join(dict.fromkeys(j.regime for j, _ in coarse))
        console.print(
            f"[bold green]Right to {CLOSE:g}.[/] {what} {agree} with {answers} in all {number} tried. "
            f"isoloss's own bound ({bound}, times the condition) is missed in {len(coarse)} of them "
            f"({regimes}); the worst is {worst.vector.case.id!r}: {escape(found.fault)}, off by "
            f"{_distance(found):.3g} ulp."
        )
    elif report.verdict == "inexact":
        console.print(f"[bold yellow]The formula is right, its arithmetic is not.[/] In float32 it {departs}")
    else:
        console.print(f"[bold red]Wrong.[/] It {departs}")
        for k, sentence in enumerate(report.why or ["no known variant explains it."]):
            console.print(f"[bold]{'Or' if k else 'Why'}:[/] {escape(sentence)}")
    if not gradients:
        reason = "NumPy has none" if report.backend == "numpy" else "it gives none"
        console.print(f"Gradients are not judged: {reason}.")
    console.print()


def _distance(verdict: Verdict) -> float:
    return max(verdict.value, verdict.gradient or 0.0)


def _print_table(failed: list[Judged], console: Console) -> None:
    rows: list[Departure] = []
    said: Counter[tuple[str, str]] = Counter()
    for d in (d for j in failed for d in j.departures):
        said[d.regime, d.got] += not d.expected
        if d.expected or said[d.regime, d.got] == 1:  # what it says in several cases stands there once
            rows.append(d)
    if not rows:
        return
    regimes = dict.fromkeys(d.regime for d in sorted(rows, key=lambda d: d.regime not in TYPICAL))
    own = {regime: [d for d in rows if d.regime == regime] for regime in regimes}
    each = next(n for n in range(len(rows), 0, -1) if n == 1 or sum(len(o[:n]) for o in own.values()) <= ROWS)
    # as narrow as it can be: in 80 columns a number should not be broken
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=0, title="[bold]Where it departs", title_justify="left")
    for column in ("regime", "case", "of", "got", "expected", "off by"):
        table.add_column(column, justify="right" if column in ("expected", "off by") else "left", overflow="fold")
    for regime, departures in own.items():
        for k, d in enumerate(departures[:each]):
            name = regime if k == 0 else ""
            others = "" if d.expected or said[d.regime, d.got] == 1 else f" and {said[d.regime, d.got] - 1} more"
            table.add_row(name, escape(d.case + others), escape(d.what), escape(d.got), d.expected, d.off)
    console.print(table)
    if table.row_count < len(rows):
        console.print(f"[dim]and {len(rows) - table.row_count} more like these[/]")
    console.print()


def _print_conventions(departing: list[Judged], tried: int, console: Console) -> None:
    if not departing:
        return
    console.print(
        f"Conventions that differ, for which no port is failed ({len(departing)} of {tried} degenerate cases and other "
        "shapes):"
    )
    for j in departing[:5]:
        d = j.departures[0]
        told = f"{d.what}: {d.got}, isoloss {d.expected}" if d.expected else d.got
        note = f" ({j.vector.case.note})" if j.vector.case.note else ""
        _indented(f"{escape(j.vector.case.id)}{escape(note)}: {escape(told)}", console)
    if len(departing) > 5:
        _indented(f"[dim]and {len(departing) - 5} more[/]", console)
    console.print()
