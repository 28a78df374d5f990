"""How time and memory are measured: one pinned thread, processor time, the peak of resident memory."""

from __future__ import annotations

import ctypes
import gc
import math
import os
import platform
import resource
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

Step = Callable[[], Any]
"""Runs once what is measured, and returns when its results are there."""

ENVIRONMENT = {  # of a process that measures, before it imports a framework
    "CUDA_VISIBLE_DEVICES": "-1",
    "JAX_PLATFORMS": "cpu",
    "KERAS_BACKEND": "tensorflow",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}
LEAST = 0.02  # seconds that one timing lasts: short steps are repeated
FEW = 4  # steps tell how long one takes; of each timing one step in so many runs before it, uncounted
LARGEST = 16384  # rows of a bare product; for more of them its time grows with the operations


def pin() -> None:
    """Keep this process on one core, the first of those it may use."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def processor() -> str:
    """Its name."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((x.partition(":")[2].strip() for x in lines if x.startswith("model name")), platform.machine())


def status(key: str) -> int:
    """A line of /proc/self/status, in bytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{key}:"))


def limit_memory(more: float) -> None:
    """An allocation of more bytes than this beyond what the process has fails, before the machine is out of memory."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (status("VmData") + int(more), hard))


@dataclass
class Peak:
    """By how much resident memory rose, at its highest, above what it was before."""

    bytes: int = 0


@contextmanager
def peak() -> Iterator[Peak]:
    """Measure the peak of the block."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what is free is given back, or the block would use it unseen
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts from here
    found, before = Peak(), status("VmRSS")
    yield found
    found.bytes = status("VmHWM") - before


def seconds(step: Step, times: int = 1) -> float:
    """Processor time of a step, of all threads, in the mean of some."""
    began = time.process_time()
    for _ in range(times):
        step()
    return (time.process_time() - began) / times


@dataclass
class Clock:
    """The timings of one step: each of as many repetitions as make it long enough. Its first run tells the peak."""

    step: Step
    times: int = 0
    spent: float = 0.0
    seconds: list[float] = field(default_factory=list)
    first: Any = None
    peak: Peak = field(default_factory=Peak)
    failed: Exception | None = None

    def run(self) -> None:
        """One timing more. What is raised is kept, and there are no further timings."""
        try:
            if not self.times:
                with peak() as self.peak:
                    began = time.process_time()
                    self.first = self.step()
                    once = time.process_time() - began
                self.spent += once
                if once >= LEAST:
                    self.times = 1
                    self.seconds.append(once)
                    return
                once = seconds(self.step, FEW)  # the first run of all takes longer
                self.times = math.ceil(LEAST / max(once, 1e-6))
            if self.times > 1:
                seconds(self.step, math.ceil(self.times / FEW))  # another step or gc.collect left the caches cold
            self.seconds.append(seconds(self.step, self.times))
            self.spent += self.seconds[-1] * self.times
        except Exception as raised:  # noqa: BLE001 - whatever the library raises
            self.failed = raised


@dataclass(frozen=True)
class Rounds:
    """How often steps are timed: all of them in each round, one after another, so that a slow minute hits all alike.

    A step that has had its share of time is left out of later rounds, but those at the head go on for `at_least`.
    """

    at_least: int
    at_most: int
    share: float  # seconds

    def run(self, clocks: Mapping[str, Clock], heads: Collection[str]) -> Iterator[None]:
        """Stops after each round."""
        gc.disable()
        gc.freeze()  # what the frameworks made at import need not be gone through again and again
        for done in range(self.at_most):
            for name, clock in clocks.items():
                more = not done or clock.spent < self.share or (name in heads and done < self.at_least)
                if more and clock.failed is None:
                    clock.run()
                    gc.collect()
            yield


def ratio(times: list[float], others: list[float]) -> float:
    """The median over the rounds that both have."""
    return median(a / b for a, b in zip(times, others, strict=False))


def products(rows: int, columns: int) -> Step:
    """The three products that automatic differentiation of a similarity matrix takes: NT, NN and TN, bare."""
    import torch

    x = torch.randn(rows, columns, generator=torch.Generator().manual_seed(0))
    square, out = torch.empty(rows, rows), torch.empty(rows, columns)

    def step() -> None:
        torch.mm(x, x.T, out=square)
        torch.mm(square, x, out=out)
        torch.mm(square.T, x, out=out)

    return step


def unit(rows: int, columns: int) -> tuple[Step, float]:
    """The bare products, and what their time is multiplied by to be one unit: 2 rows^2 columns operations."""
    timed = min(rows, LARGEST)
    return products(timed, columns), (rows / timed) ** 2 / 3
