"""`isoloss check`: right ports pass, wrong ones are explained, and what cannot be run gets a sentence."""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from rich.console import Console

import isoloss.torch
from isoloss.conformance.check import Report, check, judged, ports, rereduced, show
from isoloss.conformance.check.signatures import Unmatched, match, parameters
from isoloss.conformance.check.variants import Observed, Point, explanations
from isoloss.conformance.runners import Result, numpy
from isoloss.conformance.vectors import vectors
from isoloss.conformance.verdict import judge
from isoloss.losses import LOSSES

TORCH = ports.framework("torch")


def judgement(port: Any, loss: str, **mapping: str) -> Report:
    """The report on a torch port, without a process of its own."""
    make, function = (port, port()) if inspect.isclass(port) else (None, port)
    job = ports.Job("test_check.py", getattr(port, "__name__", "port"), loss, "torch", mapping)
    return judged(job, list(ports.run(job, TORCH, make, function)))


def verdict(port: Any, loss: str, **mapping: str) -> tuple[int, str]:
    """Exit code and text on a torch port."""
    return shown(judgement(port, loss, **mapping))


def printed(port: Any, loss: str, width: int = 200) -> str:
    """What is printed of a torch port, line by line."""
    text = io.StringIO()
    show(judgement(port, loss), Console(file=text, width=width))
    return text.getvalue()


def shown(report: Report) -> tuple[int, str]:
    """Exit code and text of a report."""
    text = io.StringIO()
    show(report, Console(file=text, width=200))
    return report.code, " ".join(text.getvalue().split())


def checked(
    folder: Path, source: str, loss: str = "mse", backend: str = "numpy", seconds: float = 60.0, **mapping: str
) -> tuple[int, str]:
    """Exit code and text on the function `port` of a file."""
    file = folder / "ports_of_mine.py"
    file.write_text(source, encoding="utf-8")
    code, text = shown(check(f"{file}:port", loss, backend, mapping, seconds=seconds))
    assert "Traceback" not in text
    return code, text


# ---------------------------------------------------------------------- right ports


def cosines(z: torch.Tensor, temperature: float) -> torch.Tensor:
    z = F.normalize(z, dim=1)
    return itself_out(z @ z.T / temperature)


def itself_out(similarities: torch.Tensor) -> torch.Tensor:
    return similarities.masked_fill(torch.eye(len(similarities), dtype=torch.bool), float("-inf"))


