"""A batch that the devices along a mapped axis share: each has some of its rows, and all have its loss.

Each collective has its true derivative, so that a device gets the derivative of the one loss with respect to its own rows:
under `jax.shard_map` by itself, which knows what is the same on all devices. Where nobody knows that (`check_vma=False`,
`jax.pmap`), the losses of all devices would be added up, and each passes back its share of the gradient. Gradients of
parameters are to be added up over the devices (`lax.psum`), which `jax.shard_map` does by itself.
"""

from __future__ import annotations

from functools import partial
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
from jax import Array, lax

from isoloss.among import Among
from isoloss.jax import ops
from isoloss.jax.tiles import height_of_strips, in_blocks, lengthened, once
from isoloss.losses import tiles
from isoloss.protocol import Pairing

Axes: TypeAlias = str | tuple[str, ...]
"""The name of a mapped axis, or several, which share the batch together."""


class Workers(Among[Array]):
    """The primitives of JAX for the devices along an axis."""

    ops = ops

    def __init__(self, axis_name: Axes) -> None:
        self.axis_name = axis_name

    def gathered(self, x: Array, /) -> Array:
        return lax.all_gather(x, self.axis_name, tiled=True)

    def first(self, x: Array) -> Array:
        return first(self.axis_name, x)

    def summed(self, x: Array, /) -> Array:
        return lax.psum(x, self.axis_name)

    def averaged(self, x: Array, /) -> Array:
        return lax.pmean(x, self.axis_name)

    def greatest(self, x: Array, /) -> Array:
        return lax.pmax(x, self.axis_name)

    def compared(
        self, queries: Array, keys: Array | None, temperature: float | Array, pairing: Pairing[Array], decoupled: bool
    ) -> Array:
        arrays = (queries, jnp.asarray(temperature, queries.dtype), *(() if keys is None else (keys,)))
        queries, temperature, *sides = alike(self.axis_name, *arrays)
        return _contrast(self.axis_name, decoupled, queries, sides[0] if sides else None, temperature, pairing)


def first(axis_name: Axes, x: Array) -> Array:
    """The index of one's own first row in `gathered(x)`."""
    return lax.axis_index(axis_name) * x.shape[0]


def known(x: Array) -> frozenset[str]:
    """The axes along which it is known that x may differ between the devices."""
    kind: Any = jax.typeof(x)
    found = kind.manual_axis_type.varying if hasattr(kind, "manual_axis_type") else kind.vma  # before JAX 0.10
    return frozenset(found)


def alike(axis_name: Axes, *arrays: Array) -> tuple[Array, ...]:
    """The arrays, all as what may differ along the same axes, where that is known of arrays."""
    axes = known(lax.axis_index(axis_name)).union(*map(known, arrays))
    return tuple(_varying(x, tuple(sorted(axes - known(x)))) for x in arrays)


def _varying(x: Array, axes: tuple[str, ...]) -> Array:
    if not axes:
        return x
    if hasattr(lax, "pcast"):
        return lax.pcast(x, axes, to="varying")
    return lax.pvary(x, axes)  # pyright: ignore[reportAttributeAccessIssue] # before JAX 0.8.2


def of_all(axis_name: Axes, value: Array) -> Array:
    """A value that all have alike."""
    axes = known(lax.axis_index(axis_name))
    if not axes:
        return _shared(axis_name, value)
    # it is not known to be alike where each has a scale of its own
    return value if axes.isdisjoint(known(value)) else lax.pmean(value, axis_name)


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _shared(axis_name: Axes, value: Array) -> Array:
    """With a share of its gradient."""
    return value


_shared.defvjp(
    lambda axis_name, value: (value, None),
    lambda axis_name, _, gradient: (gradient / lax.psum(1, axis_name),),
)


# ------------------------------------------------- one's own rows beside all others'


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _contrast(
    axis_name: Axes, decoupled: bool, queries: Array, keys: Array | None, temperature: Array, pairing: Pairing[Array]
) -> Array:
    return _forward(axis_name, decoupled, queries, keys, temperature, pairing)[0]


def _forward(
    axis_name: Axes, decoupled: bool, queries: Array, keys: Array | None, temperature: Array, pairing: Pairing[Array]
) -> tuple[Array, Any]:
    """The embeddings of all are gathered."""
    gather = partial(lax.all_gather, axis_name=axis_name, tiled=True)
    all_keys = gather(queries if keys is None else keys)
    all_queries = None if keys is None else gather(queries)
    values, slopes, logs = _values(queries, all_keys, temperature, pairing, decoupled)
    back = None
    if pairing.back is not None:
        assert keys is not None
        assert all_queries is not None
        others, of_others, back = _values(keys, all_queries, temperature, pairing, decoupled)
        values, slopes = (values + others) / 2.0, [*slopes, *of_others]
    return values, (queries, keys, temperature, pairing, all_queries, all_keys, logs, back, slopes)


