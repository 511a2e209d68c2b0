from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.case import Case, Exchange
from conformance.jsonvalue import MAX_DEPTH
from conformance.judging.checks import Judge
from conformance.judging.explanation import Explanation, explain
from conformance.judging.verdict import RequirementResult, Verdict
from conformance.planning.plan import Plan, plan
from conformance.requirement import ReasonKind
from conformance.rules import RESPONSE_NOT_JSON, RESPONSE_SCHEMA, STATUS_CODE_MISMATCH, Rule
from conformance.session.loading import load_operations
from conformance_strategies import VALUES

SHARED = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "in": {}}}


def document(*statuses: str) -> dict[str, object]:
    """Return a document whose answers hold a schema by reference."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    responses = {status: {"description": "", "content": content} for status in statuses}
    return {
        "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
        "paths": {"/things": {"get": {"responses": responses}}}, "components": {"schemas": {"Thing": SHARED}},
    }  # fmt: skip


def planned(folder: Path, *statuses: str) -> Plan:
    file = folder / "things.json"
    file.write_text(json.dumps(document(*statuses)))
    return plan(load_operations((file,)), VALUES)


def explained(made: Plan, status: int, body: bytes) -> Explanation:
    """Return what is explained where every case gets the same answer."""
    judge = Judge(made.operations)

    def answer(case: Case) -> Exchange:
        return Exchange(case.id, status, (("content-type", "application/json"),), body)

    return explain(made, {case.id: judge.judge(case, answer(case)) for case in made.cases})


def result(made: Plan, found: Explanation, rule: Rule) -> RequirementResult:
    """Return the result of the requirement on answers that a rule guards."""
    (identity,) = (r.id for r in made.requirements if r.guard == rule)
    return next(r for r in found.results if r.requirement == identity)


def test_what_breaks_a_schema_below_a_reference_fails_the_requirement_on_its_answer(tmp_path: Path) -> None:
    """The broken keyword stands in `components`, yet it is the 200 that was promised to obey it."""
    made = planned(tmp_path, "200")
    found = explained(made, 200, b'{"id": "one"}')
    failed = result(made, found, RESPONSE_SCHEMA)
    (finding,) = (f for f in found.findings if f.rule == RESPONSE_SCHEMA.id)
    assert (failed.verdict, finding.requirement_id) == (Verdict.FAILED, failed.requirement)
    assert finding.pointer == "/components/schemas/Thing/properties/id/type"


@pytest.mark.parametrize("body", [b"{", b"<html>"])
def test_what_is_no_json_fails_the_requirement_that_the_body_obeys_its_schema(
    tmp_path: Path, body: bytes
) -> None:
    made = planned(tmp_path, "200")
    found = explained(made, 200, body)
    assert {f.rule for f in found.findings} >= {RESPONSE_NOT_JSON.id}
    assert result(made, found, RESPONSE_SCHEMA).verdict is Verdict.FAILED


def test_an_answer_that_nests_too_deeply_is_not_read(tmp_path: Path) -> None:
    """A limit of ours is no finding: nothing is proven, and the reason says so."""
    made = planned(tmp_path, "200")
    deep = b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1)
    found = explained(made, 200, b'{"id": 1, "in": ' + deep + b"}")
    kept = result(made, found, RESPONSE_SCHEMA)
    assert RESPONSE_NOT_JSON.id not in {f.rule for f in found.findings}
    assert (kept.verdict, kept.reason.kind) == (Verdict.SKIPPED, ReasonKind.NOT_READ)
    assert str(kept.reason) == f"nested more than {MAX_DEPTH} levels deep, which is not read"


def test_an_error_that_no_requirement_stands_for_fails_that_of_its_case(tmp_path: Path) -> None:
    """`default` promises no status in its body, so nothing but the case's own requirement can fail."""
    made = planned(tmp_path, "200", "default")
    found = explained(made, 404, b'{"id": 1, "status": 500}')
    (finding,) = (f for f in found.findings if f.rule == STATUS_CODE_MISMATCH.id)
    failed = {r.requirement for r in found.results if r.verdict is Verdict.FAILED}
    assert finding.requirement_id in failed
