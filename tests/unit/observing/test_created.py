"""What was created is listed by the ids that the answer gives it, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.case import Case, Exchange, Intent, Request
from conformance.jsonvalue import decoded
from conformance.observing.created import created_ids
from conformance.rules import INVALID_ACCEPTED
from tests.unit.documents import TEXT, operation

THINGS = operation({"type": "object"}, {"201": {"properties": {"id": TEXT}}, "400": None})
FOUND = operation({"type": "object"}, {"200": {"properties": {"id": TEXT}}})


def created(
    body: Any, status: int = 201, op: Any = THINGS, method: str = "POST", sent: Any = None, **more: Any
) -> tuple[str, ...] | None:
    """Return what an answer with the JSON of `body` says was created."""
    request = Request(method, "/things", body=json.dumps(sent).encode())
    case = Case("c", op.name, Intent.INVALID, "t", request, ("400",), (), INVALID_ACCEPTED)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return created_ids(op, case, Exchange("c", status, body=data, **more), decoded(data))


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        ({"id": "a", "projectId": "p"}, ("a",)),
        ({"id": 7}, ("7",)),
        ({"items": [{"id": "a"}, {"id": "b"}, {"id": "a"}, 1]}, ("a", "b")),
        ([{"id": "a"}, {"id": "b"}], ("a", "b")),
        ({"thingId": "a", "ownerId": "o", "name": "n"}, ("a",)),
        ({"id": True}, ()),
        ({"id": ""}, ()),
        ({"id": "a" * 501}, ()),
        ({"success": True}, ()),
        ("text", ()),
        (b"no JSON", ()),
        (b"", ()),
    ],
)
def test_ids_are_the_members_called_so_else_those_that_the_request_did_not_bring(
    body: Any, ids: tuple[str, ...]
) -> None:
    assert created(body, sent={"ownerId": "o"}) == ids


def test_a_location_tells_where_no_member_does() -> None:
    at = (("location", "/things/1"),)
    assert created({"success": True}, headers=at) == ("/things/1",)
    assert created({"id": "a"}, headers=at) == ("a",)


def test_a_body_that_was_cut_off_is_not_read() -> None:
    assert created({"id": "a"}, truncated=True) == ()


def test_an_answer_lists_at_most_a_thousand_ids() -> None:
    assert len(created([{"id": number} for number in range(2000)]) or ()) == 1000


@pytest.mark.parametrize(
    ("status", "op", "method", "creates"),
    [
        (201, THINGS, "POST", True),
        (201, FOUND, "PUT", True),
        (200, THINGS, "POST", True),
        (200, FOUND, "POST", False),
        (200, THINGS, "GET", False),
        (400, THINGS, "POST", False),
        (0, THINGS, "POST", False),
    ],
)
def test_a_201_creates_and_so_does_any_success_of_a_post_that_is_to_answer_it(
    status: int, op: Any, method: str, creates: bool
) -> None:
    """A search that answers 200 to a POST has created nothing: its ids are not ours to remove."""
    assert created({"id": "a"}, status, op, method) == (("a",) if creates else None)
