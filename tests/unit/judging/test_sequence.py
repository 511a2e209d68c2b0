from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.case import Case, Exchange, Intent, Request
from conformance.jsonvalue import encode
from conformance.judging.checks import Judge
from conformance.judging.judgement import Judgement
from conformance.judging.sequence import across
from conformance.observing.trace import NO_TRACE
from conformance.rules import VALID_REJECTED
from tests.unit.documents import TEXT, operation

MADE = {"type": "object", "properties": {"id": {"type": "integer"}, "text": TEXT, "note": TEXT}}
OPERATION = operation(
    {"type": "object", "properties": {"text": TEXT, "note": TEXT}}, {"201": MADE, "200": MADE}
)
ONE, TWO = "the first one's own text", "quite another writing"


def case(name: str, body: Any, intent: Intent = Intent.VALID) -> Case:
    request = Request("POST", "/things", body=encode(body))
    return Case(name, "things", intent, "t", request, ("201", "200"), (), VALID_REJECTED)


def told(*exchanges: tuple[Case, Any], status: int = 201) -> set[tuple[str, str, str, str]]:
    """Return case, rule, member and what was seen of every violation."""
    judge = Judge([OPERATION])
    judgements: dict[str, Judgement] = {}
    for a_case, answer in exchanges:
        exchange = Exchange(a_case.id, status, (("content-type", "application/json"),), encode(answer))
        judgements[a_case.id] = judge.judge(a_case, exchange)
    found = across([c for c, _ in exchanges], judgements)
    return {(n, v.rule.id, str(v.pointer[-1]), v.actual) for n, j in found.items() for v in j.violations}


A, B, C = case("a", {"text": ONE}), case("b", {"text": TWO}), case("c", {"note": ""})


def test_an_id_given_twice_names_both_cases() -> None:
    exchanges = [(A, {"id": 1}), (B, {"id": 2}), (C, {"id": 1.0})]
    assert told(*exchanges) == set()  # 1 and 1.0 are written differently, so no more is claimed
    assert told((A, {"id": 1}), (B, {"id": 2}), (C, {"id": 1})) == {
        ("c", "id-repeated", "id", "the id that a was given, too")
    }


def test_the_same_request_may_be_given_the_same_id() -> None:
    assert told((A, {"id": 1}), (replace(A, id="a-again"), {"id": 1})) == set()


def test_only_creations_have_ids_of_their_own() -> None:
    assert told((A, {"id": 1}), (B, {"id": 1}), status=200) == set()


def test_an_id_against_its_schema_is_that_alone() -> None:
    rules = {rule for _, rule, _, _ in told((A, {"id": "x"}), (B, {"id": "x"}))}
    assert rules == {"response-schema"}


def test_what_one_request_sent_in_the_answer_to_another_is_a_leak_and_no_change() -> None:
    assert told((A, {"text": ONE}), (B, {"text": ONE})) == {
        ("b", "answer-leaks", "text", "what a sent there")
    }


def test_a_leak_shows_in_a_member_that_was_not_sent_and_before_its_owner_too() -> None:
    assert told((C, {"text": ONE}), (A, {"text": ONE})) == {
        ("c", "answer-leaks", "text", "what a sent there")
    }


def test_a_leaking_member_is_told_as_that_alone_in_every_case() -> None:
    other = case("d", {"text": "now something else"})
    found = told((A, {"text": ONE}), (B, {"text": ONE}), (other, {"text": "nobody's own words"}))
    assert {rule for _, rule, _, _ in found} == {"answer-leaks"}


def test_the_owner_of_a_text_need_not_have_been_told_it_back() -> None:
    assert told((A, {}), (B, {"text": ONE})) == {("b", "answer-leaks", "text", "what a sent there")}


def test_a_text_that_two_requests_sent_or_nobody_is_no_leak() -> None:
    twin = case("twin", {"text": ONE, "note": ""})
    assert {rule for _, rule, _, _ in told((A, {}), (twin, {}), (B, {"text": ONE}))} == {"echo-changed"}
    assert {rule for _, rule, _, _ in told((A, {}), (B, {"text": "nobody's own words"}))} == {"echo-changed"}


def test_a_request_the_document_does_not_allow_says_nothing_of_ids_or_texts() -> None:
    wrong = case("w", {"text": ONE}, Intent.INVALID)
    assert told((wrong, {"id": 1}), (B, {"id": 1, "text": TWO})) == set()


def test_where_the_contract_is_unclear_only_the_id_is_looked_at() -> None:
    unclear = case("o", {"text": "words of doubtful form"}, Intent.OPEN)
    assert told((unclear, {"id": 1, "text": TWO})) == set()
    assert {rule for _, rule, _, _ in told((A, {"id": 1}), (unclear, {"id": 1}))} == {"id-repeated"}


def test_traces_hold_no_text_and_no_id() -> None:
    exchange = Exchange("a", 201, (("content-type", "application/json"),), encode({"id": 7777, "text": ONE}))
    trace = Judge([OPERATION]).judge(A, exchange).trace
    assert trace != NO_TRACE
    assert ONE not in repr(trace)
    assert "7777" not in repr(trace)


@pytest.mark.parametrize("reverse", [False, True])
def test_the_order_of_answers_means_nothing(reverse: bool) -> None:
    judge = Judge([OPERATION])
    pairs = [(A, {"id": 1, "text": TWO}), (B, {"id": 1, "text": TWO})]
    judgements = {}
    for a_case, answer in reversed(pairs) if reverse else pairs:
        exchange = Exchange(a_case.id, 201, (("content-type", "application/json"),), encode(answer))
        judgements[a_case.id] = judge.judge(a_case, exchange)
    found = across([A, B], judgements)
    assert [v.rule.id for v in found["a"].violations] == ["answer-leaks"]
    assert [v.rule.id for v in found["b"].violations] == ["id-repeated"]
