"""What a run shows that an earlier one did not, and a row of runs."""

from __future__ import annotations

from dataclasses import replace

from conformance.errors import ExitCode
from conformance.judging.verdict import Verdict
from conformance_reports.comparing import since, trend
from conformance_reports.history import Point, Turn
from tests.unit.reports.samples import FINDING, REPORT, report

OTHER = replace(FINDING, pointer="/other")
ELSEWHERE = replace(FINDING, operation="gone")


def test_findings_are_new_gone_or_still_there_by_their_fingerprints() -> None:
    before = report(findings=(FINDING, OTHER), started="t0")
    told = since(before, report(findings=(replace(FINDING, actual="500"), replace(FINDING, rule="x"))), "old")
    assert (told.run, told.started) == ("old", "t0")
    assert told.still == {FINDING.fingerprint}
    assert told.new == {replace(FINDING, rule="x").fingerprint}
    assert (told.gone, told.unknown) == ((OTHER,), ())


def test_what_a_run_could_not_show_is_not_gone() -> None:
    before = report(findings=(OTHER, ELSEWHERE))
    whole, shard, stopped = (
        report(findings=()),
        report(findings=(), shard="1/2"),
        report(findings=(), complete=False),
    )
    told = [since(before, after, "") for after in (whole, shard, stopped)]
    assert [(one.gone, one.unknown) for one in told] == [
        ((OTHER,), (ELSEWHERE,)), ((), (OTHER, ELSEWHERE)), ((), (OTHER, ELSEWHERE)),
    ]  # fmt: skip


def test_requirements_whose_verdict_turned_are_named() -> None:
    first, *rest = REPORT.rows
    after = report(rows=(replace(first, verdict=Verdict.FAILED), *rest, replace(first, id="new")))
    assert since(REPORT, after, "").turns == (Turn("r1", first.address, Verdict.PASSED, Verdict.FAILED),)


def test_a_row_of_runs_is_in_the_order_of_time() -> None:
    accepted = report(started="2", findings=(FINDING, replace(OTHER, baselined=True)))
    later = report(started="3", findings=(), rows=(), complete=False, exit_code=ExitCode.TARGET)
    assert trend([("b", later), ("a", accepted)]) == (
        Point("a", "2", True, 1, 1, 1, 1, 1, 5),
        Point("b", "3", False, 3, 0, 0, 0, 0, 0),
    )
