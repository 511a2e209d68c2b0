"""From judgements to what they prove: a verdict for each requirement with its reason, and the findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from conformance.judging.causes import Cause, causes
from conformance.judging.evidence import Evidence, evidence_of
from conformance.judging.judgement import Judgement
from conformance.judging.sequence import across
from conformance.judging.verdict import Finding, RequirementResult, Verdict
from conformance.planning.plan import Plan
from conformance.requirement import NO_REASON, Reason, ReasonKind, Requirement
from conformance.rules import SERVER_ERROR, STATUS_UNDOCUMENTED, Rule, Side


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a run proved: a result for each requirement in plan order, and the findings.

    Each finding names the requirement that it is of; what fails with another's finding is explained by that.
    """

    results: tuple[RequirementResult, ...]
    findings: tuple[Finding, ...]


def explain(plan: Plan, judgements: Mapping[str, Judgement]) -> Explanation:
    """Return results and findings; the same judgements give the same explanation in any order."""
    results: dict[str, RequirementResult] = {}
    findings: dict[str, Finding] = {}
    for evidence in evidence_of(plan, across(plan.cases, judgements)):
        found = tuple(causes(evidence))
        for cause in found:
            findings.setdefault(cause.finding.fingerprint, cause.finding)
        results |= {r.requirement: r for r in _results(evidence, found, findings)}
    return Explanation(tuple(results[r.id] for r in plan.requirements), tuple(findings.values()))


def _results(
    evidence: Evidence, found: Iterable[Cause], findings: Mapping[str, Finding]
) -> Iterator[RequirementResult]:
    failed, spoken, answered = _first(found, findings)
    deciding = {r: case.id for case in evidence.cases.values() for r in case.requirements}
    seen = _seen(evidence)
    accepted = _accepted(evidence)
    for requirement in evidence.requirements.values():
        identity, case = requirement.id, deciding.get(requirement.id)
        if identity in failed:
            yield _failed(evidence, requirement, case, failed[identity])
        elif requirement.guard == STATUS_UNDOCUMENTED and accepted:
            reason = Reason(ReasonKind.ACCEPTED_BY_CONFIGURATION, accepted)
            yield RequirementResult(identity, Verdict.SKIPPED, reason)
        elif requirement.side is Side.ANSWERS:
            yield _on_answers(requirement, seen)
        elif case is None:
            yield RequirementResult(identity, Verdict.SKIPPED, requirement.unexercised)
        elif evidence.judgements[case].verdict is Verdict.FAILED:
            yield _explained(evidence, identity, spoken.get(case, ""))
        else:
            judgement = evidence.judgements[case]
            by = answered.get(case, "") if judgement.verdict is Verdict.ERRORED else ""
            yield RequirementResult(identity, judgement.verdict, _reason(judgement), by)


def _first(
    found: Iterable[Cause], findings: Mapping[str, Finding]
) -> tuple[dict[str, Finding], dict[str, str], dict[str, str]]:
    """Return the first finding by which each requirement fails, and what explains each case: a request, an answer.

    Of causes with one fingerprint only the first is a finding, so it stands for the others.
    """
    failed: dict[str, Finding] = {}
    spoken: dict[str, str] = {}
    answered: dict[str, str] = {}
    for cause in found:
        finding = findings[cause.finding.fingerprint]
        for requirement in cause.fails:
            failed.setdefault(requirement, finding)
        for case in cause.cases if cause.fails else ():
            (answered if cause.is_on_answer else spoken).setdefault(case, finding.requirement_id)
    return failed, spoken, answered


def _failed(
    evidence: Evidence, requirement: Requirement, case: str | None, finding: Finding
) -> RequirementResult:
    """Return the result of what a finding, its own or another's, shows to be broken."""
    own = evidence.judgements[case].violations if case else ()
    shown = next((v.actual for v in own if v.rule.id == finding.rule), finding.actual)
    text = "a 5xx was answered" if requirement.guard == SERVER_ERROR else shown
    by = finding.requirement_id if finding.requirement_id != requirement.id else ""
    return RequirementResult(requirement.id, Verdict.FAILED, Reason(ReasonKind.OBSERVED, text), by)


def _explained(evidence: Evidence, requirement: str, by: str) -> RequirementResult:
    """Return the result of a requirement whose case failed for another's misreading."""
    named = evidence.requirements[by].address if by else "another finding"
    reason = Reason(ReasonKind.EXPLAINED, f"not decided: its case is explained by {named}")
    return RequirementResult(requirement, Verdict.ERRORED, reason, by)


def _reason(judgement: Judgement) -> Reason:
    """Return why a judgement is no plain pass."""
    kinds = {
        Verdict.PASSED: ReasonKind.OPEN,
        Verdict.FAILED: ReasonKind.OBSERVED,
        Verdict.ERRORED: ReasonKind.UNDECIDED if judgement.status else ReasonKind.NO_ANSWER,
        Verdict.SKIPPED: ReasonKind.ACCEPTED_BY_CONFIGURATION if judgement.status else ReasonKind.NOT_SENT,
    }
    return Reason(kinds[judgement.verdict], judgement.reason) if judgement.reason else NO_REASON


def _accepted(evidence: Evidence) -> str:
    """Return why an undocumented answer was accepted of this target, `""` where there was none."""
    skipped = (j for j in evidence.judgements.values() if j.verdict is Verdict.SKIPPED and j.status)
    return next((j.reason for j in skipped if not evidence.documented(j.status)), "")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What answers showed, by documented status; `""` is among the `statuses` where anything was answered.

    `tested` are the rules that each could show, `unread` says why a body under it was not read.
    """

    statuses: frozenset[str]
    tested: frozenset[tuple[Rule, str]]
    unread: Mapping[str, str]


def _seen(evidence: Evidence) -> _Seen:
    answered = [(j, evidence.documented(j.status)) for j in evidence.judgements.values() if j.status]
    return _Seen(
        frozenset(at for _, status in answered for at in ("", status)),
        frozenset((rule, status) for judgement, status in answered for rule in judgement.trace.tested),
        {status: judgement.trace.unread for judgement, status in answered if judgement.trace.unread},
    )


def _on_answers(requirement: Requirement, seen: _Seen) -> RequirementResult:
    """Pass a requirement on answers where such an answer was seen, could show it, and no rule was broken."""
    guard, status = requirement.guard, requirement.status
    if status not in seen.statuses:
        reason = Reason(ReasonKind.NO_SUCH_ANSWER, f"no {requirement.place} was answered")
        return RequirementResult(requirement.id, Verdict.SKIPPED, reason)
    if guard and guard.untested and (guard, status) not in seen.tested:
        untested = Reason(ReasonKind.UNTESTED, guard.untested)
        unread = Reason(ReasonKind.NOT_READ, seen.unread.get(status, ""))
        reason = unread if unread.text else untested
        return RequirementResult(requirement.id, Verdict.SKIPPED, reason)
    return RequirementResult(requirement.id, Verdict.PASSED)
