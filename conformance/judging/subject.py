"""The subject of the checks: one exchange beside all that the document says of it, looked up once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from conformance.case import Case, Exchange
from conformance.contract.contract import Contract
from conformance.contract.media_types import media_type, part_for
from conformance.contract.requests import response_contract
from conformance.jsonvalue import JSON, NotJSONError, TooDeepError, decoded
from conformance.observing.echo import Echoed
from conformance.observing.trace import Reply, compared
from conformance.openapi.operation import Operation, Response
from conformance.openapi.part import Part
from conformance.planning.expectation import fits


@dataclass(frozen=True, slots=True)
class Subject:
    """One exchange as the checks see it.

    `response` is what the document says of the status, None where it says nothing; `part` is the documented
    body that covers the answer's media type (§4.8.17), and `is_json` tells that it is JSON by that, and whole.
    `value` is the answer's decoded body, or why it is none; `contract` is what its schema demands, and `echoed`
    compares it with what was sent.
    """

    operation: Operation
    case: Case
    exchange: Exchange
    value: JSON | NotJSONError
    response: Response | None = None
    part: Part | None = None
    is_json: bool = False
    contract: Contract | None = None
    echoed: Echoed | None = None

    @property
    def status(self) -> int:
        """The status that was answered."""
        return self.exchange.status

    @property
    def fits(self) -> bool:
        """Whether the status is one that the case wants."""
        return fits(self.status, self.case.expected)

    @property
    def expected(self) -> str:
        """The statuses that the case wants, for people."""
        return " or ".join(self.case.expected)

    @property
    def is_described(self) -> bool:
        """Whether the document describes answers to such a request: not to an undeclared method."""
        return self.case.request.method == self.operation.method

    @property
    def unread(self) -> str:
        """Why JSON was not read that may well be JSON; empty where it was."""
        return str(self.value) if self.is_json and isinstance(self.value, TooDeepError) else ""

    @property
    def reply(self) -> Reply | None:
        """The answer's body beside its contract, None where either is missing."""
        if self.response is None or self.contract is None or isinstance(self.value, NotJSONError):
            return None
        return Reply(self.response.status, self.contract, self.value)


def subject_of(operation: Operation, case: Case, exchange: Exchange) -> Subject:
    """Return the exchange beside what its operation's document says of it (OpenAPI 3.1 §4.8.16, §4.8.17)."""
    bare = Subject(operation, case, exchange, decoded(exchange.body))
    response = operation.response_for(exchange.status) if bare.is_described else None
    content_type = exchange.header("content-type")
    has_body = response is not None and case.request.method != "HEAD"
    part = part_for(response.bodies, content_type) if response and has_body else None
    # what was cut off can't be judged
    is_json = part is not None and not exchange.truncated and _is_json(part.name, content_type)
    contract = response_contract(operation, part) if part and part.schema is not None and is_json else None
    found = replace(bare, response=response, part=part, is_json=is_json, contract=contract)
    reply = found.reply
    return (
        found if reply is None else replace(found, echoed=compared(operation, case, exchange.status, reply))
    )


def _is_json(*names: str) -> bool:
    return any(media_type(name).is_json for name in names)
