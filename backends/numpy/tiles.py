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
    values, of_positives = np.empty(len(queries), queries.dtype), np.empty(len(queries), queries.dtype)
    columns = tiles.Columns(np.full(len(keys), -np.inf, keys.dtype), np.zeros(len(keys), keys.dtype))
    for start in range(0, len(queries), height):
        rows = slice(start, start + height)
        of_rows = pairing.of_rows(lambda x, rows=rows: x[rows])
        logits, chosen = tiles.strip_logits(ops, queries[rows], keys, temperature, of_rows)
        values[rows] = tiles.strip(ops, logits, chosen, of_rows.present, decoupled).rows.values
        if pairing.back is not None:
            columns, of_positives[rows] = tiles.columns(ops, columns, logits), chosen[0]
    if pairing.back is not None:
        values = (values + tiles.of_columns(ops, columns, of_positives, pairing.present)[1].values) / 2.0
    return values
