"""How close a computed answer must be to the exact one, in ulps: (value, gradient).

Tightening is free; loosening needs a reason beside it. Gradients are measured component by component; where a loss
compares rows with each other, in ulps of the largest component, since there each component is a sum that may cancel.
"""

from __future__ import annotations

BOUNDS = {
    "mse": (4, 8),
    "rmse": (4, 8),
    "cross_entropy": (16, 32),
    "info_nce": (
        64,
        64,
    ),  # logits are cosines / temperature: their rounding, of 2 to 3 ulp, is multiplied by 20 at 0.05
    "simcse": (64, 64),
}

FAR = {"cross_entropy": (64, 80)}
"""Cases named "far ...": gaps of 17 to 80 between the label's logit and the others, each rounded to ulp(gap) / 2."""

NORMWISE = frozenset({"info_nce", "simcse"})


def bound(loss: str, case: str) -> tuple[float, float]:
    """The bound of a case, for its value and for its gradient."""
    return FAR[loss] if case.startswith("far ") and loss in FAR else BOUNDS[loss]
