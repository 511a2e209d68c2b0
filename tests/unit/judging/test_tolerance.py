from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.case import Case, Exchange, Intent, Request
from conformance.judging.checks import Judge
from conformance.judging.explanation import explain
from conformance.judging.judgement import Judgement
from conformance.judging.tolerance import TolerantJudge, exercised
from conformance.judging.verdict import Verdict
from conformance.planning.plan import Plan, plan
from conformance.rules import INVALID_ACCEPTED, OPEN_BEHAVIOUR, STATUS_UNDOCUMENTED, VALID_REJECTED
from conformance_strategies import VALUES
from tests.unit.documents import TEXT, operation

ERROR = {"type": "object", "required": ["message"], "properties": {"message": TEXT}}
OPERATION = operation(TEXT, {"201": None, "400": None, "404": ERROR})
ACCEPTED = "409 accepted by conformance.toml"
RULES = {Intent.VALID: VALID_REJECTED, Intent.INVALID: INVALID_ACCEPTED, Intent.OPEN: OPEN_BEHAVIOUR}


def judged(status: int, accept: dict[str, tuple[str, ...]], intent: Intent, body: Any = None) -> Judgement:
    expected = {Intent.VALID: ("201",), Intent.INVALID: ("400",), Intent.OPEN: ("201", "400")}[intent]
    case = Case(
        "c", "things", intent, "t", Request("POST", "/things"), expected, (), RULES[intent], reason="r"
    )
    headers = (("content-type", "application/json"),)
    exchange = Exchange("c", status, headers, b"" if body is None else json.dumps(body).encode())
    return TolerantJudge((OPERATION,), accept).judge(case, exchange)


@pytest.mark.parametrize("accept", [{"things": ("409",)}, {"t*": ("401", "4XX")}, {"POST /things": ("409",)}])
@pytest.mark.parametrize("intent", [Intent.VALID, Intent.INVALID])
def test_an_accepted_status_is_neither_finding_nor_pass(
    accept: dict[str, tuple[str, ...]], intent: Intent
) -> None:
    judgement = judged(409, accept, intent)
    assert (judgement.verdict, judgement.violations, judgement.reason) == (Verdict.SKIPPED, (), ACCEPTED)


@pytest.mark.parametrize("intent", list(Intent))
@pytest.mark.parametrize("status", [201, 400, 500, 0])
def test_what_the_document_says_of_a_status_and_every_5xx_stay_as_they_are(
    intent: Intent, status: int
) -> None:
    plain = judged(status, {}, intent)
    wide = judged(status, {"*": ("4XX", "3XX")}, intent)
    decided_by_the_document = status != 400 or intent is not Intent.VALID
    assert (wide == plain) is decided_by_the_document


def test_an_accepted_status_of_another_operation_changes_nothing() -> None:
    assert judged(409, {"other": ("409",)}, Intent.VALID) == judged(409, {}, Intent.VALID)


def test_an_accepted_answer_still_owes_its_documented_body() -> None:
    judgement = judged(404, {"things": ("404",)}, Intent.INVALID, body={})
    at = ("paths", "/things", "post", "responses", "404", "content", "application/json", "schema")
    assert [(v.rule.id, v.pointer[: len(at)]) for v in judgement.violations] == [("response-schema", at)]
    assert judgement.verdict is Verdict.SKIPPED


def test_an_open_case_stays_open_and_an_undocumented_status_is_no_finding_of_it() -> None:
    told = judged(409, {}, Intent.OPEN)
    kept = judged(409, {"things": ("409",)}, Intent.OPEN)
    assert {violation.rule.id for violation in told.violations} == {"status-undocumented"}
    assert (kept.verdict, kept.violations, kept.reason) == (Verdict.PASSED, (), told.reason)


def whole(status: int) -> tuple[Plan, dict[str, Judgement]]:
    """Judge a plan of which every valid case is answered with `status`, every other one as it should be."""
    made = plan((OPERATION,), VALUES)
    judge = TolerantJudge((OPERATION,), {"things": (str(status),)})
    usual = {case.id: int(case.expected[0].replace("X", "0")) for case in made.cases}
    given = usual | {case.id: status for case in made.cases if case.intent is Intent.VALID}
    return made, {case.id: judge.judge(case, Exchange(case.id, given[case.id])) for case in made.cases}


def test_what_rests_on_accepted_answers_is_skipped_and_that_every_status_is_documented_too() -> None:
    made, judgements = whole(409)
    conclusion = explain(made, judgements)
    valid = {r for case in made.cases if case.intent is Intent.VALID for r in case.requirements}
    documented = {r.id for r in made.requirements if r.guard == STATUS_UNDOCUMENTED}
    told = {(r.requirement, r.verdict) for r in conclusion.results if str(r.reason) == ACCEPTED}
    assert conclusion.findings == ()
    assert told == {(requirement, Verdict.SKIPPED) for requirement in valid | documented}


def test_an_operation_whose_valid_cases_are_all_merely_accepted_is_not_exercised() -> None:
    made, judgements = whole(409)
    assert exercised(made.cases, judgements) == frozenset()
    valid = next(case for case in made.cases if case.intent is Intent.VALID)
    judgements[valid.id] = Judge((OPERATION,)).judge(valid, Exchange(valid.id, 201))
    assert exercised(made.cases, judgements) == frozenset({"things"})
