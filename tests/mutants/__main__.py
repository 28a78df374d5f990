"""Make every mutant and run the suite on each: `nox -s mutants`; with a text, those alone whose id contains it."""

from __future__ import annotations

import sys
import time

from killing import WORKERS, outcomes
from making import ROOT, mutants, unchanged
from report import Session
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

PAGE = ROOT / "docs" / "mutants.md"


def main(text: str = "") -> int:
    """The exit code: 1 for a survivor or a proof that no longer holds."""
    console, began = Console(), time.monotonic()
    for outcome in outcomes([unchanged()]):
        if outcome.killed:
            console.print(f"the suite fails on the package as it is, mend that first: {outcome.test}: {outcome.detail}")
            return 2
    chosen = [mutant for mutant in mutants() if text in mutant.id]
    if not chosen:
        console.print(f"no mutant's id contains {text!r}")
        return 2
    found = []
    with Progress(console=console) as progress:
        task = progress.add_task(f"{len(chosen)} mutants, {WORKERS} at a time", total=len(chosen))
        for outcome in outcomes(chosen):
            found.append(outcome)
            progress.advance(task)
    session = Session(sorted(found, key=lambda outcome: (outcome.mutant.file, outcome.mutant.line, outcome.mutant.id)))

    table = Table("operator", "made", "killed", "equivalent", "survived")
    for name, counts in sorted(session.counts(lambda mutant: mutant.operator).items()):
        table.add_row(name, *(str(counts[column]) for column in ("made", "killed", "equivalent", "survived")))
    console.print(table)
    if text:
        for outcome in session.outcomes:
            said = f"{outcome.how}, {outcome.test}: {outcome.detail}" if outcome.killed else ""
            console.print(f"{session.state(outcome)}: {outcome.mutant.id} {said}", markup=False, highlight=False)
        return int(session.total["survived"] > 0)
    PAGE.write_text(session.page(), encoding="utf-8")
    faults = session.faults()
    for fault in faults:
        console.print(fault, markup=False, highlight=False, soft_wrap=True)
    total = session.total
    console.print(
        f"{total['killed']} of {total['made'] - total['equivalent']} mutants killed ({session.rate:.1%}), "
        f"{total['equivalent']} equivalent, {total['survived']} survived, in {time.monotonic() - began:.0f} s: {PAGE}",
        soft_wrap=True,
    )
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
