"""Webhooks, callbacks and links compared: calls that the service makes, and where answers lead on to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from conformance.diff.change import Change, Direction, DriftVerdict
from conformance.diff.operations.meaning import meaning
from conformance.diff.operations.rules import CHANGED, GONE_OR_NEW
from conformance.diff.operations.side import Scope, Side, side
from conformance.diff.schema.compare import SchemaAt
from conformance.openapi.document import Document
from conformance.openapi.references import METHODS

_Call: TypeAlias = tuple[str, str, str]
"""Name, expression (none of a webhook) and method of one call."""

_COMPARED: Final = frozenset({"schema", "operationId", "deprecated"})
_SENT: Final = "the service sends it: whoever is called reads it as clients read an answer"
_ANSWERED: Final = "the service reads it: whoever is called sends it as clients send a request"
_UNJUDGED: Final = "only schemas of calls are judged; see for yourself what this means for who is called"


def compare_webhooks(
    scope: Scope, base: Sequence[Document], revision: Sequence[Document]
) -> Iterator[Change]:
    """Yield the changes between the webhooks of two sets of documents, known by their names (§4.8.1)."""
    mine, theirs = _webhooks(base), _webhooks(revision)
    yield from _compared(scope, "webhook", mine, theirs)


def compare_callbacks(scope: Scope, base: Side, revision: Side) -> Iterator[Change]:
    """Yield the changes between the callbacks of two operations, known by name and expression."""
    yield from _compared(scope, "callback", _callbacks(base), _callbacks(revision))


def compare_links(scope: Scope, base: Side, revision: Side) -> Iterator[Change]:
    """Yield the change between the links of two responses, which no payload shows (§4.8.20)."""
    held = [{name: meaning(link) for name, link in one.members("links").items()} for one in (base, revision)]
    if held[0] != held[1]:
        names = [name for name in {**held[0], **held[1]} if held[0].get(name) != held[1].get(name)]
        said = f"other links: {', '.join(names)}"
        yield scope.change(CHANGED["links"], DriftVerdict.UNDECIDED, said, base, revision)


def _webhooks(documents: Sequence[Document]) -> dict[_Call, Side]:
    return {
        (name, "", method): call
        for document in documents
        for name, item in side(document, ()).members("webhooks").items()
        for method, call in _methods(item)
    }


def _callbacks(operation: Side) -> dict[_Call, Side]:
    return {
        (name, expression, method): call
        for name, held in operation.members("callbacks").items()
        for expression in held.node
        if not expression.startswith("x-")
        for method, call in _methods(held.below(expression))
    }


def _methods(item: Side) -> Iterator[tuple[str, Side]]:
    return ((method, item.below(method)) for method in METHODS if item.get(method) is not None)


def _compared(
    scope: Scope, kind: str, mine: Mapping[_Call, Side], theirs: Mapping[_Call, Side]
) -> Iterator[Change]:
    for call, base in mine.items():
        if call in theirs:
            yield from _pair(scope, kind, call, base, theirs[call])
        else:
            said = f"{_shown(call)} is gone"
            yield scope.change(GONE_OR_NEW[kind][0], DriftVerdict.BREAKING, said, base, None)
    for call, revision in theirs.items():
        if call not in mine:
            said = f"{_shown(call)} is new"
            yield scope.change(GONE_OR_NEW[kind][1], DriftVerdict.COMPATIBLE, said, None, revision)


def _shown(call: _Call) -> str:
    name, expression, method = call
    return f"{name}: {method.upper()} {expression}" if expression else f"{name}: {method.upper()}"


def _pair(scope: Scope, kind: str, call: _Call, base: Side, revision: Side) -> Iterator[Change]:
    """Yield what differs in one call: its body goes out as an answer does, its answers come in."""
    mine, theirs = _bodies(base), _bodies(revision)
    for place in (place for place in mine if place in theirs):
        direction = Direction.RESPONSE if place[0] == "requestBody" else Direction.REQUEST
        note = _SENT if direction is Direction.RESPONSE else _ANSWERED
        for change in scope.schemas.compare(mine[place], theirs[place], direction, scope.operation):
            yield replace(change, note=f"{change.note}; {note}" if change.note else note)
    if meaning(base, _COMPARED) != meaning(revision, _COMPARED):
        said = f"{_shown(call)} says something else"
        yield scope.change(CHANGED[kind], DriftVerdict.UNDECIDED, said, base, revision, _UNJUDGED)


def _bodies(call: Side) -> dict[tuple[str, str], SchemaAt]:
    """Return the schema of the call's body and of each answer, by member or status and media type."""
    messages = {"requestBody": call.at("requestBody"), **call.members("responses")}
    return {
        (member, media_type): entry.schema
        for member, message in messages.items()
        if message is not None and not member.startswith("x-")
        for media_type, entry in message.members("content").items()
    }
