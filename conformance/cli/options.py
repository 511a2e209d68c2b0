"""Options that several commands share, and how their texts become values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from conformance.case import RunLevel
from conformance.errors import UsageError
from conformance.target import Secret, Target, base_url, header, key_from_environment, path_param

_Function = TypeVar("_Function", bound=Callable[..., Any])

DEFAULT_CONCURRENCY: Final = 16
MAX_CONCURRENCY: Final = 512


@dataclass(frozen=True, slots=True)
class Choice:
    """What a run looks at: documents, operations, depth; `max_body` in bytes."""

    specs: tuple[Path, ...]
    globs: tuple[str, ...]
    level: RunLevel
    max_body: int | None


def choice_options(function: _Function) -> _Function:
    """Add `--spec`, `--operation`, `--level` and `--max-body`."""
    return _applied(
        function,
        click.option(
            "--spec", "specs", multiple=True, metavar="PATH", type=click.Path(path_type=Path),
            help="A document or a folder of them; the bundled ones where none is given. Repeatable.",
        ),
        click.option(
            "--operation", "globs", multiple=True, metavar="GLOB",
            help="Only what matches: short names, operationIds, 'METHOD /path'. Repeatable.",
        ),
        click.option(
            "--level", type=click.Choice([level.value for level in RunLevel]), show_default=True,
            default=RunLevel.STANDARD.value, help="How much is sent.",
        ),
        click.option(
            "--max-body", type=click.IntRange(min=1), metavar="BYTES", help="Send no body longer than this."
        ),
    )  # fmt: skip


def target_options(function: _Function) -> _Function:
    """Add `--target`, `--path-param`, `--api-key-env` and `--header`."""
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
            help="Sent with every request; its value is kept secret. Repeatable.",
        ),
    )  # fmt: skip


def _applied(function: _Function, *decorators: Callable[[_Function], _Function]) -> _Function:
    for decorator in reversed(decorators):
        function = decorator(function)
    return function


def make_target(
    url: str | None, path_params: Sequence[str], key_env: str | None, headers: Sequence[str]
) -> Target:
    """Return the target that the options describe; its `url` is empty for the embedded mock.

    Raises UsageError for a bad URL, a malformed pair, or a variable that is not set.
    """
    if url is None and key_env is not None:
        raise UsageError("--api-key-env needs --target; the embedded mock has a key of its own")
    key: Secret | None = key_from_environment(key_env) if key_env is not None else None
    return Target(
        url="" if url is None else base_url(url),
        path_params=dict(map(path_param, path_params)),
        key=key,
        key_env=key_env or "",
        headers=tuple(map(header, headers)),
    )


def parse_rate(text: str | None) -> float | None:
    """Return requests per second from `N` or `N/s`. Raises UsageError."""
    if text is None:
        return None
    try:
        rate = float(text.removesuffix("/s"))
    except ValueError:
        rate = 0.0
    if not 0 < rate < float("inf"):
        raise UsageError(f"--rate {text!r}: give requests per second, such as --rate 20/s")
    return rate
