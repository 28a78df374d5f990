"""The conformance suite: every case of every loss, run in a framework's modes and dtypes and judged.

`run` does so in processes of their own for each framework, and yields what became of each task.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from multiprocessing.reduction import DupFd
from typing import Any, cast

import numpy as np

from isoloss.conformance.cases.case import Refusal
from isoloss.conformance.runners import quickest, runner
from isoloss.conformance.runners.adapter import Adapted, NotOffered, load
from isoloss.conformance.vectors import Vector, refusals, vectors
from isoloss.conformance.verdict import bounds, judge
from isoloss.losses import LOSSES

DTYPES = ("float32", "float64", "float16", "bfloat16")

BACKENDS = {  # the distributions that each stands on
    "numpy": ("numpy",),
    "torch": ("torch",),
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "jax": ("jax", "jaxlib"),
    "keras-torch": ("keras", "torch"),
    "keras-tensorflow": ("keras", "tensorflow", "tensorflow-cpu"),
    "keras-jax": ("keras", "jax", "jaxlib"),
    "strict": ("array-api-strict",),
}

BLOCKED = ", blocked"
"""How the cases of the blocked form of a loss end."""

AT_A_TIME = 500
"""Tasks of one process. What XLA compiles stays until a process ends, and all of it is more than Linux maps for one."""

EVERY_NUMBER = "every number"
"""The case of `exhaustive`."""


@dataclass(frozen=True)
class Choice:
    """What to run; nothing chosen means all there is."""

    losses: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    device: str = "cpu"
    exhaustive: bool = False  # every number of 16 bits, for the losses of one scalar: takes mpmath and minutes


@dataclass(frozen=True)
class Task:
    """A case in one mode and dtype."""

    loss: str
    case: str
    kind: str  # "typical", "degenerate", "refusal" or "exhaustive"
    mode: str
    dtype: str


@dataclass(frozen=True)
class Outcome:
    """What became of a task. `value` and `gradient` are the worst distances, as in `Verdict`."""

    task: Task
    regime: str
    status: str  # "passed", "failed", "not judged": its input determines no number well enough, "not offered"
    bound: tuple[float, float] = (0.0, 0.0)
    fault: str = ""
    value: float = 0.0
    gradient: float | None = None
    judged: int = 0
    numbers: int = 0
    finite: bool = True
    close: bool = True
    histogram: tuple[int, ...] = (0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Started:
    """A backend has been loaded: what ran, and how many tasks there are."""

    backend: str
    device: str
    modes: tuple[str, ...]
    versions: dict[str, str]
    tasks: int
    platform: str
    processor: str


@dataclass(frozen=True)
class Ended:
    """A backend is through."""

    backend: str
    seconds: float


@dataclass(frozen=True)
class Broken:
    """A backend could not be loaded, or its process died."""

    backend: str
    reason: str


Event = Started | Task | Outcome | Ended | Broken


def installed() -> list[str]:
    """The frameworks that are here."""
    return [name for name in BACKENDS if name != "strict" and all(map(find_spec, name.split("-")))]


def run(backend: str, choice: Choice) -> Iterator[Event]:
    """Run a backend, or an adapter given as module:function, in processes of its own, one after the other.

    Each task comes before its outcomes, so that one knows what a process died of. What it prints is shown only then.
    """
    begin = time.perf_counter()
    first, number = 0, 1
    while first < number:
        for event in _in_a_process(backend, choice, slice(first, first + AT_A_TIME)):
            if isinstance(event, Started):
                number = event.tasks
            if not (isinstance(event, Ended) or (isinstance(event, Started) and first)):
                yield event
            if isinstance(event, Broken):
                return
        first += AT_A_TIME
    yield Ended(backend, time.perf_counter() - begin)


def _in_a_process(backend: str, choice: Choice, some: slice) -> Iterator[Event]:
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    with tempfile.TemporaryFile() as log:
        process = context.Process(target=_serve, args=(sender, DupFd(log.fileno()), backend, choice, some))
        process.start()
        sender.close()
        event: Event | None = None
        try:
            while not isinstance(event, Ended | Broken):
                event = cast(Event, receiver.recv())
                yield event
        except EOFError:
            process.join()
            yield Broken(backend, f"its process ended with code {process.exitcode}{_where(event)}{_last_line(log)}")
        finally:
            process.terminate()
            process.join()


def _serve(sender: Any, log: Any, backend: str, choice: Choice, some: slice) -> None:
    descriptor = log.detach()
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    for event in events(backend, choice, some):
        sender.send(event)


def _where(doing: Event | None) -> str:
    if isinstance(doing, Task | Outcome):
        task = doing if isinstance(doing, Task) else doing.task
        return f" in {task.loss}, case {task.case!r}, {task.mode}, {task.dtype}"
    return ""


def _last_line(log: Any) -> str:
    log.seek(0)
    said = log.read().decode(errors="replace").strip().splitlines()
    return f": {said[-1]}" if said else ""


def events(backend: str, choice: Choice, some: slice = slice(None)) -> Iterator[Event]:
    """The same, or some of the tasks, in this process."""
    begin = time.perf_counter()
    try:
        module = _runner(backend)
    except (ImportError, AttributeError, ValueError) as error:
        yield Broken(backend, f"{type(error).__name__}: {error}")
        return
    todo = list(tasks(module, choice))
    modes = tuple(dict.fromkeys(task.mode for task in todo))
    system = platform.platform(), platform.machine()
    yield Started(backend, choice.device, modes, _versions(backend), len(todo), *system)
    for task in todo[some]:
        yield task
        yield from outcomes(module, task, choice.device)
    yield Ended(backend, time.perf_counter() - begin)


def tasks(module: Any, choice: Choice) -> Iterator[Task]:
    """What a runner has to run: typical cases in all modes and dtypes, degenerate ones in all modes, in float32.

    Cases that are not core have answers for inputs of float32 and float64 alone. Modes that compile for seconds run the
    core ones, in float32; refusals run in the first mode and the first compiled one, every number of 16 bits in the
    quickest.
    """
    modes = [mode for mode in module.MODES if not choice.modes or mode in choice.modes]
    dtypes = choice.dtypes or DTYPES
    found: list[Task] = []
    for loss in choice.losses or LOSSES:
        for mode in modes:
            for name, vector in (vectors if isinstance(module, Adapted) else both_forms)(loss).items():
                answered = [d for d in dtypes if d in vector.answers or (d == "float64" and vector.kind == "typical")]
                if mode in module.SLOW:
                    answered = [d for d in answered if vector.case.core and d == "float32"]
                found += [Task(loss, name, vector.kind, mode, dtype) for dtype in answered]
            if "float32" in dtypes and mode in (*module.MODES[:1], *module.COMPILED[:1]):
                found += [Task(loss, refusal.id, "refusal", mode, "float32") for refusal in refusals(loss)]
        if choice.exhaustive and quickest(module) in modes:
            from isoloss.conformance import exhaustive

            if loss in exhaustive.VARIANTS:
                wanted = [dtype for dtype in exhaustive.DTYPES if dtype in dtypes]
                found += [Task(loss, EVERY_NUMBER, "exhaustive", quickest(module), dtype) for dtype in wanted]
    yield from (task for task in found if not choice.cases or task.case in choice.cases)


def outcomes(module: Any, task: Task, device: str = "cpu") -> Iterator[Outcome]:
    """Run a task and judge what comes."""
    if task.kind == "refusal":
        yield _refused(module, task, _refusals(task.loss)[task.case], device)
    elif task.kind == "exhaustive":
        from isoloss.conformance.exhaustive import exhaustive

        for vector in exhaustive(task.loss, task.dtype):
            yield _judged(module, replace(task, case=vector.case.id), vector, device)
    else:
        yield _judged(module, task, both_forms(task.loss)[task.case], device)


@cache
def both_forms(loss: str) -> dict[str, Vector]:
    """The vectors of a loss, and once more with method="blocked" if it has that: of itself it takes so few rows dense."""
    found = dict(vectors(loss))
    if any(setting.name == "method" for setting in LOSSES[loss].settings):
        for name, vector in vectors(loss).items():
            case = replace(vector.case, settings={**vector.case.settings, "method": "blocked"})
            found[name + BLOCKED] = replace(vector, case=case)
    return found


def _judged(module: Any, task: Task, vector: Vector, device: str) -> Outcome:
    regime, bound = vector.case.regime, bounds(task.loss, vector)
    try:
        result = module.run(task.loss, vector.case, mode=task.mode, dtype=task.dtype, device=device)
    except NotOffered:
        return Outcome(task, regime, "not offered")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is no answer
        return Outcome(task, regime, "failed", bound, _sentence(error), np.inf, finite=False, close=False)
    found = judge(task.loss, vector, result, dtype=task.dtype, device=device)
    status = "failed" if found.fault else "passed" if found.judged else "not judged"
    return Outcome(task, regime, status, bound, **vars(found))


def _refused(module: Any, task: Task, refusal: Refusal, device: str) -> Outcome:
    """Passed if the call raises or, where only the run can know, gives NaN."""
    try:
        result = module.run(task.loss, refusal.case, mode=task.mode, dtype=task.dtype, device=device)
    except NotOffered:
        return Outcome(task, "refusal", "not offered")
    except Exception:  # noqa: BLE001 - in a mode that compiles, an error may be of any type
        return Outcome(task, "refusal", "passed")
    # a compiler may leave sizes open, which the run alone knows
    if np.isnan(result.value).any() and (refusal.at_run or task.mode in module.COMPILED):
        return Outcome(task, "refusal", "passed")
    fault = f"accepted, and gave {result.value.ravel()[:4].tolist()}"
    return Outcome(task, "refusal", "failed", fault=fault, finite=False, close=False)


@cache
def _refusals(loss: str) -> dict[str, Refusal]:
    return {refusal.id: refusal for refusal in refusals(loss)}


def _sentence(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"


def _runner(backend: str) -> Any:
    if ":" in backend:
        return Adapted(load(backend))
    name, _, under = backend.partition("-")
    if under:
        os.environ["KERAS_BACKEND"] = under
    return runner(name)


def _versions(backend: str) -> dict[str, str]:
    found = {"python": platform.python_version(), "isoloss": version("isoloss"), "numpy": version("numpy")}
    for distribution in BACKENDS.get(backend, ()):
        try:
            found[distribution] = version(distribution)
        except PackageNotFoundError:
            continue
    return found
