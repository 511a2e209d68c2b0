"""Media types: what their spelling means, and which entry speaks for one."""

from __future__ import annotations

import pytest

from conformance.diff.operations.media_types import narrows, speaking_for, spelt, together


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Application/JSON", "application/json"),
        ("application/json; charset=UTF-8", "application/json"),
        ('application/problem+json;charset="utf-8"', "application/problem+json"),
        ("application/json; charset=latin1", "application/json;charset=latin1"),
        ("text/plain; charset=utf-8", "text/plain;charset=utf-8"),
    ],
)
def test_case_spaces_and_the_charset_of_json_say_nothing(name: str, meant: str) -> None:
    assert spelt(name) == meant


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("text/plain", "text/plain"),
        ("text/plain;charset=utf-8", "text/plain"),
        ("text/csv", "text/*"),
        ("text/*", "text/*"),
        ("image/png", "*/*"),
        ("*/*", "*/*"),
    ],
)
def test_the_most_specific_entry_speaks(name: str, entry: str) -> None:
    assert speaking_for(name, ["*/*", "text/*", "text/plain"]) == entry


def test_a_range_is_not_spoken_for_by_what_is_within_it() -> None:
    assert speaking_for("text/*", ["text/plain"]) is None
    assert narrows("text/*", ["image/png", "text/plain"])
    assert not narrows("text/*", ["image/png"])


def test_entries_meet_those_that_speak_for_them_on_either_side_once() -> None:
    assert list(together(["text/*", "a/b"], ["text/plain", "text/*", "c/d"])) == [
        ("text/*", "text/*"), ("text/*", "text/plain"),
    ]  # fmt: skip
