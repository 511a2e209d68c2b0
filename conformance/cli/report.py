"""`conformance report`: a run that was kept, told again in any format."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from conformance.errors import ExitCode
from reports import WRITERS


@click.command("report")
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(list(WRITERS)), default="terminal", show_default=True,
    help="How to write it.",
)  # fmt: skip
def command(*, run: Path, form: str) -> int:
    """Write the report of RUN, a --report-dir or its run.jsonl, to standard output.

    The exit code is 3 where the run is incomplete, else 0.
    """
    from conformance.cli.stored import stored_report
    from conformance.journal import read

    report = stored_report(read(run), str(run))
    WRITERS[form](report, sys.stdout)
    return ExitCode.CONFORMS if report.complete else ExitCode.TARGET
