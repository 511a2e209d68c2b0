"""Vacuity: which members, branches and statuses of the documented answers no answer ever showed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from conformance import pointer as pointers
from conformance.document import reference
from conformance.jsonvalue import JSON
from conformance.mutation.site import sites
from conformance.operation import Operation
from conformance.pointer import Pointer
from conformance.schema.bundle import ROOT, bundle
from conformance.schema.members import Bundle
from conformance.schema.shape import matches

_MEMBERS: Final = frozenset({"properties", "patternProperties", "additionalProperties"})
_BRANCHES: Final = frozenset({"anyOf", "oneOf"})
_IN_PLACE: Final = _BRANCHES | {"$ref", "allOf"}
_ITEMS: Final = 100
"""So many items of an array are looked at; later ones show little that these did not."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """What no answer of one operation showed; members and branches as `201 body/name`, `201 body/a(2)`.

    Below what was never seen itself, nothing is listed.
    """

    statuses: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.statuses or self.members or self.branches)


@dataclass(frozen=True, slots=True)
class _Place:
    label: str
    is_branch: bool
    parent: Pointer | None


class Answered:
    """One response schema and what the bodies so far showed of it."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._bundle = Bundle(root)
        self._places = dict(_places(root))
        self._seen: set[Pointer] = set()
        self._schemas: dict[Pointer, Mapping[str, Any] | None] = {}
        contract = self._bundle.validator((ROOT,))
        self._is_lax = contract.accepts({}) or contract.accepts([])

    def take(self, body: JSON) -> bool:
        """Note what the body shows; tell whether it shows more than that any object would do."""
        if not self._is_lax and len(self._seen) == len(self._places):
            return True
        marked: set[Pointer] = set()
        self._mark((ROOT,), body, frozenset(), marked)
        self._seen |= marked
        return bool(marked) or not self._is_lax

    def shown(self) -> list[str]:
        """Return the places that some body showed, as texts in the schema's order."""
        return [pointers.text(pointer) for pointer in self._places if pointer in self._seen]

    def add(self, shown: Iterable[str]) -> None:
        """Note places that bodies showed elsewhere. Raises KeyError for one the schema does not declare."""
        known = {pointers.text(pointer): pointer for pointer in self._places}
        self._seen |= {known[place] for place in shown}

    def unseen(self) -> Iterator[tuple[str, bool]]:
        """Yield label and whether it is a branch of each place that no body showed, topmost only."""
        for pointer, place in self._places.items():
            if pointer not in self._seen and (place.parent is None or place.parent in self._seen):
                yield place.label, place.is_branch

    def _mark(self, pointer: Pointer, value: JSON, within: frozenset[Pointer], found: set[Pointer]) -> None:
        """Add the places below `pointer` that the value shows; `within` ends references in a circle."""
        schema = self._schema(pointer)
        if schema is None or pointer in within:
            return
        if not isinstance(value, dict | list) and _IN_PLACE.isdisjoint(schema):
            return
        within |= {pointer}
        if isinstance(ref := schema.get("$ref"), str):
            self._mark(reference(ref), value, within, found)
        for index in range(len(schema.get("allOf", ()))):
            self._mark((*pointer, "allOf", index), value, within, found)
        for keyword in _BRANCHES & schema.keys():
            for index in range(len(schema[keyword])):
                self._branch((*pointer, keyword, index), value, within, found)
        for step, part in _below(schema, value):
            self._reached((*pointer, *step), found)
            self._mark((*pointer, *step), part, frozenset(), found)

    def _schema(self, pointer: Pointer) -> Mapping[str, Any] | None:
        """Return the schema object at the pointer, None for a boolean; looked up once, for answers are many."""
        if pointer not in self._schemas:
            schema = pointers.get(self._bundle.root, pointer)
            self._schemas[pointer] = schema if isinstance(schema, dict) else None
        return self._schemas[pointer]

    def _branch(self, pointer: Pointer, value: JSON, within: frozenset[Pointer], found: set[Pointer]) -> None:
        if self._bundle.validator(pointer).accepts(value):
            self._reached(pointer, found)
            self._mark(pointer, value, within, found)

    def _reached(self, pointer: Pointer, found: set[Pointer]) -> None:
        if pointer in self._places:
            found.add(pointer)


