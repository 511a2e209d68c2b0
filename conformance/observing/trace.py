"""Traces: what one exchange leaves for the checks that look at more than its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from conformance import pointer as pointers
from conformance.case import Case, Intent
from conformance.contract.bundle import ROOT
from conformance.contract.contract import Contract
from conformance.contract.requests import request_contract
from conformance.jsonvalue import JSON, NotJSONError, decode, encode
from conformance.observing.echo import Change, Echo, Echoed, digest
from conformance.observing.response_coverage import Coverage
from conformance.openapi.operation import Operation
from conformance.pointer import Pointer
from conformance.rules import ID_REPEATED, RESPONSE_SCHEMA, RULES, Rule


@dataclass(frozen=True, slots=True)
class Trace:
    """What an exchange says to the checks over several; of values only digests, no secret among them.

    `tested` are the rules that had something to judge. `made` is where the created thing's id stands
    and what it is. `sent` and `foreign` are as in Echoed, their pointers into the document.
    """

    tested: frozenset[Rule] = frozenset()
    made: tuple[Pointer, str] | None = None
    sent: frozenset[str] = frozenset()
    foreign: tuple[tuple[Pointer, str], ...] = ()


NO_TRACE: Final = Trace()


def to_json(trace: Trace) -> dict[str, JSON]:
    """Return the trace as plain data; what is empty is left out."""
    parts = {
        "tested": sorted(rule.id for rule in trace.tested),
        "made": trace.made and [pointers.text(trace.made[0]), trace.made[1]],
        "sent": sorted(trace.sent),
        "foreign": [[pointers.text(at), text] for at, text in trace.foreign],
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
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """A decoded answer: the documented status it falls under, the contract of its body, the body."""

    status: str
    contract: Contract
    body: JSON


class Observer:
    """Looks at the answers of a set of operations; `coverage` grows with each."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._operations: Mapping[str, Operation] = {o.name: o for o in operations}
        self._echoes: dict[tuple[str, Pointer], Echo | None] = {}
        self.coverage = Coverage(operations)

    def observe(self, case: Case, status: int, reply: Reply) -> tuple[list[Change], Trace]:
        """Return the members that came back changed, and the trace. Pointers lead into the document."""
        told = {RESPONSE_SCHEMA} if self._shows(case, reply) else set[Rule]()
        if status // 100 != 2 or case.intent is Intent.INVALID:
            return [], Trace(frozenset(told))
        made = self._id(case, reply) if status == 201 else None
        echoed = self._compare(case, reply)
        tested = frozenset(told | echoed.tested | ({ID_REPEATED} if made else set()))
        changes = [replace(c, pointer=reply.contract.stands_at(c.pointer)) for c in echoed.changes]
        foreign = tuple((reply.contract.stands_at(at), text) for at, text in echoed.foreign)
        return changes, Trace(tested, made, frozenset(echoed.sent), foreign)

    def _shows(self, case: Case, reply: Reply) -> bool:
        return self.coverage.body(case.operation, reply.status, reply.contract, reply.body)

    def _compare(self, case: Case, reply: Reply) -> Echoed:
        """Compare what came with what was sent, where the contract is clear that it was taken as sent."""
        echo = self._echo(case.operation, reply.contract)
        if echo is None or case.intent is not Intent.VALID or case.request.body is None:
            return Echoed()
        try:
            return echo.compare(decode(case.request.body), reply.body)
        except NotJSONError:
            return Echoed()

    def _echo(self, name: str, answer: Contract) -> Echo | None:
        key = (name, answer.part.pointer)
        if key not in self._echoes:
            request = request_contract(self._operations[name])
            self._echoes[key] = None if request is None else Echo(request.bundle, answer.bundle)
        return self._echoes[key]

    def _id(self, case: Case, reply: Reply) -> tuple[Pointer, str] | None:
        """Return the id of what a POST created: the declared top-level member `id`, where it obeys."""
        if case.request.method != "POST" or not isinstance(reply.body, dict) or "id" not in reply.body:
            return None
        declared = reply.contract.bundle.members(((ROOT,),)).get("id", ())
        value = reply.body["id"]
        if not declared or not reply.contract.bundle.accepts(declared, value):
            return None
        return reply.contract.stands_at(declared[0]), digest(encode(value).decode())
