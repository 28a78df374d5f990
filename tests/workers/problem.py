"""One batch, in parts for some workers and whole for one, and what a loss of it must be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from isoloss.losses import LOSSES

Array = np.ndarray[Any, Any]


class Problem(NamedTuple):
    """A loss of rows that are compared, and how many rows each worker has of its arrays."""

    loss: str
    rows: dict[str, int]
    settings: dict[str, Any]
    learned: tuple[str, ...] = ("temperature",)  # of the settings
    blocks: int = 1  # of the rows of one worker: all those of the first view, then of the next

    @property
    def forms(self) -> dict[str, dict[str, Any]]:
        """The settings that choose each form it has."""
        methods = ("blocked", "dense") if any(s.name == "method" for s in LOSSES[self.loss].settings) else ()
        return {method: {"method": method} for method in methods} or {"": {}}


PROBLEMS = (
    Problem("simcse", {"embeddings": 8}, {"temperature": 0.1}),
    Problem("supervised_simcse", {"embeddings": 9}, {"temperature": 0.1}),
    Problem("simcse", {"embeddings": 8}, {"temperature": 0.1, "reduction": "sum"}),
    Problem("nt_xent", {"embeddings": 8}, {"temperature": 0.2}, blocks=2),
    Problem("nt_xent", {"embeddings": 9}, {"temperature": 0.2, "views": 3}, blocks=3),
    Problem("dcl", {"embeddings": 8}, {"temperature": 0.2}, blocks=2),
    Problem("info_nce", {"queries": 5, "keys": 5}, {"temperature": 0.005}),
    Problem("info_nce", {"queries": 5, "keys": 5, "negatives": 3}, {"temperature": 0.5, "decoupled": True}),
    Problem("npairs", {"anchors": 5, "positives": 5}, {"temperature": 2.0}),
    Problem("clip", {"image_embeddings": 5, "text_embeddings": 5}, {"temperature": 0.005}),
    Problem("sup_con", {"embeddings": 5}, {"temperature": 0.2}),
    Problem("circle", {"embeddings": 5}, {"gamma": 4.0}, ("gamma",)),
    Problem("siglip", {"image_embeddings": 5, "text_embeddings": 5}, {"scale": 5.0, "bias": -2.0}, ("scale", "bias")),
    Problem("barlow_twins", {"embeddings_a": 5, "embeddings_b": 5}, {"scale": 0.5}, ("scale",)),
    Problem("sample_correlation", {"embeddings_a": 5, "embeddings_b": 5}, {"scale": 0.5}, ("scale",)),
    Problem("vicreg", {"embeddings_a": 5, "embeddings_b": 5}, {}, ()),
)


def parts(problem: Problem, workers: int, masked: bool) -> list[dict[str, Array]]:
    """What each worker has; `masked`: with `where` and `weights`, and if there are more than two, one has nothing that counts."""
    random = np.random.default_rng(7)
    first = next(iter(problem.rows.values()))
    values = first // 3 if problem.loss == "supervised_simcse" else first
    found = []
    for worker in range(workers):
        arrays = {name: random.standard_normal((n, 6)).astype(np.float32) for name, n in problem.rows.items()}
        if any(a.name == "labels" for a in LOSSES[problem.loss].arguments):
            arrays["labels"] = random.integers(0, 3, values)
        if masked:
            arrays["where"] = random.random(values) < (0.0 if worker == 2 else 0.7)
            arrays["weights"] = random.uniform(0.5, 2.0, values).astype(np.float32)
        found.append(arrays)
    return found


def whole(of_workers: Sequence[Array], blocks: int) -> Array:
    """The batch of all workers: each view of all, then the next."""
    return np.concatenate(
        [part for view in zip(*(np.split(x, blocks) for x in of_workers), strict=True) for part in view]
    )


def encoder() -> dict[str, Array]:
    """Two dense layers with tanh between them, before training: named and laid out as in PyTorch."""
    random = np.random.default_rng(3)
    shapes = {"0.weight": (5, 6), "0.bias": (5,), "2.weight": (4, 5), "2.bias": (4,)}
    return {name: random.normal(0.0, 0.4, shape).astype(np.float32) for name, shape in shapes.items()}


def batch(step: int, workers: int) -> Array:
    """What all workers have together in a step of its training."""
    return np.random.default_rng(step).standard_normal((8 * workers, 6)).astype(np.float32)
