"""`$ref` refers where OpenAPI has a Reference Object, a Path Item or a Schema Object, and is plain data elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.errors import DocumentError
from conformance.jsonvalue import JSON
from conformance.openapi.references import follow, reference, references
from conformance.openapi.soundness import check
from conformance.pointer import REMOVED, put

REF = {"$ref": "https://elsewhere.test/x"}
OPERATION = ("paths", "/a", "get")
ANSWER = (*OPERATION, "responses", "200")
MEDIA = (*ANSWER, "content", "application/json")
SCHEMA = (*MEDIA, "schema")


def document(version: str = "3.1.0") -> dict[str, Any]:
    """Return a small document with a schema, a header, a request body and a callback."""
    media = {"schema": {"type": "object"}, "examples": {"one": {"value": 1}}}
    answer = {"description": "d", "headers": {}, "content": {"application/json": media}}
    operation = {
        "parameters": [{"name": "q", "in": "query", "schema": {}}],
        "requestBody": {"content": {"application/json": {"encoding": {"x": {"headers": {}}}}}},
        "responses": {"200": answer},
        "callbacks": {"on": {"{$request.body#/url}": {"post": {"responses": {"200": answer}}}}},
    }
    info = {"title": "t", "version": "1"}
    return {"openapi": version, "info": info, "paths": {"/a": {"get": operation}}, "components": {}}


@pytest.mark.parametrize(
    "pointer",
    [
        ("paths", "/b"),
        ANSWER,
        (*ANSWER, "headers", "X"),
        (*ANSWER, "links", "next"),
        (*MEDIA, "examples", "two"),
        SCHEMA,
        (*SCHEMA, "properties", "a"),
        (*SCHEMA, "properties", "example"),
        (*SCHEMA, "properties", "x-a"),
        (*SCHEMA, "additionalProperties"),
        (*SCHEMA, "items"),
        (*SCHEMA, "allOf"),
        (*OPERATION, "parameters"),
        (*OPERATION, "parameters", "0", "schema"),
        (*OPERATION, "requestBody"),
        (*OPERATION, "requestBody", "content", "application/json", "encoding", "x", "headers", "Y"),
        (*OPERATION, "callbacks", "off"),
        (*OPERATION, "callbacks", "on", "{$request.body#/url}", "post", "responses", "200", "headers", "Z"),
        ("components", "schemas", "x-a"),
        ("components", "securitySchemes", "key"),
        ("webhooks", "hook"),
    ],
    ids="/".join,
)
def test_a_reference_is_found_wherever_one_may_stand(pointer: tuple[str, ...]) -> None:
    new: JSON = [REF] if pointer[-1] in {"allOf", "parameters"} else REF
    holds = put(document(), pointer, new)
    assert list(references(holds)) == [REF["$ref"]]
    with pytest.raises(DocumentError, match="external"):
        check(holds, "here")


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(
    "pointer",
    [
        ("x-a",),
        ("paths", "x-a"),
        (*OPERATION, "x-a"),
        (*OPERATION, "responses", "x-a"),
        (*MEDIA[:-1], "text/plain", "example"),
        (*MEDIA, "examples", "one", "value"),
        (*SCHEMA, "example"),
        (*SCHEMA, "default"),
        (*SCHEMA, "enum"),
        (*SCHEMA, "x-a"),
        (*SCHEMA, "properties", "a", "default"),
    ],
    ids="/".join,
)
def test_plain_data_refers_to_nothing(version: str, pointer: tuple[str, ...]) -> None:
    holds = put(document(version), pointer, [REF] if pointer[-1] == "enum" else REF)
    assert list(references(holds)) == []
    check(holds, "here")


@pytest.mark.parametrize("keyword", ["const", "examples"])
def test_values_of_json_schema_refer_to_nothing(keyword: str) -> None:
    holds = put(document(), (*SCHEMA, keyword), [REF])
    assert list(references(holds)) == []
    check(holds, "here")


def test_a_property_may_be_called_ref() -> None:
    holds = put(document(), (*SCHEMA, "properties"), {"$ref": {"type": "string"}, "a": REF})
    assert list(references(holds)) == [REF["$ref"]]


def test_what_stands_beside_a_reference_counts_in_schemas_of_3_1_alone() -> None:
    beside = {"$ref": "#/components/schemas/A", "items": REF}
    assert list(references(put(document("3.0.3"), SCHEMA, beside))) == ["#/components/schemas/A"]
    assert list(references(put(document(), SCHEMA, beside))) == ["#/components/schemas/A", REF["$ref"]]


def test_what_is_referred_to_is_looked_through_wherever_it_stands() -> None:
    holds = put(put(document(), ("x-parts",), {"A": {"items": REF}}), SCHEMA, {"$ref": "#/x-parts/A"})
    assert list(references(holds)) == ["#/x-parts/A", REF["$ref"]]


def test_an_address_in_an_example_is_not_fetched_to_explain_a_fault() -> None:
    holds = put(document("3.0.3"), (*MEDIA[:-1], "text/plain", "example"), REF)
    holds = put(holds, (*ANSWER, "description"), REMOVED)
    with pytest.raises(
        DocumentError, match=r"^here: not a valid OpenAPI document at /paths/~1a/get/responses/200: "
    ):
        check(holds, "here")


@pytest.mark.parametrize(
    "ref",
    [
        "#/a~1b/~0c/200/%25d",
        "#/a~1b/%7E0c/200/%25d",
        "#/a%7E1b/~0c/200/%25d",
        "#/{e}/0",
        "#/%7Be%7D/0",
        "#/round/and",
    ],
)
def test_a_reference_may_be_percent_encoded_or_not(ref: str) -> None:
    content = {"a/b": {"~c": {"200": {"%d": 1}}}, "{e}": [1], "round": {"and": {"$ref": "#/{e}/0"}}}
    assert follow(content, reference(ref))[0] == 1


@pytest.mark.parametrize(
    "ref", ["#/nothing", "#/{e}/1", "#/{e}/-1", "#/{e}/00", "#/{e}/٠", "#anchor", "#/circle"]
)
def test_a_dangling_or_endless_reference_leads_nowhere(ref: str) -> None:
    with pytest.raises(DocumentError):
        follow({"{e}": [1], "circle": {"$ref": "#/circle"}}, reference(ref))
