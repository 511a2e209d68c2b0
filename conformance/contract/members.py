"""Which members and items a schema declares, through references and applicators in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from conformance import pointer as pointers
from conformance.contract.bundle import ROOT
from conformance.contract.keywords import Schema
from conformance.contract.validator import Validator, compile_schema
from conformance.jsonvalue import JSON
from conformance.openapi.references import reference
from conformance.pointer import Pointer

_LISTS: Final = ("allOf", "anyOf", "oneOf")
_SINGLE: Final = ("then", "else")


class Bundle:
    """A bundled schema to be asked about its parts; pointers lead from its root."""

    __slots__ = ("_compiled", "_in_place", "_items", "root")

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        self._compiled: dict[Pointer, Validator] = {}
        self._in_place: dict[tuple[Pointer, ...], tuple[tuple[Pointer, Mapping[str, Any]], ...]] = {}
        self._items: dict[tuple[Pointer, ...], tuple[Pointer, ...]] = {}

    def validator(self, pointer: Pointer) -> Validator:
        """Return the part at `pointer`, compiled once."""
        if pointer not in self._compiled:
            self._compiled[pointer] = compile_schema(self._alone(pointer))
        return self._compiled[pointer]

    def _alone(self, pointer: Pointer) -> dict[str, Any]:
        if pointer == (ROOT,):
            return dict(self.root)  # as it is, so that errors lead into the bundle
        return {**self.root, "$ref": "#/part", "part": pointers.get(self.root, pointer)}

    def accepts(self, part: Iterable[Pointer], value: JSON) -> bool:
        """Tell whether one of the schemas at the pointers accepts the value."""
        return any(self.validator(pointer).accepts(value) for pointer in part)

    def in_place(self, part: Iterable[Pointer]) -> tuple[tuple[Pointer, Mapping[str, Any]], ...]:
        """Return every schema object that applies to the same value as those at the pointers (core §10.2)."""
        key = tuple(part)
        if key not in self._in_place:  # asked for with every answer
            self._in_place[key] = tuple(self._applying(key))
        return self._in_place[key]

    def _applying(self, part: tuple[Pointer, ...]) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
        waiting, seen = list(reversed(part)), set[Pointer]()
        while waiting:
            pointer = waiting.pop()
            schema: Schema = pointers.get(self.root, pointer)
            if pointer in seen or not isinstance(schema, dict):
                continue
            seen.add(pointer)
            yield pointer, schema
            waiting.extend(reversed(list(_applied(pointer, schema))))

    def members(self, part: Iterable[Pointer]) -> dict[str, tuple[Pointer, ...]]:
        """Return where each member is declared, by name."""
        found: dict[str, tuple[Pointer, ...]] = {}
        for pointer, schema in self.in_place(part):
            for name in schema.get("properties", ()):
                found[name] = (*found.get(name, ()), (*pointer, "properties", name))
        return found

    def items(self, part: Iterable[Pointer]) -> tuple[Pointer, ...]:
        """Return where the schema of all items is declared; empty where the first ones have their own."""
        key = tuple(part)
        if key not in self._items:
            found = self.in_place(key)
            of_all = not any("prefixItems" in schema for _, schema in found)
            self._items[key] = tuple((*at, "items") for at, schema in found if of_all and "items" in schema)
        return self._items[key]

    def keywords(self, part: Iterable[Pointer], keyword: str) -> list[Any]:
        """Return the values of a keyword in every schema in place."""
        return [schema[keyword] for _, schema in self.in_place(part) if keyword in schema]


def _applied(pointer: Pointer, schema: Mapping[str, Any]) -> Iterator[Pointer]:
    if isinstance(ref := schema.get("$ref"), str):
        yield reference(ref)
    for keyword in _LISTS:
        yield from ((*pointer, keyword, index) for index in range(len(schema.get(keyword, ()))))
    yield from ((*pointer, keyword) for keyword in _SINGLE if keyword in schema and "if" in schema)
