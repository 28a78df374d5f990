"""Examples of a loss, made from its declaration: shapes, numbers of all sizes, masks, weights, settings, dtypes.

A new loss needs nothing here, unless an array of its own may not hold just any numbers: then a row in `HOLDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from isoloss.conformance.cases import Case
from isoloss.conformance.cases.common import SIGNED
from isoloss.conformance.perturbation import CONTRASTIVE
from isoloss.conformance.ulp import rounded
from isoloss.losses import LOSSES
from isoloss.losses.declaration import Argument, Dimension, Loss, Setting

Array = np.ndarray[Any, np.dtype[Any]]
Draw = Callable[[st.SearchStrategy[Any]], Any]

EXPONENTS = {"float32": (-30, 30), "float64": (-30, 30), "bfloat16": (-30, 30), "float16": (-5, 4)}
"""Of ten, in the sizes of numbers: what each dtype holds."""

MOST = 18  # numbers in the arrays together, so that exact answers stay affordable


@dataclass(frozen=True, repr=False)
class Example:
    """A case and the dtype that it is run in."""

    loss: str
    case: Case
    dtype: str

    @property
    def computed_in(self) -> str:
        """The dtype of what becomes of it: 16 bits are cast."""
        return "float64" if self.dtype == "float64" else "float32"

    @property
    def sharp_value(self) -> bool:
        """Whether float32 can tell the value; else it is finite."""
        return not COARSE.get(self.loss, _never)(self.case)

    @property
    def sharp_gradient(self) -> bool:
        """Whether float32 can tell the gradient; else it is finite."""
        return self.sharp_value and not KINKS.get(self.loss, _never)(self.case)

    @property
    def condition(self) -> float:
        """The least condition of its numbers.

        The cosine of nearly parallel rows moves with the square of their angle, which its condition tells, but is
        itself rounded: by as much as a logit of 1 / temperature is, and so is what it is compared with.
        """
        settings = _settings(self.loss, self.case)
        return max(2.0, 2.0 * _heat(settings)) if self.cancels and settings.get("similarity") != "dot" else 1.0

    @property
    def cancels(self) -> bool:
        """Whether slopes are differences of what is rounded: a 0 is then not told, nor the slope of a setting."""
        dot = _settings(self.loss, self.case).get("similarity") == "dot"
        return self.loss in CONTRASTIVE and (dot or _parallel(self.case))

    def __repr__(self) -> str:
        parts = [repr(self.case.id), _written(self.case.inputs)]
        parts += [f"{name}={_written(x)}" for name in ("settings", "options") if (x := getattr(self.case, name))]
        return f"Case({', '.join(parts)})  # {self.loss}, {self.dtype}"


def _settings(loss: str, case: Case) -> dict[str, Any]:
    return {s.name: s.default for s in LOSSES[loss].settings} | case.settings


def _heat(settings: dict[str, Any]) -> float:
    """What a cosine is multiplied by."""
    return float(
        1.0 / settings["temperature"] if "temperature" in settings else settings.get("scale", settings.get("gamma"))
    )


@st.composite
def examples(draw: Draw, name: str, *, small: bool = False) -> Example:
    """Examples of a loss; `small`: of one shape and dtype, for a framework that compiles for each."""
    loss = LOSSES[name]
    dtype = "float32" if small else draw(st.sampled_from(["float32"] * 7 + ["float16", "bfloat16", "float64"]))
    settings = {s.name: x for s in loss.settings if (x := draw(SETTINGS.get((name, s.name), _setting(s)))) is not None}
    blocks = {s.name: s.default for s in loss.settings} | settings
    sizes = SMALL if small else _sizes(draw, loss, blocks)
    arrays = _Arrays(draw, name, EXPONENTS[dtype], blocks)
    inputs: dict[str, Array] = {}
    for argument in loss.arguments:
        if not argument.optional or draw(st.booleans()):
            shape = tuple(size for d in argument.dimensions for size in _size(d, sizes, blocks))
            inputs[argument.name] = arrays.array(argument, shape, inputs, sizes)
    inputs = {n: _as_given(x, dtype) for n, x in inputs.items()}
    inputs = IMPOSSIBLE.get(name, _nothing)(draw, inputs)
    batch = tuple(size for d in loss.batch for size in _size(d, sizes, blocks))
    options = _options(draw, loss, batch, arrays)
    if loss.has_axis and not small and draw(st.booleans()):
        rank = len(batch) + max(len(a.dimensions) for a in loss.arguments) - 1
        options["axis"] = axis = draw(st.integers(-rank, rank - 1))
        rows = {a.name for a in loss.arguments if a.open and len(a.dimensions) > 1}
        inputs = {n: np.moveaxis(x, -1, axis).copy() if n in rows else x for n, x in inputs.items()}
    assume(FINITE.get(name, _always)(inputs, settings))
    return Example(name, Case("fuzz", inputs, settings, options), dtype)


# ------------------------------------------------------------------------- shapes


def _sizes(draw: Draw, loss: Loss, blocks: dict[str, Any]) -> dict[str, Any]:
    """The size of each dimension; of "..." those of all batch axes."""
    dimensions = {d.name for a in loss.arguments for d in a.dimensions}
    sizes: dict[str, Any] = {}
    if "..." in dimensions:
        sizes["..."] = draw(st.sampled_from([(2,), (3,), (2, 2), (4,), (3, 2), (2, 1, 3), (1,), (), (0, 2)]))
    sizes |= {name: draw(st.integers(1, 4)) for name in sorted(dimensions - {"..."}) if name not in ("N", "M")}
    each = sum(
        np.prod([np.prod(_size(d, sizes | {"N": 1, "M": 1}, blocks)) for d in a.dimensions]) for a in loss.inputs
    )
    most = max(1, int(MOST // max(each, 1)))
    return sizes | {
        name: min(draw(st.sampled_from([2, 3, 1, 4, 5, 0])), most) for name in ("M", "N") if name in dimensions
    }


def _size(dimension: Dimension, sizes: dict[str, Any], blocks: dict[str, Any]) -> tuple[int, ...]:
    size = sizes[dimension.name]
    return size if dimension.name == "..." else (size * dimension.count(blocks),)


SMALL: dict[str, Any] = {"...": (2,), "N": 2, "M": 2, "D": 2, "C": 3, "L": 3, "P": 3}


# ------------------------------------------------------------------------ numbers


@dataclass(frozen=True)
class _Arrays:
    draw: Draw
    loss: str
    exponents: tuple[int, int]
    settings: dict[str, Any]

    def array(
        self, argument: Argument, shape: tuple[int, ...], inputs: dict[str, Array], sizes: dict[str, Any]
    ) -> Array:
        draw = self.draw
        if argument.integer:
            ignored = self.settings.get("ignore_index")
            labels = [*range(sizes.get("C", 3)), *([] if ignored is None else [ignored])]
            return np.array(draw(_lists(st.sampled_from(labels), shape)), np.int64).reshape(shape)
        if (self.loss, argument.name) in HOLDS:
            return _shaped(draw(_lists(HOLDS[self.loss, argument.name](self.exponents), shape)), shape)
        like = [x for x in inputs.values() if x.shape == shape and x.dtype.kind == "f"]
        relation = draw(st.sampled_from(["apart", "apart", "near", "equal"])) if like else "apart"
        if relation == "equal":
            return like[0].copy()
        if relation == "near":
            steps = _shaped(draw(_lists(st.integers(-64, 64), shape)), shape)
            return _single(like[0] * (1 + steps * 2.0 ** draw(st.sampled_from([-6, -12, -20]))))
        return self.reals(shape)

    def reals(self, shape: tuple[int, ...]) -> Array:
        """Numbers of one size, or of different ones, with some rows twice."""
        draw = self.draw
        low, high = self.exponents
        high = min(high, LARGEST.get((self.loss, self.settings.get("similarity", "")), high))
        exponent = st.integers(low, high)
        kind = draw(st.sampled_from(["around 1", "of one size", "of all sizes"]))
        size: Any = 0.0 if kind == "around 1" else draw(exponent)
        if kind == "of all sizes":
            size = _shaped(draw(_lists(exponent, shape)), shape)
        found = _single(_shaped(draw(_lists(_DIGITS, shape)), shape) * 10.0**size)
        if shape and shape[0] > 1 and draw(st.booleans()):
            found = found[draw(st.lists(st.integers(0, shape[0] - 1), min_size=shape[0], max_size=shape[0]))]
        return found

    def weights(self, shape: tuple[int, ...]) -> Array:
        """Beside the largest of them each is a number of its dtype."""
        low, high = self.exponents
        middle = self.draw(st.integers(low // 2, high // 2))
        return _single(abs(_Arrays(self.draw, "", (middle + low // 2, middle + high // 2), {}).reals(shape)))


_DIGITS = st.one_of(st.sampled_from([0.0, 1.0, -1.0]), st.integers(-(2**24), 2**24).map(lambda m: m / 2**22))


def _lists(numbers: st.SearchStrategy[Any], shape: tuple[int, ...]) -> st.SearchStrategy[list[Any]]:
    count = int(np.prod(shape))
    return st.lists(numbers, min_size=count, max_size=count)


def _shaped(numbers: list[Any], shape: tuple[int, ...]) -> Array:
    return np.array(numbers, np.float32).reshape(shape)


def _single(numbers: Any) -> Array:
    return np.asarray(numbers, np.float32)


def _as_given(x: Array, dtype: str) -> Array:
    """What a dtype holds of the numbers."""
    return _single(rounded(x, dtype)) if x.dtype.kind == "f" else x


def _powers(low: int, high: int) -> st.SearchStrategy[float]:
    return st.tuples(st.integers(1, 999), st.integers(low, high)).map(lambda x: x[0] / 100 * 10.0 ** x[1])


def _fractions(exponents: tuple[int, int]) -> st.SearchStrategy[float]:
    """From 0 to 1, with both ends and what is near them."""
    inside = st.integers(1, 999).map(lambda m: m / 1000)
    small = _powers(exponents[0], -2)
    return st.one_of(st.sampled_from([0.0, 1.0]), inside, small, small.map(lambda x: float(np.float32(1 - x))))


def _shares(exponents: tuple[int, int]) -> st.SearchStrategy[float]:
    """The same, but not so small that a weight of 1e-30 times one is below the smallest normal number."""
    return _fractions((max(exponents[0], -6), exponents[1]))


def _not_negative(exponents: tuple[int, int]) -> st.SearchStrategy[float]:
    return st.one_of(st.just(0.0), st.sampled_from([1.0, 0.5]), _powers(exponents[0], 3))  # x 1e30 is a float32


def _logarithms(exponents: tuple[int, int]) -> st.SearchStrategy[float]:
    """Of probabilities that are normal numbers."""
    return _powers(max(exponents[0], -6), 1).map(lambda x: -min(x, 80.0))


def _roots(exponents: tuple[int, int]) -> st.SearchStrategy[float]:
    """Fractions whose squares, and what a setting of 1e-12 leaves of them, are not below the smallest normal number."""
    return _fractions((max(exponents[0], -18), exponents[1]))


def _of_classes(exponents: tuple[int, int]) -> st.SearchStrategy[float]:
    """Weights that are multiplied by those of rows."""
    return st.one_of(st.just(0.0), _powers(max(exponents[0], -6), 3))


def _variances(exponents: tuple[int, int]) -> st.SearchStrategy[float]:
    """Above the default epsilon of 1e-6, below which a slope is another one's by a convention."""
    return _powers(max(exponents[0], -3), 3)


