"""The contrastive engine in JAX: scans over tiles of the similarities, for the mathematics of `isoloss.losses.tiles`."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from isoloss.jax import ops
from isoloss.losses import tiles
from isoloss.losses.contrast import normalised, prepared
from isoloss.losses.tiles import ONCE
from isoloss.protocol import Pairing, Similarity

BLOCK = 512  # rows and columns of a tile of the triangle
STRIP = 2**21  # elements of a strip, unless its rows would be fewer than BLOCK / 4 or D


def contrast(
    queries: Array,
    keys: Array | None,
    temperature: float | Array,
    pairing: Pairing[Array],
    similarity: Similarity,
    decoupled: bool,
) -> Array:
    """`Namespace.contrast`."""
    temperature = jnp.asarray(temperature, queries.dtype)
    n = queries.shape[0]
    if ops.shape(queries)[0] is None:
        raise ValueError(f"method='blocked' wants a number of rows that JAX knows; got {n!r}: choose method='dense'")
    if n == 0:
        return jnp.sum(queries, axis=1)
    halved = keys is None and similarity == "cosine"
    height = evened(n, BLOCK)
    if not halved:
        queries, keys = prepared(ops, queries, keys, similarity)
        height = height_of_strips(n, keys)
    short = -n % height
    if not halved and short and pairing.present is None:
        # rows that fill up a block would have a weight, 0, that is not the others': their gradients would be made twice
        pairing = pairing._replace(present=[jnp.ones(n, bool)] * len(pairing.positives))
    queries, pairing = lengthened(queries, short), pairing.of_rows(partial(lengthened, short=short))
    if halved and (short or pairing.counted is not None):
        counted = jnp.ones(n, bool) if pairing.counted is None else pairing.counted
        pairing = pairing._replace(counted=lengthened(counted, short))
    try:
        if halved:
            return _compiled_triangle(height, decoupled, queries, temperature, pairing)[:n]
        if pairing.back is not None:
            return _compiled_both_ways(height, queries, keys, temperature, pairing)
        return _compiled_strips(height, decoupled, queries, keys, temperature, pairing)[:n]
    except TypeError as error:
        if "custom_vjp" not in str(error):
            raise
        raise TypeError(ONCE) from error


def height_of_strips(rows: int, keys: Array) -> int:
    """How many rows' similarities are held at a time: as many as keys have columns, or the gradient of the keys, which
    each strip reads and writes, would take longer than the products."""
    return evened(rows, max(BLOCK // 4, keys.shape[1], STRIP // max(len(keys), 1)))


def evened(rows: int, height: int) -> int:
    """The height of blocks, no larger than this, that leave little to fill up."""
    return -(-rows // -(-rows // height))


@jax.custom_jvp
def once(gradients: Any) -> Any:
    """Gradients, which have no derivative."""
    return gradients


@once.defjvp
def _(*_: Any) -> Any:
    raise TypeError(ONCE)


def lengthened(x: Array, short: int) -> Array:
    """Filled up with so many rows of zeros."""
    return jnp.pad(x, [(0, short)] + [(0, 0)] * (x.ndim - 1)) if short else x


def in_blocks(height: int, x: Any) -> Any:
    """Arrays in blocks of so many rows."""
    return jax.tree.map(lambda y: y.reshape(-1, height, *y.shape[1:]), x)


# ------------------------------------------------- self-similarity: the upper triangle


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _triangle(height: int, decoupled: bool, rows: Array, temperature: Array, pairing: Pairing[Array]) -> Array:
    return _triangle_forward(height, decoupled, rows, temperature, pairing)[0]


def _triangle_forward(
    height: int, decoupled: bool, rows: Array, temperature: Array, pairing: Pairing[Array]
) -> tuple[Array, Any]:
    units = normalised(ops, rows)

    def add(sums: Array, where: Any) -> tuple[Array, None]:
        i, j, off = where
        tile, _ = _tile(height, units, temperature, pairing, i, j)
        sums = sums.at[i].add(jnp.sum(tile, axis=1))
        return sums.at[j].add(jnp.where(off, jnp.sum(tile, axis=0), 0.0)), None

    def products(positive: Array) -> Array:  # by blocks: all the positives would be as large as the rows
        def of_block(_: None, block: Any) -> tuple[None, Array]:
            return None, jnp.sum(block[0] * units[block[1]], axis=1)

        return lax.scan(of_block, None, in_blocks(height, (units, positive)))[1].reshape(-1)

    def halved() -> Any:
        sums = jnp.zeros((len(rows) // height, height), rows.dtype)
        sums = lax.scan(add, sums, _places(sums.shape[0]))[0].reshape(-1)
        log_sums = jnp.log(sums) + tiles.shift(ops, temperature)
        leads = [log_sums - products(p) / temperature for p in pairing.positives]
        values, slopes = tiles.rows(ops, leads, sums == 0.0, pairing.present, decoupled)
        return values, slopes, jnp.where(sums > 0.0, sums, 1.0)

    def by_strips() -> Any:  # which need nothing to go back
        values: Any = _strips(height, decoupled, units, units, temperature, pairing)
        return values, [jnp.zeros_like(values)] * len(pairing.positives), values

    values, slopes, sums = lax.cond(temperature >= tiles.COLDEST, halved, by_strips)
    return values, (rows, temperature, pairing, slopes, sums)


def _triangle_backward(height: int, decoupled: bool, residuals: Any, gradient: Array) -> Any:
    rows, temperature, pairing, slopes, sums = residuals
    units = normalised(ops, rows)  # rather than kept
    largest = tiles.largest(ops, gradient)
    gradient = gradient / largest

    def halved() -> Array:
        weighted = [slope * gradient for slope in slopes]
        weights = in_blocks(height, tiles.total(weighted) / sums)
        mutual = in_blocks(height, [-x for x in tiles.mutual(ops, weighted, pairing.positives)])
        blocks = in_blocks(height, units)

        def add(found: Array, where: Any) -> tuple[Array, None]:
            i, j, off = where
            tile, columns = _tile(height, units, temperature, pairing, i, j)
            tile = tile * (weights[i][:, None] + weights[j][None, :])
            positives = [_block(p, i, height) for p in pairing.positives]
            tile = tiles.put(ops, tile, positives, [x[i] for x in mutual], columns)
            found = found.at[i].add(ops.matmul(tile, blocks[j]))
            return found.at[j].add(ops.matmul(jnp.where(off, tile, 0.0).T, blocks[i])), None

        return lax.scan(add, jnp.zeros_like(blocks), _places(len(blocks)))[0]

    def by_strips() -> Array:
        of_rows, of_columns = _strips_gradients(height, decoupled, units, units, temperature, pairing, gradient)
        return in_blocks(height, of_rows + of_columns)

    def through_lengths(state: tuple[Array, Array], k: Any) -> tuple[tuple[Array, Array], None]:
        change, found = state
        units, back = jax.vjp(partial(normalised, ops), _block(rows, k, height))
        of_units = found[k] * largest
        change = change + jnp.sum(units * of_units)
        return (change, found.at[k].set(back(of_units / temperature)[0])), None

    found = lax.cond(temperature >= tiles.COLDEST, halved, by_strips)
    (change, found), _ = lax.scan(through_lengths, (jnp.zeros((), rows.dtype), found), np.arange(len(found)))
    return *once((found.reshape(rows.shape), change / (-2.0 * temperature * temperature))), None


def _places(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The tiles of the upper triangle, and which of them are off the diagonal."""
    i, j = np.triu_indices(count)
    return i, j, i != j


