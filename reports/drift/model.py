"""What every drift writer works from: the changes between two sets of documents, and what they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from conformance.drift.change import Change, DriftVerdict, overall
from conformance.vacuity import Unseen
from reports.model import Place
from reports.text import visible

_UNSEEN: Final = 6


@dataclass(frozen=True, slots=True)
class DriftReport:
    """A comparison: `base` and `revision` are its two sides as the user named them.

    `places` holds what is written where a change's `base_at` or `revision_at` says, by that name.
    `unseen` holds, where traffic is compared with a document, what no answer showed, by operation.
    """

    base: str
    revision: str
    changes: tuple[Change, ...]
    unseen: Mapping[str, Unseen] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def verdict(self) -> DriftVerdict:
        """The gravest verdict of the changes."""
        return overall(self.changes)

    def gravest_first(self) -> Iterator[Change]:
        """Yield the changes by verdict, those that break first; within one, in document order."""
        order = list(reversed(DriftVerdict))
        yield from sorted(self.changes, key=lambda change: order.index(change.verdict))

    def never_shown(self) -> Iterator[str]:
        """Yield, for each operation, what the document promises and no answer showed, a few of it by name."""
        for name, unseen in self.unseen.items():
            parts = [*unseen.statuses, *unseen.members, *unseen.branches]
            if parts:
                more = f" and {len(parts) - _UNSEEN} more" if len(parts) > _UNSEEN else ""
                yield f"never seen from {visible(name)}: {', '.join(map(visible, parts[:_UNSEEN]))}{more}"

    def tally(self) -> str:
        """Return how many changes there are of each verdict, in words."""
        counted = Counter(change.verdict for change in self.changes)
        return ", ".join(
            f"{counted[verdict]} {verdict}" for verdict in reversed(DriftVerdict) if counted[verdict]
        )
