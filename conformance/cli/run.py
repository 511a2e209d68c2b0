"""`conformance run`: its options, as one typed value for the session that does the work."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from conformance.cli.options import (
    MAX_CONCURRENCY,
    baseline_options,
    choice_options,
    format_option,
    target_options,
)
from conformance.errors import UsageError
from conformance.rules import FindingLevel
from conformance.sending.budget import budget_of
from conformance.session.exploring import DEFAULT_FOLDER, Exploration
from conformance.session.outputs import parse_outputs
from conformance.settings import Given, resolve_settings
from conformance_reports.text import visible

_MAX_RUN_ID: Final = 200


def _run_id(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if len(text) > _MAX_RUN_ID or not text.isprintable():
        raise click.BadParameter(f"give at most {_MAX_RUN_ID} printable characters")
    return text


@click.command("run")
@click.argument("name", metavar="[NAME]", required=False)
@target_options
@choice_options
@click.option(
    "--fail-on", type=click.Choice([FindingLevel.ERROR.value, FindingLevel.WARNING.value]),
    help="The least level of finding to fail for.  [default: error]",
)  # fmt: skip
@click.option("--rate", metavar="N/s", help="At most so many requests a second, evenly spaced.")
@click.option(
    "--max-requests", type=click.IntRange(min=1), metavar="N",
    help="Send no more than N requests, those sent again included; a run cut short is incomplete.",
)  # fmt: skip
@click.option("--max-time", metavar="DURATION", help="Send nothing after so long: 90s, 10m or 1h.")
@click.option(
    "--concurrency", type=click.IntRange(1, MAX_CONCURRENCY), metavar="N",
    help="Requests under way at once.  [default: 16]",
)  # fmt: skip
@click.option(
    "--shard",
    metavar="I/N",
    help="Send only the I-th of N parts, such as 2/5; `conformance merge` gives the verdict on all.",
)
@click.option(
    "--report-dir", "folder", metavar="DIR", type=click.Path(path_type=Path),
    help="Write run.jsonl and summary.json there.",
)  # fmt: skip
@click.option(
    "--run-id", metavar="TEXT", default="", callback=_run_id,
    help="What the mark on created data is made of, such as a build's number.  [default: from the documents]",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be sent, send nothing and write nothing.")
@format_option
@baseline_options
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
    name: str | None,
    config: Path | None,
    url: str | None,
    path_params: tuple[str, ...],
    key_env: str | None,
    headers: tuple[str, ...],
    timeout: float | None,
    allow_production: bool,
    specs: tuple[Path, ...],
    globs: tuple[str, ...],
    level: str | None,
    max_body: int | None,
    fail_on: str | None,
    rate: str | None,
    max_requests: int | None,
    max_time: str | None,
    concurrency: int | None,
    shard: str | None,
    folder: Path | None,
    run_id: str,
    dry_run: bool,
    formats: tuple[str, ...],
    baseline: Path | None,
    prune: bool,
    seconds: float | None,
    failures: Path,
) -> int:
    """Contract-test the operations of OpenAPI documents against a target, or the embedded mock.

    NAME is a target of conformance.toml; options win over what stands there. Every requirement of
    the documents gets a verdict; the exit code is 0 only where all that was sent conforms. A shard
    is never the verdict: it ends with 1 for findings as it saw them, with 0 where it had none.
    """
    from conformance.planning.shard import parse_shard
    from conformance.session.accepting import Accepting, today_utc
    from conformance.session.session import Session

    if shard is not None and seconds is not None:
        raise UsageError("--explore wants a whole run; leave it out beside --shard")
    if shard is not None and prune:
        raise UsageError("--prune wants a whole run; leave it to conformance merge beside --shard")
    budget = budget_of(max_requests, max_time)
    given = Given(
        name=name, config=config, url=url, path_params=path_params, key_env=key_env, headers=headers,
        rate=rate, concurrency=concurrency, timeout=timeout, allow_production=allow_production,
        specs=specs, globs=globs, level=level, max_body=max_body, fail_on=fail_on, baseline=baseline,
        report_dir=folder,
    )  # fmt: skip
    settings = resolve_settings(given)
    session = Session(
        settings.target,
        settings.choice,
        settings.fail_on,
        settings.report_dir,
        Exploration(seconds, failures),
        parse_outputs(formats),
        allow_production=settings.allow_production,
        shard=parse_shard(shard) if shard is not None else None,
        accepting=Accepting.of(settings.baseline, today_utc(), prune=prune),
        run_id=run_id,
        budget=budget,
    )
    if dry_run:
        from conformance.session.rehearsal import rehearse

        lines, code = rehearse(session)
        for line in lines:
            click.echo(visible(line))
        return code
    from conformance.session.running import run_session

    return run_session(session)
