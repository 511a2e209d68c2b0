"""Each operator module, on schemas as small as can be: exactly these misreadings, at exactly these keywords."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from conformance.contract.bundle import ROOT
from conformance.contract.contract import contract_alone
from conformance.contract.site import Site, sites
from conformance.mutation.arrays import array_mutants
from conformance.mutation.branches import branch_mutants
from conformance.mutation.counts import count_mutants
from conformance.mutation.enums import enum_mutants
from conformance.mutation.formats import format_mutants
from conformance.mutation.mutant import Mutant
from conformance.mutation.numbers import number_mutants
from conformance.mutation.objects import object_mutants
from conformance.mutation.operators import OPERATORS, mutants
from conformance.mutation.patterns import pattern_mutants
from conformance.mutation.texts import text_mutants
from conformance.mutation.types import type_mutants

Operator = Callable[[Site], Iterator[Mutant]]


def _of(operator: Operator, schema: dict[str, Any]) -> list[Mutant]:
    return list(operator(next(sites(contract_alone(schema)))))


def _found(operator: Operator, schema: dict[str, Any]) -> set[tuple[str, str]]:
    """Return each mutant's operator and the side of the contract that shows it."""
    return {(mutant.operator, str(mutant.side)) for mutant in _of(operator, schema)}


def _pointers(operator: Operator, schema: dict[str, Any], name: str) -> list[tuple[str | int, ...]]:
    return [m.pointer[1:] for m in _of(operator, schema) if m.operator == name]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"minLength": 5}, {("plus-one", "accepts"), ("minus-one", "rejects"), ("dropped", "rejects")}),
        ({"minItems": 1}, {("plus-one", "accepts"), ("minus-one", "rejects")}),
        ({"minProperties": 0}, {("plus-one", "accepts")}),
        ({"maxLength": 256}, {("minus-one", "accepts"), ("plus-one", "rejects"), ("dropped", "rejects")}),
        ({"maxProperties": 0}, {("plus-one", "rejects"), ("dropped", "rejects")}),
    ],
)
def test_each_count_is_off_by_one_either_way_and_dropped(
    schema: dict[str, int], expected: set[tuple[str, str]]
) -> None:
    keyword = next(iter(schema))
    assert _found(count_mutants, schema) == {(f"{keyword}-{name}", side) for name, side in expected}


def test_a_count_just_over_the_one_before_is_not_dropped_twice() -> None:
    """At minItems 1, "one less" and "dropped" are the same misreading; only the first is made."""
    assert [m.replacement for m in _of(count_mutants, {"minItems": 1})] == [{"minItems": 2}, {"minItems": 0}]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"minimum": 3},
            {
                ("minimum-exclusive", "accepts"),
                ("minimum-tightened", "accepts"),
                ("minimum-loosened", "rejects"),
                ("minimum-dropped", "rejects"),
            },
        ),
        (
            {"exclusiveMaximum": 9},
            {
                ("exclusiveMaximum-inclusive", "rejects"),
                ("exclusiveMaximum-tightened", "accepts"),
                ("exclusiveMaximum-dropped", "rejects"),
            },
        ),
        (
            {"multipleOf": 5},
            {
                ("multipleOf-dropped", "rejects"),
                ("multipleOf-doubled", "accepts"),
                ("multipleOf-halved", "rejects"),
            },
        ),
    ],
)
def test_each_bound_is_moved_opened_closed_and_dropped(
    schema: dict[str, int], expected: set[tuple[str, str]]
) -> None:
    assert _found(number_mutants, schema) == expected


