"""The order in which a request is judged, and the answer at each gate."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.jsonvalue import JSON
from conformance.mock.behaviour import Behaviour, known_kind
from conformance.mock.message import MockRequest
from conformance.mock.service import serve

UNKNOWN = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
TRACKER = {"name": "session", "type": "cookie"}
KNOWN = {"organizationId": "0a4f1c52-7d3b-4e8a-9c61-5b2f8e0d7a11", "projectId": UNKNOWN}
KEY = b"x-api-key"
TYPE = b"content-type"


def seen(answer: Any) -> tuple[int, str]:
    """Return what a test compares: the status and the gate that gave it."""
    return answer.status, answer.gate


def test_valid_request_is_handled(client: Any) -> None:
    """A request that obeys in everything gets the documented success."""
    answer = client.send("trackers", TRACKER)
    assert (answer.status, answer.value) == (201, {"success": True})


@pytest.mark.parametrize("value", [None, b"", b"mock-kez", b"MOCK-KEY"])
def test_without_the_right_key_nothing_is_looked_at(client: Any, value: bytes | None) -> None:
    """No, an empty or a wrong key is a 401, even where everything else is wrong too."""
    answer = client.send("trackers", raw=b"{", headers={KEY: value}, projectId="x")
    assert seen(answer) == (401, "key")
    assert answer.value["statusCode"] == 401


@pytest.mark.parametrize("name", ["organizationId", "projectId"])
def test_ids_are_checked_before_the_body(client: Any, name: str) -> None:
    """An id that is no UUID is a 400, one that names nothing a 404, whatever the body is."""
    assert seen(client.send("trackers", raw=b"{", **{name: "x"})) == (400, "path")
    assert seen(client.send("trackers", raw=b"{", **{name: UNKNOWN})) == (404, "known")


def test_a_uuid_is_known_in_either_case(client: Any) -> None:
    """Case means nothing in a UUID (RFC 9562 §4)."""
    known = client.service.path_params["projectId"].upper()
    assert client.send("trackers", TRACKER, projectId=known).status == 201


def test_an_id_is_known_from_when_it_is_stored(client: Any) -> None:
    """That an id was unknown is not remembered: the same path leads somewhere once the id is there."""
    before = client.send("trackers", TRACKER, projectId=UNKNOWN)
    client.service.store.add([(known_kind("projectId"), UNKNOWN, True)])
    assert [before.status, client.send("trackers", TRACKER, projectId=UNKNOWN).status] == [404, 201]


def test_a_handler_may_keep_its_parameters(concord: Any) -> None:
    """What a handler does to its parameters does not reach the next request on the same path."""
    seen_first: list[dict[str, str]] = []

    def handle(call: Any) -> tuple[int, JSON]:
        seen_first.append(dict(call.params))
        call.params.clear()
        return 201, {"success": True}

    (trackers,) = (operation for operation in concord if operation.name == "trackers")
    behaviour = Behaviour({f"POST {trackers.path}": handle}, known=KNOWN)
    service = serve((trackers,), {trackers.document.sha256: behaviour})
    path = trackers.path.format(**KNOWN)
    headers = {KEY: b"mock-key", TYPE: b"application/json"}
    for _ in range(2):
        service.answer(MockRequest("POST", path, headers, json.dumps(TRACKER).encode()))
    assert seen_first == [KNOWN, KNOWN]


@pytest.mark.parametrize("operation", ["trackers", "projects", "consent-types", "compliance-requests"])
def test_no_body_is_refused(client: Any, operation: str) -> None:
    """Every operation needs a body: also trackers, whose document does not mark it required."""
    assert seen(client.send(operation, raw=b"")) == (400, "body")


@pytest.mark.parametrize("media", [None, b"", b"text/plain", b"application/jsonx", b"application/xml"])
def test_other_content_types_are_refused(client: Any, media: bytes | None) -> None:
    """Only the declared media type is taken; 415 is not documented, so it is a 400."""
    assert seen(client.send("trackers", TRACKER, headers={TYPE: media})) == (400, "media-type")


@pytest.mark.parametrize("media", [b"application/json; charset=utf-8", b"Application/JSON"])
def test_media_type_parameters_and_case_mean_nothing(client: Any, media: bytes) -> None:
    """Parameters and case of the media type are no reason to refuse (RFC 9110 §8.3.1)."""
    assert client.send("trackers", TRACKER, headers={TYPE: media}).status == 201


@pytest.mark.parametrize("raw", [b"{", b"{} {}", b"\xff", b"NaN", b"'a'", b"\xef\xbb\xbf{}"])
def test_what_is_not_one_json_text_is_refused(client: Any, raw: bytes) -> None:
    """Malformed, trailing and non-UTF-8 bodies are a 400 that says so."""
    answer = client.send("trackers", raw=raw)
    assert seen(answer) == (400, "json")
    assert answer.value["message"].startswith("body is not JSON: ")


@pytest.mark.parametrize("levels", [300, 900, 1_000, 5_000, 100_000])
@pytest.mark.parametrize(("begin", "end"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_what_nests_too_deeply_is_refused_for_that(
    client: Any, levels: int, begin: bytes, end: bytes
) -> None:
    """A depth that is not read is told as such: it may well be JSON (RFC 8259 §9)."""
    answer = client.send("trackers", raw=begin * levels + b"1" + end * levels)
    assert seen(answer) == (400, "json")
    assert answer.value["message"] == "body is nested more than 200 levels deep, which is not read"


def test_refusal_names_place_and_keyword_but_not_the_value(client: Any) -> None:
    """A client's developer reads what is wrong; what was sent is not sent back."""
    body = {"category": "custom", "subcategory": 1, "label": "a", "name": "abcd"}
    answer = client.send("consent-types", body)
    assert seen(answer) == (400, "schema")
    assert answer.value == {
        "statusCode": 400,
        "error": "Bad Request",
        "message": "body/name violates minLength",
    }


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE"])
def test_undeclared_methods_get_405_with_allow(client: Any, method: str) -> None:
    """A path answers only its declared methods, and names them (RFC 9110 §15.5.6)."""
    answer = client.send("trackers", TRACKER, method=method)
    assert seen(answer) == (405, "method")
    assert answer.headers == ((b"allow", b"POST"),)


def test_errors_obey_their_schemas(client: Any, endpoints: Any) -> None:
    """Every error body that the document describes is as it describes it."""
    answers = [
        client.send("projects", {}, headers={KEY: None}),
        client.send("projects", {}),
        client.send("projects", {}, organizationId=UNKNOWN),
    ]
    assert [answer.status for answer in answers] == [401, 400, 404]
    assert all(endpoints["projects"].accepts_answer(answer) for answer in answers)


def test_lone_surrogates_and_huge_numbers_do_not_break_it(client: Any) -> None:
    """What Python reads but cannot encode or count is judged like anything else."""
    assert client.send("trackers", {**TRACKER, "name": "\ud800"}).status == 201
    assert seen(client.send("trackers", {"name": "\ud800", "type": "\ud800"})) == (400, "schema")
    assert client.send("trackers", raw=b'{"name":"a","type":"cookie","expiration":1e999}').status == 400
    assert client.send("trackers", {**TRACKER, "expiration": 10**300}).status == 201
