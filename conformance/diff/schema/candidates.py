"""Values that may tell two readings of a schema apart: ordinary ones, edges, and what the edges leave out."""

from __future__ import annotations

import string
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import chain, combinations, islice, permutations, product
from typing import Any, Final, TypeAlias

from conformance.contract.keywords import Schema, descend
from conformance.contract.shape import TYPES, conjunction
from conformance.jsonvalue import JSON
from conformance.openapi.references import reference
from conformance.witness.values import Values

_EDGES: Final = 300
"""So many edges of each of the two readings are tried."""

_MEMBER_VALUES: Final = 3
_STEPS: Final = 8
_BRANCHES: Final = 8
_BRANCH_VALUES: Final = 12
_STRANGER: Final = "unexpected"
_ANY: Final[tuple[JSON, ...]] = ({}, "", 0)
_OFFERED: Final = 5
_NAMES: Final = 60
_PAIRED: Final = 12
_OBJECTS: Final = 3000
"""So many objects are put together of the members that the schemas name: `_PAIRED` of them two by two."""

_DEPTH: Final = 2
_HELD: Final = 600
_HELD_VALUES: Final = 150
_CONDITION_VALUES: Final = 60

_WORDS: Final = 500


def candidates(values: Values, mine: Schema, theirs: Schema, depth: int = _DEPTH) -> Iterator[JSON]:
    """Yield values on which the two readings may differ, those first that a person would show.

    `depth` bounds how far down schemas are followed that only one of the readings has.
    """
    return chain(
        ordinary(values, mine),
        _of_each_type(values, mine),
        quietly(islice(values.edges(mine, theirs), _EDGES)),
        quietly(islice(values.edges(theirs, mine), _EDGES)),
        quietly(values.near(mine)),
        _forbidden(values, mine, theirs),
        islice(_between(values, mine, theirs), _EDGES),
        _steps(values, mine, theirs),
        islice(_objects(values, mine, theirs), _OBJECTS),
        _conditions(values, mine, theirs),
        _repeating(values, mine),
        islice(_holders(values, mine, theirs, depth), _HELD),
    )


def ordinary(values: Values, schema: Schema) -> Iterator[JSON]:
    """Yield the plain value of a schema, the full one, and one of each alternative."""
    for build in (values.plain, values.full):
        with suppress(ValueError):
            yield build(schema)
    yield from quietly(values.each(schema))


def _of_each_type(values: Values, schema: Schema) -> Iterator[JSON]:
    for name in TYPES:
        with suppress(ValueError):
            yield values.plain(conjunction(schema, {"type": name}))


def quietly(values: Iterator[JSON]) -> Iterator[JSON]:
    """Yield the values up to the first that cannot be built."""
    with suppress(ValueError):
        yield from values


def _parts(*schemas: Schema) -> Iterator[dict[str, Any]]:
    return (part for schema in schemas for _, part in descend(schema) if isinstance(part, dict))


def _forbidden(values: Values, *schemas: Schema) -> Iterator[JSON]:
    """Yield values that a `not` is about: no shape leads to them."""
    for part in _parts(*schemas):
        if isinstance(part.get("not"), dict):
            rest = {keyword: value for keyword, value in part.items() if keyword != "not"}
            yield from quietly(islice(values.edges({"allOf": [rest, part["not"]]}), _EDGES))


def _between(values: Values, *schemas: Schema) -> Iterator[JSON]:
    """Yield values of one alternative just past the edges of another: there it matters how many take them."""
    parts = _in_place(values, *schemas)
    branches = [b for part in parts for keyword in ("anyOf", "oneOf") for b in part.get(keyword, ())]
    for one, other in permutations(branches[:_BRANCHES], 2):
        yield from quietly(islice(values.edges(one, other), _BRANCH_VALUES))


def _conditions(values: Values, *schemas: Schema) -> Iterator[JSON]:
    """Yield values at the edges of conditions and of what follows from them."""
    for part in _in_place(values, *schemas):
        if "if" in part:
            ruled = [True, *(part[keyword] for keyword in ("if", "then", "else") if keyword in part)]
            for one, other in permutations(ruled, 2):
                yield from quietly(islice(values.edges(one, other), _CONDITION_VALUES))


def _repeating(values: Values, schema: Schema) -> Iterator[JSON]:
    """Yield lawful arrays with one of their items once more."""
    for items in ordinary(values, conjunction(schema, {"type": "array"})):
        yield from ([*items, item] for item in (*items[:1], *items[-1:]))


def _holders(values: Values, mine: Schema, theirs: Schema, depth: int) -> Iterator[JSON]:
    """Yield arrays and objects that hold what only one reading says something of.

    Such a schema may name no type, so that neither strange nor ordinary values show it.
    """
    sides = [list(_held(values, schema)) for schema in (mine, theirs)] if depth else [[], []]
    for side, other in (sides, reversed(sides)):
        for place, schema in side:
            if (place, schema) not in other:
                found = quietly(islice(candidates(values, True, schema, depth - 1), _HELD_VALUES))
                yield from quietly(_holding(values, mine, place, found))


