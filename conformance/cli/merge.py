"""`conformance merge`: the shards of a run, joined into the verdict of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from conformance.cli.options import options
from conformance.errors import UsageError
from conformance.rules import FindingLevel
from conformance.session.accepting import Accepting, today_utc
from conformance.session.merging import merge
from conformance.session.option import Command
from conformance.session.outputs import claim_outputs, tell
from conformance.session.resolution import resolve


@click.command("merge")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--named",
    "name",
    metavar="NAME",
    help="The target of conformance.toml that the shards were run against: its documents and baseline.",
)
@options(Command.MERGE)
def command(*, runs: tuple[Path, ...], **given: Any) -> int:
    """Join the shards of one run, each a RUN (its --report-dir or run.jsonl), into one verdict.

    It is complete only where all shards are there and each is complete; the exit codes are those of `run`.
    """
    from conformance.recording.journal import journal_path, read
    from conformance.recording.merge import parts_of

    _spare(runs, given["report_dir"])
    # a folder that the file names is that of single runs
    settings = replace(resolve(Command.MERGE, given), report_dir=given["report_dir"])
    accepting = Accepting.of(settings.baseline, today_utc(), prune=settings.prune)
    parts = parts_of((str(run), read(run)) for run in runs)
    sources = (*map(journal_path, runs), *settings.specs, *((accepting.file,) if accepting else ()))
    claim_outputs(settings.formats, settings.report_dir, sources)
    level = FindingLevel(given["fail_on"]) if given["fail_on"] else None
    report = merge(parts, settings, accepting, level)
    tell(report, settings.formats)
    if accepting:
        accepting.close(report)
    return report.exit_code


def _spare(runs: Sequence[Path], folder: Path | None) -> None:
    """Raise UsageError where the merged run would be written over one of its shards."""
    from conformance.recording.journal import journal_path

    for run in runs:
        if folder is not None and journal_path(run).resolve().parent == folder.resolve():
            raise UsageError(f"--report-dir {folder}: a shard lies there; name another folder")
