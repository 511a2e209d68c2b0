"""The ASGI application: bodies within bounds, requests remembered, secrets masked."""

from __future__ import annotations

import asyncio
import json
from itertools import count
from typing import Any

import pytest

from conformance.mock.app import KEPT, MockApp
from conformance.mock.message import Answer, MockRequest

LIMIT = 10_000


class Echo:
    """A service that answers with the length of the body, or fails."""

    secret_headers = frozenset({b"x-api-key"})
    path_params = {"projectId": "p"}  # noqa: RUF012 -- read only
    faults = ("some-fault",)
    modes = ("some-mode",)

    def answer(self, request: MockRequest) -> Answer:
        """Answer, unless the path asks for a failure."""
        if request.path == "/fail":
            raise KeyError("boom")
        return Answer(200, len(request.body))


def app() -> MockApp:
    """Return an application over the echo; each look at its clock is half a second after the one before."""
    seconds = count(100.0, 0.5)
    return MockApp(Echo(), body_limit=LIMIT, clock=lambda: next(seconds))  # type: ignore[arg-type]


def call(
    application: MockApp,
    method: str,
    path: str,
    *chunks: bytes,
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> tuple[int, dict[bytes, bytes], bytes]:
    """Send one request in chunks and return status, headers and body."""
    parts = list(chunks) or [b""]
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        body = parts.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(parts)}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": list(headers),
        "root_path": "",
    }
    asyncio.run(application(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body


@pytest.mark.parametrize("chunks", [(b"",), (b"a" * LIMIT,), (b"a" * 9_999, b"b"), (b"", b"a", b"")])
def test_body_up_to_the_limit_is_read_whole(chunks: tuple[bytes, ...]) -> None:
    """A body of the limit's size arrives, in however many chunks."""
    status, headers, body = call(app(), "POST", "/x", *chunks)
    assert (status, json.loads(body)) == (200, sum(map(len, chunks)))
    assert headers[b"content-length"] == str(len(body)).encode()


@pytest.mark.parametrize("chunks", [(b"a" * 10_001,), (b"a" * LIMIT, b"b"), (b"a" * 9_000,) * 100])
def test_body_over_the_limit_is_a_413(chunks: tuple[bytes, ...]) -> None:
    """One byte too many is refused, and an endless body is not read to its end."""
    status, headers, body = call(app(), "POST", "/x", *chunks)
    assert (status, json.loads(body)["statusCode"]) == (413, 413)
    assert headers[b"connection"] == b"close"


def test_requests_are_remembered_with_the_key_masked() -> None:
    """The list has what a client's own test asserts on, and no secret."""
    application = app()
    headers = ((b"x-api-key", b"s3cret"), (b"authorization", b"s3cret"), (b"accept", b"*/*"))
    call(application, "POST", "/a%20b", b"\xff" + b"x" * 5000, headers=headers)
    status, _, body = call(application, "GET", "/__mock__/requests")
    assert status == 200
    assert b"s3cret" not in body
    assert json.loads(body) == [
        {
            "at_s": 0.5,
            "method": "POST",
            "path": "/a%20b",
            "headers": {"x-api-key": "***", "authorization": "***", "accept": "*/*"},
            "body": "\ufffd" + "x" * 4095,
            "body_length": 5001,
            "status": 200,
        }
    ]


def test_the_last_thousand_are_kept_and_can_be_forgotten() -> None:
    """The list is bounded, oldest first, and DELETE empties it; looking at it is not in it."""
    application = app()
    for number in range(KEPT + 5):
        call(application, "GET", f"/{number}")
    paths = [request["path"] for request in json.loads(call(application, "GET", "/__mock__/requests")[2])]
    assert (len(paths), paths[0], paths[-1]) == (1000, "/5", "/1004")
    assert call(application, "DELETE", "/__mock__/requests")[0] == 204
    assert call(application, "GET", "/__mock__/requests")[2] == b"[]"


def test_count_goes_on_beyond_the_last_thousand_and_after_forgetting() -> None:
    """All requests since the start count, by status; those about the mock itself do not."""
    application = app()
    for number in range(KEPT + 5):
        call(application, "GET", f"/{number}")
    call(application, "DELETE", "/__mock__/requests")
    body = json.loads(call(application, "GET", "/__mock__/count")[2])
    assert body == {"requests": 1005, "statuses": {"200": 1005}}


def test_setup_tells_ids_and_faults_and_no_key() -> None:
    """What a client must know to begin with is there to ask for."""
    body = json.loads(call(app(), "GET", "/__mock__/setup")[2])
    assert body == {"path_params": {"projectId": "p"}, "faults": ["some-fault"], "modes": ["some-mode"]}


def test_failing_own_code_is_a_500_and_remembered(caplog: pytest.LogCaptureFixture) -> None:
    """Own code that fails is told to whoever runs the mock; the client gets a plain 500."""
    application = app()
    status, _, body = call(application, "POST", "/fail")
    assert status == 500
    assert b"boom" not in body
    assert "POST /fail: the mock's own code failed" in caplog.text
    assert application.requests()[0]["status"] == 500
