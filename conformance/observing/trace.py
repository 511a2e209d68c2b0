"""Traces: what one exchange leaves for the checks that look at more than its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from conformance import pointer as pointers
from conformance.case import Case, Intent
from conformance.contract.bundle import ROOT, document_pointer
from conformance.contract.members import Bundle, Bundles
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
    """A decoded answer: the documented status it falls under, where its schema stands, its body."""

    status: str
    schema: Pointer
    body: JSON


class Observer:
    """Looks at the answers of a set of operations; `coverage` grows with each."""

    def __init__(self, operations: Sequence[Operation], bundles: Bundles) -> None:
        self._operations: Mapping[str, Operation] = {o.name: o for o in operations}
        self._bundles = bundles
        self._echoes: dict[tuple[str, Pointer], Echo | None] = {}
        self._made: dict[tuple[str, Pointer], tuple[Bundle, tuple[Pointer, ...]]] = {}
        self.coverage = Coverage(operations, bundles)

    def observe(self, case: Case, status: int, reply: Reply) -> tuple[list[Change], Trace]:
        """Return the members that came back changed, and the trace. Pointers lead into the document."""
        told = {RESPONSE_SCHEMA} if self._shows(case, reply) else set[Rule]()
        if status // 100 != 2 or case.intent is Intent.INVALID:
            return [], Trace(frozenset(told))
        made = self._id(case, reply) if status == 201 else None
        echoed = self._compare(case, reply)
        tested = frozenset(told | echoed.tested | ({ID_REPEATED} if made else set()))
        changes = [replace(c, pointer=document_pointer(reply.schema, c.pointer)) for c in echoed.changes]
        foreign = tuple((document_pointer(reply.schema, at), text) for at, text in echoed.foreign)
        return changes, Trace(tested, made, frozenset(echoed.sent), foreign)

    def _shows(self, case: Case, reply: Reply) -> bool:
        return self.coverage.body(case.operation, reply.status, reply.schema, reply.body)

    def _compare(self, case: Case, reply: Reply) -> Echoed:
        """Compare what came with what was sent, where the contract is clear that it was taken as sent."""
        echo = self._echo(case.operation, reply.schema)
        if echo is None or case.intent is not Intent.VALID or case.request.body is None:
            return Echoed()
        try:
            return echo.compare(decode(case.request.body), reply.body)
        except NotJSONError:
            return Echoed()

    def _echo(self, name: str, schema: Pointer) -> Echo | None:
        if (name, schema) not in self._echoes:
            operation = self._operations[name]
            content = operation.body.content if operation.body else {}
            request = next((at for media, at in content.items() if at is not None and "json" in media), None)
            sides = (self._bundles.of(operation.document, at) for at in (request, schema) if at is not None)
            self._echoes[name, schema] = None if request is None else Echo(*sides)
        return self._echoes[name, schema]

    def _id(self, case: Case, reply: Reply) -> tuple[Pointer, str] | None:
        """Return the id of what a POST created: the declared top-level member `id`, where it obeys."""
        if case.request.method != "POST" or not isinstance(reply.body, dict) or "id" not in reply.body:
            return None
        key = (case.operation, reply.schema)
        if key not in self._made:
            parts = self._bundles.of(self._operations[case.operation].document, reply.schema)
            self._made[key] = parts, parts.members(((ROOT,),)).get("id", ())
        parts, declared = self._made[key]
        value = reply.body["id"]
        if not declared or not parts.accepts(declared, value):
            return None
        return document_pointer(reply.schema, declared[0]), digest(encode(value).decode())
