"""A sound document is found so without the validator that explains, and each kind of fault is explained by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from conformance.errors import DocumentError
from conformance.openapi import soundness
from conformance.openapi.document import discover, made
from conformance.openapi.soundness import check
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


@pytest.fixture
def unexplained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an explanation fail the test."""
    monkeypatch.setattr(soundness, "_explain", lambda _, label: pytest.fail(f"{label} had to be explained"))


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.usefixtures("unexplained")
def test_a_sound_document_is_sound_to_both_checks(version: str) -> None:
    document = put(SOUND, ("openapi",), version)
    full = OpenAPIV30SpecValidator if version.startswith("3.0") else OpenAPIV31SpecValidator
    check(document, "here")
    assert list(full(document).iter_errors()) == []


@pytest.mark.usefixtures("unexplained")
def test_the_bundled_documents_are_sound() -> None:
    assert len(discover(BUNDLED)) == 4


@pytest.mark.usefixtures("unexplained")
@pytest.mark.parametrize(
    ("openapi", "version", "read_as"),
    [
        ("3.0", "1.5", ("3.0", "1.5")),
        ("'3.1'", "2", ("3.1", "2")),
        ("3.1", "'1'", ("3.1", "1")),
        ("3.0.4", "2024-02-29", ("3.0.4", "2024-02-29")),
        ("3.0.0-rc1", "1.0.0", ("3.0.0-rc1", "1.0.0")),
    ],
)
def test_versions_that_yaml_reads_as_numbers_are_understood(
    openapi: str, version: str, read_as: tuple[str, str]
) -> None:
    text = f"openapi: {openapi}\ninfo: {{title: t, version: {version}}}\npaths: {{}}\n"
    document = made(text.encode(), Path("here.yaml"))
    assert (document.openapi, document.version) == read_as


@pytest.mark.parametrize(
    ("head", "named"),
    [
        ('swagger: "2.0"', "but Swagger 2.0; convert it first"),
        ("swagger: 2.0", "but Swagger 2.0; convert it first"),
        ("openapi: 3.2.0", "but OpenAPI 3.2.0; convert it first"),
        ("openapi: 3.2", "but OpenAPI 3.2; convert it first"),
        ("openapi: 3", "but OpenAPI 3; convert it first"),
        ("openapi: 3.10.0", "but OpenAPI 3.10.0; convert it first"),
        ("openapi: [3.0.3]", "as it has no `openapi` field"),
        ("asyncapi: 3.0.0", "as it has no `openapi` field"),
        ("- 1", "as it has no `openapi` field"),
        ("", "as it has no `openapi` field"),
    ],
)
def test_another_version_is_refused_by_its_name(head: str, named: str) -> None:
    with pytest.raises(DocumentError) as caught:
        made(head.encode(), Path("here.yaml"))
    assert str(caught.value) == f"here.yaml: not an OpenAPI 3.0 or 3.1 document, {named}"


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
def test_a_fault_is_seen_and_explained(version: str, pointer: Any, new: Any) -> None:
    document = put(put(SOUND, ("openapi",), version), pointer, new)
    with pytest.raises(DocumentError, match=r"^here: not a valid OpenAPI document"):
        check(document, "here")


def test_what_the_full_check_finds_no_fault_with_is_taken() -> None:
    """Doubt alone refuses nothing."""
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "type": "string"}
    document = put(SOUND, SCHEMA, schema)
    check(document, "here")
