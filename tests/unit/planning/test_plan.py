"""The plan of unusual operations: nothing is dropped in silence, nothing is called valid that is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.case import Intent
from conformance.contract.bundle import bundle
from conformance.contract.validator import compile_schema
from conformance.errors import DocumentError
from conformance.jsonvalue import NotJSONError, decode
from conformance.openapi.document import load
from conformance.openapi.operation import operations
from conformance.planning.plan import Plan, plan
from conformance.rules import VALID_REJECTED
from conformance_strategies import VALUES

OK = {"201": {"description": "made"}, "400": {"description": "refused"}}
LOOK_AROUND = {"type": "string", "pattern": "^(?=.*[0-9])[a-z0-9]{8,}$"}


def body(schema: Any, media_type: str = "application/json", *, required: bool = True) -> dict[str, Any]:
    return {"required": required, "content": {media_type: {"schema": schema}}}


def planned(folder: Path, **bodies: dict[str, Any]) -> Plan:
    """Return the plan of one POST for each body, at the path of its name."""
    paths = {f"/{name}": {"post": {"requestBody": b, "responses": OK}} for name, b in bodies.items()}
    path = folder / "document.json"
    path.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}))
    return plan(operations((load(path),)), VALUES)


def unexercised(made: Plan, operation: str) -> dict[str, str]:
    return {
        r.operator: str(r.unexercised)
        for r in made.requirements
        if r.operation == operation and r.unexercised
    }


def test_an_operation_whose_body_cannot_be_built_does_not_stop_the_others(tmp_path: Path) -> None:
    """Look-around has no automaton: nothing is guessed, and the operation beside it is tested."""
    made = planned(tmp_path, a=body(LOOK_AROUND), b=body({"type": "string"}))
    assert made.preflight.keys() == {"b"}
    assert unexercised(made, "a") == {"plain": "no valid body could be built: no valid value"}


@pytest.mark.parametrize(
    "annotation",
    [
        {"$id": "#/properties/name"},
        {"title": 5},
        {"deprecated": "yes"},
        {"examples": "none"},
        {"$comment": 5},
    ],
)
def test_an_annotation_of_the_wrong_kind_changes_no_request(
    tmp_path: Path, annotation: dict[str, Any]
) -> None:
    """Generators of documents write `$id`s that are no identifiers; what only annotates decides nothing."""

    def requests(more: dict[str, Any]) -> list[bytes | None]:
        name = {"type": "string", "maxLength": 9, **more}
        made = planned(tmp_path, orders=body({"type": "object", "properties": {"name": name}}))
        return [case.request.body for case in made.cases]

    assert requests(annotation) == requests({})


def test_a_body_of_another_media_type_is_told_and_not_sent(tmp_path: Path) -> None:
    form = body({"type": "object"}, "application/x-www-form-urlencoded")
    made = planned(tmp_path, forms=form)
    assert (
        unexercised(made, "forms")["media-unexercised"]
        == "no bodies of application/x-www-form-urlencoded are made yet"
    )
    assert {c.intent for c in made.cases} <= {Intent.INVALID}
    assert made.preflight == {}


@pytest.mark.parametrize("kind", [{"const": "card"}, {"enum": ["card", 1]}, {"type": ["string", "null"]}, {}])
def test_no_body_called_valid_is_refused_by_the_contract(tmp_path: Path, kind: dict[str, Any]) -> None:
    """Raw tokens are put only where the validator takes their kind, whatever the schema leaves unsaid."""
    schema = {"type": "object", "properties": {"kind": kind}, "required": ["kind"]}
    made = planned(tmp_path, orders=body(schema))
    document = made.operations[0].document
    pointer = ("paths", "/orders", "post", "requestBody", "content", "application/json", "schema")
    contract = compile_schema(bundle(document, pointer))
    wrong = {
        c.title for c in made.cases if c.rule == VALID_REJECTED and not _accepts(contract, c.request.body)
    }
    assert wrong == set()


def _accepts(contract: Any, data: bytes | None) -> bool:
    try:
        return bool(contract.accepts(decode(data or b"")))
    except NotJSONError:
        return False


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "minLength": 10**11},
        {"type": "array", "minItems": 10**9, "items": {"type": "string"}},
        {"type": "object", "properties": {"a": {"type": "string", "minLength": 10**11}}, "required": ["a"]},
    ],
)
def test_a_body_too_large_to_build_is_told(tmp_path: Path, schema: dict[str, Any]) -> None:
    assert unexercised(planned(tmp_path, huge=body(schema)), "huge").keys() == {"plain"}


def test_what_is_over_max_body_is_held_back_with_its_size(tmp_path: Path) -> None:
    found = planned(tmp_path, texts=body({"type": "string", "minLength": 20})).operations
    made = plan(found, VALUES, max_body=10)
    assert made.preflight == {}
    assert all(len(c.request.body or b"") <= 10 for c in made.cases)
    assert unexercised(made, "texts")["plain"] == "its body of 22 bytes is over --max-body 10"


def test_a_schema_that_cannot_be_used_is_told_in_one_line_with_its_file_and_operation(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        planned(tmp_path, things=body({"type": "string", "pattern": "("}))
    path = tmp_path / "document.json"
    told = 'schema cannot be used at /schema/pattern: "(" is not a "regex"'
    assert str(caught.value) == f"{path}: things: {told}"


def test_references_that_lead_in_a_circle_are_told(tmp_path: Path) -> None:
    path = tmp_path / "document.json"
    loop = {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}
    content = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "components": {"schemas": loop},
        "paths": {},
    }
    content["paths"] = {
        "/a": {"post": {"requestBody": body({"$ref": "#/components/schemas/A"}), "responses": OK}}
    }
    path.write_text(json.dumps(content))
    with pytest.raises(DocumentError, match=r"a \$ref leads back to itself$"):
        load(path)
