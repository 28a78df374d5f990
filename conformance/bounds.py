"""How close a computed answer must be to the exact one, in ulps: (value, gradient).

Tightening is free; loosening needs a reason beside it. Gradients are measured component by component or, where each
component is a difference that may cancel, in ulps of the largest (`normwise`): in losses that compare rows with each
other.
"""

from __future__ import annotations

from isoloss.losses import LOSSES

DEFAULT = (4, 8)

BOUNDS = {
    # the difference of two logits or scores is rounded once, to half an ulp of up to 16
    "cross_entropy": (16, 32),
    "soft_cross_entropy": (64, 64),
    "bpr": (16, 32),
    "listnet": (64, 64),
    "binary_cross_entropy_with_logits": (8, 8),
    # logits are cosines / temperature: their rounding, of 2 to 3 ulp, is multiplied by 20 at 0.05
    "info_nce": (64, 64),
    "simcse": (64, 64),
    "supervised_simcse": (64, 64),
    "nt_xent": (64, 64),
    "npairs": (64, 64),
    # each element of the correlation is a sum that may cancel, and the loss a sum of their squares
    "barlow_twins": (64, 64),
    "sample_correlation": (64, 64),
}

FAR = {"cross_entropy": (64, 80), "bpr": (80, 80), "soft_cross_entropy": (80, 80), "listnet": (80, 80)}
"""Cases named "far ...": gaps of 17 to 80 between two logits or scores, each rounded to ulp(gap) / 2."""

SOFT = frozenset({"soft_cross_entropy", "listnet"})
"""Their gradient is p - t, which cancels where the scores are near the targets: in cases named "near ..."."""


def normwise(loss: str, case: str) -> bool:
    """Whether a gradient is measured in ulps of its largest component."""
    return not LOSSES[loss].arguments[0].open or (loss in SOFT and case.startswith("near "))


def bound(loss: str, case: str) -> tuple[float, float]:
    """The bound of a case, for its value and for its gradient."""
    if case.startswith("far ") and loss in FAR:
        return FAR[loss]
    return BOUNDS.get(loss, DEFAULT)
