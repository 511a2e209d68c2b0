from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import Sequence

import pytest

from conformance.case import Case, Exchange, Intent, Key, Request
from conformance.sender import MAX_ANSWER, USER_AGENT, Sender
from conformance.target import Secret, Target
from tests.wire import Received, Wire, reply, serving


def case(request: Request, identity: str = "c1") -> Case:
    return Case(identity, "trackers", Intent.VALID, "t", request, ("201",), (), "valid-rejected")


def send(target: Target, *cases: Case) -> list[Exchange]:
    async def all_at_once() -> Sequence[Exchange]:
        async with Sender(target, {"trackers": ("authorization",)}) as sender:
            return await asyncio.gather(*map(sender.send, cases))

    return list(asyncio.run(all_at_once()))


def send_one(wire: Wire, request: Request, target: Target | None = None) -> Exchange:
    return send(target or Target(wire.url, {"projectId": "p 1"}, key=Secret("k")), case(request))[0]


def test_nothing_is_sent_but_the_request_its_key_and_four_plain_headers() -> None:
    with serving(lambda _: reply()) as wire:
        headers = (
            ("Content-Type", "application/json"),
            ("X-Odd", "a\tb"),
            ("x-odd", "2"),
        )  # the second goes out spelled as the first
        exchange = send_one(wire, Request("POST", "/p/{projectId}/t", headers=headers, body=b'{"a":1}'))
    (received,) = wire.received
    assert received.line == "POST /p/p%201/t HTTP/1.1"
    assert sorted(received.headers) == sorted([
        ("Host", wire.url.removeprefix("http://")),
        ("User-Agent", USER_AGENT),
        ("Accept", "*/*"),
        ("Accept-Encoding", "identity"),
        ("Content-Type", "application/json"),
        ("X-Odd", "a\tb"),
        ("X-Odd", "2"),
        ("authorization", "k"),
        ("Content-Length", "7"),
    ])  # fmt: skip
    assert received.body == b'{"a":1}'
    assert (exchange.status, exchange.body) == (201, b'{"success":true}')
    assert exchange.header("content-type") == "application/json"


@pytest.mark.parametrize("body", [None, b"", b"\xff\x00", b"{", b"x" * (1024 * 1024 + 1)])
def test_a_body_goes_out_byte_for_byte_and_brings_no_content_type(body: bytes | None) -> None:
    with serving(lambda _: reply()) as wire:
        send_one(wire, Request("POST", "/", body=body))
    assert wire.received[0].body == (body or b"")
    assert wire.received[0].header("content-length") == str(len(body or b""))  # RFC 9110 §8.6
    assert wire.received[0].header("content-type") is None
    assert wire.received[0].header("transfer-encoding") is None


def test_dot_segments_reach_the_server_undone() -> None:
    with serving(lambda _: reply()) as wire:
        send_one(wire, Request("GET", "/a/{id}/b", path_params=(("id", ".."),)))
    assert wire.received[0].line == "GET /a/%2E%2E/b HTTP/1.1"


@pytest.mark.parametrize(("key", "header"), [(Key.RIGHT, "k"), (Key.NONE, None), (Key.EMPTY, "")])
def test_the_wire_carries_the_key_as_the_case_says(key: Key, header: str | None) -> None:
    with serving(lambda _: reply()) as wire:
        send_one(wire, Request("POST", "/", key=key))
    assert wire.received[0].header("authorization") == header


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with serving(lambda _: reply(302, extra="Location: /elsewhere\r\n")) as wire:
        exchange = send_one(wire, Request("GET", "/"))
    assert (exchange.status, exchange.header("location"), len(wire.received)) == (302, "/elsewhere", 1)


def test_a_cookie_is_not_sent_back() -> None:
    with serving(lambda _: reply(extra="Set-Cookie: a=b; Path=/\r\n")) as wire:

        async def twice() -> None:
            async with Sender(Target(wire.url), {}) as sender:
                await sender.send(case(Request("GET", "/")))
                await sender.send(case(Request("GET", "/"), "c2"))

        asyncio.run(twice())
    assert [received.header("cookie") for received in wire.received] == [None, None]


