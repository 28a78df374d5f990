"""What came of the mutants, as a page: docs/mutants.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import getdoc

from equivalent import EQUIVALENT, Equivalent
from killing import Outcome
from making import BY_HAND, Mutant
from operators import OPERATORS

SENTENCES = {BY_HAND: "A fault that published code, an issue or another library has."} | {
    name: (getdoc(operator) or "").replace("\n", " ") for name, operator in OPERATORS.items()
}


@dataclass(frozen=True)
class Session:
    """All outcomes, against the list of equivalents."""

    outcomes: Sequence[Outcome]

    def proof(self, mutant: Mutant) -> Equivalent | None:
        """Why a mutant computes the same, if the list says that it does."""
        return next((e for e in EQUIVALENT if e.covers(*mutant.key)), None)

    def state(self, outcome: Outcome) -> str:
        """ "killed", "equivalent" or "survived"."""
        if outcome.killed:
            return "killed"
        return "equivalent" if self.proof(outcome.mutant) else "survived"

    def counts(self, of: Callable[[Mutant], str]) -> dict[str, Counter[str]]:
        """Made, killed, equivalent and survived, by something of the mutant."""
        found: dict[str, Counter[str]] = {}
        for outcome in self.outcomes:
            found.setdefault(of(outcome.mutant), Counter()).update(("made", self.state(outcome)))
        return found

    @property
    def total(self) -> Counter[str]:
        return sum(self.counts(lambda mutant: "").values(), Counter())

    @property
    def rate(self) -> float:
        """The share of killed mutants among those that are not equivalent."""
        total = self.total
        return total["killed"] / max(total["made"] - total["equivalent"], 1)

    def faults(self) -> list[str]:
        """What fails the session: survivors, and lines of the list of equivalents that are no longer true."""
        found = [f"survived: {o.mutant.id}" for o in self.outcomes if self.state(o) == "survived"]
        killed = [o for o in self.outcomes if o.killed]
        found += [
            f"listed as equivalent, but killed by {o.test}: {o.mutant.id}" for o in killed if self.proof(o.mutant)
        ]
        for equivalent in EQUIVALENT:
            for line in equivalent.unmatched([o.mutant.key for o in self.outcomes]):
                found.append(
                    f"listed as equivalent, but made by no operator: {equivalent.file} {equivalent.function} {line}"
                )
        return found

    def page(self) -> str:
        """The page."""
        total = self.total
        hows = Counter(o.how for o in self.outcomes if o.killed)
        lines = [
            "# Mutants",
            "",
            "<!-- written by `nox -s mutants` -->",
            "",
            "Does the conformance suite see a mistake? Operators make small ones in every spec, and in what masks, weighs and",
            "reduces, one at a time; further ones are faults that published ports have. The suite (`tests/every`, in eager",
            "PyTorch on the CPU) then runs on the changed package, and must fail. `nox -s mutants` makes all of them anew,",
            "writes this page, and fails for a survivor that is not proved to compute the same.",
            "",
            (
                f"**{total['killed']} of {total['made'] - total['equivalent']} killed: {self.rate:.1%}.** "
                f"{total['made']} were made, {total['equivalent']} of them compute the same (proofs below), "
                f"{total['survived']} survived. Of the killed, {hows['wrong']} gave a wrong answer, {hows['error']} an error, "
                f"and {hows['time']} never ended."
            ),
            "",
            "## By operator",
            "",
            *self._table("operator", lambda mutant: mutant.operator, SENTENCES),
            "",
            "## By file",
            "",
            *self._table("file", lambda mutant: mutant.file, {}),
            "",
            "## Which compute the same, and why",
            "",
        ]
        for equivalent in EQUIVALENT:
            matched = [o.mutant for o in self.outcomes if equivalent.covers(*o.mutant.key)]
            lines += [f"- {equivalent.proof} (`{equivalent.file}`, `{equivalent.function}`, {len(matched)})", ""]
            lines += [f"  - {m.operator}: `{m.change}`" for m in matched] + [""]
        return "\n".join(lines).rstrip("\n") + "\n"

    def _table(self, head: str, of: Callable[[Mutant], str], sentences: dict[str, str]) -> list[str]:
        columns = ("made", "killed", "equivalent", "survived")
        lines = [f"| {head} |{' what it does |' if sentences else ''} {' | '.join(columns)} |"]
        lines += ["|---|" + "---|" * (len(columns) + bool(sentences))]
        for name, counts in sorted(self.counts(of).items()):
            sentence = f" {sentences[name]} |" if sentences else ""
            lines.append(f"| `{name}` |{sentence} {' | '.join(str(counts[c]) for c in columns)} |")
        return lines
