"""What a spec may call.

`Array` is what an array can do by itself, `Namespace` the primitives that a spec gets as its first argument, and
`Backend` adds the few more that the adapter needs. A backend is a module of functions; pyright checks each
`ops.py` against `Backend`. Names and signatures are the array API standard's wherever the standard has the function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, Literal, NamedTuple, Protocol, Self, TypeAlias, TypeVar


class Array(Protocol):
    """The operators a spec may use. Kept to what every framework's arrays have: no `==`, `%`, `~` or `[..., None]`."""

    @property
    def dtype(self) -> Any: ...
    def __add__(self, other: Any, /) -> Self: ...
    def __sub__(self, other: Any, /) -> Self: ...
    def __mul__(self, other: Any, /) -> Self: ...
    def __truediv__(self, other: Any, /) -> Self: ...
    def __floordiv__(self, other: Any, /) -> Any: ...
    def __pow__(self, other: Any, /) -> Self: ...
    def __neg__(self, /) -> Self: ...
    def __lt__(self, other: Any, /) -> Any: ...
    def __le__(self, other: Any, /) -> Any: ...
    def __gt__(self, other: Any, /) -> Any: ...
    def __ge__(self, other: Any, /) -> Any: ...
    def __and__(self, other: Any, /) -> Any: ...
    def __or__(self, other: Any, /) -> Any: ...


A = TypeVar("A", bound=Array)

Slopes: TypeAlias = tuple[Callable[[], A] | None, ...]
"""For each array of a formula, what gives how the number changes with it; None if nothing is learned through it."""

Kind: TypeAlias = Literal["floating", "integer", "bool", "other"]
"""floating: float16, bfloat16, float32 or float64."""


Similarity: TypeAlias = Literal["cosine", "dot"]


class Pairing(NamedTuple, Generic[A]):
    """Which of the keys are a row's positives, by index; all others that count are its negatives."""

    own: A | None  # (N,), the rows' own indices among the keys; None where queries and keys are two sides
    positives: Sequence[A]  # (N,) each
    present: Sequence[A] | None  # (N,) each, whether the positive counts; None: all do
    counted: A | None  # (M,), whether a key counts; None: all do
    back: A | None = None  # (N,), whether the keys, too, are compared with a query; None: with none

    def among_gathered(self, xp: Namespace[A], keys: A) -> Pairing[A]:
        """That of one's own rows beside the keys of all workers: partners are with the same worker."""
        return self._replace(
            own=None if self.own is None else xp.among_gathered(self.own, keys),
            positives=[xp.among_gathered(positive, keys) for positive in self.positives],
            counted=None if self.counted is None else xp.gathered(self.counted),
        )

    def of_rows(self, chosen: Callable[[A], A]) -> Pairing[A]:
        """That of some of the rows, which a function chooses from an array of them all."""
        return Pairing(
            None if self.own is None else chosen(self.own),
            [chosen(positive) for positive in self.positives],
            None if self.present is None else [chosen(present) for present in self.present],
            self.counted,
            None if self.back is None else chosen(self.back),
        )


