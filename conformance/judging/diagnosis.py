"""From judgements to findings: which misreading explains what was seen, and what stays undecided.

A mutant predicts which bodies a server that reads the contract its way gets wrong. The mutants whose
predictions all came true, the widest first, are the findings; what they explain says nothing of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from conformance.case import Case, Intent
from conformance.judging.checks import CASE, Judgement, Violation
from conformance.judging.sequence import across
from conformance.judging.verdict import Finding, RequirementResult, Verdict
from conformance.mutation.mutant import Mutant
from conformance.openapi.operation import Operation
from conformance.planning.misreadings import Misreadings
from conformance.planning.plan import Plan
from conformance.pointer import Pointer, spelled
from conformance.pointer import text as pointer_text
from conformance.requirement import Requirement, Side
from conformance.rules import INVALID_ACCEPTED, SERVER_ERROR, STATUS_UNDOCUMENTED, FindingLevel, Rule

_Part = TypeVar("_Part", Requirement, Case)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a run proved: a result for each requirement in plan order, and the findings."""

    results: tuple[RequirementResult, ...]
    findings: tuple[Finding, ...]


def conclude(plan: Plan, judgements: Mapping[str, Judgement]) -> Conclusion:
    """Return results and findings; the same judgements give the same conclusion in any order."""
    judgements = across(plan.cases, judgements)
    results: dict[str, RequirementResult] = {}
    findings: dict[str, Finding] = {}
    requirements = _by_operation(plan.requirements)
    cases = _by_operation(plan.cases)
    for operation in plan.operations:
        name = operation.name
        diagnosis = _Diagnosis.of(operation, requirements[name], cases[name], plan.mutants, judgements)
        for finding in diagnosis.findings():
            findings.setdefault(finding.fingerprint, finding)
        results |= {r.requirement: r for r in diagnosis.results()}
    return Conclusion(tuple(results[r.id] for r in plan.requirements), tuple(findings.values()))


def _by_operation(parts: Iterable[_Part]) -> defaultdict[str, list[_Part]]:
    """Return the requirements or cases of each operation, in plan order: one pass, however many there are."""
    found: defaultdict[str, list[_Part]] = defaultdict(list)
    for part in parts:
        found[part.operation].append(part)
    return found