def _backward(axis_name: Axes, decoupled: bool, residuals: Any, gradient: Array) -> Any:
    """Two numbers for each row are gathered, and no gradient."""
    queries, keys, temperature, pairing, all_queries, all_keys, logs, back, slopes = residuals
    gather = partial(lax.all_gather, axis_name=axis_name, tiled=True)
    both_ways = pairing.back is not None
    weighted = [slope * (gradient / (2.0 if both_ways else 1.0)) for slope in slopes]
    side = queries if keys is None else keys
    counted = pairing.counted
    counted = None if counted is None else lax.dynamic_slice_in_dim(counted, first(axis_name, side), len(side))
    there = tiles.Terms(logs, weighted[0] if both_ways else tiles.total(weighted))
    pairing = pairing._replace(present=None, back=None if counted is None else counted[: len(queries)])
    if keys is None:
        of_positives = tiles.mutual(ops, weighted, [p - first(axis_name, queries) for p in pairing.positives])
        everyone = jax.tree.map(gather, there)
        found = _gradient(queries, all_keys, temperature, pairing, there, everyone, of_positives)
        return *once((found, None, jnp.sum(found * queries) / (-2.0 * temperature))), None
    returned = None if back is None else tiles.Terms(back, weighted[1])
    of_pairs = [tiles.total(weighted)]
    everyone = jax.tree.map(gather, returned)
    of_queries = _gradient(queries, all_keys, temperature, pairing, there, everyone, of_pairs)
    # a key's positive is the query that it belongs to; a further negative has none
    more = (0, len(keys) - len(queries))
    partners = jnp.pad(ops.indices(queries, 0) + first(axis_name, queries), more, constant_values=-1)
    pairing = Pairing(None, [partners], None, pairing.counted if both_ways else None, counted)
    everyone, of_pairs = jax.tree.map(gather, there), [jnp.pad(of_pairs[0], more)]
    of_keys = _gradient(keys, all_queries, temperature, pairing, returned, everyone, of_pairs)
    return *once((of_queries, of_keys, -jnp.sum(of_queries * queries) / temperature)), None


_contrast.defvjp(ops.broadcasting(_forward), ops.broadcasting(_backward))


def _values(
    rows: Array, columns: Array, temperature: Array, pairing: Pairing[Array], decoupled: bool
) -> tuple[Array, list[Array], Array]:
    """Values, slopes for each positive, and log-sums."""

    def strip(_: None, block: Any) -> tuple[None, Any]:
        rows, of_rows = block
        of_rows = of_rows._replace(counted=pairing.counted)
        logits, of_positives = tiles.strip_logits(ops, rows, columns, temperature, of_rows)
        found = tiles.strip(ops, logits, of_positives, of_rows.present, decoupled)
        return None, (found.rows.values, found.rows.slopes, found.logs)

    return _by_strip(strip, rows, columns, (rows, pairing._replace(counted=None)))


def _gradient(
    rows: Array,
    columns: Array,
    temperature: Array,
    pairing: Pairing[Array],
    own: tiles.Terms[Array] | None,
    others: tiles.Terms[Array] | None,
    of_positives: list[Array],
) -> Array:
    """Of the rows: what they are compared with, and what is compared with them."""

    def strip(_: None, block: Any) -> tuple[None, Array]:
        rows, of_rows, own, of_positives = block
        of_rows = of_rows._replace(counted=pairing.counted)
        logits = tiles.leave_out(ops, ops.matmul(rows / temperature, columns.T), of_rows)
        tile = tiles.gradient_of_sides(ops, logits, own, others, of_rows.positives, of_positives)
        return None, ops.matmul(tile, columns)

    of_rows = pairing._replace(counted=None)
    return _by_strip(strip, rows, columns, (rows, of_rows, own, of_positives)) / temperature


def _by_strip(strip: Any, rows: Array, columns: Array, arrays: Any) -> Any:
    """What a function gives of some rows at a time."""
    n = len(rows)
    height = height_of_strips(n, columns)
    arrays = jax.tree.map(partial(lengthened, short=-n % height), arrays)
    found = lax.scan(strip, None, in_blocks(height, arrays))[1]
    return jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:])[:n], found)
