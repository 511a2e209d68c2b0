"""A document that nobody wrote code for: answers from the schema, echoing what was sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from conformance.contract.bundle import standalone
from conformance.contract.validator import compile_schema
from conformance.mock.message import Answer, MockRequest
from conformance.mock.sample import NoSampleError, smallest
from conformance.mock.service import Service, serve
from conformance.openapi.document import load
from conformance.openapi.operation import operations

PETS = {
    "openapi": "3.0.3",
    "info": {"title": "Pets", "version": "1"},
    "paths": {
        "/pets": {
            "post": {
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}
                },
                "responses": {
                    "201": {
                        "description": "made",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Kept"}}},
                    },
                    "422": {
                        "description": "wrong",
                        "content": {
                            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                        },
                    },
                },
            },
        },
        "/pets/{petId}": {
            "parameters": [{"name": "petId", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "responses": {
                    "200": {
                        "description": "a pet",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Kept"}}},
                    },
                    "404": {"description": "none"},
                }
            },
            "delete": {"responses": {"204": {"description": "gone"}}},
        },
    },
    "components": {
        "schemas": {
            "Pet": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "minLength": 2},
                    "age": {"type": "integer", "nullable": True},
                    "secret": {"type": "string"},
                },
            },
            "Kept": {
                "type": "object",
                "required": ["id", "name", "kind"],
                "properties": {
                    "id": {"type": "string"},
                    "name": {"type": "string"},
                    "age": {"type": "integer"},
                    "kind": {"enum": ["pet"]},
                },
            },
            "Problem": {
                "type": "object",
                "required": ["title", "status", "code"],
                "properties": {
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "code": {"type": "string"},
                },
            },
        }
    },
}


@pytest.fixture
def pets(tmp_path: Path) -> Service:
    """Return a mock of a document with $refs, in OpenAPI 3.0."""
    file = tmp_path / "pets.json"
    file.write_text(json.dumps(PETS))
    return serve(operations((load(file),)))


def send(service: Service, method: str, path: str, body: Any = None) -> Answer:
    """Send a request without a key, which this document doesn't ask for."""
    data = b"" if body is None else json.dumps(body).encode()
    return service.answer(MockRequest(method, path, {b"content-type": b"application/json"}, data))


def test_answer_echoes_what_it_shares_with_the_request(pets: Service) -> None:
    """Members that the answer has too come back if their types permit; the id is a new UUID."""
    answer = send(pets, "POST", "/pets", {"name": "Rex", "age": None, "secret": "s"})
    assert answer.status == 201
    assert UUID(answer.value.pop("id")).version == 4
    assert answer.value == {"name": "Rex", "kind": "pet"}


def test_what_was_created_exists(pets: Service) -> None:
    """An id that the mock gave is known to the operations that ask for one; any other is a 404."""
    new = send(pets, "POST", "/pets", {"name": "Rex"}).value["id"]
    assert send(pets, "GET", f"/pets/{new}").status == 200
    assert send(pets, "GET", "/pets/nobody").status == 404
    assert send(pets, "GET", f"/pets/{pets.path_params['petId']}").status == 200


def test_refusal_has_the_documented_status_and_shape(pets: Service) -> None:
    """Where 422 is documented and 400 is not, it is a 422, in the media type and shape given there."""
    answer = send(pets, "POST", "/pets", {"name": "R"})
    assert (answer.status, answer.content_type) == (422, "application/problem+json")
    assert answer.value["status"] == 422
    assert answer.value["title"].startswith("Unprocessable")
    assert isinstance(answer.value["code"], str)


def test_a_body_that_is_not_required_may_be_absent(pets: Service) -> None:
    """Without own code the document has the last word."""
    assert send(pets, "POST", "/pets").status == 201


def test_no_content_is_no_content(pets: Service) -> None:
    """A success without documented content has no body."""
    answer = send(pets, "DELETE", "/pets/any")
    assert (answer.status, answer.content_type, answer.body()) == (204, "", b"")


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "format": "date-time"},
        {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
        {"type": "string", "minLength": 7, "maxLength": 9},
        {"type": "integer", "minimum": 5, "multipleOf": 4},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"type": "array", "minItems": 2, "items": {"enum": ["a"]}},
        {"allOf": [{"type": "object", "required": ["a"]}, {"properties": {"a": {"const": 4}}}]},
        {"oneOf": [{"type": "integer", "maximum": -1}, {"type": "string"}]},
        {"type": "object", "minProperties": 2, "properties": {"a": {"type": "string"}}},
        {"type": "null"},
        {},
        {
            "$ref": "#/$defs/tree",
            "$defs": {"tree": {"type": "object", "properties": {"next": {"$ref": "#/$defs/tree"}}}},
        },
    ],
)
def test_sample_obeys_its_schema(schema: dict[str, Any]) -> None:
    """A sample is a value that the schema accepts."""
    bundle = standalone(schema)
    assert compile_schema(bundle).accepts(smallest(bundle))


def test_no_sample_where_nothing_is_valid() -> None:
    """A schema that accepts nothing gives no sample, instead of a wrong one."""
    with pytest.raises(NoSampleError):
        smallest(standalone({"type": "string", "minLength": 2, "maxLength": 1}))
