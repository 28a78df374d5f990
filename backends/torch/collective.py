"""A batch that the processes of a `torch.distributed` group share: each has some of its rows, and all have its loss.

Each collective has its true derivative, as if the losses of all processes were added up; as they are one loss, each
process passes back its share of the gradient. What a process then gets is the derivative of the one loss with respect to
its own rows, whatever the number of processes: gradients of parameters are to be added up over them.

`DistributedDataParallel` takes their mean instead. With `averaged_gradients=True` no share is taken, so that this mean is
the gradient of the one loss.

With `reduction="none"` each process has the values of its own rows, and what it differentiates is its own affair.

All processes make the same call: losses, settings, shapes and dtypes that differ are an error in all of them. One that
makes none, or dies, is an error in the others, after the time limit of the group at the latest. `torch.compile` breaks its
graph at a call with a group, which runs as it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor
from torch._compile import _disable_dynamo

from isoloss.among import Among
from isoloss.losses import tiles
from isoloss.losses.declaration import declaration
from isoloss.protocol import Pairing
from isoloss.torch import ops
from isoloss.torch.tiles import strips, strips_of

Group: TypeAlias = dist.ProcessGroup | Literal["world"] | None
"""The processes that share a batch; "world" are all there are, None is this one alone."""

ONCE = "a batch that processes share has first derivatives alone: leave out group=, or create_graph=True"
"""What is said of a derivative that is to be differentiated."""


@_disable_dynamo  # torch.compiler.disable would load the compiler together with this module, which takes seconds
def call(
    run: Callable[..., Tensor],
    spec: Callable[..., Any],
    arrays: dict[str, Any],
    settings: dict[str, Any],
    group: dist.ProcessGroup | Literal["world"],
    averaged_gradients: bool,
    options: dict[str, Any],
) -> Tensor:
    """The loss of what all processes of a group have together."""
    workers = Workers(declaration(spec).name, group)
    if workers.size == 1:
        return run(ops, spec, arrays, settings, options)
    workers.agree(arrays | settings | options)
    value = run(workers, spec, arrays, settings, options)
    whole = averaged_gradients or options["reduction"] == "none"
    return _Shared.apply(value, 1 if whole else workers.size)


class Workers(Among[Tensor]):
    """The primitives of PyTorch for the processes of a group.

    Raises:
        RuntimeError: if torch.distributed has not been initialised.
        TypeError: if that is no group, or this process is not in it.
    """

    ops = ops

    def __init__(self, name: str, group: dist.ProcessGroup | Literal["world"]) -> None:
        if not (dist.is_available() and dist.is_initialized()):
            raise RuntimeError(
                f"{name}: group={group!r} wants the processes of torch.distributed, and there are none: call "
                "torch.distributed.init_process_group first, or leave group=None for this process alone"
            )
        found = dist.group.WORLD if group == "world" else group
        if not isinstance(found, dist.ProcessGroup):
            raise TypeError(
                f"{name}: group must be a torch.distributed.ProcessGroup that this process is in, 'world' or None; "
                f"got {group!r}"
            )
        self.name, self.group = name, found
        self.size, self.rank = found.size(), found.rank()

    def agree(self, given: dict[str, Any]) -> None:
        """See that all processes make the same call: the collectives of different ones would never end, or lie.

        Raises:
            ValueError: in all of them, if not.
        """
        own = f"{self.name}({', '.join(f'{name}={_told(value)}' for name, value in given.items())})"
        like = next((x for x in given.values() if isinstance(x, Tensor)), torch.empty(0))
        digest = int.from_bytes(sha256(own.encode()).digest()[:8], "big", signed=True)
        if len(set(self.gather(torch.tensor([digest], device=like.device)).tolist())) > 1:
            calls = [""] * self.size
            dist.all_gather_object(calls, own, group=self.group)
            other = next(rank for rank, call in enumerate(calls) if call != calls[0])
            raise ValueError(
                f"{self.name}: all processes of the group must make the same call, with arrays of the same shapes; "
                f"process 0 called {calls[0]} and process {other} {calls[other]}. If it is the last, smaller batch, drop "
                "it (drop_last=True), or fill it up and leave out what was added by where"
            )

    def gathered(self, x: Tensor, /) -> Tensor:
        return _Gathered.apply(x, self)

    def summed(self, x: Tensor, /) -> Tensor:
        return _Summed.apply(x, self)

    def averaged(self, x: Tensor, /) -> Tensor:
        return self.summed(x) / self.size

    def greatest(self, x: Tensor, /) -> Tensor:
        found = x.detach().clone()
        dist.all_reduce(found, dist.ReduceOp.MAX, group=self.group)
        return found

    def compared(
        self,
        queries: Tensor,
        keys: Tensor | None,
        temperature: float | Tensor,
        pairing: Pairing[Tensor],
        decoupled: bool,
    ) -> Tensor:
        if not isinstance(temperature, Tensor):
            temperature = ops.scalar(temperature, queries)
        return _Contrast.apply(queries, keys, temperature, self, pairing, decoupled)

    def first(self, x: Tensor) -> int:
        """The index of one's own first row in `gathered(x)`."""
        return self.rank * x.shape[0]

    def own(self, x: Tensor) -> Tensor:
        """One's own rows of what was gathered."""
        return x.unflatten(0, (self.size, -1))[self.rank]

    def terms(self, own: tiles.Terms[Tensor]) -> tiles.Terms[Tensor]:
        """Those of all."""
        return tiles.Terms(*self.gather(torch.stack(own, 1)).unbind(1))

    def gather(self, x: Tensor) -> Tensor:
        """`gathered`, without a derivative."""
        sent = x.detach().contiguous()
        sent = sent.to(torch.uint8) if sent.dtype == torch.bool else sent
        found = sent.new_empty((self.size * x.shape[0], *x.shape[1:]))
        dist.all_gather(list(found.chunk(self.size)), sent, group=self.group)
        return found.to(x.dtype)


