"""Cases as a page shows them: what is cut, what is kept, and how it is opened again."""

from __future__ import annotations

import json

import pytest

from conformance.case import Case, Exchange, Intent, Request
from conformance.judging.judgement import Judgement
from conformance.judging.verdict import Verdict
from conformance.rules import VALID_REJECTED
from conformance_reports.cases import CHUNK, MAX_SHOWN, Bodies, CaseBook, CaseRow, shown


def book(number: int) -> CaseBook:
    """Return a book of so many cases."""
    kept = CaseBook()
    for n in range(number):
        request = Request("POST", "/t", body=b"%d" % n)
        case = Case(f"c-{n}", "t", Intent.VALID, "a case", request, ("200", "201"), ("r1",), VALID_REJECTED)
        exchange = Exchange(case.id, 201, (("content-type", "application/json"),), b"{}", 0.0123456789)
        kept.add(case, exchange, Judgement(case.id, Verdict.PASSED), 7)
    return kept


def test_a_case_is_a_row_and_its_bodies_are_opened_by_its_id() -> None:
    kept = book(2 * CHUNK + 1)
    last = f"c-{2 * CHUNK}"
    assert kept.rows[1] == CaseRow("c-1", "t", Intent.VALID, "a case", ("r1",), Verdict.PASSED, 201, 0.012346)
    assert kept.bodies(["c-1", last, "unknown"]) == {
        "c-1": Bodies("200 or 201", "1", 1, "{}", 7, "application/json", ""),
        last: Bodies("200 or 201", "200", 3, "{}", 7, "application/json", ""),
    }
    assert len(list(kept.chunks())) == 3


def test_no_body_and_no_answer_are_told_from_empty_ones() -> None:
    kept = CaseBook()
    case = Case(
        "c", "t", Intent.OPEN, "", Request("GET", "/t"), ("2XX",), (), VALID_REJECTED, reason="unclear"
    )
    kept.add(case, Exchange("c", 0, failure="refused\x1b"), Judgement("c", Verdict.ERRORED), 0)
    assert kept.bodies(["c"]) == {"c": Bodies("2XX", "", -1, "", -1, "", "refused\\u001b")}
    assert kept.rows[0].reason == "unclear"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"a" :1.0,"a":2}', '{"a" :1.0,"a":2}'),
        (b"\xff\x00", "\\xff\x00"),
        (b"x" * 9999, "x" * MAX_SHOWN + "…"),
        (json.dumps({"n": ["y" * 5000]}).encode(), '{"n": ["' + "y" * 40 + '… (5,000 characters)"]}'),
        (b"[" * 100_000, "[" * MAX_SHOWN + "…"),
    ],
)
def test_a_short_body_is_shown_as_it_was_and_a_long_one_is_cut_where_that_hurts_least(
    body: bytes, text: str
) -> None:
    assert shown(body) == text
