"""Writes the golden vectors: `python -m isoloss.conformance.vectors.write CHECKOUT`, which needs mpmath."""

from __future__ import annotations

import json
import math
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import mpmath
import numpy as np

from isoloss.conformance.bounds import BOUNDS
from isoloss.conformance.cases import CASES, Case, Refusal
from isoloss.conformance.cases.common import refusals
from isoloss.conformance.exact import DIGITS, answer
from isoloss.conformance.vectors import SCHEMA
from isoloss.losses import LOSSES

ROUNDED_TO = ("float32", "float16", "bfloat16")


def file(loss: str, answers: dict[tuple[str, str], dict[str, Any]]) -> str:
    """What a loss's file holds, given the answers by id and dtype."""
    typical, degenerate = CASES[loss].typical, CASES[loss].degenerate
    cases = [
        *(_case(c, "typical", {d: answers[c.id, d] for d in ROUNDED_TO if (c.id, d) in answers}) for c in typical),
        *(_case(c, "degenerate", {d: pinned(c) for d in rounded_to(c)}) for c in degenerate),
    ]
    head = {"schema": SCHEMA, "loss": loss, "bound": BOUNDS[loss]}
    return json.dumps(head)[:-1] + f', "cases": [\n{_lines(cases)}\n], "refused": [\n{_lines(_refused(loss))}\n]}}\n'


def rounded_to(case: Case) -> tuple[str, ...]:
    """The dtypes that a case has answers for."""
    return ROUNDED_TO if case.core else ROUNDED_TO[:1]


def computed(loss: str, case: Case, dtype: str) -> dict[str, Any]:
    """The exact answer to a case whose inputs are rounded to a dtype."""
    found = answer(loss, case, dtype)
    with mpmath.workdps(DIGITS):
        return {
            "value": _numbers(found.value, found.value_condition),
            "gradients": {n: _numbers(g, found.gradient_conditions[n]) for n, g in found.gradients.items()},
        }


def pinned(case: Case) -> dict[str, Any]:
    """An answer that stands in the case."""

    def numbers(x: Any) -> dict[str, Any]:
        x = np.asarray(x, object)
        return _numbers(x, np.ones(x.shape))

    return {"value": numbers(case.value), "gradients": {n: numbers(g) for n, g in (case.gradients or {}).items()}}


def _lines(found: list[dict[str, Any]]) -> str:
    return ",\n".join(json.dumps(x, separators=(",", ":"), allow_nan=False) for x in found)


def _case(case: Case, kind: str, answers: dict[str, Any]) -> dict[str, Any]:
    told = {name: getattr(case, name) for name in ("regime", "core", "note", "issue")}
    return {"id": case.id, "kind": kind, **told, **_arguments(case), "answers": answers}


def _refused(loss: str) -> list[dict[str, Any]]:
    """The refusals that JSON can hold."""
    good = next(c for c in CASES[loss].typical if c.core)
    return [
        {"id": r.id, **_arguments(r), "error": r.error.__name__, "message": r.message, "at_run": r.at_run}
        for r in (*CASES[loss].refused, *refusals(LOSSES[loss], good))
        if all(_storable(x) for x in {**r.inputs, **r.settings, **r.options}.values())
    ]


def _storable(x: Any) -> bool:
    if isinstance(x, np.ndarray):
        return type(x) is np.ndarray and x.dtype.kind in "biuf"
    return x is None or isinstance(x, (bool, int, float, str))


def _arguments(call: Case | Refusal) -> dict[str, Any]:
    parts = {"inputs": call.inputs, "settings": call.settings, "options": call.options}
    return {part: {n: _argument(x) for n, x in found.items()} for part, found in parts.items()}


def _argument(x: Any) -> Any:
    if isinstance(x, float) and not math.isfinite(x):
        return {"float": str(x)}
    if not isinstance(x, np.ndarray):
        return x
    data = [number.hex() if isinstance(number, float) else number for number in x.ravel().tolist()]
    return {"dtype": str(x.dtype), "shape": list(x.shape), "data": data}


def _numbers(exact: Any, condition: Any) -> dict[str, Any]:
    nearest = [float(x) for x in exact.flat]
    rest = [float(x - n) for x, n in zip(exact.flat, nearest, strict=True)]
    return {
        "shape": list(exact.shape),
        "exact": [n.hex() for n in nearest],
        "rest": [r.hex() for r in rest],
        "condition": [_upwards(float(c)) for c in condition.flat],
    }


def _upwards(x: float) -> float:
    """To three digits."""
    digits = 2 - math.floor(math.log10(x))
    return math.ceil(x * 10**digits) / 10**digits


def main() -> None:
    """Write the files of all losses, or of those that are named."""
    if len(sys.argv) < 2:
        sys.exit("usage: python -m isoloss.conformance.vectors.write CHECKOUT [LOSS ...]")
    checkout, losses = Path(sys.argv[1]), sys.argv[2:] or list(CASES)
    with ProcessPoolExecutor() as pool:
        jobs = {
            loss: {
                (case.id, dtype): pool.submit(computed, loss, case, dtype)
                for case in CASES[loss].typical
                for dtype in rounded_to(case)
            }
            for loss in losses
        }
        for loss, found in jobs.items():
            path = checkout / "conformance/vectors" / f"{loss}.json"
            path.write_text(file(loss, {key: job.result() for key, job in found.items()}), encoding="utf-8")
            print(path, flush=True)


if __name__ == "__main__":
    main()