def _tile(
    height: int, units: Array, temperature: Array, pairing: Pairing[Array], i: Array, j: Array
) -> tuple[Array, Array]:
    """Exponentials of a tile, 0 where there is no negative, and the indices of its columns."""
    block, columns = partial(_block, height=height), jnp.arange(height) + j * height
    logits = ops.matmul(block(units, i) / temperature, block(units, j).T) - tiles.shift(ops, temperature)
    of_rows = pairing.of_rows(lambda x: block(x, i))
    if pairing.counted is not None:
        logits = jnp.where(block(pairing.counted, i)[:, None], logits, -jnp.inf)
        of_rows = of_rows._replace(counted=block(pairing.counted, j))
    return jnp.exp(tiles.leave_out(ops, logits, of_rows, columns)), columns


def _block(x: Array, k: Array, height: int) -> Array:
    return lax.dynamic_slice_in_dim(x, k * height, height)


_triangle.defvjp(ops.broadcasting(_triangle_forward), ops.broadcasting(_triangle_backward))


# ------------------------------------------------------------ two sides: strips of rows


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _strips(
    height: int, decoupled: bool, queries: Array, keys: Array, temperature: Array, pairing: Pairing[Array]
) -> Array:
    def values(_: None, block: Any) -> tuple[None, Array]:
        rows, of_rows = block
        return None, _strip(rows, keys, temperature, of_rows, pairing, decoupled).rows.values

    return lax.scan(values, None, _by_strip(height, queries, pairing))[1].reshape(-1)


