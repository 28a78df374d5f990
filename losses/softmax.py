r"""Softmax cross-entropy of a row, right for large and for tiny losses: everything row-wise stands on it.

The usual $\mathrm{logsumexp}(x) - x_y$ is a difference of nearly equal numbers once class $y$ leads, and in float32 it
is 0 from a lead of 17. Measured from the label's own logit there is nothing left to cancel: with $d_j = x_j - x_y$ the
loss is $\log(1 + \sum_{j \ne y} e^{d_j})$, and its slope in $x_j$ is $e^{d_j} / (1 + \sum_{j \ne y} e^{d_j})$.
"""

from __future__ import annotations

from math import log
from typing import Generic, NamedTuple, TypeVar

from isoloss.protocol import A, Namespace, Slopes

NEGATIVE_INFINITY = float("-inf")

FAR = 1e4  # behind the largest, by which nothing is left of an exponential in any dtype

T = TypeVar("T")


def softmax_cross_entropy(xp: Namespace[A], logits: A, labels: A) -> A:
    r"""$-\log \mathrm{softmax}(\text{logits})_{\text{labels}}$ over the last axis, for labels that lie in range.

    A logit of $-\infty$ is an impossible class and contributes nothing. If the label's own logit is $-\infty$, its
    probability counts as the smallest normal number of the dtype.
    """
    return xp.rowwise(_cross_entropy, logits, labels)


def soft_target_cross_entropy(xp: Namespace[A], logits: A, targets: A) -> A:
    r"""$-\sum_c t_c \log \mathrm{softmax}(\text{logits})_c$ over the last axis, for targets $t_c \ge 0$ of any sum.

    Measured from the largest logit m, this is $\sum_c t_c (x_m - x_c) + \sum_c t_c \log \sum_j e^{x_j - x_m}$: no term is
    negative. An impossible class counts as in `softmax_cross_entropy`.
    """
    return xp.rowwise(_soft_cross_entropy, logits, targets)


def cross_entropy_between(xp: Namespace[A], scores: A, relevance: A) -> A:
    r"""`soft_target_cross_entropy` of scores for the targets softmax(relevance): the slopes are right for rows that are
    nearly alike, too."""
    return xp.rowwise(_cross_entropy_between, scores, relevance)


def log_odds_against(xp: Namespace[A], logits: A, labels: A) -> A:
    r"""$\log \sum_{j \ne y} e^{x_j - x_y}$: the label stays out of the sum. 0 where no other class is possible."""
    _, others, chosen = label_apart(xp, logits, labels)
    largest = xp.stop_gradient(xp.max(others, axis=-1, keepdims=True))
    alone = xp.equal(largest, NEGATIVE_INFINITY)
    largest = xp.where(alone, 0.0, largest)
    behind = others - largest
    # the sum less the 1 of the largest, so that nothing is lost beside it
    terms = xp.where(first_of_largest(xp, others), xp.expm1(behind), xp.exp(behind))
    rest = xp.where(alone, 0.0, xp.sum(terms, axis=-1, keepdims=True))
    return xp.squeeze(xp.where(alone, 0.0, largest - chosen) + xp.log1p(rest), axis=-1)


def log_sum(xp: Namespace[A], x: A, where: A) -> tuple[A, A]:
    r"""$\log \sum e^x$ over the last axis, of what counts, and whether anything does: it is 0 if not."""
    x = xp.where(where, x, NEGATIVE_INFINITY)
    largest = xp.stop_gradient(xp.max(x, axis=-1, keepdims=True))
    nothing = xp.equal(largest, NEGATIVE_INFINITY)
    largest = xp.where(nothing, 0.0, largest)
    total = xp.where(nothing, 1.0, xp.sum(xp.exp(x - largest), axis=-1, keepdims=True))
    return xp.squeeze(largest + xp.log(total), axis=-1), xp.squeeze(xp.logical_not(nothing), axis=-1)


def _cross_entropy(xp: Namespace[A], logits: A, labels: A) -> tuple[A, Slopes[A]]:
    is_label, others, chosen = label_apart(xp, logits, labels)
    largest = xp.stop_gradient(xp.maximum(xp.max(others, axis=-1, keepdims=True), chosen))
    largest = xp.where(xp.equal(largest, NEGATIVE_INFINITY), 0.0, largest)
    terms = xp.exp(others - largest)
    total = xp.sum(terms, axis=-1, keepdims=True)
    behind = chosen - largest
    # log(1 + total) = -behind + log(e^behind + total e^behind), with nothing rounded away when nobody leads the label
    value = xp.log1p(xp.expm1(behind) + total) - behind
    value = xp.where(xp.equal(chosen, NEGATIVE_INFINITY), -log(xp.smallest_normal(logits)), value)

    def slopes() -> A:
        whole = total + xp.exp(behind)
        whole = xp.where(xp.equal(whole, 0.0), 1.0, whole)
        return xp.where(is_label, -total, terms) / whole

    return xp.squeeze(value, axis=-1), (slopes, None)


