"""A batch that the replicas of a `tf.distribute` strategy share: each has some of its rows, and all have its loss.

With `across_replicas=True` a loss is to be called in a replica context, that is in `strategy.run`. Each collective has its
true derivative, as if the losses of all replicas were added up; as they are one loss, each replica passes back its share
of the gradient. What a replica then gets is the derivative of the one loss with respect to its own rows, whatever the
number of replicas: gradients of parameters are to be added up over them, as optimizers do in a replica context. The loss
is not to be divided by the number of replicas.

With `reduction="none"` each replica has the values of its own rows, and what it differentiates is its own affair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import tensorflow as tf
from tensorflow import Tensor

from isoloss.adapter import run
from isoloss.among import Among
from isoloss.losses import tiles
from isoloss.losses.declaration import declaration
from isoloss.protocol import Pairing
from isoloss.tensorflow import ops
from isoloss.tensorflow.tiles import flat, in_blocks, once, strips


def call(spec: Callable[..., Any], arrays: dict[str, Any], settings: dict[str, Any], options: dict[str, Any]) -> Tensor:
    """The loss of what all replicas have together.

    Raises:
        RuntimeError: outside of a replica context.
    """
    name = declaration(spec).name
    context = tf.distribute.get_replica_context()
    if context is None:
        raise RuntimeError(
            f"{name}: across_replicas=True wants a replica context, and this is the cross-replica one of "
            f"{type(tf.distribute.get_strategy()).__name__}: call the loss in a function that strategy.run runs"
        )
    with shared(name, {**arrays, "where": options["where"], "weights": options["weights"]}) as xp:
        value = run(xp, spec, arrays, settings, **options)
    size = context.num_replicas_in_sync
    return value if size == 1 or options["reduction"] == "none" else _share(value, size)


@contextmanager
def shared(name: str, given: dict[str, Any]) -> Iterator[Any]:
    """The primitives for the replicas of a strategy, where they are known to have brought as many rows of the same arrays.

    They are those of one replica alone if there is no other, and in the cross-replica context.

    Raises:
        ValueError: if they have not, and the sizes are known before the run.
        InvalidArgumentError: if they have not, and the run alone knows it.
    """
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        yield ops
        return
    workers = Workers(context)
    with tf.control_dependencies(workers.checks(name, given)):
        yield workers


class Workers(Among[Tensor]):
    """The primitives of TensorFlow for the replicas of a strategy."""

    ops = ops

    def __init__(self, context: tf.distribute.ReplicaContext) -> None:
        self.context = context
        self.size: int = context.num_replicas_in_sync

    def checks(self, name: str, given: dict[str, Any]) -> list[Any]:
        """What sees in the run that all brought as many rows, unless it is seen before."""
        tensors = [None if x is None else tf.convert_to_tensor(x) for x in given.values()]
        own = [-1 if x is None else 0 if not x.shape.rank else ops.length(x, 0) for x in tensors]
        must = f"{name}: all replicas must have as many rows of"
        advice = "Batch with drop_remainder=True, or fill the last batch up and mask what was added"

        def compare(strategy: tf.distribute.Strategy, *own: Any) -> bool:
            """Whether the sizes are all known, and seen to agree."""
            every = [strategy.experimental_local_results(sizes) for sizes in own]
            for argument, sizes in zip(given, every, strict=True):
                known = [size for size in sizes if isinstance(size, int)]
                if len(set(known)) > 1:
                    told = ", ".join("none" if n < 0 else str(n) for n in known)
                    raise ValueError(f"{must} {argument}; they have {told}. {advice}")
            everywhere = len(strategy.extended.worker_devices) == strategy.num_replicas_in_sync
            return everywhere and all(isinstance(size, int) for sizes in every for size in sizes)

        if self.context.merge_call(compare, args=tuple(own)):
            return []
        mine = tf.stack([tf.cast(size, tf.int64) for size in own])[None]
        message = f"{must} {', '.join(given)}; x has a line for each replica, with -1 for none. {advice}"
        return [tf.debugging.assert_equal(self.gather(mine), mine, message, summarize=self.size * len(own))]

    def gathered(self, x: Tensor, /) -> Tensor:
        return self.gather(x)

    def summed(self, x: Tensor, /) -> Tensor:
        return self.context.all_reduce("SUM", x)

    def averaged(self, x: Tensor, /) -> Tensor:
        return self.context.all_reduce("MEAN", x)

    def greatest(self, x: Tensor, /) -> Tensor:
        return tf.reduce_max(self.gather(tf.stop_gradient(x)[None]), 0)

    def compared(
        self,
        queries: Tensor,
        keys: Tensor | None,
        temperature: float | Tensor,
        pairing: Pairing[Tensor],
        decoupled: bool,
    ) -> Tensor:
        temperature = tf.convert_to_tensor(temperature, queries.dtype)
        return _contrast(self, queries, keys, temperature, pairing, decoupled)

    def first(self, x: Tensor) -> Tensor:
        """The index of one's own first row in `gathered(x)`."""
        return tf.cast(self.context.replica_id_in_sync_group, tf.int64) * ops.length(x, 0)

    def own(self, x: Tensor) -> Tensor:
        """One's own rows of what was gathered."""
        return tf.reshape(x, [self.size, -1])[self.context.replica_id_in_sync_group]

    def terms(self, own: tiles.Terms[Tensor]) -> tiles.Terms[Tensor]:
        """Those of all."""
        return tiles.Terms(*tf.unstack(self.gather(tf.stack(own, 1)), axis=1))

    def gather(self, x: Tensor) -> Tensor:
        """`gathered`."""
        sent = (
            tf.cast(x, tf.int32) if x.dtype == tf.bool else tf.identity(x)
        )  # what all have as one object is not gathered
        found = self.context.all_gather(sent, 0)
        rows = x.shape[0]
        found.set_shape([None if rows is None else self.size * rows, *x.shape[1:]])
        return tf.cast(found, x.dtype)


