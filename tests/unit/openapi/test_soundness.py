"""The glance at a document: sound ones pass it, and each kind of fault is left to the full check."""

from __future__ import annotations

from typing import Any, Final

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from conformance.errors import DocumentError
from conformance.openapi.document import check, discover
from conformance.openapi.soundness import is_sound
from conformance.pointer import REMOVED, put
from conformance.session.loading import BUNDLED

ANSWER: Final = {"200": {"description": "", "content": {"application/json": {"schema": {"type": "string"}}}}}
SOUND: Final[dict[str, Any]] = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "paths": {
        "/things/{id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {"operationId": "get", "responses": ANSWER},
            "put": {"operationId": "put", "responses": ANSWER},
        }
    },
    "components": {
        "parameters": {"Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}}
    },
}
GET: Final = ("paths", "/things/{id}", "get")
SCHEMA: Final = (*GET, "responses", "200", "content", "application/json", "schema")
QUERY: Final = {"name": "q", "in": "query", "schema": {}}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_sound_document_is_sound_to_both_checks(version: str) -> None:
    document = put(SOUND, ("openapi",), version)
    full = OpenAPIV30SpecValidator if version.startswith("3.0") else OpenAPIV31SpecValidator
    assert is_sound(document)
    assert list(full(document).iter_errors()) == []


def test_the_bundled_documents_are_sound() -> None:
    assert [document.name for document in discover(BUNDLED) if not is_sound(document.content)] == []


@pytest.mark.parametrize(
    ("pointer", "new"),
    [
        (("info", "version"), REMOVED),
        ((*GET, "responses"), 1),
        ((*SCHEMA, "type"), "strin"),
        ((*SCHEMA, "maxLength"), -1),
        ((*SCHEMA, "$ref"), "#/components/schemas/Nothing"),
        (("components", "schemas"), {"A": {"$ref": "#/components/schemas/A"}}),
        ((*GET, "operationId"), "put"),
        (("paths", "/things/{id}", "parameters"), []),
        ((*GET, "parameters"), [QUERY, QUERY]),
    ],
    ids=[
        "no version", "responses no object", "no such type", "negative length", "nothing there", "a circle",
        "same operationId",
        "undeclared path parameter", "repeated parameter",
    ],
)  # fmt: skip
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_fault_is_seen_and_explained_by_the_full_check(version: str, pointer: Any, new: Any) -> None:
    document = put(put(SOUND, ("openapi",), version), pointer, new)
    assert not is_sound(document)
    with pytest.raises(DocumentError, match=r"^here: not a valid OpenAPI document"):
        check(document, "here")


def test_what_the_full_check_finds_no_fault_with_is_taken() -> None:
    """The glance errs on the careful side only: its doubt is not the last word."""
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "type": "string"}
    document = put(SOUND, SCHEMA, schema)
    check(document, "here")
