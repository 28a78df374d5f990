"""The numbers that the published snippets print, which the project grew from, hold in every framework."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from isoloss.conformance.cases import Case

PREDICTIONS, TARGETS = np.array([2.5, 5.5, 2.0]), np.array([3.0, 5.0, 2.5])
LOGITS = np.array([[2.0, 1.0, 0.1, -1.0], [0.5, 2.5, 0.3, 0.1], [1.2, 0.2, 2.0, 0.5]])
LABELS = np.array([0, 1, 2])


def value(framework: ModuleType, device: str, loss: str, **inputs: np.ndarray) -> float:
    return float(framework.run(loss, Case("seed", inputs), dtype="float64", device=device).value)


@pytest.mark.parametrize(("loss", "printed"), [("mse", 0.25), ("rmse", 0.5)])
def test_regression(framework: ModuleType, device: str, loss: str, printed: float) -> None:
    assert value(framework, device, loss, predictions=PREDICTIONS, targets=TARGETS) == printed


def test_cross_entropy(framework: ModuleType, device: str) -> None:
    """The snippet adds 1e-12 inside its logarithm: with it, its number to the last digits; without, 1.6e-12 more."""
    printed = 0.44939341449096365
    exact = value(framework, device, "cross_entropy", logits=LOGITS, labels=LABELS)
    chosen = np.exp(LOGITS[np.arange(3), LABELS]) / np.exp(LOGITS).sum(1)
    assert exact - np.log1p(1e-12 / chosen).mean() == pytest.approx(printed, rel=1e-15)
    assert exact == pytest.approx(printed, rel=1e-11)