def test_a_bound_moves_by_the_multiple_and_in_decimals() -> None:
    """0.5 moved by 0.1 is 0.6 and 0.4, not 0.6000000000000001."""
    moved = {m.replacement["minimum"] for m in _of(number_mutants, {"minimum": 0.5, "multipleOf": 0.1})
             if isinstance(m.replacement, dict) and "minimum" in m.replacement}  # fmt: skip
    assert moved == {0.5, 0.6, 0.4}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"enum": ["a", "b"]},
            {
                ("enum-member-lost", "accepts"),
                ("enum-dropped", "rejects"),
                ("enum-case", "rejects"),
                ("enum-empty", "rejects"),
            },
        ),
        ({"enum": [1, 2]}, {("enum-member-lost", "accepts"), ("enum-dropped", "rejects")}),
        ({"const": "yes"}, {("const-dropped", "rejects"), ("const-case", "rejects")}),
        ({"const": 7}, {("const-dropped", "rejects")}),
    ],
)
def test_an_enum_loses_each_member_and_lets_outsiders_in(
    schema: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    assert _found(enum_mutants, schema) == expected


def test_every_member_of_an_enum_is_lost_once() -> None:
    assert _pointers(enum_mutants, {"enum": ["a", "b"]}, "enum-member-lost") == [("enum", 0), ("enum", 1)]


def test_true_and_one_are_two_members() -> None:
    """Losing `true` from [true, 1] leaves 1, though Python calls the two equal."""
    lost = [m.replacement for m in _of(enum_mutants, {"enum": [True, 1]}) if m.operator == "enum-member-lost"]
    assert [repr(schema) for schema in lost] == ["{'enum': [1]}", "{'enum': [True]}"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"required": ["a", "b"]}, {("required-lost", ("required", 0)), ("required-lost", ("required", 1))}),
        (
            {"properties": {"a": {}}},
            {("optional-demanded", ("properties", "a")), ("member-refused", ("properties", "a"))},
        ),
        ({"properties": {"a": {}}, "required": ["a"]}, {("required-lost", ("required", 0))}),
        ({"properties": {"a": False}}, {("forbidden-taken", ("properties", "a"))}),
        ({"additionalProperties": False}, {("additionalProperties-opened", ("additionalProperties",))}),
        (
            {"additionalProperties": {"type": "string"}},
            {
                ("additionalProperties-opened", ("additionalProperties",)),
                ("additionalProperties-closed", ("additionalProperties",)),
            },
        ),
        ({"additionalProperties": True}, set()),
        ({"unevaluatedProperties": False}, {("unevaluatedProperties-opened", ("unevaluatedProperties",))}),
        ({"propertyNames": {"maxLength": 3}}, {("propertyNames-dropped", ("propertyNames",))}),
        (
            {"patternProperties": {"^x": {}, "^y": {}}},
            {
                ("patternProperties-lost", ("patternProperties", "^x")),
                ("patternProperties-lost", ("patternProperties", "^y")),
            },
        ),
        ({"dependentRequired": {"a": ["b"]}}, {("dependentRequired-lost", ("dependentRequired", "a"))}),
        (
            {"dependentSchemas": {"a": {"required": ["b"]}}},
            {("dependentSchemas-lost", ("dependentSchemas", "a"))},
        ),
    ],
)
def test_members_are_demanded_lost_refused_and_let_in(
    schema: dict[str, Any], expected: set[tuple[str, tuple[str | int, ...]]]
) -> None:
    assert {(m.operator, m.pointer[1:]) for m in _of(object_mutants, schema)} == expected


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"items": {"type": "string"}, "maxItems": 1},
            {("items-unchecked", "rejects"), ("items-first-only", "rejects"), ("items-not-first", "rejects")},
        ),
        (
            {"items": False, "prefixItems": [{"type": "string"}, True]},
            {("items-opened", "rejects"), ("prefixItems-unchecked", "rejects")},
        ),
        ({"uniqueItems": True}, {("uniqueItems-dropped", "rejects")}),
        ({"contains": {"const": 1}}, {("contains-dropped", "rejects"), ("contains-twice", "accepts")}),
        ({"contains": {"const": 1}, "minContains": 1}, {("contains-dropped", "rejects")}),
        ({"unevaluatedItems": False}, {("unevaluatedItems-opened", "rejects")}),
    ],
)
def test_items_go_unchecked_at_each_place(schema: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    assert _found(array_mutants, schema) == expected


def test_only_a_prefix_item_that_says_something_goes_unchecked() -> None:
    schema = {"prefixItems": [True, {"type": "string"}, {}]}
    assert _pointers(array_mutants, schema, "prefixItems-unchecked") == [("prefixItems", 1)]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
            {
                ("anyOf-dropped", ("anyOf",)),
                ("anyOf-branch-lost", ("anyOf", 0)),
                ("anyOf-branch-lost", ("anyOf", 1)),
                ("anyOf-as-oneOf", ("anyOf",)),
            },
        ),
        (
            {"oneOf": [{"type": "string"}, {"type": "null"}]},
            {
                ("oneOf-dropped", ("oneOf",)),
                ("oneOf-branch-lost", ("oneOf", 0)),
                ("oneOf-branch-lost", ("oneOf", 1)),
                ("oneOf-as-anyOf", ("oneOf",)),
            },
        ),
        ({"anyOf": [{"type": "string"}]}, {("anyOf-dropped", ("anyOf",))}),
        (
            {"allOf": [{"type": "string"}, {"minLength": 2}]},
            {("allOf-part-lost", ("allOf", 0)), ("allOf-part-lost", ("allOf", 1))},
        ),
        ({"not": {"const": 1}}, {("not-dropped", ("not",))}),
        (
            {"if": {"const": 1}, "then": False, "else": {"type": "string"}},
            {("then-dropped", ("then",)), ("else-dropped", ("else",))},
        ),
        ({"then": False}, set()),
    ],
)
def test_branches_are_lost_and_combinators_read_as_another(
    schema: dict[str, Any], expected: set[tuple[str, tuple[str | int, ...]]]
) -> None:
    assert {(m.operator, m.pointer[1:]) for m in _of(branch_mutants, schema)} == expected


