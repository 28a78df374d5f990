"""Cases of the losses of overlap."""

from __future__ import annotations

from typing import Any

import numpy as np

from isoloss.conformance.cases.case import Case, LossCases, Refusal, booleans, floats, integers, masked
from isoloss.conformance.cases.classes import fractions

NAN = float("nan")

_NONE = {"reduction": "none"}
_ABSENT = "https://github.com/Project-MONAI/MONAI/issues/807"


def _segmented(seed: int, *shape: int, off: float) -> dict[str, Any]:
    """Probabilities that are off by up to so much from targets of 0 and 1, of which every other is 1 at least."""
    there = np.random.default_rng(seed).random(shape) < 0.5
    there[..., ::2] |= ~there[..., ::2].any(axis=-1, keepdims=True)
    error = fractions(seed + 1, *shape) * np.float32(off)
    return {"probabilities": np.where(there, 1 - error, error), "targets": there.astype(np.int64)}


def _typical(*rows: int) -> tuple[Case, ...]:
    """Cases of what gives one value for arrays of this shape."""
    doubled = {n: np.repeat(x, 2, axis=0) for n, x in _segmented(9, 1, *rows, off=0.5).items()}
    pixels_first = {n: np.moveaxis(x, -1, 0).copy() for n, x in _segmented(11, 2, *rows, off=0.7).items()}
    return (
        Case("batch", _segmented(1, 2, *rows, off=0.5), core=True),
        Case("targets between 0 and 1", {"probabilities": fractions(3, 2, *rows), "targets": fractions(4, 2, *rows)}),
        Case("two batch axes", _segmented(5, 2, 1, *rows, off=0.9), options=_NONE),
        Case("no batch axis", _segmented(7, *rows, off=0.5), regime="unit batch"),
        Case("duplicates", doubled, regime="duplicates"),
        Case("pixels on axis 0", pixels_first, options={"axis": 0, "reduction": "none"}),
        Case("sum", _segmented(13, 2, *rows, off=0.5), options={"reduction": "sum"}),
        Case("right", _segmented(15, 2, *rows, off=0.05), options=_NONE, regime="right"),
        Case("wrong", _wrong(_segmented(17, 2, *rows, off=0.05)), options=_NONE, regime="wrong"),
        Case("sure", _segmented(19, 2, *rows, off=1e-30), options=_NONE, regime="sure"),
        Case("sure and wrong", _wrong(_segmented(21, 2, *rows, off=1e-20)), options=_NONE, regime="sure"),
        Case(
            "nearly perfect",
            _segmented(23, 2, *rows, off=1e-5),
            options=_NONE,
            note="1 less a quotient of two sums would be nothing but rounding",
            regime="near-cancellation",
        ),
        Case("where and weights", _segmented(25, 3, *rows, off=0.5), options=masked(25, 3), core=True, regime="masked"),
    )


def _wrong(inputs: dict[str, Any]) -> dict[str, Any]:
    return inputs | {"targets": 1 - inputs["targets"]}


def _pixels(probabilities: list[Any], targets: list[Any]) -> dict[str, Any]:
    return {"probabilities": floats(probabilities), "targets": floats(targets)}


def _degenerate(classes: tuple[int, ...] = ()) -> tuple[Case, ...]:
    """Cases of rows of two pixels, or of as many such classes as an axis of 1 has."""

    def rows(*pixels: Any) -> Any:
        return np.reshape(floats(*pixels), (len(pixels), *classes, 2))

    return (
        Case(
            "nothing predicted where nothing is",
            {"probabilities": rows([0, 0]), "targets": rows([0, 0])},
            note="0, and not 0 / 0 (Keras: 1)",
            value=0.0,
            gradients={"probabilities": rows([0, 0])},
            issue=_ABSENT,
        ),
        Case(
            "perfect",
            {"probabilities": rows([1, 0], [1, 1]), "targets": rows([1, 0], [1, 1])},
            options=_NONE,
            note="0, with the slope that the pixels have: 1 / (p + t), and twice that for one that should be there",
            value=[0.0, 0.0],
            gradients={"probabilities": rows([-0.5, 0.5], [-0.25, -0.25])},
        ),
        Case(
            "NaN in masked rows",
            {"probabilities": rows([1, 0], [NAN, 0.5]), "targets": rows([0, 1], [0, NAN])},
            options={"where": booleans(True, False)},
            note="what stands in masked places reaches neither value nor gradient; nothing in common: 1",
            value=1.0,
            gradients={"probabilities": rows([0, -1], [0, 0])},
        ),
    )


