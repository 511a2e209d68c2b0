"""pytest's options out of the one table that `conformance run` has its own from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.session.option import Choice, Command, File, Flag, Option, Seconds, Whole
from conformance.session.resolution import Given
from conformance.session.settings import options_of

if TYPE_CHECKING:
    import pytest


def add_options(parser: pytest.Parser) -> None:
    """Add the options that say what is tested, and how."""
    group = parser.getgroup("conformance", "contract tests of OpenAPI documents")
    for option in options_of(Command.PYTEST):
        group.addoption(
            option.pytest or option.flag,
            dest=_dest(option),
            help=option.help.replace("%", "%%"),
            **_form(option),
        )


def given_to(config: pytest.Config) -> Given:
    """Return what the session's options say; paths start where pytest was called or, as in `addopts`, at the root."""
    given: dict[str, Any] = {}
    for option in options_of(Command.PYTEST):
        value = getattr(config.option, _dest(option))
        is_path = isinstance(option.type, File)
        if isinstance(value, list):
            value = tuple(_path(config, text) for text in value) if is_path else tuple(value)
        given[option.name] = _path(config, value) if is_path and isinstance(value, str) else value
    return given


def _dest(option: Option) -> str:
    return f"conformance_{option.name}"


def _form(option: Option) -> dict[str, Any]:
    match option.type:
        case Flag():
            return {"action": "store_true"}
        case Choice(words):
            return {"choices": [str(word) for word in words]}
        case Whole() | Seconds():
            return {"type": int if isinstance(option.type, Whole) else float, "metavar": option.metavar}
        case _ if option.repeatable:
            return {"action": "append", "default": [], "metavar": option.metavar}
        case _:
            return {"metavar": option.metavar}


def _path(config: pytest.Config, text: str) -> Path:
    here, below_root = config.invocation_params.dir / text, config.rootpath / text
    return here if here.exists() or not below_root.exists() else below_root