def test_a_format_is_read_as_an_annotation_and_contested_at_its_edges() -> None:
    """What lawful readers of a UUID disagree on is tried, but open; the format unchecked is a mistake."""
    found = _of(format_mutants, {"format": "uuid"})
    assert {(m.operator, bool(m.open_reason)) for m in found} == {
        ("format-unchecked", False),
        ("format-contested", True),
    }


def test_a_schema_without_format_has_no_misread_format() -> None:
    assert _of(format_mutants, {"type": "string"}) == []


def test_a_string_is_widened_to_every_other_type_and_narrowed_to_the_non_empty() -> None:
    assert _found(type_mutants, {"type": "string"}) == {
        ("type-string-takes-null", "rejects"),
        ("type-string-takes-a number", "rejects"),
        ("type-string-takes-a boolean", "rejects"),
        ("type-string-takes-an array", "rejects"),
        ("type-string-takes-an object", "rejects"),
        ("type-string-non-empty", "accepts"),
    }


def test_a_boolean_is_widened_to_what_loose_readers_call_true() -> None:
    found = {m.operator.removeprefix("type-boolean-takes-") for m in _of(type_mutants, {"type": "boolean"})}
    assert {'"true"', "1", "0", "null"} <= found


def test_an_integer_is_widened_to_a_numeral_and_to_a_fraction() -> None:
    found = {m.operator.removeprefix("type-integer-takes-") for m in _of(type_mutants, {"type": "integer"})}
    assert {'"1"', "1.5", "null"} <= found


def test_of_two_types_each_is_lost_and_neither_lets_the_other_in() -> None:
    """`null` beside `string` is no loose reading of the string: the contract allows it."""
    found = _of(type_mutants, {"type": ["string", "null"]})
    assert [m.pointer[1:] for m in found if m.operator == "type-lost"] == [("type", 0), ("type", 1)]
    assert "type-string-takes-null" not in {m.operator for m in found}