_Place: TypeAlias = tuple[str, str | int]
"""A keyword and, below it, the index of an item or the pattern of members' names."""


def _held(values: Values, schema: Schema) -> Iterator[tuple[_Place, Schema]]:
    """Yield each schema of items, and of members without a name, with its place."""
    for part in _in_place(values, schema):
        first = part.get("prefixItems", [])
        for index, item in enumerate(first):
            yield ("items", index), item
        for keyword in ("items", "unevaluatedItems"):
            if keyword in part:
                yield ("items", len(first)), part[keyword]
        for keyword in ("additionalProperties", "unevaluatedProperties", "contains"):
            if keyword in part:
                yield (keyword, ""), part[keyword]
        for pattern, member in part.get("patternProperties", {}).items():
            yield ("patternProperties", pattern), member


def _holding(values: Values, schema: Schema, place: _Place, found: Iterator[JSON]) -> Iterator[JSON]:
    keyword, key = place
    if isinstance(key, int):
        items = values.plain(conjunction(schema, {"type": "array", "minItems": key + 1}))
        yield from ([*items[:key], value, *items[key + 1 :]] for value in found)
        return
    if keyword == "contains":
        yield from ([value] for value in found)
        return
    members = values.plain(conjunction(schema, {"type": "object"}))
    patterned = keyword == "patternProperties"
    name = values.plain({"type": "string", "pattern": key}) if patterned else _STRANGER
    yield from ({**members, name: value} for value in found)


def _steps(values: Values, *schemas: Schema) -> Iterator[JSON]:
    """Yield the first few numbers above each least one, for where those next to it are taken."""
    for part in _in_place(values, *schemas):
        if {"number", "integer"} & set(part.get("type", ())):
            start = Fraction(str(part.get("minimum", part.get("exclusiveMinimum", 0))))
            step = Fraction(str(part.get("multipleOf", 0.5)))
            found = (start + step * count for count in range(_STEPS))
            yield from (n.numerator if n.denominator == 1 else float(n) for n in found)


def _objects(values: Values, mine: Schema, theirs: Schema) -> Iterator[JSON]:
    """Yield objects with few members, chosen among all that any part of the schemas names.

    Conditions and dependencies show in a combination of members only.
    """
    offers = dict(islice(_offers(values, mine, theirs), _NAMES))
    if not offers:
        return
    offers = {_STRANGER: list(_ANY), **offers}
    found = [v for v in ordinary(values, mine) if isinstance(v, dict)]
    bases: list[dict[str, JSON]] = [*found[:2], {}]
    pairs = combinations(islice(offers, _PAIRED), 2)
    for names, base in product(chain(((name,) for name in offers), pairs), bases):
        for chosen in product(*(offers[name] for name in names)):
            yield {**base, **dict(zip(names, chosen, strict=True))}
    for base in bases:
        for name in base:
            rest = {k: v for k, v in base.items() if k != name}
            yield from (rest, {**rest, _STRANGER: ""})


def _offers(values: Values, mine: Schema, theirs: Schema) -> Iterator[tuple[str, list[JSON]]]:
    """Yield each member's name with some values that the schemas have for it."""
    declared: dict[str, list[Schema]] = {}
    for part in _in_place(values, mine, theirs):
        for name, schema in part.get("properties", {}).items():
            declared.setdefault(name, []).append(schema)
        depending = part.get("dependentRequired", {})
        for name in (*part.get("required", ()), *depending, *chain(*depending.values())):
            declared.setdefault(name, [])
        for name in part.get("dependentSchemas", {}):
            declared.setdefault(name, [])
    for name, schemas in declared.items():
        options = [schema for schema in schemas if schema is not False]
        offered = [
            value
            for schema, other in product(options, (True, *options))
            for value in quietly(islice(values.edges(schema, other), _MEMBER_VALUES))
        ]
        kept = {repr(value): value for value in offered[:_OFFERED] + list(_ANY)}
        yield name, list(kept.values())


def _in_place(values: Values, *schemas: Schema) -> Iterator[dict[str, Any]]:
    """Yield what applies to the value itself, wherever in the schemas it is said."""
    waiting: list[Any] = list(schemas)
    seen: set[str] = set()
    while waiting:
        part = waiting.pop(0)
        if not isinstance(part, dict):
            continue
        if isinstance(ref := part.get("$ref"), str) and ref not in seen:
            seen.add(ref)
            section, name = reference(ref)
            waiting.append(values.root[str(section)][name])
        yield part
        for keyword in ("allOf", "anyOf", "oneOf"):
            waiting += part.get(keyword, ())
        waiting += [part[keyword] for keyword in ("not", "if", "then", "else") if keyword in part]
        waiting += part.get("dependentSchemas", {}).values()


def words(*patterns: str) -> Iterator[str]:
    """Yield short texts of the letters that patterns hold, where no automaton leads to better ones."""
    known = string.ascii_letters + string.digits
    letters = list(dict.fromkeys(c for c in "".join(patterns) if c in known))
    yield from islice(("".join(word) for n in range(4) for word in product(letters, repeat=n)), _WORDS)
