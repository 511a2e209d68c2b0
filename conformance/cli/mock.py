"""`conformance mock`: serve the documents' operations, faithfully, lawfully otherwise or with faults."""

from __future__ import annotations

import os
from pathlib import Path

import click

from conformance.cli.options import options
from conformance.errors import ConformanceError, UsageError
from conformance.mock.behaviour import DEFAULT_KEY
from conformance.mock.process import GREETING
from conformance.mock.setup import Setup, build, known_faults, known_modes, list_faults, list_modes
from conformance.session.option import Command
from conformance.session.resolution import resolve
from conformance.session.values import rate as parse_rate


@click.command(name="mock")
@options(Command.MOCK)
@click.option("--port", type=click.IntRange(0, 65535), default=4010, show_default=True, help="0: a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--fault", "faults", multiple=True, metavar="NAME", help="Break the contract this way. Repeatable."
)
@click.option("--list-faults", "is_listing", is_flag=True, help="List the faults and end.")
@click.option(
    "--mode", "modes", multiple=True, metavar="NAME", help="Be lawful in this other way. Repeatable."
)
@click.option("--list-modes", "is_listing_modes", is_flag=True, help="List the lawful modes and end.")
@click.option(
    "--rate-limit", "rate", metavar="N/s", help="Answer 429 with Retry-After to what is beyond N a second."
)
@click.option(
    "--state", type=click.Path(path_type=Path, dir_okay=False), help="Keep the state in this SQLite file."
)
@click.option("--api-key-env", metavar="VAR", help="The environment variable that holds the key to ask for.")
@click.option(
    "--behaviour", type=click.Path(path_type=Path, dir_okay=False),
    help="A Python file with own code for operations. It is run: name only files you trust.",
)  # fmt: skip
@click.option("--with-parent", is_flag=True, hidden=True)
def mock(
    *,
    config: Path | None,
    port: int,
    host: str,
    specs: tuple[Path, ...],
    faults: tuple[str, ...],
    is_listing: bool,
    modes: tuple[str, ...],
    is_listing_modes: bool,
    rate: str | None,
    state: Path | None,
    api_key_env: str | None,
    behaviour: Path | None,
    with_parent: bool,
) -> None:
    """Serve a strict mock of the documents' operations until Ctrl-C.

    It asks for the API key, knows the ids it prints, keeps state, and judges every request by the
    document. GET /__mock__/requests lists the last 1,000 requests; DELETE forgets them.
    """
    try:
        if not with_parent:  # a caller's mock serves what it was told to, wherever it stands
            specs = resolve(Command.MOCK, {"config": config, "specs": specs}).specs
        limit = None if rate is None else parse_rate(rate, "--rate-limit")
        setup = Setup(specs, faults, behaviour, state, _key(api_key_env), modes, limit)
        if is_listing or is_listing_modes:
            lines = list_faults(known_faults(setup)) if is_listing else list_modes(known_modes(setup))
            click.echo("\n".join(lines))
            return
        _serve(setup, host, port, key_env=api_key_env, with_parent=with_parent)
    except ConformanceError as error:
        click.echo(f"Error: {error}", err=True)
        raise SystemExit(int(error.exit_code)) from error


def _key(variable: str | None) -> str:
    if variable is None:
        return DEFAULT_KEY
    if not (key := os.environ.get(variable)):
        raise UsageError(f"--api-key-env {variable}: this environment variable is not set; export it first")
    return key


def _serve(setup: Setup, host: str, port: int, *, key_env: str | None, with_parent: bool) -> None:
    from conformance.mock.server import listen, run, url_of

    with listen(host, port) as listener:
        service = build(setup)

        def greet() -> None:
            click.echo(f"{GREETING}{url_of(listener)}")
            for name, value in service.path_params.items():
                click.echo(f"  {name}: {value}")
            for header in sorted(service.secret_headers):
                shown = f"the value of ${key_env}" if key_env else setup.key
                click.echo(f"  {header.decode('latin-1')}: {shown}")
            if setup.rate:
                click.echo(f"  limit: {setup.rate:g} requests a second")
            for fault in service.faults:
                click.echo(f"  fault: {fault}")
            for mode in service.modes:
                click.echo(f"  mode: {mode}")

        run(service, listener, greet, with_parent=with_parent)


if __name__ == "__main__":
    mock()
