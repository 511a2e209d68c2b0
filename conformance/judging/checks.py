"""Every check of one exchange: a pure function of a subject that yields the violations of a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from conformance.case import Case, Exchange, Intent
from conformance.judging.judgement import CASE, Judgement, Violation
from conformance.judging.on_answers import ON_ANSWERS
from conformance.judging.on_requests import ON_REQUESTS, is_undecided_rejection
from conformance.judging.subject import Subject, subject_of
from conformance.judging.verdict import Verdict
from conformance.observing.created import created_ids
from conformance.observing.response_coverage import Coverage
from conformance.observing.trace import NO_TRACE, Trace, trace_of
from conformance.openapi.operation import Operation
from conformance.planning.expectation import SET_UP
from conformance.rules import FindingLevel

Check: TypeAlias = Callable[[Subject], Iterator[Violation]]

CHECKS: Final[tuple[Check, ...]] = (*ON_REQUESTS, *ON_ANSWERS)
"""In the order in which their violations are told; those of sequences are in `sequence.py`."""


class Judge:
    """Judges the exchanges of a set of operations; `coverage` grows with what their answers show."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._operations: Mapping[str, Operation] = {o.name: o for o in operations}
        self.coverage = Coverage(operations)

    def judge(self, case: Case, exchange: Exchange) -> Judgement:
        """Return the verdict on the case and every rule that the exchange breaks."""
        if not exchange.status:
            return Judgement(case.id, Verdict.ERRORED, reason=f"no answer: {exchange.failure}")
        subject = subject_of(self._operations[case.operation], case, exchange)
        broken = tuple(violations(subject))
        verdict, reason = _verdict(subject, broken)
        trace = NO_TRACE if any(v.rule.ends for v in broken) else self._trace(subject)
        made = created_ids(subject.operation, case, exchange, subject.value)
        return Judgement(case.id, verdict, broken, reason, exchange.status, trace, made)

    def _trace(self, subject: Subject) -> Trace:
        """Note what the answer shows."""
        name, reply = subject.operation.name, subject.reply
        if subject.is_described:
            self.coverage.status(name, subject.status)
        if reply is None or subject.echoed is None:
            return Trace(unread=subject.unread) if subject.unread else NO_TRACE
        shows = self.coverage.body(name, reply.status, reply.contract, reply.body)
        return trace_of(subject.case, subject.status, reply, subject.echoed, shows=shows)


def violations(subject: Subject) -> Iterator[Violation]:
    """Yield what every check finds, up to a violation that ends the matter."""
    for check in CHECKS:
        for violation in check(subject):
            yield violation
            if violation.rule.ends:
                return


def _verdict(subject: Subject, broken: Sequence[Violation]) -> tuple[Verdict, str]:
    """Return the verdict on the case's intent, and why it is no plain pass."""
    case, status = subject.case, subject.status
    if any(v.pointer == CASE and v.rule.level is not FindingLevel.NOTE for v in broken):
        return Verdict.FAILED, ""
    if case.intent is Intent.OPEN:  # anything but a 5xx will do
        return Verdict.PASSED, f"open: {case.reason}; the server answered {status}"
    if subject.fits:
        return Verdict.PASSED, case.reason
    if is_undecided_rejection(subject) or (case.intent is Intent.VALID and status in SET_UP):
        return Verdict.ERRORED, f"{status}: {SET_UP[status]}"
    if case.intent is Intent.VALID:
        return Verdict.ERRORED, f"{status} tells neither success nor rejection"
    return Verdict.PASSED, ""
