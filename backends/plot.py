"""Plots, with matplotlib: `pip install isoloss[plot]`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from isoloss.losses.contrast import normalised
from isoloss.numpy import ops
from isoloss.protocol import Similarity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

__all__ = ["curves", "similarity_heatmap", "spread"]

COLOURS = ("#F2B134", "#2A9D8F", "#C8553D", "#22223B")  # pale to dark, told apart by colour-blind readers too
WIDEST, THINNEST = 9.0, 1.2

SCALES = {"cosine": "cosine similarity", "dot": "dot product"}  # similarity -> what the colour bar says
CELL, SMALLEST, LARGEST = 0.45, 2.5, 7.2  # inches: the side of a cell, and the least and most for all cells
MOST = 16  # rows, and columns, up to which cells hold numbers
LEGIBLE, TICK, FRAME = 4.5, 14.0, 4.0  # points: the least size of a number, and of a cell with a tick or a frame


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
    values = {name: _numbers(curve) for name, curve in losses.items()}
    if not values:
        raise ValueError("losses must hold at least one curve; got none")
    axes = _axes(axes, (8, 5.5))
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

    from mpl_toolkits.axes_grid1 import make_axes_locatable

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


def similarity_heatmap(
    embeddings_a: Any,
    embeddings_b: Any = None,
    *,
    similarity: Similarity = "cosine",
    positives: Any = None,
    axes: Axes | None = None,
) -> Axes:
    r"""Draw how similar each row of one batch is to each row of another, or of the same.

    The cell in row i and column j shows, by its colour,

    $$\cos(a_i, b_j) = \frac{a_i \cdot b_j}{\lVert a_i \rVert\, \lVert b_j \rVert} \qquad\text{or}\qquad a_i \cdot b_j.$$

    Up to 16 rows and columns the numbers stand in the cells, if there is room. The positive of each row is framed;
    where cells are too small for frames, it stands between two bars.

    Args:
        embeddings_a: (N, D), floating or integers: an array of any framework. All is computed in float64.
        embeddings_b: (M, D), likewise. By default embeddings_a: then the diagonal is each row with itself.
        similarity: "cosine", coloured from -1 to 1, or "dot", coloured up to the largest magnitude on both sides of 0.
        positives: (N,), integers: the column of each row's positive. By default the diagonal, if embeddings_b is given
            and has N rows, and else none.
        axes: where to draw; the colour bar takes their right part. By default, a new figure.

    Returns:
        The axes of the cells. `axes.images[0]` holds the similarities and, as `colorbar`, the colour bar.

    Degenerate cases: the cosine with a zero vector is 0.

    Raises:
        ImportError: if matplotlib is missing.
        TypeError: if embeddings are no real numbers, or positives no integers.
        ValueError: if shapes disagree or an array is empty, if an embedding or a dot product is not finite, if a
            positive is no column, or for another similarity.

    Example:
        >>> import numpy as np, isoloss.plot
        >>> embeddings = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [-0.6, 0.8]])
        >>> axes = isoloss.plot.similarity_heatmap(embeddings, positives=[1, 0, 3, 2])
        >>> [text.get_text() for text in axes.texts[:4]]
        ['1.00', '0.80', '0.00', '-0.60']
        >>> from matplotlib import pyplot
        >>> pyplot.close(axes.figure)
    """
    scores, partners = _similarities(embeddings_a, embeddings_b, similarity, positives)
    limit = 1.0 if similarity == "cosine" else float(np.abs(scores).max()) or 1.0
    height, width = np.clip(CELL * np.array(scores.shape), SMALLEST, LARGEST)
    axes = _axes(axes, (width + 1.8, height + 0.9), layout="constrained")
    # Not smoothed: red and blue would mix to a 0 that is in no cell.
    image = axes.imshow(scores, cmap="RdBu_r", vmin=-limit, vmax=limit, aspect="auto", interpolation="nearest")
    axes.figure.colorbar(image, ax=axes, label=SCALES[similarity])
    across = f"row of embeddings_{'a' if embeddings_b is None else 'b'}"
    axes.set_xlabel(across if partners is None else f"{across} (marked: the positive)")
    axes.set_ylabel("row of embeddings_a")

    layout = axes.figure.get_layout_engine()
    if layout is not None:  # it moves the axes, and what follows depends on the size of a cell
        layout.execute(axes.figure.canvas.figure)
    box, points, (rows, columns) = axes.get_window_extent(), 72 / axes.figure.dpi, scores.shape
    cell = box.width * points / columns, box.height * points / rows
    _tick(axes.xaxis, columns, cell[0])
    _tick(axes.yaxis, rows, cell[1])
    if partners is not None:
        _mark(axes, partners, cell)
    if max(scores.shape) <= MOST:
        _annotate(axes, scores, "z.2f" if similarity == "cosine" else "z.3g", cell)
    return axes


def _similarities(a: Any, b: Any, similarity: Similarity, positives: Any) -> tuple[np.ndarray, np.ndarray | None]:
    """The similarities and the column of each row's positive, if rows have one."""
    if similarity not in SCALES:
        raise ValueError(f"similarity must be one of {', '.join(map(repr, SCALES))}; got {similarity!r}")
    alone, a = b is None, _embeddings("embeddings_a", a)
    b = a if alone else _embeddings("embeddings_b", b)
    if a.shape[1] != b.shape[1]:
        raise ValueError(f"embeddings_a and embeddings_b must be equally wide; got shapes {a.shape} and {b.shape}")
    with np.errstate(all="ignore"):
        scores = normalised(ops, a) @ normalised(ops, b).T if similarity == "cosine" else a @ b.T
        if not np.isfinite(2 * np.abs(scores).max()):  # the width of the colour scale
            raise ValueError("dot products must be finite; got some beyond float64. Take similarity='cosine'")
    if positives is None:
        return scores, np.arange(len(a)) if not alone and len(a) == len(b) else None

    partners = _array("positives", positives)
    if ops.kind(partners) != "integer":
        raise TypeError(f"positives must be integers, the column of each row's positive; got {partners.dtype}")
    if partners.shape != (len(a),):
        raise ValueError(f"positives must be {len(a)} columns, one for each row; got shape {partners.shape}")
    outside = partners[(partners < 0) | (partners >= len(b))]
    if outside.size:
        raise ValueError(f"positives must be columns, from 0 to {len(b) - 1}; got {outside[0]}")
    return scores, partners


