"""References of the sparsemax losses."""

from __future__ import annotations

from mpmath import inf, mpf

from isoloss.conformance.references.rows import Matrix, Number, Rows, Vector


def binary_sparsemax(logits: Vector, targets: Vector) -> Rows:
    """Of two classes, one of them at 0."""
    return Rows([_loss([x, mpf(0)], [t, 1 - t]) for x, t in zip(logits, targets, strict=True)])


def multiclass_sparsemax(logits: Matrix, labels: list[int]) -> Rows:
    """Of one class that is right."""
    rows = zip(logits, labels, strict=True)
    return Rows([_loss(row, [mpf(c == label) for c in range(len(row))]) for row, label in rows])


def _loss(z: Vector, q: Vector) -> Number:
    """Martins and Astudillo 2016, algorithm 1 and section 3.3, of numbers shifted by the largest: proposition 2."""
    z = [x - max(z) for x in z]
    support: Vector = []
    for k, x in enumerate(sorted(z, reverse=True), 1):
        if x == -inf or 1 + k * x <= sum(support) + x:
            break
        support.append(x)
    threshold = (sum(support) - 1) / len(support)
    right = sum(c * x for c, x in zip(q, z, strict=True) if c)
    return sum(x**2 - threshold**2 for x in support) / 2 - right + sum(c**2 for c in q) / 2
