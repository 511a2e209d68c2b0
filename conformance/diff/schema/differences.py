"""The walk over two schemas in normal form: every difference between them, at its address."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.bundle import ROOT
from conformance.diff.change import Direction
from conformance.diff.schema.choices import (
    applied_edits,
    choice_edits,
    is_choice,
    is_whole,
    lone_choice_edits,
    whole_edits,
)
from conformance.diff.schema.constraints import CONSTRAINTS, constraint_edits
from conformance.diff.schema.edit import Edit, Pair, Spot
from conformance.diff.schema.members import first_item_edits, member_edits
from conformance.diff.schema.node import BASE, REVISION, Node, Normal
from conformance.diff.schema.normal import NormalBundle
from conformance.diff.schema.notes import Note, note_differences
from conformance.diff.schema.rules import KINDS
from conformance.diff.schema.values import (
    enum_edits,
    format_edits,
    listed_edits,
    pattern_edits,
    same_texts,
    type_edits,
)
from conformance.openapi.references import reference
from conformance.pointer import Pointer


class Differences:
    """Walks two normal bundles together; each pair of places is visited once, so that recursion ends."""

    def __init__(self, base: NormalBundle, revision: NormalBundle, direction: Direction) -> None:
        self._roots = base.schema, revision.schema
        self._definitions: dict[Pointer, Normal] = {
            **{(BASE, name): schema for name, schema in base.definitions.items()},
            **{(REVISION, name): schema for name, schema in revision.definitions.items()},
        }
        self._direction = direction
        self._seen: set[tuple[Pointer, Pointer]] = set()

    def __iter__(self) -> Iterator[Edit | Note]:
        start = Pair(Spot((ROOT,), (), self._roots[0]), Spot((ROOT,), (), self._roots[1]))
        waiting = [start]
        while waiting:
            pair = Pair(self._settled(waiting[-1].base), self._settled(waiting.pop().revision))
            key = (pair.base.pointer, pair.revision.pointer)
            if key in self._seen:
                continue
            self._seen.add(key)
            below = []
            for found in self._at(pair):
                if isinstance(found, Pair):
                    below.append(found)
                else:
                    yield found
            waiting.extend(reversed(below))

    def _settled(self, spot: Spot) -> Spot:
        """Follow a spot that is nothing but a kept reference to what it refers to."""
        while isinstance(spot.schema, Node) and spot.schema.keys() == {"$ref"}:
            target = reference(spot.schema["$ref"])
            spot = Spot(target, (*spot.steps, ("$ref",)), self._definitions[target])
        return spot

    def _at(self, pair: Pair) -> Iterator[Edit | Note | Pair]:
        if not isinstance(pair.base.schema, Node) or not isinstance(pair.revision.schema, Node):
            yield from whole_edits(pair)
            return
        yield from note_differences(pair, self._direction)
        if is_whole(pair):
            yield from whole_edits(pair)
        elif is_choice(pair):
            yield from lone_choice_edits(pair)
        elif ("enum" in pair.base.node) != ("enum" in pair.revision.node):
            yield from listed_edits(pair)
        else:
            yield from enum_edits(pair)
            yield from self._by_keyword(pair)

    def _by_keyword(self, pair: Pair) -> Iterator[Edit | Pair]:
        # alternatives name the types themselves: what surrounds them names none
        if not any(k in spot.node for spot in (pair.base, pair.revision) for k in ("anyOf", "oneOf")):
            for edit in type_edits(pair):
                yield edit
                if edit.stem == KINDS["type"].changed:
                    return
        alike = same_texts(pair)
        for constraint in CONSTRAINTS:
            if not (alike and constraint.type == "string"):
                yield from constraint_edits(pair, constraint)
        if not alike:
            yield from pattern_edits(pair)
        for edits in (format_edits, member_edits, first_item_edits, choice_edits, applied_edits):
            yield from edits(pair)
