"""Bad input that every loss must refuse, made from its declaration and one good case."""

from __future__ import annotations

from typing import Any

import numpy as np

from isoloss.conformance.cases.case import Case, Refusal
from isoloss.losses.declaration import Loss

SIGNED = (
    *("margin_ranking", "hinge", "squared_hinge", "perceptron", "soft_margin"),
    *("hinge_embedding", "cosine_embedding"),
)
"""The losses whose targets are 1 or -1."""


def refusals(loss: Loss, good: Case) -> tuple[Refusal, ...]:
    """At least 25 kinds over all losses, together with their own."""
    predicted = [a.name for a in loss.arguments if a.predicted and a.name in good.inputs]
    first = predicted[0]
    array = np.asarray(good.inputs[first])
    rows = len(array) // loss.rows_each(loss.leaders[0])
    counted = np.ones(rows, bool)

    def swapped(value: object) -> dict[str, object]:
        return good.inputs | {first: value}

    def refusal(
        name: str,
        inputs: dict[str, Any] | None = None,
        message: str = "",
        error: type[Exception] = ValueError,
        **options: Any,
    ) -> Refusal:
        return Refusal(name, inputs or good.inputs, good.settings, options, error, message)

    found = [
        refusal("integer predictions", swapped(np.ones_like(array, np.int64)), f"{first} must be floating", TypeError),
        refusal("boolean predictions", swapped(np.ones_like(array, bool)), f"{first} must be floating", TypeError),
        refusal("complex predictions", swapped(array + 1j), f"{first} must be floating", TypeError),
        refusal("text", swapped("text"), f"{first} must be an array .* got builtins.str", TypeError),
        refusal(
            "text in an array",
            swapped(np.full(array.shape, "a")),
            f"{first} must (hold numbers|be floating)",
            TypeError,
        ),
        refusal("a list", swapped(array.tolist()), f"{first} must be an array .* got builtins.list", TypeError),
        refusal("a masked array", swapped(np.ma.masked_array(array)), f"{first} must not be a masked array", TypeError),
        refusal("nothing", swapped(None), f"{first} must be an array .* got nothing", TypeError),
        refusal("another framework's array", swapped(Stranger()), "got .*Stranger. Convert it first", TypeError),
        refusal("unknown reduction", None, "reduction must be .*; got 'avg'", reduction="avg"),
        refusal("where as text", None, "where must be an array", TypeError, where="all"),
        refusal("where of numbers", None, "where must be boolean", TypeError, where=counted.astype(np.float32)),
        refusal(
            "where of another length", None, "where must have the shape of the values", where=np.ones(rows + 1, bool)
        ),
        refusal("where as a column", None, "where must have the shape of the values", where=counted.reshape(1, rows)),
        refusal(
            "weights of another length", None, "weights must have the shape", weights=np.ones(rows + 1, np.float32)
        ),
        refusal("weights as one number", None, "weights must have the shape", weights=2.0),
        refusal("complex weights", None, "weights must be real", TypeError, weights=counted + 1j),
        refusal("weights as text", None, "weights must be an array", TypeError, weights="balanced"),
        Refusal(
            "negative weights",
            good.inputs,
            good.settings,
            {"weights": -np.ones(rows, np.float32)},
            ValueError,
            "weights must not be negative",
            at_run=True,
        ),
        Refusal("misspelt setting", good.inputs, good.settings | {"temprature": 1.0}, {}, TypeError, "temprature"),
    ]
    return tuple(found)


class Stranger:
    """An array that no framework knows."""

    shape = (3,)
    dtype = "float32"
