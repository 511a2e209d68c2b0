"""From paths to operations, and what is told of the documents behind them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.errors import UsageError
from conformance.installation import ROOT, bundled_specs
from conformance.openapi.document import Document, discover
from conformance.openapi.operation import Operation, operations
from conformance.sending.target import Secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.mock.process import MockServer
    from conformance.sending.target import Target

BUNDLED: Final = bundled_specs()


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
