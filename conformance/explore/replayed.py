"""Stored failures as cases of the next run, judged by the contract anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from conformance.case import Case, Intent, Request, RunLevel
from conformance.contract.requests import request_contract
from conformance.explore.clarity import label
from conformance.explore.failure import Failure
from conformance.openapi.operation import Operation
from conformance.planning.expectation import rejections, successes
from conformance.planning.plan import Plan
from conformance.pointer import parse
from conformance.requirement import Requirement, Side
from conformance.rules import INVALID_ACCEPTED, OPEN_BEHAVIOUR, VALID_REJECTED


def case_of(operation: Operation, request: Request, base: Request, title: str) -> Case:
    """Return the case of a request that nobody planned; open where more than `base`'s body was varied."""
    intent, reason = label(request_contract(operation), request.body)
    if replace(request, body=base.body) != base:
        intent, reason = Intent.OPEN, "ids, key, query or headers were varied as well"
    match intent:
        case Intent.VALID:
            expected, rule = successes(operation), VALID_REJECTED
        case Intent.INVALID:
            expected, rule = rejections(operation), INVALID_ACCEPTED
        case _:
            documented = (status for status in operation.responses if not status.startswith("5"))
            expected, rule = (*documented, "4XX"), OPEN_BEHAVIOUR
    return Case(
        f"{operation.name}-{request.digest}", operation.name, intent, title, request, expected, (), rule,
        reason=reason,
    )  # fmt: skip


def with_failures(
    plan: Plan, failures: Iterable[Failure], max_body: int | None = None
) -> tuple[Plan, tuple[str, ...]]:
    """Return the plan with a case for each failure of its operations, and a note for each that was dropped.

    One whose request the plan has already, or whose body is over `max_body` bytes, adds nothing.
    """
    operations = {operation.name: operation for operation in plan.operations}
    cases = {case.id: case for case in plan.cases}
    requirements, notes = list(plan.requirements), []
    for failure in failures:
        operation = operations.get(failure.operation)
        size = len(failure.request.body or b"")
        if operation is None or failure.case_id in cases or (max_body is not None and size > max_body):
            continue
        base = cases[plan.preflight[operation.name]].request
        case = _replayed(operation, failure, base)
        if case.intent is not failure.intent:
            notes.append(
                f"stored failure {failure.fingerprint} is dropped: the contract now calls its request "
                f"{case.intent}, not {failure.intent}; delete its file"
            )
            continue
        requirement = _requirement(failure, case)
        requirements.append(requirement)
        cases[case.id] = replace(case, requirements=(requirement.id,))
    return replace(plan, requirements=tuple(requirements), cases=tuple(cases.values())), tuple(notes)


def _replayed(operation: Operation, failure: Failure, base: Request) -> Case:
    # method and path are the document's, whatever the file says
    request = replace(failure.request, method=operation.method, path=operation.path)
    case = case_of(operation, request, base, f"found by exploration: {failure.why}")
    return replace(case, id=failure.case_id, level=RunLevel.STANDARD)


def _requirement(failure: Failure, case: Case) -> Requirement:
    side = Side.REJECTS if case.intent is Intent.INVALID else Side.ACCEPTS
    return Requirement(
        failure.operation, "body", "found by exploration", f"{side} {failure.request.digest}", side,
        parse(failure.pointer), "explored",
    )  # fmt: skip
