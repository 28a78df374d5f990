"""Inputs for each loss: typical ones, degenerate ones with their right answers, and bad ones with their errors."""

from __future__ import annotations

from isoloss.conformance.cases import (
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
from isoloss.conformance.cases.case import Case, LossCases, Refusal

CASES: dict[str, LossCases] = {
    **regression.CASES,
    **classification.CASES,
    **margins.CASES,
    **modulated.CASES,
    **sparsemax.CASES,
    **probability.CASES,
    **ranking.CASES,
    **segmentation.CASES,
    **metric.CASES,
    **contrastive.CASES,
    **correlation.CASES,
}

__all__ = ["CASES", "Case", "LossCases", "Refusal"]