def _signs(exponents: tuple[int, int]) -> st.SearchStrategy[float]:
    return st.sampled_from([1.0, -1.0])


def _memberships(exponents: tuple[int, int]) -> st.SearchStrategy[float]:
    return st.sampled_from([0.0, 1.0])


HOLDS: dict[tuple[str, str], Callable[[tuple[int, int]], st.SearchStrategy[float]]] = {
    ("binary_cross_entropy", "probabilities"): _fractions,
    ("binary_cross_entropy", "targets"): _shares,
    ("binary_cross_entropy_with_logits", "targets"): _shares,
    ("binary_cross_entropy_with_logits", "pos_weight"): _of_classes,
    ("binary_focal", "targets"): _shares,
    ("binary_sparsemax", "targets"): _shares,
    ("cross_entropy", "class_weights"): _of_classes,
    ("nll", "class_weights"): _of_classes,
    ("categorical_focal", "alpha"): _of_classes,
    ("soft_cross_entropy", "targets"): _not_negative,
    **{(loss, a.name): _signs for loss in SIGNED for a in LOSSES[loss].inputs if not a.predicted},
    ("multi_margin", "class_weights"): _of_classes,
    ("multilabel_margin", "targets"): _memberships,
    ("multilabel_soft_margin", "targets"): _shares,
    ("multilabel_soft_margin", "class_weights"): _of_classes,
    ("softmax_rank", "relevance"): _not_negative,
    ("msle", "predictions"): _not_negative,
    ("msle", "targets"): _not_negative,
    ("kl_divergence", "log_probabilities"): _logarithms,
    ("kl_divergence", "targets"): _shares,
    ("jensen_shannon", "log_probabilities"): _logarithms,
    ("jensen_shannon", "targets"): _shares,
    ("generalized_kl", "log_predictions"): _logarithms,
    ("generalized_kl", "targets"): _not_negative,
    ("poisson_nll", "predictions"): _shares,
    ("poisson_nll", "targets"): _not_negative,
    ("gaussian_nll", "variances"): _variances,
    ("dice", "probabilities"): _roots,
    ("dice", "targets"): _memberships,
    ("generalized_dice", "probabilities"): _roots,
    ("generalized_dice", "targets"): _memberships,
    ("tversky", "probabilities"): _roots,
    ("tversky", "targets"): _memberships,
}
"""What arrays hold that may not hold just any numbers."""

