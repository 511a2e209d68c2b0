"""Shapes: references followed, `allOf` merged, one flat alternative for each choice of branches."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from conformance.contract.alternatives import MAX_SHAPES, overlaps, shapes
from conformance.contract.shape import ANY, Contains, Shape, conjunction


def _one(schema: Any) -> Shape:
    found = shapes(schema, {})
    assert len(found) == 1
    return found[0]


def test_true_allows_anything_and_false_nothing() -> None:
    assert shapes(True, {}) == [ANY]
    assert shapes({}, {}) == [ANY]
    assert shapes(False, {}) == []


def test_all_of_takes_the_tighter_of_each_bound() -> None:
    found = _one({"allOf": [{"minLength": 2, "maxLength": 9, "minimum": 1}, {"minLength": 4, "maximum": 3}]})
    assert (found.min_length, found.max_length, found.minimum, found.maximum) == (4, 9, 1, 3)


def test_patterns_add_up_and_multiples_multiply() -> None:
    found = _one({"allOf": [{"pattern": "a", "multipleOf": 0.4}, {"pattern": "b", "multipleOf": 0.6}]})
    assert found.patterns == ("a", "b")
    assert found.multiple_of == Fraction(6, 5)


@pytest.mark.parametrize(
    ("a", "b", "types"),
    [
        ("integer", "number", {"integer"}),
        (["string", "null"], ["null", "array"], {"null"}),
        (["integer", "number"], "number", {"number"}),
    ],
)
def test_types_meet(a: Any, b: Any, types: set[str]) -> None:
    assert _one({"allOf": [{"type": a}, {"type": b}]}).types == types


def test_types_that_do_not_meet_leave_no_shape() -> None:
    assert shapes({"allOf": [{"type": "string"}, {"type": "null"}]}, {}) == []


def test_an_enum_keeps_what_the_other_keywords_allow() -> None:
    found = _one({"allOf": [{"enum": ["a", "abc", 1]}, {"type": "string", "minLength": 2}]})
    assert found.enum == ("abc",)


def test_a_closed_part_closes_the_whole() -> None:
    """A member declared beside a part that closes itself is forbidden: `allOf` does not extend (core §10.2.1.1)."""
    closed = {"properties": {"a": {}}, "additionalProperties": False}
    found = _one({"allOf": [closed, {"properties": {"b": {"type": "string"}}}]})
    assert found.member("a") is True
    assert found.member("b") is False
    assert found.member("c") is False


def test_unevaluated_sees_through_all_of() -> None:
    parts = {"allOf": [{"properties": {"a": {"type": "null"}}}], "unevaluatedProperties": False}
    assert (_one(parts).member("a"), _one(parts).member("b")) == ({"type": "null"}, False)


def test_a_member_meets_its_name_s_patterns() -> None:
    found = _one(
        {"properties": {"ax": {"minLength": 1}}, "patternProperties": {"^a": {"maxLength": 3}, "^b": False}}
    )
    assert found.member("ax") == {"allOf": [{"minLength": 1}, {"maxLength": 3}]}
    assert found.member("a") == {"maxLength": 3}
    assert found.member("b") is False
    assert found.member("c") is True


def test_items_after_the_prefix_are_the_rest() -> None:
    found = _one({"prefixItems": [{"type": "null"}], "items": {"type": "string"}})
    assert [found.item(0), found.item(1)] == [{"type": "null"}, {"type": "string"}]


def test_each_branch_is_a_shape_with_what_stands_beside_it() -> None:
    schema = {"maxLength": 5, "anyOf": [{"type": "string", "minLength": 2}, {"type": "null"}]}
    assert [(s.types, s.min_length, s.max_length) for s in shapes(schema, {})] == [
        ({"string"}, 2, 5),
        ({"null"}, 0, 5),
    ]


def test_a_condition_is_two_shapes() -> None:
    schema = {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}
    assert [s.required for s in shapes(schema, {})] == [("a", "b"), ("c",)]


def test_references_lead_into_the_bundle_and_recursion_ends() -> None:
    root = {"schema": {"type": "object", "properties": {"again": {"$ref": "#/schema"}}}}
    assert [s.types for s in shapes({"$ref": "#/schema"}, root)] == [{"object"}]
    assert shapes({"$ref": "#/loop"}, {"loop": {"allOf": [{"$ref": "#/loop"}]}}) == []


def test_no_schema_unfolds_without_end() -> None:
    wide = {"anyOf": [{"minLength": n} for n in range(40)]}
    assert len(shapes({"allOf": [wide, wide, wide, wide]}, {})) == MAX_SHAPES


def test_overlaps_are_what_two_branches_share() -> None:
    branches = {"anyOf": [{"type": ["string", "null"]}, {"type": ["null", "array"]}, {"type": "boolean"}]}
    assert [s.types for s in overlaps(branches, {})] == [{"null"}]


def test_contains_counts_are_whole_however_they_are_written() -> None:
    found = _one({"contains": {"const": 1}, "minContains": 2.0, "maxContains": 3.0})
    assert found.contains == (Contains({"const": 1}, 2, 3),)


def test_a_conjunction_says_no_more_than_it_must() -> None:
    assert conjunction(True, {}) is True
    assert conjunction({"minLength": 1}, True, {"minLength": 1}) == {"minLength": 1}
    assert conjunction({"minLength": 1}, False) is False
    assert conjunction({"minLength": 1}, {"maxLength": 2}) == {"allOf": [{"minLength": 1}, {"maxLength": 2}]}
