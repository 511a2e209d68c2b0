"""Where a failure stands in the document: the keyword whose misreading explains it, else the whole body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from conformance.case import Case, Intent
from conformance.contract.validator import Validator
from conformance.jsonvalue import NotJSONError, decode
from conformance.judging.explanation import Explanation
from conformance.judging.judgement import CASE, Violation
from conformance.judging.verdict import Verdict, fingerprint
from conformance.openapi.operation import Operation
from conformance.planning.plan import Plan
from conformance.pointer import Pointer
from conformance.pointer import text as pointer_text
from conformance.requirement import Requirement, Side
from conformance.rules import INVALID_ACCEPTED, Rule

_ORDER: Final = (Verdict.FAILED, Verdict.ERRORED, Verdict.SKIPPED, Verdict.PASSED)


@dataclass(frozen=True, slots=True)
class FailureLocation:
    """A pointer into the document, the side, and the address that a person reads."""

    pointer: Pointer
    side: str
    address: str


class Locator:
    """Finds the places of one operation's failures, by what the run before has shown."""

    def __init__(self, operation: Operation, plan: Plan, conclusion: Explanation) -> None:
        self._operation = operation
        self._plan = plan
        self._reported = {finding.fingerprint for finding in conclusion.findings}
        self._verdicts = {result.requirement: result.verdict for result in conclusion.results}
        self._judges: dict[str, Validator] = {}

    def of(self, case: Case, violation: Violation) -> FailureLocation:
        """Return where the violation stands."""
        if violation.pointer != CASE:
            address = f"{self._operation.name} · answer · {violation.rule}"
            return FailureLocation(violation.pointer, str(violation.side), address)
        side = Side.REJECTS if case.intent is Intent.INVALID else Side.ACCEPTS
        body = (*self._operation.pointer, "requestBody")
        whole = FailureLocation(body, side, f"{self._operation.name} · body · found by exploration · {side}")
        if (known := self._reported_whole(violation.rule, whole)) is not None:
            return known
        return next(self._explanations(case, violation.rule), whole)

    def _reported_whole(self, rule: Rule, whole: FailureLocation) -> FailureLocation | None:
        """Return the location of a finding that holds for every body of the kind, where the run has one."""
        answers = FailureLocation((*self._operation.pointer, "responses"), Side.ANSWERS, whole.address)
        for location in (whole, answers):
            its_fingerprint = fingerprint(
                rule.id, self._operation.name, pointer_text(location.pointer), location.side
            )
            if its_fingerprint in self._reported:
                return location
        return None

    def _explanations(self, case: Case, rule: Rule) -> Iterator[FailureLocation]:
        """Yield the places whose misreading gets this body wrong, the most likely first.

        A misreading that its own case has refuted explains no rejection and no crash; of what an
        accepted body breaks, it still says the name.
        """
        try:
            body = decode(case.request.body or b"")
        except NotJSONError:
            return
        for requirement in self._candidates:
            is_refuted = self._verdicts.get(requirement.id) is Verdict.PASSED
            if is_refuted and rule != INVALID_ACCEPTED:
                return  # the candidates are in the order of their verdicts
            mutant = self._plan.mutants[requirement.id]
            if self._judge(requirement).accepts(body) != mutant.contract.accepts(body):
                yield FailureLocation(requirement.pointer, requirement.side, requirement.address)

    @cached_property
    def _candidates(self) -> list[Requirement]:
        own = (r for r in self._plan.requirements if r.operation == self._operation.name)
        misread = (r for r in own if r.id in self._plan.mutants)
        return sorted(misread, key=lambda r: (_ORDER.index(self._verdicts[r.id]), -len(r.pointer)))

    def _judge(self, requirement: Requirement) -> Validator:
        if requirement.id not in self._judges:
            self._judges[requirement.id] = self._plan.mutants[requirement.id].compiled()
        return self._judges[requirement.id]