@dataclass
class _Diagnosis:
    """One operation's cases, what became of them, and what explains it."""

    operation: Operation
    requirements: dict[str, Requirement]
    mutants: dict[str, Mutant]
    cases: dict[str, Case]
    judgements: dict[str, Judgement]
    failed: dict[str, str] = field(default_factory=dict)
    explained: dict[str, str] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)
    predicted: set[str] = field(default_factory=set)

    @classmethod
    def of(
        cls,
        operation: Operation,
        requirements: Iterable[Requirement],
        cases: Iterable[Case],
        mutants: Mapping[str, Mutant],
        judgements: Mapping[str, Judgement],
    ) -> _Diagnosis:
        demanded = {requirement.id: requirement for requirement in requirements}
        sent = {case.id: case for case in cases}
        why = "not sent: the run ended before"
        return cls(
            operation,
            demanded,
            {r: mutants[r] for r in demanded if r in mutants},
            sent,
            {c: judgements.get(c) or Judgement(c, Verdict.SKIPPED, reason=why) for c in sent},
        )

    @cached_property
    def misreadings(self) -> Misreadings:
        """The mutants' predictions; computed only where something failed."""
        return Misreadings(self.operation, self.mutants, tuple(self.cases.values()))

    def findings(self) -> Iterator[Finding]:
        """Yield the findings on answers in plan order, then those on requests."""
        failing: dict[tuple[Rule, Intent], dict[str, Violation]] = defaultdict(dict)
        for case in self.cases.values():
            for violation in self.judgements[case.id].violations:
                if violation.pointer == CASE:
                    failing[violation.rule, case.intent][case.id] = violation
                else:
                    yield self._on_answer(case, violation)
        for (rule, intent), cases in sorted(failing.items(), key=lambda item: item[0][1] is Intent.OPEN):
            yield from self._on_requests(rule, intent, cases)

    def _on_answer(self, case: Case, violation: Violation) -> Finding:
        owner = self._owner(violation.rule, violation.pointer)
        if owner is not None:
            self.failed.setdefault(owner.id, violation.actual)
            for other in case.requirements:
                self.answered.setdefault(other, owner.address)
        requirement = owner or self.requirements[case.requirements[0]]
        return self._finding(violation, requirement, violation.pointer, violation.side, case.id)

    def _owner(self, rule: Rule, pointer: Pointer) -> Requirement | None:
        """Return the requirement on answers that a violation breaks."""
        owners = (r for r in self.requirements.values() if r.guard == rule)
        tokens = spelled(pointer)
        fitting = [r for r in owners if tokens[: len(r.pointer)] == spelled(r.pointer)]
        return max(fitting, key=lambda r: len(r.pointer), default=None)

    def _on_requests(self, rule: Rule, intent: Intent, cases: dict[str, Violation]) -> Iterator[Finding]:
        """Explain the failing cases of one rule and intent by as few misreadings as do it."""
        if rule == SERVER_ERROR and (owner := self._owner(rule, (*self.operation.pointer, "responses"))):
            self.failed[owner.id] = "a 5xx was answered"
        group = {c.id for c in self.cases.values() if c.intent is intent and c.rule.on_schema}
        group = group if intent is not Intent.OPEN else set()
        if rule.whole and len(group) > 1 and group <= cases.keys():
            yield self._on_everything(rule, {c: cases[c] for c in group})
            cases = {c: v for c, v in cases.items() if c not in group}
        left = {c: v for c, v in cases.items() if intent is not Intent.OPEN or c not in self.predicted}
        while left and (best := self._widest(left, cases, group)) is not None:
            requirement, covered = best
            covered |= self.misreadings.predicted_large(requirement.id) & cases.keys()
            yield self._on_requirement(requirement, covered, cases)
            left = {c: v for c, v in left.items() if c not in covered}
        for case_id, violation in left.items():
            requirement = self.requirements[self.cases[case_id].requirements[0]]
            yield self._on_requirement(requirement, {case_id}, {case_id: violation})

    def _on_everything(self, rule: Rule, cases: dict[str, Violation]) -> Finding:
        """Every body of a kind fails alike: one finding, on the operation as a whole."""
        if rule != INVALID_ACCEPTED:
            self.predicted |= {c.id for c in self.cases.values() if c.intent is Intent.OPEN}
        first = next(c for c in self.cases if c in cases)
        for case_id, violation in cases.items():
            for failed in self.cases[case_id].requirements:
                self.failed.setdefault(failed, violation.actual)
        requirement = self.requirements[self.cases[first].requirements[0]]
        return self._finding(
            cases[first], requirement, (*self.operation.pointer, rule.whole), rule.side, first
        )

    def _widest(
        self, left: Mapping[str, Violation], failing: Mapping[str, Violation], group: set[str]
    ) -> tuple[Requirement, set[str]] | None:
        """Return the misreading that explains most of what is left, of those that predict nothing else."""
        decided = {c for c in group if self.judgements[c].verdict in (Verdict.PASSED, Verdict.FAILED)}
        asked = {r for c in left for r in self.cases[c].requirements}
        best: tuple[Requirement, set[str]] | None = None
        for requirement in (r for r in self.mutants if r in asked):
            predicted = self.misreadings.predicted(requirement) & decided
            gain = len(predicted & left.keys())
            if predicted <= failing.keys() and gain > (len(best[1] & left.keys()) if best else 0):
                best = self.requirements[requirement], predicted
        return best

    def _on_requirement(
        self, requirement: Requirement, covered: set[str], cases: Mapping[str, Violation]
    ) -> Finding:
        own = [c for c in self.cases if c in covered and requirement.id in self.cases[c].requirements]
        self.predicted |= self.misreadings.predicted(requirement.id)
        first = own[0] if own else next(c for c in self.cases if c in covered)
        if cases[first].rule.level is not FindingLevel.NOTE:  # a note says: lawful, yet worth knowing
            self.failed[requirement.id] = cases[first].actual
        for case_id in covered:
            for other in self.cases[case_id].requirements:
                self.explained.setdefault(other, requirement.address)
        return self._finding(cases[first], requirement, requirement.pointer, requirement.side, first)

    def _finding(
        self, violation: Violation, requirement: Requirement, pointer: Pointer, side: str, case_id: str
    ) -> Finding:
        return Finding(
            rule=violation.rule.id,
            level=violation.rule.level,
            operation=self.operation.name,
            requirement=requirement.address,
            pointer=pointer_text(pointer),
            side=str(side),
            expected=violation.expected,
            actual=violation.actual,
            case=case_id,
        )

    def results(self) -> Iterator[RequirementResult]:
        """Yield the verdict on each requirement; ask after the findings have been drawn."""
        cases = {r: case for case in self.cases.values() for r in case.requirements}
        statuses = {j.status for j in self.judgements.values() if j.status}
        tested = {(rule, j.status) for j in self.judgements.values() for rule in j.trace.tested}
        for requirement in self.requirements.values():
            if requirement.id in self.failed:
                yield RequirementResult(requirement.id, Verdict.FAILED, self.failed[requirement.id])
            elif requirement.guard == STATUS_UNDOCUMENTED and self._accepted:
                yield RequirementResult(requirement.id, Verdict.SKIPPED, self._accepted)
            elif requirement.side is Side.ANSWERS:
                yield _on_answers(requirement, statuses, tested)
            elif requirement.id not in cases:
                yield RequirementResult(requirement.id, Verdict.SKIPPED, requirement.unexercised)
            else:
                yield self._result(requirement.id, self.judgements[cases[requirement.id].id])

    @property
    def _accepted(self) -> str:
        """Why an undocumented answer was accepted of this target, `""` where there was none."""
        skipped = (j for j in self.judgements.values() if j.verdict is Verdict.SKIPPED and j.status)
        return next((j.reason for j in skipped if self.operation.response_for(j.status) is None), "")

    def _result(self, requirement: str, judgement: Judgement) -> RequirementResult:
        if judgement.verdict is Verdict.FAILED:
            explained_by = self.explained.get(requirement, "")
            reason = f"not decided: its case is explained by {explained_by or 'another finding'}"
            return RequirementResult(requirement, Verdict.ERRORED, reason, explained_by)
        explained_by = self.answered.get(requirement, "") if judgement.verdict is Verdict.ERRORED else ""
        return RequirementResult(requirement, judgement.verdict, judgement.reason, explained_by)


def _on_answers(
    requirement: Requirement, statuses: set[int], tested: set[tuple[Rule, int]]
) -> RequirementResult:
    """Pass a requirement on answers where such an answer was seen, could show it, and no rule was broken."""
    guard, status = requirement.guard, requirement.status
    if not _is_seen(status, statuses):
        return RequirementResult(requirement.id, Verdict.SKIPPED, f"no {requirement.place} was answered")
    if guard and guard.untested and not _is_seen(status, {s for rule, s in tested if rule == guard}):
        return RequirementResult(requirement.id, Verdict.SKIPPED, guard.untested)
    return RequirementResult(requirement.id, Verdict.PASSED)


def _is_seen(status: str, statuses: set[int]) -> bool:
    if status in ("", "default"):
        return bool(statuses)
    return any(str(s) == status or f"{s // 100}XX" == status.upper() for s in statuses)
