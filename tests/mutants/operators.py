"""The operators: each makes one small mistake that someone who ports a loss could make.

An operator is given a node of the syntax tree and yields what may stand in its place: an expression, or None for a
statement that is left out. Its docstring is the sentence under which its mutants are counted.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from typing import TypeAlias

Operator: TypeAlias = Callable[[ast.AST], Iterator[ast.AST | None]]

OPERATORS: dict[str, Operator] = {}

SHIFTS = {"largest", "origin", "peak", "size"}
ELEMENTWISE = {"abs", "sqrt", "exp", "expm1", "log", "log1p", "matrix_transpose"}
GIVEN = {
    "targets",
    "target",
    "relevance",
    "labels",
    "weights",
    "class_weights",
    "where",
    "counted",
    "shares",
    "features",
    "count",
    "counts",
    "ratio",
    "margin",
    "epsilon",
    "label_smoothing",
    "off_diagonal_weight",
    "total",
    "lost",
    "unit",
    "root",
    "added",
    "i",
    "step",
    "views",
    "view",
    "rows",
    "columns",
    "places",
    "samples",
    "classes",
}
"""Names of what nothing is learned through."""

LARGE = 1e12
SMALL = 1e-7


def operator(made: Operator) -> Operator:
    OPERATORS[made.__name__] = made
    return made


# ---------------------------------------------------------------- the syntax tree


def is_call(node: ast.AST, *names: str) -> bool:
    """Whether a node calls one of these primitives of xp."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "xp"
        and node.func.attr in names
    )


def call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name("xp"), name), list(arguments), [])


def renamed(node: ast.AST, name: str) -> ast.Call:
    """The same call of another primitive."""
    assert isinstance(node, ast.Call)
    return ast.Call(ast.Attribute(ast.Name("xp"), name), node.args, node.keywords)


def number(value: float) -> ast.expr:
    return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)


def names(node: ast.AST) -> set[str]:
    """Every name and attribute in a node."""
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return found | {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}


def variables(node: ast.AST) -> set[str]:
    """Every name of a number or an array in a node."""
    functions = {id(n.func) for n in ast.walk(node) if isinstance(n, ast.Call)}
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and id(n) not in functions} - {"xp"}


def is_number(node: ast.AST) -> bool:
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


def binary(node: ast.AST, *kinds: type[ast.operator]) -> ast.BinOp | None:
    return node if isinstance(node, ast.BinOp) and isinstance(node.op, kinds) else None


def other_operation(node: ast.BinOp, operation: ast.operator) -> ast.BinOp:
    return ast.BinOp(node.left, operation, node.right)


# ------------------------------------------------------------------------- sums


@operator
def mean_for_sum(node: ast.AST) -> Iterator[ast.AST]:
    """A mean where there should be a sum."""
    if is_call(node, "sum"):
        assert isinstance(node, ast.Call)
        if not any(k.arg == "keepdims" for k in node.keywords):
            yield renamed(node, "mean")
        else:  # `mean` keeps no dimensions
            axis = next(k for k in node.keywords if k.arg == "axis")
            mean = ast.Call(ast.Attribute(ast.Name("xp"), "mean"), node.args, [axis])
            yield ast.Call(ast.Attribute(ast.Name("xp"), "expand_dims"), [mean], [axis])


@operator
def sum_for_mean(node: ast.AST) -> Iterator[ast.AST]:
    """A sum where there should be a mean."""
    if is_call(node, "mean"):
        yield renamed(node, "sum")


@operator
def min_for_max(node: ast.AST) -> Iterator[ast.AST]:
    """The smallest where the largest should be."""
    if is_call(node, "max"):
        assert isinstance(node, ast.Call)
        negated = [ast.UnaryOp(ast.USub(), node.args[0]), *node.args[1:]]
        yield ast.UnaryOp(ast.USub(), ast.Call(node.func, negated, node.keywords))