def _strips_forward(
    height: int, decoupled: bool, queries: Array, keys: Array, temperature: Array, pairing: Pairing[Array]
) -> tuple[Array, Any]:
    """The values, and the gradients for rows that count alike, which are those of a mean or a sum."""

    def add(of_keys: Array, block: Any) -> tuple[Array, Any]:
        rows, of_rows = block
        found = _strip(rows, keys, temperature, of_rows, pairing, decoupled)
        of_queries, of_keys = _gradients(found, found.rows.slopes, rows, keys, of_rows, of_keys)
        return of_keys, (*found.rows, of_queries)

    of_keys, by_strip = lax.scan(add, jnp.zeros_like(keys), _by_strip(height, queries, pairing))
    values, slopes, of_queries = jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:]), by_strip)
    return values, (queries, keys, temperature, pairing, slopes, of_queries, of_keys)


def _strips_backward(height: int, decoupled: bool, residuals: Any, gradient: Array) -> Any:
    queries, keys, temperature, pairing, slopes, of_queries, of_keys = residuals

    def scaled() -> tuple[Array, Array]:
        return of_queries * alike, of_keys * alike

    def recomputed() -> tuple[Array, Array]:
        return _strips_gradients(height, decoupled, queries, keys, temperature, pairing, gradient)

    counts = tiles.total(slopes) != 0.0
    alike = jnp.max(gradient, where=counts, initial=-jnp.inf)
    alike = jnp.where(jnp.any(counts), alike, 0.0)
    of_queries, of_keys = lax.cond(jnp.all((gradient == alike) | ~counts), scaled, recomputed)
    of_queries, of_keys = of_queries / temperature, of_keys / temperature
    return *once((of_queries, of_keys, -jnp.sum(of_queries * queries) / temperature)), None


def _strips_gradients(
    height: int,
    decoupled: bool,
    queries: Array,
    keys: Array,
    temperature: Array,
    pairing: Pairing[Array],
    gradient: Array,
) -> tuple[Array, Array]:
    def add(of_keys: Array, block: Any) -> tuple[Array, Array]:
        rows, of_rows, weights = block
        found = _strip(rows, keys, temperature, of_rows, pairing, decoupled)
        weighted = [slope * weights for slope in found.rows.slopes]
        of_queries, of_keys = _gradients(found, weighted, rows, keys, of_rows, of_keys)
        return of_keys, of_queries

    blocks = (*_by_strip(height, queries, pairing), in_blocks(height, gradient))
    of_keys, by_strip = lax.scan(add, jnp.zeros_like(keys), blocks)
    return by_strip.reshape(queries.shape), of_keys


def _by_strip(height: int, queries: Array, pairing: Pairing[Array]) -> tuple[Array, Pairing[Array]]:
    return in_blocks(height, (queries, pairing._replace(counted=None)))


def _logits(
    rows: Array, keys: Array, temperature: Array, of_rows: Pairing[Array], pairing: Pairing[Array]
) -> tuple[Array, list[Array]]:
    return tiles.strip_logits(ops, rows, keys, temperature, of_rows._replace(counted=pairing.counted))


