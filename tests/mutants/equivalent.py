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


EQUIVALENT: tuple[Equivalent, ...] = ()
