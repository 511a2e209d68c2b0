"""From violations to causes: which requirement an answer breaks, which misreading explains what requests met.

A mutant predicts which bodies a server that reads the contract its way gets wrong. The mutants whose
predictions all came true, the widest first, are the causes; what they explain says nothing of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from conformance.case import Case, Intent
from conformance.judging.evidence import Evidence
from conformance.judging.judgement import CASE, Violation
from conformance.judging.verdict import Finding, Verdict
from conformance.pointer import Pointer, spelled
from conformance.pointer import text as pointer_text
from conformance.requirement import Requirement
from conformance.rules import FindingLevel, Rule, Side


@dataclass(frozen=True, slots=True)
class Cause:
    """One finding and what hangs on it, by id: the requirements that fail by it, and the cases that it speaks for.

    `is_on_answer` tells that an answer broke a rule, whatever became of its request.
    """

    finding: Finding
    fails: tuple[str, ...]
    cases: tuple[str, ...]
    is_on_answer: bool = False


def causes(evidence: Evidence) -> Iterator[Cause]:
    """Yield the causes of all violations: those on answers in plan order, then those on requests."""
    met: dict[tuple[Rule, Intent], dict[str, Violation]] = defaultdict(dict)
    for case, violation in evidence.violations():
        if violation.pointer == CASE:
            met[violation.rule, case.intent][case.id] = violation
        else:
            yield _on_answer(evidence, case, violation)
    known: set[str] = set()  # cases that a misreading found before predicts: an open one adds nothing
    for (rule, intent), failing in sorted(met.items(), key=lambda item: item[0][1] is Intent.OPEN):
        for cause, predicted in _on_requests(evidence, rule, intent, failing, known):
            yield cause
            known |= predicted


def _on_answer(evidence: Evidence, case: Case, violation: Violation) -> Cause:
    owner = owner_of(evidence, violation, evidence.judgements[case.id].status)
    requirement = owner or evidence.requirements[case.requirements[0]]
    # a warning that no requirement stands for leaves open what its case could not decide
    fails = owner is not None or violation.rule.level is FindingLevel.ERROR
    finding = _finding(violation, requirement, violation.pointer, violation.side, case.id)
    return Cause(finding, (requirement.id,) if fails else (), (case.id,), is_on_answer=True)


def owner_of(evidence: Evidence, violation: Violation, status: int) -> Requirement | None:
    """Return the requirement on answers that a violation breaks, None where none stands for its rule.

    A pointer that leads through a reference is no longer below its response, so the status decides; one
    requirement on a single keyword goes before that on the whole response.
    """
    here = ("", evidence.documented(status))
    guards = (violation.rule, *violation.rule.else_guarded_by)
    for guard in guards:
        owners = [r for r in evidence.guarded if r.guard == guard and r.status in here]
        if owners:
            at = spelled(violation.pointer)
            below = [r for r in owners if at[: len(r.pointer)] == spelled(r.pointer)]
            return (
                max(below, key=lambda r: len(r.pointer))
                if below
                else min(owners, key=lambda r: len(r.pointer))
            )
    return None


def _on_requests(
    evidence: Evidence, rule: Rule, intent: Intent, failing: dict[str, Violation], known: Collection[str]
) -> Iterator[tuple[Cause, set[str]]]:
    """Explain the failing cases of one rule and intent by as few misreadings as do it; yield what each predicts."""
    group = _alike(evidence, intent)
    left = failing
    if rule.whole and len(group) > 1 and group <= failing.keys():
        yield _on_everything(evidence, rule, {c: failing[c] for c in group})
        left = {c: v for c, v in failing.items() if c not in group}
    if intent is Intent.OPEN:
        left = {c: v for c, v in left.items() if c not in known}
    while left and (best := _widest(evidence, left, failing, group)) is not None:
        requirement, covered = best
        covered |= evidence.misreadings.predicted_large(requirement.id) & failing.keys()
        yield _on_requirement(evidence, requirement, covered, failing)
        left = {c: v for c, v in left.items() if c not in covered}
    for case_id in left:
        requirement = evidence.requirements[evidence.cases[case_id].requirements[0]]
        yield _on_requirement(evidence, requirement, {case_id}, failing)


def _alike(evidence: Evidence, intent: Intent) -> set[str]:
    """Return the cases of an intent that a server's reading of the body's schema decides; open ones decide nothing."""
    if intent is Intent.OPEN:
        return set()
    return {c.id for c in evidence.cases.values() if c.intent is intent and c.rule.on_schema}


def _on_everything(evidence: Evidence, rule: Rule, failing: dict[str, Violation]) -> tuple[Cause, set[str]]:
    """Every body of a kind fails alike: one finding, on the operation as a whole."""
    cases = tuple(c for c in evidence.cases if c in failing)
    fails = tuple(r for c in cases for r in evidence.cases[c].requirements)
    pointer = (*evidence.operation.pointer, rule.whole)
    finding = _finding(failing[cases[0]], evidence.requirements[fails[0]], pointer, rule.side, cases[0])
    is_strict = rule.side is not Side.REJECTS
    unclear = {c.id for c in evidence.cases.values() if c.intent is Intent.OPEN} if is_strict else set[str]()
    return Cause(finding, _with_owner(evidence, rule, fails), cases), unclear


def _on_requirement(
    evidence: Evidence, requirement: Requirement, covered: Collection[str], failing: Mapping[str, Violation]
) -> tuple[Cause, set[str]]:
    cases = tuple(c for c in evidence.cases if c in covered)
    own = (c for c in cases if requirement.id in evidence.cases[c].requirements)
    first = next(own, cases[0])
    finding = _finding(failing[first], requirement, requirement.pointer, requirement.side, first)
    # a note says: lawful, yet worth knowing
    fails = (
        ()
        if finding.level is FindingLevel.NOTE
        else _with_owner(evidence, failing[first].rule, (requirement.id,))
    )
    return Cause(finding, fails, cases), evidence.misreadings.predicted(requirement.id)


def _with_owner(evidence: Evidence, rule: Rule, fails: Iterable[str]) -> tuple[str, ...]:
    """Add the requirement on answers that a request's violation breaks as well: that there be no 5xx."""
    return (*fails, *(r.id for r in evidence.guarded if r.guard == rule and not r.status))


def _widest(
    evidence: Evidence, left: Mapping[str, Violation], failing: Mapping[str, Violation], group: set[str]
) -> tuple[Requirement, set[str]] | None:
    """Return the misreading that explains most of what is left, of those that predict nothing else."""
    judgements = evidence.judgements
    decided = {c for c in group if judgements[c].verdict in (Verdict.PASSED, Verdict.FAILED)}
    asked = {r for c in left for r in evidence.cases[c].requirements}
    best: tuple[Requirement, set[str]] | None = None
    for requirement in (r for r in evidence.mutants if r in asked):
        predicted = evidence.misreadings.predicted(requirement) & decided
        gain = len(predicted & left.keys())
        if predicted <= failing.keys() and gain > (len(best[1] & left.keys()) if best else 0):
            best = evidence.requirements[requirement], predicted
    return best


def _finding(
    violation: Violation, requirement: Requirement, pointer: Pointer, side: str, case_id: str
) -> Finding:
    return Finding(
        rule=violation.rule.id,
        level=violation.rule.level,
        operation=requirement.operation,
        requirement=requirement.address,
        pointer=pointer_text(pointer),
        side=str(side),
        expected=violation.expected,
        actual=violation.actual,
        case=case_id,
        requirement_id=requirement.id,
    )
