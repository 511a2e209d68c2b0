"""Where a few JSON Pointers lead in the text of a large document: one pass over it that builds nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import yaml

from conformance.errors import DocumentError
from conformance.openapi.lines import Position, lines
from conformance.pointer import Pointer

_Path: TypeAlias = tuple[str, ...]
_START: Final = Position(1, 1)
_MERGE: Final = "<<"
_COMPLEX: Final = "\0"
"""What stands for a member's name that is no text; no pointer leads there."""


@dataclass(slots=True)
class _Frame:
    """A mapping or sequence that the pass is in; `path` is None where nothing wanted lies below."""

    path: _Path | None
    is_mapping: bool
    key: str | None = None
    place: Position = _START
    index: int = -1


def positions(data: bytes, label: str, pointers: Iterable[Pointer]) -> Mapping[Pointer, Position]:
    """Return line and column of each pointer as `Lines.at` would: its own, else its nearest parent's.

    Raises DocumentError for what is no YAML or JSON.
    """
    wanted = {pointer: tuple(map(str, pointer)) for pointer in pointers}
    try:
        found = _seen(yaml.parse(data, Loader=yaml.CSafeLoader), _prefixes(wanted.values()))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise DocumentError(f"{label}: not YAML or JSON: {' '.join(str(error).split())[:300]}") from error
    if found is None:
        composed = lines(data, label)
        return {pointer: composed.at(pointer) for pointer in wanted}
    return {
        pointer: next(found[path[:end]] for end in range(len(path), -1, -1) if path[:end] in found)
        for pointer, path in wanted.items()
    }


def _prefixes(paths: Iterable[_Path]) -> frozenset[_Path]:
    return frozenset(path[:end] for path in paths for end in range(len(path) + 1))


def _seen(events: Iterator[yaml.Event], wanted: frozenset[_Path]) -> dict[_Path, Position] | None:
    """Return the places of the wanted paths; None where an alias may bring in what stands elsewhere."""
    found: dict[_Path, Position] = {(): _START}
    stack: list[_Frame] = []
    for event in events:
        match event:
            case yaml.AliasEvent():
                return None
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                stack.pop()
            case yaml.ScalarEvent() if _names(stack):
                stack[-1].key, stack[-1].place = event.value, _place(event)
                if event.value == _MERGE:
                    return None
            case yaml.ScalarEvent():
                _value(stack, event, wanted, found)
            case yaml.CollectionStartEvent() if _names(stack):
                stack[-1].key = _COMPLEX
                stack.append(_Frame(None, isinstance(event, yaml.MappingStartEvent)))
            case yaml.CollectionStartEvent():
                path = _value(stack, event, wanted, found)
                stack.append(_Frame(path, isinstance(event, yaml.MappingStartEvent)))
    return found


def _names(stack: list[_Frame]) -> bool:
    """Tell whether what comes next is the name of a member."""
    return bool(stack) and stack[-1].is_mapping and stack[-1].key is None


def _value(
    stack: list[_Frame], event: yaml.Event, wanted: frozenset[_Path], found: dict[_Path, Position]
) -> _Path | None:
    """Take a member's or an item's value; return its path where something wanted is there or below."""
    if not stack:
        found[()] = _place(event)
        return ()
    frame = stack[-1]
    frame.index += 1
    token, frame.key = frame.key if frame.is_mapping else str(frame.index), None
    if frame.path is None or token is None or (path := (*frame.path, token)) not in wanted:
        return None
    found[path] = frame.place if frame.is_mapping else _place(event)
    return path


def _place(event: yaml.Event) -> Position:
    mark = event.start_mark
    return Position(mark.line + 1, mark.column + 1) if mark else _START
