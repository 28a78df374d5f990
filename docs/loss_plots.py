"""The curves on a loss's page: its value and slope as one number varies. Add a loss to `PLOTS`, nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from io import StringIO
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

import isoloss.numpy
from isoloss.losses import LOSSES, Loss

Array = np.ndarray[Any, Any]

INK, LINES = "#010101", ("#020202", "#030303", "#040404")
"""Placeholders of the colours, which the style sheet gives: `--plot-ink`, `--plot-0` and so on."""
STYLES = ("-", (0, (6, 2)), (0, (1.5, 1.5)))
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "isoloss",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
POINTS, STEP = 161, 1e-6


@dataclass(frozen=True)
class Plot:
    """What varies, in which range, and the arrays of the loss at a number; a curve for each choice of settings."""

    across: str
    low: float
    high: float
    arrays: Callable[..., tuple[Any, ...]]
    curves: tuple[dict[str, Any], ...] = ({},)
    """Settings of the loss or, if it has none by that name, of `arrays`."""


def pair(x: float) -> tuple[list[float], list[float]]:
    """Two directions of that cosine."""
    return [1.0, 0.0, 0.0, 0.0], [x, np.sqrt(1.0 - x * x), 0.0, 0.0]


OTHER = [0.0, 0.0, 1.0, 0.0]
"""A direction at right angles to both of a pair."""


def element(targets: float = 0.0) -> Callable[..., tuple[Any, ...]]:
    """A number and its target."""
    return lambda x, targets=targets: ([x], [targets])


def labelled(x: float) -> tuple[Any, ...]:
    """Three classes, of which the first is right and the others are at 0."""
    return [[x, 0.0, 0.0]], [0]


def of_class(x: float, targets: float = 1.0) -> tuple[Any, ...]:
    """A logit or score of two classes."""
    return [x], [targets]


def angle(x: float) -> tuple[Any, ...]:
    """Two directions at that angle."""
    return [[np.cos(x), np.sin(x)]], [[1.0, 0.0]]


def binary(x: float, targets: float) -> tuple[Any, ...]:
    """A distribution over two classes, and what it should be."""
    return np.log([[x, 1.0 - x]]), [[targets, 1.0 - targets]]


def ranked(x: float) -> tuple[Any, ...]:
    """Three items of relevance 2, 1 and 0; the first has score x, the others 0."""
    return [[x, 0.0, 0.0]], [[2.0, 1.0, 0.0]]


def pixels(x: float) -> tuple[Any, ...]:
    """Four pixels with one probability, two of which are there."""
    return [[x] * 4], [[1.0, 1.0, 0.0, 0.0]]


def two_sides(x: float) -> tuple[Any, ...]:
    """Two rows on each of two sides; the first pair has that cosine, all else is at right angles."""
    a, b = pair(x)
    return [a, OTHER], [b, OTHER]


def one_feature(x: float) -> tuple[Any, ...]:
    """A feature of four samples in two views, which correlate by x."""
    a = np.array([1.0, -1.0, 1.0, -1.0])
    return a[:, None], (x * a + np.sqrt(1.0 - x * x) * np.array([1.0, 1.0, -1.0, -1.0]))[:, None]


LOGIT = "logit of the right class, the two others at 0"
SCORE = "score of the right class, the two others at 0"
COSINE = "cosine of a pair, all else at right angles"
ANGLE = "angle between the two, in radians"
SIDES = ({"targets": 1.0}, {"targets": -1.0})
CLASSES = ({"targets": 1.0}, {"targets": 0.0})
TEMPERATURES = ({"temperature": 1.0}, {"temperature": 0.5}, {"temperature": 0.1})
ERROR = Plot("prediction, the target at 0", -3, 3, element())

PLOTS = {
    "mse": ERROR,
    "mae": ERROR,
    "huber": Plot(ERROR.across, -3, 3, element(), ({"delta": 2.0}, {"delta": 1.0}, {"delta": 0.5})),
    "rmse": ERROR,
    "log_cosh": ERROR,
    "half_mse": ERROR,
    "smooth_l1": Plot(ERROR.across, -3, 3, element(), ({"beta": 2.0}, {"beta": 1.0}, {"beta": 0.5})),
    "mape": Plot("prediction", -1, 3, element(1.0), ({"targets": 0.5}, {"targets": 1.0}, {"targets": 2.0})),
    "msle": Plot("prediction", -0.5, 5, element(1.0), ({"targets": 0.0}, {"targets": 1.0}, {"targets": 3.0})),
    "quantile": Plot(ERROR.across, -3, 3, element(), ({"quantile": 0.9}, {"quantile": 0.5}, {"quantile": 0.1})),
    "cosine_distance": Plot(ANGLE, -np.pi, np.pi, angle),
    "binary_cross_entropy": Plot("probability", 0.01, 0.99, of_class, CLASSES),
    "binary_cross_entropy_with_logits": Plot("logit", -5, 5, of_class, CLASSES),
    "cross_entropy": Plot(LOGIT, -5, 8, labelled, ({"label_smoothing": 0.0}, {"label_smoothing": 0.1})),
    "soft_cross_entropy": Plot(
        "logit of the first class, the two others at 0",
        -6,
        6,
        lambda x, targets: ([[x, 0.0, 0.0]], [[targets, (1 - targets) / 2, (1 - targets) / 2]]),
        ({"targets": 1.0}, {"targets": 0.8}, {"targets": 0.2}),
    ),
    "nll": Plot("logarithm of the right class's probability", -5, 0, lambda x: ([[x, -1.0]], [0])),
    "binary_focal": Plot("logit", -5, 5, of_class, ({"gamma": 0.0}, {"gamma": 1.0}, {"gamma": 2.0})),
    "categorical_focal": Plot(LOGIT, -5, 6, labelled, ({"gamma": 0.0}, {"gamma": 1.0}, {"gamma": 2.0})),
    "poly1_cross_entropy": Plot(LOGIT, -5, 6, labelled, ({"epsilon": 2.0}, {"epsilon": 0.0}, {"epsilon": -1.0})),
    "generalized_cross_entropy": Plot(LOGIT, -5, 6, labelled, ({"q": 0.2}, {"q": 0.7}, {"q": 1.0})),
    "binary_sparsemax": Plot("logit", -3, 3, of_class, CLASSES),
    "multiclass_sparsemax": Plot(LOGIT, -2, 3, labelled),
    "hinge": Plot("score", -3, 3, of_class, SIDES),
    "squared_hinge": Plot("score", -3, 3, of_class, SIDES),
    "perceptron": Plot("score", -3, 3, of_class, SIDES),
    "soft_margin": Plot("logit", -4, 4, of_class, SIDES),
    "multiclass_hinge": Plot(SCORE, -2, 3, labelled, ({"margin": 2.0}, {"margin": 1.0}, {"margin": 0.0})),
    "multiclass_perceptron": Plot(SCORE, -2, 3, labelled),
    "multi_margin": Plot(SCORE, -2, 3, labelled, ({"p": 1}, {"p": 2})),
    "multilabel_margin": Plot(
        "score of a class that the row has, the two others at 0", -2, 3, lambda x: ([[x, 0.0, 0.0]], [[1, 0, 0]])
    ),
    "multilabel_soft_margin": Plot(
        "logit of the first of two classes, the other at 0",
        -5,
        5,
        lambda x, targets: ([[x, 0.0]], [[targets, 0.0]]),
        CLASSES,
    ),
    "kl_divergence": Plot(
        "probability of the first of two classes",
        0.01,
        0.99,
        binary,
        ({"targets": 0.1}, {"targets": 0.5}, {"targets": 0.9}),
    ),
    "jensen_shannon": Plot(
        "probability of the first of two classes",
        0.01,
        0.99,
        binary,
        ({"targets": 0.1}, {"targets": 0.5}, {"targets": 0.9}),
    ),
    "generalized_kl": Plot(
        "logarithm of the prediction",
        -3,
        2,
        lambda x, targets: ([[x]], [[targets]]),
        ({"targets": 0.5}, {"targets": 1.0}, {"targets": 3.0}),
    ),
    "poisson_nll": Plot(
        "logarithm of the rate", -3, 2.5, element(), ({"targets": 0.0}, {"targets": 1.0}, {"targets": 5.0})
    ),
    "gaussian_nll": Plot(
        "prediction of the mean, the target at 0",
        -3,
        3,
        lambda x, variances: ([x], [0.0], [variances]),
        ({"variances": 0.25}, {"variances": 1.0}, {"variances": 4.0}),
    ),
    "margin_ranking": Plot(
        "lead of the one score over the other",
        -3,
        3,
        lambda x: ([x], [0.0], [1.0]),
        ({"margin": 0.0}, {"margin": 1.0}, {"margin": 2.0}),
    ),
    "bpr": Plot("lead of the chosen one's score", -5, 5, lambda x: ([x], [0.0])),
    "listnet": Plot("score of the most relevant of three, the others at 0", -5, 6, ranked),
    "softmax_rank": Plot("score of the most relevant of three, the others at 0", -5, 6, ranked),
    "dice": Plot(
        "probability of each pixel, half of which are there", 0, 1, pixels, ({"squared": False}, {"squared": True})
    ),
    "generalized_dice": Plot(
        "probability of the right class, which one pixel of four and three have",
        0,
        1,
        lambda x: ([[[x, 1 - x, 1 - x, 1 - x], [1 - x, x, x, x]]], [[[1.0, 0, 0, 0], [0.0, 1, 1, 1]]]),
    ),
    "tversky": Plot(
        "probability of each pixel, half of which are there",
        0,
        1,
        pixels,
        ({"alpha": 0.3, "beta": 0.7}, {"alpha": 0.5, "beta": 0.5}, {"alpha": 0.7, "beta": 0.3}),
    ),
    "hinge_embedding": Plot("distance", 0, 3, of_class, SIDES),
    "cosine_embedding": Plot(
        "angle between the two, in radians",
        -np.pi,
        np.pi,
        lambda x, targets: (*angle(x), [targets]),
        SIDES,
    ),
    "triplet_margin": Plot(
        "distance to the negative, the positive at 1",
        0,
        4,
        lambda x: ([[0.0]], [[1.0]], [[x]]),
        ({"margin": 2.0}, {"margin": 1.0}, {"margin": 0.5}),
    ),
    "simsiam": Plot(ANGLE, -np.pi, np.pi, angle),
    "byol": Plot(ANGLE, -np.pi, np.pi, angle),
    "circle": Plot(
        COSINE,
        -0.99,
        0.99,
        lambda x: ([*pair(x), OTHER, OTHER], [0, 0, 1, 1]),
        ({"gamma": 80.0}, {"gamma": 40.0}, {"gamma": 20.0}),
    ),
    "info_nce": Plot(COSINE, -0.99, 0.99, two_sides, TEMPERATURES),
    "clip": Plot(COSINE, -0.99, 0.99, two_sides, TEMPERATURES),
    "simcse": Plot(COSINE, -0.99, 0.99, lambda x: ([*pair(x), OTHER, OTHER],), TEMPERATURES),
    "supervised_simcse": Plot(COSINE, -0.99, 0.99, lambda x: ([*pair(x), OTHER],), TEMPERATURES),
    "nt_xent": Plot(COSINE, -0.99, 0.99, lambda x: ([pair(x)[0], OTHER, pair(x)[1], OTHER],), TEMPERATURES),
    "dcl": Plot(COSINE, -0.99, 0.99, lambda x: ([pair(x)[0], OTHER, pair(x)[1], OTHER],), TEMPERATURES),
    "sup_con": Plot(COSINE, -0.99, 0.99, lambda x: ([*pair(x), OTHER, OTHER], [0, 0, 1, 1]), TEMPERATURES),
    "siglip": Plot(COSINE, -0.99, 0.99, two_sides, ({"scale": 10.0, "bias": -10.0}, {"scale": 10.0, "bias": -5.0})),
    "npairs": Plot(COSINE, -0.99, 0.99, two_sides, TEMPERATURES),
    "barlow_twins": Plot("correlation of a feature across the views", -0.99, 0.99, one_feature),
    "sample_correlation": Plot(
        "correlation of a sample across the views",
        -0.99,
        0.99,
        lambda x: tuple(view.T for view in one_feature(x)),
        ({"scale": 1.0},),
    ),
    "vicreg": Plot(
        "spread of the one feature of both views",
        0.01,
        2,
        lambda x: (np.array([[x], [-x]]) / np.sqrt(2.0),) * 2,
    ),
}


def figure(loss: Loss) -> str:
    """The two plots of a loss, and which curve is which, as HTML whose colours are the style sheet's."""
    plot = PLOTS[loss.name]
    x = np.linspace(plot.low, plot.high, POINTS)
    values = [np.array([_value(loss, plot, number, chosen) for number in x]) for chosen in plot.curves]
    step = STEP * (plot.high - plot.low)
    middles = x[:-1] + (x[1] - x[0]) / 2  # between the points, where most of the kinks are
    slopes = [
        np.array([(_value(loss, plot, m + step, c) - _value(loss, plot, m - step, c)) / (2 * step) for m in middles])
        for c in plot.curves
    ]
    drawn = "".join(
        f"<figure>{_svg(at, lines, plot.across, title, f'{loss.name}, {title}')}</figure>"
        for at, lines, title in ((x, values, "value"), (middles, slopes, "slope"))
    )
    return f'<div class="plots">{drawn}</div>{_legend(plot)}'


