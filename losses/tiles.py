r"""A contrastive loss without its matrix of similarities: the mathematics that each framework's loop over tiles shares.

With $a_i = \log \sum_{j \in \text{negatives}(i)} e^{s_{ij}}$ a row's value is the mean over its positives p of
$\log(1 + e^{a_i - s_{ip}})$: the positive stays out of the sum, so nothing cancels where it leads. The value changes with
$s_{ip}$ by $-\sigma(a_i - s_{ip})$, over the number of positives, with $a_i$ by as much the other way, and
$\partial a_i / \partial s_{ij} = e^{s_{ij} - a_i}$. A sum and a slope for each row are thus all that a tile of the gradient
needs besides its similarities, which can be computed again instead of kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple

from isoloss.losses.softmax import first_of_largest
from isoloss.losses.softplus import softplus_formula
from isoloss.protocol import A, Namespace, Pairing

REACH = 60.0
"""e^60, summed over any batch, is within float32's range (e^88): cosines over a temperature of at least 1/60 need no shift."""

COLDEST = 2.0 / (REACH + 87.0)
"""The lowest temperature at which cosines, shifted alike, stay within range at both ends: e^-87 is the smallest normal."""

ONCE = "the blocked form of a contrastive loss has first derivatives alone, in reverse mode: choose method='dense'"
"""What a framework says that is asked for more."""


def warm(xp: Namespace[A], temperature: float | A, least: float = COLDEST) -> bool:
    """Whether a temperature is known to be at least this, by default where cosines stay within range without their maximum."""
    if isinstance(temperature, (int, float)):
        return bool(temperature >= least)  # torch.compile may have a number that stands for several
    return xp.holds(temperature >= least) is True


def shift(xp: Namespace[A], temperature: A) -> A:
    """What keeps $e^{\\cos / \\text{temperature} - \\text{shift}}$ within range for every cosine."""
    excess = xp.ones_like(temperature) / temperature - REACH
    return xp.where(excess > 0.0, excess, 0.0)


def largest(xp: Namespace[A], x: A) -> A:
    """The largest size of some numbers, or 1 if all are 0. What is to be divided by sums over negatives, which may be next to
    nothing, is divided by this before: then it is at most 1, and the quotient within range."""
    found = xp.max(xp.abs(x))
    return xp.where(found > 0.0, found, 1.0)


def leave_out(xp: Namespace[A], logits: A, pairing: Pairing[A], columns: A | None = None) -> A:
    """-inf where a row has no negative: itself, its positives, what does not count.

    Args:
        logits: of the pairing's rows beside its keys, or beside those of them that have the indices `columns`.
    """
    columns = xp.expand_dims(xp.indices(logits, 1) if columns is None else columns, axis=0)
    indices = [*pairing.positives] if pairing.own is None else [pairing.own, *pairing.positives]
    for index in indices:
        logits = xp.where(xp.equal(columns, xp.expand_dims(index, axis=1)), float("-inf"), logits)
    if pairing.counted is not None:
        logits = xp.where(xp.expand_dims(pairing.counted, axis=0), logits, float("-inf"))
    if pairing.back is not None:
        logits = xp.where(xp.expand_dims(pairing.back, axis=1), logits, float("-inf"))
    return logits


class Rows(NamedTuple, Generic[A]):
    """What each row comes to."""

    values: A  # (N,)
    slopes: list[A]  # (N,) for each positive: how the value changes with the row's log-sum, by way of that positive


def rows(xp: Namespace[A], leads: Sequence[A], alone: A, present: Sequence[A] | None, decoupled: bool) -> Rows[A]:
    """Values and slopes.

    Args:
        leads: (N,) for each positive: the log-sum over the negatives less the positive's logit.
        alone: (N,), whether a row has no negatives: it gives 0.
        present: (N,) for each positive, whether it counts; None: all do.
    """
    found = [_decoupled(xp, lead) if decoupled else softplus_formula(xp, lead) for lead in leads]
    nothing = [alone & xp.equal(lead, lead) for lead in leads]  # NaN stays NaN
    values = [xp.where(none, 0.0, value) for none, (value, _) in zip(nothing, found, strict=True)]
    slopes = [xp.where(none, 0.0, slope()) for none, (_, (slope,)) in zip(nothing, found, strict=True)]
    return Rows(total(shares(xp, values, present)), shares(xp, slopes, present))


def shares(xp: Namespace[A], values: Sequence[A], present: Sequence[A] | None) -> list[A]:
    """Each positive's share in the mean over those that count."""
    if present is None:
        return [value / len(values) for value in values] if len(values) > 1 else [*values]
    count = total([xp.astype(here, values[0].dtype) for here in present])
    count = xp.where(count > 0.0, count, 1.0)
    return [xp.where(here, value, 0.0) / count for here, value in zip(present, values, strict=True)]


def total(terms: Sequence[A]) -> A:
    """The sum of at least one array."""
    return sum(terms[1:], start=terms[0])


def _decoupled(xp: Namespace[A], lead: A) -> tuple[A, tuple[Callable[[], A]]]:
    return lead, (lambda: xp.ones_like(lead),)


def mutual(xp: Namespace[A], slopes: Sequence[A], positives: Sequence[A]) -> list[A]:
    """By how much less the values change with a row's similarity to each of its positives, which is theirs to the row:
    the row's slope and the positive's, where rows are positives of their positives."""
    own = xp.indices(positives[0], 0)
    found: list[A] = []
    for slope, positive in zip(slopes, positives, strict=True):
        for of_other, back in zip(slopes, positives, strict=True):
            returns = xp.equal(xp.take(back, positive, axis=0), own)
            slope = slope + xp.where(returns, xp.take(of_other, positive, axis=0), 0.0)
        found.append(slope)
    return found


