"""`conformance run`: its options, as one typed value for the session that does the work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from conformance.case import RunLevel
from conformance.cli.exploring import DEFAULT_FOLDER, Exploration
from conformance.cli.options import (
    DEFAULT_CONCURRENCY,
    MAX_CONCURRENCY,
    Choice,
    choice_options,
    make_target,
    parse_rate,
    target_options,
)
from conformance.rules import FindingLevel


@click.command("run")
@target_options
@choice_options
@click.option(
    "--fail-on", type=click.Choice([FindingLevel.ERROR.value, FindingLevel.WARNING.value]),
    default=FindingLevel.ERROR.value, show_default=True, help="The least level of finding to fail for.",
)  # fmt: skip
@click.option("--rate", metavar="N/s", help="At most so many requests a second, evenly spaced.")
@click.option(
    "--concurrency", type=click.IntRange(1, MAX_CONCURRENCY), default=DEFAULT_CONCURRENCY,
    show_default=True, metavar="N", help="Requests under way at once.",
)  # fmt: skip
@click.option(
    "--report-dir", "folder", metavar="DIR", type=click.Path(path_type=Path),
    help="Write run.jsonl and summary.json there.",
)  # fmt: skip
@click.option(
    "--explore", "seconds", type=click.FloatRange(0, 86_400, min_open=True), metavar="SECONDS",
    help="Then search so long with random requests; what is found is kept and replayed by later runs.",
)  # fmt: skip
@click.option(
    "--explore-dir", "failures", metavar="DIR", type=click.Path(path_type=Path), default=DEFAULT_FOLDER,
    show_default=True, help="Where found failures are kept.",
)  # fmt: skip
def command(
    *,
    url: str | None,
    path_params: tuple[str, ...],
    key_env: str | None,
    headers: tuple[str, ...],
    specs: tuple[Path, ...],
    globs: tuple[str, ...],
    level: str,
    max_body: int | None,
    fail_on: str,
    rate: str | None,
    concurrency: int,
    folder: Path | None,
    seconds: float | None,
    failures: Path,
) -> int:
    """Contract-test the operations of OpenAPI documents against a target, or the embedded mock.

    Every requirement of the documents gets a verdict; the exit code is 0 only where all that was
    sent conforms.
    """
    from conformance.cli.session import Session, run_session

    target = make_target(url, path_params, key_env, headers)
    target = replace(target, concurrency=concurrency, rate=parse_rate(rate))
    choice = Choice(specs, globs, RunLevel(level), max_body)
    exploration = Exploration(seconds, failures)
    return run_session(Session(target, choice, FindingLevel(fail_on), folder, exploration))
