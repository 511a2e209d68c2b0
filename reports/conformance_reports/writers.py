"""The formats a run can be told in. A new one is a module here and a line in WRITERS."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TextIO, TypeAlias

if TYPE_CHECKING:
    from conformance_reports.model import RunReport

Writer: TypeAlias = Callable[["RunReport", TextIO], None]
"""Writes a whole report to a text stream and leaves the stream open."""


def _terminal(report: RunReport, stream: TextIO) -> None:
    from conformance_reports.terminal import write

    write(report, stream)


def _json(report: RunReport, stream: TextIO) -> None:
    from conformance_reports.summary import write

    write(report, stream)


def _junit(report: RunReport, stream: TextIO) -> None:
    from conformance_reports.junit import write

    write(report, stream)


def _sarif(report: RunReport, stream: TextIO) -> None:
    from conformance_reports.sarif import write

    write(report, stream)


def _markdown(report: RunReport, stream: TextIO) -> None:
    from conformance_reports.markdown import write

    write(report, stream)


def _github(report: RunReport, stream: TextIO) -> None:
    from conformance_reports.github import write

    write(report, stream)


def _html(report: RunReport, stream: TextIO) -> None:
    from conformance_reports.html import write

    write(report, stream)


# Each writer imports its own module when it is called: naming the choices costs nothing.
WRITERS: Final[dict[str, Writer]] = {
    "terminal": _terminal,
    "json": _json,
    "junit": _junit,
    "sarif": _sarif,
    "markdown": _markdown,
    "github": _github,
    "html": _html,
}
