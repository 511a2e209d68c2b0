"""Objects of a shape: with the least, with everything, without one, with one more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations, islice
from typing import Any, Final, Protocol

from conformance.contract.keywords import Schema
from conformance.contract.shape import Shape
from conformance.jsonvalue import JSON
from conformance.regex.automaton import anchored, searched
from conformance.regex.syntax import UndecidedPatternError

_STRANGER: Final = "unexpected"
_MEMBER_EDGES: Final = 12
_NESTED_LENGTH: Final = 10_000
"""Longer strings are edges of the member itself; there is no need of them to vary an object."""


class Values(Protocol):
    """What the builders ask of the source of values for what stands inside."""

    def plain(self, schema: Schema) -> JSON:
        """Return the most ordinary valid value; ValueError where there is none."""
        ...

    def full(self, schema: Schema) -> JSON:
        """Return a valid value with every optional member; ValueError where there is none."""
        ...

    def accepts(self, schema: Schema, value: JSON) -> bool:
        """Tell whether the validator accepts the value."""
        ...

    def edges(self, schema: Schema, against: Schema = True) -> Iterator[JSON]:
        """Yield values at the edges of `schema` and just past those of `against`."""
        ...


def plain_objects(shape: Shape, values: Values) -> Iterator[dict[str, JSON]]:
    """Yield the object with the required members alone, filled up to `minProperties`."""
    members = _with_dependents(shape, shape.required)
    try:
        least = {name: values.plain(shape.member(name)) for name in members}
    except ValueError:
        return
    yield _filled(least, shape, values)


def _with_dependents(shape: Shape, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names and all that `dependentRequired` asks for because of them (validation §6.5.4)."""
    found = list(dict.fromkeys(names))
    for name in found:
        found.extend(n for n in shape.dependent_required.get(name, ()) if n not in found)
    return tuple(found)


def _filled(least: dict[str, JSON], shape: Shape, values: Values) -> dict[str, JSON]:
    names = iter((*_optional(shape), *_more_names(shape, shape.min_properties)))
    filled = dict(least)
    while len(filled) < shape.min_properties and (name := next(names, None)) is not None:
        if name not in filled:
            _add(filled, name, shape, values)
    return filled


def _add(to: dict[str, JSON], name: str, shape: Shape, values: Values, *, full: bool = False) -> None:
    try:
        member = shape.member(name)
        to[name] = values.full(member) if full else values.plain(member)
    except ValueError:
        return


def _optional(shape: Shape) -> list[str]:
    return [
        name
        for name, schema in shape.properties.items()
        if name not in shape.required and schema is not False
    ]


def full_objects(shape: Shape, values: Values) -> Iterator[dict[str, JSON]]:
    """Yield the object with every declared member, then smaller ones where that is too much."""
    everything: dict[str, JSON] = {}
    for name in (*_with_dependents(shape, shape.required), *_optional(shape)):
        if name not in everything:
            _add(everything, name, shape, values, full=True)
    _add_pattern_members(everything, shape, values)
    yield _cut(everything, shape)
    for name in reversed(_optional(shape)):
        yield {key: value for key, value in everything.items() if key != name}


def _add_pattern_members(to: dict[str, JSON], shape: Shape, values: Values) -> None:
    for pattern in shape.pattern_properties:
        for name in islice(_names_like(pattern), 1):
            _add(to, name, shape, values, full=True)


def _cut(members: dict[str, JSON], shape: Shape) -> dict[str, JSON]:
    """Keep at most `maxProperties` members, the required ones first, in their own order."""
    if shape.max_properties is None or len(members) <= shape.max_properties:
        return members
    ranked = sorted(members, key=lambda name: name not in shape.required)
    kept = set(ranked[: shape.max_properties])
    return {name: value for name, value in members.items() if name in kept}


def edge_objects(shape: Shape, against: Shape, values: Values) -> Iterator[dict[str, JSON]]:
    """Yield the objects at the shape's edges, and those that `against` would not allow."""
    for least in islice(plain_objects(shape, values), 1):
        for full in islice(full_objects(shape, values), 1):
            yield from _without_one(full, shape)
            yield full
        yield from _with_one(least, shape, values)
        yield from _with_strangers(least, shape, against, values)
        yield from _counted(least, shape, against, values)
        yield from _differing_members(least, shape, against, values)
        yield from _with_two(shape, values)


def _without_one(full: dict[str, JSON], shape: Shape) -> Iterator[dict[str, JSON]]:
    for name in full:
        if name not in shape.required:
            rest = {key: value for key, value in full.items() if key != name}
            if len(rest) >= shape.min_properties:
                yield rest


