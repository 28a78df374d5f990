"""Contrastive losses of few rows in eager PyTorch: the dense form in as few calls as can be, differentiated by hand.

Where a call costs more than its arithmetic, automatic differentiation of the dense form takes twice as long.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from isoloss.losses import tiles
from isoloss.protocol import Pairing, Similarity
from isoloss.torch import ops
from isoloss.torch.tiles import is_plain, moderate

LINEAR = 50.0  # log(1 + e^x) is x from here, in every dtype


class _Side(NamedTuple):
    units: Tensor
    lengths: Tensor  # (N, 1)


def contrast(
    dense: Callable[..., Tensor],
    queries: Tensor,
    keys: Tensor | None,
    temperature: float | Tensor,
    pairing: Pairing[Tensor],
    similarity: Similarity,
    decoupled: bool,
) -> Tensor:
    """`Namespace.by_hand`, of the plain case: cosines, one positive, some negatives, no mask, no overflow, on the CPU."""
    columns = len(queries if keys is None else keys)
    if (
        similarity == "cosine"
        and not decoupled
        and len(pairing.positives) == 1
        and columns > (1 if pairing.own is None else 2)
        and pairing.counted is None
        and pairing.back is None
        and is_plain(queries)
        and queries.device.type == "cpu"
        and tiles.warm(ops, temperature, 1.0 / tiles.REACH)
    ):
        rows = [x.detach() for x in (queries, keys) if x is not None]
        lengths = [torch.linalg.vector_norm(x, dim=1, keepdim=True) for x in rows]
        if all(moderate(each) for each in lengths):
            sides = [_Side(x / each, each) for x, each in zip(rows, lengths, strict=True)]
            if not isinstance(temperature, Tensor):
                temperature = ops.scalar(temperature, queries)
            return _ByHand.apply(dense, pairing, sides, queries, keys, temperature)
    return dense(queries, keys, temperature, pairing, similarity, decoupled)


class _ByHand(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        dense: Callable[..., Tensor],
        pairing: Pairing[Tensor],
        sides: list[_Side],
        queries: Tensor,
        keys: Tensor | None,
        temperature: Tensor,
    ) -> Tensor:
        positives = pairing.positives[0].unsqueeze(1)
        logits = torch.mm(sides[0].units, sides[-1].units.T).div_(temperature)
        of_positives = logits.gather(1, positives)
        if pairing.own is not None:
            logits.fill_diagonal_(float("-inf"))
        exponentials = logits.scatter_(1, positives, float("-inf")).exp_()
        sums = exponentials.sum(1, keepdim=True)
        leads = sums.log() - of_positives
        ctx.dense, ctx.pairing = dense, pairing
        ctx.save_for_backward(
            queries, keys, temperature, positives, exponentials, sums, leads, *(x for side in sides for x in side)
        )
        return F.softplus(leads, threshold=LINEAR).squeeze(1)

    @staticmethod
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]  # one output, so one gradient
        ctx: Any, gradient: Tensor
    ) -> tuple[Tensor | None, ...]:
        queries, keys, temperature, positives, exponentials, sums, leads, *of_sides = ctx.saved_tensors
        if torch.is_grad_enabled():  # the gradient is to be differentiated
            values = ctx.dense(queries, keys, temperature, ctx.pairing, "cosine", False)
            wanted = ctx.needs_input_grad[3:]
            inputs = [x for x, is_wanted in zip((queries, keys, temperature), wanted, strict=True) if is_wanted]
            found = iter(torch.autograd.grad(values, inputs, gradient, create_graph=True))
            return None, None, None, *(next(found) if is_wanted else None for is_wanted in wanted)
        first, last = _Side(*of_sides[:2]), _Side(*of_sides[-2:])
        slopes = leads.sigmoid().mul_(gradient.unsqueeze(1)).div_(temperature)
        of_cosines = (exponentials / sums).mul_(slopes).scatter_add_(1, positives, -slopes)
        of_queries, of_keys = torch.mm(of_cosines, last.units), None
        if keys is None:
            of_queries.addmm_(of_cosines.T, first.units)
        else:
            of_keys, _ = _through_units(last, torch.mm(of_cosines.T, first.units))
        of_queries, along = _through_units(first, of_queries)
        of_temperature = None
        if ctx.needs_input_grad[-1]:  # a cosine of rows with each other is there for both of them
            of_temperature = -along.sum() / (2.0 * temperature if keys is None else temperature)
        return None, None, None, of_queries, of_keys, of_temperature


def _through_units(side: _Side, found: Tensor) -> tuple[Tensor, Tensor]:
    """The gradient of the rows, of that of their unit vectors, which is overwritten; the products of these two."""
    along = (found * side.units).sum(1, keepdim=True)
    return found.addcmul_(side.units, along, value=-1).div_(side.lengths), along