def _refused(name: str, classes: tuple[int, ...] = ()) -> tuple[Refusal, ...]:
    good = _segmented(1, 2, *classes, 2, off=0.5)

    def swapped(argument: str, number: float) -> dict[str, Any]:
        array = good[argument].astype(np.float32)
        array.flat[1] = number
        return good | {argument: array}

    return (
        *(
            Refusal(
                f"{argument} of {number:g}",
                swapped(argument, number),
                message=f"{name}: {argument} must be from 0 to 1",
                at_run=True,
            )
            for argument, number in (
                ("probabilities", -0.5),
                ("probabilities", 1.5),
                ("targets", -1.0),
                ("targets", 2.0),
                ("targets", NAN),
            )
        ),
        Refusal(
            "other pixels",
            good | {"targets": np.zeros((2, *classes, 3), np.int64)},
            message=rf"{name}: targets .* must agree with probabilities in P",
        ),
        Refusal(
            "one target for all",
            good | {"targets": good["targets"][0]},
            message=rf"{name}: targets .* must agree with probabilities in all batch axes",
        ),
        Refusal(
            "no pixels",
            {n: x[..., :0] for n, x in good.items()},
            message=f"{name}: probabilities is empty along P",
        ),
    )


def _not_negative(*settings: str) -> tuple[Refusal, ...]:
    good = _segmented(1, 2, 2, off=0.5)
    return tuple(
        Refusal(f"{setting} negative", good, {setting: -1.0}, message=f"{setting} must be a number, at least 0; got -1")
        for setting in settings
    )


_DICE = LossCases(
    (
        *_typical(3),
        Case("smoothing", _segmented(31, 2, 3, off=0.5), {"smoothing": 1.0}, core=True),
        Case("smoothing of 1e-5", _segmented(33, 2, 3, off=1e-3), {"smoothing": 1e-5}, _NONE),
        Case("squared", _segmented(35, 2, 3, off=0.5), {"squared": True, "smoothing": 0.5}, core=True),
        Case(
            "squared, nearly the targets",
            {"probabilities": fractions(37, 1, 3), "targets": fractions(37, 1, 3) * np.float32(0.999)},
            {"squared": True},
            regime="near-cancellation",
        ),
        Case("a whole batch as one row", {n: x.reshape(6) for n, x in _segmented(39, 2, 3, off=0.5).items()}),
        Case(
            "probabilities of 1e-30 where nothing is",
            {"probabilities": fractions(41, 1, 3) * np.float32(1e-30), "targets": integers([0, 0, 0])},
            {"smoothing": 1e-20},
            note="what is said of them is by their size, and not by what they are added to",
            regime="edge",
        ),
    ),
    (
        *_degenerate(),
        Case(
            "something predicted where nothing is",
            _pixels([0.5, 0.25], [0.0, 0.0]),
            note="1, however much it is (segmentation-models-pytorch: 0)",
            value=1.0,
            gradients={"probabilities": [[0.0, 0.0]]},
            issue=_ABSENT,
        ),
        Case(
            "nothing predicted where nothing is, smoothing",
            _pixels([0.0, 0.0], [0.0, 0.0]),
            {"smoothing": 2.0},
            note="0, and whatever is predicted costs its part of the smoothing",
            value=0.0,
            gradients={"probabilities": [[0.5, 0.5]]},
        ),
        Case(
            "targets of a half that are met",
            {"probabilities": floats([0.5, 0.5], [0.5, 0.5]), "targets": floats([0.5, 0.5], [1.0, 1.0])},
            options=_NONE,
            note="a half in common of each, which pays to be more: such a target is best met by 1",
            value=[0.5, 1.0 / 3.0],
            gradients={"probabilities": [[-0.25, -0.25], [-4.0 / 9.0, -4.0 / 9.0]]},
        ),
        Case(
            "targets of a half that are met, squared",
            _pixels([0.5, 0.5], [0.5, 0.5]),
            {"squared": True},
            note="0, with zero gradient",
            value=0.0,
            gradients={"probabilities": [[0.0, 0.0]]},
        ),
    ),
    (*_refused("dice"), *_not_negative("smoothing")),
)