def _share(value: Tensor, size: int) -> Tensor:
    """A value that all have alike, with a share of its gradient."""

    @tf.custom_gradient
    def differentiable(value: Tensor) -> Any:
        return tf.identity(value), lambda gradient: gradient / size

    return differentiable(value)


# ------------------------------------------------- one's own rows beside all others'


def _contrast(
    workers: Workers,
    queries: Tensor,
    keys: Tensor | None,
    temperature: Tensor,
    pairing: Pairing[Tensor],
    decoupled: bool,
) -> Tensor:
    """On the way there the embeddings of all are gathered; on the way back two numbers for each row, and no gradient."""
    both_ways = pairing.back is not None

    @tf.custom_gradient
    def differentiable(queries: Tensor, temperature: Tensor, *sides: Tensor) -> Any:
        keys = sides[0] if sides else None
        all_keys = workers.gather(queries if keys is None else keys)
        all_queries = all_keys if keys is None else workers.gather(queries)
        values, logs, *slopes = _values(queries, all_keys, temperature, pairing, decoupled)
        back = logs
        if both_ways:
            assert keys is not None
            others, back, *of_others = _values(keys, all_queries, temperature, pairing, decoupled)
            values, slopes = (values + others) / 2.0, [*slopes, *of_others]

        def gradients(gradient: Tensor, queries: Tensor, temperature: Tensor, *sides: Tensor) -> Any:
            keys = sides[0] if sides else None
            weighted = [slope * (gradient / (2.0 if both_ways else 1.0)) for slope in slopes]
            counted = None if pairing.counted is None else workers.own(pairing.counted)
            there = tiles.Terms(logs, weighted[0] if both_ways else tiles.total(weighted))
            of_rows = pairing._replace(present=None, back=None if counted is None else counted[: tf.shape(queries)[0]])
            if keys is None:
                local = [positive - workers.first(queries) for positive in pairing.positives]
                of_positives = tiles.mutual(ops, weighted, local)
                found = _gradient(queries, all_keys, temperature, of_rows, there, workers.terms(there), of_positives)
                return found, tf.reduce_sum(found * queries) / (-2.0 * temperature)
            returned = tiles.Terms(back, weighted[1]) if both_ways else None
            of_pairs = tiles.total(weighted)
            everyone = returned and workers.terms(returned)
            of_queries = _gradient(queries, all_keys, temperature, of_rows, there, everyone, [of_pairs])
            # a key's positive is the query that it belongs to; a further negative has none
            more: Any = ops.length(keys, 0) - ops.length(queries, 0)
            partners = tf.pad(ops.indices(queries, 0) + workers.first(queries), [[0, more]], constant_values=-1)
            of_rows = Pairing(None, [partners], None, pairing.counted if both_ways else None, counted)
            of_pairs = [tf.pad(of_pairs, [[0, more]])]
            of_keys = _gradient(keys, all_queries, temperature, of_rows, returned, workers.terms(there), of_pairs)
            return of_queries, -tf.reduce_sum(of_queries * queries) / temperature, of_keys

        return values, lambda gradient: once(gradients, gradient, queries, temperature, *sides)

    return differentiable(queries, temperature, *([] if keys is None else [keys]))


