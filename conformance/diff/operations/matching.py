"""Which operation of the revision answers which of the base: by address, by operationId, by what it says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.jsonvalue import encode
from conformance.openapi.document import Document
from conformance.openapi.operation import Operation, operations
from conformance.pointer import get

_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")
_NAMES: Final = frozenset({"operationId", "summary", "description", "tags"})


@dataclass(frozen=True, slots=True)
class Matches:
    """Operations of both sides in pairs, and those that only one side has; all in document order."""

    pairs: tuple[tuple[Operation, Operation], ...]
    removed: tuple[Operation, ...]
    added: tuple[Operation, ...]


def match(base: Sequence[Document], revision: Sequence[Document]) -> Matches:
    """Pair the operations of two sets of documents; the names of path parameters tell nothing apart."""
    mine, theirs = operations(tuple(base)), operations(tuple(revision))
    found: dict[int, int] = {}
    for key in (_place, _address, _identity, _content):
        taken = set(found.values())
        ours = _alone(key, ((i, one) for i, one in enumerate(mine) if i not in found))
        other = _alone(key, ((i, one) for i, one in enumerate(theirs) if i not in taken))
        found |= {index: other[name] for name, index in ours.items() if name in other}
    taken = set(found.values())
    return Matches(
        tuple((one, theirs[found[i]]) for i, one in enumerate(mine) if i in found),
        tuple(one for i, one in enumerate(mine) if i not in found),
        tuple(one for i, one in enumerate(theirs) if i not in taken),
    )


def template(path: str) -> str:
    """Return a path with its placeholders unnamed: `/projects/{}`."""
    return _PLACEHOLDER.sub("{}", path)


def _alone(
    key: Callable[[Operation], Hashable], found: Iterable[tuple[int, Operation]]
) -> dict[Hashable, int]:
    """Return the index of each operation by its key, where no other has that key."""
    keyed = [(key(operation), index) for index, operation in found]
    times = Counter(name for name, _ in keyed)
    return {name: index for name, index in keyed if name is not None and times[name] == 1}


def _place(operation: Operation) -> Hashable:
    return operation.document.name, *_address(operation)


def _address(operation: Operation) -> tuple[str, str]:
    return operation.method, template(operation.path)


def _identity(operation: Operation) -> Hashable:
    return operation.operation_id or None


def _content(operation: Operation) -> Hashable:
    """Return what an operation says but for its name and texts: the same under another path is a move."""
    node = get(operation.document.content, operation.pointer)
    return operation.method, encode({name: part for name, part in node.items() if name not in _NAMES})
