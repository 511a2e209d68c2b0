"""`conformance report`: a run that was kept, told again in any format."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from conformance.cli.outputs import HTML, claim_beside
from conformance.errors import ExitCode
from reports import WRITERS
from reports.files import whole


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
def command(*, run: Path, form: str, output: Path | None) -> int:
    """Write the report of RUN, a --report-dir or its run.jsonl.

    The exit code is 3 where the run is incomplete, else 0.
    """
    from conformance.cli.stored import stored_report
    from conformance.journal import read

    report = stored_report(read(run), str(run), keeps_cases=form == HTML)
    if output is None:
        WRITERS[form](report, sys.stdout)
    else:
        claim_beside(output, run)
        with whole(output) as stream:
            WRITERS[form](report, stream)
    return ExitCode.CONFORMS if report.complete else ExitCode.TARGET
