"""`conformance replay`: the stored bytes of one case sent again, and judged again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conformance.case import Case, Exchange, Key
from conformance.cli.options import make_target, target_options
from conformance.cli.stored import key_headers, stored_target
from conformance.errors import ConformanceError, DocumentError, ExitCode, UsageError
from conformance.journal import Journal, case_of, read
from conformance.target import Target, redact_exchange, redactor, url_of
from conformance.verdict import Verdict
from reports.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.checks import Judgement
    from conformance.operation import Operation

_SHOWN: Final = 2000
_CODES: Final = {Verdict.PASSED: ExitCode.CONFORMS, Verdict.FAILED: ExitCode.FINDINGS}


@click.command("replay")
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("case_id", metavar="CASE-ID")
@target_options
@click.option(
    "--spec", "specs", multiple=True, metavar="PATH", type=click.Path(path_type=Path),
    help="The documents of the run, to judge by; the bundled ones where none is given. Repeatable.",
)  # fmt: skip
def command(
    *,
    run: Path,
    case_id: str,
    url: str | None,
    path_params: tuple[str, ...],
    key_env: str | None,
    headers: tuple[str, ...],
    specs: tuple[Path, ...],
) -> int:
    """Send one case of RUN, a --report-dir or its run.jsonl, once more: to the same target or to --target.

    The key is taken from --api-key-env alone: a journal never decides which secret goes where.
    """
    journal = read(run)
    case = _find(journal, run, case_id)
    with _target(journal, run, url, path_params, key_env, headers, specs) as target:
        _require_key(journal, case, target)
        redact = redactor(target)
        click.echo(f"{case.request.method} {visible(url_of(case.request, target))}")
        click.echo(f"{case.operation}, {case.intent.value}: {visible(case.title, _SHOWN)}")
        exchange = asyncio.run(_send(case, target, key_headers(journal, case.operation)))
    _show(redact_exchange(exchange, redact))
    return _judge(journal, case, exchange, specs, redact)


def _find(journal: Journal, run: Path, case_id: str) -> Case:
    line = journal.find(case_id)
    if line is None:
        some = ", ".join(str(line["id"]) for line in journal.cases[:3]) or "none"
        raise UsageError(f"{run}: no case {case_id!r} among {len(journal.cases)}; ids look like {some}")
    return case_of(line)


@contextmanager
def _target(
    journal: Journal,
    run: Path,
    url: str | None,
    path_params: tuple[str, ...],
    key_env: str | None,
    headers: tuple[str, ...],
    specs: tuple[Path, ...],
) -> Iterator[Target]:
    """Yield where to send: `--target`, the run's own target, or a new mock where the run had one."""
    try:
        stored = stored_target(journal)
        embedded = journal.header["embedded"] is True
    except (KeyError, TypeError, AttributeError) as error:
        raise DocumentError(f"{run}: not the journal of a run: {error!r}") from error
    given = make_target(url or (None if embedded else stored.url), path_params, key_env, headers)
    if given.url:
        yield replace(given, path_params={**stored.path_params, **given.path_params})
        return
    from conformance.cli.session import mock_target
    from conformance.mock.process import start_mock

    with start_mock(specs) as mock:
        yield mock_target(given, mock)


def _require_key(journal: Journal, case: Case, target: Target) -> None:
    variable = journal.header["key_env"]
    if variable and case.request.key is Key.RIGHT and target.key is None:
        raise UsageError(f"the run sent a key from ${variable}; add --api-key-env {variable}")


async def _send(case: Case, target: Target, headers: tuple[str, ...]) -> Exchange:
    from conformance.sender import Sender

    async with Sender(target, {case.operation: headers}) as sender:
        return await sender.send(case)


def _show(exchange: Exchange) -> None:
    if not exchange.status:
        click.echo(f"no answer: {visible(exchange.failure)}")
        return
    size = f"{len(exchange.body):,} bytes" + (" or more" if exchange.truncated else "")
    click.echo(f"{exchange.status}, {visible(exchange.header('content-type')) or 'no content type'}, {size}")
    click.echo(visible(exchange.body[: 4 * _SHOWN].decode("utf-8", "replace"), _SHOWN))


def _judge(
    journal: Journal, case: Case, exchange: Exchange, specs: tuple[Path, ...], redact: Callable[[str], str]
) -> int:
    """Judge by the run's documents and say so; without them, say that it can't be told."""
    from conformance.cli.loading import load_operations

    try:
        operations = load_operations(specs)
        _check_documents(journal, case, operations)
    except ConformanceError as error:
        click.echo(f"not judged: {visible(str(error))}", err=True)
        return ExitCode.TARGET
    from conformance.checks import Judge

    judgement = Judge(operations).judge(case, exchange)
    _tell(judgement, redact)
    return _CODES.get(judgement.verdict, ExitCode.TARGET)


def _check_documents(journal: Journal, case: Case, operations: tuple[Operation, ...]) -> None:
    found = next((operation for operation in operations if operation.name == case.operation), None)
    if found is None:
        raise DocumentError(f"no operation {case.operation!r} in the documents; add the run's --spec")
    if found.document.sha256 not in {document["sha256"] for document in journal.header["documents"]}:
        raise DocumentError(f"{found.document.name} is not as it was in the run; add the run's own --spec")


def _tell(judgement: Judgement, redact: Callable[[str], str]) -> None:
    reason = f": {visible(redact(judgement.reason), _SHOWN)}" if judgement.reason else ""
    click.echo(f"{judgement.verdict.value}{reason}")
    for violation in judgement.violations:
        click.echo(f"  {violation.rule}")
        click.echo(f"    Expected  {visible(redact(violation.expected), _SHOWN)}")
        click.echo(f"    Actual    {visible(redact(violation.actual), _SHOWN)}")
