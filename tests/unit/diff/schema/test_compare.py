"""Schemas of documents compared: places, directions, and what is judged once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.contract.bundle import standalone
from conformance.contract.direction import seen_from
from conformance.diff.change import Change, Direction, DriftVerdict
from conformance.diff.schema.compare import SchemaAt, SchemaComparison
from conformance.errors import DocumentError
from conformance.openapi.document import Document
from conformance.pointer import Pointer
from conformance_strategies import VALUES, Source

REF = {"$ref": "#/components/schemas/Name"}


def document(name: Any, *bodies: Any) -> Document:
    content = {"openapi": "3.1.0", "bodies": list(bodies), "components": {"schemas": {"Name": name}}}
    return Document(Path("d.yaml"), "d", "", content)


def compared(base: Document, revision: Document, at: Pointer | None) -> tuple[Change, ...]:
    comparison = SchemaComparison(VALUES)
    return comparison.compare(SchemaAt(base, at), SchemaAt(revision, at), Direction.REQUEST, "op")


def test_pointers_lead_into_the_documents_through_references() -> None:
    """A schema inlined in the revision is addressed where it now stands, and in the base where it stood."""
    base = document({"type": "string", "maxLength": 5}, {"properties": {"a": REF}})
    revision = document({}, {"properties": {"a": {"type": "string", "maxLength": 4}}})
    (change,) = compared(base, revision, ("bodies", 0))
    assert change.operation == "op"
    assert change.base_pointer == ("components", "schemas", "Name", "maxLength")
    assert change.revision_pointer == ("bodies", 0, "properties", "a", "maxLength")


def test_no_schema_allows_anything() -> None:
    base, revision = document({}, {}), document({}, {"type": "string"})
    comparison = SchemaComparison(VALUES)
    (change,) = comparison.compare(
        SchemaAt(base, None), SchemaAt(revision, ("bodies", 0)), Direction.REQUEST, "op"
    )
    assert (change.rule, change.verdict) == ("request-type-narrowed", DriftVerdict.BREAKING)
    assert (change.base_pointer, change.revision_pointer) == (None, ("bodies", 0, "type"))


def test_the_same_pair_is_judged_once_and_told_of_each_operation() -> None:
    """What two operations share costs one search; each tells it under its own name."""
    made: list[Source] = []

    def counted(root: Any) -> Source:
        made.append(Source(root))
        return made[-1]

    base = document({"type": "string"}, REF, REF)
    revision = document({"type": "string", "maxLength": 3}, REF, REF)
    comparison = SchemaComparison(counted)
    told = [
        comparison.compare(
            SchemaAt(base, ("bodies", i)), SchemaAt(revision, ("bodies", i)), Direction.REQUEST, name
        )
        for i, name in enumerate(("one", "two"))
    ]
    assert [change.operation for changes in told for change in changes] == ["one", "two"]
    assert len(made) == 2


def test_a_schema_that_cannot_be_used_is_an_error_of_its_document() -> None:
    base, revision = document({}, {"type": "string"}), document({}, {"type": "string", "pattern": "("})
    with pytest.raises(DocumentError, match="schema cannot be used"):
        compared(base, revision, ("bodies", 0))


def test_what_nests_too_deeply_to_be_compared_is_undecided() -> None:
    """The validator follows no schema of 290 levels; the rest of the document is compared all the same."""

    def nested(leaf: dict[str, Any]) -> dict[str, Any]:
        for _ in range(290):
            leaf = {"items": leaf}
        return leaf

    base, revision = document({}, nested({"maxLength": 5})), document({}, nested({"maxLength": 4}))
    (change,) = compared(base, revision, ("bodies", 0))
    assert (change.rule, change.verdict) == ("request-schema-changed", DriftVerdict.UNDECIDED)
    assert change.note == "it is nested too deeply to be compared"


def test_a_read_only_member_is_required_of_answers_alone() -> None:
    """Also where the flag stands behind a reference, or in another part of the schema."""
    schema = {
        "$defs": {"id": {"readOnly": True}},
        "required": ["id", "a"],
        "allOf": [{"properties": {"id": {"$ref": "#/$defs/id"}, "a": {}}}],
    }
    bundled = standalone(schema)
    assert seen_from(bundled, Direction.REQUEST)["schema"]["required"] == ["a"]
    assert seen_from(bundled, Direction.RESPONSE)["schema"]["required"] == ["id", "a"]
