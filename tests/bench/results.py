"""What the session measured: flat rows, in a JSON file for each part."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from growth import fitted

Row = dict[str, Any]

PARTS = {  # in the order in which they run: what a part asks
    "memory": "peak memory beyond the inputs and the returned gradient",
    "time": "time of loss and gradient",
    "error": "error against float64",
    "small": "small batches",
    "losses": "element-wise and row-wise losses",
}


@dataclass
class Results:
    """The rows of the parts that ran, and how each ran: its command, machine, day and versions."""

    parts: dict[str, list[Row]] = field(default_factory=dict)
    ran: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Results:
        found = cls()
        for part in PARTS:
            if (folder / f"{part}.json").exists():
                written = json.loads((folder / f"{part}.json").read_text(encoding="utf-8"))
                found.parts[part], found.ran[part] = written["rows"], written["ran"]
        return found

    def save(self, part: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        written = json.dumps({"ran": self.ran[part], "rows": self.parts[part]}, indent=1)
        (folder / f"{part}.json").write_text(written + "\n", encoding="utf-8")

    def rows(self, part: str, **where: Any) -> list[Row]:
        """The rows of a part that have these values."""
        return [row for row in self.parts.get(part, []) if all(row.get(key) == value for key, value in where.items())]

    def found(self, part: str, key: str, **where: Any) -> Any:
        """What the one row that has these values has found; None if it was not measured."""
        return next((row[key] for row in self.rows(part, **where) if key in row), None)

    def points(self, part: str, key: str, **where: Any) -> dict[int, float]:
        """N -> a number."""
        return {row["rows"]: row[key] for row in self.rows(part, **where) if key in row}

    def exponent(self, part: str, key: str, **where: Any) -> float | None:
        """How the number grows with N, from 1024 on, where there is anything to grow."""
        fit = fitted({n: value for n, value in self.points(part, key, **where).items() if n >= 1024})
        return fit[0] if fit else None
