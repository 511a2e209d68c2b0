"""The report for people: the table of requirements, each finding as a block, one plain last line."""

from __future__ import annotations

import os
import textwrap
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TextIO

from conformance.errors import ExitCode
from conformance.judging.verdict import Finding, Verdict
from conformance.planning.mark import spelled
from conformance.rules import FindingLevel
from conformance.sending.pace import MAX_PAUSE
from conformance_reports.blocks import MAX_TEXT, fields, headline
from conformance_reports.model import RunReport, counts
from conformance_reports.text import visible

if TYPE_CHECKING:
    from rich.table import Table

WIDTH: Final = 80
_FINDINGS: Final = 50
_REASONS: Final = 12
_UNSEEN: Final = 6
_NAME: Final = 22
_HEADS: Final = ("requirements", "passed", "failed", "errored", "skipped", "requests")
_STYLES: Final = {
    FindingLevel.ERROR: "bold red",
    FindingLevel.WARNING: "bold yellow",
    FindingLevel.NOTE: "cyan",
}


def write(report: RunReport, stream: TextIO) -> None:
    """Write the report: with colour on a terminal (NO_COLOR honoured), as plain lines anywhere else."""
    if stream.isatty() and os.environ.get("TERM") != "dumb":
        _write_rich(report, stream)
    else:
        stream.writelines(line + "\n" for line in plain_lines(report))


def plain_lines(report: RunReport) -> Iterator[str]:
    """Yield the report line by line; all but the curl lines fit 80 columns."""
    widths = [max(len(head), 8) for head in _HEADS]
    for name, *cells in (("operation", *_HEADS), *_table_rows(report)):
        numbers = "".join(f" {cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        yield f"{name:<{_NAME}}{numbers}"
    for _, line in _after_table(report):
        yield line


def _write_rich(report: RunReport, stream: TextIO) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)
    console.print(_rich_table(report))
    for style, line in _after_table(report):
        console.print(Text(line, style))


def _rich_table(report: RunReport) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("operation", no_wrap=True)
    for head in _HEADS:
        table.add_column(head, justify="right", no_wrap=True)
    styles = ("", "", "green", "red", "yellow", "yellow", "")
    for row in _table_rows(report):
        cells = (Text(cell, style if cell != "0" else "dim") for cell, style in zip(row, styles, strict=True))
        table.add_row(*cells)
    return table


def _table_rows(report: RunReport) -> Iterator[tuple[str, ...]]:
    for name, requests in report.requests.items():
        tally = counts(report.rows_of(name))
        yield (_short(name), *map(str, tally.values()), str(requests))
    if len(report.requests) > 1:
        yield ("total", *map(str, counts(report.rows).values()), str(report.sent))


def _short(name: str) -> str:
    shown = visible(name)
    return shown if len(shown) <= _NAME else shown[: _NAME - 1] + "…"


def _after_table(report: RunReport) -> Iterator[tuple[str, str]]:
    """Yield style and text of each line below the table."""
    yield "", ""
    fresh = [finding for finding in report.findings if not finding.baselined]
    for finding in fresh[:_FINDINGS]:
        yield from _block(report, finding)
    if (more := len(fresh) - _FINDINGS) > 0:
        yield "", f"{more} more findings: run with --report-dir DIR and see DIR/summary.json"
        yield "", ""
    accepted = [*_accepted(report), *_gone(report)]
    yield from accepted
    if accepted:
        yield "", ""
    reasons = [*_reasons(report), *_never_seen(report), *_held(report)]
    yield from reasons
    if reasons:
        yield "", ""
    if report.mark and report.sent:
        yield "dim", f'created data carry "{spelled(report.mark)}" (or with "_") where they have room'
    yield verdict_line(report)


def _block(report: RunReport, finding: Finding) -> Iterator[tuple[str, str]]:
    yield _STYLES[finding.level], f"{finding.level.value} {visible(headline(finding))}"
    for label, text in fields(report, finding).items():
        yield from _field(label, text)
    if curl := report.curls.get(finding.case, ""):
        yield "", f"  {'curl':<12}{visible(curl)}"  # one line, to be copied
    yield "", ""


def _field(label: str, text: str) -> Iterator[tuple[str, str]]:
    wrapped = textwrap.wrap(visible(text, MAX_TEXT), WIDTH - 14, break_on_hyphens=False)
    for index, line in enumerate(wrapped):
        yield "", f"  {label if index == 0 else '':<12}{line}"


def _accepted(report: RunReport) -> Iterator[tuple[str, str]]:
    """Tell the accepted findings in a line each."""
    accepted = [finding for finding in report.findings if finding.baselined]
    for finding in accepted[:_FINDINGS]:
        text = f"{finding.rule}: {finding.requirement}"
        yield "dim", _one_line(f"accepted  {finding.fingerprint}  {text}")
    if (more := len(accepted) - _FINDINGS) > 0:
        yield "dim", f"and {more} more accepted findings"