def stacked(z: torch.Tensor) -> torch.Tensor:
    return (torch.arange(len(z)) + len(z) // 2) % len(z)


def nt_xent(z, tau=0.1):
    return F.cross_entropy(cosines(z, tau), stacked(z))


class NTXent(torch.nn.Module):
    def __init__(self, temperature=0.5, verbose=False):
        super().__init__()
        self.temperature = temperature

    def forward(self, features):
        return nt_xent(features, self.temperature)


def mae(y_true, y_pred):
    return (y_true - y_pred).abs().mean()


def mse_per_element(x, y):
    return (x - y) ** 2


def mse_over_last_axis(y_true, y_pred):
    return ((y_true - y_pred) ** 2).mean(-1)


def weighted_mse(input, target, weight=None, mask=None, reduction="mean"):
    weight = torch.ones_like(input) if weight is None else weight
    weight = weight if mask is None else torch.where(mask, weight, 0.0)
    values = weight * (input - target) ** 2
    return {"none": values, "sum": values.sum(), "mean": values.sum() / weight.sum()}[reduction]


def huber_of_torch(input, target, reduction="mean", delta=1.0):
    return F.huber_loss(input, target, reduction=reduction, delta=delta)


@pytest.mark.parametrize(
    ("port", "loss", "said"),
    [
        (mae, "mae", "predictions <- y_pred targets <- y_true"),
        (mse_per_element, "mse", "unreduced values where isoloss's mean is one number"),
        (mse_over_last_axis, "mse", "a mean over the last axis alone"),
        (weighted_mse, "mse", "where <- mask weights <- weight reduction <- reduction (mean, sum, none)"),
        (huber_of_torch, "huber", "Right, and accurate."),
    ],
)
def test_a_right_port_passes(port: Any, loss: str, said: str) -> None:
    code, text = verdict(port, loss)
    assert code == 0, text
    assert "Right" in text
    assert said in text


@pytest.mark.parametrize("port", [nt_xent, NTXent])
def test_a_right_formula_may_lose_digits(port: Any) -> None:
    code, text = verdict(port, "nt_xent")
    assert code == 1
    assert "The formula is right, its arithmetic is not. In float32 it departs" in text
    assert "typical" not in text.partition("departs")[2]


def test_settings_may_be_those_of_a_class() -> None:
    _, text = verdict(NTXent, "nt_xent")
    assert "embeddings <- features temperature <- temperature" in text
    assert "verbose: no argument of nt_xent; left at False" in text
    assert "temperature <- tau (its default is 0.1, isoloss's 0.5" in verdict(nt_xent, "nt_xent")[1]


def test_lost_digits_are_told_from_a_wrong_formula() -> None:
    def shifted(z, temperature=0.5):
        s = cosines(z, temperature)
        return F.cross_entropy((s + 1e4) - 1e4, stacked(z))

    code, text = verdict(shifted, "nt_xent")
    assert code == 1
    assert "The formula is right, its arithmetic is not." in text


def test_close_is_told_from_accurate() -> None:
    code, text = verdict(lambda input, target: ((input - target) ** 2).mean() * (1 + 3e-6), "mse")
    assert code == 0
    assert "Right to 1e-05." in text
    assert "isoloss's own bound (4 ulp of the value and 8 of the gradient, times the condition) is missed in" in text


# ------------------------------------------------------------------------- variants


def interleaved(z):
    rows = torch.arange(len(z))
    return rows + 1 - rows % 2 * 2


def products(z, t):
    return itself_out(z @ z.T / t)


def simcse_dot(z):
    return F.cross_entropy(products(z, 0.05), interleaved(z))


def simcse_views(z, temp=0.05):
    a, b = F.normalize(z[::2], dim=1), F.normalize(z[1::2], dim=1)
    return F.cross_entropy(a @ b.T / temp, torch.arange(len(a)))


def nt_xent_interleaved(z, t=0.5):
    return F.cross_entropy(cosines(z, t), interleaved(z))


def dcl(z, t, pairs=stacked, similarities=cosines):
    s, rows = similarities(z, t), torch.arange(len(z))
    others = s.masked_fill(F.one_hot(pairs(z), len(z)).bool(), float("-inf"))
    return (torch.logsumexp(others, 1) - s[rows, pairs(z)]).mean()


def dcl_of_each_view(z, t=0.1):
    s, n = cosines(z, t), len(z) // 2
    others = s.masked_fill(F.one_hot(stacked(z), len(z)).bool(), float("-inf"))
    lengths = torch.logsumexp(others[:, :n], 1) + torch.logsumexp(others[:, n:], 1)
    return (lengths - s[torch.arange(2 * n), stacked(z)]).mean()


def sup_con(z, labels, t=0.1, inside=False, itself=False, every=False):
    s = cosines(z, t)
    same = (labels[:, None] == labels) & ~torch.eye(len(z), dtype=torch.bool)
    whole = torch.logsumexp(F.normalize(z, dim=1) @ F.normalize(z, dim=1).T / t if itself else s, 1)
    count = same.sum(1).clamp(min=1)
    if inside:
        of_positives = torch.logsumexp(s.masked_fill(~same, float("-inf")), 1) - count.log()
    else:
        of_positives = s.masked_fill(~same, 0.0).sum(1) / count
    return torch.where(same.any(1), whole - of_positives, 0.0)[same.any(1) | every].mean()


def circle(z, labels, margin=0.4, gamma=80.0, detach=True, apart=False, normalise=True):
    z = F.normalize(z, dim=1) if normalise else z
    s = z @ z.T
    constant, same = s.detach() if detach else s, labels[:, None] == labels
    lack = gamma * F.relu(1 + margin - constant) * (1 - margin - s)
    excess = gamma * F.relu(constant + margin) * (s - margin)
    positives = torch.logsumexp(itself_out(lack.masked_fill(~same, float("-inf"))), 1)
    negatives = torch.logsumexp(excess.masked_fill(same, float("-inf")), 1)
    values = F.softplus(positives) + F.softplus(negatives) if apart else F.softplus(positives + negatives)
    return values[same.sum(1) > 1].mean()


def siglip(a, b, scale=10.0, bias=-10.0):
    logits = F.normalize(a, dim=1) @ F.normalize(b, dim=1).T * scale + bias
    return -F.logsigmoid((2 * torch.eye(len(a)) - 1) * logits)


def nt_xent_itself(z, t=0.5):
    z = F.normalize(z, dim=1)
    return F.cross_entropy(z @ z.T / t, stacked(z))


def nt_xent_detached(z, t=0.5):
    z = z / z.norm(dim=1, keepdim=True).detach()
    return F.cross_entropy(itself_out(z @ z.T / t), stacked(z))


def barlow(z1, z2, lambd=5e-3, unbiased=True, eps=0.0):
    a, b = ((z - z.mean(0)) / (z.var(0, unbiased=unbiased) + eps).sqrt() for z in (z1, z2))
    c = a.T @ b / len(a)
    off = c.pow(2).sum() - c.diagonal().pow(2).sum()
    return (c.diagonal() - 1).pow(2).sum() + lambd * off


def info_nce(q, k, tau=0.07, both=False):
    q, k = F.normalize(q, dim=1), F.normalize(k, dim=1)
    logits, rows = q @ k.T / tau, torch.arange(len(q))
    one = F.cross_entropy(logits, rows)
    return (one + F.cross_entropy(logits.T, rows)) / 2 if both else one


def cross_entropy_of_torch(input, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    return F.cross_entropy(input, target, weight, ignore_index=ignore_index, label_smoothing=label_smoothing)


def focal(x, y):
    rest = y * (-x).sigmoid() + (1 - y) * x.sigmoid()
    return rest**2 * F.binary_cross_entropy_with_logits(x, y, reduction="none")


def tversky(p, y, alpha, beta):
    both, found, there = (p * y).sum(-1), (p * (1 - y)).sum(-1), ((1 - p) * y).sum(-1)
    rest = alpha * found + beta * there
    return torch.where(rest > 0, rest / (rest + both), 0.0).mean()


def inverted(pred, y, mask):
    return weighted_mse(pred, y, mask=None if mask is None else ~mask)


WRONG: list[tuple[str, str, Callable[..., Any]]] = [
    ("mse", "It sums over the batch where a mean is asked for", lambda pred, y: ((pred - y) ** 2).sum()),
    ("mse", "half of isoloss's", lambda pred, y: ((pred - y) ** 2).mean() / 2),
    ("mse", "Everything it gives is 0.333333 times isoloss's", lambda pred, y: ((pred - y) ** 2).mean() / 3),
    ("mse", "divided by how many values count", lambda pred, y, weights: (weights * (pred - y) ** 2).mean()),
    ("mse", "are counted in the divisor", lambda pred, y, mask: (mask * (pred - y) ** 2).mean()),
    ("mse", "its mask is the other way round", lambda pred, y, mask=None: inverted(pred, y, mask)),
    ("mse", "takes weights and does not use them", lambda pred, y, weights: ((pred - y) ** 2).mean()),
    ("mse", "('batchmean')", lambda pred, y: ((pred - y) ** 2).sum() / (len(pred) if pred.ndim else 1)),
    ("mse", "No gradient reaches predictions", lambda pred, y: ((pred - y) ** 2).mean().detach()),
    ("rmse", "The root is missing", lambda pred, y: ((pred - y) ** 2).mean()),
    ("huber", "SmoothL1Loss", lambda pred, y, delta=1.0: F.smooth_l1_loss(pred, y, beta=delta)),
    ("huber", "huber with delta=0.5 built in", lambda pred, y: F.huber_loss(pred, y, delta=0.5)),
    ("half_mse", "twice isoloss's", lambda pred, y: ((pred - y) ** 2).mean()),
    ("smooth_l1", "It is the Huber loss", lambda pred, y, beta=1.0: F.huber_loss(pred, y, delta=beta or 1e-30)),
    ("quantile", "Its sides are swapped", lambda p, y, q=0.5: torch.maximum(q * (p - y), (q - 1) * (p - y)).mean()),
    ("cosine_distance", "minus the cosine", lambda a, b: -F.cosine_similarity(a, b, dim=-1).mean()),
    ("byol", "minus the cosine", lambda p, z: -F.cosine_similarity(p, z.detach(), dim=-1).mean()),
    ("tversky", "Alpha and beta are exchanged", lambda p, y, alpha=0.5, beta=0.5: tversky(p, y, beta, alpha)),
    (
        "kl_divergence",
        "('batchmean')",
        lambda log_p, y, log_target=False: F.kl_div(log_p, y, log_target=log_target, reduction="none").mean(),
    ),
    ("poisson_nll", "rates for their logarithms", lambda x, y, log_input=True: F.poisson_nll_loss(x, y)),
    ("gaussian_nll", "full and does not use it", lambda x, y, var, full=False: F.gaussian_nll_loss(x, y, var)),
    (
        "binary_cross_entropy",
        "Its sign is missing",
        lambda p, y: (y * p.log() + (1 - y) * (1 - p).log()).mean(),
    ),
    (
        "binary_cross_entropy",
        "takes the probabilities for logits",
        lambda p, y: F.binary_cross_entropy_with_logits(p, y),
    ),
    (
        "binary_cross_entropy_with_logits",
        "The sigmoid is taken twice",
        lambda logits, y: F.binary_cross_entropy_with_logits(logits.sigmoid(), y),
    ),
    (
        "binary_focal",
        "binary_focal with alpha=0.25 built in",
        lambda x, y: (focal(x, y) * (0.25 * y + 0.75 * (1 - y))).mean(),
    ),
    ("binary_focal", "It is the plain cross-entropy", lambda x, y: F.binary_cross_entropy_with_logits(x, y)),
    ("generalized_cross_entropy", "It is the plain cross-entropy", lambda x, y: F.cross_entropy(x, y)),
    ("cross_entropy", "off by one: it takes class label - 1", lambda x, y: F.cross_entropy(x, (y - 1) % x.shape[-1])),
    ("cross_entropy", "off by one: it takes class label + 1", lambda x, y: F.cross_entropy(x, (y + 1) % x.shape[-1])),
    ("cross_entropy", "weighed class by class, as PyTorch does", cross_entropy_of_torch),
    ("cross_entropy", "The softmax is taken twice", lambda x, y: F.cross_entropy(x.softmax(-1), y)),
    ("cross_entropy", "nll_loss of logits", lambda x, y: F.nll_loss(x, y)),
    ("cross_entropy", "nll_loss of a softmax", lambda x, y: F.nll_loss(x.softmax(-1), y)),
    ("soft_cross_entropy", "Kullback-Leibler", lambda x, y: F.kl_div(x.log_softmax(-1), y, reduction="batchmean")),
    ("bpr", "Its two arrays are swapped", lambda pos, neg: -F.logsigmoid(neg - pos).mean()),
    ("margin_ranking", "not cut off at 0", lambda a, b, target, margin: (margin - target * (a - b)).mean()),
    ("simcse", "The normalisation is missing", simcse_dot),
    ("simcse", "as isoloss.info_nce(first, second) does", simcse_views),
    ("nt_xent", "It pairs other rows: 2k and 2k + 1 (interleaved views)", nt_xent_interleaved),
    ("nt_xent", "The positive is left out of the denominator", lambda z, t=0.5: dcl(z, t)),
    ("nt_xent", "mask the diagonal", nt_xent_itself),
    ("nt_xent", "The normalisation is detached", nt_xent_detached),
    ("nt_xent", "The temperature is inverted", lambda z, t=0.5: nt_xent(z, 1 / t)),
    ("nt_xent", "nt_xent with temperature=0.07 built in", lambda z: nt_xent(z, 0.07)),
    ("nt_xent", "Besides, it is nt_xent with temperature=0.2 built in", lambda z: nt_xent(z, 0.2) * len(z)),
    ("dcl", "The positive is in the denominator", lambda z, t=0.1: nt_xent(z, t)),
    ("dcl", "adds a logarithm of the negatives of each view", dcl_of_each_view),
    ("dcl", "It pairs other rows: 2k and 2k + 1 (interleaved views)", lambda z, t=0.1: dcl(z, t, interleaved)),
    ("dcl", "The normalisation is missing", lambda z, t=0.1: dcl(z, t, similarities=products)),
    (
        "sup_con",
        "Rows without a positive count in its mean",
        lambda z, labels, t=0.1: sup_con(z, labels, t, every=True),
    ),
    ("sup_con", "the paper's L_in", lambda z, labels, t=0.1: sup_con(z, labels, t, inside=True)),
    ("sup_con", "mask the diagonal", lambda z, labels, t=0.1: sup_con(z, labels, t, itself=True)),
    (
        "circle",
        "Its weights alpha are differentiated",
        lambda z, labels, margin=0.4, gamma=80.0: circle(z, labels, margin, gamma, detach=False),
    ),
    (
        "circle",
        "adds a logarithm for positives",
        lambda z, labels, margin=0.4, gamma=80.0: circle(z, labels, margin, gamma, apart=True),
    ),
    (
        "circle",
        "The normalisation is missing",
        lambda z, labels, margin=0.4, gamma=80.0: circle(z, labels, margin, gamma, normalise=False),
    ),
    ("circle", "Its sign is missing", lambda z, labels, margin=0.4, gamma=80.0: -circle(z, labels, margin, gamma)),
    ("siglip", "a mean over all pairs", lambda a, b, scale=10.0, bias=-10.0: siglip(a, b, scale, bias).mean()),
    ("siglip", "does not use the bias", lambda a, b, scale=10.0, bias=0.0: siglip(a, b, scale, 0.0).sum(1).mean()),
    ("info_nce", "the mean of both directions", lambda q, k, t=0.07: info_nce(q, k, t, both=True)),
    ("info_nce", "No gradient reaches keys", lambda q, k, t=0.07: info_nce(q, k.detach(), t)),
    ("info_nce", "multiplied by the temperature at the end", lambda q, k, t=0.07: info_nce(q, k, t) * t),
    ("clip", "each image among the texts, as isoloss.info_nce does", lambda q, k, t=0.07: info_nce(q, k, t)),
    ("clip", "each text among the images", lambda q, k, t=0.07: info_nce(k, q, t)),
    ("clip", "twice isoloss's", lambda q, k, t=0.07: 2 * info_nce(q, k, t, both=True)),
    ("clip", "The temperature is inverted", lambda q, k, t=0.07: info_nce(q, k, 1 / t, both=True)),
    ("barlow_twins", "unbiased standard deviation (ddof=1), without epsilon", lambda z1, z2: barlow(z1, z2)),
    ("barlow_twins", "barlow_twins with epsilon=0.0 built in", lambda z1, z2: barlow(z1, z2, unbiased=False)),
]


@pytest.mark.filterwarnings("ignore:var.*degrees of freedom:UserWarning")
@pytest.mark.parametrize(("loss", "why", "port"), WRONG, ids=[f"{loss}: {why}" for loss, why, _ in WRONG])
def test_a_known_variant_is_named(loss: str, why: str, port: Callable[..., Any]) -> None:
    code, text = verdict(port, loss)
    assert code == 1
    assert "Wrong. It departs" in text
    assert why.lower() in text.partition("Why:")[2].lower(), text


@pytest.mark.parametrize(
    ("port", "said"),
    [
        (lambda pred, y: ((pred - y) ** 2).mean() + 0.1, "no known variant explains it"),
        (lambda pred, y: torch.full_like(pred.sum(), float("nan")), "not finite"),
        (lambda pred, y: ((pred - y) ** 2).mean().reshape(1, 1), "shape (1, 1)"),
        (lambda pred, y: ((pred - y) ** 2).mean().item(), "No gradient reaches predictions"),
    ],
)
def test_what_no_variant_explains_is_shown(port: Callable[..., Any], said: str) -> None:
    code, text = verdict(port, "mse")
    assert code == 1
    assert "Wrong." in text
    assert "Where it departs" in text
    assert said in text


def test_the_table_breaks_no_number_in_80_columns() -> None:
    def port(z, temperature=0.05):
        value = isoloss.torch.simcse(z, temperature=temperature)
        return 0.5 * (value + value.detach())  # half of the gradient

    report = judgement(port, "simcse")
    lines = printed(port, "simcse", width=80).splitlines()
    assert max(map(len, lines)) <= 80
    first = {j.regime: j.departures[0] for j in reversed(report.failed)}
    assert "near-cancellation" in first
    for departure in first.values():
        assert {departure.got, departure.expected, *departure.off.split()} <= {*" ".join(lines).split()}
        assert any(departure.regime in line for line in lines)


def test_the_table_is_short() -> None:
    table = printed(lambda x, y: F.cross_entropy(x, y) + 1.0, "cross_entropy").partition("Where it departs")[2]
    rows, _, more = table.rpartition("─")[2].partition("\nand ")
    assert 0 < len(rows.splitlines()) < 12
    assert "more like these" in more


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_added_is_no_variant(loss: str) -> None:
    observed = []
    for vector in vectors(loss).values():
        finite = all(np.isfinite(x).all() for x in vector.case.inputs.values() if x.dtype.kind == "f")
        if vector.kind == "typical" and finite and len(observed) < 6:
            point = Point.of(LOSSES[loss], vector.case, vector.case.options.get("reduction", "mean"))
            observed.append(Observed(point, np.asarray(point()) + 0.25, None, 1e-6, departs=True))
    assert explanations(LOSSES[loss], [s.name for s in LOSSES[loss].settings], observed) == []


def test_a_variant_must_speak_of_what_departs() -> None:
    """Without gradients, detached negatives give isoloss's own value, and say nothing of cases without negatives."""
    loss, of = LOSSES["info_nce"], vectors("info_nce")
    points = [Point.of(loss, of[case].case, "mean") for case in ("negatives", "pairs")]
    values = [points[0](), np.asarray(points[1]()) + 0.25]
    observed = [Observed(p, v, None, 1e-6, k == 1) for k, (p, v) in enumerate(zip(points, values, strict=True))]
    assert explanations(loss, ["temperature", "similarity", "decoupled"], observed) == []


def test_answers_of_another_reduction() -> None:
    for name in ("mse", "cross_entropy", "simcse"):
        for vector in vectors(name).values():
            if vector.kind == "typical":
                for reduction in ("mean", "sum", "none"):
                    changed = rereduced(LOSSES[name], vector, reduction)
                    assert changed.case.options.get("reduction", "mean") == reduction
                    result: Result = numpy.run(name, changed.case, dtype="float64")
                    assert judge(name, changed, result, dtype="float64").close, (name, vector.case.id, reduction)


# ------------------------------------------------------------------------ arguments


@pytest.mark.parametrize(
    ("port", "loss", "mapping", "expected"),
    [
        (lambda y_true, y_pred: 0, "cross_entropy", {}, {"logits": "y_pred", "labels": "y_true"}),
        (lambda a, b: 0, "mse", {}, {"predictions": "a", "targets": "b"}),
        (lambda q, k, T: 0, "info_nce", {}, {"queries": "q", "keys": "k", "temperature": "T"}),
        (lambda z_i, z_j: 0, "barlow_twins", {}, {"embeddings_a": "z_i", "embeddings_b": "z_j"}),
        (lambda negative, positive: 0, "bpr", {}, {"positive_scores": "positive", "negative_scores": "negative"}),
        (lambda foo, bar: 0, "mse", {"foo": "targets"}, {"predictions": "bar", "targets": "foo"}),
        (lambda input, target, weight: 0, "cross_entropy", {}, {"class_weights": "weight"}),
        (lambda input, target, weight: 0, "mse", {}, {"weights": "weight"}),
        (lambda x, y, reduction=True: 0, "mse", {}, {"predictions": "x", "targets": "y"}),
    ],
)
def test_arguments_are_matched(port: Any, loss: str, mapping: dict[str, str], expected: dict[str, str]) -> None:
    found = {n: p.name for n, p in match(parameters(port), LOSSES[loss], mapping).taken.items()}
    assert expected.items() <= found.items()
    assert "reduction" not in found


@pytest.mark.parametrize(
    ("port", "mapping", "said"),
    [
        (lambda x, y, frobnicate: 0, {}, "--map frobnicate=NAME"),
        (lambda x: 0, {}, "No argument of the port is mse's targets"),
        (lambda x, y: 0, {"z": "targets"}, "--map z=targets: the port has no argument 'z'"),
        (lambda x, y: 0, {"y": "target"}, "did you mean 'targets'?"),
        (max, {}, "signature cannot be read"),
    ],
)
def test_arguments_that_cannot_be_matched(port: Any, mapping: dict[str, str], said: str) -> None:
    with pytest.raises(Unmatched) as error:
        match(parameters(port), LOSSES["mse"], mapping)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("loss", "port"),
    [
        ("nll", lambda log_probabilities, labels, weight: F.nll_loss(log_probabilities, labels, weight)),
        ("multi_margin", lambda scores, labels, weight: F.multi_margin_loss(scores, labels, weight=weight)),
    ],
)
def test_class_weights_that_a_port_insists_on_are_1(loss: str, port: Any) -> None:
    assert judgement(port, loss, weight="class_weights").code < 2


def test_a_second_view_is_told_to_stand_in_one_array() -> None:
    with pytest.raises(Unmatched, match="nt_xent has all in one array; give a function that splits it"):
        match(parameters(lambda z1, z2: 0), LOSSES["nt_xent"], {})


@pytest.mark.parametrize(("factor", "departs"), [(1.0, False), (2.0, True)])
def test_a_detached_value_may_be_wrong_besides(factor: float, departs: bool) -> None:
    (why,) = judgement(lambda a, b: ((a - b) ** 2).mean().detach() * factor, "mse").why
    assert why.startswith("No gradient reaches predictions")
    assert ("departs as well" in why) is departs


# --------------------------------------------------------- in a process of its own

MSE = "import numpy as np\ndef port(a, b):\n    return np.mean((a - b) ** 2)\n"


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [
        (MSE, 0, "Right, and accurate. The value agrees"),
        ("print('rubbish' * 100000)\n" + MSE, 0, "Gradients are not judged: NumPy has none."),
        ("import os\ndef port(a, b): os._exit(0)", 2, "ended its process in case 'vector': exit code 0"),
        ("import ctypes\ndef port(a, b): ctypes.string_at(0)", 2, "in case 'vector': signal SIGSEGV"),
        ("import sys\ndef port(a, b): sys.exit('bye')", 2, "it ended the program: sys.exit('bye') (line 2 of"),
        ("import sys\nsys.exit()", 2, "The file could not be loaded: it ended the program"),
        ("import nothing_of_this_name", 2, "ModuleNotFoundError: No module named 'nothing_of_this_name' (line 1 of"),
        ("def port(a, b:", 2, "The file is no valid Python: "),
        ("def prot(a, b): pass", 2, "has no function 'port'; did you mean 'prot'?"),
        ("port = 3", 2, "port in"),
        (
            "def port(a, b): raise ValueError('[bold]no[/] way')",
            2,
            "In each case it raised ValueError: [bold]no[/] way",
        ),
        ("def port(a, b): return None", 1, "In each case it returned None where a number or an array was expected"),
        ("def port(a, b): return 'half'", 1, "it returned a str ('half')"),
        ("def port(a, b, c): return 0.0", 2, "--map c=NAME"),
        ("class port:\n    def __init__(self, size): pass", 2, "The class port cannot be made without arguments"),
    ],
)
def test_a_port_gets_a_sentence(tmp_path: Path, source: str, code: int, said: str) -> None:
    found, text = checked(tmp_path, source)
    assert found == code, text
    assert said in text