@operator
def count_for_weights(node: ast.AST) -> Iterator[ast.AST]:
    """The number of rows where the sum of their weights should be."""
    if is_call(node, "sum") and getattr(node.args[0], "id", "") in ("weights", "features"):  # type: ignore[attr-defined]
        yield call("sum", call("ones_like", node.args[0]))  # type: ignore[attr-defined]


@operator
def swap_axis(node: ast.AST) -> Iterator[ast.AST]:
    """Another axis: the first for the last, or the last for the first."""
    if isinstance(node, ast.keyword) and node.arg == "axis" and is_number(node.value):
        axis = ast.literal_eval(node.value)
        yield ast.keyword("axis", number(-1 if axis == 0 else 0))
    if is_call(node, "indices", "length") and is_number(node.args[1]):  # type: ignore[attr-defined]
        axis = ast.literal_eval(node.args[1])  # type: ignore[attr-defined]
        yield ast.Call(node.func, [node.args[0], number(-1 if axis == 0 else 0)], [])  # type: ignore[attr-defined]


# --------------------------------------------------------------- signs and terms


@operator
def drop_sign(node: ast.AST) -> Iterator[ast.AST]:
    """A minus is left out."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand


@operator
def drop_max_shift(node: ast.AST) -> Iterator[ast.AST]:
    """The largest is not subtracted, or not taken out of a root, before something that may overflow."""
    if (found := binary(node, ast.Sub, ast.Div)) and names(found.right) & SHIFTS:
        yield found.left
    if found and names(found.left) & SHIFTS and isinstance(found.op, ast.Sub):
        yield ast.UnaryOp(ast.USub(), found.right)


@operator
def drop_epsilon(node: ast.AST) -> Iterator[ast.AST]:
    """The epsilon is left out."""
    if (
        (found := binary(node, ast.Add))
        and isinstance(found.right, ast.Name)
        and found.right.id in ("epsilon", "added")
    ):
        yield found.left


@operator
def drop_term(node: ast.AST) -> Iterator[ast.AST]:
    """One of two terms is left out."""
    if found := binary(node, ast.Add, ast.Sub):
        yield found.left
        yield ast.UnaryOp(ast.USub(), found.right) if isinstance(found.op, ast.Sub) else found.right


@operator
def drop_factor(node: ast.AST) -> Iterator[ast.AST]:
    """One of two factors is left out."""
    if found := binary(node, ast.Mult):
        yield found.left
        yield found.right


@operator
def drop_divisor(node: ast.AST) -> Iterator[ast.AST]:
    """Something is not divided: by a temperature, a length, a count."""
    if found := binary(node, ast.Div):
        yield found.left


@operator
def swap_operands(node: ast.AST) -> Iterator[ast.AST]:
    """The operands of a difference, a quotient or a matrix product change places."""
    if found := binary(node, ast.Sub, ast.Div):
        yield ast.BinOp(found.right, found.op, found.left)
    if is_call(node, "matmul"):
        yield call("matmul", *reversed(node.args))  # type: ignore[attr-defined]


@operator
def times_for_divided(node: ast.AST) -> Iterator[ast.AST]:
    """Multiplied where it should be divided, as by a temperature."""
    if found := binary(node, ast.Div):
        yield other_operation(found, ast.Mult())


@operator
def divided_for_times(node: ast.AST) -> Iterator[ast.AST]:
    """Divided where it should be multiplied."""
    if found := binary(node, ast.Mult):
        yield other_operation(found, ast.Div())


@operator
def plus_for_minus(node: ast.AST) -> Iterator[ast.AST]:
    """Plus for minus."""
    if found := binary(node, ast.Sub):
        yield other_operation(found, ast.Add())


@operator
def minus_for_plus(node: ast.AST) -> Iterator[ast.AST]:
    """Minus for plus."""
    if found := binary(node, ast.Add):
        yield other_operation(found, ast.Sub())


@operator
def change_constant(node: ast.AST) -> Iterator[ast.AST]:
    """Another number: 1 for 0, and twice every other."""
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield ast.Constant(node.value * 2.0 or 1.0)


@operator
def index_off_by_one(node: ast.AST) -> Iterator[ast.AST]:
    """An index, a place or a size is one too large."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield ast.Constant(node.value + 1)
    if is_call(node, "indices", "length"):
        assert isinstance(node, ast.Call)
        yield ast.BinOp(node, ast.Add(), ast.Constant(1))


