"""The shards of a run joined: the plan made again, the verdict of the whole, its files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.case import RunLevel
from conformance.errors import DocumentError
from conformance.rules import FindingLevel
from conformance.session.folder import ReportFolder
from conformance.session.loading import load_operations
from conformance.session.planning import plan_of
from conformance.session.recorder import Recorder
from conformance.session.session import Session
from conformance.session.stored import stored_report, stored_target

if TYPE_CHECKING:
    from conformance.planning.plan import Plan
    from conformance.recording.merge import Part
    from conformance.running.runner import CaseJudged
    from conformance.sending.target import Target
    from conformance.session.accepting import Accepting
    from conformance.session.settings import Settings
    from conformance_reports.model import RunReport


def merge(
    parts: Sequence[Part],
    given: Settings,
    accepting: Accepting | None = None,
    fail_on: FindingLevel | None = None,
) -> RunReport:
    """Make the plan of the shards again, draw the conclusions of the whole, and write its files.

    Documents and outputs are `given`; `fail_on` takes the place of what the shards were told. Raises
    DocumentError where plan and shards do not fit.
    """
    from conformance.planning.shard import terms
    from conformance.recording.merge import judged, refuse_other_plan

    settings, target, header = _settings(parts, given)
    plan = plan_of(load_operations(settings.specs), settings)
    agreed = terms(plan, settings.level, settings.globs, settings.max_body)
    refuse_other_plan(parts[0], {**agreed, "fail_on": settings.fail_on.value})
    events = list(judged(plan, parts))
    settings = replace(settings, fail_on=fail_on or settings.fail_on)
    session = Session(settings=settings, plan=plan, target=target, accepting=accepting, header=header)
    with ReportFolder(settings.report_dir) as kept:
        return _retold(plan, parts, events, Recorder(session, kept))


def _settings(parts: Sequence[Part], settings: Settings) -> tuple[Settings, Target, dict[str, object]]:
    """Return the settings with what the shards have in common, their target, and how the whole began."""
    first = parts[0]
    try:
        terms, header = first.terms, first.journal.header
        target = stored_target(first.journal)
        most = None if terms["max_body"] is None else int(terms["max_body"])
        begun = {
            "started": min(str(part.journal.header["started"]) for part in parts),
            "merged": len(parts),
        }
        shared = replace(
            settings, url="" if header["embedded"] is True else target.url, run_id=str(header["run_id"]),
            globs=tuple(map(str, terms["operations"])), level=RunLevel(terms["level"]), max_body=most,
            fail_on=FindingLevel(terms["fail_on"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise DocumentError(f"{first.label}: not the journal of a shard: {error!r}") from error
    return shared, target, begun


def _retold(plan: Plan, parts: Sequence[Part], events: Sequence[CaseJudged], recorder: Recorder) -> RunReport:
    """Tell the recorder what it would have seen of the run in one piece, and what the shards created beside."""
    from conformance.recording.merge import again, beside, covered, lacking
    from conformance.running.runner import RunFinished

    stopped, reports = lacking(parts), [stored_report(part.journal, part.label) for part in parts]
    took = _duration(reports)
    for event in events:
        recorder.on_event(event)
    for report in reports:
        recorder.held(report.held)
    recorder.on_event(RunFinished(not stopped, len(events), took, stopped))
    seconds = [] if stopped else list(again(plan, parts, recorder.explanation().findings))
    for second in seconds:
        recorder.on_event(second)
    for case, ids in beside(plan, parts, {second.case.id for second in seconds}):
        recorder.created(case, ids)
    if not stopped:
        recorder.covered(covered(plan, parts))
    return recorder.finish(duration=took)


def _duration(reports: Sequence[RunReport]) -> float:
    """Return the seconds that all shards took together, about those of a run in one piece."""
    took = sum(report.duration for report in reports)
    if not math.isfinite(took):
        raise DocumentError(
            "a shard's journal gives no number of seconds for its duration; run the shard again"
        )
    return took
