"""What must hold of every run: each way out tells the same verdict, requirement by requirement."""

from __future__ import annotations

import io
from collections.abc import Mapping

from junitparser import Error, Failure, JUnitXml

from conformance.case import Case, Exchange
from conformance.errors import ExitCode
from conformance.judging.checks import Judge
from conformance.judging.gate import Outcome
from conformance.judging.judgement import Judgement
from conformance.judging.verdict import Verdict
from conformance.planning.plan import Plan
from conformance.rules import FindingLevel
from conformance.running.runner import CaseJudged, RunFinished
from conformance.sending.target import Target
from conformance.session.folder import ReportFolder
from conformance.session.recorder import Recorder
from conformance.session.session import Session
from conformance.session.settings import Settings
from conformance.suite.outcome import outcomes
from conformance_reports import WRITERS
from conformance_reports.model import Row, RunReport
from conformance_reports.sarif import sarif
from conformance_reports.summary import summary
from conformance_reports.terminal import verdict_line


def report_of(
    plan: Plan, exchanges: Mapping[str, Exchange], target: Target, fail_on: FindingLevel = FindingLevel.ERROR
) -> RunReport:
    """Return the report of a run in which each case, by id, was answered so."""
    judge = Judge(plan.operations)
    recorder = Recorder(
        Session(settings=Settings(fail_on=fail_on), plan=plan, target=target), ReportFolder(None)
    )
    for index, case in enumerate(plan.cases):
        exchange = exchanges[case.id]
        recorder.on_event(
            CaseJudged(index, case, exchange, _judged(judge, case, exchange), len(exchange.body))
        )
    recorder.on_event(RunFinished(complete=True, judged=len(plan.cases), duration=0.0))
    return recorder.finish()


def _judged(judge: Judge, case: Case, exchange: Exchange) -> Judgement:
    return judge.judge(case, exchange)


def assert_one_verdict(plan: Plan, report: RunReport, target: Target) -> None:
    """Hold table, exit code, JUnit, SARIF, summary, the last line and pytest's tests against each other."""
    gating = [f for f in report.findings if f.level is not FindingLevel.NOTE]
    if report.fail_on is FindingLevel.ERROR:
        gating = [f for f in gating if f.level is FindingLevel.ERROR]
    rows = {row.id: row for row in report.rows}

    # each error finding is of a requirement that failed, and each requirement failed by a finding
    errors = {f.requirement_id for f in report.findings if f.level is FindingLevel.ERROR}
    assert errors <= rows.keys()
    assert {rows[name].verdict for name in errors} <= {Verdict.FAILED}
    failed = {row.id for row in report.rows if row.verdict is Verdict.FAILED}
    assert all(report.findings_of(rows[name]) for name in failed)
    assert all(
        f.level is not FindingLevel.NOTE for name in failed for f in report.findings_of(rows[name])[:1]
    )

    # the tests that fail are those requirements, and each of their findings is among the failures
    failing = {row.id for row in report.rows if report.outcome(row) is Outcome.FAILED}
    assert {f.requirement_id for f in gating} <= failing
    assert bool(failing) is bool(gating)
    if report.fail_on is FindingLevel.ERROR:
        assert failing <= failed

    # exit code and last line
    assert (report.exit_code is ExitCode.FINDINGS) is bool(gating)
    assert verdict_line(report)[1].startswith("does not conform: ") is bool(gating)

    _hold_files(report, failing, gating=bool(gating))
    told = outcomes(plan, target, report, frozenset(rows))["outcomes"]
    assert {name for name, one in told.items() if one["outcome"] == "failed"} == failing
    assert told.keys() == rows.keys()
    undecided = report.exit_code is ExitCode.TARGET
    assert any(one["outcome"] == "errored" for one in told.values()) <= (undecided or bool(gating))


def _hold_files(report: RunReport, failing: set[str], *, gating: bool) -> None:
    names = [_name(report, row) for row in report.rows if row.id in failing]
    assert sorted(_junit(report, Failure)) == sorted(names)
    assert bool(_junit(report, Error)) <= (not report.decided or gating)
    told = summary(report)
    assert told["requirements"]["failed"] == sum(row.verdict is Verdict.FAILED for row in report.rows)
    assert told["exit_code"] == report.exit_code
    assert [f["requirement_id"] for f in told["findings"]] == [f.requirement_id for f in report.findings]
    (run,) = sarif(report)["runs"]
    assert [r["level"] for r in run["results"]] == [f.level.value for f in report.findings]
    assert run["invocations"][0]["exitCode"] == report.exit_code


def _name(report: RunReport, row: Row) -> str:
    same = [other for other in report.rows if other.address == row.address]
    return row.address if len(same) == 1 else f"{row.address} · {row.id}"


def _junit(report: RunReport, kind: type) -> list[str]:
    stream = io.StringIO()
    WRITERS["junit"](report, stream)
    suites = JUnitXml.fromstring(stream.getvalue().encode())
    return [case.name for suite in suites for case in suite if any(isinstance(r, kind) for r in case.result)]
