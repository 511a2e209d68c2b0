"""Selection: which operations a run looks at, by glob over the names people know them by."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Final

from conformance.errors import NothingExercisedError, UsageError
from conformance.operation import Operation

_NAMES_SHOWN: Final = 20


def select(operations: Sequence[Operation], globs: Sequence[str]) -> tuple[Operation, ...]:
    """Return the operations that some glob matches, in document order; all of them without globs.

    Raises UsageError for a glob that matches none, with the names that exist, and
    NothingExercisedError where the documents hold no operation at all.
    """
    if not operations:
        raise NothingExercisedError("the documents hold no operation; check --spec")
    for glob in globs:
        if not any(_matches(operation, glob) for operation in operations):
            raise UsageError(f"--operation {glob!r} matches none of: {_names(operations)}")
    return tuple(op for op in operations if not globs or any(_matches(op, glob) for glob in globs))


def _matches(operation: Operation, glob: str) -> bool:
    return any(label and fnmatchcase(label, glob) for label in operation.labels)


def _names(operations: Sequence[Operation]) -> str:
    names = [operation.name for operation in operations]
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more (conformance list)" if more > 0 else "")
