"""JSON Pointers: one reading of a token, and edits that leave the original alone."""

from __future__ import annotations

import pytest

from conformance.pointer import REMOVED, Pointer, fragment, get, parse, put, reference, spelled, text

VALUE = {"200": {"0": "a"}, "list": [{"1": "b"}, "c"], "": {"~/": 1}}


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ((), VALUE),
        (("200", "0"), "a"),
        ((200, 0), "a"),
        (("list", 0, "1"), "b"),
        (("list", "0", 1), "b"),
        (("", "~/"), 1),
    ],
)
def test_digits_are_a_name_in_an_object_and_an_index_in_a_list(pointer: Pointer, found: object) -> None:
    assert get(VALUE, pointer) == found


@pytest.mark.parametrize("token", ["-1", -1, "00", "01", "+1", "1_0", "٠", "-", "x", "2", 2, "9" * 5000])
def test_what_is_no_index_leads_nowhere_in_a_list(token: str | int) -> None:
    with pytest.raises((KeyError, IndexError)):
        get(VALUE, ("list", token))
    with pytest.raises((KeyError, IndexError)):
        put(VALUE, ("list", token), 1)


@pytest.mark.parametrize("pointer", [("list", 1, "x"), ("list", 1, 0), ("200", "0", "x")])
def test_nothing_lies_below_a_text(pointer: Pointer) -> None:
    with pytest.raises(KeyError):
        get(VALUE, pointer)


@pytest.mark.parametrize(
    ("pointer", "new", "edited"),
    [
        ((), 1, 1),
        ((200, 0), 1, {"200": {"0": 1}, "list": [0]}),
        (("200", "new", "x"), 1, {"200": {"0": "a", "new": {"x": 1}}, "list": [0]}),
        (("200", 0), REMOVED, {"200": {}, "list": [0]}),
        (("list", "0"), 1, {"200": {"0": "a"}, "list": [1]}),
        (("list", 0), REMOVED, {"200": {"0": "a"}, "list": []}),
    ],
)
def test_an_edit_is_a_copy(pointer: Pointer, new: object, edited: object) -> None:
    before = {"200": {"0": "a"}, "list": [0]}
    assert put(before, pointer, new) == edited
    assert before == {"200": {"0": "a"}, "list": [0]}


def test_pointers_are_spelled_alike_whatever_they_come_from() -> None:
    pointer = ("responses", 200, "a/b~c", 0)
    assert spelled(pointer) == parse(text(pointer)) == ("responses", "200", "a/b~c", "0")


@pytest.mark.parametrize(
    ("pointer", "ref"),
    [
        ((), "#"),
        (("a/{b}", "c~d", 200), "#/a~1%7Bb%7D/c~0d/200"),
        (("100%", "ü"), "#/100%25/%C3%BC"),
        (("List<X>", "a:b@c"), "#/List%3CX%3E/a:b@c"),
    ],
)
def test_a_reference_is_a_fragment_of_a_uri(pointer: Pointer, ref: str) -> None:
    assert fragment(pointer) == ref
    assert reference(ref) == spelled(pointer)
