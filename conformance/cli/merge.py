"""`conformance merge`: the shards of a run, joined into the verdict of the whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.case import RunLevel
from conformance.cli.accepting import Accepting, today_utc
from conformance.cli.exploring import DEFAULT_FOLDER, Exploration
from conformance.cli.folder import ReportFolder
from conformance.cli.loading import load_operations
from conformance.cli.options import baseline_options, config_option
from conformance.cli.outputs import claim_outputs, format_option, parse_outputs, shows_cases, tell
from conformance.cli.planning import plan_of
from conformance.cli.recording import Recorder, Setting
from conformance.cli.stored import stored_report, stored_target
from conformance.errors import DocumentError, UsageError
from conformance.rules import FindingLevel
from conformance.settings import Choice, scope_of

if TYPE_CHECKING:
    from conformance.planning.plan import Plan
    from conformance.recording.merge import Part
    from conformance.running.runner import CaseJudged
    from conformance_reports.model import RunReport


@click.command("merge")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True, type=click.Path(path_type=Path))
@config_option
@click.option(
    "--named",
    "name",
    metavar="NAME",
    help="The target of conformance.toml that the shards were run against: its documents and baseline.",
)
@click.option(
    "--spec", "specs", multiple=True, metavar="PATH", type=click.Path(path_type=Path),
    help="The documents of the shards; the bundled ones where none is given. Repeatable.",
)  # fmt: skip
@click.option(
    "--fail-on", type=click.Choice([FindingLevel.ERROR.value, FindingLevel.WARNING.value]),
    help="The least level of finding to fail for, where not that of the shards.",
)  # fmt: skip
@click.option(
    "--report-dir", "folder", metavar="DIR", type=click.Path(path_type=Path),
    help="Write run.jsonl, summary.json and report.html of the whole run there.",
)  # fmt: skip
@click.option(
    "--explore-dir", "failures", metavar="DIR", type=click.Path(path_type=Path), default=DEFAULT_FOLDER,
    show_default=True, help="Where the failures are kept that the shards replayed.",
)  # fmt: skip
@format_option
@baseline_options
def command(
    *,
    runs: tuple[Path, ...],
    config: Path | None,
    name: str | None,
    specs: tuple[Path, ...],
    fail_on: str | None,
    folder: Path | None,
    failures: Path,
    formats: tuple[str, ...],
    baseline: Path | None,
    prune: bool,
) -> int:
    """Join the shards of one run, each a RUN (its --report-dir or run.jsonl), into one verdict.

    It is complete only where all shards are there and each is complete; the exit codes are those of `run`.
    """
    from conformance.recording.journal import journal_path, read
    from conformance.recording.merge import parts_of

    _spare(runs, folder)
    scope = scope_of(name, config)
    accepting = Accepting.of(baseline or scope.baseline, today_utc(), prune=prune)
    outputs = parse_outputs(formats)
    parts = parts_of((str(run), read(run)) for run in runs)
    shards = (journal_path(run) for run in runs)
    claim_outputs(outputs, folder, (*shards, *specs, *((accepting.file,) if accepting else ())))
    level = FindingLevel(fail_on) if fail_on else None
    joining = Joining(
        specs or scope.specs, folder, Exploration(folder=failures), level, accepting, shows_cases(folder, outputs)
    )  # fmt: skip
    report = merge(parts, joining)
    tell(report, outputs)
    if accepting:
        accepting.close(report)
    return report.exit_code


def _spare(runs: Sequence[Path], folder: Path | None) -> None:
    """Raise UsageError where the merged run would be written over one of its shards."""
    from conformance.recording.journal import journal_path

    for run in runs:
        if folder is not None and journal_path(run).resolve().parent == folder.resolve():
            raise UsageError(f"--report-dir {folder}: a shard lies there; name another folder")


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
