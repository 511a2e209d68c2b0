"""Schemas compared: what differs between two of them, and whom that breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from conformance.contract.bundle import ROOT, bundle, document_pointer, standalone
from conformance.diff.change import Change, Direction, DriftVerdict
from conformance.diff.schema.judgement import judge
from conformance.diff.schema.rules import KINDS
from conformance.errors import DocumentError
from conformance.jsonvalue import encode
from conformance.openapi.document import Document
from conformance.pointer import Pointer
from conformance.witness.values import MakeValues


@dataclass(frozen=True, slots=True)
class SchemaAt:
    """A schema of a document; without a pointer there is none, so that anything may stand there."""

    document: Document
    pointer: Pointer | None


class SchemaComparison:
    """Compares schemas of two documents. Equal ones cost a look; each different pair is judged once."""

    def __init__(self, values: MakeValues) -> None:
        self._values = values
        self._known: dict[tuple[bytes, bytes, Direction], tuple[Change, ...]] = {}

    def compare(
        self, base: SchemaAt, revision: SchemaAt, direction: Direction, operation: str
    ) -> tuple[Change, ...]:
        """Return the changes between two schemas, in the base's order; empty where they mean the same.

        `direction` is the request's or the response's. Raises DocumentError for a schema that cannot be used.
        """
        mine, theirs = _bundle(base), _bundle(revision)
        key = (encode(mine), encode(theirs), direction)
        if key[0] == key[1]:
            return ()
        if key not in self._known:
            self._known[key] = self._judged(mine, theirs, direction)
        return tuple(_located(change, base, revision, operation) for change in self._known[key])

    def _judged(
        self, base: Mapping[str, Any], revision: Mapping[str, Any], direction: Direction
    ) -> tuple[Change, ...]:
        try:
            return judge(base, revision, direction, self._values)
        except RecursionError:
            return (_too_deep(direction),)
        except DocumentError as error:
            if _TOO_DEEP not in str(error):
                raise
            return (_too_deep(direction),)


_TOO_DEEP: Final = "Recursion limit"
"""How the validator says that a schema nests more deeply than it follows."""


def _too_deep(direction: Direction) -> Change:
    return Change(
        f"{direction}-{KINDS['schema'].changed}", "", direction, DriftVerdict.UNDECIDED, "it says something else",
        (ROOT,), (ROOT,), note="it is nested too deeply to be compared",
    )  # fmt: skip


def _bundle(place: SchemaAt) -> dict[str, object]:
    return standalone(True) if place.pointer is None else bundle(place.document, place.pointer)


def _located(change: Change, base: SchemaAt, revision: SchemaAt, operation: str) -> Change:
    """Return a change of two bundles as one of the documents that they came from."""
    return replace(
        change,
        operation=operation,
        base_pointer=_in_document(change.base_pointer, base),
        revision_pointer=_in_document(change.revision_pointer, revision),
        base_at=str(base.document.path),
        revision_at=str(revision.document.path),
    )


def _in_document(pointer: Pointer | None, place: SchemaAt) -> Pointer | None:
    if pointer is None or place.pointer is None:
        return None
    return document_pointer(place.pointer, pointer)
