from __future__ import annotations

import asyncio
import gzip
import socket
import threading
from collections.abc import Callable, Sequence

import pytest

from conformance.case import Case, Exchange, Intent, Key, Request
from conformance.errors import LimitReachedError
from conformance.rules import VALID_REJECTED
from conformance.sending.budget import Budget
from conformance.sending.pace import MAX_TRIES, Pace
from conformance.sending.sender import MAX_ANSWER, USER_AGENT, HeldBack, Manners, Sender
from conformance.sending.target import Secret, Target
from tests.wire import Received, Wire, reply, serving


def case(request: Request, identity: str = "c1") -> Case:
    return Case(identity, "trackers", Intent.VALID, "t", request, ("201",), (), VALID_REJECTED)


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


@pytest.mark.parametrize("method", ["POST", "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_a_request_that_may_have_arrived_is_never_sent_twice(method: str) -> None:
    with serving(lambda _: None) as wire:
        exchange = send_one(wire, Request(method, "/", body=b"{}"))
    assert (exchange.status, exchange.failure) == (0, "connection closed without an answer")
    assert len(wire.received) == 1


def test_an_answer_that_never_comes_ends_at_the_timeout() -> None:
    over = threading.Event()

    def hang(_: Received) -> None:
        over.wait(30)

    with serving(hang) as wire:
        exchange = send(Target(wire.url, timeout=0.05), case(Request("GET", "/")))[0]
        over.set()
    assert (exchange.status, exchange.failure) == (0, "no whole answer within 0.05 s")
    assert len(wire.received) == 1


def test_a_connection_has_a_timeout_of_its_own() -> None:
    async def timeouts() -> tuple[float | None, float | None]:
        async with Sender(Target("http://h", timeout=5, connect_timeout=0.5), {}) as sender:
            assert sender._session is not None
            return sender._session.timeout.total, sender._session.timeout.sock_connect

    assert asyncio.run(timeouts()) == (5, 0.5)


def test_what_is_no_http_is_a_failure_in_one_line() -> None:
    with serving(lambda _: b"SSH-2.0-OpenSSH_9.6\r\n\r\n") as wire:
        exchange = send_one(wire, Request("GET", "/"))
    assert exchange.status == 0
    assert exchange.failure.splitlines() == [exchange.failure]
    assert exchange.failure.startswith("no HTTP answer: Bad status line")
    assert wire.url not in exchange.failure
    assert len(wire.received) == 1


def test_the_status_that_stands_for_no_answer_is_none() -> None:
    with serving(lambda _: reply().replace(b"201", b"000")) as wire:
        exchange = send_one(wire, Request("GET", "/"))
    assert (exchange.status, exchange.failure) == (0, "an answer of status 000, which HTTP does not know")


def test_a_header_that_cannot_be_sent_is_a_failure_and_nothing_is_sent() -> None:
    with serving(lambda _: reply()) as wire:
        exchange = send_one(wire, Request("GET", "/", headers=(("X", "a\r\nEvil: 1"),)))
    assert exchange.status == 0
    assert wire.received == []


def test_connections_are_as_many_as_the_concurrency_at_most_and_used_again() -> None:
    with serving(lambda _: reply()) as wire:
        send(Target(wire.url, concurrency=3), *(case(Request("GET", "/"), f"c{n}") for n in range(30)))
    assert (wire.connections, len(wire.received)) == (3, 30)


class Clock:
    """A clock that stands still but for sleep; it notes how long that was each time."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self.on_sleep: Callable[[], object] = lambda: None
        self._sleep = asyncio.sleep
        patch.setattr("conformance.sending.sender.monotonic", lambda: self.now)
        patch.setattr("conformance.sending.sender.asyncio.sleep", self.sleep)

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.slept.append(round(seconds, 3))
        self.now += seconds
        self.on_sleep()
        await self._sleep(0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock that senders go by."""
    return Clock(monkeypatch)


def gets(number: int) -> list[Case]:
    return [case(Request("GET", f"/{n}"), f"c{n}") for n in range(number)]


def test_a_rate_spaces_the_requests_evenly(clock: Clock) -> None:
    """Each request waits for its own slot, one interval after the one before."""
    with serving(lambda _: reply()) as wire:
        send(Target(wire.url, rate=0.01), *gets(4))
    assert clock.slept == [100, 100, 100]


def test_lateness_is_never_made_up_for_by_a_burst(clock: Clock) -> None:
    """A request that left late moves all that follow it."""

    async def go(url: str) -> None:
        async with Sender(Target(url, rate=0.01), {}) as sender:
            await sender.send(gets(1)[0])
            clock.now += 250
            await asyncio.gather(*map(sender.send, gets(2)))

    with serving(lambda _: reply()) as wire:
        asyncio.run(go(wire.url))
    assert clock.slept == [100]


def test_a_connection_that_fails_is_tried_again_for_nothing_was_sent(clock: Clock) -> None:
    """Nobody listens at first; somebody does before the third try."""
    taken: list[bytes] = []

    def take() -> None:
        connection, _ = late.accept()
        with connection:
            taken.append(connection.recv(65536))
            connection.sendall(reply())

    with socket.socket() as late:
        late.bind(("127.0.0.1", 0))
        taking = threading.Thread(target=take, daemon=True)

        def come_up() -> None:
            if len(clock.slept) == 2:
                late.listen()
                taking.start()

        clock.on_sleep = come_up
        exchange = send(Target(f"http://127.0.0.1:{late.getsockname()[1]}"), *gets(1))[0]
        taking.join(10)
    assert (exchange.status, clock.slept, len(taken)) == (201, [0.1, 0.2], 1)


TOO_MANY = reply(429, extra="Retry-After: 7\r\n")


def refusing(times: int, answer: bytes = TOO_MANY, path: str = "/") -> Callable[[Received], bytes]:
    """Return an answer that refuses what is below the path so many times, then takes everything."""
    left = [times]

    def give(received: Received) -> bytes:
        if received.line.split()[1].startswith(path) and left[0]:
            left[0] -= 1
            return answer
        return reply()

    return give


def test_what_is_refused_for_the_pace_is_sent_again_after_the_wait_it_names(clock: Clock) -> None:
    held: list[HeldBack] = []

    async def go(url: str) -> Exchange:
        async with Sender(Target(url), {}, Manners(Pace(), on_hold=held.append)) as sender:
            return await sender.send(case(Request("POST", "/", body=b"{}")))

    with serving(refusing(2)) as wire:
        exchange = asyncio.run(go(wire.url))
    assert (exchange.status, [received.body for received in wire.received]) == (201, [b"{}"] * 3)
    assert clock.slept == [7, 7]
    assert held == [HeldBack(429, 7.0, 7.0)] * 2


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (HeldBack(429, 2.0), "target asks to wait (429): 2 s"),
        (HeldBack(503, 7.0, 7.0), "target asks to wait (503): 7 s"),
        (HeldBack(429, 60.0, 86_400.0), "target asks to wait 86,400 s (429): waiting 60 s"),
    ],
)
def test_whoever_waits_is_told_why_and_how_long(held: HeldBack, told: str) -> None:
    assert held.told == told


