"""Faults at work in one operation: what it lets pass, what it misreads, how it answers wrongly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from conformance import pointer as pointers
from conformance.contract.validator import Validator
from conformance.jsonvalue import JSON, NotJSONError, decode
from conformance.mock.endpoint import Endpoint
from conformance.mock.facts import facts_of
from conformance.mock.members import fullest, least
from conformance.mock.message import Answer, MockRequest
from conformance.mock.repeats import Last


@dataclass(frozen=True, slots=True)
class Condition:
    """When an effect applies: `body` over the decoded body, `request` over the rest.

    `request` gives the values that facts about the request must have (see `facts`).
    """

    body: Validator | None = None
    request: tuple[tuple[str, str], ...] = ()

    def holds(self, request: MockRequest, key_headers: tuple[bytes, ...]) -> bool:
        """Tell whether the request meets the condition; a body that isn't JSON meets none over it."""
        facts = facts_of(request, key_headers) if self.request else {}
        if any(facts[name] != value for name, value in self.request):
            return False
        if self.body is None:
            return True
        try:
            return self.body.accepts(decode(request.body))
        except NotJSONError:
            return False


ALWAYS: Final = Condition()


@dataclass(frozen=True, slots=True)
class ResponseEffect:
    """One change to an answer. `at` and `on` limit it to gates and statuses; empty means any.

    A status of another class brings a body that fits it, so that the status is the one thing
    wrong; `if_documented` leaves out a status that the operation does not name. `member` with
    `value` (or REMOVED) edits the JSON body; `text` replaces it. `members` (required or declared)
    leaves the body those alone, or gives it all of those. `last` mixes in what the answer before held.
    """

    condition: Condition = ALWAYS
    at: tuple[str, ...] = ()
    on: tuple[int, ...] = ()
    status: int | None = None
    content_type: str | None = None
    text: bytes | None = None
    member: pointers.Pointer | None = None
    value: Any = None
    if_documented: bool = False
    members: str = ""
    delay: float = 0.0
    is_chunked: bool | None = None
    charset: str = ""
    last: Last | None = None

    def apply(self, endpoint: Endpoint, request: MockRequest, answer: Answer) -> Answer:
        """Return the answer with the change made, or as it is where the effect doesn't apply."""
        if (self.at and answer.gate not in self.at) or (self.on and answer.status not in self.on):
            return answer
        if not self.condition.holds(request, endpoint.key_headers):
            return answer
        if self.if_documented and str(self.status) not in endpoint.operation.responses:
            return answer
        return self._carried(self._said(endpoint, request, answer))

    def _said(self, endpoint: Endpoint, request: MockRequest, answer: Answer) -> Answer:
        """Return the answer with another status, body or content type."""
        changed = answer if self.status is None else _restated(endpoint, answer, self.status)
        if self.last is not None:
            changed = replace(changed, value=self.last.mix(changed.value))
        elif self.member is not None:
            changed = replace(changed, value=pointers.put(changed.value, self.member, self.value))
        if self.text is not None:
            changed = replace(changed, text=self.text)
        if self.content_type is not None:
            changed = replace(changed, content_type=self.content_type)
        return _with_members(endpoint, request, changed, self.members) if self.members else changed

    def _carried(self, answer: Answer) -> Answer:
        """Return the answer to be sent later or otherwise; what it says stays."""
        is_chunked = answer.is_chunked if self.is_chunked is None else self.is_chunked
        media = answer.content_type
        if self.charset and media:
            media = f"{media}; charset={self.charset}"
        return replace(answer, content_type=media, delay=answer.delay + self.delay, is_chunked=is_chunked)


def _with_members(endpoint: Endpoint, request: MockRequest, answer: Answer, members: str) -> Answer:
    found = endpoint.response(answer.status)
    if found is None or answer.text is not None:
        return answer
    if members == "required":
        return replace(answer, value=least(answer.value, found[1]))
    return replace(answer, value=fullest(answer.value, found[1], _sent(request)))


def _sent(request: MockRequest) -> JSON:
    try:
        return decode(request.body)
    except NotJSONError:
        return None


def _restated(endpoint: Endpoint, answer: Answer, status: int) -> Answer:
    if status // 100 == 2:  # the class of success, RFC 9110 §15.3
        fits = answer.status // 100 == 2
        base = answer if fits else endpoint.answer_from_schema(None)
        return replace(base, status=status, gate=answer.gate)
    message = answer.value.get("message") if isinstance(answer.value, dict) else None
    message = message if isinstance(message, str) else "asked for by --fault or --mode"
    return endpoint.error(status, message, answer.gate)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the active faults change in one operation; without any, nothing."""

    skips: frozenset[str] = frozenset()
    schema: Validator | None = None
    conditional: tuple[tuple[Condition, Validator], ...] = ()
    responses: tuple[ResponseEffect, ...] = ()
    key_headers: tuple[bytes, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.skips or self.schema or self.conditional or self.responses)

    def accepts(self, contract: Validator, value: JSON, request: MockRequest) -> bool:
        """Tell whether the misread schema accepts the value; `contract` is the schema as it stands."""
        for condition, validator in self.conditional:
            if condition.holds(request, self.key_headers):
                return validator.accepts(value)
        return (self.schema or contract).accepts(value)

    def alter(self, endpoint: Endpoint, request: MockRequest, answer: Answer) -> Answer:
        """Return the answer with every response effect applied, in order."""
        for effect in self.responses:
            answer = effect.apply(endpoint, request, answer)
        return answer


NO_FAULTS: Final = Policy()
