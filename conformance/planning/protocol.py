"""Cases beyond the body's schema: keys, path ids, missing and broken bodies, media types, methods."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from conformance.case import Intent, Key, Request, RunLevel
from conformance.contract.contract import contract_of
from conformance.contract.direction import Direction
from conformance.contract.keywords import Schema
from conformance.contract.media_types import media_type as parse_media_type
from conformance.contract.media_types import part_for
from conformance.openapi.operation import Operation
from conformance.openapi.part import Location, Part
from conformance.planning.draft import Draft
from conformance.planning.expectation import refusals, rejections, successes
from conformance.pointer import Pointer
from conformance.requirement import Reason, ReasonKind, Requirement, Side
from conformance.rules import (
    INVALID_ACCEPTED,
    MEDIA_TYPE_ACCEPTED,
    OPEN_BEHAVIOUR,
    UNAUTHORIZED_ACCEPTED,
    UNDECLARED_METHOD_ACCEPTED,
    UNKNOWN_ACCEPTED,
    VALID_REJECTED,
)
from conformance.wire.placing import query_text, retyped
from conformance.witness.values import MakeValues, Values

_METHODS: Final = ("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "TRACE")
_SAFE: Final = frozenset({"GET", "HEAD", "TRACE"})
UNKNOWN_UUID: Final = "ffffffff-ffff-4fff-bfff-ffffffffffff"
"""An id that obeys `format: uuid` and names nothing."""

_BOM: Final = "RFC 8259 §8.1 lets a reader ignore a byte-order mark or refuse it"
_CODED: Final = "RFC 9110 §8.4 leaves content codings to the server"
_UNTYPED: Final = "RFC 9110 §8.3 lets a server guess the media type or refuse"
_NO_BODY: Final = "the body is not marked required, yet the schema says nothing of its absence"

_XML: Final = b'<?xml version="1.0"?><body/>'


def protocol_drafts(
    operation: Operation, everyone: Sequence[Operation], plain: Request, make_values: MakeValues
) -> Iterator[Draft]:
    """Yield the drafts on everything but the body's content; `plain` is the plainly valid request."""
    yield from _keys(operation, plain)
    for index, parameter in enumerate(operation.parameters):
        yield from _parameter(operation, parameter, index, plain, make_values)
    if operation.body is not None:
        yield from _bodies(operation, plain)
    yield from _methods(operation, everyone, plain)


def _requirement(operation: Operation, at: Pointer, *words: str) -> Requirement:
    """Return a rejecting requirement from place, demand, outcome and operator, under the operation."""
    place, demand, outcome, operator = words
    return Requirement(
        operation.name, place, demand, f"rejects {outcome}", Side.REJECTS, (*operation.pointer, *at), operator
    )


def _keys(operation: Operation, plain: Request) -> Iterator[Draft]:
    if not operation.key_headers:
        return
    expected = refusals(operation, "401", "403")
    for key, outcome in ((Key.NONE, "no key"), (Key.EMPTY, "an empty key"), (Key.WRONG, "a wrong key")):
        requirement = _requirement(operation, ("security",), "key", "an API key", outcome, f"key-{key}")
        level = RunLevel.SMOKE if key is not Key.EMPTY else RunLevel.STANDARD
        yield Draft(
            requirement, replace(plain, key=key), Intent.INVALID, f"{outcome} sent", expected,
            UNAUTHORIZED_ACCEPTED, level,
        )  # fmt: skip


