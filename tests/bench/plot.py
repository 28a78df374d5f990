"""Time and memory against N, both logarithmic, with fitted exponents: docs/performance.svg."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
from contenders import DENSE, OURS, PLAIN
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from results import Results

INK = "#7d8590"  # legible on white and on black, as the colours are
COLOURS = {OURS: "#17a398", PLAIN: "#e09f1f"}
OTHERS = ("#c8553d", "#5b8fd6", "#a06cc0", "#8a9a5b")
PANELS: dict[str, dict[str, str]] = {  # a framework: its settings, and how each is drawn
    "PyTorch": {"torch": "-"},
    "JAX, jit": {"jax": "-"},
    "TensorFlow, tf.function (dashed: XLA)": {"graph": "-", "xla": "--"},
}
QUANTITIES = (  # part, key, factor, what it is
    ("time", "seconds", 1.0, "seconds for loss and gradient"),
    ("memory", "peak", 1e-6, "MB beyond inputs and gradient"),
)
COLUMNS = 768
STYLE = {
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.hashsalt": "isoloss",  # the same numbers give the same file
}


def draw(results: Results, path: Path) -> None:
    """Write the plot of nt_xent: a column for each framework, time above memory."""
    where = {"task": "nt_xent", "columns": COLUMNS}
    rows = [row for part, *_ in QUANTITIES for row in results.rows(part, **where)]
    sizes = sorted({row["rows"] for row in rows})
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(12, 8.4), layout="constrained")
        panels: Any = figure.subplots(len(QUANTITIES), len(PANELS), sharex=True, sharey="row")
        for column, (framework, settings) in enumerate(PANELS.items()):
            for axes in panels[:, column]:
                _prepare(axes, sizes)
            names = dict.fromkeys(row["name"] for row in rows if row["setting"] in settings and row["name"] != DENSE)
            colours = COLOURS | dict(zip([name for name in names if name not in COLOURS], OTHERS, strict=False))
            for setting, line in settings.items():
                for name in names:
                    _lines(panels[:, column], results, {**where, "setting": setting, "name": name}, line, colours[name])
            panels[0, column].set_title(framework, loc="left", fontsize=11)
            panels[-1, column].set_xlabel(f"N, of D = {COLUMNS}")
            if panels[-1, column].lines:
                panels[-1, column].legend(
                    frameon=False,
                    fontsize=8,
                    loc="upper left",
                    bbox_to_anchor=(-0.02, -0.14),
                    handlelength=2.5,
                    title="exponents of N: time, memory",
                    title_fontsize=8,
                    alignment="left",
                )
        for axes, (*_, title) in zip(panels[:, 0], QUANTITIES, strict=True):
            axes.set_ylabel(title)
        figure.savefig(path, transparent=True, metadata={"Date": None})


def _lines(panels: Any, results: Results, where: dict[str, Any], line: str, colour: str) -> None:
    """One contender in both panels of its framework; the legend below them says both exponents."""
    exponents = [results.exponent(part, key, **where) for part, key, *_ in QUANTITIES]
    said = ", ".join("–" if exponent is None else f"{exponent:.1f}" for exponent in exponents)
    ours = where["name"] == OURS
    for axes, (part, key, factor, _) in zip(panels, QUANTITIES, strict=True):
        points = sorted(results.points(part, key, **where).items())
        axes.plot(
            [n for n, _ in points],
            [cost * factor for _, cost in points],
            line,
            label=f"{where['name']}{', XLA' if line == '--' else ''}: {said}",
            color=colour,
            linewidth=2.8 if ours else 1.4,
            marker="o",
            markersize=5 if ours else 3.5,
            zorder=3 if ours else 2,
        )


def _prepare(axes: Axes, sizes: list[int]) -> None:
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda cost, _: f"{cost:g}"))
    axes.tick_params(labelbottom=True)
    axes.grid(color=INK, alpha=0.2, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
