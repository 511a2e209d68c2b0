"""`conformance report`: a run that was kept, told again in any format."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conformance.errors import ExitCode, UsageError
from conformance.session.outputs import HTML, claim_beside
from conformance_reports import WRITERS
from conformance_reports.files import whole

if TYPE_CHECKING:
    from conformance_reports.history import Point

_RUNS: Final = 500


@click.command("report")
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(list(WRITERS)), default="terminal", show_default=True,
    help="How to write it.",
)  # fmt: skip
@click.option(
    "--output",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Write to a file, not to standard output.",
)
@click.option(
    "--compare", "earlier", metavar="RUN", type=click.Path(path_type=Path),
    help="With --format html: say what is new, gone and still there since that run.",
)  # fmt: skip
@click.option(
    "--trend", "folder", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False),
    help="With --format html: draw the runs whose --report-dir lies in this folder.",
)  # fmt: skip
def command(*, run: Path, form: str, output: Path | None, earlier: Path | None, folder: Path | None) -> int:
    """Write the report of RUN, a --report-dir or its run.jsonl.

    The exit code is 3 where the run is incomplete, else 0.
    """
    from conformance.recording.journal import read
    from conformance.session.stored import stored_report

    if form != HTML and (earlier or folder):
        raise UsageError("report: --compare and --trend go with --format html")
    report = stored_report(read(run), str(run), keeps_cases=form == HTML)
    if earlier is not None:
        from conformance_reports.comparing import since

        before = stored_report(read(earlier), str(earlier))
        report = replace(report, since=since(before, report, str(earlier)))
    if folder is not None:
        report = replace(report, trend=_row_of_runs(folder))
    if output is None:
        WRITERS[form](report, sys.stdout)
    else:
        claim_beside(output, run)
        with whole(output) as stream:
            WRITERS[form](report, stream)
    return ExitCode.CONFORMS if report.complete else ExitCode.TARGET


def _row_of_runs(folder: Path) -> tuple[Point, ...]:
    """Return the runs in the folders of `folder`. Raises UsageError where there are none or too many."""
    from conformance.recording.journal import FILE_NAME, read_ends
    from conformance.session.stored import stored_report
    from conformance_reports.comparing import trend

    found = sorted(path.parent for path in folder.glob(f"*/{FILE_NAME}"))
    if not 0 < len(found) <= _RUNS:
        raise UsageError(
            f"--trend {folder}: holds {len(found)} runs (*/{FILE_NAME}); give a folder of 1 to {_RUNS}"
        )
    return trend((run.name, stored_report(read_ends(run), str(run))) for run in found)
