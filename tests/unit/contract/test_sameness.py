from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.sameness import same

SAME: list[tuple[Any, Any, str]] = [
    (1, 1.0, ""),
    (-0.0, 0, ""),
    (2**53 + 1, 2**53, ""),
    (float("inf"), float("inf"), ""),
    (None, None, ""),
    ("a", "a", ""),
    ("\ud800", "\ufffd", ""),
    ("Someone@Example.COM", "Someone@example.com", ""),
    ("Someone@Example.COM", "Someone@example.com", "email"),
    ("Shop.Example", "shop.example", ""),
    ("LOCALHOST.local", "localhost.local", "hostname"),
    ("HTTP://Example.com/A", "http://example.com/A", "uri"),
    ("http://example.com", "http://example.com/", "uri"),
    ("3C90C3CC-0d44-4b50-8888-8dd25736052a", "3c90c3cc-0d44-4b50-8888-8dd25736052a", "uuid"),
    ("2025-01-01T01:00:00+01:00", "2025-01-01T00:00:00.000Z", "date-time"),
    ("2025-01-01t00:00:00z", "2025-01-01T00:00:00Z", "date-time"),
    ("P1Y", "P12M", "duration"),
    ("P1W", "P7D", "duration"),
    ("PT60M", "PT1H", "duration"),
    ("::0001", "::1", "ipv6"),
    ("text", '"text"', ""),
    ({"a": [1, {"b": "x"}]}, {"a": [1.0, {"b": "x"}]}, ""),
]

OTHER: list[tuple[Any, Any, str]] = [
    (1, True, ""),
    (0, False, ""),
    (0, None, ""),
    (1, "1", ""),
    (10**400, 1e300, ""),
    ("a", "A", ""),
    ("a", "a ", ""),
    ("abc", "ABC", "hostname"),
    ("Someone@example.com", "someone@example.com", "email"),
    ("http://example.com/A", "http://example.com/a", "uri"),
    ("http://User@example.com/", "http://user@example.com/", "uri"),
    ("Shop.Example", "shop.example", "date-time"),
    ("2025-01-01T00:00:00Z", "2025-01-01T01:00:00Z", "date-time"),
    ("2025-01-01T00:00:00", "2025-01-01T00:00:00.0", "date-time"),
    ("P1M", "P30D", "duration"),
    ("P1D", "one day", "duration"),
    ("::1", "::2", "ipv6"),
    ("text", '"other"', ""),
    ("text", '"text', ""),
    ([1], [1, 1], ""),
    ([1, 2], [2, 1], ""),
    ({"a": 1}, {"a": 1, "b": 2}, ""),
    ({"a": 1}, [1], ""),
]


@pytest.mark.parametrize(("sent", "got", "name"), SAME)
def test_what_means_the_same_is_the_same(sent: Any, got: Any, name: str) -> None:
    assert same(sent, got, {name} - {""})


@pytest.mark.parametrize(("sent", "got", "name"), OTHER)
def test_what_means_something_else_is_not(sent: Any, got: Any, name: str) -> None:
    assert not same(sent, got, {name} - {""})


def test_a_text_of_five_million_characters_is_compared_at_once() -> None:
    """A host is looked for in linear time, however long the text."""
    assert not same("a-" * 2_500_000, "A-" * 2_500_000)
