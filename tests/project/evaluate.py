"""Prints what one framework gives for the core cases, as JSON: `python evaluate.py torch`."""

from __future__ import annotations

import json
import sys

from isoloss.conformance.cases import CASES
from isoloss.conformance.runners import quickest, runner


def main(framework: str) -> None:
    module = runner(framework)
    found = {}
    for loss, cases in CASES.items():
        for case in cases.typical:
            if case.core:
                result = module.run(loss, case, mode=quickest(module))
                gradients = {name: gradient.tolist() for name, gradient in result.gradients.items()}
                found[f"{loss}: {case.id}"] = {"value": result.value.tolist(), "gradients": gradients}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
