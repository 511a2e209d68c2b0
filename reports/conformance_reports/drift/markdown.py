"""Markdown for a pull request: the verdict, a table of what breaks or is undecided, each change to unfold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, TextIO

from conformance import pointer as pointers
from conformance.diff.change import Change, DriftVerdict
from conformance_reports.drift.model import DriftReport
from conformance_reports.drift.witness import payload, sides
from conformance_reports.markup import folded, html, inline
from conformance_reports.text import visible

MAX_BYTES: Final = 60_000
"""Most that is written; GitHub refuses a comment beyond 65,536 characters."""

_SIGNS: Final = {
    DriftVerdict.BREAKING: "❌",
    DriftVerdict.UNDECIDED: "❔",
    DriftVerdict.COMPATIBLE: "✅",
    DriftVerdict.NONE: "✅",
}
_TEXT: Final = 300
_UNSEEN: Final = 600
_OPERATIONS: Final = 20


def write(report: DriftReport, stream: TextIO) -> None:
    """Write the comparison; where it would be too long, the least grave changes are only counted."""
    stream.write(markdown(report))


def markdown(report: DriftReport) -> str:
    """Return the comparison, at most MAX_BYTES long as UTF-8."""
    verdict = f"{report.verdict}: {report.tally()}" if report.changes else "no change"
    head = f"### {_SIGNS[report.verdict]} {inline(verdict)}\n\n"
    head += f"{inline(visible(report.base, _TEXT))} → {inline(visible(report.revision, _TEXT))}\n"
    head += "".join(f"\n{inline(text[:_UNSEEN])}\n" for text in islice(report.never_shown(), _OPERATIONS))
    tail = "".join(f"\n- {inline(note)}" for note in report.notes())
    tail = f"\nNotes, for people alone:\n{tail}\n" if tail else ""
    room = MAX_BYTES - len((head + tail).encode())
    return head + "".join(_blocks(list(report.judged()), room)) + tail


def _blocks(changes: Sequence[Change], room: int) -> Iterator[str]:
    for number, change in enumerate(changes):
        block = _block(change)
        room -= len(block.encode())
        if room < _TEXT:
            yield f"\n{len(changes) - number} more changes are not shown.\n"
            return
        yield block


def _block(change: Change) -> str:
    where = f" <code>{html(change.operation, _TEXT)}</code>" if change.operation else ""
    said = f": {html(change.summary, _TEXT)}" if change.summary else ""
    summary = f"{_SIGNS[change.verdict]} {change.verdict} <code>{html(change.rule)}</code>{where}{said}"
    return folded(summary, list(_lines(change)))


def _lines(change: Change) -> Iterator[str]:
    yield f"at        {visible(pointers.text(change.pointer), _TEXT) or '/'}"
    if change.base_at:
        yield f"base      {visible(change.base_at, _TEXT)}"
    if change.revision_at:
        yield f"revision  {visible(change.revision_at, _TEXT)}"
    if change.evidence.value:
        yield f"evidence  {change.evidence.value}"
    if change.exchange:
        yield f"exchange  {visible(change.exchange, _TEXT)}"
    if change.note:
        yield f"note      {visible(change.note, _TEXT)}"
    if change.witness:
        yield f"witness   {payload(change.witness)}"
        yield f"          {sides(change.witness)}"