LARGEST = {
    ("mse", ""): 17,
    ("squared_hinge", ""): 17,
    ("multi_margin", ""): 17,
    ("info_nce", "dot"): 15,
    ("npairs", "dot"): 15,
}
"""Where numbers end, as a power of ten: beyond this a square, or a product by the temperature, is no float32."""


# ------------------------------------------------------- what the numbers must keep to


def _nothing(draw: Draw, inputs: dict[str, Array]) -> dict[str, Array]:
    return inputs


def _always(inputs: dict[str, Array], settings: dict[str, Any]) -> bool:
    return True


def _never(case: Case) -> bool:
    return False


def _but_labels(draw: Draw, inputs: dict[str, Array]) -> dict[str, Array]:
    logits, labels = inputs["logits"], inputs["labels"]
    return inputs | {"logits": _without(draw, logits, np.arange(logits.shape[-1]) != labels[..., None])}


def _without_target(draw: Draw, inputs: dict[str, Array]) -> dict[str, Array]:
    return inputs | {"logits": _without(draw, inputs["logits"], inputs["targets"] == 0.0)}


def _filling(draw: Draw, inputs: dict[str, Array]) -> dict[str, Array]:
    allowed = np.arange(inputs["scores"].shape[-1]) > 0
    scores = _without(draw, inputs["scores"], np.broadcast_to(allowed, inputs["scores"].shape))
    return {"scores": scores, "relevance": np.where(np.isinf(scores), scores, inputs["relevance"])}


