"""Runs the rows of the porting table that are one library's: `python -m isoloss.conformance.peers.porting PEER FILE.json`.

Value and gradient of both calls on the same arrays, in float32 and float64, and how far apart they are. A process of
its own for each library, as for the scoreboard.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import sys
import warnings
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from isoloss.conformance.cases.common import SIGNED
from isoloss.conformance.peers.calls import Array, Arrays, Differentiate, by_jax, by_tensorflow, by_torch
from isoloss.conformance.peers.rows import LIBRARIES, ROWS, Library, Row
from isoloss.conformance.peers.scoreboard import versions
from isoloss.conformance.runners import Fixed
from isoloss.conformance.ulp import worst
from isoloss.losses import LOSSES

DTYPES = ("float32", "float64")
EQUAL = 32.0
"""How many ulp of the largest number of an array two calls may be apart and still be called equal."""

PEERS = {
    f"{name}-{backend}" if backend else name: (name, backend)
    for name, library in LIBRARIES.items()
    for backend in library.backends or ("",)
}
"""What runs in a process of its own: a library, on a backend if it has several."""

BY = {"torch": by_torch, "tensorflow": by_tensorflow, "jax": by_jax}
SIZES = {"...": 64, "N": 64, "M": 32, "C": 10, "L": 10, "D": 32, "P": 100}
"""Of the arrays: rows, further negatives, classes, items of a list, features, pixels."""

REAL = {
    "mse",
    "mae",
    "huber",
    "rmse",
    "log_cosh",
    "half_mse",
    "smooth_l1",
    "quantile",
    "gaussian_nll",
    "cosine_distance",
}
"""The losses whose targets are any numbers."""
SHARED = {"soft_cross_entropy", "kl_divergence", "jensen_shannon", "generalized_kl"}
"""The losses whose targets are probabilities, which sum to 1 over the classes."""


def arrays(row: Row) -> Arrays:
    """The arrays that a row names: its own, or else random ones of a usual size and kind."""
    loss, named = LOSSES[row.loss], _names(row.ours) | _names(row.theirs)
    random = np.random.default_rng(zlib.crc32(row.loss.encode()))
    found: Arrays = {}
    for argument in loss.arguments:
        shape = [SIZES[dimension.name] * dimension.multiple for dimension in argument.dimensions]
        found[argument.name] = _drawn(row.loss, argument.name, random.standard_normal(shape), random)
    found["weights"], found["where"] = random.uniform(0.0, 2.0, SIZES["N"]), random.uniform(size=SIZES["N"]) < 0.7
    real = {name: np.asarray(x) for name, x in row.given.items()}
    return {name: x for name, x in found.items() if name in named - real.keys()} | real


def _names(line: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Name)}


def _drawn(loss: str, name: str, x: Array, random: np.random.Generator) -> Array:
    """Normal numbers as what an argument holds."""
    if name == "labels":
        return random.integers(0, SIZES["C"], x.shape)
    if name == "relevance":
        return random.integers(0, 4, x.shape).astype(np.float64)
    if name == "target":
        return np.sign(x)
    if name == "targets":
        return _targets(loss, x, random)
    if name == "probabilities":
        return 1.0 / (1.0 + np.exp(-x))
    if name in ("log_probabilities", "log_predictions"):
        return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))
    positive = name in ("distances", "variances", "class_weights", "pos_weight", "alpha") or loss in ("mape", "msle")
    return 0.1 + np.abs(x) if positive else x


def _targets(loss: str, x: Array, random: np.random.Generator) -> Array:
    if loss in REAL:
        return x
    if loss in SIGNED:
        return np.sign(x)
    if loss in ("mape", "msle"):
        return 0.1 + np.abs(x)
    if loss == "poisson_nll":
        return random.poisson(3.0, x.shape).astype(np.float64)
    if loss in SHARED:
        return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)
    return (x > 0.0).astype(np.float64)


def compared(row: Row, namespace: Mapping[str, Any], differentiate: Differentiate, dtype: str) -> dict[str, Any]:
    """How far apart the two calls of a row are, and the numbers where they are farthest."""
    inputs = {n: x.astype(dtype) if x.dtype.kind == "f" else x for n, x in arrays(row).items()}
    predicted = {a.name for a in LOSSES[row.loss].arguments if a.predicted} & _names(row.theirs)
    learned = {n: x for n, x in inputs.items() if n in predicted}
    given = {n: x for n, x in inputs.items() if n not in predicted}

    def run(line: str) -> dict[str, Array]:
        code = compile(line, "<row>", "eval")
        taken = {n: x for n, x in given.items() if n in _names(line)}
        value, gradients = differentiate(lambda **x: eval(code, {**namespace, **x}), Fixed(), learned, taken)
        return {"value": value} | {f"gradient of {n}": g for n, g in gradients.items()}

    ours = run(row.call)
    try:
        theirs = run(row.theirs)
    except Exception as error:  # noqa: BLE001 - whatever the library raises
        return {"raises": f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"}
    if theirs["value"].dtype != dtype:
        return {"computes in": str(theirs["value"].dtype)}
    ulps = {part: worst(theirs[part], ours[part], dtype, by_largest=True) for part in ours}
    part = "value" if ulps["value"] > EQUAL else max(ulps, key=lambda part: ulps[part])
    pair = [np.ravel(np.asarray(x[part], np.float64)) for x in (ours, theirs)]
    at = int(np.argmax(np.nan_to_num(np.abs(pair[0] - pair[1]), nan=np.inf)))
    return {"ulps": max(ulps.values()), "part": part, "ours": float(pair[0][at]), "theirs": float(pair[1][at])}


def namespace(library: Library) -> dict[str, Any]:
    """What the lines of its rows may name besides arrays: what a reader would have imported."""
    for package in library.bare:
        _bare(package)
    found: dict[str, Any] = {}
    for line in library.imports:
        exec(line, found)  # noqa: S102
    return found


def _bare(package: str) -> None:
    """A package of which nothing has run, so that a module in it can be loaded alone."""
    top, *below = package.split(".")
    origin = sys.modules[top].__path__[0] if top in sys.modules else _folder(top)
    sys.modules[package] = ModuleType(package)
    sys.modules[package].__path__ = [str(Path(origin, *below))]
    if below:
        setattr(sys.modules[package.rpartition(".")[0]], below[-1], sys.modules[package])


def _folder(package: str) -> str:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"No module named {package!r}")
    return str(Path(found.origin).parent)


def main() -> None:
    """Run one peer and write what came of it."""
    if len(sys.argv) != 3 or sys.argv[1] not in PEERS:
        sys.exit(f"usage: python -m isoloss.conformance.peers.porting PEER FILE.json, PEER one of {', '.join(PEERS)}")
    peer, path = sys.argv[1], Path(sys.argv[2])
    name, backend = PEERS[peer]
    if backend:
        os.environ["KERAS_BACKEND"] = backend
    warnings.simplefilter("ignore")
    known = namespace(LIBRARIES[name])
    found = {"peer": peer, "versions": versions(name), "rows": rows(name, known, backend)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found), encoding="utf-8")


def rows(name: str, known: Mapping[str, Any], backend: str) -> list[dict[str, Any]]:
    """What came of a library's rows."""
    library, found = LIBRARIES[name], []
    for row in ROWS:
        if row.library == name:
            if unknown := [
                n for n in row.names if not any(n in dir(eval(home, dict(known))) for home in library.homes)
            ]:
                sys.exit(f"{row.theirs}: {name} has no {', '.join(unknown)}")
            # float64 is promoted to float32 in Keras, but on TensorFlow
            for dtype in DTYPES if backend in ("", "tensorflow") else DTYPES[:1]:
                if library.framework == "keras":
                    known["keras"].config.set_floatx(dtype)
                outcome = compared(row, known, BY[backend or library.framework], dtype)
                found.append({"row": row.key, "dtype": dtype} | outcome)
    return found


if __name__ == "__main__":
    main()
