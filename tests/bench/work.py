"""What a process of the session does: measures what its job says, in one framework, and writes what it finds as JSON.

python tests/bench/work.py JOB FILE: the job is a JSON object, with `part` the name of a function below. The file is written
after every round, so that what was measured is there even if the process is ended for its memory or its time.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import measure

os.environ.update(measure.ENVIRONMENT)  # before a framework is imported
measure.pin()

import numpy as np
import torch  # before the other frameworks, and in every process: the bare products are its
from contenders import MODULES, OURS, PLAIN, PRODUCTS
from exact import REGIMES, error, exact, inputs
from plan import OVER

torch.set_num_threads(1)

TEMPERATURE = 0.05
UNIT = "unit"
NO_MEMORY = ("can't allocate memory", "RESOURCE_EXHAUSTED", "Out of memory", "OOM when allocating")
"""How the frameworks say that an allocation failed."""

Told = Callable[[dict[str, Any]], None]


def what(job: Mapping[str, Any], framework: Any, tell: Told) -> None:
    """Who contends in each task, which of them need a process of their own, and the versions that ran."""
    versions = {}
    for package in ("isoloss", *framework.versions()):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    tell(
        {
            "contenders": {task: list(made) for task, made in framework.CONTENDERS.items()},
            "alone": sorted(framework.ALONE),
            "versions": {"python": platform.python_version(), **versions},
        }
    )


def time(job: Mapping[str, Any], framework: Any, tell: Told) -> None:
    """Seconds of the bare products and of each contender, interleaved; the loss, and a rough peak for predictions."""
    rows, columns, task = job["rows"], job["columns"], job["task"]
    product, scale = measure.unit(rows, columns)
    arrays = inputs(task, rows, columns)
    found: dict[str, Any] = {}
    clocks, peaks = {UNIT: measure.Clock(product)}, {}
    if PRODUCTS in job["names"]:
        clocks[PRODUCTS] = measure.Clock(framework.products(rows, columns, job["setting"]))
    for name, loss in _made(job, framework, found):
        with _caught(found, name):
            framework.prepare(loss, inputs(task, min(rows, 256), columns), TEMPERATURE, setting=job["setting"])()
            with measure.peak() as peaks[name]:
                clocks[name] = measure.Clock(framework.prepare(loss, arrays, TEMPERATURE, setting=job["setting"]))
    for _ in measure.Rounds(**job["rounds"]).run(clocks, {UNIT, OURS, PRODUCTS}):
        for name, clock in clocks.items():
            if clock.failed:
                found[name] = _failure(clock.failed)
            elif name == UNIT:
                found[name] = {"seconds": [s * scale for s in clock.seconds]}
            elif name == PRODUCTS:
                found[name] = {"seconds": clock.seconds}
            else:
                if not isinstance(clock.first, float):  # and the gradient is let go
                    clock.first = float(np.asarray(clock.first[0]))
                found[name] = {
                    "seconds": clock.seconds,
                    "loss": clock.first,
                    "peak": max(clock.peak.bytes, peaks[name].bytes),
                }
        tell(found)


def memory(job: Mapping[str, Any], framework: Any, tell: Told) -> None:
    """The peak beyond the inputs and the returned gradient, of one contender, after a run with a quarter of the rows."""
    rows, columns, task = job["rows"], job["columns"], job["task"]
    found: dict[str, Any] = {}
    for name, loss in _made(job, framework, found):
        with _caught(found, name):
            framework.prepare(loss, inputs(task, rows // 4, columns), TEMPERATURE, setting=job["setting"])()
            arrays = inputs(task, rows, columns)
            step = framework.prepare(loss, arrays, TEMPERATURE, setting=job["setting"])
            result: list[Any] = []
            with measure.peak() as peak:
                seconds = measure.seconds(lambda step=step, result=result: result.append(step()))
            gradient = sum(a.nbytes for a in arrays)  # a gradient has the size of what it is by
            found[name] = {"peak": max(peak.bytes - gradient, 4096), "gradient": gradient, "seconds": seconds}
    tell(found)


def errors(job: Mapping[str, Any], framework: Any, tell: Told) -> None:
    """Relative errors of loss and gradient in each regime, and the true loss."""
    found: dict[str, Any] = {}
    for name, loss in _made(job, framework, found):
        with _caught(found, name):
            of_regime = {}
            for regime in REGIMES:
                arrays = inputs(job["task"], job["rows"], job["columns"], regime.cosine)
                right, slopes = exact(job["task"], arrays, regime.temperature)
                value, gradients = framework.prepare(loss, arrays, regime.temperature, setting=job["setting"])()
                of_regime[regime.name] = {
                    "true": right,
                    "loss": error([np.asarray(value, np.float64)], [np.asarray(right)]),
                    "gradient": error([np.asarray(g, np.float64) for g in gradients], slopes),
                }
            found[name] = {"errors": of_regime}
    tell(found)


def small(job: Mapping[str, Any], framework: Any, tell: Told) -> None:
    """Small batches: ours and the plain form at each size."""
    found: dict[str, Any] = {}
    for rows, columns in job["sizes"]:
        at = {**job, "rows": rows, "columns": columns, "names": [OURS, PLAIN]}

        def told(times: dict[str, Any], key: str = f"{rows}×{columns}") -> None:
            tell(found | {key: times})
            found[key] = times

        time(at, framework, told)


def losses(job: Mapping[str, Any], framework: Any, tell: Told) -> None:
    """Element-wise and row-wise losses: ours and the framework's own."""
    found: dict[str, Any] = {}
    for name, shape in job["losses"]:
        ours, theirs, called = framework.LOSSES[name]
        key = f"{name} {'×'.join(map(str, shape))}"
        with _caught(found, key):
            arrays = _targets(name, shape)
            clocks = {
                side: measure.Clock(framework.prepare(loss, arrays, setting=job["setting"]))
                for side, loss in (("ours", ours), ("theirs", theirs))
            }
            for clock in clocks.values():
                clock.step()  # torch.compile compiles now
            for _ in measure.Rounds(**job["rounds"]).run(clocks, clocks):
                for clock in clocks.values():
                    if clock.failed:
                        raise clock.failed
            times = {side: clock.seconds for side, clock in clocks.items()}
            found[key] = {"loss": name, "shape": shape, "called": called, **times}
        tell(found)