def _without(draw: Draw, logits: Array, allowed: Array) -> Array:
    if not draw(st.booleans()):
        return logits
    chosen = np.array(draw(_lists(st.booleans(), logits.shape)), bool).reshape(logits.shape)
    keep = allowed.all(-1, keepdims=True) & (np.arange(logits.shape[-1]) == 0)  # one class is always possible
    return np.where(chosen & allowed & ~keep, np.float32("-inf"), logits)


OF_LABELS = (
    "cross_entropy",
    "categorical_focal",
    "poly1_cross_entropy",
    "generalized_cross_entropy",
    "multiclass_sparsemax",
)

IMPOSSIBLE: dict[str, Callable[[Draw, dict[str, Array]], dict[str, Array]]] = {
    **dict.fromkeys(OF_LABELS, _but_labels),
    "soft_cross_entropy": _without_target,
    "listnet": _filling,
}
"""Where -inf may stand: in a class that nothing asks for. What is asked for has no finite answer; its floor is pinned."""


def _no_sure_mistake(inputs: dict[str, Array], settings: dict[str, Any]) -> bool:
    """A probability of 0 for what is true has no finite answer; its floor is pinned in the edge table."""
    p, t = inputs["probabilities"], inputs["targets"]
    return bool(settings.get("epsilon") or not (((p == 0) & (t > 0)) | ((p == 1) & (t < 1))).any())


