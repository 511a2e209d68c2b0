"""Requirements on answers: what every response owes the document, whatever was asked."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.operation import Operation
from conformance.pointer import Pointer
from conformance.requirement import Requirement, Side


def answer_requirements(operation: Operation) -> Iterator[Requirement]:
    """Yield the requirements that any exchange of the operation can decide.

    The `operator` of such a requirement is the rule that guards it, and its `pointer` leads to the
    documented response, or to all of them.
    """
    responses = (*operation.pointer, "responses")
    yield _answer(operation, "any answer", "no 5xx", "server-error", responses)
    yield _answer(operation, "any answer", "a documented status", "status-undocumented", responses)
    for status, response in operation.responses.items():
        if status.startswith("5"):
            continue  # never asked for, and a finding where it comes
        if response.content:
            yield _answer(
                operation, status, "a documented content type", "content-type-undocumented", response.pointer
            )
        if any(pointer is not None for pointer in response.content.values()):
            yield _answer(
                operation, status, "a body that obeys its schema", "response-schema", response.pointer
            )
        if status.startswith("4") and response.content:
            yield _answer(
                operation, status, "its status in the body", "status-code-mismatch", response.pointer
            )


def _answer(operation: Operation, place: str, demand: str, rule: str, pointer: Pointer) -> Requirement:
    return Requirement(operation.name, place, demand, "answers so", Side.ANSWERS, pointer, rule)
