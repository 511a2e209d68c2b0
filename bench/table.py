"""What a part of the benchmark has measured: rows, notes and limits, and how they are printed."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

_WIDTHS: Final = (51, 35)

Sample = TypeVar("Sample")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of one contender, once for each turn; `name` is empty below the contender's first row."""

    name: str
    label: str
    values: tuple[float, ...]
    form: str = "{:.2f}"

    @property
    def median(self) -> float:
        """The value that stands for the row."""
        return statistics.median(self.values)


@dataclass(frozen=True, slots=True)
class Limit:
    """What is promised of a figure: at most `bound`, or at least, where it `is_floor`."""

    label: str
    measured: float
    bound: float
    is_floor: bool = False

    @property
    def is_reached(self) -> bool:
        """Whether the promise holds."""
        return self.measured >= self.bound if self.is_floor else self.measured <= self.bound


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the benchmark; `missing` names what could not be measured, and what would change that."""

    title: str
    rows: tuple[Row, ...]
    limits: tuple[Limit, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def show(section: Section) -> None:
    """Print a section: rows with median, minimum and maximum, notes, what is missing, then the limits."""
    print(f"\n{section.title:<{sum(_WIDTHS) + 1}} {'median':>9} {'min':>9} {'max':>9}")
    for row in section.rows:
        cells = " ".join(f"{row.form.format(f(row.values)):>9}" for f in (statistics.median, min, max))
        print(f"{row.name:<{_WIDTHS[0]}} {row.label:<{_WIDTHS[1]}} {cells}")
    for note in section.notes:
        print(note)
    for name in section.missing:
        print(f"not measured: {name}", flush=True)
    for limit in section.limits:
        verdict = "reached" if limit.is_reached else "MISSED "
        bound = f"at {'least' if limit.is_floor else 'most'} {limit.bound:g}"
        print(f"{verdict}  {limit.label}: {limit.measured:.2f}, {bound}", flush=True)


def rows(
    name: str, samples: Sequence[Sample], figures: Sequence[tuple[str, str, Callable[[Sample], float]]]
) -> tuple[Row, ...]:
    """Return the rows of one contender: of each figure its label, its form and how a sample tells it."""
    return tuple(
        Row("" if number else name, label, tuple(map(tell, samples)), form)
        for number, (label, form, tell) in enumerate(figures)
    )


def ratio(
    label: str, ours: Sequence[Sample], theirs: Sequence[Sample], tell: Callable[[Sample], float]
) -> Row:
    """Return the row of ours to theirs, taken turn by turn."""
    return quotients("ratio", label, [tell(one) for one in ours], [tell(one) for one in theirs])


def quotients(name: str, label: str, ours: Sequence[float], theirs: Sequence[float]) -> Row:
    """Return the row of one figure to the other, taken turn by turn."""
    return Row(name, label, tuple(a / b for a, b in zip(ours, theirs, strict=True)))
