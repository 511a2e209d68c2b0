"""Where findings stand in the documents, for formats that point into files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance import pointer as pointers
from conformance.judging.verdict import Finding
from conformance.openapi.document import positions_of
from conformance.openapi.operation import Operation
from conformance.session.loading import shown_path
from conformance_reports.model import Place

if TYPE_CHECKING:
    from conformance.diff.change import Change

_ABOVE: Final = 8
_BELOW: Final = 11
_WIDTH: Final = 200


def places(operations: Sequence[Operation], findings: Sequence[Finding]) -> dict[tuple[str, str], Place]:
    """Return where each finding's pointer leads, by operation and pointer, with what is written there.

    Line and column are 0, and nothing is quoted, where the file is no longer the one that was read.
    """
    documents = {operation.name: operation.document for operation in operations}
    read, written = cache(positions_of), cache(_written)

    def place(finding: Finding) -> Place:
        document = documents[finding.operation]
        positions = read(document)
        if positions is None:
            return Place(shown_path(document))
        line, column = positions.at(pointers.parse(finding.pointer))
        return Place(shown_path(document), line, column, *_excerpt(written(document.path), line))

    return {
        (finding.operation, finding.pointer): place(finding)
        for finding in findings
        if finding.operation in documents
    }


def document_places(changes: Iterable[Change], operations: Iterable[Operation]) -> dict[str, Place]:
    """Return what `named_places` does, out of the documents of operations."""
    paths = {operation.document.path for operation in operations}
    return named_places(changes, {str(path): path.read_bytes() for path in paths})


def named_places(changes: Iterable[Change], texts: Mapping[str, bytes]) -> dict[str, Place]:
    """Return what is written in `texts` where the changes say `FILE:LINE` of base or revision, by that name."""
    written = cache(lambda file: texts[file].decode("utf-8", errors="replace").split("\n"))
    found: dict[str, Place] = {}
    for at in {at for change in changes for at in (change.base_at, change.revision_at)}:
        file, _, line = at.rpartition(":")
        if file in texts and line.isdecimal():
            found[at] = Place(file, int(line), 0, *_excerpt(written(file), int(line)))
    return found


def _written(path: Path) -> list[str]:
    return path.read_text("utf-8", errors="replace").split("\n")


def _excerpt(lines: Sequence[str], line: int) -> tuple[int, tuple[str, ...]]:
    """Return what is written around a line, and the number of its first: as YAML and laid-out JSON are indented.

    That is what the line stands in, where that is near, the line, and what it holds.
    """
    first = line - 1
    indent = _indent(lines[first])
    above = range(first - 1, max(first - _ABOVE, -1), -1)
    begin = next((n for n in above if lines[n].strip() and _indent(lines[n]) < indent), first)
    below = takewhile(lambda text: not text.strip() or _indent(text) > indent, lines[line : line + _BELOW])
    shown = [text[:_WIDTH].rstrip() for text in (*lines[begin:line], *below)]
    margin = min(map(_indent, filter(None, shown)), default=0)
    return begin + 1, tuple(text[margin:] for text in shown)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
