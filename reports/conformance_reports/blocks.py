"""What every format says of one finding, in the same words and the same order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from conformance.baseline.entry import Entry
from conformance.judging.verdict import Finding
from conformance.rules import RULES
from conformance_reports.model import RunReport
from conformance_reports.text import visible

MAX_TEXT: Final = 2000
"""Characters of one field that are worth showing."""


def headline(finding: Finding) -> str:
    """Return the rule and what it demands, as it came from outside."""
    rule = RULES.get(finding.rule)
    return finding.rule + (f": the server must {rule.demand}" if rule else "")


def fields(report: RunReport, finding: Finding) -> dict[str, str]:
    """Return what is told below the headline, by label, as it came from outside."""
    told = {
        "Requirement": finding.requirement,
        "Expected": finding.expected,
        "Actual": finding.actual,
        "Case": f"{finding.case} (finding {finding.fingerprint})",
    }
    if finding.flaky:
        told["Flaky"] = "the same request, sent a second time, did not show it"
    if entry := _entry(report.baseline.expired if report.baseline else (), finding):
        told["Accepted"] = f"until {entry.expires} by {entry.who}: expired"
    return told


def acceptance(report: RunReport, finding: Finding) -> str:
    """Say why, by whom and until when a baselined finding is accepted, as far as the run knows."""
    entry = _entry(report.baseline.accepted if report.baseline else (), finding)
    return f"{entry.reason} ({entry.who}, until {entry.expires})" if entry else "in the baseline"


def _entry(entries: Iterable[Entry], finding: Finding) -> Entry | None:
    return next((entry for entry in entries if entry.fingerprint == finding.fingerprint), None)


def lines(report: RunReport, finding: Finding) -> list[str]:
    """Return what is told below the headline, safe to show, a line for each label; the curl line is whole."""
    told = [f"{label:<12}{visible(text, MAX_TEXT)}" for label, text in fields(report, finding).items()]
    curl = report.curls.get(finding.case, "")
    return [*told, f"{'curl':<12}{visible(curl)}"] if curl else told