@pytest.mark.usefixtures("clock")
def test_what_is_refused_at_every_try_keeps_that_as_its_answer() -> None:
    """A server that means the request and not the pace is heard."""
    with serving(refusing(99, reply(503, extra="Retry-After: 1\r\n"), "/0")) as wire:
        first, second = send(Target(wire.url), *gets(2))
    assert (first.status, second.status) == (503, 201)
    assert [received.line.split()[1] for received in wire.received].count("/0") == MAX_TRIES == 5


@pytest.mark.parametrize("answer", [reply(503), reply(503, extra="Retry-After: soon\r\n"), reply(500)])
def test_a_503_that_names_no_time_is_an_answer(answer: bytes, clock: Clock) -> None:
    with serving(lambda _: answer) as wire:
        exchange = send_one(wire, Request("GET", "/"))
    assert (len(wire.received), clock.slept, exchange.status) == (1, [], int(answer.split()[1]))


def test_all_requests_wait_while_one_is_held_back(clock: Clock) -> None:
    async def go(url: str) -> list[float]:
        left: list[float] = []

        async def later(sender: Sender, which: Case) -> None:
            await sender.send(which)
            left.append(clock.now)

        async with Sender(Target(url), {}, Manners(Pace(), on_hold=lambda _: held.set())) as sender:
            held = asyncio.Event()
            first = asyncio.create_task(later(sender, gets(1)[0]))
            await held.wait()
            await asyncio.gather(first, *(later(sender, which) for which in gets(3)))
        return left

    with serving(refusing(1)) as wire:
        assert min(asyncio.run(go(wire.url))) >= 1007
    assert len(wire.received) == 5


@pytest.mark.usefixtures("clock")
def test_no_request_is_sent_beyond_the_budget_not_even_one_refused_for_its_pace() -> None:
    async def go(url: str) -> list[Exchange | BaseException]:
        async with Sender(Target(url), {}, Manners(Pace(), Budget(requests=3))) as sender:
            return await asyncio.gather(*map(sender.send, gets(2)), return_exceptions=True)

    with serving(refusing(99)) as wire:
        ended = asyncio.run(go(wire.url))
    assert [type(end) for end in ended] == [LimitReachedError] * 2
    assert len(wire.received) == 3


def test_a_slot_beyond_the_deadline_is_not_waited_for(clock: Clock) -> None:
    async def go(url: str) -> None:
        manners = Manners(Pace(), Budget(deadline=clock.now + 5, max_time="5s"))
        async with Sender(Target(url), {}, manners) as sender:
            await sender.send(gets(1)[0])

    with serving(refusing(1)) as wire, pytest.raises(LimitReachedError, match=r"--max-time 5s is used up"):
        asyncio.run(go(wire.url))
    assert (len(wire.received), clock.slept) == (1, [])
