"""One node said in the plainest way: no keyword without effect, one spelling for each meaning."""

from __future__ import annotations

from math import ceil, floor
from typing import Any, Final

from conformance.contract.validator import compile_schema
from conformance.diff.schema.node import Node, Normal, both_types, plain, text, types
from conformance.errors import DocumentError
from conformance.jsonvalue import JSON, type_name

KEYWORDS: Final = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "object": (
        "properties", "patternProperties", "additionalProperties", "propertyNames", "required",
        "minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "unevaluatedProperties",
    ),
    "array": (
        "items", "prefixItems", "contains", "minContains", "maxContains", "minItems", "maxItems",
        "uniqueItems", "unevaluatedItems",
    ),
}  # fmt: skip
"""The keywords that only concern values of one type (validation §6, core §10.3); integers are numbers."""

_KIND_OF: Final = {keyword: kind for kind, keywords in KEYWORDS.items() for keyword in keywords}
_ZERO: Final = frozenset({"minLength", "minItems", "minProperties"})
_FREE: Final = frozenset(
    {"additionalProperties", "items", "propertyNames", "unevaluatedProperties", "unevaluatedItems"}
)
_EMPTY: Final = frozenset(
    {
        "required",
        "properties",
        "patternProperties",
        "prefixItems",
        "dependentRequired",
        "dependentSchemas",
        "allOf",
    }
)


def simplified(node: Node) -> Normal:
    """Return a node that accepts the same in fewer and plainer words; False where that is nothing."""
    node = _typed(_without_idle(node))
    if "type" in node and not node["type"]:
        return False
    if "enum" in node:
        return _enumerated(node)
    if node.get("not") == {}:
        return False
    return _spelt(node)


def tidied(node: Node) -> Node:
    """Return a node in our spelling with all its keywords, even those that have no effect of their own."""
    return _spelt(_typed(node))


def _spelt(node: Node) -> Node:
    named = types(node)
    if "number" in named or "integer" in named:
        node = _numbers(node, integral="number" not in named)
    return _sorted(node)


def _without_idle(node: Node) -> Node:
    """Drop the keywords that no value can violate."""
    gone: dict[str, Any] = {}
    for keyword, value in node.items():
        idle = (
            (keyword in _ZERO and value == 0)
            or (keyword in _FREE and value == {} and isinstance(value, dict))
            or (keyword in _EMPTY and not value)
            or (keyword == "uniqueItems" and not value)
            or (keyword == "not" and value is False)
        )
        if idle:
            gone[keyword] = None
    if "if" in node:
        gone.update({k: None for k in ("then", "else") if node.get(k) == {} and node.get(k) is not False})
    left = node.but(gone)
    if not ("if" in left and ("then" in left or "else" in left)):
        left = left.but(dict.fromkeys(("if", "then", "else")))
    if left.get("minContains") == 0 and "maxContains" not in left:
        left = left.but(dict.fromkeys(("contains", "minContains")))
    return _without_idle_contains(left)


def _without_idle_contains(node: Node) -> Node:
    if "contains" not in node:
        return node.but(dict.fromkeys(("minContains", "maxContains")))
    return node.but({"minContains": None}) if node.get("minContains") == 1 else node


def _typed(node: Node) -> Node:
    """Name the types once, and keep only what concerns one of them."""
    named = types(node)
    if node.get("multipleOf") == 1 and "number" in named and "type" in node:
        named = named - {"number"} | {"integer"}
    named = both_types(named, named)
    kinds = {"number" if name == "integer" else name for name in named}
    kept = {k: v for k, v in node.items() if k not in _KIND_OF or _KIND_OF[k] in kinds}
    everything = named == types(Node())
    kept.pop("type", None)
    if not everything:
        kept["type"] = sorted(named)
    return Node(kept, node.origins, node.notes)


