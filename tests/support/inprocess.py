"""The embedded mock without a socket: every case of a plan answered and judged in this process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from conformance.case import Case, Exchange
from conformance.judging.checks import Judge
from conformance.judging.explanation import Explanation, explain
from conformance.judging.judgement import Judgement
from conformance.mock.message import MockRequest
from conformance.mock.service import Service
from conformance.mock.setup import Setup, build
from conformance.openapi.operation import Operation
from conformance.planning.plan import Plan
from conformance.sending.target import Secret, Target, headers_of, url_of

KEY = "mock-key"


def service(spec: Path, faults: Sequence[str] = (), modes: Sequence[str] = ()) -> Service:
    """Return the mock of the documents at `spec`, with faults, lawful in other ways."""
    return build(Setup(specs=(spec,), faults=tuple(faults), key=KEY, modes=tuple(modes)))


def exchange(mock: Service, operation: Operation, case: Case) -> Exchange:
    """Return what the mock answers to the case."""
    target = Target("", path_params=dict(mock.path_params), key=Secret(KEY))
    headers = headers_of(case.request, target, operation.key_headers)
    request = MockRequest(
        case.request.method,
        url_of(case.request, target).split("?")[0],
        {name.lower().encode(): value.encode() for name, value in headers},
        case.request.body or b"",
    )
    answer = mock.answer(request)
    named = (("content-type", answer.content_type),) if answer.content_type else ()
    body = b"" if case.request.method == "HEAD" else answer.body()
    return Exchange(case.id, answer.status, named, body)


def concluded(plan: Plan, mock: Service, judge: Judge) -> Explanation:
    """Return what a run of the whole plan against the mock concludes."""
    by_name = {operation.name: operation for operation in plan.operations}
    judgements: dict[str, Judgement] = {
        case.id: judge.judge(case, exchange(mock, by_name[case.operation], case)) for case in plan.cases
    }
    return explain(plan, judgements)


class Wire:
    """A sender whose target is a mock of this process."""

    def __init__(self, mock: Service, operations: Sequence[Operation]) -> None:
        self.target = Target(
            "http://mock", path_params=dict(mock.path_params), key=Secret(KEY), concurrency=1
        )
        self._mock = mock
        self._operations = {operation.name: operation for operation in operations}

    async def send(self, case: Case) -> Exchange:
        """Return what the mock answers, at once."""
        return exchange(self._mock, self._operations[case.operation], case)


def part(plan: Plan, operation: str) -> Plan:
    """Return the plan of one operation alone."""
    kept = {r.id for r in plan.requirements if r.operation == operation}
    return Plan(
        tuple(o for o in plan.operations if o.name == operation),
        tuple(r for r in plan.requirements if r.operation == operation),
        tuple(c for c in plan.cases if c.operation == operation),
        {operation: plan.preflight[operation]},
        {r: m for r, m in plan.mutants.items() if r in kept},
    )
