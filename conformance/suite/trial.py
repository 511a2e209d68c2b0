"""One body tried on the target, in pytest's own process: sent, judged, and told where it breaks a rule."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.contract.requests import request_contract
from conformance.explore.clarity import tamed
from conformance.explore.replayed import case_of
from conformance.jsonvalue import JSON, encode
from conformance.judging.tolerance import TolerantJudge
from conformance.judging.verdict import Verdict
from conformance.planning.mark import mark_of
from conformance.planning.plan import Plan
from conformance.planning.stamp import Stamp
from conformance.rules import FindingLevel
from conformance.running import runner
from conformance.running.preflight import refuse_setup_error
from conformance.sending.curl import curl_line
from conformance.sending.sender import Sender
from conformance.sending.target import redact_exchange, redactor
from conformance.session.sending import loop_factory

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from conformance.case import Case
    from conformance.judging.checks import Violation
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
        self._stamp = Stamp(self._plan.operations, self._plan.mutants, mark_of(session.settings.run_id))
        self._runner = closing.enter_context(asyncio.Runner(loop_factory=loop_factory))
        keys = {name: operation.key_headers for name, operation in self._operations.items()}
        self._sender = self._runner.run(Sender(self._target, keys).__aenter__())
        closing.callback(lambda: self._runner.run(self._sender.__aexit__(None, None, None)))
        self._judge = TolerantJudge(self._plan.operations, self._target.accept)
        self._subjects: dict[str, Subject] = {}

    def of(self, operation: str) -> Subject:
        """Return what is tried of one operation. Raises TargetError where a plainly valid request shows no use in it.

        A wrong key would else pass for a server that refuses what it should.
        """
        if operation not in self._subjects:
            subject = Subject(self._operations[operation], self._plan)
            exchange = self._runner.run(self._sender.send(self._stamp.case(subject.base)))
            masked = redact_exchange(exchange, redactor(self._target))
            refuse_setup_error(self._operations[operation], masked, self._target)
            self._subjects[operation] = subject
        return self._subjects[operation]

    def attempt(self, subject: Subject, body: JSON) -> tuple[str, int]:
        """Send the body; return what the contract calls it and the status, 0 where nothing could be decided.

        Raises BrokenRuleError where the answer breaks a rule, or where there is none.
        """
        case = self._stamp.case(subject.case(body))
        exchange = self._runner.run(self._sender.send(case))
        redact = redactor(self._target)
        kept, judgement = runner.judge_exchange(case, exchange, self._judge, redact)
        if not kept.status:
            raise BrokenRuleError(self._text(case, "no answer", "an answer", kept.failure), body)
        for violation in judgement.violations:
            if violation.rule.level is not FindingLevel.NOTE:
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


class Subject:
    """One operation's request body: its plain case `base`, its strategies, and the case of a drawn value."""

    def __init__(self, operation: Operation, plan: Plan) -> None:
        self._operation = operation
        self.base: Case = next(case for case in plan.cases if case.id == plan.preflight[operation.name])

    def case(self, body: JSON) -> Case:
        """Return the case of a body, labelled by the contract."""
        plain = self.base.request
        request = replace(plain, body=encode(body))
        return case_of(self._operation, request, plain, "a drawn body")

    def bodies(self, kind: str) -> SearchStrategy[JSON]:
        """Return the strategy of `valid`, `boundary` or `invalid` bodies. Raises ValueError where there are none."""
        from hypothesis import strategies as st

        import conformance_strategies

        make: Callable[..., SearchStrategy[Any]] = getattr(conformance_strategies, f"{kind}_values")
        contract = request_contract(self._operation)
        assert contract is not None  # noqa: S101 -- asked for only where a body is described
        values = make(contract.schema, root=contract.root)
        # one body in four keeps the characters that make it open: nothing may break on them
        return st.one_of(*[values.map(tamed)] * 3, values)
