"""Probes: requests whose point is the others beside them — texts of their own, and the same one again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from conformance.case import Case, Intent, Request, RunLevel
from conformance.contract.bundle import bundle
from conformance.contract.members import Bundle
from conformance.contract.validator import compile_schema
from conformance.jsonvalue import JSON, NotJSONError, decode, encode
from conformance.observing.echo import Echo
from conformance.openapi.operation import Operation
from conformance.planning.draft import Draft
from conformance.planning.expectation import successes
from conformance.planning.mark import PLACEHOLDERS
from conformance.pointer import Pointer
from conformance.requirement import Requirement, Side
from conformance.rules import OPEN_BEHAVIOUR, VALID_REJECTED

_PROBES: Final = 2
"""They stand side by side in the plan, so that they are under way together."""

_AGAIN: Final = "the document does not say what the same request does a second time"


def probe_drafts(operation: Operation, plain: Request, body: Pointer) -> Iterator[Draft]:
    """Yield plainly valid requests with texts that no other request holds, where the answer may hold them.

    `body` leads to the schema of the request's body. None is yielded where no answer brings a text back.
    """
    contract = bundle(operation.document, body)
    names = _texts(operation, contract)
    validator = compile_schema(contract)
    for number in range(1, _PROBES + 1):
        payload = _payload(plain)
        for name in names:
            varied = ({**payload, name: text} for text in _own_texts(operation.name, name, number))
            payload = next(filter(validator.accepts, varied), payload)
        if not names or payload == _payload(plain):
            return
        requirement = Requirement(
            operation.name,
            "request",
            "texts of its own",
            f"accepts probe {number}",
            Side.ACCEPTS,
            body,
            "probe",
        )
        yield Draft(
            requirement, replace(plain, body=encode(payload)), Intent.VALID, f"probe {number}",
            successes(operation), VALID_REJECTED,
        )  # fmt: skip


def _payload(plain: Request) -> dict[str, JSON]:
    try:
        found = decode(plain.body or b"null")
    except NotJSONError:
        return {}
    return found if isinstance(found, dict) else {}


def _texts(operation: Operation, contract: dict[str, Any]) -> list[str]:
    """Return the members that requests and some documented success share and that may hold any text."""
    schemas = [
        pointer
        for status, response in operation.responses.items()
        for pointer in response.content.values()
        if status.startswith("2") and pointer is not None
    ]
    echoes = (Echo(Bundle(contract), Bundle(bundle(operation.document, pointer))) for pointer in schemas)
    return list(dict.fromkeys(name for echo in echoes for name in echo.texts()))


def _own_texts(operation: str, member: str, number: int) -> Iterator[str]:
    """Yield a text with the mark, and a shorter one; plain texts have it in another spelling, and no part of this."""
    own = hashlib.sha256(f"{operation}/{member}/{number}".encode()).hexdigest()[:12]
    yield f"{PLACEHOLDERS[1]}_{own}"
    yield f"probe-{own}"


def repeated(operation: Operation, plain: Case) -> tuple[Requirement, Case]:
    """Return the requirement that the plainly valid request may come again, and the case: the same bytes.

    The plainly valid request is the preflight's, so the case is sent after it wherever it stands.
    """
    requirement = Requirement(
        operation.name, "request", "repeated", "no 5xx", Side.ACCEPTS, operation.pointer, "repeated"
    )
    case = replace(
        plain,
        id=f"{plain.id}-again",
        intent=Intent.OPEN,
        title="the plainly valid request again",
        expected=tuple(status for status in operation.responses if not status.startswith("5")),
        requirements=(requirement.id,),
        rule=OPEN_BEHAVIOUR,
        level=RunLevel.STANDARD,
        reason=_AGAIN,
        letter=(),
    )
    return requirement, case
