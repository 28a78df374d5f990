"""The session: which process measures what, what is not run for its limits, and the rows that come of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from contenders import CONTRASTIVE, DENSE, MODULES, OURS, PLAIN, PRODUCTS
from growth import predicted
from measure import processor, ratio
from plan import BYTES, OVER, SECONDS, Plan, Where
from results import Results, Row

WORK = Path(__file__).with_name("work.py")
PATIENCE = 1500.0
"""Seconds after which a process is ended."""

Job = dict[str, Any]


@dataclass
class Session:
    """Measures part after part."""

    plan: Plan
    command: str
    results: Results = field(default_factory=Results)
    known: dict[str, Any] = field(default_factory=dict)  # what each framework has

    def jobs(self, part: str) -> list[Job]:
        """The processes that a part still needs, smaller sizes first: what they find settles whether larger ones run."""
        jobs = {"memory": self._memory, "time": self._time, "error": self._error, "small": self._small}
        return [job for job in jobs.get(part, self._losses)() if not self._ran(part, job)]

    def run(self, part: str, job: Job) -> None:
        """Add what a job finds to the rows of its part, and say how the part ran."""
        rows = self.results.parts.setdefault(part, [])
        if part == "losses":
            found = _process(job)
            for loss, shape in job["losses"]:
                times = _of(found, f"{loss} {'×'.join(map(str, shape))}")
                rows.append({"setting": job["setting"], "loss": loss, "shape": list(shape), **_compared(times)})
        elif part == "small":
            found = _process(job)
            for n, columns in job["sizes"]:
                at = {**job, "rows": n, "columns": columns, "names": [OURS, PLAIN]}
                rows += _rows(at, {"": found.get("", {}), **found.get(f"{n}×{columns}", {})})
        else:
            skipped = {name: self._too_much(name, job) for name in job["names"]} if part != "error" else {}
            names = [name for name in job["names"] if not skipped.get(name)]
            found = _process({**job, "names": names}) if names else {}
            rows += _rows(job, found | {name: {"skipped": reason} for name, reason in skipped.items() if reason})
        self.results.ran[part] = self._how()

    def _how(self) -> dict[str, Any]:
        """How a part ran: its command, day, machine and versions."""
        versions: dict[str, str] = {}
        for setting in CONTRASTIVE:
            versions |= self._known(setting).get("versions", {})
        return {
            "command": self.command,
            "day": date.today().isoformat(),
            "machine": f"{processor()}, one of {os.cpu_count()} cores",
            "versions": versions,
        }

    def _ran(self, part: str, job: Job) -> bool:
        """Whether the part has the rows of this job."""
        at = {key: job[key] for key in ("task", "setting", "rows", "columns") if key in job}
        found = self.results.rows(part, **at)
        return bool(found) and {row.get("name") for row in found} >= set(job.get("names", ()))

    def _known(self, setting: str) -> dict[str, Any]:
        """The contenders of the setting's framework, those of them to be run alone, and versions."""
        framework = MODULES[setting]
        if framework not in self.known:
            self.known[framework] = _process({"part": "what", "setting": setting, "bytes": BYTES})
        return self.known[framework]

    def _names(self, setting: str, task: str) -> list[str]:
        return self._known(setting).get("contenders", {}).get(task, [OURS, PLAIN])

    def _memory(self) -> Iterator[Job]:
        for where, sizes in self.plan.memory.items():
            for rows in sizes:
                for name in self._names(where[1], where[0]):
                    if name != DENSE:  # as much as plain
                        yield self._job("memory", where, rows, [name])
        for where, rows in self.plan.alone.items():
            yield self._job("memory", where, rows, [OURS])

    def _time(self) -> Iterator[Job]:
        for where, sizes in self.plan.time.items():
            names = self._names(where[1], where[0])
            alone = [name for name in names if name in self._known(where[1]).get("alone", [])]
            for rows in sizes:
                together = [name for name in names if name not in alone]
                own = [PRODUCTS] if where[0] == "nt_xent" and where[1] != "torch" else []
                for group in (together + own, *([name] for name in alone)):
                    yield self._job("time", where, rows, group)
        for where, rows in self.plan.alone.items():
            yield self._job("time", where, rows, [OURS])

    def _error(self) -> Iterator[Job]:
        for task, setting in self.plan.error:
            yield self._job("error", (task, setting, 128), 256, self._names(setting, task))

    def _small(self) -> Iterator[Job]:
        for setting, sizes in self.plan.small.items():
            job = {"part": "small", "task": "nt_xent", "setting": setting, "sizes": sizes}
            yield {**job, "bytes": BYTES, "rounds": self.plan.small_rounds}

    def _losses(self) -> Iterator[Job]:
        for setting in self.plan.settings:
            job = {"part": "losses", "setting": setting, "losses": self.plan.losses(setting)}
            yield {**job, "bytes": BYTES, "rounds": self.plan.small_rounds}

    def _job(self, part: str, where: Where, rows: int, names: Sequence[str]) -> Job:
        task, setting, columns = where
        what = {"part": part, "task": task, "setting": setting, "rows": rows, "columns": columns, "names": list(names)}
        return {**what, "bytes": BYTES, "rounds": self.plan.rounds}

    def _too_much(self, name: str, job: Job) -> str:
        """Why a contender is not run, if so: it failed with as many rows or fewer, or would pass a limit by its growth."""
        where = {key: job[key] for key in ("task", "setting", "columns")} | {"name": name}
        before = [row for part in ("memory", "time") for row in self.results.rows(part, **where)]
        before = [row for row in before if row["rows"] <= job["rows"]]
        if failed := [row for row in before if "error" in row]:
            first = min(failed, key=lambda row: row["rows"])
            return f"{OVER if first['error'] == OVER else 'failed'} at N = {first['rows']}"
        for key, limit, form in (("peak", BYTES, "{:.0f} GB"), ("seconds", SECONDS, "{:.0f} s")):
            points = {row["rows"]: row[key] for row in before if key in row}
            cost = points.get(job["rows"]) or predicted(points, job["rows"])
            if cost is not None and cost > limit:
                return form.format(cost / 1e9 if key == "peak" else cost)
        return ""