@pytest.mark.parametrize("source", ["def port(a, b):\n    while True: pass", "while True: pass"])
def test_a_port_that_hangs_is_stopped(tmp_path: Path, source: str) -> None:
    code, text = checked(tmp_path, source, seconds=2.0)
    assert code == 2
    assert "It took longer than 2 seconds" in text


def test_what_is_asked_may_not_be_there(tmp_path: Path) -> None:
    assert checked(tmp_path, MSE, loss="msee") == (2, "Not run. isoloss has no loss 'msee'; did you mean 'mse'?")
    assert checked(tmp_path, MSE, loss="nn.MSELoss") == (
        2,
        "Not run. isoloss has no loss 'nn.MSELoss': it is mse here.",
    )
    assert checked(tmp_path, MSE, backend="nump")[1] == "Not run. There is no backend 'nump'; did you mean 'numpy'?"
    for target, said in (("nowhere.py:port", "There is no file nowhere.py"), ("port", "is given as FILE.py:function")):
        code, text = shown(check(target, "mse", "numpy", {}))
        assert code == 2
        assert said in text


def test_arguments_may_be_named(tmp_path: Path) -> None:
    source = "import numpy as np\ndef port(foo, bar):\n    return np.mean(np.log1p(np.exp(foo - bar)))\n"
    assert "positive_scores <- foo" in checked(tmp_path, source, "bpr")[1]
    mapped = checked(tmp_path, source, "bpr", foo="negative_scores", bar="positive_scores")[1]
    assert "positive_scores <- bar negative_scores <- foo" in mapped
    assert "swapped" in checked(tmp_path, source, "bpr")[1]
    assert "swapped" not in mapped


def test_a_port_that_no_case_can_be_asked_of(tmp_path: Path) -> None:
    source = "import numpy as np\ndef port(a, b):\n    return np.mean(np.maximum(0, 1 - a + b))\n"
    code, text = checked(tmp_path, source, "margin_ranking")
    assert code == 2
    assert "needs an argument that the port lacks: margin, target" in text


@pytest.mark.parametrize(
    ("backend", "source"),
    [
        ("torch", "def port(y_true, y_pred):\n    return ((y_true - y_pred) ** 2).{}()"),
        ("jax", "def port(y_true, y_pred):\n    return ((y_true - y_pred) ** 2).{}()"),
        (
            "tensorflow",
            "import tensorflow as tf\ndef port(y_true, y_pred):\n    return tf.reduce_{}((y_true - y_pred) ** 2)",
        ),
        ("keras", "import keras\ndef port(y_true, y_pred):\n    return keras.ops.{}((y_true - y_pred) ** 2)"),
    ],
)
def test_each_framework(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str, source: str) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    code, text = checked(tmp_path, source.format("sum"), backend=backend)
    assert (code, "It sums over the batch where a mean is asked for" in text) == (1, True), text
    assert "gradient of predictions[" in text
