"""Writes the scoreboard from what ran: `python -m isoloss.conformance.peers.report FILE.md PEER.json ...`."""

from __future__ import annotations

import ast
import json
import math
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from isoloss.conformance.bounds import BOUNDS
from isoloss.conformance.verdict import CLOSE
from isoloss.losses import LOSSES

Row = dict[str, Any]

INTRODUCTION = f"""# Scoreboard

How close the losses of other libraries come to the exact answer, for the losses that they share with isoloss. This page
is generated from what ran: `nox -s peers` runs each library in a process of its own, on the CPU, over the cases of
`isoloss.conformance.vectors`. One library alone, case by case:
`python -m isoloss.conformance.peers.scoreboard PEER out/PEER.json`.

- **What is judged**: the library's own call, with the settings that make it equal to ours, and the framework's own
  gradient of its sum. The calls are listed below and stand in `conformance/peers/`. PyTorch, TensorFlow and Keras on
  these run eagerly; Optax, and Keras on JAX, under `jax.jit`.
- **Not offered** is what a call cannot express: a mask, weights, another margin. It is neither tried nor failed. A loss
  that a library lacks is not put together from parts.
- **Failed** means further from the exact answer than isoloss' own bound, which is stricter than what these libraries
  promise: at most {BOUNDS["simcse"][0]} ulp of the value and {BOUNDS["simcse"][1]} of the gradient ({BOUNDS["mse"][0]} and {BOUNDS["mse"][1]} for most:
  `conformance/bounds.py`), times the condition of the number; or that the call raised. isoloss' own
  tests hold it to this bound on the same cases.
- **Far** is the part of the failed that is off by more than {CLOSE:g} of the number, or that raised; **not finite** the
  part that gave NaN or infinity for a finite answer.
- **Worst ulp** is divided by the condition. In float32 about 1e7 means that nothing of a number is left, as when a small
  loss comes out as 0. "inf" is NaN, infinity, or any number at all where the answer is 0.
- **Conventions are no faults**: cases in which a library may well choose otherwise than isoloss count nowhere above the
  last table.
"""

WORST = """## The worst of each call

What it was given (in the row that is off, if one is), what it gave and the exact answer, in float32. The whole case:
`isoloss.conformance.vectors.vectors(LOSS)[ID].case`.
"""

BAD_INPUT = """## Bad input

What isoloss refuses and another library could get, such as shapes that disagree, labels out of range and a temperature
of 0. An error, a warning, NaN and infinity all count as refused.
"""


def page(found: list[dict[str, Any]]) -> str:
    """The whole page."""
    peers = [part["peer"] for part in found]
    rows = [row | {"peer": part["peer"]} for part in found for row in part["cases"]]
    tried = [row for row in rows if row["outcome"] != "not offered"]
    counted = [row for row in tried if not row["convention"]]
    single = [row for row in counted if row["dtype"] == "float32"]
    double = [row for row in counted if row["dtype"] == "float64"]
    versions = dict(item for part in found for item in part["versions"].items())
    sections = [
        INTRODUCTION,
        "Ran: " + ", ".join(f"{name} {version}" for name, version in versions.items()) + ".\n",
        "## By regime: failed / tried, float32\n",
        _matrix(single, "regime", peers),
        "## By loss: failed / tried, float32\n",
        _matrix(single, "loss", peers),
        "## By loss: failed / tried, float64\n",
        "`tf.compat.v1.losses`, and Keras on PyTorch and JAX, compute in float32: not offered.\n",
        _matrix(double, "loss", peers),
        "## Each loss, float32\n",
        _measures([row for row in rows if row["dtype"] == "float32"], single),
        WORST,
        _worst(single),
        BAD_INPUT,
        _refusals(found),
        "## The calls, and where they depart\n",
        _calls(peers),
        "## Conventions: answered otherwise / tried, float32\n",
        _matrix([row for row in tried if row["convention"] and row["dtype"] == "float32"], "convention", peers),
    ]
    return "\n".join(sections)


