"""Nodes: schemas in normal form, which remember where in the document each keyword stood."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from conformance.contract.keywords import LISTS, MAPS, SINGLE
from conformance.pointer import Pointer

BASE: Final = "base"
REVISION: Final = "revision"
"""Where in a normal bundle the definitions stand that each side keeps references to."""


class Node(dict[str, Any]):
    """A schema object in normal form; its subschemas are nodes, too, or False.

    `origins` holds where each keyword stood, and under `""` where the schema did; `notes` are its
    annotations, which no validator looks at.
    """

    __slots__ = ("notes", "origins")

    def __init__(
        self,
        keywords: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
        origins: Mapping[str, Pointer] | None = None,
        notes: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(keywords)
        self.origins = dict(origins or {})
        self.notes = dict(notes or {})

    def but(self, changes: Mapping[str, Any]) -> Node:
        """Return a copy with these keywords changed; None takes one out."""
        kept = {k: v for k, v in {**self, **changes}.items() if v is not None}
        return Node(kept, self.origins, self.notes)

    def where(self, keyword: str) -> Pointer:
        """Return where the keyword stood, or else the schema."""
        return self.origins.get(keyword, self.origins.get("", ()))


Normal: TypeAlias = Node | bool
"""A schema in normal form; `True` does not occur, what accepts everything is the empty node."""


def text(schema: Any) -> str:
    """Return the canonical text of a normal schema or of any JSON value: equal texts mean the same.

    A kept reference reads the same on both sides; what it leads to is compared on its own.
    """
    found = json.dumps(schema, sort_keys=True, separators=(",", ":"))
    return found.replace(f'"$ref":"#/{REVISION}/', f'"$ref":"#/{BASE}/')


def mapped(node: Node, change: Callable[[Pointer, Any], Any]) -> dict[str, Any]:
    """Return the keywords of a schema with `change(step, subschema)` applied to each direct subschema."""
    result: dict[str, Any] = {}
    for keyword, value in node.items():
        if keyword in SINGLE and isinstance(value, dict | bool):
            result[keyword] = change((keyword,), value)
        elif keyword in LISTS and isinstance(value, list):
            result[keyword] = [change((keyword, index), item) for index, item in enumerate(value)]
        elif keyword in MAPS and isinstance(value, dict):
            result[keyword] = {name: change((keyword, name), item) for name, item in value.items()}
        else:
            result[keyword] = value
    return result


def plain(schema: Normal) -> Any:
    """Return the schema as plain JSON, origins and notes left behind."""
    return mapped(schema, lambda _, child: plain(child)) if isinstance(schema, Node) else schema


TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")


def types(node: Node) -> frozenset[str]:
    """Return the types that a node names, all but `integer` where it names none: `number` holds it."""
    named = node.get("type")
    return frozenset(named) if named is not None else frozenset(TYPES) - {"integer"}


def both_types(a: frozenset[str], b: frozenset[str]) -> frozenset[str]:
    """Return the types of the values that have a type of each: an integer is a number, too."""
    shared = a & b
    if ("integer" in a and "number" in b) or ("integer" in b and "number" in a):
        shared |= {"integer"}
    return shared - {"integer"} if "number" in shared else shared
