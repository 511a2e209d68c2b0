"""Where OpenAPI has references: in Reference Objects, Path Items and Schema Objects, never in what is plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final, TypeAlias

from conformance import pointer as pointers
from conformance.errors import DocumentError
from conformance.jsonvalue import JSON
from conformance.pointer import Pointer

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""The fixed fields of a Path Item that hold an Operation (OpenAPI 3.1 §4.8.9)."""

_MAX_REFS: Final = 64

_Holds: TypeAlias = tuple[str, bool]
"""What kind of object a field holds; whether it holds many, as a list or by name."""

_ANY: Final = "*"
"""Stands for every field that is no extension."""

_SCHEMAS: Final = (
    "allOf", "anyOf", "oneOf", "prefixItems", "properties", "patternProperties", "dependentSchemas", "$defs",
)  # fmt: skip
_SCHEMA: Final = (
    "additionalProperties", "unevaluatedProperties", "propertyNames", "items", "unevaluatedItems", "contains",
    "contentSchema", "not", "if", "then", "else",
)  # fmt: skip

_KINDS: Final[Mapping[str, Mapping[str, _Holds]]] = {
    "document": {"paths": ("paths", False), "webhooks": ("path item", True), "components": ("components", False)},
    "components": {
        "schemas": ("schema", True), "responses": ("response", True), "parameters": ("parameter", True),
        "examples": ("leaf", True), "requestBodies": ("request body", True), "headers": ("parameter", True),
        "securitySchemes": ("leaf", True), "links": ("leaf", True), "callbacks": ("callback", True),
        "pathItems": ("path item", True),
    },
    "paths": {_ANY: ("path item", False)},
    "path item": {"parameters": ("parameter", True), **dict.fromkeys(METHODS, ("operation", False))},
    "operation": {
        "parameters": ("parameter", True), "requestBody": ("request body", False),
        "responses": ("responses", False), "callbacks": ("callback", True),
    },
    "responses": {_ANY: ("response", False)},
    "callback": {_ANY: ("path item", False)},
    "response": {"headers": ("parameter", True), "content": ("media type", True), "links": ("leaf", True)},
    "request body": {"content": ("media type", True)},
    "parameter": {"schema": ("schema", False), "examples": ("leaf", True), "content": ("media type", True)},
    "media type": {"schema": ("schema", False), "examples": ("leaf", True), "encoding": ("encoding", True)},
    "encoding": {"headers": ("parameter", True)},
    "schema": {**dict.fromkeys(_SCHEMAS, ("schema", True)), **dict.fromkeys(_SCHEMA, ("schema", False))},
    "leaf": {},
}  # fmt: skip
"""The objects of OpenAPI 3.0 (§4.7) and 3.1 (§4.8) and what of them holds others; a header is a parameter here."""

_UNREFERABLE: Final = frozenset(
    {"document", "components", "paths", "operation", "responses", "media type", "encoding"}
)


def references(content: JSON) -> Iterator[str]:
    """Yield each `$ref` of an OpenAPI document once, those of what it refers to outside of its own parts too."""
    is_3_0 = str(content.get("openapi", "")).startswith("3.0")
    stack: list[tuple[str, JSON]] = [("document", content)]
    seen, told = set[tuple[str, int]](), set[str]()
    while stack:
        kind, node = stack.pop()
        if not isinstance(node, dict) or (kind, id(node)) in seen:
            continue
        seen.add((kind, id(node)))
        ref = None if kind in _UNREFERABLE else reference_of(node)
        if ref is not None and ref not in told:
            told.add(ref)
            yield ref
            with suppress(KeyError, IndexError, ValueError):
                stack.append((kind, pointers.get(content, pointers.reference(ref))))
        # what stands beside the `$ref` of a Reference Object is ignored (3.0 §4.7.23; 3.1 §4.8.23)
        if ref is None or kind == "path item" or (kind == "schema" and not is_3_0):
            stack += _held(kind, node)


def reference_of(node: JSON) -> str | None:
    """Return the `$ref` of an object that may have one; a property that is called so holds no text."""
    ref = node.get("$ref") if isinstance(node, dict) else None
    return ref if isinstance(ref, str) else None


def reference(ref: str) -> Pointer:
    """Return the pointer of a local `$ref` (`#/components/…`). Raises DocumentError for what is none."""
    try:
        return pointers.reference(ref)
    except ValueError as error:
        raise DocumentError(f"$ref {ref!r} is not a local JSON pointer") from error


def follow(content: JSON, pointer: Pointer) -> tuple[JSON, Pointer]:
    """Do what `document.resolve` does in a document's content."""
    for _ in range(_MAX_REFS):
        try:
            node = pointers.get(content, pointer)
        except (KeyError, IndexError) as error:
            raise DocumentError(f"nothing at {pointers.text(pointer)}") from error
        if (ref := reference_of(node)) is None:
            return node, pointer
        pointer = reference(ref)
    raise DocumentError(f"endless $ref at {pointers.text(pointer)}")


def _held(kind: str, node: dict[str, JSON]) -> Iterator[tuple[str, JSON]]:
    """Yield the objects directly in one, each with its kind."""
    fields = _KINDS[kind]
    if _ANY in fields:
        yield from ((fields[_ANY][0], value) for name, value in node.items() if not name.startswith("x-"))
        return
    for name in fields.keys() & node.keys():
        below, many = fields[name]
        held = node[name]
        if not many:
            yield below, held
        elif isinstance(held, dict | list):
            yield from ((below, value) for value in (held.values() if isinstance(held, dict) else held))