class _Gathered(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, workers: Workers) -> Tensor:
        ctx.workers = workers
        return workers.gather(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        gradient = gradients[0].contiguous()
        found = gradient.new_empty((gradient.shape[0] // ctx.workers.size, *gradient.shape[1:]))
        dist.reduce_scatter(found, list(gradient.chunk(ctx.workers.size)), group=ctx.workers.group)
        return found, None


class _Summed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, workers: Workers) -> Tensor:
        ctx.workers = workers
        found = x.detach().clone()
        dist.all_reduce(found, group=workers.group)
        return found

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        gradient = gradients[0].clone()
        dist.all_reduce(gradient, group=ctx.workers.group)
        return gradient, None


class _Shared(torch.autograd.Function):
    """A value that all have alike, each with its share of the gradient."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, size: int) -> Tensor:
        ctx.size = size
        return value.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        if torch.is_grad_enabled():
            raise RuntimeError(ONCE)
        return gradients[0] / ctx.size, None


def _told(value: Any) -> str:
    """What of an argument must be the same for all processes."""
    if not isinstance(value, (Tensor, np.ndarray)):
        return repr(value)
    learned = isinstance(value, Tensor) and value.requires_grad and torch.is_grad_enabled()
    return f"<{str(value.dtype).removeprefix('torch.')} {tuple(value.shape)}{' with gradient' if learned else ''}>"


# ------------------------------------------------- one's own rows beside all others'


class _Contrast(torch.autograd.Function):
    """On the way there the embeddings of all are gathered; on the way back two numbers for each row, and no gradient."""

    @staticmethod
    def forward(
        ctx: Any,
        queries: Tensor,
        keys: Tensor | None,
        temperature: Tensor,
        workers: Workers,
        pairing: Pairing[Tensor],
        decoupled: bool,
    ) -> Tensor:
        all_keys = workers.gather(queries if keys is None else keys)
        all_queries = None if keys is None else workers.gather(queries)
        first = workers.first(queries) if keys is None else None
        values, slopes, logs = _values(queries, all_keys, temperature, pairing, first, decoupled)
        back = logs[:0]
        if pairing.back is not None:
            assert keys is not None
            assert all_queries is not None
            others, of_others, back = _values(keys, all_queries, temperature, pairing, first, decoupled)
            values, slopes = (values + others) / 2.0, torch.cat([slopes, of_others], 1)
        ctx.save_for_backward(queries, keys, temperature, all_queries, all_keys, logs, back, slopes)
        ctx.how = workers, pairing
        return values

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        queries, keys, temperature, all_queries, all_keys, logs, back, slopes = ctx.saved_tensors
        workers, pairing = ctx.how
        both_ways, n = pairing.back is not None, len(queries)
        weighted = list((slopes * (gradients[0] / (2.0 if both_ways else 1.0)).unsqueeze(1)).unbind(1))
        counted = None if pairing.counted is None else workers.own(pairing.counted)
        there = tiles.Terms(logs, weighted[0] if both_ways else tiles.total(weighted))
        everyone, first = workers.terms(there), workers.first(queries)
        if keys is None:
            of_positives = tiles.mutual(ops, weighted, [positive - first for positive in pairing.positives])
            pairs = _Pairs(torch.stack(list(pairing.positives), 1), torch.stack(of_positives, 1))
            found = _gradient(queries, all_keys, temperature, pairs, pairing.counted, counted, first, there, everyone)
            return found, None, torch.sum(found * queries) / (-2.0 * temperature), None, None, None
        returned = tiles.Terms(back, weighted[1]) if both_ways else None
        pairs = _Pairs(pairing.positives[0].unsqueeze(1), tiles.total(weighted).unsqueeze(1))
        others = returned and workers.terms(returned)
        counts = counted if both_ways else None
        of_queries = _gradient(queries, all_keys, temperature, pairs, pairing.counted, counts, None, there, others)
        # a key's positive is the query that it belongs to, which has its index; a further negative has none
        partners = (ops.indices(queries, 0) + first).unsqueeze(1)
        columns = pairing.counted if both_ways else None
        of_keys = [
            _gradient(keys[part], all_queries, temperature, of_part, columns, counts, None, returned, everyone)
            for part, of_part, counts in (
                (slice(0, n), pairs._replace(positives=partners), counted if counted is None else counted[:n]),
                (slice(n, None), _Pairs.none(len(keys) - n, logs), counted if counted is None else counted[n:]),
            )
        ]
        change = torch.sum(of_queries * queries) / -temperature
        return of_queries, torch.cat(of_keys), change, None, None, None


def _values(
    rows: Tensor, columns: Tensor, temperature: Tensor, pairing: Pairing[Tensor], first: int | None, decoupled: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Values, slopes for each positive, and log-sums."""
    positives = torch.stack(list(pairing.positives), 1)
    present = None if pairing.present is None else torch.stack(list(pairing.present), 1)
    found = strips(rows, columns, temperature, positives, present, pairing.counted, first, decoupled, False)
    values, slopes, sums, tops, *_ = found
    return values, slopes, tops + sums.log()


class _Pairs(NamedTuple):
    """The positives of some rows, (N, P), and how much less the loss changes with the similarity to each."""

    positives: Tensor
    slopes: Tensor

    @classmethod
    def none(cls, rows: int, like: Tensor) -> _Pairs:
        """Of rows that have no positive."""
        return cls(like.new_empty(rows, 0, dtype=torch.int64), like.new_empty(rows, 0))


def _gradient(
    rows: Tensor,
    columns: Tensor,
    temperature: Tensor,
    pairs: _Pairs,
    counted: Tensor | None,
    back: Tensor | None,
    first: int | None,
    own: tiles.Terms[Tensor] | None,
    others: tiles.Terms[Tensor] | None,
) -> Tensor:
    """Of the rows: what they are compared with (own), and what is compared with them (others); see `gradient_of_sides`.

    Args:
        counted: which columns count, and `back`: which rows do; None: all.
    """
    found = torch.empty_like(rows)
    spare: Tensor | None = None
    for part, strip, _ in strips_of(rows, columns, temperature, pairs.positives, counted, first):
        if back is not None:
            strip.masked_fill_(~back[part].unsqueeze(1), float("-inf"))
        terms = [] if own is None else [tiles.Terms(*(x[part].unsqueeze(1) for x in own))]
        terms += [] if others is None else [others]
        if len(terms) > 1:
            spare = torch.empty_like(strip) if spare is None else spare[: len(strip)]
            torch.sub(strip, terms[1].logs, out=spare).exp_()
        strip.sub_(terms[0].logs).exp_().mul_(terms[0].slopes)
        if spare is not None:
            strip.addcmul_(spare, terms[1].slopes)
        strip.scatter_(1, pairs.positives[part], -pairs.slopes[part])
        torch.mm(strip, columns, out=found[part])
    return found.div_(temperature)
