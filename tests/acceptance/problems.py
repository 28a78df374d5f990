"""Arrays for any loss, made from its declaration."""

from __future__ import annotations

from typing import Any

import numpy as np

from isoloss.losses import Loss


def arrays(loss: Loss, rows: int = 8, seed: int = 0) -> dict[str, np.ndarray[Any, Any]]:
    """Normal numbers, and labels of four classes, in the declared shapes; `rows` along the batch."""
    random = np.random.default_rng(seed)
    found = {}
    for argument in loss.inputs:
        shape = [4 if d.name in "DC" else rows for d in argument.dimensions]
        normal = random.standard_normal(shape).astype(np.float32)
        found[argument.name] = random.integers(0, 4, shape) if argument.integer else normal
    return found


def predicted(loss: Loss) -> list[str]:
    """The names of the arrays that gradients flow to."""
    return [a.name for a in loss.inputs if a.predicted]
