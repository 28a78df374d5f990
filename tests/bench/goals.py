"""The numbers to reach, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from contenders import CONTRASTIVE, OURS, PLAIN, PRODUCTS, TITLES
from measure import ratio
from plan import ROW_WISE
from results import Results, Row


@dataclass(frozen=True)
class Goal:
    """A number, and where it must lie; None: not measured."""

    what: str
    limit: float
    found: float | None
    form: str = "{:.2f}"
    at_least: bool = False

    @property
    def reached(self) -> bool | None:
        if self.found is None:
            return None
        return self.found >= self.limit if self.at_least else self.found <= self.limit


UNITS = (  # task, setting, N, D, units
    ("nt_xent", "torch", 4096, 768, 2.4),
    ("nt_xent", "torch", 16384, 768, 2.4),
    ("nt_xent", "torch", 8192, 128, 2.6),
    ("nt_xent", "jax", 8192, 768, 2.4),
    ("nt_xent", "jax", 8192, 128, 2.4),
    ("nt_xent", "graph", 16384, 768, 2.9),
    ("nt_xent", "xla", 16384, 768, 2.5),
    ("info_nce", "torch", 4096, 768, 3.4),
    ("info_nce", "torch", 16384, 768, 3.4),
)
MEGABYTES = (  # setting, N, D, MB beyond inputs and gradient
    ("torch", 16384, 768, 16),
    ("jax", 16384, 768, 120),
    ("graph", 16384, 768, 120),
    ("xla", 16384, 768, 120),
    ("torch", 65536, 128, 64),
)
COMPILED = ("compile", "jax", "xla")


def goals(results: Results) -> list[Goal]:
    """All of them."""
    found: list[Goal] = []
    for task, setting, n, d, limit in UNITS:
        units = results.found("time", "units", task=task, setting=setting, name=OURS, rows=n, columns=d)
        found.append(Goal(f"{TITLES[setting]}: {task}, N = {n}, D = {d}: units", limit, units))
    for setting, n, d, limit in MEGABYTES:
        peak = results.found("memory", "peak", task="nt_xent", setting=setting, name=OURS, rows=n, columns=d)
        megabytes = None if peak is None else peak / 1e6
        found.append(Goal(f"{TITLES[setting]}: nt_xent, N = {n}, D = {d}: MB", limit, megabytes, "{:.1f}"))
    for setting in CONTRASTIVE:
        exponent = results.exponent("memory", "peak", task="nt_xent", setting=setting, name=OURS, columns=768)
        found.append(Goal(f"{TITLES[setting]}: nt_xent, D = 768: exponent of N in memory", 1.0, exponent))
    for setting in CONTRASTIVE:
        errors = [
            regime["gradient"]
            for row in results.rows("error", setting=setting, name=OURS)
            for regime in row.get("errors", {}).values()
        ]
        what = f"{TITLES[setting]}: relative error of the gradient, all regimes"
        found.append(Goal(what, 2e-5, max(errors, default=None), "{:.1e}"))
    for setting in CONTRASTIVE:
        ratios = [ratio for ratio in small_ratios(results, setting).values() if ratio is not None]
        found.append(Goal(f"{TITLES[setting]}: N = 32 to 256, times plain", 1.05, max(ratios, default=None)))
    for setting in COMPILED:
        large = results.rows("losses", setting=setting)
        large = [row for row in large if elements(row) >= 4096]
        title = f"{TITLES[setting]}: 4096 elements and more"
        one, other = (row_wise(large, is_row_wise) for is_row_wise in (False, True))
        found.append(Goal(f"{title}: element-wise, times the framework's", 1.1, _worst(one)))
        found.append(Goal(f"{title}: row-wise, times the framework's", 1.3, _worst(other)))
    eager = results.rows("losses", setting="torch")
    for what, rows, limits in (
        ("large arrays", [row for row in eager if elements(row) >= 1_000_000], (1.5, 2.0)),
        ("32 elements or rows", [row for row in eager if row["shape"][0] == 32], (3.0, 4.0)),
    ):
        for kind, loss_is, limit in (
            ("element-wise", lambda loss: loss not in ROW_WISE, limits[0]),
            ("cross_entropy", lambda loss: loss == "cross_entropy", limits[1]),
        ):
            worst = _worst(row for row in rows if loss_is(row["loss"]))
            found.append(Goal(f"PyTorch, eager: {kind}, {what}, times the framework's", limit, worst))
    short = [row for row in results.rows("losses", setting="jax-eager") if elements(row) <= 4096]
    slowest = min((1 / row["ratio"] for row in short if "ratio" in row), default=None)
    what = "JAX, eager: up to 4096 elements, times faster than optax"
    found.append(Goal(what, 5.0, slowest, "{:.1f}", at_least=True))
    return found


def of_own_products(results: Results, setting: str, rows: int, columns: int) -> float | None:
    """The time of ours in terms of a third of what the framework's own products take."""
    where = {"task": "nt_xent", "setting": setting, "rows": rows, "columns": columns}
    ours, own = (results.found("time", "times", name=name, **where) for name in (OURS, PRODUCTS))
    return 3.0 * ratio(ours, own) if ours and own else None


def small_ratios(results: Results, setting: str) -> dict[tuple[int, int], float | None]:
    """(D, N) -> the time of ours in terms of the plain form's."""
    found: dict[tuple[int, int], float | None] = {}
    for row in results.rows("small", setting=setting, name=OURS):
        where = {key: row[key] for key in ("setting", "rows", "columns")}
        plain = results.found("small", "times", name=PLAIN, **where)
        found[row["columns"], row["rows"]] = ratio(row["times"], plain) if plain and "times" in row else None
    return found


def elements(row: Row) -> int:
    """How many numbers an element-wise or row-wise loss was given."""
    size = 1
    for length in row["shape"]:
        size *= length
    return size


def row_wise(rows: Iterable[Row], are: bool) -> list[Row]:
    """Those of row-wise losses, or the others."""
    return [row for row in rows if (row["loss"] in ROW_WISE) == are]


def _worst(rows: Iterable[Row]) -> float | None:
    return max((row["ratio"] for row in rows if "ratio" in row), default=None)
