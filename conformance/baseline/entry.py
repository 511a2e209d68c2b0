"""Accepted findings: what was accepted, why, by whom and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

from conformance.judging.verdict import Finding, fingerprint


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted finding.

    `finding` is the line a person reads; `case` is the one that showed it last. `since` and `expires` are
    days in UTC, both included.
    """

    finding: str
    operation: str
    rule: str
    pointer: str
    side: str
    case: str
    reason: str
    who: str
    since: date
    expires: date

    @property
    def fingerprint(self) -> str:
        """The finding's: rule, operation, pointer and side."""
        return fingerprint(self.rule, self.operation, self.pointer, self.side)

    @property
    def position(self) -> tuple[str, ...]:
        """What the entries of a baseline are sorted by: nothing that a renewal changes."""
        return (self.operation, self.rule, self.pointer, self.fingerprint)

    def is_expired(self, today: date) -> bool:
        """Tell whether the entry's last day has passed."""
        return today > self.expires


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries by their position, one for each fingerprint."""

    entries: tuple[Entry, ...] = ()

    def having(self, entries: Iterable[Entry]) -> Self:
        """Return the baseline with the entries, each in place of the one that has its fingerprint."""
        by_fingerprint = {entry.fingerprint: entry for entry in (*self.entries, *entries)}
        return type(self)(tuple(sorted(by_fingerprint.values(), key=lambda entry: entry.position)))


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Why and by whom findings are accepted, and from which day to which."""

    reason: str
    who: str
    since: date
    expires: date

    def of(self, finding: Finding) -> Entry:
        """Return the entry that accepts the finding."""
        return Entry(
            _storable(f"{finding.rule}: {finding.requirement}"), finding.operation, finding.rule,
            finding.pointer, finding.side, finding.case, _storable(self.reason), _storable(self.who),
            self.since, self.expires,
        )  # fmt: skip


def _storable(text: str) -> str:
    """Return the text with lone surrogates, which no file can hold, written out."""
    return text.encode("utf-8", "backslashreplace").decode()


def to_json(entry: Entry) -> dict[str, str]:
    """Return the entry as plain data, dates as YYYY-MM-DD (RFC 3339 §5.6)."""
    return {"fingerprint": entry.fingerprint} | {f.name: str(getattr(entry, f.name)) for f in fields(entry)}


def from_json(content: dict[str, Any]) -> Entry:
    """Return the entry that `to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    texts = {f.name: str(content[f.name]) for f in fields(Entry) if f.name not in ("since", "expires")}
    return Entry(
        **texts, since=date.fromisoformat(content["since"]), expires=date.fromisoformat(content["expires"])
    )
