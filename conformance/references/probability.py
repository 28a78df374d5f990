"""References of the losses between distributions."""

from __future__ import annotations

from mpmath import exp, log, mpf, pi

from isoloss.conformance.references.rows import Matrix, Number, Rows, Vector


def kl_divergence(log_probabilities: Matrix, targets: Matrix, *, log_targets: bool) -> Rows:
    """Kullback and Leibler 1951, equation (2.4)."""
    values = []
    for row, target in zip(log_probabilities, targets, strict=True):
        value = mpf(0)
        for log_p, given in zip(row, target, strict=True):
            t = exp(given) if log_targets else given
            if t != 0:
                value += t * (log(t) - log_p)
        values.append(value)
    return Rows(values)


def jensen_shannon(log_probabilities: Matrix, targets: Matrix, *, log_targets: bool) -> Rows:
    """Lin 1991, equation (4.1) with both weights 1/2: the mean divergence from the mean distribution."""
    values = []
    for row, target in zip(log_probabilities, targets, strict=True):
        value = mpf(0)
        for log_p, given in zip(row, target, strict=True):
            p, t = exp(log_p), exp(given) if log_targets else given
            middle = (p + t) / 2
            for x in (p, t):
                if x != 0:
                    value += x * log(x / middle) / 2
        values.append(value)
    return Rows(values)


def generalized_kl(log_predictions: Matrix, targets: Matrix) -> Rows:
    """Csiszár 1991, equation (1.5)."""
    values = []
    for row, target in zip(log_predictions, targets, strict=True):
        value = mpf(0)
        for log_p, t in zip(row, target, strict=True):
            value += exp(log_p) - t
            if t != 0:
                value += t * (log(t) - log_p)
        values.append(value)
    return Rows(values)


def poisson_nll(predictions: Vector, targets: Vector, *, log_input: bool, full: bool, epsilon: Number) -> Rows:
    """-log(rate^target e^-rate / target!), the last by Stirling or left out."""
    values = []
    for prediction, t in zip(predictions, targets, strict=True):
        rate = exp(prediction) if log_input else prediction
        value = rate
        if t != 0:
            value -= t * (prediction if log_input else log(rate + epsilon))
        if full and t > 1:
            value += t * log(t) - t + log(2 * pi * t) / 2
        values.append(value)
    return Rows(values)


def gaussian_nll(predictions: Vector, targets: Vector, variances: Vector, *, full: bool, epsilon: Number) -> Rows:
    """Nix and Weigend 1994, equation (4)."""
    values = []
    for p, t, v in zip(predictions, targets, variances, strict=True):
        variance = max(v, epsilon)
        value = (log(variance) + (p - t) ** 2 / variance) / 2
        values.append(value + log(2 * pi) / 2 if full else value)
    return Rows(values)
