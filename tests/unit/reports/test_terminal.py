from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest

from conformance.errors import ExitCode
from conformance.judging.verdict import Verdict
from conformance.observing.response_coverage import Unseen
from conformance.rules import FindingLevel
from conformance_reports import WRITERS
from conformance_reports.baseline import BaselineReport
from conformance_reports.model import Holds, Row
from conformance_reports.terminal import plain_lines, verdict_line
from tests.unit.reports.samples import ACCEPTANCE, FINDING, REPORT, report

PASSED = (Row("r1", "trackers", "a", Verdict.PASSED),)
SKIPPED = Row("r2", "trackers", "b", Verdict.SKIPPED, "why")
WARNING = replace(FINDING, level=FindingLevel.WARNING)


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


def test_without_a_terminal_the_whole_report_is_plain_lines() -> None:
    stream = io.StringIO()
    WRITERS["terminal"](REPORT, stream)
    assert (
        stream.getvalue()
        == """\
operation              requirements   passed   failed  errored  skipped requests
trackers                          2        1        1        0        0        3
projects                          3        0        0        1        2        2
total                             5        1        1        1        2        5

error invalid-accepted: the server must reject what the document forbids
  Requirement trackers · body/name · minLength 1 · rejects 0
  Expected    400 or 422
  Actual      201
  Case        c-2 (finding 6e3ccf0eea0edc13)
  curl        curl -X POST http://h/t --data-binary '{"name":""}' %s

skipped      2 × no 403 was answered
errored      1 × no answer
never seen from trackers: 403, 201 body/a, 201 body/b(2)

does not conform: 1 finding (1 error), 5 requests in 2.1 s
"""
        % ("x" * 100)
    )


@pytest.mark.parametrize(
    ("held", "lines"),
    [
        (Holds(), []),
        (Holds(1, 60.0), ["held back: 1 request refused for the pace and sent again"]),
        (
            Holds(6, 86_400.0),
            [
                "held back: 6 requests refused for the pace and sent again; the target asked for",
                "  a wait of 86,400 s, but none is longer than 60 s",
            ],
        ),
    ],
)
def test_what_the_target_held_back_is_told_and_a_wait_that_was_cut(held: Holds, lines: list[str]) -> None:
    told = list(plain_lines(report(held=held, unseen={})))
    assert told[told.index("errored      1 × no answer") + 1 : -2] == lines


def test_a_finding_that_comes_and_goes_says_so() -> None:
    stream = io.StringIO()
    WRITERS["terminal"](report(findings=(replace(FINDING, flaky=True),)), stream)
    assert "  Flaky       the same request, sent a second time, did not show it\n" in stream.getvalue()


def test_accepted_and_gone_findings_take_a_line_each_and_an_expired_one_says_whose_it_was() -> None:
    expired, accepted = FINDING, replace(FINDING, operation="projects", baselined=True)
    gone = replace(ACCEPTANCE.of(FINDING), side="accepts", finding="valid-rejected: trackers · " + "x" * 99)
    told = BaselineReport("b.toml", (ACCEPTANCE.of(accepted),), (ACCEPTANCE.of(expired),), (gone,))
    lines = list(plain_lines(report(findings=(accepted, expired), baseline=told)))
    start = lines.index("error invalid-accepted: the server must reject what the document forbids")
    assert lines[start + 4 : start + 6] == [
        "  Case        c-2 (finding 6e3ccf0eea0edc13)",
        "  Accepted    until 2026-02-28 by Ann: expired",
    ]
    assert lines[start + 8 : start + 11] == [
        f"accepted  {accepted.fingerprint}  invalid-accepted: trackers · body/name · minLength …",
        f"gone      {gone.fingerprint}  valid-rejected: trackers · {'x' * 24}…",
        "",
    ]


def test_of_what_was_never_seen_a_few_parts_are_named_and_the_rest_counted() -> None:
    parts = tuple(f"201 body/m{n}" for n in range(9))
    stream = io.StringIO()
    WRITERS["terminal"](report(unseen={"t": Unseen(("403",), parts)}), stream)
    named = "403, 201 body/m0, 201 body/m1, 201 body/m2, 201 body/m3, 201 body/m4 and 4 more"
    assert f"never seen from t: {named}" in " ".join(stream.getvalue().split())


