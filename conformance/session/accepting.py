"""`--baseline FILE` of a run: what it accepts today, and what of it has gone and can be pruned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from conformance.baseline.comparison import Comparison, broken_rules, compare
from conformance.baseline.entry import Baseline
from conformance.baseline.file import load, save
from conformance.errors import UsageError
from conformance.judging.verdict import Finding
from conformance.session.notes import note
from conformance_reports.baseline import BaselineReport

if TYPE_CHECKING:
    from conformance.judging.judgement import Judgement
    from conformance_reports.model import RunReport


def today_utc() -> date:
    """Return the day, in UTC, that a command is called on: the clock is read at this edge alone."""
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class Accepting:
    """A baseline as it was when the run began, the day (UTC) it is held against, and whether to prune it."""

    file: Path
    baseline: Baseline
    today: date
    prune: bool = False

    @classmethod
    def of(cls, file: Path | None, today: date, *, prune: bool) -> Self | None:
        """Return what `--baseline` and `--prune` ask for, None without a baseline.

        Raises DocumentError where the file can't be used, and UsageError where there is none to prune.
        """
        if file is None:
            if prune:
                raise UsageError("--prune needs the baseline to prune; add --baseline FILE")
            return None
        return cls(file, load(file), today, prune)

    def compare(
        self, findings: Sequence[Finding], judgements: Iterable[Judgement], *, whole: bool
    ) -> Comparison:
        """Return what the baseline makes of the findings; only a whole, complete run shows that one is gone."""
        return compare(self.baseline, findings, broken_rules(judgements) if whole else {}, self.today)

    def report(self, compared: Comparison) -> BaselineReport:
        """Return the same for the reports."""
        return BaselineReport(str(self.file), compared.accepted, compared.expired, compared.gone)

    def close(self, report: RunReport) -> None:
        """Prune what is gone from the file, or say on stderr how. Raises UsageError where that fails."""
        told = report.baseline
        if told is None or not report.complete:
            return
        if self.prune:
            compared = Comparison(report.findings, told.accepted, told.expired, told.gone)
            prune(self.file, compared)
        elif told.gone:
            number = len(told.gone)
            rest = "is gone; --prune takes it out" if number == 1 else "are gone; --prune takes them out"
            note(f"{_entries(number)} of {self.file} {rest}")


def prune(file: Path, compared: Comparison) -> None:
    """Take what is gone out of the file, as it is by now; write it only where that changes something."""
    before = load(file)
    after = compared.pruned(before)
    if after != before:
        save(after, file)
    note(f"pruned {_entries(len(before.entries) - len(after.entries))} from {file}")


def _entries(number: int) -> str:
    return f"{number} entry" if number == 1 else f"{number} entries"
