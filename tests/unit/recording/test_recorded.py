from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from conformance.case import Case, Exchange, Intent, Request
from conformance.errors import DocumentError
from conformance.judging.judgement import Judgement, Violation
from conformance.judging.verdict import Verdict
from conformance.observing.trace import Trace
from conformance.recording.journal import case_line, retry_line
from conformance.recording.recorded import exchange_of, judgement_of
from conformance.rules import ECHO_CHANGED, ID_REPEATED, RESPONSE_SCHEMA, VALID_REJECTED

CASE = Case("c", "op", Intent.VALID, "t", Request("POST", "/"), ("201",), ("r",), VALID_REJECTED)
EXCHANGE = Exchange("c", 201, (("a", "b"), ("a", "c")), b"\xff\x00", 0.25, truncated=True)
TRACE = Trace(
    frozenset({ID_REPEATED, ECHO_CHANGED}),
    (("a/b", "~"), "0" * 16),
    frozenset({"1" * 16}),
    ((("x",), "2" * 16), (("x",), "3" * 16)),
)
JUDGEMENT = Judgement(
    "c", Verdict.FAILED,
    (Violation(VALID_REJECTED, (), "", "201", "400"), Violation(RESPONSE_SCHEMA, ("p", "0"), "answers", "e", "a")),
    "why", 201, TRACE,
)  # fmt: skip


def line(exchange: Exchange = EXCHANGE, judgement: Judgement = JUDGEMENT) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(json.dumps(case_line(CASE, exchange, judgement, 70_000)))
    return stored


def test_exchange_and_judgement_come_back_whole() -> None:
    assert exchange_of(line()) == (EXCHANGE, 70_000)
    assert judgement_of(line()) == JUDGEMENT


def test_a_second_exchange_is_read_like_the_first() -> None:
    again = json.loads(json.dumps(retry_line(CASE, EXCHANGE, JUDGEMENT, 2)))
    assert (exchange_of(again), judgement_of(again)) == ((EXCHANGE, 2), JUDGEMENT)


def test_no_answer_leaves_no_trace() -> None:
    silent = Exchange("c", 0, failure="gone")
    nothing = Judgement("c", Verdict.ERRORED, reason="no answer: gone")
    assert line(silent, nothing)["trace"] == {}
    assert judgement_of(line(silent, nothing)) == nothing


def test_indexes_are_read_as_texts() -> None:
    broken = replace(JUDGEMENT, violations=(Violation(RESPONSE_SCHEMA, ("anyOf", 0), "answers", "e", "a"),))
    assert judgement_of(line(judgement=broken)).violations[0].pointer == ("anyOf", "0")


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "fine"}, {"violations": [{"rule": "no-such-rule"}]}, {"violations": [7]}, {"trace": []},
        {"trace": {"made": ["no pointer", "x"]}}, {"trace": {"foreign": [["/a"]]}}, {"response": None},
    ],
)  # fmt: skip
def test_an_outcome_that_no_run_wrote_is_a_document_error(changes: dict[str, Any]) -> None:
    with pytest.raises(DocumentError, match="'c'"):
        judgement_of(line() | changes)


@pytest.mark.parametrize(
    "changes", [{"status": "x"}, {"body": {"zlib": "!"}}, {"headers": [["a"]]}, {"bytes": None}]
)
def test_an_answer_that_no_run_wrote_is_a_document_error(changes: dict[str, Any]) -> None:
    stored = line()
    with pytest.raises(DocumentError, match="'c'"):
        exchange_of(stored | {"response": stored["response"] | changes})
