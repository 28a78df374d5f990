"""The specs: what each loss is, written once.

`LOSSES` maps each loss's name to its declaration, `PARTS` those of the functions that give what a loss is made of; what
stands in one of the family modules is in them by itself.
"""

from __future__ import annotations

from isoloss.losses import (
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
from isoloss.losses.declaration import (
    Floor,
    Fraction,
    Interval,
    Loss,
    NonNegative,
    OpenFraction,
    Positive,
    Views,
    Weighted,
    declaration,
    given,
    loss,
    parts,
)

FAMILIES = (
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
"""The modules of the specs."""

_DECLARED: dict[str, Loss] = {
    name: found.__loss__
    for family in FAMILIES
    for name, found in vars(family).items()
    if getattr(found, "__module__", None) == family.__name__ and hasattr(found, "__loss__")
}
LOSSES = {name: found for name, found in _DECLARED.items() if not found.gives}
"""The declaration of each loss, by its name."""

PARTS = {name: found for name, found in _DECLARED.items() if found.gives}
"""The declaration of each function that gives what a loss is made of, by its name."""

__all__ = [
    "FAMILIES",
    "LOSSES",
    "PARTS",
    "Floor",
    "Fraction",
    "Interval",
    "Loss",
    "NonNegative",
    "OpenFraction",
    "Positive",
    "Views",
    "Weighted",
    "declaration",
    "given",
    "loss",
    "parts",
]
