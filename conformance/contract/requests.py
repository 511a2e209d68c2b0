"""The contracts of an operation: those of its requests and of its answers."""

from __future__ import annotations

from conformance.case import Exchange
from conformance.contract.contract import Contract, contract_of
from conformance.contract.direction import Direction
from conformance.contract.media_types import json_part, media_type, part_for
from conformance.openapi.operation import Operation
from conformance.openapi.part import Part


def request_contract(operation: Operation) -> Contract | None:
    """Return the contract of the operation's JSON body, None where it describes none.

    Raises DocumentError for a schema with a reference that leads nowhere.
    """
    part = json_part(operation.body.bodies) if operation.body else None
    return None if part is None else contract_of(operation.document, part, Direction.REQUEST)


def sent_contract(operation: Operation, content_type: str) -> Contract | None:
    """Return the contract of a JSON body that came with a content type, None where no schema is given it.

    Raises DocumentError as `request_contract`.
    """
    part = part_for(operation.body.bodies, content_type) if operation.body else None
    if part is None or part.schema is None or not media_type(content_type).is_json:
        return None
    return contract_of(operation.document, part, Direction.REQUEST)


def response_contract(operation: Operation, part: Part) -> Contract:
    """Return the contract of one part of an answer. Raises DocumentError as `request_contract`."""
    return contract_of(operation.document, part, Direction.RESPONSE)


def answer_contract(operation: Operation, answer: Exchange) -> Contract | None:
    """Return the contract of an answer's JSON body, None where no schema is given it. Raises DocumentError."""
    response, content_type = operation.response_for(answer.status), answer.header("content-type")
    part = part_for(response.bodies, content_type) if response else None
    if part is None or part.schema is None or not media_type(content_type).is_json:
        return None
    return response_contract(operation, part)
