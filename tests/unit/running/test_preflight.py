from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from conformance.case import Case, Exchange, Intent, Request
from conformance.errors import TargetError
from conformance.openapi.document import discover
from conformance.openapi.operation import operations
from conformance.planning.plan import Plan
from conformance.rules import VALID_REJECTED
from conformance.running.preflight import check_setup
from conformance.sending.sender import Sender
from conformance.sending.target import Secret, Target
from conformance.session.loading import BUNDLED
from tests.wire import Received, reply, serving

IDS = {"organizationId": "o-1", "projectId": "p-1"}
OPERATIONS = operations(discover(BUNDLED))
CASES = tuple(
    Case(
        f"c-{operation.name}", operation.name, Intent.VALID, "t", Request("POST", operation.path, body=b"{}"),
        ("201",), (), VALID_REJECTED,
    )
    for operation in OPERATIONS
)  # fmt: skip
PLAN = Plan(OPERATIONS, (), CASES, {case.operation: case.id for case in CASES})

HTML = reply(200, b"<html>hunter2</html>", "text/html; charset=utf-8")


def check(answer: Callable[[Received], bytes | None], target: Target | None = None) -> dict[str, Exchange]:
    async def go(url: str) -> dict[str, Exchange]:
        chosen = target or Target("", IDS, Secret("hunter2"), "CONCORD_KEY")
        chosen = Target(url, chosen.path_params, chosen.key, chosen.key_env)
        keys = {operation.name: operation.key_headers for operation in OPERATIONS}
        async with Sender(chosen, keys) as sender:
            return await check_setup(PLAN, sender)

    with serving(answer) as wire:
        return asyncio.run(go(wire.url))


def test_each_operation_is_asked_once_and_the_exchanges_are_kept() -> None:
    exchanges = check(lambda _: reply())
    assert {name: exchange.status for name, exchange in exchanges.items()} == {case.id: 201 for case in CASES}


@pytest.mark.parametrize("answer", [reply(200), reply(500), reply(201, b"{"), reply(400), reply(409)])
def test_any_other_deviation_is_the_servers_and_the_run_goes_on(answer: bytes) -> None:
    assert len(check(lambda _: answer)) == len(CASES)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, ["the key in $CONCORD_KEY is refused", "--api-key-env", "x-api-key"]),
        (403, ["--api-key-env", "--path-param organizationId=o-1"]),
        (404, ["--target http://127.0.0.1:", "--path-param organizationId=o-1"]),
    ],
)
def test_an_answer_about_the_set_up_stops_after_one_request_and_says_what_to_set(
    status: int, words: list[str]
) -> None:
    seen: list[str] = []

    def answer(received: Received) -> bytes:
        seen.append(received.line)
        return reply(status)

    with pytest.raises(TargetError) as caught:
        check(answer)
    assert [word for word in words if word not in str(caught.value)] == []
    assert "\n" not in str(caught.value)
    assert len(seen) == 1


HOLD = "Retry-After: 0\r\n"


@pytest.mark.parametrize(
    ("status", "words"), [(429, "limits the pace; wait, then set --rate"), (503, "asks to wait; try later")]
)
def test_a_target_that_refuses_every_try_for_the_pace_says_so(status: int, words: str) -> None:
    with pytest.raises(TargetError, match=f"answers {status} to a plainly valid request: the target {words}"):
        check(lambda _: reply(status, extra=HOLD))


def test_a_target_that_asks_to_wait_is_waited_for() -> None:
    waits = [HOLD]
    exchanges = check(lambda _: reply(429, extra=waits.pop()) if waits else reply())
    assert [exchange.status for exchange in exchanges.values()] == [201] * len(CASES)


def test_without_a_key_a_401_asks_for_one() -> None:
    with pytest.raises(TargetError, match="it wants a key; set --api-key-env"):
        check(lambda _: reply(401), Target("", IDS))


def test_one_operation_with_a_wrong_set_up_is_enough() -> None:
    with pytest.raises(TargetError, match=r"\(trackers\) answers 404"):
        check(lambda received: reply(404 if "trackers" in received.line else 201))


def test_no_connection_names_the_target() -> None:
    with pytest.raises(TargetError, match=r"connection closed without an answer; check --target"):
        check(lambda _: None)


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (HTML, "200 with an HTML page"),
        (reply(302, extra="Location: https://login.example/?k=hunter2\r\n"), r"302 to 'https://login.example/\?k=\*\*\*'"),
        (reply(405), "405"),
        (reply(501), "501"),
    ],
)  # fmt: skip
def test_answers_of_another_service_are_told_as_such(answer: bytes, seen: str) -> None:
    with pytest.raises(TargetError, match=f"does not look like this API .*{seen}") as caught:
        check(lambda _: answer)
    assert "hunter2" not in str(caught.value)


def test_one_page_among_good_answers_is_a_matter_for_the_judge() -> None:
    assert len(check(lambda received: HTML if "trackers" in received.line else reply())) == len(CASES)


def test_a_documented_status_with_an_html_page_is_a_matter_for_the_judge() -> None:
    assert len(check(lambda _: reply(201, b"<p>", "text/html"))) == len(CASES)
