"""What a PyTorch user does with each loss."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from own_spec import scaled_error
from problems import arrays, limits, predicted
from torch import Tensor, nn
from torch._dynamo.testing import CompileCounter
from torch.autograd import forward_ad
from torch.utils._python_dispatch import TorchDispatchMode

import isoloss.torch
from isoloss.conformance.cases import CASES
from isoloss.conformance.cases.common import SIGNED
from isoloss.losses import FAMILIES, LOSSES, Loss, given
from isoloss.losses import loss as declare
from isoloss.torch import tiles

HELD = {"circle"}
"""Losses that take for constant what is not: their gradient's derivative is not the gradient's of the same formula."""

LEARNABLE = [(name, s.name) for name, loss in LOSSES.items() for s in loss.settings if s.learnable]


class Exponentials(TorchDispatchMode):
    """Counts those of whole tiles."""

    calls = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.calls += func is torch.ops.aten.exp_.default
        return func(*args, **(kwargs or {}))


def inputs(loss: Loss, rows: int = 8) -> dict[str, Tensor]:
    return {name: torch.from_numpy(x) for name, x in arrays(loss, rows).items()}


def module(loss: Loss, **settings: Any) -> isoloss.torch.Criterion:
    return getattr(isoloss.torch, loss.class_name)(**settings)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=lambda loss: loss.name)
class TestEveryModule:
    def test_equals_its_function(self, loss: Loss) -> None:
        tensors = inputs(loss)
        assert torch.equal(module(loss)(**tensors), getattr(isoloss.torch, loss.name)(**tensors))

    def test_an_optimizer_lowers_it(self, loss: Loss) -> None:
        """From its default arguments, by half."""
        tensors = inputs(loss)
        learned = {name: nn.Parameter(tensors[name]) for name in predicted(loss)}
        optimizer = torch.optim.Adam(learned.values(), lr=0.05)
        criterion, losses = module(loss), []
        for _ in range(100):
            optimizer.zero_grad()
            value = criterion(**(tensors | learned))
            value.backward()
            optimizer.step()
            for name, parameter in learned.items():
                parameter.data.clamp_(*limits(loss, name))
            losses.append(value.item())
        assert losses[-1] < losses[0] / 2

    def test_pickles_and_shows_its_settings(self, loss: Loss) -> None:
        criterion = module(loss)
        copy = pickle.loads(pickle.dumps(criterion))
        tensors = inputs(loss)
        assert torch.equal(copy(**tensors), criterion(**tensors))
        assert repr(copy) == repr(criterion)
        for setting in loss.settings:
            assert f"{setting.name}={setting.default!r}" in repr(criterion)
        assert pickle.loads(pickle.dumps(getattr(isoloss.torch, loss.name))) is getattr(isoloss.torch, loss.name)

    def test_compiles_once_without_a_graph_break(self, loss: Loss) -> None:
        """With dynamic shapes, for batches of three sizes, gradient included."""
        torch.compiler.reset()
        graphs = []

        def count(graph: torch.fx.GraphModule, example: list[Tensor]) -> Any:
            graphs.append(graph)
            return graph.forward

        compiled = torch.compile(module(loss), fullgraph=True, dynamic=True, backend=count)
        for rows in (8, 12, 6):
            tensors = inputs(loss, rows)
            assert torch.allclose(compiled(**tensors), module(loss)(**tensors), rtol=1e-6, atol=0)
        assert len(graphs) == 1

    def test_exports(self, loss: Loss) -> None:
        tensors = inputs(loss)
        exported = torch.export.export(module(loss), (), tensors)
        assert torch.allclose(exported.module()(**tensors), module(loss)(**tensors), rtol=1e-6, atol=0)

    def test_autocast_does_not_reach_into_it(self, loss: Loss) -> None:
        tensors = inputs(loss)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            inside = module(loss)(**tensors)
        assert inside.dtype == torch.float32
        assert torch.equal(inside, module(loss)(**tensors))

    def test_moves_nothing_to_another_device(self, loss: Loss) -> None:
        """On the meta device every array made on the way must be on it too; weights may come from NumPy."""
        tensors = {n: x.to("meta") for n, x in inputs(loss).items()}
        value = module(loss)(
            **tensors, weights=np.ones(8, np.float32), where=torch.ones(8, dtype=torch.bool, device="meta")
        )
        assert value.device.type == "meta"
        assert value.shape == ()

    def test_second_derivatives(self, loss: Loss) -> None:
        tensors = {n: x.double() if x.is_floating_point() else x for n, x in inputs(loss, 4).items()}

        def value(*learned: Tensor) -> Tensor:
            return module(loss)(**(tensors | dict(zip(predicted(loss), learned, strict=True))))

        learned, held = tuple(tensors[n].requires_grad_() for n in predicted(loss)), loss.name in HELD
        assert torch.autograd.gradgradcheck(value, learned, raise_exception=not held) is not held

    def test_forward_mode_is_reverse_mode(self, loss: Loss) -> None:
        tensors = inputs(loss, 4)
        name = predicted(loss)[0]

        def value(x: Tensor) -> Tensor:
            return module(loss)(**(tensors | {name: x}))

        slopes = torch.func.grad(value)(tensors[name])
        assert torch.allclose(torch.func.jacfwd(value)(tensors[name]), slopes, rtol=1e-4, atol=1e-5)

    def test_forward_mode_of_what_is_learned(self, loss: Loss) -> None:
        """By dual numbers, which `torch.func` spares: a parameter wants its gradient kept besides."""
        tensors, name = inputs(loss, 4), predicted(loss)[0]
        with forward_ad.dual_level():
            dual = forward_ad.make_dual(nn.Parameter(tensors[name]), torch.ones_like(tensors[name]))
            change = forward_ad.unpack_dual(module(loss)(**(tensors | {name: dual}))).tangent
        slopes = torch.func.grad(lambda x: module(loss)(**(tensors | {name: x})))(tensors[name])
        assert abs(change - slopes.sum()) <= 1e-5 * slopes.abs().sum() + 1e-5

    def test_large_arrays_are_worked_on_by_blocks(self, loss: Loss, monkeypatch: pytest.MonkeyPatch) -> None:
        """Rows on an axis of their own, in blocks that do not divide them; a mask; every array that is learned."""
        tensors = {n: torch.stack([x, x.flip(0)], 1) if loss.arguments[0].open else x for n, x in inputs(loss).items()}
        where = torch.arange(tensors[loss.leaders[0].name].shape[0] // loss.rows_each(loss.leaders[0])) % 3 > 0
        learned = {n: tensors[n] for n in predicted(loss)}

        def jacobians() -> tuple[Tensor, ...]:
            def value(*changed: Tensor) -> Tensor:
                return module(loss)(**(tensors | dict(zip(learned, changed, strict=True))), where=where)

            return (value(*learned.values()), *torch.autograd.functional.jacobian(value, tuple(learned.values())))

        whole = jacobians()
        monkeypatch.setattr("isoloss.torch.ops.BLOCK", 5)
        for found, expected in zip(jacobians(), whole, strict=True):
            assert torch.equal(found, expected)

    def test_unknown_settings_are_refused(self, loss: Loss) -> None:
        with pytest.raises(TypeError, match="temprature"):
            module(loss, temprature=1.0)
        with pytest.raises(ValueError, match="reduction must be"):
            module(loss, reduction="avg")


SCORED = [  # the losses whose targets may be any number between 0 and 1
    loss
    for loss in LOSSES.values()
    if any(a.name in ("targets", "relevance") for a in loss.inputs) and loss.name not in (*SIGNED, "multilabel_margin")
]
NOT_LEARNED = ("soft_cross_entropy", "listnet", "softmax_rank")


@pytest.mark.parametrize("loss", [loss for loss in SCORED if loss.name not in NOT_LEARNED], ids=lambda loss: loss.name)
def test_a_target_that_is_learned_has_its_slope(loss: Loss) -> None:
    """As in PyTorch's own losses."""
    tensors = {n: x.double() for n, x in inputs(loss, 4).items()}
    (name,) = tensors.keys() - set(predicted(loss))
    targets = torch.linspace(0.1, 0.9, tensors[name].numel()).double().reshape(tensors[name].shape).requires_grad_()

    def value(targets: Tensor) -> Tensor:
        return module(loss)(**(tensors | {name: targets}))

    assert torch.autograd.gradcheck(value, targets)
    assert torch.autograd.gradgradcheck(value, targets)


