"""One body tried on the target, in pytest's own process: sent, judged, and told where it breaks a rule."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.explore.replayed import case_of
from conformance.jsonvalue import JSON, encode
from conformance.judging.gate import closes
from conformance.judging.verdict import Verdict
from conformance.running.preflight import refuse_setup_error
from conformance.sending.curl import curl_line
from conformance.session.attempts import Attempts, bodies
from conformance.session.sending import loop_factory

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from conformance.case import Case
    from conformance.judging.judgement import Violation
    from conformance.openapi.operation import Operation
    from conformance.session.session import Session


class BrokenRuleError(AssertionError):
    """A `body` whose answer breaks a rule; the text says all."""

    def __init__(self, text: str, body: JSON) -> None:
        super().__init__(text)
        self.body = body


class Trial:
    """Tries bodies of the operations of one session, one at a time. Close it to close its connections."""

    def __init__(self, session: Session, closing: ExitStack) -> None:
        """Connect; the session's mock stands in for a target. Raises ConformanceError where that can't be done."""
        self._plan, self._target = session.plan, session.target
        self._operations = {operation.name: operation for operation in self._plan.operations}
        runner = closing.enter_context(asyncio.Runner(loop_factory=loop_factory))
        self._attempts = closing.enter_context(Attempts(session, runner))
        self._subjects: dict[str, Subject] = {}
        self._fail_on = session.settings.fail_on

    def of(self, name: str) -> Subject:
        """Return what is tried of one operation. Raises TargetError where a plainly valid request shows no use in it.

        A wrong key would else pass for a server that refuses what it should.
        """
        if name not in self._subjects:
            operation, plan = self._operations[name], self._plan
            base = next(case for case in plan.cases if case.id == plan.preflight[name])
            refuse_setup_error(operation, self._attempts.send(base).judged.exchange, self._target)
            self._subjects[name] = Subject(operation, base)
        return self._subjects[name]

    def attempt(self, subject: Subject, body: JSON) -> tuple[str, int]:
        """Send the body; return what the contract calls it and the status, 0 where nothing could be decided.

        Raises BrokenRuleError where the answer breaks a rule that the gate fails for, or where there is none.
        """
        attempt = self._attempts.send(subject.case(body))
        case, kept, judgement = attempt.sent, attempt.judged.exchange, attempt.judged.judgement
        if not kept.status:
            raise BrokenRuleError(self._text(case, "no answer", "an answer", kept.failure), body)
        for violation in judgement.violations:
            if closes(violation.rule.level, self._fail_on):
                raise BrokenRuleError(self._told(case, violation), body)
        undecided = judgement.verdict in (Verdict.ERRORED, Verdict.SKIPPED)
        return case.intent.value, 0 if undecided else kept.status

    def _told(self, case: Case, violation: Violation) -> str:
        rule = violation.rule
        head = f"{rule.level.value} {rule.id}: the server must {rule.demand}"
        return self._text(case, head, violation.expected, violation.actual)

    def _text(self, case: Case, head: str, expected: str, actual: str) -> str:
        keys = self._operations[case.operation].key_headers
        lines = (
            head,
            f"Requirement  {case.operation} · body · {case.title} · {_SIDES[case.intent.value]}",
            f"Expected     {expected}",
            f"Actual       {actual}",
            f"Case         {case.id}",
            f"curl         {curl_line(case, self._target, keys)}",
        )
        return "\n".join(
            line.encode("unicode_escape").decode() if not line.isprintable() else line for line in lines
        )


_SIDES = {"valid": "accepts", "invalid": "rejects", "open": "anything documented, never a 5xx"}


@dataclass(frozen=True, slots=True)
class Subject:
    """One operation's request body, in its plain case."""

    operation: Operation
    base: Case

    def case(self, body: JSON) -> Case:
        """Return the case of a body, labelled by the contract."""
        plain = self.base.request
        return case_of(self.operation, replace(plain, body=encode(body)), plain, "a drawn body")

    def bodies(self, kind: str) -> SearchStrategy[JSON]:
        """Return the strategy of `valid`, `boundary` or `invalid` bodies. Raises ValueError where there are none."""
        return bodies(self.operation, kind)
