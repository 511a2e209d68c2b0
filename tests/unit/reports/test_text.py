from __future__ import annotations

import json

import pytest

from conformance_reports.text import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain · ü 漢 😀", "plain · ü 漢 😀"),
        ("\x1b[2J\x07", "\\u001b[2J\\u0007"),
        ("a\nb\tc\r", "a\\u000ab\\u0009c\\u000d"),
        ("\u202eevil\u2069\u200b", "\\u202eevil\\u2069\\u200b"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("[bold]x[/bold]", "[bold]x[/bold]"),
    ],
)
def test_nothing_unprintable_gets_through_and_nothing_else_changes(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_inside_json_the_escaped_text_means_the_same() -> None:
    text = "\u202e \U000e0041 \u200b"
    assert json.loads(f'"{visible(text)}"') == text


def test_a_long_text_is_cut_and_says_how_long_it_was() -> None:
    assert visible("x" * 5000, 10) == "xxxxxxxxxx… (5,000 characters)"