def test_an_answer_is_cut_at_the_bound_with_a_length_or_without() -> None:
    data = b"x" * (MAX_ANSWER + 10)
    unbounded = b"HTTP/1.1 201 X\r\nConnection: close\r\n\r\n" + data
    with serving(lambda received: reply(body=data) if "length" in received.line else unbounded) as wire:
        cases = (case(Request("GET", "/length")), case(Request("GET", "/"), "c2"))
        exchanges = send(Target(wire.url, timeout=60), *cases)
    assert [(exchange.truncated, len(exchange.body)) for exchange in exchanges] == [(True, MAX_ANSWER)] * 2


def test_a_coding_nobody_asked_for_is_undone_within_the_bound() -> None:
    bomb = gzip.compress(b"\0" * (MAX_ANSWER * 2))
    bodies = {"/small": gzip.compress(b'{"a":1}'), "/bomb": bomb, "/broken": b"not gzip"}

    def answer(received: Received) -> bytes:
        return reply(body=bodies[received.line.split()[1]], extra="Content-Encoding: gzip\r\n")

    with serving(answer) as wire:
        small, large, broken = send(Target(wire.url), *(case(Request("GET", path)) for path in bodies))
    assert (small.body, small.truncated) == (b'{"a":1}', False)
    assert (len(large.body), large.truncated) == (MAX_ANSWER, True)
    assert broken.body == b"not gzip"


def test_a_refused_connection_is_an_exchange_that_says_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        exchange = send(Target(f"http://127.0.0.1:{taken.getsockname()[1]}"), case(Request("GET", "/")))[0]
    assert exchange.status == 0
    assert exchange.failure.startswith("could not connect: ")
    assert "\n" not in exchange.failure


def test_a_request_that_may_have_arrived_is_never_sent_twice() -> None:
    with serving(lambda _: None) as wire:
        exchange = send_one(wire, Request("POST", "/", body=b"{}"))
    assert (exchange.status, exchange.failure) == (0, "connection closed without an answer")
    assert len(wire.received) == 1


def test_an_answer_that_never_comes_ends_at_the_timeout() -> None:
    import threading

    over = threading.Event()

    def hang(_: Received) -> None:
        over.wait(30)

    with serving(hang) as wire:
        exchange = send(Target(wire.url, timeout=0.05), case(Request("GET", "/")))[0]
        over.set()
    assert (exchange.status, exchange.failure) == (0, "no whole answer within 0.05 s")


def test_what_is_no_http_is_a_failure_in_one_line() -> None:
    with serving(lambda _: b"SSH-2.0-OpenSSH_9.6\r\n\r\n") as wire:
        exchange = send_one(wire, Request("GET", "/"))
    assert exchange.status == 0
    assert exchange.failure.splitlines() == [exchange.failure]


def test_a_header_that_cannot_be_sent_is_a_failure_and_nothing_is_sent() -> None:
    with serving(lambda _: reply()) as wire:
        exchange = send_one(wire, Request("GET", "/", headers=(("X", "a\r\nEvil: 1"),)))
    assert exchange.status == 0
    assert wire.received == []


def test_connections_are_as_many_as_the_concurrency_at_most_and_used_again() -> None:
    with serving(lambda _: reply()) as wire:
        send(Target(wire.url, concurrency=3), *(case(Request("GET", "/"), f"c{n}") for n in range(30)))
    assert (wire.connections, len(wire.received)) == (3, 30)


def test_a_rate_spaces_the_requests_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request waits for its own slot, one interval after the one before."""
    waits: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        waits.append(seconds)
        await sleep(0)

    monkeypatch.setattr("conformance.sender.asyncio.sleep", note)
    with serving(lambda _: reply()) as wire:
        send(Target(wire.url, rate=0.01), *(case(Request("GET", "/"), f"c{n}") for n in range(4)))
    assert [round(wait, -1) for wait in waits] == [0, 100, 200, 300]
