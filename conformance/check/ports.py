"""Somebody's function, a port of a loss, in a process of its own: what it gives for each case.

`serve` is what that process runs. It writes records to a file, one after the other, so that those before a crash remain;
whatever the port prints goes nowhere.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import pickle
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from isoloss.adapter import REDUCTIONS, signature
from isoloss.conformance.cases.case import Case
from isoloss.conformance.check.signatures import KERAS_REDUCTIONS, Match, Unmatched, match, nearest, parameters
from isoloss.conformance.runners.adapter import arguments
from isoloss.conformance.vectors import vectors
from isoloss.losses import LOSSES
from isoloss.losses.declaration import Loss

Array = np.ndarray[Any, np.dtype[Any]]
Port = Callable[[Mapping[str, Any]], Any]  # of the loss's arguments, by name


# ------------------------------------------------------------------------- records


@dataclass(frozen=True)
class Job:
    """What is to be run."""

    file: str
    function: str
    loss: str
    backend: str
    mapping: dict[str, str]


@dataclass(frozen=True)
class Ready:
    """The framework is there, and the port's time begins."""


@dataclass(frozen=True)
class Stopped:
    """It cannot be run, and why."""

    sentence: str


@dataclass(frozen=True)
class Matched:
    """Which argument of the port is which of the loss's."""

    taken: dict[str, str]
    defaults: dict[str, str]  # of those that have one, as they are written
    idle: dict[str, str]
    reductions: tuple[str, ...]  # that it offers by an argument
    refused: dict[str, str]  # reductions that its argument does not take, and what it says to them


@dataclass(frozen=True)
class Started:
    """A case is run."""

    case: str


@dataclass(frozen=True)
class LeftOut:
    """A case that the port cannot be asked, for want of an argument."""

    case: str
    argument: str


@dataclass(frozen=True)
class Ran:
    """What the port gave for a case."""

    case: str
    reduction: str  # that it was asked for; "" if it has no argument for that
    value: Array | None = None
    gradients: dict[str, Array] | None = None  # None: there are none to be had
    fault: str = ""  # why there is no value
    gradient_fault: str = ""
    double: Ran | None = None  # the same in float64, if the port takes that


@dataclass(frozen=True)
class Finished:
    """Every case has been run."""


Record = Ready | Stopped | Matched | Started | LeftOut | Ran | Finished


def records(path: Path) -> Iterator[Record]:
    """The records that have been written so far."""
    with path.open("rb") as file:
        while True:
            try:
                yield pickle.load(file)
            except (EOFError, pickle.UnpicklingError):  # the last one may be half written
                return


# ----------------------------------------------------------------------- the process


def serve(job_file: str, path: str) -> None:
    """Run the job that a file holds, and write records to another."""
    with Path(path).open("ab", buffering=0) as file:

        def tell(record: Record) -> None:
            file.write(pickle.dumps(record))

        try:
            job = pickle.loads(Path(job_file).read_bytes())
            runner = framework(job.backend)
            tell(Ready())
            for record in run(job, runner, *_load(job)):
                tell(record)
        except Unmatched as error:
            tell(Stopped(str(error)))
        tell(Finished())
    os._exit(0)  # threads and exit handlers that the port has left behind have no say


def run(job: Job, runner: Framework, make: Callable[..., Any] | None, function: Any) -> Iterator[Record]:
    """Run a port on every case of its loss; `make` is its class, if it is one.

    Raises:
        Unmatched: if its arguments are not those of the loss.
    """
    loss = LOSSES[job.loss]
    matched = match([*_settings(make), *parameters(_callable(function))], loss, job.mapping)
    port = partial(matched.call, make, function)
    cases = {name: vector.case for name, vector in vectors(loss.name).items()}
    asked = {name: _asked(loss, case, matched) for name, case in cases.items()}
    offered, refused = _reductions(loss, matched, runner, port, asked)
    yield Matched(
        {n: p.name for n, p in matched.taken.items()},
        {n: repr(p.default) for n, p in matched.taken.items() if not p.required},
        {p.name: "nothing (None)" if p.required else _written(p.default) for p in matched.idle},
        tuple(offered),
        refused,
    )
    learned = [a.name for a in loss.arguments if a.predicted]
    for name, given in asked.items():
        if isinstance(given, str):
            yield LeftOut(name, given)
            continue
        yield Started(name)
        wanted = cases[name].options.get("reduction", "mean")
        reduction = wanted if wanted in offered else next(iter(offered), "")
        given = given | ({"reduction": offered[reduction]} if reduction else {})
        predicted = [n for n in learned if n in given]
        found = _case(job, name, reduction, runner, port, given, predicted)
        if found.value is not None:
            doubled = {n: x.astype(np.float64) if _real(x) else x for n, x in given.items()}
            double = _case(job, name, reduction, runner, port, doubled, predicted)
            if double.value is not None and not double.gradient_fault:
                found = replace(found, double=double)
        yield found


