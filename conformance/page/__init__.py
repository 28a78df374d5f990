"""The report of a conformance run as one HTML file that needs no network."""

from __future__ import annotations

import math
import shlex
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from html import escape
from importlib.resources import files
from itertools import count
from string import Template
from typing import Any

from isoloss.conformance.report import LEVELS, Row, Tally, badness, command, distance, grouped, tallied

NAMES = {
    "accurate": "✓&nbsp;accurate",
    "close": "≈&nbsp;close",
    "finite": "~&nbsp;finite",
    "none": "✗ not finite",
    "unjudged": "○ not judged",
    "absent": "– not offered",
    "missing": "– not run",
}
OFF = ("0", "1", "2", "3", ">3")
SHOWN = 100
"""How many of the worst cases are listed."""


def page(report: Mapping[str, Any]) -> str:
    """The report, as `--json` writes it, as HTML."""
    outcomes: list[Row] = report["outcomes"]
    backends = _ordered([one["backend"] for one in (*report["runs"], *report["broken"])])
    style, script = (files(__name__).joinpath(name).read_text(encoding="utf-8") for name in ("style.css", "script.js"))
    everything = tallied(outcomes)
    ids = count()
    return Template(files(__name__).joinpath("page.html").read_text(encoding="utf-8")).substitute(
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        verdict=_verdict(report, everything),
        ran=_ran(report, backends),
        counts=_counts(everything),
        losses=_matrix(outcomes, backends, "loss", ids),
        regimes=_matrix(outcomes, backends, "regime", ids),
        histograms=_histograms(everything, grouped(outcomes, lambda o: o["backend"])),
        worst=_worst(outcomes, everything.status["failed"]),
        environment=_environment(report),
    )