def _rows(job: Job, found: Mapping[str, Any]) -> list[Row]:
    rows: list[Row] = []
    for name in job["names"]:
        row = _of(found, name)
        if "unit" in found and "seconds" in row:
            times, unit = row["seconds"], found["unit"]["seconds"]
            row |= {"seconds": median(times), "times": times, "unit": median(unit), "units": ratio(times, unit)}
        rows.append({**{key: job[key] for key in ("task", "setting", "rows", "columns")}, "name": name, **row})
    return rows


def _of(found: Mapping[str, Any], key: str) -> dict[str, Any]:
    """What was found of one; if nothing, how the process ended."""
    return dict(found.get(key) or found.get("") or {"error": "nothing came of it"})


def _process(job: Mapping[str, Any]) -> dict[str, Any]:
    """What a process found; how it ended, if not well, stands under the empty name."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "found.json"
        command = [sys.executable, str(WORK), json.dumps(job), str(file)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
            last = (done.stderr.strip().splitlines() or [""])[-1][:160]
            ended = f"the process ended with {done.returncode}: {last}" if done.returncode else ""
        except subprocess.TimeoutExpired:
            ended = f"ended after {PATIENCE:.0f} s"
        found = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {**found, "": {"error": ended}} if ended else found


def _compared(times: dict[str, Any]) -> Row:
    if "error" in times:
        return times
    ours, theirs = times["ours"], times["theirs"]
    return {"called": times["called"], "ours": median(ours), "theirs": median(theirs), "ratio": ratio(ours, theirs)}
