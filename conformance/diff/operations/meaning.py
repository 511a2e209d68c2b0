"""What a node means to a program: references followed, texts for people and extensions left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conformance.diff.operations.side import Side
from conformance.errors import DocumentError
from conformance.jsonvalue import JSON, encode

_TEXTS: Final = frozenset({"summary", "description", "example", "examples", "externalDocs", "tags"})
_DEPTH: Final = 24


def meaning(of: Side, without: frozenset[str] = frozenset()) -> bytes:
    """Return bytes that are equal for two nodes which mean the same; members named `without` are left out.

    Raises DocumentError for a reference that cannot be followed, or nesting beyond 24 levels.
    """
    return encode(_meant(of, _TEXTS | without, _DEPTH))


def _meant(of: Side, without: frozenset[str], depth: int) -> JSON:
    if depth == 0:
        raise DocumentError(f"{of.document.path}: nested or referred to more than {_DEPTH} levels deep")
    match of.node:
        case Mapping() as node:
            names = sorted(name for name in node if name not in without and not name.startswith("x-"))
            return {name: _meant(of.below(name), without, depth - 1) for name in names}
        case list() as items:
            return [_meant(of.below(index), without, depth - 1) for index in range(len(items))]
        case value:
            return value
