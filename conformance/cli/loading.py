"""From paths to a plan: the one place where documents, strategies and the planner meet."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.cli.entry import ROOT
from conformance.document import Document, discover
from conformance.errors import NothingExercisedError, UsageError
from conformance.operation import Operation, operations
from conformance.selection import select
from conformance.target import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.mock.process import MockServer
    from conformance.plan import Plan
    from conformance.settings import Choice
    from conformance.target import Target

BUNDLED: Final = ROOT / "specs" / "concord-privacy"


def load_operations(specs: Sequence[Path]) -> tuple[Operation, ...]:
    """Return the operations of the documents at `specs`, of the bundled ones where it is empty.

    Raises DocumentError for a document that can't be used, UsageError for one given twice.
    """
    documents = tuple(document for path in specs or (BUNDLED,) for document in discover(path))
    seen: set[Path] = set()
    for document in documents:
        path = document.path.resolve()
        if path in seen:
            raise UsageError(f"--spec {document.path}: given twice; name each document once")
        seen.add(path)
    return operations(documents)


def make_plan(
    found: Sequence[Operation], choice: Choice, meanwhile: Callable[[], object] = lambda: None
) -> Plan:
    """Return the plan of the chosen operations. Raises NothingExercisedError where no case is left.

    `meanwhile` is called while another process plans already, where there is one.
    """
    from conformance.memory import default_memory
    from conformance.plan import plan
    from conformance.spread import side_by_side
    from strategies import VALUES

    made = plan(
        select(found, choice.globs),
        VALUES,
        level=choice.level,
        max_body=choice.max_body,
        memory=default_memory(),
        spread=partial(side_by_side, first=meanwhile),
    )
    if not made.cases:
        raise NothingExercisedError("no case is left to send; widen --operation, --level or --max-body")
    return made


def documents_id(found: Sequence[Operation]) -> str:
    """Return what names a run that nobody has named: the same documents, whatever else is chosen, the same id."""
    digests = sorted({operation.document.sha256 for operation in found})
    return f"documents-{hashlib.sha256(' '.join(digests).encode()).hexdigest()[:12]}"


def mock_target(target: Target, mock: MockServer) -> Target:
    """Return the target that the mock is, with the user's own ids and headers kept."""
    ids = {**mock.path_params, **target.path_params}
    return replace(target, url=mock.url, path_params=ids, key=Secret(mock.api_key))


def document_rows(found: Sequence[Operation]) -> list[dict[str, str]]:
    """Return name, path, version and sha256 of each document behind the operations."""
    documents = {operation.document.path: operation.document for operation in found}
    return [
        {
            "name": document.name,
            "path": shown_path(document),
            "version": document.version,
            "sha256": document.sha256,
        }
        for document in documents.values()
    ]


def shown_path(document: Document) -> str:
    """Return a path that says nothing of the machine: relative to here, to our bundle, or the name."""
    path = document.path.resolve()
    for folder in (Path.cwd(), ROOT):
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return path.name