def test_all_but_the_curl_line_fits_80_columns() -> None:
    long = replace(FINDING, expected="e " * 200, actual="a" * 300, requirement="o · " * 60)
    rows = (Row("r", "operation-" * 9, "x", Verdict.SKIPPED, "because " * 40),)
    wide = report(findings=(long,), rows=rows, requests={"operation-" * 9: 12345})
    assert [line for line in plain_lines(wide) if len(line) > 80 and "curl" not in line] == []


def test_the_table_of_a_terminal_fits_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    name = "operation-" * 9
    rows = tuple(Row(f"r{n}", name, "x", verdict, "y") for n, verdict in enumerate([*Verdict] * 30_000))
    stream = Terminal()
    WRITERS["terminal"](report(rows=rows, requests={name: 1_234_567}, findings=()), stream)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()).splitlines()
    assert "1234567" in "".join(lines)
    assert [line for line in lines if len(line.rstrip()) > 80 and "curl" not in line] == []


def test_on_a_terminal_it_says_the_same_in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    WRITERS["terminal"](REPORT, stream)
    assert "\x1b[1;31mdoes not conform: 1 finding (1 error), 5 requests in 2.1 s\x1b[0m" in stream.getvalue()
    assert "x" * 100 + "\n" in stream.getvalue()  # the curl line is whole, to be copied


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colour_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    stream = Terminal()
    WRITERS["terminal"](REPORT, stream)
    assert "\x1b[3" not in stream.getvalue()


def test_what_a_hostile_server_said_cannot_reach_the_terminal_raw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    evil = "\x1b]0;owned\x07 \u202e [red]x[/red]"
    finding = replace(FINDING, actual=evil, expected=evil, rule=evil, requirement=evil, case="c-2")
    rows = (Row("r", evil, evil, Verdict.ERRORED, evil),)
    hostile = report(
        findings=(finding,), rows=rows, requests={evil: 1}, curls={"c-2": evil}, stopped=evil, complete=False
    )
    for stream in (io.StringIO(), Terminal()):
        WRITERS["terminal"](hostile, stream)
        text = stream.getvalue()
        assert not {"\x07", "\u202e"} & set(text)
        assert "\x1b]" not in text
        assert "[red]x[/red]" in text


def test_findings_beyond_the_fiftieth_are_counted() -> None:
    lines = list(plain_lines(report(findings=(FINDING,) * 53)))
    assert sum(line.startswith("error ") for line in lines) == 50
    assert "3 more findings: run with --report-dir DIR and see DIR/summary.json" in lines


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"exit_code": ExitCode.CONFORMS, "findings": (), "rows": PASSED},
            "conforms: 1 of 1 requirement passed, 5 requests in 2.1 s",
        ),
        (
            {"exit_code": ExitCode.CONFORMS, "findings": (WARNING,), "rows": (*PASSED, SKIPPED)},
            (
                "conforms: 1 of 2 requirements passed, 1 not exercised, with 1 finding (1 warning), "
                "5 requests in 2.1 s"
            ),
        ),
        (
            {"findings": (FINDING, WARNING, replace(FINDING, baselined=True))},
            "does not conform: 2 findings (1 error, 1 warning), 1 accepted finding, 5 requests in 2.1 s",
        ),
        (
            {"exit_code": ExitCode.CONFORMS, "findings": (replace(FINDING, baselined=True),) * 2},
            (
                "conforms: 1 of 5 requirements passed, 2 not exercised, 1 not decided, with 2 accepted findings, "
                "5 requests in 2.1 s"
            ),
        ),
        (
            {"exit_code": ExitCode.TARGET, "findings": ()},
            "undecided: 1 of 5 requirements could not be decided, 5 requests in 2.1 s",
        ),
        (
            {"exit_code": ExitCode.NOTHING_EXERCISED, "rows": (SKIPPED,)},
            "nothing was exercised: no requirement was decided, 5 requests in 2.1 s",
        ),
        (
            {"complete": False, "stopped": "interrupted", "planned": 9, "exit_code": ExitCode.CONFORMS},
            "incomplete: interrupted; 5 of 9 cases sent",
        ),
    ],
)
def test_the_last_line_says_conforms_only_where_that_is_so(changes: dict[str, Any], line: str) -> None:
    assert verdict_line(report(**changes))[1] == line
