"""Measure isoloss and its peers: `nox -s bench`; with names of parts, those alone; `--resume` after a break; `--quick` for
a smoke run.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from contenders import TITLES
from goals import goals
from plan import FULL, QUICK
from plot import draw
from report import MARKS, page
from results import PARTS, Results
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from session import Job, Session

ROOT = Path(__file__).parents[2]


def main() -> int:
    """The exit code: 1 if a number to reach was measured and not reached; of a smoke run, if anything failed."""
    asked = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    asked.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; by default all of them")
    asked.add_argument("--quick", action="store_true", help="small sizes, once: does all of it run? (out/bench/quick)")
    asked.add_argument("--resume", action="store_true", help="measure only what an earlier run had not come to")
    given = asked.parse_args()
    if unknown := set(given.parts) - PARTS.keys():
        asked.error(f"no part is called {', '.join(sorted(unknown))}: choose from {', '.join(PARTS)}")
    console, began = Console(), time.monotonic()
    docs = ROOT / "out" / "bench" / "quick" if given.quick else ROOT / "docs"
    folder = docs / "performance"
    command = " ".join(["nox -s bench", *(["--", *given.parts] if given.parts else [])])
    session = Session(QUICK if given.quick else FULL, command, Results.load(folder))
    parts = [part for part in PARTS if part in (given.parts or PARTS)]
    if not given.resume:
        session.results.parts |= {part: [] for part in parts}
    for part in parts:
        with console.status("who is there to be measured"):
            jobs = session.jobs(part)
        with _following(console) as following:
            task = following.add_task(PARTS[part], total=len(jobs), state="")
            for job in jobs:
                following.update(task, state=_said(job))
                session.run(part, job)
                session.results.save(part, folder)
                following.advance(task)
            following.update(task, state="")

    results = session.results
    draw(results, docs / "performance.svg")
    (docs / "performance.md").write_text(page(results, "performance.svg"), encoding="utf-8")
    measured = [goal for goal in goals(results) if goal.reached is not None]
    table = Table("number to reach", "limit", "measured", "")
    for goal in measured:
        table.add_row(goal.what, *map(goal.form.format, (goal.limit, goal.found)), MARKS[goal.reached])
    console.print(table)
    reached = sum(goal.reached is True for goal in measured)
    console.print(
        f"{reached} of {len(measured)} numbers reached, in {time.monotonic() - began:.0f} s: {docs / 'performance.md'}",
        soft_wrap=True,
    )
    if given.quick:
        failed = [row for part in parts for row in results.parts[part] if "error" in row]
        for row in failed:
            console.print(f"failed: {row}", markup=False, highlight=False, soft_wrap=True)
        return int(bool(failed))
    return int(reached < len(measured))


def _following(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, TextColumn("{task.fields[state]}"), console=console)


def _said(job: Job) -> str:
    if job["part"] in ("small", "losses"):
        return TITLES[job["setting"]]
    who = job["names"][0] if len(job["names"]) == 1 else f"{len(job['names'])} contenders"
    return f"{job['task']} N={job['rows']} D={job['columns']}, {TITLES[job['setting']]}: {who}"


if __name__ == "__main__":
    sys.exit(main())
