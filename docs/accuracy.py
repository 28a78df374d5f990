"""How accurate each loss is in each framework: `python docs/accuracy.py REPORT.json` makes docs/accuracy.json of a run.

The report is what `isoloss conformance --json` writes, `nox -s conformance` of everything. The pages of the losses show
it, as long as the golden vectors are those that it was judged by.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from isoloss.conformance.report import Tally, grouped
from isoloss.conformance.vectors import digest

FILE = Path(__file__).with_name("accuracy.json")


def summary(report: dict[str, Any]) -> dict[str, Any]:
    """What the pages show of a report."""
    if broken := report["broken"]:
        raise ValueError(f"{broken[0]['backend']} did not run: {broken[0]['reason']}. Run the suite again")
    losses: dict[str, dict[str, Any]] = {}
    for (loss, backend), tally in grouped(report["outcomes"], lambda row: (row["loss"], row["backend"])).items():
        losses.setdefault(loss, {})[backend] = _cell(tally)
    runs = {
        run["backend"]: {name: run[name] for name in ("device", "modes", "versions")}
        | {"dtypes": [*dict.fromkeys(r["dtype"] for r in report["outcomes"] if r["backend"] == run["backend"])]}
        for run in report["runs"]
    }
    return {"vectors": report["vectors"], "runs": runs, "losses": losses}


def read() -> dict[str, Any]:
    """The summary that is there.

    Raises:
        ValueError: if it was made with other golden vectors.
    """
    found = json.loads(FILE.read_text(encoding="utf-8"))
    if found["vectors"] != digest():
        raise ValueError(
            f"{FILE.name} was made with golden vectors {found['vectors'][:12]}, and these are {digest()[:12]}: "
            "run `nox -s conformance`"
        )
    return found


def _cell(tally: Tally) -> dict[str, Any]:
    return {
        "judged": tally.of,
        "passed": tally.status["passed"],
        "value": _rounded(tally.value),
        "gradient": _rounded(tally.gradient),
    }


def _rounded(distance: tuple[float, float] | None) -> list[float] | None:
    return None if distance is None else [float(f"{x:.3g}") for x in distance]


def main() -> None:
    """Write the file."""
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/accuracy.py REPORT.json")
    found = summary(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    FILE.write_text(_text(found), encoding="utf-8")


def _text(found: dict[str, Any]) -> str:
    """As JSON with a line for each backend and loss."""
    parts = [f'"vectors": {json.dumps(found["vectors"])}']
    for part in ("runs", "losses"):
        lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(x)}" for name, x in found[part].items())
        parts.append(f'"{part}": {{\n{lines}\n }}')
    return "{\n " + ",\n ".join(parts) + "\n}\n"


if __name__ == "__main__":
    main()
