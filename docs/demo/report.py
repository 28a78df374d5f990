"""What the demo shows: progress, one table, one plot, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from matplotlib.figure import Figure
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

import isoloss.plot

BOUND = 1e-5  # relative: about a hundred times the resolution of float32, for all the steps together
SHOWN = (1, 2, 5, 10, 20, 50, 100, 200, 300, 400, 500)  # steps in the table, besides the last


class Following:
    """One progress bar for each framework; where the output is no terminal, a line now and then."""

    def __init__(self, console: Console, steps: int) -> None:
        self.console, self.steps = console, steps
        self.bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self.tasks = {}

    def start(self, names: Sequence[str]) -> None:
        for name in names:
            self.tasks[name] = self.bars.add_task(f"{name:<{max(map(len, names))}}", total=self.steps, state="loading")
        if not self.console.is_terminal:
            self.console.print(f"{self.steps} steps each of {', '.join(names)}")

    def step(self, name: str, step: int, loss: float) -> None:
        self.bars.update(self.tasks[name], completed=step, state=f"loss {loss:.4f}")
        if not self.console.is_terminal and (step == 1 or step % -(-self.steps // 4) == 0 or step == self.steps):
            self.console.print(f"{name}: step {step} of {self.steps}, loss {loss:.4f}")

    def __enter__(self) -> Self:
        self.bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, traceback: TracebackType | None) -> None:
        self.bars.stop()


def save(curves: Mapping[str, Sequence[float]], folder: Path) -> Path:
    """Write the losses as demo.csv and the plot as demo.png, whose path is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savetxt(
        folder / "demo.csv", np.transpose(list(curves.values())), "%.9g", ",", header=",".join(curves), comments=""
    )
    axes = isoloss.plot.curves(curves, axes=Figure(figsize=(8, 5.5)).subplots())
    axes.set_title("One SimCSE loss, one encoder, the same batches of digits", loc="left")
    axes.figure.savefig(folder / "demo.png", dpi=150, bbox_inches="tight")
    return folder / "demo.png"


def show(
    console: Console,
    curves: Mapping[str, Sequence[float]],
    accuracies: Mapping[str, Sequence[Mapping[str, float]]],
    pixels: Mapping[str, float],
    plot: Path,
) -> float:
    """Print the table and what it shows; return the largest relative difference between any two curves."""
    difference = isoloss.plot.spread(curves)
    steps = len(difference)
    title = "Loss at a step, and accuracy of the nearest neighbour"
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), title=title, title_style="bold", title_justify="left")
    table.add_column("step", no_wrap=True)
    for name in curves:
        table.add_column(name, justify="right")
    table.add_column("largest\nrel. diff.", justify="right")
    for step in sorted({step for step in SHOWN if step < steps} | {steps}):
        row = [f"{losses[step - 1]:.6f}" for losses in curves.values()]
        table.add_row(str(step), *row, _short(difference[step - 1]))
    for kind in pixels:
        table.add_section()
        for when, moment in enumerate(("before", "after")):
            shares = [of_framework[when][kind] for of_framework in accuracies.values()]
            table.add_row(f"{kind}, {moment}", *(f"{x:.1%}" for x in shares), _short(np.ptp(shares) / max(shares)))
    console.print(table)

    largest, half = float(difference.max()), -(-steps // 2)
    means = {k: [np.mean([a[when][k] for a in accuracies.values()]) for when in (0, 1)] for k in pixels}
    verdict = "the same loss" if largest <= BOUND else "[red]NOT the same loss[/red]"
    if len(curves) == 1:
        verdict = "one framework alone, so nothing is compared"
    console.print(
        f"In {steps} steps no two curves differ by more than {largest:.1e} (relative; bound {BOUND:.0e}): {verdict}. "
        f"The resolution of float32 is {np.finfo(np.float32).eps:.1e}. The largest difference is "
        f"{difference[:half].max():.1e} in the first half and {difference[-half:].max():.1e} in the second."
    )
    console.print(
        "Held-out digits, as they are and distorted like the views in training, whose nearest training digit has their "
        "label: "
        + "; ".join(
            f"{kind} {before:.1%} before, {after:.1%} after training (raw pixels: {pixels[kind]:.1%})"
            for kind, (before, after) in means.items()
        )
        + "."
    )
    console.print(f"Plot: {plot}", soft_wrap=True)
    return largest


def _short(difference: float) -> str:
    return f"{difference:.1e}" if difference else "0"
