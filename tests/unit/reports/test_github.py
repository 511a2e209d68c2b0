from __future__ import annotations

import io
import re
from dataclasses import replace
from urllib.parse import unquote

import pytest

from conformance.errors import ExitCode
from conformance.rules import FindingLevel
from conformance_reports import WRITERS
from conformance_reports.model import RunReport
from tests.unit.reports.samples import FINDING, HOSTILE, REPORT, report

COMMAND = re.compile(r"::(?P<command>error|warning|notice) (?P<properties>[^:\r\n]*)::(?P<message>[^\r\n]*)")


def written(told: RunReport) -> list[str]:
    stream = io.StringIO()
    WRITERS["github"](told, stream)
    return stream.getvalue().split("\n")[:-1]


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """Return command, properties and message as GitHub's runner takes them apart."""
    found = COMMAND.fullmatch(line)
    assert found is not None
    properties = dict(pair.split("=", 1) for pair in found["properties"].split(","))
    return found["command"], {k: unquote(v) for k, v in properties.items()}, unquote(found["message"])


def test_a_finding_is_one_line_with_its_place_in_the_document() -> None:
    (line,) = written(REPORT)
    command, properties, message = parsed(line)
    assert command == "error"
    assert properties == {
        "file": "trackers.yaml",
        "line": "7",
        "col": "5",
        "title": "invalid-accepted: the server must reject what the document forbids",
    }
    assert message.splitlines()[:3] == [
        "Requirement trackers · body/name · minLength 1 · rejects 0",
        "Expected    400 or 422",
        "Actual      201",
    ]


def test_a_finding_without_a_known_place_has_none() -> None:
    (line,) = written(report(places={}))
    assert list(parsed(line)[1]) == ["title"]


def test_what_is_accepted_is_not_annotated() -> None:
    assert written(report(findings=(replace(FINDING, baselined=True),))) == []


def test_errors_come_first_and_what_github_would_drop_is_counted() -> None:
    findings = [replace(FINDING, level=level) for level in (*FindingLevel, *FindingLevel) for _ in range(6)]
    told = written(report(findings=tuple(reversed(findings))))
    assert [parsed(line)[0] for line in told[:-1]] == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    assert told[-1] == "not annotated: 2 more of level error, 2 more of level warning, 2 more of level note"


def test_a_run_without_a_verdict_says_so_first_and_takes_one_of_the_ten() -> None:
    told = report(complete=False, exit_code=ExitCode.TARGET, stopped="gone", findings=(FINDING,) * 10)
    lines = written(told)
    assert parsed(lines[0]) == ("error", {"title": "no verdict"}, "incomplete: gone; 5 of 5 cases sent")
    assert lines[1:-1] == written(REPORT) * 9
    assert lines[-1] == "not annotated: 1 more of level error"


@pytest.mark.parametrize("line", written(HOSTILE))
def test_no_text_from_outside_ends_a_property_or_a_line(line: str) -> None:
    command, properties, _ = parsed(line)
    assert command in {"error", "notice"}
    assert set(properties) <= {"file", "line", "col", "title"}
