"""Probes: requests whose point is the others beside them — texts of their own, and the same one again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from conformance.case import Case, Intent, Request, RunLevel
from conformance.contract.bundle import ROOT
from conformance.contract.contract import Contract
from conformance.contract.requests import response_contract
from conformance.jsonvalue import JSON, NotJSONError, decode, encode
from conformance.observing.echo import Echo
from conformance.openapi.operation import Operation
from conformance.planning.draft import Draft
from conformance.planning.expectation import successes
from conformance.planning.mark import PLACEHOLDERS
from conformance.requirement import Requirement, Side
from conformance.rules import OPEN_BEHAVIOUR, VALID_REJECTED

_PROBES: Final = 2
"""They stand side by side in the plan, so that they are under way together."""

_AGAIN: Final = "the document does not say what the same request does a second time"


def probe_drafts(operation: Operation, plain: Request, body: Contract) -> Iterator[Draft]:
    """Yield plainly valid requests with texts that no other request holds, where the answer may hold them.

    `body` is the contract of the request's body. None is yielded where no answer brings a text back.
    """
    names = _texts(operation, body)
    for number in range(1, _PROBES + 1):
        payload = _payload(plain)
        for name in names:
            varied = ({**payload, name: text} for text in _own_texts(operation.name, name, number))
            payload = next(filter(body.accepts, varied), payload)
        if not names or payload == _payload(plain):
            return
        requirement = Requirement(
            operation.name,
            "request",
            "texts of its own",
            f"accepts probe {number}",
            Side.ACCEPTS,
            body.stands_at((ROOT,)),
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


def _texts(operation: Operation, body: Contract) -> list[str]:
    """Return the members that requests and some documented success share and that may hold any text."""
    answers = (
        response_contract(operation, part)
        for status, response in operation.responses.items()
        for part in response.bodies
        if status.startswith("2") and part.schema is not None
    )
    echoes = (Echo(body.bundle, answer.bundle) for answer in answers)
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
