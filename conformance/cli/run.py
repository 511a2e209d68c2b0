"""`conformance run`: its options settled, then the session that does the work."""

from __future__ import annotations

from typing import Any

import click

from conformance.cli.options import options
from conformance.errors import UsageError
from conformance.session.option import Command
from conformance.session.resolution import resolve
from conformance_reports.text import visible


@click.command("run")
@click.argument("name", metavar="[NAME]", required=False)
@options(Command.RUN)
def command(**given: Any) -> int:
    """Contract-test the operations of OpenAPI documents against a target, or the embedded mock.

    NAME is a target of conformance.toml; options win over what stands there. Every requirement of
    the documents gets a verdict; the exit code is 0 only where all that was sent conforms. A shard
    is never the verdict: it ends with 1 for findings as it saw them, with 0 where it had none.
    """
    if given["shard"] is not None and given["explore"] is not None:
        raise UsageError("--explore wants a whole run; leave it out beside --shard")
    if given["shard"] is not None and given["prune"]:
        raise UsageError("--prune wants a whole run; leave it to conformance merge beside --shard")
    settings = resolve(Command.RUN, given)
    if settings.dry_run:
        from conformance.session.rehearsal import rehearse

        lines, code = rehearse(settings)
        for line in lines:
            click.echo(visible(line))
        return code
    from conformance.session.running import run

    return run(settings).exit_code