def _gone(report: RunReport) -> Iterator[tuple[str, str]]:
    """Name the accepted findings that there are no more, so that the baseline can be pruned."""
    gone = report.baseline.gone if report.baseline else ()
    for entry in gone[:_FINDINGS]:
        yield "green", _one_line(f"gone      {entry.fingerprint}  {entry.finding}")
    if (more := len(gone) - _FINDINGS) > 0:
        yield "green", f"and {more} more that are gone"


def _one_line(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= WIDTH else shown[: WIDTH - 1] + "…"


def _reasons(report: RunReport) -> Iterator[tuple[str, str]]:
    """Say for each reason how many requirements it kept from being decided."""
    undecided = Counter(
        (row.verdict, row.reason) for row in report.rows if row.verdict in (Verdict.ERRORED, Verdict.SKIPPED)
    )
    for (verdict, reason), number in undecided.most_common(_REASONS):
        lead = f"{verdict.value:<8}{number:>6} × "
        for line in textwrap.wrap(visible(reason, MAX_TEXT) or "no reason given", WIDTH - len(lead)):
            yield "yellow", lead + line
            lead = " " * len(lead)
    if (more := len(undecided) - _REASONS) > 0:
        yield "yellow", f"and {more} more reason{'s' if more > 1 else ''}"


def _never_seen(report: RunReport) -> Iterator[tuple[str, str]]:
    """Name the documented parts of the answers that nothing is known of, a few for each operation."""
    for name, unseen in report.unseen.items():
        if not unseen:
            continue
        parts = [*unseen.statuses, *unseen.members, *unseen.branches]
        more = f" and {len(parts) - _UNSEEN} more" if len(parts) > _UNSEEN else ""
        text = f"never seen from {visible(name)}: " + ", ".join(map(visible, parts[:_UNSEEN])) + more
        for line in textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False):
            yield "dim", line


def _held(report: RunReport) -> Iterator[tuple[str, str]]:
    """Tell of the requests that the target refused for the pace, and of a wait that was not granted."""
    if not report.held.times:
        return
    text = f"held back: {_plural(report.held.times, 'request')} refused for the pace and sent again"
    if report.held.asked > MAX_PAUSE:
        text += (
            f"; the target asked for a wait of {report.held.asked:,.0f} s, "
            f"but none is longer than {MAX_PAUSE:.0f} s"
        )
    for line in textwrap.wrap(text, WIDTH, subsequent_indent="  "):
        yield "dim", line


def verdict_line(report: RunReport) -> tuple[str, str]:
    """Return the style and the words of the last line; only a whole run that conforms says so."""
    tally = counts(report.rows)
    effort = f"{_plural(report.sent, 'request')} in {report.duration:.1f} s"
    if not report.complete:
        why = visible(report.stopped, MAX_TEXT) or "no end was written"
        return (
            "bold red",
            f"incomplete: {why}; {min(report.sent, report.planned)} of {_plural(report.planned, 'case')} sent",
        )
    match report.exit_code:
        case ExitCode.CONFORMS:
            share = f"{tally['passed']} of {_plural(tally['total'], 'requirement')} passed"
            if report.shard:
                return "bold", f"shard {report.shard} is done: {share}{_but(report, tally)}, {effort}"
            return "bold green", f"conforms: {share}{_but(report, tally)}, {effort}"
        case ExitCode.FINDINGS:
            what = f"shard {report.shard} does not conform" if report.shard else "does not conform"
            return "bold red", f"{what}: {', '.join(_findings(report))}, {effort}"
        case ExitCode.NOTHING_EXERCISED:
            what = (
                "some operation could not be asked for anything valid"
                if tally["passed"]
                else "no requirement was decided"
            )
            return "bold red", f"nothing was exercised: {what}, {effort}"
        case _:
            number = f"{tally['errored']} of {_plural(tally['total'], 'requirement')}"
            return "bold red", f"undecided: {number} could not be decided, {effort}"


def _but(report: RunReport, tally: dict[str, int]) -> str:
    skipped = f", {tally['skipped']} not exercised" if tally["skipped"] else ""
    undecided = f", {tally['errored']} not decided" if tally["errored"] else ""
    findings = ", ".join(_findings(report))
    return skipped + undecided + (f", with {findings}" if findings else "")


def _findings(report: RunReport) -> Iterator[str]:
    """Say how many findings there are, by level, and how many more were accepted."""
    fresh = [finding for finding in report.findings if not finding.baselined]
    levels = Counter(finding.level for finding in fresh)
    parts = [_plural(levels[level], level.value) for level in FindingLevel if levels[level]]
    if fresh:
        yield f"{_plural(len(fresh), 'finding')} ({', '.join(parts)})"
    if accepted := len(report.findings) - len(fresh):
        yield _plural(accepted, "accepted finding")


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
