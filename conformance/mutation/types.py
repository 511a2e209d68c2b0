"""Operators on `type`: what loose readers let through, what narrow ones refuse (validation §6.1.1)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from conformance.contract.keywords import Schema
from conformance.contract.site import Site
from conformance.jsonvalue import JSON, type_name
from conformance.mutation.mutant import Mutant, misread
from conformance.requirement import Side

_NULL: Final[tuple[str, Schema]] = ("null", {"type": "null"})
_ARRAY: Final[tuple[str, Schema]] = ("an array", {"type": "array"})
_OBJECT: Final[tuple[str, Schema]] = ("an object", {"type": "object"})
_BOOLEAN: Final[tuple[str, Schema]] = ("a boolean", {"const": True})
_STRING: Final[tuple[str, Schema]] = ("a string", {"const": "sample"})

_WIDER: Final[dict[str, tuple[tuple[str, Schema], ...]]] = {
    "string": (_NULL, ("a number", {"const": 1}), _BOOLEAN, _ARRAY, _OBJECT),
    "integer": (_NULL, ("1.5", {"const": 1.5}), _BOOLEAN, _STRING, _ARRAY, _OBJECT),
    "number": (_NULL, _BOOLEAN, _STRING, _ARRAY, _OBJECT),
    "boolean": (
        _NULL,
        ('"true"', {"const": "true"}),
        ("1", {"const": 1}),
        ("0", {"const": 0}),
        _STRING,
        _ARRAY,
    ),
    "object": (_NULL, _ARRAY, _STRING, ("a number", {"const": 1}), _BOOLEAN),
    "array": (_NULL, _OBJECT, _STRING, ("a number", {"const": 1}), _BOOLEAN),
    "null": (_STRING, ("0", {"const": 0}), ("false", {"const": False}), _OBJECT, ('""', {"const": ""})),
}

_NARROWER: Final[dict[str, tuple[tuple[str, str, dict[str, Any]], ...]]] = {
    "string": (("non-empty", "an empty string", {"minLength": 1}),),
    "integer": (
        ("non-negative", "-1", {"minimum": 0}),
        ("non-zero", "0", {"not": {"const": 0}}),
        ("int32", str(2**31), {"maximum": 2**31 - 1}),
        ("int32-negative", str(-(2**31) - 1), {"minimum": -(2**31)}),
    ),
    "number": (
        ("whole", "a fraction", {"type": "integer"}),
        ("non-negative", "-1", {"minimum": 0}),
        ("non-zero", "0", {"not": {"const": 0}}),
    ),
    "boolean": (("never-true", "true", {"const": False}), ("never-false", "false", {"const": True})),
    "object": (("non-empty", "{}", {"minProperties": 1}),),
    "array": (("non-empty", "[]", {"minItems": 1}),),
}


_SAYS_MORE: Final = {
    "string": ("format",),
    "object": ("required", "anyOf", "oneOf", "allOf"),
    "array": ("contains",),
}
"""Keywords beside which a narrow reading of the type is not a mistake of its own."""


def type_mutants(site: Site) -> Iterator[Mutant]:
    """Yield the misreadings of the site's types: one loose or narrow reading for each of them.

    Alternatives of an `anyOf` or `oneOf` are read loosely all together, where they are combined:
    what one of them lets in, another may allow anyway.
    """
    named = site.schema.get("type")
    types = [named] if isinstance(named, str) else list(named or ())
    if not (site.steps and site.steps[-1][0] in ("anyOf", "oneOf")):
        yield from _loose(site, types)
    for name in types:
        for label, detail, changes in _NARROWER.get(name, ()):
            if (narrowed := _narrowed(site, types, name, label, detail, changes)) is not None:
                yield narrowed
    if len(types) > 1:
        yield from _one_type_lost(site, types)


def _loose(site: Site, types: list[str]) -> Iterator[Mutant]:
    keyword = "type"
    if not types:
        keyword, types = _types_of_alternatives(site.schema)
    demand = f"type {' or '.join(types)}"
    for name in types:
        for label, extra in (*_WIDER.get(name, ()), *_coerced(name, site.schema)):
            if not _taken_already(extra, types):
                yield _widened(site, name, keyword, demand, label, extra)


def _types_of_alternatives(schema: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return the combining keyword and the types its branches name; no types where a branch names none."""
    for keyword in ("anyOf", "oneOf"):
        branches = schema.get(keyword, ())
        named = [b.get("type") for b in branches if isinstance(b, dict)]
        if branches and len(named) == len(branches) and all(isinstance(n, str) for n in named):
            return keyword, list(dict.fromkeys(str(n) for n in named))
    return "type", []


