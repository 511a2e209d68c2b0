"""Documents are YAML 1.2 and bounded: what is read is what stands there, and nothing hostile is followed."""

from __future__ import annotations

import pytest

from conformance.errors import DocumentError
from conformance.openapi.document import MAX_DEPTH, parse


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
    ],
)
def test_a_scalar_is_read_by_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    for beside in ("plain", "!!str tagged"):  # what is plain has a reader of its own
        read = parse(f"a: {text}\nb: {beside}".encode(), "here")["a"]
        assert (type(read), read) == (type(value), value)


def test_keys_are_strings_whatever_they_look_like() -> None:
    assert parse(b"responses: {200: {description: fine}}", "here") == {
        "responses": {"200": {"description": "fine"}}
    }


def test_merge_keys_are_followed() -> None:
    assert parse(b"a: &a {x: 1}\nb: {<<: *a, y: 2}", "here")["b"] == {"x": 1, "y": 2}


@pytest.mark.parametrize(
    "data", [b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000 + b"1" + b"}" * 100_000]
)
def test_what_nests_too_deeply_is_refused_before_it_is_followed(data: bytes) -> None:
    with pytest.raises(DocumentError, match=f"^here: nested more than {MAX_DEPTH} levels deep$"):
        parse(data, "here")


@pytest.mark.parametrize("data", [b'{"a": [1e400]}', b"a: [1e400]", b"a: &x -1e400\nb: *x"])
def test_numbers_that_no_json_can_hold_are_refused(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^here: holds a number beyond 1e308; write a smaller one$"):
        parse(data, "here")


def test_aliases_that_multiply_are_refused() -> None:
    levels = ["a0: &a0 [1,1,1,1,1,1,1,1,1,1]"]
    levels += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8)]
    with pytest.raises(DocumentError, match=r"^here: unfolds to more than"):
        parse("\n".join(levels).encode(), "here")
