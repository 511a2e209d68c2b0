"""`summary.json`: the run in one object for other programs; its schema is `summary.schema.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, TextIO

from conformance.observing.response_coverage import Unseen
from conformance_reports import baseline
from conformance_reports.files import whole
from conformance_reports.model import RunReport, counts, finding_to_json, unseen_to_json

FILE_NAME: Final = "summary.json"
SCHEMA_FILE: Final = Path(__file__).with_name("summary.schema.json")


def summary(report: RunReport) -> dict[str, Any]:
    """Return the run as `summary.schema.json` describes it, version 1."""
    return {
        "schema": 1,
        "exit_code": int(report.exit_code),
        "complete": report.complete,
        **({"shard": report.shard} if report.shard else {}),
        "target": report.target,
        "documents": [dict(document) for document in report.documents],
        "requests": report.sent,
        "held_back": report.held.times,
        "duration_s": round(report.duration, 3),
        "requirements": counts(report.rows),
        "operations": {
            name: {
                "requirements": counts(report.rows_of(name)),
                "requests": number,
                "unseen": unseen_to_json(report.unseen.get(name, Unseen())),
            }
            for name, number in report.requests.items()
        },
        "findings": [_public(finding_to_json(finding)) for finding in report.findings],
        **({"baseline": baseline.summary(report.baseline)} if report.baseline else {}),
    }


def _public(finding: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in finding.items() if name != "side"}


def write(report: RunReport, stream: TextIO) -> None:
    """Write the summary as indented ASCII JSON with a final newline."""
    stream.write(json.dumps(summary(report), indent=2) + "\n")


def write_file(report: RunReport, folder: Path) -> None:
    """Put `summary.json` into the folder, whole or not at all. Raises UsageError where that fails."""
    with whole(folder / FILE_NAME) as stream:
        write(report, stream)
