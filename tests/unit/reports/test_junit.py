from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
import xmlschema
from junitparser import Error, Failure, JUnitXml, Skipped

from conformance.errors import ExitCode
from conformance.judging.verdict import Verdict
from conformance.rules import FindingLevel
from conformance_reports import WRITERS
from conformance_reports.model import Row, RunReport
from conformance_reports.text import visible
from tests.unit.reports.samples import BASELINE, FINDING, HOSTILE, REPORT, report

SCHEMA = xmlschema.XMLSchema(Path(__file__).parents[2] / "schemas" / "junit-10.xsd")

INCOMPLETE = report(complete=False, exit_code=ExitCode.TARGET, stopped="interrupted", planned=9)
ACCEPTED = report(
    exit_code=ExitCode.CONFORMS, findings=(replace(FINDING, baselined=True),), baseline=BASELINE
)
NOTE = replace(FINDING, level=FindingLevel.NOTE, rule="open-behaviour", requirement_id="r1")


def written(told: RunReport) -> str:
    stream = io.StringIO()
    WRITERS["junit"](told, stream)
    return stream.getvalue()


def outcomes(told: RunReport) -> dict[str, list[tuple[str, list[tuple[type, str]]]]]:
    """Return what junitparser reads: by suite, each case's name with its results and their messages."""
    return {
        suite.name: [
            (
                case.name,
                [(type(result), result.message) for result in case.result if not isinstance(result, str)],
            )
            for case in suite
        ]
        for suite in JUnitXml.fromstring(written(told).encode())
    }


@pytest.mark.parametrize(
    "told",
    [REPORT, HOSTILE, INCOMPLETE, ACCEPTED, report(rows=(), requests={}), report(duration=12345.6789)],
    ids=["sample", "hostile", "incomplete", "accepted", "empty", "long"],
)
def test_it_is_what_the_published_schema_says(told: RunReport) -> None:
    SCHEMA.validate(written(told))


def test_a_consumer_reads_each_requirement_with_its_verdict() -> None:
    assert outcomes(REPORT) == {
        "trackers": [
            ("trackers · body/name · minLength 1 · accepts 1", []),
            (
                "trackers · body/name · minLength 1 · rejects 0",
                [(Failure, "invalid-accepted: the server must reject what the document forbids")],
            ),
        ],
        "projects": [
            ("projects · a", [(Skipped, "no 403 was answered")]),
            ("projects · b", [(Skipped, "no 403 was answered")]),
            ("projects · c", [(Error, "no answer")]),
        ],
    }


def test_the_totals_add_up() -> None:
    read = JUnitXml.fromstring(written(REPORT).encode())
    assert (read.tests, read.failures, read.errors, read.time) == (5, 1, 1, 2.06)
    assert [(s.name, s.tests, s.failures, s.errors, s.skipped) for s in read] == [
        ("trackers", 2, 1, 0, 0),
        ("projects", 3, 0, 1, 2),
    ]


def test_a_failure_says_all_of_its_finding() -> None:
    (case,) = [
        case for suite in JUnitXml.fromstring(written(REPORT).encode()) for case in suite if case.is_failure
    ]
    (failure,) = case.result
    assert failure.type == "invalid-accepted"
    assert [line.split()[0] for line in failure.text.splitlines()] == [
        "error", "Requirement", "Expected", "Actual", "Case", "curl",
    ]  # fmt: skip


def test_findings_of_one_requirement_are_one_failure() -> None:
    told = report(findings=(FINDING, replace(FINDING, rule="server-error")))
    assert outcomes(told)["trackers"][1][1] == [(Failure, "invalid-accepted, server-error")]


def test_requirements_of_one_address_are_told_apart_by_their_ids() -> None:
    rows = tuple(Row(identity, "trackers", "the same", Verdict.PASSED) for identity in ("r1", "r2"))
    assert outcomes(report(rows=rows, findings=()))["trackers"] == [
        ("the same · r1", []),
        ("the same · r2", []),
    ]


