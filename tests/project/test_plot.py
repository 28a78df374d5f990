"""The heatmap shows the similarities it says, marks the right cells and stays legible, for arrays of every framework."""

from __future__ import annotations

import doctest
import itertools
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

import isoloss.plot
from isoloss.losses.labels import interleaved
from isoloss.numpy import ops
from isoloss.plot import similarity_heatmap

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")  # no display

from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

EXACT = np.array([[1.0, 0.0, -2.0], [0.5, 0.25, 1.5], [-3.0, 1.0, 0.125], [0.75, -1.25, 4.0]])  # bfloat16 holds them


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    assert not pyplot.get_fignums()
    yield
    pyplot.close("all")


def embeddings(rows: int, width: int = 5, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, width))


def sheet(**options: Any) -> Figure:
    """A figure that can be drawn, which pyplot does not know."""
    return FigureCanvasAgg(Figure(**options)).figure


def dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.array([[math.fsum(x * y for x, y in zip(p, q, strict=True)) for q in b] for p in a])


def cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return dot(a, b) / np.outer([math.hypot(*p) for p in a], [math.hypot(*q) for q in b])


def cells(axes: Axes) -> np.ndarray:
    return np.asarray(axes.images[0].get_array())


def outlines(axes: Axes) -> list[np.ndarray]:
    """The marks, as points (column, row)."""
    marks = [c for c in axes.collections if isinstance(c, LineCollection)]
    return [path.vertices for mark in marks for path in mark.get_paths()]


def marked(axes: Axes) -> list[tuple[int, int]]:
    """(row, column) of the marked cells."""
    middles = [(np.nanmin(outline, axis=0) + np.nanmax(outline, axis=0)) / 2 for outline in outlines(axes)]
    assert all(abs(middle - middle.round()).max() < 1e-9 for middle in middles)
    return [(round(row), round(column)) for column, row in middles]


def pixels(axes: Axes, row: int, column: int) -> np.ndarray:
    """What is seen of a cell, in colours from 0 to 1."""
    seen = np.asarray(axes.figure.canvas.buffer_rgba())[..., :3] / 255
    (left, low), (right, high) = axes.transData.transform([[column - 0.5, row + 0.5], [column + 0.5, row - 0.5]])
    return seen[len(seen) - int(high) : len(seen) - int(low), int(left) : int(right)]


def luminance(colour: Any) -> np.ndarray:
    """The relative luminance of WCAG 2."""
    c = np.asarray(colour)[..., :3]
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722)


# -------------------------------------------------------------------- what is shown


@pytest.mark.parametrize(("similarity", "of", "form"), [("cosine", cosine, ".2f"), ("dot", dot, ".3g")])
@pytest.mark.parametrize(("rows", "columns"), [(4, 9), (16, 16), (1, 1), (5, None)])
def test_cells_and_numbers(similarity: Any, of: Callable[..., np.ndarray], form: str, rows: int, columns: Any) -> None:
    a, b = 10 * embeddings(rows), None if columns is None else embeddings(columns, seed=1)
    axes = similarity_heatmap(a, b, similarity=similarity)
    expected = of(a, a if b is None else b)
    np.testing.assert_allclose(cells(axes), expected, rtol=1e-12, atol=1e-15)
    shown = {text.get_position(): text.get_text() for text in axes.texts}
    assert len(axes.texts) == len(shown) == expected.size
    for (row, column), value in np.ndenumerate(expected):
        assert shown[column, row] == format(value, form).replace("-0.00", "0.00")


def test_no_negative_zero_is_written() -> None:
    axes = similarity_heatmap([[1.0, 0.0]], [[-1e-9, 1.0]])
    assert axes.texts[0].get_text() == "0.00"


def test_scale_of_cosines() -> None:
    axes = similarity_heatmap([[1.0, 0.1]], [[0.1, 1.0]])
    assert axes.images[0].get_clim() == (-1, 1)
    assert axes.images[0].colorbar.ax.get_ylabel() == "cosine similarity"


