"""A part of a plan: what is sent to decide some requirements."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from conformance.planning.plan import Plan, plan
from conformance.requirement import Requirement, Side
from conformance.session.loading import load_operations
from conformance.suite.catalogue import catalogue, item_name
from conformance.suite.part import part_of
from conformance_strategies import VALUES

RANGES = Path(__file__).resolve().parents[2] / "documents" / "ranges.yaml"


@cache
def whole() -> Plan:
    return plan(load_operations((RANGES,)), VALUES)


def ids_where(demand: str) -> frozenset[str]:
    return frozenset(r.id for r in whole().requirements if demand in r.address)


def test_a_requirement_is_decided_by_its_own_case_beside_the_preflight() -> None:
    wanted = ids_where("maximum")
    part = part_of(whole(), wanted)
    preflight = set(whole().preflight.values())
    assert {c.id for c in part.cases} == preflight | {
        c.id for c in whole().cases if not wanted.isdisjoint(c.requirements)
    }
    assert wanted < {r.id for r in part.requirements}


def test_a_requirement_on_answers_rests_on_every_case_of_its_operation() -> None:
    assert part_of(whole(), ids_where("no 5xx")).cases == whole().cases


def test_a_part_can_be_judged_alone() -> None:
    """Whatever its cases decide is among its requirements, and so is the misreading behind each."""
    part = part_of(whole(), ids_where("maximum"))
    known = {r.id for r in part.requirements}
    assert {r for c in part.cases for r in c.requirements} <= known
    assert part.mutants.keys() == whole().mutants.keys() & known


@pytest.mark.parametrize(
    ("demand", "name"),
    [
        ("pattern a::b[", "body - pattern a::b[ - accepts x"),
        ("enum é\n", r"body - enum \xe9\n - accepts x"),
    ],
)
def test_an_items_name_is_printable_ascii(demand: str, name: str) -> None:
    requirement = Requirement("pets", "body", demand, "accepts x", Side.ACCEPTS, ("paths",), "enum")
    assert item_name(requirement) == name


def test_items_that_would_share_a_name_have_their_ids_in_it() -> None:
    (operation,) = catalogue(whole())["operations"]
    names = [item["name"] for item in operation["items"]]
    assert len(set(names)) == len(names) == len(whole().requirements)
