"""Writes the porting table from what ran: `python -m isoloss.conformance.peers.table FILE.md PEER.json ...`."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from isoloss.conformance.peers.porting import EQUAL, PEERS
from isoloss.conformance.peers.report import table
from isoloss.conformance.peers.rows import LIBRARIES, ROWS, Row, rows
from isoloss.losses import LOSSES

Run = dict[str, Any]

FRAMEWORKS = {"torch": "PyTorch", "tensorflow": "TensorFlow", "jax": "JAX"}

INTRODUCTION = f"""# Porting

How each loss is called elsewhere: in PyTorch, Keras, Optax, TensorFlow and smaller libraries. This page is generated
from what ran: `nox -s peers` runs every line as it stands here, on the CPU, ours and theirs on the same arrays.
`isoloss show NAME` prints the lines of one loss, by our name or by theirs: `isoloss show MultipleNegativesRankingLoss`.

- **Equal to k ulp**: value and gradients are at most k units in the last place apart, measured at the largest number of
  each array, in float32 and float64; nothing further than {EQUAL:g} is called equal. Keras ran on PyTorch, TensorFlow
  and JAX. "float32" stands where a library computes in nothing else: `tf.compat.v1.losses`, and Keras on PyTorch and
  JAX.
- **Differs**: the numbers of this run, ours first, and the cause. Most are defaults; the line above or below often has
  the setting that makes both equal.
- Arrays have the names that our signatures give them. They are random: 64 rows, 10 classes or items, 32 features.
  Where a line shows something on arrays of its own, these stand beside it.
- What a library lacks is not here, and [how accurate each of them is](scoreboard.md) is another question.
"""


def page(parts: list[dict[str, Any]]) -> str:
    """The whole page."""
    versions = dict(item for part in parts for item in part["versions"].items())
    runs = _runs(parts)
    sections = [
        INTRODUCTION,
        "Ran: " + ", ".join(f"{name} {version}" for name, version in versions.items()) + ".\n",
        _counts(runs),
        "The lines take this as imported:\n",
        table(["library", "imports"], [[x.title, _code("; ".join(x.imports))] for x in LIBRARIES.values()]),
    ]
    for loss in LOSSES.values():
        lines = [
            [LIBRARIES[row.library].title, _code(row.call), _code(row.theirs), told(row, runs[row.key])]
            for row in rows(loss.name)
        ]
        if lines:
            sections += [f"## `{loss.name}`\n", f"{loss.summary}\n"]
            sections.append(table(["library", "isoloss", "there", "result"], lines))
    return "\n".join(sections)


def told(row: Row, runs: list[Run]) -> str:
    """What is said of a row."""
    off = [run for run in runs if apart(run)]
    ran = [run for run in runs if "ulps" in run or apart(run)]
    if not ran:
        return "not run"
    given = ", ".join(f"{name} {_code(str(x))}" for name, x in row.given.items())
    shown = f" for {given}" if given else ""
    near = [run for run in ran if run not in off]
    equal = f"equal to {math.ceil(max(run['ulps'] for run in near))} ulp" if near else ""
    if not off:
        return equal + shown + ("" if any(run["dtype"] == "float64" for run in ran) else ", float32")
    where = "".join(dict.fromkeys(_where(run, near) for run in off))
    return (
        f"{equal and equal + '; '}**differs**{where}: {_numbers(off[0])}{shown}; {row.differs or 'no cause is known'}"
    )


def apart(run: Run) -> bool:
    """Whether the two calls gave different numbers."""
    return "raises" in run or run.get("ulps", 0.0) > EQUAL


def faults(parts: list[dict[str, Any]]) -> Iterator[str]:
    """What is wrong with the table: a difference without a cause, a cause without a difference, what did not run."""
    runs = _runs(parts)
    yield from (f"{peer} did not run" for peer in PEERS if peer not in {part["peer"] for part in parts})
    for row in ROWS:
        off = [run for run in runs[row.key] if apart(run)]
        if off and not row.differs:
            yield f"{row.call} and {row.theirs} differ, and no cause is named: {_numbers(off[0])} ({off[0]['peer']})"
        if runs[row.key] and row.differs and not off:
            yield f"{row.call} and {row.theirs} are equal, and yet a cause is named: {row.differs}"


def _runs(parts: list[dict[str, Any]]) -> dict[str, list[Run]]:
    """What came of each row; what is no longer one is left out."""
    found: dict[str, list[Run]] = {row.key: [] for row in ROWS}
    for part in parts:
        for run in part["rows"]:
            if run["row"] in found:
                found[run["row"]].append(run | {"peer": part["peer"]})
    return found


def _where(run: Run, near: list[Run]) -> str:
    """Where alone it differs, if it is near elsewhere: on one of several backends, or in one dtype."""
    if not near:
        return ""
    backend = PEERS[run["peer"]][1]
    alone = backend and all(other["peer"] != run["peer"] for other in near)
    return f" on {FRAMEWORKS[backend]}" if alone else f" in {run['dtype']}"


def _numbers(run: Run) -> str:
    if "raises" in run:
        return f"it raises {run['raises']}"
    pair = next(pair for digits in (6, 17) if (pair := _pair(run, digits))[0] != pair[1] or digits == 17)
    return f"{'' if run['part'] == 'value' else run['part'] + ' '}{pair[0]}, there {pair[1]}"


def _pair(run: Run, digits: int) -> list[str]:
    named = {math.inf: "infinity", -math.inf: "-infinity"}
    return ["NaN" if math.isnan(x) else named.get(x, f"{x + 0.0:.{digits}g}") for x in (run["ours"], run["theirs"])]


def _counts(runs: dict[str, list[Run]]) -> str:
    lines = []
    for name, library in LIBRARIES.items():
        own = [runs[row.key] for row in ROWS if row.library == name]
        differ = sum(any(map(apart, found)) for found in own)
        losses = len({row.loss for row in ROWS if row.library == name})
        lines.append([library.title, *map(str, (losses, len(own), len(own) - differ, differ))])
    lines.append(
        ["all", str(len({row.loss for row in ROWS})), *(str(sum(int(line[i]) for line in lines)) for i in (2, 3, 4))]
    )
    return table(["library", "losses", "rows", "equal", "differ"], lines)


def _code(line: str) -> str:
    return f"`{line}`"


def main() -> None:
    """Join what ran into the page, and fail if the table is wrong."""
    if len(sys.argv) < 3:
        sys.exit("usage: python -m isoloss.conformance.peers.table FILE.md PEER.json ...")
    parts = [json.loads(Path(path).read_text(encoding="utf-8")) for path in sys.argv[2:]]
    Path(sys.argv[1]).write_text(page(parts), encoding="utf-8")
    if wrong := list(faults(parts)):
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
