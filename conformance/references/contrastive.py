"""References of the contrastive losses."""

from __future__ import annotations

from mpmath import exp, log, mpf, sqrt

from isoloss.conformance.references.rows import Matrix, Number, Rows, Vector


def info_nce(
    queries: Matrix,
    keys: Matrix,
    negatives: Matrix | None = None,
    *,
    temperature: Number,
    similarity: str,
    decoupled: bool,
    where: list[bool],
) -> Rows:
    """van den Oord et al. 2018, equation (4); decoupled: Yeh et al. 2022, equation (6)."""
    compare = {"cosine": cosine, "dot": dot}[similarity]
    values, weights = [], []
    for i, query in enumerate(queries):
        if not where[i]:
            values.append(mpf(0))
            weights.append(mpf(0))
            continue
        positive = exp(compare(query, keys[i]) / temperature)
        others = [exp(compare(query, key) / temperature) for j, key in enumerate(keys) if j != i and where[j]]
        others += [exp(compare(query, key) / temperature) for key in negatives or []]
        if decoupled:
            values.append(-log(positive / sum(others)) if others else mpf(0))
        else:
            values.append(-log(positive / (positive + sum(others))))
        weights.append(mpf(1))
    return Rows(values, weights)


def clip(image_embeddings: Matrix, text_embeddings: Matrix, *, temperature: Number, where: list[bool]) -> Rows:
    """Radford et al. 2021, figure 3, for each pair."""
    values, weights = [], []
    for i, (image, text) in enumerate(zip(image_embeddings, text_embeddings, strict=True)):
        if not where[i]:
            values.append(mpf(0))
            weights.append(mpf(0))
            continue
        of_pair = exp(cosine(image, text) / temperature)
        among_texts = sum(
            (exp(cosine(image, other) / temperature) for j, other in enumerate(text_embeddings) if where[j]), mpf(0)
        )
        among_images = sum(
            (exp(cosine(other, text) / temperature) for j, other in enumerate(image_embeddings) if where[j]), mpf(0)
        )
        values.append((log(among_texts / of_pair) + log(among_images / of_pair)) / 2)
        weights.append(mpf(1))
    return Rows(values, weights)


def simcse(embeddings: Matrix, *, temperature: Number, where: list[bool]) -> Rows:
    """Gao et al. 2021, equation (1), with both views as queries."""
    values, weights = [], []
    for i, embedding in enumerate(embeddings):
        partner = i + 1 if i % 2 == 0 else i - 1
        if not (where[i] and where[partner]):
            values.append(mpf(0))
            weights.append(mpf(0))
            continue
        total = mpf(0)
        for j, other in enumerate(embeddings):
            if j != i and where[j]:
                total += exp(cosine(embedding, other) / temperature)
        values.append(-log(exp(cosine(embedding, embeddings[partner]) / temperature) / total))
        weights.append(mpf(1))
    return Rows(values, weights)


def supervised_simcse(embeddings: Matrix, *, temperature: Number, where: list[bool]) -> Rows:
    """Gao et al. 2021, equation (5)."""
    triples = [embeddings[i : i + 3] for i in range(0, len(embeddings), 3)]
    values, weights = [], []
    for i, (anchor, positive, _) in enumerate(triples):
        if not where[i]:
            values.append(mpf(0))
            weights.append(mpf(0))
            continue
        total = mpf(0)
        for j, (_, other, hard) in enumerate(triples):
            if where[j]:
                total += exp(cosine(anchor, other) / temperature) + exp(cosine(anchor, hard) / temperature)
        values.append(-log(exp(cosine(anchor, positive) / temperature) / total))
        weights.append(mpf(1))
    return Rows(values, weights)


def nt_xent(embeddings: Matrix, *, temperature: Number, views: int, where: list[bool]) -> Rows:
    """Chen et al. 2020, equation (1), for each pair of views of a sample; their mean for each row."""
    samples = len(embeddings) // views
    values, weights = [], []
    for i, embedding in enumerate(embeddings):
        found = []
        negatives = mpf(0)
        for k, other in enumerate(embeddings):
            if where[k] and k % samples != i % samples:
                negatives += exp(cosine(embedding, other) / temperature)
        for j, positive in enumerate(embeddings):
            if where[i] and where[j] and j != i and j % samples == i % samples:
                score = exp(cosine(embedding, positive) / temperature)
                found.append(-log(score / (score + negatives)))
        values.append(sum(found) / len(found) if found else mpf(0))
        weights.append(mpf(1 if found else 0))
    return Rows(values, weights)


def dcl(embeddings: Matrix, *, temperature: Number, views: int, where: list[bool]) -> Rows:
    """Yeh et al. 2022, equation (6), for each pair of views of a sample; their mean for each row."""
    samples = len(embeddings) // views
    values, weights = [], []
    for i, embedding in enumerate(embeddings):
        negatives = [
            exp(cosine(embedding, other) / temperature)
            for k, other in enumerate(embeddings)
            if where[k] and k % samples != i % samples
        ]
        found = []
        for j, positive in enumerate(embeddings):
            if where[i] and where[j] and j != i and j % samples == i % samples:
                of_pair = cosine(embedding, positive) / temperature
                found.append(log(sum(negatives)) - of_pair if negatives else mpf(0))
        values.append(sum(found) / len(found) if found else mpf(0))
        weights.append(mpf(1 if found else 0))
    return Rows(values, weights)


def sup_con(embeddings: Matrix, labels: list[int], *, temperature: Number, where: list[bool]) -> Rows:
    """Khosla et al. 2020, equation (2)."""
    values, weights = [], []
    for i, embedding in enumerate(embeddings):
        others = [a for a in range(len(embeddings)) if a != i and where[a]]
        scores = {a: exp(cosine(embedding, embeddings[a]) / temperature) for a in others}
        found = [-log(scores[p] / sum(scores.values())) for p in others if labels[p] == labels[i] and where[i]]
        values.append(sum(found) / len(found) if found else mpf(0))
        weights.append(mpf(1 if found else 0))
    return Rows(values, weights)


def siglip(
    image_embeddings: Matrix, text_embeddings: Matrix, *, scale: Number, bias: Number, where: list[bool]
) -> Rows:
    """Zhai et al. 2023, section 3.2, for each image: with the sum over texts, and without the mean over images."""
    values = []
    for i, image in enumerate(image_embeddings):
        value = mpf(0)
        for j, text in enumerate(text_embeddings):
            if where[i] and where[j]:
                z = 1 if i == j else -1
                value -= log(1 / (1 + exp(-z * (scale * cosine(image, text) + bias))))
        values.append(value)
    return Rows(values)


def npairs(anchors: Matrix, positives: Matrix, *, temperature: Number, similarity: str, where: list[bool]) -> Rows:
    """Sohn 2016, equation (7)."""
    compare = {"cosine": cosine, "dot": dot}[similarity]
    values, weights = [], []
    for i, anchor in enumerate(anchors):
        total = mpf(1)
        for j, other in enumerate(positives):
            if j != i and where[i] and where[j]:
                total += exp((compare(anchor, other) - compare(anchor, positives[i])) / temperature)
        values.append(log(total))
        weights.append(mpf(1 if where[i] else 0))
    return Rows(values, weights)


def dot(a: Vector, b: Vector) -> Number:
    """The sum of the products."""
    return sum((x * y for x, y in zip(a, b, strict=True)), mpf(0))


def cosine(a: Vector, b: Vector) -> Number:
    """0 if either vector is zero."""
    lengths = sqrt(dot(a, a)) * sqrt(dot(b, b))
    return dot(a, b) / lengths if lengths else mpf(0)
