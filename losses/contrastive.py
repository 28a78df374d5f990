"""Losses that tell each row's positive from all other rows."""

from __future__ import annotations

from isoloss.losses.contrast import Similarity, contrast
from isoloss.losses.declaration import Positive, Weighted, loss
from isoloss.losses.labels import interleaved, same_row
from isoloss.protocol import A, Namespace


@loss("InfoNCELoss", queries="N D", keys="N D", negatives="M D", per="N")
def info_nce(
    xp: Namespace[A],
    queries: A,
    keys: A,
    negatives: A | None = None,
    *,
    temperature: Positive[A] = 0.07,
    similarity: Similarity = "cosine",
    decoupled: bool = False,
    where: A | None = None,
) -> A | Weighted[A]:
    r"""InfoNCE: each query against its own key, the other rows' keys and any further negatives.

    $$\ell_i = -\log \frac{e^{s_{ii}}}{\sum_j e^{s_{ij}}}, \qquad
    s_{ij} = \mathrm{sim}(\text{queries}_i, \text{keys}_j) / \text{temperature}$$

    where j runs over all keys and negatives.

    Args:
        queries: predicted, (N, D).
        keys: predicted, (N, D): row i is the positive of query i.
        negatives: predicted, (M, D), shared by all queries; optional.
        temperature: greater than 0; a number or a learnable scalar.
        similarity: "cosine" or "dot".
        decoupled: leave the positive out of the sum (Yeh et al.). The loss can then be negative.
        where: (N,), True for the pairs that count. A masked pair's key is nobody's negative.

    Returns:
        A value for each query.

    Degenerate cases: a query with no negative gives 0 with zero gradient; so does all masked. The cosine with a zero
    vector is 0, with zero gradient.

    Raises:
        TypeError: if an array is not floating.
        ValueError: if shapes disagree, or for temperature <= 0 (NaN where its value cannot be seen).

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> queries = np.array([[1.0, 0.0], [0.0, 1.0]])
        >>> round(float(isoloss.numpy.info_nce(queries, queries, temperature=0.5)), 6)
        0.126928

    Source: A. van den Oord, Y. Li, O. Vinyals, *Representation Learning with Contrastive Predictive Coding*, 2018,
    https://arxiv.org/abs/1807.03748; decoupled: C.-H. Yeh et al., *Decoupled Contrastive Learning*, 2022,
    https://arxiv.org/abs/2110.06848
    """
    return contrast(
        xp,
        queries,
        keys,
        positive=same_row,
        negatives=negatives,
        temperature=temperature,
        similarity=similarity,
        decoupled=decoupled,
        where=where,
    )


@loss("SimCSELoss", embeddings="2N D", per="2N")
def simcse(
    xp: Namespace[A], embeddings: A, *, temperature: Positive[A] = 0.05, where: A | None = None
) -> A | Weighted[A]:
    r"""Unsupervised SimCSE: rows 2k and 2k + 1 are two views of one sentence, all other rows are negatives.

    $$\ell_i = -\log \frac{e^{s_{i\,p(i)}}}{\sum_{j \ne i} e^{s_{ij}}}, \qquad p(i) = i + 1 - 2\,(i \bmod 2), \qquad
    s_{ij} = \cos(\text{embeddings}_i, \text{embeddings}_j) / \text{temperature}$$

    Args:
        embeddings: predicted, (2N, D), views interleaved.
        temperature: greater than 0; a number or a learnable scalar.
        where: (2N,), True for the rows that count. A masked row is nobody's negative, and its other view has no
            positive: it gives 0 and does not count.

    Returns:
        A value for each row.

    Degenerate cases: a single pair has no negatives and gives 0 with zero gradient; so does all masked. The cosine
    with a zero vector is 0, with zero gradient.

    Raises:
        TypeError: if embeddings are not floating.
        ValueError: for an odd number of rows or temperature <= 0 (NaN where the run alone can know).

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> embeddings = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
        >>> round(float(isoloss.numpy.simcse(embeddings, temperature=0.5)), 6)
        0.239545

    Source: T. Gao, X. Yao, D. Chen, *SimCSE: Simple Contrastive Learning of Sentence Embeddings*, 2021,
    https://arxiv.org/abs/2104.08821
    """
    return contrast(xp, embeddings, positive=interleaved, temperature=temperature, where=where)
