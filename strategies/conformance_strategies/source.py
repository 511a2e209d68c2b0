"""The source of values for one bundle: the plain one, the full one, and the edges of a schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice, permutations
from typing import Any, Final

from conformance.contract.alternatives import overlaps, shapes
from conformance.contract.keywords import Schema
from conformance.contract.shape import ANY, TYPES, Shape, conjunction
from conformance.contract.validator import Validator, compile_schema
from conformance.jsonvalue import JSON
from conformance_strategies.arrays import edge_arrays, plain_arrays
from conformance_strategies.near import near_strings
from conformance_strategies.numbers import edge_numbers, plain_numbers
from conformance_strategies.objects import edge_objects, full_objects, plain_objects
from conformance_strategies.strings import edge_strings, plain_strings

_MAX_DEPTH: Final = 16
"""Values nest no deeper than this by themselves; required recursion past it is unsatisfiable."""

_FULL_DEPTH: Final = 5
"""Below this depth a full value turns plain: optional members are left out."""


_REFERENCES: Final = ("'$ref'", "'$dynamicRef'")

_LAST_RESORT_DEPTH: Final = 2
_LAST_RESORT: Final = 200
_LAST_RESORT_PAIRS: Final = 12
"""So many edges are tried, this deep, where no plain value turns out valid."""


class UnsatisfiableError(ValueError):
    """No value of the schema could be built: it may have none, or none that we know how to find."""


class Source:
    """Builds values of schemas whose `$ref`s lead into one bundle. Deterministic: the same in each run."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        self._depth = 0
        self._keys: dict[int, tuple[Schema, str]] = {}
        self._overlaps: dict[str, list[Shape]] = {}
        self._validators: dict[str, Validator] = {}
        self._shapes: dict[str, list[Shape]] = {}
        self._plain: dict[tuple[str, bool], list[JSON]] = {}

    def _key(self, schema: Schema) -> str:
        """Return what tells a schema from others; kept by identity, for as long as the schema is held here."""
        held = self._keys.get(id(schema))
        if held is None or held[0] is not schema:
            held = self._keys[id(schema)] = (schema, repr(schema))  # quicker than JSON, and as telling
        return held[1]

    def accepts(self, schema: Schema, value: JSON) -> bool:
        """Tell whether the validator accepts the value."""
        if isinstance(schema, bool):
            return schema
        key = self._key(schema)
        if key not in self._validators:
            self._validators[key] = compile_schema(self._probe(schema, key))
        return self._validators[key].accepts(value)

    def _probe(self, schema: dict[str, Any], key: str) -> dict[str, Any]:
        """Return the schema behind a reference, where its annotations may be anything, with what it refers to.

        Where that is nothing, the bundle stays out: it takes longest to compile.
        """
        beside = self.root if any(word in key for word in _REFERENCES) else {}
        return {**beside, "$ref": "#/probe", "probe": schema}

    def shapes(self, schema: Schema) -> list[Shape]:
        """Return the schema's flat alternatives."""
        key = self._key(schema)
        if key not in self._shapes:
            self._shapes[key] = shapes(schema, self.root)
        return self._shapes[key]

    def _shared(self, schema: Schema) -> list[Shape]:
        """Return the shapes that two alternatives of the schema share."""
        key = self._key(schema)
        if key not in self._overlaps:
            self._overlaps[key] = list(overlaps(schema, self.root))
        return self._overlaps[key]

    def plain(self, schema: Schema) -> JSON:
        """Return the most ordinary valid value, with nothing in it that need not be there.

        Raises UnsatisfiableError where none is found.
        """
        return self._first(schema, full=False)

    def full(self, schema: Schema) -> JSON:
        """Return a valid value with every optional member that can be there, down to a fixed depth.

        Raises UnsatisfiableError where none is found.
        """
        return self._first(schema, full=True)

    def _first(self, schema: Schema, *, full: bool) -> JSON:
        if self._depth >= _MAX_DEPTH:
            raise UnsatisfiableError("nested too deeply")
        full = full and self._depth < _FULL_DEPTH
        key = (self._key(schema), full)
        if key not in self._plain:
            self._depth += 1
            try:
                found = list(islice(self._valid(schema, self._candidates(schema, full=full)), 1))
            finally:
                self._depth -= 1
            if not found and self._depth:
                raise UnsatisfiableError("no valid value")  # not kept: at a lesser depth there may be one
            self._plain[key] = found
        if not self._plain[key]:
            raise UnsatisfiableError("no valid value")
        return self._plain[key][0]

    def _valid(self, schema: Schema, candidates: Iterable[JSON]) -> Iterator[JSON]:
        return (value for value in candidates if self.accepts(schema, value))

    def _candidates(self, schema: Schema, *, full: bool) -> Iterator[JSON]:
        alternatives = self.shapes(schema)
        if full:
            yield from chain.from_iterable(full_objects(s, self) for s in alternatives if "object" in s.types)
            yield from chain.from_iterable(self._full_arrays(s) for s in alternatives if "array" in s.types)
        for shape in alternatives:
            yield from self._plain_of(shape)
        if self._depth <= _LAST_RESORT_DEPTH:
            yield from self._last_resort(schema)

    def _last_resort(self, schema: Schema) -> Iterator[JSON]:
        """Yield values for what shapes do not say: past `not`, in one alternative and past another, at every edge."""
        if isinstance(schema, dict) and "not" in schema:
            rest = {keyword: value for keyword, value in schema.items() if keyword != "not"}
            yield from islice(self.edges(rest, schema["not"]), _LAST_RESORT)
        if isinstance(schema, dict) and "oneOf" in schema:
            rest = {keyword: value for keyword, value in schema.items() if keyword != "oneOf"}
            for one, other in islice(permutations(schema["oneOf"], 2), _LAST_RESORT_PAIRS):
                yield from islice(self.edges(conjunction(rest, one), other), _LAST_RESORT)
        yield from islice(self.edges(schema), _LAST_RESORT)

    def _full_arrays(self, shape: Shape) -> Iterator[JSON]:
        return plain_arrays(shape, self, full=True)

    def _plain_of(self, shape: Shape) -> Iterator[JSON]:
        if shape.enum is not None:
            yield from shape.enum
            return
        yield from (value for value in shape.examples if value is not None)
        for name in (t for t in _ORDER if t in shape.types):
            yield from _PLAIN[name](shape, self)

    def edges(self, schema: Schema, against: Schema = True) -> Iterator[JSON]:
        """Yield values at the edges of `schema`: its own, and those just past the edges of `against`.

        Built to be valid against `schema`, though the validator has the last word. The first
        value of each alternative comes before the second of any.
        """
        others = self.shapes(against) or [ANY]
        alternatives = [*self.shapes(schema), *self._shared(schema)]
        streams = [
            self._edges_of(shape, others[min(i, len(others) - 1)]) for i, shape in enumerate(alternatives)
        ]
        seen: set[str] = set()
        for value in _in_turn(streams):
            key = repr(value) if not isinstance(value, str) else f"s{len(value)}{value[:64]}{value[-64:]}"
            if key not in seen:
                seen.add(key)
                yield value

    def each(self, schema: Schema) -> Iterator[JSON]:
        """Yield one ordinary valid value of each alternative of the schema, those that have one."""
        for shape in self.shapes(schema):
            yield from islice(self._valid(schema, self._plain_of(shape)), 1)

    def near(self, schema: Schema) -> Iterator[JSON]:
        """Yield values close to valid ones, inside or outside: those next to the matches of a pattern."""
        for pattern in dict.fromkeys(p for shape in self.shapes(schema) for p in shape.patterns):
            yield from near_strings(pattern)

    def _edges_of(self, shape: Shape, against: Shape) -> Iterator[JSON]:
        if shape.enum is not None:
            yield from shape.enum
            return
        yield from islice(self._plain_of(shape), 1)
        for name in (t for t in _ORDER if t in shape.types):
            yield from _EDGES[name](shape, against, self)


