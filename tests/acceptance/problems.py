"""Arrays for any loss, made from its declaration."""

from __future__ import annotations

from typing import Any

import numpy as np

from isoloss.conformance.cases.common import SIGNED
from isoloss.losses import Loss
from isoloss.losses.declaration import Argument

Array = np.ndarray[Any, Any]

LIMITS = {
    "probabilities": (0.0, 1.0),
    "log_probabilities": (-4.0, 0.0),
    "variances": (1e-4, 1.0),
    "msle: predictions": (-0.9, 2.0),
}
"""What a declaration does not say: the range of a predicted array."""


def arrays(loss: Loss, rows: int = 8, seed: int = 0) -> dict[str, Array]:
    """Normal numbers, and targets that can be met, in the declared shapes; `rows` values, or samples of one number."""
    random = np.random.default_rng(seed)
    found = {}
    for argument in loss.inputs:
        shape = [rows * (loss.rows_each(argument) if argument in loss.leaders else 1)]
        shape += [4] * (len(argument.dimensions) - 1)
        x = random.standard_normal(shape)
        if not argument.predicted:
            found[argument.name] = _given(loss, argument, x)
        else:
            low, high = limits(loss, argument.name)
            if np.isfinite(low):
                x = low + (high - low) / (1.0 + np.exp(-x))
            found[argument.name] = x.astype(np.float32)
    return found


def _given(loss: Loss, argument: Argument, x: Array) -> Array:
    """Labels of four classes; one class of each row; relevance with one clear winner; 1 or -1; 0 or 1."""
    if argument.integer:
        return np.random.default_rng(len(x)).integers(0, 4, x.shape)
    if x.ndim > 1:
        winner = x == x.max(axis=-1, keepdims=True)
        return (8 * winner if argument.name == "relevance" else winner).astype(np.float32)
    return (np.sign(x) if loss.name in SIGNED else x > 0).astype(np.float32)


def predicted(loss: Loss) -> list[str]:
    """The names of the arrays that gradients flow to."""
    return [a.name for a in loss.inputs if a.predicted]


def limits(loss: Loss, name: str) -> tuple[float, float]:
    """Between what an array's numbers must stay."""
    return LIMITS.get(f"{loss.name}: {name}", LIMITS.get(name, (-np.inf, np.inf)))