def told(chosen: dict[str, Any]) -> str:
    """A choice of settings in words."""
    return ", ".join(f"{name} = {x:g}" if not isinstance(x, bool) else f"{name} = {x}" for name, x in chosen.items())


def _value(loss: Loss, plot: Plot, x: float, chosen: dict[str, Any]) -> float:
    settings = {name: v for name, v in chosen.items() if name in {s.name for s in loss.settings}}
    arrays = plot.arrays(float(x), **{name: v for name, v in chosen.items() if name not in settings})
    given = [np.asarray(a, np.int64 if i.integer else np.float64) for a, i in zip(arrays, loss.inputs, strict=False)]
    return float(getattr(isoloss.numpy, loss.name)(*given, **settings))


def _svg(x: Array, lines: list[Array], across: str, title: str, name: str) -> str:
    with mpl.rc_context(STYLE):
        drawing = Figure(figsize=(4.4, 3.0))
        axes = drawing.add_axes((0.12, 0.16, 0.86, 0.73))
        for y, colour, style in zip(lines, LINES, STYLES, strict=False):
            axes.plot(x, y, color=colour, linestyle=style, linewidth=2)
        axes.axhline(0.0, color=INK, linewidth=0.6, alpha=0.5)
        axes.margins(x=0.02)
        axes.set_title(title, loc="left", color=INK, fontsize=11)
        axes.set_xlabel(across, color=INK)
        axes.tick_params(colors=INK)
        axes.spines[:].set_color(INK)
        file = StringIO()
        drawing.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    return _themed(text[text.index("<svg") :], name)


