"""Differences in what applies in place: alternatives, exclusions, conditions, parts of `allOf`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from conformance.diff.schema.edit import (
    Edit,
    Pair,
    Relation,
    Spot,
    changed,
    origin,
    replaced,
    shown,
    swapped,
)
from conformance.diff.schema.node import Node, both_types, plain, text, types

_CHOICES: Final = ("anyOf", "oneOf")
_FEWER: Final = {"anyOf": Relation.NARROWER, "oneOf": Relation.UNKNOWN}
_MORE: Final = {"anyOf": Relation.WIDER, "oneOf": Relation.UNKNOWN}


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
    base, revision = (
        _branches(spot, keyword) if _chosen(spot) else [spot] for spot in (pair.base, pair.revision)
    )
    yield from _matched(pair, keyword, base, revision)


def _branches(spot: Spot, keyword: str) -> list[Spot]:
    return [spot.below((keyword, index)) for index in range(len(spot.node[keyword]))]


def choice_edits(pair: Pair) -> Iterator[Edit | Pair]:
    """Yield the differences in `anyOf` and `oneOf`."""
    sides = [{k for k in ("anyOf", "oneOf") if k in spot.node} for spot in (pair.base, pair.revision)]
    if sides[0] != sides[1]:
        stem = (
            "alternatives-added" if not sides[0] else "alternatives-removed" if not sides[1] else
            "alternatives-changed"
        )  # fmt: skip
        relation = {"alternatives-added": Relation.NARROWER, "alternatives-removed": Relation.WIDER}
        retyped = pair.base.node.get("type") != pair.revision.node.get("type")
        proven = Relation.UNKNOWN if retyped else relation.get(stem, Relation.UNKNOWN)
        found = swapped(stem, pair, _CHOICES, relation=proven)
        # alternatives name the types themselves: the side without any gets its types with them
        typed = swapped(stem, pair, (*_CHOICES, "type"))
        edited = {k: getattr(typed, k) for k in ("base_edited", "revision_edited")}
        yield found if stem == "alternatives-changed" else replace(found, **edited)
        return
    for keyword in sorted(sides[0]):
        base, revision = (_branches(spot, keyword) for spot in (pair.base, pair.revision))
        yield from _matched(pair, keyword, base, revision)


def _matched(pair: Pair, keyword: str, base: list[Spot], revision: list[Spot]) -> Iterator[Edit | Pair]:
    """Yield the pairs of branches that belong together, and an edit for each that is left over."""
    stem = f"{keyword.lower()}-branch"
    pairs = _partners(base, revision)
    gone = [spot for spot in base if not any(spot is one for one, _ in pairs)]
    new = [spot for spot in revision if not any(spot is other for _, other in pairs)]
    for one, other in pairs:
        yield Pair(one, other)
    for spot in gone:
        fewer = [s.schema for s in base if s is not spot]
        more = [*(s.schema for s in revision), spot.schema]
        yield _branch_edit(f"{stem}-removed", pair, keyword, (fewer, more), spot, None, _FEWER[keyword])
    for spot in new:
        more = [*(s.schema for s in base), spot.schema]
        fewer = [s.schema for s in revision if s is not spot]
        yield _branch_edit(f"{stem}-added", pair, keyword, (more, fewer), None, spot, _MORE[keyword])


def _branch_edit(
    stem: str,
    pair: Pair,
    keyword: str,
    branches: tuple[list[Any], list[Any]],
    base: Spot | None,
    revision: Spot | None,
    relation: Relation,
) -> Edit:
    edited = [
        _with_branches(spot.node, keyword, found, alone=is_choice(pair) and not _chosen(spot))
        for spot, found in zip((pair.base, pair.revision), branches, strict=True)
    ]
    spot = base or revision
    said = shown(spot.schema) if spot else ""
    return Edit(
        stem,
        pair,
        edited[0],
        edited[1],
        f"alternative {said} {stem.rpartition('-')[2]}",
        origin(base) if base else None,
        origin(revision) if revision else None,
        relation,
    )


def _with_branches(node: Node, keyword: str, branches: list[Any], *, alone: bool) -> Any:
    """Return a node with other branches; one that stands alone is itself one of them."""
    found = [plain(branch) for branch in branches]
    if alone:
        return {keyword: found}
    return changed(node, {keyword: found}) if found else False


def _partners(base: list[Spot], revision: list[Spot]) -> list[tuple[Spot, Spot]]:
    """Match the branches: equal ones first, then the most alike, then what stands alone on both sides."""
    scores = sorted(
        (
            (-likeness(one.schema, other.schema), i, j)
            for i, one in enumerate(base)
            for j, other in enumerate(revision)
        ),
    )
    taken: tuple[set[int], set[int]] = (set(), set())
    found: list[tuple[int, int]] = []
    for score, i, j in scores:
        if score < 0 and i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            found.append((i, j))
    return [(base[i], revision[j]) for i, j in sorted(found)]


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
    """Yield the differences in `not`, `if`, a kept reference, and what is left in `allOf`."""
    base, revision = pair.base.node, pair.revision.node
    if "not" in base or "not" in revision:
        yield from _either(pair, ("not",), "exclusion")
    if "if" in base or "if" in revision:
        yield from _conditions(pair)
    if "$ref" in base and "$ref" in revision:
        yield Pair(_reference(pair.base), _reference(pair.revision))
    elif "$ref" in base or "$ref" in revision:
        yield from _either(pair, ("$ref",), "part")
    yield from _parts(pair)


def _reference(spot: Spot) -> Spot:
    """Return the kept reference of a spot without what stands beside it."""
    alone = Node({"$ref": spot.node["$ref"]}, spot.node.origins)
    return Spot((*spot.pointer, "$ref"), spot.steps, alone)


def _either(pair: Pair, keywords: tuple[str, ...], what: str) -> Iterator[Edit]:
    one, other = (
        {k: spot.node[k] for k in keywords if k in spot.node} for spot in (pair.base, pair.revision)
    )
    if text(one) == text(other):
        return
    if not one:
        yield swapped(f"{what}-added", pair, keywords, relation=Relation.NARROWER)
    elif not other:
        yield swapped(f"{what}-removed", pair, keywords, relation=Relation.WIDER)
    else:
        yield swapped(f"{what}-changed", pair, keywords)


_CONDITION: Final = ("if", "then", "else")


def _conditions(pair: Pair) -> Iterator[Edit | Pair]:
    base, revision = pair.base.node, pair.revision.node
    alike = "if" in base and "if" in revision and text(base["if"]) == text(revision["if"])
    if not alike or any((k in base) != (k in revision) for k in _CONDITION):
        yield from _either(pair, _CONDITION, "condition")
        return
    for keyword in ("then", "else"):
        if keyword in base:
            yield pair.below((keyword,))


def _parts(pair: Pair) -> Iterator[Edit | Pair]:
    sides: list[Sequence[Spot]] = [
        [spot.below(("allOf", index)) for index in range(len(spot.node.get("allOf", ())))]
        for spot in (pair.base, pair.revision)
    ]
    known = [{text(spot.schema): spot for spot in side} for side in sides]
    gone = [spot for spot in sides[0] if text(spot.schema) not in known[1]]
    new = [spot for spot in sides[1] if text(spot.schema) not in known[0]]
    # what reads the same may refer to what is not
    yield from (
        Pair(one, known[1][key]) for key, one in known[0].items() if "$ref" in key and key in known[1]
    )
    for one, other in zip(gone, new, strict=False):
        yield Pair(one, other)
    for spot in gone[len(new) :]:
        yield _part(pair, "part-removed", spot, None)
    for spot in new[len(gone) :]:
        yield _part(pair, "part-added", None, spot)


def _part(pair: Pair, stem: str, base: Spot | None, revision: Spot | None) -> Edit:
    spot = base or revision
    schema = plain(spot.schema) if spot else True
    mine, theirs = ([plain(p) for p in s.node.get("allOf", ())] for s in (pair.base, pair.revision))
    with_it, without_it = [*mine, schema], [p for p in mine if p != schema]
    back, away = [*theirs, schema], [p for p in theirs if p != schema]
    return Edit(
        stem,
        pair,
        changed(pair.base.node, {"allOf": (with_it if base is None else without_it) or None}),
        changed(pair.revision.node, {"allOf": (back if revision is None else away) or None}),
        f"{shown(schema)} {stem.rpartition('-')[2]}",
        origin(base) if base else None,
        origin(revision) if revision else None,
        Relation.NARROWER if base is None else Relation.WIDER,
    )


def is_whole(pair: Pair) -> bool:
    """Tell whether one side allows anything and the other says much: then that is one difference, not many."""
    sizes = sorted(len(spot.node) for spot in (pair.base, pair.revision))
    return sizes[0] == 0 and sizes[1] > 1


def whole_edits(pair: Pair) -> Iterator[Edit]:
    """Yield the difference between a schema and none at all, or between nothing allowed and something."""
    if isinstance(pair.base.schema, Node) and isinstance(pair.revision.schema, Node):
        narrower = not pair.base.schema
        relation = Relation.NARROWER if narrower else Relation.WIDER
        yield replaced("schema-narrowed" if narrower else "schema-widened", pair, relation)
    elif pair.base.schema is not False and pair.revision.schema is False:
        yield replaced("schema-narrowed", pair, Relation.NARROWER)
    elif pair.base.schema is False and pair.revision.schema is not False:
        yield replaced("schema-widened", pair, Relation.WIDER)
