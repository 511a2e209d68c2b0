"""Shapes: a schema with its references, `allOf` and branches folded into flat alternatives.

A schema accepts what some of its shapes accepts, as far as keywords can be merged; what cannot
(`not`, the other branches of a `oneOf`) stays with the validator, which has the last word on every value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any, Final

from conformance.contract.keywords import Schema, is_sent
from conformance.contract.validator import compile_schema
from conformance.jsonvalue import JSON, encode, type_name

TYPES: Final = ("object", "array", "string", "integer", "number", "boolean", "null")


@dataclass(frozen=True, slots=True)
class Contains:
    """One `contains` with its `minContains` and `maxContains` (validation §6.4.4, §6.4.5)."""

    schema: Schema
    low: int = 1
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """One flat alternative of a schema. Every field is a keyword of JSON Schema 2020-12, merged.

    `types` never holds `integer` beside `number`; `enum` is None where any value will do;
    `examples` are values the document itself shows, best first.
    """

    types: frozenset[str] = frozenset(TYPES) - {"integer"}
    enum: tuple[JSON, ...] | None = None
    min_length: int = 0
    max_length: int | None = None
    patterns: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    exclusive_minimum: Fraction | None = None
    exclusive_maximum: Fraction | None = None
    multiple_of: Fraction | None = None
    properties: Mapping[str, Schema] = field(default_factory=dict)
    pattern_properties: Mapping[str, Schema] = field(default_factory=dict)
    additional: Schema = True
    names: Schema = True
    required: tuple[str, ...] = ()
    dependent_required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    min_properties: int = 0
    max_properties: int | None = None
    prefix: tuple[Schema, ...] = ()
    items: Schema = True
    contains: tuple[Contains, ...] = ()
    min_items: int = 0
    max_items: int | None = None
    unique: bool = False
    examples: tuple[JSON, ...] = ()

    def member(self, name: str) -> Schema:
        """Return the schema of the member `name`, whether declared, matched by a pattern, or additional."""
        applied = [self.properties[name]] if name in self.properties else []
        applied += [s for pattern, s in self.pattern_properties.items() if matches(pattern, name)]
        return conjunction(*applied) if applied else self.additional

    def item(self, index: int) -> Schema:
        """Return the schema of the item at `index`."""
        return self.prefix[index] if index < len(self.prefix) else self.items

    @property
    def is_possible(self) -> bool:
        """Tell whether some value may have this shape, as far as types, enum and required members can say."""
        return bool(self.types) and self.enum != () and not self._lacks_required()

    def _lacks_required(self) -> bool:
        only_object = self.types == {"object"}
        return only_object and any(self.member(name) is False for name in self.required)


ANY: Final = Shape()
"""The shape of every value."""


def conjunction(*schemas: Schema) -> Schema:
    """Return one schema that accepts what all of `schemas` accept."""
    real: list[dict[str, Any]] = []
    for schema in schemas:
        if schema is False:
            return False
        if isinstance(schema, dict) and schema and schema not in real:
            real.append(schema)
    if not real:
        return True
    return real[0] if len(real) == 1 else {"allOf": real}


@lru_cache(maxsize=1024)
def _pattern_validator(pattern: str) -> Any:
    return compile_schema({"pattern": pattern})


def matches(pattern: str, text: str) -> bool:
    """Tell whether the ECMA-262 `pattern` is found in `text`; the validator decides."""
    return bool(_pattern_validator(pattern).accepts(text))


def merge(a: Shape, b: Shape) -> Shape | None:
    """Return the shape of the values that have both shapes, None where none can."""
    if a is ANY:
        return b
    if b is ANY:
        return a
    merged = Shape(
        types=_both_types(a.types, b.types),
        enum=_both_enums(a.enum, b.enum),
        min_length=max(a.min_length, b.min_length),
        max_length=_least(a.max_length, b.max_length),
        patterns=tuple(dict.fromkeys((*a.patterns, *b.patterns))),
        formats=tuple(dict.fromkeys((*a.formats, *b.formats))),
        minimum=_greatest(a.minimum, b.minimum),
        maximum=_least(a.maximum, b.maximum),
        exclusive_minimum=_greatest(a.exclusive_minimum, b.exclusive_minimum),
        exclusive_maximum=_least(a.exclusive_maximum, b.exclusive_maximum),
        multiple_of=_common_multiple(a.multiple_of, b.multiple_of),
        names=conjunction(a.names, b.names),
        required=tuple(dict.fromkeys((*a.required, *b.required))),
        dependent_required=_joined(a.dependent_required, b.dependent_required),
        min_properties=max(a.min_properties, b.min_properties),
        max_properties=_least(a.max_properties, b.max_properties),
        contains=(*a.contains, *(c for c in b.contains if c not in a.contains)),
        min_items=max(a.min_items, b.min_items),
        max_items=_least(a.max_items, b.max_items),
        unique=a.unique or b.unique,
        examples=(*a.examples, *b.examples),
        **_both_members(a, b),
        **_both_items(a, b),
    )
    if merged.enum is not None:
        merged = replace(merged, enum=tuple(v for v in merged.enum if _keeps(v, merged)))
    return merged if merged.is_possible else None


def _keeps(value: JSON, shape: Shape) -> bool:
    """Tell whether an enum's member keeps the shape's type, lengths and patterns."""
    name = type_name(value)
    if name not in shape.types and not (name == "integer" and "number" in shape.types):
        return False
    if not isinstance(value, str):
        return True
    longest = len(value) if shape.max_length is None else shape.max_length
    return shape.min_length <= len(value) <= longest and all(matches(p, value) for p in shape.patterns)


def _both_types(a: frozenset[str], b: frozenset[str]) -> frozenset[str]:
    both = a & b
    if ("integer" in a and "number" in b) or ("integer" in b and "number" in a):
        both |= {"integer"}
    return both


def _both_enums(a: tuple[JSON, ...] | None, b: tuple[JSON, ...] | None) -> tuple[JSON, ...] | None:
    if a is None or b is None:
        return b if a is None else a
    known = {encode(value) for value in b}
    return tuple(value for value in a if encode(value) in known)


def _least(a: Any, b: Any) -> Any:
    return b if a is None else a if b is None else min(a, b)


def _greatest(a: Any, b: Any) -> Any:
    return b if a is None else a if b is None else max(a, b)


def _common_multiple(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    if a is None or b is None:
        return b if a is None else a
    denominator = lcm(a.denominator, b.denominator)
    return Fraction(lcm(int(a * denominator), int(b * denominator)), denominator)


def _joined(a: Mapping[str, tuple[str, ...]], b: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: (*a.get(name, ()), *b.get(name, ())) for name in dict.fromkeys((*a, *b))}


def _both_members(a: Shape, b: Shape) -> dict[str, Any]:
    """Merge so that a name declared on one side still meets the other side's `additionalProperties`."""
    names = dict.fromkeys((*a.properties, *b.properties))
    patterns = dict.fromkeys((*a.pattern_properties, *b.pattern_properties))
    return {
        "properties": {name: conjunction(a.member(name), b.member(name)) for name in names},
        "pattern_properties": {
            p: conjunction(
                a.pattern_properties.get(p, a.additional if p not in a.pattern_properties else True),
                b.pattern_properties.get(p, b.additional if p not in b.pattern_properties else True),
            )
            for p in patterns
        },
        "additional": conjunction(a.additional, b.additional),
    }


