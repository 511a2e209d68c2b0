"""Markdown for a job summary: the verdict, a table by operation, new findings to unfold, the rest in short.

What came from outside stands as character references, or inside `<pre>` as escaped HTML: there it can
make no structure, link or mention (CommonMark 0.31.2 §2.5, §4.6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TextIO

from conformance.judging.verdict import Finding, Verdict
from conformance.rules import FindingLevel
from conformance_reports.blocks import acceptance, headline, lines
from conformance_reports.markup import folded, html, inline
from conformance_reports.model import RunReport, counts
from conformance_reports.terminal import verdict_line
from conformance_reports.text import visible

MAX_BYTES: Final = 900_000
"""Most that is written; GitHub refuses a step's summary beyond 1 MiB."""

_OPERATIONS: Final = 500
_LINES: Final = 100
_NAME: Final = 80
_ADDRESS: Final = 300


def write(report: RunReport, stream: TextIO) -> None:
    """Write the report; where it would be too long, the last findings are only counted."""
    stream.write(markdown(report))


def markdown(report: RunReport) -> str:
    """Return the report, at most MAX_BYTES long as UTF-8."""
    fresh = [finding for level in FindingLevel for finding in report.findings if finding.level is level]
    fresh = [finding for finding in fresh if not finding.baselined]
    head, tail = "".join(_head(report)), "".join(_tail(report))
    room = MAX_BYTES - len((head + tail).encode())
    return head + "".join(_blocks(report, fresh, room)) + tail


def _head(report: RunReport) -> Iterator[str]:
    sign = "✅" if report.decided and not report.exit_code else "❌"
    yield f"### {sign} {inline(verdict_line(report)[1])}\n\n"
    yield "| operation | requirements | passed | failed | errored | skipped | requests |\n"
    yield "|---|--:|--:|--:|--:|--:|--:|\n"
    for name, requests in list(report.requests.items())[:_OPERATIONS]:
        numbers = (*counts(report.rows_of(name)).values(), requests)
        yield f"| {inline(visible(name, _NAME))} | {' | '.join(map(str, numbers))} |\n"
    if (more := len(report.requests) - _OPERATIONS) > 0:
        yield f"\nand {more} more operations\n"


def _blocks(report: RunReport, findings: Sequence[Finding], room: int) -> Iterator[str]:
    for number, finding in enumerate(findings):
        block = _block(report, finding)
        room -= len(block.encode())
        if room < _NAME:
            yield f"\n{len(findings) - number} more findings are not shown.\n"
            return
        yield block


def _block(report: RunReport, finding: Finding) -> str:
    address = html(finding.requirement, _ADDRESS)
    summary = f"{finding.level.value} <code>{html(finding.rule)}</code> <code>{address}</code>"
    return folded(summary, [visible(headline(finding)), *lines(report, finding)])


def _tail(report: RunReport) -> Iterator[str]:
    """Tell in short what is accepted, and why requirements were not decided."""
    accepted = [finding for finding in report.findings if finding.baselined]
    if accepted:
        told = (f"{f.rule} · {f.requirement} · {acceptance(report, f)}" for f in accepted)
        yield folded(f"{len(accepted)} accepted", _cut(told))
    for verdict in (Verdict.ERRORED, Verdict.SKIPPED):
        reasons = Counter(row.reason for row in report.rows if row.verdict is verdict)
        told = (f"{number:>6} × {reason or 'no reason given'}" for reason, number in reasons.most_common())
        if reasons:
            yield folded(f"{reasons.total()} {verdict.value}", _cut(told))


def _cut(texts: Iterable[str]) -> list[str]:
    shown = [visible(text, _ADDRESS) for text in texts]
    more = len(shown) - _LINES
    return shown if more <= 0 else [*shown[:_LINES], f"and {more} more"]
