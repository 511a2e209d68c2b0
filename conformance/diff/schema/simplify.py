"""One node said in fewer words: no keyword without effect, its types named once, its listed values those it accepts."""

from __future__ import annotations

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
_IDLE: Final[dict[str, Any]] = {
    "minLength": 0, "minItems": 0, "minProperties": 0, "uniqueItems": False, "not": False,
    "required": [], "prefixItems": [], "allOf": [], "properties": {}, "patternProperties": {},
    "dependentRequired": {}, "dependentSchemas": {}, "additionalProperties": {}, "items": {}, "propertyNames": {},
}  # fmt: skip
"""What each keyword says that no value can violate."""


def simplified(node: Node) -> Normal:
    """Return a node that accepts the same in fewer and plainer words; False where that is nothing."""
    node = _typed(node.but({k: None for k, value in node.items() if k in _IDLE and value == _IDLE[k]}))
    if node.get("type") == [] or node.get("not") == {}:
        return False
    return _enumerated(node) if "enum" in node else node


def _typed(node: Node) -> Node:
    """Name the types once, and keep only what concerns one of them."""
    named = types(node)
    if node.get("multipleOf") == 1 and "number" in named and "type" in node:
        named = named - {"number"} | {"integer"}
    named = both_types(named, named)
    kinds = {"number" if name == "integer" else name for name in named}
    kept = {k: v for k, v in node.items() if k not in _KIND_OF or _KIND_OF[k] in kinds}
    kept.pop("type", None)
    if named != types(Node()):
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
