"""Where a JSON Pointer leads in the text of a document, YAML or JSON: line and column, for whoever must look there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import yaml

from conformance.errors import DocumentError
from conformance.openapi.document import Document, bound_depth
from conformance.pointer import Token

_MERGE: Final = "<<"


class Position(NamedTuple):
    """A place in a text, both counted from 1; `column` counts code points."""

    line: int
    column: int


class Lines:
    """The places of one document's values; made by `lines` or `lines_of`.

    A member stands where its name does, an item where its value begins. What an alias or a merge key
    (`<<`) brings in stands at its anchor.
    """

    def __init__(self, root: yaml.Node) -> None:
        self._root = root

    def at(self, pointer: Sequence[Token]) -> Position:
        """Return where `pointer` leads; where the text holds no such thing, its nearest parent's place.

        The index of an item may be an int or, as `pointer.parse` gives it, a str.
        """
        node, mark = self._root, self._root.start_mark
        for token in pointer:
            found = _child(node, str(token))
            if found is None:
                break
            node, mark = found
        return Position(mark.line + 1, mark.column + 1)


def lines(data: bytes, label: str) -> Lines:
    """Return the places in a document's bytes; `label` names the source in errors.

    Raises DocumentError for what is no YAML or JSON, empty, or nested beyond what `parse` would take.
    """
    try:
        bound_depth(data, label)
        root = yaml.compose(data, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise DocumentError(f"{label}: not YAML or JSON: {' '.join(str(error).split())[:300]}") from error
    if root is None:
        raise DocumentError(f"{label}: empty; give an OpenAPI document")
    return Lines(root)


def lines_of(document: Document) -> Lines | None:
    """Return the places in a document's file, None where that is no longer the file that was read."""
    try:
        data = document.path.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(data).hexdigest() != document.sha256:
        return None
    return lines(data, str(document.path))


def _child(node: yaml.Node, token: str) -> tuple[yaml.Node, yaml.Mark] | None:
    """Return the value of one member or item and the mark it is shown at."""
    if isinstance(node, yaml.SequenceNode):
        item = node.value[int(token)] if token.isdecimal() and int(token) < len(node.value) else None
        return item and (item, item.start_mark)
    members = _members(node, set()) if isinstance(node, yaml.MappingNode) else ()
    return next(((value, name.start_mark) for name, value in members if name.value == token), None)


def _members(node: yaml.MappingNode, seen: set[int]) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """Yield names and values, the ones that win first: of a repeated name the last, then what is merged in."""
    merged: list[yaml.Node] = []
    seen.add(id(node))
    for name, value in reversed(node.value):
        if isinstance(name, yaml.ScalarNode) and name.value == _MERGE and not name.style:
            merged.extend(value.value if isinstance(value, yaml.SequenceNode) else [value])
        elif isinstance(name, yaml.ScalarNode):
            yield name, value
    for other in merged:
        if isinstance(other, yaml.MappingNode) and id(other) not in seen:
            yield from _members(other, seen)
