"""What a run leaves in its folder beside the journal: the report for people and the summary for programs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from conformance_reports import summary
from conformance_reports.files import whole
from conformance_reports.model import RunReport
from conformance_reports.writers import WRITERS

HTML_FILE: Final = "report.html"
FILES: Final = (summary.FILE_NAME, HTML_FILE)


def write_files(report: RunReport, folder: Path) -> None:
    """Write the files, each whole or not at all. Raises UsageError where that fails."""
    summary.write_file(report, folder)
    with whole(folder / HTML_FILE) as stream:
        WRITERS["html"](report, stream)
