"""Differences in what applies in place: alternatives, conditions, parts of `allOf`, and schemas as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, Final

from conformance.diff.schema.edit import Edit, Pair, Spot, exchanged, replaced, shown
from conformance.diff.schema.node import Node, both_types, text, types
from conformance.diff.schema.rules import KINDS, Kind

_CHOICES: Final = ("anyOf", "oneOf")
_CONDITION: Final = ("if", "then", "else")


def is_choice(pair: Pair) -> bool:
    """Tell whether one side is a choice of alternatives and nothing else, which the other side may be one of."""
    return (_chosen(pair.base) is None) != (_chosen(pair.revision) is None)


def _chosen(spot: Spot) -> str | None:
    """Return the keyword of a schema that is nothing but a choice."""
    only = next(iter(spot.node)) if len(spot.node) == 1 else None
    return only if only in _CHOICES else None


def lone_choice_edits(pair: Pair) -> Iterator[Edit | Pair]:
    """Yield the differences between a choice and one schema, taken as a choice of one."""
    keyword = _chosen(pair.base) or _chosen(pair.revision) or "anyOf"
    sides = [spot if _chosen(spot) else _alone(spot, keyword) for spot in (pair.base, pair.revision)]
    base, revision = (
        _branches(spot, keyword) if _chosen(spot) else [spot] for spot in (pair.base, pair.revision)
    )
    yield from _matched(Pair(*sides), keyword, base, revision)


def _alone(spot: Spot, keyword: str) -> Spot:
    return Spot(spot.pointer, spot.steps, Node({keyword: [spot.schema]}, spot.node.origins))


def _branches(spot: Spot, keyword: str) -> list[Spot]:
    return [spot.below((keyword, index)) for index in range(len(spot.node.get(keyword, ())))]


def choice_edits(pair: Pair) -> Iterator[Edit | Pair]:
    """Yield the differences in `anyOf` and `oneOf`."""
    base, revision = ({k for k in _CHOICES if k in spot.node} for spot in (pair.base, pair.revision))
    if base != revision:
        kind = KINDS["alternatives"]
        stem = kind.narrower if not base else kind.wider if not revision else kind.changed
        # alternatives name the types themselves: the side without any gets its types with them
        keywords = _CHOICES if stem == kind.changed else (*_CHOICES, "type")
        yield exchanged(stem, pair, dict.fromkeys(keywords), about=_CHOICES)
        return
    for keyword in sorted(base):
        yield from _matched(pair, keyword, _branches(pair.base, keyword), _branches(pair.revision, keyword))


def _matched(pair: Pair, keyword: str, base: list[Spot], revision: list[Spot]) -> Iterator[Edit | Pair]:
    """Yield the pairs of branches that belong together, and an edit for each that is left over."""
    pairs = _partners(base, revision)
    yield from pairs
    for spot in base:
        if not any(spot is one.base for one in pairs):
            yield _entry(pair, keyword, spot, None)
    for spot in revision:
        if not any(spot is one.revision for one in pairs):
            yield _entry(pair, keyword, None, spot)


def _entry(pair: Pair, keyword: str, base: Spot | None, revision: Spot | None) -> Edit:
    """Return the edit of an alternative or a part that one side alone has."""
    kind, spot = KINDS[keyword], base or revision
    narrower = (base is None) is (keyword == "allOf")  # a part more is narrower, an alternative more is wider
    schema = spot.schema if spot else True
    summary = (
        f"{'' if keyword == 'allOf' else 'alternative '}{shown(schema)} {'removed' if base else 'added'}"
    )
    at = base.at if base else None, revision.at if revision else None
    return exchanged(kind.narrower if narrower else kind.wider, pair, {keyword: {text(schema)}}, summary, at)


def _partners(base: list[Spot], revision: list[Spot]) -> list[Pair]:
    """Match the branches: equal ones first, then the most alike, then what stands alone on both sides."""
    scores = sorted(
        (-likeness(one.schema, other.schema), i, j)
        for i, one in enumerate(base)
        for j, other in enumerate(revision)
    )
    found: dict[int, int] = {}
    for score, i, j in scores:
        if score < 0 and i not in found and j not in found.values():
            found[i] = j
    return [Pair(base[i], revision[j]) for i, j in sorted(found.items())]


def likeness(one: Any, other: Any) -> float:
    """Return how alike two schemas are: 0 for nothing in common, 100 for equal ones."""
    if text(one) == text(other):
        return 100.0
    if not isinstance(one, Node) or not isinstance(other, Node):
        return 0.0
    if "enum" in one and "enum" in other:
        return _overlap(map(text, one["enum"]), map(text, other["enum"])) * 50
    if "$ref" in one or "$ref" in other:
        return 1.0
    if not both_types(types(one), types(other)):
        return 0.0
    if types(one) == types(other) == {"object"}:
        return 50 * _overlap(one.get("properties", {}), other.get("properties", {})) + _also(one, other)
    return 1 + 10 * _overlap(one, other) + _also(one, other)


def _also(one: Node, other: Node) -> float:
    titles = one.notes.get("title"), other.notes.get("title")
    named = 30.0 if titles[0] is not None and titles[0] == titles[1] else 0.0
    shared = [k for k in one if k in other and text(one[k]) == text(other[k])]
    has_members = "properties" in one or "properties" in other
    return named + (0.0 if has_members else len(shared) + 1.0)


def _overlap(one: Any, other: Any) -> float:
    mine, theirs = set(one), set(other)
    return len(mine & theirs) / len(mine | theirs) if mine | theirs else 0.0


def applied_edits(pair: Pair) -> Iterator[Edit | Pair]:
    """Yield the differences in `if`, a kept reference, and what is left in `allOf`."""
    yield from _conditions(pair)
    base, revision = pair.values("$ref")
    if base is not None and revision is not None:
        yield Pair(_reference(pair.base), _reference(pair.revision))
    elif base is not revision:
        yield exchanged(_stem(KINDS["allOf"], base, revision), pair, {"$ref": None})
    yield from _parts(pair)


def _stem(kind: Kind, base: Any, revision: Any) -> str:
    return kind.narrower if base is None else kind.wider if revision is None else kind.changed


def _reference(spot: Spot) -> Spot:
    """Return the kept reference of a spot without what stands beside it."""
    alone = Node({"$ref": spot.node["$ref"]}, spot.node.origins)
    return Spot((*spot.pointer, "$ref"), spot.steps, alone)


def _conditions(pair: Pair) -> Iterator[Edit | Pair]:
    """Yield what differs under one condition, or else the whole of what two conditions ask for."""
    differing = [k for k in _CONDITION if text(pair.base.node.get(k)) != text(pair.revision.node.get(k))]
    if "if" in differing or any(None in pair.values(keyword) for keyword in differing):
        yield exchanged(_stem(KINDS["if"], *pair.values("if")), pair, dict.fromkeys(_CONDITION))
        return
    if "if" in pair.base.node:
        yield from (pair.below((keyword,)) for keyword in ("then", "else") if keyword in pair.base.node)


def _parts(pair: Pair) -> Iterator[Edit | Pair]:
    base, revision = (
        {text(spot.schema): spot for spot in _branches(side, "allOf")} for side in (pair.base, pair.revision)
    )
    # what reads the same may refer to what is not
    yield from (Pair(one, revision[key]) for key, one in base.items() if "$ref" in key and key in revision)
    gone = [spot for key, spot in base.items() if key not in revision]
    new = [spot for key, spot in revision.items() if key not in base]
    for one, other in zip_longest(gone, new):
        yield Pair(one, other) if one and other else _entry(pair, "allOf", one, other)


def is_whole(pair: Pair) -> bool:
    """Tell whether one side allows anything and the other says much: then that is one difference, not many."""
    sizes = sorted(len(spot.node) for spot in (pair.base, pair.revision))
    return sizes[0] == 0 and sizes[1] > 1


def whole_edits(pair: Pair) -> Iterator[Edit]:
    """Yield the difference between a schema and none at all, or between nothing allowed and something."""
    base, revision = pair.base.schema, pair.revision.schema
    if (base is False) is not (revision is False):
        yield replaced(KINDS["schema"].narrower if revision is False else KINDS["schema"].wider, pair)
    elif isinstance(base, Node) and isinstance(revision, Node):
        yield replaced(KINDS["schema"].wider if base else KINDS["schema"].narrower, pair)
