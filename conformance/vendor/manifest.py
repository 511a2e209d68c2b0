"""The manifest of a folder of vendored documents: where each came from, and what it was then."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from conformance.errors import DocumentError
from conformance.openapi.document import read_bounded

NAME: Final = "manifest.toml"
SCHEMA: Final = 1
PAGES: Final = "pages"

_REQUIRED: Final = ("operation", "version", "origin", "document", "sha256", "page", "page_sha256")
_OPTIONAL: Final = ("source", "upstream")
_TEXTS: Final = ("operation", "version", "sha256", "page_sha256", *_OPTIONAL)
"""What of an entry is written as it is."""

_SAFE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_HEADER: Final = "# Written by `conformance vendor`; specs/README.md says what it means.\n"


class Origin(StrEnum):
    """How the document came about: the page's own YAML, or a person's reading of a rendered page."""

    VERBATIM = "verbatim"
    TRANSCRIBED = "transcribed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One vendored document.

    `operation` is `METHOD /path`, `version` the API's; both digests are hex SHA-256 over bytes.
    `source` is the address that the page itself gives for its YAML, `upstream` an address or
    file to fetch the page from; either may be empty.
    """

    name: str
    operation: str
    version: str
    origin: Origin
    sha256: str
    page_sha256: str
    source: str = ""
    upstream: str = ""

    @property
    def document(self) -> str:
        """The document's file, relative to the manifest's folder."""
        return f"{self.name}.yaml"

    @property
    def page(self) -> str:
        """The page's copy, relative to the manifest's folder, with `/`."""
        return f"{PAGES}/{self.name}.txt"

    @property
    def refresh(self) -> str:
        """The command, run in the manifest's folder, that takes the document from `page` again."""
        return f"conformance vendor {self.page} --into ."


def is_safe_name(name: str) -> bool:
    """Tell whether `name` can stand as a file's stem: plain ASCII, never leading out of its folder."""
    return _SAFE_NAME.fullmatch(name) is not None


def load_manifest(folder: Path) -> tuple[Entry, ...]:
    """Return the entries of the folder's manifest by name; none where the folder has no manifest.

    Raises DocumentError where the manifest cannot be read or says less or other than it should.
    """
    path = folder / NAME
    if not path.exists():
        return ()
    data = read_bounded(path, "make it a readable manifest")
    return tuple(_entry(path, name, table) for name, table in sorted(_tables(path, data).items()))


def _tables(path: Path, data: bytes) -> dict[str, Any]:
    try:
        content = tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise DocumentError(f"{path}: not TOML: {reason}; mend it or vendor the pages again") from error
    if content.get("schema") != SCHEMA:
        raise DocumentError(f"{path}: `schema` is not {SCHEMA}; vendor the pages with this version")
    tables = content.get("documents", {})
    if not isinstance(tables, dict):
        raise DocumentError(f"{path}: `documents` is not a table of documents; vendor the pages again")
    return tables


def _entry(path: Path, name: str, table: Any) -> Entry:
    if fault := next(_faults(name, table), None):
        raise DocumentError(f"{path}: [documents.{name!r}] {fault}")
    return Entry(name, origin=Origin(table["origin"]), **{key: table.get(key, "") for key in _TEXTS})


def _faults(name: str, table: Any) -> Iterator[str]:
    """Yield what is wrong with a table; the files that it names must be those of its own name, inside the folder."""
    if not is_safe_name(name) or not isinstance(table, dict):
        yield "is not the table of a document; take it out"
    yield from (f"lacks `{key}`; vendor the page again" for key in _REQUIRED if key not in table)
    for key in (*_REQUIRED, *_TEXTS):
        if not isinstance(table.get(key, ""), str):
            yield f"has a `{key}` that is not a string; put it in quotes"
    for key in ("sha256", "page_sha256"):
        if not _SHA256.fullmatch(table[key]):
            yield f"has a `{key}` that is not a hex SHA-256; vendor the page again"
    if table["origin"] not in set(Origin):
        yield f"has an `origin` that is neither {' nor '.join(Origin)}; correct it"
    if (table["document"], table["page"]) != (files := (f"{name}.yaml", f"{PAGES}/{name}.txt")):
        yield f"must name {' and '.join(files)}; vendor the page again"


def dump(entries: tuple[Entry, ...]) -> bytes:
    """Return the manifest of the entries as TOML, by name, the same bytes for the same entries."""
    import tomli_w

    tables = {entry.name: _table(entry) for entry in sorted(entries, key=lambda entry: entry.name)}
    return (_HEADER + tomli_w.dumps({"schema": SCHEMA, "documents": tables})).encode()


def _table(entry: Entry) -> dict[str, str]:
    table = {key: str(getattr(entry, key)) for key in (*_REQUIRED, "refresh")}
    return table | {key: value for key in _OPTIONAL if (value := getattr(entry, key))}