def _below(schema: Mapping[str, Any], value: JSON) -> Iterator[tuple[Pointer, JSON]]:
    """Yield the step to the schema of each member and item of the value, with that part."""
    if isinstance(value, dict):
        named = schema.get("properties", {})
        for name, part in value.items():
            patterns = [p for p in schema.get("patternProperties", ()) if matches(p, name)]
            if name in named:
                yield ("properties", name), part
            yield from ((("patternProperties", pattern), part) for pattern in patterns)
            if name not in named and not patterns and "additionalProperties" in schema:
                yield ("additionalProperties",), part
    elif isinstance(value, list):
        first = schema.get("prefixItems", ())
        for index, part in enumerate(value[:_ITEMS]):
            if index < len(first):
                yield ("prefixItems", index), part
            elif "items" in schema:
                yield ("items",), part


def _places(root: Mapping[str, Any]) -> Iterator[tuple[Pointer, _Place]]:
    """Yield every member and every branch of a choice that the schema declares, parents first."""
    known: dict[tuple[Pointer, ...], Pointer] = {}
    for site in sites(root):
        last = site.steps[-1] if site.steps else ()
        above = (known[site.steps[:n]] for n in range(len(site.steps) - 1, 0, -1) if site.steps[:n] in known)
        is_branch = bool(last) and last[0] in _BRANCHES and _is_choice(root, site.pointer)
        if is_branch or (last and last[0] in _MEMBERS):
            known[site.steps] = site.pointer
            yield site.pointer, _Place(site.place, is_branch, next(above, None))


def _is_choice(root: Mapping[str, Any], branch: Pointer) -> bool:
    return len(pointers.get(root, branch[:-1])) > 1


class Coverage:
    """What the answers of a run showed, by operation; the order in which they come means nothing."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._operations = {operation.name: operation for operation in operations}
        self._statuses: dict[str, set[str]] = {name: set() for name in self._operations}
        self._answered: dict[str, dict[tuple[str, Pointer], Answered]] = {n: {} for n in self._operations}

    def status(self, operation: str, status: int) -> None:
        """Note that an answer had this status."""
        response = self._operations[operation].response_for(status)
        if response is not None:
            self._statuses[operation].add(response.status)

    def body(self, operation: str, status: str, schema: Pointer, body: JSON) -> bool:
        """Note a body under the documented `status`; tell whether it shows more than any object would."""
        return self._of(operation, status, schema).take(body)

    def _of(self, operation: str, status: str, schema: Pointer) -> Answered:
        known = self._answered[operation]
        if (status, schema) not in known:
            known[status, schema] = Answered(bundle(self._operations[operation].document, schema))
        return known[status, schema]

    def shown(self) -> dict[str, JSON]:
        """Return all that was seen as plain data, by operation, for `add`."""
        return {
            name: {
                "statuses": sorted(self._statuses[name]),
                "bodies": [
                    [status, pointers.text(schema), answered.shown()]
                    for (status, schema), answered in self._answered[name].items()
                ],
            }
            for name in self._operations
        }

    def add(self, shown: Mapping[str, Any]) -> None:
        """Take what the answers of another part of the run showed.

        Raises KeyError, TypeError or ValueError for what `shown` did not write for these documents.
        """
        for name, parts in shown.items():
            operation = self._operations[name]
            self._statuses[name] |= {operation.responses[status].status for status in parts["statuses"]}
            for status, schema, places in parts["bodies"]:
                documented = operation.responses[status].content.values()
                (at,) = {at for at in documented if at is not None and pointers.text(at) == schema}
                self._of(name, status, at).add(places)

    def unseen(self) -> dict[str, Unseen]:
        """Return what was never seen, by operation; statuses of 5xx are never asked for."""
        return {name: self._unseen(operation) for name, operation in self._operations.items()}

    def _unseen(self, operation: Operation) -> Unseen:
        seen = self._statuses[operation.name]
        statuses = (s for s in operation.responses if s not in seen and not s.startswith("5"))
        parts: dict[bool, list[str]] = {False: [], True: []}
        for (status, _), answered in self._answered[operation.name].items():
            for label, is_branch in answered.unseen():
                parts[is_branch].append(f"{status} {label}")
        return Unseen(tuple(statuses), tuple(sorted(parts[False])), tuple(sorted(parts[True])))
