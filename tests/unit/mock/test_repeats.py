from __future__ import annotations

from typing import Any

import pytest

from conformance.mock.message import MockRequest
from conformance.mock.repeats import Last, RepeatCounter


def request_of(body: bytes = b"", path: str = "/", method: str = "POST", media: bytes = b"") -> MockRequest:
    return MockRequest(method, path, {b"content-type": media}, body)


def test_equal_requests_are_counted_and_others_apart() -> None:
    repeats = RepeatCounter()
    requests = [
        request_of(),
        request_of(),
        request_of(b"x"),
        request_of(path="/x"),
        request_of(method="PUT"),
        request_of(media=b"x"),
        request_of(),
    ]
    assert [repeats.of(one) for one in requests] == [1, 2, 1, 1, 1, 1, 3]


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.mock.repeats._REMEMBERED", 2)
    repeats = RepeatCounter()
    assert [repeats.of(request_of(body)) for body in (b"a", b"b", b"c", b"a", b"a")] == [1, 1, 1, 1, 2]


def test_an_answer_holds_what_the_last_one_with_the_member_had() -> None:
    last = Last(("a", "b"))
    bodies: list[Any] = [{"a": {"b": 1}, "c": 1}, {"c": 2}, {"a": {"b": 3}}, "text", {"a": {"b": 4}}]
    mixed = [last.mix(body) for body in bodies]
    assert mixed == [{"a": {"b": 1}, "c": 1}, {"c": 2}, {"a": {"b": 1}}, "text", {"a": {"b": 3}}]