PARTS = {"what": what, "time": time, "memory": memory, "error": errors, "small": small, "losses": losses}


def _made(job: Mapping[str, Any], framework: Any, found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The job's contenders; one that cannot be imported is found to fail."""
    for name in job["names"]:
        if name == PRODUCTS:
            continue
        with _caught(found, name):
            loss = framework.CONTENDERS[job["task"]][name]()
            yield name, loss


class _caught:
    """What is raised becomes the finding of a contender, and the others go on."""

    def __init__(self, found: dict[str, Any], name: str) -> None:
        self.found, self.name = found, name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, traceback: object) -> bool:
        if not isinstance(value, Exception):
            return False
        self.found[self.name] = _failure(value)
        return True


def _failure(raised: Exception) -> dict[str, str]:
    if isinstance(raised, MemoryError) or any(words in str(raised) for words in NO_MEMORY):
        return {"error": OVER}
    first = (str(raised).strip() or repr(raised)).splitlines()[0]
    return {"error": f"{type(raised).__name__}: {first[:160]}"}


def _targets(name: str, shape: list[int]) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    predictions, targets = rng.standard_normal((2, *shape)).astype(np.float32)
    if name == "binary_cross_entropy_with_logits":
        targets = (targets > 0).astype(np.float32)
    if name == "cross_entropy":
        targets = rng.integers(0, shape[1], shape[0]).astype(np.int32 if "with_torch" not in sys.modules else np.int64)
    return [predictions, targets]


def main(job_text: str, file: str) -> None:
    job = json.loads(job_text)
    if (
        job["part"] == "memory"
    ):  # oneDNN's pool keeps what the first run took, and the second would seem to need nothing
        os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

    def tell(found: dict[str, Any]) -> None:
        Path(f"{file}.new").write_text(json.dumps(found), encoding="utf-8")
        Path(f"{file}.new").replace(file)

    framework = import_module(MODULES[job["setting"]])
    measure.limit_memory(job["bytes"])
    PARTS[job["part"]](job, framework, tell)


if __name__ == "__main__":
    main(*sys.argv[1:])
