"""Selection: which operations a run looks at, by glob over the names people know them by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Final

from conformance.errors import NothingExercisedError, UsageError
from conformance.openapi.operation import Operation

_NAMES_SHOWN: Final = 20


def select(operations: Sequence[Operation], globs: Sequence[str]) -> tuple[Operation, ...]:
    """Return the operations that some glob matches, in document order; all of them without globs.

    Raises UsageError for a glob that matches none, with the names that exist, and
    NothingExercisedError where the documents hold no operation at all.
    """
    if not operations:
        raise NothingExercisedError("the documents hold no operation; check --spec")
    if missing := unmatched(operations, globs):
        raise UsageError(f"--operation {missing[0]!r} matches none of: {_names(operations)}")
    return tuple(op for op in operations if not globs or any(matches(op, glob) for glob in globs))


def matches(operation: Operation, glob: str) -> bool:
    """Tell whether the glob matches a name that the operation is known by."""
    return any(label and fnmatchcase(label, glob) for label in operation.labels)


def unmatched(operations: Sequence[Operation], globs: Iterable[str]) -> tuple[str, ...]:
    """Return the globs that match none of the operations."""
    return tuple(glob for glob in globs if not any(matches(operation, glob) for operation in operations))


def _names(operations: Sequence[Operation]) -> str:
    names = [operation.name for operation in operations]
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more (conformance list)" if more > 0 else "")
