"""What the contenders are given, and the right answer: in float64, row by row, from the formula alone.

A row's loss is -log(e^s_p / sum over j of e^s_j), where s are its cosines divided by the temperature, and p is its
positive. With d = log(sum over the others of e^s_j) - s_p it is log(1 + e^d), and the slope by s_p is -1 / (1 + e^-d):
neither loses what a small loss is made of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray
TASKS = ("nt_xent", "info_nce")


@dataclass(frozen=True)
class Regime:
    """How well the views are aligned, and how sharply they are told apart."""

    name: str
    temperature: float
    cosine: float  # of the two views of a sample


REGIMES = (
    Regime("ordinary", 0.05, 0.685),
    Regime("aligned views", 0.05, 0.974),
    Regime("aligned views, sharp", 0.02, 0.897),
)


def views(rows: int, columns: int, cosine: float = 0.7, seed: int = 0) -> tuple[Array, Array]:
    """Two views of `rows` random samples, of lengths between 1/2 and 2."""
    rng = np.random.default_rng(seed)
    one, other = (_unit(rng.standard_normal((rows, columns))) for _ in range(2))
    other = _unit(other - one * np.sum(one * other, axis=1, keepdims=True))
    second = cosine * one + np.sqrt(1 - cosine**2) * other
    lengths = rng.uniform(0.5, 2.0, (2, rows, 1))
    return (one * lengths[0]).astype(np.float32), (second * lengths[1]).astype(np.float32)


def inputs(task: str, rows: int, columns: int, cosine: float = 0.7) -> list[Array]:
    """The arrays that a loss takes: `rows` embeddings, of which rows i and i + rows / 2 are views; or queries and keys."""
    if task == "nt_xent":
        return [np.concatenate(views(rows // 2, columns, cosine))]
    return list(views(rows, columns, cosine))


def exact(task: str, arrays: list[Array], temperature: float) -> tuple[float, list[Array]]:
    """The loss and its gradient by each array."""
    x = [a.astype(np.float64) for a in arrays]
    lengths = [np.linalg.norm(a, axis=1, keepdims=True) for a in x]
    z = [a / length for a, length in zip(x, lengths, strict=True)]
    queries, keys = z[0], z[-1]
    rows = len(queries)
    itself = task == "nt_xent"
    slopes, loss = [np.zeros_like(a) for a in z], 0.0
    for i, query in enumerate(queries):
        positive = (i + rows // 2) % rows if itself else i
        s = keys @ query / temperature
        d = s - s[positive]
        d[positive] = -np.inf
        if itself:
            d[i] = -np.inf
        top = d.max()
        d_all = top + np.log(np.sum(np.exp(d - top)))
        loss += np.logaddexp(0.0, d_all)
        slope = np.exp(d - np.logaddexp(0.0, d_all))
        slope[positive] = -np.exp(d_all - np.logaddexp(0.0, d_all))
        slopes[0][i] += slope @ keys
        slopes[-1] += np.outer(slope, query)
    gradients = [
        (slope - a * np.sum(a * slope, axis=1, keepdims=True)) / length / (rows * temperature)
        for slope, a, length in zip(slopes, z, lengths, strict=True)
    ]
    return float(loss / rows), gradients


def error(found: list[Array], right: list[Array]) -> float:
    """The largest error of any number, relative to the largest number. Infinite for NaN."""
    if not all(np.isfinite(a).all() for a in found):
        return float("inf")
    largest = max(float(np.abs(a).max()) for a in right)
    return max(float(np.abs(a - b).max()) for a, b in zip(found, right, strict=True)) / largest


def _unit(x: Array) -> Array:
    return x / np.linalg.norm(x, axis=1, keepdims=True)