def _no_impossible_count(inputs: dict[str, Array], settings: dict[str, Any]) -> bool:
    impossible = (inputs["predictions"] == 0.0) & (inputs["targets"] > 0.0)
    return settings.get("log_input", True) or settings.get("epsilon", 0.0) > 0.0 or not bool(impossible.any())


FINITE: dict[str, Callable[[dict[str, Array], dict[str, Any]], bool]] = {
    "binary_cross_entropy": _no_sure_mistake,
    "poisson_nll": _no_impossible_count,
}
"""Which inputs have a finite answer."""


def _at_the_hinge(case: Case) -> bool:
    """The slope jumps where the lead is the margin, and roundings decide on which side a number is."""
    lead = case.inputs["scores_a"].astype(float) - case.inputs["scores_b"]
    lead, margin = lead * case.inputs.get("target", 1.0), case.settings.get("margin", 0.0)
    return bool((abs(lead - margin) <= 1e-6 * np.maximum(abs(lead), margin)).any())


def _meet(x: Any, y: Any) -> bool:
    """Whether numbers are equal up to their roundings."""
    return bool((abs(x - y) <= 1e-6 * np.maximum(abs(x), abs(y))).any())


def _at_a_margin_of(margin: float, case: Case) -> bool:
    """A score, or a distance, just as large as is enough."""
    first, targets = (x.astype(float) for x in case.inputs.values())
    return _meet(first * (targets if "scores" in case.inputs else 1.0), case.settings.get("margin", margin))


def _at_a_target(case: Case) -> bool:
    """A prediction that is right, where the slope jumps."""
    return _meet(*(x.astype(float) for x in case.inputs.values()))


def _at_a_chance(case: Case) -> bool:
    """A probability that is the target's: its slope is a difference of two quotients that are rounded."""
    p, t = case.inputs["probabilities"], case.inputs["targets"]
    return bool(((p == t) & (p > 0.0) & (p < 1.0)).any())


def _at_a_race(default: float, case: Case) -> bool:
    """A class that leads the label by the margin, or two that lead it together."""
    scores = np.moveaxis(case.inputs["scores"].astype(float), case.options.get("axis", -1), -1)
    labels = case.inputs["labels"][..., None]
    margin = case.settings.get("margin", default)
    others = np.where(np.arange(scores.shape[-1]) == labels, np.nan, scores)
    leads = np.take_along_axis(scores, labels, -1) - others
    ranked = np.sort(others, axis=-1)
    with np.errstate(invalid="ignore"):
        return _meet(leads, margin) or _meet(ranked[..., 1:], ranked[..., :-1])


