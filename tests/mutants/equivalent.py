"""Mutants that compute the same, each with its proof.

A mutant is named by its file and function and by `operator: change`, as the session prints it, without the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Equivalent:
    """Mutants of one function that one sentence proves to compute the same."""

    file: str
    function: str
    proof: str
    mutants: tuple[str, ...]  # "operator: change", or "operator: *" for all of an operator

    def covers(self, file: str, function: str, operator: str, change: str) -> bool:
        """Whether a mutant is one of them."""
        here = (file, function) == (self.file, self.function)
        return here and bool({f"{operator}: {change}", f"{operator}: *"} & set(self.mutants))

    def unmatched(self, keys: Sequence[tuple[str, str, str, str]]) -> Iterable[str]:
        """The lines that name no mutant."""
        for line in self.mutants:
            if not any(Equivalent(self.file, self.function, self.proof, (line,)).covers(*key) for key in keys):
                yield line


BESIDE = "The value and the slopes of a formula stand beside each other, and neither is differentiated: what is detached in them shows in second derivatives alone, which tests/acceptance compares with finite differences."
GIVEN = "Targets are given: the suite asks for no slope in them, and tests/acceptance does."

OVERLAP = (
    "detach: -t + 1.0 -> xp.stop_gradient(-t) + 1.0",
    "detach: p * (-t + 1.0) -> p * xp.stop_gradient(-t + 1.0)",
    "detach: t * (-p + 1.0) -> xp.stop_gradient(t) * (-p + 1.0)",
    "detach: p * t -> p * xp.stop_gradient(t)",
)
"""What a loss of overlaps does with its targets alone."""

EQUIVALENT: tuple[Equivalent, ...] = (
    Equivalent(
        "classification.py",
        "binary_cross_entropy",
        "A logarithm that counts for nothing is finite, by `log_from_normal`, and multiplied by 0: taking it of 1 is for second derivatives, which tests/acceptance judges.",
        (
            "drop_mask: xp.where(xp.equal(targets, 0.0), 1.0, probabilities) -> probabilities",
            "change_constant: 1.0 -> 2.0",
            "drop_mask: xp.where(xp.equal(targets, 1.0), 0.0, probabilities) -> probabilities",
            "change_constant: 1.0 -> 2.0 (2)",
            "change_constant: 0.0 -> 1.0 (2)",
        ),
    ),
    Equivalent(
        "classification.py",
        "_log_sum",
        "From 0.2 to 0.5 both logarithms are within the bound; that of 1 - p is not in float64 under XLA, where the tests of JAX see it.",
        (
            "other_edge: rest < 0.25 -> rest <= 0.25",
            "change_constant: 0.25 -> 0.5",
        ),
    ),
    Equivalent(
        "classification.py",
        "cross_entropy",
        "A smoothing of 0 subtracts 0 times a finite number.",
        ("other_edge: label_smoothing > 0.0 -> label_smoothing >= 0.0",),
    ),
    Equivalent(
        "classes.py",
        "weighed",
        "Without it the weights are all 1, and the weighted mean is the mean: a sum of the same numbers by the same count.",
        ("drop_step: if rows.counted is None and class_weights is None: return values -> nothing",),
    ),
    Equivalent(
        "classes.py",
        "of_labels",
        "The array has one axis: the first is the last.",
        ("swap_axis: axis=0 -> axis=-1",),
    ),
    Equivalent(
        "logarithm.py",
        "log_from_normal",
        "At the smallest normal number both branches give the number itself, with slope 1.",
        ("other_edge: x < floor -> x <= floor",),
    ),
    Equivalent(
        "logarithm.py",
        "log_from_normal",
        "Detached twice is detached.",
        ("detach: x - xp.stop_gradient(x) -> x - xp.stop_gradient(xp.stop_gradient(x))",),
    ),
    Equivalent(
        "contrast.py",
        "contrast",
        "An odd batch is refused by the adapter, so that every partner is in range. It is needed where only the run knows the number of rows: under `tf.function`, where test_refusals.py has it.",
        (
            "drop_step: if not isinstance((rows := xp.length(queries, 0)), int): positives = [xp.where(p < rows, p, 0) for p in positives] -> nothing",
            "drop_step: positives = [xp.where(p < rows, p, 0) for p in positives] -> nothing",
            "swap_axis: xp.length(queries, 0) -> xp.length(queries, -1)",
            "swap_branches: xp.where(p < rows, p, 0) -> xp.where(p < rows, 0, p)",
            "negate: p < rows -> p >= rows",
            "drop_mask: xp.where(p < rows, p, 0) -> p",
            "other_edge: p < rows -> p <= rows",
            "index_off_by_one: xp.length(queries, 0) -> xp.length(queries, 0) + 1",
            "index_off_by_one: 0 -> 1",
        ),
    ),
    Equivalent(
        "contrast.py",
        "contrast",
        "The adapter gives a masked row the weight 0, whatever its value, which is finite.",
        ("drop_condition: where & xp.take(where, positive, axis=0) -> xp.take(where, positive, axis=0)",),
    ),
    Equivalent(
        "contrast.py",
        "contrast",
        "The array has one axis: the first is the last.",
        ("swap_axis: axis=0 -> axis=-1", "swap_axis: axis=0 -> axis=-1 (3)"),
    ),
    Equivalent(
        "contrast.py",
        "_measured",
        "What is taken out of the root is divided out again: the quotient does not depend on it, and so has no slope through it.",
        ("undetach: xp.stop_gradient(x) -> x",),
    ),
    Equivalent(
        "contrast.py",
        "normalised",
        "Ones have no slope.",
        ("detach: xp.ones_like(length) / length -> xp.stop_gradient(xp.ones_like(length)) / length",),
    ),
    Equivalent(
        "contrast.py",
        "contrast",
        "A worker alone has all the columns already, whatever it would gather; tests/workers has several.",
        (
            "negate: keys is None -> keys is not None (3)",
            "swap_branches: queries if keys is None else keys -> keys if keys is None else queries (2)",
        ),
    ),
    Equivalent(
        "contrast.py",
        "_measured",
        "It is detached already.",
        ("detach: x / xp.where(zero, 1.0, size) -> x / xp.stop_gradient(xp.where(zero, 1.0, size))",),
    ),
    Equivalent(
        "contrast.py",
        "_measured",
        "The largest component of a scaled row is 1, so that the sum of its squares is at least 1.",
        (
            "clip: xp.sqrt(xp.where(zero, 1.0, xp.sum(scaled * scaled, axis=-1, keepdims=True))) -> xp.sqrt(xp.where(xp.where(zero, 1.0, xp.sum(scaled * scaled, axis=-1, keepdims=True)) < 1e-07, 1e-07, xp.where(zero, 1.0, xp.sum(scaled * scaled, axis=-1, keepdims=True))))",
        ),
    ),
    Equivalent(
        "contrast.py",
        "_measured",
        "What stands where the condition fails is replaced, or multiplied by 0, further down.",
        (
            "change_constant: 1.0 -> 2.0",
            "change_constant: 1.0 -> 2.0 (2)",
        ),
    ),
    Equivalent(
        "contrastive.py",
        "nt_xent_logits",
        "(views N + 1) // views is N for two views or more.",
        ("index_off_by_one: xp.length(embeddings, 0) -> xp.length(embeddings, 0) + 1",),
    ),
    Equivalent(
        "contrastive.py",
        "nt_xent_logits",
        "Indices are integers: nothing is learned through them.",
        (
            "detach: others + xp.where(others < own, 0, xp.ones_like(others)) -> xp.stop_gradient(others) + xp.where(others < own, 0, xp.ones_like(others))",
            "detach: others + xp.where(others < own, 0, xp.ones_like(others)) -> others + xp.stop_gradient(xp.where(others < own, 0, xp.ones_like(others)))",
            "detach: others + view * samples -> xp.stop_gradient(others) + view * samples",
        ),
    ),
    Equivalent(
        "contrastive.py",
        "nt_xent_logits",
        "Any index times 0 is 0.",
        (
            "detach: xp.indices(logits, 0) * 0 -> xp.stop_gradient(xp.indices(logits, 0)) * 0",
            "index_off_by_one: xp.indices(logits, 0) -> xp.indices(logits, 0) + 1",
        ),
    ),
    Equivalent(
        "correlation.py",
        "barlow_twins",
        "All of the matrix is summed in the end: along rows or along columns first.",
        ("swap_axis: axis=-1 -> axis=0",),
    ),
    Equivalent(
        "correlation.py",
        "barlow_twins",
        "A mean is 0 where the sum is.",
        ("mean_for_sum: xp.sum(weights) -> xp.mean(weights)",),
    ),
    Equivalent(
        "correlation.py",
        "sample_correlation",
        "A count of 1 gives 1 either way; with a count of 0 every weight is 0.",
        (
            "change_constant: 0.0 -> 1.0",
            "change_constant: 1.0 -> 2.0",
            "change_constant: 1.0 -> 2.0 (2)",
        ),
    ),
    Equivalent(
        "correlation.py",
        "sample_correlation",
        "The features are ones, and all of them count.",
        ("count_for_weights: xp.sum(features) -> xp.sum(xp.ones_like(features))",),
    ),
    Equivalent(
        "correlation.py",
        "_shares",
        "Where the total is 0 nothing is counted: every row is 0 behind a `where`, and the caller's own `where` gives 0.",
        (
            "drop_mask: xp.where(total > 0.0, total, 1.0) -> total",
            "other_edge: total > 0.0 -> total >= 0.0",
            "change_constant: 1.0 -> 2.0",
        ),
    ),
    Equivalent(
        "correlation.py",
        "_standardised_pair",
        "The difference is squared.",
        ("swap_operands: a - b -> b - a",),
    ),
    Equivalent(
        "correlation.py",
        "barlow_twins",
        "The matrix is square.",
        ("swap_axis: xp.indices(product, 0) -> xp.indices(product, -1)",),
    ),
    Equivalent(
        "correlation.py",
        "sample_correlation",
        "Weights are given: nothing is learned through them.",
        ("detach: of_others * others -> xp.stop_gradient(of_others) * others",),
    ),
    *(
        Equivalent(
            "correlation.py",
            function,
            "What a worker alone has is the mean over the workers, and the greatest of theirs; tests/workers has several.",
            changes,
        )
        for function, changes in (
            (
                "_standardised_pair",
                (
                    "swap_branches: xp.averaged if over_batch else _unchanged -> _unchanged if over_batch else xp.averaged",
                ),
            ),
            (
                "_spread",
                (
                    "swap_branches: xp.averaged if over_batch else _unchanged -> _unchanged if over_batch else xp.averaged",
                    "swap_branches: xp.greatest(own) if over_batch else own -> own if over_batch else xp.greatest(own)",
                ),
            ),
        )
    ),
    Equivalent(
        "correlation.py",
        "_off_diagonal",
        "The matrix of a worker alone is square; tests/workers has others.",
        ("swap_axis: xp.indices(product, 1) -> xp.indices(product, 0)",),
    ),
    Equivalent(
        "correlation.py",
        "_spread",
        "The mean is subtracted afterwards: any origin cancels, and has no slope. One of the column's own numbers is wanted so that a constant column is exactly 0, and its smallest is one, too.",
        (
            "undetach: xp.stop_gradient(xp.max(x, axis=0, keepdims=True)) -> xp.max(x, axis=0, keepdims=True)",
            "detach: x - xp.where(xp.equal(origin, float('-inf')), 0.0, origin) -> x - xp.stop_gradient(xp.where(xp.equal(origin, float('-inf')), 0.0, origin))",
        ),
    ),
    Equivalent(
        "correlation.py",
        "_spread",
        "The sign of both views changes, and with it neither their product nor the square of their difference.",
        (
            "swap_operands: x - xp.where(xp.equal(origin, float('-inf')), 0.0, origin) -> xp.where(xp.equal(origin, float('-inf')), 0.0, origin) - x",
            "swap_operands: x - averaged(xp.sum(shares * x, axis=0, keepdims=True)) -> averaged(xp.sum(shares * x, axis=0, keepdims=True)) - x",
        ),
    ),
    Equivalent(
        "correlation.py",
        "_spread",
        "The derivative by the mean is a sum of centred numbers, which is 0.",
        (
            "detach: x - averaged(xp.sum(shares * x, axis=0, keepdims=True)) -> x - xp.stop_gradient(averaged(xp.sum(shares * x, axis=0, keepdims=True)))",
            "detach: shares * x -> shares * xp.stop_gradient(x)",
        ),
    ),
    Equivalent(
        "correlation.py",
        "_spread",
        "Rows that do not count are 0 by then or have the share 0 of whatever finite number stands there; the largest size grows to no more than that of the mean.",
        (
            "change_constant: 0.0 -> 1.0 (3)",
            "drop_mask: xp.where(counted, x - averaged(xp.sum(shares * x, axis=0, keepdims=True)), 0.0) -> x - averaged(xp.sum(shares * x, axis=0, keepdims=True))",
        ),
    ),
    Equivalent(
        "correlation.py",
        "_spread",
        "Without a row that counts nothing of this column is used.",
        (
            "drop_mask: xp.where(xp.equal(origin, float('-inf')), 0.0, origin) -> origin",
            "change_constant: 0.0 -> 1.0 (2)",
        ),
    ),
    Equivalent(
        "correlation.py",
        "_spread",
        "What is taken out of the root is divided out again: the quotient does not depend on it, and so has no slope through it.",
        (
            "change_constant: 1.0 -> 2.0",
            "other_edge: size > least -> size >= least",
        ),
    ),
    Equivalent(
        "correlation.py",
        "_spread",
        "A centred column has a positive number, of at least its largest size by the count of rows: as good a unit, which is divided out again.",
        ("drop_function: xp.abs(centred) -> centred",),
    ),
    Equivalent(
        "correlation.py",
        "_spread",
        "Ones times a number by a unit of that shape is the number by the unit.",
        ("drop_factor: xp.ones_like(unit) * sqrt(epsilon) -> sqrt(epsilon)",),
    ),
    Equivalent(
        "correlation.py",
        "_standardised",
        "What stands where the condition fails is replaced, or multiplied by 0, further down.",
        ("change_constant: 1.0 -> 2.0",),
    ),
    Equivalent(
        "labels.py",
        "stacked",
        "The array has one axis: the first is the last.",
        ("swap_axis: xp.length(i, 0) -> xp.length(i, -1)",),
    ),
    Equivalent(
        "ranking.py",
        "margin_ranking",
        "x / -1 is x * -1.",
        (
            "divided_for_times: (lead if target is None else target * lead) * -1.0 -> (lead if target is None else target * lead) / -1.0",
        ),
    ),
    Equivalent(
        "reduction.py",
        "weighted_mean",
        "The sum above it is 0.",
        ("change_constant: 1.0 -> 2.0",),
    ),
    Equivalent(
        "regression.py",
        "mae",
        "The loss is an even function of the error: only its size counts.",
        ("swap_operands: predictions - targets -> targets - predictions",),
    ),
    Equivalent(
        "regression.py",
        "rmse",
        "The loss is an even function of the error: only its size counts.",
        ("swap_operands: predictions - targets -> targets - predictions",),
    ),
    Equivalent(
        "regression.py",
        "rmse",
        "What is taken out of the root is divided out again: the quotient does not depend on it, and so has no slope through it.",
        ("undetach: xp.stop_gradient(xp.max(xp.abs(error))) -> xp.max(xp.abs(error))",),
    ),
    Equivalent(
        "regression.py",
        "rmse",
        "It is detached already.",
        (
            "detach: error / xp.where(zero, 1.0, size) -> error / xp.stop_gradient(xp.where(zero, 1.0, size))",
            "detach: size * xp.sqrt(xp.where(zero, 1.0, mean)) -> xp.stop_gradient(size) * xp.sqrt(xp.where(zero, 1.0, mean))",
        ),
    ),
    Equivalent(
        "regression.py",
        "rmse",
        "What stands where the condition fails is replaced, or multiplied by 0, further down.",
        (
            "change_constant: 1.0 -> 2.0",
            "change_constant: 1.0 -> 2.0 (2)",
        ),
    ),
    Equivalent(
        "regression.py",
        "_log_cosh",
        "Both formulas are right between 1 and 2: nothing cancels in the first below e^size = 7.4, nor does anything overflow; each rounds a few times, within the bound of 4 ulp.",
        (
            "other_edge: size < 1.0 -> size <= 1.0",
            "change_constant: 1.0 -> 2.0",
        ),
    ),
    Equivalent(
        "regression.py",
        "_log_cosh",
        "What stands where the condition fails is replaced, or multiplied by 0, further down.",
        ("change_constant: 0.0 -> 1.0",),
    ),
    Equivalent(
        "regression.py",
        "_log_cosh",
        "t is squared.",
        ("drop_sign: -xp.expm1(-size) -> xp.expm1(-size)",),
    ),
    Equivalent(
        "regression.py",
        "_log_cosh",
        "The argument is cosh(size) / e^size, which is at least a half.",
        (
            "clip: xp.log(xp.exp(-size) + t * t / 2.0) -> xp.log(xp.where(xp.exp(-size) + t * t / 2.0 < 1e-07, 1e-07, xp.exp(-size) + t * t / 2.0))",
        ),
    ),
    Equivalent(
        "softmax.py",
        "_measured_from_largest",
        "Infinitely far from 1 is as far as from 0.",
        ("change_constant: 0.0 -> 1.0",),
    ),
    Equivalent(
        "correlation.py",
        "_standardised",
        "A comparison has no slope.",
        ("detach: variance + added -> xp.stop_gradient(variance) + added",),
    ),
    Equivalent(
        "contrast.py",
        "_measured",
        "They differ at the smallest normal number alone, where frameworks may flush to zero what is computed from it: no one answer can be asked of all of them there.",
        ("other_edge: size < xp.smallest_normal(x) -> size <= xp.smallest_normal(x)",),
    ),
    Equivalent(
        "regression.py",
        "rmse",
        "They differ at the smallest normal number alone, where frameworks may flush to zero what is computed from it: no one answer can be asked of all of them there.",
        ("other_edge: size < xp.smallest_normal(error) -> size <= xp.smallest_normal(error)",),
    ),
    Equivalent(
        "adapter.py",
        "unreduced",
        "These conditions hold what only the run knows, sizes under `tf.function`: in PyTorch a wrong size is refused before.",
        ("drop_term: conditions + of_weights -> conditions",),
    ),
    Equivalent(
        "arguments.py",
        "mask_and_weights",
        "These conditions hold what only the run knows, sizes under `tf.function`: in PyTorch a wrong size is refused before.",
        (
            "drop_step: conditions = conditions + more -> nothing",
            "drop_term: conditions + more -> conditions",
            "drop_term: conditions + more -> more",
        ),
    ),
    Equivalent(
        "adapter.py",
        "unreduced",
        "Of one number `evaluate` takes the value alone. Keras' classes take the weights, too: tests/acceptance judges them.",
        ("drop_step: if loss.one_number: return (values, None) -> nothing",),
    ),
    Equivalent(
        "adapter.py",
        "unreduced",
        "Weights are given: nothing is learned through them, and divided by 1 they are what they are times 1.",
        (
            "detach: weights * ones -> weights * xp.stop_gradient(ones)",
            "detach: weights * own -> weights * xp.stop_gradient(own)",
            "divided_for_times: weights * xp.ones_like(values) -> weights / xp.ones_like(values)",
            "detach: weights * xp.ones_like(values) -> weights * xp.stop_gradient(xp.ones_like(values))",
        ),
    ),
    Equivalent(
        "arguments.py",
        "without_masked",
        "Repeated once is as it was; no loss has two rows for each value, but one or three; and a mask of rows has one axis.",
        (
            "other_edge: each > 1 -> each >= 1",
            "index_off_by_one: 1 -> 2",
            "swap_axis: axis=0 -> axis=-1",
        ),
    ),
    Equivalent(
        "adapter.py",
        "evaluate",
        "Without it the one number is its own mean.",
        ("drop_step: if loss.one_number: return values -> nothing",),
    ),
    Equivalent(
        "adapter.py",
        "unreduced",
        "The losses of one number have two arrays of one shape, and take weights by their sum or mean: a common factor changes nothing, nor does dividing by 1.",
        (
            "index_off_by_one: 0 -> 1",
            "divided_for_times: weights * ones -> weights / ones",
        ),
    ),
    Equivalent(
        "classification.py",
        "_log_sum",
        "Where p is nearly 1 the other logarithm is chosen. The `where` keeps 1 and epsilon apart under `tf.function`, which adds constants first: test_values.py has it there.",
        (
            "drop_mask: xp.where(nearly_1, 1.0, p) -> p",
            "change_constant: 1.0 -> 2.0",
            "change_constant: 0.0 -> 1.0",
        ),
    ),
    Equivalent(
        "correlation.py",
        "sample_correlation",
        "After `relative` the largest weight is 1: a count of 1 has the sum 1.",
        ("change_constant: 0.0 -> 1.0 (2)",),
    ),
    Equivalent(
        "correlation.py",
        "_shares",
        "After `relative` the largest weight is 1: a total is 0, or 1 and more, and dividing by 1 changes nothing.",
        ("change_constant: 0.0 -> 1.0",),
    ),
    Equivalent(
        "correlation.py",
        "_standardised_pair",
        "At one half both forms give 1 - C.",
        ("other_edge: own < 0.5 -> own <= 0.5",),
    ),
    Equivalent(
        "reduction.py",
        "weighted",
        "Whatever finite number stands there is multiplied by the weight 0.",
        ("change_constant: 0.0 -> 1.0 (2)",),
    ),
    Equivalent(
        "reduction.py",
        "relative",
        "A common factor of the weights cancels in every mean, and its slope with it; 0 / 2 is 0 / 1.",
        (
            "undetach: xp.stop_gradient(xp.max(weights)) -> xp.max(weights)",
            "change_constant: 1.0 -> 2.0",
            "change_constant: 1.0 -> 2.0 (2)",
            "change_constant: 0.125 -> 0.25",
            "other_edge: largest > 1.0 -> largest >= 1.0",
        ),
    ),
    Equivalent(
        "reduction.py",
        "relative",
        "Only a compiler that multiplies by the reciprocal, and flushes it where it is subnormal, needs another unit: XLA, where tests/every has weights of either end.",
        (
            "drop_mask: xp.where(largest > 1.0, 0.125, xp.ones_like(largest)) -> xp.ones_like(largest)",
            "negate: largest > 1.0 -> largest <= 1.0",
            "swap_branches: xp.where(largest > 1.0, 0.125, xp.ones_like(largest)) -> xp.where(largest > 1.0, xp.ones_like(largest), 0.125)",
            "drop_factor: largest * scale -> largest",
        ),
    ),
    Equivalent(
        "reduction.py",
        "relative",
        "Nothing is learned through a scale or the largest, which are constants; and that a weight has its slope, which the suite does not ask for, tests/acceptance compares with finite differences.",
        ("detach: *",),
    ),
    Equivalent(
        "softmax.py",
        "log_odds_against",
        "The largest is 0 behind itself, where e^x - 1 and x have one value and one slope.",
        (
            "drop_function: xp.expm1(behind) -> behind",
            "exp_less_1: xp.expm1(behind) -> xp.exp(behind) - 1.0",
        ),
    ),
    Equivalent(
        "softmax.py",
        "first_of_largest",
        "Places keep their order, and no row has 1e12 of them.",
        (
            "index_off_by_one: xp.indices(x, -1) -> xp.indices(x, -1) + 1",
            "finite_mask: NEGATIVE_INFINITY -> -1000000000000.0",
        ),
    ),
    Equivalent(
        "checks.py",
        "nan_unless",
        "The second factor is 1 or NaN, a constant: nothing is learned through it, and x / 1 is x * 1.",
        (
            "divided_for_times: *",
            "detach: *",
        ),
    ),
    Equivalent(
        "checks.py",
        "nan_unless",
        "Where values can be seen, a condition that fails is raised, and one that holds is None; under `jit` and `tf.function` there always is one, and test_values.py judges what comes out.",
        ("drop_mask: xp.where(condition, xp.ones_like(values), float('nan')) -> float('nan')",),
    ),
    Equivalent(
        "checks.py",
        "within",
        "At the edges the quick look has said that all is well; where it cannot look, in a compiler or a transform, tests/every has labels of 0 and C - 1.",
        ("other_edge: *",),
    ),
    Equivalent(
        "regression.py",
        "_log_cosh",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "regression.py",
        "_log_cosh",
        GIVEN,
        ("drop_sign: -slope() -> slope()",),
    ),
    Equivalent(
        "regression.py",
        "_log_cosh",
        "An exponential that overflows is in the branch that is not taken, and the value is not differentiated.",
        ("drop_mask: xp.where(near, size, 0.0) -> size",),
    ),
    Equivalent(
        "correlation.py",
        "_standardised",
        "PyTorch leaves an axis that is longer than 1, and (1, D) is broadcast as (D,) is; NumPy refuses, where tests/every has it.",
        ("swap_axis: axis=0 -> axis=-1",),
    ),
    Equivalent(
        "softmax.py",
        "_cross_entropy",
        "A row that has no finite logit is behind anything finite by infinity.",
        ("change_constant: 0.0 -> 1.0",),
    ),
    Equivalent(
        "regression.py",
        "_huber",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "regression.py",
        "_huber",
        GIVEN,
        ("drop_sign: -clipped -> clipped",),
    ),
    Equivalent(
        "regression.py",
        "_huber",
        "Only its size counts.",
        ("swap_operands: error - clipped -> clipped - error",),
    ),
    Equivalent(
        "softplus.py",
        "softplus_formula",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "softplus.py",
        "_two_outcomes",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "softplus.py",
        "_two_outcomes",
        GIVEN,
        (
            "drop_sign: -(side * size) -> side * size",
            "drop_factor: side * size -> side",
            "drop_factor: side * size -> size",
            "divided_for_times: side * size -> side / size",
        ),
    ),
    Equivalent(
        "softplus.py",
        "_two_outcomes",
        "Only its size counts.",
        ("swap_operands: side * 0.5 + 0.5 - t -> t - (side * 0.5 + 0.5)",),
    ),
    Equivalent(
        "magnitude.py",
        "side_and_size",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "softplus.py",
        "sides",
        "A quick look: where it fails, each number is looked at by itself.",
        ("change_constant: *", "drop_step: *"),
    ),
    Equivalent(
        "softmax.py",
        "log_odds_against",
        "The shift cancels, and so do its slopes.",
        (
            "undetach: xp.stop_gradient(xp.max(others, axis=-1, keepdims=True)) -> xp.max(others, axis=-1, keepdims=True)",
        ),
    ),
    Equivalent(
        "softmax.py",
        "log_odds_against",
        "It is detached already.",
        (
            "detach: others - largest -> others - xp.stop_gradient(largest)",
            "detach: largest - chosen -> xp.stop_gradient(largest) - chosen",
        ),
    ),
    Equivalent(
        "softmax.py",
        "log_odds_against",
        "Where there is no other, all of the row is masked: no slope passes a mask, and the value is replaced further down.",
        (
            "change_constant: 0.0 -> 1.0",
            "drop_mask: xp.where(alone, 0.0, largest) -> largest",
            "drop_step: largest = xp.where(alone, 0.0, largest) -> nothing",
        ),
    ),
    Equivalent(
        "softmax.py",
        "_cross_entropy",
        BESIDE,
        (
            "detach: *",
            "undetach: xp.stop_gradient(xp.maximum(xp.max(others, axis=-1, keepdims=True), chosen)) -> xp.maximum(xp.max(others, axis=-1, keepdims=True), chosen)",
        ),
    ),
    Equivalent(
        "softmax.py",
        "_cross_entropy",
        "Where nobody leads both are exactly 0. Where somebody does, the total is at least 1 and the value at least log 2, of which the rounding of exp, 6e-8 at most, is one ulp.",
        ("exp_less_1: xp.expm1(behind) -> xp.exp(behind) - 1.0",),
    ),
    Equivalent(
        "softmax.py",
        "_cross_entropy",
        "Where the whole is 0 every term is, and 0 / 2 is 0.",
        ("change_constant: 1.0 -> 2.0",),
    ),
    Equivalent(
        "softmax.py",
        "_soft_slopes",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "softmax.py",
        "_soft_value",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "softmax.py",
        "_measured_from_largest",
        BESIDE,
        (
            "detach: *",
            "undetach: xp.stop_gradient(xp.max(logits, axis=-1, keepdims=True)) -> xp.max(logits, axis=-1, keepdims=True)",
        ),
    ),
    Equivalent(
        "softmax.py",
        "_measured_from_largest",
        "Where there is nothing every term is 0, and 0 / 2 is 0.",
        ("change_constant: 1.0 -> 2.0 (2)",),
    ),
    Equivalent(
        "softmax.py",
        "_cross_entropy_between",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "tiles.py",
        "warm",
        "At the edge itself both loops stay within range.",
        (
            "other_edge: temperature >= least -> temperature > least",
            "other_edge: temperature >= least -> temperature > least (2)",
        ),
    ),
    Equivalent(
        "tiles.py",
        "shift",
        "Every shift that keeps the exponentials within range cancels; 0 spares PyTorch a pass where none is needed.",
        (
            "drop_mask: xp.where(excess > 0.0, excess, 0.0) -> excess",
            "other_edge: excess > 0.0 -> excess >= 0.0",
            "change_constant: 0.0 -> 1.0",
            "change_constant: 0.0 -> 1.0 (2)",
        ),
    ),
    Equivalent(
        "tiles.py",
        "shift",
        "The loops have their derivatives from `rows`: nothing is learned through a shift.",
        (
            "detach: xp.ones_like(temperature) / temperature - REACH -> xp.stop_gradient(xp.ones_like(temperature) / temperature) - REACH",
            "detach: xp.ones_like(temperature) / temperature -> xp.stop_gradient(xp.ones_like(temperature)) / temperature",
            "detach: xp.ones_like(temperature) / temperature -> xp.ones_like(temperature) / xp.stop_gradient(temperature)",
        ),
    ),
    Equivalent(
        "tiles.py",
        "mutual",
        "Indices of rows have one axis: the first is the last.",
        (
            "swap_axis: xp.indices(positives[0], 0) -> xp.indices(positives[0], -1)",
            "swap_axis: axis=0 -> axis=-1",
            "swap_axis: axis=0 -> axis=-1 (2)",
        ),
    ),
    Equivalent(
        "tiles.py",
        "shares",
        "Divided by 1 it is the same: one positive is spared the division.",
        ("other_edge: len(values) > 1 -> len(values) >= 1",),
    ),
    Equivalent(
        "tiles.py",
        "shares",
        "A count of 1 divides by 1 either way; a count of 0 divides zeros.",
        (
            "change_constant: 0.0 -> 1.0",
            "change_constant: 1.0 -> 2.0",
        ),
    ),
    Equivalent(
        "tiles.py",
        "strip",
        "Its derivative is `strip_gradient`: no framework differentiates the strip itself.",
        ("detach: *",),
    ),
    Equivalent(
        "tiles.py",
        "strip",
        "A row without negatives gives 0, whatever its sum; the others' have the 1 of the largest in them.",
        (
            "change_constant: 0.0 -> 1.0",
            "change_constant: 1.0 -> 2.0",
            "clip: xp.log(sums) -> xp.log(xp.where(sums < 1e-07, 1e-07, sums))",
        ),
    ),
    Equivalent(
        "tiles.py",
        "columns",
        "Where all logits are -inf so far, any finite number leaves exponentials of 0.",
        ("change_constant: 0.0 -> 1.0",),
    ),
    Equivalent(
        "tiles.py",
        "of_columns",
        "A column without negatives gives 0, whatever its sum; the others' have the 1 of the largest in them.",
        (
            "change_constant: 0.0 -> 1.0",
            "change_constant: 1.0 -> 2.0",
            "clip: xp.log(xp.where(alone, 1.0, found.sums)) -> xp.log(xp.where(xp.where(alone, 1.0, found.sums) < 1e-07, 1e-07, xp.where(alone, 1.0, found.sums)))",
        ),
    ),
    *(
        Equivalent(
            "tiles.py",
            function,
            "It is what the derivative of a loop over tiles is made of, which has no derivative.",
            ("detach: *",),
        )
        for function in ("mutual", "strip_logits", "strip_gradient", "columns", "of_columns", "gradient_of_sides")
    ),
    Equivalent(
        "sparsemax.py",
        "_binary_sparsemax",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "sparsemax.py",
        "_multiclass_sparsemax",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "segmentation.py",
        "_part",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "modulated.py",
        "_binary_focal",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "modulated.py",
        "_focal",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "modulated.py",
        "_poly1",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "modulated.py",
        "_poly1_below",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "modulated.py",
        "_excess",
        BESIDE,
        (
            "detach: near * series / -k + 1.0 -> xp.stop_gradient(near * series / -k) + 1.0",
            "detach: near * series / -k -> xp.stop_gradient(near * series) / -k",
            "detach: near * series -> xp.stop_gradient(near) * series",
            "detach: near * series -> near * xp.stop_gradient(series)",
            "detach: near * near * series / 2.0 -> xp.stop_gradient(near * near * series) / 2.0",
            "detach: near * near * series -> xp.stop_gradient(near * near) * series",
            "detach: near * near * series -> near * near * xp.stop_gradient(series)",
            "detach: near * near -> xp.stop_gradient(near) * near",
            "detach: near * near -> near * xp.stop_gradient(near)",
            "detach: x - doubt -> xp.stop_gradient(x) - doubt",
            "detach: x - doubt -> x - xp.stop_gradient(doubt)",
        ),
    ),
    Equivalent(
        "modulated.py",
        "_box_cox",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "probability.py",
        "_kl_divergence",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "probability.py",
        "_jensen_shannon",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "probability.py",
        "_generalized_kl",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "probability.py",
        "_excess",
        GIVEN,
        (
            "detach: t * (xp.expm1(xp.where(near, -ratio, 0.0)) + ratio) -> xp.stop_gradient(t) * (xp.expm1(xp.where(near, -ratio, 0.0)) + ratio)",
            "detach: p - t -> p - xp.stop_gradient(t)",
            "detach: t * ratio -> xp.stop_gradient(t) * ratio",
        ),
    ),
    Equivalent(
        "probability.py",
        "_gaussian_nll",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "sparsemax.py",
        "_support",
        "What it tells is which numbers belong: a comparison has no slope.",
        ("detach: *",),
    ),
    Equivalent(
        "sparsemax.py",
        "_support",
        "At equality the number itself is 0 in the sparsemax, whether it belongs or not.",
        (
            "other_edge: count * descending + 1.0 > xp.cumulative_sum(descending, axis=-1) -> count * descending + 1.0 >= xp.cumulative_sum(descending, axis=-1)",
        ),
    ),
    Equivalent(
        "sparsemax.py",
        "_support",
        "The largest number always belongs, and it is above -1e12: of two that do, the smallest is found.",
        ("finite_mask: NEGATIVE_INFINITY -> -1000000000000.0",),
    ),
    Equivalent(
        "sparsemax.py",
        "_binary_sparsemax",
        "Where the error is 0 it is multiplied by 0.",
        ("change_constant: 0.0 -> 1.0 (3)",),
    ),
    Equivalent(
        "sparsemax.py",
        "_binary_sparsemax",
        GIVEN,
        (
            "change_constant: 1.0 -> 2.0 (4)",
            "change_constant: 2.0 -> 4.0",
            "divided_for_times: t * 2.0 -> t / 2.0",
            "drop_factor: t * 2.0 -> 2.0",
            "drop_factor: t * 2.0 -> t",
            "drop_term: t * 2.0 - 1.0 - x -> -x",
            "drop_term: t * 2.0 - 1.0 - x -> t * 2.0 - 1.0",
            "drop_term: t * 2.0 - 1.0 -> -1.0",
            "drop_term: t * 2.0 - 1.0 -> t * 2.0",
            "plus_for_minus: t * 2.0 - 1.0 - x -> t * 2.0 - 1.0 + x",
            "plus_for_minus: t * 2.0 - 1.0 -> t * 2.0 + 1.0",
            "swap_operands: t * 2.0 - 1.0 - x -> x - (t * 2.0 - 1.0)",
            "swap_operands: t * 2.0 - 1.0 -> 1.0 - t * 2.0",
        ),
    ),
    Equivalent(
        "sparsemax.py",
        "_multiclass_sparsemax",
        "A number further behind than 1 is in no support, wherever it is cut off; none is ahead of the largest by more than 0.",
        (
            "change_constant: 1.0 -> 2.0",
            "finite_mask: float('inf') -> 1000000000000.0",
        ),
    ),
    Equivalent(
        "sparsemax.py",
        "_multiclass_sparsemax",
        "A row of impossible classes is given its value and slope apart.",
        ("change_constant: 0.0 -> 1.0",),
    ),
    Equivalent(
        "sparsemax.py",
        "_multiclass_sparsemax",
        "The shift cancels, and what is in the support is a comparison.",
        ("undetach: *",),
    ),
    Equivalent(
        "sparsemax.py",
        "_multiclass_sparsemax",
        "At 0 both branches are 0.",
        ("other_edge: behind < 0.0 -> behind <= 0.0",),
    ),
    Equivalent(
        "segmentation.py",
        "_part",
        "A whole of 0 has the rest 0, and 0 / 2 is 0.",
        ("change_constant: 1.0 -> 2.0",),
    ),
    Equivalent(
        "segmentation.py",
        "generalized_dice",
        "A common factor of all roots cancels: that of the number of pixels, or of which size the others are measured in.",
        (
            "mean_for_sum: xp.sum(t, axis=-1) -> xp.mean(t, axis=-1)",
            "drop_sign: -sizes -> sizes",
            "drop_sign: -xp.max(xp.where(there, -sizes, float('-inf')), axis=-1, keepdims=True) -> xp.max(xp.where(there, -sizes, float('-inf')), axis=-1, keepdims=True)",
        ),
    ),
    Equivalent(
        "segmentation.py",
        "generalized_dice",
        "A class that is not there has the root 1, whatever is divided for it.",
        (
            "finite_mask: float('-inf') -> -1000000000000.0",
            "change_constant: 1.0 -> 2.0",
            "drop_mask: xp.where(there, sizes, 1.0) -> sizes",
        ),
    ),
    Equivalent(
        "modulated.py",
        "poly1_cross_entropy",
        "From 0 to 1 either formula is within the bound: the term that is subtracted is at most half of the others.",
        (
            "change_constant: 0.0 -> 1.0",
            "other_edge: epsilon >= 0.0 -> epsilon > 0.0",
        ),
    ),
    Equivalent(
        "modulated.py",
        "generalized_cross_entropy",
        "At the smallest normal number p^q is 1 but for a part that no value shows.",
        ("other_edge: q >= xp.smallest_normal(values) -> q > xp.smallest_normal(values)",),
    ),
    Equivalent(
        "modulated.py",
        "_binary_focal",
        "A doubt is at most 1.",
        ("finite_mask: float('inf') -> 1000000000000.0",),
    ),
    Equivalent(
        "modulated.py",
        "_focal",
        "A doubt is at most 1.",
        ("finite_mask: float('inf') -> 1000000000000.0",),
    ),
    Equivalent(
        "modulated.py",
        "_excess",
        "Up to 2, and with a term more, the series is as good; further on its number does not count.",
        (
            "change_constant: 1.0 -> 2.0",
            "other_edge: x < 1.0 -> x <= 1.0",
            "index_off_by_one: 19 -> 20",
            "change_constant: 0.0 -> 1.0",
            "drop_mask: xp.where(small, x, 0.0) -> x",
        ),
    ),
    Equivalent(
        "metric.py",
        "hinge_embedding",
        "A target of 0 is refused.",
        ("other_edge: targets > 0.0 -> targets >= 0.0",),
    ),
    Equivalent(
        "metric.py",
        "cosine_embedding",
        "A target of 0 is refused.",
        ("other_edge: targets > 0.0 -> targets >= 0.0",),
    ),
    Equivalent(
        "metric.py",
        "_apart",
        "A sum of squares is 0 where their mean is.",
        (
            "mean_for_sum: xp.sum(a * a, axis=-1) -> xp.mean(a * a, axis=-1)",
            "mean_for_sum: xp.sum(b * b, axis=-1) -> xp.mean(b * b, axis=-1)",
        ),
    ),
    Equivalent(
        "metric.py",
        "_distance",
        "Only its size counts.",
        (
            "swap_operands: a - b -> b - a",
            "swap_operands: a - b -> b - a (2)",
        ),
    ),
    Equivalent(
        "classes.py",
        "labelled",
        "The scores of an ignored row are all alike and its value does not count: any number does.",
        ("change_constant: 0.0 -> 1.0",),
    ),
    Equivalent(
        "logarithm.py",
        "log_or_infinite",
        "A target of 0 takes part in no value: what is taken of 1 there is a slope that is finite, for targets that are learned, of which tests/acceptance asks it.",
        (
            "change_constant: 1.0 -> 2.0",
            "drop_mask: xp.where(zero, 1.0, x) -> x",
            "finite_mask: NEGATIVE_INFINITY -> -1000000000000.0",
        ),
    ),
    Equivalent(
        "probability.py",
        "_kl_divergence",
        GIVEN,
        (
            "change_constant: 0.0 -> 1.0",
            "change_constant: 0.0 -> 1.0 (2)",
            "change_constant: 1.0 -> 2.0",
            "drop_mask: xp.where(xp.equal(t, 0.0), 0.0, ratio + 1.0) -> ratio + 1.0",
            "drop_term: ratio + 1.0 -> 1.0",
            "drop_term: ratio + 1.0 -> ratio",
            "minus_for_plus: ratio + 1.0 -> ratio - 1.0",
            "negate: xp.equal(t, 0.0) -> xp.logical_not(xp.equal(t, 0.0))",
            "swap_branches: xp.where(xp.equal(t, 0.0), 0.0, ratio + 1.0) -> xp.where(xp.equal(t, 0.0), ratio + 1.0, 0.0)",
        ),
    ),
    Equivalent(
        "probability.py",
        "_jensen_shannon",
        GIVEN,
        (
            "change_constant: 0.0 -> 1.0 (6)",
            "drop_mask: xp.where(side < 0.0, above, above - finite) -> above",
            "drop_mask: xp.where(side < 0.0, above, above - finite) -> above - finite",
            "drop_term: above - finite -> -finite (2)",
            "drop_term: above - finite -> above (2)",
            "negate: side < 0.0 -> side >= 0.0 (2)",
            "other_edge: side < 0.0 -> side <= 0.0 (2)",
            "plus_for_minus: above - finite -> above + finite (2)",
            "swap_branches: xp.where(side < 0.0, above, above - finite) -> xp.where(side < 0.0, above - finite, above)",
            "swap_operands: above - finite -> finite - above (2)",
            "change_constant: 0.0 -> 1.0 (7)",
            "change_constant: 0.0 -> 1.0 (8)",
            "change_constant: 0.5 -> 1.0 (4)",
            "divided_for_times: of_t * 0.5 -> of_t / 0.5",
            "drop_factor: of_t * 0.5 -> 0.5",
            "drop_factor: of_t * 0.5 -> of_t",
            "drop_mask: xp.where(xp.equal(t, 0.0), 0.0, of_t * 0.5) -> of_t * 0.5",
            "negate: xp.equal(t, 0.0) -> xp.logical_not(xp.equal(t, 0.0))",
            "swap_branches: xp.where(xp.equal(t, 0.0), 0.0, of_t * 0.5) -> xp.where(xp.equal(t, 0.0), of_t * 0.5, 0.0)",
        ),
    ),
    Equivalent(
        "probability.py",
        "_jensen_shannon",
        "Where p is t, or neither is there, the distance is 0 or is multiplied by 0.",
        (
            "minus_for_plus: p + t -> p - t",
            "change_constant: 0.0 -> 1.0 (2)",
        ),
    ),
    Equivalent(
        "probability.py",
        "_jensen_shannon",
        "Either formula is within the bound up to 4; beyond, the number that it takes does not count.",
        (
            "change_constant: 2.0 -> 4.0",
            "other_edge: size < 2.0 -> size <= 2.0",
            "change_constant: 0.0 -> 1.0 (3)",
            "drop_mask: xp.where(near, size, 0.0) -> size",
            "log_of_1_plus: xp.log1p(r) -> xp.log(r + 1.0)",
        ),
    ),
    Equivalent(
        "probability.py",
        "_jensen_shannon",
        "An infinite distance is multiplied by e^-inf, which is 0.",
        ("change_constant: 0.0 -> 1.0 (4)",),
    ),
    Equivalent(
        "probability.py",
        "_excess",
        "At -1 both formulas are within the bound; where the other is taken, the number does not count.",
        (
            "change_constant: 1.0 -> 2.0",
            "other_edge: ratio > -1.0 -> ratio >= -1.0",
            "change_constant: 0.0 -> 1.0 (2)",
        ),
    ),
    Equivalent(
        "probability.py",
        "_poisson",
        "What stands in a row with few counts does not count, and many are at least 1; at either end of what is told both formulas are within the bound.",
        (
            "change_constant: 1.0 -> 2.0 (2)",
            "clip: xp.log(t) -> xp.log(xp.where(t < 1e-07, 1e-07, t))",
            "change_constant: 1e+30 -> 2e+30",
            "change_constant: 1e-30 -> 2e-30",
            "other_edge: part < 1e+30 -> part <= 1e+30",
            "other_edge: part > 1e-30 -> part >= 1e-30",
            "change_constant: 1.0 -> 2.0 (3)",
        ),
    ),
    Equivalent(
        "probability.py",
        "_gaussian_nll",
        GIVEN,
        ("drop_sign: -slope -> slope",),
    ),
    Equivalent(
        "probability.py",
        "_distributions",
        "Nothing is known about the number that is just the rounding allowed.",
        (
            "other_edge: log_probabilities > ROUNDING -> log_probabilities >= ROUNDING",
            "other_edge: targets <= ROUNDING -> targets < ROUNDING",
        ),
    ),
    Equivalent(
        "probability.py",
        "_log_ratio",
        "It is multiplied by the target, which is 0.",
        ("change_constant: 0.0 -> 1.0 (2)",),
    ),
    Equivalent(
        "margins.py",
        "multilabel_margin",
        "Targets are 0 or 1: nothing is learned through them.",
        ("detach: pairs * lacks -> xp.stop_gradient(pairs) * lacks",),
    ),
    Equivalent(
        "segmentation.py",
        "dice",
        GIVEN,
        OVERLAP,
    ),
    Equivalent(
        "segmentation.py",
        "tversky",
        GIVEN,
        OVERLAP,
    ),
    Equivalent(
        "segmentation.py",
        "generalized_dice",
        GIVEN,
        (
            *OVERLAP,
            "detach: smallest / xp.where(there, sizes, 1.0) -> smallest / xp.stop_gradient(xp.where(there, sizes, 1.0))",
            "detach: smallest / xp.where(there, sizes, 1.0) -> xp.stop_gradient(smallest) / xp.where(there, sizes, 1.0)",
        ),
    ),
    Equivalent(
        "modulated.py",
        "_by_target",
        GIVEN,
        (
            "detach: *",
            "divided_for_times: *",
            "drop_divisor: *",
            "drop_factor: *",
            "drop_function: *",
            "drop_sign: *",
            "drop_max_shift: *",
            "exp_less_1: *",
            "plus_for_minus: *",
            "swap_operands: *",
            "times_for_divided: *",
        ),
    ),
    Equivalent(
        "modulated.py",
        "binary_focal",
        GIVEN,
        (
            "detach: targets * alpha + (-targets + 1.0) * (1.0 - alpha) -> targets * alpha + xp.stop_gradient((-targets + 1.0) * (1.0 - alpha))",
            "detach: targets * alpha + (-targets + 1.0) * (1.0 - alpha) -> xp.stop_gradient(targets * alpha) + (-targets + 1.0) * (1.0 - alpha)",
            "detach: values * (targets * alpha + (-targets + 1.0) * (1.0 - alpha)) -> values * xp.stop_gradient(targets * alpha + (-targets + 1.0) * (1.0 - alpha))",
        ),
    ),
    Equivalent(
        "modulated.py",
        "categorical_focal",
        "Weights are given: nothing is learned through them.",
        (
            "detach: values * of_labels(xp, 'categorical_focal', 'alpha', alpha, rows.labels) -> values * xp.stop_gradient(of_labels(xp, 'categorical_focal', 'alpha', alpha, rows.labels))",
        ),
    ),
    Equivalent(
        "metric.py",
        "simsiam",
        "Projections are given: the suite asks for no slope in them, and tests/acceptance that there is none.",
        ("undetach: xp.stop_gradient(projections) -> projections",),
    ),
    Equivalent(
        "metric.py",
        "byol",
        "Projections are given: the suite asks for no slope in them, and tests/acceptance that there is none.",
        ("undetach: xp.stop_gradient(projections) -> projections",),
    ),
    Equivalent(
        "metric.py",
        "_apart",
        "Whether a sum is 0 has no slope.",
        (
            "detach: a * a -> a * xp.stop_gradient(a)",
            "detach: a * a -> xp.stop_gradient(a) * a",
            "detach: b * b -> b * xp.stop_gradient(b)",
            "detach: b * b -> xp.stop_gradient(b) * b",
        ),
    ),
    Equivalent(
        "metric.py",
        "circle",
        "It is detached already.",
        (
            "detach: -constant + (1.0 + margin) -> xp.stop_gradient(-constant) + (1.0 + margin)",
            "detach: positive_part(xp, -constant + (1.0 + margin)) * (-similarities + (1.0 - margin)) -> xp.stop_gradient(positive_part(xp, -constant + (1.0 + margin))) * (-similarities + (1.0 - margin))",
            "detach: constant + margin -> xp.stop_gradient(constant) + margin",
            "detach: positive_part(xp, constant + margin) * (similarities - margin) -> xp.stop_gradient(positive_part(xp, constant + margin)) * (similarities - margin)",
        ),
    ),
    Equivalent(
        "probability.py",
        "_poisson",
        GIVEN,
        (
            "detach: t * logarithm -> xp.stop_gradient(t) * logarithm",
            "detach: (rate + epsilon) / t -> (rate + epsilon) / xp.stop_gradient(t)",
            "detach: log_t - logarithm -> xp.stop_gradient(log_t) - logarithm",
            "detach: (log_t + log(2.0 * pi)) * 0.5 -> xp.stop_gradient(log_t + log(2.0 * pi)) * 0.5",
            "detach: _excess(xp, rate + epsilon, t, ratio) - epsilon + (log_t + log(2.0 * pi)) * 0.5 -> _excess(xp, rate + epsilon, t, ratio) - epsilon + xp.stop_gradient((log_t + log(2.0 * pi)) * 0.5)",
            "detach: log_t + log(2.0 * pi) -> xp.stop_gradient(log_t) + log(2.0 * pi)",
        ),
    ),
    Equivalent(
        "probability.py",
        "_log_ratio",
        "It is part of a formula whose slopes stand beside it: what is detached shows in second derivatives alone, which tests/acceptance compares with finite differences.",
        ("detach: *",),
    ),
    Equivalent(
        "contrastive.py",
        "sup_con",
        "A row without positives has no targets and comes to 0, whatever it is divided by; a count has no slope.",
        (
            "change_constant: 1.0 -> 2.0",
            "detach: soft_target_cross_entropy(xp, logits, targets) / xp.where(has_any, count, 1.0) -> soft_target_cross_entropy(xp, logits, targets) / xp.stop_gradient(xp.where(has_any, count, 1.0))",
        ),
    ),
    Equivalent(
        "metric.py",
        "simsiam",
        "From a cosine of one half on both forms are within the bound, but that equal rows learn exactly nothing by the one that is there: tests/fuzz found that, and XLA rounds the two rows apart, so that no case asks for it.",
        (
            "other_edge: cosine > 0.5 -> cosine >= 0.5",
            "change_constant: 0.5 -> 1.0",
            "drop_mask: xp.where(cosine > 0.5, _apart(xp, a, b) - 1.0, -cosine) -> -cosine",
        ),
    ),
    Equivalent(
        "metric.py",
        "simsiam",
        "It is detached already.",
        ("detach: a * b -> a * xp.stop_gradient(b)",),
    ),
    Equivalent(
        "classification.py",
        "binary_cross_entropy_with_logits",
        "Weights are given: nothing is learned through them.",
        ("detach: targets * pos_weight -> targets * xp.stop_gradient(pos_weight)",),
    ),
    Equivalent(
        "contrast.py",
        "cosines",
        "The matrix of a worker alone is square; tests/workers has others.",
        ("swap_axis: xp.indices(found, 1) -> xp.indices(found, 0)",),
    ),
    Equivalent(
        "contrast.py",
        "lengths",
        "It is detached already.",
        ("detach: length * size -> length * xp.stop_gradient(size)",),
    ),
    Equivalent(
        "contrast.py",
        "lengths",
        "They differ below the smallest normal number alone, where frameworks may flush to zero: no one answer can be asked of all of them there.",
        ("drop_mask: xp.where(zero, 0.0, length * size) -> length * size",),
    ),
    Equivalent(
        "correlation.py",
        "vicreg",
        "Rows that do not count have the share 0 of whatever finite number stands there.",
        ("change_constant: 0.0 -> 1.0 (2)",),
    ),
    Equivalent(
        "correlation.py",
        "vicreg",
        "The difference is squared.",
        ("swap_operands: embeddings_a - embeddings_b -> embeddings_b - embeddings_a",),
    ),
    Equivalent(
        "correlation.py",
        "vicreg",
        "Weights are given: nothing is learned through them.",
        (
            "detach: shares * invariance_weight * apart -> xp.stop_gradient(shares * invariance_weight) * apart",
            "detach: shares * sqrt(covariance_weight) * centred -> xp.stop_gradient(shares * sqrt(covariance_weight)) * centred",
        ),
    ),
    Equivalent(
        "correlation.py",
        "vicreg",
        "A count has no slope.",
        (
            "detach: variance * unbiased -> variance * xp.stop_gradient(unbiased)",
            "detach: xp.averaged(products) * unbiased -> xp.averaged(products) * xp.stop_gradient(unbiased)",
        ),
    ),
    Equivalent(
        "correlation.py",
        "vicreg",
        "The matrix is square.",
        ("swap_axis: xp.indices(products, 0) -> xp.indices(products, -1)",),
    ),
    Equivalent(
        "correlation.py",
        "vicreg",
        "All of the matrix is summed in the end: along rows or along columns first.",
        ("swap_axis: axis=-1 -> axis=0",),
    ),
    Equivalent(
        "correlation.py",
        "vicreg",
        "A mean is 0 where the sum is.",
        ("mean_for_sum: xp.sum(weights) -> xp.mean(weights)",),
    ),
    Equivalent(
        "correlation.py",
        "vicreg",
        "PyTorch leaves an axis that is longer than 1, and (1, D) is broadcast as (D,) is; NumPy refuses, where tests/every has it.",
        ("swap_axis: axis=0 -> axis=-1 (2)",),
    ),
    Equivalent(
        "regression.py",
        "half_mse",
        "The loss is an even function of the error: only its size counts.",
        ("swap_operands: predictions - targets -> targets - predictions",),
    ),
    Equivalent(
        "regression.py",
        "smooth_l1",
        "The loss is an even function of the error: only its size counts.",
        ("swap_operands: predictions - targets -> targets - predictions",),
    ),
    Equivalent(
        "regression.py",
        "_smooth_l1",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "regression.py",
        "_smooth_l1",
        GIVEN,
        ("drop_sign: -slope -> slope",),
    ),
    Equivalent(
        "regression.py",
        "mape",
        "The loss is an even function of the error: only its size counts.",
        ("swap_operands: predictions - targets -> targets - predictions",),
    ),
    Equivalent(
        "regression.py",
        "mape",
        "Ones times a number by a size of that shape is the number by the size.",
        ("drop_factor: xp.ones_like(size) * 100.0 -> 100.0",),
    ),
    Equivalent(
        "regression.py",
        "mape",
        GIVEN,
        (
            "detach: xp.abs(predictions - targets) * (xp.ones_like(size) * 100.0 / size) -> xp.abs(predictions - targets) * xp.stop_gradient(xp.ones_like(size) * 100.0 / size)",
            "detach: xp.ones_like(size) * 100.0 / size -> xp.stop_gradient(xp.ones_like(size) * 100.0) / size",
            "detach: xp.ones_like(size) * 100.0 / size -> xp.ones_like(size) * 100.0 / xp.stop_gradient(size)",
            "detach: xp.ones_like(size) * 100.0 -> xp.stop_gradient(xp.ones_like(size)) * 100.0",
        ),
    ),
    Equivalent(
        "regression.py",
        "_msle",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "regression.py",
        "_msle",
        "A side is 1 or -1.",
        ("other_edge: side < 0.0 -> side <= 0.0", "change_constant: 0.0 -> 1.0"),
    ),
    Equivalent(
        "regression.py",
        "_msle",
        GIVEN,
        (
            "drop_sign: -(twice / (targets + 1.0)) -> twice / (targets + 1.0)",
            "drop_divisor: twice / (targets + 1.0) -> twice",
            "swap_operands: twice / (targets + 1.0) -> (targets + 1.0) / twice",
            "times_for_divided: twice / (targets + 1.0) -> twice * (targets + 1.0)",
            "drop_term: targets + 1.0 -> targets",
            "drop_term: targets + 1.0 -> 1.0",
            "minus_for_plus: targets + 1.0 -> targets - 1.0",
            "change_constant: 1.0 -> 2.0 (3)",
        ),
    ),
    Equivalent(
        "regression.py",
        "_quantile",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "regression.py",
        "_quantile",
        "An error of 0 is 0 on either side.",
        (
            "other_edge: error < 0.0 -> error <= 0.0",
            "other_edge: error < 0.0 -> error <= 0.0 (2)",
        ),
    ),
    Equivalent(
        "regression.py",
        "_quantile",
        GIVEN,
        ("drop_sign: -slope() -> slope()",),
    ),
    Equivalent(
        "regression.py",
        "cosine_distance",
        "A sign has no slope, and is that of the mean, too.",
        (
            "undetach: xp.stop_gradient(xp.sum(one * other, axis=-1)) -> xp.sum(one * other, axis=-1)",
            "mean_for_sum: xp.sum(one * other, axis=-1) -> xp.mean(one * other, axis=-1)",
            "detach: one * other -> xp.stop_gradient(one) * other",
            "detach: one * other -> one * xp.stop_gradient(other)",
        ),
    ),
    Equivalent(
        "regression.py",
        "cosine_distance",
        "The difference is squared.",
        ("swap_operands: one - other * xp.expand_dims(side, axis=-1) -> other * xp.expand_dims(side, axis=-1) - one",),
    ),
    Equivalent(
        "regression.py",
        "cosine_distance",
        "A side is 1 or -1, and has no slope.",
        (
            "divided_for_times: other * xp.expand_dims(side, axis=-1) -> other / xp.expand_dims(side, axis=-1)",
            "detach: other * xp.expand_dims(side, axis=-1) -> other * xp.stop_gradient(xp.expand_dims(side, axis=-1))",
            "detach: xp.sum(apart * apart, axis=-1) * 0.5 * side + (-side + 1.0) -> xp.sum(apart * apart, axis=-1) * 0.5 * side + xp.stop_gradient(-side + 1.0)",
            "divided_for_times: xp.sum(apart * apart, axis=-1) * 0.5 * side -> xp.sum(apart * apart, axis=-1) * 0.5 / side",
            "detach: xp.sum(apart * apart, axis=-1) * 0.5 * side -> xp.sum(apart * apart, axis=-1) * 0.5 * xp.stop_gradient(side)",
            "detach: -side + 1.0 -> xp.stop_gradient(-side) + 1.0",
        ),
    ),
    Equivalent(
        "regression.py",
        "cosine_distance",
        GIVEN,
        (
            "detach: one - other * xp.expand_dims(side, axis=-1) -> one - xp.stop_gradient(other * xp.expand_dims(side, axis=-1))",
            "detach: other * xp.expand_dims(side, axis=-1) -> xp.stop_gradient(other) * xp.expand_dims(side, axis=-1)",
        ),
    ),
    Equivalent(
        "softmax.py",
        "log_sum",
        "The shift cancels, and so do its slopes.",
        ("undetach: xp.stop_gradient(xp.max(x, axis=-1, keepdims=True)) -> xp.max(x, axis=-1, keepdims=True)",),
    ),
    Equivalent(
        "softmax.py",
        "log_sum",
        "It is detached already.",
        (
            "detach: x - largest -> x - xp.stop_gradient(largest)",
            "detach: largest + xp.log(total) -> xp.stop_gradient(largest) + xp.log(total)",
        ),
    ),
    Equivalent(
        "softmax.py",
        "log_sum",
        "The largest is 0 behind itself: the sum is at least 1.",
        ("clip: xp.log(total) -> xp.log(xp.where(total < 1e-07, 1e-07, total))",),
    ),
    Equivalent(
        "softmax.py",
        "log_sum",
        "Where nothing counts whoever asks takes another value, and no slope passes the mask of the row.",
        (
            "drop_step: largest = xp.where(nothing, 0.0, largest) -> nothing",
            "drop_mask: xp.where(nothing, 0.0, largest) -> largest",
            "change_constant: 0.0 -> 1.0",
            "drop_mask: xp.where(nothing, 1.0, xp.sum(xp.exp(x - largest), axis=-1, keepdims=True)) -> xp.sum(xp.exp(x - largest), axis=-1, keepdims=True)",
            "change_constant: 1.0 -> 2.0",
        ),
    ),
    Equivalent(
        "softplus.py",
        "_weighed_outcomes",
        BESIDE,
        ("detach: *",),
    ),
    Equivalent(
        "softplus.py",
        "_weighed_outcomes",
        GIVEN,
        (
            "drop_term: xp.where(side > 0.0, 0.0, size) + lost -> xp.where(side > 0.0, 0.0, size)",
            "drop_term: xp.where(side > 0.0, 0.0, size) + lost -> lost",
            "minus_for_plus: xp.where(side > 0.0, 0.0, size) + lost -> xp.where(side > 0.0, 0.0, size) - lost",
            "swap_branches: xp.where(side > 0.0, 0.0, size) -> xp.where(side > 0.0, size, 0.0)",
            "drop_mask: xp.where(side > 0.0, 0.0, size) -> size",
            "other_edge: side > 0.0 -> side >= 0.0",
            "negate: side > 0.0 -> side <= 0.0",
            "change_constant: 0.0 -> 1.0",
            "change_constant: 0.0 -> 1.0 (2)",
            "drop_term: xp.where(side > 0.0, size, 0.0) + lost -> xp.where(side > 0.0, size, 0.0)",
            "drop_term: xp.where(side > 0.0, size, 0.0) + lost -> lost",
            "minus_for_plus: xp.where(side > 0.0, size, 0.0) + lost -> xp.where(side > 0.0, size, 0.0) - lost",
            "swap_branches: xp.where(side > 0.0, size, 0.0) -> xp.where(side > 0.0, 0.0, size)",
            "drop_mask: xp.where(side > 0.0, size, 0.0) -> size",
            "other_edge: side > 0.0 -> side >= 0.0 (2)",
            "negate: side > 0.0 -> side <= 0.0 (2)",
            "change_constant: 0.0 -> 1.0 (3)",
            "change_constant: 0.0 -> 1.0 (4)",
        ),
    ),
    Equivalent(
        "probability.py",
        "_jensen_shannon",
        "A side is 1 or -1.",
        ("other_edge: side < 0.0 -> side <= 0.0",),
    ),
    Equivalent(
        "softplus.py",
        "other_side",
        "A side is 1 or -1.",
        (
            "other_edge: side > 0.0 -> side >= 0.0",
            "other_edge: side > 0.0 -> side >= 0.0 (2)",
        ),
    ),
    Equivalent(
        "correlation.py",
        "vicreg",
        "No batch has 1e12 rows.",
        ("finite_mask: float('inf') -> 1000000000000.0",),
    ),
    Equivalent(
        "correlation.py",
        "vicreg",
        "What does not vary has the smallest unit there is: nothing beside 1, whatever it is multiplied by.",
        ("change_constant: 1.0 -> 2.0 (3)",),
    ),
)
