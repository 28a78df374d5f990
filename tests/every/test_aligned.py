"""Well-aligned views at SimCSE's temperature: float32 gradients are right where the usual formula's are about 1 % wrong."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from isoloss.conformance.cases import Case
from isoloss.conformance.runners import runner

Array = np.ndarray[Any, Any]

SAMPLES, WIDTH, TEMPERATURE, NOISE = 128, 128, 0.05, 0.03


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    compiled = runner(metafunc.config.getoption("--framework")).COMPILED
    metafunc.parametrize("how", ["eager", *compiled])


def views() -> tuple[Array, Array]:
    random = np.random.default_rng(0)
    points = random.standard_normal((SAMPLES, WIDTH))
    first, second = (points + NOISE * random.standard_normal(points.shape) for _ in range(2))
    return first.astype(np.float32), second.astype(np.float32)


def exact(queries: Array, keys: Array | None, partner: Array) -> tuple[float, Array, Array | None]:
    """The mean loss and its slopes, in float64 and by the formulas of a textbook."""
    queries, keys = queries.astype(float), None if keys is None else keys.astype(float)

    def unit(x: Array) -> tuple[Array, Array]:
        length = np.linalg.norm(x, axis=1, keepdims=True)
        return x / length, length

    def through_norm(slope: Array, x: Array) -> Array:
        direction, length = unit(x)
        return (slope - direction * (direction * slope).sum(axis=1, keepdims=True)) / length

    q, k = unit(queries)[0], unit(queries if keys is None else keys)[0]
    logits = q @ k.T / TEMPERATURE
    if keys is None:
        np.fill_diagonal(logits, -np.inf)
    rows = np.arange(len(q))
    others = np.exp(logits - logits[rows, partner][:, None])
    others[rows, partner] = 0.0
    total = others.sum(axis=1)
    p = others / (1.0 + total)[:, None]
    p[rows, partner] = -total / (1.0 + total)
    p /= len(q) * TEMPERATURE
    of_queries, of_keys = p @ k, p.T @ q
    value = float(np.log1p(total).mean())
    if keys is None:
        return value, through_norm(of_queries + of_keys, queries), None
    return value, through_norm(of_queries, queries), through_norm(of_keys, keys)


@pytest.mark.parametrize("loss", ["info_nce", "simcse", "nt_xent"])
def test_gradients_of_aligned_views(framework: ModuleType, device: str, loss: str, how: str) -> None:
    first, second = views()
    settings = {"temperature": TEMPERATURE}
    rows = np.arange(2 * SAMPLES)
    if loss == "info_nce":
        inputs = {"queries": first, "keys": second}
        value, *slopes = exact(first, second, rows[:SAMPLES])
    elif loss == "simcse":
        inputs = {"embeddings": np.stack([first, second], axis=1).reshape(-1, WIDTH)}
        value, *slopes = exact(inputs["embeddings"], None, rows ^ 1)
    else:
        inputs = {"embeddings": np.concatenate([first, second])}
        value, *slopes = exact(inputs["embeddings"], None, (rows + SAMPLES) % len(rows))
    assert 1e-6 < value < 1e-5, "the regime that peers lose"

    result = framework.run(loss, Case("aligned", inputs, settings), mode=how, device=device)
    assert float(result.value) == pytest.approx(value, rel=1e-5)
    expected = dict(zip(inputs, slopes, strict=False))
    for name, gradient in result.gradients.items():
        assert np.linalg.norm(gradient - expected[name]) <= 1e-5 * np.linalg.norm(expected[name])
