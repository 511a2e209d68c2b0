"""What was settled: given by hand, else by the named target, else at the top of the file, else our default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from conformance.errors import UsageError
from conformance.session.config import read_config, table_of
from conformance.session.option import Command
from conformance.session.settings import OPTIONS, Settings

Given: TypeAlias = Mapping[str, Any]
"""What was asked for by hand, by field of Settings; whatever is empty was not."""


def resolve(command: Command, given: Given) -> Settings:
    """Return what holds for a command: what is given by hand, then the named target's, the file's top, our defaults.

    `given["name"]` names the target. What is not for this command is not looked at. Raises UsageError for a value,
    a name, a file or a variable that can't be used.
    """
    table = table_of(given.get("name"), read_config(given.get("config")))
    if given.get("key") is not None and given.get("url") is None and "url" not in table.values:
        raise UsageError("--api-key-env needs --target; the embedded mock has a key of its own")
    settled = {
        option.name: option.settled(given.get(option.name), table)
        for option in OPTIONS
        if command in option.commands | option.beside
    }
    return Settings(**{name: value for name, value in settled.items() if value is not None})