def test_text_of_every_kind_belongs_to_a_plain_string_alone() -> None:
    plain = {m.operator for m in _of(text_mutants, {"type": "string"})}
    assert {"text-astral-refused", "text-marks-refused", "text-right-to-left-refused"} <= plain
    assert _of(text_mutants, {"type": "string", "format": "uuid"}) == []
    assert _of(text_mutants, {"type": "integer"}) == []


def test_a_length_is_counted_in_bytes_utf_16_units_graphemes_or_trimmed() -> None:
    found = {m.operator for m in _of(text_mutants, {"type": "string", "maxLength": 3})}
    assert {"maxLength-bytes", "maxLength-utf16", "maxLength-graphemes", "maxLength-trimmed"} <= found


def test_both_anchors_of_a_pattern_are_dropped_and_loosened() -> None:
    found = {m.operator for m in _of(pattern_mutants, {"pattern": "^a$"})}
    anchors = {
        "pattern-start-dropped",
        "pattern-start-multiline",
        "pattern-end-dropped",
        "pattern-end-newline",
    }
    assert anchors <= found
    assert not {"pattern-start-added", "pattern-end-added"} & found


def test_a_missing_anchor_is_added_as_an_open_question() -> None:
    """A server that anchors an unanchored pattern has read it otherwise, not wrongly."""
    added = {m.operator: bool(m.open_reason) for m in _of(pattern_mutants, {"pattern": "a"})}
    assert added["pattern-start-added"]
    assert added["pattern-end-added"]
    assert not added["pattern-dropped"]


def test_each_edge_of_a_class_and_each_count_is_off_by_one() -> None:
    found = [(m.operator, m.detail) for m in _of(pattern_mutants, {"pattern": "^[a-c]{1,2}$"})]
    assert {("pattern-class-edge-lost", "'a'"), ("pattern-class-edge-lost", "'c'")} <= set(found)
    assert {("pattern-class-edge-wider", "'`'"), ("pattern-class-edge-wider", "'d'")} <= set(found)
    assert {name for name, _ in found if "count" in name} == {
        "pattern-count-low-minus",
        "pattern-count-low-plus",
        "pattern-count-high-minus",
        "pattern-count-high-plus",
    }


def test_a_pattern_that_no_automaton_reads_is_only_dropped() -> None:
    assert [m.operator for m in _of(pattern_mutants, {"pattern": "(?=a)"})] == ["pattern-dropped"]


def test_every_mutant_differs_from_the_contract() -> None:
    """No operator hands back the schema it was given."""
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {
            "a": {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"},
            "b": {"type": "array", "items": {"enum": ["x", "y"]}, "uniqueItems": True},
            "c": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
        },
        "additionalProperties": False,
    }
    contract = contract_alone(schema)
    assert all(mutant.apply() != contract.root for mutant in mutants(contract))


def test_the_order_of_mutants_is_the_same_each_time() -> None:
    schema = contract_alone({"type": "object", "properties": {"a": {"type": "string", "minLength": 1}}})
    first = [(m.operator, m.pointer, m.detail) for m in mutants(schema)]
    assert first == [(m.operator, m.pointer, m.detail) for m in mutants(schema)]


def test_applying_a_mutant_leaves_the_contract_alone() -> None:
    contract = contract_alone({"minLength": 5})
    mutant = next(m for m in mutants(contract) if m.operator == "minLength-dropped")
    assert mutant.apply()[ROOT] == {"minLength": 0}
    assert contract.schema == {"minLength": 5}


def test_every_operator_is_in_use() -> None:
    tested = {
        array_mutants, branch_mutants, count_mutants, enum_mutants, format_mutants,
        number_mutants, object_mutants, pattern_mutants, text_mutants, type_mutants,
    }  # fmt: skip
    assert tested == set(OPERATORS)
