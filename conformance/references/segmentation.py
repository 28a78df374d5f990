"""References of the losses of overlap."""

from __future__ import annotations

from mpmath import mpf

from isoloss.conformance.references.rows import Matrix, Number, Rows, Vector


def dice(probabilities: Matrix, targets: Matrix, *, squared: bool, smoothing: Number) -> Rows:
    """Milletari et al. 2016, section 3, one less D; without the squares as in Sudre et al. 2017, equation (1)."""
    values = []
    for row, target in zip(probabilities, targets, strict=True):
        common, both = mpf(0), mpf(0)
        for p, t in zip(row, target, strict=True):
            common += 2 * p * t
            both += p**2 + t**2 if squared else p + t
        values.append(_one_less(common + smoothing, both + smoothing))
    return Rows(values)


def generalized_dice(probabilities: list[Matrix], targets: list[Matrix]) -> Rows:
    """Sudre et al. 2017, section 2.1: GDL; a class that is not there weighs as much as the smallest that is."""
    values = []
    for image, target in zip(probabilities, targets, strict=True):
        sizes = [sum(ts) for ts in target]
        smallest = min((size for size in sizes if size), default=mpf(1))
        common, both = mpf(0), mpf(0)
        for ps, ts, size in zip(image, target, sizes, strict=True):
            weight = 1 / (size or smallest) ** 2
            common += weight * sum(2 * p * t for p, t in zip(ps, ts, strict=True))
            both += weight * sum(p + t for p, t in zip(ps, ts, strict=True))
        values.append(_one_less(common, both))
    return Rows(values)


def tversky(probabilities: Matrix, targets: Matrix, *, alpha: Number, beta: Number, smoothing: Number) -> Rows:
    """Salehi et al. 2017, equation (3)."""
    values = []
    for row, target in zip(probabilities, targets, strict=True):
        pairs: list[Vector] = [[p, t] for p, t in zip(row, target, strict=True)]
        found = sum(p * t for p, t in pairs) + smoothing
        false_positives, false_negatives = sum(p * (1 - t) for p, t in pairs), sum((1 - p) * t for p, t in pairs)
        values.append(_one_less(found, found + alpha * false_positives + beta * false_negatives))
    return Rows(values)


def _one_less(common: Number, both: Number) -> Number:
    """0 where there is nothing."""
    return 1 - common / both if both else mpf(0)
