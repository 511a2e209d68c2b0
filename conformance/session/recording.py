"""What a run leaves behind: journal lines as they come, then one report for screen and files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any, TextIO

from conformance import __version__
from conformance.case import RunLevel
from conformance.judging.gate import exit_code
from conformance.judging.verdict import Finding, RequirementResult, Verdict
from conformance.planning.mark import mark_of
from conformance.running.runner import CaseJudged, CaseRetried, Event, RunFinished
from conformance.sending.curl import curl_line
from conformance.session.loading import document_rows
from conformance.session.places import places
from conformance_reports.cases import CaseBook
from conformance_reports.folder import write_files
from conformance_reports.model import Holds, Row, RunReport, to_json
from conformance_reports.progress import Show, progress, show_nothing

if TYPE_CHECKING:
    from conformance.case import Case
    from conformance.errors import ExitCode
    from conformance.judging.checks import Judgement
    from conformance.judging.diagnosis import Conclusion
    from conformance.observing.response_coverage import Coverage
    from conformance.planning.plan import Plan
    from conformance.planning.shard import Shard
    from conformance.rules import FindingLevel
    from conformance.sending.sender import HeldBack
    from conformance.sending.target import Target
    from conformance.session.accepting import Accepting
    from conformance.session.folder import ReportFolder
    from conformance_reports.baseline import BaselineReport


@dataclass(frozen=True, slots=True)
class Setting:
    """What a run is, beside its plan: the target, whether that is our own mock, the gate's level and baseline.

    `shard` is the part of a run that the plan is, None for a whole one; `told` is more for the header;
    `run_id` is what the mark on created data is made of, empty where there is none. `keeps_cases` tells
    that somebody will look at single cases.
    """

    target: Target
    embedded: bool
    fail_on: FindingLevel
    shard: Shard | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    accepting: Accepting | None = None
    run_id: str = ""
    keeps_cases: bool = False

    @property
    def mark(self) -> str:
        """The mark on what the run creates; empty where that is gone with the embedded mock."""
        return "" if self.embedded or not self.run_id else mark_of(self.run_id)


class Recorder:
    """Takes a run's events; `finish` concludes them, writes the files and returns the report."""

    def __init__(self, plan: Plan, setting: Setting, folder: ReportFolder) -> None:
        self._plan = plan
        self._setting = setting
        self._folder = folder
        self._judgements: dict[str, Judgement] = {}
        self._again: dict[str, Judgement] = {}
        self._conclusion: Conclusion | None = None
        self._explored: list[tuple[Finding, Case]] = []
        self._coverage: Coverage | None = None
        self._requests = Counter[str]()
        self._violating = 0
        self._finished: RunFinished | None = None
        self._held = Holds()
        self._show: Show = show_nothing
        self._cases = CaseBook() if setting.keeps_cases else None
        self._started = perf_counter()
        self._header = header(plan, setting)
        if folder.journal:
            folder.journal.header(self._header)

    @contextmanager
    def watching(self, stream: TextIO) -> Iterator[None]:
        """Show progress on `stream`, where that is a terminal, while the block runs."""
        with progress(stream, len(self._plan.cases)) as self._show:
            yield

    def on_event(self, event: Event) -> None:
        """Take one event of the run. Raises UsageError where the journal can't be written."""
        match event:
            case CaseJudged():
                self._judged(event)
            case CaseRetried():
                self._retried(event)
            case RunFinished():
                self._finished = event

    def _judged(self, event: CaseJudged) -> None:
        self._judgements[event.case.id] = event.judgement
        self._requests[event.case.operation] += 1
        self._violating += bool(event.judgement.violations)
        self._kept(event)
        self._show(len(self._judgements), self._violating)

    def _retried(self, event: CaseRetried) -> None:
        self._again[event.case.id] = event.judgement
        self._requests[event.case.operation] += 1
        if self._folder.journal:
            self._folder.journal.retry(event.case, event.exchange, event.judgement, event.answer_bytes)

    def on_hold(self, event: HeldBack) -> None:
        """Take a request that the target holds back."""
        self.held(Holds(1, event.asked or 0.0))
        self._show(len(self._judgements), self._violating, waits=event.told)

    def held(self, more: Holds) -> None:
        """Count requests that the target held back."""
        self._held = Holds(self._held.times + more.times, max(self._held.asked, more.asked))

    def concluded(self) -> Conclusion:
        """Return what the cases so far prove; ask once all are judged, for it is not asked again."""
        if self._conclusion is None:
            from conformance.judging.diagnosis import conclude

            self._conclusion = conclude(self._plan, self._judgements)
        return self._conclusion

    def suspects(self) -> list[str]:
        """Return the cases that a finding of the whole run may rest on, by id; none where this is the whole."""
        if self._setting.shard is None:
            return []
        from conformance.running.flaky import suspects

        return suspects(self._plan.cases, self._judgements)

    @property
    def is_complete(self) -> bool:
        """Whether every planned case was sent and judged."""
        return self._finished is not None and self._finished.complete

    def attempted(self, case: Case, judgement: Judgement) -> None:
        """Count a request that exploration sent, and list what it created. Raises UsageError like the others."""
        self._requests[case.operation] += 1
        self.created(case, judgement.created)

    def created(self, case: Case, ids: Sequence[str] | None) -> None:
        """List what a request without a line of its own created; None for nothing. Raises UsageError."""
        if self._folder.journal and ids is not None:
            self._folder.journal.created(case, ids)

    def explored(self, finding: Finding, event: CaseJudged) -> None:
        """Take what exploration found. Raises UsageError where the journal can't be written."""
        self._explored.append((finding, event.case))
        self._kept(event)

    def _kept(self, event: CaseJudged) -> None:
        kept = (event.case, event.exchange, event.judgement, event.answer_bytes)
        if self._folder.journal:
            self._folder.journal.case(*kept)
        if self._cases is not None:
            self._cases.add(*kept)

    def covered(self, coverage: Coverage) -> None:
        """Take what the answers showed of the documented ones; ask once all are judged."""
        self._coverage = coverage

    def finish(
        self, stopped: str = "", code: ExitCode | None = None, duration: float | None = None
    ) -> RunReport:
        """Conclude the run and write its files; `stopped` and `code` tell of an end from outside.

        `duration` is how long the run took, in seconds, where that is not the time since the beginning.
        """
        took = perf_counter() - self._started if duration is None else duration
        if self._finished is not None:
            stopped = stopped or self._finished.stopped
        complete = not stopped and self.is_complete
        report = self._report(took, complete=complete, stopped=stopped, code=code)
        if self._folder.journal and self._folder.path:
            ending = {"complete": complete, "stopped": stopped, "report": to_json(report)}
            if self._setting.shard and self._coverage:
                ending["coverage"] = self._coverage.shown()
            self._folder.journal.footer(ending)
            write_files(report, self._folder.path)
        return report

    def _report(self, took: float, *, complete: bool, stopped: str, code: ExitCode | None) -> RunReport:
        results, findings = self._outcome(stopped)
        findings, baseline = self._accepted(findings, complete=complete)
        rows = self._rows(results)
        if code is None:
            code = exit_code(
                findings,
                results,
                complete=complete,
                fail_on=self._setting.fail_on,
                all_exercised=self._all_exercised(),
                is_part=self._setting.shard is not None,
            )
        return RunReport(
            target=self._setting.target.url,
            documents=tuple(document_rows(self._plan.operations)),
            complete=complete,
            exit_code=code,
            duration=took,
            planned=len(self._plan.cases),
            requests={operation.name: self._requests[operation.name] for operation in self._plan.operations},
            rows=rows,
            findings=findings,
            stopped=stopped,
            curls=self._curls(findings),
            unseen=self._coverage.unseen() if self._coverage else {},
            mark=self._setting.mark,
            places=places(self._plan.operations, findings),
            shard=str(self._setting.shard or ""),
            baseline=baseline,
            held=self._held,
            started=self._header["started"],
            scores=self._scores() if complete else {},
            cases=self._cases,
        )

    def _accepted(
        self, findings: tuple[Finding, ...], *, complete: bool
    ) -> tuple[tuple[Finding, ...], BaselineReport | None]:
        """Return the findings, those that the baseline accepts marked, and what became of its entries."""
        accepting = self._setting.accepting
        if accepting is None:
            return findings, None
        is_whole = complete and self._setting.shard is None  # what a part lacks, another may show
        compared = accepting.compare(findings, self._judgements.values(), whole=is_whole)
        return compared.findings, accepting.report(compared)

    def _all_exercised(self) -> bool:
        """Tell whether every operation was asked for what it allows, and answered as it may be judged."""
        from conformance.judging.tolerance import exercised

        answered = exercised(self._plan.cases, self._judgements)
        return all(o.name in self._plan.preflight and o.name in answered for o in self._plan.operations)

    def _outcome(self, stopped: str) -> tuple[tuple[RequirementResult, ...], tuple[Finding, ...]]:
        if not self._judgements:
            reason = f"not sent: {stopped}"
            skipped = (RequirementResult(r.id, Verdict.SKIPPED, reason) for r in self._plan.requirements)
            return tuple(skipped), ()
        from conformance.running.flaky import marked

        found = self.concluded()
        told = marked(found.findings, self._plan.cases, self._judgements, self._again)
        return found.results, (*told, *(finding for finding, _ in self._explored))

    def _rows(self, results: tuple[RequirementResult, ...]) -> tuple[Row, ...]:
        known = {requirement.id: requirement for requirement in self._plan.requirements}
        return tuple(
            Row(
                result.requirement,
                known[result.requirement].operation,
                known[result.requirement].address,
                result.verdict,
                result.reason,
                known[result.requirement].place,
                known[result.requirement].demand,
                known[result.requirement].outcome,
                known[result.requirement].side.value,
                known[result.requirement].operator,
                result.explained_by,
            )
            for result in results
        )

    def _scores(self) -> dict[str, tuple[int, int]]:
        """Return how many mutants of each operation the cases of a complete run tell apart, and how many not.

        A part of a run says nothing of that, and neither does one that leaves requirements out.
        """
        asked = {requirement.id for requirement in self._plan.requirements}
        is_whole = self._plan.level is not RunLevel.SMOKE and self._plan.mutants.keys() <= asked
        if not self._setting.keeps_cases or not is_whole:
            return {}
        from conformance.planning.score import Fate, score

        found = (score(self._plan, operation, RunLevel.FULL) for operation in self._plan.operations)
        return {s.operation: (s.count(Fate.KILLED), s.count(Fate.SURVIVED)) for s in found}

    def _curls(self, findings: tuple[Finding, ...]) -> dict[str, str]:
        shown = {finding.case for finding in findings}
        run = str(self._folder.path) if self._folder.path else ""
        keys = {operation.name: operation.key_headers for operation in self._plan.operations}
        return {
            case.id: curl_line(case, self._setting.target, keys[case.operation], run)
            for case in (*self._plan.cases, *(case for _, case in self._explored))
            if case.id in shown
        }


def header(plan: Plan, setting: Setting) -> dict[str, Any]:
    """Return the journal's header: what is run against what; of secrets only where they come from."""
    target = setting.target
    return {
        "tool": "concord-conformance",
        "version": __version__,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "run_id": setting.run_id,
        "mark": mark_of(setting.run_id) if setting.run_id else "",
        "target": target.url,
        "embedded": setting.embedded,
        "documents": document_rows(plan.operations),
        "path_params": dict(target.path_params),
        "key_env": target.key_env,
        "header_names": [name for name, _ in target.headers],
        "header_variables": {name: secret.variable for name, secret in target.headers if secret.variable},
        "operations": {
            operation.name: {
                "method": operation.method,
                "path": operation.path,
                "key_headers": list(operation.key_headers),
            }
            for operation in plan.operations
        },
        "cases": len(plan.cases),
        **setting.told,
    }
