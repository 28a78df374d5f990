"""How close a computed answer must be to the exact one: `bound` times the condition of the number, in ulps.

Each loss has a bound for its value and one for its gradient, and holds it for each number by itself; where a loss
compares rows with each other, each component of the gradient is a sum that may cancel, and is measured in ulps of the
largest. Tightening is free; loosening needs a reason beside it.
"""

from __future__ import annotations

from isoloss.conformance.perturbation import CONTRASTIVE, COSINES
from isoloss.losses import LOSSES

DEFAULT = (4, 8)

BOUNDS = dict.fromkeys(LOSSES, DEFAULT) | {
    # near 0 the square of an expm1, which XLA's is off by 2 ulp
    "log_cosh": (8, 8),
    # a power of a probability, which has so many times its error
    "binary_focal": (8, 8),
    "categorical_focal": (8, 16),
    # JAX traces a number that may be learned, in float32: 1 - 0.9 is then off by 4 ulp
    "quantile": (8, 8),
    # a similarity is a sum of products, each rounded
    **dict.fromkeys((*CONTRASTIVE, "cosine_embedding"), (8, 16)),
    # a mean, a variance and a correlation, each a sum of the one before
    "barlow_twins": (16, 32),
    "sample_correlation": (16, 32),
    "vicreg": (16, 32),
}

ABSOLUTE = {
    "cross_entropy": {"": (16, 32), "sure": (64, 80)},
    "soft_cross_entropy": {"": (64, 64), "sure": (80, 80)},
    "bpr": {"": (16, 32), "sure": (80, 80)},
    "listnet": {"": (64, 64), "sure": (80, 80)},
    "binary_cross_entropy_with_logits": {"": (8, 8), "sure": (8, 8)},
}
"""Bounds whatever the condition, of the cases in which an answer leads or trails by up to 16, or ("sure") 80."""


def normwise(loss: str) -> bool:
    """Whether a gradient is measured in ulps of its largest component."""
    # the slope of a cosine is a direction less its part along another
    return LOSSES[loss].compares_rows or loss in COSINES
