"""`conformance drift --upstream`: the published pages held against the vendored documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.errors import ExitCode, UsageError
from conformance.session.places import named_places
from conformance_reports.drift import DriftReport
from conformance_reports.text import visible

if TYPE_CHECKING:
    from conformance.diff.change import Change
    from conformance.vendor.upstream import Upstream
    from conformance_reports.model import Place


def addresses(texts: Sequence[str]) -> dict[str, str]:
    """Return the address of each page by name from `NAME=URL`. Raises UsageError."""
    pairs = [text.partition("=") for text in texts]
    for text, (name, _, address) in zip(texts, pairs, strict=True):
        if not name or not address:
            raise UsageError(f"--page {text!r}: give NAME=URL or NAME=FILE")
    return {name: address for name, _, address in pairs}


def compared_upstream(folder: Path, named: Mapping[str, str]) -> tuple[DriftReport, ExitCode]:
    """Return what changed upstream, and what stands in the way of saying so: CONFORMS where nothing does.

    The state of each page goes to stderr. Raises UsageError or DocumentError where nothing can be looked at.
    """
    from conformance.vendor.upstream import upstream

    found = upstream(folder, named)
    changes: list[Change] = []
    for page in found:
        own = tuple(_changes(folder, page))
        changes += own
        click.echo(visible(_line(page, len(own))), err=True)
    report = DriftReport(str(folder), "upstream", tuple(changes), places=_places(folder, found, changes))
    return report, _obstacle(found)


def _places(folder: Path, found: Iterable[Upstream], changes: Iterable[Change]) -> dict[str, Place]:
    """Return what is written where the changes are, in the vendored documents and the published ones."""
    texts: dict[str, bytes] = {}
    for page in found:
        if page.document is not None:
            ours = folder / page.entry.document
            texts |= {str(ours): ours.read_bytes(), str(page.document.path): page.yaml}
    return named_places(changes, texts)


def _changes(folder: Path, page: Upstream) -> Iterator[Change]:
    from conformance.diff.operations.documents import compare_documents
    from conformance.diff.source import Source, with_lines
    from conformance.openapi.document import load
    from conformance.vendor.upstream import State
    from conformance_strategies import VALUES

    if page.state is not State.CHANGED:
        return
    if page.document is None:
        yield _reread(folder, page)
        return
    ours = load(folder / page.entry.document)
    base = Source((ours,), {ours.path: ours.path.read_bytes()})
    revision = Source((page.document,), {page.document.path: page.yaml})
    found = compare_documents(base.documents, revision.documents, VALUES)
    yield from with_lines(found, base, revision)


def _reread(folder: Path, page: Upstream) -> Change:
    from conformance.diff.change import Change, Direction, DriftVerdict
    from conformance.diff.operations.rules import CHANGED

    return Change(
        CHANGED["page"].id, page.entry.name, Direction.NONE, DriftVerdict.UNDECIDED,
        f"the page that {page.entry.document} was transcribed from is another one now",
        note=f"compare it with {page.entry.page}, correct the document, then vendor the page again",
        base_at=str(folder / page.entry.document),
    )  # fmt: skip


def _line(page: Upstream, changes: int) -> str:
    if page.detail:
        return f"{page.entry.name}: {page.state}: {page.detail}"
    number = f"{changes} change{'' if changes == 1 else 's'}"
    return f"{page.entry.name}: {page.state}{f', {number} in its document' if page.document else ''}"


def _obstacle(found: Sequence[Upstream]) -> ExitCode:
    from conformance.vendor.upstream import State

    states = {page.state for page in found}
    if State.UNREACHABLE in states:
        return ExitCode.TARGET
    return ExitCode.DOCUMENT if State.NO_YAML in states else ExitCode.CONFORMS