def test_a_target_that_weighs_more_is_learned_as_well() -> None:
    logits, targets = torch.tensor([2.0, -1.0, 0.5]).double(), torch.tensor([0.25, 0.5, 0.9]).double().requires_grad_()

    def value(targets: Tensor) -> Tensor:
        weight = torch.tensor([3.0, 0.5, 2.0])
        return isoloss.torch.binary_cross_entropy_with_logits(logits, targets, pos_weight=weight)

    assert torch.autograd.gradcheck(value, targets)
    assert torch.autograd.gradgradcheck(value, targets)


@pytest.mark.parametrize("name", [*NOT_LEARNED, "simsiam", "byol"])
def test_a_target_through_which_nothing_is_learned_may_want_a_gradient(name: str) -> None:
    rows = [torch.tensor([[0.5, 0.25, 3.0]], requires_grad=True) for _ in range(2)]
    getattr(isoloss.torch, name)(*rows).backward()
    assert rows[0].grad is not None
    assert rows[1].grad is None


def test_weights_that_are_learned_have_their_slope() -> None:
    weights = torch.tensor([0.5, 3.0, 0.25]).double().requires_grad_()
    values = torch.tensor([1.0, 2.0, -0.5]).double()
    assert torch.autograd.gradcheck(lambda w: isoloss.torch.mse(values, torch.zeros(3), weights=w), weights)


