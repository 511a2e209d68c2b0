from __future__ import annotations

from typing import Any

from conformance.contract.members import Bundle

ROOT = ("schema",)
TREE: dict[str, Any] = {
    "schema": {
        "properties": {"name": {"type": "string"}, "next": {"$ref": "#/schema"}},
        "allOf": [{"$ref": "#/components/Named"}],
        "oneOf": [{"properties": {"one": {}}}, {"allOf": [{"properties": {"two": {"items": {"type": "integer"}}}}]}],
        "if": {"properties": {"never": {}}},
        "then": {"properties": {"then": {}}},
        "not": {"properties": {"not": {}}},
    },
    "components": {"Named": {"properties": {"name": {"maxLength": 5}}, "allOf": [{"$ref": "#/components/Named"}]}},
}  # fmt: skip


def test_members_are_found_through_references_branches_and_conditions_and_nowhere_else() -> None:
    assert Bundle(TREE).members([ROOT]) == {
        "name": (("schema", "properties", "name"), ("components", "Named", "properties", "name")),
        "next": (("schema", "properties", "next"),),
        "one": (("schema", "oneOf", 0, "properties", "one"),),
        "two": (("schema", "oneOf", 1, "allOf", 0, "properties", "two"),),
        "then": (("schema", "then", "properties", "then"),),
    }


def test_a_reference_in_a_circle_ends() -> None:
    assert set(Bundle(TREE).members([("schema", "properties", "next")])) == {
        "name",
        "next",
        "one",
        "two",
        "then",
    }


def test_items_are_those_of_all_items() -> None:
    parts = Bundle(TREE)
    (two,) = parts.members([ROOT])["two"]
    assert parts.items([two]) == ((*two, "items"),)
    assert parts.items([ROOT]) == ()
    assert Bundle({"schema": {"prefixItems": [{}], "items": {}}}).items([ROOT]) == ()


def test_one_declaration_that_accepts_a_value_is_enough() -> None:
    parts = Bundle(TREE)
    names = parts.members([ROOT])["name"]
    assert parts.accepts(names, 5)
    assert parts.accepts(names, "longer than five")
    assert not parts.accepts(names[1:], "longer than five")


def test_keywords_are_collected_in_place() -> None:
    assert Bundle(TREE).keywords(Bundle(TREE).members([ROOT])["name"], "maxLength") == [5]
