"""Porting faults that published code, issues and other libraries have, each made here by hand.

(file, what stands in it once, what the fault puts there, the sentence that names it)
"""

from __future__ import annotations

FAULTS: tuple[tuple[str, str, str, str], ...] = (
    # --------------------------------------------------------------- contrastive losses
    (
        "contrast.py",
        "(log_odds_against if decoupled else softmax_cross_entropy)(xp, told, positive)",
        "log_odds_against(xp, told, positive)",
        "the positive is always out of the denominator",
    ),
    (
        "contrast.py",
        "(log_odds_against if decoupled else softmax_cross_entropy)(xp, told, positive)",
        "softmax_cross_entropy(xp, told, positive)",
        "the positive is always in the denominator",
    ),
    (
        "contrast.py",
        "(log_odds_against if decoupled else softmax_cross_entropy)(xp, told, positive)",
        "(log_odds_against if decoupled else softmax_cross_entropy)(xp, told, (positive + 1) % told.shape[0])",
        "the label is off by one",
    ),
    (
        "contrast.py",
        "        others = [p for j, p in enumerate(pairing.positives) if j != k]\n",
        "        others = []\n",
        "a row's other positives stay in the denominator, as in SupCon",
    ),
    (
        "tiles.py",
        "    indices = [*pairing.positives] if pairing.own is None else [pairing.own, *pairing.positives]\n",
        (
            "    indices = [*pairing.positives]\n"
            "    if pairing.own is not None:\n"
            "        logits = xp.where(xp.equal(columns, xp.expand_dims(pairing.own, axis=1)), 0.0, logits)\n"
        ),
        "a row's similarity with itself is set to 0, and so stays in the denominator",
    ),
    (
        "tiles.py",
        "    indices = [*pairing.positives] if pairing.own is None else [pairing.own, *pairing.positives]\n",
        (
            "    indices = [*pairing.positives]\n"
            "    if pairing.own is not None:\n"
            "        logits = xp.where(xp.equal(columns, xp.expand_dims(pairing.own, axis=1)), logits - 1e3, logits)\n"
        ),
        "1000 is subtracted from a row's similarity with itself",
    ),
    (
        "contrast.py",
        "    logits = products / temperature\n",
        "    logits = products * temperature\n",
        "the positives' temperature is multiplied",
    ),
    (
        "contrast.py",
        "    logits = products / temperature\n",
        "    logits = (products / temperature).softmax(-1)\n",
        "softmax is applied twice",
    ),
    (
        "contrast.py",
        "    logits = products / temperature\n",
        "    logits = xp.matrix_transpose(products) / temperature\n",
        "keys are compared with queries, not queries with keys",
    ),
    (
        "contrast.py",
        "    products = xp.matmul(queries, xp.matrix_transpose(xp.gathered(keys)))\n",
        "    products = xp.matmul(queries, xp.matrix_transpose(xp.gathered(xp.stop_gradient(keys))))\n",
        "keys are detached, as those of a momentum encoder are",
    ),
    (
        "contrast.py",
        "normalised(xp, queries), None if keys is None else normalised(xp, keys)\n",
        "normalised(xp, queries), keys\n",
        "keys are not normalised",
    ),
    (
        "contrast.py",
        "        keys = xp.concat([queries if keys is None else keys, negatives], axis=0)\n",
        "        keys = xp.concat([queries if keys is None else keys, xp.stop_gradient(negatives)], axis=0)\n",
        "further negatives are detached, as those of a queue are",
    ),
    (
        "contrast.py",
        "    return scaled * xp.where(zero, 0.0, xp.ones_like(length) / length)\n",
        "    return scaled * xp.stop_gradient(xp.where(zero, 0.0, xp.ones_like(length) / length))\n",
        "the length of an embedding is detached",
    ),
    (
        "contrast.py",
        "    return scaled * xp.where(zero, 0.0, xp.ones_like(length) / length)\n",
        "    return x / (xp.expand_dims(lengths(xp, x), axis=-1) + 1e-12)\n",
        "epsilon is added to the length",
    ),
    (
        "contrast.py",
        "    return scaled * xp.where(zero, 0.0, xp.ones_like(length) / length)\n",
        "    return x / xp.sqrt(xp.sum(x * x, axis=-1, keepdims=True) + 1e-12)\n",
        "epsilon is added under the root of the length",
    ),
    (
        "contrast.py",
        "    return scaled * xp.where(zero, 0.0, xp.ones_like(length) / length)\n",
        "    return x / xp.sqrt(xp.sum(x * x, axis=-1, keepdims=True))\n",
        "the length of an embedding is taken without care",
    ),
    (
        "tiles.py",
        "        return [value / len(values) for value in values] if len(values) > 1 else [*values]\n",
        "        return [*values]\n",
        "the positives of a row are summed, not averaged",
    ),
    (
        "contrast.py",
        "    return Weighted(values, xp.astype(any_present, values.dtype))\n",
        "    return values\n",
        "a row without a positive counts in the mean",
    ),
    (
        "contrast.py",
        "    return Weighted(values, xp.astype(any_present, values.dtype))\n",
        "    return Weighted(values, total([xp.astype(here, values.dtype) for here in present]))\n",
        "a row counts as often as it has positives",
    ),
    (
        "labels.py",
        "    return i + 1 - xp.remainder(i, 2) * 2\n",
        "    return i + 1\n",
        "views are paired i + 1, not i ^ 1",
    ),
    (
        "labels.py",
        "    return i + 1 - xp.remainder(i, 2) * 2\n",
        "    rows = xp.length(i, 0)\n    return xp.remainder(i + rows // 2, rows)\n",
        "interleaved views are taken for stacked ones",
    ),
    (
        "labels.py",
        "        return xp.remainder(i + step * (rows // views), rows)\n",
        "        return i + 1 - xp.remainder(i, 2) * 2\n",
        "stacked views are taken for interleaved ones",
    ),
    (
        "labels.py",
        "        return xp.remainder(i + step * (rows // views), rows)\n",
        "        return xp.remainder(i + 1, rows)\n",
        "a row's positive is the next row",
    ),
    (
        "contrastive.py",
        "        negatives=hard,\n",
        "",
        "the hard negatives are forgotten",
    ),
    (
        "contrastive.py",
        "    anchors, positives, hard = (xp.slice(embeddings, k, None, 3) for k in range(3))\n",
        "    anchors, hard, positives = (xp.slice(embeddings, k, None, 3) for k in range(3))\n",
        "positives and hard negatives change places",
    ),
    (
        "contrastive.py",
        "    anchors, positives, hard = (xp.slice(embeddings, k, None, 3) for k in range(3))\n",
        (
            "    rows = len(embeddings) // 3\n"
            "    anchors, positives, hard = (xp.slice(embeddings, k * rows, (k + 1) * rows, 1) for k in range(3))\n"
        ),
        "triples that stand one after the other are taken for stacked ones",
    ),
    # --------------------------------------------------------------------- softmax
    (
        "softmax.py",
        "    value = xp.log1p(xp.expm1(behind) + total) - behind\n",
        "    value = xp.log(xp.exp(behind) + total) - behind\n",
        "log(1 + x) loses every confident prediction",
    ),
    (
        "softmax.py",
        "    value = xp.log1p(xp.expm1(behind) + total) - behind\n",
        "    value = xp.log1p(total) - behind\n",
        "an extra 1 in the denominator, as in a helper that takes log(1 + sum) for logsumexp",
    ),
    (
        "softmax.py",
        "    value = xp.log1p(xp.expm1(behind) + total) - behind\n",
        "    p = xp.exp(behind) / (xp.exp(behind) + total)\n    value = -xp.log(p + 1e-12)\n",
        "1e-12 is added to the probability inside the logarithm",
    ),
    (
        "softmax.py",
        "    value = xp.log1p(xp.expm1(behind) + total) - behind\n",
        ("    p = xp.exp(behind) / (xp.exp(behind) + total)\n    value = -xp.log(p.clamp(1e-7, 1.0 - 1e-7))\n"),
        "the probability is clipped to 1e-7 and 1 - 1e-7",
    ),
    (
        "softmax.py",
        "    value = xp.log1p(xp.expm1(behind) + total) - behind\n",
        "    value = (xp.log1p(xp.expm1(behind) + total) - behind) / log(2.0)\n",
        "logarithms to base 2",
    ),
    (
        "softmax.py",
        "    return xp.rowwise(_cross_entropy, logits, labels)\n",
        (
            "    chosen = xp.take_along_axis(logits, xp.expand_dims(labels, axis=-1), axis=-1)\n"
            "    return xp.squeeze(logits.logsumexp(-1, keepdim=True) - chosen, axis=-1)\n"
        ),
        "the usual logsumexp less the label's logit",
    ),
    (
        "softmax.py",
        "    return xp.rowwise(_soft_cross_entropy, logits, targets)\n",
        "    return -(targets * logits.log_softmax(-1)).sum(-1)\n",
        "the usual -sum t log softmax, with 0 times infinity",
    ),
    (
        "softmax.py",
        "    return xp.sum(targets * of_class, axis=-1)\n",
        "    return xp.sum(targets * of_class, axis=-1) / xp.sum(targets, axis=-1)\n",
        "targets are made to sum to 1",
    ),
    (
        "softmax.py",
        "    return xp.sum(targets * of_class, axis=-1)\n",
        "    return xp.sum(targets * xp.where(targets > 0.0, of_class + xp.log(targets), 0.0), axis=-1)\n",
        "the Kullback-Leibler divergence, which is less by the targets' entropy",
    ),
    (
        "softmax.py",
        "    total = xp.sum(targets, axis=-1, keepdims=True)\n",
        "    total = xp.ones_like(xp.sum(targets, axis=-1, keepdims=True))\n",
        "the slope of a softmax cross-entropy, p - t, for targets that do not sum to 1",
    ),
    # --------------------------------------------------------------- classification
    (
        "classification.py",
        "    values = -(targets * of_true) - (-targets + 1.0) * of_false\n",
        "    values = targets * of_true + (-targets + 1.0) * of_false\n",
        "binary cross-entropy without its minus",
    ),
    (
        "classification.py",
        "    values = -(targets * of_true) - (-targets + 1.0) * of_false\n",
        "    values = -(targets * of_true)\n",
        "binary cross-entropy of what is true alone",
    ),
    (
        "classification.py",
        "    values = -(targets * of_true) - (-targets + 1.0) * of_false\n",
        (
            "    p = probabilities.clamp(1e-7, 1.0 - 1e-7)\n"
            "    values = -(targets * xp.log(p)) - (-targets + 1.0) * xp.log(1.0 - p)\n"
        ),
        "probabilities are clipped to 1e-7 and 1 - 1e-7",
    ),
    (
        "classification.py",
        "    values = -(targets * of_true) - (-targets + 1.0) * of_false\n",
        "    values = -(targets * of_true.clamp(min=-100.0)) - (-targets + 1.0) * of_false.clamp(min=-100.0)\n",
        "logarithms are clamped at -100",
    ),
    (
        "classification.py",
        "    nearly_1 = rest < 0.25 ",
        "    nearly_1 = rest < 0.1 ",
        "log(1 - p) is taken directly from p = 0.1",
    ),
    (
        "classification.py",
        "        return of_fractions(xp, name, targets, two_outcomes(xp, logits, targets))\n",
        "        return of_fractions(xp, name, targets, two_outcomes(xp, logits, -targets + 1.0))\n",
        "the target of a logit is turned round",
    ),
    (
        "classification.py",
        "        return of_fractions(xp, name, targets, two_outcomes(xp, logits, targets))\n",
        "        return of_fractions(xp, name, targets, xp.log1p(xp.exp(logits)) - logits * targets)\n",
        "softplus less the logit, which cancels for confident predictions",
    ),
    (
        "classification.py",
        "        return of_fractions(xp, name, targets, two_outcomes(xp, logits, targets))\n",
        (
            "        p = logits.sigmoid()\n"
            "        values = -targets * xp.log(p + 1e-7) - (-targets + 1.0) * xp.log(1.0 - p + 1e-7)\n"
            "        return of_fractions(xp, name, targets, values)\n"
        ),
        "logarithms of a sigmoid with an epsilon",
    ),
    (
        "classification.py",
        "    return values - (values * lost + leads) * label_smoothing\n",
        (
            "    classes = xp.length(logits, -1)\n"
            "    return values - (values * lost + leads) * (label_smoothing * classes / (classes - 1))\n"
        ),
        "label smoothing is spread over C - 1 classes",
    ),
    (
        "classification.py",
        "    return values - (values * lost + leads) * label_smoothing\n",
        "    return values - (values * lost + leads) * (1.0 - label_smoothing)\n",
        "label smoothing is taken for what is left to the label",
    ),
    (
        "classes.py",
        "    return Weighted(values, weights if rows.counted is None else xp.where(rows.counted, weights, 0.0))\n",
        (
            "    weights = weights if rows.counted is None else xp.where(rows.counted, weights, 0.0)\n"
            "    return weights * values\n"
        ),
        "the mean of class weights is divided by the number of rows",
    ),
    (
        "classes.py",
        "    return Weighted(values, weights if rows.counted is None else xp.where(rows.counted, weights, 0.0))\n",
        "    return Weighted(values if rows.counted is None else xp.where(rows.counted, values, 0.0), weights)\n",
        "ignored labels are counted in the divisor",
    ),
    (
        "classification.py",
        "    values = softmax_cross_entropy(xp, rows.scores, rows.labels)\n",
        "    values = softmax_cross_entropy(xp, rows.scores.softmax(-1), rows.labels)\n",
        "cross-entropy of a softmax's output",
    ),
    (
        "classes.py",
        "        labels = xp.where(counted, labels, 0)\n",
        "",
        "an ignored label is taken for a bad one",
    ),
    # --------------------------------------------------------------------- ranking
    (
        "ranking.py",
        "    return softplus(xp, negative_scores - positive_scores)\n",
        "    d = positive_scores - negative_scores\n    return xp.log(xp.exp(-d) + 1.0)\n",
        "log(1 + exp(-d)) written as it stands, which overflows",
    ),
    (
        "ranking.py",
        "    return softplus(xp, negative_scores - positive_scores)\n",
        "    return -xp.log((positive_scores - negative_scores).sigmoid() + 1e-10)\n",
        "-log of a sigmoid with an epsilon",
    ),
    (
        "ranking.py",
        "    return cross_entropy_between(xp, scores, relevance)\n",
        "    return cross_entropy_between(xp, scores, xp.log(relevance))\n",
        "relevance is divided by its sum, not put through a softmax",
    ),
    (
        "ranking.py",
        "    return cross_entropy_between(xp, scores, relevance)\n",
        "    return cross_entropy_between(xp, relevance, scores)\n",
        "scores and relevance change places",
    ),
    (
        "hinge.py",
        "    return xp.where(x <= 0.0, 0.0, x)\n",
        "    return x.clamp(min=0.0)\n",
        "a clamp, which still has a slope at the corner",
    ),
    (
        "hinge.py",
        "    return xp.where(x <= 0.0, 0.0, x)\n",
        "    return xp.where(x <= 0.0, 0.0, x * x)\n",
        "the squared hinge",
    ),
    # ------------------------------------------------------------------ regression
    (
        "regression.py",
        "    return xp.squared_difference(predictions, targets)\n",
        "    return xp.squared_difference(predictions, targets) / 2.0\n",
        "half the squared error",
    ),
    (
        "regression.py",
        "    return clipped * (error - clipped * 0.5), slopes\n",
        "    return clipped * (error - clipped * 0.5) * 2.0, slopes\n",
        "Huber without the half",
    ),
    (
        "regression.py",
        "    return clipped * (error - clipped * 0.5), slopes\n",
        "    return clipped * (error - clipped * 0.5) / delta, slopes\n",
        "smooth L1, which is Huber by delta",
    ),
    (
        "regression.py",
        "    return clipped * (error - clipped * 0.5), slopes\n",
        "    return xp.where(xp.abs(error) < delta, error * error / 2.0, delta * (xp.abs(error) - 0.5)), slopes\n",
        "Huber whose line begins at delta = 1",
    ),
    (
        "regression.py",
        "    return xp.where(near, small, large), (slope, lambda: -slope())\n",
        "    return xp.log((xp.exp(size) + xp.exp(-size)) / 2.0), (slope, lambda: -slope())\n",
        "log cosh written as it stands, which overflows",
    ),
    (
        "regression.py",
        "    return xp.where(near, small, large), (slope, lambda: -slope())\n",
        "    return size + xp.log1p(xp.exp(-(size + size))) - 0.6931471805599453, (slope, lambda: -slope())\n",
        "log cosh as e + softplus(-2 e) - log 2, which cancels near 0",
    ),
    (
        "regression.py",
        "    mean = weighted_mean(xp, scaled * scaled, weights)\n",
        "    mean = xp.mean(scaled * scaled)\n",
        "a root of the mean that takes no weights",
    ),
    (
        "regression.py",
        "    return xp.where(zero, 0.0, size * xp.sqrt(xp.where(zero, 1.0, mean)))\n",
        "    return size * xp.sqrt(mean)\n",
        "a root whose slope at 0 is NaN",
    ),
    (
        "regression.py",
        "    return xp.where(zero, 0.0, size * xp.sqrt(xp.where(zero, 1.0, mean)))\n",
        "    return xp.sqrt(size * size * mean + 1e-8)\n",
        "epsilon is added under the root of the mean squared error",
    ),
    # ----------------------------------------------------------------- correlation
    (
        "correlation.py",
        "    variance = averaged(xp.sum(shares * scaled * scaled, axis=0, keepdims=True))\n",
        (
            "    count = xp.sum(xp.where(counted, xp.ones_like(shares), 0.0))\n"
            "    variance = xp.sum(shares * scaled * scaled, axis=0, keepdims=True) * count / (count - 1.0)\n"
        ),
        "the unbiased variance",
    ),
    (
        "correlation.py",
        "    root = xp.ones_like(unit) * sqrt(epsilon) / unit  # squared afterwards: XLA makes 1 / unit / unit into 1 / unit^2\n",
        "    root = xp.ones_like(unit) * epsilon / unit\n",
        "epsilon is added outside the root",
    ),
    (
        "correlation.py",
        "    return xp.where(own < 0.5, -own + 1.0, lack), a, shares * b\n",
        "    return xp.where(own < 0.5, -own + 1.0, lack), a, b\n",
        "the correlation is not divided by the number of samples",
    ),
    (
        "correlation.py",
        "    return xp.where(diagonal, 0.0, product)\n",
        "    return product\n",
        "the diagonal stays among the off-diagonal terms",
    ),
    (
        "correlation.py",
        "    return xp.where(own < 0.5, -own + 1.0, lack), a, shares * b\n",
        "    return -own + 1.0, a, shares * b\n",
        "1 - C is taken directly, which cancels for views that agree",
    ),
    (
        "correlation.py",
        "    ratio = xp.sum(features) / samples\n",
        "    ratio = 1.0\n",
        "the sum over features is divided by their number, not by that of the samples",
    ),
    (
        "correlation.py",
        "    return xp.expand_dims(weights / xp.where(total > 0.0, total, 1.0), axis=1)\n",
        "    return xp.expand_dims(weights / len(weights), axis=1)\n",
        "weighted moments are divided by the number of samples",
    ),
    # ------------------------------------------------------------ masks and weights
    (
        "reduction.py",
        "    return xp.averaged(xp.sum(weighted(xp, values, weights))) / xp.where(xp.equal(total, 0.0), 1.0, total)\n",
        "    return xp.mean(weighted(xp, values, weights))\n",
        "the weighted sum is divided by the count",
    ),
    (
        "reduction.py",
        "    return xp.averaged(xp.sum(weighted(xp, values, weights))) / xp.where(xp.equal(total, 0.0), 1.0, total)\n",
        "    return xp.sum(weighted(xp, values, weights)) / xp.sum(xp.astype(weights > 0.0, values.dtype))\n",
        "the weighted sum is divided by the number of rows that count",
    ),
    (
        "reduction.py",
        "    return xp.averaged(xp.sum(weighted(xp, values, weights))) / xp.where(xp.equal(total, 0.0), 1.0, total)\n",
        "    return xp.sum(weighted(xp, values, weights)) / (total + 1e-8)\n",
        "epsilon is added to the sum of the weights",
    ),
    (
        "reduction.py",
        "    return xp.averaged(xp.sum(weighted(xp, values, weights))) / xp.where(xp.equal(total, 0.0), 1.0, total)\n",
        "    return xp.sum(weighted(xp, values, weights)) / total\n",
        "nothing that counts gives NaN",
    ),
    (
        "adapter.py",
        "    values = values if weights is None else weighted(xp, values, weights)\n",
        "    values = values\n",
        "a sum forgets its weights",
    ),
    (
        "adapter.py",
        "        inputs = without_masked(xp, loss, inputs, where)\n",
        "        pass\n",
        "what stands in masked places reaches the loss",
    ),
    (
        "adapter.py",
        "        weights = own if weights is None else weights * own\n",
        "        weights = own\n",
        "a loss's own weights take the place of the caller's",
    ),
)
