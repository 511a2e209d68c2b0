"""A small run for the writers to write."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from conformance.baseline.entry import Acceptance, Entry
from conformance.errors import ExitCode
from conformance.judging.verdict import Finding, Verdict
from conformance.observing.response_coverage import Unseen
from conformance.rules import FindingLevel
from conformance_reports.baseline import BaselineReport
from conformance_reports.model import Place, Row, RunReport

FINDING = Finding(
    rule="invalid-accepted",
    level=FindingLevel.ERROR,
    operation="trackers",
    requirement="trackers · body/name · minLength 1 · rejects 0",
    pointer="/paths/~1t/post",
    side="rejects",
    expected="400 or 422",
    actual="201",
    case="c-2",
    requirement_id="r2",
)

ACCEPTANCE = Acceptance("known", "Ann", date(2026, 1, 31), date(2026, 2, 28))

REPORT = RunReport(
    target="http://h",
    documents=({"name": "trackers", "path": "trackers.yaml", "version": "1", "sha256": "0" * 64},),
    complete=True,
    exit_code=ExitCode.FINDINGS,
    duration=2.06,
    planned=5,
    requests={"trackers": 3, "projects": 2},
    rows=(
        Row("r1", "trackers", "trackers · body/name · minLength 1 · accepts 1", Verdict.PASSED),
        Row("r2", "trackers", "trackers · body/name · minLength 1 · rejects 0", Verdict.FAILED, "c-2: 201"),
        Row("r3", "projects", "projects · a", Verdict.SKIPPED, "no 403 was answered"),
        Row("r4", "projects", "projects · b", Verdict.SKIPPED, "no 403 was answered"),
        Row("r5", "projects", "projects · c", Verdict.ERRORED, "no answer"),
    ),
    findings=(FINDING,),
    unseen={"trackers": Unseen(("403",), ("201 body/a",), ("201 body/b(2)",)), "projects": Unseen()},
    curls={"c-2": 'curl -X POST http://h/t --data-binary \'{"name":""}\'' + " " + "x" * 100},
    places={("trackers", "/paths/~1t/post"): Place("trackers.yaml", 7, 5)},
)

BASELINE = BaselineReport(
    "baseline.toml",
    accepted=(
        Entry(
            "a finding", FINDING.operation, FINDING.rule, FINDING.pointer, FINDING.side, FINDING.case,
            reason="a known bug", who="Ada", since=date(2026, 10, 1), expires=date(2027, 1, 1),
        ),
    ),
)  # fmt: skip
"""What accepts the sample's finding."""


def report(**changes: Any) -> RunReport:
    """Return the sample with some fields changed."""
    return replace(REPORT, **changes)


EVIL = (
    "\x1b]0;owned\x07\x00\ud800\ufffe\u202e\r\n\n::error::x\n##[error]y ]]> <script>x</script> &amp; "
    "</pre></details> | a\\| `b` **c** @octocat [d](http://e) {0} %0A www.f.example"
)
"""What a hostile server may put into any text."""

_NAME = EVIL.replace("\ud800", "")  # a document can hold all of it but this

HOSTILE = report(
    target=EVIL,
    documents=({"name": _NAME, "path": _NAME, "version": _NAME, "sha256": "0" * 64},),
    complete=False,
    stopped=EVIL,
    requests={_NAME: 1},
    rows=(
        Row("r1", _NAME, _NAME, Verdict.FAILED, EVIL),
        Row("r2", _NAME, _NAME, Verdict.SKIPPED, EVIL),
        Row("r3", _NAME, _NAME, Verdict.ERRORED, EVIL),
    ),
    findings=tuple(
        replace(
            FINDING, rule=_NAME, level=level, operation=_NAME, requirement=_NAME, pointer=_NAME, expected=EVIL,
            actual=EVIL, baselined=level is FindingLevel.WARNING, requirement_id="r1",
        )
        for level in FindingLevel
    ),
    unseen={},
    curls={"c-2": EVIL},
    places={(_NAME, _NAME): Place(_NAME, 7, 5)},
)  # fmt: skip
"""A run in which nothing that came from outside means well."""
