"""JSON is read strictly, and no deeper than everything that follows it can go."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.validator import compile_schema
from conformance.jsonvalue import MAX_DEPTH, NotJSONError, TooDeepError, decode, decoded, depth

VALUES = st.recursive(
    st.none() | st.integers() | st.text(alphabet='[]{}"\\,:aü', max_size=6),
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(st.text('{["\\', max_size=3), below, max_size=3)
    ),
    max_leaves=12,
)
ARRAYS, OBJECTS, MIXED = (b"[", b"]"), (b'{"[":', b"}"), (b'[{"]":', b"}]")


def nested(levels: int, form: tuple[bytes, bytes]) -> bytes:
    """Return a text of so many levels of a form around a number."""
    return form[0] * levels + b"1" + form[1] * levels


def measured(value: Any) -> int:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if below is None else 1 + max(map(measured, below), default=0)


@given(value=VALUES, indent=st.sampled_from([None, 1]))
def test_depth_counts_what_is_in_no_string(value: Any, indent: int | None) -> None:
    assert depth(json.dumps(value, indent=indent, ensure_ascii=False).encode()) == measured(value)


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 300, 900, 1_000, 5_000, 100_000])
@pytest.mark.parametrize("form", [ARRAYS, OBJECTS, MIXED])
def test_what_nests_too_deeply_is_no_fault_of_who_sent_it(levels: int, form: tuple[bytes, bytes]) -> None:
    for data in (nested(levels, form), form[0] * levels, b'{"a": ' + nested(levels, form) + b"}"):
        error = decoded(data)
        assert isinstance(error, TooDeepError)
        assert str(error) == "nested more than 200 levels deep, which is not read"


@pytest.mark.parametrize("form", [ARRAYS, OBJECTS])
def test_the_deepest_value_that_is_read_can_be_judged_and_explained(form: tuple[bytes, bytes]) -> None:
    value = decode(nested(MAX_DEPTH, form))
    text = {"type": "string"}
    node = {"anyOf": [text, {"items": {"$ref": "#/$defs/n"}, "additionalProperties": {"$ref": "#/$defs/n"}}]}
    contract = compile_schema(
        {"$ref": "#/$defs/n", "$defs": {"n": {"allOf": [node, {"not": {"type": "integer"}}]}}}
    )
    assert not contract.accepts(value)
    assert contract.first_error(value) is not None
    assert len(contract.errors(value)) == 1


def test_many_values_beside_each_other_are_not_deep() -> None:
    assert decode(b"[" + b"{}," * 5_000 + b"[]]") == [{}] * 5_000 + [[]]
    assert decode(json.dumps(["[" * 5_000]).encode()) == ["[" * 5_000]


@pytest.mark.parametrize(
    "data", [b"", b"1 2", b"NaN", b"-Infinity", b"\xff", b"\xef\xbb\xbf1", b"{'a': 1}", b"]" * 900]
)
def test_what_is_no_json_is_told_as_such(data: bytes) -> None:
    error = decoded(data)
    assert type(error) is NotJSONError
