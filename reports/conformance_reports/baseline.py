"""What a run made of its baseline, as reports, summary and journal tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from conformance.baseline import entry as entries
from conformance.baseline.entry import Entry

_KINDS: Final = ("accepted", "expired", "gone")


@dataclass(frozen=True, slots=True)
class BaselineReport:
    """The entries that had to do with the run; `file` is the path as it was given.

    `accepted` and `expired` are those of the run's findings; `gone` were looked for and not found.
    """

    file: str
    accepted: tuple[Entry, ...] = ()
    expired: tuple[Entry, ...] = ()
    gone: tuple[Entry, ...] = ()


def summary(report: BaselineReport) -> dict[str, Any]:
    """Return the fingerprints by what became of them, as `summary.json` holds them."""
    named = {kind: [entry.fingerprint for entry in getattr(report, kind)] for kind in _KINDS}
    return {"file": report.file, **named}


def to_json(report: BaselineReport) -> dict[str, Any]:
    """Return whole entries as plain data, for the journal's footer."""
    whole = {kind: [entries.to_json(entry) for entry in getattr(report, kind)] for kind in _KINDS}
    return {"file": report.file, **whole}


def from_json(content: Mapping[str, Any]) -> BaselineReport:
    """Return the report that `to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    whole = (tuple(entries.from_json(entry) for entry in content[kind]) for kind in _KINDS)
    return BaselineReport(str(content["file"]), *whole)
