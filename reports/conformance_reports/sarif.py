"""SARIF 2.1.0, for code scanning: each finding at its line of the document, accepted ones as suppressed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, TextIO
from urllib.parse import quote

from conformance import __version__
from conformance.judging.verdict import Finding
from conformance.rules import RULES, Rule
from conformance_reports.blocks import acceptance, headline, lines
from conformance_reports.model import Place, RunReport, counts
from conformance_reports.terminal import verdict_line
from conformance_reports.text import visible

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_RULE_INDEX: Final = {rule: index for index, rule in enumerate(RULES)}


def write(report: RunReport, stream: TextIO) -> None:
    """Write the report as indented ASCII JSON with a final newline."""
    stream.write(json.dumps(sarif(report), indent=2) + "\n")


def sarif(report: RunReport) -> dict[str, Any]:
    """Return the run as one SARIF log (SARIF 2.1.0 §3.13); paths are relative to `%SRCROOT%`, where the run was."""
    artifacts = {document["path"]: index for index, document in enumerate(report.documents)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver()},
                "invocations": [_invocation(report)],
                "artifacts": [_artifact(document) for document in report.documents],
                "results": [_result(report, finding, artifacts) for finding in report.findings],
                "columnKind": "unicodeCodePoints",
                "properties": {"target": visible(report.target), "requirements": counts(report.rows)},
            }
        ],
    }


def _driver() -> dict[str, Any]:
    return {
        "name": "concord-conformance",
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in RULES.values()],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    demand = {"text": f"The server must {rule.demand}."}
    help_text = (
        "The result's message names the requirement, what the document lets the server answer, what it "
        "answered, and a command that sends the same request again."
    )
    return {
        "id": rule.id,
        "shortDescription": demand,
        "fullDescription": demand,
        "help": {"text": help_text},
        "defaultConfiguration": {"level": rule.level.value},
    }


def _invocation(report: RunReport) -> dict[str, Any]:
    """Return how the run ended (§3.20); only one that came to a verdict was successful."""
    _, words = verdict_line(report)
    trouble = [] if report.decided else [{"level": "error", "message": _message(words)}]
    return {
        "executionSuccessful": report.decided,
        "exitCode": int(report.exit_code),
        "exitCodeDescription": words,
        "toolExecutionNotifications": trouble,
    }


def _artifact(document: Mapping[str, str]) -> dict[str, Any]:
    return {"location": _location(document["path"]), "hashes": {"sha-256": document["sha256"]}}


def _location(path: str) -> dict[str, Any]:
    return {"uri": quote(path), "uriBaseId": "%SRCROOT%"}


def _result(report: RunReport, finding: Finding, artifacts: Mapping[str, int]) -> dict[str, Any]:
    text = "\n".join([visible(headline(finding)), *lines(report, finding)])
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": finding.level.value,
        "message": _message(text),
        "locations": [_where(report, finding, artifacts)],
        "partialFingerprints": {"conformance/v1": finding.fingerprint},
        "properties": {"case": finding.case, "pointer": finding.pointer, "flaky": finding.flaky},
    }
    if finding.rule in _RULE_INDEX:
        result["ruleIndex"] = _RULE_INDEX[finding.rule]
    if finding.baselined:
        result["suppressions"] = [{"kind": "external", "justification": visible(acceptance(report, finding))}]
    return result


def _where(report: RunReport, finding: Finding, artifacts: Mapping[str, int]) -> dict[str, Any]:
    logical = [("operation", finding.operation), ("requirement", finding.requirement)]
    where: dict[str, Any] = {
        "logicalLocations": [{"kind": kind, "fullyQualifiedName": visible(name)} for kind, name in logical]
    }
    if place := report.places.get((finding.operation, finding.pointer)):
        where["physicalLocation"] = _physical(place, artifacts)
    return where


def _physical(place: Place, artifacts: Mapping[str, int]) -> dict[str, Any]:
    artifact = _location(place.path)
    if place.path in artifacts:
        artifact["index"] = artifacts[place.path]
    region = {"region": {"startLine": place.line, "startColumn": place.column}} if place.line else {}
    return {"artifactLocation": artifact, **region}


def _message(text: str) -> dict[str, str]:
    """Return a message in which nothing reads as a placeholder or a link (§3.11.5, §3.11.6)."""
    return {"text": re.sub(r"\{(\d+)\}", r"{{\1}}", text).replace("](", "\\](")}
