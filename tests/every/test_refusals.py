"""Bad input is refused with a sentence that says what was expected and what arrived; never a plausible number."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from isoloss.conformance.cases import CASES, Refusal
from isoloss.conformance.cases.common import refusals
from isoloss.losses import LOSSES, loss
from isoloss.protocol import A, Namespace

REFUSED = [
    (loss, refusal)
    for loss in CASES
    for refusal in (*CASES[loss].refused, *refusals(LOSSES[loss], next(c for c in CASES[loss].typical if c.core)))
]
COMPILERS_OWN = {"torch": ("temperature NaN", "smoothing NaN", "margin NaN", "text in an array", "a masked array")}
"""What a compiler refuses by itself, in its own words, before a loss sees it."""


def test_at_least_25_kinds() -> None:
    assert len({refusal.id for _, refusal in REFUSED}) >= 25


@pytest.mark.parametrize(("loss", "refusal"), REFUSED, ids=lambda x: getattr(x, "id", x))
def test_eager(framework: ModuleType, device: str, loss: str, refusal: Refusal) -> None:
    if refusal.at_run and device != "cpu":
        assert np.isnan(framework.run(loss, refusal.case, device=device).value).any()
        return
    with pytest.raises(refusal.error, match=refusal.message) as raised:
        framework.run(loss, refusal.case, device=device)
    assert raised.type is refusal.error


@loss("TotalLoss", predictions="...", per="...")
def total(xp: Namespace[A], predictions: A) -> A:
    """One number, though a value for each element is declared."""
    return xp.sum(predictions)


def test_a_spec_that_returns_what_it_does_not_declare(bind: Any) -> None:
    with pytest.raises(
        ValueError, match=r"total: its spec must return a value for each of the batch, shape \(3,\); got"
    ):
        bind(total)(np.ones(3, np.float32))


def test_a_label_that_is_too_large_for_an_index_is_not_another(bind: Any) -> None:
    labels = np.array([0, 2**64 - 1], np.uint64)  # -1, as 64 bits with a sign have it
    with pytest.raises(ValueError, match="labels must be from 0 to C - 1"):
        bind(LOSSES["cross_entropy"].spec)(np.zeros((2, 3), np.float32), labels, ignore_index=-1)


@pytest.mark.parametrize("kind", [">f4", ">f8", ">i4"])
def test_numpy_arrays_are_read_as_they_look(bind: Any, kind: str) -> None:
    """Of a byte order or strides that the framework does not have."""
    targets = np.array([1, 2, 4], kind)[::-1]
    mse = bind(LOSSES["mse"].spec)
    assert float(mse(np.array([4, 2, 3], ">f4"), targets)) == pytest.approx(4 / 3)


def test_numpy_labels_are_read_as_they_look(bind: Any) -> None:
    labels = np.array([0, 1], ">i4")[::-1]
    logits = np.array([[0, 5], [5, 0]], ">f4")
    assert float(bind(LOSSES["cross_entropy"].spec)(logits, labels)) < 0.01


@pytest.mark.parametrize(
    ("loss", "refusal"), [(loss, r) for loss, r in REFUSED if r.at_run], ids=lambda x: getattr(x, "id", x)
)
def test_mapped(framework: ModuleType, device: str, loss: str, refusal: Refusal) -> None:
    """Inside vmap no number can be seen: it is NaN."""
    assert np.isnan(framework.run(loss, refusal.case, mode="vmap", device=device).value).any()


@pytest.mark.parametrize(("loss", "refusal"), REFUSED, ids=lambda x: getattr(x, "id", x))
def test_compiled(framework: ModuleType, device: str, loss: str, refusal: Refusal) -> None:
    """What the run alone knows is NaN; for the rest a compiler may wrap the error, but the sentence is the same.

    Up to what arrived, that is: while compiling, sizes and numbers may be symbols.
    """
    open_sizes = framework.__name__.endswith("tensorflow")
    try:
        result = framework.run(loss, refusal.case, mode=framework.COMPILED[0], device=device)
    except Exception as error:  # noqa: BLE001 - a compiler may wrap the error
        raised = error
    else:
        assert refusal.at_run or open_sizes, "what is known while tracing must raise"
        assert np.isnan(result.value).any()
        return
    assert not refusal.at_run
    if open_sizes and raised.__class__.__module__.startswith("tensorflow"):
        return  # sizes that only the run knows may fail in a kernel, too
    if refusal.id in COMPILERS_OWN.get(framework.__name__.rpartition(".")[2], ()):
        return
    chain, error = "", raised
    while error is not None:
        chain, error = f"{chain}\n{error}", error.__cause__ or error.__context__
    assert re.search(refusal.message.partition("; got")[0], chain)
