"""Optional members meet two by two, absent or of each of their types, in few bodies that the contract accepts."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

from conformance.contract.bundle import standalone
from conformance.jsonvalue import type_name
from conformance.planning.pairwise import pairwise_bodies
from conformance_strategies import VALUES

MEMBERS = {
    "id": {"type": "string"},
    "a": {"type": ["string", "integer"]},
    "b": {"type": "boolean"},
    "c": {"anyOf": [{"type": "array"}, {"type": "null"}]},
}


def bodies(schema: dict[str, Any]) -> list[dict[str, Any]]:
    bundle = standalone(schema)
    return list(pairwise_bodies(bundle["schema"], VALUES(bundle)))


def choice(body: dict[str, Any], name: str) -> str:
    return type_name(body[name]) if name in body else "absent"


def test_every_two_choices_of_two_optional_members_meet_in_some_body() -> None:
    found = bodies({"type": "object", "properties": MEMBERS, "required": ["id"]})
    for one, other in combinations(["a", "b", "c"], 2):
        met = {(choice(body, one), choice(body, other)) for body in found}
        choices = {name: {choice(body, name) for body in found} for name in (one, other)}
        assert met == set(product(choices[one], choices[other]))
    assert {choice(body, "c") for body in found} == {"absent", "array", "null"}


def test_the_bodies_are_far_fewer_than_all_combinations() -> None:
    members = {f"m{number}": {"type": "boolean"} for number in range(12)}
    assert len(bodies({"type": "object", "properties": members})) < 2**12 / 100


def test_members_that_exclude_each_other_do_not_meet() -> None:
    schema = {"type": "object", "properties": MEMBERS, "not": {"required": ["a", "b"]}}
    found = bodies(schema)
    assert found
    assert all(not {"a", "b"} <= body.keys() for body in found)


def test_an_object_with_one_optional_member_has_no_meetings() -> None:
    assert bodies({"type": "object", "properties": {"a": {"type": "string"}}}) == []
