"""What is compared beyond schemas: each change by its rule and verdict, and exactly those."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from conformance.diff.operations.documents import compare_documents
from conformance.errors import DocumentError
from conformance.openapi.document import Document
from conformance.pointer import REMOVED, put
from conformance_strategies import VALUES

BASE: Final[dict[str, Any]] = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "servers": [
        {
            "url": "https://{region}.example.com/v1/",
            "variables": {"region": {"default": "eu", "enum": ["eu", "us"]}},
        }
    ],
    "security": [{"Key": []}],
    "paths": {
        "/things/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "put": {
                "operationId": "putThing",
                "parameters": [
                    {"name": "dry", "in": "query", "schema": {"type": "boolean"}},
                    {"name": "X-Trace", "in": "header", "required": True, "schema": {"type": "string"}},
                ],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"type": "object"}},
                        "text/csv": {"schema": {"type": "string"}},
                    }
                },
                "responses": {
                    "200": {
                        "description": "put",
                        "headers": {
                            "ETag": {"required": True, "schema": {"type": "string"}},
                            "X-Hint": {"schema": {"type": "string"}},
                        },
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    "4XX": {"description": "no"},
                },
            },
        },
        "/things": {"get": {"operationId": "listThings", "responses": {"204": {"description": "none"}}}},
    },
    "components": {
        "securitySchemes": {
            "Key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "Other": {"type": "http", "scheme": "bearer"},
        }
    },
}  # fmt: skip

PARAMETERS: Final = BASE["paths"]["/things/{id}"]["put"]["parameters"]
THING: Final = {"name": "thing", "in": "path", "required": True, "schema": {"type": "string"}}
LISTED: Final = BASE["paths"]["/things"]["get"]
PUT: Final = ("paths", "/things/{id}", "put")
LIST: Final = ("paths", "/things", "get")
BODY: Final = (*PUT, "requestBody")
ANSWERS: Final = (*PUT, "responses")
KEY: Final = ("components", "securitySchemes", "Key")

Edit = tuple[tuple[str | int, ...], Any]
CASES: Final[dict[str, tuple[list[Edit], set[tuple[str, str]]]]] = {
    "nothing": ([], set()),
    "operation lost": ([(("paths", "/things"), REMOVED)], {("operation-removed", "breaking")}),
    "operation new": (
        [(("paths", "/more"), {"get": {"responses": {"200": {"description": ""}}}})],
        {("operation-added", "compatible")},
    ),
    "moved by operationId": (
        [(("paths", "/things"), REMOVED), (("paths", "/all"), {"get": {**LISTED, "deprecated": True}})],
        {("operation-moved", "breaking"), ("operation-deprecated", "compatible")},
    ),
    "moved by content": (
        [
            (("paths", "/things"), REMOVED),
            (("paths", "/all"), {"get": {"responses": {"204": {"description": "none"}}}}),
        ],
        {("operation-moved", "breaking"), ("operation-id-changed", "compatible")},
    ),
    "path parameter renamed": (
        [
            (("paths", "/things/{thing}"), {**BASE["paths"]["/things/{id}"], "parameters": [THING]}),
            (("paths", "/things/{id}"), REMOVED),
        ],
        {("path-parameter-renamed", "compatible")},
    ),
    "required parameter new": (
        [((*PUT, "parameters"), [*PARAMETERS, {"name": "a", "in": "query", "required": True, "schema": {}}])],
        {("request-parameter-required-added", "breaking")},
    ),
    "optional parameter new": (
        [((*PUT, "parameters"), [*PARAMETERS, {"name": "a", "in": "query", "schema": {}}])],
        {("request-parameter-optional-added", "compatible")},
    ),
    "parameter lost": (
        [((*PUT, "parameters", 0), REMOVED)],
        {("request-parameter-optional-removed", "breaking")},
    ),
    "parameter now required": (
        [((*PUT, "parameters", 0, "required"), True)],
        {("request-parameter-required", "breaking")},
    ),
    "header parameter optional, its name in another case": (
        [((*PUT, "parameters", 1), {"name": "x-trace", "in": "header", "schema": {"type": "string"}})],
        {("request-parameter-optional", "compatible")},
    ),
    "defaults of style and explode spelt out": (
        [((*PUT, "parameters", 0), {**PARAMETERS[0], "style": "form", "explode": True})],
        set(),
    ),
    "a parameter that is one value, not exploded": ([((*PUT, "parameters", 0, "explode"), False)], set()),
    "a parameter's schema": (
        [((*PUT, "parameters", 0, "schema", "type"), "string")],
        {("request-type-changed", "breaking")},
    ),
    "body lost": ([(BODY, REMOVED)], {("request-body-removed", "breaking")}),
    "body required": ([((*BODY, "required"), True)], {("request-body-required", "breaking")}),
    "body new": (
        [((*LIST, "requestBody"), {"content": {"application/json": {}}})],
        {("request-body-added", "compatible")},
    ),
    "required body new": (
        [((*LIST, "requestBody"), {"required": True, "content": {"application/json": {}}})],
        {("request-body-added", "breaking")},
    ),
    "media types": (
        [((*BODY, "content"), {"Application/JSON": {"schema": {"type": "object"}}, "text/plain": {}})],
        {("request-media-type-removed", "breaking"), ("request-media-type-added", "compatible")},
    ),
    "media type of an answer": (
        [((*ANSWERS, "200", "content", "text/csv"), {})],
        {("response-media-type-added", "compatible")},
    ),
    "body of an answer lost": (
        [((*ANSWERS, "200", "content"), REMOVED)],
        {("response-body-removed", "breaking")},
    ),
    "success new": (
        [((*ANSWERS, "202"), {"description": "later"})],
        {("response-success-added", "breaking")},
    ),
    "success replaced": (
        [((*LIST, "responses"), {"200": {"description": "all"}})],
        {("response-success-added", "breaking"), ("response-success-removed", "compatible")},
    ),
    "error new": (
        [((*LIST, "responses", "404"), {"description": "none"})],
        {("response-error-added", "compatible")},
    ),
    "a range spelt out": (
        [
            ((*ANSWERS, "4XX"), REMOVED),
            ((*ANSWERS, "400"), {"description": "no"}),
            ((*ANSWERS, "409"), {"description": "no"}),
        ],
        {("response-error-removed", "compatible")},
    ),
    "error lost": ([((*ANSWERS, "4XX"), REMOVED)], {("response-error-removed", "compatible")}),
    "promised header lost": (
        [((*ANSWERS, "200", "headers", "ETag"), REMOVED)],
        {("response-header-required-removed", "breaking")},
    ),
    "header no longer promised": (
        [((*ANSWERS, "200", "headers", "ETag", "required"), False)],
        {("response-header-optional", "breaking")},
    ),
    "optional header lost, another new": (
        [((*ANSWERS, "200", "headers", "X-Hint"), REMOVED), ((*ANSWERS, "200", "headers", "X-New"), {"schema": {}})],
        {("response-header-optional-removed", "compatible"), ("response-header-optional-added", "compatible")},
    ),
    "key in another header": ([((*KEY, "name"), "X-Api-Key")], {("security-scheme-changed", "breaking")}),
    "scheme only called otherwise": (
        [
            (("components", "securitySchemes"), {"Renamed": BASE["components"]["securitySchemes"]["Key"]}),
            (("security",), [{"Renamed": []}]),
        ],
        set(),
    ),
    "key of an operation given up": ([((*LIST, "security"), [])], {("security-loosened", "compatible")}),
    "another way in": ([(("security",), [{"Key": []}, {"Other": []}])], {("security-loosened", "compatible")}),
    "both needed": ([(("security",), [{"Key": [], "Other": []}])], {("security-tightened", "breaking")}),
    "another way instead": ([(("security",), [{"Other": []}])], {("security-changed", "breaking")}),
    "a server less, spelt out": (
        [(("servers",), [{"url": "https://eu.example.com/v1"}])],
        {("server-removed", "breaking")},
    ),
    "servers spelt out": (
        [(("servers",), [{"url": "https://us.example.com/v1"}, {"url": "https://eu.example.com/v1"}])],
        set(),
    ),
    "texts": (
        [((*PUT, "summary"), "Put it"), ((*ANSWERS, "200", "description"), "done"), (("info", "version"), "2")],
        {("operation-description-changed", "compatible"), ("document-version-changed", "compatible")},
    ),
    "callbacks": ([((*PUT, "callbacks"), {"done": {}})], set()),
}  # fmt: skip


def document(content: Any) -> Document:
    return Document(Path("things.yaml"), "things", "", content)


@pytest.mark.parametrize(("edits", "expected"), CASES.values(), ids=list(CASES))
def test_each_edit_gives_exactly_its_changes(edits: list[Edit], expected: set[tuple[str, str]]) -> None:
    revision: Any = BASE
    for pointer, new in edits:
        revision = put(revision, pointer, new)
    found = list(compare_documents([document(BASE)], [document(revision)], VALUES))
    assert {(change.rule, change.verdict.value) for change in found} == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize(
    ("pointer", "new"),
    [(("servers",), [{"url": "https://other.example.com"}]), (("security",), [{"Other": []}])],
)
def test_what_a_whole_document_says_is_told_at_its_own_place(pointer: tuple[str, ...], new: Any) -> None:
    found = list(compare_documents([document(BASE)], [document(put(BASE, pointer, new))], VALUES))
    assert {(change.base_pointer, change.revision_pointer) for change in found} == {(pointer, pointer)}


def test_a_schema_that_media_types_share_changes_once() -> None:
    shared = {"schema": {"$ref": "#/components/schemas/Thing"}}
    base = put(BASE, ("components", "schemas"), {"Thing": {"type": "string"}})
    base = put(base, (*PUT, "requestBody", "content"), {"application/json": shared, "text/csv": shared})
    revision = put(base, ("components", "schemas", "Thing", "maxLength"), 9)
    found = list(compare_documents([document(base)], [document(revision)], VALUES))
    assert [change.rule for change in found] == ["request-max-length-decreased"]


def test_what_no_operation_inherits_is_no_change() -> None:
    """A key that the document asks for by default, and each operation overrides, concerns nobody."""
    own = put(put(BASE, (*PUT, "security"), [{"Key": []}]), (*LIST, "security"), [{"Key": []}])
    changed = put(own, ("security",), [{"Other": []}])
    assert list(compare_documents([document(own)], [document(changed)], VALUES)) == []


def named(name: str, *paths: str) -> Document:
    """Return a document that has these of the base's paths only."""
    content = {
        **BASE,
        "info": {"title": name, "version": name},
        "paths": {path: BASE["paths"][path] for path in paths},
    }
    return Document(Path(f"{name}.yaml"), name, "", content)


