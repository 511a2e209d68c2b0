"""What the target's behaviour is summed up as."""

from __future__ import annotations

from conformance.case import Intent
from conformance.judging.verdict import Verdict
from conformance_reports.cases import CaseRow
from conformance_reports.history import Point
from conformance_reports.html.figures import (
    MAX_CURVES,
    SHARES,
    Latency,
    curves,
    latencies,
    percentile,
    slowest,
    statuses,
    trend,
)


def row(n: int, status: int = 200, operation: str = "t") -> CaseRow:
    """Return a case that took so many milliseconds."""
    verdict = Verdict.FAILED if n == 3 else Verdict.PASSED
    return CaseRow(f"c-{n}", operation, Intent.VALID, "", (), verdict, status, n / 1000)


ROWS = [row(3), row(1), row(2), row(4, status=0)]


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [1.0, 2.0, 3.0, 4.0]
    assert [percentile(values, share) for share in (0, 25, 50, 51, 100)] == [1.0, 1.0, 2.0, 3.0, 4.0]


def test_latencies_are_those_of_answers() -> None:
    assert latencies(ROWS) == [Latency("t", "valid", 3, 2.0, 3.0, 3.0, 3.0)]


def test_statuses_are_counted_and_no_answer_is_one_of_them() -> None:
    assert statuses(ROWS) == {"t": {0: 1, 200: 3}}


def test_the_slowest_come_first() -> None:
    assert [one.id for one in slowest([row(n) for n in range(20)])] == [f"c-{n}" for n in range(19, 9, -1)]


def test_curves_are_by_name_and_the_line_is_in_order_of_the_cases() -> None:
    drawn = curves(ROWS)
    assert drawn["line"] == [3.0, 1.0, 2.0, 4.0]
    assert drawn["failed"] == [0]
    assert [len(curve) for curve in drawn["operations"].values()] == [len(SHARES)]
    many = curves([row(1, operation=f"o{n}") for n in range(99)])
    assert len(many["operations"]) == MAX_CURVES


def test_an_incomplete_run_is_a_gap_in_the_row_and_no_improvement() -> None:
    runs = [Point("a", "", True, 1, 5, 0, 2, 3, 10), Point("b", "", False, 3, 0, 0, 0, 0, 0)]
    assert trend(runs) == {"runs": ["a", "b"], "findings": [5, None], "failed": [3, None]}
