from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from conformance.case import Case, Exchange, Intent, Request
from conformance.jsonvalue import encode
from conformance.judging.checks import Judge
from conformance.judging.explanation import explain
from conformance.judging.judgement import Judgement
from conformance.judging.tolerance import TolerantJudge
from conformance.judging.verdict import Finding, Verdict
from conformance.planning.answers import answer_requirements
from conformance.planning.plan import Plan
from conformance.rules import VALID_REJECTED, FindingLevel
from conformance.running.flaky import MAX_RETRIES, marked, retry, suspects
from conformance.running.runner import CaseRetried
from conformance.sending.target import Secret, Target
from tests.unit.documents import TEXT, operation

OPERATION = operation(
    {"properties": {"text": TEXT}}, {"201": {"properties": {"text": TEXT, "id": {"type": "integer"}}}}
)


def case(name: str, body: Any = None) -> Case:
    request = Request("POST", "/things", body=encode({} if body is None else body))
    return Case(name, "things", Intent.VALID, "t", request, ("201",), (), VALID_REJECTED)


def answer(name: str, body: Any, status: int = 201) -> Exchange:
    return Exchange(name, status, (("content-type", "application/json"),), encode(body))


def finding(case_id: str, rule: str = "valid-rejected") -> Finding:
    return Finding(rule, FindingLevel.ERROR, "things", "r", "/p", "accepts", "201", "400", case_id)


def flaky(rule: str, cases: list[Case], first: list[Exchange], again: Exchange) -> list[bool]:
    """Return, for each finding of the rule, whether the second answer to its case lets it be flaky."""
    judge = TolerantJudge([OPERATION], {"things": ("418",)})
    judgements = {c.id: judge.judge(c, e) for c, e in zip(cases, first, strict=True)}
    plan = Plan((OPERATION,), (), tuple(replace(c, requirements=()) for c in cases), {})
    found = [f for f in _findings(plan, judgements) if f.rule == rule]
    second = {again.case: judge.judge(next(c for c in cases if c.id == again.case), again)}
    return [f.flaky for f in marked(found, cases, judgements, second)]


def _findings(plan: Plan, judgements: dict[str, Judgement]) -> list[Finding]:
    requirements = tuple(answer_requirements(OPERATION))
    cases = tuple(replace(c, requirements=(requirements[0].id,)) for c in plan.cases)
    return list(explain(replace(plan, requirements=requirements, cases=cases), judgements).findings)


def test_a_finding_that_the_second_answer_does_not_show_is_flaky() -> None:
    cases = [case("a"), case("b")]
    first = [answer("a", {}, 500), answer("b", {})]
    assert flaky("server-error", cases, first, answer("a", {})) == [True]
    assert flaky("server-error", cases, first, answer("a", {}, 500)) == [False]


def test_another_rule_broken_instead_is_flaky_all_the_same() -> None:
    cases = [case("a", {"text": "x"}), case("b")]
    first = [answer("a", {"text": "y"}), answer("b", {})]
    assert flaky("echo-changed", cases, first, answer("a", {"text": 1})) == [True]
    assert flaky("echo-changed", cases, first, answer("a", {"text": "z"})) == [False]


def test_a_second_answer_that_decides_nothing_leaves_the_finding_as_it_was() -> None:
    cases = [case("a"), case("b")]
    first = [answer("a", {}, 500), answer("b", {})]
    for nothing in (Exchange("a", 0, failure="gone"), answer("a", {}, 429), answer("a", {}, 418)):
        assert flaky("server-error", cases, first, nothing) == [False]


def test_what_several_exchanges_show_is_looked_for_among_all_of_them_again() -> None:
    cases = [case("a"), case("b", {"text": ""})]
    first = [answer("a", {"id": 1}), answer("b", {"id": 1})]
    assert flaky("id-repeated", cases, first, answer("b", {"id": 2})) == [True]
    assert flaky("id-repeated", cases, first, answer("b", {"id": 1})) == [False]


def test_a_finding_whose_case_was_not_sent_again_is_not_called_flaky() -> None:
    assert [f.flaky for f in marked([finding("a")], [case("a")], {}, {})] == [False]


@dataclass
class Fake:
    """A sender whose answers a test writes; it keeps what it was asked to send."""

    answer: Callable[[Case], Exchange]
    sent: list[str]
    target: Target = Target("http://h", key=Secret("hunter2"))  # noqa: RUF009 -- frozen

    async def send(self, case: Case) -> Exchange:
        """Return the test's answer."""
        self.sent.append(case.id)
        return self.answer(case)


class Agreeable:
    """A judge that passes whatever has a status."""

    def judge(self, case: Case, exchange: Exchange) -> Judgement:
        """Pass every answer."""
        return Judgement(
            case.id, Verdict.PASSED if exchange.status else Verdict.ERRORED, reason=exchange.failure
        )


def retried(
    number: int, findings: list[Finding], give: Callable[[Case], Exchange]
) -> tuple[list[str], list[CaseRetried]]:
    cases = tuple(case(f"c{n}") for n in range(number))
    events: list[CaseRetried] = []
    sender = Fake(give, [])
    asyncio.run(retry(Plan((), (), cases, {}), findings, sender, Agreeable(), events.append))
    return sender.sent, events


def test_each_case_with_a_finding_is_sent_once_more_and_told_with_secrets_masked() -> None:
    findings = [finding("c2"), finding("c0"), finding("c2", "response-schema")]
    sent, events = retried(3, findings, lambda c: Exchange(c.id, 200, body=b"key hunter2"))
    assert sent == ["c2", "c0"] == [event.case.id for event in events]
    assert {(event.exchange.body, event.answer_bytes) for event in events} == {(b"key ***", 11)}


def test_others_are_sent_again_after_those_of_the_findings_and_once() -> None:
    cases = tuple(case(f"c{n}") for n in range(4))
    sender = Fake(lambda c: Exchange(c.id, 200), [])
    plan = Plan((), (), cases, {})
    asyncio.run(retry(plan, [finding("c2")], sender, Agreeable(), lambda _: None, also=["c1", "c2", "c3"]))
    assert sender.sent == ["c2", "c1", "c3"]


def test_every_case_that_breaks_a_rule_is_suspect_those_beside_others_too() -> None:
    cases = [case("a"), case("b", {"text": ""}), case("c", {"text": "x"}), case("d", {"text": "y"})]
    answers = [answer("a", {"id": 1}), answer("b", {"id": 1}), answer("c", {}, 500)]
    judge = Judge([OPERATION])
    judgements = {e.case: judge.judge(c, e) for c, e in zip(cases, answers, strict=False)}
    assert suspects(cases, judgements) == ["b", "c"]


def test_without_findings_nothing_is_sent() -> None:
    assert retried(3, [], lambda c: Exchange(c.id, 200)) == ([], [])


def test_no_more_cases_than_the_bound_are_sent_again() -> None:
    sent, _ = retried(300, [finding(f"c{n}") for n in range(300)], lambda c: Exchange(c.id, 200))
    assert len(sent) == MAX_RETRIES == 200


@pytest.mark.parametrize("nothing", [Exchange("c", 0, failure="gone"), Exchange("c", 429)])
def test_a_target_that_is_gone_or_refuses_is_not_waited_for_again_and_again(nothing: Exchange) -> None:
    findings = [finding(f"c{n}") for n in range(9)]
    sent, events = retried(9, findings, lambda c: replace(nothing, case=c.id))
    assert (sent, len(events)) == (["c0", "c1", "c2"], 2)
