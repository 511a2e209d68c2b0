"""The judgement on each difference: whom it breaks, and the payload or the proof that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, Final

from conformance.contract.bundle import ROOT
from conformance.contract.direction import Direction as MessageDirection
from conformance.contract.direction import seen_from
from conformance.contract.validator import compile_schema
from conformance.diff.change import Change, Direction, DriftVerdict, Evidence, Proof, overall
from conformance.diff.schema.differences import Differences
from conformance.diff.schema.edit import Edit, Relation, Spot
from conformance.diff.schema.inclusion import includes
from conformance.diff.schema.node import BASE, REVISION, plain
from conformance.diff.schema.normal import NormalBundle, normal
from conformance.diff.schema.notes import Note
from conformance.diff.schema.payloads import NotFound, Payloads, Side
from conformance.diff.schema.rules import KINDS
from conformance.jsonvalue import JSON
from conformance.pointer import Pointer
from conformance.witness.values import MakeValues

_MIXED: Final = ("not", "if", "oneOf", "contains")
"""Steps below which a narrower schema does not make the whole narrower."""


def judge(
    base: Mapping[str, Any], revision: Mapping[str, Any], direction: Direction, values: MakeValues
) -> tuple[Change, ...]:
    """Return the changes between two bundles, their pointers leading into these; no operation is named yet."""
    bundles = _bound(base, direction), _bound(revision, direction)
    literal = "unevaluated" in repr(bundles)
    forms = normal(bundles[0], BASE, literal=literal), normal(bundles[1], REVISION, literal=literal)
    differences = list(Differences(*forms, direction))
    if not differences:
        return ()
    comparison = _comparison(bundles, forms, direction, values)
    changes = [
        comparison.verdict(found) if isinstance(found, Edit) else _noted(found, direction)
        for found in differences
    ]
    return _once(comparison.reconciled(differences, changes))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two documents seen from one direction: what breaks somebody, and what extends the contract."""

    direction: Direction
    breaking: Payloads
    extending: Payloads
    reaches_across: bool

    def verdict(self, edit: Edit) -> Change:
        """Return what the edit means."""
        change = Change(
            f"{self.direction}-{edit.stem}", "", self.direction, DriftVerdict.COMPATIBLE, edit.summary,
            edit.base_at, edit.revision_at,
        )  # fmt: skip
        if self._is_included(edit):
            return replace(change, evidence=Evidence.INCLUSION, witness=self._extension(edit))
        payload = self._found(self.breaking, edit)
        if not isinstance(payload, NotFound):
            return self._broken(change, edit, payload)
        if edit.doubt:
            return replace(change, verdict=DriftVerdict.UNDECIDED, note=edit.doubt)
        if self.breaking.is_blind:
            note = "no valid payload of the document could be built to compare by"
            return replace(change, verdict=DriftVerdict.UNDECIDED, note=note)
        return replace(change, evidence=Evidence.SEARCH, witness=self._extension(edit))

    def _broken(self, change: Change, edit: Edit, payload: JSON) -> Change:
        proof = self._proof(payload, breaking=True)
        if edit.undeclared and self._lacks(edit):
            note = f"only a payload with the undeclared member {edit.undeclared!r} tells them apart"
            return replace(change, evidence=Evidence.DECLARED, witness=proof, note=note)
        return replace(change, verdict=DriftVerdict.BREAKING, evidence=Evidence.WITNESS, witness=proof)

    def _lacks(self, edit: Edit) -> bool:
        """Tell whether the accepting document is the one that leaves the edit's member undeclared."""
        return (edit.base_at is None) is (self.direction is Direction.REQUEST)

    def _is_included(self, edit: Edit) -> bool:
        """Tell whether it is proven that who accepts the payloads of one side accepts those of the other."""
        mixed = any(step[0] in _MIXED for spot in (edit.pair.base, edit.pair.revision) for step in spot.steps)
        if mixed or self.reaches_across:
            return False
        if edit.relation is not None:
            return edit.relation is (
                Relation.WIDER if self.direction is Direction.REQUEST else Relation.NARROWER
            )
        before, after = plain(edit.pair.base.schema), edit.base_edited
        wide, narrow = (after, before) if self.direction is Direction.REQUEST else (before, after)
        return includes(wide, narrow, self.breaking.accepter.root)

    def _extension(self, edit: Edit) -> Proof | None:
        payload = self._found(self.extending, edit)
        return None if isinstance(payload, NotFound) else self._proof(payload, breaking=False)

    def _proof(self, payload: JSON, *, breaking: bool) -> Proof:
        accepted = breaking is (self.direction is Direction.REQUEST)
        return Proof(payload, base_accepts=accepted, revision_accepts=not accepted)

    def _found(self, payloads: Payloads, edit: Edit) -> JSON | NotFound:
        (spot, edited), undone = self._turned(payloads, edit)
        return payloads.find(spot, edited, undone)

    def _turned(self, payloads: Payloads, edit: Edit) -> tuple[tuple[Spot, Any], tuple[Spot, Any]]:
        """Return the edit as the accepter undergoes it, and how the rejecter takes it back."""
        there = edit.pair.base, edit.base_edited
        back = edit.pair.revision, edit.revision_edited
        forward = (payloads is self.breaking) is (self.direction is Direction.REQUEST)
        return (there, back) if forward else (back, there)

    def reconciled(self, differences: list[Edit | Note], changes: list[Change]) -> list[Change]:
        """Return the changes, made to explain each payload that is known to break somebody.

        Differences that are harmless one by one may break together: then the first that takes part
        says so, and where none does alone, a change of the whole.
        """
        edits = [(i, edit) for i, edit in enumerate(differences) if isinstance(edit, Edit)]
        if len(edits) == 1:
            return changes  # its own search has tried it all
        readings = [(i, self.breaking.edited(*self._turned(self.breaking, edit)[0])) for i, edit in edits]
        for payload in self._breaking_payloads([edit for _, edit in edits], changes):
            taking_part = [i for i, reading in readings if not reading.accepts(payload)]
            if any(changes[i].evidence in (Evidence.WITNESS, Evidence.DECLARED) for i in taking_part):
                continue
            if not taking_part:
                return [*changes, self._together([edit for _, edit in edits], payload)]
            first = taking_part[0]
            changes[first] = self._broken(changes[first], dict(edits)[first], payload)
        return changes

    def _breaking_payloads(self, edits: list[Edit], changes: list[Change]) -> Iterator[JSON]:
        yield from self.breaking.whole
        for edit in edits:
            if overall(changes) is DriftVerdict.BREAKING:
                return
            (spot, _), (other, _) = self._turned(self.breaking, edit)
            yield from self.breaking.at(spot, other)

    def _together(self, edits: list[Edit], payload: JSON) -> Change:
        kind = KINDS["schema"]
        stem = kind.narrower if self.direction is Direction.REQUEST else kind.wider
        return Change(
            f"{self.direction}-{stem}", "", self.direction, DriftVerdict.BREAKING,
            "several differences together",
            _common([edit.base_at for edit in edits]), _common([edit.revision_at for edit in edits]),
            self._proof(payload, breaking=True), Evidence.WITNESS,
        )  # fmt: skip


