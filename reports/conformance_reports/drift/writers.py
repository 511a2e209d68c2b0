"""The formats a comparison can be written in. A new one is a module here and a line in DRIFT_WRITERS."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TextIO, TypeAlias

if TYPE_CHECKING:
    from conformance_reports.drift.model import DriftReport

DriftWriter: TypeAlias = Callable[["DriftReport", TextIO], None]
"""Writes a whole comparison to a text stream and leaves the stream open."""


def _text(report: DriftReport, stream: TextIO) -> None:
    from conformance_reports.drift.text import write

    write(report, stream)


def _json(report: DriftReport, stream: TextIO) -> None:
    from conformance_reports.drift.data import write

    write(report, stream)


def _markdown(report: DriftReport, stream: TextIO) -> None:
    from conformance_reports.drift.markdown import write

    write(report, stream)


def _html(report: DriftReport, stream: TextIO) -> None:
    from conformance_reports.html.drift import write

    write(report, stream)


# Each writer imports its own module when it is called: naming the choices costs nothing.
DRIFT_WRITERS: Final[dict[str, DriftWriter]] = {
    "text": _text,
    "json": _json,
    "markdown": _markdown,
    "html": _html,
}
