"""The options of a command, out of the one table that they stand in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from conformance.session.option import Choice, Command, File, Flag, Option, Seconds, Text, Type, Whole
from conformance.session.settings import Settings, options_of

_Function = TypeVar("_Function", bound=Callable[..., Any])


def options(command: Command, *but: str) -> Callable[[_Function], _Function]:
    """Add what the table holds for a command, `but` some fields that it has options of its own for."""

    def add(function: _Function) -> _Function:
        for option in reversed(options_of(command)):
            if option.name not in but:
                function = _option(option)(function)
        return function

    return add


def _option(option: Option) -> Callable[[_Function], _Function]:
    if isinstance(option.type, Flag):
        return click.option(option.flag, option.name, is_flag=True, help=option.help)
    return click.option(
        option.flag,
        option.name,
        type=_type(option.type),
        metavar=option.metavar or None,
        multiple=option.repeatable,
        help=option.help + _default(option),
    )


def _type(kind: Type) -> click.ParamType[Any] | None:
    match kind:
        case Choice(words):
            return click.Choice([str(word) for word in words])
        case Whole(least, most):
            return click.IntRange(least, most)
        case Seconds(most):
            return click.FloatRange(0, most, min_open=True)
        case File():
            return click.Path(path_type=Path)
        case Text() | Flag():
            return None


def _default(option: Option) -> str:
    value = getattr(Settings(), option.name)
    if value in (None, "", (), {}):
        return ""
    return f"  [default: {value:g}]" if isinstance(value, float) else f"  [default: {value}]"
