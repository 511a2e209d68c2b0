"""Documents and servers drawn at random: every way out of a run tells the same verdict."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.case import Case, Exchange, RunLevel
from conformance.jsonvalue import encode
from conformance.planning.plan import Plan, plan
from conformance.rules import FindingLevel
from conformance.sending.target import Target
from conformance.session.loading import load_operations
from conformance_strategies import VALUES
from tests.property.groups import FEW
from tests.support.one_verdict import assert_one_verdict, report_of

_TARGET: Final = Target("http://h", path_params={"id": "i"})
_LEAVES: Final = (
    {"type": "string", "minLength": 2},
    {"type": "string", "enum": ["on", "off"]},
    {"type": "integer", "minimum": 1, "maximum": 9},
    {"type": "boolean", "default": True},
    {"type": "array", "items": {"type": "string"}, "maxItems": 3},
    {"type": "string", "format": "uuid"},
    {"$ref": "#/components/schemas/Leaf"},
)
_TYPES: Final = (
    "application/json",
    "application/json",
    "application/json",
    "text/html",
    "application/problem+json",
)
_CODES: Final = ("201", "2XX", "400", "4XX", "404", "default", "500")
_BODIES: Final = (b"", b"{", b"[]", b"null", b'{"statusCode":409}', b'"text"')


def _object(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(["id", "name", "size", "tags"]), min_size=1, unique=True))
    members = {name: draw(st.sampled_from(_LEAVES)) for name in names}
    made: dict[str, Any] = {
        "type": "object",
        "properties": members,
        "required": names[: draw(st.integers(0, 2))],
    }
    closed = draw(st.sampled_from((None, False)))
    return made if closed is None else {**made, "additionalProperties": closed}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a document of one operation or two: answers of their own, by reference, ranges, `default`, no content."""
    shared = {"Leaf": {"type": "string", "maxLength": 5}, "Thing": _object(draw), "Sent": _object(draw)}
    thing = {
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
        "description": "",
    }
    own = {"content": {"application/json": {"schema": _object(draw)}}, "description": ""}
    kinds = [thing, own, {"$ref": "#/components/responses/Shared"}, {"description": ""},
             {"description": "", "content": {"application/json": {}}}]  # fmt: skip
    paths = {}
    for path, method in draw(st.sampled_from(((("/a", "post"),), (("/a", "post"), ("/b/{id}", "put"))))):
        codes = draw(
            st.lists(
                st.sampled_from(_CODES),
                min_size=1,
                unique=True,
            )
        )
        operation: dict[str, Any] = {
            "responses": {code: draw(st.sampled_from(kinds)) for code in codes},
            "requestBody": {
                "required": draw(st.booleans()),
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Sent"}}},
            },
        }
        if "{id}" in path:
            id_schema = {"type": "string", "format": "uuid"}
            operation["parameters"] = [{"name": "id", "in": "path", "required": True, "schema": id_schema}]
        paths[path] = {method: operation}
    components = {"schemas": shared, "responses": {"Shared": thing}}
    info = {"title": "drawn", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": components}


def _planned(document: dict[str, Any]) -> Plan:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "drawn.json"
        file.write_text(json.dumps(document))
        return plan(load_operations((file,)), VALUES, level=RunLevel.STANDARD)


def _answered(case: Case, dice: random.Random, wildness: float) -> Exchange:
    """Answer as the case wants or, now and then, in some other way."""
    wild = dice.random() < wildness
    status = dice.choice((200, 201, 204, 302, 400, 404, 409, 422, 500, 503)) if wild else _fitting(case)
    kind = dice.choice(_TYPES)
    sent = case.request.body or b"{}"
    body = dice.choice((*_BODIES, sent, sent, encode({"id": dice.choice("ab"), "name": "xy"})))
    return Exchange(case.id, status, (("content-type", kind),), body)


def _fitting(case: Case) -> int:
    expected = next((status for status in case.expected if status != "default"), "400")
    return int(expected.replace("XX", "00"))


@settings(FEW, max_examples=60)
@given(
    documents(), st.integers(0, 2**32), st.sampled_from((0.0, 0.05, 0.5, 1.0)),
    st.sampled_from((FindingLevel.ERROR, FindingLevel.WARNING)),
)  # fmt: skip
def test_every_way_out_tells_the_same_verdict(
    document: dict[str, Any], seed: int, wildness: float, fail_on: FindingLevel
) -> None:
    """An error exists exactly where a requirement failed, a case of JUnit failed, a test failed and the code is 1."""
    made, dice = _planned(document), random.Random(seed)  # noqa: S311 -- dice
    exchanges = {case.id: _answered(case, dice, wildness) for case in made.cases}
    assert_one_verdict(made, report_of(made, exchanges, _TARGET, fail_on), _TARGET)