def _both_items(a: Shape, b: Shape) -> dict[str, Any]:
    length = max(len(a.prefix), len(b.prefix))
    return {
        "prefix": tuple(conjunction(a.item(i), b.item(i)) for i in range(length)),
        "items": conjunction(a.items, b.items),
    }


def own_shape(schema: Mapping[str, Any]) -> Shape:
    """Return the shape of a schema's own keywords, its applicators in place left aside."""
    bounds: dict[str, Any] = {
        name: Fraction(str(schema[keyword]))
        for keyword, name in _NUMBERS.items()
        if isinstance(schema.get(keyword), int | float)
    }
    counts: dict[str, Any] = {
        name: int(schema[keyword]) for keyword, name in _COUNTS.items() if keyword in schema
    }
    return Shape(
        types=_types(schema),
        enum=_enum(schema),
        patterns=(schema["pattern"],) if "pattern" in schema else (),
        formats=(schema["format"],) if "format" in schema else (),
        properties=_sent(schema.get("properties", {})),
        pattern_properties=schema.get("patternProperties", {}),
        additional=schema.get("additionalProperties", True),
        names=schema.get("propertyNames", True),
        required=tuple(schema.get("required", ())),
        dependent_required={k: tuple(v) for k, v in schema.get("dependentRequired", {}).items()},
        prefix=tuple(schema.get("prefixItems", ())),
        items=schema.get("items", True),
        contains=_contains(schema),
        unique=bool(schema.get("uniqueItems", False)),
        examples=_examples(schema),
        **bounds,
        **counts,
    )


_NUMBERS: Final = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive_minimum",
    "exclusiveMaximum": "exclusive_maximum",
    "multipleOf": "multiple_of",
}
_COUNTS: Final = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_items",
    "maxItems": "max_items",
    "minProperties": "min_properties",
    "maxProperties": "max_properties",
}


def _sent(members: Mapping[str, Schema]) -> Mapping[str, Schema]:
    """Return the members without those that are not to be sent: no value is built of them."""
    if all(map(is_sent, members.values())):
        return members
    return {name: schema for name, schema in members.items() if is_sent(schema)}


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    named = schema.get("type", TYPES)
    types = frozenset([named] if isinstance(named, str) else named)
    return types - {"integer"} if "number" in types else types


def _enum(schema: Mapping[str, Any]) -> tuple[JSON, ...] | None:
    """Return the values of `enum` and `const` that the schema's own `type` allows."""
    listed = _both_enums(
        tuple(schema["enum"]) if "enum" in schema else None,
        (schema["const"],) if "const" in schema else None,
    )
    if listed is None:
        return None
    types = _types(schema)
    return tuple(v for v in listed if (t := type_name(v)) in types or (t == "integer" and "number" in types))


def _contains(schema: Mapping[str, Any]) -> tuple[Contains, ...]:
    if "contains" not in schema:
        return ()
    high = schema.get("maxContains")
    low = int(schema.get("minContains", 1))
    return (Contains(schema["contains"], low, None if high is None else int(high)),)


def _examples(schema: Mapping[str, Any]) -> tuple[JSON, ...]:
    listed = schema.get("examples", [])
    single = [schema[key] for key in ("example", "default") if key in schema]
    return (*(listed if isinstance(listed, list) else ()), *single)


def products(left: Iterator[Shape], right: list[Shape]) -> Iterator[Shape]:
    """Yield every possible merge of one shape of each side."""
    for a in left:
        for b in right:
            if (merged := merge(a, b)) is not None:
                yield merged


def close(shape: Shape, schema: Mapping[str, Any]) -> Shape:
    """Apply `unevaluatedProperties` and `unevaluatedItems` (core §11) to what the merged shape left open."""
    additional = schema.get("unevaluatedProperties", True) if shape.additional is True else shape.additional
    items = schema.get("unevaluatedItems", True) if shape.items is True else shape.items
    if additional is shape.additional and items is shape.items:
        return shape
    return replace(shape, additional=additional, items=items)
