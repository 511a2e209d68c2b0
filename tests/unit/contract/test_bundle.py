"""Bundles: a schema with all it refers to, relocated, in one dialect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.contract.bundle import bundle, document_pointer, standalone
from conformance.contract.validator import compile_schema
from conformance.errors import DocumentError
from conformance.openapi.document import Document


def _document(components: dict[str, Any], openapi: str = "3.1.0") -> Document:
    content = {"openapi": openapi, "components": {"schemas": components}}
    return Document(Path("api.yaml"), "api", "", content)


def _bundle(name: str, components: dict[str, Any], openapi: str = "3.1.0") -> dict[str, Any]:
    return bundle(_document(components, openapi), ("components", "schemas", name))


def test_a_bundle_holds_what_is_referred_to_and_nothing_else() -> None:
    found = _bundle(
        "a",
        {
            "a": {"$ref": "#/components/schemas/b"},
            "b": {"items": {"$ref": "#/components/schemas/c"}},
            "c": {"type": "null"},
            "unused": {"type": "string"},
        },
    )
    assert found == {
        "$ref": "#/schema",
        "schema": {"$ref": "#/components/schemas/b"},
        "components": {
            "schemas": {"b": {"items": {"$ref": "#/components/schemas/c"}}, "c": {"type": "null"}}
        },
    }


def test_a_recursive_schema_is_bundled_once() -> None:
    found = _bundle("tree", {"tree": {"properties": {"child": {"$ref": "#/components/schemas/tree"}}}})
    assert compile_schema(found).accepts({"child": {"child": {}}})
    assert list(found["components"]["schemas"]) == ["tree"]


def test_a_dangling_reference_is_a_document_error() -> None:
    with pytest.raises(DocumentError, match="nothing at /components/schemas/b"):
        _bundle("a", {"a": {"items": {"$ref": "#/components/schemas/b"}}})


def test_an_endless_reference_is_a_document_error() -> None:
    loop = {"a": {"$ref": "#/components/schemas/b"}, "b": {"$ref": "#/components/schemas/a"}}
    with pytest.raises(DocumentError, match="endless"):
        _bundle("a", loop)


def test_a_schema_of_its_own_refers_to_itself() -> None:
    found = standalone(
        {"$defs": {"x": {"const": 1}}, "anyOf": [{"$ref": "#/$defs/x"}, {"items": {"$ref": "#"}}]}
    )
    assert found["schema"]["anyOf"] == [{"$ref": "#/schema/$defs/x"}, {"items": {"$ref": "#/schema"}}]
    judge = compile_schema(found)
    assert [judge.accepts(v) for v in (1, [[1]], [])] == [True, True, True]


def test_a_bundle_s_pointer_leads_back_into_the_document() -> None:
    base = ("paths", "/x", "post")
    assert document_pointer(base, ("schema", "items")) == (*base, "items")
    assert document_pointer(base, ("components", "schemas", "b")) == ("components", "schemas", "b")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}),
        ({"example": "a"}, {"examples": ["a"]}),
        (
            {"properties": {"a": {"type": "null", "example": 1}}},
            {"properties": {"a": {"type": "null", "examples": [1]}}},
        ),
    ],
)
def test_a_3_0_schema_is_said_in_2020_12(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert _bundle("a", {"a": old}, "3.0.3")["schema"] == new


def test_what_stands_beside_a_3_0_reference_is_ignored() -> None:
    found = _bundle("a", {"a": {"$ref": "#/components/schemas/b", "maxLength": 1}, "b": {}}, "3.0.3")
    assert found["schema"] == {"$ref": "#/components/schemas/b"}


def test_what_stands_beside_a_3_1_reference_counts() -> None:
    found = _bundle("a", {"a": {"$ref": "#/components/schemas/b", "maxLength": 1}, "b": {}})
    assert not compile_schema(found).accepts("ab")


def test_nothing_is_fetched() -> None:
    with pytest.raises(DocumentError, match="cannot be used"):
        compile_schema({"$ref": "https://example.com/schema.json"})


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("ref", ["#/x-{parts}/a~1%25/200", "#/x-%7Bparts%7D/a~1%25/200"])
def test_a_reference_is_followed_percent_encoded_or_not(version: str, ref: str) -> None:
    """A validator takes a URI alone, where `{` is no character."""
    parts = {"a/%": {"200": {"type": "integer"}}}
    content = {"openapi": version, "x-{parts}": parts, "s": {"items": {"$ref": ref}}}
    found = bundle(Document(Path("api.yaml"), "api", "", content), ("s",))
    assert found == {
        "$ref": "#/schema",
        "schema": {"items": {"$ref": "#/x-%7Bparts%7D/a~1%25/200"}},
        "x-{parts}": parts,
    }
    assert [compile_schema(found).accepts(value) for value in ([1], ["x"])] == [True, False]
