"""Two nodes as one that accepts what both accept: how `allOf`, `$ref` and what stands beside them become one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import lcm
from operator import add
from typing import Any, Final

from conformance.diff.schema.node import Node, Normal, both_types, text

_Keywords = Mapping[str, Any]


def both(a: Normal, b: Normal) -> Normal:
    """Return one schema for two; what can't be said in one stands in `allOf`. False where types exclude each other."""
    if not isinstance(a, Node) or not isinstance(b, Node):
        return False
    merged = Node(a, {**b.origins, **a.origins}, {**b.notes, **a.notes})
    left: dict[str, Any] = {}
    for group in (*_TOGETHER, *((keyword,) for keyword in b if keyword not in _GROUPED)):
        mine, theirs = ({k: side[k] for k in group if k in side} for side in (a, b))
        if not theirs or text(mine) == text(theirs):
            continue
        found = _merged(group, mine, theirs) if mine else theirs
        merged.update(found or {})
        left.update(theirs if found is None else {})
    if merged.get("type") == []:
        return False
    if left:
        merged["allOf"] = [*merged.get("allOf", ()), Node(left, b.origins)]
    return merged


def _merged(group: tuple[str, ...], mine: _Keywords, theirs: _Keywords) -> dict[str, Any] | None:
    """Return what a group of keywords says for both; None where it takes two of them to say it."""
    if group in _TOGETHER:
        return _TOGETHER[group](mine, theirs)
    (keyword,) = group
    found = _ALONE[keyword](mine[keyword], theirs[keyword]) if keyword in _ALONE else None
    return None if found is None else {keyword: found}


def _members(mine: _Keywords, theirs: _Keywords) -> dict[str, Any] | None:
    """Merge so that a name declared on one side still meets the other side's `additionalProperties`."""
    if "patternProperties" in mine or "patternProperties" in theirs:
        return None
    rest = [side.get("additionalProperties", Node()) for side in (mine, theirs)]
    declared = [side.get("properties", {}) for side in (mine, theirs)]
    found: dict[str, Any] = {}
    if names := dict.fromkeys((*declared[0], *declared[1])):
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


def _values(mine: list[Any], theirs: list[Any]) -> list[Any]:
    known = set(map(text, theirs))
    return [value for value in mine if text(value) in known]


def _dependencies(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    return {n: sorted({*mine.get(n, ()), *theirs.get(n, ())}) for n in dict.fromkeys((*mine, *theirs))}


_TOGETHER: Final[dict[tuple[str, ...], Callable[[_Keywords, _Keywords], dict[str, Any] | None]]] = {
    ("properties", "patternProperties", "additionalProperties"): _members,
    ("prefixItems", "items"): _items,
    ("contains", "minContains", "maxContains"): lambda _mine, _theirs: None,
    ("if", "then", "else"): lambda _mine, _theirs: None,
}
_GROUPED: Final = frozenset(keyword for group in _TOGETHER for keyword in group)

_ALONE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "type": lambda mine, theirs: sorted(both_types(frozenset(mine), frozenset(theirs))),
    "enum": _values,
    **dict.fromkeys(
        ("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum", "uniqueItems"), max
    ),
    **dict.fromkeys(("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum"), min),
    "multipleOf": lambda one, other: (
        lcm(one, other) if isinstance(one, int) and isinstance(other, int) else None
    ),
    "required": lambda mine, theirs: sorted({*mine, *theirs}),
    "propertyNames": both,
    "dependentRequired": _dependencies,
    "allOf": add,
}
"""How what two schemas say by one keyword is said at once; every other keyword has to be said twice."""
