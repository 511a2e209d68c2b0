"""Where the documents of a comparison come from: a file, a folder, or a revision in git."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from conformance.diff.change import Change
from conformance.errors import DocumentError
from conformance.openapi.document import MAX_BYTES, SUFFIXES, Document, discover, made
from conformance.openapi.reading import source_positions
from conformance.pointer import Pointer

GIT: Final = "git:"
_PATIENCE: Final = 30.0
_MOST: Final = 500
"""So many documents of one folder in git are read."""


@dataclass(frozen=True, slots=True)
class Source:
    """The documents of one side and the bytes that they were read from, by the document's path."""

    documents: tuple[Document, ...]
    texts: Mapping[Path, bytes]


def read_source(place: str) -> Source:
    """Return the documents at `place`: a path, or `git:REV:PATH` with PATH relative to the current folder.

    Raises DocumentError for what cannot be read, in one line.
    """
    if place.startswith(GIT):
        return _from_git(place)
    documents = discover(Path(place))
    return Source(documents, {document.path: document.path.read_bytes() for document in documents})


def with_lines(changes: Iterable[Change], base: Source, revision: Source) -> tuple[Change, ...]:
    """Return the changes with the line of each place in `base_at` and `revision_at`."""
    found = tuple(changes)
    mine = _lines(base, ((change.base_at, change.base_pointer) for change in found))
    theirs = _lines(revision, ((change.revision_at, change.revision_pointer) for change in found))
    return tuple(
        replace(change, base_at=own, revision_at=other)
        for change, own, other in zip(found, mine, theirs, strict=True)
    )


def _lines(source: Source, places: Iterable[tuple[str, Pointer | None]]) -> list[str]:
    """Return `FILE:LINE` of each place, `""` where it is in no file of the source."""
    listed = list(places)
    texts = {str(path): data for path, data in source.texts.items()}
    known = {
        file: source_positions(texts[file], file)
        for file in {name for name, at in listed if name in texts and at is not None}
    }
    return [
        f"{file}:{known[file].at(at).line}" if at is not None and file in texts else "" for file, at in listed
    ]


def _from_git(place: str) -> Source:
    revision, _, path = place.removeprefix(GIT).partition(":")
    if not revision or not path or revision.startswith("-"):
        raise DocumentError(f"{place}: give git:REVISION:PATH, such as git:main:specs/api.yaml")
    relative = path if path.startswith("/") else f"./{path}"
    names = [path]
    if _git("cat-file", "-t", f"{revision}:{relative}", place=place).strip() == b"tree":
        listed = _git("ls-tree", "-z", "--name-only", f"{revision}:{relative}", place=place)
        found = sorted(name.decode() for name in listed.split(b"\0") if name)
        names = [str(PurePosixPath(path, name)) for name in found if name.endswith(SUFFIXES)]
    if not 0 < len(names) <= _MOST:
        raise DocumentError(f"{place}: holds {len(names)} documents (*.yaml, *.yml, *.json); name one")
    texts = {Path(f"{GIT}{revision}:{name}"): _blob(revision, name, place) for name in names}
    return Source(tuple(made(data, path) for path, data in texts.items()), texts)


def _blob(revision: str, name: str, place: str) -> bytes:
    thing = f"{revision}:{name if name.startswith('/') else './' + name}"
    size = int(_git("cat-file", "-s", thing, place=place))
    if size > MAX_BYTES:
        raise DocumentError(f"{place}: {name} is larger than {MAX_BYTES} bytes")
    return _git("cat-file", "blob", thing, place=place)


def _git(*arguments: str, place: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 -- no shell, and what may be an option was refused
            ["git", "--no-pager", *arguments],  # noqa: S607 -- the user's own git
            capture_output=True, check=False, timeout=_PATIENCE, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DocumentError(f"{place}: git does not answer: {error}") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise DocumentError(f"{place}: {said[0][:300]}; give git:REVISION:PATH")
    return done.stdout