def _taken_already(extra: Schema, types: list[str]) -> bool:
    """Tell whether another of the site's types allows what a loose reading would let in."""
    if len(types) < 2 or not isinstance(extra, dict):
        return False
    name = type_name(extra["const"]) if "const" in extra else str(extra.get("type", ""))
    return name in types or (name == "integer" and "number" in types)


def _widened(site: Site, name: str, keyword: str, demand: str, label: str, extra: Schema) -> Mutant:
    """Read the site as "this, or that too": the one loose reading that other keywords can't hide."""
    kept = {key: site.schema[key] for key in ("$defs",) if key in site.schema}  # references lead there
    return Mutant(
        operator=f"type-{name}-takes-{label}",
        site=site,
        replacement={**kept, "anyOf": [dict(site.schema), extra]},
        pointer=(*site.pointer, keyword),
        demand=demand,
        side=Side.REJECTS,
        detail=label,
        hints=(extra["const"],) if isinstance(extra, dict) and "const" in extra else (),
        open_reason=site.inherited_open,
    )


def _coerced(name: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, Schema]]:
    """Yield what a converting reader takes: a numeral for a number, one item for an array of it."""
    if name in ("integer", "number"):
        numeral = json.dumps(_number_within(schema))
        yield f'"{numeral}"', {"const": numeral}
    if name == "array" and isinstance(schema.get("items"), dict):
        yield "a bare item", schema["items"]
    if name == "object":
        yield "an array of one", {"type": "array", "items": dict(schema), "minItems": 1}


def _number_within(schema: Mapping[str, Any]) -> JSON:
    if schema.get("enum"):
        return schema["enum"][0]
    for value in (1, schema.get("minimum"), schema.get("maximum"), schema.get("multipleOf")):
        if isinstance(value, int | float) and _is_within(value, schema):
            return value
    low = schema.get("exclusiveMinimum", schema.get("minimum", 0))
    return low + 1


def _is_within(value: float, schema: Mapping[str, Any]) -> bool:
    return bool(
        value >= schema.get("minimum", value)
        and value <= schema.get("maximum", value)
        and value > schema.get("exclusiveMinimum", value - 1)
        and value < schema.get("exclusiveMaximum", value + 1)
        and value % schema.get("multipleOf", value or 1) == 0
    )


def _narrowed(
    site: Site, types: list[str], name: str, label: str, detail: str, changes: dict[str, Any]
) -> Mutant | None:
    """Read the site with one more limit on the type, unless the document already says more there."""
    if label in _NARROWED_AT and not _is_bounded_past(_NARROWED_AT[label], site.schema):
        return None
    said = {"enum", "const", *_SAYS_MORE.get(name, ()), *(key for key in changes if key != "type")}
    if said & site.schema.keys():
        return None
    if "type" in changes:
        changes = {"type": [changes["type"] if t == name else t for t in types]}
    return misread(f"type-{name}-{label}", site, "type", changes, f"type {name}", Side.ACCEPTS, detail)


_NARROWED_AT: Final = {"non-zero": 0, "non-negative": -1, "int32": 2**31, "int32-negative": -(2**31) - 1}
"""The number that each narrow reading refuses; where the bounds refuse it anyway, there is no such reading."""


def _is_bounded_past(value: int, schema: Mapping[str, Any]) -> bool:
    bounds = {key: schema[key] for key in schema if key != "multipleOf"}
    return _is_within(value, bounds)


def _one_type_lost(site: Site, types: list[str]) -> Iterator[Mutant]:
    for index, name in enumerate(types):
        rest = [t for t in types if t != name]
        yield misread(
            "type-lost",
            site,
            "type",
            {"type": rest},
            f"type {' or '.join(types)}",
            Side.ACCEPTS,
            name,
            at=(index,),
        )
