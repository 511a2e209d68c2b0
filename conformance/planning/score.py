"""The mutation score: which misreadings of a document its cases would notice, without sending anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from conformance.case import Case, Intent, RunLevel
from conformance.openapi.operation import Operation
from conformance.planning.misreadings import Misreadings
from conformance.planning.plan import Plan, plan
from conformance.requirement import ReasonKind, Requirement
from conformance.witness.values import MakeValues


class Fate(StrEnum):
    """What becomes of a mutant; only `survived` counts against the score."""

    KILLED = "killed"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Mutated:
    """One mutant's fate. `reason` says why it is equivalent, open or alive; empty where it was killed."""

    requirement: Requirement
    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """The fates of one operation's mutants, in document order."""

    operation: str
    mutants: tuple[Mutated, ...]

    def count(self, fate: Fate) -> int:
        """Return how many mutants met this fate."""
        return sum(m.fate is fate for m in self.mutants)

    @property
    def share(self) -> float:
        """The share killed among the mutants that something could kill, from 0 to 1; 1 where there are none."""
        killed, survived = self.count(Fate.KILLED), self.count(Fate.SURVIVED)
        return killed / (killed + survived) if killed + survived else 1.0


def scores(
    operations: Sequence[Operation], values: MakeValues, level: RunLevel, max_body: int | None = None
) -> tuple[Score, ...]:
    """Return the score of each operation's cases at `level`, against the mutants of the standard level or above."""
    most = max(level, RunLevel.STANDARD, key=list(RunLevel).index)
    universe = plan(operations, values, level=most, max_body=max_body)
    return tuple(score(universe, operation, level) for operation in operations)


def score(universe: Plan, operation: Operation, level: RunLevel) -> Score:
    """Return the score of one operation's cases up to `level`, against all mutants of the plan `universe`."""
    requirements = {r.id: r for r in universe.requirements if r.operation == operation.name}
    mutants = {r: m for r, m in universe.mutants.items() if r in requirements}
    cases = [c for c in universe.cases if c.operation == operation.name]
    depth = list(RunLevel).index
    sent = {c.id for c in cases if c.intent is not Intent.OPEN and depth(c.level) <= depth(level)}

    @cache
    def misreadings() -> Misreadings:
        return Misreadings(operation, mutants, cases)

    own = {r: c for c in cases for r in c.requirements}
    return Score(
        operation.name,
        tuple(_fate(requirements[r], own.get(r), misreadings, sent) for r in mutants),
    )


def _fate(
    requirement: Requirement, own: Case | None, misreadings: Callable[[], Misreadings], sent: set[str]
) -> Mutated:
    if requirement.unexercised.kind is ReasonKind.EQUIVALENT:
        return Mutated(requirement, Fate.EQUIVALENT, requirement.unexercised.text)
    if own is not None and own.intent is Intent.OPEN:
        return Mutated(requirement, Fate.OPEN, own.reason)
    # its own case is its witness, so that no other has to be looked at
    if (own is not None and own.id in sent) or misreadings().predicted(requirement.id) & sent:
        return Mutated(requirement, Fate.KILLED)
    return Mutated(
        requirement, Fate.SURVIVED, str(requirement.unexercised) or "no case of this level tells it apart"
    )
