"""`conformance targets`: the names that `conformance run` takes; no secret is looked at."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.options import options
from conformance.errors import UsageError
from conformance.sending.target import base_url
from conformance.session.config import FILE_NAME, read_config
from conformance.session.option import Command
from conformance_reports.text import visible


@click.command("targets")
@options(Command.TARGETS)
@click.option(
    "--schema", "is_schema", is_flag=True, help="Print the file's JSON Schema, for editors, and end."
)
def command(*, config: Path | None, is_schema: bool) -> None:
    """List the targets of conformance.toml by name, with their URLs."""
    if is_schema:
        from conformance.session.schema import schema_text

        click.echo(schema_text(), nl=False)
        return
    found = read_config(config)
    if found is None:
        raise UsageError(
            f"no {FILE_NAME} here or above; write one with [targets.NAME], or give --config FILE"
        )
    width = max(map(len, found.targets), default=0)
    for name, target in found.targets.items():
        click.echo(f"{name:<{width}}  {visible(base_url(target.values['url']))}")