class Namespace(Protocol[A]):
    """The primitives. The list grows only when a loss needs it."""

    # one element at a time
    def abs(self, x: A, /) -> A:
        """With slope 0 at 0."""
        ...

    def exp(self, x: A, /) -> A: ...
    def expm1(self, x: A, /) -> A: ...
    def log(self, x: A, /) -> A: ...
    def log1p(self, x: A, /) -> A: ...
    def sqrt(self, x: A, /) -> A: ...
    def tanh(self, x: A, /) -> A: ...
    def remainder(self, x: A, y: int | A, /) -> A: ...
    def where(self, condition: A, x: A | float, y: A | float, /) -> A: ...
    def equal(self, x: A, y: A | float, /) -> A: ...
    def maximum(self, x: A, y: A, /) -> A: ...
    def clip(self, x: A, low: A | float, high: A | float, /) -> A:
        """The smaller of high and the larger of low and x, also where low is above high."""
        ...

    def sign(self, x: A, /) -> A: ...
    def copysign(self, x: A, y: A, /) -> A:
        """The size of x with the sign of y, whichever y has where it is 0; nothing is learned through y."""
        ...

    def squared_difference(self, x: A, y: A, /) -> A: ...
    def logical_not(self, x: A, /) -> A: ...
    def astype(self, x: A, dtype: Any, /) -> A: ...

    # over an axis, or over all elements
    def sort(self, x: A, /, *, axis: int) -> A:
        """The smallest first."""
        ...

    def cumulative_sum(self, x: A, /, *, axis: int) -> A: ...
    def sum(self, x: A, /, *, axis: int | None = None, keepdims: bool = False) -> A: ...
    def mean(self, x: A, /, *, axis: int | None = None) -> A:
        """0 where there are no elements."""
        ...

    def max(self, x: A, /, *, axis: int | None = None, keepdims: bool = False) -> A:
        """-inf where there are no elements."""
        ...

    def take(self, x: A, indices: A, /, *, axis: int) -> A:
        """Indices may have any number of axes."""
        ...

    def take_along_axis(self, x: A, indices: A, /, *, axis: int) -> A: ...

    def matmul(self, x: A, y: A, /) -> A: ...

    # shape
    def concat(self, arrays: Sequence[A], /, *, axis: int) -> A: ...
    def expand_dims(self, x: A, /, *, axis: int) -> A: ...
    def repeat(self, x: A, repeats: int, /, *, axis: int) -> A: ...
    def squeeze(self, x: A, /, *, axis: int) -> A: ...
    def moveaxis(self, x: A, source: int, destination: int, /) -> A: ...
    def matrix_transpose(self, x: A, /) -> A: ...
    def ones_like(self, x: A, /) -> A: ...

    # of the workers that share a batch; one alone has all of it
    def gathered(self, x: A, /) -> A:
        """The rows of all workers, in the order of the workers."""
        ...

    def among_gathered(self, indices: A, x: A, /) -> A:
        """The indices that rows of x have in `gathered(x)`."""
        ...

    def summed(self, x: A, /) -> A:
        """The sum of what all workers have."""
        ...

    def averaged(self, x: A, /) -> A:
        """The mean of what all workers have."""
        ...

    def greatest(self, x: A, /) -> A:
        """The largest of what all workers have, place by place; it has no derivative."""
        ...

    # what the standard has not
    def slice(self, x: A, start: int, stop: int | A | None, step: int, /) -> A:
        """`x[start:stop:step]` along the first axis."""
        ...

    def indices(self, x: A, axis: int, /) -> A:
        """0, 1, 2, ... along an axis of x: an integer vector on x's device, whether or not the size is known yet."""
        ...

    def length(self, x: A, axis: int, /) -> int | A:
        """The size of an axis: an int or, where only the run knows it, a scalar of the dtype of `indices`."""
        ...

    def smallest_normal(self, x: A, /) -> float:
        """The smallest positive normal number of x's dtype."""
        ...

    def stop_gradient(self, x: A, /) -> A: ...

    def elementwise(self, formula: Callable[..., Any], /, *arrays: A | float) -> A:
        """The number that `formula(xp, *arrays)` gives for each element, with derivatives written by hand.

        The formula returns the numbers and `Slopes`. The first array has the shape of the numbers; the others have it,
        too, or are scalars. Slopes are themselves differentiable, so that second derivatives are right.
        """
        ...

    def rowwise(self, formula: Callable[..., Any], rows: A, constants: A, /) -> A:
        """The same for one number for each row (the last axis): its slopes are one for each element of the row."""
        ...

    def within(self, x: A, low: float, high: float | A, /) -> bool | None:
        """Whether all elements are seen to be from low to high, where NaN is not; None as in `holds`."""
        ...

    def contrast(
        self,
        queries: A,
        keys: A | None,
        temperature: float | A,
        pairing: Pairing[A],
        similarity: Similarity,
        decoupled: bool,
        /,
    ) -> A:
        """The values of `isoloss.losses.tiles`, with no more than a tile of the similarities at a time.

        Without keys the queries are compared with each other; of their cosines half will do, since a row is a positive
        of its positives. There is no second derivative.
        """
        ...

    def by_hand(self, dense: Callable[..., A], /, *of: Any) -> A:
        """What `dense`, the same from the whole matrix, gives of the arguments of `contrast`. Its derivative may be
        written by hand, if `dense` gives higher ones."""
        ...

    def blocks_pay(self, queries: A, keys: A, /) -> bool:
        """Whether `contrast` is known to be faster than the whole matrix at these sizes."""
        ...

    def holds(self, condition: A, /) -> bool | None:
        """Whether a condition that must hold does so everywhere; None where looking is impossible (inside a transform
        or a compiler) or would make the program wait for a device."""
        ...


class Backend(Namespace[A], Protocol[A]):
    """What the adapter needs besides."""

    def isarray(self, value: object, /) -> bool:
        """Whether a value is one of this framework's own arrays."""
        ...

    def asarray(self, value: Any, like: A | None, /) -> A:
        """One of this framework's arrays from its own, NumPy's or a Python number, on the device of `like`."""
        ...

    def kind(self, x: A, /) -> Kind: ...

    def shape(self, x: A, /) -> tuple[int | None, ...] | None:
        """The sizes, None for one that only the run knows; None for all where not even their number is known."""
        ...

    def compute_dtype(self, arrays: Sequence[A], /) -> Any:
        """float64 if any of the arrays is float64, else float32."""
        ...

    def as_index(self, x: A, /) -> A:
        """An integer array in the dtype of `indices`; what that cannot hold is its largest number, which is no index."""
        ...
