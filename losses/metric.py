"""Losses of distances between embeddings that belong together, or do not."""

from __future__ import annotations

from typing import Literal

from isoloss.losses.contrast import cosines, lengths, normalised
from isoloss.losses.declaration import Cosine, NonNegative, Positive, Weighted, given, loss
from isoloss.losses.hinge import of_signs, positive_part
from isoloss.losses.labels import same_label
from isoloss.losses.softmax import log_sum
from isoloss.losses.softplus import softplus
from isoloss.protocol import A, Namespace


@loss("HingeEmbeddingLoss", distances="...", targets=given("..."), per="...")
def hinge_embedding(
    xp: Namespace[A], distances: A, targets: A, *, margin: NonNegative = 1.0, where: A | None = None
) -> A:
    r"""A distance that should be small, or by how much it fails to reach a margin.

    $$\ell = \begin{cases} \text{distances} & \text{targets} = 1 \\
    \max(0,\; \text{margin} - \text{distances}) & \text{targets} = -1 \end{cases}$$

    Args:
        distances: predicted, of any shape.
        targets: given, of the same shape: 1 for what belongs together, -1 for what does not; integers are accepted.
        margin: at least 0, the distance that is enough.
        where: of the same shape or of its leading axes, True for the distances that count.

    Returns:
        A value for each distance.

    Degenerate cases: a distance of exactly the margin gives 0 with zero gradient where it is enough.

    Raises:
        TypeError: if distances are not floating.
        ValueError: if the shapes differ (nothing is broadcast), margin is negative or, where values can be seen, a
            target is neither 1 nor -1: NaN for it elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> float(isoloss.numpy.hinge_embedding(np.array([0.5, 0.25, 2.0]), np.array([1, -1, -1]), margin=1.0))
        0.4166666666666667

    Source: H. Mobahi, R. Collobert, J. Weston, *Deep Learning from Temporal Coherence in Video*, 2009,
    https://doi.org/10.1145/1553374.1553469
    """
    values = xp.where(targets > 0.0, distances, positive_part(xp, -distances + margin))
    return of_signs(xp, "hinge_embedding: targets", targets, values, where)


@loss("CosineEmbeddingLoss", embeddings_a="... D", embeddings_b="... D", targets=given("..."), per="...")
def cosine_embedding(
    xp: Namespace[A],
    embeddings_a: A,
    embeddings_b: A,
    targets: A,
    *,
    margin: Cosine = 0.0,
    where: A | None = None,
) -> A:
    r"""How far the cosine of two embeddings lies below 1, or above a margin.

    $$\ell = \begin{cases} 1 - \cos(a, b) & \text{targets} = 1 \\
    \max(0,\; \cos(a, b) - \text{margin}) & \text{targets} = -1 \end{cases}, \qquad
    a, b = \text{embeddings_a}, \text{embeddings_b}$$

    Args:
        embeddings_a: predicted, (..., D) or with the D features on another `axis`.
        embeddings_b: predicted, of the same shape.
        targets: given, (...): 1 for what belongs together, -1 for what does not; integers are accepted.
        margin: from -1 to 1, the cosine that is small enough.
        where: (...) or of the leading axes, True for the pairs that count.

    Returns:
        A value for each pair.

    Degenerate cases: a zero vector has cosine 0 with everything, and zero gradient. A cosine of exactly the margin
    gives 0 with zero gradient where it is small enough. Embeddings of any length are told apart: 1 - cos is half of
    the squared distance of their directions, which does not cancel.

    Raises:
        TypeError: if embeddings are not floating.
        ValueError: if the shapes disagree (nothing is broadcast), margin is out of range or, where values can be seen,
            a target is neither 1 nor -1: NaN for its pair elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> a, b = np.array([[3.0, 4.0], [1.0, 0.0]]), np.array([[4.0, 3.0], [3.0, 4.0]])
        >>> round(float(isoloss.numpy.cosine_embedding(a, b, np.array([1, -1]), margin=0.5)), 12)
        0.07

    Source: J. Bromley et al., *Signature Verification using a "Siamese" Time Delay Neural Network*, 1993,
    https://papers.nips.cc/paper/769, with the margin of PyTorch.
    """
    a, b = normalised(xp, embeddings_a), normalised(xp, embeddings_b)
    values = xp.where(targets > 0.0, _apart(xp, a, b), positive_part(xp, xp.sum(a * b, axis=-1) - margin))
    return of_signs(xp, "cosine_embedding: targets", targets, values, where)