_GENERALIZED_DICE = LossCases(
    (
        *_typical(2, 2),
        Case(
            "a small class and a large one",
            {
                "probabilities": floats([[0.75, 0.25, 0.125, 0.5], [0.5, 0.75, 0.875, 0.25]]),
                "targets": integers([[1, 0, 0, 0], [0, 1, 1, 1]]),
            },
        ),
        Case(
            "a class that is not there",
            {
                "probabilities": floats([[0.75, 0.5], [0.125, 0.25], [0.125, 0.25]]),
                "targets": integers([[1, 1], [0, 0], [0, 0]]),
            },
            note="it weighs as much as the smallest that is (Optax: so much that nothing else counts)",
            regime="edge",
        ),
        Case(
            "sizes that differ by 1e12",
            {"probabilities": floats([[0.5, 0.5], [0.5, 0.25]]), "targets": floats([[1.0, 1.0], [1e-12, 1e-12]])},
        ),
    ),
    (
        *_degenerate((1,)),
        Case(
            "no class is there",
            {"probabilities": floats([[0.5, 0.25], [0.0, 0.0]]), "targets": floats([[0.0, 0.0], [0.0, 0.0]])},
            note="all weigh the same: 1, however much it is",
            value=1.0,
            gradients={"probabilities": np.zeros((1, 2, 2))},
        ),
        Case(
            "perfect but for a class that is not there",
            {"probabilities": floats([[1.0, 1.0], [0.0, 0.0]]), "targets": floats([[1.0, 1.0], [0.0, 0.0]])},
            note="0; the class that is not there has the weight of the other",
            value=0.0,
            gradients={"probabilities": [[[-0.25, -0.25], [0.25, 0.25]]]},
        ),
    ),
    _refused("generalized_dice", (2,)),
)

_TVERSKY = LossCases(
    (
        *_typical(3),
        Case("alpha and beta", _segmented(31, 2, 3, off=0.5), {"alpha": 0.3, "beta": 0.7}, core=True),
        Case("smoothing", _segmented(33, 2, 3, off=0.5), {"alpha": 2.0, "beta": 0.25, "smoothing": 1.0}),
        Case("nearly perfect, smoothing", _segmented(35, 2, 3, off=1e-5), {"smoothing": 1e-5}, _NONE),
    ),
    (
        *_degenerate(),
        Case(
            "false positives alone count",
            {"probabilities": floats([0.5, 0.5], [0.5, 0.0]), "targets": floats([0.0, 1.0], [1.0, 1.0])},
            {"alpha": 1.0, "beta": 0.0},
            _NONE,
            note="a half of 1, and nothing (Keras up to 3.15.1 has alpha and beta exchanged)",
            value=[0.5, 0.0],
            gradients={"probabilities": [[0.5, -0.5], [0.0, 0.0]]},
            issue="https://github.com/keras-team/keras/pull/23333",
        ),
        Case(
            "nothing counts",
            _pixels([0.5, 0.5], [0.0, 0.0]),
            {"alpha": 0.0},
            note="nothing is in common, and what is found costs nothing: 0, and not 0 / 0",
            value=0.0,
            gradients={"probabilities": [[0.0, 0.0]]},
        ),
    ),
    (*_refused("tversky"), *_not_negative("alpha", "beta", "smoothing")),
)

CASES = {"dice": _DICE, "generalized_dice": _GENERALIZED_DICE, "tversky": _TVERSKY}
