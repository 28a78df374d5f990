"""The contrastive engine in PyTorch: loops over tiles of the similarities, for the mathematics of `isoloss.losses.tiles`.

A tile is worked on in place, which new arrays for each step would make 8 % slower at D = 128, and the loops are opaque to
torch.compile, which would unroll them and keep every tile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from isoloss.losses import tiles
from isoloss.losses.tiles import ONCE
from isoloss.protocol import Pairing, Similarity
from isoloss.torch import ops

ROWS, COLUMNS = 256, 2048  # of a tile of the triangle
FEW = 2**26  # multiplications in a product, N x N x D, for which half of the tiles cost more than strips
KEPT = 2**22  # elements of tiles that are kept for the way back, where that is a quarter of them or more
STRIP = 2**21  # elements of a strip, unless its rows would be fewer than ROWS / 2 or D
MODERATE = (1e-12, 1e12)  # lengths of which squares are within range
SPREAD = 1e4  # how many times as long a row may be as another


def contrast(
    queries: Tensor,
    keys: Tensor | None,
    temperature: float | Tensor,
    pairing: Pairing[Tensor],
    similarity: Similarity,
    decoupled: bool,
) -> Tensor:
    """`Namespace.contrast`."""
    own, positives, present, counted, back = pairing
    cosine = similarity == "cosine"
    n, d = queries.shape
    halved = keys is None and cosine and n * n * d > FEW and tiles.warm(ops, temperature)
    bounded = cosine and not decoupled and tiles.warm(ops, temperature, 1.0 / tiles.REACH)
    if not isinstance(temperature, Tensor):
        temperature = ops.scalar(temperature, queries)
    differentiated = torch.is_grad_enabled() and any(
        x is not None and x.requires_grad for x in (queries, keys, temperature)
    )
    function = torch.ops.isoloss.contrast if torch.compiler.is_compiling() else _Contrast.apply
    return function(
        queries,
        keys,
        temperature,
        torch.stack(list(positives), 1),
        None if present is None else torch.stack(list(present), 1),
        counted,
        own is not None,
        cosine,
        halved,
        bounded,
        back is not None,
        decoupled,
        differentiated,
    )[0]


class _Opaque(torch.autograd.Function):
    """A function whose loops nothing looks into: vmap calls it for one after the other."""

    @classmethod
    def vmap(  # pyright: ignore[reportIncompatibleMethodOverride]  # PyTorch calls it so
        cls, info: Any, in_dims: tuple[int | None, ...], *inputs: Any
    ) -> tuple[Any, Any]:
        found = [
            cls.apply(*(x if d is None else x.select(d, k) for x, d in zip(inputs, in_dims, strict=True)))
            for k in range(info.batch_size)
        ]
        stacked = tuple(None if each[0] is None else torch.stack(each) for each in zip(*found, strict=True))
        return stacked, tuple(None if each is None else 0 for each in stacked)


class _Contrast(_Opaque):
    @staticmethod
    def forward(*inputs: Any) -> tuple[Tensor, ...]:
        return tuple((_values if is_plain(inputs[0]) else torch.ops.isoloss.contrast)(*inputs))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Sequence[Tensor]) -> None:
        _keep(ctx, inputs, output)
        ctx.mark_non_differentiable(*output[1:])
        ctx.set_materialize_grads(False)  # zeros for these would be as large

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Any, ...]:
        return _for_inputs(_Gradients.apply(*ctx.how, gradients[0], *ctx.saved_tensors))

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        raise RuntimeError(ONCE)


class _Gradients(_Opaque):
    @staticmethod
    def forward(*inputs: Any) -> tuple[Tensor, ...]:
        function: Any = _gradients if is_plain(inputs[6]) else torch.ops.isoloss.contrast_gradients
        return tuple(function(*inputs[:11], list(inputs[11:])))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        pass

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise RuntimeError(ONCE)


def is_plain(x: Tensor) -> bool:
    """Whether a tensor has numbers: one of the meta device or of a fake tensor mode has none."""
    return type(x) in (Tensor, torch.nn.Parameter) and not x.is_meta


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Sequence[Tensor]) -> None:
    queries, keys, temperature, positives, _, counted, *ctx.how = inputs[:11]
    ctx.save_for_backward(queries, keys, temperature, positives, counted, *output[1:])


def _for_inputs(gradients: Sequence[Tensor]) -> tuple[Tensor | None, ...]:
    of_queries, *of_keys, of_temperature = gradients
    return of_queries, of_keys[0] if of_keys else None, of_temperature, *[None] * 10


def _values(
    queries: Tensor,
    keys: Tensor | None,
    temperature: Tensor,
    positives: Tensor,
    present: Tensor | None,
    counted: Tensor | None,
    itself: bool,
    cosine: bool,
    halved: bool,
    bounded: bool,
    both_ways: bool,
    decoupled: bool,
    differentiated: bool,
) -> list[Tensor]:
    """The values, and what their gradients need besides the inputs."""
    if halved:
        return _triangle(queries, temperature, positives, present, counted, decoupled, differentiated)
    x, y = _prepared(queries, keys, cosine)
    if both_ways:
        return _both_ways(x, y, temperature, positives, counted)
    first = 0 if itself else None
    return strips(x, y, temperature, positives, present, counted, first, decoupled, differentiated, bounded)


def _gradients(
    itself: bool,
    cosine: bool,
    halved: bool,
    bounded: bool,
    both_ways: bool,
    gradient: Tensor,
    queries: Tensor,
    keys: Tensor | None,
    temperature: Tensor,
    positives: Tensor,
    counted: Tensor | None,
    residuals: list[Tensor],
) -> list[Tensor]:
    """The gradients of queries, keys if there are any, and temperature."""
    if halved:
        return _triangle_gradients(gradient, queries, temperature, positives, *residuals)
    # the last is empty where nobody was to be differentiated when the call was exported
    weight = None if both_ways or not len(residuals[-1]) else _common(gradient, residuals[0])
    if weight is not None:
        of_x, of_y = (found * weight for found in residuals[-2:])
    else:
        x, y = _prepared(queries, keys, cosine)
        if both_ways:
            of_x, of_y = _both_ways_gradients(gradient, x, y, temperature, positives, counted, residuals)
        else:
            first = 0 if itself else None
            of_x, of_y = _strips_gradients(gradient, x, y, temperature, positives, counted, residuals, first, bounded)
    pairs = [(queries, of_x.add_(of_y))] if keys is None else [(queries, of_x), (keys, of_y)]
    if cosine:
        along, *_ = [_through_units(_units(rows), found) for rows, found in pairs]
    else:
        along = sum(torch.dot(queries[block].flatten(), of_x[block].flatten()) for block in _blocks(len(queries)))
    twice = 2.0 if keys is None else 1.0  # a similarity is there for both of its rows
    return [*(found for _, found in pairs), along / (-twice * temperature)]


def _prepared(queries: Tensor, keys: Tensor | None, cosine: bool) -> tuple[Tensor, Tensor]:
    if cosine:
        queries, keys = _units(queries).all(), None if keys is None else _units(keys).all()
    return queries, queries if keys is None else keys


# ------------------------------------------------------------------------ unit vectors


class _Units(NamedTuple):
    """Rows, and what makes unit vectors of them."""

    rows: Tensor
    inverse: Tensor  # of their lengths; 0 for a zero vector
    size: Tensor | None  # what rows were divided by first, if some lengths are extreme

    def all(self) -> Tensor:
        return self.rows * self.inverse.unsqueeze(1)

    def into(self, out: Tensor, chosen: slice | Tensor, factor: Tensor | float = 1.0) -> Tensor:
        """The chosen unit vectors times a factor, in a buffer: fresh memory would cost as much as a product."""
        inverse = self.inverse[chosen]
        out, scale = out[: len(inverse)], (inverse * factor).unsqueeze(1)
        if isinstance(chosen, slice):
            return torch.mul(self.rows[chosen], scale, out=out)
        return torch.index_select(self.rows, 0, chosen, out=out).mul_(scale)


def moderate(lengths: Tensor) -> bool:
    """Whether no length is extreme, nor any so much longer than another."""
    if not len(lengths):
        return True
    least, most = (x.item() for x in torch.aminmax(lengths))
    return MODERATE[0] < least and most < min(MODERATE[1], SPREAD * least)


def _units(embeddings: Tensor) -> _Units:
    lengths = torch.linalg.vector_norm(embeddings, dim=1)
    if moderate(lengths):
        return _Units(embeddings, lengths.reciprocal(), None)
    size = torch.linalg.vector_norm(embeddings, ord=float("inf"), dim=1)
    zero = size < ops.smallest_normal(embeddings)
    size = torch.where(zero, 1.0, size)
    embeddings = embeddings / size.unsqueeze(1)
    lengths = torch.linalg.vector_norm(embeddings, dim=1)
    return _Units(embeddings, torch.where(zero, 0.0, 1.0 / torch.where(zero, 1.0, lengths)), size)


def _through_units(units: _Units, found: Tensor) -> Tensor:
    """Make the gradient of the rows, in place, of that of their unit vectors; the product of these two."""
    return _through_lengths(units, found.mul_(units.inverse.unsqueeze(1)))


def _through_lengths(units: _Units, found: Tensor) -> Tensor:
    """The same of the gradient of their unit vectors over the lengths."""
    along = torch.empty_like(units.inverse)
    first, second = _buffers(found, 2, found.shape[1])
    for block in _blocks(len(along)):
        unit = units.into(first, block)
        along[block] = torch.mul(unit, found[block], out=second[: len(unit)]).sum(1)
        found[block].addcmul_(unit, along[block].unsqueeze(1), value=-1)
        if units.size is not None:
            found[block].div_(units.size[block].unsqueeze(1))
    zero = units.inverse == 0.0
    return torch.where(zero, 0.0, along / torch.where(zero, 1.0, units.inverse)).sum()


def _blocks(rows: int) -> list[slice]:
    return [slice(i, min(i + ROWS, rows)) for i in range(0, rows, ROWS)]


def _buffers(rows: Tensor, count: int, width: int) -> Tensor:
    return rows.new_empty(count, min(ROWS, rows.shape[0]), width)


# ------------------------------------------------- self-similarity: the upper triangle


class _Tile(NamedTuple):
    rows: slice
    columns: slice
    own: int  # how many of the columns, from the left, are among the rows
    exponentials: Tensor  # 0 where there is no negative
    spare: Tensor  # as large, to work in


def _tiles(units: _Units, temperature: Tensor, positives: Tensor, kept: Tensor, known: bool) -> Iterator[_Tile]:
    """The tiles, the first of which, as far as there is room, are in `kept`: there already, if they are known."""
    rows, inverse, _ = units
    used = 0
    n, d = rows.shape
    shift = float(tiles.shift(ops, temperature))
    holes = _holes(positives)
    (buffer,) = _buffers(rows, 1, d)
    both = _buffers(rows, 2, min(COLUMNS, n)).flatten(1)
    for block in _blocks(n):
        queries = units.into(buffer, block, 1.0 / temperature)
        for start in range(block.start, n, COLUMNS):
            columns = slice(start, min(start + COLUMNS, n))
            shape = (len(queries), columns.stop - start)
            size = shape[0] * shape[1]
            used += size
            tile, spare = (each[:size].view(shape) for each in both)
            if fits := used <= len(kept):
                tile = kept[used - size : used].view(shape)
            if not (fits and known):
                torch.mm(queries, rows[columns].T, out=tile)
                tile.mul_(inverse[columns])
                if shift:
                    tile.sub_(shift)
                tile.exp_()
                if (block.start, start) in holes:
                    tile[holes[block.start, start]] = 0.0
            yield _Tile(block, columns, shape[0] if start == block.start else 0, tile, spare)


def _holes(positives: Tensor) -> dict[tuple[int, int], tuple[Tensor, Tensor]]:
    """Where a tile has no negatives: the row itself and its positives, by the tile's first row and column."""
    n, count = positives.shape
    row = torch.arange(n, device=positives.device).repeat(count + 1)
    column = torch.cat([row[:n], positives.T.reshape(-1)])
    first = row - row % ROWS
    upper = column >= first  # the others are positives of these
    row, column, first = row[upper], column[upper], first[upper]
    start = first + (column - first) // COLUMNS * COLUMNS
    order = torch.argsort(first * n + start)
    places, counts = torch.unique_consecutive((first * n + start)[order], return_counts=True)
    inside = zip(
        (row - first)[order].split(counts.tolist()), (column - start)[order].split(counts.tolist()), strict=True
    )
    return {(place // n, place % n): where for place, where in zip(places.tolist(), inside, strict=True)}


def _triangle(
    embeddings: Tensor,
    temperature: Tensor,
    positives: Tensor,
    present: Tensor | None,
    counted: Tensor | None,
    decoupled: bool,
    differentiated: bool,
) -> list[Tensor]:
    units = _units(embeddings)
    sums = embeddings.new_zeros(embeddings.shape[0])
    counts = None if counted is None else counted.to(embeddings.dtype)
    kept = embeddings.new_empty(_room(len(sums)) if differentiated else 0)
    for rows, columns, own, tile, _ in _tiles(units, temperature, positives, kept, known=False):
        if counts is None:
            sums[rows] += tile.sum(1)
            sums[columns][own:] += tile.sum(0)[own:]
        else:
            sums[rows] += tile @ counts[columns]
            sums[columns][own:] += (counts[rows] @ tile)[own:]
    logits = torch.empty_like(positives, dtype=embeddings.dtype)
    of_rows, of_positives = _buffers(embeddings, 2, embeddings.shape[1])
    for block in _blocks(len(sums)):
        queries = units.into(of_rows, block, 1.0 / temperature)
        for k, partners in enumerate(positives[block].T):
            logits[block, k] = units.into(of_positives, partners).mul_(queries).sum(1)
    leads = (sums.log() + tiles.shift(ops, temperature)).unsqueeze(1) - logits
    values, slopes = _rows(leads, sums == 0.0, present, decoupled)
    return [values, slopes, torch.where(sums > 0.0, sums, 1.0), kept]


def _room(rows: int) -> int:
    """How many elements of tiles are kept."""
    elements = rows * (rows + ROWS) // 2  # at most
    return 0 if elements > 4 * KEPT else min(elements, KEPT)


def _rows(leads: Tensor, alone: Tensor, present: Tensor | None, decoupled: bool) -> tuple[Tensor, Tensor]:
    found = tiles.rows(ops, leads.unbind(1), alone, None if present is None else present.unbind(1), decoupled)
    return found.values, torch.stack(found.slopes, 1)


def _triangle_gradients(
    gradient: Tensor,
    embeddings: Tensor,
    temperature: Tensor,
    positives: Tensor,
    slopes: Tensor,
    sums: Tensor,
    kept: Tensor,
) -> list[Tensor]:
    units = _units(embeddings)
    largest, of_shortest = tiles.largest(ops, gradient), tiles.largest(ops, units.inverse)
    scaled = units._replace(inverse=units.inverse / of_shortest)
    rows, inverse, _ = scaled
    slopes = slopes * (gradient / largest).unsqueeze(1)
    # a tile of the gradient is e (a_i + a_j) / (|x_i| |x_j|), whose last factor is a product of two columns and two rows
    weights = slopes.sum(1) / sums
    left = torch.stack([weights * inverse, inverse], dim=1)
    right = left.flip(1)
    found = torch.zeros_like(embeddings)  # the gradient of the unit vectors, over the lengths
    for block, columns, own, tile, spare in _tiles(units, temperature, positives, kept, known=True):
        tile = torch.mm(left[block], right[columns].T, out=spare).mul_(tile)
        found[block].addmm_(tile, rows[columns])
        found[columns][own:].addmm_(tile[:, own:].T, rows[block])
    (buffer,) = _buffers(embeddings, 1, embeddings.shape[1])
    for block in _blocks(len(sums)):
        for slope, partners in zip(slopes[block].T, positives[block].T, strict=True):
            found[block].sub_(scaled.into(buffer, partners, slope * inverse[block]))
            found.index_add_(0, partners, scaled.into(buffer, block, slope * inverse[partners]), alpha=-1)
    found.mul_(of_shortest.square() * (largest / temperature))
    return [found, _through_lengths(units, found) / (-2.0 * temperature)]


# ------------------------------------------------------------ two sides: strips of rows


def strips(
    queries: Tensor,
    keys: Tensor,
    temperature: Tensor,
    positives: Tensor,
    present: Tensor | None,
    counted: Tensor | None,
    first: int | None,
    decoupled: bool,
    differentiated: bool,
    bounded: bool = False,
) -> list[Tensor]:
    """The values, and the gradients for rows that count alike, which are those of a mean or a sum.

    Args:
        bounded: whether no exponential of a logit can overflow, nor the sum of some vanish; then no largest is sought.
    """
    n = queries.shape[0]
    values, sums, tops = (queries.new_empty(n) for _ in range(3))
    slopes = torch.empty_like(positives, dtype=queries.dtype)
    of_queries = torch.empty_like(queries) if differentiated else queries.new_empty(0)
    of_keys = torch.zeros_like(keys) if differentiated else queries.new_empty(0)
    for rows, strip, chosen in strips_of(queries, keys, temperature, positives, counted, first, bounded):
        if bounded:
            total = strip.exp_().sum(1, keepdim=True)
            top, alone = torch.zeros_like(total), total == 0.0
        else:
            top = strip.amax(1, keepdim=True)
            alone = top == float("-inf")
            top = torch.where(alone, 0.0, top)
            total = strip.sub_(top).exp_().sum(1, keepdim=True)
        total = torch.where(alone, 1.0, total)
        logs = total.log()
        if decoupled:  # the value may be near 0: nothing is lost beside the 1 of the largest
            place = strip.argmax(1, keepdim=True)
            logs = strip.scatter_(1, place, 0.0).sum(1, keepdim=True).log1p()
            strip.scatter_(1, place, 1.0).masked_fill_(alone, 0.0)
        found = _rows(top - chosen + logs, alone[:, 0], None if present is None else present[rows], decoupled)
        values[rows], slopes[rows], sums[rows], tops[rows] = *found, total[:, 0], top[:, 0]
        if differentiated:
            share = slopes[rows] / temperature
            _add_gradients(strip, share, sums[rows], positives[rows], queries[rows], keys, of_queries[rows], of_keys)
    return [values, slopes, sums, tops, of_queries, of_keys]


def _slices(queries: Tensor, keys: Tensor) -> list[slice]:
    """The queries whose similarities to all keys are held at a time."""
    # with fewer rows than columns the gradient of the keys would be read and written longer than its products take
    n, height = len(queries), max(ROWS // 2, keys.shape[1], STRIP // max(len(keys), 1))
    return [slice(i, min(i + height, n)) for i in range(0, n, height)]


def strips_of(
    queries: Tensor,
    keys: Tensor,
    temperature: Tensor,
    positives: Tensor,
    counted: Tensor | None,
    first: int | None,
    bounded: bool = False,
) -> Iterator[tuple[slice, Tensor, Tensor]]:
    """Strips of logits, -inf where there is no negative, and the logits of the positives.

    Args:
        first: the index of the first query among the keys; None where queries and keys are two sides.
    """
    m = keys.shape[0]
    parts = _slices(queries, keys)
    buffer = queries.new_empty(parts[0].stop * m if parts else 0)
    left_out = None if counted is None else ~counted
    for rows in parts:
        size = rows.stop - rows.start
        strip = torch.mm(queries[rows] / temperature, keys.T, out=buffer[: size * m].view(size, m))
        chosen = strip.gather(1, positives[rows])
        if not bounded:  # a product that overflows would pass for an impossible class
            chosen = torch.where(strip.amin(1, keepdim=True) == float("-inf"), float("nan"), chosen)
        if left_out is not None:
            strip.masked_fill_(left_out, float("-inf"))
        if first is not None:
            strip.diagonal(first + rows.start).fill_(float("-inf"))
        strip.scatter_(1, positives[rows], float("-inf"))
        yield rows, strip, chosen


def _add_gradients(
    exponentials: Tensor,
    slopes: Tensor,
    sums: Tensor,
    positives: Tensor,
    queries: Tensor,
    keys: Tensor,
    of_queries: Tensor,
    of_keys: Tensor,
) -> None:
    """The share of a strip, whose exponentials are overwritten, in the gradients.

    Rows are weighted beside the products, where they are D long and not M.
    """
    total = slopes.sum(1)
    shares = slopes / torch.where(total == 0.0, 1.0, total).unsqueeze(1) * sums.unsqueeze(1)  # total may be subnormal
    exponentials.scatter_add_(1, positives, -shares)
    weights = (total / sums).unsqueeze(1)
    torch.mm(exponentials, keys, out=of_queries).mul_(weights)
    of_keys.addmm_(exponentials.T, queries * weights)


def _strips_gradients(
    gradient: Tensor,
    queries: Tensor,
    keys: Tensor,
    temperature: Tensor,
    positives: Tensor,
    counted: Tensor | None,
    residuals: list[Tensor],
    first: int | None,
    bounded: bool,
) -> tuple[Tensor, Tensor]:
    slopes, sums, tops, *_ = residuals
    slopes = slopes * (gradient / temperature).unsqueeze(1)
    of_queries, of_keys = torch.empty_like(queries), torch.zeros_like(keys)
    for rows, strip, _ in strips_of(queries, keys, temperature, positives, counted, first, bounded):
        strip.sub_(tops[rows].unsqueeze(1)).exp_()
        _add_gradients(strip, slopes[rows], sums[rows], positives[rows], queries[rows], keys, of_queries[rows], of_keys)
    return of_queries, of_keys


def _common(weights: Tensor, slopes: Tensor) -> Tensor | None:
    """The weight of all rows that have a slope, if it is one."""
    if len(weights) and weights.min() == weights.max():
        return weights[0]
    weights = weights[slopes.sum(1) != 0.0]
    if len(weights) and weights.min() != weights.max():
        return None
    return weights[0] if len(weights) else weights.new_zeros(())


# ------------------------------------------- two sides, both ways: strips, and back again


def _both_ways(
    queries: Tensor, keys: Tensor, temperature: Tensor, positives: Tensor, counted: Tensor | None
) -> list[Tensor]:
    columns = tiles.Columns(torch.full_like(keys[:, 0], float("-inf")), torch.zeros_like(keys[:, 0]))
    values, slopes, logs, of_positives = (queries.new_empty(len(queries)) for _ in range(4))
    for rows, of_rows, logits, chosen in _strips_of_both(queries, keys, temperature, positives, counted):
        found = tiles.strip(ops, logits, [chosen], of_rows.present, False)
        values[rows], slopes[rows], logs[rows] = found.rows.values, found.rows.slopes[0], found.logs
        of_positives[rows] = chosen
        columns = tiles.columns(ops, columns, logits)
    of_columns, others = tiles.of_columns(ops, columns, of_positives, None if counted is None else [counted])
    return [(values + others.values) / 2.0, slopes, others.slopes[0], logs, of_columns]


def _both_ways_gradients(
    gradient: Tensor,
    queries: Tensor,
    keys: Tensor,
    temperature: Tensor,
    positives: Tensor,
    counted: Tensor | None,
    residuals: list[Tensor],
) -> tuple[Tensor, Tensor]:
    weights = gradient / (2.0 * temperature)
    slopes, of_others, logs, of_columns = residuals
    slopes, others = slopes * weights, tiles.Terms(of_columns, of_others * weights)
    of_queries, of_keys = torch.empty_like(queries), torch.zeros_like(keys)
    for rows, of_rows, logits, _ in _strips_of_both(queries, keys, temperature, positives, counted):
        own = tiles.Terms(logs[rows], slopes[rows])
        tile = tiles.gradient_of_sides(ops, logits, own, others, of_rows.positives, [own.slopes + others.slopes[rows]])
        torch.mm(tile, keys, out=of_queries[rows])
        of_keys.addmm_(tile.T, queries[rows])
    return of_queries, of_keys


def _strips_of_both(
    queries: Tensor, keys: Tensor, temperature: Tensor, positives: Tensor, counted: Tensor | None
) -> Iterator[tuple[slice, Pairing[Tensor], Tensor, Tensor]]:
    pairing = Pairing(None, [positives[:, 0]], None if counted is None else [counted], counted, counted)
    for rows in _slices(queries, keys):
        of_rows = pairing.of_rows(lambda x, rows=rows: x[rows])
        logits, (chosen,) = tiles.strip_logits(ops, queries[rows], keys, temperature, of_rows)
        yield rows, of_rows, logits, chosen


# --------------------------------------------------------- what torch.compile looks at

UNSAFE = (torch.Tag.cudagraph_unsafe,)  # the host looks at lengths and places on the way

_contrast = torch.library.custom_op("isoloss::contrast", _values, mutates_args=(), tags=UNSAFE)
_contrast_gradients = torch.library.custom_op("isoloss::contrast_gradients", _gradients, mutates_args=(), tags=UNSAFE)


@_contrast.register_fake
def _(
    queries: Tensor,
    keys: Tensor | None,
    temperature: Tensor,
    positives: Tensor,
    present: Tensor | None,
    counted: Tensor | None,
    itself: bool,
    cosine: bool,
    halved: bool,
    bounded: bool,
    both_ways: bool,
    decoupled: bool,
    differentiated: bool,
) -> list[Tensor]:
    row = queries.new_empty(queries.shape[0])
    found = [row, queries.new_empty(positives.shape), torch.empty_like(row)]
    if halved:
        return [*found, queries.new_empty(_room(queries.shape[0]) if differentiated else 0)]
    if both_ways:
        return [torch.empty_like(row) for _ in range(5)]
    sides = (queries, queries if keys is None else keys)
    gradients = [torch.empty_like(x) if differentiated else x.new_empty(0) for x in sides]
    return [*found, torch.empty_like(row), *gradients]


@_contrast_gradients.register_fake
def _(
    itself: bool,
    cosine: bool,
    halved: bool,
    bounded: bool,
    both_ways: bool,
    gradient: Tensor,
    queries: Tensor,
    keys: Tensor | None,
    temperature: Tensor,
    positives: Tensor,
    counted: Tensor | None,
    residuals: list[Tensor],
) -> list[Tensor]:
    return [torch.empty_like(x) for x in (queries, keys, temperature) if x is not None]


def _backward(ctx: Any, gradients: list[Tensor]) -> tuple[Tensor | None, ...]:
    tensors = ctx.saved_tensors
    found = torch.ops.isoloss.contrast_gradients(*ctx.how, gradients[0], *tensors[:5], list(tensors[5:]))
    return _for_inputs(found)


_contrast.register_autograd(_backward, setup_context=_keep)
_contrast_gradients.register_autograd(_Gradients.backward)