def _in_turn(streams: list[Iterator[JSON]]) -> Iterator[JSON]:
    """Yield one value of each stream after the other, until all have ended."""
    while streams:
        rest = []
        for stream in streams:
            for value in islice(stream, 1):
                yield value
                rest.append(stream)
        streams = rest


_ORDER: Final = ("object", "array", "string", "integer", "number", "boolean", "null")
assert set(_ORDER) == set(TYPES)  # noqa: S101 -- a type without a builder would go untested

_PLAIN: Final[dict[str, Any]] = {
    "object": plain_objects,
    "array": plain_arrays,
    "string": lambda shape, _: plain_strings(shape),
    "integer": lambda shape, _: plain_numbers(shape, integral=True),
    "number": lambda shape, _: plain_numbers(shape, integral=False),
    "boolean": lambda _shape, _: iter((True, False)),
    "null": lambda _shape, _: iter((None,)),
}
_EDGES: Final[dict[str, Any]] = {
    "object": edge_objects,
    "array": edge_arrays,
    "string": lambda shape, against, _: edge_strings(shape, against),
    "integer": lambda shape, against, _: edge_numbers(shape, against, integral=True),
    "number": lambda shape, against, _: edge_numbers(shape, against, integral=False),
    "boolean": lambda _shape, _against, _: iter((False, True)),
    "null": lambda _shape, _against, _: iter((None,)),
}
