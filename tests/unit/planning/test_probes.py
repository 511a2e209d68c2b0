from __future__ import annotations

from typing import Any

import pytest

from conformance.case import Case, Intent, Request, RunLevel
from conformance.contract.requests import request_contract
from conformance.jsonvalue import decode, encode
from conformance.planning.probes import probe_drafts, repeated
from tests.unit.documents import TEXT, operation

ANSWER = {"properties": {"name": TEXT, "note": TEXT, "mail": TEXT, "short": TEXT}}
REQUEST: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": TEXT,
        "note": {"type": "string", "maxLength": 18},
        "mail": {"type": "string", "format": "email"},
        "short": {"type": "string", "maxLength": 8},
        "silent": TEXT,
    },
    "required": ["name"],
}


def probes(request: Any, answer: Any, plain: Any) -> list[Any]:
    """Return the bodies of the probes."""
    op = operation(request, {"201": answer, "400": {"properties": {"silent": TEXT}}})
    contract = request_contract(op)
    assert contract is not None
    found = list(probe_drafts(op, Request("POST", "/things", body=encode(plain)), contract))
    assert {(d.intent, d.expected, d.level) for d in found} <= {(Intent.VALID, ("201",), RunLevel.STANDARD)}
    assert len({d.requirement.id for d in found}) == len(found)
    return [decode(d.request.body or b"") for d in found if d.request is not None]


def test_each_probe_has_texts_of_its_own_where_answers_bring_them_back_and_they_fit() -> None:
    one, two = probes(REQUEST, ANSWER, {"name": "n"})
    assert one.keys() == two.keys() == {"name", "note"}
    texts = [*one.values(), *two.values()]
    assert len(set(texts)) == 4
    assert {len(text) for text in texts} == {18, 33}
    assert {"conformance_00000000" in one["name"], "conformance_00000000" in one["note"]} == {True, False}


def test_probes_are_the_same_in_every_run() -> None:
    assert probes(REQUEST, ANSWER, {"name": "n"}) == probes(REQUEST, ANSWER, {"name": "n"})


@pytest.mark.parametrize(
    ("request_schema", "answer", "plain"),
    [
        (REQUEST, {"properties": {"success": {}}}, {"name": "n"}),
        ({"type": "object", "properties": {"name": {"enum": ["n"]}}}, ANSWER, {"name": "n"}),
        ({"type": "object", "properties": {"name": {"type": "integer"}}}, ANSWER, {"name": 1}),
        ({"type": "array"}, ANSWER, []),
    ],
)
def test_where_no_text_comes_back_nothing_is_probed(request_schema: Any, answer: Any, plain: Any) -> None:
    assert probes(request_schema, answer, plain) == []


def test_the_request_that_comes_again_is_the_same_to_the_byte_with_an_id_of_its_own() -> None:
    op = operation(REQUEST, {"201": ANSWER, "409": None, "500": None})
    plain = Case(
        "things-0", "things", Intent.VALID, "t", Request("POST", "/things", body=b"{}"), ("201",), ("r",), "x"
    )
    requirement, again = repeated(op, plain)
    assert again.request == plain.request
    assert (again.id, again.intent, again.expected) == ("things-0-again", Intent.OPEN, ("201", "409"))
    assert again.requirements == (requirement.id,)
    assert requirement.address == "things · request · repeated · no 5xx"
