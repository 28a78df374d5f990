"""What the losses over classes share: integer labels, and fractions as targets."""

from __future__ import annotations

from typing import Generic, NamedTuple

from isoloss.losses.checks import nan_unless, not_negative, within
from isoloss.losses.declaration import Weighted
from isoloss.protocol import A, Namespace


class Labelled(NamedTuple, Generic[A]):
    """Rows of scores with their labels, which lie in range."""

    scores: A
    labels: A
    known: A | None  # where the label that was given lies in range; None: everywhere
    counted: A | None  # where it is not to be ignored; None: nowhere


def labelled(xp: Namespace[A], name: str, scores: A, labels: A, ignore_index: int | None = None) -> Labelled[A]:
    """The rows of a loss with this name: 0 where they are to be ignored, and label 0 where theirs is out of range.

    Raises:
        ValueError: if a label can be seen to be out of range.
    """
    counted, given_labels = None, labels
    if ignore_index is not None:
        counted = xp.logical_not(xp.equal(labels, ignore_index))
        labels = xp.where(counted, labels, 0)
        scores = xp.where(xp.expand_dims(counted, axis=-1), scores, 0.0)
    classes = xp.length(scores, -1)
    message = "{}: labels must be from 0 to C - 1, C being the {} classes; got {}"
    known = within(xp, labels, 0, classes - 1, message, name, classes, given_labels)
    return Labelled(scores, labels if known is None else xp.where(known, labels, 0), known, counted)


def weighed(xp: Namespace[A], name: str, rows: Labelled[A], values: A, class_weights: A | None) -> A | Weighted[A]:
    """The values of these rows, and as weights those of their labels, 0 where they are to be ignored.

    Raises:
        ValueError: if a class weight can be seen to be negative.
    """
    values = nan_unless(xp, rows.known, values)
    if rows.counted is None and class_weights is None:
        return values
    weights = xp.ones_like(values)
    if class_weights is not None:
        weights = of_labels(xp, name, "class_weights", class_weights, rows.labels)
    return Weighted(values, weights if rows.counted is None else xp.where(rows.counted, weights, 0.0))


def of_labels(xp: Namespace[A], name: str, argument: str, by_class: A, labels: A) -> A:
    """Each label's own of some numbers that must not be negative.

    Raises:
        ValueError: if one can be seen to be.
    """
    return xp.take(not_negative(xp, name, argument, by_class), labels, axis=0)


def of_fractions(xp: Namespace[A], name: str, targets: A, values: A) -> A:
    """The values, NaN where a target is no fraction.

    Raises:
        ValueError: if one can be seen to be none.
    """
    return nan_unless(
        xp, within(xp, targets, 0.0, 1.0, "{}: targets must be from 0 to 1; got {}", name, targets), values
    )