def _values(
    rows: Tensor, columns: Tensor, temperature: Tensor, pairing: Pairing[Tensor], decoupled: bool
) -> list[Tensor]:
    """Values, log-sums, and slopes for each positive."""

    def strip(of_rows: Pairing[Tensor], rows: Tensor) -> list[Tensor]:
        logits, of_positives = tiles.strip_logits(ops, rows, columns, temperature, of_rows)
        found = tiles.strip(ops, logits, of_positives, of_rows.present, decoupled)
        return [found.rows.values, found.logs, *found.rows.slopes]

    return _by_strip(strip, 2 + len(pairing.positives), columns, pairing, [rows])


def _gradient(
    rows: Tensor,
    columns: Tensor,
    temperature: Tensor,
    pairing: Pairing[Tensor],
    own: tiles.Terms[Tensor] | None,
    others: tiles.Terms[Tensor] | None,
    of_positives: list[Tensor],
) -> Tensor:
    """Of the rows: what they are compared with, and what is compared with them."""

    def strip(of_rows: Pairing[Tensor], rows: Tensor, *arrays: Tensor) -> list[Tensor]:
        of_own, of_positives = (None, arrays) if own is None else (tiles.Terms(*arrays[:2]), arrays[2:])
        logits = ops.matmul(rows / temperature, columns, transpose_b=True)
        logits = tiles.leave_out(ops, logits, of_rows)
        tile = tiles.gradient_of_sides(ops, logits, of_own, others, of_rows.positives, of_positives)
        return [ops.matmul(tile, columns)]

    return _by_strip(strip, 1, columns, pairing, [rows, *(own or ()), *of_positives])[0] / temperature


def _by_strip(
    strip: Callable[..., list[Tensor]], count: int, columns: Tensor, pairing: Pairing[Tensor], arrays: list[Tensor]
) -> list[Tensor]:
    """The so many arrays that a function gives of some rows at a time."""
    n = ops.length(arrays[0], 0)
    height, short = strips(n, columns)
    blocks = partial(in_blocks, height=height, short=short)
    of_blocks, arrays = pairing.of_rows(blocks), [blocks(x) for x in arrays]
    dtype = arrays[0].dtype

    def at(k: Tensor) -> list[Tensor]:
        return strip(of_blocks.of_rows(lambda x: x[k]), *(x[k] for x in arrays))

    found = tf.map_fn(at, tf.range(tf.shape(arrays[0])[0]), fn_output_signature=[dtype] * count, parallel_iterations=1)
    return [flat(x)[:n] for x in found]
