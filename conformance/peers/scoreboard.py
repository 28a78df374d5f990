"""Runs a peer over all cases that it offers: `python -m isoloss.conformance.peers.scoreboard PEER FILE.json`.

A process of its own for each peer: frameworks get in each other's way, and Keras has one backend for life. Inputs are
float32 and float64 alone: what a 16-bit loss returns is a choice, and these libraries chose otherwise than isoloss.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import platform
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from isoloss.conformance.cases.case import Case, Refusal
from isoloss.conformance.peers import PEERS
from isoloss.conformance.runners.adapter import Adapted, Adapter, NotOffered
from isoloss.conformance.vectors import Vector, refusals, vectors
from isoloss.conformance.verdict import judge
from isoloss.losses import LOSSES

DTYPES = ("float32", "float64")
LIBRARIES = ("isoloss", "numpy", "torch", "tensorflow-cpu", "tensorflow", "keras", "jax", "optax")

CONVENTIONS = {
    "a mean of nothing": ("a mean of nothing", "as if masked", "nothing to order"),
    "a probability of 0": ("counts as the smallest normal number", "counts as that number", "over impossible classes"),
    "the cosine with a zero vector": ("the cosine with a zero vector", "they count as zero"),
    "the slope at a kink": ("slope 0", "mae: predictions equal targets"),
    "NaN or infinity under a weight of 0": ("reaches neither value nor gradient", "what weighs 0 is not there"),
}
"""Where libraries may well differ, by what the id or note of such a case says: judged, but no fault."""

ALLOWED = (
    *("margin negative", "epsilon negative"),
    *("no classes", "empty lists"),  # a sum of nothing
    *("an odd batch", "no multiple of three views"),  # Optax takes groups of any size
    *("a column of scores",),  # their difference is taken before the call
)
"""What isoloss refuses and another may reasonably take."""


def adapter(peer: str) -> Adapter:
    """The adapter of a peer, with its Keras backend chosen; the first one chosen stays."""
    module, _, backend = peer.partition("-")
    if backend:
        os.environ["KERAS_BACKEND"] = backend
    return importlib.import_module(f"isoloss.conformance.peers.{module}").adapter


def judged(adapter: Adapter, loss: str, vector: Vector, dtype: str) -> dict[str, Any]:
    """What came of one case."""
    case = vector.case
    row = {
        "loss": loss,
        "case": case.id,
        "regime": regime(vector),
        "dtype": dtype,
        "convention": convention(loss, case),
    }
    try:
        result = Adapted(adapter).run(loss, case, dtype=dtype)
    except NotOffered:
        return row | {"outcome": "not offered"}
    except Exception as error:  # noqa: BLE001 - whatever the library raises
        sentence = f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"
        return row | {"outcome": "failed", "fault": sentence, "close": False, "finite": True, "given": given(case, "")}
    verdict = judge(loss, vector, result, dtype=dtype)
    return row | {
        "outcome": "passed" if verdict.accurate else "failed",
        "fault": re.sub(r"np\.float64\(([^)]*)\)", r"\1", verdict.fault),
        "close": verdict.close,
        "finite": verdict.finite,
        "value": verdict.value,
        "gradient": verdict.gradient,
        "given": given(case, verdict.fault),
    }


def regime(vector: Vector) -> str:
    """The regime of a case."""
    return vector.case.regime or ("edge" if vector.kind == "degenerate" else "typical")


def convention(loss: str, case: Case) -> str:
    """What a case's answer is a convention about; "" if it is none."""
    told = f"{loss}: {case.id}: {case.note}"
    return next((name for name, phrases in CONVENTIONS.items() if any(p in told for p in phrases)), "")


def given(case: Case, fault: str) -> dict[str, Any]:
    """The inputs, of the row alone that a fault names, if it names one."""
    arrays = {n: np.asarray(x) for n, x in case.inputs.items()}
    found = re.match(r"[^:\[]*\[(\d+)", fault)
    rows = next(iter(arrays.values())).shape[:1]
    if found and all(x.shape[:1] == rows for x in arrays.values()):
        arrays = {n: x[int(found[1])] for n, x in arrays.items()}
    return {n: [float(v) for v in x.ravel()] if x.ndim else float(x) for n, x in arrays.items()}


def refused(adapter: Adapter, loss: str, refusal: Refusal) -> str:
    """Whether bad input was "refused" (an error, a warning, NaN, infinity), "accepted" or "not offered"."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        try:
            value = Adapted(adapter).run(loss, refusal.case).value
        except NotOffered:
            return "not offered"
        except Exception:  # noqa: BLE001 - whatever the library raises
            return "refused"
    return "accepted" if np.isfinite(value).all() else "refused"


def reaches(loss: str, refusal: Refusal) -> bool:
    """Whether another library could get this: arrays of numbers, predictions that are floating, settings of its own."""
    predicted = {a.name for a in LOSSES[loss].arguments if a.predicted}
    inputs = [
        type(x) is np.ndarray and x.dtype.kind in ("f" if name in predicted else "biuf")
        for name, x in refusal.inputs.items()
    ]
    settings = [x is None or type(x) in (int, float, np.ndarray) for x in refusal.settings.values()]
    ours = refusal.options.keys() - {"axis"}  # masks and weights are checked where they are translated
    return all(inputs) and all(settings) and not ours and refusal.id not in ALLOWED


def rows(adapter: Adapter) -> Iterator[dict[str, Any]]:
    """What came of all cases, loss by loss."""
    for loss in LOSSES:
        for vector in vectors(loss).values():
            # pinned answers are those of float32
            for dtype in DTYPES if vector.kind == "typical" else DTYPES[:1]:
                yield judged(adapter, loss, vector, dtype)


def versions(*others: str) -> dict[str, str]:
    """What ran; `others` are further distributions."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for library in dict.fromkeys((*LIBRARIES, *others)):
        try:
            found[library] = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def main() -> None:
    """Run one peer and write what came of it."""
    if len(sys.argv) != 3 or sys.argv[1] not in PEERS:
        sys.exit(
            f"usage: python -m isoloss.conformance.peers.scoreboard PEER FILE.json, PEER one of {', '.join(PEERS)}"
        )
    peer, path = sys.argv[1], Path(sys.argv[2])
    chosen = adapter(peer)
    warnings.simplefilter("ignore")
    found = {
        "peer": peer,
        "versions": versions(),
        "cases": list(rows(chosen)),
        "refusals": [
            {"loss": loss, "id": r.id, "outcome": refused(chosen, loss, r)}
            for loss in LOSSES
            for r in refusals(loss)
            if reaches(loss, r)
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
