"""Contracts: a part as one direction sees it, with all that judging a value of it takes, made once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from conformance import pointer as pointers
from conformance.contract.bundle import ROOT, bundle, document_pointer, standalone
from conformance.contract.direction import Direction, seen_from, sendable
from conformance.contract.keywords import Schema
from conformance.contract.members import Bundle
from conformance.contract.validator import Validator
from conformance.jsonvalue import JSON
from conformance.openapi.document import Document
from conformance.openapi.part import Location, Part
from conformance.pointer import Pointer

_KEPT: Final = 256
"""Contracts that a document keeps; the oldest make room, so that a large one does not hold them all."""

_ANY: Final[dict[str, Any]] = {"$ref": f"#/{ROOT}", ROOT: True}


class Contract:
    """What one part demands of the messages of one direction.

    `bundle` holds the part's schema at `ROOT` with all that it refers to, as JSON Schema 2020-12.
    """

    def __init__(self, part: Part, direction: Direction, root: Mapping[str, Any]) -> None:
        self.part = part
        self.direction = direction
        self.bundle = Bundle(root)
        self.memo: dict[str, Any] = {}
        """What others have made of the contract, so that it is made once."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Contract, (self.part, self.direction, dict(self.root))

    @property
    def root(self) -> Mapping[str, Any]:
        """The bundle as a schema of its own."""
        return self.bundle.root

    @property
    def schema(self) -> Schema:
        """The part's own schema."""
        found: Schema = self.root[ROOT]
        return found

    @property
    def validator(self) -> Validator:
        """The compiled bundle. Raises DocumentError where it cannot be used."""
        return self.bundle.validator((ROOT,))

    def accepts(self, value: JSON) -> bool:
        """Tell whether the part's schema accepts the value."""
        return self.validator.accepts(value)

    def stands_at(self, pointer: Pointer) -> Pointer:
        """Return where a pointer of the bundle leads in the document."""
        return document_pointer(self.part.schema or self.part.pointer, pointer)

    def in_document(self, pointer: Pointer) -> JSON:
        """Return what stands at a pointer of the document, in the schema or in what it refers to."""
        base = self.part.schema or ()
        return pointers.get(
            self.root, (ROOT, *pointer[len(base) :]) if pointer[: len(base)] == base else pointer
        )


def contract_of(document: Document, part: Part, direction: Direction) -> Contract:
    """Return the contract of a part; the same one for as long as the document keeps it.

    Raises DocumentError for a dangling or endless reference.
    """
    key = (Contract, part.pointer, part.schema, direction)
    if key not in document.memo:
        held = [known for known in document.memo if known[0] is Contract]
        for oldest in held[: len(held) - _KEPT + 1]:
            del document.memo[oldest]
        document.memo[key] = Contract(part, direction, _directed(document, part, direction))
    found: Contract = document.memo[key]
    return found


def _directed(document: Document, part: Part, direction: Direction) -> dict[str, Any]:
    if part.schema is None:
        return _ANY
    whole = bundle(document, part.schema)
    return sendable(whole) if direction is Direction.REQUEST else seen_from(whole, direction)


def contract_alone(schema: Schema) -> Contract:
    """Return the contract of a request's JSON body whose schema stands alone, its `#/…` relative to itself."""
    return contract_over(standalone(schema))


def contract_over(root: Mapping[str, Any]) -> Contract:
    """Return the contract of a request's JSON body that no document holds, by its bundle."""
    return Contract(Part(Location.BODY, "application/json", (), ()), Direction.REQUEST, root)
