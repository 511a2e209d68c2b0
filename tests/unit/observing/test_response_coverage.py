from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.case import Case, Exchange, Intent, Request
from conformance.contract.requests import response_contract
from conformance.jsonvalue import encode
from conformance.judging.checks import Judge
from conformance.judging.explanation import explain
from conformance.judging.verdict import Verdict
from conformance.observing.response_coverage import Answered, Coverage, Unseen
from conformance.planning.answers import answer_requirements
from conformance.planning.plan import Plan
from conformance.rules import RESPONSE_SCHEMA
from tests.unit.documents import TEXT, operation

TREE = {"$ref": "#/components/schemas/Tree"}


def answered(schema: Any) -> Answered:
    op = operation(None, {"200": schema})
    return Answered(response_contract(op, op.responses["200"].bodies[0]))


def unseen(schema: Any, *bodies: Any) -> list[str]:
    found = answered(schema)
    for body in bodies:
        found.take(body)
    return [label for label, _ in found.unseen()]


@pytest.mark.parametrize(
    ("schema", "bodies", "left"),
    [
        ({"properties": {"a": TEXT, "b": {"properties": {"c": {}}}}}, [], ["body/a", "body/b"]),
        ({"properties": {"a": TEXT, "b": {"properties": {"c": {}}}}}, [{"a": "", "b": {}}], ["body/b/c"]),
        ({"properties": {"a": TEXT}}, [{"a": 1}], []),
        ({"items": {"properties": {"a": {}}}}, [[{}, {"a": 1}]], []),
        ({"items": {"properties": {"a": {}}}}, [[]], ["body[]/a"]),
        ({"prefixItems": [{"properties": {"a": {}}}]}, [[{}]], ["body[0]/a"]),
        ({"additionalProperties": TEXT}, [{}], ["body/*"]),
        ({"additionalProperties": TEXT}, [{"x": "y"}], []),
        ({"patternProperties": {"^x": TEXT}, "additionalProperties": TEXT}, [{"x": ""}], ["body/*"]),
        ({"anyOf": [TEXT, {"type": "integer"}]}, ["a"], ["body(2)"]),
        ({"oneOf": [TEXT]}, [], []),
        ({"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}, [{"a": 1}], ["body/b"]),
        ({"properties": {"a": {"oneOf": [TEXT, {"type": "null"}]}}}, [{"a": None}], ["body/a(1)"]),
        ({"properties": {"a": {"oneOf": [TEXT, {"type": "null"}]}}}, [{}], ["body/a"]),
    ],
)
def test_what_no_body_showed_is_listed_topmost_only(schema: Any, bodies: list[Any], left: list[str]) -> None:
    assert unseen(schema, *bodies) == left


def test_a_place_below_one_that_was_seen_long_ago_is_found_when_it_comes() -> None:
    schema = {
        "properties": {"a": {"anyOf": [{"properties": {"b": {}}}, {"items": {"properties": {"c": {}}}}]}},
        "patternProperties": {"^x": {"properties": {"d": {}}}},
    }
    found = answered(schema)
    left = []
    for body in ({"a": {}, "x": {}}, {"a": {}}, {"a": [{"c": 1}]}, {"x": 1, "xx": {"d": 1}}, {"a": {"b": 1}}):
        found.take(body)
        left.append([label for label, _ in found.unseen()])
    rest = ["body/a(1)/b", "body/a(2)[]/c", "body/^x/d"]
    assert [sorted(labels) for labels in left] == [
        sorted(r) for r in (rest, rest, [rest[0], rest[2]], rest[:1], [])
    ]


def test_a_recursive_schema_has_each_member_once() -> None:
    assert sorted(unseen(TREE)) == ["body/child", "body/leaf"]
    assert unseen(TREE, {"child": {"leaf": ""}}) == []


@pytest.mark.parametrize(
    ("schema", "body", "shows"),
    [
        ({}, {"a": 1}, False),
        ({"type": "object"}, {}, False),
        ({"properties": {"a": TEXT}}, {}, False),
        ({"properties": {"a": TEXT}}, {"b": 1}, False),
        ({"properties": {"a": TEXT}}, {"a": ""}, True),
        ({"properties": {"a": TEXT}, "required": ["a"]}, {"a": ""}, True),
        ({"type": "array", "items": TEXT}, [], False),
        ({"type": "string"}, "a", True),
    ],
)
def test_an_answer_that_any_empty_object_could_be_shows_nothing(schema: Any, body: Any, shows: bool) -> None:
    found = answered(schema)
    assert (found.take(body), found.take(body)) == (shows, shows)


def test_coverage_tells_statuses_members_and_branches_apart_and_never_asks_for_a_5xx() -> None:
    made = {"properties": {"b": {}, "a": {"anyOf": [TEXT, {"type": "null"}]}}}
    error = {"properties": {"m": {}}}
    op = operation(None, {"201": made, "400": error, "4XX": None, "500": None, "default": None})
    coverage = Coverage([op])
    assert coverage.unseen() == {"things": Unseen(("201", "400", "4XX", "default"))}
    coverage.status("things", 201)
    coverage.status("things", 404)
    at = response_contract(op, op.responses["201"].bodies[0])
    assert coverage.body("things", "201", at, {"a": None})
    left = Unseen(("400", "default"), ("201 body/b",), ("201 body/a(1)",))
    assert coverage.unseen() == {"things": left}
    assert (bool(left), bool(Unseen())) == (True, False)


def test_what_two_parts_showed_is_as_if_one_had_seen_it_all() -> None:
    made = {"properties": {"a": {"anyOf": [TEXT, {"type": "null"}]}, "b/c": {"properties": {"d": {}}}}}
    op = operation(None, {"201": made, "4XX": {"properties": {"m": {}}}, "default": None})
    at = response_contract(op, op.responses["201"].bodies[0])
    one, other, whole = Coverage([op]), Coverage([op]), Coverage([op])
    for coverage in (one, whole):
        coverage.status("things", 201)
        coverage.body("things", "201", at, {"b/c": {}})
    for coverage in (other, whole):
        coverage.status("things", 404)
        coverage.body("things", "201", at, {"a": ""})
    joined = Coverage([op])
    for part in (one, other):
        joined.add(json.loads(json.dumps(part.shown())))
    left = Unseen(("default",), ("201 body/b/c/d",), ("201 body/a(2)",))
    assert joined.unseen() == whole.unseen() == {"things": left}


@pytest.mark.parametrize(
    "shown",
    [
        {"other": {"statuses": [], "bodies": []}}, {"things": {"statuses": ["402"], "bodies": []}}, {"things": []},
        {"things": {"statuses": [], "bodies": [["200", "/nowhere", []]]}},
    ],
)  # fmt: skip
def test_what_another_document_showed_is_refused(shown: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Coverage([operation(None, {"200": {"properties": {"a": {}}}})]).add(shown)


def verdict(schema: Any, *bodies: Any) -> tuple[Verdict, str]:
    """Return what a run proves of a 200's schema from these bodies."""
    op = operation(None, {"200": schema})
    requirements = tuple(answer_requirements(op))
    (owner,) = (r.id for r in requirements if r.guard == RESPONSE_SCHEMA)
    judge, judgements, cases = Judge([op]), {}, []
    for number, body in enumerate(bodies):
        one = Case(
            f"c{number}", "things", Intent.VALID, "t", Request("POST", "/things"), ("200",), (owner,), "x"
        )
        answer = Exchange(one.id, 200, (("content-type", "application/json"),), encode(body))
        cases.append(one)
        judgements[one.id] = judge.judge(one, answer)
    results = explain(Plan((op,), requirements, tuple(cases), {}), judgements).results
    (result,) = (r for r in results if r.requirement == owner)
    return result.verdict, str(result.reason)


def test_a_schema_that_any_empty_object_satisfies_is_not_called_proven() -> None:
    lax = {"type": "object", "properties": {"a": TEXT}}
    nothing = (Verdict.SKIPPED, RESPONSE_SCHEMA.untested)
    assert verdict(lax, {}, {"b": 1}) == nothing
    assert verdict({}, {"a": ""}) == nothing
    assert verdict(lax, {}, {"a": ""}) == (Verdict.PASSED, "")
    assert verdict({**lax, "required": ["a"]}, {"a": ""}) == (Verdict.PASSED, "")
    assert verdict(lax, {}, {"a": 1})[0] is Verdict.FAILED