@loss("TripletMarginLoss", anchors="... D", positives="... D", negatives="... D", per="...")
def triplet_margin(
    xp: Namespace[A],
    anchors: A,
    positives: A,
    negatives: A,
    *,
    margin: NonNegative = 1.0,
    p: Literal[1, 2] = 2,
    swap: bool = False,
) -> A:
    r"""By how much an anchor's negative fails to be farther than its positive by a margin.

    $$\ell = \max(0,\; \lVert a - \text{positives} \rVert_{\text{p}} - \lVert a - \text{negatives} \rVert_{\text{p}}
    + \text{margin}), \qquad a = \text{anchors}$$

    Args:
        anchors: predicted, (..., D) or with the D features on another `axis`.
        positives: predicted, of the same shape: what belongs to the anchors.
        negatives: predicted, of the same shape: what does not.
        margin: at least 0, the lead that is enough.
        p: 1 for the sum of absolute differences, 2 for the Euclidean distance. PyTorch adds 1e-6 to every difference
            unless it is called with eps=0.
        swap: take the negative's distance to the positive where that is less than to the anchor.

    Returns:
        A value for each triplet.

    Degenerate cases: equal vectors have distance 0 with zero gradient; a lead of exactly the margin gives 0 with zero
    gradient. A negative that is as far from both is the anchor's.

    Raises:
        TypeError: if embeddings are not floating.
        ValueError: if the shapes differ (nothing is broadcast) or a setting is out of range.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> anchors, positives, negatives = np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]]), np.array([[4.0, 3.5]])
        >>> float(isoloss.numpy.triplet_margin(anchors, positives, negatives, p=1, swap=True))
        6.5

    Source: V. Balntas et al., *Learning Local Feature Descriptors with Triplets and Shallow Convolutional Neural
    Networks*, 2016, https://doi.org/10.5244/C.30.119
    """
    to_negative = _distance(xp, anchors, negatives, p)
    if swap:
        of_positive = _distance(xp, positives, negatives, p)
        to_negative = xp.where(to_negative <= of_positive, to_negative, of_positive)
    return positive_part(xp, _distance(xp, anchors, positives, p) - to_negative + margin)


@loss("SimSiamLoss", predictions="... D", projections=given("... D"), per="...")
def simsiam(xp: Namespace[A], predictions: A, projections: A) -> A:
    r"""SimSiam: minus the cosine of what one view predicts of another and what that is, which is held fast.

    $$\ell = -\cos(\text{predictions}, \text{projections})$$

    Args:
        predictions: predicted, (..., D) or with the D features on another `axis`: what the predictor makes of one view.
        projections: given, of the same shape: the encoder's of the other view. Nothing is learned through them, as the
            paper's stop-gradient has it.

    Returns:
        A value for each row, of one side. The paper's symmetric loss is that of both sides in one batch: first the
        predictions of one view, then those of the other, and the projections the other way round.

    Degenerate cases: a zero vector has cosine 0 with everything, and zero gradient. Embeddings of any length are told
    apart. `byol` is twice this and 2, and `cosine_distance`, which learns through both, is this and 1: these two are
    right to the last digits where the directions agree.

    Raises:
        TypeError: if predictions are not floating.
        ValueError: if the shapes differ; nothing is broadcast.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> predictions, projections = np.array([[3.0, 4.0], [0.0, 2.0]]), np.array([[4.0, 3.0], [1.0, 0.0]])
        >>> round(float(isoloss.numpy.simsiam(predictions, projections)), 12)
        -0.48

    Source: X. Chen, K. He, *Exploring Simple Siamese Representation Learning*, 2021,
    https://arxiv.org/abs/2011.10566
    """
    a, b = normalised(xp, predictions), normalised(xp, xp.stop_gradient(projections))
    cosine = xp.sum(a * b, axis=-1)
    # where the two nearly agree, the slope of a product is a difference of numbers that are nearly equal
    return xp.where(cosine > 0.5, _apart(xp, a, b) - 1.0, -cosine)


@loss("BYOLLoss", predictions="... D", projections=given("... D"), per="...")
def byol(xp: Namespace[A], predictions: A, projections: A) -> A:
    r"""BYOL: the squared distance of the directions of what one network predicts and what the other gives.

    $$\ell = 2 - 2 \cos(\text{predictions}, \text{projections})$$

    Args:
        predictions: predicted, (..., D) or with the D features on another `axis`: the online network's of one view.
        projections: given, of the same shape: the target network's of the other view. Nothing is learned through them.

    Returns:
        A value for each row, of one side. The paper adds the same with the views exchanged: that is twice the mean of
        both sides in one batch. Lightly trains BYOL by that mean of `simsiam`, whose slope is half of this one's.

    Degenerate cases: a zero vector has cosine 0 with everything, and zero gradient. Embeddings of any length are told
    apart: what is computed is the squared distance of their directions, which does not cancel.

    Raises:
        TypeError: if predictions are not floating.
        ValueError: if the shapes differ; nothing is broadcast.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> predictions, projections = np.array([[3.0, 4.0], [0.0, 2.0]]), np.array([[4.0, 3.0], [1.0, 0.0]])
        >>> round(float(isoloss.numpy.byol(predictions, projections)), 12)
        1.04

    Source: J.-B. Grill et al., *Bootstrap Your Own Latent: A New Approach to Self-Supervised Learning*, 2020,
    https://arxiv.org/abs/2006.07733
    """
    return _apart(xp, normalised(xp, predictions), normalised(xp, xp.stop_gradient(projections))) * 2.0


