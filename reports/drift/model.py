"""What every drift writer works from: the changes between two sets of documents, and what they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.drift.change import Change, DriftVerdict, overall


@dataclass(frozen=True, slots=True)
class DriftReport:
    """A comparison: `base` and `revision` are its two sides as the user named them."""

    base: str
    revision: str
    changes: tuple[Change, ...]

    @property
    def verdict(self) -> DriftVerdict:
        """The gravest verdict of the changes."""
        return overall(self.changes)

    def gravest_first(self) -> Iterator[Change]:
        """Yield the changes by verdict, those that break first; within one, in document order."""
        order = list(reversed(DriftVerdict))
        yield from sorted(self.changes, key=lambda change: order.index(change.verdict))

    def tally(self) -> str:
        """Return how many changes there are of each verdict, in words."""
        counted = Counter(change.verdict for change in self.changes)
        return ", ".join(
            f"{counted[verdict]} {verdict}" for verdict in reversed(DriftVerdict) if counted[verdict]
        )
