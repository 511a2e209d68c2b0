"""GitHub annotations: workflow commands for standard output, escaped as GitHub's own toolkit does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TextIO

from conformance.judging.verdict import Finding
from conformance.rules import FindingLevel
from conformance_reports.blocks import headline, lines
from conformance_reports.model import Place, RunReport
from conformance_reports.terminal import verdict_line
from conformance_reports.text import visible

SHOWN: Final = 10
"""Annotations of one kind that GitHub shows for a step; the rest it drops without a word."""

_COMMANDS: Final = {
    FindingLevel.ERROR: "error",
    FindingLevel.WARNING: "warning",
    FindingLevel.NOTE: "notice",
}


def write(report: RunReport, stream: TextIO) -> None:
    """Write a line for each new finding, errors first, of each kind no more than GitHub shows."""
    stream.writelines(line + "\n" for line in commands(report))


def commands(report: RunReport) -> Iterator[str]:
    """Yield workflow commands, then one plain line that counts what they leave out."""
    fresh = [finding for finding in report.findings if not finding.baselined]
    hidden: list[str] = []
    for level, command in _COMMANDS.items():
        of_level = [finding for finding in fresh if finding.level is level]
        room = SHOWN
        if level is FindingLevel.ERROR and not report.decided:
            room -= 1
            yield _command(command, {"title": "no verdict"}, verdict_line(report)[1])
        yield from (_annotation(report, command, finding) for finding in of_level[:room])
        if len(of_level) > room:
            hidden.append(f"{len(of_level) - room} more of level {level.value}")
    if hidden:
        yield f"not annotated: {', '.join(hidden)}"


def _annotation(report: RunReport, command: str, finding: Finding) -> str:
    place = report.places.get((finding.operation, finding.pointer))
    properties = {**(_at(place) if place else {}), "title": visible(headline(finding))}
    return _command(command, properties, "\n".join(lines(report, finding)))


def _at(place: Place) -> dict[str, str]:
    at = {"file": visible(place.path)}
    return {**at, "line": str(place.line), "col": str(place.column)} if place.line else at


def _command(command: str, properties: Mapping[str, str], message: str) -> str:
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{command} {given}::{_data(message)}"


def _data(text: str) -> str:
    """Escape as `escapeData` of @actions/core does."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape as `escapeProperty` of @actions/core does."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
