"""JUnit XML by Jenkins's `junit-10.xsd`: a suite for each operation, in it a case for each requirement."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, TextIO
from xml.etree import ElementTree as ET

from conformance.judging.gate import Outcome, gated
from conformance.judging.verdict import Finding
from conformance_reports.blocks import MAX_TEXT, acceptance, headline, lines
from conformance_reports.model import Row, RunReport
from conformance_reports.terminal import verdict_line
from conformance_reports.text import visible

_KINDS: Final = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def write(report: RunReport, stream: TextIO) -> None:
    """Write the report. A run that decided nothing, or not all, is told as an error of its own."""
    root = ET.Element("testsuites", name="conformance", time=f"{report.duration:.3f}")
    root.extend(_suites(report))
    for total in ("tests", "failures", "errors"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    ET.indent(root)
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n")


def _suites(report: RunReport) -> list[ET.Element]:
    """Return a suite for each operation, and one for the run where that came to no verdict."""
    cases: dict[str, list[ET.Element]] = {name: [] for name in report.requests}
    addresses = Counter(row.address for row in report.rows)
    for row in report.rows:
        # consumers take equal names for one test
        name = row.address if addresses[row.address] == 1 else f"{row.address} · {row.id}"
        case = _requirement(report, row, name)
        cases.setdefault(row.operation, []).append(case)
    for operation, case in _loose(report):
        cases.setdefault(operation, []).append(case)
    if not report.decided:
        cases["run"] = [*cases.get("run", ()), _undecided(report)]
    return [_suite(name, elements) for name, elements in cases.items()]


def _suite(name: str, cases: Sequence[ET.Element]) -> ET.Element:
    totals = {
        total: str(sum(case.find(kind) is not None for case in cases)) for total, kind in _KINDS.items()
    }
    suite = ET.Element("testsuite", {"name": visible(name), "tests": str(len(cases)), **totals})
    suite.extend(cases)
    return suite


def _case(classname: str, name: str) -> ET.Element:
    return ET.Element("testcase", classname=visible(classname), name=visible(name))


def _requirement(report: RunReport, row: Row, name: str) -> ET.Element:
    case = _case(row.operation, name)
    findings = report.findings_of(row)
    fresh = [finding for finding in findings if not finding.baselined]
    match report.outcome(row):
        case Outcome.FAILED if row.explained_by or not fresh:
            _add(case, "failure", f"another finding explains it: {row.reason}")
        case Outcome.FAILED:
            _fail(case, report, fresh)
        case Outcome.ACCEPTED:
            told = (f"{finding.rule}: {acceptance(report, finding)}" for finding in findings)
            _add(case, "skipped", f"accepted: {'; '.join(told)}")
        case Outcome.ERRORED:
            _add(case, "error", row.reason)
        case Outcome.SKIPPED:
            _add(case, "skipped", row.reason)
        case Outcome.PASSED if fresh:
            _say(case, "system-out", report, fresh)
    return case


def _loose(report: RunReport) -> Iterator[tuple[str, ET.Element]]:
    """Yield operation and case of the findings whose requirement is not in the table, by their addresses."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.loose_findings:
        found[finding.requirement].append(finding)
    for address, findings in found.items():
        case = _case(findings[0].operation, address)
        failing = [finding for finding in findings if gated(finding, report.fail_on)]
        if failing:
            _fail(case, report, failing)
        else:
            _say(case, "system-out", report, findings)
        yield findings[0].operation, case


def _undecided(report: RunReport) -> ET.Element:
    case = _case("run", "the run is complete and has a verdict")
    _add(case, "error", verdict_line(report)[1])
    return case


def _fail(case: ET.Element, report: RunReport, findings: Sequence[Finding]) -> None:
    rules = sorted({finding.rule for finding in findings})
    message = headline(findings[0]) if len(rules) == 1 else ", ".join(rules)
    failure = _add(case, "failure", message)
    failure.set("type", visible(" ".join(rules)))
    failure.text = _text(report, findings)


def _add(case: ET.Element, kind: str, message: str) -> ET.Element:
    return ET.SubElement(case, kind, message=visible(message, MAX_TEXT))


def _say(case: ET.Element, kind: str, report: RunReport, findings: Sequence[Finding]) -> None:
    ET.SubElement(case, kind).text = _text(report, findings)


def _text(report: RunReport, findings: Sequence[Finding]) -> str:
    """Return the findings line by line; a line holds nothing that XML could not (XML 1.0 §2.2)."""
    return "\n\n".join(
        "\n".join([f"{finding.level.value} {visible(headline(finding))}", *lines(report, finding)])
        for finding in findings
    )
