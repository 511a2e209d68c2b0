"""Traces: what one exchange leaves for the checks that look at more than its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from conformance import pointer as pointers
from conformance.case import Case, Intent
from conformance.contract.bundle import ROOT
from conformance.contract.contract import Contract
from conformance.contract.requests import request_contract
from conformance.jsonvalue import JSON, NotJSONError, decode, encode
from conformance.observing.echo import Echo, Echoed, digest
from conformance.openapi.operation import Operation
from conformance.pointer import Pointer
from conformance.rules import ID_REPEATED, RESPONSE_SCHEMA, RULES, Rule


@dataclass(frozen=True, slots=True)
class Trace:
    """What an exchange says to the checks over several; of values only digests, no secret among them.

    `tested` are the rules that had something to judge. `made` is where the created thing's id stands
    and what it is. `sent` and `foreign` are as in Echoed, their pointers into the document. `unread` says why
    a body was not read that may well have obeyed its schema.
    """

    tested: frozenset[Rule] = frozenset()
    made: tuple[Pointer, str] | None = None
    sent: frozenset[str] = frozenset()
    foreign: tuple[tuple[Pointer, str], ...] = ()
    unread: str = ""


NO_TRACE: Final = Trace()


def to_json(trace: Trace) -> dict[str, JSON]:
    """Return the trace as plain data; what is empty is left out."""
    parts = {
        "tested": sorted(rule.id for rule in trace.tested),
        "made": trace.made and [pointers.text(trace.made[0]), trace.made[1]],
        "sent": sorted(trace.sent),
        "foreign": [[pointers.text(at), text] for at, text in trace.foreign],
        "unread": trace.unread,
    }
    return {name: part for name, part in parts.items() if part}


def from_json(content: Mapping[str, Any]) -> Trace:
    """Return the trace that `to_json` wrote, its pointers as texts only.

    Raises TypeError, KeyError or ValueError for anything else.
    """
    made = [(pointers.parse(at), str(text)) for at, text in ([content["made"]] if "made" in content else ())]
    return Trace(
        frozenset(RULES[rule] for rule in content.get("tested", ())),
        made[0] if made else None,
        frozenset(map(str, content.get("sent", ()))),
        tuple((pointers.parse(at), str(text)) for at, text in content.get("foreign", ())),
        str(content.get("unread", "")),
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """A decoded answer: the documented status it falls under, the contract of its body, the body."""

    status: str
    contract: Contract
    body: JSON


def compared(operation: Operation, case: Case, status: int, reply: Reply) -> Echoed:
    """Compare a success with what was sent, where the contract is clear that it was taken as sent.

    Pointers lead into the document.
    """
    echo = _echo(operation, reply.contract) if status // 100 == 2 and case.intent is Intent.VALID else None
    if echo is None or case.request.body is None:
        return Echoed()
    try:
        found = echo.compare(decode(case.request.body), reply.body)
    except NotJSONError:
        return Echoed()
    found.changes = [replace(c, pointer=reply.contract.stands_at(c.pointer)) for c in found.changes]
    found.foreign = [(reply.contract.stands_at(at), text) for at, text in found.foreign]
    return found


def _echo(operation: Operation, answer: Contract) -> Echo | None:
    """Return what compares the operation's answers with its requests; the contract keeps it."""
    key = f"echo {operation.name}"
    if key not in answer.memo:
        request = request_contract(operation)
        answer.memo[key] = None if request is None else Echo(request.bundle, answer.bundle)
    found: Echo | None = answer.memo[key]
    return found


def trace_of(case: Case, status: int, reply: Reply, echoed: Echoed, *, shows: bool) -> Trace:
    """Return the trace of an answer; `shows` tells that its body says more than any object would."""
    tested = {RESPONSE_SCHEMA} if shows else set[Rule]()
    if status // 100 != 2 or case.intent is Intent.INVALID:
        return Trace(frozenset(tested))
    made = _id(case, reply) if status == 201 else None
    tested |= echoed.tested | ({ID_REPEATED} if made else set())
    return Trace(frozenset(tested), made, frozenset(echoed.sent), tuple(echoed.foreign))


def _id(case: Case, reply: Reply) -> tuple[Pointer, str] | None:
    """Return the id of what a POST created: the declared top-level member `id`, where it obeys."""
    if case.request.method != "POST" or not isinstance(reply.body, dict) or "id" not in reply.body:
        return None
    declared = reply.contract.bundle.members(((ROOT,),)).get("id", ())
    value = reply.body["id"]
    if not declared or not reply.contract.bundle.accepts(declared, value):
        return None
    return reply.contract.stands_at(declared[0]), digest(encode(value).decode())
