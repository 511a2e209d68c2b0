"""Differences in what objects and arrays hold: members declared, required and dependent, and the first items."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.diff.schema.constraints import kinds
from conformance.diff.schema.edit import Edit, Pair, Spot, exchanged, shown
from conformance.diff.schema.rules import KINDS
from conformance.diff.schema.values import same_matches
from conformance.pointer import Pointer


def member_edits(pair: Pair) -> Iterator[Edit | Pair]:
    """Yield the differences in members, and the pairs of those that both sides declare."""
    if "object" not in kinds(pair):
        return
    base, revision = pair.values("properties", {})
    for name in dict.fromkeys((*base, *revision)):
        if name in base and name in revision:
            yield pair.below(("properties", name))
        else:
            yield _declared(pair, name)
    yield from _required(pair, base.keys() ^ revision.keys())
    yield from _patterned(pair)
    yield from _dependencies(pair)
    yield from _dependent(pair)


def first_item_edits(pair: Pair) -> Iterator[Edit | Pair]:
    """Yield the pairs of the first items that both sides describe, and the edit of those that one describes."""
    if "array" not in kinds(pair):
        return
    base, revision = pair.values("prefixItems", [])
    for index in range(min(len(base), len(revision))):
        yield pair.below(("prefixItems", index))
    if len(base) != len(revision):
        added = len(base) < len(revision)
        shorter = (pair.base if added else pair.revision).node
        narrower = added is not (shorter.get("items") is False)
        yield exchanged(_stem("items", narrower=narrower), pair, {"prefixItems": None})


def _stem(kind: str, *, narrower: bool) -> str:
    return KINDS[kind].narrower if narrower else KINDS[kind].wider


def _declared(pair: Pair, name: str) -> Edit:
    """Return the edit of a member that one side alone declares, together with whether it must be there."""
    added = name in pair.revision.node.get("properties", {})
    having, lacking = (pair.revision, pair.base) if added else (pair.base, pair.revision)
    alike = name not in having.node.get("required", ()) or name in lacking.node.get("required", ())
    rest = lacking.node.get("additionalProperties")
    is_open = not rest and rest is not False and "patternProperties" not in lacking.node
    return exchanged(
        _stem("member" if alike else "required member", narrower=added),
        pair,
        {"properties": {name}, "required": {shown(name)}},
        f"member {shown(name)} {'added' if added else 'removed'}{'' if alike else ', required'}",
        _one_sided(_member_at(having, name), added=added),
        # an object that declares nothing at all is free to hold anything: there each member is meant
        undeclared=name if is_open and alike and lacking.node.get("properties") else "",
    )


def _one_sided(at: Pointer | None, *, added: bool) -> tuple[Pointer | None, Pointer | None]:
    return (None, at) if added else (at, None)


def _member_at(spot: Spot, name: str) -> Pointer:
    return spot.below(("properties", name)).at or (*spot.node.where("properties"), name)


def _required(pair: Pair, declared: set[str]) -> Iterator[Edit]:
    """Yield each member that one side alone requires, but for those whose own edit says so."""
    base, revision = map(set, pair.values("required", ()))
    for name in sorted((base ^ revision) - declared):
        now = name in revision
        summary = f"member {shown(name)} {'optional → required' if now else 'required → optional'}"
        yield exchanged(_stem("required", narrower=now), pair, {"required": {shown(name)}}, summary)


def _patterned(pair: Pair) -> Iterator[Edit | Pair]:
    base, revision = pair.values("patternProperties", {})
    respelt = {one: other for one in base for other in revision if same_matches(one, other)}
    for one, other in respelt.items():
        yield pair.below(("patternProperties", one), ("patternProperties", other))
    for pattern in dict.fromkeys((*base, *revision)):
        if pattern in respelt or pattern in respelt.values():
            continue
        added = pattern in revision
        lacking = (pair.base if added else pair.revision).node
        opens = lacking.get("additionalProperties") is False
        where = (pair.revision if added else pair.base).node.where("patternProperties")
        yield exchanged(
            _stem("members" if added and not opens else "closed", narrower=added is not opens),
            pair,
            {"patternProperties": {pattern}},
            f"members like {shown(pattern)} {'added' if added else 'removed'}",
            _one_sided((*where, pattern), added=added),
        )


def _dependent(pair: Pair) -> Iterator[Edit | Pair]:
    base, revision = pair.values("dependentSchemas", {})
    for name in dict.fromkeys((*base, *revision)):
        if name in base and name in revision:
            yield pair.below(("dependentSchemas", name))
            continue
        added = name in revision
        summary = f"a schema that comes with member {shown(name)} {'added' if added else 'removed'}"
        at = _one_sided((pair.revision if added else pair.base).node.where("dependentSchemas"), added=added)
        yield exchanged(_stem("if", narrower=added), pair, {"dependentSchemas": {name}}, summary, at)


def _dependencies(pair: Pair) -> Iterator[Edit]:
    """Yield what comes with a member now, and what no longer does."""
    base, revision = pair.values("dependentRequired", {})
    for name in dict.fromkeys((*base, *revision)):
        before, after = set(base.get(name, ())), set(revision.get(name, ()))
        for narrower, word, names in ((True, "now", after - before), (False, "no longer", before - after)):
            if names:
                summary = f"with member {shown(name)} {word} come {', '.join(map(shown, sorted(names)))}"
                stem = _stem("dependentRequired", narrower=narrower)
                yield exchanged(stem, pair, {"dependentRequired": {name}}, summary)