def _bound(bundle: Mapping[str, Any], direction: Direction) -> dict[str, Any]:
    """Return the bundle as it binds the messages that the comparison is about."""
    return dict(bundle) if direction is Direction.NONE else seen_from(bundle, MessageDirection(direction))


def _comparison(
    bundles: tuple[dict[str, Any], dict[str, Any]],
    forms: tuple[NormalBundle, NormalBundle],
    direction: Direction,
    make_values: MakeValues,
) -> _Comparison:
    parts = {
        name: {key: plain(schema) for key, schema in form.definitions.items()}
        for name, form in zip((BASE, REVISION), forms, strict=True)
    }
    roots = [{"$ref": f"#/{ROOT}", ROOT: plain(form.schema), **parts} for form in forms]
    base, revision = (
        Side(root, make_values(root), compile_schema(bundle))
        for root, bundle in zip(roots, bundles, strict=True)
    )
    breaking, extending = Payloads(base, revision, make_values), Payloads(revision, base, make_values)
    if direction is Direction.RESPONSE:
        breaking, extending = extending, breaking
    return _Comparison(direction, breaking, extending, "unevaluated" in repr(roots))


def _noted(note: Note, direction: Direction) -> Change:
    return Change(
        f"{direction}-{note.rule}" if note.directed else note.rule,
        "",
        direction if note.directed else Direction.NONE,
        note.verdict,
        note.summary,
        note.base_at,
        note.revision_at,
        note=note.note,
    )


def _once(changes: list[Change]) -> tuple[Change, ...]:
    """Return the changes without repeats: what several references share is one, at its gravest."""
    order = list(DriftVerdict)
    found: dict[tuple[str, Pointer | None, Pointer | None, str], Change] = {}
    for change in changes:
        key = (change.rule, change.base_pointer, change.revision_pointer, change.summary)
        if key not in found or order.index(change.verdict) > order.index(found[key].verdict):
            found[key] = change
    return tuple(found.values())


def _common(places: list[Pointer | None]) -> Pointer:
    """Return the lowest address above all of the places."""
    known = [place for place in places if place is not None]
    levels = takewhile(lambda tokens: len(set(tokens)) == 1, zip(*known, strict=False))
    return tuple(tokens[0] for tokens in levels) or (ROOT,)
