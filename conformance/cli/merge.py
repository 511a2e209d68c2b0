"""`conformance merge`: the shards of a run, joined into the verdict of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from conformance.cli.options import baseline_options, config_option, format_option
from conformance.errors import UsageError
from conformance.rules import FindingLevel
from conformance.session.accepting import Accepting, today_utc
from conformance.session.exploring import DEFAULT_FOLDER, Exploration
from conformance.session.merging import Joining, merge
from conformance.session.outputs import claim_outputs, parse_outputs, shows_cases, tell
from conformance.settings import scope_of


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
