"""A spec as a user would write it."""

from __future__ import annotations

from isoloss.losses import Positive, given, loss
from isoloss.protocol import A, Namespace


@loss("ScaledErrorLoss", predictions="...", targets=given("..."), per="...")
def scaled_error(xp: Namespace[A], predictions: A, targets: A, *, scale: Positive[A] = 1.0) -> A:
    """Absolute error in units of scale."""
    return xp.abs(predictions - targets) / scale