def _at_a_pair(case: Case) -> bool:
    """A class that leads another by 1."""
    scores = np.moveaxis(case.inputs["scores"].astype(float), case.options.get("axis", -1), -1)
    return _meet(scores[..., None, :] - scores[..., None], 1.0)


SHORT = 0.05  # of 1: a cosine whose angle squared is so small that a slope along a row is not told


def _along(x: Array, y: Array, short: float = SHORT) -> Array:
    """Whether rows are nearly parallel, by cosines that are so much short of 1, but not equal: a slope along them is less
    than what their roundings differ by.
    """
    return (1.0 - abs(_cosines(x, y)) < short) & (x != y).any(-1)


def _cosines(x: Array, y: Array) -> Array:
    lengths = np.linalg.norm(x, axis=-1) * np.linalg.norm(y, axis=-1)
    return (x * y).sum(-1) / np.where(lengths == 0.0, 1.0, lengths)


def _at_an_angle(short: float, case: Case) -> bool:
    """Rows nearly along what they are compared with."""
    return bool(_along(*_vectors(case)[:2], short).any())


def _at_a_cosine(case: Case) -> bool:
    """A cosine of the margin, or one of 1 or -1 up to a small angle; or one that should be small and is 1: its slope is
    0, and rounded.
    """
    a, b, targets = _vectors(case)
    cosines = _cosines(a, b)
    parallel = (targets < 0.0) & (1.0 - abs(cosines) < 1e-5)
    return bool((parallel | _along(a, b) | (abs(cosines - case.settings.get("margin", 0.0)) < 1e-5)).any())


def _at_a_triplet(case: Case) -> bool:
    """Distances that are equal: a positive as far as the negative or, with swap, a negative as far from both. Or two in
    nearly one direction: a slope is the difference of their unit vectors.
    """
    near, *far = _distances(case)
    equal = _meet(near, np.min(far, axis=0)) or (len(far) > 1 and _meet(*far))
    return equal or any(_along(x, y).any() for x, y in combinations(_apart(case), 2))


def _triplets_decide(case: Case) -> bool:
    """A lead of the margin, up to the roundings of the distances."""
    near, *far = _distances(case)
    return _meet(near + case.settings.get("margin", 1.0), np.min(far, axis=0))


def _distances(case: Case) -> list[Array]:
    """From the anchor to the positive and the negative and, with swap, between these."""
    return [np.linalg.norm(x, case.settings.get("p", 2), axis=-1) for x in _apart(case)]


def _apart(case: Case) -> list[Array]:
    a, positive, negative = _vectors(case)
    return [a - positive, a - negative] + ([positive - negative] if case.settings.get("swap") else [])


def _vectors(case: Case) -> list[Array]:
    """The arrays in float64, with the features last."""
    axis = case.options.get("axis", -1)
    most = max(x.ndim for x in case.inputs.values())
    return [np.moveaxis(x.astype(float), axis, -1) if x.ndim == most else x for x in case.inputs.values()]


def _two_values(case: Case) -> bool:
    """Two samples are 1 and -1 once they are standardised, whatever they were: what is left of a slope, or a
    difference of views, is rounding.

    So are three, where two are nearly the same or all but two, or one, hardly count.
    """
    counts = np.ones(len(case.inputs["embeddings_a"]))
    for option in case.options.keys() & {"where", "weights"}:
        counts = counts * case.options[option]
    heavy = counts[counts > 0.0] > 1e-3 * counts.max(initial=0.0)
    return any(_nearly_two(x[counts > 0.0], heavy) for x in case.inputs.values())


def _two_features(case: Case) -> bool:
    """The same of features."""
    return any(_nearly_two(x.T, np.ones(x.shape[1], bool)) for x in case.inputs.values())


