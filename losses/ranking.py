"""Losses between scores whose order matters."""

from __future__ import annotations

from isoloss.losses.checks import finite_and_not_negative
from isoloss.losses.declaration import NonNegative, given, loss
from isoloss.losses.hinge import of_signs, positive_part
from isoloss.losses.softmax import cross_entropy_between, soft_target_cross_entropy
from isoloss.losses.softplus import softplus
from isoloss.protocol import A, Namespace


@loss("MarginRankingLoss", scores_a="...", scores_b="...", target=given("..."), per="...")
def margin_ranking(
    xp: Namespace[A],
    scores_a: A,
    scores_b: A,
    target: A | None = None,
    *,
    margin: NonNegative = 0.0,
    where: A | None = None,
) -> A:
    r"""By how much one score fails to lead another by a margin; the pairwise hinge loss with margin=1.

    $$\ell = \max(0,\; \text{margin} - \text{target}\,(\text{scores_a} - \text{scores_b}))$$

    Args:
        scores_a: predicted, of any shape.
        scores_b: predicted, of the same shape.
        target: given, of the same shape: 1 where scores_a should be the larger, -1 where scores_b should. Without it,
            scores_a should be the larger everywhere.
        margin: at least 0, the lead that is enough.
        where: of the same shape or of its leading axes, True for the pairs that count.

    Returns:
        A value for each pair.

    Degenerate cases: a lead of exactly the margin gives 0 with zero gradient, so that equal scores learn nothing with
    the default margin.

    Raises:
        TypeError: if scores are not floating.
        ValueError: if the shapes differ (nothing is broadcast), margin is negative or, where values can be seen, a
            target is neither 1 nor -1: NaN for it elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> better, worse = np.array([3.0, 2.5, 1.2]), np.array([1.0, 2.0, 1.0])
        >>> round(float(isoloss.numpy.margin_ranking(better, worse, margin=1.0)), 12)
        0.433333333333

    Source: R. Herbrich, T. Graepel, K. Obermayer, *Large Margin Rank Boundaries for Ordinal Regression*, 2000,
    https://doi.org/10.7551/mitpress/1113.003.0010
    """
    lead = scores_a - scores_b
    values = positive_part(xp, (lead if target is None else target * lead) * -1.0 + margin)
    return values if target is None else of_signs(xp, "margin_ranking: target", target, values, where)


@loss("BPRLoss", positive_scores="...", negative_scores="...", per="...")
def bpr(xp: Namespace[A], positive_scores: A, negative_scores: A) -> A:
    r"""Bayesian personalised ranking, which is also the pairwise logistic loss.

    $$\ell = -\log \sigma(\text{positive_scores} - \text{negative_scores})
    = \log(1 + e^{\text{negative_scores} - \text{positive_scores}})$$

    Args:
        positive_scores: predicted, of any shape: scores of what was chosen.
        negative_scores: predicted, of the same shape: scores of what was not.

    Returns:
        A value for each pair.

    Degenerate cases: equal scores give log 2. A lead of 100 gives 4e-44, or 0 where such numbers are flushed to zero.

    Raises:
        TypeError: if scores are not floating.
        ValueError: if the shapes differ; nothing is broadcast.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> positive, negative = np.array([3.0, 2.5, 1.2]), np.array([1.0, 2.0, 1.0])
        >>> round(float(isoloss.numpy.bpr(positive, negative)), 12)
        0.399714621535

    Source: S. Rendle et al., *BPR: Bayesian Personalized Ranking from Implicit Feedback*, 2009,
    https://arxiv.org/abs/1205.2618; pairwise logistic: C. Burges et al., *Learning to Rank using Gradient Descent*,
    2005, https://doi.org/10.1145/1102351.1102363
    """
    return softplus(xp, negative_scores - positive_scores)


@loss("ListNetLoss", scores="... L", relevance=given("... L"), per="...")
def listnet(xp: Namespace[A], scores: A, relevance: A) -> A:
    r"""ListNet: cross-entropy between the chances that each item of a list is the first, by relevance and by scores.

    $$\ell = -\sum_i \mathrm{softmax}(\text{relevance})_i \log \mathrm{softmax}(\text{scores})_i$$

    Args:
        scores: predicted, (..., L) or with the L items of a list on another `axis`. An item with score -inf cannot be
            the first.
        relevance: given, of the same shape; integers are accepted, and nothing is learned through it. An item with
            relevance -inf should not be the first. Give -inf in both to items that only fill a shorter list up.

    Returns:
        A value for each list.

    Degenerate cases: a list of one item, and one with nothing but filling, give 0 with zero gradient. An item that
    cannot be the first by its score, and is with chance t by its relevance, contributes -t log p, p being the dtype's
    smallest normal number.

    Raises:
        TypeError: if scores are not floating.
        ValueError: if the shapes differ; nothing is broadcast.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> scores, relevance = np.array([2.1, 1.0, 0.5, -0.2, 1.5]), np.array([3, 2, 1, 0, 2])
        >>> round(float(isoloss.numpy.listnet(scores, relevance)), 12)
        1.279002134329

    Source: Z. Cao et al., *Learning to Rank: From Pairwise Approach to Listwise Approach*, 2007,
    https://doi.org/10.1145/1273496.1273513
    """
    return cross_entropy_between(xp, scores, relevance)


@loss("SoftmaxRankLoss", scores="... L", relevance=given("... L"), per="...")
def softmax_rank(xp: Namespace[A], scores: A, relevance: A) -> A:
    r"""The softmax loss of a list: each item is looked for as often as its relevance says.

    $$\ell = -\sum_i \text{relevance}_i \log \mathrm{softmax}(\text{scores})_i$$

    Args:
        scores: predicted, (..., L) or with the L items of a list on another `axis`. An item with score -inf only fills
            a shorter list up.
        relevance: given, of the same shape, at least 0; integers are accepted, and nothing is learned through it. It is
            taken as it is (so do Rax, Optax and TensorFlow Ranking), not divided by its sum. 0 for filling.

    Returns:
        A value for each list.

    Degenerate cases: a list in which nothing is relevant, and one of one item, give 0 with zero gradient. An item that
    has score -inf and relevance r contributes -r log p, p being the dtype's smallest normal number.

    Raises:
        TypeError: if scores are not floating.
        ValueError: if the shapes differ (nothing is broadcast) or, where values can be seen, a relevance is negative or
            infinite: NaN for its list elsewhere.

    Example:
        >>> import numpy as np, isoloss.numpy
        >>> scores, relevance = np.array([2.1, 1.0, 0.5, -0.2, 1.5]), np.array([3, 2, 1, 0, 2])
        >>> round(float(isoloss.numpy.softmax_rank(scores, relevance)), 12)
        11.248671333051

    Source: S. Bruch et al., *An Analysis of the Softmax Cost Function for Learning to Rank with Binary Relevance*,
    2019, https://doi.org/10.1145/3341981.3344221
    """
    relevance = finite_and_not_negative(xp, "softmax_rank", "relevance", relevance)
    return soft_target_cross_entropy(xp, scores, relevance)
