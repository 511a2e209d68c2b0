"""Payloads laid out in lines: every token as it was sent, the offending place marked."""

from __future__ import annotations

import pytest

from conformance_reports.html.payload import MAX_LINES, Line, lines, path_of_place, path_of_pointer


def laid(text: str, *path: str) -> list[str]:
    """Return the lines, marked ones with an arrow in front."""
    return [("> " if line.marked else "") + line.text for line in lines(text, path)]


def test_numbers_and_repeated_names_stand_as_they_were_sent() -> None:
    assert laid('{"a":1.50,"a":1e400,"b":[NaN,[],{}],"c":null}') == [
        "{", '  "a": 1.50,', '  "a": 1e400,', '  "b": [', "    NaN,", "    [],", "    {}", "  ],", '  "c": null', "}",
    ]  # fmt: skip


def test_the_place_is_marked_with_all_that_it_holds() -> None:
    assert laid('{"a":{"b":{"c":1}},"d":2}', "a", "b") == [
        "{", '  "a": {', '>     "b": {', '>       "c": 1', ">     }", "  },", '  "d": 2', "}",
    ]  # fmt: skip


def test_where_the_place_is_lacking_what_lacks_it_is_marked() -> None:
    assert laid('{"a":{"b":1}}', "a", "missing") == ["{", '>   "a": {', '>     "b": 1', ">   }", "}"]
    assert laid('{"a":1}', "missing") == ["{", '  "a": 1', "}"]


def test_of_an_array_the_items_are_marked_that_hold_the_place() -> None:
    assert laid('{"a":[{"b":1},{}]}', "a", "[]", "b") == [
        "{", '  "a": [', "    {", '>       "b": 1', "    },", "    {}", "  ]", "}",
    ]  # fmt: skip


def test_what_is_no_json_stays_as_it_is() -> None:
    assert lines("{a\nb", ("a",)) == (Line("{a"), Line("b"))


def test_no_more_than_so_many_lines_are_shown() -> None:
    shown = lines("[" + "1," * 1000 + "1]", ())
    assert (len(shown), shown[-1]) == (MAX_LINES + 1, Line("… more lines are not shown"))


@pytest.mark.parametrize(
    ("place", "path"),
    [("body", ()), ("body(1)/name", ("name",)), ("body(2)/items[](1)/a/b", ("items", "[]", "a", "b"))],
)
def test_a_requirements_place_leads_into_the_body(place: str, path: tuple[str, ...]) -> None:
    assert path_of_place(place) == path


@pytest.mark.parametrize(
    ("pointer", "path"),
    [
        ("/paths/~1t/post/responses/201/content/x/schema/properties/a/items/anyOf/0/properties/b", ("a", "[]", "b")),
        ("/paths/~1t/post/responses", ()),
        ("/components/schemas/schema/properties/properties/minLength", ("properties",)),
        ("nowhere", ()),
    ],
)  # fmt: skip
def test_a_schemas_pointer_leads_into_the_answer(pointer: str, path: tuple[str, ...]) -> None:
    assert path_of_pointer(pointer) == path