def test_a_learned_delta_of_large_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    predictions, delta = torch.tensor([[3.0, 0.5, -2.0], [-0.25, 4.0, 0.0]]), torch.tensor(1.0, requires_grad=True)
    monkeypatch.setattr("isoloss.torch.ops.BLOCK", 4)
    loss = isoloss.torch.huber(predictions, torch.zeros(2, 3), delta=delta, reduction="sum")
    assert loss.item() == 2.5 + 0.125 + 1.5 + 0.03125 + 3.5
    (slope,) = torch.autograd.grad(loss, delta)
    assert slope.item() == (3.0 - 1.0) + (2.0 - 1.0) + (4.0 - 1.0)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__.rpartition(".")[2])
def test_nothing_is_on_the_wrong_device_under_cuda_fakes(family: Any) -> None:
    """CUDA tensors without a GPU: the forward pass only."""
    from torch._subclasses.fake_tensor import FakeTensorMode

    for loss in (loss for name, loss in LOSSES.items() if hasattr(family, name)):
        with FakeTensorMode():
            tensors = {n: torch.empty(x.shape, dtype=x.dtype, device="cuda") for n, x in inputs(loss).items()}
            assert getattr(isoloss.torch, loss.name)(**tensors).device.type == "cuda"


@pytest.mark.parametrize(("name", "setting"), LEARNABLE)
def test_a_parameter_is_learned(name: str, setting: str) -> None:
    loss = LOSSES[name]
    parameter = nn.Parameter(torch.tensor(0.5))
    criterion = module(loss, **{setting: parameter})
    assert list(criterion.parameters()) == [parameter]
    assert setting in criterion.state_dict()
    optimizer = torch.optim.SGD(criterion.parameters(), lr=1e-3)
    for _ in range(3):
        before = parameter.item()
        optimizer.zero_grad()
        criterion(**inputs(loss)).backward()
        optimizer.step()
        assert parameter.item() != before
    restored = module(loss, **{setting: nn.Parameter(torch.tensor(1.0))})
    restored.load_state_dict(criterion.state_dict())
    assert getattr(restored, setting).item() == parameter.item()
    assert pickle.loads(pickle.dumps(criterion))(**inputs(loss)) == criterion(**inputs(loss))
    assert "learned" in repr(criterion)
    torch.compiler.reset()
    compiled = torch.compile(criterion, fullgraph=True, backend="aot_eager")
    parameter.grad = None
    compiled(**inputs(loss)).backward()
    assert parameter.grad is not None
    if any(s.name == setting and s.interval for s in loss.settings):  # else it may be any number
        with pytest.raises(ValueError, match=f"{setting} must be greater than 0.*; got"):
            module(loss, **{setting: nn.Parameter(torch.tensor(-0.5))})(**inputs(loss))


