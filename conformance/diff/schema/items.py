"""Differences in what an array may hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.diff.schema.edit import Edit, Pair, Relation, swapped
from conformance.diff.schema.node import Node, text
from conformance.diff.schema.values import kinds


def item_edits(pair: Pair) -> Iterator[Edit | Pair]:
    """Yield the differences in items, and the pairs of those that both sides describe."""
    if "array" not in kinds(pair):
        return
    base, revision = (spot.node.get("prefixItems", []) for spot in (pair.base, pair.revision))
    for index in range(min(len(base), len(revision))):
        yield pair.below(("prefixItems", index))
    if len(base) != len(revision):
        longer, shorter = (
            (pair.revision, pair.base) if len(base) < len(revision) else (pair.base, pair.revision)
        )
        closed = shorter.node.get("items") is False
        described = (longer is pair.revision) is not closed
        yield swapped("items-constrained" if described else "items-freed", pair, ("prefixItems",))
    for keyword in ("items", "unevaluatedItems"):
        yield from _rest(pair, keyword)
    if pair.base.node.get("uniqueItems", False) is not pair.revision.node.get("uniqueItems", False):
        unique = bool(pair.revision.node.get("uniqueItems", False))
        yield swapped(
            "unique-items-added" if unique else "unique-items-removed",
            pair,
            ("uniqueItems",),
            relation=Relation.NARROWER if unique else Relation.WIDER,
        )
    yield from _contains(pair)


def _rest(pair: Pair, keyword: str) -> Iterator[Edit | Pair]:
    base, revision = pair.base.node.get(keyword), pair.revision.node.get(keyword)
    if isinstance(base, Node) and isinstance(revision, Node):
        yield pair.below((keyword,))
    elif base is not revision:
        narrower = base is None or revision is False
        relation = Relation.NARROWER if narrower else Relation.WIDER
        yield swapped(
            "items-constrained" if narrower else "items-freed",
            pair,
            (keyword,),
            relation=relation if keyword == "items" else Relation.UNKNOWN,
        )


_CONTAINS = ("contains", "minContains", "maxContains")


def _contains(pair: Pair) -> Iterator[Edit]:
    base, revision = (_demand(spot.node) for spot in (pair.base, pair.revision))
    if text(base) == text(revision):
        return
    if not base:
        yield swapped("contains-added", pair, _CONTAINS, relation=Relation.NARROWER)
    elif not revision:
        yield swapped("contains-removed", pair, _CONTAINS, relation=Relation.WIDER)
    else:
        yield swapped("contains-changed", pair, _CONTAINS)


def _demand(node: Node) -> dict[str, Any]:
    return {keyword: node[keyword] for keyword in _CONTAINS if keyword in node}
