"""What every drift writer works from: the changes between two sets of documents, and what they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from conformance.diff.change import Change, Direction, DriftVerdict, overall
from conformance.observing.response_coverage import Unseen
from conformance_reports.model import Place
from conformance_reports.text import visible

_UNSEEN: Final = 6
_OPERATIONS: Final = 4
_NOTE: Final = 300


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

    def judged(self) -> Iterator[Change]:
        """Yield what concerns a client or a service, the gravest first."""
        yield from (change for change in self.gravest_first() if not _is_note(change))

    def notes(self) -> Iterator[str]:
        """Yield one line for each rule of what only people read, however often it is met."""
        by_rule: dict[str, list[Change]] = {}
        for change in filter(_is_note, self.changes):
            by_rule.setdefault(change.rule, []).append(change)
        for rule, changes in by_rule.items():
            yield f"{rule}: {_noted(changes)}"

    def never_shown(self) -> Iterator[str]:
        """Yield, for each operation, what the document promises and no answer showed, a few of it by name."""
        for name, unseen in self.unseen.items():
            parts = [*unseen.statuses, *unseen.members, *unseen.branches]
            if parts:
                more = f" and {len(parts) - _UNSEEN} more" if len(parts) > _UNSEEN else ""
                yield f"never seen from {visible(name)}: {', '.join(map(visible, parts[:_UNSEEN]))}{more}"

    def tally(self) -> str:
        """Return how many changes there are of each verdict, and how many notes, in words."""
        counted = Counter(change.verdict for change in self.judged())
        parts = [f"{counted[verdict]} {verdict}" for verdict in reversed(DriftVerdict) if counted[verdict]]
        notes = len(self.changes) - counted.total()
        if notes:
            parts.append(f"{notes} note{'' if notes == 1 else 's'}")
        return ", ".join(parts)


def _is_note(change: Change) -> bool:
    return change.direction is Direction.NONE and change.verdict is DriftVerdict.COMPATIBLE


def _noted(changes: Sequence[Change]) -> str:
    """Return what a single note says, or how many there are and where."""
    operations = [name for name in dict.fromkeys(change.operation for change in changes) if name]
    more = f" and {len(operations) - _OPERATIONS} more" if len(operations) > _OPERATIONS else ""
    where = f" ({', '.join(operations[:_OPERATIONS])}{more})" if operations else ""
    return visible(f"{changes[0].summary if len(changes) == 1 else len(changes)}{where}", _NOTE)