def _parameter(
    operation: Operation, parameter: Part, index: int, plain: Request, make_values: MakeValues
) -> Iterator[Draft]:
    at: Pointer = ("parameters", index)
    if parameter.location is not Location.PATH:
        requirement = _requirement(
            operation, at, f"{parameter.location}/{parameter.name}", "parameter", "a wrong value", "parameter"
        )
        why = Reason(ReasonKind.UNSUPPORTED, f"{parameter.location} parameters are not varied yet")
        yield Draft(replace(requirement, unexercised=why), None, Intent.OPEN, "", (), OPEN_BEHAVIOUR)
        return
    contract = contract_of(operation.document, parameter, Direction.REQUEST)
    values = make_values(contract.root)
    if (wrong := _malformed(contract.schema, values)) is not None:
        expected = refusals(operation, *_path_rejections(operation))
        requirement = _requirement(
            operation, (*at, "schema", _keyword(contract.schema)), f"path/{parameter.name}", "schema", "a malformed id",
            "path-malformed",
        )  # fmt: skip
        request = replace(plain, path_params=((parameter.name, query_text(wrong)),))
        yield Draft(
            requirement, request, Intent.INVALID, f"{parameter.name} {wrong!r}", expected, INVALID_ACCEPTED
        )
    unknown = unknown_id(contract.schema)
    requirement = _requirement(
        operation, at, f"path/{parameter.name}", "an id that exists", "an unknown id", "path-unknown"
    )
    request = replace(plain, path_params=((parameter.name, unknown),))
    expected = refusals(operation, "404", "403", "410")
    yield Draft(requirement, request, Intent.INVALID, f"{parameter.name} unknown", expected, UNKNOWN_ACCEPTED)


def _path_rejections(operation: Operation) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*rejections(operation), "404")))


def _keyword(schema: Schema) -> str:
    named = [k for k in ("format", "pattern", "enum", "type") if isinstance(schema, dict) and k in schema]
    return named[0] if named else "type"


def _malformed(schema: Schema, values: Values) -> str | None:
    """Return a path segment that the parameter's schema forbids, None where it forbids none."""
    for value in ("not-an-id", "-", *values.edges({"type": "string"}, schema)):
        # a numeral in a path may be meant as a number, so only what is neither will do
        if (
            value
            and value.isascii()
            and "/" not in value
            and len(value) < 64
            and not _is_allowed(schema, value, values)
        ):
            return str(value)
    return None


def _is_allowed(schema: Schema, text: str, values: Values) -> bool:
    candidates: list[Any] = [text]
    if text.lstrip("-").isdigit():
        candidates.append(int(text))
    return any(values.accepts(schema, value) for value in candidates)


def unknown_id(schema: Schema) -> str:
    """Return an id that obeys the schema, as far as its format or type says, and names nothing."""
    if isinstance(schema, dict) and schema.get("format") == "uuid":
        return UNKNOWN_UUID
    is_number = isinstance(schema, dict) and schema.get("type") in ("integer", "number")
    return "2147483646" if is_number else "conformance-unknown"


def _bodies(operation: Operation, plain: Request) -> Iterator[Draft]:
    assert operation.body is not None  # noqa: S101 -- the caller checked
    yield _no_body(operation, plain)
    media_type = dict(plain.headers).get("Content-Type", "")
    if plain.body is None or not parse_media_type(media_type).is_json:
        return
    content: Pointer = ("requestBody", "content")
    broken = _requirement(operation, (*content, media_type), "body", media_type, "broken JSON", "body-broken")
    yield Draft(
        broken, replace(plain, body=plain.body[:-1]), Intent.INVALID, "JSON cut short", rejections(operation),
        INVALID_ACCEPTED, RunLevel.SMOKE,
    )  # fmt: skip
    trailing = _requirement(
        operation, (*content, media_type), "body", media_type, "bytes after it", "body-trailing"
    )
    yield Draft(
        trailing, replace(plain, body=plain.body + b" trailing"), Intent.INVALID, "JSON and more",
        rejections(operation), INVALID_ACCEPTED,
    )  # fmt: skip
    yield from _carriage(operation, plain, media_type)
    lawful = tuple(dict.fromkeys((*rejections(operation), "415")))
    for other, body, operator in (
        ("text/plain", plain.body, "media-text"),
        ("application/xml", _XML, "media-xml"),
    ):
        if part_for(operation.body.bodies, other) is not None:
            continue  # declared, so that taking it is right
        requirement = _requirement(operation, content, "body", media_type, f"{other}", operator)
        request = retyped(plain, other, body)
        yield Draft(requirement, request, Intent.INVALID, f"body as {other}", lawful, MEDIA_TYPE_ACCEPTED)


