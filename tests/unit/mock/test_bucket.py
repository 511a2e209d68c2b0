"""The mock that limits the rate: how many it takes, when, and what it answers to the others."""

from __future__ import annotations

import json

import pytest

from conformance.mock.bucket import TokenBucket
from conformance.mock.message import Answer, MockRequest
from conformance.mock.service import Service, serve
from tests.unit.documents import TEXT, operation

OK: float = 0.0


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return the clock that the bucket goes by."""
    return Clock()


def test_a_bucket_takes_those_of_one_second_at_once_and_then_each_in_its_time(clock: Clock) -> None:
    bucket = TokenBucket(4, clock)
    assert [bucket.take() for _ in range(6)] == [OK] * 4 + [0.25, 0.25]
    clock.now = 0.125
    assert bucket.take() == 0.125
    clock.now = 0.25
    assert [bucket.take() for _ in range(2)] == [OK, 0.25]


def test_a_bucket_keeps_no_more_than_those_of_one_second(clock: Clock) -> None:
    bucket = TokenBucket(2, clock)
    clock.now = 60.0
    assert [bucket.take() for _ in range(3)] == [OK, OK, 0.5]


def test_less_than_one_a_second_is_one_at_a_time(clock: Clock) -> None:
    bucket = TokenBucket(0.25, clock)
    assert [bucket.take(), bucket.take()] == [OK, 4.0]


def ask(service: Service, path: str) -> Answer:
    return service.answer(MockRequest("POST", path, {}, b""))


def test_what_is_beyond_the_rate_is_told_in_whole_seconds_when_to_come_back(clock: Clock) -> None:
    """The body is the document's where it has a 429, a plain one anywhere else."""
    detail = {
        "type": "object",
        "required": ["detail"],
        "properties": {"detail": TEXT},
        "additionalProperties": False,
    }
    service = serve([operation(None, {"201": {}, "429": detail})], bucket=TokenBucket(0.4, clock))
    assert ask(service, "/things").status == 201
    message = "too many requests; come back in 3 s"
    for path, body in {
        "/things": {"detail": message},
        "/nowhere": {"statusCode": 429, "error": "Too Many Requests", "message": message},
    }.items():
        answer = ask(service, path)
        assert (answer.status, answer.headers) == (429, ((b"retry-after", b"3"),))
        assert json.loads(answer.body()) == body


def test_a_refused_request_takes_nothing_away(clock: Clock) -> None:
    service = serve([operation(None, {"201": {}})], bucket=TokenBucket(1, clock))
    assert [ask(service, "/things").status for _ in range(3)] == [201, 429, 429]
    clock.now = 1.0
    assert ask(service, "/things").status == 201
