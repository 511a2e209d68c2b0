from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.errors import UsageError
from conformance_reports import WRITERS
from conformance_reports.baseline import BaselineReport
from conformance_reports.model import Holds, from_json, to_json
from conformance_reports.summary import SCHEMA_FILE, summary, write_file
from tests.unit.reports.samples import ACCEPTANCE, FINDING, REPORT, report

SCHEMA = json.loads(SCHEMA_FILE.read_text())


def test_the_summary_is_what_its_schema_says() -> None:
    jsonschema_rs.meta.validate(SCHEMA)
    jsonschema_rs.validate(SCHEMA, summary(REPORT))


@pytest.mark.parametrize(
    "change", [{"schema": 2}, {"extra": 1}, {"exit_code": 6}, {"requests": -1}, {"complete": None}]
)
def test_the_schema_lets_nothing_else_through(change: dict[str, Any]) -> None:
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(SCHEMA, summary(REPORT) | change)


def test_the_summary_says_the_runs_numbers_and_findings() -> None:
    assert summary(REPORT) == {
        "schema": 1,
        "exit_code": 1,
        "complete": True,
        "target": "http://h",
        "documents": [{"name": "trackers", "path": "trackers.yaml", "version": "1", "sha256": "0" * 64}],
        "requests": 5,
        "held_back": 0,
        "duration_s": 2.06,
        "requirements": {"total": 5, "passed": 1, "failed": 1, "errored": 1, "skipped": 2},
        "operations": {
            "trackers": {
                "requirements": {"total": 2, "passed": 1, "failed": 1, "errored": 0, "skipped": 0},
                "requests": 3,
                "unseen": {"statuses": ["403"], "members": ["201 body/a"], "branches": ["201 body/b(2)"]},
            },
            "projects": {
                "requirements": {"total": 3, "passed": 0, "failed": 0, "errored": 1, "skipped": 2},
                "requests": 2,
                "unseen": {"statuses": [], "members": [], "branches": []},
            },
        },
        "findings": [
            {
                "rule": "invalid-accepted",
                "level": "error",
                "operation": "trackers",
                "requirement": FINDING.requirement,
                "requirement_id": "r2",
                "pointer": "/paths/~1t/post",
                "expected": "400 or 422",
                "actual": "201",
                "fingerprint": FINDING.fingerprint,
                "baselined": False,
                "flaky": False,
                "case": "c-2",
            }
        ],
    }


def test_the_json_writer_writes_the_summary() -> None:
    stream = io.StringIO()
    WRITERS["json"](REPORT, stream)
    assert json.loads(stream.getvalue()) == summary(REPORT)


def test_a_lone_surrogate_from_a_server_can_be_written(tmp_path: Path) -> None:
    write_file(report(findings=(replace(FINDING, actual="\ud800"),)), tmp_path)
    assert json.loads((tmp_path / "summary.json").read_text())["findings"][0]["actual"] == "\ud800"


def test_the_file_replaces_an_older_one_whole_and_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text("old")
    write_file(REPORT, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]
    assert json.loads((tmp_path / "summary.json").read_text()) == summary(REPORT)


def test_a_folder_that_is_gone_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        write_file(REPORT, tmp_path / "gone")


def test_a_report_goes_through_the_journals_footer_unchanged() -> None:
    stored = json.loads(json.dumps(to_json(REPORT)))
    assert from_json(stored, REPORT.curls) == REPORT


def test_what_was_held_back_goes_through_the_journal_into_the_summary() -> None:
    held = report(held=Holds(6, 86_400.0), curls={})
    assert from_json(json.loads(json.dumps(to_json(held)))) == held
    assert summary(held)["held_back"] == 6
    jsonschema_rs.validate(SCHEMA, summary(held))


def test_a_report_comes_back_from_the_journal_with_all_that_it_says() -> None:
    flaky = report(findings=(replace(FINDING, flaky=True),), curls={})
    assert from_json(json.loads(json.dumps(to_json(flaky)))) == flaky


def test_the_summary_names_what_became_of_the_baseline_by_fingerprint_and_the_journal_whole() -> None:
    entry = ACCEPTANCE.of(FINDING)
    accepted = report(baseline=BaselineReport("b.toml", accepted=(entry,)), curls={})
    assert from_json(json.loads(json.dumps(to_json(accepted)))) == accepted
    content = summary(accepted)
    jsonschema_rs.validate(SCHEMA, content)
    assert content["baseline"] == {
        "file": "b.toml",
        "accepted": [FINDING.fingerprint],
        "expired": [],
        "gone": [],
    }


def test_a_journal_from_before_findings_could_be_flaky_is_read() -> None:
    old = to_json(report(curls={}))
    del old["held_back"], old["unseen"], old["places"], old["baseline"], old["findings"][0]["flaky"]
    assert from_json(old) == report(curls={}, unseen={}, places={})
