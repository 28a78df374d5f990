"""Time and memory against N, both logarithmic, with fitted exponents: docs/performance.svg."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
from contenders import DENSE, OURS, TITLES
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from results import Results

INK = "#7d8590"  # legible on white and on black
COLOURS = ("#e09f1f", "#c8553d", "#5b8fd6", "#a06cc0", "#8a9a5b", "#8b7d72")
OURS_COLOURS = ("#17a398", "#4cc26b", "#1f8fc4")
COLUMNS = 768
PANELS = (  # of a row of panels: the settings
    ("torch",),
    ("jax", "graph", "xla"),
)
QUANTITIES = (  # part, key, factor, title
    ("time", "seconds", 1.0, "seconds for loss and gradient"),
    ("memory", "peak", 1e-6, "MB beyond inputs and gradient"),
)


def draw(results: Results, path: Path) -> None:
    """Write the plot of nt_xent at D = 768, or at the largest D that there is."""
    columns = max((row["columns"] for row in results.rows("time", task="nt_xent")), default=COLUMNS)
    columns = COLUMNS if results.rows("time", columns=COLUMNS) else columns
    with matplotlib.rc_context(
        {
            "font.size": 9,
            "text.color": INK,
            "axes.edgecolor": INK,
            "axes.labelcolor": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "svg.hashsalt": "isoloss",
        }
    ):
        figure = Figure(figsize=(11, 8), layout="constrained")
        grid: Any = figure.subplots(len(PANELS), len(QUANTITIES), sharex=True)
        for settings, panels in zip(PANELS, grid, strict=True):
            for panel, (part, key, factor, title) in zip(panels, QUANTITIES, strict=True):
                _lines(panel, results, part, key, factor, settings, columns)
                panel.set_title(
                    f"{' and '.join(dict.fromkeys(TITLES[s].split(',')[0] for s in settings))}: {title}", loc="left"
                )
        for panel in grid[-1]:
            panel.set_xlabel(f"N embeddings of D = {columns}")
        figure.savefig(path, transparent=True, metadata={"Date": None})


def _lines(
    axes: Axes, results: Results, part: str, key: str, factor: float, settings: tuple[str, ...], columns: int
) -> None:
    colours, ours_colours, sizes = iter(COLOURS * 3), iter(OURS_COLOURS), set()
    for setting in settings:
        rows = results.rows(part, task="nt_xent", setting=setting, columns=columns)
        for name in dict.fromkeys(row["name"] for row in rows if row["name"] != DENSE):
            where = {"task": "nt_xent", "setting": setting, "columns": columns, "name": name}
            points = results.points(part, key, **where)
            if not points:
                continue
            sizes |= set(points)
            exponent = results.exponent(part, key, **where)
            label = name if len(settings) == 1 else f"{name}, {TITLES[setting].split(', ')[1]}"
            label += "" if exponent is None else f"  $N^{{{exponent:.1f}}}$"
            style: dict[str, Any] = (
                {"color": next(ours_colours), "linewidth": 3, "zorder": 3}
                if name == OURS
                else {"color": next(colours), "linewidth": 1.4}
            )
            x = sorted(points)
            axes.plot(x, [points[n] * factor for n in x], marker="o", markersize=4, label=label, **style)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.xaxis.set_major_locator(FixedLocator(sorted(sizes)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:.0f}"))
    axes.tick_params(labelbottom=True)
    axes.grid(color=INK, alpha=0.2, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    if sizes:
        axes.legend(frameon=False, fontsize=8, labelcolor="linecolor")
