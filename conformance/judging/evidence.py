"""One operation's share of a run: what is demanded, what was sent for it, and what came of that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from conformance.case import Case
from conformance.judging.judgement import Judgement, Violation
from conformance.judging.verdict import Verdict
from conformance.mutation.mutant import Mutant
from conformance.openapi.operation import Operation
from conformance.planning.misreadings import Misreadings
from conformance.planning.plan import Plan
from conformance.requirement import Requirement
from conformance.rules import Side

_Part = TypeVar("_Part", Requirement, Case)

NOT_SENT = "not sent: the run ended before"


@dataclass(frozen=True)
class Evidence:
    """Requirements and cases by id, in plan order; every case has its judgement, one that was not sent, too."""

    operation: Operation
    requirements: Mapping[str, Requirement]
    mutants: Mapping[str, Mutant]
    cases: Mapping[str, Case]
    judgements: Mapping[str, Judgement]

    @cached_property
    def misreadings(self) -> Misreadings:
        """The mutants' predictions; computed only where something failed."""
        return Misreadings(self.operation, self.mutants, tuple(self.cases.values()))

    @cached_property
    def guarded(self) -> tuple[Requirement, ...]:
        """The requirements on answers."""
        return tuple(r for r in self.requirements.values() if r.side is Side.ANSWERS)

    def violations(self) -> Iterator[tuple[Case, Violation]]:
        """Yield every violation with its case, in plan order."""
        for case in self.cases.values():
            for violation in self.judgements[case.id].violations:
                yield case, violation

    def documented(self, status: int) -> str:
        """Return the documented status that an answered one falls under, `""` where there is none."""
        response = self.operation.response_for(status)
        return response.status if response else ""


def evidence_of(plan: Plan, judgements: Mapping[str, Judgement]) -> Iterator[Evidence]:
    """Yield the share of each operation of the plan."""
    requirements, cases = _by_operation(plan.requirements), _by_operation(plan.cases)
    for operation in plan.operations:
        demanded = {requirement.id: requirement for requirement in requirements[operation.name]}
        sent = {case.id: case for case in cases[operation.name]}
        yield Evidence(
            operation,
            demanded,
            {r: plan.mutants[r] for r in demanded if r in plan.mutants},
            sent,
            {c: judgements.get(c) or Judgement(c, Verdict.SKIPPED, reason=NOT_SENT) for c in sent},
        )


def _by_operation(parts: Iterable[_Part]) -> defaultdict[str, list[_Part]]:
    """Return the requirements or cases of each operation, in plan order: one pass, however many there are."""
    found: defaultdict[str, list[_Part]] = defaultdict(list)
    for part in parts:
        found[part.operation].append(part)
    return found
