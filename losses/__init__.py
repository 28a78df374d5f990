"""The specs: what each loss is, written once.

`LOSSES` maps each loss's name to its declaration; a spec in one of the family modules is in it by itself.
"""

from __future__ import annotations

from isoloss.losses import classification, contrastive, regression
from isoloss.losses.declaration import (
    Fraction,
    Interval,
    Loss,
    Positive,
    Weighted,
    declaration,
    given,
    loss,
)

FAMILIES = (regression, classification, contrastive)

LOSSES: dict[str, Loss] = {
    name: found.__loss__
    for family in FAMILIES
    for name, found in vars(family).items()
    if getattr(found, "__module__", None) == family.__name__ and hasattr(found, "__loss__")
}

__all__ = [
    "FAMILIES",
    "LOSSES",
    "Fraction",
    "Interval",
    "Loss",
    "Positive",
    "Weighted",
    "declaration",
    "given",
    "loss",
]