def _embeddings(name: str, value: Any) -> np.ndarray:
    """As float64, (rows, width)."""
    array = _array(name, value)
    if ops.kind(array) not in ("floating", "integer"):
        raise TypeError(f"{name} must be real numbers; got {array.dtype}. Convert it first.")
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"{name} must be (rows, width), neither of them 0; got shape {array.shape}. Reshape it.")
    array = array.astype(np.float64)
    broken = np.flatnonzero(~np.isfinite(array).all(axis=1))
    if broken.size:
        where = f"{broken.size} of {len(array)} rows, first in row {broken[0]}"
        raise ValueError(f"{name} must be finite; got NaN or infinity in {where}. Leave such rows out.")
    return array


def _array(name: str, value: Any) -> np.ndarray:
    """An array of any framework, in NumPy."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} must not be a masked array, whose mask would be lost. Leave masked rows out.")
    arrived = f"{type(value).__module__}.{type(value).__qualname__}"
    try:
        if hasattr(getattr(value, "value", None), "detach"):  # a Keras variable on torch
            value = value.value
        if hasattr(value, "detach"):  # torch; NumPy cannot read its bfloat16
            value = (value.detach().cpu().double() if value.is_floating_point() else value).numpy(force=True)
        return np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        advice = "Give a dense array, outside of compiled functions."
        raise TypeError(f"{name} must be an array whose numbers can be read; got {arrived}. {advice}") from error


def _tick(axis: Axis, count: int, side: float) -> None:
    """Number each cell of an axis, if there is room, or some."""
    from matplotlib.ticker import FixedLocator, MaxNLocator

    some = MaxNLocator("auto", integer=True, min_n_ticks=1)
    axis.set_major_locator(FixedLocator(range(count)) if side >= TICK else some)


def _mark(axes: Axes, partners: np.ndarray, cell: tuple[float, float]) -> None:
    """Mark the positives, in one collection."""
    from matplotlib.collections import LineCollection
    from matplotlib.patheffects import withStroke

    if min(cell) >= FRAME:  # black on white: one of the two is seen on any colour
        line = min(1.5, min(cell) / 8)
        outline = (0.5 - line / np.array(cell)) * [[-1, -1], [-1, 1], [1, 1], [1, -1], [-1, -1]]
        casing = [withStroke(linewidth=2 * line, foreground="white")]
    else:  # two bars beside the cell: within its row they hide no other positive
        line, side, casing = 1.0, 0.5 + 1 / cell[0], None
        outline = np.array([[-side, -0.5], [-side, 0.5], [np.nan, np.nan], [side, -0.5], [side, 0.5]])
    centres = np.stack([partners, np.arange(len(partners))], axis=1)[:, None]
    marks = LineCollection(list(centres + outline), colors="black", linewidths=line, path_effects=casing)
    axes.add_collection(marks, autolim=False)


def _annotate(axes: Axes, scores: np.ndarray, form: str, cell: tuple[float, float]) -> None:
    """Write the numbers into the cells, if they stay legible."""
    texts = [format(score, form) for score in scores.flat]
    size = min(9, 0.8 * cell[0] / (0.6 * max(map(len, texts))), 0.6 * cell[1])  # a digit is about 0.6 as wide as high
    if size < LEGIBLE:
        return
    luminance = axes.images[-1].to_rgba(scores)[..., :3] ** 2.2 @ (0.2126, 0.7152, 0.0722)
    colours = np.where(luminance < 0.179, "white", "black")  # whichever has more contrast
    for (row, column), text in zip(np.ndindex(scores.shape), texts, strict=True):
        axes.text(column, row, text, ha="center", va="center", size=size, color=colours[row, column])


def _axes(axes: Axes | None, size: tuple[float, float], **options: Any) -> Axes:
    """The axes, or those of a new figure."""
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError("isoloss.plot needs matplotlib: pip install isoloss[plot]") from error
    return pyplot.subplots(figsize=size, **options)[1] if axes is None else axes