def _enumerated(node: Node) -> Normal:
    """Keep the listed values that all other keywords accept, and the list alone where that says it all."""
    others = node.but({"enum": None})
    values = {text(number(value)): number(value) for value in node["enum"]}
    if others and "$ref" not in text(others):
        try:
            judge = compile_schema(plain(others))
        except DocumentError:
            return node
        values = {key: value for key, value in values.items() if judge.accepts(value)}
        others = Node((), node.origins, node.notes)
    if not values:
        return False
    listed = [values[key] for key in sorted(values)]
    named = sorted({type_name(value) for value in listed})
    if not others and (listed in ([None], [False, True]) and named in (["null"], ["boolean"])):
        return others.but({"type": named})
    return others.but({"enum": listed})


def number(value: JSON) -> JSON:
    """Return the value with each integral float as an integer: JSON Schema knows one number (core §4.2.1)."""
    match value:
        case float():
            return int(value) if value.is_integer() else value
        case list():
            return [number(item) for item in value]
        case dict():
            return {name: number(item) for name, item in value.items()}
        case _:
            return value


def _numbers(node: Node, *, integral: bool) -> Node:
    """Say the bounds of integers inclusively, and keep the tighter of two bounds on one side."""
    changes: dict[str, Any] = {k: number(node[k]) for k in KEYWORDS["number"] if k in node}
    if integral:
        changes |= _integral(changes)
    low, above = changes.get("minimum"), changes.get("exclusiveMinimum")
    high, below = changes.get("maximum"), changes.get("exclusiveMaximum")
    if low is not None and above is not None:
        changes["minimum" if above >= low else "exclusiveMinimum"] = None
    if high is not None and below is not None:
        changes["maximum" if below <= high else "exclusiveMaximum"] = None
    found = node.but(changes)
    for keyword, other in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if keyword in found and keyword not in found.origins:
            found.origins[keyword] = found.where(other)
    return found


def _integral(bounds: dict[str, Any]) -> dict[str, Any]:
    low = [ceil(bounds["minimum"])] if "minimum" in bounds else []
    low += [floor(bounds["exclusiveMinimum"]) + 1] if "exclusiveMinimum" in bounds else []
    high = [floor(bounds["maximum"])] if "maximum" in bounds else []
    high += [ceil(bounds["exclusiveMaximum"]) - 1] if "exclusiveMaximum" in bounds else []
    return {
        "minimum": max(low, default=None),
        "maximum": min(high, default=None),
        "exclusiveMinimum": None,
        "exclusiveMaximum": None,
        "multipleOf": None if bounds.get("multipleOf") == 1 else bounds.get("multipleOf"),
    }


def _sorted(node: Node) -> Node:
    changes: dict[str, Any] = {}
    if "required" in node:
        changes["required"] = sorted(set(node["required"]))
    if "dependentRequired" in node:
        changes["dependentRequired"] = {
            name: sorted(set(needed)) for name, needed in node["dependentRequired"].items() if needed
        } or None
    if "allOf" in node:
        parts = {text(part): part for part in node["allOf"]}
        changes |= _sorted_parts(node, [parts[key] for key in sorted(parts)])
    if "properties" in node and node.get("additionalProperties") is False and "patternProperties" not in node:
        changes["properties"] = {n: s for n, s in node["properties"].items() if s is not False} or None
    return node.but(changes)


def _sorted_parts(node: Node, parts: list[Node]) -> dict[str, Any]:
    """Order what stays in `allOf`; of several patterns the first in order is the schema's own."""
    if "pattern" not in node:
        return {"allOf": parts}
    found = [part["pattern"] for part in parts if part.keys() == {"pattern"}]
    first, *others = sorted({node["pattern"], *found})
    rest = [part for part in parts if part.keys() != {"pattern"}]
    kept = [*rest, *(Node({"pattern": pattern}, node.origins) for pattern in others)]
    return {"pattern": first, "allOf": sorted(kept, key=text) or None}
