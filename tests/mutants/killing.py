"""Whether the suite kills a mutant: its file is put in the place of the package's own, and the tests are run.

Each mutant has a process, forked from one that has imported what takes long, and there imports the rest of isoloss anew.
"""

from __future__ import annotations

import gc
import importlib.abc
import importlib.util
import multiprocessing
import signal
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import ModuleType
from typing import Any

from making import Mutant
from suite import calls

WORKERS = 2
SECONDS = 60  # of processor time, so that a busy machine kills nothing; what takes more never ends

KEPT = ("isoloss.conformance.cases", "isoloss.conformance.vectors", "isoloss.conformance.ulp")
"""What knows no spec, and need not be imported anew."""


@dataclass(frozen=True)
class Outcome:
    """What the suite said of a mutant."""

    mutant: Mutant
    test: str  # the one that failed; "" if none did
    how: str  # "wrong": an assertion failed; "error": something was raised; "time": it never ended
    detail: str

    @property
    def killed(self) -> bool:
        return bool(self.test)


class _Instead(importlib.abc.SourceLoader, importlib.abc.MetaPathFinder):
    """Loads one module from a text."""

    def __init__(self, module: str, source: str) -> None:
        self._module, self._source = module, source

    def find_spec(self, fullname: str, path: Any = None, target: ModuleType | None = None) -> Any:
        return importlib.util.spec_from_loader(fullname, self) if fullname == self._module else None

    def get_filename(self, fullname: str) -> str:
        return f"<mutant of {fullname}>"

    def get_data(self, path: Any) -> bytes:
        return self._source.encode()


def outcomes(mutants: Iterable[Mutant]) -> Iterator[Outcome]:
    """The outcome of each mutant, as they come."""
    _prepare()
    fork = multiprocessing.get_context("fork")
    left, running = list(reversed(list(mutants))), {}
    while left or running:
        while left and len(running) < WORKERS:
            mutant = left.pop()
            ours, theirs = fork.Pipe(duplex=False)
            process = fork.Process(target=_judge, args=(mutant, theirs), daemon=True)
            process.start()
            theirs.close()
            running[ours] = mutant, process
        for ours in wait(list(running)):
            assert isinstance(ours, Connection)
            mutant, process = running.pop(ours)
            try:
                found = ours.recv()
            except EOFError:  # it ended without a word
                process.join()
                how = "time" if process.exitcode == -signal.SIGPROF else "error"
                found = ("the process", how, f"it ended with exit code {process.exitcode}")
            process.join()
            yield Outcome(mutant, *found)


def _prepare() -> None:
    import array_api_compat.torch  # noqa: F401
    import ml_dtypes  # noqa: F401
    import torch

    from isoloss.conformance.cases import CASES
    from isoloss.conformance.vectors import vectors

    torch.set_num_threads(1)
    for loss in CASES:
        vectors(loss)
    gc.freeze()


def _judge(mutant: Mutant, answer: Connection) -> None:
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    for name in [name for name in sys.modules if name.partition(".")[0] == "isoloss" and not name.startswith(KEPT)]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Instead(mutant.module, mutant.source))
    answer.send(verdict(mutant.losses))


def verdict(losses: Sequence[str]) -> tuple[str, str, str]:
    """The first test of these losses that fails, how, and the last line of why; nothing if none does."""
    name = "import isoloss"
    try:
        for name, call in calls(losses):  # noqa: B007 - it is wanted afterwards
            call()
    except BaseException as error:  # noqa: BLE001 - whatever it is, pytest's failures too, it kills
        how = "wrong" if isinstance(error, AssertionError) or "pytest" in type(error).__module__ else "error"
        return name, how, traceback.format_exception_only(error)[-1].strip().partition("\n")[0]
    return "", "", ""
