"""What became of each wanted requirement, as a test tells it: outcome and text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from conformance.case import Case
from conformance.judging.diagnosis import Conclusion
from conformance.judging.verdict import Finding, RequirementResult, Verdict
from conformance.planning.plan import Plan
from conformance.pointer import text as pointer_text
from conformance.requirement import Requirement, Side
from conformance.rules import RULES, FindingLevel
from conformance.sending.curl import curl_line
from conformance.sending.target import Target
from conformance_reports.model import Row, RunReport
from conformance_reports.text import visible

_SHOWN: Final = 3
_TEXT: Final = 2000


def outcomes(
    plan: Plan, target: Target, conclusion: Conclusion, report: RunReport, wanted: frozenset[str]
) -> dict[str, Any]:
    """Return by requirement id its `outcome` and `text`, and `beyond`: a line for each finding of no wanted one.

    `failed` has the finding as its text; so has `accepted`, where the baseline holds it. `errored` is
    what could not be decided, unless the failure of another wanted requirement explains it: that is
    `skipped`, for one mistake is one failure.
    """
    teller = _Teller(plan, target, report)
    failed = {teller.known[r.requirement].address for r in conclusion.results if _is_failed(r, wanted)}
    told = {
        result.requirement: teller.outcome(result, failed)
        for result in conclusion.results
        if result.requirement in wanted
    }
    beyond = [
        visible(f"{f.rule}: {f.requirement}: expected {f.expected}, actual {f.actual}", _TEXT)
        for f in report.findings
        if f.requirement not in failed and f.level is not FindingLevel.NOTE
    ]
    return {"outcomes": told, "beyond": beyond, "requests": report.sent}


def _is_failed(result: RequirementResult, wanted: frozenset[str]) -> bool:
    return result.verdict is Verdict.FAILED and result.requirement in wanted


class _Teller:
    """Knows the run; tells of one requirement at a time."""

    def __init__(self, plan: Plan, target: Target, report: RunReport) -> None:
        self.known = {requirement.id: requirement for requirement in plan.requirements}
        self._deciding = {r: case for case in plan.cases for r in case.requirements}
        self._cases = {case.id: case for case in plan.cases}
        self._keys = {operation.name: operation.key_headers for operation in plan.operations}
        self._target = target
        self._report = report

    def outcome(self, result: RequirementResult, failed: set[str]) -> dict[str, str]:
        """Return outcome and text; `failed` holds the addresses of the failing tests."""
        requirement = self.known[result.requirement]
        outcome, text = result.verdict, visible(result.reason, _TEXT)
        if outcome is Verdict.FAILED:
            text = "\n".join(self._failure(requirement))
            return {"outcome": "accepted" if self._is_accepted(requirement) else "failed", "text": text}
        if not self._report.complete and self._is_open(requirement, outcome):
            outcome, text = Verdict.ERRORED, visible(self._report.stopped, _TEXT)
        elif result.explained_by in failed:
            outcome, text = Verdict.SKIPPED, f"explained by {visible(result.explained_by, _TEXT)}"
        elif result.explained_by:  # by a requirement that no test of this selection stands for
            text = "\n".join((text, *self._own_case(requirement, text)))
        return {"outcome": outcome.value, "text": text}

    def _is_open(self, requirement: Requirement, verdict: Verdict) -> bool:
        """Tell whether what an incomplete run did not send could have changed the verdict."""
        if requirement.id in self._deciding:
            return verdict is not Verdict.PASSED
        return requirement.side is Side.ANSWERS

    def _failure(self, requirement: Requirement) -> Iterator[str]:
        """Yield Requirement, Expected, Actual, Case and curl, for each finding of the requirement."""
        found = self._findings(requirement)
        for finding in found[:_SHOWN]:
            rule = RULES[finding.rule]
            yield f"{rule.level.value} {rule.id}: the server must {rule.demand}"
            yield from _fields(requirement, finding.expected, finding.actual)
            if finding.flaky:
                yield "Flaky        the same request, sent a second time, did not show it"
            yield from self._case(self._cases[finding.case], f" (finding {finding.fingerprint})")
        if len(found) > _SHOWN:
            yield f"and {len(found) - _SHOWN} more findings of this requirement"
        if not found and requirement.id in self._deciding:
            yield from self._own_case(requirement, self._row(requirement).reason)

    def _is_accepted(self, requirement: Requirement) -> bool:
        """Tell whether the baseline holds every finding that the requirement's failure rests on."""
        own = [f for f in self._report.findings if f.operation == requirement.operation]
        return all(finding.baselined for finding in self._findings(requirement) or own)

    def _findings(self, requirement: Requirement) -> list[Finding]:
        """Return the findings that name the requirement; of several at one address, its own."""
        named = [f for f in self._report.findings if f.requirement == requirement.address]
        here = pointer_text(requirement.pointer)
        return [f for f in named if f.pointer == here] or named

    def _own_case(self, requirement: Requirement, actual: str) -> Iterator[str]:
        """Tell of a requirement by its own case, where a finding elsewhere stands for it, too."""
        case = self._deciding[requirement.id]
        yield f"{case.rule.id}: the server must {case.rule.demand}"
        yield from _fields(requirement, " or ".join(case.expected), actual)
        yield from self._case(case, "")

    def _row(self, requirement: Requirement) -> Row:
        return next(row for row in self._report.rows if row.id == requirement.id)

    def _case(self, case: Case, more: str) -> Iterator[str]:
        yield f"Case         {case.id}{more}"
        yield f"curl         {visible(curl_line(case, self._target, self._keys[case.operation]))}"


def _fields(requirement: Requirement, expected: str, actual: str) -> Iterator[str]:
    yield f"Requirement  {visible(requirement.address, _TEXT)}"
    yield f"Expected     {visible(expected, _TEXT)}"
    yield f"Actual       {visible(actual, _TEXT)}"
