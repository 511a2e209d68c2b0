"""`conformance replay`: the stored bytes of one case sent again, and judged again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from conformance.case import Case, Exchange, Key
from conformance.cli.options import options
from conformance.errors import DocumentError, ExitCode, UsageError
from conformance.judging.gate import closes
from conformance.judging.verdict import Verdict
from conformance.recording.journal import Journal, case_of, read
from conformance.rules import FindingLevel
from conformance.sending.production import refuse_production
from conformance.sending.target import Target, redact_exchange, redactor, url_of
from conformance.session.loading import load_operations
from conformance.session.option import Command
from conformance.session.resolution import Given, resolve
from conformance.session.settings import Settings
from conformance.session.stored import key_headers, stored_target
from conformance_reports.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.judging.judgement import Judgement
    from conformance.openapi.operation import Operation

_SHOWN: Final = 2000


@click.command("replay")
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("case_id", metavar="CASE-ID")
@click.argument("name", metavar="[NAME]", required=False)
@options(Command.REPLAY)
def command(*, run: Path, case_id: str, **given: Any) -> int:
    """Send one case of RUN, a --report-dir or its run.jsonl, once more, to judge it by the same documents.

    It goes to --target, to NAME of conformance.toml, or to the run's own target. The key is taken
    from --api-key-env or NAME alone: a journal never decides which secret goes where.
    """
    journal = read(run)
    case = _find(journal, run, case_id)
    settings = _settings(journal, run, given)
    operations = load_operations(settings.specs)
    if not settings.allow_production:
        refuse_production(operations, settings.url)
    with _target(settings) as target:
        _require_key(journal, case, target)
        click.echo(f"{case.request.method} {visible(url_of(case.request, target))}")
        click.echo(f"{case.operation}, {case.intent.value}: {visible(case.title, _SHOWN)}")
        exchange = asyncio.run(_send(case, target, key_headers(journal, case.operation)))
    _show(redact_exchange(exchange, redactor(target)))
    return _judge(journal, case, exchange, operations, target, settings.fail_on)


def _find(journal: Journal, run: Path, case_id: str) -> Case:
    line = journal.find(case_id)
    if line is None:
        some = ", ".join(str(line["id"]) for line in journal.cases[:3]) or "none"
        raise UsageError(f"{run}: no case {case_id!r} among {len(journal.cases)}; ids look like {some}")
    return case_of(line)


def _settings(journal: Journal, run: Path, given: Given) -> Settings:
    """Return what was given, filled up with the run's own target and ids; no URL where it had the mock."""
    try:
        stored = stored_target(journal)
        embedded = journal.header["embedded"] is True
    except (KeyError, TypeError, AttributeError) as error:
        raise DocumentError(f"{run}: not the journal of a run: {error!r}") from error
    if given["url"] is None and given["name"] is None and not embedded:
        given = {**given, "url": stored.url}
    settings = resolve(Command.REPLAY, given)
    if not settings.url:
        return settings
    return replace(settings, path_params={**stored.path_params, **settings.path_params})


@contextmanager
def _target(settings: Settings) -> Iterator[Target]:
    """Yield where to send: to a new mock where there is no URL."""
    if settings.url:
        yield settings.target
        return
    from conformance.mock.process import start_mock
    from conformance.session.loading import mock_target

    with start_mock(settings.specs) as mock:
        yield mock_target(settings.target, mock)


def _require_key(journal: Journal, case: Case, target: Target) -> None:
    variable = journal.header["key_env"]
    if variable and case.request.key is Key.RIGHT and target.key is None:
        raise UsageError(f"the run sent a key from ${variable}; add --api-key-env {variable}")


async def _send(case: Case, target: Target, headers: tuple[str, ...]) -> Exchange:
    from conformance.sending.pace import Pace
    from conformance.sending.sender import Manners, Sender

    manners = Manners(Pace(target.rate), on_hold=lambda held: click.echo(held.told, err=True))
    async with Sender(target, {case.operation: headers}, manners) as sender:
        return await sender.send(case)


def _show(exchange: Exchange) -> None:
    if not exchange.status:
        click.echo(f"no answer: {visible(exchange.failure)}")
        return
    size = f"{len(exchange.body):,} bytes" + (" or more" if exchange.truncated else "")
    click.echo(f"{exchange.status}, {visible(exchange.header('content-type')) or 'no content type'}, {size}")
    click.echo(visible(exchange.body[: 4 * _SHOWN].decode("utf-8", "replace"), _SHOWN))


def _judge(
    journal: Journal,
    case: Case,
    exchange: Exchange,
    operations: tuple[Operation, ...],
    target: Target,
    fail_on: FindingLevel,
) -> int:
    """Judge by the run's documents and say so; without them, say that it can't be told."""
    try:
        _check_documents(journal, case, operations)
    except DocumentError as error:
        click.echo(f"not judged: {visible(str(error))}", err=True)
        return ExitCode.TARGET
    from conformance.judging.tolerance import TolerantJudge

    judgement = TolerantJudge(operations, target.accept).judge(case, exchange)
    _tell(judgement, redactor(target))
    if any(closes(violation.rule.level, fail_on) for violation in judgement.violations):
        return ExitCode.FINDINGS
    undecided = judgement.verdict in (Verdict.ERRORED, Verdict.SKIPPED)
    return ExitCode.TARGET if undecided else ExitCode.CONFORMS


def _check_documents(journal: Journal, case: Case, operations: tuple[Operation, ...]) -> None:
    found = next((operation for operation in operations if operation.name == case.operation), None)
    if found is None:
        raise DocumentError(f"no operation {case.operation!r} in the documents; add the run's --spec")
    if found.document.sha256 not in {document["sha256"] for document in journal.header["documents"]}:
        raise DocumentError(f"{found.document.name} is not as it was in the run; add the run's own --spec")


def _tell(judgement: Judgement, redact: Callable[[str], str]) -> None:
    reason = f": {visible(redact(judgement.reason), _SHOWN)}" if judgement.reason else ""
    # an answer can break a rule whatever it says of its request
    broken = any(violation.rule.level is not FindingLevel.NOTE for violation in judgement.violations)
    verdict = Verdict.FAILED if broken and judgement.verdict is Verdict.PASSED else judgement.verdict
    click.echo(f"{verdict.value}{reason}")
    for violation in judgement.violations:
        click.echo(f"  {violation.rule.id}")
        click.echo(f"    Expected  {visible(redact(violation.expected), _SHOWN)}")
        click.echo(f"    Actual    {visible(redact(violation.actual), _SHOWN)}")
