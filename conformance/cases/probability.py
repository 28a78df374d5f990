"""Cases of the losses between distributions."""

from __future__ import annotations

CASES = {}
