"""A comparison as JSON, schema 1; `drift.schema.json` beside this module describes it."""

from __future__ import annotations

import json
from typing import Any, Final, TextIO

from conformance_reports.drift.model import DriftReport
from conformance_reports.model import unseen_to_json

SCHEMA: Final = 1


def as_data(report: DriftReport) -> dict[str, Any]:
    """Return the comparison as plain data: `schema`, `verdict`, the two sides, `changes`, `unseen`."""
    return {
        "schema": SCHEMA,
        "verdict": report.verdict.value,
        "base": report.base,
        "revision": report.revision,
        "changes": [change.as_data() for change in report.changes],
        "unseen": {name: unseen_to_json(unseen) for name, unseen in report.unseen.items() if unseen},
    }


def write(report: DriftReport, stream: TextIO) -> None:
    """Write the comparison as one JSON object."""
    json.dump(as_data(report), stream, indent=2)
    stream.write("\n")