@pytest.mark.parametrize(("b", "limit"), [([[3.0], [-7.0]], 14), ([[0.0]], 1), ([[1e-30]], 2e-30), ([[1e300]], 2e300)])
def test_scale_of_dot_products_is_symmetric(b: Any, limit: float) -> None:
    axes = similarity_heatmap([[2.0]], b, similarity="dot")
    axes.figure.canvas.draw()
    assert axes.images[0].get_clim() == (-limit, limit)
    assert axes.images[0].colorbar.ax.get_ylabel() == "dot product"


def test_zero_has_a_neutral_colour_and_the_signs_differ() -> None:
    axes = similarity_heatmap([[1.0, 0.0]], [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    red, white, blue = axes.images[0].to_rgba(cells(axes))[0, :, :3]
    assert np.ptp(white) < 0.02
    assert red[0] > red[2] + 0.2
    assert blue[2] > blue[0] + 0.2


def test_colours_are_not_mixed() -> None:
    signs = np.where(np.arange(300) % 2, 1.0, -1.0)[:, None]
    axes = similarity_heatmap(signs, positives=np.arange(300))
    axes.collections[0].remove()
    axes.figure.canvas.draw()
    inside = np.concatenate([pixels(axes, r, c).reshape(-1, 3) for r in (10, 150) for c in range(3, 290)])
    assert len(np.unique(inside.round(3), axis=0)) == 2


@pytest.mark.parametrize(
    ("scale", "dtype"), [(1e20, "float32"), (1e-20, "float32"), (1e200, "float64"), (1e-200, "float64")]
)
def test_cosines_of_any_length(scale: float, dtype: str) -> None:
    axes = similarity_heatmap((scale * EXACT).astype(dtype))
    np.testing.assert_allclose(cells(axes), cosine(EXACT, EXACT), rtol=1e-6)


def test_a_zero_vector_is_at_0_from_everything() -> None:
    axes = similarity_heatmap([[0.0, 0.0], [1.0, 2.0]])
    np.testing.assert_allclose(cells(axes), [[0, 0], [0, 1]], rtol=1e-15)


@pytest.mark.parametrize(("b", "across"), [(None, "row of embeddings_a"), (EXACT[:3], "row of embeddings_b")])
def test_labels(b: Any, across: str) -> None:
    axes = similarity_heatmap(EXACT, b)
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("row of embeddings_a", across)
    axes = similarity_heatmap(EXACT, b, positives=[1, 0, 2, 0])
    assert axes.get_xlabel() == f"{across} (marked: the positive)"


# ------------------------------------------------------------------------ positives

SIX = [(k, k) for k in range(6)]
PAIRS = [(0, 1), (1, 0), (2, 3), (3, 2), (4, 5), (5, 4)]


@pytest.mark.parametrize(
    ("rows", "columns", "positives", "expected"),
    [
        (6, 6, None, SIX),
        (6, None, None, []),
        (4, 9, None, []),
        (6, None, [1, 0, 3, 2, 5, 4], PAIRS),
        (6, 6, interleaved(ops, np.arange(6)), PAIRS),
        (3, 9, (8, 0, 8), [(0, 8), (1, 0), (2, 8)]),
        (2, 1, np.array([0, 0], np.uint8), [(0, 0), (1, 0)]),
        (300, 300, None, [(k, k) for k in range(300)]),
        (2, 300, [299, 0], [(0, 299), (1, 0)]),
    ],
)
def test_marks(rows: int, columns: int | None, positives: Any, expected: list[tuple[int, int]]) -> None:
    b = None if columns is None else embeddings(columns, seed=1)
    axes = similarity_heatmap(embeddings(rows), b, positives=positives)
    assert marked(axes) == expected
    count = columns or rows
    assert (axes.get_xlim(), axes.get_ylim()) == ((-0.5, count - 0.5), (rows - 0.5, -0.5))


@pytest.mark.parametrize("size", [1, 6, 16, 60, 120])
def test_a_frame_stands_within_its_cell(size: int) -> None:
    axes = similarity_heatmap(embeddings(size), embeddings(size, seed=1))
    points = axes.get_window_extent().size * 72 / axes.figure.dpi / size
    width = 2 * axes.collections[0].get_linewidth()[0]
    for k, outline in enumerate(outlines(axes)):
        np.testing.assert_array_equal(outline[0], outline[-1])
        half = np.abs(outline - k) * points
        assert (half + width / 2 <= 0.501 * points).all()
        assert (half - width / 2 >= 0.249 * points).all()  # the colour is to be seen


def test_bars_leave_their_cell_free() -> None:
    axes = similarity_heatmap(embeddings(300), embeddings(300, seed=1))
    points = axes.get_window_extent().width * 72 / axes.figure.dpi / 300
    width = axes.collections[0].get_linewidth()[0]
    for k, outline in enumerate(outlines(axes)):
        column, row = (outline - k)[np.isfinite(outline).all(axis=1)].T
        assert (np.abs(column) * points - width / 2 >= 0.5 * points).all()
        np.testing.assert_allclose(np.abs(row), 0.5, rtol=1e-9)


@pytest.mark.parametrize("similarity", [1.0, 0.6, 0.0, -0.6, -1.0])
def test_a_frame_is_seen_on_every_colour(similarity: float) -> None:
    b = [[similarity, math.sqrt(1 - similarity**2)]]
    axes = similarity_heatmap([[1.0, 0.0]] * 3, b * 3, positives=[1, 1, 1])
    for text in list(axes.texts):
        text.remove()
    axes.figure.canvas.draw()
    seen = luminance(pixels(axes, 1, 1))  # in the middle: no edge of the axes
    assert (seen < 0.01).sum() > 100
    assert (seen > 0.85).sum() > 100


# ----------------------------------------------------------------------- legibility


def test_numbers_are_told_from_their_cells() -> None:
    angles = np.linspace(0, np.pi, 16)
    axes = similarity_heatmap(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    assert np.ptp(cells(axes)) == pytest.approx(2)
    for text in axes.texts:
        column, row = text.get_position()
        cell = luminance(axes.images[0].to_rgba(cells(axes))[row, column])
        bright, dark = sorted([float(cell), float(luminance(matplotlib.colors.to_rgb(text.get_color())))])[::-1]
        assert (bright + 0.05) / (dark + 0.05) >= 4.5  # what WCAG 2 asks for


def drawn_into(case: str) -> Axes:
    if case == "new":
        return similarity_heatmap(-1e7 * embeddings(16), embeddings(16, seed=1), similarity="dot")
    if case == "narrow":
        return similarity_heatmap(-1e7 * embeddings(1), embeddings(3, seed=1), similarity="dot")
    if case == "wide":
        return similarity_heatmap(embeddings(2), embeddings(15, seed=1))
    if case == "flat":
        return similarity_heatmap(embeddings(16), embeddings(4, seed=1), axes=sheet(figsize=(12, 2.4)).subplots())
    if case == "plain":
        return similarity_heatmap(embeddings(8), axes=sheet(figsize=(12, 5)).subplots(1, 2)[1])
    if case == "tight":
        return similarity_heatmap(embeddings(8), axes=sheet(figsize=(8, 3), layout="tight").subplots(1, 2)[1])
    figure = sheet(figsize=(10, 4), layout="constrained").subfigures(1, 2)[1]
    return similarity_heatmap(embeddings(9), axes=figure.subplots())


@pytest.mark.parametrize("case", ["new", "narrow", "wide", "flat", "plain", "tight", "constrained"])
def test_numbers_stay_in_their_cells(case: str) -> None:
    axes = drawn_into(case)
    assert len(axes.texts) == cells(axes).size
    axes.figure.canvas.draw()
    for text in axes.texts:
        column, row = text.get_position()
        (left, low), (right, high) = axes.transData.transform([[column - 0.5, row + 0.5], [column + 0.5, row - 0.5]])
        box = text.get_window_extent()
        assert left <= box.x0 < box.x1 <= right
        assert low <= box.y0 < box.y1 <= high


@pytest.mark.parametrize("shape", [(17, 2), (2, 17), (512, 512)])
def test_large_pictures_hold_no_numbers_and_few_artists(shape: tuple[int, int]) -> None:
    axes = similarity_heatmap(embeddings(shape[0]), embeddings(shape[1], seed=1), positives=np.zeros(shape[0], int))
    assert not axes.texts
    assert len(axes.collections) == 1
    assert len(axes.get_children()) < 20


def test_numbers_that_would_be_too_small_are_left_out() -> None:
    axes = similarity_heatmap(embeddings(16), axes=sheet(figsize=(3, 3)).subplots())
    assert not axes.texts


@pytest.mark.parametrize(
    ("rows", "size"), [(4, None), (16, None), (16, (3, 3)), (60, None), (512, None), (512, (3, 3)), (1, (0.5, 0.2))]
)
def test_ticks_are_whole_and_do_not_overlap(rows: int, size: tuple[float, float] | None) -> None:
    axes = similarity_heatmap(embeddings(rows), axes=size and sheet(figsize=size).subplots())
    axes.figure.canvas.draw()
    for axis, start, stop in ((axes.xaxis, "x0", "x1"), (axes.yaxis, "y0", "y1")):
        low, high = sorted(axis.get_view_interval())
        ticks = [t for t in axis.get_major_ticks() if low <= t.get_loc() <= high]
        assert [t.label1.get_text() for t in ticks] == [str(round(t.get_loc())) for t in ticks]
        assert len(ticks) == rows if rows <= 16 and size is None else 1 <= len(ticks) <= max(3, rows // 2)
        boxes = sorted([t.label1.get_window_extent() for t in ticks], key=lambda box: getattr(box, start))
        assert all(getattr(p, stop) < getattr(q, start) for p, q in itertools.pairwise(boxes))


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (16, 2), (2, 16), (512, 512)])
def test_nothing_hangs_over_the_edge_of_a_new_figure(shape: tuple[int, int]) -> None:
    axes = similarity_heatmap(-1e7 * embeddings(shape[0]), embeddings(shape[1], seed=1), similarity="dot")
    axes.figure.canvas.draw()
    width, height = axes.figure.get_size_inches()
    box = axes.figure.get_tightbbox()
    assert 0 <= box.x0 < box.x1 <= width <= 10
    assert 0 <= box.y0 < box.y1 <= height <= 10


# ---------------------------------------------------------------------------- axes


def test_axes_are_drawn_into() -> None:
    figure = sheet(figsize=(10, 4))
    left, right = figure.subplots(1, 2)
    assert similarity_heatmap(EXACT, EXACT, axes=right) is right
    assert not left.has_data()
    assert right.images[0].colorbar.ax in figure.axes
    assert not pyplot.get_fignums()


def test_a_new_figure_is_one() -> None:
    axes = similarity_heatmap(EXACT)
    assert pyplot.get_fignums() == [axes.figure.number]


def test_beside_curves() -> None:
    figure = sheet(figsize=(10, 4))
    left, right = figure.subplots(1, 2)
    isoloss.plot.curves({"a": [1.0, 0.5], "b": [1.0, 0.4]}, axes=left)
    similarity_heatmap(EXACT, axes=right)
    figure.canvas.draw()
    boxes = [axes.get_tightbbox() for axes in (left, right, right.images[0].colorbar.ax)]
    assert boxes[0].x1 < boxes[1].x0
    assert boxes[1].x1 < boxes[2].x0


# --------------------------------------------------------------------------- arrays


def of_torch() -> list[Any]:
    torch = pytest.importorskip("torch")
    exact = torch.tensor(EXACT)
    found = [
        exact.to(dtype).requires_grad_() for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16)
    ]
    negated = torch.complex(exact, -exact).conj().imag  # a view that NumPy cannot read
    found += [torch.nn.Parameter(exact), negated, list(torch.tensor(EXACT))]
    return [*found, exact.cuda()] if torch.cuda.is_available() else found


def of_tensorflow() -> list[Any]:
    tf = pytest.importorskip("tensorflow")
    found = [tf.constant(EXACT, dtype) for dtype in (tf.float64, tf.float32, tf.float16, tf.bfloat16)]
    return [*found, tf.Variable(EXACT), tf.Variable(found[-1])]


def of_jax() -> list[Any]:
    jnp = pytest.importorskip("jax.numpy")
    return [jnp.asarray(EXACT, dtype) for dtype in (jnp.float32, jnp.float16, jnp.bfloat16)]


def of_numpy() -> list[Any]:
    return [
        EXACT.astype("float32"),
        EXACT.astype("float16"),
        np.asfortranarray(EXACT),
        EXACT.tolist(),
    ]


@pytest.mark.parametrize("arrays", [of_numpy, of_torch, of_tensorflow, of_jax])
def test_arrays_of_every_framework_give_one_picture(arrays: Callable[[], list[Any]]) -> None:
    expected = cells(similarity_heatmap(EXACT, EXACT[::-1]))
    for array in arrays():
        np.testing.assert_array_equal(cells(similarity_heatmap(array, EXACT[::-1])), expected)
        np.testing.assert_array_equal(cells(similarity_heatmap(EXACT[::-1], array)), expected.T)


@pytest.mark.parametrize("module", ["torch", "tensorflow", "jax.numpy"])
def test_positives_of_every_framework(module: str) -> None:
    framework = pytest.importorskip(module)
    positives = getattr(framework, "tensor" if module == "torch" else "constant", getattr(framework, "array", None))
    assert marked(similarity_heatmap(EXACT, positives=positives([1, 0, 3, 2]))) == PAIRS[:4]


KERAS = """
import json, keras, warnings, numpy as np
from isoloss.plot import similarity_heatmap
exact = np.array(json.loads(input()))
similarity_heatmap(exact)
for dtype in ("float32", "bfloat16"):
    for array in (keras.Variable(exact, dtype=dtype), keras.ops.convert_to_tensor(exact, dtype)):
        assert "Variable" in type(array).__name__ or type(array).__module__.split(".")[0] != "keras"
        with warnings.catch_warnings(action="error"):
            axes = similarity_heatmap(array, exact[::-1])
        print(json.dumps(np.asarray(axes.images[0].get_array()).tolist()))
"""


@pytest.mark.skipif(not find_spec("keras"), reason="needs Keras")
@pytest.mark.parametrize("backend", ["torch", "jax", "tensorflow"])
def test_arrays_of_keras(backend: str) -> None:
    pytest.importorskip(backend)
    environment = {**os.environ, "KERAS_BACKEND": backend, "MPLBACKEND": "Agg", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-c", KERAS],
        input=json.dumps(EXACT.tolist()),
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    expected = cells(similarity_heatmap(EXACT, EXACT[::-1]))
    pictures = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(pictures) == 4
    for picture in pictures:
        np.testing.assert_array_equal(picture, expected)


def test_integers_are_embeddings_too() -> None:
    counts = np.array([[1, 0, 2], [100, 100, 100]], np.int8)  # whose products int8 cannot hold
    axes = similarity_heatmap(counts, similarity="dot")
    np.testing.assert_array_equal(cells(axes), dot(counts.astype(float), counts.astype(float)))


def test_no_framework_is_loaded() -> None:
    code = (
        "import sys, isoloss.plot; loaded = set(sys.modules); isoloss.plot.similarity_heatmap([[1.0, 2.0]])\n"
        "print('matplotlib' in loaded, *{'torch', 'tensorflow', 'keras', 'jax'} & set(sys.modules))"
    )
    environment = {**os.environ, "MPLBACKEND": "Agg"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["False"]


# --------------------------------------------------------------------------- errors

NAN = np.where(np.arange(12).reshape(4, 3) // 3 % 2 == 1, np.nan, EXACT)


@pytest.mark.parametrize(
    ("arrays", "options", "error", "message"),
    [
        ((EXACT[0],), {}, ValueError, r"embeddings_a must be \(rows, width\).* got shape \(3,\)"),
        ((EXACT, EXACT[None]), {}, ValueError, r"embeddings_b must be \(rows, width\).* got shape \(1, 4, 3\)"),
        ((EXACT[:0],), {}, ValueError, r"neither of them 0; got shape \(0, 3\)"),
        ((EXACT[:, :0],), {}, ValueError, r"neither of them 0; got shape \(4, 0\)"),
        ((EXACT, EXACT[:, :2]), {}, ValueError, r"equally wide; got shapes \(4, 3\) and \(4, 2\)"),
        ((EXACT + 0j,), {}, TypeError, "embeddings_a must be real numbers; got complex128"),
        ((EXACT > 0,), {}, TypeError, "embeddings_a must be real numbers; got bool"),
        ((EXACT, EXACT.astype(str)), {}, TypeError, "embeddings_b must be real numbers; got <U"),
        ((None,), {}, TypeError, "embeddings_a must be real numbers; got object"),
        (([[1.0], [1.0, 2.0]],), {}, TypeError, "embeddings_a must be an array .* got builtins.list"),
        ((np.ma.masked_array(EXACT, EXACT > 0),), {}, TypeError, "embeddings_a must not be a masked array"),
        ((NAN,), {}, ValueError, "embeddings_a must be finite; got NaN or infinity in 2 of 4 rows, first in row 1"),
        ((EXACT, EXACT + np.inf), {}, ValueError, "embeddings_b must be finite; .* in 4 of 4 rows, first in row 0"),
        ((1e200 * EXACT,), {"similarity": "dot"}, ValueError, "dot products must be finite"),
        ((EXACT,), {"similarity": "euclidean"}, ValueError, "must be one of 'cosine', 'dot'; got 'euclidean'"),
        ((EXACT,), {"positives": [1, 0, 3]}, ValueError, r"must be 4 columns, one for each row; got shape \(3,\)"),
        ((EXACT,), {"positives": []}, TypeError, "positives must be integers, .*; got float64"),
        ((EXACT,), {"positives": [[1], [0], [3], [2]]}, ValueError, r"got shape \(4, 1\)"),
        ((EXACT,), {"positives": [1, 0, 3, 4]}, ValueError, "must be columns, from 0 to 3; got 4"),
        ((EXACT, EXACT[:2]), {"positives": [1, 0, 2, 0]}, ValueError, "must be columns, from 0 to 1; got 2"),
        ((EXACT,), {"positives": [1, 0, -1, 2]}, ValueError, "must be columns, from 0 to 3; got -1"),
        ((EXACT,), {"positives": [1.0, 0.0, 3.0, 2.0]}, TypeError, "positives must be integers, .* got float64"),
        ((EXACT,), {"positives": [True, True, True, True]}, TypeError, "positives must be integers, .* got bool"),
    ],
)
def test_errors(arrays: tuple[Any, ...], options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        similarity_heatmap(*arrays, **options)
    assert not pyplot.get_fignums()


def test_arrays_without_numbers_are_refused() -> None:
    torch = pytest.importorskip("torch")
    for array in (torch.ones(2, 3, device="meta"), torch.ones(2, 3).to_sparse()):
        with pytest.raises(TypeError, match=r"embeddings_a must be an array .* got torch\.Tensor"):
            similarity_heatmap(array)


def test_traced_arrays_are_refused() -> None:
    jax = pytest.importorskip("jax")
    with pytest.raises(TypeError, match=r"embeddings_a must be an array .* outside of compiled functions"):
        jax.jit(similarity_heatmap)(EXACT)


def test_without_matplotlib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install isoloss\[plot\]"):
        similarity_heatmap(EXACT)


def test_the_example() -> None:
    (example,) = doctest.DocTestFinder().find(similarity_heatmap, "similarity_heatmap", globs={})
    report: list[str] = []
    assert example.examples
    doctest.DocTestRunner().run(example, out=report.append)
    assert not report
    assert not pyplot.get_fignums()
