"""YAML and JSON, read alike: the value of a text, and where in it each member and item stands."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final, TypeVar

import yaml

from conformance import pointer as pointers
from conformance.errors import DocumentError
from conformance.jsonvalue import JSON
from conformance.openapi.walk import MAX_DEPTH, MAX_NODES, Places, Position, RepeatedNameError, Walk
from conformance.pointer import Token

_BOMS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_TOKEN: Final = re.compile(r'[{}\[\]]|"(?:[^"\\]++|\\.)*+"|[^\s,:{}\[\]"]++')
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class SourcePositions:
    """The places of one text's values.

    A member stands where its name does, an item where its value begins. What an alias or a merge key
    (`<<`) brings in stands at its anchor.
    """

    _documents: list[JSON]
    _places: Places

    def at(self, pointer: Sequence[Token]) -> Position:
        """Return where `pointer` leads; where the text holds no such thing, its nearest parent's place."""
        node: JSON = self._documents
        found = Position(1, 1)
        for token in (0, *pointer):
            try:
                step = pointers.step(node, token)
                node, found = node[step], self._places[id(node)][step]
            except (KeyError, IndexError):
                break
        return found


def read(data: bytes, label: str) -> JSON:
    """Return the JSON value of YAML or JSON bytes; `label` names the source in errors.

    YAML is read by its 1.2 core schema (YAML 1.2.2 §10.3.2), as OpenAPI asks (§4.3): `no` and `12:30` are
    strings. Raises DocumentError for broken syntax, a name that stands twice in one object, aliases that
    multiply past the bound or lead back to where they stand, and what nests too deeply.
    """
    return _labelled(label, lambda: _read(_text(data)))


def source_positions(data: bytes, label: str) -> SourcePositions:
    """Return the places of all that `read` finds in the bytes. Raises DocumentError as it does."""
    return _labelled(label, lambda: _positions(_text(data)))


def _labelled(label: str, work: Callable[[], _T]) -> _T:
    try:
        return work()
    except DocumentError as error:
        raise DocumentError(f"{label}: {error}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise DocumentError(f"{label}: not YAML or JSON: {' '.join(str(error).split())[:300]}") from error


def _text(data: bytes) -> str:
    return data.decode(next((name for bom, name in _BOMS.items() if data.startswith(bom)), "utf-8"))


def _read(text: str) -> JSON:
    try:
        content = _json(text, _unique)
        if content is None:
            content = Walk().through(yaml.parse(text, Loader=yaml.CSafeLoader))
    except RepeatedNameError:
        _positions(text)  # raises, and says where
        raise
    _bound(content)
    return content


def _positions(text: str) -> SourcePositions:
    is_json = _json(text, dict) is not None
    walk = Walk({})
    walk.through(_json_events(text) if is_json else yaml.parse(text, Loader=yaml.CSafeLoader))
    return SourcePositions(walk.documents, walk.places or {})


def _json(text: str, made: Callable[[list[tuple[str, JSON]]], dict[str, JSON]]) -> JSON:
    """Return what is an object of JSON, in a fraction of the time that YAML takes; None of anything else.

    YAML 1.2 reads it alike (§1.2); what nests beyond what can be read is left to it.
    """
    if not text.lstrip().startswith("{"):
        return None
    try:
        content = json.loads(text, parse_constant=_refuse, object_pairs_hook=made)
    except (ValueError, RecursionError):
        return None
    if _SURROGATE.search(text):
        try:
            json.dumps(content, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise DocumentError("holds half a surrogate pair (\\ud800 to \\udfff); complete it") from error
    return content


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _unique(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise RepeatedNameError
    return made


def _json_events(text: str) -> Iterator[yaml.Event]:
    """Yield the events that a text of JSON would be in YAML, whose escapes and limits are not JSON's."""
    line = begin = last = 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", last, token.start())
        begin = text.rfind("\n", last, token.start()) + 1 or begin
        last, found = token.start(), token[0]
        mark = yaml.Mark("", last, line, last - begin, None, 0)
        match found[0]:
            case "{":
                yield yaml.MappingStartEvent(None, None, True, mark)
            case "[":
                yield yaml.SequenceStartEvent(None, None, True, mark)
            case "}" | "]":
                yield yaml.CollectionEndEvent()
            case '"':
                yield yaml.ScalarEvent(None, None, (False, True), _string(found), mark)
            case _:
                yield yaml.ScalarEvent(None, None, (True, False), found, mark)


def _string(token: str) -> str:
    return str(json.loads(token)) if "\\" in token else token[1:-1]


def _bound(content: JSON) -> None:
    """Refuse a value that nests too deeply, unfolds (through aliases) past the bound, or has no JSON form."""
    stack, seen = [(content, 1)], 0
    while stack:
        node, depth = stack.pop()
        seen += 1
        if isinstance(node, dict | list):
            if depth > MAX_DEPTH:
                raise DocumentError(f"nested more than {MAX_DEPTH} levels deep")
            below = node.values() if isinstance(node, dict) else node
            stack.extend((value, depth + 1) for value in below)
        elif isinstance(node, float) and not isfinite(node):
            raise DocumentError("holds a number beyond 1e308; write a smaller one")
        if seen > MAX_NODES:
            raise DocumentError(f"unfolds to more than {MAX_NODES} values; expand its YAML aliases")
