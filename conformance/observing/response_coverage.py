"""Vacuity: which members, branches and statuses of the documented answers no answer ever showed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from conformance import pointer as pointers
from conformance.contract.bundle import ROOT
from conformance.contract.contract import Contract
from conformance.contract.keywords import children
from conformance.contract.requests import response_contract
from conformance.contract.shape import matches
from conformance.contract.site import Site, Step, sites
from conformance.jsonvalue import JSON
from conformance.openapi.operation import Operation
from conformance.openapi.references import reference
from conformance.pointer import Pointer

_MEMBERS: Final = frozenset({"properties", "patternProperties", "additionalProperties"})
_BRANCHES: Final = frozenset({"anyOf", "oneOf"})
_UNNAMED: Final = frozenset({"$ref", "allOf"})
_IN_PLACE: Final = _BRANCHES | _UNNAMED
_FOLLOWED: Final = _MEMBERS | _BRANCHES | {"allOf", "prefixItems", "items"}
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


@dataclass(frozen=True, slots=True)
class _Sought:
    """Places to look for, and of each schema the steps that lead to one of them; no other step is taken."""

    places: frozenset[Pointer]
    steps: Mapping[Pointer, list[tuple[Step, Pointer]]]


class Answered:
    """One response's contract and what the bodies so far showed of it."""

    def __init__(self, contract: Contract) -> None:
        self._bundle = contract.bundle
        found = list(sites(contract))
        self._places = dict(_places(contract.root, found))
        self._seen: set[Pointer] = set()
        self._schemas = {site.pointer: site.schema for site in found}
        self._above: defaultdict[Pointer, list[tuple[Pointer, Step]]] = defaultdict(list)
        for pointer, part in self._schemas.items():
            for step, below in _steps(pointer, part):
                self._above[below].append((pointer, step))
        self._all = self._sought(self._places)
        self._unseen = self._all
        self._is_lax = contract.accepts({}) or contract.accepts([])

    def take(self, body: JSON) -> bool:
        """Note what the body shows; tell whether it shows more than that any object would do."""
        if found := set(self._shown((ROOT,), body, self._unseen)):
            self._note(found)
        return bool(found) or not self._is_lax or any(self._shown((ROOT,), body, self._all))

    def shown(self) -> list[str]:
        """Return the places that some body showed, as texts in the schema's order."""
        return [pointers.text(pointer) for pointer in self._places if pointer in self._seen]

    def add(self, shown: Iterable[str]) -> None:
        """Note places that bodies showed elsewhere. Raises KeyError for one the schema does not declare."""
        known = {pointers.text(pointer): pointer for pointer in self._places}
        self._note({known[place] for place in shown})

    def unseen(self) -> Iterator[tuple[str, bool]]:
        """Yield label and whether it is a branch of each place that no body showed, topmost only."""
        for pointer, place in self._places.items():
            if pointer not in self._seen and (place.parent is None or place.parent in self._seen):
                yield place.label, place.is_branch

    def _note(self, found: set[Pointer]) -> None:
        self._seen |= found
        self._unseen = self._sought(self._places.keys() - self._seen)

    def _sought(self, places: Iterable[Pointer]) -> _Sought:
        """Return what is to be done to find the places: answers are many, and soon show little that is new."""
        steps: defaultdict[Pointer, list[tuple[Step, Pointer]]] = defaultdict(list)
        sought = frozenset(places)
        waiting, known = list(sought), set(sought)
        while waiting:
            below = waiting.pop()
            for pointer, step in self._above.get(below, ()):
                steps[pointer].append((step, below))
                if pointer not in known:
                    known.add(pointer)
                    waiting.append(pointer)
        return _Sought(sought, dict(steps))

    def _shown(
        self, pointer: Pointer, value: JSON, sought: _Sought, within: frozenset[Pointer] = frozenset()
    ) -> Iterator[Pointer]:
        """Yield the places sought below `pointer` that the value shows; `within` ends references in a circle."""
        if pointer in within:
            return
        for step, below in sought.steps.get(pointer, ()):
            if step[0] in _BRANCHES and not self._bundle.validator(below).accepts(value):
                continue
            passed = within | {pointer} if step[0] in _IN_PLACE else frozenset()
            for part in _parts(step, self._schemas[pointer], value):
                if below in sought.places and step[0] not in _UNNAMED:
                    yield below
                yield from self._shown(below, part, sought, passed)


def _steps(pointer: Pointer, schema: Mapping[str, Any]) -> Iterator[tuple[Step, Pointer]]:
    """Yield the steps that a value takes on from a schema at `pointer`, and where each leads."""
    if isinstance(ref := schema.get("$ref"), str):
        yield ("$ref",), reference(ref)
    for step, _ in children(dict(schema)):
        if step[0] in _FOLLOWED:
            yield step, (*pointer, *step)


def _parts(step: Step, schema: Mapping[str, Any], value: JSON) -> Sequence[JSON]:
    """Return the parts of the value that a step from the schema leads to (core §10.2, §10.3)."""
    keyword = step[0]
    if keyword in _IN_PLACE:
        return (value,)
    if isinstance(value, dict):
        if keyword == "properties":
            return (value[step[1]],) if step[1] in value else ()
        if keyword == "patternProperties":
            return [part for name, part in value.items() if matches(str(step[1]), name)]
        return _additional(schema, value) if keyword == "additionalProperties" else ()
    if isinstance(value, list):
        if keyword == "prefixItems":
            return value[:_ITEMS][int(step[1]) :][:1]
        return value[len(schema.get("prefixItems", ())) : _ITEMS] if keyword == "items" else ()
    return ()


def _additional(schema: Mapping[str, Any], value: Mapping[str, JSON]) -> list[JSON]:
    named, patterns = schema.get("properties", ()), schema.get("patternProperties", ())
    return [
        part
        for name, part in value.items()
        if name not in named and not any(matches(pattern, name) for pattern in patterns)
    ]


def _places(root: Mapping[str, Any], found: Iterable[Site]) -> Iterator[tuple[Pointer, _Place]]:
    """Yield every member and every branch of a choice that the schema declares, parents first."""
    known: dict[tuple[Pointer, ...], Pointer] = {}
    for site in found:
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

    def body(self, operation: str, status: str, contract: Contract, body: JSON) -> bool:
        """Note a body under the documented `status`; tell whether it shows more than any object would."""
        return self._of(operation, status, contract).take(body)

    def _of(self, operation: str, status: str, contract: Contract) -> Answered:
        known, schema = self._answered[operation], contract.part.schema or ()
        if (status, schema) not in known:
            known[status, schema] = Answered(contract)
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
                bodies = operation.responses[status].bodies
                (part,) = (part for part in bodies if pointers.text(part.schema or ()) == schema)
                self._of(name, status, response_contract(operation, part)).add(places)

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
