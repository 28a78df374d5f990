"""Losses that tell each row's positive from all other rows."""

from __future__ import annotations

from isoloss.losses.contrast import Method, contrast, cosines, normalised
from isoloss.losses.declaration import Positive, Views, Weighted, given, loss, parts
from isoloss.losses.labels import interleaved, same_label, same_row, stacked
from isoloss.losses.softmax import soft_target_cross_entropy
from isoloss.losses.softplus import softplus
from isoloss.protocol import A, Namespace, Similarity


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
    method: Method = "auto",
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
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
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
        partners=[same_row],
        negatives=negatives,
        temperature=temperature,
        similarity=similarity,
        decoupled=decoupled,
        method=method,
        where=where,
    )


@loss("CLIPLoss", image_embeddings="N D", text_embeddings="N D", per="N")
def clip(
    xp: Namespace[A],
    image_embeddings: A,
    text_embeddings: A,
    *,
    temperature: Positive[A] = 0.07,
    method: Method = "auto",
    where: A | None = None,
) -> A | Weighted[A]:
    r"""The loss of CLIP: each image among all texts, and each text among all images.

    $$\ell_i = -\frac{1}{2} \log \frac{e^{s_{ii}}}{\sum_j e^{s_{ij}}} - \frac{1}{2} \log \frac{e^{s_{ii}}}{\sum_j e^{s_{ji}}},
    \qquad s_{ij} = \cos(\text{image\_embeddings}_i, \text{text\_embeddings}_j) / \text{temperature}$$

    CLIP learns a scale, which is 1 / temperature, from 1 / 0.07, and holds it below 100.

    Args:
        image_embeddings: predicted, (N, D).
        text_embeddings: predicted, (N, D): row i is of the text that belongs to image i.
        temperature: greater than 0; a number or a learnable scalar.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        where: (N,), True for the pairs that count. A masked pair's image and text are nobody's negatives.

    Returns:
        A value for each pair.

    Degenerate cases: a single pair gives 0 with zero gradient; so does all masked. The cosine with a zero vector is 0,
    with zero gradient.

    Raises:
        TypeError: if an array is not floating.
        ValueError: if shapes disagree, or for temperature <= 0 (NaN where its value cannot be seen).

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> images = np.array([[1.0, 0.0], [0.0, 1.0]])
        >>> round(float(isoloss.numpy.clip(images, images, temperature=0.5)), 6)
        0.126928

    Source: A. Radford et al., *Learning Transferable Visual Models From Natural Language Supervision*, 2021,
    https://arxiv.org/abs/2103.00020
    """
    return contrast(
        xp,
        image_embeddings,
        text_embeddings,
        partners=[same_row],
        temperature=temperature,
        both_ways=True,
        method=method,
        where=where,
    )