def put(xp: Namespace[A], tile: A, positives: Sequence[A], values: Sequence[A], columns: A) -> A:
    """A tile with these values where the positives of its rows are, beside the keys that have the indices `columns`."""
    for positive, value in zip(positives, values, strict=True):
        here = xp.equal(xp.expand_dims(columns, axis=0), xp.expand_dims(positive, axis=1))
        tile = xp.where(here, xp.expand_dims(value, axis=1), tile)
    return tile


class Strip(NamedTuple, Generic[A]):
    """Some queries beside all keys."""

    exponentials: A  # (B, M), of the logits behind the row's largest; 0 where there is no negative
    sums: A  # (B, 1); 1 where there is no negative
    logs: A  # (B,), of the sums, in front of the largest again
    rows: Rows[A]


def strip_logits(
    xp: Namespace[A], queries: A, keys: A, temperature: float | A, pairing: Pairing[A]
) -> tuple[A, list[A]]:
    """The logits of some queries (B, D) beside all keys (M, D), -inf where there is no negative; those of the positives."""
    logits = xp.matmul(queries / temperature, xp.matrix_transpose(keys))
    # a product that overflows would pass for an impossible class
    overflows = xp.equal(xp.max(-logits, axis=-1), float("inf"))
    chosen = [_beside(xp, logits, positive) for positive in pairing.positives]
    return leave_out(xp, logits, pairing), [xp.where(overflows, float("nan"), logit) for logit in chosen]


def _beside(xp: Namespace[A], logits: A, indices: A) -> A:
    return xp.squeeze(xp.take_along_axis(logits, xp.expand_dims(indices, axis=1), axis=-1), axis=1)


def strip(
    xp: Namespace[A], logits: A, of_positives: Sequence[A], present: Sequence[A] | None, decoupled: bool
) -> Strip[A]:
    """What follows from `strip_logits`."""
    top = xp.max(logits, axis=-1, keepdims=True)
    alone = xp.equal(top, float("-inf"))
    top = xp.where(alone, 0.0, top)
    exponentials = xp.exp(logits - top)
    sums = xp.where(alone, 1.0, xp.sum(exponentials, axis=-1, keepdims=True))
    logs = behind = xp.log(sums)
    if decoupled:  # the value may be near 0: nothing is lost beside the 1 of the largest
        others = xp.where(first_of_largest(xp, logits), 0.0, exponentials)
        behind = xp.log1p(xp.sum(others, axis=-1, keepdims=True))
    leads = [xp.squeeze(top, axis=1) - logit + xp.squeeze(behind, axis=1) for logit in of_positives]
    found = rows(xp, leads, xp.squeeze(alone, axis=1), present, decoupled)
    return Strip(exponentials, sums, xp.squeeze(top + logs, axis=1), found)


def strip_gradient(xp: Namespace[A], found: Strip[A], slopes: Sequence[A], positives: Sequence[A]) -> A:
    """How a strip's values, weighted, change with its logits, from their slopes, weighted."""
    gradient = found.exponentials * (xp.expand_dims(total(slopes), axis=1) / found.sums)
    return put(xp, gradient, positives, [-slope for slope in slopes], xp.indices(gradient, 1))


class Columns(NamedTuple, Generic[A]):
    """Each key beside the queries of the strips so far: the other way of a loss that goes both ways."""

    tops: A  # (M,), the largest logit; -inf if there is no negative
    sums: A  # (M,), of the exponentials behind it


def columns(xp: Namespace[A], so_far: Columns[A], logits: A) -> Columns[A]:
    """With one strip more."""
    tops = xp.maximum(so_far.tops, xp.max(logits, axis=0))
    behind = xp.where(xp.equal(tops, float("-inf")), 0.0, tops)
    return Columns(tops, so_far.sums * xp.exp(so_far.tops - behind) + xp.sum(xp.exp(logits - behind), axis=0))


def of_columns(xp: Namespace[A], found: Columns[A], of_positives: A, present: Sequence[A] | None) -> tuple[A, Rows[A]]:
    """The log-sum of each column once all strips are there, and what each comes to."""
    alone = xp.equal(found.tops, float("-inf"))
    tops, logs = xp.where(alone, 0.0, found.tops), xp.log(xp.where(alone, 1.0, found.sums))
    return tops + logs, rows(xp, [tops - of_positives + logs], alone, present, False)


class Terms(NamedTuple, Generic[A]):
    """All that a gradient needs to know of the rows on one side."""

    logs: A  # of the sums over their negatives
    slopes: A  # how the loss changes with these


def gradient_of_sides(
    xp: Namespace[A],
    logits: A,
    own: Terms[A] | None,
    others: Terms[A] | None,
    positives: Sequence[A],
    of_positives: Sequence[A],
) -> A:
    """How a loss changes with a strip of logits that rows of one side, the other or both have among their negatives.

    Args:
        logits: (B, M), -inf where there is no negative.
        own: of the strip's rows; None: they are nobody's queries.
        others: of the rows beside them, likewise.
        of_positives: (B,) for each positive: how much less the loss changes with its logit.
    """
    parts: list[A] = []
    if own is not None:
        logs, slopes = (xp.expand_dims(x, axis=1) for x in own)
        parts.append(xp.exp(logits - logs) * slopes)
    if others is not None:
        parts.append(xp.exp(logits - others.logs) * others.slopes)
    return put(xp, total(parts), positives, [-x for x in of_positives], xp.indices(logits, 1))
