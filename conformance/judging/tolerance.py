"""Tolerance: statuses that a target is known to answer beyond its document, neither findings nor passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from conformance.case import Case, Exchange, Intent
from conformance.judging.checks import Judge
from conformance.judging.judgement import Judgement
from conformance.judging.verdict import Verdict
from conformance.observing.response_coverage import Coverage
from conformance.openapi.operation import Operation
from conformance.openapi.selection import matches
from conformance.planning.expectation import fits


class TolerantJudge:
    """Judges as Judge does, but of a status that the target is known to answer it decides nothing.

    `accept` is that of the Target: a glob over operations to statuses. What the document expects of
    a case stays a pass, and what is wrong with an answer's body stays a violation.
    """

    def __init__(self, operations: Sequence[Operation], accept: Mapping[str, tuple[str, ...]]) -> None:
        self._judge = Judge(operations)
        self._statuses = {
            operation.name: tuple(s for glob in accept if matches(operation, glob) for s in accept[glob])
            for operation in operations
        }

    @property
    def coverage(self) -> Coverage:
        """What the answers judged so far showed of the documented ones."""
        return self._judge.coverage

    def judge(self, case: Case, exchange: Exchange) -> Judgement:
        """Return the verdict on the case and every rule that the exchange breaks."""
        judgement = self._judge.judge(case, exchange)
        accepted = self._statuses.get(case.operation, ())
        if fits(exchange.status, case.expected) or not fits(exchange.status, accepted):
            return judgement
        kept = tuple(v for v in judgement.violations if not v.rule.on_status)
        if case.intent is Intent.OPEN:
            return replace(judgement, violations=kept)
        reason = f"{exchange.status} accepted by conformance.toml"
        return replace(judgement, verdict=Verdict.SKIPPED, violations=kept, reason=reason)


def exercised(cases: Iterable[Case], judgements: Mapping[str, Judgement]) -> frozenset[str]:
    """Return the operations of which some valid case got an answer that is not merely accepted."""
    valid = (case for case in cases if case.intent is Intent.VALID and case.id in judgements)
    return frozenset(c.operation for c in valid if judgements[c.id].verdict is not Verdict.SKIPPED)