def test_where_the_run_conforms_what_an_accepted_finding_leaves_undecided_is_skipped() -> None:
    assert outcomes(ACCEPTED)["projects"][2] == ("projects · c", [(Skipped, "no answer")])


@pytest.mark.parametrize(
    ("told", "result"),
    [
        (REPORT, (Failure, "another finding explains it: 400")),
        (ACCEPTED, (Skipped, "accepted: invalid-accepted: a known bug (Ada, until 2027-01-01)")),
    ],
)
def test_what_failed_with_another_requirements_finding_says_so(
    told: RunReport, result: tuple[type, str]
) -> None:
    also = Row("r6", "trackers", "trackers · also", Verdict.FAILED, "400", explained_by="r2")
    assert outcomes(replace(told, rows=(*told.rows, also)))["trackers"][-1][1] == [result]


def test_what_could_not_be_decided_for_a_finding_is_skipped() -> None:
    also = Row("r6", "trackers", "trackers · also", Verdict.ERRORED, "not decided", explained_by="r2")
    assert outcomes(report(rows=(*REPORT.rows, also)))["trackers"][-1][1] == [(Skipped, "not decided")]


@pytest.mark.parametrize(("level", "kinds"), [(FindingLevel.ERROR, []), (FindingLevel.WARNING, [Failure])])
def test_a_warning_is_a_failure_where_the_gate_fails_for_warnings(
    level: FindingLevel, kinds: list[type]
) -> None:
    """As for the exit code, and what passes for it is shown all the same."""
    warning = replace(FINDING, level=FindingLevel.WARNING)
    told = report(findings=(warning,), fail_on=level)
    assert [kind for kind, _ in outcomes(told)["trackers"][1][1]] == kinds
    assert "warning invalid-accepted" in written(told)


def test_what_the_baseline_accepts_is_skipped() -> None:
    message = "accepted: invalid-accepted: a known bug (Ada, until 2027-01-01)"
    assert outcomes(ACCEPTED)["trackers"][1][1] == [(Skipped, message)]


def test_a_note_is_no_failure() -> None:
    told = report(findings=(FINDING, NOTE))
    assert outcomes(told)["trackers"][0][1] == []
    assert "note open-behaviour" in written(told)


@pytest.mark.parametrize(("finding", "kinds"), [(FINDING, [Failure]), (NOTE, [])])
def test_a_finding_of_no_listed_requirement_is_a_case_of_its_own(finding: object, kinds: list[type]) -> None:
    loose = replace(finding, requirement="a random body", requirement_id="")  # type: ignore[type-var]
    name, results = outcomes(report(findings=(loose,)))["trackers"][-1]
    assert (name, [kind for kind, _ in results]) == ("a random body", kinds)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (INCOMPLETE, "incomplete: interrupted; 5 of 9 cases sent"),
        (
            report(
                exit_code=ExitCode.NOTHING_EXERCISED, rows=(Row("r", "trackers", "a", Verdict.SKIPPED, "w"),)
            ),
            "nothing was exercised: no requirement was decided, 5 requests in 2.1 s",
        ),
    ],
)
def test_a_run_without_a_verdict_is_an_error_of_its_own(told: RunReport, message: str) -> None:
    assert outcomes(told)["run"] == [("the run is complete and has a verdict", [(Error, message)])]


def test_what_xml_cannot_hold_is_escaped() -> None:
    text = written(HOSTILE)
    assert not set("\x00\x07\x1b\ufffe\u202e\ud800") & set(text)
    names = [case.name for suite in JUnitXml.fromstring(text.encode()) for case in suite]
    address = visible(HOSTILE.rows[0].address)
    assert names == [
        *(f"{address} · {row.id}" for row in HOSTILE.rows),
        "the run is complete and has a verdict",
    ]
