"""Plain YAML is read as the loader reads it; what is not plain is left to the loader."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conformance.openapi.document import parse
from conformance.openapi.plain_yaml import UNREAD, read_plain

TEXTS = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    ["no", "1", "0o7", "~", "<<", "1e3", ""]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(TEXTS, below, max_size=4),
    max_leaves=12,
)


@given(value=VALUES)
def test_what_is_plain_is_read_as_the_loader_reads_it(value: Any) -> None:
    """A tag beside it makes the loader read it."""
    written = yaml.dump(
        [value], Dumper=yaml.CSafeDumper, default_flow_style=True, width=10**6, allow_unicode=True
    )
    loaded = parse(f"- !!str tagged\n- {written}".encode(), "here")[1]
    assert repr(read_plain(written.encode(), 300)) == repr(loaded)


@pytest.mark.parametrize(
    "text",
    [
        "a: &a 1\nb: *a",
        "a: !!str 1",
        "a: ! 1",
        "a: {<<: {b: 1}}",
        "a: <<",
        "? [a]\n: b",
        "? {a: b}\n: c",
        "",
        "a\n---\nb",
    ],
)
def test_what_is_not_plain_is_left_to_the_loader(text: str) -> None:
    assert read_plain(text.encode(), 300) is UNREAD


def test_the_deepest_nesting_is_read_and_one_more_is_not() -> None:
    assert read_plain(b"[[[]]]", 3) == [[[]]]
    assert read_plain(b"[[[[]]]]", 3) is UNREAD


def test_the_last_of_equal_names_holds() -> None:
    assert read_plain(b"{200: a, '200': b}", 3) == {"200": "b"}