# ---------------------------------------------------------------------- gradients


@operator
def detach(node: ast.AST) -> Iterator[ast.AST]:
    """A term or a factor through which something is learned is detached."""
    found = binary(node, ast.Add, ast.Sub, ast.Mult, ast.Div)
    if found and variables(found.left) - GIVEN:
        yield ast.BinOp(call("stop_gradient", found.left), found.op, found.right)
    if found and variables(found.right) - GIVEN:
        yield ast.BinOp(found.left, found.op, call("stop_gradient", found.right))
    if is_call(node, "matmul"):
        left, right = node.args  # type: ignore[attr-defined]
        yield call("matmul", call("stop_gradient", left), right)
        yield call("matmul", left, call("stop_gradient", right))


@operator
def undetach(node: ast.AST) -> Iterator[ast.AST]:
    """What should be detached is not."""
    if is_call(node, "stop_gradient"):
        yield node.args[0]  # type: ignore[attr-defined]


# ------------------------------------------------------------------------ accuracy


@operator
def clip(node: ast.AST) -> Iterator[ast.AST]:
    """What a logarithm or a root is taken of is clipped at 1e-7."""
    if is_call(node, "log", "log1p", "sqrt"):
        assert isinstance(node, ast.Call)
        x = node.args[0]
        clipped = call("where", ast.Compare(x, [ast.Lt()], [number(SMALL)]), number(SMALL), x)
        yield ast.Call(node.func, [clipped], [])


@operator
def log_of_1_plus(node: ast.AST) -> Iterator[ast.AST]:
    """log(1 + x) for log1p(x)."""
    if is_call(node, "log1p"):
        yield call("log", ast.BinOp(node.args[0], ast.Add(), number(1.0)))  # type: ignore[attr-defined]


@operator
def exp_less_1(node: ast.AST) -> Iterator[ast.AST]:
    """exp(x) - 1 for expm1(x)."""
    if is_call(node, "expm1"):
        yield ast.BinOp(renamed(node, "exp"), ast.Sub(), number(1.0))


@operator
def finite_mask(node: ast.AST) -> Iterator[ast.AST]:
    """1e12 where infinity should be."""
    if isinstance(node, ast.Name) and node.id == "NEGATIVE_INFINITY":
        yield number(-LARGE)
    infinite = _float_of(node)
    if infinite in ("-inf", "inf"):
        yield number(-LARGE if infinite == "-inf" else LARGE)


@operator
def hide_nan(node: ast.AST) -> Iterator[ast.AST]:
    """0 where NaN should tell that something is wrong."""
    if _float_of(node) == "nan":
        yield number(0.0)


def _float_of(node: ast.AST) -> object:
    """The text x of float("x")."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
        return getattr(node.args[0], "value", None)
    return None


# ------------------------------------------------------------- masks and conditions

EDGES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}


@operator
def other_edge(node: ast.AST) -> Iterator[ast.AST]:
    """< for <=, > for >= and the other way round."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in EDGES:
        yield ast.Compare(node.left, [EDGES[type(node.ops[0])]()], node.comparators)


