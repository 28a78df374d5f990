"""What `isoloss demo` shows: one loss in every framework that is installed, beside the exact answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from rich.markup import escape

from isoloss import __version__
from isoloss.conformance.runners import Result, runner
from isoloss.conformance.suite import installed
from isoloss.conformance.vectors import vectors
from isoloss.conformance.verdict import bounds, judge
from isoloss.generate import TITLES

LOSS, CASE, LEARNED = "simcse", "warm", "embeddings"
"""Six embeddings of four numbers: two views each of three things."""

ENVIRONMENT = {
    "CUDA_VISIBLE_DEVICES": "-1",  # on the CPU: a GPU may multiply float32 matrices in lower precision
    "JAX_PLATFORMS": "cpu",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


def run() -> dict[str, Any]:
    """What each framework gives, in a process of its own, as it is written."""
    exact = vectors(LOSS)[CASE].answers["float32"]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(_judged, frameworks()))
    return {
        "schema": 1,
        "isoloss": __version__,
        "loss": LOSS,
        "settings": vectors(LOSS)[CASE].case.settings,
        "bound": bounds(LOSS, vectors(LOSS)[CASE]),
        "exact": {"value": float(exact.value.exact), "gradient": exact.gradients[LEARNED].exact.tolist()},
        "frameworks": found,
    }


def frameworks() -> list[str]:
    """Those that are installed; of Keras' backends the one that it would take, or else one that is here."""
    found = installed()
    keras = [name for name in found if name.startswith("keras-")]
    wanted = f"keras-{os.environ.get('KERAS_BACKEND', 'tensorflow')}"
    return [name for name in found if name not in keras] + ([wanted] if wanted in keras else keras[:1])


def code(report: Mapping[str, Any]) -> int:
    """0 if all are right, 1 if one is not, 2 if one could not be run."""
    status = {framework["status"] for framework in report["frameworks"]}
    return 2 if "not run" in status else 1 if "failed" in status else 0


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """The report in rich markup."""
    settings = ", ".join(f"{name}={value!r}" for name, value in report["settings"].items())
    call = f"{report['loss']}({LEARNED}, {settings})"
    yield f"{call}, float32: two views each of three things\n"
    yield f"[bold]{'':19}  {'value':>12}  {f'gradient of {LEARNED}[0, 0]':>28}  off by (ulps)"
    yield _line("exact", report["exact"])
    for framework in report["frameworks"]:
        if framework["status"] == "not run":
            yield f"{framework['name']:19}  [red]{escape(framework['fault'])}"
            continue
        style = "green" if framework["status"] == "passed" else "red"
        ulps = " and ".join(f"{ulps:.2f}" for ulps in framework["ulps"] if ulps is not None)
        yield f"{_line(framework['name'], framework)}  [{style}]{ulps}[/]"
    ran = [framework for framework in report["frameworks"] if framework["status"] != "not run"]
    wrong = [framework["name"] for framework in ran if framework["status"] == "failed"]
    value, gradient = report["bound"]
    yield "\n" + (
        f"[red]Not the same loss: {', '.join(wrong)}[/]"
        if wrong
        else f"The same loss in all: within {value} ulps of the exact value, {gradient} of the gradient."
    )
    yield "Ulps are steps between float32 numbers, here divided by the number's condition.\n\nIn code"
    for framework in ran:
        yield f"  isoloss.{framework['module']}.{call}"
    if len(ran) == 1:
        yield escape("\nNo other framework is installed: pip install 'isoloss[all]' for all of them.")
    yield "\nMore: isoloss list (all losses), isoloss show LOSS (all about one)"


def _line(name: str, numbers: Mapping[str, Any]) -> str:
    gradient = f"{numbers['gradient'][0][0]:.9f}" if numbers["gradient"] else "none in NumPy"
    return f"{name:19}  {numbers['value']:12.9f}  {gradient:>28}"


def _judged(framework: str) -> dict[str, Any]:
    module, _, under = framework.partition("-")
    found = {"module": module, "name": TITLES[module] + (f" on {TITLES[under]}" if under else "")}
    done = subprocess.run(
        [sys.executable, "-m", "isoloss.conformance.demo", module],
        env={**os.environ, **ENVIRONMENT, **({"KERAS_BACKEND": under} if under else {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return found | {"status": "not run", "fault": (done.stderr.strip().splitlines() or ["it said nothing"])[-1]}
    numbers = json.loads(done.stdout.splitlines()[-1])
    gradients = {LEARNED: np.array(numbers["gradient"])} if numbers["gradient"] else {}
    result = Result(np.array(numbers["value"]), gradients, numbers["dtype"], "cpu")
    verdict = judge(LOSS, vectors(LOSS)[CASE], result, dtype="float32")
    return {
        **found,
        "status": "failed" if verdict.fault else "passed",
        "fault": verdict.fault,
        "value": numbers["value"],
        "gradient": numbers["gradient"],
        "ulps": (verdict.value, verdict.gradient),
    }


def _numbers(module: str) -> str:
    """What a framework gives in this process."""
    result = runner(module).run(LOSS, vectors(LOSS)[CASE].case)
    gradient = result.gradients[LEARNED].tolist() if result.gradients else None
    return json.dumps({"value": float(result.value), "gradient": gradient, "dtype": result.dtype})


if __name__ == "__main__":
    print(_numbers(sys.argv[1]))
