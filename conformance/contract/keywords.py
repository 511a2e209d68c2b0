"""Which keywords hold schemas (JSON Schema 2020-12 core §10, §11), and the walk over them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from conformance.pointer import Pointer

Schema: TypeAlias = dict[str, Any] | bool
"""A JSON Schema 2020-12 schema; `True` accepts and `False` rejects every value."""

OPEN: Final = "x-conformance-open"
"""The extension by which a document says, with the reason, that a schema is unclear."""

NOT_SENT: Final = "x-conformance-not-sent"
"""Marks, in a bundle that binds requests, a read-only member: it should not be sent, and a server may refuse it."""

SINGLE: Final = (
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "items",
    "unevaluatedItems",
    "contains",
    "not",
    "if",
    "then",
    "else",
)
LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
MAPS: Final = ("properties", "patternProperties", "dependentSchemas", "$defs")


def children(schema: Schema) -> Iterator[tuple[Pointer, Schema]]:
    """Yield each direct subschema with its pointer relative to `schema`, in keyword order."""
    if isinstance(schema, bool):
        return
    for keyword, value in schema.items():
        if keyword in SINGLE and isinstance(value, dict | bool):
            yield (keyword,), value
        elif keyword in LISTS and isinstance(value, list):
            yield from (((keyword, index), item) for index, item in enumerate(value))
        elif keyword in MAPS and isinstance(value, dict):
            yield from (((keyword, name), item) for name, item in value.items())


def descend(schema: Schema, at: Pointer = ()) -> Iterator[tuple[Pointer, Schema]]:
    """Yield `schema` and every schema below it with its pointer, parents first; `$ref`s are not followed."""
    stack: list[tuple[Pointer, Schema]] = [(at, schema)]
    while stack:
        pointer, current = stack.pop()
        yield pointer, current
        below = [((*pointer, *step), child) for step, child in children(current)]
        stack.extend(reversed(below))


def rewrite(schema: Schema, change: Any) -> Schema:
    """Return a copy with `change` applied to every schema object, innermost first."""
    if isinstance(schema, bool):
        return schema
    copy = dict(schema)
    for keyword, value in schema.items():
        if keyword in SINGLE and isinstance(value, dict | bool):
            copy[keyword] = rewrite(value, change)
        elif keyword in LISTS and isinstance(value, list):
            copy[keyword] = [rewrite(item, change) for item in value]
        elif keyword in MAPS and isinstance(value, dict):
            copy[keyword] = {name: rewrite(item, change) for name, item in value.items()}
    return change(copy)  # type: ignore[no-any-return]


def is_sent(schema: Schema) -> bool:
    """Tell whether a member with this schema may be sent."""
    return isinstance(schema, bool) or NOT_SENT not in schema