def _nearly_two(x: Array, heavy: Array) -> bool:
    """Whether a column that varies has at most two values in the rows that weigh more."""
    spans = np.ptp(x.astype(float), axis=0) if x.size else np.zeros(0)
    places = ((x - x.min(axis=0))[:, spans > 0.0] / spans[spans > 0.0]) if x.size else x
    return any(len(np.unique(column[heavy].round(2))) <= 2 for column in places.T)


def _products_decide(loss: str, case: Case) -> bool:
    """One dot product leads another by less than both are rounded, and by more than an exponent: who does is not told."""
    settings = _settings(loss, case)
    if settings["similarity"] == "cosine":
        return settings.get("decoupled", False) and _parallel(case)
    queries, *keys = (x.astype(float) for x in case.inputs.values())
    all_keys = np.concatenate(keys)
    products, roundings = queries @ all_keys.T, abs(queries) @ abs(all_keys).T * 2.0**-20
    apart = abs(products - products.diagonal()[:, None])
    return bool(((apart > settings["temperature"]) & (apart <= roundings + roundings.diagonal()[:, None])).any())


def _parallel(case: Case) -> bool:
    """Rows that are nearly parallel: their cosine is known no better than 1 is, nor is what it leads another by."""
    rows = _embeddings(case)
    return bool((1.0 - abs(_cosines(rows[:, None], rows)) + np.eye(len(rows)) < 0.01).any())


def _embeddings(case: Case) -> Array:
    """All rows that are compared."""
    return np.concatenate([x for x in case.inputs.values() if x.dtype.kind == "f"]).astype(float)


def _cosines_decide(loss: str, case: Case) -> bool:
    """Rows that are nearly parallel, where a slope is what is left of unit vectors; a negative that is rarer than the
    least of float32, times what its direction changes by; chances of a half, which cancel in a bias.
    """
    settings = _settings(loss, case)
    if settings.get("similarity") == "dot":
        return False
    rows = _embeddings(case)
    lengths = np.linalg.norm(rows, axis=1)
    heat = _heat(settings)
    rare = 2.0 * heat > 85.0 and bool(((lengths > 0.0) & (lengths < heat)).any())
    balanced = "bias" in settings and heat + abs(settings["bias"]) < 0.1
    return rare or balanced or bool(_along(rows[:, None], rows).any())


KINKS: dict[str, Callable[[Case], bool]] = {
    **{loss: partial(_cosines_decide, loss) for loss in CONTRASTIVE},
    "binary_cross_entropy": _at_a_chance,
    "margin_ranking": _at_the_hinge,
    "hinge": partial(_at_a_margin_of, 1.0),
    "perceptron": partial(_at_a_margin_of, 0.0),
    "quantile": _at_a_target,
    "multiclass_hinge": partial(_at_a_race, 1.0),
    "multiclass_perceptron": partial(_at_a_race, 0.0),
    "multi_margin": partial(_at_a_race, 1.0),
    "multilabel_margin": _at_a_pair,
    "hinge_embedding": partial(_at_a_margin_of, 1.0),
    **dict.fromkeys(("cosine_distance", "simsiam", "byol"), partial(_at_an_angle, SHORT)),
    "cosine_embedding": _at_a_cosine,
    "triplet_margin": _at_a_triplet,
}
"""Where float32 cannot tell the gradient, by its nature."""

COARSE: dict[str, Callable[[Case], bool]] = {
    "barlow_twins": _two_values,
    # there even a value is as small as the squares of roundings, of which XLA makes some
    **dict.fromkeys(("cosine_distance", "cosine_embedding", "byol"), partial(_at_an_angle, 1e-6)),
    "dcl": _parallel,
    "info_nce": partial(_products_decide, "info_nce"),
    "npairs": partial(_products_decide, "npairs"),
    "sample_correlation": _two_features,
    "triplet_margin": _triplets_decide,
}
"""Where it cannot tell the value either."""


