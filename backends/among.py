"""A worker among others that share its batch: what is the same in every framework."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic

from isoloss.losses.contrast import prepared
from isoloss.protocol import A, Pairing, Similarity


class Among(ABC, Generic[A]):
    """The primitives of a framework, of which a subclass adds those that others have a part in."""

    ops: ClassVar[Any]
    """Those of a worker alone."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ops, name)

    @abstractmethod
    def first(self, x: A) -> Any:
        """The index of one's own first row in `gathered(x)`."""

    @abstractmethod
    def compared(self, queries: A, keys: A | None, temperature: float | A, pairing: Pairing[A], decoupled: bool) -> A:
        """`Namespace.contrast` of rows whose similarities are their products."""

    def among_gathered(self, indices: A, x: A, /) -> A:
        """`Namespace.among_gathered`."""
        return indices + self.first(x)

    def blocks_pay(self, queries: A, keys: A, /) -> bool:
        """`Namespace.blocks_pay`: they send no gradients around."""
        return True

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
        """`Namespace.contrast`."""
        x, y = prepared(self.ops, queries, keys, similarity)
        return self.compared(x, None if keys is None else y, temperature, pairing, decoupled)
