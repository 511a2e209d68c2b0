"""One side of a comparison at one place, and the pair of sides that a change is between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from conformance.diff.change import Change, DriftVerdict
from conformance.diff.rule import DriftRule
from conformance.diff.schema.compare import SchemaAt, SchemaComparison
from conformance.jsonvalue import JSON
from conformance.openapi.document import Document, resolve
from conformance.pointer import Pointer, Token


@dataclass(frozen=True, slots=True)
class Side:
    """A node of one of the two documents; `pointer` is where it stands once its `$ref` is followed."""

    document: Document
    pointer: Pointer
    node: JSON

    def get(self, name: str, default: JSON = None) -> JSON:
        """Return a member of the node as it stands."""
        return self.node.get(name, default) if isinstance(self.node, Mapping) else default

    def at(self, name: str) -> Side | None:
        """Return the side of a member; None where there is none."""
        return self.below(name) if self.get(name) is not None else None

    def below(self, token: Token) -> Side:
        """Return the side of a member or an item that is there."""
        return side(self.document, (*self.pointer, token))

    def members(self, name: str) -> dict[str, Side]:
        """Return the sides of all members of the object that stands below `name`."""
        held = self.get(name)
        keys = held if isinstance(held, Mapping) else ()
        return {str(key): side(self.document, (*self.pointer, name, key)) for key in keys}

    @property
    def schema(self) -> SchemaAt:
        """The schema that stands below, in its own right or as that of the only media type."""
        if self.get("schema") is not None:
            return SchemaAt(self.document, (*self.pointer, "schema"))
        held = self.get("content")
        only = next(iter(held)) if isinstance(held, Mapping) and len(held) == 1 else None
        if only is not None and "schema" in held[only]:
            return SchemaAt(self.document, (*self.pointer, "content", only, "schema"))
        return SchemaAt(self.document, None)


Owners: TypeAlias = tuple[Side, ...]
"""The sides whose members hold for an operation, from the document down; a later one wins."""


def side(document: Document, pointer: Pointer) -> Side:
    """Return the side at `pointer`. Raises DocumentError for a dangling or endless reference."""
    node, at = resolve(document, pointer)
    return Side(document, at, node)


@dataclass(frozen=True, slots=True)
class Scope:
    """One operation, whose name its changes bear; `schemas` compares what is below."""

    operation: str
    schemas: SchemaComparison

    def change(
        self,
        rule: DriftRule,
        verdict: DriftVerdict,
        summary: str,
        base: Side | None,
        revision: Side | None,
        note: str = "",
    ) -> Change:
        """Return a change between two places, one of which may be missing."""
        return Change(
            rule=rule.id,
            operation=self.operation,
            direction=rule.direction,
            verdict=verdict,
            summary=summary,
            base_pointer=base.pointer if base else None,
            revision_pointer=revision.pointer if revision else None,
            note=note,
            base_at=str(base.document.path) if base else "",
            revision_at=str(revision.document.path) if revision else "",
        )