def _ordered(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _command(outcome: Row) -> str:
    """The command that repeats an outcome, which breaks between its options only."""
    return f"<code>{' '.join(f'<span>{escape(shlex.join(words))}</span>' for words in command(outcome))}</code>"


# ----------------------------------------------------------------------------- text


def _ulps(x: float) -> str:
    """Rounded up, so that what is beyond a bound looks so."""
    if math.isinf(x):
        return "∞"
    return f"{math.ceil(round(10 * x, 6)) / 10:.1f}" if x < 1000 else f"{x:.0e}".replace("e+0", "e").replace("e+", "e")


def _against(distance: tuple[float, float] | None) -> str:
    return f"{_ulps(distance[0])}&nbsp;/&nbsp;{distance[1]:g}" if distance else "–"


def _percent(part: int, whole: int) -> str:
    """Two digits; 0 % and 100 % are exact."""
    share = part / whole if whole else 0.0
    if 0.99 < share < 1.0:
        return f"{math.floor(1e4 * share) / 100:g} %"
    return f"{100 * share:.2g} %" if share < 0.01 else f"{100 * share:.3g} %"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _breakable(name: str) -> str:
    return escape(name).replace("_", "_<wbr>").replace(":", ":<wbr>")


def _head(names: Iterable[str]) -> str:
    return "<thead><tr>" + "".join(f'<th scope="col">{name}</th>' for name in names) + "</tr></thead>"


# ------------------------------------------------------------------------- sections


def _verdict(report: Mapping[str, Any], everything: Tally) -> str:
    declared, reached = report["level"], report["reached"]
    rank = LEVELS.index(reached)
    holds = rank >= LEVELS.index(declared)
    if holds:
        said = f"✓ The declared level holds: {escape(declared)}"
    else:
        said = f"✗ The declared level does not hold: {escape(declared)}"
    steps = "".join(
        f'<li class="{"reached" if k <= rank else "missed"}">{"✓" if k <= rank else "✗"} {level}'
        f"{' <small>declared</small>' if level == declared else ''}</li>"
        for k, level in enumerate(LEVELS)
        if k
    )
    why = f"All backends together reach <b>{escape(reached)}</b>." if rank else "All backends together reach no level."
    failed = everything.status["failed"]
    why += f' <a href="#worst">{failed:,} failed.</a>' if failed else " No result failed."
    why += "".join(f"<br>✗ {escape(one['backend'])}: {escape(one['reason'])}" for one in report["broken"])
    return (
        f'<div class="verdict {"holds" if holds else "fails"}"><p class="said">{said}</p><p>{why}</p>'
        f'<ol class="ladder" aria-label="Levels">{steps}</ol></div>'
    )


def _ran(report: Mapping[str, Any], backends: list[str]) -> str:
    losses, cases = (
        len({tuple(o[n] for n in names) for o in report["outcomes"]}) for names in (["loss"], ["loss", "case"])
    )
    names = ", ".join(f"<b>{escape(name)}</b>" for name in backends)
    return f"{losses} losses and {cases:,} cases, run in {names}."


def _counts(everything: Tally) -> str:
    status = {name: everything.status[name] for name in ("passed", "failed", "not judged", "not offered")}
    shown = {"results judged": f"{everything.of:,}"} | {name: f"{n:,}" for name, n in status.items()}
    shown["numbers not judged"] = _percent(everything.numbers - everything.judged, everything.numbers)
    return "".join(f"<div><dt>{name}</dt><dd>{number}</dd></div>" for name, number in shown.items())


def _matrix(outcomes: list[Row], backends: list[str], row: str, ids: Iterable[int]) -> str:
    """A table of rows by backends: a cell says what its outcomes come to, and opens by mode and dtype."""
    cells: dict[tuple[str | None, str], list[Row]] = {}
    for outcome in outcomes:
        for name in (None, outcome[row]):
            cells.setdefault((name, outcome["backend"]), []).append(outcome)
    body = "".join(
        f'<tr><th scope="row">{_breakable(name) if name else "all"}</th>'
        + "".join(_cell(cells.get((name, backend), []), name, backend, ids) for backend in backends)
        + "</tr>\n"
        for name in [None, *_ordered(outcome[row] for outcome in outcomes)]
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="Each {row} in each backend"><table class="matrix">'
        f"{_head([row, *map(_breakable, backends)])}<tbody>\n{body}</tbody></table></div>"
    )


def _cell(outcomes: list[Row], name: str | None, backend: str, ids: Iterable[int]) -> str:
    tally = tallied(outcomes)
    if not tally.of:
        return f'<td class="{tally.level}"><b>{NAMES[tally.level]}</b></td>'
    place = f"d{next(iter(ids))}"
    return (
        f'<td class="{tally.level}"><button popovertarget="{place}">{_summary(tally)}</button>'
        f'<div popover id="{place}"><h3>{escape(name or "all")} in {escape(backend)}</h3>'
        f"{_modes(outcomes)}{_worst_of(tally)}</div></td>"
    )


def _summary(tally: Tally) -> str:
    if not tally.of:
        return f"<b>{NAMES[tally.level]}</b>"
    return (
        f"<b>{NAMES[tally.level]}</b> <span>{_against(tally.value)}&nbsp;· {_against(tally.gradient)}</span> "
        f"<small>{tally.status['passed']:,} of {tally.of:,}</small>"
    )


def _modes(outcomes: list[Row]) -> str:
    several = len({o["device"] for o in outcomes}) > 1
    found = grouped(outcomes, lambda o: (f"{o['mode']} on {o['device']}" if several else o["mode"], o["dtype"]))
    dtypes = _ordered(dtype for _, dtype in found)
    rows = "".join(
        f'<tr><th scope="row">{escape(mode)}</th>'
        + "".join(
            f'<td class="{tally.level}">{_summary(tally)}</td>' if tally else "<td>–</td>"
            for tally in (found.get((mode, dtype)) for dtype in dtypes)
        )
        + "</tr>"
        for mode in _ordered(mode for mode, _ in found)
    )
    return f"<table>{_head(['mode', *map(escape, dtypes)])}<tbody>{rows}</tbody></table>"


def _worst_of(tally: Tally) -> str:
    worst = tally.worst
    if worst is None:
        return ""
    where = f"{worst['loss']}: {worst['case']}, {worst['mode']}, {worst['dtype']}"
    fault = f'<br><span class="fault">{escape(worst["fault"])}</span>' if worst["fault"] else ""
    return f"<p>Worst: {escape(where)}{fault}<br>{_command(worst)}</p>"


def _histograms(everything: Tally, by_backend: dict[str, Tally]) -> str:
    shown = {"all backends": everything, **by_backend} if len(by_backend) > 1 else by_backend
    shown = {name: tally for name, tally in shown.items() if sum(tally.histogram)}
    smallest = min((n / sum(t.histogram) for t in shown.values() for n in t.histogram if n), default=1.0)
    decades = max(3, math.ceil(-math.log10(smallest)) + 1)
    return "".join(_histogram(name, tally.histogram, decades) for name, tally in shown.items())


def _histogram(name: str, numbers: list[int], decades: int) -> str:
    """Bars of the share of the numbers, over a logarithmic axis that ends so many decades below 100 %."""
    left, top, width, height, step = 52, 18, 250, 120, 50
    total = sum(numbers)
    lines = "".join(
        f'<path class="grid" d="M{left} {y:g}h{width}"/><text x="{left - 6}" y="{y + 4:g}" text-anchor="end">'
        f"{100 * 10.0**-k:g} %</text>"
        for k, y in ((k, top + height * k / decades) for k in range(decades + 1))
    )
    bars = ""
    for k, (n, label) in enumerate(zip(numbers, OFF, strict=True)):
        tall = height * (1 + math.log10(n / total) / decades) if n else 0.0
        x, y = left + k * step, top + height - tall
        bars += (
            f'<g><title>{n:,} numbers off by {escape(label)} ulp</title><rect class="b{k}" x="{x + 7}" y="{y:.1f}" '
            f'width="{step - 14}" height="{tall:.1f}"/><text class="n" x="{x + step / 2:g}" y="{y - 4:.1f}">'
            f"{_percent(n, total) if n else 'none'}</text>"
            f'<text class="n" x="{x + step / 2:g}" y="{top + height + 16}">{escape(label)}</text></g>'
        )
    said = ", ".join(f"{n:,} off by {label}" for n, label in zip(numbers, OFF, strict=True))
    return (
        f"<figure><figcaption><b>{_breakable(name)}</b> {total:,} numbers</figcaption>"
        f'<svg viewBox="0 0 {left + width + 4} {top + height + 24}" role="img" '
        f'aria-label="{escape(name)}: of {total:,} numbers {escape(said)} ulp">{lines}{bars}</svg></figure>\n'
    )


def _worst(outcomes: list[Row], failed: int) -> str:
    """The worst outcome of each case in each backend; first what failed, by turns of the backends."""
    tallies = grouped(outcomes, lambda o: (o["backend"], o["loss"], o["case"])).values()
    worst = sorted((tally.worst for tally in tallies if tally.worst), key=badness, reverse=True)
    turns: Counter[str] = Counter()
    order: list[tuple[bool, int, int]] = []
    for k, outcome in enumerate(worst):
        order.append((outcome["status"] != "failed", turns[outcome["backend"]], k))
        turns[outcome["backend"]] += 1
    chosen = [worst[k] for k in sorted(k for *_, k in sorted(order)[:SHOWN])]
    columns = ("loss", "case", "regime", "backend", "mode", "dtype", "value", "gradient", "of the bound", "fault")
    head = _head(f'<button type="button">{name}</button>' for name in columns)
    choices = "".join(
        f'<label>{name} <select name="{name}"><option value="">all</option>'
        + "".join(f"<option>{escape(x)}</option>" for x in sorted({str(outcome[name]) for outcome in chosen}))
        + "</select></label>\n"
        for name in ("loss", "regime", "backend", "mode", "dtype")
    )
    return Template(
        "<p>The $shown nearest to their bound or beyond it: of each case in each backend the worst mode and dtype. "
        "$failed</p>\n"
        '<form class="filter" hidden>$choices<label>text <input type="search" name="text"></label>\n'
        '<label><input type="checkbox" name="failed"> only failed</label> <output>$shown shown</output></form>\n'
        '<table class="worst">$head<tbody>\n$rows</tbody></table>'
    ).substitute(
        shown=len(chosen),
        failed=f"In all {failed:,} results failed." if failed else "No result failed.",
        choices=choices,
        head=head,
        rows="".join(_row(outcome, columns) for outcome in chosen),
    )


def _row(outcome: Row, columns: tuple[str, ...]) -> str:
    value, gradient = distance(outcome, 0), distance(outcome, 1)
    share = badness(outcome)[1]
    shown = {name: _breakable(str(outcome[name])) for name in columns[:6]}
    shown |= {"value": _against(value), "gradient": _against(gradient), "of the bound": _times(share)}
    sizes = {"value": value[0] if value else -1.0, "gradient": gradient[0] if gradient else -1.0, "of the bound": share}
    number = {n: f' data-number="{_javascript(x)}"' for n, x in sizes.items()}
    fault = f'<span class="fault">✗ {escape(outcome["fault"])}</span> ' if outcome["status"] == "failed" else ""
    shown["fault"] = f"{fault}{_command(outcome)}"
    cells = "".join(f'<td data-name="{name}"{number.get(name, "")}>{html}</td>' for name, html in shown.items())
    return f'<tr class="{outcome["status"]}">{cells}</tr>\n'


def _times(share: float) -> str:
    if share < 0.0:
        return "–"
    return f"{math.ceil(round(100 * share, 6))} %" if share < 2.0 else f"{_ulps(share)} times"


def _javascript(x: float) -> str:
    return "Infinity" if math.isinf(x) else repr(x)


def _environment(report: Mapping[str, Any]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{_breakable(run["backend"])}</th><td>{escape(run["device"])}</td>'
        f"<td>{escape(', '.join(run['modes']))}</td>"
        f"<td>{escape(', '.join(f'{name} {version}' for name, version in run['versions'].items()))}</td>"
        f"<td>{escape(run['platform'])}</td><td>{escape(run['processor'])}</td><td>{run['seconds']:,.1f} s</td></tr>\n"
        for run in report["runs"]
    )
    head = ("backend", "device", "modes", "versions", "platform", "processor", "time")
    return (
        '<div class="scroll" role="region" tabindex="0" aria-label="What was run"><table class="environment">'
        f"{_head(head)}<tbody>\n{rows}</tbody>"
        f"</table></div>\n<dl><dt>isoloss</dt><dd>{escape(report['isoloss'])}</dd>"
        f"<dt>golden vectors, SHA-256</dt><dd><code>{escape(report['vectors'])}</code></dd></dl>"
    )
