"""Documents are YAML 1.2 or JSON, read alike and within bounds: what is read is what stands there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import DocumentError
from conformance.jsonvalue import JSON
from conformance.openapi.reading import read, source_positions
from conformance.openapi.walk import MAX_DEPTH
from conformance.pointer import Pointer

PRINTABLE = st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cn", "Zl", "Zp"))
TEXTS = st.text(PRINTABLE, max_size=8) | st.sampled_from(
    ["no", "1", "0o7", "~", "<<", "1e3", "", "\U0001f600", "a\r\nb", '"\\', "#", ": "]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(TEXTS, below, max_size=4),
    max_leaves=12,
)


@given(value=VALUES)
def test_a_value_is_read_alike_from_json_and_from_yaml(value: Any) -> None:
    """A comment makes YAML of JSON."""
    document = {"": value}
    written = json.dumps(document, ensure_ascii=False, indent=1)
    assert repr(read(json.dumps(document).encode(), "here")) == repr(document)
    assert repr(read(written.encode(), "here")) == repr(document)
    assert repr(read(f"# a comment\n{written}".encode(), "here")) == repr(document)


@given(value=VALUES)
def test_places_are_alike_in_json_and_in_yaml(value: Any) -> None:
    text = json.dumps({"": value}, ensure_ascii=False, indent=1)
    one, other = (source_positions(data.encode(), "here") for data in (text, f"{text} # a comment"))
    assert [one.at(at) for at in every(value, ("",))] == [other.at(at) for at in every(value, ("",))]


def every(node: JSON, at: Pointer) -> Iterator[Pointer]:
    yield at
    held = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for token, below in held:
        yield from every(below, (*at, token))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("NO", "NO"),
        ("on", "on"),
        ("yes", "yes"),
        ("12:30", "12:30"),
        ("2024-02-29", "2024-02-29"),
        ("1_000", "1_000"),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("-7", -7),
        ("1e3", 1000.0),
        ("1.0e6", 1e6),
        (".5", 0.5),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("'true'", "true"),
        ("<<", "<<"),
        ("!!str 1", "1"),
        ("! 1", "1"),
        ("!!int '1'", 1),
        ("!!float 1", 1.0),
        ("!!timestamp 2024-02-29", "2024-02-29"),
        ("!!map {}", {}),
        ("!!seq []", []),
        ("&a 1", 1),
    ],
)
def test_a_scalar_is_read_by_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    found = read(f"a: {text}".encode(), "here")["a"]
    assert (type(found), found) == (type(value), value)


def test_names_are_strings_whatever_they_look_like() -> None:
    assert read(b"{200: {a: 1}, true: 2, ~: 3, 1.50: 4}", "here") == {
        "200": {"a": 1}, "true": 2, "null": 3, "1.5": 4,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: &a {x: 1}\nb: {<<: *a, y: 2}", {"x": 1, "y": 2}),
        ("a: &a {x: 1}\nb: {x: 2, <<: *a}", {"x": 2}),
        ("a: [&a {x: 1, y: 1}, &b {x: 2, z: 2}]\nb: {<<: [*a, *b]}", {"x": 1, "z": 2, "y": 1}),
        ("a: &a {x: 1}\nb: {<<: *a, <<: {y: 2}}", {"y": 2, "x": 1}),
        ("b: {'<<': {x: 1}}", {"<<": {"x": 1}}),
        ("a: &a [1]\nb: [*a, *a]", [[1], [1]]),
        ("a: &a x\nb: {*a : 1}", {"x": 1}),
    ],
)
def test_aliases_and_merge_keys_are_followed(text: str, value: object) -> None:
    assert repr(read(text.encode(), "here")["b"]) == repr(value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("text", ['{"ü": [1]}', '{"\\u00fc": [1]}', "ü:\n- 1\n", "# a\nü: [1]\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_byte_order_mark_and_the_ends_of_lines_change_nothing(text: str, encoding: str, end: str) -> None:
    assert read(text.replace("\n", end).encode(encoding), "here") == {"ü": [1]}


def test_a_surrogate_pair_is_one_character_and_half_of_one_is_refused() -> None:
    assert read(rb'{"\ud83d\ude00": "\uD83D\uDE00"}', "here") == {"\U0001f600": "\U0001f600"}
    assert read(rb'{"a": "\\ud83d"}', "here") == {"a": r"\ud83d"}
    with pytest.raises(DocumentError, match=r"^here: holds half a surrogate pair"):
        read(rb'{"a": "\ud83d"}', "here")


@pytest.mark.parametrize(
    ("text", "name", "places"),
    [
        ("a: 1\nb: 2\na: 3\n", "'a'", "in line 1 (column 1) and in line 3 (column 1)"),
        ("x:\n  200: a\n  '200': b\n", "'200'", "in line 2 (column 3) and in line 3 (column 3)"),
        ('{"x": {"get": 1,\n"get": 2}}', "'get'", "in line 1 (column 8) and in line 2 (column 1)"),
        ('{"x": [{"a": "}", "\\u0061": 2}]}', "'a'", "in line 1 (column 9) and in line 1 (column 19)"),
    ],
)
def test_a_name_that_stands_twice_is_refused_with_both_lines(text: str, name: str, places: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(text.encode(), "here")
    assert str(caught.value) == f"here: {name} stands twice in one object, {places}; keep one of them"


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1),
    ],
)
def test_what_nests_too_deeply_is_refused_before_it_is_followed(data: bytes) -> None:
    with pytest.raises(DocumentError, match=f"^here: nested more than {MAX_DEPTH} levels deep$"):
        read(data, "here")


@pytest.mark.parametrize("text", ['{"a":%s}', "a: %s"])
def test_the_deepest_nesting_is_read(text: str) -> None:
    deep = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert json.dumps(read((text % deep).encode(), "here")["a"]) == deep


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a: [", "not YAML or JSON: while parsing"),
        (b"a: \xff", "not YAML or JSON: 'utf-8' codec"),
        (b"a: " + b"1" * 5000, "not YAML or JSON: Exceeds the limit"),
        (b'{"a": [1e400]}', "holds a number beyond 1e308; write a smaller one"),
        (b"a: &x -1e400\nb: *x", "holds a number beyond 1e308; write a smaller one"),
        (b"a\n---\nb", "holds more than one YAML document; give one"),
        (b"b: 1\n? [a]\n: b", "line 2: the name of a member is an object or array; write a text"),
        (b"a: *a", "line 1: *a has no anchor before it; name one that there is"),
        (b"a:\n- &a [*a]", "line 2: *a stands inside what it names, without end; write it out"),
        (b"&a\n<<: *a\nb: 1", "line 2: *a stands inside what it names, without end; write it out"),
        (b"a: {<<: 1}", "a merge key (<<) has a value that is no object; write its members out"),
        (b"a: !!int x", "line 1: 'x' is no tag:yaml.org,2002:int; take the tag out"),
        (b"a: !!set {}", "line 1: the tag tag:yaml.org,2002:set has no form in JSON; take it out"),
        (b"a: !!python/name:os.system x", "line 1: 'x' is no tag:yaml.org,2002:python/name:os.system; take"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(data, "here")
    assert str(caught.value).startswith(f"here: {reason}")


def test_aliases_that_multiply_are_refused() -> None:
    levels = ["a0: &a0 [1,1,1,1,1,1,1,1,1,1]"]
    levels += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8)]
    with pytest.raises(DocumentError, match=r"^here: unfolds to more than"):
        read("\n".join(levels).encode(), "here")


def test_merge_keys_that_multiply_are_refused() -> None:
    members = ", ".join(f"n{n}: 1" for n in range(2_000))
    merges = "\n".join(f"b{n}: {{<<: [{', '.join(['*a'] * 100)}]}}" for n in range(11))
    with pytest.raises(DocumentError, match=r"^here: merges more than 2000000 members"):
        read(f"a: &a {{{members}}}\n{merges}".encode(), "here")
