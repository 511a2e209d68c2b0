"""A comparison as one page: each change a card, base and revision side by side, the witness marked in both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TextIO

from conformance import pointer as pointers
from conformance.diff.change import Change, Direction, DriftVerdict
from conformance.traffic.rules import RULES
from conformance_reports.drift.model import DriftReport
from conformance_reports.drift.witness import text as witness_text
from conformance_reports.html.page import fill
from conformance_reports.html.payload import Line, lines, path_of_pointer
from conformance_reports.model import Place
from conformance_reports.text import visible, visible_lines

MAX_CARDS: Final = 1000
_TEXT: Final = 2000


@dataclass(frozen=True, slots=True)
class Half:
    """One side of a change: where it is, what is written there, what it says of the witness (`""` without one)."""

    name: str
    at: str
    place: Place | None
    says: str


@dataclass(frozen=True, slots=True)
class Card:
    """One change; `fields` are its fields by label, `witness` is laid out with the changed place marked."""

    number: int
    change: Change
    fields: dict[str, str]
    halves: tuple[Half, Half]
    witness: tuple[Line, ...]


def write(report: DriftReport, stream: TextIO) -> None:
    """Write the comparison; of very many changes the gravest."""
    cards = list(_cards(report))
    stream.write(
        fill(
            "drift.html.j2",
            ("dom.js", "drift.js"),
            report=report,
            verdict=report.verdict.value,
            headline=f"{report.verdict}: {report.tally()}" if report.changes else "no change",
            cards=cards,
            left_out=len(report.changes) - len(cards),
            operations=dict(Counter(card.change.operation for card in cards if card.change.operation)),
            verdicts=[
                verdict.value for verdict in reversed(DriftVerdict) if verdict is not DriftVerdict.NONE
            ],
            directions=[direction.value for direction in Direction],
        )
    )


def _cards(report: DriftReport) -> Iterator[Card]:
    for number, change in enumerate(report.gravest_first(), 1):
        if number > MAX_CARDS:
            return
        proof = change.witness
        said = proof.as_data() if proof else {"base": "", "revision": ""}
        seen = "as it was seen to answer" if change.exchange else ""
        place = path_of_pointer(pointers.text(change.pointer))
        yield Card(
            number,
            change,
            {label: visible(text, _TEXT) for label, text in _fields(change) if text},
            (
                Half("Base", change.base_at, report.places.get(change.base_at), said["base"]),
                Half(
                    "Revision",
                    change.revision_at or seen,
                    report.places.get(change.revision_at),
                    said["revision"],
                ),
            ),
            lines(visible_lines(witness_text(proof)), place) if proof else (),
        )


def _fields(change: Change) -> Iterator[tuple[str, str]]:
    rule = RULES.get(change.rule)
    yield "Rule", f"{change.rule}: the revision {rule.description}" if rule else change.rule
    yield "At", pointers.text(change.pointer) or "/"
    yield "Evidence", change.evidence.value
    yield "Exchange", change.exchange
    yield "Note", change.note
