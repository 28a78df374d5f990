"""How a cost grows with N: cost = factor * N^exponent."""

from __future__ import annotations

import math
from collections.abc import Mapping

Points = Mapping[int, float]
"""N -> cost, positive."""


def fitted(points: Points) -> tuple[float, float] | None:
    """Exponent and factor, by least squares of the logarithms; None for fewer than two points."""
    if len(points) < 2:
        return None
    x, y = [math.log(n) for n in points], [math.log(cost) for cost in points.values()]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    spread = sum((a - mean_x) ** 2 for a in x)
    exponent = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / spread
    return exponent, math.exp(mean_y - exponent * mean_x)


def predicted(points: Points, n: int) -> float | None:
    """The cost at a larger N: from the two largest measured, or by the square of one. None where nothing is known."""
    if not points:
        return None
    last = dict(sorted(points.items())[-2:])
    fit = fitted(last)
    exponent = fit[0] if fit else 2.0
    largest = max(last)
    return last[largest] * (n / largest) ** max(exponent, 1.0)