def _matrix(rows: list[Row], by: str, peers: list[str]) -> str:
    def cell(name: str, peer: str) -> str:
        own = [row for row in rows if name in (row[by], "all") and row["peer"] == peer]
        return f"{_failed(own)} / {len(own)}" if own else ""

    names = [*dict.fromkeys(row[by] for row in rows), "all"]
    lines = [
        [f"`{name}`" if by == "loss" and name != "all" else name, *(cell(name, peer) for peer in peers)]
        for name in names
    ]
    return table([by, *peers], lines)


def _measures(rows: list[Row], counted: list[Row]) -> str:
    absent = Counter((row["loss"], row["peer"]) for row in rows if row["outcome"] == "not offered")
    lines = []
    for (loss, peer), own in _grouped(counted).items():
        failed = [row for row in own if row["outcome"] == "failed"]
        counts = [len(own), absent[loss, peer], len(failed)]
        counts += [sum(not row["close"] for row in failed), sum(not row["finite"] for row in failed)]
        ulps = [max((row[part] for row in own if part in row), default=math.nan) for part in ("value", "gradient")]
        worst = max(own, key=_severity)["case"]
        lines.append([f"`{loss}`", peer, *map(str, counts), *(f"{x:.2g}" for x in ulps), worst])
    heads = ["loss", "peer", "tried", "not offered", "failed", "far", "not finite"]
    return table([*heads, "worst ulp, value", "gradient", "worst case"], lines)


def _worst(tried: list[Row]) -> str:
    lines = []
    for (loss, peer), own in _grouped([row for row in tried if row["outcome"] == "failed"]).items():
        row = max(own, key=_severity)
        given = ", ".join(f"{name} {_short(x)}" for name, x in row["given"].items())
        lines.append(f"- `{loss}`, {peer}, *{row['case']}*: given {given}; {row['fault']}")
    return "\n".join(lines) + "\n"


def _refusals(found: list[dict[str, Any]]) -> str:
    lines = []
    for part in found:
        tried = [row for row in part["refusals"] if row["outcome"] != "not offered"]
        accepted: dict[str, list[str]] = {}
        for row in tried:
            if row["outcome"] == "accepted":
                accepted.setdefault(row["loss"], []).append(row["id"])
        listed = "; ".join(f"`{loss}`: {', '.join(ids)}" for loss, ids in accepted.items())
        lines.append([part["peer"], f"{sum(map(len, accepted.values()))} / {len(tried)}", listed])
    return table(["peer", "accepted / tried", "accepted in silence"], lines)


def _calls(peers: list[str]) -> str:
    """What the docstrings of the peers' functions say, read without loading a library."""
    lines = []
    for module in dict.fromkeys(peer.partition("-")[0] for peer in peers):
        tree = ast.parse((Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
        calls = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in LOSSES]
        lines += [[module, f"`{node.name}`", ast.get_docstring(node) or ""] for node in calls]
    return table(["library", "loss", "call"], lines)


def _grouped(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(rows, key=lambda row: list(LOSSES).index(row["loss"])):
        groups.setdefault((row["loss"], row["peer"]), []).append(row)
    return groups


def _failed(rows: Iterable[Row]) -> int:
    return sum(row["outcome"] == "failed" for row in rows)


def _severity(row: Row) -> tuple[bool, float]:
    """How bad: first what failed, then by ulps; a call that raised is worse than any number."""
    return row["outcome"] == "failed", max(row.get("value", math.inf), row.get("gradient", math.inf))


def _short(x: Any) -> str:
    numbers = x if isinstance(x, list) else [x]
    shown = ", ".join(f"{number:.9g}" for number in numbers[:8])
    return f"({shown}{', ...' if len(numbers) > 8 else ''})" if isinstance(x, list) else shown


def table(heads: list[str], lines: list[list[str]]) -> str:
    """A table in Markdown."""
    rows = [heads, ["---"] * len(heads), *lines]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows) + "\n"


def main() -> None:
    """Join what ran into the page."""
    if len(sys.argv) < 3:
        sys.exit("usage: python -m isoloss.conformance.peers.report FILE.md PEER.json ...")
    found = [json.loads(Path(path).read_text(encoding="utf-8")) for path in sys.argv[2:]]
    Path(sys.argv[1]).write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
