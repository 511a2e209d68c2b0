"""Sites: each schema of a bundle once, shallowest first, with a place that a person can read."""

from __future__ import annotations

from conformance.contract.contract import contract_alone
from conformance.contract.site import shared_ways, sites


def test_places_read_like_the_body() -> None:
    schema = {
        "properties": {"a": {"items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}},
        "additionalProperties": {"type": "string"},
        "prefixItems": [{"type": "null"}],
    }
    assert [site.place for site in sites(contract_alone(schema))] == [
        "body",
        "body/a",
        "body/*",
        "body[0]",
        "body/a[]",
        "body/a[](1)",
        "body/a[](2)",
    ]


def test_a_shared_schema_is_one_site() -> None:
    """A server that misreads what two members share misreads it in both; recursion ends."""
    schema = {
        "properties": {"a": {"$ref": "#/$defs/x"}, "b": {"$ref": "#/$defs/x"}},
        "$defs": {"x": {"properties": {"again": {"$ref": "#/$defs/x"}}}},
    }
    pointers = [site.pointer for site in sites(contract_alone(schema))]
    assert pointers.count(("schema", "$defs", "x")) == 1
    assert len(pointers) == len(set(pointers)) == 5


def test_unused_definitions_are_no_sites() -> None:
    assert [s.pointer for s in sites(contract_alone({"$defs": {"x": {"type": "string"}}}))] == [("schema",)]


def test_then_without_if_is_no_site() -> None:
    """Alone, `then` and `else` say nothing (core §10.2.2.2)."""
    assert [s.place for s in sites(contract_alone({"then": {"const": 1}, "else": {"const": 2}}))] == ["body"]


def test_an_open_schema_makes_everything_below_it_open() -> None:
    schema = {"x-conformance-open": "said two ways", "properties": {"a": {"type": "string"}}}
    assert [site.inherited_open for site in sites(contract_alone(schema))] == ["said two ways"] * 2


def test_the_ways_to_a_shared_schema_end_though_it_is_recursive() -> None:
    schema = {"properties": {"a": {"$ref": "#/$defs/x"}, "b": {"$ref": "#/$defs/x"}},
              "$defs": {"x": {"items": {"$ref": "#/$defs/x"}}}}  # fmt: skip
    assert shared_ways(contract_alone(schema))["schema", "$defs", "x"] == [
        (("properties", "a"), ("$ref",)),
        (("properties", "b"), ("$ref",)),
    ]
    assert shared_ways(contract_alone({"properties": {"a": {"type": "null"}}})) == {}
