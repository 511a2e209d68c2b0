"""Where findings stand in the documents, for formats that point into files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from conformance import pointer as pointers
from conformance.cli.loading import shown_path
from conformance.lines import lines_of
from conformance.operation import Operation
from conformance.verdict import Finding
from reports.model import Place


def places(operations: Sequence[Operation], findings: Sequence[Finding]) -> dict[tuple[str, str], Place]:
    """Return where each finding's pointer leads, by operation and pointer.

    Line and column are 0 where the file is no longer the one that was read.
    """
    documents = {operation.name: operation.document for operation in operations}
    read = cache(lines_of)

    def place(finding: Finding) -> Place:
        document = documents[finding.operation]
        text = read(document)
        at = text.at(pointers.parse(finding.pointer)) if text else (0, 0)
        return Place(shown_path(document), *at)

    return {
        (finding.operation, finding.pointer): place(finding)
        for finding in findings
        if finding.operation in documents
    }
