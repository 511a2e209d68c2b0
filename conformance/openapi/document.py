"""OpenAPI documents: found, read within bounds, checked, and never fetched from anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from conformance.errors import DocumentError
from conformance.jsonvalue import JSON
from conformance.openapi.reading import SourcePositions, read, source_positions
from conformance.openapi.references import METHODS, follow
from conformance.openapi.soundness import check
from conformance.pointer import Pointer

MAX_BYTES: Final = 32 * 1024 * 1024
SUFFIXES: Final = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Document:
    """One OpenAPI document, as read; `sha256` is over its bytes, `name` is the file's stem."""

    path: Path
    name: str
    sha256: str
    content: JSON = field(repr=False, hash=False, compare=False)
    memo: dict[Any, Any] = field(default_factory=dict, repr=False, hash=False, compare=False)
    """What others have made of the document, so that it is made once; it lives as long as the document."""

    @property
    def openapi(self) -> str:
        """The `openapi` field, e.g. `3.1.0`."""
        return str(self.content["openapi"])

    @property
    def title(self) -> str:
        """The API's title."""
        return str(self.content["info"]["title"])

    @property
    def version(self) -> str:
        """The API's version, as `info.version` gives it."""
        return str(self.content["info"]["version"])


def discover(path: Path) -> tuple[Document, ...]:
    """Load the document at `path`, or every document directly in the folder `path`, by name.

    Raises DocumentError where there is none or one cannot be used.
    """
    if not path.is_dir():
        return (load(path),)
    files = sorted(p for p in path.iterdir() if p.suffix in SUFFIXES and p.is_file())
    if not files:
        raise DocumentError(f"{path}: no OpenAPI document (*.yaml, *.yml, *.json) in this folder")
    return tuple(load(file) for file in files)


def load(path: Path) -> Document:
    """Read and check one document. Raises DocumentError with the reason in one line."""
    return made(read_bounded(path, "give a document or a folder of them"), path)


def read_bounded(path: Path, fix: str) -> bytes:
    """Return the file's bytes. Raises DocumentError, ending in `fix`, where it cannot or is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DocumentError(f"{path}: {error.strerror or error}; {fix}") from error
    if len(data) > MAX_BYTES:
        raise DocumentError(f"{path}: larger than {MAX_BYTES} bytes; {fix}")
    return data


def made(data: bytes, path: Path) -> Document:
    """Return the document of these bytes, checked; `path` names it and need not exist.

    Raises DocumentError with the reason in one line.
    """
    content = read(data, str(path))
    check(content, str(path))
    return Document(path, path.stem, hashlib.sha256(data).hexdigest(), content)


def positions_of(document: Document) -> SourcePositions | None:
    """Return the places in a document's file, None where that is no longer the file that was read."""
    try:
        data = document.path.read_bytes()
    except OSError:
        return None
    is_same = hashlib.sha256(data).hexdigest() == document.sha256
    return source_positions(data, str(document.path)) if is_same else None


def paths(document: Document) -> Iterator[str]:
    """Yield each path template; what does not start with `/` is an extension and may hold anything (§4.8.8)."""
    yield from (path for path in document.content.get("paths", {}) if path.startswith("/"))


def resolve(document: Document, pointer: Pointer) -> tuple[JSON, Pointer]:
    """Follow `pointer` and then `$ref`s to a node that is none; return it with its own pointer.

    Raises DocumentError for a dangling or endless reference.
    """
    try:
        return follow(document.content, pointer)
    except DocumentError as error:
        raise DocumentError(f"{document.path}: {error}") from error


def owners(document: Document) -> Iterator[Pointer]:
    """Yield where a document may say what an operation inherits: itself, each path item, each operation (§4.8.9)."""
    yield ()
    for path in paths(document):
        item, at = resolve(document, ("paths", path))
        yield at
        yield from ((*at, method) for method in METHODS if method in item)
