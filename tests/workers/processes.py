"""Processes that work together, and end with the test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import numpy as np

Found: TypeAlias = dict[str, np.ndarray]
"""What a worker got."""


def run(commands: Sequence[Sequence[str | Path | int]], limit: float = 300.0) -> list[subprocess.CompletedProcess[str]]:
    """What becomes of Python processes that are started together."""
    with ExitStack() as ended:
        processes: list[subprocess.Popen[str]] = []
        for command in commands:
            process = subprocess.Popen(
                [sys.executable, *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            ended.callback(process.wait)
            ended.callback(process.kill)
            processes.append(process)
        said = [process.communicate(timeout=limit) for process in processes]
    return [subprocess.CompletedProcess(p.args, p.returncode, *s) for p, s in zip(processes, said, strict=True)]
