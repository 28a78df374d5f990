"""Plots, with matplotlib: `pip install isoloss[plot]`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["curves", "spread"]

COLOURS = ("#F2B134", "#2A9D8F", "#C8553D", "#22223B")  # pale to dark, told apart by colour-blind readers too
WIDEST, THINNEST = 9.0, 1.2


def curves(losses: Mapping[str, Iterable[Any]], *, axes: Axes | None = None) -> Axes:
    """Draw training curves such that one sees where they coincide.

    Each curve is narrower than the one below it: where all agree, they form one band with stripes of every colour. A
    panel below shows the largest relative difference between any two, step by step.

    Args:
        losses: name of each curve -> its losses, one per step: floats or scalars of any framework, or an array of it.
        axes: where to draw; the panel takes its lower part. By default, a new figure.

    Returns:
        The axes of the curves. The panel, if there are several curves, is the last of `axes.figure.axes`.
    """
    try:
        from matplotlib import pyplot
        from mpl_toolkits.axes_grid1 import make_axes_locatable
    except ImportError as error:
        raise ImportError("isoloss.plot needs matplotlib: pip install isoloss[plot]") from error

    values = {name: _numbers(curve) for name, curve in losses.items()}
    if not values:
        raise ValueError("losses must hold at least one curve; got none")
    if axes is None:
        axes = pyplot.subplots(figsize=(8, 5.5))[1]
    widths = np.linspace(WIDEST, THINNEST, len(values)) if len(values) > 1 else [2.0]
    for k, (name, curve) in enumerate(values.items()):
        axes.plot(
            np.arange(1, len(curve) + 1),
            curve,
            label=name,
            color=COLOURS[k % len(COLOURS)],
            linewidth=widths[k],
            solid_capstyle="round",
            solid_joinstyle="round",
        )
    axes.set_ylabel("loss")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, handlelength=2.5)
    if len(values) == 1:
        axes.set_xlabel("step")
        return axes

    panel = make_axes_locatable(axes).append_axes("bottom", size="40%", pad=0.15, sharex=axes)
    axes.tick_params(labelbottom=False)
    difference = spread(values)
    unit = float(np.finfo(np.float32).eps)
    # Dots, as rounding jumps from step to step. A log scale has no zero: full agreement lies on the lower edge.
    panel.semilogy(
        np.arange(1, len(difference) + 1), np.maximum(difference, unit / 10), ".", color=COLOURS[-1], markersize=3
    )
    panel.axhline(unit, color="grey", linestyle="--", linewidth=1, label="resolution of float32")
    panel.legend(frameon=False, loc="upper left", fontsize="small", labelcolor="grey")
    panel.set_ylim(unit / 10, 10 * max(float(np.nanmax(difference, initial=0.0)), unit))
    panel.set_xlabel("step")
    panel.set_ylabel("largest relative\ndifference")
    panel.spines[["top", "right"]].set_visible(False)
    return axes


def spread(losses: Mapping[str, Iterable[Any]]) -> np.ndarray:
    """The largest relative difference between any two curves, for each step that all of them have."""
    values = [_numbers(curve) for curve in losses.values()]
    steps = min(map(len, values))
    stacked = np.stack([curve[:steps] for curve in values])
    size = np.abs(stacked).max(axis=0)
    return np.divide(np.ptp(stacked, axis=0), size, out=np.zeros(steps), where=size != 0)


def _numbers(curve: Iterable[Any]) -> np.ndarray:
    """As float64, without a gradient."""
    return np.array([float(x.detach() if hasattr(x, "detach") else x) for x in curve], dtype=np.float64)