def _with_one(least: dict[str, JSON], shape: Shape, values: Values) -> Iterator[dict[str, JSON]]:
    for name in _optional(shape):
        one = dict(least)
        _add(one, name, shape, values)
        for other in _with_dependents(shape, (name,))[1:]:
            _add(one, other, shape, values)
        if name in one:
            yield one


def _with_two(shape: Shape, values: Values) -> Iterator[dict[str, JSON]]:
    """Add each pair of optional members to what is required, where the whole object is too much."""
    required = replace(shape, min_properties=0)
    for least in islice(plain_objects(required, values), 1):
        for names in combinations(_optional(shape), 2):
            two = dict(least)
            for name in _with_dependents(shape, names):
                _add(two, name, shape, values)
            yield _filled(two, shape, values)


def _with_strangers(
    least: dict[str, JSON], shape: Shape, against: Shape, values: Values
) -> Iterator[dict[str, JSON]]:
    """Add a member that neither shape declares, and one for each of their name patterns."""
    for name in _strangers(shape, against):
        theirs = against.member(name)
        for value in islice(_differing(shape.member(name), theirs, values), _MEMBER_EDGES):
            yield {**least, name: value}


def _strangers(shape: Shape, against: Shape) -> Iterator[str]:
    declared = {*shape.properties, *against.properties}
    yield from (name for name in against.properties if name not in shape.properties)
    yield next(n for n in (_STRANGER, f"{_STRANGER}_", f"x-{_STRANGER}") if n not in declared)
    for pattern in (*shape.pattern_properties, *against.pattern_properties):
        yield from islice(_names_like(pattern), 2)
    yield from (name for name in against.dependent_required if name not in declared)
    yield from _names_of(against.names, inside=False)
    yield from _names_of(shape.names, inside=True)


def _names_like(pattern: str) -> Iterator[str]:
    for read in (anchored, searched):
        try:
            yield from read(pattern).shortest(3)
        except UndecidedPatternError:
            continue


def _names_of(names: Schema, *, inside: bool) -> Iterator[str]:
    """Yield names at the edge of a `propertyNames` schema's pattern and lengths, inside or outside of it."""
    if not isinstance(names, dict):
        return
    if inside:
        yield from _listed(names)
        yield from _names_like(names["pattern"]) if "pattern" in names else ()
    low, high = names.get("minLength", 1), names.get("maxLength")
    lengths = (low, high) if inside else (low - 1, None if high is None else high + 1)
    yield from ("n" * length for length in lengths if length is not None and length >= 0)
    if not inside:
        yield from ("NAME", "0", "with space", "-")


def _listed(names: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a `propertyNames` schema lists, but for what can be no name."""
    yield from (name for name in names.get("enum", ()) if isinstance(name, str))


def _counted(
    least: dict[str, JSON], shape: Shape, against: Shape, values: Values
) -> Iterator[dict[str, JSON]]:
    """Yield objects with as many members as either shape's bounds name, one less and one more."""
    limits = (shape.min_properties, shape.max_properties, against.min_properties, against.max_properties)
    sizes = {size + step for size in limits if size for step in (-1, 0, 1)}
    for size in sorted(sizes):
        grown = dict(least)
        for name in (*_optional(shape), *_more_names(shape, size)):
            if len(grown) >= size:
                break
            if name not in grown:
                _add(grown, name, shape, values)
        if len(grown) == size:
            yield grown


def _more_names(shape: Shape, count: int) -> list[str]:
    """Return further names that the shape may allow, `count` of each kind."""
    named = [n for p in shape.pattern_properties for n in islice(_names_like(p), count)]
    if isinstance(shape.names, dict) and "enum" in shape.names:
        return [*named, *_listed(shape.names)]
    if isinstance(shape.names, dict):
        named += _names_of(shape.names, inside=True)
        stem = "n" * max(1, shape.names.get("minLength", 1) - 2)
        return [*named, *(f"{stem}{index}" for index in range(count + 1))]
    return [*named, *(f"member{index}" for index in range(count + 1))]


def _differing_members(
    least: dict[str, JSON], shape: Shape, against: Shape, values: Values
) -> Iterator[dict[str, JSON]]:
    """Vary the members that the two shapes judge differently."""
    for name in shape.properties:
        mine, theirs = shape.member(name), against.member(name)
        if mine != theirs:
            for value in islice(_differing(mine, theirs, values), _MEMBER_EDGES):
                yield {**least, name: value}


def _differing(mine: Schema, theirs: Schema, values: Values) -> Iterator[JSON]:
    """Yield values of `mine`; where `theirs` is another schema, those first that it refuses."""
    if mine is False:
        return
    edges = values.edges(mine, theirs) if theirs is not False else values.edges(mine)
    found = (value for value in edges if not isinstance(value, str) or len(value) <= _NESTED_LENGTH)
    if mine == theirs:
        yield from islice(found, 1)
    else:
        yield from found
