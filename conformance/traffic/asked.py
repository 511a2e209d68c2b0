"""What the document says of a recorded request: which of its demands the request breaks, if it can be told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import jsonschema_rs

from conformance.contract.contract import Contract, contract_of
from conformance.contract.direction import Direction
from conformance.contract.media_types import media_type
from conformance.contract.requests import sent_contract
from conformance.jsonvalue import JSON, NotJSONError, decode
from conformance.judging.on_answers import keyword_pointer
from conformance.openapi.operation import Operation
from conformance.openapi.part import Part
from conformance.pointer import Pointer, get
from conformance.pointer import text as pointer_text
from conformance.traffic.addressing import Matched
from conformance.traffic.har import Entry

_MAX_ERRORS: Final = 20
_SIMPLE: Final = frozenset({"string", "integer", "number", "boolean", "null"})


@dataclass(frozen=True, slots=True)
class Breach:
    """A demand that a body or parameter breaks: where it stands, where in the message, by which value.

    `demand` begins with the keyword that is broken, where that is one.
    """

    pointer: Pointer
    place: str
    demand: str
    value: JSON = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of a request: its breaches, whether all of it could be judged, and its body if that is JSON."""

    breaches: tuple[Breach, ...]
    is_judged: bool
    body: tuple[JSON] | None = None

    @property
    def is_valid(self) -> bool:
        """Whether the document allows the request for certain."""
        return self.is_judged and not self.breaches


class _UnjudgedError(Exception):
    """A part of the request cannot be judged."""


def asked(entry: Entry, matched: Matched) -> Asked:
    """Return what the document says of a request, credentials aside: recorders leave those out."""
    is_judged = True
    found: list[Breach] = []
    body: tuple[JSON] | None = None
    try:
        found += _parameters(entry, matched)
    except _UnjudgedError:
        is_judged = False
    try:
        breaches, body = _body(entry, matched.operation)
        found += breaches
    except _UnjudgedError:
        is_judged = False
    return Asked(tuple(found), is_judged, body)


def _body(entry: Entry, operation: Operation) -> tuple[list[Breach], tuple[JSON] | None]:
    described = operation.body
    if not entry.is_whole or (described is None and entry.body):
        raise _UnjudgedError
    if described is None or not entry.body:
        missing = described is not None and described.required
        at = (*described.pointer, "required") if described else ()
        return ([Breach(at, "body", "a body")] if missing else []), None
    if not media_type(entry.media_type).is_json:
        raise _UnjudgedError
    try:
        value = decode(entry.body)
    except NotJSONError:
        return [Breach((*described.pointer, "content"), "body", "JSON")], None
    schema = sent_contract(operation, entry.media_type)
    return ([] if schema is None else list(breaches(schema, value))), (value,)


def breaches(described: Contract, value: JSON) -> Iterator[Breach]:
    """Yield what a body breaks, each by its own keyword: all of them hold at once, so each was let through."""
    if described.accepts(value):
        return
    for error in _leaves(described.validator.errors(value)[:_MAX_ERRORS]):
        at = keyword_pointer(error.schema_path, error.kind, described.root)
        place = "body" + pointer_text(tuple(error.instance_path))
        pointer = described.stands_at(at)
        yield Breach(pointer, place, _demand(described, at), error.instance)


def _demand(described: Contract, at: Pointer) -> str:
    """Return a broken keyword as a person reads it: `maxLength 256`, `required "name"`."""
    value = get(described.root, at)
    keyword = at[-1] if isinstance(at[-1], str) else at[-2]
    return str(keyword) if isinstance(value, dict | list) else f"{keyword} {json.dumps(value)}"


def _leaves(errors: Sequence[jsonschema_rs.ValidationError]) -> Iterator[jsonschema_rs.ValidationError]:
    """Yield the errors, those of alternatives by the one branch that a single change would have satisfied.

    Where several branches are as near, or none is, the alternatives as a whole are what was broken.
    """
    for error in errors:
        branches: Sequence[Sequence[jsonschema_rs.ValidationError]] = (
            getattr(error.kind, "context", None) or ()
        )
        near = [branch for branch in branches if len(branch) == 1]
        if len(near) == 1:
            yield from _leaves(near[0])
        else:
            yield error


def _parameters(entry: Entry, matched: Matched) -> Iterator[Breach]:
    """Yield the parameters that break their schema, or are missing in the query. Raises for what cannot be read."""
    query = parse_qs(urlsplit(entry.url).query, keep_blank_values=True)
    headers = dict(entry.headers)
    for parameter in matched.operation.parameters:
        value = _value(parameter, matched.path_params, query, headers)
        if value is not None:
            yield from _held(matched.operation, parameter, value)
        elif parameter.required and parameter.location == "query":
            yield Breach(parameter.pointer, f"{parameter.location} {parameter.name}", "required")
        elif parameter.required:
            raise _UnjudgedError


def _value(
    parameter: Part, path: Mapping[str, str], query: Mapping[str, list[str]], headers: Mapping[str, str]
) -> str | None:
    match parameter.location:
        case "path":
            return path.get(parameter.name)
        case "header":
            return headers.get(parameter.name.lower())
        case "query":
            given = query.get(parameter.name, [])
            if len(given) > 1:
                raise _UnjudgedError
            return given[0] if given else None
        case _:
            raise _UnjudgedError


def _held(operation: Operation, parameter: Part, value: str) -> Iterator[Breach]:
    """Hold a parameter to its schema, read as each simple type that its text may stand for.

    Where its schema takes none of these, that says something of a simple type alone: of an array or an
    object nobody can tell how it was written.
    """
    if parameter.schema is None or parameter.media_type:
        raise _UnjudgedError  # described by `content`, or not at all
    described = contract_of(operation.document, parameter, Direction.REQUEST)
    if any(described.accepts(reading) for reading in _readings(value)):
        return
    schema = described.in_document(parameter.schema)
    types = schema.get("type") if isinstance(schema, dict) else None
    named = {types} if isinstance(types, str) else set(types or ())
    if not named or not named <= _SIMPLE:
        raise _UnjudgedError
    yield Breach(parameter.schema, f"{parameter.location} {parameter.name}", "its schema", value)


def _readings(value: str) -> Iterator[Any]:
    yield value
    try:
        found = decode(value.encode())
    except (NotJSONError, UnicodeEncodeError):
        return
    if not isinstance(found, dict | list):
        yield found
