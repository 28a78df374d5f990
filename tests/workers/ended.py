"""Run a program of PyTorch, and end without the interpreter's own end: `ended.py PROGRAM [ARGUMENT ...]`.

A thread of gloo that still frees an exchange when the interpreter ends aborts the process, whatever the program got
(pytorch/pytorch#190489; once in about a hundred runs on a busy machine).
"""

from __future__ import annotations

import os
import runpy
import sys

sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as ended:
    if ended.code:
        raise
sys.stdout.flush()
os._exit(0)
