"""Inputs that the losses over classes share: labels and fractions, sure and unsure, right and wrong, and bad ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from isoloss.conformance.cases.case import (
    Case,
    Refusal,
    booleans,
    floats,
    integers,
    masked,
    nearly,
    normal,
    regime,
)

INF, NAN = float("inf"), float("nan")
LOG_TINY = float(np.log(np.finfo(np.float32).smallest_normal.astype(np.float64)))
LOGITS = floats([2.0, 1.0, 0.1, -1.0], [0.5, 2.5, 0.3, 0.1], [1.2, 0.2, 2.0, 0.5])
LABELS = integers(0, 1, 2)
HARD = floats(1.0, 0.0, 1.0)


def led(name: str, seed: int, low: float, high: float, sign: int, *, core: bool = False, **settings: Any) -> Case:
    """Rows whose label leads (sign 1) or trails (-1) every other class by `low` to `high`."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 5, 6)
    base = rng.standard_normal((6, 1)) * 3
    logits = base - sign * rng.uniform(low, high, (6, 5))
    logits[np.arange(6), labels] = base[:, 0]
    return Case(
        f"{name} {seed}",
        {"logits": logits.astype(np.float32), "labels": labels},
        settings,
        {"reduction": "none"},
        core=core,
        regime=regime(name),
    )


def batch(seed: int, *shape: int) -> dict[str, np.ndarray]:
    """Logits of a shape with the classes last, and labels."""
    labels = np.random.default_rng(seed + 50).integers(0, shape[-1], shape[:-1])
    return {"logits": normal(seed, *shape, scale=2.0), "labels": labels}


def binary(seed: int, low: float, high: float, right: bool) -> dict[str, np.ndarray]:
    """Logits of a size from `low` to `high` whose sign is right or wrong for hard targets."""
    rng = np.random.default_rng(seed)
    targets = rng.integers(0, 2, 12)
    signs = (2 * targets - 1) * (1 if right else -1)
    return {"logits": (signs * rng.uniform(low, high, 12)).astype(np.float32), "targets": targets.astype(np.float32)}


def confident(
    name: str, seed: int, low: float, high: float, right: bool, *, core: bool = False, **settings: Any
) -> Case:
    """The same as a case of its own."""
    inputs = binary(seed, low, high, right)
    return Case(f"{name} {seed}", inputs, settings, {"reduction": "none"}, core=core, regime=regime(name))


def fractions(seed: int, *shape: int) -> np.ndarray:
    """Numbers from 0 to 1."""
    return np.random.default_rng(seed).uniform(0.0, 1.0, shape).astype(np.float32)


def no_fractions(name: str, inputs: dict[str, np.ndarray]) -> tuple[Refusal, ...]:
    """What targets from 0 to 1 may not be, for inputs of three elements."""
    return (
        Refusal(
            "targets of -1",
            inputs | {"targets": floats(1.0, -1.0, 1.0)},
            message="targets must be from 0 to 1",
            at_run=True,
        ),
        Refusal(
            "targets above 1",
            inputs | {"targets": floats(1.0, 0.0, 1.5)},
            message="targets must be from 0 to 1",
            at_run=True,
        ),
        Refusal(
            "targets NaN",
            inputs | {"targets": floats(1.0, NAN, 1.0)},
            message="targets must be from 0 to 1",
            at_run=True,
        ),
        Refusal(
            "a column of targets",
            inputs | {"targets": floats([1.0], [0.0], [1.0])},
            message=rf"{name}: targets \(...\) must agree with .*, and nothing is broadcast; got \(3, 1\) and \(3,\)",
        ),
        Refusal("complex targets", inputs | {"targets": HARD + 1j}, error=TypeError, message="targets must be real"),
    )


def bad_labels(scores: str = "logits") -> tuple[Refusal, ...]:
    """What labels may not be, and scores by this name for them."""
    good = {scores: LOGITS, "labels": LABELS}
    return (
        Refusal(
            "label too large",
            good | {"labels": integers(0, 1, 4)},
            message="labels must be from 0 to C - 1, C being the 4 classes",
            at_run=True,
        ),
        Refusal("label negative", good | {"labels": integers(0, -1, 2)}, message="labels must be from 0", at_run=True),
        Refusal(
            "label 1.7",
            good | {"labels": floats(0.0, 1.7, 2.0)},
            error=TypeError,
            message="labels must be integers; got",
        ),
        Refusal(
            "one-hot labels",
            good | {"labels": np.eye(4, dtype=np.int64)[:3]},
            message=f"labels .* must agree with {scores}",
        ),
        Refusal(
            "no classes",
            {scores: np.zeros((2, 0), np.float32), "labels": integers(0, 0)},
            message=f"{scores} is empty along C",
        ),
    )


def degenerate_rows(**settings: Any) -> tuple[Case, ...]:
    """What is 0 for every loss over classes: nothing at all, a class without others, a sure one."""
    single = {"logits": floats([3.0], [-2.0]), "labels": integers(0, 0)}
    return (
        Case(
            "all masked",
            {"logits": LOGITS, "labels": LABELS},
            settings,
            {"where": booleans(False, False, False)},
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"logits": np.zeros((3, 4))},
        ),
        Case(
            "no rows",
            {"logits": np.zeros((0, 3), np.float32), "labels": np.zeros(0, np.int64)},
            settings,
            note="a mean of nothing is 0",
            value=0.0,
            gradients={"logits": np.zeros((0, 3))},
        ),
        Case(
            "a single class",
            single,
            settings,
            note="its probability is 1",
            value=0.0,
            gradients={"logits": [[0.0], [0.0]]},
        ),
        Case(
            "only the label is possible",
            {"logits": floats([-INF, 1.0]), "labels": integers(1)},
            settings,
            note="its probability is 1",
            value=0.0,
            gradients={"logits": [[0.0, 0.0]]},
        ),
    )


def rows_of_classes(**settings: Any) -> tuple[Case, ...]:
    """What every loss of logits and labels has: shapes, axes and masks, and each regime."""
    return (
        Case("batch", {"logits": LOGITS, "labels": LABELS}, settings, core=True),
        Case("one row", batch(1, 1, 4), settings, regime="unit batch"),
        Case("no batch axis", {"logits": normal(2, 4), "labels": np.array(3)}, settings),
        Case("two batch axes", batch(4, 2, 3, 4), settings),
        Case(
            "classes on axis 1",
            {"logits": normal(5, 2, 4, 3), "labels": batch(5, 2, 3, 4)["labels"]},
            settings,
            {"axis": 1},
        ),
        Case(
            "nearly equal logits",
            {"logits": nearly(np.full((3, 4), 1e3), 15, 1e-5), "labels": LABELS},
            settings,
            regime="near-cancellation",
        ),
        Case("where and weights", batch(16, 6, 4), settings, masked(16, 6), core=True, regime="masked"),
        Case(
            "duplicates",
            {"logits": floats([2.0, 2.0, -1.0], [0.5, 0.5, 0.5], [2.0, 2.0, -1.0]), "labels": integers(1, 0, 1)},
            settings,
            regime="duplicates",
        ),
        Case(
            "an impossible class",
            {"logits": floats([1.0, -INF, 0.5], [-INF, -INF, 2.0]), "labels": integers(0, 2)},
            settings,
        ),
        led("near", 0, 0.0, 3.0, 1, **settings),
        led("right", 0, 3.0, 16.0, 1, **settings),
        led("wrong", 0, 3.0, 16.0, -1, **settings),
        led("far right", 0, 17.0, 80.0, 1, **settings),
        led("far wrong", 0, 17.0, 80.0, -1, **settings),
    )
