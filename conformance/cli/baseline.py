"""`conformance baseline`: accept the findings of a run that was kept, list what is accepted, prune it."""

from __future__ import annotations

import getpass
import subprocess
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conformance.baseline.comparison import broken_rules, compare
from conformance.baseline.entry import Acceptance, Baseline, Entry
from conformance.baseline.file import DEFAULT_NAME, load, save
from conformance.errors import TargetError, UsageError
from conformance.judging.verdict import Finding
from conformance.rules import FindingLevel
from conformance.session.accepting import prune, today_utc
from conformance_reports.text import visible

if TYPE_CHECKING:
    from conformance.recording.journal import Journal
    from conformance_reports.model import RunReport

DEFAULT_DAYS: Final = 90
"""For so long a finding is accepted where nobody says otherwise."""

_SHOWN: Final = 20

_run_argument = click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
_file_option = click.option(
    "--baseline", "file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    default=Path(DEFAULT_NAME), show_default=True, help="TOML, or JSON where it ends in .json.",
)  # fmt: skip


@click.group("baseline")
def command() -> None:
    """Keep a file of accepted findings, each with a reason, by somebody, for a time.

    RUN is a --report-dir or its run.jsonl; an incomplete run changes nothing (exit code 3).
    """


@command.command("accept")
@_run_argument
@click.option("--reason", required=True, metavar="TEXT", help="Why they are accepted.")
@click.option("--who", metavar="NAME", help="Who accepts them; git's user.name or the login where not given.")
@click.option(
    "--expires", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
    help=f"The last day (UTC) on which they pass; {DEFAULT_DAYS} days from now where not given.",
)  # fmt: skip
@click.option(
    "--finding", "fingerprints", multiple=True, metavar="FINGERPRINT",
    help="Only this finding, renewed where it is accepted already. Repeatable.",
)  # fmt: skip
@_file_option
def accept(
    *,
    run: Path,
    reason: str,
    who: str | None,
    expires: datetime | None,
    fingerprints: tuple[str, ...],
    file: Path,
) -> None:
    """Accept the new findings of RUN: they pass from now on, until they expire.

    Notes never fail a run and are left out; what is accepted and has not expired stays as it is.
    """
    today = today_utc()
    acceptance = Acceptance(_told("--reason", reason), _who(who), today, _last_day(expires, today))
    _, report = _complete(run)
    before = load(file) if file.exists() else Baseline()
    chosen = _named(report, fingerprints) if fingerprints else _new(report, before, today)
    if not chosen:
        click.echo(f"{run}: no new finding to accept")
        return
    save(before.having(map(acceptance.of, chosen)), file)
    for finding in chosen:
        click.echo(f"accepted until {acceptance.expires}: {finding.fingerprint}  {_line(finding)}")


@command.command("list")
@click.argument(
    "file", metavar="[FILE]", default=Path(DEFAULT_NAME), type=click.Path(path_type=Path, dir_okay=False)
)
def list_entries(*, file: Path) -> None:
    """List what FILE (conformance-baseline.toml where not given) accepts, until when, by whom and why."""
    for line in table(load(file).entries, today_utc()):
        click.echo(line)


@command.command("prune")
@_run_argument
@_file_option
def prune_entries(*, run: Path, file: Path) -> None:
    """Take out what RUN looked for and did not find any more."""
    from conformance.recording.recorded import judgement_of

    baseline = load(file)
    journal, report = _complete(run)
    broken = broken_rules(map(judgement_of, journal.cases))
    compared = compare(baseline, report.findings, broken, today_utc())
    for entry in compared.gone:
        click.echo(f"gone: {entry.fingerprint}  {visible(entry.finding)}")
    prune(file, compared)


def table(entries: Sequence[Entry], today: date) -> Iterator[str]:
    """Yield a line for each entry below a head, its reason on a line of its own."""
    width = max((len(visible(entry.who)) for entry in entries), default=0)
    yield f"{'finding':<16}  {'accepted until':<18}  by"
    for entry in entries:
        until = f"{entry.expires}{' expired' if entry.is_expired(today) else ''}"
        yield f"{entry.fingerprint}  {until:<18}  {visible(entry.who):<{width}}  {visible(entry.finding)}"
        yield f"{'':<16}  {visible(entry.reason)}"


def _complete(run: Path) -> tuple[Journal, RunReport]:
    """Read a run. Raises TargetError where it is not whole: what it did not send, it can't vouch for."""
    from conformance.recording.journal import read
    from conformance.session.stored import stored_report

    journal = read(run)
    report = stored_report(journal, str(run))
    if not report.complete:
        raise TargetError(
            f"{run}: incomplete ({report.stopped}), so no baseline is changed by it; run it again"
        )
    if report.shard:
        raise TargetError(f"{run}: shard {report.shard} of a run; give what conformance merge makes of all")
    return journal, report


def _new(report: RunReport, baseline: Baseline, today: date) -> list[Finding]:
    valid = {entry.fingerprint for entry in baseline.entries if not entry.is_expired(today)}
    return [
        finding
        for finding in report.findings
        if finding.level is not FindingLevel.NOTE and finding.fingerprint not in valid
    ]


def _named(report: RunReport, fingerprints: Sequence[str]) -> list[Finding]:
    """Return the findings of these fingerprints. Raises UsageError for one the run has not."""
    by_fingerprint = {f.fingerprint: f for f in report.findings if f.level is not FindingLevel.NOTE}
    for named in fingerprints:
        if named not in by_fingerprint:
            known = ", ".join([*by_fingerprint][:_SHOWN]) or "none"
            raise UsageError(f"--finding {named!r} is none of the run's errors and warnings: {known}")
    return [by_fingerprint[named] for named in dict.fromkeys(fingerprints)]


def _line(finding: Finding) -> str:
    return visible(f"{finding.rule}: {finding.requirement}")


def _told(option: str, text: str) -> str:
    if not text.strip():
        raise UsageError(f"{option} is empty; say in a few words what others should know")
    return text.strip()


def _last_day(expires: datetime | None, today: date) -> date:
    if expires is None:
        return today + timedelta(days=DEFAULT_DAYS)
    if expires.date() < today:
        raise UsageError(f"--expires {expires.date()} has passed; give a later day")
    return expires.date()


def _who(named: str | None) -> str:
    if named is not None:
        return _told("--who", named)
    try:
        found = _git_user() or getpass.getuser().strip()
    except (OSError, KeyError):  # no such user: a bare container
        found = ""
    if not found:
        raise UsageError("nobody is known who accepts this; add --who NAME")
    return found


def _git_user() -> str:
    """Return git's user.name, nothing where there is none or no git."""
    try:
        done = subprocess.run(
            ["git", "config", "user.name"],  # noqa: S607 -- the user's own git, as their PATH has it
            capture_output=True, check=False, timeout=10,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="backslashreplace").strip()
