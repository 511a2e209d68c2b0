"""Values put into requests: the table of styles (OpenAPI 3.1 §4.8.12.4), headers, cookies, what has no form."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.case import Request
from conformance.openapi.part import Location, Part, header, parameter
from conformance.wire.placing import cookies_of, placed, retyped, with_header, without
from conformance.wire.styles import UnwritableError

ARRAY = ["blue", "black", "brown"]
OBJECT = {"R": 100, "G": 200, "B": 150}


def part(location: str, style: str | None = None, *, explode: bool | None = None, **more: Any) -> Part:
    node: dict[str, Any] = {"name": "color", "in": location, "schema": {}, **more}
    node |= {} if style is None else {"style": style}
    node |= {} if explode is None else {"explode": explode}
    return parameter(node, ("parameters", 0))


def query(found: Request) -> str:
    return "&".join(f"{name}={text}" for name, text in found.query)


@pytest.mark.parametrize(
    ("style", "explode", "value", "text"),
    [
        ("matrix", False, "blue", ";color=blue"),
        ("matrix", False, "", ";color"),
        ("matrix", False, ARRAY, ";color=blue,black,brown"),
        ("matrix", False, OBJECT, ";color=R,100,G,200,B,150"),
        ("matrix", True, ARRAY, ";color=blue;color=black;color=brown"),
        ("matrix", True, OBJECT, ";R=100;G=200;B=150"),
        ("label", False, "blue", ".blue"),
        ("label", False, ARRAY, ".blue,black,brown"),
        ("label", False, OBJECT, ".R,100,G,200,B,150"),
        ("label", True, ARRAY, ".blue.black.brown"),
        ("label", True, OBJECT, ".R=100.G=200.B=150"),
        ("simple", False, "blue", "blue"),
        ("simple", False, ARRAY, "blue,black,brown"),
        ("simple", False, OBJECT, "R,100,G,200,B,150"),
        ("simple", True, ARRAY, "blue,black,brown"),
        ("simple", True, OBJECT, "R=100,G=200,B=150"),
        ("simple", False, "a b,c", "a%20b%2Cc"),
    ],
)
def test_a_path_parameter_stands_as_the_table_of_styles_says(
    style: str, explode: bool, value: Any, text: str
) -> None:
    made = placed(Request("GET", "/{color}"), part("path", style, explode=explode), value)
    assert made.path_params == (("color", text),)


@pytest.mark.parametrize(
    ("style", "explode", "value", "text"),
    [
        ("form", False, "blue", "color=blue"),
        ("form", False, "", "color="),
        ("form", False, ARRAY, "color=blue,black,brown"),
        ("form", False, OBJECT, "color=R,100,G,200,B,150"),
        ("form", True, ARRAY, "color=blue&color=black&color=brown"),
        ("form", True, OBJECT, "R=100&G=200&B=150"),
        ("spaceDelimited", False, ARRAY, "color=blue%20black%20brown"),
        ("spaceDelimited", False, OBJECT, "color=R%20100%20G%20200%20B%20150"),
        ("pipeDelimited", False, ARRAY, "color=blue%7Cblack%7Cbrown"),
        ("pipeDelimited", False, OBJECT, "color=R%7C100%7CG%7C200%7CB%7C150"),
        ("deepObject", True, OBJECT, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
        ("form", True, "a&b=c d/é", "color=a%26b%3Dc%20d%2F%C3%A9"),
        ("form", True, True, "color=true"),
        ("form", True, 1.5, "color=1.5"),
    ],
)
def test_a_query_parameter_stands_as_the_table_of_styles_says(
    style: str, explode: bool, value: Any, text: str
) -> None:
    assert query(placed(Request("GET", "/"), part("query", style, explode=explode), value)) == text


def test_reserved_characters_stay_where_the_document_allows_them() -> None:
    made = placed(Request("GET", "/"), part("query", allowReserved=True), "a/b?c&d")
    assert query(made) == "color=a/b?c%26d"


def test_a_parameter_described_by_content_is_written_as_that() -> None:
    described = part("query", content={"application/json": {"schema": {}}})
    assert query(placed(Request("GET", "/"), described, {"a": [1]})) == "color=%7B%22a%22%3A%5B1%5D%7D"


@pytest.mark.parametrize(
    ("described", "value"),
    [
        (part("path"), ""),
        (part("path"), "a/b"),
        (part("path"), None),
        (part("path"), []),
        (part("path"), [[1]]),
        (part("query"), []),
        (part("query"), None),
        (part("query"), "\ud800"),
        (part("query", "deepObject"), "x"),
        (part("query", content={"application/xml": {}}), "x"),
        (part("header"), " x"),
        (part("header"), "x\ny"),
        (part("header"), "é"),
        (part("header"), ""),
        (part("cookie"), "a;b"),
        (part("cookie", explode=True), ["a", "b"]),
    ],
)
def test_what_has_no_form_that_all_read_alike_is_not_written(described: Part, value: Any) -> None:
    with pytest.raises(UnwritableError):
        placed(Request("GET", "/"), described, value)


def test_a_second_value_takes_the_place_of_the_first_and_leaves_the_others() -> None:
    """In each location, a name's case and the others' order aside."""
    request = Request("GET", "/{color}", headers=(("X-Other", "1"),), query=(("other", "1"),))
    for location in ("query", "header", "cookie", "path"):
        request = placed(placed(request, part(location), "one"), part(location), "two")
    assert request.path_params == (("color", "two"),)
    assert request.query == (("other", "1"), ("color", "two"))
    assert request.headers == (("X-Other", "1"), ("color", "two"), ("Cookie", "color=two"))
    for location in ("query", "header", "cookie", "path"):
        request = without(request, part(location))
    assert request == Request("GET", "/{color}", headers=(("X-Other", "1"),), query=(("other", "1"),))


def test_cookies_stand_in_one_header() -> None:
    request = with_header(Request("GET", "/"), "Cookie", "a=1")
    found = placed(request, part("cookie"), 5)
    assert cookies_of(found) == (("a", "1"), ("color", "5"))
    assert found.headers == (("Cookie", "a=1; color=5"),)


def test_a_header_object_is_a_part_by_its_name() -> None:
    described = header("X-Limit", {"schema": {"type": "integer"}, "required": True}, ("headers", "X-Limit"))
    assert (described.location, described.name, described.required) == (Location.HEADER, "X-Limit", True)
    assert placed(Request("GET", "/"), described, [1, 2]).headers == (("X-Limit", "1,2"),)


def test_another_type_leaves_all_other_headers() -> None:
    request = Request("POST", "/", headers=(("X-A", "1"), ("Content-Type", "application/json")), body=b"{}")
    assert retyped(request, "text/plain", b"x").headers == (("X-A", "1"), ("Content-Type", "text/plain"))
    assert retyped(request, None, None) == Request("POST", "/", headers=(("X-A", "1"),))