@loss("SimCSELoss", embeddings="2N D", per="2N")
def simcse(
    xp: Namespace[A],
    embeddings: A,
    *,
    temperature: Positive[A] = 0.05,
    method: Method = "auto",
    where: A | None = None,
) -> A | Weighted[A]:
    r"""Unsupervised SimCSE: rows 2k and 2k + 1 are two views of one sentence, all other rows are negatives.

    $$\ell_i = -\log \frac{e^{s_{i\,p(i)}}}{\sum_{j \ne i} e^{s_{ij}}}, \qquad p(i) = i + 1 - 2\,(i \bmod 2), \qquad
    s_{ij} = \cos(\text{embeddings}_i, \text{embeddings}_j) / \text{temperature}$$

    Args:
        embeddings: predicted, (2N, D), views interleaved.
        temperature: greater than 0; a number or a learnable scalar.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
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
    return contrast(xp, embeddings, partners=[interleaved], temperature=temperature, method=method, where=where)


@loss("SupervisedSimCSELoss", embeddings="3N D", per="N")
def supervised_simcse(
    xp: Namespace[A],
    embeddings: A,
    *,
    temperature: Positive[A] = 0.05,
    method: Method = "auto",
    where: A | None = None,
) -> A | Weighted[A]:
    r"""Supervised SimCSE: rows 3k, 3k + 1 and 3k + 2 are a sentence, one it entails and one it contradicts.

    $$\ell_k = -\log \frac{e^{s_k(3k + 1)}}{\sum_j e^{s_k(3j + 1)} + e^{s_k(3j + 2)}}, \qquad
    s_k(i) = \cos(\text{embeddings}_{3k}, \text{embeddings}_i) / \text{temperature}$$

    Args:
        embeddings: predicted, (3N, D): anchor, positive and hard negative of each triple, one after the other.
        temperature: greater than 0; a number or a learnable scalar.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        where: (N,), True for the triples that count. A masked triple's rows are nobody's negatives.

    Returns:
        A value for each triple.

    Degenerate cases: all masked gives 0 with zero gradient. A single triple still has its hard negative. The cosine
    with a zero vector is 0, with zero gradient.

    Raises:
        TypeError: if embeddings are not floating.
        ValueError: for a number of rows that is no multiple of 3 or temperature <= 0 (NaN where the run alone can know).

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> embeddings = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
        >>> round(float(isoloss.numpy.supervised_simcse(embeddings, temperature=0.5)), 6)
        0.126928

    Source: T. Gao, X. Yao, D. Chen, *SimCSE: Simple Contrastive Learning of Sentence Embeddings*, 2021,
    https://arxiv.org/abs/2104.08821
    """
    anchors, positives, hard = (xp.slice(embeddings, k, None, 3) for k in range(3))
    return contrast(
        xp,
        anchors,
        positives,
        partners=[same_row],
        negatives=hard,
        negatives_where=where,
        temperature=temperature,
        method=method,
        where=where,
    )


@loss("NTXentLoss", embeddings="views*N D", per="views*N")
def nt_xent(
    xp: Namespace[A],
    embeddings: A,
    *,
    temperature: Positive[A] = 0.5,
    views: Views = 2,
    method: Method = "auto",
    where: A | None = None,
) -> A | Weighted[A]:
    r"""NT-Xent, the loss of SimCLR: rows i and i + N are two views of sample i, rows of other samples are negatives.

    $$\ell_i = -\log \frac{e^{s_{i\,p(i)}}}{e^{s_{i\,p(i)}} + \sum_{j \not\equiv i} e^{s_{ij}}}, \qquad
    p(i) = (i + N) \bmod 2N, \qquad
    s_{ij} = \cos(\text{embeddings}_i, \text{embeddings}_j) / \text{temperature}$$

    where j runs over the rows of other samples (modulo N). With more than two views a row has a positive in each of the
    others, and its value is the mean over them: each is told apart from the negatives alone, the other positives being
    out of the sum (as in optax and pytorch-metric-learning; SupCon has them in).

    Args:
        embeddings: predicted, (views*N, D), stacked: all rows of the first view, then all of the second.
        temperature: greater than 0; a number or a learnable scalar.
        views: at least 2, how many there are of each sample.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        where: (views*N,), True for the rows that count. A masked row is nobody's positive or negative; a row left with
            no positive gives 0 and does not count.

    Returns:
        A value for each row.

    Degenerate cases: a single sample has no negatives and gives 0 with zero gradient; so does all masked. The cosine
    with a zero vector is 0, with zero gradient.

    Raises:
        TypeError: if embeddings are not floating.
        ValueError: for a number of rows that is no multiple of views, views below 2 or temperature <= 0 (NaN where the
            run alone can know).

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> embeddings = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
        >>> round(float(isoloss.numpy.nt_xent(embeddings)), 6)
        0.239545

    Source: T. Chen et al., *A Simple Framework for Contrastive Learning of Visual Representations*, 2020,
    https://arxiv.org/abs/2002.05709
    """
    partners = [stacked(views, step) for step in range(1, views)]
    return contrast(xp, embeddings, partners=partners, temperature=temperature, method=method, where=where)


@loss("DCLLoss", embeddings="views*N D", per="views*N")
def dcl(
    xp: Namespace[A],
    embeddings: A,
    *,
    temperature: Positive[A] = 0.1,
    views: Views = 2,
    method: Method = "auto",
    where: A | None = None,
) -> A | Weighted[A]:
    r"""Decoupled contrastive learning: `nt_xent` without the positive in the sum, so that small batches learn as well.

    $$\ell_i = -s_{i\,p(i)} + \log \sum_{j \not\equiv i} e^{s_{ij}}, \qquad p(i) = (i + N) \bmod 2N, \qquad
    s_{ij} = \cos(\text{embeddings}_i, \text{embeddings}_j) / \text{temperature}$$

    where j runs over the rows of other samples (modulo N). With more than two views a row's value is the mean over its
    positives, as in `nt_xent`. The rows are those of lightly's DCLLoss(out0, out1), one side after the other; lightly
    before 1.6 adds a logarithm of the negatives of each view instead of taking one of them all. For two sides that are
    not compared with themselves there is `info_nce` with decoupled=True.

    Args:
        embeddings: predicted, (views*N, D), stacked: all rows of the first view, then all of the second.
        temperature: greater than 0; a number or a learnable scalar.
        views: at least 2, how many there are of each sample.
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        where: (views*N,), True for the rows that count. A masked row is nobody's positive or negative; a row left with
            no positive gives 0 and does not count.

    Returns:
        A value for each row, which is below 0 where the positive leads.

    Degenerate cases: a single sample has no negatives and gives 0 with zero gradient; so does all masked. The cosine
    with a zero vector is 0, with zero gradient.

    Raises:
        TypeError: if embeddings are not floating.
        ValueError: for a number of rows that is no multiple of views, views below 2 or temperature <= 0 (NaN where the
            run alone can know).

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> embeddings = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
        >>> round(float(isoloss.numpy.dcl(embeddings, temperature=0.5)), 6)
        -1.306853

    Source: C.-H. Yeh et al., *Decoupled Contrastive Learning*, 2022, https://arxiv.org/abs/2110.06848
    """
    partners = [stacked(views, step) for step in range(1, views)]
    return contrast(
        xp, embeddings, partners=partners, temperature=temperature, decoupled=True, method=method, where=where
    )


@loss("SupConLoss", embeddings="N D", labels=given("N", integer=True), per="N")
def sup_con(
    xp: Namespace[A],
    embeddings: A,
    labels: A,
    *,
    temperature: Positive[A] = 0.1,
    where: A | None = None,
) -> Weighted[A]:
    r"""Supervised contrastive loss: each row's positives are the other rows of its label, all of them in the sum.

    $$\ell_i = -\frac{1}{|P(i)|} \sum_{p \in P(i)} \log \frac{e^{s_{ip}}}{\sum_{j \ne i} e^{s_{ij}}}, \qquad
    P(i) = \{p \ne i : \text{labels}_p = \text{labels}_i\}, \qquad
    s_{ij} = \cos(\text{embeddings}_i, \text{embeddings}_j) / \text{temperature}$$

    This is the paper's form with the mean outside of the logarithm. Views of one sample are rows with one label; where
    labels are samples, of two views each, it is `nt_xent`. The official code multiplies by temperature / 0.07, which is
    1 at its own default of 0.07, and counts rows without a positive as 0 in its mean; pytorch-metric-learning leaves
    out of its mean whatever is 0. All similarities, (N, N), are held at once.

    Args:
        embeddings: predicted, (N, D).
        labels: given, integers, (N,): any, which are only compared with each other.
        temperature: greater than 0; a number or a learnable scalar.
        where: (N,), True for the rows that count. A masked row is nobody's positive or negative.

    Returns:
        A value for each row.

    Degenerate cases: a row with no positive gives 0 with zero gradient, and does not count; all masked gives 0. A row
    whose only other is its positive gives 0. The cosine with a zero vector is 0, with zero gradient.

    Raises:
        TypeError: if embeddings are not floating, or labels not integers.
        ValueError: if shapes disagree, or for temperature <= 0 (NaN where its value cannot be seen).

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> embeddings = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0], [0.0, 3.0]])
        >>> round(float(isoloss.numpy.sup_con(embeddings, np.array([7, 7, 5, 5]), temperature=0.5)), 6)
        0.239545

    Source: P. Khosla et al., *Supervised Contrastive Learning*, 2020, https://arxiv.org/abs/2004.11362, equation (2)
    """
    similarities, itself = cosines(xp, embeddings, embeddings)
    others, positives = same_label(xp, labels, itself, where)
    logits = xp.where(others, similarities / temperature, float("-inf"))
    targets = xp.astype(positives, logits.dtype)
    count = xp.sum(targets, axis=-1)
    has_any = count > 0.0
    values = soft_target_cross_entropy(xp, logits, targets) / xp.where(has_any, count, 1.0)
    return Weighted(values, xp.astype(has_any, values.dtype))


@loss("SigLIPLoss", image_embeddings="N D", text_embeddings="N D", per="N")
def siglip(
    xp: Namespace[A],
    image_embeddings: A,
    text_embeddings: A,
    *,
    scale: Positive[A] = 10.0,
    bias: float | A = -10.0,
    where: A | None = None,
) -> A:
    r"""The loss of SigLIP: of each image and each text by itself, whether they belong together.

    $$\ell_i = \sum_j \log (1 + e^{-z_{ij} (\text{scale}\; c_{ij} + \text{bias})}), \qquad
    c_{ij} = \cos(\text{image\_embeddings}_i, \text{text\_embeddings}_j)$$

    where z is 1 for i = j and -1 else. The mean over images is the paper's sum over all pairs by N (as in open_clip),
    N times a mean over pairs. SigLIP learns the logarithm of scale, from log 10, and bias, from -10: take the exponential
    of yours. All similarities, (N, N), are held at once.

    Args:
        image_embeddings: predicted, (N, D).
        text_embeddings: predicted, (N, D): row i is of the text that belongs to image i.
        scale: greater than 0; a number or a learnable scalar.
        bias: a number or a learnable scalar.
        where: (N,), True for the pairs that count. A masked pair's image and text are compared with no others.

    Returns:
        A value for each image, a sum over the texts.

    Degenerate cases: a single pair is no special case, and is compared with itself alone; all masked gives 0. The cosine
    with a zero vector is 0, with zero gradient.

    Raises:
        TypeError: if an array is not floating.
        ValueError: if shapes disagree, or for scale <= 0 (NaN where its value cannot be seen).

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> images = np.array([[1.0, 0.0], [0.0, 1.0]])
        >>> round(float(isoloss.numpy.siglip(images, images, scale=2.0, bias=-1.0)), 6)
        0.626523

    Source: X. Zhai et al., *Sigmoid Loss for Language Image Pre-Training*, 2023, https://arxiv.org/abs/2303.15343
    """
    similarities, pairs = cosines(xp, image_embeddings, text_embeddings)
    logits = similarities * scale + bias
    values = softplus(xp, xp.where(pairs, -logits, logits))
    if where is not None:
        values = xp.where(xp.expand_dims(xp.gathered(where), axis=0), values, 0.0)
    return xp.sum(values, axis=-1)


@parts("logits", "labels", embeddings="views*N D")
def nt_xent_logits(xp: Namespace[A], embeddings: A, *, temperature: Positive[A] = 0.5, views: Views = 2) -> tuple[A, A]:
    r"""What `nt_xent` is the cross-entropy of: each row's similarity to its positive, then those to its negatives.

    $$\text{logits}_i = (s_{i\,p(i)},\; s_{ij}, \ldots), \qquad \text{labels}_i = 0, \qquad
    s_{ij} = \cos(\text{embeddings}_i, \text{embeddings}_j) / \text{temperature}$$

    where j runs over the rows of other samples, in their order. `cross_entropy(logits, labels)` equals `nt_xent`; the
    place of a row's largest logit tells whether its positive was found.

    Args:
        embeddings: predicted, (views*N, D), stacked: all rows of the first view, then all of the second.
        temperature: greater than 0; a number or a learnable scalar.
        views: at least 2. With more than two, the rows stand (views - 1) times over: against the next view, then
            against the one after it.

    Returns:
        logits (views*N*(views - 1), 1 + views*(N - 1)) and labels, as many zeros as rows.

    Degenerate cases: a single sample has no negatives: one column.

    Raises:
        TypeError: if embeddings are not floating.
        ValueError: for a number of rows that is no multiple of views, views below 2 or temperature <= 0 (NaN where the
            run alone can know).

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> embeddings = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
        >>> logits, labels = isoloss.numpy.nt_xent_logits(embeddings)
        >>> logits[0].tolist(), labels.tolist()
        ([2.0, 0.0, 0.0], [0, 0, 0, 0])

    Source: T. Chen et al., *A Simple Framework for Contrastive Learning of Visual Representations*, 2020,
    https://arxiv.org/abs/2002.05709
    """
    embeddings = normalised(xp, embeddings)
    similarities = xp.matmul(embeddings, xp.matrix_transpose(embeddings)) / temperature
    rows = xp.indices(embeddings, 0)
    samples = xp.length(embeddings, 0) // views
    own = xp.expand_dims(xp.remainder(rows, samples), axis=1)
    others = xp.expand_dims(xp.slice(rows, 0, samples - 1, 1), axis=0)
    others = others + xp.where(others < own, 0, xp.ones_like(others))  # the samples but the row's own

    def column(indices: A) -> A:
        return xp.take_along_axis(similarities, indices, axis=-1)

    negatives = [column(others + view * samples) for view in range(views)]
    against = [
        xp.concat([column(xp.expand_dims(stacked(views, step)(xp, rows), axis=1)), *negatives], axis=1)
        for step in range(1, views)
    ]
    logits = xp.concat(against, axis=0)
    return logits, xp.indices(logits, 0) * 0


@loss("NPairsLoss", anchors="N D", positives="N D", per="N")
def npairs(
    xp: Namespace[A],
    anchors: A,
    positives: A,
    *,
    temperature: Positive[A] = 1.0,
    similarity: Similarity = "dot",
    method: Method = "auto",
    where: A | None = None,
) -> A | Weighted[A]:
    r"""Multi-class N-pair loss: each anchor's own positive against those of all other anchors.

    $$\ell_i = \log \Big(1 + \sum_{j \ne i} e^{s_{ij} - s_{ii}}\Big), \qquad
    s_{ij} = \mathrm{sim}(\text{anchors}_i, \text{positives}_j) / \text{temperature}$$

    The paper adds a penalty on the embeddings' squared length; add your own where you want it.

    Args:
        anchors: predicted, (N, D).
        positives: predicted, (N, D): row i is the positive of anchor i.
        temperature: greater than 0; a number or a learnable scalar.
        similarity: "dot", as in the paper, or "cosine".
        method: "dense" holds all similarities at once, "blocked" a tile of them at a time, with first derivatives
            alone. "auto" chooses the faster, and "dense" where only the run knows how many rows there are.
        where: (N,), True for the pairs that count. A masked pair's positive is nobody's negative.

    Returns:
        A value for each anchor.

    Degenerate cases: a single pair gives 0 with zero gradient; so does all masked.

    Raises:
        TypeError: if an array is not floating.
        ValueError: if shapes disagree, or for temperature <= 0 (NaN where its value cannot be seen).

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> anchors = np.array([[1.0, 0.0], [0.0, 1.0]])
        >>> round(float(isoloss.numpy.npairs(anchors, 2.0 * anchors)), 6)
        0.126928

    Source: K. Sohn, *Improved Deep Metric Learning with Multi-class N-pair Loss Objective*, 2016,
    https://papers.nips.cc/paper/6200
    """
    return contrast(
        xp,
        anchors,
        positives,
        partners=[same_row],
        temperature=temperature,
        similarity=similarity,
        method=method,
        where=where,
    )
