"""Prints what one framework gives for every typical case, as JSON: `python evaluate.py torch`."""

from __future__ import annotations

import json
import sys

from isoloss.conformance.cases import CASES
from isoloss.conformance.runners import runner


def main(framework: str) -> None:
    """In the framework's fastest mode to start: eager, or jit where each eager operation is compiled by itself."""
    module = runner(framework)
    mode = "jit" if "jit" in module.MODES else "eager"
    found = {}
    for loss, cases in CASES.items():
        for case in cases.typical:
            result = module.run(loss, case, mode=mode)
            gradients = {name: gradient.tolist() for name, gradient in result.gradients.items()}
            found[f"{loss}: {case.id}"] = {"value": result.value.tolist(), "gradients": gradients}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