@operator
def negate(node: ast.AST) -> Iterator[ast.AST]:
    """A condition is turned round."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in NEGATED:
        yield ast.Compare(node.left, [NEGATED[type(node.ops[0])]()], node.comparators)
    if is_call(node, "equal"):
        assert isinstance(node, ast.Call)
        yield call("logical_not", node)
    if is_call(node, "logical_not"):
        yield node.args[0]  # type: ignore[attr-defined]


@operator
def and_for_or(node: ast.AST) -> Iterator[ast.AST]:
    """`and` for `or`, and the other way round."""
    if found := binary(node, ast.BitAnd, ast.BitOr):
        yield other_operation(found, ast.BitOr() if isinstance(found.op, ast.BitAnd) else ast.BitAnd())
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


@operator
def drop_condition(node: ast.AST) -> Iterator[ast.AST]:
    """One of two conditions is left out."""
    if found := binary(node, ast.BitAnd, ast.BitOr):
        yield found.left
        yield found.right


@operator
def swap_branches(node: ast.AST) -> Iterator[ast.AST]:
    """The branches of a `where` or a conditional expression change places."""
    if is_call(node, "where"):
        condition, chosen, other = node.args  # type: ignore[attr-defined]
        yield call("where", condition, other, chosen)
    if isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)


@operator
def drop_mask(node: ast.AST) -> Iterator[ast.AST]:
    """A `where` is left out, and one of its branches stands for both."""
    if is_call(node, "where"):
        _, chosen, other = node.args  # type: ignore[attr-defined]
        yield from (branch for branch in (chosen, other) if not is_number(branch))


# ------------------------------------------------------------------------- steps


@operator
def drop_function(node: ast.AST) -> Iterator[ast.AST]:
    """A function is not applied: its argument stands in its place."""
    if is_call(node, *ELEMENTWISE):
        yield node.args[0]  # type: ignore[attr-defined]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and [names(a) for a in node.args[:1]] == [{"xp"}]:
        if len(node.args) == 2 and not node.keywords:
            yield node.args[1]
        if node.func.id == "require":
            yield node.args[2]


@operator
def drop_argument(node: ast.AST) -> Iterator[ast.AST]:
    """An argument that has a default is not passed on."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        for k, keyword in enumerate(node.keywords):
            if keyword.arg in ("negatives", "negatives_where", "similarity", "decoupled", "where"):
                yield ast.Call(node.func, node.args, node.keywords[:k] + node.keywords[k + 1 :])


@operator
def drop_step(node: ast.AST) -> Iterator[None]:
    """A statement that changes a variable, or what stands under an `if`, is left out."""
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) in names(node.value):
        yield None
    if isinstance(node, ast.If) and not node.orelse:
        yield None


# -------------------------------------------------------------------- all of them

Place: TypeAlias = tuple[ast.AST, str, int | None]
"""Where a node stands: its parent, the parent's field, and the place in a list."""


def sites(function: ast.FunctionDef) -> Iterator[tuple[ast.AST, Place]]:
    """Every node of a function's body that may change, outermost first."""
    for k, statement in enumerate(function.body):
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):  # the docstring
            yield from _inside(statement, (function, "body", k))


def _inside(node: ast.AST, place: Place) -> Iterator[tuple[ast.AST, Place]]:
    yield node, place
    if isinstance(node, ast.FunctionDef):
        yield from sites(node)
        return
    if isinstance(node, ast.Raise) or (isinstance(node, ast.keyword) and node.arg in ("axis", "keepdims", "strict")):
        return
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "func", "ops", "op", "ctx", "targets", "target"):
            continue
        if isinstance(value, ast.AST):
            yield from _inside(value, (node, field, None))
        elif isinstance(value, list):
            axis_last = is_call(node, "indices", "length")
            for k, item in enumerate(value[:1] if axis_last else value):
                if isinstance(item, ast.AST):
                    yield from _inside(item, (node, field, k))


def replaced(place: Place, new: ast.AST | None) -> Callable[[], None]:
    """Put a node in a place, and return the way back."""
    parent, field, k = place
    if k is None:
        old = getattr(parent, field)
        setattr(parent, field, new)
        return lambda: setattr(parent, field, old)
    items = getattr(parent, field)
    old = items[k]
    items[k] = ast.Pass() if new is None else new

    def back() -> None:
        items[k] = old

    return back


def shown(node: ast.AST | None) -> str:
    """A node as source text, on one line."""
    if node is None:
        return "nothing"
    text = ast.unparse(copy.deepcopy(node) if not isinstance(node, ast.keyword) else node)
    return " ".join(text.split())
