"""Golden vectors: for each loss the inputs of its cases and the exact answers, in a JSON file that needs nothing to be read.

A file holds `schema`, `loss`, `bound` (of value and gradient), `cases` and `refused`. A case holds `id`, `kind` ("typical"
or "degenerate", whose answers a convention gives), `regime` (one of `REGIMES`), `core` (also judged in 16 bits), `note`
(what is right and why), `issue` (where a peer was found to get it wrong), `inputs`, `settings` and `options` (`where`,
`weights`, `reduction`, `axis`), and `answers` by dtype: that of inputs rounded to it, "float32" serving float64 too. An
array is `dtype`, `shape` and `data`, its numbers in hexadecimal (`float.fromhex`); a number that is not finite is
`{"float": "nan"}`. An answer is `value` and `gradients`, by name, of the sum of the values: each has `shape`, `exact` (the
nearest float64 numbers), `rest` (what is left of the exact numbers) and `condition`.

A refused call holds `id`, `inputs`, `settings`, `options`, `error` (the exception that must be raised), `message` (a
regular expression that its text matches) and `at_run`: true where only the values tell, so that a compiled function may
give NaN instead. Calls that JSON cannot hold, with objects of other libraries say, are left out.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from isoloss.conformance.cases.case import Case, Refusal
from isoloss.losses import LOSSES

SCHEMA = 2

ERRORS = {error.__name__: error for error in (ValueError, TypeError)}

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Numbers:
    """Exact numbers, in float64 and what is left, and the condition of each."""

    exact: Array
    rest: Array
    condition: Array


@dataclass(frozen=True)
class Answer:
    """What a loss must give."""

    value: Numbers
    gradients: dict[str, Numbers]


@dataclass(frozen=True)
class Vector:
    """A case and its answers, by the dtype that the inputs are rounded to."""

    case: Case
    kind: str
    answers: dict[str, Answer]


@cache
def vectors(loss: str) -> dict[str, Vector]:
    """The vectors of a loss, by the id of their case."""
    return {case["id"]: _vector(case) for case in _read(loss)["cases"]}


@cache
def refusals(loss: str) -> tuple[Refusal, ...]:
    """The calls of a loss that must fail."""
    return tuple(
        Refusal(
            call["id"], **_arguments(call), error=ERRORS[call["error"]], message=call["message"], at_run=call["at_run"]
        )
        for call in _read(loss)["refused"]
    )


def text(loss: str) -> str:
    """The file of a loss."""
    return files(__name__).joinpath(f"{loss}.json").read_text(encoding="utf-8")


@cache
def digest() -> str:
    """What tells these vectors from all others."""
    return hashlib.sha256("".join(map(text, LOSSES)).encode()).hexdigest()


def _read(loss: str) -> dict[str, Any]:
    found = json.loads(text(loss))
    if found["schema"] != SCHEMA:
        raise ValueError(
            f"the vectors of {loss} have schema {found['schema']}, and this reads {SCHEMA}: update isoloss"
        )
    return found


def _vector(case: dict[str, Any]) -> Vector:
    answers = {
        dtype: Answer(_numbers(answer["value"]), {n: _numbers(g) for n, g in answer["gradients"].items()})
        for dtype, answer in case["answers"].items()
    }
    told: dict[str, Any] = {name: case[name] for name in ("note", "core", "regime", "issue")}
    return Vector(Case(case["id"], **_arguments(case), **told), case["kind"], answers)


def _arguments(call: dict[str, Any]) -> dict[str, Any]:
    return {part: {n: _argument(x) for n, x in call[part].items()} for part in ("inputs", "settings", "options")}


def _argument(x: Any) -> Any:
    if not isinstance(x, dict):
        return x
    if "float" in x:
        return float(x["float"])
    data = [float.fromhex(number) if isinstance(number, str) else number for number in x["data"]]
    return np.array(data, np.dtype(x["dtype"])).reshape(x["shape"])


def _numbers(x: dict[str, Any]) -> Numbers:
    exact, rest = (np.array([float.fromhex(n) for n in x[part]]).reshape(x["shape"]) for part in ("exact", "rest"))
    return Numbers(exact, rest, np.array(x["condition"], float).reshape(x["shape"]))
