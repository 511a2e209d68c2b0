"""Differences in what an object may hold: members declared, required, and left to chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.diff.schema.edit import Edit, Pair, Relation, before_after, changed, origin, shown, swapped
from conformance.diff.schema.node import Node
from conformance.diff.schema.values import kinds, same_matches
from conformance.pointer import Pointer


def member_edits(pair: Pair) -> Iterator[Edit | Pair]:
    """Yield the differences in members, and the pairs of those that both sides declare."""
    if "object" not in kinds(pair):
        return
    base, revision = (spot.node.get("properties", {}) for spot in (pair.base, pair.revision))
    for name in dict.fromkeys((*base, *revision)):
        if name in base and name in revision:
            yield pair.below(("properties", name))
        else:
            yield _declared(pair, name)
    yield from _required(pair, (base.keys() ^ revision.keys()))
    yield from _patterned(pair)
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        yield from _rest(pair, keyword)
    yield from _names(pair)
    yield from _dependencies(pair)


def _declared(pair: Pair, name: str) -> Edit:
    """Return the edit of a member that one side alone declares, together with whether it must be there."""
    added = name in pair.revision.node.get("properties", {})
    having, lacking = (pair.revision, pair.base) if added else (pair.base, pair.revision)
    needed = name in having.node.get("required", ())
    also = not needed or name in lacking.node.get("required", ())
    stem = f"member-{'' if also else 'required-'}{'added' if added else 'removed'}"
    where = _member_origin(having.node, name)
    rest = lacking.node.get("additionalProperties", Node())
    is_open = rest == {} and rest is not False and "patternProperties" not in lacking.node
    return Edit(
        stem,
        pair,
        _with_member(pair.base.node, pair.revision.node, name),
        _with_member(pair.revision.node, pair.base.node, name),
        f"member {shown(name)} {'added' if added else 'removed'}{'' if also else ', required'}",
        None if added else where,
        where if added else None,
        _relation(added=added, is_open=is_open, rest=rest, also=also),
        # an object that declares nothing at all is free to hold anything: there each member is meant
        undeclared=name if is_open and also and lacking.node.get("properties") else "",
    )


def _relation(*, added: bool, is_open: bool, rest: Any, also: bool) -> Relation:
    if is_open:
        return Relation.NARROWER if added else Relation.WIDER
    if rest is False and also:
        return Relation.WIDER if added else Relation.NARROWER
    return Relation.UNKNOWN


def _with_member(node: Node, other: Node, name: str) -> Any:
    """Return a node with one member declared and required as the other has it."""
    properties = {n: s for n, s in node.get("properties", {}).items() if n != name}
    required = set(node.get("required", ())) - {name}
    if name in other.get("properties", {}):
        properties[name] = other["properties"][name]
    if name in other.get("required", ()):
        required.add(name)
    return changed(node, {"properties": properties or None, "required": sorted(required) or None})


def _member_origin(node: Node, name: str) -> Pointer:
    member = node["properties"][name]
    found = member.origins.get("") if isinstance(member, Node) else None
    return found or (*node.where("properties"), name)


def _required(pair: Pair, told: set[str]) -> Iterator[Edit]:
    """Yield each member that one side alone requires, but for those whose own edit says so."""
    base, revision = (set(spot.node.get("required", ())) for spot in (pair.base, pair.revision))
    for name in sorted((base ^ revision) - told):
        now = name in revision
        yield Edit(
            "member-required" if now else "member-optional",
            pair,
            _with_required(pair.base.node, name, present=now),
            _with_required(pair.revision.node, name, present=not now),
            f"member {shown(name)} {'optional → required' if now else 'required → optional'}",
            pair.base.node.where("required") if base else None,
            pair.revision.node.where("required") if revision else None,
            Relation.NARROWER if now else Relation.WIDER,
        )


def _with_required(node: Node, name: str, *, present: bool) -> Any:
    names = {*node.get("required", ())} - {name} | ({name} if present else set())
    return changed(node, {"required": sorted(names) or None})


def _patterned(pair: Pair) -> Iterator[Edit | Pair]:
    base, revision = (spot.node.get("patternProperties", {}) for spot in (pair.base, pair.revision))
    respelt = {one: other for one in base for other in revision if same_matches(one, other)}
    for one, other in respelt.items():
        yield pair.below(("patternProperties", one), ("patternProperties", other))
    for pattern in dict.fromkeys((*base, *revision)):
        if pattern in respelt or pattern in respelt.values():
            continue
        added = pattern in revision
        lacking = pair.base.node if added else pair.revision.node
        opens = lacking.get("additionalProperties") is False
        yield Edit(
            "members-opened" if added is opens else "members-closed" if opens else
            "members-constrained" if added else "members-freed",
            pair,
            _with_entry(pair.base.node, "patternProperties", pattern, revision.get(pattern)),
            _with_entry(pair.revision.node, "patternProperties", pattern, base.get(pattern)),
            f"members like {shown(pattern)} {'added' if added else 'removed'}",
            None if added else (*pair.base.node.where("patternProperties"), pattern),
            (*pair.revision.node.where("patternProperties"), pattern) if added else None,
        )  # fmt: skip


def _with_entry(node: Node, keyword: str, key: str, value: Any) -> Any:
    entries: dict[str, Any] = {k: v for k, v in node.get(keyword, {}).items() if k != key}
    if value is not None:
        entries[key] = value
    return changed(node, {keyword: entries or None})


def _rest(pair: Pair, keyword: str) -> Iterator[Edit | Pair]:
    """Yield the difference in what members may be that are not declared."""
    base, revision = pair.base.node.get(keyword), pair.revision.node.get(keyword)
    if isinstance(base, Node) and isinstance(revision, Node):
        yield pair.below((keyword,))
    elif base is not revision:
        narrower = revision is False or base is None
        closed = base is False or revision is False
        stem = ("members-closed" if narrower else "members-opened") if closed else (
            "members-constrained" if narrower else "members-freed"
        )  # fmt: skip
        relation = Relation.NARROWER if narrower else Relation.WIDER
        yield swapped(
            stem,
            pair,
            (keyword,),
            f"other members: {before_after(_allowance(base), _allowance(revision))}",
            relation if keyword == "additionalProperties" else Relation.UNKNOWN,
        )


def _allowance(schema: Any) -> str:
    if schema is None:
        return "anything"
    return "none" if schema is False else shown(schema)


def _names(pair: Pair) -> Iterator[Edit | Pair]:
    base, revision = (spot.node.get("propertyNames") for spot in (pair.base, pair.revision))
    if isinstance(base, Node) and isinstance(revision, Node):
        yield pair.below(("propertyNames",))
    elif base is not revision:
        stricter = base is None or revision is False
        yield swapped(
            "member-names-constrained" if stricter else "member-names-freed",
            pair,
            ("propertyNames",),
            relation=Relation.NARROWER if stricter else Relation.WIDER,
        )


def _dependencies(pair: Pair) -> Iterator[Edit | Pair]:
    base, revision = (spot.node.get("dependentRequired", {}) for spot in (pair.base, pair.revision))
    for name in dict.fromkeys((*base, *revision)):
        yield from _dependency(pair, name, base, revision)
    schemas = [spot.node.get("dependentSchemas", {}) for spot in (pair.base, pair.revision)]
    for name in dict.fromkeys((*schemas[0], *schemas[1])):
        if name in schemas[0] and name in schemas[1]:
            yield pair.below(("dependentSchemas", name))
            continue
        added = name in schemas[1]
        yield Edit(
            "condition-added" if added else "condition-removed",
            pair,
            _with_entry(pair.base.node, "dependentSchemas", name, schemas[1].get(name)),
            _with_entry(pair.revision.node, "dependentSchemas", name, schemas[0].get(name)),
            f"a schema that comes with member {shown(name)} {'added' if added else 'removed'}",
            None if added else origin(pair.base, "dependentSchemas"),
            origin(pair.revision, "dependentSchemas") if added else None,
            Relation.NARROWER if added else Relation.WIDER,
        )


def _dependency(
    pair: Pair, name: str, base: Mapping[str, list[str]], revision: Mapping[str, list[str]]
) -> Iterator[Edit]:
    before, after = set(base.get(name, ())), set(revision.get(name, ()))
    for stem, gone, kept, relation in (
        ("dependency-added", after - before, before | after, Relation.NARROWER),
        ("dependency-removed", before - after, before & after, Relation.WIDER),
    ):
        if gone:
            back = after - gone if stem == "dependency-added" else after | gone
            yield Edit(
                stem,
                pair,
                _with_entry(pair.base.node, "dependentRequired", name, sorted(kept) or None),
                _with_entry(pair.revision.node, "dependentRequired", name, sorted(back) or None),
                f"with member {shown(name)} {'now' if stem == 'dependency-added' else 'no longer'} "
                f"come {', '.join(map(shown, sorted(gone)))}",
                origin(pair.base, "dependentRequired") if name in base else None,
                origin(pair.revision, "dependentRequired") if name in revision else None,
                relation,
            )