@pytest.mark.parametrize("name", ["kl_divergence", "jensen_shannon", "generalized_kl"])
def test_targets_that_are_learned(name: str) -> None:
    """A target of 0 learns nothing, where torch.nn.functional.kl_div gives NaN; the others have their slope."""
    rows = torch.log(torch.tensor([[0.5, 0.0, 0.3, 0.2]], dtype=torch.float64))
    targets = torch.tensor([[0.25, 0.0, 0.0, 0.75]], dtype=torch.float64, requires_grad=True)
    divergence = getattr(isoloss.torch, name)
    divergence(rows, targets).backward()
    assert targets.grad is not None
    assert targets.grad[0, 1:3].tolist() == [0.0, 0.0]
    some = torch.tensor([[0.25, 0.75]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda t: divergence(rows[:, [0, 3]], t), (some,))
    (own,) = torch.autograd.grad(divergence(rows[:, [0, 3]], some), some)
    assert torch.allclose(targets.grad[0, [0, 3]], own[0])


@pytest.mark.parametrize("views", [2, 3])
def test_logits_and_labels_go_into_torchs_own_loss(views: int) -> None:
    """As SimCLR's code does it, compiled for any batch size too."""
    torch.compiler.reset()
    compiled = torch.compile(isoloss.torch.nt_xent_logits, fullgraph=True, dynamic=True, backend="aot_eager")
    for samples in (3, 5):
        embeddings = torch.randn(views * samples, 6, requires_grad=True)
        value = isoloss.torch.nt_xent(embeddings, temperature=0.25, views=views)
        (gradient,) = torch.autograd.grad(value, embeddings)
        for function in (isoloss.torch.nt_xent_logits, compiled):
            logits, labels = function(embeddings, temperature=0.25, views=views)
            assert labels.dtype == torch.int64
            own = nn.CrossEntropyLoss()(logits, labels)
            assert torch.allclose(own, value, rtol=1e-5)
            assert torch.allclose(torch.autograd.grad(own, embeddings)[0], gradient, atol=1e-6)
    with pytest.raises(ValueError, match=f"a multiple of {views} rows"):
        isoloss.torch.nt_xent_logits(torch.ones(7, 4), views=views)


@pytest.mark.parametrize("name", ["cross_entropy", "soft_cross_entropy", "listnet"])
def test_curvature_where_logits_are_equal(name: str) -> None:
    """diag(p) - p p', at a point where the largest logit is not the only one."""
    others = {"cross_entropy": np.array([0]), "soft_cross_entropy": np.eye(3)[:1], "listnet": 8.0 * np.eye(3)[:1]}
    value = getattr(isoloss.torch, name)
    curvature = torch.autograd.functional.hessian(lambda x: value(x[None], others[name]), torch.zeros(3))
    assert torch.allclose(curvature, torch.eye(3) / 3 - 1 / 9)


@pytest.mark.parametrize("name", ["mse", "half_mse", "huber", "smooth_l1", "log_cosh", "msle"])
def test_curvature_where_the_prediction_is_the_target(name: str) -> None:
    targets = torch.tensor([0.5, 1.0, 3.0], dtype=torch.float64)
    assert_no_jump(lambda x: getattr(isoloss.torch, name)(x, targets, reduction="sum"), targets)


@pytest.mark.parametrize("name", ["jensen_shannon", "generalized_kl"])
def test_curvature_where_the_distribution_is_the_target(name: str) -> None:
    targets = torch.tensor([[0.2, 0.3, 0.5]], dtype=torch.float64)
    assert_no_jump(lambda x: getattr(isoloss.torch, name)(x, targets), targets.log())


def assert_no_jump(value: Callable[[Tensor], Tensor], at: Tensor) -> None:
    """The second derivative is there what it is beside it."""
    there, *beside = (torch.autograd.functional.hessian(value, at + d) for d in (0.0, 1e-7, -1e-7))
    for curvature in beside:
        assert torch.allclose(there, curvature, rtol=1e-5, atol=1e-6)
    assert there.abs().max() > 0.01


@pytest.mark.parametrize("labels", [torch.eye(3, 4), torch.eye(3, 4).long()])
def test_what_is_said_of_one_hot_labels(labels: Tensor) -> None:
    with pytest.raises((TypeError, ValueError), match=r"Of one-hot rows take the argmax; .* soft_cross_entropy$"):
        isoloss.torch.cross_entropy(torch.zeros(3, 4), labels)


LOGITS = torch.tensor([[1.0, 2.0, 3.0]] * 3, dtype=torch.float64)


@pytest.mark.parametrize(
    "weights", [np.array([0.1, 0.2, 0.7]), np.array([0.1, 0.2, 0.7], ">f8"), np.array([0.7, 0.2, 0.1])[::-1]]
)
def test_a_module_has_the_weights_that_the_function_has(weights: np.ndarray) -> None:
    labels = torch.tensor([0, 1, 2])
    module = isoloss.torch.CrossEntropyLoss(class_weights=weights)
    assert module(LOGITS, labels) == isoloss.torch.cross_entropy(LOGITS, labels, class_weights=weights)


@pytest.mark.parametrize("weight", [0.1, np.float32(0.1), np.array(0.1)])
def test_a_number_for_an_array_is_not_rounded_to_the_default_dtype(weight: Any) -> None:
    loss, targets = isoloss.torch.binary_cross_entropy_with_logits, torch.eye(3, dtype=torch.float64)
    expected = loss(LOGITS, targets, pos_weight=torch.tensor(float(weight), dtype=torch.float64))
    assert loss(LOGITS, targets, pos_weight=weight) == expected
    assert isoloss.torch.BinaryCrossEntropyWithLogitsLoss(pos_weight=weight)(LOGITS, targets) == expected


@pytest.mark.parametrize(
    ("module", "settings", "message"),
    [
        ("CrossEntropyLoss", {"class_weights": np.ma.masked_array([1.0, 2.0], [0, 1])}, "must not be a masked array"),
        ("SimCSELoss", {"temperature": np.ma.masked_array(0.5, True)}, "must not be a masked array"),
        ("CrossEntropyLoss", {"class_weights": [1.0, 2.0]}, "got builtins.list. Convert it first"),
    ],
)
def test_a_module_refuses_arrays_as_the_function_does(module: str, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        getattr(isoloss.torch, module)(**settings)


def test_class_weights_move_with_the_module() -> None:
    criterion = isoloss.torch.CrossEntropyLoss(class_weights=np.array([1.0, 2.0, 3.0, 4.0]))
    assert "class_weights" in criterion.state_dict()
    assert criterion.to("meta").class_weights.device.type == "meta"


def test_one_number_is_no_sum() -> None:
    with pytest.raises(ValueError, match=r"rmse is one number .* reduction must be 'mean'; got 'sum'"):
        isoloss.torch.RMSELoss(reduction="sum")


def test_numpy_arrays_may_be_captured_by_a_compiled_function() -> None:
    targets = np.array([0.0, 2.0], np.float32)
    compiled = torch.compile(lambda x: isoloss.torch.mse(x, targets), fullgraph=True, backend="aot_eager")
    assert compiled(torch.tensor([1.0, 2.0])) == 0.5


def test_tensors_and_numpy_mix_but_frameworks_do_not() -> None:
    case = CASES["mse"].typical[0]
    targets = case.inputs["targets"].astype(np.float64)
    value = isoloss.torch.mse(torch.tensor(case.inputs["predictions"]), targets)
    assert value.dtype == torch.float32
    jax_numpy = pytest.importorskip("jax.numpy")
    with pytest.raises(TypeError, match=r"targets must be an array of the framework .* got jax.*ArrayImpl. Convert it"):
        isoloss.torch.mse(torch.tensor(case.inputs["predictions"]), jax_numpy.asarray(targets))


def test_what_is_loaded_is_not_written_into_the_array_that_was_given() -> None:
    given = np.ones(4, np.float32)
    isoloss.torch.CrossEntropyLoss(class_weights=given).load_state_dict({"class_weights": torch.zeros(4)})
    assert given.all()


def test_a_setting_is_checked_when_it_is_given() -> None:
    with pytest.raises(TypeError, match=r"label_smoothing must be a number, .*; got tensor\(0\.1"):
        isoloss.torch.CrossEntropyLoss(label_smoothing=torch.tensor(0.1))
    assert "temperature=0.5," in repr(isoloss.torch.SimCSELoss(temperature=np.float32(0.5)))


def test_gradients_are_averaged_over_processes_alone() -> None:
    with pytest.raises(ValueError, match="simcse: averaged_gradients=True is for a batch that processes share"):
        isoloss.torch.SimCSELoss(averaged_gradients=True)(torch.ones(2, 2))


def test_a_bound_spec_may_share_its_batch() -> None:
    with pytest.raises(RuntimeError, match="wants the processes of torch"):
        isoloss.torch.bind(LOSSES["simcse"].spec)(torch.ones(2, 2), group="world")
    with pytest.raises(TypeError, match="unexpected or repeated argument 'group'"):
        isoloss.torch.bind(scaled_error)(torch.ones(2), torch.ones(2), group="world")


def test_class_weights_may_be_set_later_and_are_saved() -> None:
    criterion = isoloss.torch.CrossEntropyLoss()
    criterion.class_weights = torch.ones(4)
    assert "class_weights" in criterion.state_dict()


def test_a_spec_must_return_what_it_declares() -> None:
    @declare("MeanLoss", predictions="...", targets=given("..."), per="...")
    def mean_error(xp: Any, predictions: Any, targets: Any) -> Any:
        return xp.mean(predictions - targets)

    with pytest.raises(ValueError, match=r"must return a value for each of the batch, shape \(3,\); got \(\)"):
        isoloss.torch.bind(mean_error)(torch.ones(3), torch.zeros(3))


@pytest.mark.parametrize(
    ("spec", "arrays", "message"),
    [
        (lambda xp, x, *, scale=1.0: x, {"x": "..."}, "scale needs a type"),
        (lambda xp, x, *, reduction="mean": x, {"x": "..."}, "reduction is the adapter's"),
        (lambda xp, x: x, {"x": "N D"}, "no array begins with the axes of the batch"),
        (lambda xp, x, y: x, {"x": "..."}, "y is not declared"),
        (lambda xp, x: x, {"x": "...", "z": "..."}, "declared but not in its signature: z"),
    ],
)
def test_a_wrong_declaration_is_refused(spec: Any, arrays: dict[str, str], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        declare("WrongLoss", per="..." if "N D" not in arrays.values() else "M", **arrays)(spec)


def test_a_spec_of_your_own() -> None:
    loss = isoloss.torch.bind(scaled_error)
    predictions = torch.tensor([1.0, 2.0], requires_grad=True)
    value = loss(predictions, torch.tensor([0.0, 0.0]), scale=0.5, where=torch.tensor([True, False]))
    value.backward()
    assert value == 2.0
    assert torch.equal(predictions.grad, torch.tensor([2.0, 0.0]))
    assert pickle.loads(pickle.dumps(loss))(predictions, torch.tensor([0.0, 0.0])) == loss(predictions, np.zeros(2))
    for call, message in (
        (lambda: loss(predictions), "needs targets"),
        (lambda: loss(predictions, predictions, predictions), "takes 2 arrays by position"),
        (lambda: loss(predictions, predictions, scle=2.0), "unexpected or repeated argument 'scle'"),
        (lambda: loss(predictions, predictions, targets=predictions), "unexpected or repeated argument 'targets'"),
    ):
        with pytest.raises(TypeError, match=message):
            call()
    with pytest.raises(TypeError, match="is no loss: decorate it"):
        isoloss.torch.bind(torch.exp)


@pytest.mark.parametrize("name", ["size", "axis"])
def test_a_module_of_your_own_takes_its_settings_alone(name: str) -> None:
    class ScaledErrorLoss(isoloss.torch.Criterion):
        spec = staticmethod(scaled_error)

    assert repr(ScaledErrorLoss(scale=2.0)) == "ScaledErrorLoss(scale=2.0, reduction='mean')"
    with pytest.raises(TypeError, match=f"scaled_error has no setting {name}; its are scale"):
        ScaledErrorLoss(**{name: 1})


class TestFewRows:
    """The dense form, differentiated by hand where that takes fewer calls."""

    @pytest.mark.parametrize(
        ("by_hand", "name", "change", "settings"),
        [
            (True, "nt_xent", lambda x: x, {"temperature": 1 / 60}),
            (True, "info_nce", lambda x: x, {}),
            (True, "supervised_simcse", lambda x: x, {}),
            (True, "simcse", lambda x: x * 1e6, {}),
            (False, "simcse", lambda x: x * 1e13, {}),
            (False, "simcse", lambda x: x * torch.tensor([1.0, 2e4] * 3).unsqueeze(1), {}),
            (False, "simcse", lambda x: x * (torch.arange(6) > 0).unsqueeze(1), {}),
            (False, "simcse", lambda x: x[:2], {}),
            (False, "info_nce", lambda x: x[:1], {"negatives": None}),
            (False, "simcse", lambda x: x, {"temperature": 0.016}),
            (False, "simcse", lambda x: x, {"where": torch.arange(6) > 1}),
            (False, "nt_xent", lambda x: x, {"views": 3}),
            (False, "npairs", lambda x: x, {}),
            (False, "dcl", lambda x: x, {}),
            (False, "clip", lambda x: x, {}),
        ],
    )
    def test_are_as_the_dense_form(
        self, by_hand: bool, name: str, change: Callable[[Tensor], Tensor], settings: dict[str, Any]
    ) -> None:
        loss, random = LOSSES[name], torch.Generator().manual_seed(0)
        given = {a.name: change(torch.randn(6, 5, generator=random)) for a in loss.inputs if a.name not in settings}
        temperature = torch.tensor(settings.get("temperature", 0.1), requires_grad=True)
        settings = settings | ({"temperature": temperature} if "temperature" in {s.name for s in loss.settings} else {})
        found = {}
        for method in ("dense", "auto"):
            given = {n: x.detach().requires_grad_() for n, x in given.items()}
            values = getattr(isoloss.torch, name)(**given, **settings, method=method, reduction="none")
            node = values.grad_fn
            gradient = torch.linspace(0.5, 2.0, len(values))
            leaves = [*given.values(), *([temperature] if "temperature" in settings else [])]
            found[method] = [values.detach(), *torch.autograd.grad(values, leaves, gradient)]
        assert (type(node).__name__ == "_ByHandBackward") == by_hand
        for one, other in zip(found["auto"], found["dense"], strict=True):
            assert torch.allclose(one, other, rtol=1e-4, atol=1e-6 * other.abs().max().item())

    def test_sums_next_to_nothing_under_a_large_gradient(self) -> None:
        rows = torch.tensor([[1.0, 0.0], [-1.0, 1e-3]])  # negatives and positives alike are at nearly -1
        found = {}
        for method in ("dense", "auto"):
            queries, keys = rows[:1].repeat(3, 1).requires_grad_(), rows[1:].repeat(3, 1)
            value = isoloss.torch.info_nce(queries, keys, temperature=1 / 60, method=method)
            (found[method],) = torch.autograd.grad(value, queries, torch.tensor(1e14))
        assert torch.isfinite(found["auto"]).all()
        assert torch.allclose(found["auto"], found["dense"], rtol=1e-4, atol=1e10)


class TestBlocked:
    """The form of a contrastive loss that holds a tile of the similarities at a time."""

    def test_tiles_that_are_kept_change_nothing_but_the_work(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rows = torch.from_numpy(np.random.default_rng(0).normal(size=(1100, 64)).astype(np.float32))
        tiles_in_all = 5

        def gradients_and_tiles() -> tuple[list[Tensor], int]:
            x, temperature = rows.clone().requires_grad_(), torch.tensor(0.1, requires_grad=True)
            with Exponentials() as counted:
                value = isoloss.torch.nt_xent(x, temperature=temperature, method="blocked")
                value.backward(retain_graph=True)
            once = [x.grad.clone(), temperature.grad.clone()]
            value.backward()
            assert torch.equal(x.grad, 2.0 * once[0])
            assert torch.equal(temperature.grad, 2.0 * once[1])
            return [value, *once], counted.calls

        found, calls = gradients_and_tiles()
        assert calls == tiles_in_all
        for kept, computed_again in ((400_000, 4), (0, 5)):  # the first tile has 256 x 1100 numbers
            monkeypatch.setattr(tiles, "KEPT", kept)
            others, calls = gradients_and_tiles()
            assert calls == tiles_in_all + computed_again
            assert all(map(torch.equal, found, others))

    @pytest.mark.parametrize("name", ["nt_xent", "info_nce", "clip"])
    def test_has_first_derivatives_in_reverse_mode(self, name: str) -> None:
        tensors = {n: x.double() for n, x in inputs(LOSSES[name]).items()}
        function = getattr(isoloss.torch, name)
        first = next(iter(tensors))

        def value(x: Tensor, method: str) -> Tensor:
            return function(**(tensors | {first: x}), method=method)

        gradients = {m: torch.func.grad(value)(tensors[first], m) for m in ("dense", "blocked")}
        assert torch.allclose(gradients["blocked"], gradients["dense"])
        mapped = torch.func.vmap(torch.func.grad(value), in_dims=(0, None))(
            torch.stack([tensors[first]] * 3), "blocked"
        )
        assert torch.equal(mapped[2], gradients["blocked"])
        for more in (
            lambda: torch.func.jvp(lambda x: value(x, "blocked"), (tensors[first],), (tensors[first],)),
            lambda: torch.func.hessian(value)(tensors[first], "blocked"),
            lambda: torch.autograd.functional.hessian(lambda x: value(x, "blocked"), tensors[first]),
        ):
            with pytest.raises(RuntimeError, match="choose method='dense'"):
                more()

    def test_a_temperature_that_changes_is_compiled_twice_at_most(self) -> None:
        torch.compiler.reset()
        counted = CompileCounter()
        compiled = torch.compile(isoloss.torch.simcse, fullgraph=True, backend=counted)
        embeddings = inputs(LOSSES["simcse"])["embeddings"]
        for temperature in np.linspace(0.1, 0.9, 12).tolist():
            assert torch.isfinite(compiled(embeddings, temperature=temperature, method="blocked"))
        assert counted.frame_count <= 2

    @pytest.mark.parametrize("name", ["simcse", "clip"])
    def test_is_not_chosen_where_a_program_is_exported_for_any_batch(self, name: str) -> None:
        pairs = torch.export.Dim("pairs", max=4096)
        few, many = ({n: torch.randn(rows, 8) for n in inputs(LOSSES[name])} for rows in (64, 1024))
        exported = torch.export.export(module(LOSSES[name]), (), few, dynamic_shapes={n: {0: 2 * pairs} for n in few})
        assert torch.allclose(exported.module()(**many), module(LOSSES[name])(**many))

    def test_a_program_that_is_exported_without_a_gradient_has_one(self) -> None:
        embeddings = torch.randn(8, 4)
        exported = torch.export.export(module(LOSSES["simcse"], method="blocked"), (embeddings,))
        embeddings.requires_grad_()
        found, expected = (
            torch.autograd.grad(criterion(embeddings), embeddings)[0]
            for criterion in (exported.module(), module(LOSSES["simcse"]))
        )
        assert torch.allclose(found, expected, atol=1e-6)

    @pytest.mark.parametrize("name", ["nt_xent", "info_nce", "clip"])
    def test_compiles_into_one_graph_for_any_batch(self, name: str) -> None:
        torch.compiler.reset()
        criterion = module(LOSSES[name], method="blocked", temperature=nn.Parameter(torch.tensor(0.5)))
        compiled = torch.compile(criterion, fullgraph=True, dynamic=True, backend="aot_eager")
        for rows in (8, 12):
            tensors = {n: x.requires_grad_() for n, x in inputs(LOSSES[name], rows).items()}
            wanted = [*tensors.values(), criterion.temperature]
            expected = torch.autograd.grad(criterion(**tensors), wanted)
            for got, gradient in zip(torch.autograd.grad(compiled(**tensors), wanted), expected, strict=True):
                assert torch.allclose(got, gradient, atol=1e-6)
