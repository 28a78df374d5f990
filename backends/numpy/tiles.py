"""The contrastive engine in NumPy: values only, strip by strip."""

from __future__ import annotations

import numpy as np

from isoloss.losses import tiles
from isoloss.losses.contrast import prepared
from isoloss.numpy import ops
from isoloss.protocol import Pairing, Similarity

STRIP = 2**20  # elements


def contrast(
    queries: ops.Array,
    keys: ops.Array | None,
    temperature: float | ops.Array,
    pairing: Pairing[ops.Array],
    similarity: Similarity,
    decoupled: bool,
) -> ops.Array:
    """`Namespace.contrast`."""
    queries, keys = prepared(ops, queries, keys, similarity)
    height = max(STRIP // max(len(keys), 1), 1)
    values = np.empty(len(queries), queries.dtype)
    for start in range(0, len(queries), height):
        rows = slice(start, start + height)
        of_rows = pairing.of_rows(lambda x, rows=rows: x[rows])
        values[rows] = tiles.strip(ops, queries[rows], keys, temperature, of_rows, decoupled).rows.values
    return values