def _first_line(error: BaseException) -> str:
    message = (str(error).strip().splitlines() or [""])[0]
    message = message if len(message) <= 160 else message[:157] + "..."
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _written(default: Any) -> str:
    found = repr(default)
    return found if len(found) <= 40 else found[:37] + "..."


def _said(error: BaseException, file: str) -> str:
    """An exception in a sentence, with the last line of the port's file that it came from."""
    if isinstance(error, SystemExit):
        found = f"ended the program: sys.exit({error.code!r})"
    else:
        found = f"raised {_first_line(error)}"
    frames = traceback.extract_tb(error.__traceback__)
    line = next((f.lineno for f in reversed(frames) if os.path.realpath(f.filename) == os.path.realpath(file)), None)
    return found + (f" (line {line} of {os.path.basename(file)})" if line else "")


# -------------------------------------------------------------------------- the port


def _load(job: Job) -> tuple[Callable[..., Any] | None, Any]:
    """The class, if it is one, and the function or an instance.

    Raises:
        Unmatched: if there is none.
    """
    # its own folder and the current one hold what it may import
    sys.path[:0] = [str(Path(job.file).resolve().parent), os.getcwd()]
    spec = importlib.util.spec_from_file_location("_port", job.file)
    if spec is None or spec.loader is None:
        raise Unmatched(f"{job.file} is no Python file: its name must end in .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules["_port"] = module
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        where = f"line {error.lineno} of {os.path.basename(error.filename or job.file)}"
        raise Unmatched(f"The file is no valid Python: {error.msg} ({where}).") from error
    except BaseException as error:
        raise Unmatched(f"The file could not be loaded: it {_said(error, job.file)}.") from error
    function = vars(module).get(job.function)
    if not callable(function):
        if function is not None:
            raise Unmatched(f"{job.function} in {job.file} is no function: it is {_written(function)}.")
        own = [n for n, x in vars(module).items() if getattr(x, "__module__", "") == "_port" and callable(x)]
        raise Unmatched(f"{job.file} has no function {job.function!r}{nearest(job.function, own) if own else '.'}")
    if not inspect.isclass(function):
        return None, function
    try:
        return function, function()
    except BaseException as error:
        raise Unmatched(
            f"The class {job.function} cannot be made without arguments: it {_said(error, job.file)}."
        ) from error


def _settings(make: Callable[..., Any] | None) -> list[Any]:
    """What may be set where an instance is made."""
    if make is None:
        return []
    try:
        return parameters(make, of_class=True)
    except Unmatched:
        return []


def _callable(function: Any) -> Any:
    """What holds the names of the arguments: a module's or Keras loss's `__call__` takes anything."""
    for name in ("forward", "call"):
        if not inspect.isfunction(function) and callable(method := getattr(function, name, None)):
            return method
    return function


def _asked(loss: Loss, case: Case, matched: Match) -> dict[str, Any] | str:
    """What the port is given for a case, by our names; or the name of what it would need an argument for."""
    inputs, settings = arguments(loss.name, case, "float32")
    shape = values_shape(loss, case)
    defaults = {n: p.default for n, p in signature(loss).parameters.items()}
    integers = {a.name for a in loss.arguments if a.integer}
    found: dict[str, Any] = {}
    for name, x in (inputs | settings).items():
        if name == "reduction":
            continue
        if name not in matched.taken:
            if x is not None and x is not defaults[name] and not _equal(x, defaults[name]):
                return name
            continue
        if name in ("where", "weights") and x is not None:  # over all of the values
            x = np.broadcast_to(np.reshape(x, np.shape(x) + (1,) * (len(shape) - np.ndim(x))), shape).copy()
        if name in {s.name for s in loss.settings} and isinstance(x, np.ndarray):
            x = float(x)  # a learned setting, at its value
        if isinstance(x, np.ndarray) and x.dtype.kind in "iu" and name not in integers:
            x = x.astype(np.float32)
        if x is not None:
            found[name] = x
    for name, parameter in matched.taken.items():
        if parameter.required and name not in found and name != "reduction":
            if (neutral := _neutral(loss, case, name, shape)) is None:
                return name
            found[name] = neutral
    return found


def _real(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype.kind == "f"


def _equal(x: Any, default: Any) -> bool:
    return not isinstance(x, np.ndarray) and x == default


def _neutral(loss: Loss, case: Case, name: str, shape: tuple[int, ...]) -> Array | None:
    """What an argument that the case does not give, and the port insists on, says nothing by."""
    if name == "where":
        return np.ones(shape, bool)
    if name in ("weights", "target"):
        return np.ones(shape, np.float32)
    if name == "class_weights":
        scores = case.inputs[loss.inputs[0].name]
        return np.ones(scores.shape[case.options.get("axis", -1)], np.float32)
    return None


def values_shape(loss: Loss, case: Case) -> tuple[int, ...]:
    """The shape of a loss's values, of what `where` and `weights` are about."""
    leader = loss.leaders[0]
    x = np.asarray(case.inputs[leader.name])
    if not leader.open:
        return (len(x) // loss.rows_each(leader),)
    if len(leader.dimensions) > 1:
        x = np.moveaxis(x, case.options.get("axis", -1), -1)
    return x.shape[: x.ndim - len(leader.dimensions) + 1]


def _reductions(
    loss: Loss, matched: Match, runner: Framework, port: Port, asked: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The reductions that the port's argument takes, by our names, and what it says to the others."""
    parameter = matched.taken.get("reduction")
    probe = next((given for given in asked.values() if not isinstance(given, str)), None)
    if parameter is None or probe is None:
        return {}, {}
    keras = parameter.default == KERAS_REDUCTIONS["mean"]
    theirs: dict[str, Any] = KERAS_REDUCTIONS if keras else {n: n for n in REDUCTIONS}
    offered, refused = {}, {}
    for name, word in theirs.items():
        if name != "mean" and loss.one_number:
            continue
        try:
            runner.value(port, probe | {"reduction": word})
            offered[name] = word
        except BaseException as error:  # noqa: BLE001  # whatever a port does
            refused[name] = _first_line(error)
    return (offered, refused) if offered else ({"mean": theirs["mean"]}, {})


def _case(
    job: Job, name: str, reduction: str, runner: Framework, port: Port, given: dict[str, Any], learned: list[str]
) -> Ran:
    try:
        value, kept = runner.value(port, given, learned)
    except BaseException as error:  # noqa: BLE001
        return Ran(name, reduction, fault=f"it {_said(error, job.file)}")
    try:
        numbers = runner.numbers(value)
    except (TypeError, ValueError, AttributeError):
        what = "None" if value is None else f"{_article(type(value).__name__)} ({_written(value)})"
        return Ran(name, reduction, fault=f"it returned {what} where a number or an array was expected")
    if runner.gradients is None or not learned:
        return Ran(name, reduction, numbers)
    try:
        gradients = runner.gradients(port, given, learned, value, kept)
    except BaseException as error:  # noqa: BLE001
        return Ran(name, reduction, numbers, gradient_fault=f"it {_said(error, job.file)}")
    # what the value is not connected to has no slope
    found = {n: np.zeros(np.shape(given[n])) if g is None else g for n, g in gradients.items()}
    return Ran(name, reduction, numbers, found)


def _article(name: str) -> str:
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


# -------------------------------------------------------------------- the frameworks


class Framework(Protocol):
    """What runs a port in a framework."""

    def value(self, port: Port, given: Mapping[str, Any], learned: list[str] | None = None) -> tuple[Any, Any]:
        """What a port returns for arguments of the loss, and what `gradients` needs for those that are learned."""
        ...

    def numbers(self, value: Any) -> Array:
        """The numbers in what a port returned. Raises if there are none."""
        ...

    @property
    def gradients(self) -> Callable[..., dict[str, Array | None]] | None:
        """Those of the value's sum, None for one that it is not connected to; None: the framework has none."""
        ...


def framework(name: str) -> Framework:
    """What runs a port in a framework; Keras' ports get arrays of what Keras runs on.

    Raises:
        Unmatched: if the framework cannot be imported.
    """
    try:
        if name == "keras":
            return framework(importlib.import_module("keras").config.backend())
        kinds: dict[str, Callable[[], Framework]] = {
            "torch": _Torch,
            "tensorflow": _TensorFlow,
            "jax": _JAX,
            "numpy": _NumPy,
        }
        return kinds[name]()
    except ImportError as error:
        raise Unmatched(f"{name} cannot be imported: {_first_line(error)}.") from error


class _NumPy:
    gradients = None

    def value(self, port: Port, given: Mapping[str, Any], learned: list[str] | None = None) -> tuple[Any, Any]:
        with np.errstate(all="ignore"):
            return port({n: x.copy() if isinstance(x, np.ndarray) else x for n, x in given.items()}), None

    def numbers(self, value: Any) -> Array:
        if value is None or np.asarray(value).dtype.kind not in "fiu" or isinstance(value, (list, tuple)):
            raise TypeError
        return np.asarray(value, np.float64)


class _Torch:
    def __init__(self) -> None:
        self._torch: ModuleType = importlib.import_module("torch")

    def value(self, port: Port, given: Mapping[str, Any], learned: list[str] | None = None) -> tuple[Any, Any]:
        tensors = {n: self._torch.tensor(_numbers(x)) if isinstance(x, np.ndarray) else x for n, x in given.items()}
        leaves = {n: tensors[n].requires_grad_() for n in learned or ()}
        # what a port does to its arguments in place is not done to leaves
        return port(tensors | {n: x.view_as(x) for n, x in leaves.items()}), leaves

    def numbers(self, value: Any) -> Array:
        if isinstance(value, (int, float, np.ndarray, np.generic)):
            return _NumPy().numbers(value)
        return value.detach().double().cpu().numpy()

    def gradients(
        self, port: Port, given: Mapping[str, Any], learned: list[str], value: Any, leaves: Any
    ) -> dict[str, Array | None]:
        if not getattr(value, "requires_grad", False):
            return dict.fromkeys(learned)
        found = self._torch.autograd.grad(value.sum(), list(leaves.values()), allow_unused=True)
        return {n: None if g is None else g.double().numpy() for n, g in zip(leaves, found, strict=True)}


class _TensorFlow:
    def __init__(self) -> None:
        self._tf: Any = importlib.import_module("tensorflow")

    def value(self, port: Port, given: Mapping[str, Any], learned: list[str] | None = None) -> tuple[Any, Any]:
        tensors = {n: self._tf.constant(_numbers(x)) if isinstance(x, np.ndarray) else x for n, x in given.items()}
        leaves = {n: tensors[n] for n in learned or ()}
        with self._tf.GradientTape() as tape:
            tape.watch(leaves)
            value = port(tensors)
            total = self._tf.reduce_sum(value) if self._tf.is_tensor(value) else None
        return value, (tape, total, leaves)

    def numbers(self, value: Any) -> Array:
        return _NumPy().numbers(value.numpy() if self._tf.is_tensor(value) else value)

    def gradients(
        self, port: Port, given: Mapping[str, Any], learned: list[str], value: Any, kept: Any
    ) -> dict[str, Array | None]:
        tape, total, leaves = kept
        if total is None:
            return dict.fromkeys(learned)
        found = tape.gradient(total, leaves)
        return {n: None if g is None else np.asarray(self._tf.convert_to_tensor(g), float) for n, g in found.items()}


class _JAX:
    def __init__(self) -> None:
        self._jax: Any = importlib.import_module("jax")
        self._jax.config.update("jax_enable_x64", True)  # a port is asked in float64 too

    def _arrays(self, given: Mapping[str, Any]) -> dict[str, Any]:
        numbers = {n: _numbers(x, np.int32) if isinstance(x, np.ndarray) else x for n, x in given.items()}
        return {n: self._jax.numpy.asarray(x) if isinstance(x, np.ndarray) else x for n, x in numbers.items()}

    def value(self, port: Port, given: Mapping[str, Any], learned: list[str] | None = None) -> tuple[Any, Any]:
        return self._quickly(port, self._arrays(given)), None

    def _quickly(self, function: Callable[[dict[str, Any]], Any], given: dict[str, Any]) -> Any:
        """Compiled as a whole, which takes less time than operation by operation, if the port can be."""
        fixed = {n: x for n, x in given.items() if not isinstance(x, self._jax.Array)}
        try:
            return self._jax.jit(lambda arrays: function(fixed | arrays))(
                {n: x for n, x in given.items() if n not in fixed}
            )
        except Exception:  # noqa: BLE001  # what is wrong with the port itself is raised here
            return function(given)

    def numbers(self, value: Any) -> Array:
        return _NumPy().numbers(np.asarray(value) if isinstance(value, self._jax.Array) else value)

    def gradients(
        self, port: Port, given: Mapping[str, Any], learned: list[str], value: Any, kept: Any
    ) -> dict[str, Array | None]:
        if not isinstance(value, self._jax.Array):
            return dict.fromkeys(learned)

        def slopes(given: dict[str, Any]) -> Any:
            leaves = {n: given[n] for n in learned}
            return self._jax.grad(lambda leaves: port(given | leaves).sum())(leaves)

        found = self._quickly(slopes, self._arrays(given))
        return {n: np.asarray(g, np.float64) for n, g in found.items()}


def _numbers(x: Array, integer: Any = np.int64) -> Array:
    """Real numbers as they are, integers as the framework's own."""
    return x.astype(integer) if x.dtype.kind in "iu" else x
