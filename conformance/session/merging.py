"""The shards of a run joined: the plan made again, the verdict of the whole, its files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.case import RunLevel
from conformance.errors import DocumentError
from conformance.rules import FindingLevel
from conformance.session.accepting import Accepting
from conformance.session.exploring import Exploration
from conformance.session.folder import ReportFolder
from conformance.session.loading import load_operations
from conformance.session.planning import plan_of
from conformance.session.recording import Recorder, Setting
from conformance.session.stored import stored_report, stored_target
from conformance.settings import Choice

if TYPE_CHECKING:
    from conformance.planning.plan import Plan
    from conformance.recording.merge import Part
    from conformance.running.runner import CaseJudged
    from conformance_reports.model import RunReport


@dataclass(frozen=True, slots=True)
class Joining:
    """What merging is given beside the shards; `fail_on` takes the place of what they were told."""

    specs: tuple[Path, ...] = ()
    folder: Path | None = None
    exploration: Exploration = field(default_factory=Exploration)
    fail_on: FindingLevel | None = None
    accepting: Accepting | None = None
    keeps_cases: bool = False


def merge(parts: Sequence[Part], joining: Joining) -> RunReport:
    """Make the plan of the shards again, draw the conclusions of the whole, and write its files.

    Raises DocumentError where plan and shards do not fit.
    """
    from conformance.planning.shard import terms
    from conformance.recording.merge import judged, refuse_other_plan

    choice, setting = _choice(parts[0], joining.specs), _setting(parts)
    plan = plan_of(load_operations(joining.specs), choice, joining.exploration, setting.run_id)
    agreed = terms(plan, choice.level, choice.globs, choice.max_body)
    refuse_other_plan(parts[0], {**agreed, "fail_on": setting.fail_on.value})
    events = list(judged(plan, parts))
    setting = replace(
        setting, fail_on=joining.fail_on or setting.fail_on, accepting=joining.accepting,
        keeps_cases=joining.keeps_cases,
    )  # fmt: skip
    with ReportFolder(joining.folder) as kept:
        return _retold(plan, parts, events, Recorder(plan, setting, kept))


def _choice(part: Part, specs: tuple[Path, ...]) -> Choice:
    terms = part.terms
    try:
        most = None if terms["max_body"] is None else int(terms["max_body"])
        return Choice(specs, tuple(map(str, terms["operations"])), RunLevel(terms["level"]), most)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise DocumentError(f"{part.label}: not the journal of a shard: {error!r}") from error


def _setting(parts: Sequence[Part]) -> Setting:
    """Return what the shards were: their common target, and the earliest start."""
    first = parts[0]
    try:
        return Setting(
            stored_target(first.journal),
            first.journal.header["embedded"] is True,
            FindingLevel(first.terms["fail_on"]),
            told={
                "started": min(str(part.journal.header["started"]) for part in parts),
                "merged": len(parts),
            },
            run_id=str(first.journal.header["run_id"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DocumentError(f"{first.label}: not the journal of a shard: {error!r}") from error


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
    seconds = [] if stopped else list(again(plan, parts, recorder.concluded().findings))
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
