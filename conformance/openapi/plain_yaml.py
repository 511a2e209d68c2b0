"""YAML as documents mostly are, read in one pass over its events: no anchor used, no tag, no merge, no name but text.

A loader builds a graph of nodes first, which takes five times as long and twice the memory.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

import yaml

from conformance.jsonvalue import JSON

CORE: Final = (
    ("bool", re.compile(r"true|True|TRUE|false|False|FALSE")),
    ("null", re.compile(r"~|null|Null|NULL|")),
    ("int", re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")),
    ("float", re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")),
    ("merge", re.compile(r"<<")),
)
"""What a plain scalar may be but text, in this order (the core schema, YAML 1.2.2 §10.3.2; merge: YAML 1.1)."""

LEADS: Final = frozenset("-+.0123456789tTfFnN~<")
"""What such a scalar begins with, where it is not empty."""

UNREAD: Final = object()
"""Stands for a value that was left to a reader of everything."""


class _NotPlainError(Exception):
    """There is more to it than this module reads."""


@dataclass(slots=True)
class _Open:
    """A mapping or sequence that the pass is in; `name` is that of the member whose value comes next."""

    held: JSON
    name: str | None = None


def read_plain(data: bytes, deepest: int) -> JSON:
    """Return the value of plain YAML, UNREAD of any other or where it nests deeper than `deepest`.

    Raises YAMLError for broken syntax, UnicodeDecodeError, and ValueError for a number that is too long.
    """
    stack = [_Open([])]
    names: dict[str, str] = {}  # each name once, however many members have it
    try:
        for event in yaml.parse(data, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.CollectionEndEvent):
                stack.pop()
            elif isinstance(event, yaml.NodeEvent):
                value = _value(event)
                _put(stack[-1], value, names)
                if isinstance(value, dict | list):
                    stack.append(_Open(value))
                if len(stack) - 1 > deepest:
                    return UNREAD
    except _NotPlainError:
        return UNREAD
    return stack[0].held[0] if len(stack[0].held) == 1 else UNREAD


def _value(event: yaml.NodeEvent) -> JSON:
    """Return the value that begins with an event; a mapping or sequence is still empty."""
    if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) or event.tag is not None:
        raise _NotPlainError  # an alias is none of them
    if isinstance(event, yaml.ScalarEvent):
        return scalar(event.value) if event.implicit[0] else event.value
    return {} if isinstance(event, yaml.MappingStartEvent) else []


def scalar(text: str) -> JSON:
    """Return what a plain scalar is by the core schema."""
    if text and text[0] not in LEADS:
        return text
    kind = next((name for name, form in CORE if form.fullmatch(text)), "str")
    match kind:
        case "bool":
            return text[0] in "tT"
        case "null":
            return None
        case "int":
            return integer(text)
        case "float":
            return float(text)
        case "merge":
            raise _NotPlainError
        case _:
            return text


def integer(text: str) -> int:
    """Return the number of an `int` of the core schema."""
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    return int(text[2:] if base != 10 else text, base)


def _put(frame: _Open, value: JSON, names: dict[str, str]) -> None:
    if isinstance(frame.held, list):
        frame.held.append(value)
    elif frame.name is not None:
        frame.held[frame.name], frame.name = value, None
    elif isinstance(value, dict | list):
        raise _NotPlainError
    else:
        name = value if isinstance(value, str) else json.dumps(value)
        frame.name = names.setdefault(name, name)
