"""A comparison for people: each change as a block, the gravest first, one plain last line."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final, TextIO

from conformance import pointer as pointers
from conformance.diff.change import Change, DriftVerdict
from conformance.pointer import Token
from conformance.traffic.rules import RULES
from conformance_reports.drift.model import DriftReport
from conformance_reports.drift.witness import payload, sides
from conformance_reports.text import visible

WIDTH: Final = 80
_LABEL: Final = 10
_TEXT: Final = 2000
_STYLES: Final = {
    DriftVerdict.BREAKING: "bold red",
    DriftVerdict.UNDECIDED: "bold yellow",
    DriftVerdict.COMPATIBLE: "cyan",
    DriftVerdict.NONE: "bold green",
}


def write(report: DriftReport, stream: TextIO) -> None:
    """Write the comparison: with colour on a terminal (NO_COLOR honoured), as plain lines anywhere else."""
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        stream.writelines(line + "\n" for _, line in text_lines(report))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)
    for style, line in text_lines(report):
        console.print(Text(line, style))


def text_lines(report: DriftReport) -> Iterator[tuple[str, str]]:
    """Yield style and text of each line; all but the payloads' fit 80 columns."""
    if not report.changes:
        yield from _never_shown(report)
        yield _STYLES[DriftVerdict.NONE], "no change"
        return
    for change in report.judged():
        yield from _block(change)
    yield from _notes(report)
    yield from _never_shown(report)
    yield _STYLES[report.verdict], f"{report.verdict}: {report.tally()}"


def _notes(report: DriftReport) -> Iterator[tuple[str, str]]:
    notes = [line for note in report.notes() for line in _wrapped(note, WIDTH - 2)]
    if notes:
        yield "dim", "notes, for people alone (--format json has each)"
        yield from (("dim", f"  {line}") for line in notes)
        yield "", ""


def _never_shown(report: DriftReport) -> Iterator[tuple[str, str]]:
    for text in report.never_shown():
        for line in textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False):
            yield "dim", line


def _block(change: Change) -> Iterator[tuple[str, str]]:
    where = f" · {visible(change.operation)}" if change.operation else ""
    yield _STYLES[change.verdict], f"{change.verdict} {change.rule}{where}"
    fields = {
        "Rule": f"the revision {RULES[change.rule].description}",
        "Change": change.summary,
        "At": _place(change),
        "Base": change.base_at,
        "Revision": change.revision_at,
        "Evidence": change.evidence.value,
        "Exchange": change.exchange,
        "Note": change.note,
    }
    for label, text in fields.items():
        if text:
            yield from _field(label, text)
    if change.witness:
        yield "", f"  {'Witness':<{_LABEL}}{payload(change.witness)}"
        yield "", f"  {'':<{_LABEL}}{sides(change.witness)}"
    yield "", ""


def _place(change: Change) -> str:
    """Return where in its operation a change is: the operation itself is named already.

    A schema is led to by its body or status, and by its media type where that is not JSON.
    """
    pointer = change.pointer
    if not change.operation or pointer[:1] != ("paths",):
        return pointers.text(pointer)
    match pointer[3:]:
        case ("requestBody", "content", media_type, "schema", *below):
            return _below("body", str(media_type), below)
        case ("responses", status, "content", media_type, "schema", *below):
            return _below(str(status), str(media_type), below)
        case rest:
            return pointers.text(rest)


def _below(owner: str, media_type: str, below: Sequence[Token]) -> str:
    kind = "" if media_type == "application/json" else f" as {media_type}"
    return f"{owner}{kind} {pointers.text(below)}".rstrip()


def _field(label: str, text: str) -> Iterator[tuple[str, str]]:
    for index, line in enumerate(_wrapped(visible(text, _TEXT), WIDTH - _LABEL - 2)):
        yield "", f"  {label if index == 0 else '':<{_LABEL}}{line}"


def _wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text; what is too long for one is broken at a slash, where a pointer has them."""
    return [
        line
        for whole in textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False)
        for line in _broken(whole, width)
    ]


def _broken(text: str, width: int) -> Iterator[str]:
    while len(text) > width:
        at = text.rfind("/", 1, width + 1)
        at = at if at > 0 else width
        yield text[:at]
        text = text[at:]
    yield text
