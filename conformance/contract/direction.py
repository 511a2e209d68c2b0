"""What a schema asks of a request and of a response: the two differ in read-only and write-only members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from conformance import pointer as pointers
from conformance.contract.keywords import NOT_SENT, children
from conformance.contract.members import Bundle
from conformance.openapi.references import reference
from conformance.pointer import Pointer


class Direction(StrEnum):
    """Which way a message goes."""

    REQUEST = "request"
    RESPONSE = "response"


_EXEMPTS: Final = {Direction.REQUEST: "readOnly", Direction.RESPONSE: "writeOnly"}


def seen_from(bundle: Mapping[str, Any], direction: Direction) -> dict[str, Any]:
    """Return the bundle as it binds one direction.

    A read-only member is not required in a request, a write-only one not in a response (OpenAPI 3.0 §4.7.24.2).
    """
    flag = _EXEMPTS[direction]
    found = dict(bundle)
    if flag not in repr(bundle):
        return found
    parts = Bundle(bundle)
    for at, schema in _objects(bundle, "required"):
        exempt = _flagged(parts, at, flag)
        if exempt & set(schema["required"]):
            kept = [name for name in schema["required"] if name not in exempt]
            found = pointers.put(found, (*at, "required"), kept)
    return found


def sendable(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """Return the bundle of a request with its read-only members marked as NOT_SENT."""
    found = seen_from(bundle, Direction.REQUEST)
    if _EXEMPTS[Direction.REQUEST] not in repr(bundle):
        return found
    parts = Bundle(bundle)
    for at, schema in _objects(bundle, "properties"):
        for name in schema["properties"]:
            member = (*at, "properties", name)
            if _is(parts, member, _EXEMPTS[Direction.REQUEST]):
                held = pointers.get(found, member)
                found = pointers.put(found, member, {NOT_SENT: True, "allOf": [held]})
    return found


def _flagged(parts: Bundle, at: Pointer, flag: str) -> set[str]:
    members = parts.members((at,)).items()
    return {name for name, places in members if any(_is(parts, place, flag) for place in places)}


def _is(parts: Bundle, at: Pointer, flag: str) -> bool:
    return any(schema.get(flag) is True for _, schema in parts.in_place((at,)))


def _objects(bundle: Mapping[str, Any], keyword: str) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    """Yield each schema of the bundle that has the keyword, with its pointer."""
    waiting: list[tuple[Pointer, Any]] = [((), bundle)]
    seen: set[Pointer] = set()
    while waiting:
        at, schema = waiting.pop()
        if at in seen or not isinstance(schema, dict):
            continue
        seen.add(at)
        if isinstance(schema.get(keyword), list | dict):
            yield at, schema
        if isinstance(ref := schema.get("$ref"), str):
            waiting.append((reference(ref), pointers.get(bundle, reference(ref))))
        waiting += (((*at, *step), part) for step, part in children(schema))
