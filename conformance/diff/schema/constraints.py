"""Differences in keywords that stand for themselves: the table of them, and how two of one keyword compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from conformance.diff.schema.edit import Edit, Pair, exchanged
from conformance.diff.schema.inclusion import covers
from conformance.diff.schema.node import Node, both_types, plain, text, types
from conformance.diff.schema.rules import KINDS, Kind


@dataclass(frozen=True, slots=True)
class Constraint:
    """Keywords that say one thing together, of values of one type or of any, and the rules of their differences."""

    type: str
    keywords: tuple[str, ...]
    kind: Kind


CONSTRAINTS: Final = (
    Constraint("string", ("maxLength",), KINDS["maxLength"]),
    Constraint("string", ("minLength",), KINDS["minLength"]),
    Constraint("number", ("maximum", "exclusiveMaximum"), KINDS["maximum"]),
    Constraint("number", ("minimum", "exclusiveMinimum"), KINDS["minimum"]),
    Constraint("array", ("maxItems",), KINDS["maxItems"]),
    Constraint("array", ("minItems",), KINDS["minItems"]),
    Constraint("object", ("maxProperties",), KINDS["maxProperties"]),
    Constraint("object", ("minProperties",), KINDS["minProperties"]),
    Constraint("number", ("multipleOf",), KINDS["multipleOf"]),
    Constraint("array", ("uniqueItems",), KINDS["uniqueItems"]),
    Constraint("array", ("contains", "minContains", "maxContains"), KINDS["contains"]),
    Constraint("array", ("items",), KINDS["items"]),
    Constraint("array", ("unevaluatedItems",), KINDS["items"]),
    Constraint("object", ("propertyNames",), KINDS["propertyNames"]),
    Constraint("object", ("additionalProperties",), KINDS["members"]),
    Constraint("object", ("unevaluatedProperties",), KINDS["members"]),
    Constraint("", ("not",), KINDS["not"]),
)  # fmt: skip


def kinds(pair: Pair) -> set[str]:
    """Return the types that both sides have, integers among the numbers."""
    shared = both_types(types(pair.base.node), types(pair.revision.node))
    return {"number" if name == "integer" else name for name in shared}


def constraint_edits(pair: Pair, constraint: Constraint) -> Iterator[Edit | Pair]:
    """Yield the difference in one constraint, or the pair of what both sides say of items or members below."""
    if constraint.type and constraint.type not in kinds(pair):
        return
    (keyword, *_), kind = constraint.keywords, constraint.kind
    if keyword not in _ALONE and all(isinstance(schema, Node) for schema in pair.values(keyword)):
        yield pair.below((keyword,))
        return
    base, revision = (_said(spot.node, constraint.keywords) for spot in (pair.base, pair.revision))
    if text(base) == text(revision):
        return
    if kind is KINDS["members"] and (_forbids(base) or _forbids(revision)):
        kind = KINDS["closed"]
    if (stem := _stem(pair, kind, base, revision)) is not None:
        yield exchanged(stem, pair, dict.fromkeys(constraint.keywords))


_ALONE: Final = ("contains", "not")
"""Keywords whose schemas are compared as a whole: what is narrower below is not narrower here."""


def _said(node: Node, keywords: tuple[str, ...]) -> dict[str, Any]:
    return {keyword: node[keyword] for keyword in keywords if keyword in node}


def _stem(pair: Pair, kind: Kind, base: dict[str, Any], revision: dict[str, Any]) -> str | None:
    """Return the rule of a difference; None for one of spelling alone."""
    shared = sorted(both_types(types(pair.base.node), types(pair.revision.node)))
    one, other = (plain(Node({**side, "type": shared})) for side in (base, revision))
    narrower, wider = covers(one, other, {}), covers(other, one, {})
    if narrower and wider:
        return None
    if not base or not revision:
        return kind.wider if base else kind.narrower
    if kind.changed:
        return kind.changed
    return kind.narrower if narrower or _forbids(revision) else kind.wider


def _forbids(said: dict[str, Any]) -> bool:
    return any(value is False for value in said.values())
