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
from conformance.openapi.document import Document, load
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


def served(path: str, operation: dict[str, Any]) -> Service:
    """Return a mock of one operation, a POST, whether its document is sound or not."""
    content = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {path: {"post": operation}},
    }
    return serve(operations((Document(Path("api.json"), "api", "", content),)))


def in_path(name: str, **schema: Any) -> dict[str, Any]:
    """Return a Parameter Object of the path."""
    return {"name": name, "in": "path", "required": True, "schema": schema}


OK = {"200": {"description": "ok"}}


def test_names_of_the_template_alone_have_values() -> None:
    """A path parameter that the template lacks is never looked at; one that nobody declared may be anything."""
    declared = [in_path("id", type="integer"), in_path("other", type="integer")]
    service = served("/things/{id}/{free}", {"parameters": declared, "responses": OK})
    assert service.path_params == {"id": "1", "free": "free-1"}
    assert [send(service, "POST", path).status for path in ("/things/2/x", "/things/x/x")] == [200, 400]


def test_known_values_hold_nothing_that_stands_beside_them() -> None:
    """With a-1 for `{a}` in `{a}-{b}` the path would be read as another one."""
    parameters = [in_path("a", type="string"), in_path("b", type="string")]
    responses = {**OK, "404": {"description": "none"}}
    service = served("/range/{a}-{b}", {"parameters": parameters, "responses": responses})
    assert service.path_params == {"a": "a1", "b": "b1"}
    assert [send(service, "POST", path).status for path in ("/range/a1-b1", "/range/a1-b2")] == [200, 404]


@pytest.mark.parametrize(
    ("documented", "status"),
    [
        ((), 400),
        (("400", "422"), 400),
        (("422", "409"), 422),
        (("4XX", "480"), 400),
        (("default", "480"), 400),
        (("401", "480", "482"), 480),
        (("401",), 401),
    ],
)
def test_a_refusal_has_a_documented_status(documented: tuple[str, ...], status: int) -> None:
    """The usual one, a range or default that holds it, then any 4xx, those about the set-up last."""
    responses = {**OK, **{name: {"description": "no"} for name in documented}}
    body = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    service = served("/things", {"requestBody": body, "responses": responses})
    assert send(service, "POST", "/things", []).status == status


def test_an_error_that_is_no_json_is_its_message() -> None:
    """The media type of an error is the documented one, too."""
    responses = {**OK, "400": {"description": "no", "content": {"text/html": {"schema": {"type": "string"}}}}}
    body = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    service = served("/things", {"requestBody": body, "responses": responses})
    answer = send(service, "POST", "/things", [])
    assert (answer.status, answer.content_type, answer.body()) == (400, "text/html", b"body violates type")


def nested(depth: int) -> str:
    """Return JSON text of arrays in arrays."""
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    ("value", "statuses"),
    [
        ("1e400", {400}),
        *((nested(depth), {200, 400}) for depth in (250, 300, 400, 500, 700, 900, 960, 980)),
        *((nested(depth), {400}) for depth in (1000, 5000)),
    ],
)
def test_what_cannot_be_written_again_is_refused(value: str, statuses: set[int]) -> None:
    """Numbers beyond a double, and depths beyond a reader's limit, are a 400 where they would be echoed."""
    kept = {"type": "object", "required": ["a"], "properties": {"a": {}}}
    content = {"application/json": {"schema": kept}}
    responses = {"200": {"description": "ok", "content": content}, "400": {"description": "no"}}
    service = served("/things", {"requestBody": {"content": content}, "responses": responses})
    request = MockRequest(
        "POST", "/things", {b"content-type": b"application/json"}, b'{"a":%s}' % value.encode()
    )
    answer = service.answer(request)
    assert answer.status in statuses
    assert answer.body()


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
        {"oneOf": [{"type": "object", "properties": {n: {"type": "string"}}} for n in ("a", "b")]},
        {
            "type": "object",
            "required": ["n"],
            "properties": {"n": {"type": "string", "pattern": "^(?!sys).+$"}},
        },
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
