"""Specs that a type checker must refuse."""

from __future__ import annotations

from isoloss.protocol import A, Namespace


def misspelt_primitive(xp: Namespace[A], logits: A) -> A:
    return xp.sofmax(logits)  # error: reportAttributeAccessIssue


def wrong_keyword(xp: Namespace[A], logits: A) -> A:
    return xp.sum(logits, axes=-1)  # error: reportCallIssue


def forgotten_argument(xp: Namespace[A], logits: A, labels: A) -> A:
    return xp.take_along_axis(logits, labels)  # error: reportCallIssue


def number_for_an_array(xp: Namespace[A], logits: A) -> A:
    return xp.log(2.0) + logits  # error: reportArgumentType


def size_as_a_number(xp: Namespace[A], logits: A) -> A:
    return xp.sum(logits) / logits.shape[0]  # error: reportAttributeAccessIssue


def operator_that_frameworks_lack(xp: Namespace[A], where: A, labels: A) -> A:
    even = xp.equal(labels % 2, 0)  # error: reportOperatorIssue
    return even & ~where  # error: reportOperatorIssue


def truth_instead_of_equality(xp: Namespace[A], logits: A, labels: A) -> A:
    return xp.where(labels == 0, logits, 0.0)  # error: reportArgumentType
