"""Servers: two addresses are one where their spelling alone differs, or where any value may stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.diff.operations.servers import compare_servers
from conformance.diff.operations.side import Scope, side
from conformance.diff.schema.compare import SchemaComparison
from conformance.openapi.document import Document
from conformance_strategies import VALUES


def changed(base: list[Any], revision: list[Any]) -> list[tuple[str, str]]:
    tops = [(side(Document(Path("a.yaml"), "a", "", {"servers": held}), ()),) for held in (base, revision)]
    return [
        (change.rule, change.summary)
        for change in compare_servers(Scope("", SchemaComparison(VALUES)), tops[0], tops[1])
    ]


def server(url: str, **variables: Any) -> dict[str, Any]:
    return {"url": url, "variables": variables} if variables else {"url": url}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/v1", "HTTPS://A.example:443/v1/"),
        ("http://a.example:80", "http://a.example/"),
        ("/", ""),
    ],
)
def test_spelling_says_nothing(one: str, other: str) -> None:
    assert changed([server(one)], [server(other)]) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/v1", "https://a.example/V1"),
        ("https://a.example", "http://a.example"),
        ("https://a.example:80", "https://a.example"),
    ],
)
def test_another_address_is_one_less_and_one_more(one: str, other: str) -> None:
    assert [rule for rule, _ in changed([server(one)], [server(other)])] == ["server-removed", "server-added"]


def test_an_address_that_any_value_makes_is_still_named() -> None:
    anywhere = server("https://{host}.example/{version}", host={"default": "a"}, version={"default": "v1"})
    assert changed([server("https://b.example/v2")], [anywhere]) == [
        ("server-added", "https://{}.example/{} is new")
    ]
    assert changed([anywhere], [server("https://b.other/v2")])[0] == (
        "server-removed",
        "https://{}.example/{} is gone",
    )


def test_many_values_are_not_spelt_out_one_by_one() -> None:
    """A hundred values of each of five variables would be ten milliards of addresses."""
    variables = {name: {"default": "0", "enum": [str(value) for value in range(100)]} for name in "abcde"}
    url = "https://{a}.{b}.{c}.{d}.{e}"
    assert changed([server(url, **variables)], [server(url, **variables)]) == []


def test_another_default_is_told_once() -> None:
    def of(default: str) -> dict[str, Any]:
        return server("https://{r}.example", r={"default": default, "enum": ["eu", "us"]})

    assert changed([of("eu")], [of("us")]) == [
        ("server-default-changed", "by default https://eu.example → https://us.example")
    ]
