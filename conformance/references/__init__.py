"""Exact references: slow, obvious loops in arbitrary precision, written from the papers and never from the specs.

`REFERENCES` maps a loss's name to its reference. A reference takes the loss's arrays as lists (batch axes flattened to
one), its settings, and `where` or `weights` if its spec does. One of a formula in which something that depends on the
arrays counts as constant takes `held`, too: the arrays, by name, as they stand where it is differentiated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from isoloss.conformance.references import (
    classification,
    contrastive,
    correlation,
    margins,
    metric,
    modulated,
    probability,
    ranking,
    regression,
    segmentation,
    sparsemax,
)
from isoloss.losses import LOSSES

REFERENCES: dict[str, Callable[..., Any]] = {
    name: getattr(family, name)
    for family in (
        regression,
        classification,
        modulated,
        sparsemax,
        margins,
        probability,
        ranking,
        segmentation,
        metric,
        contrastive,
        correlation,
    )
    for name in LOSSES
    if hasattr(family, name)
}
