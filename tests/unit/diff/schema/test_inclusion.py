"""What is proven of two schemas, and said of their difference."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.diff.schema.inclusion import covers, difference, includes

TREE = {"type": "object", "properties": {"children": {"items": {"$ref": "#/base/0"}}}}
ROOT = {"base": {"0": TREE}}


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ({"type": "number", "minimum": 0}, {"type": "number", "exclusiveMinimum": 0}),
        ({"type": "string"}, {"type": "string", "format": "uuid"}),
        ({"multipleOf": 0.5}, {"multipleOf": 1.5}),
        ({"additionalProperties": True}, {"additionalProperties": False}),
    ],
)
def test_what_accepts_more_is_proven_one_way_only(wide: Any, narrow: Any) -> None:
    assert covers(wide, narrow, {})
    assert not covers(narrow, wide, {})


def test_another_spelling_is_proven_both_ways() -> None:
    inclusive, exclusive = {"type": "integer", "maximum": 9}, {"type": "integer", "exclusiveMaximum": 10}
    assert covers(inclusive, exclusive, {})
    assert covers(exclusive, inclusive, {})


def test_what_both_say_alike_may_be_more_than_can_be_followed() -> None:
    """A schema that refers to itself stays unknown as a whole; the bound beside it does not."""
    children = {"type": "array", "items": {"$ref": "#/base/0"}}
    assert includes(children, {**children, "maxItems": 2}, ROOT)
    assert not includes({**children, "maxItems": 2}, children, ROOT)


def test_keywords_that_read_each_other_are_compared_together() -> None:
    """Both close the object: without the member that one declares, neither would accept it."""
    closed = {"type": "object", "additionalProperties": False}
    declaring = {**closed, "properties": {"a": {}}}
    assert includes(declaring, closed, {})
    assert not includes(closed, declaring, {})


def test_a_difference_is_a_schema_of_its_own() -> None:
    found = difference({"enum": ["a", "b"]}, {"enum": ["b"]}, {})
    assert isinstance(found, dict)
    assert found["const"] == "a"


def test_nothing_is_said_of_what_cannot_be_compiled() -> None:
    assert not covers(True, {"pattern": "("}, {})
    assert difference(True, {"pattern": "("}, {}) is False
