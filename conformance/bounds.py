"""How close a computed answer must be to the exact one, in ulps: (value, gradient).

Tightening is free; loosening needs a reason beside it. Gradients are measured component by component; where a loss
compares rows with each other, in ulps of the largest component, since there each component is a sum that may cancel.
"""

from __future__ import annotations

from isoloss.losses import LOSSES

DEFAULT = (4, 8)

BOUNDS = {
    "cross_entropy": (16, 32),  # the difference of two logits is rounded once, to half an ulp of up to 16
    "info_nce": (
        64,
        64,
    ),  # logits are cosines / temperature: their rounding, of 2 to 3 ulp, is multiplied by 20 at 0.05
    "simcse": (64, 64),
}

FAR = {"cross_entropy": (64, 80)}
"""Cases named "far ...": gaps of 17 to 80 between the label's logit and the others, each rounded to ulp(gap) / 2."""

NORMWISE = frozenset(name for name, loss in LOSSES.items() if not loss.arguments[0].open)
"""Losses that compare rows with each other."""


def bound(loss: str, case: str) -> tuple[float, float]:
    """The bound of a case, for its value and for its gradient."""
    if case.startswith("far ") and loss in FAR:
        return FAR[loss]
    return BOUNDS.get(loss, DEFAULT)