def _carriage(operation: Operation, plain: Request, media_type: str) -> Iterator[Draft]:
    """Yield the same valid body carried otherwise: with a charset, a byte-order mark, compressed, unnamed."""
    assert plain.body is not None  # noqa: S101 -- the caller checked
    at: Pointer = ("requestBody", "content")
    either = (*successes(operation), *rejections(operation), "415")
    named = f"{media_type}; charset=utf-8"
    requirement = _requirement(operation, at, "body", media_type, "", "media-charset")
    requirement = replace(requirement, side=Side.ACCEPTS, outcome="accepts a charset")
    yield Draft(
        requirement,
        retyped(plain, named, plain.body),
        Intent.VALID,
        "charset=utf-8",
        successes(operation),
        VALID_REJECTED,
    )
    whole, typed = (*at, media_type), retyped(plain, None, plain.body)
    missing: Pointer = ("requestBody", "required")
    no_body = "" if operation.body and operation.body.required else _NO_BODY
    coded = (*plain.headers, ("Content-Encoding", "gzip"))
    packed = replace(plain, body=gzip.compress(plain.body, mtime=0), headers=coded)
    for operator, label, where, request, reason in (
        ("body-bom", "a byte-order mark", whole, replace(plain, body=b"\xef\xbb\xbf" + plain.body), _BOM),
        ("body-gzip", "gzip", whole, packed, _CODED),
        ("media-none", "no content type", at, typed, _UNTYPED),
        ("body-empty", "an empty body", missing, replace(plain, body=b""), no_body),
    ):
        requirement = _requirement(operation, where, "body", media_type, label, operator)
        if reason:
            requirement = replace(requirement, outcome=f"takes or rejects {label}")
            yield Draft(requirement, request, Intent.OPEN, label, either, OPEN_BEHAVIOUR, reason=reason)
        else:
            yield Draft(requirement, request, Intent.INVALID, label, rejections(operation), INVALID_ACCEPTED)


def _no_body(operation: Operation, plain: Request) -> Draft:
    assert operation.body is not None  # noqa: S101 -- the caller checked
    requirement = _requirement(
        operation, ("requestBody", "required"), "body", "required", "no body", "body-missing"
    )
    request = retyped(plain, None, None)
    if operation.body.required:
        return Draft(requirement, request, Intent.INVALID, "no body", rejections(operation), INVALID_ACCEPTED)
    expected = (*successes(operation), *rejections(operation))
    return Draft(requirement, request, Intent.OPEN, "no body", expected, OPEN_BEHAVIOUR, reason=_NO_BODY)


def _methods(operation: Operation, everyone: Sequence[Operation], plain: Request) -> Iterator[Draft]:
    """Try each method that no document declares on the path, with ids that name nothing.

    A document may hold a part of an API only: what an undeclared method answers is no error, and
    nothing that exists may come to harm.
    """
    declared = {o.method for o in everyone if o.path == operation.path}
    if operation.method != min(declared):
        return  # the path's first operation speaks for all of them
    unknown = tuple(
        (p.name, unknown_id(contract_of(operation.document, p, Direction.REQUEST).schema))
        for p in operation.parameters
        if p.location is Location.PATH
    )
    for method in _METHODS:
        if method in declared or (method == "HEAD" and "GET" in declared):
            continue
        requirement = _requirement(operation, (), "method", "declared", method, f"method-{method.lower()}")
        if method not in _SAFE and not unknown:
            why = Reason(
                ReasonKind.UNSAFE, "the path has no id, so an undeclared method could change what exists"
            )
            yield Draft(replace(requirement, unexercised=why), None, Intent.OPEN, "", (), OPEN_BEHAVIOUR)
            continue
        request = Request(method, plain.path, unknown, plain.query)
        yield Draft(
            requirement,
            request,
            Intent.INVALID,
            f"{method} on the path",
            ("4XX", "501"),
            UNDECLARED_METHOD_ACCEPTED,
        )
