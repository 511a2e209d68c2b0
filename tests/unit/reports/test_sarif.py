from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from conformance.errors import ExitCode
from conformance.rules import RULES
from conformance_reports import WRITERS
from conformance_reports.model import Place, RunReport
from tests.unit.reports.samples import BASELINE, FINDING, HOSTILE, REPORT, report

# Not jsonschema-rs: the published schema has a `pattern` that is no ECMA-262 expression.
SCHEMA = Draft4Validator(
    json.loads((Path(__file__).parents[2] / "schemas" / "sarif-2.1.0-rtm.4.json").read_text()),
    format_checker=Draft4Validator.FORMAT_CHECKER,
)
INCOMPLETE = report(complete=False, exit_code=ExitCode.INTERRUPTED, stopped="interrupted", planned=9)


def run_of(told: RunReport) -> dict[str, Any]:
    stream = io.StringIO()
    WRITERS["sarif"](told, stream)
    (run,) = json.loads(stream.getvalue())["runs"]
    return run  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "told",
    [REPORT, HOSTILE, INCOMPLETE, report(findings=(), documents=()), report(places={})],
    ids=["sample", "hostile", "incomplete", "empty", "placeless"],
)
def test_it_is_what_the_published_schema_says(told: RunReport) -> None:
    stream = io.StringIO()
    WRITERS["sarif"](told, stream)
    SCHEMA.validate(json.loads(stream.getvalue()))


def test_every_rule_is_described() -> None:
    rules = run_of(REPORT)["tool"]["driver"]["rules"]
    assert [(rule["id"], rule["defaultConfiguration"]["level"]) for rule in rules] == [
        (rule.id, rule.level.value) for rule in RULES.values()
    ]
    assert rules[0]["shortDescription"]["text"] == "The server must never answer with a 5xx."


def test_a_result_points_to_rule_line_and_requirement_and_keeps_its_identity() -> None:
    (result,) = run_of(REPORT)["results"]
    assert list(RULES)[result["ruleIndex"]] == result["ruleId"] == "invalid-accepted"
    assert result["level"] == "error"
    assert result["partialFingerprints"] == {"conformance/v1": FINDING.fingerprint}
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "trackers.yaml", "uriBaseId": "%SRCROOT%", "index": 0},
                "region": {"startLine": 7, "startColumn": 5},
            },
            "logicalLocations": [
                {"kind": "operation", "fullyQualifiedName": "trackers"},
                {
                    "kind": "requirement",
                    "fullyQualifiedName": "trackers · body/name · minLength 1 · rejects 0",
                },
            ],
        }
    ]
    assert "suppressions" not in result


def test_a_place_without_a_line_is_the_file_and_one_elsewhere_has_no_index() -> None:
    told = report(places={("trackers", FINDING.pointer): Place("a b/ü.yaml")})
    (result,) = run_of(told)["results"]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20b/%C3%BC.yaml", "uriBaseId": "%SRCROOT%"}
    }


def test_an_accepted_finding_is_suppressed() -> None:
    (result,) = run_of(report(findings=(replace(FINDING, baselined=True),), baseline=BASELINE))["results"]
    assert result["suppressions"] == [
        {"kind": "external", "justification": "a known bug (Ada, until 2027-01-01)"}
    ]


def test_a_rule_of_another_version_has_no_index() -> None:
    (result,) = run_of(report(findings=(replace(FINDING, rule="bygone"),)))["results"]
    assert (result["ruleId"], "ruleIndex" in result) == ("bygone", False)


@pytest.mark.parametrize(
    ("told", "success", "code", "notes"),
    [
        (REPORT, True, 1, []),
        (INCOMPLETE, False, 130, ["incomplete: interrupted; 5 of 9 cases sent"]),
    ],
)
def test_only_a_run_with_a_verdict_was_successful(
    told: RunReport, success: bool, code: int, notes: list[str]
) -> None:
    (invocation,) = run_of(told)["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (success, code)
    assert [note["message"]["text"] for note in invocation["toolExecutionNotifications"]] == notes


def test_no_text_from_outside_is_a_placeholder_or_a_link() -> None:
    text = run_of(HOSTILE)["results"][0]["message"]["text"]
    assert "{{0}}" in text
    assert "[d\\](http" in text
