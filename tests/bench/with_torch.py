"""The contenders in PyTorch, eager; its element-wise and row-wise losses, eager and compiled.

A contender is made by a function that imports what it needs, so that a library that is not there fails alone.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
import torch.nn.functional as F
from contenders import ours
from measure import Step
from torch import Tensor

import isoloss.torch as isoloss

Loss = Callable[..., Tensor]

torch.set_num_threads(1)


def plain_nt_xent(embeddings: Tensor, temperature: float) -> Tensor:
    z = F.normalize(embeddings)
    logits = (z @ z.T / temperature).fill_diagonal_(float("-inf"))
    return F.cross_entropy(logits, _positives(embeddings))


def seed_nt_xent(embeddings: Tensor, temperature: float) -> Tensor:
    """As tutorials have it: every pair is broadcast, N x N x D numbers."""
    similarities = F.cosine_similarity(embeddings.unsqueeze(1), embeddings.unsqueeze(0), dim=2)
    similarities = (similarities - torch.eye(len(embeddings)) * 1e12) / temperature
    return F.cross_entropy(similarities, _positives(embeddings))


def plain_info_nce(queries: Tensor, keys: Tensor, temperature: float) -> Tensor:
    return F.cross_entropy(F.normalize(queries) @ F.normalize(keys).T / temperature, torch.arange(len(queries)))


def _positives(embeddings: Tensor) -> Tensor:
    """Rows i and i + N / 2 are views of one sample."""
    return torch.arange(len(embeddings)).roll(len(embeddings) // 2)


def _metric_learning(name: str) -> Loss:
    from pytorch_metric_learning import losses

    def loss(embeddings: Tensor, temperature: float) -> Tensor:
        return getattr(losses, name)(temperature=temperature)(embeddings, torch.arange(len(embeddings) // 2).repeat(2))

    return loss


def _lightly() -> Loss:
    """The file of its loss without the rest of the package, which needs the one torchvision that fits the torch."""
    found = importlib.util.find_spec("lightly")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("No module named 'lightly'")
    bare: dict[str, ModuleType] = {"lightly.models.utils": ModuleType("lightly.models.utils")}
    for name in ("lightly", "lightly.loss", "lightly.models", "lightly.models.modules"):
        bare[name] = ModuleType(name)
        bare[name].__path__ = [str(Path(found.origin).parent.joinpath(*name.split(".")[1:]))]
    with patch.dict(sys.modules, bare):
        criterion = import_module("lightly.loss.ntx_ent_loss").NTXentLoss

    def loss(embeddings: Tensor, temperature: float) -> Tensor:
        return criterion(temperature=temperature)(*embeddings.chunk(2))

    return loss


def _sentence_transformers(name: str) -> Loss:
    """The loss on given embeddings: no encoder runs."""
    from sentence_transformers.sentence_transformer import losses

    def criterion(temperature: float) -> Any:
        return getattr(losses, name)(torch.nn.Sequential(torch.nn.Identity()), scale=1 / temperature)

    def loss(queries: Tensor, keys: Tensor, temperature: float) -> Tensor:
        return criterion(temperature).compute_loss_from_embeddings([queries, keys], None)

    def cached(queries: Tensor, keys: Tensor, temperature: float) -> Tensor:
        return criterion(temperature).calculate_loss([[queries], [keys]], with_backward=True)

    return cached if name.startswith("Cached") else loss


def _info_nce_pytorch() -> Loss:
    from info_nce import info_nce

    return lambda queries, keys, temperature: info_nce(queries, keys, temperature=temperature)


CONTENDERS: dict[str, dict[str, Callable[[], Loss]]] = {
    "nt_xent": {
        **ours(isoloss.nt_xent),
        "plain": lambda: plain_nt_xent,
        "lightly NTXentLoss": _lightly,
        "pytorch-metric-learning SupConLoss": partial(_metric_learning, "SupConLoss"),
        "pytorch-metric-learning NTXentLoss": partial(_metric_learning, "NTXentLoss"),
        "tutorials' form": lambda: seed_nt_xent,
    },
    "info_nce": {
        **ours(isoloss.info_nce),
        "plain": lambda: plain_info_nce,
        "info-nce-pytorch": _info_nce_pytorch,
        "sentence-transformers MultipleNegativesRankingLoss": partial(
            _sentence_transformers, "MultipleNegativesRankingLoss"
        ),
        "sentence-transformers Cached": partial(_sentence_transformers, "CachedMultipleNegativesRankingLoss"),
    },
}
ALONE = frozenset({"pytorch-metric-learning NTXentLoss", "tutorials' form"})
"""They leave memory behind that the next one would pay for: each has a process of its own."""


def prepare(loss: Loss, arrays: Sequence[np.ndarray], *more: Any, setting: str = "torch") -> Step:
    """One step: the loss, and its gradient by all arrays, or by the first where the others are targets."""
    given = [torch.tensor(a) for a in arrays]
    leaves = [x.requires_grad_() for x in (given if more else given[:1])]
    function = torch.compile(loss, dynamic=False) if setting == "compile" else loss

    def step() -> tuple[Tensor, list[Tensor]]:
        for leaf in leaves:
            leaf.grad = None
        value = function(*given, *more)
        if value.requires_grad:  # the cached form has run backward already
            value.backward()
        return value.detach(), [leaf.grad for leaf in leaves if leaf.grad is not None]

    return step


LOSSES: dict[str, tuple[Loss, Loss, str]] = {  # ours, the framework's, its name
    "mse": (isoloss.mse, F.mse_loss, "F.mse_loss"),
    "huber": (isoloss.huber, F.huber_loss, "F.huber_loss"),
    "binary_cross_entropy_with_logits": (
        isoloss.binary_cross_entropy_with_logits,
        F.binary_cross_entropy_with_logits,
        "F.binary_cross_entropy_with_logits",
    ),
    "cross_entropy": (isoloss.cross_entropy, F.cross_entropy, "F.cross_entropy"),
    "listnet": (
        isoloss.listnet,
        lambda scores, relevance: F.cross_entropy(scores, relevance.softmax(dim=-1)),
        "F.cross_entropy of a softmax",
    ),
}


def versions() -> list[str]:
    return ["torch", "pytorch-metric-learning", "lightly", "sentence-transformers", "info-nce-pytorch"]
