"""Pages into a folder of documents: everything is proven first, then everything is written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import conformance
from conformance.errors import DocumentError
from conformance.openapi.document import Document, made, read_bounded
from conformance.openapi.operation import operations, short_name
from conformance.vendor import manifest
from conformance.vendor import page as pages
from conformance.vendor.files import differs, write_all
from conformance.vendor.manifest import Entry, Origin
from conformance.vendor.page import Page

BUNDLED: Final = Path(conformance.__file__).parent.parent / "specs" / "concord-privacy"
"""The folder of documents that comes with the suite."""


@dataclass(frozen=True, slots=True)
class Vendored:
    """What one page became; `changed` tells that the folder did not hold exactly this before."""

    entry: Entry
    changed: bool


def vendor(
    paths: Sequence[Path], into: Path = BUNDLED, *, accept_transcription: bool = False
) -> tuple[Vendored, ...]:
    """Take the pages' documents, copies of the pages and the manifest into the folder `into`.

    A page without YAML needs its transcription in the folder. Once recorded, the transcription
    stays bound to the page it was made from, until `accept_transcription` says that a person
    has compared it with the new page. The same pages again change nothing.

    Raises DocumentError for a page or document that cannot be used and UsageError for a folder
    that cannot be written; either way the folder is as it was.
    """
    known = {entry.operation: entry for entry in manifest.load_manifest(into)}
    files: dict[str, bytes] = {}
    entries: list[Entry] = []
    for page in _distinct(paths):
        name = known[page.operation].name if page.operation in known else _name(page, known)
        entry, data = _take(page, name, known.get(page.operation), into, accept=accept_transcription)
        known[page.operation] = entry
        entries.append(entry)
        files |= {entry.document: data, entry.page: page.data}
    files[manifest.NAME] = manifest.dump(tuple(known.values()))
    changed = {name: data for name, data in files.items() if differs(into / name, data)}
    write_all(into, changed)
    return tuple(Vendored(entry, bool({entry.document, entry.page} & changed.keys())) for entry in entries)


def _distinct(paths: Sequence[Path]) -> tuple[Page, ...]:
    """Read the pages; the same page twice counts once, two pages for one operation are an error."""
    found: dict[str, Page] = {}
    for page in map(pages.read, paths):
        other = found.setdefault(page.operation, page)
        if other.data != page.data:
            raise DocumentError(f"{page.path}: {page.operation!r} is in {other.path} too; give one of them")
    return tuple(found.values())


def _name(page: Page, known: Mapping[str, Entry]) -> str:
    """Return the operation's short name, with the method in front where another operation has it."""
    short = re.sub(r"[^A-Za-z0-9._-]+", "-", short_name(page.template)).strip(".-") or "root"
    taken = {entry.name.lower() for entry in known.values()}
    for name in (short, f"{page.method.lower()}-{short}"):
        if manifest.is_safe_name(name) and name.lower() not in taken:
            return name
    raise DocumentError(
        f"{page.path}: no free file name for {page.operation!r}; vendor it --into another folder"
    )


def _take(page: Page, name: str, old: Entry | None, into: Path, *, accept: bool) -> tuple[Entry, bytes]:
    """Return the entry and the bytes of the page's document, proven."""
    transcribed = page.yaml is None
    data = _transcription(page, into / f"{name}.yaml") if page.yaml is None else page.yaml
    read = made(data, into / f"{name}.yaml" if transcribed else page.path)
    _require_operation(read, page)
    entry = Entry(
        name=name,
        operation=page.operation,
        version=read.version,
        origin=Origin.TRANSCRIBED if transcribed else Origin.VERBATIM,
        sha256=read.sha256,
        page_sha256=hashlib.sha256(page.data).hexdigest(),
        source=page.source,
    )
    if old is None:
        return entry, data
    if transcribed and old.page_sha256 != entry.page_sha256 and not accept:
        raise DocumentError(
            f"{page.path}: not the page that {read.path} was made from; compare them, correct the document, "
            "then add --accept-transcription"
        )
    return replace(entry, upstream=old.upstream), data


def _transcription(page: Page, path: Path) -> bytes:
    if not path.exists():
        raise DocumentError(
            f"{page.path}: no ````yaml fence; transcribe the page by hand to {path} first, then run again"
        )
    return read_bounded(path, "make it a readable document")


def _require_operation(read: Document, page: Page) -> None:
    if not any((op.method, op.path) == (page.method, page.template) for op in operations((read,))):
        raise DocumentError(
            f"{page.path}: the page is about {page.operation!r}, which {read.path} does not describe; "
            "correct the one or the other"
        )
