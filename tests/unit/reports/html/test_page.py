"""The page as text: one file, nothing fetched, nothing of a target's taken for markup or script."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.case import Case, Exchange, Intent, Request
from conformance.judging.judgement import Judgement
from conformance.judging.verdict import Verdict
from conformance.rules import INVALID_ACCEPTED
from conformance_reports import WRITERS
from conformance_reports.cases import CaseBook
from conformance_reports.comparing import since, trend
from conformance_reports.html import page
from conformance_reports.html.model import MAX_CARDS
from conformance_reports.model import Place, Row, RunReport
from tests.unit.reports.outline import Outline
from tests.unit.reports.samples import BASELINE, EVIL, FINDING, HOSTILE, REPORT, report

STATIC = Path(page.__file__).with_name("static")
_NAME = "trackers · body/name · minLength 1"


def row(
    number: int, verdict: Verdict, reason: str, outcome: str, operator: str, explained_by: str = ""
) -> Row:
    """Return a requirement on the length of a name."""
    side = outcome.split(maxsplit=1)[0]
    more = ("body/name", "minLength 1", outcome, side, f"minLength-{operator}", explained_by)
    return Row(f"r{number}", "trackers", f"{_NAME} · {outcome}", verdict, reason, *more)


ROWS = (
    row(1, Verdict.PASSED, "", "accepts 1", "plus-one"),
    row(2, Verdict.FAILED, "201", "rejects 0", "minus-one"),
    row(3, Verdict.ERRORED, "explained", "rejects blanks", "trimmed", "r2"),
)


def cases(body: bytes = b'{"name":""}', answer: bytes = b'{"id":1}', said: str = "") -> CaseBook:
    """Return one case, that of the sample's finding."""
    kept = CaseBook()
    case = Case(
        "c-2",
        "trackers",
        Intent.INVALID,
        said,
        Request("POST", "/t", body=body),
        ("400",),
        ("r2",),
        INVALID_ACCEPTED,
    )
    exchange = Exchange("c-2", 201, (("content-type", said),), answer, 0.5, said)
    kept.add(case, exchange, Judgement("c-2", Verdict.FAILED, reason=said), len(answer))
    return kept


FULL = report(
    rows=ROWS, requests={"trackers": 1}, cases=cases(), started="2026-11-21T12:00:00+00:00",
    scores={"trackers": (2, 1)},
    findings=(replace(FINDING, requirement=ROWS[1].address),),
    places={("trackers", FINDING.pointer): Place("t.yaml", 8, 3, 7, ("name:", "  minLength: 1"))},
)  # fmt: skip


def written(told: RunReport) -> str:
    """Return the page."""
    stream = io.StringIO()
    WRITERS["html"](told, stream)
    return stream.getvalue()


def read(told: RunReport) -> Outline:
    """Return the page as a browser takes it apart."""
    outline = Outline()
    outline.feed(written(told))
    assert outline.open == []
    return outline


def data(told: RunReport) -> Any:
    """Return what the page's script works from."""
    found = re.search(r'<script type="application/json" id="index">(.*?)</script>', written(told), re.DOTALL)
    assert found
    return json.loads(found[1])


def test_it_opens_with_the_verdict_and_what_was_run_against_what() -> None:
    page = read(FULL)
    assert page.words("h1") == ["✗ does not conform: 1 finding (1 error), 1 request in 2.1 s"]
    facts = dict(zip(page.words("dt"), page.words("dd"), strict=True))
    head = ("Target", "Documents", "Began", "Took", "Requests", "Complete")
    assert [facts[label] for label in head] == [
        "http://h", "trackers 1", "2026-11-21T12:00:00+00:00", "2.1 s", "1", "yes",
    ]  # fmt: skip


def test_a_finding_is_one_card_with_all_that_proves_it() -> None:
    page = read(FULL)
    (card,) = page.words("article")
    address = ROWS[1].address
    assert card.startswith(f"error {address} # Expected 400 or 422 Actual 201 Case c-2 (finding ")
    assert 'Sent 11 bytes { "name": "" } Answered 201 · 8 bytes' in card
    assert "Document t.yaml:8 7 name: 8 minLength: 1" in card
    assert "Copy curl -X POST http://h/t" in card
    assert f"1 more requirement that this explains {ROWS[2].address}" in card
    assert page.words("mark") == ['"name": ""', "minLength: 1"]


def test_the_table_counts_the_verdicts_and_tells_the_mutation_score() -> None:
    assert read(FULL).words("td")[:7] == ["3", "1", "1", "1", "0", "1", "66.7% (2 of 3)"]


def test_the_script_gets_each_requirement_and_case_with_every_text_once() -> None:
    held = data(FULL)
    text = held["texts"].index
    place, demand, name = text("body/name"), text("minLength 1"), text("trackers")
    column, nothing = text("minLength"), text("")
    assert held["requirements"] == [
        ["r1", name, place, column, demand, "accepts 1", 1, 0, nothing],
        ["r2", name, place, column, demand, "rejects 0", 2, 1, text("201")],
        ["r3", name, place, column, demand, "rejects blanks", 2, 2, text("explained")],
    ]
    assert held["cases"] == [["c-2", name, 1, 1, 201, 500.0, nothing, [1], nothing, 0]]
    assert len(held["texts"]) == len(set(held["texts"]))


