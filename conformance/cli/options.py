"""Options that several commands share; `conformance.settings` makes values of their texts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from conformance.case import RunLevel

_Function = TypeVar("_Function", bound=Callable[..., Any])

MAX_CONCURRENCY: Final = 512
MAX_SECONDS: Final = 3600


def choice_options(function: _Function) -> _Function:
    """Add `--config`, `--spec`, `--operation`, `--level` and `--max-body`."""
    return _applied(
        function,
        config_option,
        click.option(
            "--spec", "specs", multiple=True, metavar="PATH", type=click.Path(path_type=Path),
            help="A document or a folder of them; the bundled ones where none is given. Repeatable.",
        ),
        click.option(
            "--operation", "globs", multiple=True, metavar="GLOB",
            help="Only what matches: short names, operationIds, 'METHOD /path'. Repeatable.",
        ),
        click.option(
            "--level", type=click.Choice([level.value for level in RunLevel]),
            help="How much is sent.  [default: standard]",
        ),
        click.option(
            "--max-body", type=click.IntRange(min=1), metavar="BYTES", help="Send no body longer than this."
        ),
    )  # fmt: skip


def config_option(function: _Function) -> _Function:
    """Add `--config`."""
    return click.option(
        "--config", metavar="FILE", type=click.Path(path_type=Path),
        help="Read this conformance.toml; else the first from the current folder upward, if any.",
    )(function)  # fmt: skip


def target_options(function: _Function) -> _Function:
    """Add `--target`, `--path-param`, `--api-key-env`, `--header`, `--timeout` and `--allow-production`."""
    return _applied(
        function,
        click.option("--target", "url", metavar="URL", help="The API's base URL; without it the mock."),
        click.option(
            "--path-param", "path_params", multiple=True, metavar="NAME=VALUE",
            help="An id that the target knows, for {NAME} in paths. Repeatable.",
        ),
        click.option("--api-key-env", "key_env", metavar="VAR", help="The variable that holds the API key."),
        click.option(
            "--header", "headers", multiple=True, metavar="NAME=VALUE",
            help="Sent with every request and never shown or stored; but `ps` shows this option: give a secret "
            "by its variable, in conformance.toml. Repeatable.",
        ),
        click.option(
            "--timeout", type=click.FloatRange(0, MAX_SECONDS, min_open=True), metavar="SECONDS",
            help="Wait so long for a whole answer.  [default: 30]",
        ),
        click.option(
            "--allow-production", is_flag=True, help="Test even a host that the documents' own servers name."
        ),
    )  # fmt: skip


def format_option(function: _Function) -> _Function:
    """Add `--format`."""
    from conformance_reports import WRITERS

    return click.option(
        "--format", "formats", multiple=True, metavar="NAME=PATH",
        help=f"Also write the report as {', '.join(WRITERS)}; PATH - is standard output, what else is "
        "shown goes to standard error then. Repeatable.",
    )(function)  # fmt: skip


def baseline_options(function: _Function) -> _Function:
    """Add `--baseline` and `--prune`."""
    return _applied(
        function,
        click.option(
            "--baseline", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
            help="Accepted findings (conformance baseline accept); they do not fail the run until they expire.",
        ),
        click.option(
            "--prune", is_flag=True, help="Take out of the baseline what is looked for and found no more."
        ),
    )  # fmt: skip


def _applied(function: _Function, *decorators: Callable[[_Function], _Function]) -> _Function:
    for decorator in reversed(decorators):
        function = decorator(function)
    return function
