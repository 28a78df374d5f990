"""Two workers against the exact answers of the golden vectors, within the declared bounds: in JAX, whose `vmap` may be them."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest
from problem import Array, whole

import isoloss.jax
from isoloss.conformance.cases import CASES
from isoloss.conformance.runners import Result, split
from isoloss.conformance.suite import both_forms
from isoloss.conformance.vectors import Vector
from isoloss.conformance.verdict import judge
from isoloss.losses import LOSSES


def blocks(loss: str, vector: Vector) -> dict[str, int]:
    """The arrays that have rows, and how many blocks of rows each has: of each view all, then of the next."""
    declared = LOSSES[loss]
    settings = {s.name: s.default for s in declared.settings} | vector.case.settings
    found = {a.name: a.dimensions[0] for a in declared.arguments} | dict.fromkeys(
        ("where", "weights"), declared.batch[0]
    )
    arguments = vector.case.inputs | vector.case.options
    return {name: d.count(settings) if d.blocks else 1 for name, d in found.items() if name in arguments}


def shared(loss: str, vector: Vector) -> bool:
    """Whether it is a core case of which two workers can have as many samples each."""
    declared, (leader, *_) = LOSSES[loss], LOSSES[loss].inputs
    settings = {s.name: s.default for s in declared.settings} | vector.case.settings
    rows = [len(x) for x in vector.case.inputs.values()]
    each = leader.dimensions[0].count(settings)
    core = vector.case.id in {case.id for case in CASES[loss].typical if case.core}
    return core and rows[0] % (2 * each) == 0 and all(n % 2 == 0 for n in rows)


SHARED = [
    (loss, case)
    for loss, declared in LOSSES.items()
    if declared.compares_rows
    for case, vector in both_forms(loss).items()
    if shared(loss, vector)
]


def halves(x: Array, count: int) -> Array:
    """What each of the two has."""
    return np.stack([np.concatenate(part) for part in zip(*(np.split(b, 2) for b in np.split(x, count)), strict=True)])


@pytest.mark.parametrize(("loss", "case"), SHARED, ids=lambda x: x)
def test_two_workers(loss: str, case: str) -> None:
    vector = both_forms(loss)[case]
    parts, with_rows = split(loss, vector.case), blocks(loss, vector)
    learned, given = (
        {n: halves(x, with_rows[n]) if n in with_rows else np.stack([x, x]) for n, x in arrays.items()}
        for arrays in (parts.learned, parts.given)
    )

    def of_worker(learned: Any, given: Any) -> Any:
        def value(learned: Any) -> Any:
            values = getattr(isoloss.jax, loss)(**learned, **given, **parts.fixed, axis_name="workers")
            return values.sum(), values

        return jax.grad(value, has_aux=True)(learned)

    gradients, values = jax.jit(jax.vmap(of_worker, axis_name="workers"))(learned, given)
    each = vector.case.options.get("reduction") == "none"
    result = Result(
        whole(np.asarray(values, np.float64), with_rows[LOSSES[loss].inputs[0].name])
        if each
        else np.asarray(values[0], np.float64),
        {
            n: whole(np.asarray(g, np.float64), with_rows[n]) if n in with_rows else np.asarray(g, np.float64).sum(0)
            for n, g in gradients.items()
        },
        str(values.dtype),
        "cpu",
    )
    verdict = judge(loss, vector, result, dtype="float32")
    assert verdict.accurate, verdict.fault
