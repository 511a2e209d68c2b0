"""Requirements on answers: what every response owes the document, whatever was asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.contract.bundle import ROOT
from conformance.contract.contract import Contract
from conformance.contract.keywords import Schema, descend
from conformance.contract.validator import compile_schema
from conformance.openapi.document import resolve
from conformance.openapi.operation import Operation
from conformance.pointer import Pointer
from conformance.requirement import Reason, ReasonKind, Requirement, Side
from conformance.rules import (
    ANSWER_LEAKS,
    CONTENT_TYPE_UNDOCUMENTED,
    DEFAULT_MISSING,
    ECHO_CHANGED,
    ID_REPEATED,
    RESPONSE_SCHEMA,
    SERVER_ERROR,
    STATUS_CODE_MISMATCH,
    STATUS_UNDOCUMENTED,
    Rule,
)


def answer_requirements(operation: Operation) -> Iterator[Requirement]:
    """Yield the requirements that any exchange of the operation can decide.

    The `guard` of such a requirement is also its operator, and its `pointer` leads to the documented
    response, or to all of them.
    """
    responses = (*operation.pointer, "responses")
    yield _answer(operation, "", "no 5xx", SERVER_ERROR, responses)
    yield _answer(operation, "", "a documented status", STATUS_UNDOCUMENTED, responses)
    for status, response in operation.responses.items():
        if status.startswith("5"):
            continue  # never asked for, and a finding where it comes
        if response.bodies:
            yield _answer(
                operation, status, "a documented content type", CONTENT_TYPE_UNDOCUMENTED, response.pointer
            )
        if any(part.schema is not None for part in response.bodies):
            yield _answer(
                operation, status, "a body that obeys its schema", RESPONSE_SCHEMA, response.pointer
            )
        if status.startswith("2") and any(part.schema is not None for part in response.bodies):
            yield from _beyond(operation, status, response.pointer)
        if status.startswith("4") and response.bodies:
            yield _answer(operation, status, "its status in the body", STATUS_CODE_MISMATCH, response.pointer)


def unclear_requirements(operation: Operation, contract: Contract) -> Iterator[Requirement]:
    """Yield the places where the document contradicts itself, found by rule, each with its reason.

    A default that its own schema refuses says nothing; a member that the response requires and the
    request leaves optional must be sent all the same.
    """
    for at, schema in descend(contract.schema, (ROOT,)):
        if (
            isinstance(schema, dict)
            and "default" in schema
            and not compile_schema(_alone(schema)).accepts(schema["default"])
        ):
            why = f"the default {schema['default']!r} is none of the values the schema allows"
            requirement = Requirement(
                operation.name, "body" + "".join(f"/{t}" for t in at[1:] if t != "properties"), "default",
                "is unclear", Side.ACCEPTS, contract.stands_at((*at, "default")), "unclear-default",
                Reason(ReasonKind.UNCLEAR, why),
            )  # fmt: skip
            yield requirement
    optional = _optional_members(contract.schema)
    for status, response in operation.responses.items():
        for part in response.bodies:
            if status.startswith("2") and part.schema is not None:
                yield from _promised(operation, status, part.schema, optional)


def _alone(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        key: schema[key]
        for key in ("type", "enum", "const", "pattern", "minLength", "maxLength")
        if key in schema
    }


def _optional_members(body: Schema) -> set[str]:
    if isinstance(body, bool):
        return set()
    return set(body.get("properties", {})) - set(body.get("required", ()))


def _promised(
    operation: Operation, status: str, pointer: Pointer, optional: set[str]
) -> Iterator[Requirement]:
    schema, at = resolve(operation.document, pointer)
    required = schema.get("required", []) if isinstance(schema, dict) else []
    for index, name in enumerate(required):
        if name in optional:
            yield Requirement(
                operation.name, status, f"{name} required, though the request leaves it optional", "answers so",
                Side.ANSWERS, (*at, "required", index), RESPONSE_SCHEMA.id, guard=RESPONSE_SCHEMA, status=status,
            )  # fmt: skip


def _beyond(operation: Operation, status: str, at: Pointer) -> Iterator[Requirement]:
    """Yield what a success owes beyond its schema: to its own request, and to all others."""
    if operation.body is not None:
        yield _answer(operation, status, "what was sent, unchanged", ECHO_CHANGED, at)
        yield _answer(operation, status, "the default of what was left out", DEFAULT_MISSING, at)
        yield _answer(operation, status, "nothing of another request", ANSWER_LEAKS, at)
    if operation.method == "POST" and status == "201":
        yield _answer(operation, status, "an id of its own", ID_REPEATED, at)


def _answer(operation: Operation, status: str, demand: str, guard: Rule, pointer: Pointer) -> Requirement:
    return Requirement(
        operation.name, status or "any answer", demand, "answers so", Side.ANSWERS, pointer, guard.id,
        guard=guard, status=status,
    )  # fmt: skip
