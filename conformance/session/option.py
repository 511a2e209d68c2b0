"""What an option is: its name and type, and where it is given: by hand, by a key of `conformance.toml`, or both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

from conformance.errors import UsageError
from conformance.jsonvalue import JSON


class Command(StrEnum):
    """Who takes options."""

    RUN = "run"
    LIST = "list"
    MUTATE = "mutate"
    MERGE = "merge"
    REPLAY = "replay"
    MOCK = "mock"
    TARGETS = "targets"
    PYTEST = "pytest"


class Key(StrEnum):
    """Where a key of `conformance.toml` may stand."""

    NOWHERE = "nowhere"
    TARGET = "target"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class Text:
    """Any text."""

    schema: Mapping[str, JSON] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, slots=True)
class File:
    """A path; in the file it starts at the file's own folder."""

    schema: Mapping[str, JSON] = field(default_factory=lambda: {"$ref": "#/$defs/path"})


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    schema: Mapping[str, JSON] = field(default_factory=lambda: {"type": "boolean"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]

    @property
    def schema(self) -> Mapping[str, JSON]:
        """The words, in the file."""
        return {"type": "string", "enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `least` to `most`, without an end where that is None."""

    least: int
    most: int | None = None

    @property
    def schema(self) -> Mapping[str, JSON]:
        """The range, in the file."""
        most = {} if self.most is None else {"maximum": self.most}
        return {"type": "integer", "minimum": self.least, **most}


@dataclass(frozen=True, slots=True)
class Seconds:
    """A number of seconds above 0."""

    most: int

    @property
    def schema(self) -> Mapping[str, JSON]:
        """The range, in the file."""
        return {"type": "number", "exclusiveMinimum": 0, "maximum": self.most}


Type: TypeAlias = Text | File | Flag | Choice | Whole | Seconds


@dataclass(frozen=True, slots=True)
class Table:
    """What the file says of one target, or of every run, by key; `label` names it in messages.

    Relative paths in it start at `folder`.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""
    folder: Path = Path()

    def source(self, *keys: str) -> str:
        """Return where a value of the file stands."""
        return ".".join((self.label, *keys))


Parse: TypeAlias = Callable[[Any], Any]
"""From what was given by hand to the value. Raises UsageError that names the option."""

Read: TypeAlias = Callable[[Any, Table], Any]
"""From what the key holds, proven by the schema, to the value. Raises UsageError that names the key."""


def is_given(value: Any) -> bool:
    """Tell whether an option was given: no value, an empty list and False stand for one that was not."""
    return value is not None and value is not False and value not in ((), [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option; `name` is the field of Settings that it fills, `about` completes "give …".

    `flag` is its name on the command line and in pytest, `pytest` the latter where that differs; `commands`
    have it, and `beside` read the key alone. `join` makes one value of the key's and those given by hand.
    """

    name: str
    about: str
    type: Type
    more: str = ""
    metavar: str = ""
    flag: str = ""
    pytest: str = ""
    commands: frozenset[Command] = frozenset()
    beside: frozenset[Command] = frozenset()
    key: str = ""
    where: Key = Key.NOWHERE
    repeatable: bool = False
    schema: Mapping[str, JSON] = field(default_factory=dict)
    parse: Parse | None = None
    read: Read | None = None
    join: Callable[[Any, Any, Table], Any] | None = None

    @property
    def help(self) -> str:
        """What it is, for `--help`."""
        text = f"{self.about[0].upper()}{self.about[1:]}{f'; {self.more}' if self.more else ''}."
        return f"{text} Repeatable." if self.repeatable else text

    def settled(self, given: Any, table: Table) -> Any:
        """Return the value: by hand, else from the file; None where neither gives any. Raises UsageError."""
        held = table.values.get(self.key) if self.key else None
        by_hand = is_given(given)
        if self.join and held is not None:
            return self.join(held, given if by_hand else (), table)
        if by_hand:
            self._require_range(given)
            return self.parse(given) if self.parse else _plain(given, self.type)
        if held is None:
            return None
        return self.read(held, table) if self.read else _from_file(held, self.type, table.folder)

    def _require_range(self, given: Any) -> None:
        """Refuse a number out of range: not every way by hand knows it."""
        match self.type:
            case Whole(least, most) if given < least or (most is not None and given > most):
                end = f"from {least} to {most}" if most else f"of {least} at least"
                raise UsageError(f"{self.flag} {given}: give a number {end}")
            case Seconds(most) if not 0 < given <= most:
                raise UsageError(f"{self.flag} {given}: give a number above 0, {most} at most")
            case _:
                pass


def _plain(value: Any, kind: Type) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_plain(item, kind) for item in value)
    return Path(value) if isinstance(kind, File) else value


def _from_file(value: Any, kind: Type, folder: Path) -> Any:
    if isinstance(value, list):
        return tuple(_from_file(item, kind, folder) for item in value)
    if isinstance(kind, Whole):
        return int(value)  # `4.0` is an integer, too (JSON Schema, core §4.2.1)
    return folder / value if isinstance(kind, File) else value
