"""The one walk over the events of a YAML or JSON text: it builds the value and, where asked, notes the places."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

import yaml

from conformance.errors import DocumentError
from conformance.jsonvalue import JSON
from conformance.pointer import Token

MAX_NODES: Final = 2_000_000
MAX_DEPTH: Final = 300

_CORE: Final = (
    ("bool", re.compile(r"true|True|TRUE|false|False|FALSE")),
    ("null", re.compile(r"~|null|Null|NULL|")),
    ("int", re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")),
    ("float", re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")),
)
"""What a plain scalar may be but text, in this order (the core schema, YAML 1.2.2 §10.3.2)."""

_LEADS: Final = frozenset("-+.0123456789tTfFnN~")
"""What such a scalar begins with, where it is not empty."""

_TAGS: Final = "tag:yaml.org,2002:"
_TEXTS: Final = frozenset({"!", f"{_TAGS}str", f"{_TAGS}timestamp", f"{_TAGS}binary"})
_MERGE: Final = "<<"
_MERGING: Final = "\0<<"
"""Stands for the name of a member while the value of a merge key comes; no YAML holds U+0000."""


class Position(NamedTuple):
    """A place in a text, both counted from 1; `column` counts code points."""

    line: int
    column: int


Places: TypeAlias = dict[int, dict[Token, Position]]
"""By the identity of an object or array, where each of its members and items stands."""


class RepeatedNameError(Exception):
    """A name stands twice in one object, in a walk that notes no places and so can't say where."""


@dataclass(slots=True)
class _Open:
    """An object or array that the walk is in; `name` is that of the member whose value comes next."""

    held: JSON
    name: str | None = None
    merged: tuple[JSON, ...] = ()


@dataclass(slots=True)
class Walk:
    """One walk; it fills `places` unless that is None."""

    places: Places | None = None
    documents: list[JSON] = field(default_factory=list)
    _stack: list[_Open] = field(default_factory=list)
    _anchors: dict[str, JSON] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _copied: int = 0

    def through(self, events: Iterable[yaml.Event]) -> JSON:
        """Return the value of the one document among the events, None where there is none.

        Raises DocumentError without the document's name, RepeatedNameError, and ValueError for a number
        that is too long.
        """
        stack = self._stack = [_Open(self.documents)]
        for event in events:
            if isinstance(event, yaml.CollectionEndEvent):
                frame = stack.pop()
                if frame.merged:
                    self._merge(frame)
            elif isinstance(event, yaml.NodeEvent):
                value = self._value(event)
                self._put(stack[-1], value, event)
                if isinstance(event, yaml.CollectionStartEvent):
                    stack.append(_Open(value))
                    if len(stack) - 1 > MAX_DEPTH:
                        raise DocumentError(f"nested more than {MAX_DEPTH} levels deep")
        if len(self.documents) > 1:
            raise DocumentError("holds more than one YAML document; give one")
        return self.documents[0] if self.documents else None

    def _value(self, event: yaml.NodeEvent) -> JSON:
        """Return the value that begins with an event; an object or array is still empty."""
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            value = _empty(event)
        else:
            return self._aliased(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _aliased(self, event: yaml.NodeEvent) -> JSON:
        if event.anchor not in self._anchors:
            raise _fault(event, f"*{event.anchor} has no anchor before it; name one that there is")
        value = self._anchors[event.anchor]
        if isinstance(value, dict | list) and any(value is frame.held for frame in self._stack):
            raise _fault(event, f"*{event.anchor} stands inside what it names, without end; write it out")
        return value

    def _put(self, frame: _Open, value: JSON, event: yaml.NodeEvent) -> None:
        held = frame.held
        if isinstance(held, list):
            self._note(held, len(held), event)
            held.append(value)
        elif frame.name is None:
            frame.name = self._name(held, value, event)
        elif frame.name is _MERGING:
            frame.merged, frame.name = (*frame.merged, value), None
        else:
            held[frame.name], frame.name = value, None

    def _name(self, held: dict[str, JSON], value: JSON, event: yaml.NodeEvent) -> str:
        """Return the name of the member that begins here, the same str for all that have it."""
        if value == _MERGE and isinstance(event, yaml.ScalarEvent) and event.implicit[0]:
            return _MERGING
        if isinstance(value, dict | list):
            raise _fault(event, "the name of a member is an object or array; write a text")
        name = value if isinstance(value, str) else json.dumps(value)
        if name in held:
            self._repeated(held, name, event)
        self._note(held, name, event)
        return self._names.setdefault(name, name)

    def _note(self, held: JSON, token: Token, event: yaml.NodeEvent) -> None:
        if self.places is not None:
            self.places.setdefault(id(held), {})[token] = _position(event)

    def _repeated(self, held: JSON, name: str, event: yaml.NodeEvent) -> None:
        if self.places is None:
            raise RepeatedNameError(name)
        places = (self.places[id(held)][name], _position(event))
        one, two = (f"line {place.line} (column {place.column})" for place in places)
        raise DocumentError(f"{name!r} stands twice in one object, in {one} and in {two}; keep one of them")

    def _merge(self, frame: _Open) -> None:
        """Put in front what merge keys bring: the object's own members win, then what is listed first."""
        others = [o for m in reversed(frame.merged) for o in (reversed(m) if isinstance(m, list) else (m,))]
        if not all(isinstance(other, dict) for other in others):
            raise DocumentError(
                f"a merge key ({_MERGE}) has a value that is no object; write its members out"
            )
        own = dict(frame.held)
        self._copied += len(own) + sum(map(len, others))
        if self._copied > MAX_NODES:
            raise DocumentError(f"merges more than {MAX_NODES} members; write fewer merge keys ({_MERGE})")
        frame.held.clear()
        for members in (*others, own):
            frame.held.update(members)
        if self.places is not None:
            known = [self.places.get(id(held), {}) for held in (*others, frame.held)]
            self.places[id(frame.held)] = {token: at for table in known for token, at in table.items()}


def _scalar(event: yaml.ScalarEvent) -> JSON:
    if event.tag is None:
        return _plain(event.value) if event.implicit[0] else event.value
    if event.tag in _TEXTS:
        return event.value
    kind, value = _kind(event.value), _plain(event.value)
    if event.tag == _TAGS + kind:
        return value
    if (event.tag, kind) == (f"{_TAGS}float", "int"):
        return float(value)
    raise _fault(event, f"{event.value[:80]!r} is no {event.tag}; take the tag out")


def _empty(event: yaml.CollectionStartEvent) -> JSON:
    value: JSON = {} if isinstance(event, yaml.MappingStartEvent) else []
    if event.tag not in (None, "!", _TAGS + ("map" if value == {} else "seq")):
        raise _fault(event, f"the tag {event.tag} has no form in JSON; take it out")
    return value


def _plain(text: str) -> JSON:
    """Return what a plain scalar is by the core schema. Raises ValueError for a number that is too long."""
    if text and text[0] not in _LEADS:
        return text
    match _kind(text):
        case "bool":
            return text[0] in "tT"
        case "null":
            return None
        case "int":
            base = {"0o": 8, "0x": 16}.get(text[:2], 10)
            return int(text[2:] if base != 10 else text, base)
        case "float":
            return float(text)
        case _:
            return text


def _kind(text: str) -> str:
    return next((name for name, form in _CORE if form.fullmatch(text)), "str")


def _position(event: yaml.NodeEvent) -> Position:
    mark = event.start_mark
    return Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)


def _fault(event: yaml.NodeEvent, reason: str) -> DocumentError:
    return DocumentError(f"line {_position(event).line}: {reason}")
