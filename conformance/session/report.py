"""The report of a run: a pure function of its session and its log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance import __version__
from conformance.case import RunLevel
from conformance.judging.gate import exit_code
from conformance.judging.verdict import RequirementResult, Verdict
from conformance.planning.mark import mark_of
from conformance.requirement import Reason, ReasonKind
from conformance.sending.curl import curl_line
from conformance.session.loading import document_rows
from conformance.session.places import places
from conformance_reports.model import Holds, Row, RunReport

if TYPE_CHECKING:
    from conformance.case import Case
    from conformance.errors import ExitCode
    from conformance.judging.explanation import Explanation
    from conformance.judging.judgement import Judgement
    from conformance.judging.verdict import Finding
    from conformance.observing.response_coverage import Coverage
    from conformance.planning.plan import Plan
    from conformance.running.runner import RunFinished
    from conformance.session.session import Session
    from conformance_reports.baseline import BaselineReport
    from conformance_reports.cases import CaseBook


@dataclass(slots=True)
class Log:
    """What happened in a run so far; only added to. `judged` and `again` are by case id, `requests` by operation.

    `cases` keeps what single cases show, None where nobody looks.
    """

    cases: CaseBook | None = None
    judged: dict[str, Judgement] = field(default_factory=dict)
    again: dict[str, Judgement] = field(default_factory=dict)
    explored: list[tuple[Finding, Case]] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    violating: int = 0
    held: Holds = field(default_factory=Holds)
    coverage: Coverage | None = None
    finished: RunFinished | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: after `duration` seconds since `started`; `code` is given where the end came from outside."""

    complete: bool
    stopped: str
    duration: float
    started: str
    code: ExitCode | None = None


def report(
    session: Session, log: Log, explanation: Explanation | None, ending: Ending, folder: Path | None
) -> RunReport:
    """Return the report; `explanation` is what the cases prove, None where none was judged.

    `folder` is where the run is kept, for curl lines.
    """
    plan, settings = session.plan, session.settings
    results, findings = _outcome(plan, log, explanation, ending)
    findings, baseline = _accepted(session, log, findings, complete=ending.complete)
    code = ending.code
    if code is None:
        code = exit_code(
            findings,
            results,
            complete=ending.complete,
            fail_on=settings.fail_on,
            all_exercised=_all_exercised(plan, log),
            is_part=settings.shard is not None,
        )
    return RunReport(
        target=session.target.url,
        documents=tuple(document_rows(plan.operations)),
        complete=ending.complete,
        exit_code=code,
        duration=ending.duration,
        planned=len(plan.cases),
        requests={operation.name: log.requests[operation.name] for operation in plan.operations},
        rows=_rows(plan, results),
        findings=findings,
        stopped=ending.stopped,
        curls=_curls(session, log, findings, str(folder) if folder else ""),
        unseen=log.coverage.unseen() if log.coverage else {},
        mark=session.mark,
        places=places(plan.operations, findings),
        shard=str(settings.shard or ""),
        baseline=baseline,
        held=log.held,
        started=ending.started,
        scores=_scores(plan) if ending.complete and session.keeps_cases else {},
        cases=log.cases,
        fail_on=settings.fail_on,
    )


def _outcome(
    plan: Plan, log: Log, explanation: Explanation | None, ending: Ending
) -> tuple[tuple[RequirementResult, ...], tuple[Finding, ...]]:
    if explanation is None:
        reason = Reason(ReasonKind.NOT_SENT, f"not sent: {ending.stopped}")
        return tuple(RequirementResult(r.id, Verdict.SKIPPED, reason) for r in plan.requirements), ()
    from conformance.running.flaky import marked

    found = marked(explanation.findings, plan.cases, log.judged, log.again)
    return explanation.results, (*found, *(finding for finding, _ in log.explored))


def _accepted(
    session: Session, log: Log, findings: tuple[Finding, ...], *, complete: bool
) -> tuple[tuple[Finding, ...], BaselineReport | None]:
    """Return the findings, those that the baseline accepts marked, and what became of its entries."""
    if session.accepting is None:
        return findings, None
    is_whole = complete and session.settings.shard is None  # what a part lacks, another may show
    compared = session.accepting.compare(findings, log.judged.values(), whole=is_whole)
    return compared.findings, session.accepting.report(compared)


def _all_exercised(plan: Plan, log: Log) -> bool:
    """Tell whether every operation was asked for what it allows, and answered as it may be judged."""
    from conformance.judging.tolerance import exercised

    answered = exercised(plan.cases, log.judged)
    return all(o.name in plan.preflight and o.name in answered for o in plan.operations)


def _rows(plan: Plan, results: Sequence[RequirementResult]) -> tuple[Row, ...]:
    known = {requirement.id: requirement for requirement in plan.requirements}
    return tuple(
        Row(
            result.requirement,
            known[result.requirement].operation,
            known[result.requirement].address,
            result.verdict,
            str(result.reason),
            known[result.requirement].place,
            known[result.requirement].demand,
            known[result.requirement].outcome,
            known[result.requirement].side.value,
            known[result.requirement].operator,
            result.explained_by,
        )
        for result in results
    )


def _scores(plan: Plan) -> dict[str, tuple[int, int]]:
    """Return how many mutants of each operation the cases of a complete run tell apart, and how many not.

    A part of a run says nothing of that, and neither does one that leaves requirements out.
    """
    wanted = {requirement.id for requirement in plan.requirements}
    if plan.level is RunLevel.SMOKE or not plan.mutants.keys() <= wanted:
        return {}
    from conformance.planning.score import Fate, score

    found = (score(plan, operation, RunLevel.FULL) for operation in plan.operations)
    return {s.operation: (s.count(Fate.KILLED), s.count(Fate.SURVIVED)) for s in found}


def _curls(session: Session, log: Log, findings: Sequence[Finding], folder: str) -> dict[str, str]:
    shown = {finding.case for finding in findings}
    keys = {operation.name: operation.key_headers for operation in session.plan.operations}
    return {
        case.id: curl_line(case, session.target, keys[case.operation], folder)
        for case in (*session.plan.cases, *(case for _, case in log.explored))
        if case.id in shown
    }


def header(session: Session) -> dict[str, Any]:
    """Return the journal's header: what is run against what; of secrets only where they come from."""
    target, run_id = session.target, session.settings.run_id
    return {
        "tool": "concord-conformance",
        "version": __version__,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "run_id": run_id,
        "mark": mark_of(run_id) if run_id else "",
        "target": target.url,
        "embedded": session.is_embedded,
        "documents": document_rows(session.plan.operations),
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
            for operation in session.plan.operations
        },
        "cases": len(session.plan.cases),
        **session.header,
    }