def _themed(svg: str, name: str) -> str:
    """With the style sheet's colours, ids of its own, and a name for those who hear it."""
    for k, colour in enumerate((INK, *LINES)):
        svg = svg.replace(colour, f"var(--plot-{k - 1})" if k else "var(--plot-ink)")
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    used = set(re.findall(r"(?:href=\"#|url\(#)([\w.-]+)", svg))
    svg = re.sub(r' id="([\w.-]+)"', lambda m: m[0] if m[1] in used else "", svg)
    for old in used:
        svg = svg.replace(f'"{old}"', f'"{name[-5:]}-{old}"').replace(f"#{old}", f"#{name[-5:]}-{old}")
    svg = re.sub(r"font-family: [^;]*", "font-family: var(--font-stack)", svg)
    head = f'<svg role="img" aria-label="{escape(name)}"'
    return re.sub(r"\n\s*", "\n", svg.replace("<svg", head, 1)).strip()


def _legend(plot: Plot) -> str:
    if len(plot.curves) == 1:
        words = told(plot.curves[0])
        return f'<p class="curves">{words}</p>' if words else ""
    dashes = ("", "9 3", "2.5 2.5")
    return (
        '<p class="curves">'
        + "".join(
            f'<span><svg width="30" height="8" aria-hidden="true"><line x2="30" y1="4" y2="4" '
            f'style="stroke: var(--plot-{k}); stroke-width: 2.5; stroke-dasharray: {dash or "none"}"/></svg> '
            f"{escape(told(chosen))}</span>"
            for k, (chosen, dash) in enumerate(zip(plot.curves, dashes, strict=False))
        )
        + "</p>"
    )


if missing := LOSSES.keys() ^ PLOTS.keys():
    raise KeyError(f"PLOTS must have each loss and nothing else: {', '.join(sorted(missing))}")
