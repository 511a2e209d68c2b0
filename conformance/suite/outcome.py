"""What became of each wanted requirement, as a test tells it: outcome and text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from conformance.case import Case
from conformance.judging.gate import Outcome
from conformance.judging.verdict import Verdict
from conformance.planning.plan import Plan
from conformance.rules import RULES, FindingLevel, Side
from conformance.sending.curl import curl_line
from conformance.sending.target import Target
from conformance_reports.model import Row, RunReport
from conformance_reports.text import visible

_SHOWN: Final = 3
_TEXT: Final = 2000


def outcomes(plan: Plan, target: Target, report: RunReport, wanted: frozenset[str]) -> dict[str, Any]:
    """Return by requirement id its `outcome` and `text`, and `beyond`: a line for each finding that no test tells.

    `failed` has the finding as its text; so has `accepted`, where the baseline holds it. `errored` is
    what could not be decided, unless the finding of another wanted requirement explains it: that is
    `skipped`, for one mistake is one failure.
    """
    teller = _Teller(plan, target, report)
    rows = [row for row in report.rows if row.id in wanted]
    failed = [row for row in rows if report.outcome(row) in (Outcome.FAILED, Outcome.ACCEPTED)]
    shown = {finding.fingerprint for row in failed for finding in report.findings_of(row)}
    beyond = [
        visible(f"{f.rule}: {f.requirement}: expected {f.expected}, actual {f.actual}", _TEXT)
        for f in report.findings
        if f.fingerprint not in shown and f.level is not FindingLevel.NOTE
    ]
    told = {row.id: teller.outcome(row, {row.id for row in rows}) for row in rows}
    return {"outcomes": told, "beyond": beyond, "requests": report.sent}


class _Teller:
    """Knows the run; tells of one requirement at a time."""

    def __init__(self, plan: Plan, target: Target, report: RunReport) -> None:
        self._requirements = {requirement.id: requirement for requirement in plan.requirements}
        self._deciding = {r: case for case in plan.cases for r in case.requirements}
        self._cases = {case.id: case for case in plan.cases}
        self._keys = {operation.name: operation.key_headers for operation in plan.operations}
        self._target = target
        self._report = report

    def outcome(self, row: Row, wanted: set[str]) -> dict[str, str]:
        """Return outcome and text; `wanted` holds the ids of the requirements that have a test."""
        outcome, text = self._report.outcome(row), visible(row.reason, _TEXT)
        if outcome in (Outcome.FAILED, Outcome.ACCEPTED):
            text = "\n".join(self._failure(row))
        elif not self._report.complete and self._is_open(row):
            outcome, text = Outcome.ERRORED, visible(self._report.stopped, _TEXT)
        elif row.verdict is Verdict.ERRORED and row.explained_by in wanted:
            text = f"explained by {visible(self._report.address(row.explained_by), _TEXT)}"
        elif row.verdict is Verdict.ERRORED and row.explained_by:  # no test of this selection stands for that
            outcome, text = Outcome.ERRORED, "\n".join((text, *self._own_case(row)))
        return {"outcome": outcome.value, "text": text}

    def _is_open(self, row: Row) -> bool:
        """Tell whether what an incomplete run did not send could have changed the verdict."""
        if row.id in self._deciding:
            return row.verdict is not Verdict.PASSED
        return self._requirements[row.id].side is Side.ANSWERS

    def _failure(self, row: Row) -> Iterator[str]:
        """Yield Requirement, Expected, Actual, Case and curl, for each finding of the requirement."""
        if row.explained_by and row.id in self._deciding:
            yield from self._own_case(row)
            return
        found = self._report.findings_of(row)
        for finding in found[:_SHOWN]:
            rule = RULES[finding.rule]
            yield f"{rule.level.value} {rule.id}: the server must {rule.demand}"
            yield from _fields(row, finding.expected, finding.actual)
            if finding.flaky:
                yield "Flaky        the same request, sent a second time, did not show it"
            yield from self._case(self._cases[finding.case], f" (finding {finding.fingerprint})")
        if len(found) > _SHOWN:
            yield f"and {len(found) - _SHOWN} more findings of this requirement"

    def _own_case(self, row: Row) -> Iterator[str]:
        """Tell of a requirement by its own case, where a finding elsewhere stands for it, too."""
        case = self._deciding[row.id]
        yield f"{case.rule.id}: the server must {case.rule.demand}"
        yield from _fields(row, " or ".join(case.expected), row.reason)
        yield from self._case(case, "")

    def _case(self, case: Case, more: str) -> Iterator[str]:
        yield f"Case         {case.id}{more}"
        yield f"curl         {visible(curl_line(case, self._target, self._keys[case.operation]))}"


def _fields(row: Row, expected: str, actual: str) -> Iterator[str]:
    yield f"Requirement  {visible(row.address, _TEXT)}"
    yield f"Expected     {visible(expected, _TEXT)}"
    yield f"Actual       {visible(actual, _TEXT)}"