def test_an_operation_that_moved_between_the_files_of_a_folder_is_no_change() -> None:
    base = [named("a", "/things"), named("b", "/things/{id}")]
    revision = [named("a"), named("b", "/things/{id}", "/things")]
    assert list(compare_documents(base, revision, VALUES)) == []


def test_documents_without_operations_still_have_webhooks_and_a_version() -> None:
    call = {"post": {"responses": {"200": {"description": "heard"}}}}
    base = document({"openapi": "3.1.0", "info": {"title": "", "version": "1"}, "webhooks": {"made": call}})
    revision = document({"openapi": "3.1.0", "info": {"title": "", "version": "2"}, "components": {}})
    found = [(change.rule, change.verdict.value) for change in compare_documents([base], [revision], VALUES)]
    assert found == [("document-version-changed", "compatible"), ("webhook-removed", "breaking")]


def test_changes_come_in_the_order_of_the_documents() -> None:
    """Twice the same comparison is twice the same output: names of media types are in no set."""
    content = {f"text/x-{number}": {} for number in range(20)}
    revision = put(
        BASE,
        (*BODY, "content"),
        {**BASE["paths"]["/things/{id}"]["put"]["requestBody"]["content"], **content},
    )
    found = [change.summary for change in compare_documents([document(BASE)], [document(revision)], VALUES)]
    assert found == [f"{name} is new" for name in content]


@pytest.mark.parametrize("depth", [23, 24])
def test_what_is_referred_to_too_deeply_is_refused(depth: int) -> None:
    """An endless callback is an error of one line, not of the interpreter."""
    link: Any = 1
    for _ in range(depth):
        link = {"parameters": link}
    revision = put(BASE, (*ANSWERS, "200", "links"), {"self": link})
    compared = compare_documents([document(BASE)], [document(revision)], VALUES)
    if depth == 23:
        assert [change.rule for change in compared] == ["links-changed"]
    else:
        with pytest.raises(DocumentError, match="nested or referred to more than 24 levels deep"):
            list(compared)
