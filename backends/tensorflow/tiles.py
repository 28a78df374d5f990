"""The contrastive engine in TensorFlow: loops over tiles of the similarities, for the mathematics of `isoloss.losses.tiles`.

Gradients are summed block by block in a TensorArray: an update of one large tensor would copy it whole, for each tile.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import tensorflow as tf
from tensorflow import Tensor

from isoloss.losses import tiles
from isoloss.losses.contrast import normalised, prepared
from isoloss.losses.tiles import ONCE
from isoloss.protocol import Pairing, Similarity
from isoloss.tensorflow import ops

BLOCK = 512  # rows and columns of a tile of the triangle
STRIP = 2**21  # elements of a strip, unless its rows would be fewer than BLOCK / 4 or D


def contrast(
    queries: Tensor,
    keys: Tensor | None,
    temperature: float | Tensor,
    pairing: Pairing[Tensor],
    similarity: Similarity,
    decoupled: bool,
) -> Tensor:
    """`Namespace.contrast`."""
    if queries.shape[0] == 0:
        return tf.reduce_sum(tf.matmul(queries, queries if keys is None else keys, transpose_b=True), 1) / temperature
    halved = keys is None and similarity == "cosine" and tiles.warm(ops, temperature)
    if not halved:
        queries, keys = prepared(ops, queries, keys, similarity)
    temperature = tf.convert_to_tensor(temperature, queries.dtype)
    n = ops.length(queries, 0)
    if keys is not None and keys.shape[0] is None:  # one key more that does not count: XLA takes nothing from none
        counted = tf.ones([ops.length(keys, 0)], tf.bool) if pairing.counted is None else pairing.counted
        keys, pairing = tf.pad(keys, [[0, 1], [0, 0]]), pairing._replace(counted=tf.pad(counted, [[0, 1]]))
    height, short = _even(n, BLOCK) if keys is None else strips(n, keys)
    blocks = partial(in_blocks, height=height, short=short)
    if keys is not None and not _fits(short) and pairing.present is None:
        # rows that fill up a block would have a weight, 0, that is not the others': their gradients would be made twice
        pairing = pairing._replace(present=[tf.ones([n], tf.bool)] * len(pairing.positives))
    of_blocks = pairing.of_rows(blocks)
    if keys is not None and pairing.back is not None:
        return _both_ways(blocks(queries), keys, temperature, of_blocks, n)
    if keys is not None:
        return _strips(blocks(queries), keys, temperature, of_blocks, decoupled)[:n]
    if pairing.counted is not None or not _fits(short):
        counted = tf.ones([n], tf.bool) if pairing.counted is None else pairing.counted
        of_blocks = of_blocks._replace(counted=blocks(counted))
    return _triangle(blocks(queries), temperature, of_blocks, decoupled)[:n]


def strips(rows: int | Tensor, keys: Tensor) -> tuple[Any, Any]:
    """How many rows a strip has, and how many rows the last one lacks. It has as many as keys have columns, or the
    gradient of the keys, which each strip reads and writes, would take longer than the products."""
    count, width = ops.length(keys, 0), ops.length(keys, 1)
    return _even(rows, _largest(_largest(BLOCK // 4, width), STRIP // _largest(count, 1)))


def _even(rows: int | Tensor, height: Any) -> tuple[Any, Any]:
    """A height that is not larger, so that blocks of one height leave little to fill up; and how many rows."""
    count = -(-_largest(rows, 1) // height)
    height = -(-_largest(rows, 1) // count)
    return height, count * height - rows


def _fits(short: int | Tensor) -> bool:
    """Whether the last block is known to lack no rows."""
    return isinstance(short, int) and short == 0


def _largest(x: Any, y: Any) -> Any:
    return max(x, y) if isinstance(x, int) and isinstance(y, int) else tf.maximum(tf.cast(x, tf.int64), y)


def in_blocks(x: Tensor, *, height: int | Tensor, short: int | Tensor) -> Tensor:
    """The rows in blocks of one height, filled up with zeros."""
    if not _fits(short):
        x = tf.pad(x, [[0, short]] + [[0, 0]] * (len(x.shape) - 1))
    return tf.reshape(x, [-1, height, *(ops.length(x, k) for k in range(1, len(x.shape)))])


def flat(blocks: Tensor) -> Tensor:
    """The rows of the blocks."""
    return tf.reshape(blocks, tf.concat([[-1], tf.shape(blocks)[2:]], 0))


def _array(blocks: Tensor) -> tf.TensorArray:
    """Room for as many blocks, of the same shape."""
    return tf.TensorArray(blocks.dtype, tf.shape(blocks)[0], element_shape=blocks.shape[1:], clear_after_read=False)


def once(function: Any, *arrays: Tensor) -> Any:
    """What a function of arrays gives, which has no derivative: its loops are not recorded."""

    @tf.custom_gradient
    def underived(*arrays: Tensor) -> Any:
        def refuse(*_: Tensor) -> Any:
            raise NotImplementedError(ONCE)

        return function(*arrays), refuse

    return underived(*arrays)


# ------------------------------------------------- self-similarity: the upper triangle


def _triangle(rows: Tensor, temperature: Tensor, pairing: Pairing[Tensor], decoupled: bool) -> Tensor:
    count, height = tf.shape(rows)[0], ops.length(rows, 1)
    own = ops.indices(rows, 1)

    def over_blocks(body: Any, state: Any) -> Any:
        def step(k: Tensor, state: Any) -> Any:
            return k + 1, body(k, state)

        return tf.while_loop(lambda k, _: k < count, step, (tf.constant(0), state), parallel_iterations=1)[1]

    def over_tiles(body: Any, state: Any) -> Any:
        def step(i: Tensor, j: Tensor, state: Any) -> Any:
            last = tf.equal(j + 1, count)
            return tf.where(last, i + 1, i), tf.where(last, i + 1, j + 1), body(i, j, state)

        start = (tf.constant(0), tf.constant(0), state)
        return tf.while_loop(lambda i, *_: i < count, step, start, parallel_iterations=1)[2]

    def units_of(rows: Tensor) -> Tensor:
        return over_blocks(lambda k, units: units.write(k, normalised(ops, rows[k])), _array(rows)).stack()

    def tile(units: Tensor, i: Tensor, j: Tensor, changed: Any, of_positives: Sequence[Tensor] | None = None) -> Tensor:
        """Exponentials of a tile, 0 where there is no negative, and changed, with these values for positives."""
        logits = ops.matmul(units[i] / temperature, units[j], transpose_b=True) - tiles.shift(ops, temperature)
        if pairing.counted is not None:
            logits = tf.where(pairing.counted[i][:, None] & pairing.counted[j][None, :], logits, float("-inf"))
        of_rows = pairing.of_rows(lambda x: x[i])._replace(counted=None)
        columns = own + tf.cast(j, tf.int64) * height
        indices = [x for x in (of_rows.own, *of_rows.positives) if x is not None]
        near = [tf.reduce_any((x >= columns[0]) & (x <= columns[-1])) for x in indices]

        def with_holes() -> Tensor:
            found = changed(tf.exp(tiles.leave_out(ops, logits, of_rows, columns)))
            if of_positives is None:
                return found
            return tiles.put(ops, found, of_rows.positives, [x[i] for x in of_positives], columns)

        return tf.cond(tf.reduce_any(near), with_holes, lambda: changed(tf.exp(logits)))

    @tf.custom_gradient
    def differentiable(rows: Tensor, temperature: Tensor) -> Any:
        units = units_of(rows)

        def add(i: Tensor, j: Tensor, sums: Tensor) -> Tensor:
            found = tile(units, i, j, lambda tile: tile)
            of_columns = tf.where(tf.equal(i, j), tf.zeros([], units.dtype), tf.reduce_sum(found, 0))
            both = tf.stack([tf.reduce_sum(found, 1), of_columns])
            return tf.tensor_scatter_nd_add(sums, tf.stack([i, j])[:, None], both)

        def cosines(positive: Tensor) -> Tensor:
            def add(k: Tensor, found: Any) -> Any:
                return found.write(k, tf.reduce_sum(units[k] * tf.gather(flat(units), positive[k]), -1))

            return over_blocks(add, _array(rows[:, :, 0])).stack()

        sums = over_tiles(add, tf.zeros(tf.shape(rows)[:2], rows.dtype))
        log_sums = tf.math.log(sums) + tiles.shift(ops, temperature)
        leads = [log_sums - cosines(positive) / temperature for positive in pairing.positives]
        values, slopes = tiles.rows(ops, leads, tf.equal(sums, 0.0), pairing.present, decoupled)

        def gradients(gradient: Tensor, rows: Tensor, temperature: Tensor) -> Any:
            largest = tiles.largest(ops, gradient)
            weighted = [slope * tf.reshape(gradient / largest, tf.shape(sums)) for slope in slopes]
            weights = tiles.total(weighted) / tf.where(sums > 0.0, sums, 1.0)
            mutual = tiles.mutual(ops, [flat(x) for x in weighted], [flat(x) for x in pairing.positives])
            mutual = [-tf.reshape(x, tf.shape(sums)) for x in mutual]

            def add(i: Tensor, found: Any) -> Any:
                # a row of tiles adds up apart: XLA copies all of an array that is written in two places in one round
                def step(j: Tensor, of_row: Tensor, found: Any) -> Any:
                    both = weights[i][:, None] + weights[j][None, :]
                    e = tile(units, i, j, lambda tile: tile * both, mutual)
                    of_row = of_row + tf.matmul(e, units[j])
                    e = tf.where(tf.equal(i, j), tf.zeros([], e.dtype), e)
                    return j + 1, of_row, found.write(j, found.read(j) + tf.matmul(e, units[i], transpose_a=True))

                _, of_row, found = tf.while_loop(lambda j, *_: j < count, step, (i, zero, found), parallel_iterations=1)
                return found.write(i, found.read(i) + of_row)

            def through_lengths(k: Tensor, state: Any) -> Any:
                change, found = state
                of_units = found.read(k) * largest
                with tf.GradientTape() as tape:
                    tape.watch(block := rows[k])
                    unit = normalised(ops, block)
                of_rows = tape.gradient(unit, block, of_units / temperature)
                return change + tf.reduce_sum(unit * of_units), found.write(k, of_rows)

            zero = tf.zeros(tf.shape(rows)[1:], rows.dtype)
            found = over_blocks(add, over_blocks(lambda k, found: found.write(k, zero), _array(rows)))
            change, found = over_blocks(through_lengths, (tf.zeros([], rows.dtype), found))
            return found.stack(), change / (-2.0 * temperature * temperature)

        return flat(values), lambda gradient: once(gradients, gradient, rows, temperature)

    return differentiable(rows, temperature)


# ------------------------------------------------------------ two sides: strips of rows


def _strips(queries: Tensor, keys: Tensor, temperature: Tensor, pairing: Pairing[Tensor], decoupled: bool) -> Tensor:
    count = tf.shape(queries)[0]

    def over_strips(weights: Tensor | None) -> tuple[Tensor, list[Tensor], Tensor, Tensor]:
        """Values, slopes, and the gradients of queries and keys, of rows with these weights or all alike."""

        def add(k: Tensor, of_keys: Tensor, of_queries: Any, values: Any, *slopes: Any) -> Any:
            of_rows = pairing.of_rows(lambda x: x[k])
            logits, of_positives = tiles.strip_logits(ops, queries[k], keys, temperature, of_rows)
            found = tiles.strip(ops, logits, of_positives, of_rows.present, decoupled)
            weighted = found.rows.slopes if weights is None else [s * weights[k] for s in found.rows.slopes]
            e = tiles.strip_gradient(ops, found, weighted, of_rows.positives)
            of_keys = of_keys + tf.matmul(e, queries[k], transpose_a=True)
            of_queries = of_queries.write(k, tf.matmul(e, keys))
            written = [array.write(k, slope) for array, slope in zip(slopes, found.rows.slopes, strict=True)]
            return k + 1, of_keys, of_queries, values.write(k, found.rows.values), *written

        vector = queries[:, :, 0]
        state = (tf.zeros_like(keys), _array(queries), *(_array(vector) for _ in range(1 + len(pairing.positives))))
        _, of_keys, *arrays = tf.while_loop(
            lambda k, *_: k < count, add, (tf.constant(0), *state), parallel_iterations=1
        )
        of_queries, values, *slopes = (array.stack() for array in arrays)
        return values, slopes, of_queries, of_keys

    @tf.custom_gradient
    def differentiable(queries: Tensor, keys: Tensor, temperature: Tensor) -> Any:
        values, slopes, of_queries, of_keys = over_strips(None)

        def gradients(gradient: Tensor, queries: Tensor, keys: Tensor, temperature: Tensor) -> Any:
            gradient = tf.reshape(gradient, tf.shape(values))
            counts = tf.not_equal(tiles.total(slopes), 0.0)
            alike = tf.reduce_max(tf.where(counts, gradient, float("-inf")))
            alike = tf.where(tf.reduce_any(counts), alike, 0.0)
            of_both = tf.cond(
                tf.reduce_all(tf.equal(gradient, alike) | tf.logical_not(counts)),
                lambda: (of_queries * alike, of_keys * alike),
                lambda: tuple(over_strips(gradient)[2:]),
            )
            of_queries_keys = [x / temperature for x in of_both]
            return *of_queries_keys, -tf.reduce_sum(of_queries_keys[0] * queries) / temperature

        return flat(values), lambda gradient: once(gradients, gradient, queries, keys, temperature)

    return differentiable(queries, keys, temperature)


# ------------------------------------------- two sides, both ways: strips, and back again


def _both_ways(queries: Tensor, keys: Tensor, temperature: Tensor, pairing: Pairing[Tensor], n: int | Tensor) -> Tensor:
    count = tf.shape(queries)[0]

    def over_strips(body: Any, *state: Any) -> Any:
        def step(k: Tensor, *state: Any) -> Any:
            of_rows = pairing.of_rows(lambda x: x[k])
            logits, of_positives = tiles.strip_logits(ops, queries[k], keys, temperature, of_rows)
            return k + 1, *body(k, of_rows, logits, of_positives[0], *state)

        return tf.while_loop(lambda k, *_: k < count, step, (tf.constant(0), *state), parallel_iterations=1)[1:]

    def row(x: Tensor) -> Tensor:
        """The rows of blocks that were not filled up."""
        return flat(x)[:n]

    def blocks(x: Tensor) -> Tensor:
        filled_up: Any = tf.size(queries[:, :, 0], tf.int64) - n
        return tf.reshape(tf.pad(x, [[0, filled_up]]), tf.shape(queries)[:2])

    def beside_keys(x: Tensor) -> Tensor:
        """One more for each key that was added."""
        added: Any = tf.shape(keys, tf.int64)[0] - n
        return tf.pad(x, [[0, added]])

    @tf.custom_gradient
    def differentiable(queries: Tensor, keys: Tensor, temperature: Tensor) -> Any:
        def add(k: Tensor, of_rows: Any, logits: Tensor, of_positives: Tensor, *state: Any) -> Any:
            columns = tiles.columns(ops, tiles.Columns(*state[:2]), logits)
            found = tiles.strip(ops, logits, [of_positives], of_rows.present, False)
            written = (found.rows.values, found.rows.slopes[0], found.logs, of_positives)
            return *columns, *(array.write(k, x) for array, x in zip(state[2:], written, strict=True))

        zeros = tf.zeros_like(keys[:, 0])
        vectors = (_array(queries[:, :, 0]) for _ in range(4))
        tops, sums, *arrays = over_strips(add, zeros - float("inf"), zeros, *vectors)
        values, slopes, logs, of_positives = (row(x.stack()) for x in arrays)
        present = None if pairing.present is None else [beside_keys(row(here)) for here in pairing.present]
        columns = tiles.Columns(tops, sums)
        of_columns, others = tiles.of_columns(ops, columns, beside_keys(of_positives), present)

        def gradients(gradient: Tensor, queries: Tensor, keys: Tensor, temperature: Tensor) -> Any:
            of_rows = slopes * gradient / 2.0
            of_others = tiles.Terms(of_columns, others.slopes[0] * beside_keys(gradient) / 2.0)
            own = tiles.Terms(blocks(logs), blocks(of_rows))
            of_pairs = blocks(of_rows + of_others.slopes[:n])

            def add(k: Tensor, rows: Any, logits: Tensor, _: Tensor, of_keys: Tensor, of_queries: Any) -> Any:
                here = tiles.Terms(*(x[k] for x in own))
                e = tiles.gradient_of_sides(ops, logits, here, of_others, rows.positives, [of_pairs[k]])
                of_keys = of_keys + tf.matmul(e, queries[k], transpose_a=True)
                return of_keys, of_queries.write(k, tf.matmul(e, keys))

            of_keys, of_queries = over_strips(add, tf.zeros_like(keys), _array(queries))
            of_queries, of_keys = of_queries.stack() / temperature, of_keys / temperature
            return of_queries, of_keys, -tf.reduce_sum(of_queries * queries) / temperature

        values = (values + others.values[:n]) / 2.0
        return values, lambda gradient: once(gradients, gradient, queries, keys, temperature)

    return differentiable(queries, keys, temperature)