def _apart(xp: Namespace[A], a: A, b: A) -> A:
    """1 - cos(a, b) of rows of length 1, or of 0, which have no direction and cosine 0."""
    no_direction = xp.equal(xp.sum(a * a, axis=-1), 0.0) | xp.equal(xp.sum(b * b, axis=-1), 0.0)
    return xp.where(no_direction, 1.0, xp.sum(xp.squared_difference(a, b), axis=-1) / 2.0)


def _distance(xp: Namespace[A], a: A, b: A, p: Literal[1, 2]) -> A:
    return xp.sum(xp.abs(a - b), axis=-1) if p == 1 else lengths(xp, a - b)


@loss("CircleLoss", embeddings="N D", labels=given("N", integer=True), per="N")
def circle(
    xp: Namespace[A],
    embeddings: A,
    labels: A,
    *,
    margin: Cosine = 0.4,
    gamma: Positive[A] = 80.0,
    where: A | None = None,
) -> Weighted[A]:
    r"""Circle loss: a row's cosines to its label and to others, each pulled the harder the farther it is from its optimum.

    $$\ell_i = \log \Big(1 + \sum_p e^{-\text{gamma}\, \alpha_p (s_{ip} - 1 + \text{margin})}
    \sum_n e^{\text{gamma}\, \alpha_n (s_{in} - \text{margin})}\Big), \qquad
    \alpha_p = \max(0,\; 1 + \text{margin} - s_{ip}), \qquad \alpha_n = \max(0,\; s_{in} + \text{margin})$$

    where p runs over the other rows of the row's label, n over those of other labels, and
    $s_{ij} = \cos(\text{embeddings}_i, \text{embeddings}_j)$. The weights $\alpha$ are constants in the gradient, as in the
    paper and in pytorch-metric-learning; Keras differentiates them and leaves the normalisation to the caller, and
    TensorFlow Similarity has another formula. All similarities, (N, N), are held at once.

    Args:
        embeddings: predicted, (N, D).
        labels: given, integers, (N,): any, which are only compared with each other.
        margin: from -1 to 1. The paper has 0.25 for faces and persons, 0.4 for fine-grained retrieval.
        gamma: greater than 0; a number or a learnable scalar. The paper has 256 for faces, 128 for persons and 80 for
            fine-grained retrieval. Keras and pytorch-metric-learning have 0.4 and 80, too.
        where: (N,), True for the rows that count. A masked row is nobody's positive or negative.

    Returns:
        A value for each row.

    Degenerate cases: a row with no positive gives 0 with zero gradient, and does not count (Keras and
    pytorch-metric-learning leave out of the mean whatever is 0); one with no negative gives 0 and counts; all masked
    gives 0. The cosine with a zero vector is 0, with zero gradient.

    Raises:
        TypeError: if embeddings are not floating, or labels not integers.
        ValueError: if shapes disagree, or a setting is out of range (NaN where its value cannot be seen).

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> embeddings = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0], [0.0, 3.0]])
        >>> round(float(isoloss.numpy.circle(embeddings, np.array([7, 7, 5, 5]), margin=0.25, gamma=16.0)), 6)
        0.239545

    Source: Y. Sun et al., *Circle Loss: A Unified Perspective of Pair Similarity Optimization*, 2020,
    https://arxiv.org/abs/2002.10857
    """
    similarities, itself = cosines(xp, embeddings, embeddings)
    others, positives = same_label(xp, labels, itself, where)
    constant = xp.stop_gradient(similarities)
    lack = positive_part(xp, -constant + (1.0 + margin)) * (-similarities + (1.0 - margin))
    excess = positive_part(xp, constant + margin) * (similarities - margin)
    of_positives, has_positive = log_sum(xp, lack * gamma, positives)
    of_negatives, has_negative = log_sum(xp, excess * gamma, others & xp.logical_not(positives))
    values = xp.where(has_negative, softplus(xp, of_positives + of_negatives), 0.0)
    return Weighted(values, xp.astype(has_positive, values.dtype))
