"""What the page's script works from, where a run is larger than a page can hold."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode

import pytest

from conformance.case import Case, Exchange, Intent, Request
from conformance.judging.judgement import Judgement
from conformance.judging.verdict import Verdict
from conformance.rules import VALID_REJECTED
from conformance_reports.cases import CHUNK, CaseBook
from conformance_reports.html import index as module
from conformance_reports.html.index import column_of, index, is_shortened, packed
from conformance_reports.model import Row, RunReport
from tests.unit.reports.samples import report

FAILED = (3, CHUNK + 1)


def large() -> RunReport:
    """Return a run of three chunks of cases, all but two of which passed."""
    kept, rows = CaseBook(), []
    for n in range(3 * CHUNK):
        verdict = Verdict.FAILED if n in FAILED else Verdict.PASSED
        rows.append(Row(f"r{n}", "t", f"t · {n}", verdict))
        request = Request("POST", "/t", body=b"%d" % n)
        case = Case(f"c-{n}", "t", Intent.VALID, "", request, ("201",), (f"r{n}",), VALID_REJECTED)
        kept.add(case, Exchange(case.id, 500), Judgement(case.id, verdict), 0)
    return report(rows=tuple(rows), requests={"t": len(rows)}, cases=kept)


def test_a_run_that_a_page_can_hold_is_listed_whole() -> None:
    whole = large()
    held = index(whole)
    assert not is_shortened(whole)
    assert [case[-1] for case in held["cases"]] == list(range(3 * CHUNK))
    assert [len(held["requirements"]), list(packed(whole))] == [3 * CHUNK, [0, 1, 2]]


def test_of_a_larger_run_what_did_not_pass_is_listed_with_its_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LISTED", 3 * CHUNK - 1)
    held, chunks = index(large()), packed(large())
    assert is_shortened(large())
    assert [one[0] for one in held["requirements"]] == [f"r{n}" for n in FAILED]
    assert [(one[0], one[7], one[-1]) for one in held["cases"]] == [
        (f"c-{n}", [place], n) for place, n in enumerate(FAILED)
    ]
    sent = [json.loads(zlib.decompress(b64decode(chunks[n // CHUNK])))[n % CHUNK][1] for n in FAILED]
    assert (sent, list(chunks)) == ([str(n) for n in FAILED], [0, 1])


def test_bodies_beyond_the_room_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PACKED", len(packed(large())[0]) + 10)
    assert list(packed(large())) == [0]


@pytest.mark.parametrize(
    ("operator", "column"),
    [
        ("maxLength-minus-one", "maxLength"),
        ("type-string-takes-a number", "type"),
        ("pair-refused", "members"),
    ],
)
def test_an_operator_stands_in_the_column_of_its_keyword(operator: str, column: str) -> None:
    assert column_of(operator) == column