# ----------------------------------------------------------------- settings, options


def _setting(setting: Setting) -> st.SearchStrategy[Any]:
    """Over its interval; None leaves it at its default."""
    if setting.choices:
        found: st.SearchStrategy[Any] = st.sampled_from(setting.choices)
    elif bool in setting.types:
        found = st.booleans()
    elif setting.interval is None:
        found = st.sampled_from([0, 1, -100])  # an index
    elif int in setting.types:
        found = st.integers(int(setting.interval.low), int(setting.interval.low) + 1)
    elif setting.interval.high == 1.0:
        found = st.one_of(st.sampled_from([0.0, 1.0]), st.integers(1, 999).map(lambda m: m / 1000))
    elif setting.interval.includes_low:
        found = st.one_of(st.just(0.0), _powers(-12, 1))
    else:
        found = _powers(-3, 1)
    if setting.learnable:
        found = st.one_of(found, found.map(lambda x: np.array(x, np.float32)))
    return st.none() | found


SETTINGS = {
    # targets are given as probabilities
    ("kl_divergence", "log_targets"): st.none(),
    ("jensen_shannon", "log_targets"): st.none(),
    # variances stay above it
    ("gaussian_nll", "epsilon"): st.none(),
    # p - t of equal logits is as small as what is left of the label, and t is rounded
    ("cross_entropy", "label_smoothing"): st.none() | st.integers(0, 500).map(lambda m: m / 1000),
    # the logarithm of more than 1 takes off what the other one adds
    ("binary_cross_entropy", "epsilon"): st.none() | st.just(0.0) | _powers(-12, -3),
    # a power has so many times the error of what it is a power of
    **dict.fromkeys(
        [("binary_focal", "gamma"), ("categorical_focal", "gamma")],
        st.none() | st.integers(0, 500).map(lambda m: m / 100),
    ),
    ("poly1_cross_entropy", "epsilon"): st.none() | st.integers(-100, 400).map(lambda m: m / 100),
    # 1 - 0.9 is no better known than 0.9 is in float32
    ("quantile", "quantile"): st.none() | st.integers(1, 15).map(lambda m: m / 16),
    ("cosine_embedding", "margin"): st.none() | st.integers(0, 8).map(lambda m: m / 16),
}
"""Settings that go less far."""


def _options(draw: Draw, loss: Loss, batch: tuple[int, ...], arrays: _Arrays) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if draw(st.booleans()):
        shape = _leading(draw, batch)
        found["where"] = np.array(draw(_lists(st.booleans(), shape)), bool).reshape(shape)
    if draw(st.booleans()):
        found["weights"] = arrays.weights(_leading(draw, batch))
    if not loss.one_number:
        found["reduction"] = draw(st.sampled_from(["mean", "sum", "none"]))
    return found


def _leading(draw: Draw, batch: tuple[int, ...]) -> tuple[int, ...]:
    return batch[: draw(st.integers(1, len(batch)))] if batch else ()


# ------------------------------------------------------------------------- as code


def _written(x: Any) -> str:
    """As the case files write it."""
    if isinstance(x, dict):
        return f"{{{', '.join(f'{n!r}: {_written(v)}' for n, v in x.items())}}}"
    if not isinstance(x, np.ndarray):
        return repr(x)
    if not x.ndim or 0 in x.shape:
        return f"np.zeros({x.shape}, np.{x.dtype})" if 0 in x.shape else f"np.array({_rows(x)}, np.{x.dtype})"
    kind = {"f": "floats", "i": "integers", "b": "booleans"}[x.dtype.kind]
    return f"{kind}({', '.join(map(_rows, x))})"


def _rows(x: Any) -> str:
    if np.ndim(x):
        return f"[{', '.join(map(_rows, x))}]"
    return "-INF" if x == float("-inf") else str(x)
