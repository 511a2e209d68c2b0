"""Marks come into the bodies of a plan, and nothing else of it changes."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from conformance.case import Intent
from conformance.contract.requests import request_contract
from conformance.jsonvalue import NotJSONError, decode
from conformance.openapi.document import load
from conformance.openapi.operation import operations
from conformance.planning.mark import PLACEHOLDERS, mark_of
from conformance.planning.plan import Plan, plan
from conformance.session.loading import documents_id, load_operations
from conformance_strategies import VALUES

MARK = mark_of("build-17")


@lru_cache
def bundled() -> Plan:
    return plan(load_operations(()), VALUES)


def planned(folder: Path, schema: Any) -> Plan:
    """Return the plan of one POST."""
    content = {"application/json": {"schema": schema}}
    post = {
        "requestBody": {"required": True, "content": content},
        "responses": {"201": {"description": "made"}},
    }
    path = folder / "document.json"
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/things": {"post": post}},
    }
    path.write_text(json.dumps(document))
    return plan(operations((load(path),)), VALUES)


def bodies(made: Plan) -> list[bytes]:
    return [case.request.body or b"" for case in made.cases]


def has_placeholder(body: bytes) -> bool:
    return any(placeholder.encode() in body for placeholder in PLACEHOLDERS)


def test_every_placeholder_of_the_bundled_documents_becomes_the_mark() -> None:
    marked = bodies(bundled().marked(MARK))
    assert sum(map(has_placeholder, marked)) == 0
    assert [MARK.encode() in body for body in marked] == [has_placeholder(body) for body in bodies(bundled())]


def test_a_plan_made_with_a_mark_is_the_plan_marked_afterwards() -> None:
    assert plan(load_operations(()), VALUES, mark=MARK) == bundled().marked(MARK)


def test_a_second_mark_finds_no_place_left() -> None:
    """So a plan that stored failures came into may be marked as a whole."""
    marked = bundled().marked(MARK)
    assert marked.marked(mark_of("another")) == marked


def test_but_for_the_bodies_the_plan_stays_as_it_was() -> None:
    """Ids, requirements and labels are those of the document, whatever the run is called."""
    marked = bundled().marked(MARK)
    unmarked = [
        replace(case, request=replace(case.request, body=before.request.body))
        for case, before in zip(marked.cases, bundled().cases, strict=True)
    ]
    assert replace(marked, cases=tuple(unmarked)) == bundled()
    assert [len(body) for body in bodies(marked)] == [len(body) for body in bodies(bundled())]


def test_a_marked_body_is_what_its_case_says_it_is() -> None:
    """Every body is judged by the contract as before, and every witness still tells its misreading."""
    before, after = (_judged(made) for made in (bundled(), bundled().marked(MARK)))
    assert before == after
    assert len(before) > 2000


def _judged(made: Plan) -> dict[tuple[str, str], bool]:
    """Return what contract and own misreadings say of each body, by case and by who says so."""
    told: dict[tuple[str, str], bool] = {}
    for operation in made.operations:
        contract = request_contract(operation)
        assert contract is not None
        mutants = {r.id: made.mutants[r.id] for r in made.requirements if r.id in made.mutants}
        for case in (case for case in made.cases if case.operation == operation.name):
            try:
                body = decode(case.request.body or b"")
            except NotJSONError:
                continue
            told[case.id, "contract"] = contract.accepts(body)
            for requirement in (r for r in case.requirements if r in mutants):
                told[case.id, requirement] = mutants[requirement].compiled().accepts(body)
    return told


def test_valid_bodies_carry_the_mark_wherever_a_plain_text_is_sent() -> None:
    """What is valid without a mark has no text of its own choice: enums, formats, numbers, a text under test."""
    marked = bundled().marked(MARK)
    share = {}
    for operation in marked.operations:
        own = [c for c in marked.cases if c.operation == operation.name and c.intent is Intent.VALID]
        share[operation.name] = sum(MARK.encode() in (c.request.body or b"") for c in own), len(own)
    assert share == {
        "compliance-requests": (149, 220),
        "consent-types": (115, 122),
        "projects": (93, 101),
        "trackers": (151, 166),
    }


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "string"}, "conformance-11f5cf65"),
        ({"type": "string", "minLength": 25}, "conformance-11f5cf65aaaaa"),
        ({"type": "string", "maxLength": 24}, "conformance-11f5cf65"),
        ({"type": "string", "maxLength": 23}, "sample"),
        ({"type": "string", "pattern": "^[a-z0-9-]{1,24}$"}, "conformance-11f5cf65"),
        ({"type": "string", "pattern": "^[a-z0-9-]{1,23}$"}, "aaa"),
        ({"type": "string", "pattern": "^[a-z0-9_]+$"}, "conformance_11f5cf65"),
        ({"type": "string", "pattern": "^x-[a-z0-9-]{3,40}$"}, "x-conformance-11f5cf65"),
        ({"type": "string", "pattern": "^[A-Z]{2}$"}, "AA"),
        ({"type": "string", "enum": ["one"]}, "one"),
        ({"type": "string", "format": "date"}, "2024-02-29"),
    ],
)
def test_a_plain_text_holds_the_mark_where_its_schema_leaves_room(
    tmp_path: Path, schema: dict[str, Any], text: str
) -> None:
    """Never at the bound itself: who misses that by one would refuse whatever else is tested."""
    made = planned(tmp_path, schema).marked(MARK)
    plain = next(c for c in made.cases if c.id == made.preflight["things"])
    assert json.loads(plain.request.body or b"") == text


def test_a_body_that_the_mark_would_change_for_the_contract_stays_as_planned(tmp_path: Path) -> None:
    """A pattern that takes zeros takes no letters: the placeholder is still known by its word."""
    made = planned(tmp_path, {"type": "string", "pattern": "^[a-z]+-0+$"}).marked(MARK)
    plain = next(c for c in made.cases if c.id == made.preflight["things"])
    assert plain.request.body == b'"conformance-00000000"'
    again = next(c for c in made.cases if c.id.endswith("-again"))
    assert again.request == plain.request


def test_a_run_without_a_name_is_named_by_its_documents() -> None:
    everything = load_operations(())
    assert documents_id(everything) == documents_id(tuple(reversed(everything)))
    assert documents_id(everything) != documents_id(everything[:1])
    assert documents_id(everything).startswith("documents-")
