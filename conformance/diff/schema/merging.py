"""Two nodes as one that accepts what both accept: how `allOf`, `$ref` and what stands beside them become one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import lcm
from typing import Any, Final

from conformance.diff.schema.node import Node, Normal, both_types, text

_Keywords = Mapping[str, Any]
_LOWER: Final = ("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum")
_UPPER: Final = ("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum")


def both(a: Normal, b: Normal) -> Normal:
    """Return one schema for two; what can't be said in one stands in `allOf`. False where types exclude each other."""
    if not isinstance(a, Node) or not isinstance(b, Node):
        return False
    merged = Node(a, {**b.origins, **a.origins}, {**b.notes, **a.notes})
    left: dict[str, Any] = {}
    for group, merge in _GROUPS.items():
        mine, theirs = _of(a, group), _of(b, group)
        if not theirs or text(mine) == text(theirs):
            continue
        found = merge(mine, theirs) if mine else theirs
        merged.update(found if found is not None else {})
        left.update(theirs if found is None else {})
    if merged.get("type") == []:
        return False
    if left:
        merged["allOf"] = [*merged.get("allOf", ()), Node(left, b.origins)]
    return merged


def _of(node: Node, group: tuple[str, ...]) -> dict[str, Any]:
    return {keyword: node[keyword] for keyword in group if keyword in node}


def _types(mine: _Keywords, theirs: _Keywords) -> dict[str, Any]:
    return {"type": sorted(both_types(frozenset(mine["type"]), frozenset(theirs["type"])))}


def _enums(mine: _Keywords, theirs: _Keywords) -> dict[str, Any]:
    known = {text(value) for value in theirs["enum"]}
    return {"enum": [value for value in mine["enum"] if text(value) in known]}


def _most(keyword: str) -> Callable[[_Keywords, _Keywords], dict[str, Any]]:
    return lambda mine, theirs: {keyword: max(mine[keyword], theirs[keyword])}


def _least(keyword: str) -> Callable[[_Keywords, _Keywords], dict[str, Any]]:
    return lambda mine, theirs: {keyword: min(mine[keyword], theirs[keyword])}


def _multiples(mine: _Keywords, theirs: _Keywords) -> dict[str, Any] | None:
    one, other = mine["multipleOf"], theirs["multipleOf"]
    if isinstance(one, int) and isinstance(other, int):
        return {"multipleOf": lcm(one, other)}
    return None


def _required(mine: _Keywords, theirs: _Keywords) -> dict[str, Any]:
    return {"required": sorted({*mine["required"], *theirs["required"]})}


def _names(mine: _Keywords, theirs: _Keywords) -> dict[str, Any]:
    return {"propertyNames": both(mine["propertyNames"], theirs["propertyNames"])}


def _members(mine: _Keywords, theirs: _Keywords) -> dict[str, Any] | None:
    """Merge so that a name declared on one side still meets the other side's `additionalProperties`."""
    if "patternProperties" in mine or "patternProperties" in theirs:
        return None
    rest = [side.get("additionalProperties", Node()) for side in (mine, theirs)]
    declared = [side.get("properties", {}) for side in (mine, theirs)]
    names = dict.fromkeys((*declared[0], *declared[1]))
    found: dict[str, Any] = {}
    if names:
        found["properties"] = {
            name: both(declared[0].get(name, rest[0]), declared[1].get(name, rest[1])) for name in names
        }
    if "additionalProperties" in mine or "additionalProperties" in theirs:
        found["additionalProperties"] = both(rest[0], rest[1])
    return found


def _items(mine: _Keywords, theirs: _Keywords) -> dict[str, Any] | None:
    if "prefixItems" in mine or "prefixItems" in theirs:
        return None
    return {"items": both(mine["items"], theirs["items"])}


def _dependencies(mine: _Keywords, theirs: _Keywords) -> dict[str, Any]:
    one, other = mine["dependentRequired"], theirs["dependentRequired"]
    names = dict.fromkeys((*one, *other))
    return {"dependentRequired": {n: sorted({*one.get(n, ()), *other.get(n, ())}) for n in names}}


def _parts(mine: _Keywords, theirs: _Keywords) -> dict[str, Any]:
    return {"allOf": [*mine["allOf"], *theirs["allOf"]]}


def _apart(_mine: _Keywords, _theirs: _Keywords) -> None:
    """Leave both: there is no one keyword for the two."""


_GROUPS: Final[dict[tuple[str, ...], Callable[[_Keywords, _Keywords], dict[str, Any] | None]]] = {
    ("allOf",): _parts,  # first: what is left of the others is added to it
    ("type",): _types,
    ("enum",): _enums,
    **{(keyword,): _most(keyword) for keyword in _LOWER},
    **{(keyword,): _least(keyword) for keyword in _UPPER},
    ("multipleOf",): _multiples,
    ("required",): _required,
    ("propertyNames",): _names,
    ("properties", "patternProperties", "additionalProperties"): _members,
    ("prefixItems", "items"): _items,
    ("uniqueItems",): lambda _mine, theirs: dict(theirs),
    ("dependentRequired",): _dependencies,
    ("contains", "minContains", "maxContains"): _apart,
    ("if", "then", "else"): _apart,
    **{(keyword,): _apart for keyword in ("pattern", "format", "anyOf", "oneOf", "not", "dependentSchemas", "$ref")},
}  # fmt: skip
