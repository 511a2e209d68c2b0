"""What a schema asks of a request and of a response: the two differ in read-only and write-only members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from conformance import pointer as pointers
from conformance.contract.keywords import children
from conformance.contract.members import Bundle
from conformance.diff.change import Direction
from conformance.openapi.references import reference

_EXEMPTS: Final = {Direction.REQUEST: "readOnly", Direction.RESPONSE: "writeOnly"}


def seen_from(bundle: Mapping[str, Any], direction: Direction) -> dict[str, Any]:
    """Return the bundle as it binds one direction.

    A read-only member is not required in a request, a write-only one not in a response (OpenAPI 3.0 §4.7.24.2).
    """
    flag = _EXEMPTS.get(direction, "")
    if not flag or flag not in repr(bundle):
        return dict(bundle)
    parts = Bundle(bundle)
    found = dict(bundle)
    for at, schema in _required(bundle):
        exempt = {
            name for name, places in parts.members((at,)).items() if any(_is(parts, p, flag) for p in places)
        }
        if exempt & set(schema["required"]):
            kept = [name for name in schema["required"] if name not in exempt]
            found = pointers.put(found, (*at, "required"), kept)
    return found


def _is(parts: Bundle, at: pointers.Pointer, flag: str) -> bool:
    return any(schema.get(flag) is True for _, schema in parts.in_place((at,)))


def _required(bundle: Mapping[str, Any]) -> Iterator[tuple[pointers.Pointer, Mapping[str, Any]]]:
    """Yield each schema of the bundle that requires members, with its pointer."""
    waiting: list[tuple[pointers.Pointer, Any]] = [((), bundle)]
    seen: set[pointers.Pointer] = set()
    while waiting:
        at, schema = waiting.pop()
        if at in seen or not isinstance(schema, dict):
            continue
        seen.add(at)
        if isinstance(schema.get("required"), list):
            yield at, schema
        if isinstance(ref := schema.get("$ref"), str):
            waiting.append((reference(ref), pointers.get(bundle, reference(ref))))
        waiting += (((*at, *step), part) for step, part in children(schema))