def _soft_cross_entropy(xp: Namespace[A], logits: A, targets: A) -> tuple[A, Slopes[A]]:
    peak = _measured_from_largest(xp, logits)
    return _soft_value(xp, peak, targets), (lambda: _soft_slopes(xp, peak, targets), None)


def _cross_entropy_between(xp: Namespace[A], scores: A, relevance: A) -> tuple[A, Slopes[A]]:
    of_scores, of_relevance = _measured_from_largest(xp, scores), _measured_from_largest(xp, relevance)
    targets = of_relevance.terms / of_relevance.whole

    def slopes() -> A:
        # p - t is (v - u - t sum(v - u)) / sum(v) of their terms v and u, and v - u is (v + u) tanh(d / 2): nothing cancels
        d = xp.clip(of_relevance.behind, -FAR, FAR) - xp.clip(of_scores.behind, -FAR, FAR)
        change = (of_scores.terms + of_relevance.terms) * xp.tanh(d * 0.5)
        learned = xp.where(of_relevance.nothing, 0.0, xp.ones_like(of_scores.whole) / of_scores.whole)
        return (change - targets * xp.sum(change, axis=-1, keepdims=True)) * learned

    return _soft_value(xp, of_scores, targets), (slopes, None)


def _soft_value(xp: Namespace[A], peak: _Peak[A], targets: A) -> A:
    impossible = xp.equal(peak.behind, float("inf"))
    of_class = xp.where(impossible, -log(xp.smallest_normal(targets)), peak.behind + xp.log1p(peak.rest))
    return xp.sum(targets * of_class, axis=-1)


def _soft_slopes(xp: Namespace[A], peak: _Peak[A], targets: A) -> A:
    total = xp.sum(targets, axis=-1, keepdims=True)
    is_largest = peak.leads & xp.equal(peak.behind, 0.0)
    others = xp.sum(xp.where(is_largest, 0.0, targets), axis=-1, keepdims=True)
    # at the largest, total p - t is others - total (1 - p): nothing cancels when p and t are nearly 1
    slopes = xp.where(
        is_largest, others - total * (peak.rest / peak.whole), total * (peak.terms / peak.whole) - targets
    )
    return xp.where(peak.nothing, 0.0, slopes)


class _Peak(NamedTuple, Generic[T]):
    nothing: T  # every logit is -inf
    behind: T  # by how much the largest leads
    terms: T  # exp(-behind)
    whole: T  # their sum; 1 if there is nothing
    leads: T  # whether the largest is more than half of the whole, and thus the only one
    rest: T  # the sum less 1, of the largest


def _measured_from_largest(xp: Namespace[A], logits: A) -> _Peak[A]:
    largest = xp.stop_gradient(xp.max(logits, axis=-1, keepdims=True))
    nothing = xp.equal(largest, NEGATIVE_INFINITY)
    behind = xp.where(nothing, 0.0, largest) - logits
    terms = xp.exp(-behind)
    whole = xp.sum(terms, axis=-1, keepdims=True)
    leads = whole < 2.0
    rest = xp.sum(terms * xp.sign(behind), axis=-1, keepdims=True)  # of all but the largest
    rest = xp.where(leads, rest, whole - 1.0)
    return _Peak(nothing, behind, terms, xp.where(nothing, 1.0, whole), leads, rest)


def first_of_largest(xp: Namespace[A], x: A) -> A:
    """True for the largest of a row, once."""
    places = xp.astype(xp.indices(x, -1), x.dtype)
    largest = xp.equal(x, xp.max(x, axis=-1, keepdims=True))
    return xp.equal(-places, xp.max(xp.where(largest, -places, NEGATIVE_INFINITY), axis=-1, keepdims=True))


def label_apart(xp: Namespace[A], logits: A, labels: A) -> tuple[A, A, A]:
    """Where the label is, the logits with -inf there, and the label's own."""
    labels = xp.expand_dims(labels, axis=-1)
    is_label = xp.equal(xp.indices(logits, -1), labels)
    others = xp.where(is_label, NEGATIVE_INFINITY, logits)
    return is_label, others, xp.take_along_axis(logits, labels, axis=-1)