def _strip(
    rows: Array, keys: Array, temperature: Array, of_rows: Pairing[Array], pairing: Pairing[Array], decoupled: bool
) -> tiles.Strip[Array]:
    logits, of_positives = _logits(rows, keys, temperature, of_rows, pairing)
    return tiles.strip(ops, logits, of_positives, of_rows.present, decoupled)


def _gradients(
    found: tiles.Strip[Array], slopes: list[Array], rows: Array, keys: Array, of_rows: Pairing[Array], of_keys: Array
) -> tuple[Array, Array]:
    tile = tiles.strip_gradient(ops, found, slopes, of_rows.positives)
    return ops.matmul(tile, keys), of_keys + ops.matmul(tile.T, rows)


_strips.defvjp(ops.broadcasting(_strips_forward), ops.broadcasting(_strips_backward))


# ------------------------------------------- two sides, both ways: strips, and back again


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _both_ways(height: int, queries: Array, keys: Array, temperature: Array, pairing: Pairing[Array]) -> Array:
    return _both_ways_forward(height, queries, keys, temperature, pairing)[0]


def _both_ways_forward(
    height: int, queries: Array, keys: Array, temperature: Array, pairing: Pairing[Array]
) -> tuple[Array, Any]:
    def add(so_far: tiles.Columns[Array], block: Any) -> tuple[tiles.Columns[Array], Any]:
        rows, of_rows = block
        logits, of_positives = _logits(rows, keys, temperature, of_rows, pairing)
        found = tiles.strip(ops, logits, of_positives, of_rows.present, False)
        return tiles.columns(ops, so_far, logits), (
            found.rows.values,
            of_positives[0],
            found.rows.slopes[0],
            found.logs,
        )

    none = tiles.Columns(jnp.full(len(keys), -jnp.inf, keys.dtype), jnp.zeros(len(keys), keys.dtype))
    columns, by_strip = lax.scan(add, none, _by_strip(height, queries, pairing))
    values, of_positives, slopes, logs = (x.reshape(-1) for x in by_strip)
    present = None if pairing.present is None else [here[: len(keys)] for here in pairing.present]
    of_columns, others = tiles.of_columns(ops, columns, of_positives[: len(keys)], present)
    own, others_terms = tiles.Terms(logs, slopes), tiles.Terms(of_columns, others.slopes[0])
    return (values[: len(keys)] + others.values) / 2.0, (queries, keys, temperature, pairing, own, others_terms)


def _both_ways_backward(height: int, residuals: Any, gradient: Array) -> Any:
    queries, keys, temperature, pairing, own, others = residuals
    short = len(queries) - len(keys)
    others = others._replace(slopes=others.slopes * gradient / 2.0)
    own = own._replace(slopes=own.slopes * lengthened(gradient, short) / 2.0)

    def add(of_keys: Array, block: Any) -> tuple[Array, Array]:
        rows, of_rows, own, of_pairs = block
        logits, _ = _logits(rows, keys, temperature, of_rows, pairing)
        tile = tiles.gradient_of_sides(ops, logits, own, others, of_rows.positives, [of_pairs])
        return of_keys + ops.matmul(tile.T, rows), ops.matmul(tile, keys)

    of_pairs = own.slopes + lengthened(others.slopes, short)
    blocks = (*_by_strip(height, queries, pairing), *in_blocks(height, (own, of_pairs)))
    of_keys, by_strip = lax.scan(add, jnp.zeros_like(keys), blocks)
    of_queries, of_keys = by_strip.reshape(queries.shape) / temperature, of_keys / temperature
    return *once((of_queries, of_keys, -jnp.sum(of_queries * queries) / temperature)), None


_both_ways.defvjp(ops.broadcasting(_both_ways_forward), ops.broadcasting(_both_ways_backward))

# so that an eager call does not compile its loops anew
_compiled_triangle = jax.jit(_triangle, static_argnums=(0, 1))
_compiled_strips = jax.jit(_strips, static_argnums=(0, 1))
_compiled_both_ways = jax.jit(_both_ways, static_argnums=0)
