"""What a run leaves behind: its log, in memory and as lines of the journal, then one report for screen and files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, TextIO

from conformance.running.runner import CaseJudged, CaseRetried, Event, RunFinished
from conformance.session.report import Ending, Log, header, report
from conformance_reports.cases import CaseBook
from conformance_reports.folder import write_files
from conformance_reports.model import Holds, to_json
from conformance_reports.progress import Show, progress, show_nothing

if TYPE_CHECKING:
    from conformance.case import Case
    from conformance.errors import ExitCode
    from conformance.judging.explanation import Explanation
    from conformance.judging.judgement import Judgement
    from conformance.judging.verdict import Finding
    from conformance.observing.response_coverage import Coverage
    from conformance.sending.sender import HeldBack
    from conformance.session.folder import ReportFolder
    from conformance.session.session import Session
    from conformance_reports.model import RunReport


class Recorder:
    """Appends to the log of a run; `finish` writes the files and returns the report.

    All that appends raises UsageError where the journal can't be written.
    """

    def __init__(self, session: Session, folder: ReportFolder) -> None:
        self._session = session
        self._folder = folder
        self._log = Log(CaseBook() if session.keeps_cases else None)
        self._explanation: Explanation | None = None
        self._show: Show = show_nothing
        self._started = perf_counter()
        self._header = header(session)
        if folder.journal:
            folder.journal.header(self._header)

    @contextmanager
    def watching(self, stream: TextIO) -> Iterator[None]:
        """Show progress on `stream`, where that is a terminal, while the block runs."""
        with progress(stream, len(self._session.plan.cases)) as self._show:
            yield

    def on_event(self, event: Event) -> None:
        """Take one event of the run."""
        log = self._log
        match event:
            case CaseJudged(case=case, judgement=judgement):
                log.judged[case.id] = judgement
                log.requests[case.operation] += 1
                log.violating += bool(judgement.violations)
                self._keep(event)
                self._show(len(log.judged), log.violating)
            case CaseRetried(case=case, judgement=judgement):
                log.again[case.id] = judgement
                log.requests[case.operation] += 1
                if self._folder.journal:
                    self._folder.journal.retry(case, event.exchange, judgement, event.answer_bytes)
            case RunFinished():
                log.finished = event

    def on_hold(self, event: HeldBack) -> None:
        """Take a request that the target holds back."""
        self.held(Holds(1, event.asked or 0.0))
        self._show(len(self._log.judged), self._log.violating, waits=event.told)

    def held(self, more: Holds) -> None:
        """Count requests that the target held back."""
        self._log.held = Holds(self._log.held.times + more.times, max(self._log.held.asked, more.asked))

    def explanation(self) -> Explanation:
        """Return what the cases so far prove; ask once all are judged, for it is not asked again."""
        if self._explanation is None:
            from conformance.judging.explanation import explain

            self._explanation = explain(self._session.plan, self._log.judged)
        return self._explanation

    def suspects(self) -> list[str]:
        """Return the cases that a finding of the whole run may rest on, by id; none where this is the whole."""
        if self._session.settings.shard is None:
            return []
        from conformance.running.flaky import suspects

        return suspects(self._session.plan.cases, self._log.judged)

    @property
    def is_complete(self) -> bool:
        """Whether every planned case was sent and judged."""
        return self._log.finished is not None and self._log.finished.complete

    def attempted(self, case: Case, judgement: Judgement) -> None:
        """Count a request that exploration sent, and list what it created."""
        self._log.requests[case.operation] += 1
        self.created(case, judgement.created)

    def created(self, case: Case, ids: Sequence[str] | None) -> None:
        """List what a request without a line of its own created; None for nothing."""
        if self._folder.journal and ids is not None:
            self._folder.journal.created(case, ids)

    def explored(self, finding: Finding, event: CaseJudged) -> None:
        """Take what exploration found."""
        self._log.explored.append((finding, event.case))
        self._keep(event)

    def covered(self, coverage: Coverage) -> None:
        """Take what the answers showed of the documented ones; ask once all are judged."""
        self._log.coverage = coverage

    def finish(
        self, stopped: str = "", code: ExitCode | None = None, duration: float | None = None
    ) -> RunReport:
        """Conclude the run and write its files; `stopped` and `code` tell of an end from outside.

        `duration` is how long the run took, in seconds, where that is not the time since the beginning.
        """
        took = perf_counter() - self._started if duration is None else duration
        if self._log.finished is not None:
            stopped = stopped or self._log.finished.stopped
        complete = not stopped and self.is_complete
        ending = Ending(complete, stopped, took, str(self._header["started"]), code)
        explanation = self.explanation() if self._log.judged else None
        made = report(self._session, self._log, explanation, ending, self._folder.path)
        if self._folder.journal and self._folder.path:
            footer = {"complete": complete, "stopped": stopped, "report": to_json(made)}
            if self._session.settings.shard and self._log.coverage:
                footer["coverage"] = self._log.coverage.shown()
            self._folder.journal.footer(footer)
            write_files(made, self._folder.path)
        return made

    def _keep(self, event: CaseJudged) -> None:
        kept = (event.case, event.exchange, event.judgement, event.answer_bytes)
        if self._folder.journal:
            self._folder.journal.case(*kept)
        if self._log.cases is not None:
            self._log.cases.add(*kept)