def test_nothing_is_fetched_and_only_our_own_script_and_style_may_run() -> None:
    page = written(FULL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    said = dict(part.strip().split(" ", 1) for part in policy[1].replace("&#39;", "'").split(";"))
    assert said == {
        "default-src": "'none'", "base-uri": "'none'", "form-action": "'none'", "img-src": "data:",
        "script-src": digest(script), "style-src": digest(style),
    }  # fmt: skip
    assert re.findall(r"<[^>]+\b(?:src|href)=\"(?!#|data:,)[^\"]*", page) == []
    assert not re.search(r"@import|url\(", style)


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_no_text_from_outside_makes_structure_or_stays_invisible() -> None:
    kept = cases(
        EVIL.encode("utf-8", "backslashreplace"), EVIL.encode("utf-8", "replace"), EVIL.replace("\ud800", "")
    )
    plain = cases(b"x", b"x", "x")
    hostile = replace(HOSTILE, cases=kept)
    evil, tame = read(hostile), read(tamed(replace(HOSTILE, cases=plain)))
    assert evil.tags == tame.tags
    page = written(hostile)
    assert sorted({char for char in page if not char.isprintable()}) == ["\n"]
    assert page.count("<script") == page.count("</script>") == 5


def tamed(told: RunReport) -> RunReport:
    """Return the report with each text of the hostile one as a harmless word of its own."""
    name = EVIL.replace("\ud800", "")
    finding = {
        "rule": "x",
        "operation": "x",
        "pointer": "x",
        "requirement": "x",
        "expected": "x",
        "actual": "x",
    }
    return replace(
        told, target="x", stopped="x", requests={"x": 1}, curls={"c-2": "x"}, places={("x", "x"): Place("x", 7, 5)},
        rows=tuple(replace(row, operation="x", address="x", reason="x") for row in told.rows),
        findings=tuple(replace(one, **finding) for one in told.findings),
        documents=tuple({key: value.replace(name, "x") for key, value in one.items()} for one in told.documents),
    )  # fmt: skip


def test_a_run_without_verdict_never_looks_like_a_pass() -> None:
    stopped = read(report(complete=False, stopped="interrupted", findings=()))
    assert stopped.words("h1") == ["✗ incomplete: interrupted; 5 of 5 cases sent"]
    assert "None, but the run came to no verdict." in stopped.words("p")


def test_an_old_journal_without_cases_and_details_is_told_too() -> None:
    page = read(REPORT)
    assert page.words("article")[0].startswith("error trackers · body/name · minLength 1 · rejects 0 #")
    assert data(REPORT)["cases"] == []
    assert "h-behaviour" not in written(REPORT)


def test_accepted_findings_come_last_and_say_why() -> None:
    fresh = replace(FINDING, rule="server-error")
    told = report(findings=(replace(FINDING, baselined=True), fresh), baseline=BASELINE)
    first, second = read(told).words("article")
    assert "Accepted" not in first
    assert "Accepted a known bug (Ada, until 2027-01-01)" in second


def test_more_cards_than_a_page_should_hold_are_counted() -> None:
    many = tuple(replace(FINDING, pointer=f"/{n}") for n in range(MAX_CARDS + 7))
    page = read(report(findings=many))
    assert len(page.words("article")) == MAX_CARDS
    assert "7 more findings are not shown; summary.json holds all." in page.words("p")


@pytest.mark.parametrize("told", [REPORT, FULL, HOSTILE])
def test_every_element_has_an_id_of_its_own(told: RunReport) -> None:
    ids = re.findall(r'\bid="([^"]*)"', written(told))
    assert len(ids) == len(set(ids))


def test_it_says_what_is_new_gone_and_still_there_since_an_earlier_run() -> None:
    gone, fresh = replace(FINDING, pointer="/gone"), replace(FINDING, pointer="/new")
    before = report(findings=(FINDING, gone), started="2026-11-20T12:00:00+00:00")
    after = report(findings=(FINDING, fresh))
    page = read(replace(after, since=since(before, after, "runs/1"), trend=trend([("runs/1", before)])))
    assert "Since runs/1 (2026-11-20T12:00:00+00:00): 1 new, 1 gone, 1 still there." in page.words("p")
    assert f"{gone.rule} {gone.requirement} {gone.fingerprint}" in page.words("li")
    assert [text.split(" trackers")[0] for text in page.words("h4")] == ["error still there", "error new"]
    assert page.words("td")[-8:] == ["2026-11-20T12:00:00+00:00", "yes", "1", "2", "0", "1", "1", "5"]


def test_what_the_page_holds_of_others_is_what_the_manifest_pins() -> None:
    manifest = tomllib.loads((STATIC / "manifest.toml").read_text())
    for name, pinned in manifest["uplot"]["sha256"].items():
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == pinned
    assert f"v{manifest['uplot']['version']}" in (STATIC / "uPlot.iife.min.js").read_text()
