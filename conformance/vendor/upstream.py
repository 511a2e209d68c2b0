"""Whether published pages have moved on from the vendored ones; everything here stays aside, in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from conformance.errors import DocumentError, TargetError, UsageError
from conformance.openapi import document
from conformance.openapi.document import Document
from conformance.vendor import page as pages
from conformance.vendor.fetch import fetch
from conformance.vendor.manifest import NAME, Entry, Origin, load_manifest


class State(StrEnum):
    """What became of one page since it was vendored."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    NO_YAML = "no YAML"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Upstream:
    """One page as it is published now; where it changed, `document` is what it holds, read from `yaml`.

    A changed page without a document is that of a transcribed one: a person has to read it.
    `detail` says in one line what stands in the way of a comparison.
    """

    entry: Entry
    state: State
    yaml: bytes = b""
    document: Document | None = None
    detail: str = ""


def upstream(folder: Path, addresses: Mapping[str, str]) -> tuple[Upstream, ...]:
    """Fetch the pages that `addresses` name, or all that the folder's manifest does, and look at each.

    Raises UsageError where a name is unknown or a page has no address.
    """
    entries = {entry.name: entry for entry in load_manifest(folder)}
    if unknown := [name for name in addresses if name not in entries]:
        known = ", ".join(entries) or "none"
        raise UsageError(f"--page {unknown[0]}: no such page in {folder / NAME}; there is {known}")
    named = addresses or {name: entry.upstream for name, entry in entries.items()}
    if not named:
        raise UsageError(f"{folder / NAME}: names no page; vendor some, or give --spec FOLDER")
    if missing := [name for name, address in named.items() if not address]:
        raise UsageError(
            f"{folder / NAME}: does not say where {', '.join(missing)} is published; "
            f"add upstream = '…' there, or --page {missing[0]}=URL"
        )
    return tuple(_look(entries[name], address, folder) for name, address in named.items())


def _look(entry: Entry, address: str, folder: Path) -> Upstream:
    try:
        data = fetch(address, folder)
    except (TargetError, DocumentError) as error:
        return Upstream(entry, State.UNREACHABLE, detail=str(error))
    if hashlib.sha256(data).hexdigest() == entry.page_sha256:
        return Upstream(entry, State.UNCHANGED)
    label = Path(f"upstream:{entry.document}")
    try:
        yaml = pages.parse(label, data).yaml
        if yaml is not None:
            return Upstream(entry, State.CHANGED, yaml, document.made(yaml, label))
    except DocumentError as error:
        return Upstream(entry, State.NO_YAML, detail=str(error))
    if entry.origin is Origin.TRANSCRIBED:
        return Upstream(entry, State.CHANGED)
    return Upstream(entry, State.NO_YAML, detail=f"{label}: the page at {address} holds no YAML any more")
