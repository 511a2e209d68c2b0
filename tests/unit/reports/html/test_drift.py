"""A comparison as a page: what a card says of a change, and of whom the witness convinces."""

from __future__ import annotations

import io
from dataclasses import replace

from conformance.diff.change import Change, Direction, DriftVerdict, Evidence, Proof
from conformance_reports.drift import DRIFT_WRITERS, DriftReport
from conformance_reports.html.drift import MAX_CARDS
from conformance_reports.model import Place
from tests.unit.reports.outline import Outline
from tests.unit.reports.samples import EVIL

POINTER = (
    "paths",
    "/t",
    "post",
    "requestBody",
    "content",
    "application/json",
    "schema",
    "properties",
    "name",
)
CHANGE = Change(
    "request-min-length-increased", "t", Direction.REQUEST, DriftVerdict.BREAKING, "minLength 1 → minLength 2",
    (*POINTER, "minLength"), (*POINTER, "minLength"), Proof({"a": 1, "name": "x"}, True, False), Evidence.WITNESS,
    base_at="a.yaml:8", revision_at="b.yaml:9",
)  # fmt: skip
PLACES = {
    "a.yaml:8": Place("a.yaml", 8, 0, 7, ("name:", "  minLength: 1")),
    "b.yaml:9": Place("b.yaml", 9, 0, 9, ("minLength: 2",)),
}


def read(report: DriftReport) -> Outline:
    """Return the page as a browser takes it apart."""
    stream = io.StringIO()
    DRIFT_WRITERS["html"](report, stream)
    outline = Outline()
    outline.feed(stream.getvalue())
    assert outline.open == []
    return outline


def test_a_change_is_a_card_with_both_sides_and_the_witness_marked_in_each() -> None:
    page = read(DriftReport("a.yaml", "b.yaml", (CHANGE,), places=PLACES))
    assert page.words("h1") == ["✗ breaking: 1 breaking"]
    assert page.words("h3") == ["breaking t · request · minLength 1 → minLength 2 #"]
    assert page.words("section") == [
        'Base accepts the witness a.yaml:8 7 name: 8 minLength: 1 Witness { "a": 1, "name": "x" }',
        'Revision rejects the witness b.yaml:9 9 minLength: 2 Witness { "a": 1, "name": "x" }',
    ]
    assert page.words("mark") == ["minLength: 1", '"name": "x"', "minLength: 2", '"name": "x"']


def test_the_gravest_come_first_and_no_change_is_good() -> None:
    mild = replace(CHANGE, verdict=DriftVerdict.COMPATIBLE, witness=None, evidence=Evidence.INCLUSION)
    page = read(DriftReport("a", "b", (mild, CHANGE)))
    assert [text.split()[0] for text in page.words("h3")] == ["breaking", "compatible"]
    same = read(DriftReport("a", "b", ()))
    assert (same.words("h1"), same.words("article")) == (["✓ no change"], [])


def test_a_side_without_the_place_says_so() -> None:
    added = replace(CHANGE, base_pointer=None, base_at="", witness=None)
    page = read(DriftReport("a", "b", (added,), places=PLACES))
    assert page.words("section") == ["Base has no such place", "Revision b.yaml:9 9 minLength: 2"]


def test_of_traffic_the_other_side_is_what_was_seen() -> None:
    seen = replace(CHANGE, revision_pointer=None, revision_at="", exchange="run.jsonl:7", witness=None)
    page = read(DriftReport("a", "run", (seen,), places=PLACES))
    assert page.words("section")[1] == "Revision as it was seen to answer"


def test_nothing_from_a_document_makes_structure() -> None:
    name = EVIL.replace("\ud800", "")

    def told(word: str, lone: str) -> DriftReport:
        proof = Proof({word: lone}, True, False)
        change = replace(
            CHANGE, rule=word, operation=word, summary=word, base_pointer=(word,), witness=proof, note=word,
            exchange=word, base_at=word,
        )  # fmt: skip
        return DriftReport(word, word, (change,), places={word: Place(word, 1, 0, 1, (word,))})

    assert read(told(name, EVIL)).tags == read(told("x", "x")).tags


def test_more_changes_than_a_page_should_hold_are_counted() -> None:
    page = read(DriftReport("a", "b", (replace(CHANGE, witness=None),) * (MAX_CARDS + 2)))
    assert len(page.words("article")) == MAX_CARDS
    assert "2 more changes are not shown; --format json tells all." in page.words("p")
