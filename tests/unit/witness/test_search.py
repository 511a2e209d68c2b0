"""Witnesses: a payload on which contract and mutant disagree, isolated, or a proof that there is none."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.contract import contract_alone
from conformance.contract.keywords import Schema
from conformance.mutation.mutant import Mutant
from conformance.mutation.operators import mutants
from conformance.requirement import Side
from conformance.witness.search import Search, Unwitnessed, Witness
from conformance_strategies import VALUES

_RICH: dict[str, Any] = {
    "type": "object",
    "required": ["name", "kind"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 2, "maxLength": 6},
        "kind": {"enum": ["one", "two"]},
        "code": {"type": "string", "pattern": "^[A-Z]{2}[0-9]{1,3}$"},
        "id": {"type": "string", "format": "uuid"},
        "share": {"type": "number", "minimum": 0, "maximum": 1},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3, "uniqueItems": True},
        "value": {"anyOf": [{"type": "integer", "multipleOf": 4}, {"type": "object", "required": ["x"]}]},
        "again": {"$ref": "#/$defs/again"},
    },
    "$defs": {"again": {"type": "object", "properties": {"again": {"$ref": "#/$defs/again"}}}},
}


def _search(schema: Schema) -> tuple[Search, list[Mutant]]:
    contract = contract_alone(schema)
    return Search(contract, VALUES), list(mutants(contract))


def _found(schema: Schema, operator: str, index: int = 0) -> Witness | Unwitnessed:
    search, every = _search(schema)
    return search.find([m for m in every if m.operator == operator][index])


def test_each_witness_is_isolated() -> None:
    """The contract rejects it and its mutant accepts it, or the other way round: one constraint decides."""
    search, every = _search(_RICH)
    judge = search.contract
    sides = []
    for mutant in every:
        found = search.find(mutant)
        if isinstance(found, Witness):
            accepted = judge.accepts(found.payload)
            sides.append(found.side)
            assert found.side is (Side.ACCEPTS if accepted else Side.REJECTS), mutant.operator
            assert mutant.compiled().accepts(found.payload) is not accepted
    assert set(sides) == {Side.ACCEPTS, Side.REJECTS}


def test_every_mutant_of_a_rich_schema_is_decided() -> None:
    """Each misreading has a witness or a proof; the undecided ones are these."""
    search, every = _search(_RICH)
    results = [search.find(mutant) for mutant in every]
    assert {r.mutant.operator for r in results if isinstance(r, Unwitnessed) and not r.equivalent} == set()


def test_a_search_finds_the_same_each_time() -> None:
    first, every = _search(_RICH)
    second, _ = _search(_RICH)
    assert [first.find(m) for m in every] == [second.find(m) for m in every]


@pytest.mark.parametrize(
    ("schema", "operator", "payload"),
    [
        ({"type": "string", "minLength": 5}, "minLength-plus-one", "sampl"),
        ({"type": "string", "minLength": 5}, "minLength-minus-one", "samp"),
        ({"type": "integer", "minimum": 3}, "minimum-exclusive", 3),
        ({"type": "integer", "minimum": 3}, "minimum-loosened", 2),
        ({"type": "integer", "exclusiveMaximum": 9}, "exclusiveMaximum-inclusive", 9),
        ({"enum": ["a", "b"]}, "enum-member-lost", "a"),
        ({"enum": ["a", "b"]}, "enum-case", "A"),
        ({"type": "string", "pattern": "^ab$"}, "pattern-end-newline", "ab\n"),
        ({"type": "string", "pattern": "^ab$"}, "pattern-start-multiline", "-\nab"),
        ({"type": "array", "items": {"type": "null"}, "maxItems": 2}, "maxItems-plus-one", [None] * 3),
        ({"type": "string"}, "type-string-takes-null", None),
        ({"type": "object", "required": ["a"]}, "required-lost", {}),
        ({"properties": {"a": False}}, "forbidden-taken", {"a": "sample"}),
    ],
)  # fmt: skip
def test_the_witness_stands_right_at_the_edge(schema: dict[str, Any], operator: str, payload: object) -> None:
    found = _found(schema, operator)
    assert isinstance(found, Witness)
    assert type(found.payload) is type(payload) or operator == "forbidden-taken"
    assert found.payload == payload or (operator == "forbidden-taken" and set(found.payload) == {"a"})


def test_a_witness_deep_inside_leaves_everything_else_plain() -> None:
    schema = {
        "type": "object",
        "required": ["list", "other"],
        "properties": {
            "list": {"type": "array", "items": {"type": "object", "properties": {"n": {"minimum": 1}}}},
            "other": {"type": "boolean"},
        },
    }  # fmt: skip
    found = _found(schema, "minimum-loosened")
    assert isinstance(found, Witness)
    assert (found.payload, found.value) == ({"list": [{"n": 0}], "other": True}, 0)


def test_a_name_is_misread_by_a_name() -> None:
    """Under `propertyNames` the witness is the name of a member, and never anything but text."""
    found = _found({"type": "object", "propertyNames": {"maxLength": 3}}, "maxLength-plus-one")
    assert isinstance(found, Witness)
    assert [len(name) for name in found.payload] == [4]


def test_a_pattern_s_missing_anchor_makes_the_witness_open() -> None:
    found = _found({"type": "string", "pattern": "a$"}, "pattern-start-added")
    assert isinstance(found, Witness)
    assert found.side is Side.ACCEPTS
    assert "no ^" in found.open_reason


_PROOFS = [
    # what can stand there is listed, and judged alike; where a member more is allowed it is not
    ({"type": "boolean", "enum": [True]}, "enum-dropped", False, ""),
    ({"enum": ["a"], "const": "a"}, "const-dropped", True, "judged alike"),
    ({"enum": ["a", "b"], "const": "a"}, "const-dropped", False, ""),
    # no value reaches the place
    ({"properties": {"a": {"allOf": [{"type": "null"}, {"type": "string", "minLength": 1}]}}},
     "minLength-plus-one", True, "no value can reach"),
    ({"properties": {"a": {"allOf": [{"type": ["null", "string"]}, {"type": "string", "minLength": 1}]}}},
     "minLength-plus-one", False, ""),
    # two alternatives never meet
    ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "anyOf-as-oneOf", True, "two of the alternatives"),
    ({"anyOf": [{"type": "string"}, {"type": ["null", "string"]}]}, "anyOf-as-oneOf", False, ""),
    ({"oneOf": [{"type": "string"}, {"type": "null"}]}, "oneOf-as-anyOf", True, "two of the alternatives"),
    # another alternative takes it all
    ({"anyOf": [{"type": "string", "maxLength": 3}, {"type": "string"}]}, "anyOf-branch-lost", True,
     "another alternative"),
    ({"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]}, "anyOf-branch-lost", False, ""),
    # a pattern that says the length already
    ({"type": "string", "pattern": "^a{3}$", "minLength": 3}, "minLength-minus-one", True, "automata are equal"),
    ({"type": "string", "pattern": "^a{2,3}$", "minLength": 3}, "minLength-minus-one", False, ""),
    # bounds between which the same integers lie
    ({"type": "integer", "minimum": 3, "exclusiveMinimum": 2.5}, "minimum-loosened", True, "same integers"),
    # integers among the multiples of a fraction, and bounds that lie between two multiples
    ({"type": "integer", "multipleOf": 3}, "multipleOf-halved", True, "same integers"),
    ({"type": "integer", "multipleOf": 4}, "multipleOf-halved", False, ""),
    ({"type": "integer", "multipleOf": 3, "exclusiveMaximum": 10}, "exclusiveMaximum-inclusive", True, "same integers"),
    ({"type": "integer", "multipleOf": 3, "exclusiveMaximum": 9}, "exclusiveMaximum-inclusive", False, ""),
    ({"type": "integer", "minimum": 3, "exclusiveMinimum": 1}, "minimum-loosened", False, ""),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "operator", "equivalent", "reason"), _PROOFS)
def test_a_mutant_is_equivalent_only_where_it_is_proven(
    schema: dict[str, Any], operator: str, equivalent: bool, reason: str
) -> None:
    """Each kind of proof, and beside it a schema that differs by a little, where a witness is found."""
    found = _found(schema, operator)
    assert isinstance(found, Unwitnessed) is equivalent
    if isinstance(found, Unwitnessed):
        assert found.equivalent
        assert reason in found.reason


def test_nothing_is_proven_where_unevaluated_reaches_across() -> None:
    """A refused member changes what `unevaluatedProperties` refuses elsewhere; a local proof would be wrong."""
    search, every = _search(
        {"allOf": [{"properties": {"a": True}}], "properties": {"b": {}}, "unevaluatedProperties": False}
    )
    assert not any(isinstance(r, Unwitnessed) and r.equivalent for r in map(search.find, every))


def test_a_mutant_that_cannot_be_decided_says_so() -> None:
    """Look-ahead has no automaton, and no value is found for it: not equivalent, not dropped silently."""
    found = _found({"type": "string", "pattern": "^(?=x)y$"}, "pattern-dropped")
    assert isinstance(found, Witness | Unwitnessed)
    if isinstance(found, Unwitnessed):
        assert not found.equivalent
        assert found.reason


_TEXT = {"type": "string", "minLength": 1}
_DEEP = {"items": {"items": {"$ref": "#/$defs/x"}}}


@pytest.mark.parametrize("beside", [{"type": "null"}, {"minLength": 5}, {"enum": ["p", "q"]}])
def test_a_shared_schema_is_searched_wherever_it_stands(beside: dict[str, Any]) -> None:
    """Where the first place cannot tell, a deeper one does: no proof at one place speaks for another."""
    schema = {
        "properties": {"a": {"allOf": [beside, {"$ref": "#/$defs/x"}]}, "b": _DEEP},
        "$defs": {"x": _TEXT},
    }
    found = _found(schema, "minLength-minus-one", -1)
    assert isinstance(found, Witness)
    assert found.payload["b"] == [[""]]


def test_a_schema_that_is_misread_twice_at_one_place_is_told_by_a_witness() -> None:
    """Both parts refer to the same schema, so the other part does not hold what the mutant lets in."""
    twice = {"allOf": [{"$ref": "#/$defs/x"}, {"$ref": "#/$defs/x"}]}
    found = _found(
        {"properties": {"a": twice}, "$defs": {"x": {"type": "integer"}}}, "type-integer-takes-null"
    )
    assert isinstance(found, Witness)
    assert found.payload == {"a": None}
