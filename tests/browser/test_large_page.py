"""A run of 20,000 cases as a page: its size is bounded; how long it takes to open and filter is printed."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, expect

from conformance.case import Case, Exchange, Intent, Request
from conformance.judging.judgement import Judgement
from conformance.judging.verdict import Verdict
from conformance.rules import VALID_REJECTED
from conformance_reports import WRITERS
from conformance_reports.cases import CaseBook
from conformance_reports.model import Row
from tests.support.browser import MARKS, opened
from tests.unit.reports.samples import report

pytestmark = MARKS

CASES: Final = 20_000
OPERATIONS: Final = 40
KEYWORDS: Final = ("type", "maxLength", "minLength", "pattern", "enum", "required")
MAX_BYTES: Final = 10_000_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a run of many operations with many members."""
    kept = CaseBook()
    rows = [_row(number) for number in range(CASES)]
    for number, row in enumerate(rows):
        body = b'{"name":"%064x","tags":["%032x","%032x"]}' % (number**7, number**5, number**3)
        intent = Intent.VALID if number % 2 else Intent.INVALID
        case = Case(f"c-{number:012x}", row.operation, intent, f"{row.place} {row.demand}: {row.outcome}",
                    Request("POST", "/x", body=body), ("201",), (row.id,), VALID_REJECTED)  # fmt: skip
        answer = Exchange(case.id, 201 if number % 2 else 400, (), body[::-1], 0.001 * (number % 50 + 1))
        kept.add(case, answer, Judgement(case.id, row.verdict), len(body))
    requests = {f"operation-{n}": CASES // OPERATIONS for n in range(OPERATIONS)}
    stream = io.StringIO()
    WRITERS["html"](report(rows=tuple(rows), requests=requests, cases=kept, findings=()), stream)
    path = tmp_path_factory.mktemp("large") / "report.html"
    path.write_text(stream.getvalue())
    return path


def _row(number: int) -> Row:
    operation, member = f"operation-{number % OPERATIONS}", f"body/member-{number // OPERATIONS % 100}"
    keyword = KEYWORDS[number // OPERATIONS % len(KEYWORDS)]
    side = "accepts" if number % 2 else "rejects"
    outcome = f"{side} {number}"
    verdict = Verdict.FAILED if number % 1000 == 0 else Verdict.PASSED
    address = f"{operation} · {member} · {keyword} · {outcome}"
    return Row(
        f"{number:010x}", operation, address, verdict, "", member, keyword, outcome, side, f"{keyword}-x"
    )


def test_a_page_of_20_000_cases_stays_below_10_mb(large: Path) -> None:
    assert large.stat().st_size < MAX_BYTES


def test_it_opens_and_filters_and_says_how_long_that_took(
    browser: Browser, large: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(browser, large) as watched:
        page = watched.page
        opening = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
        began = page.evaluate("performance.now()")
        page.fill("#filter [name=text]", "member-7 maxlength")
        expect(page.locator("#filter output")).not_to_have_text(f"{CASES} of {CASES} requirements")
        filtering = page.evaluate("performance.now()") - began
        page.fill("#filter [name=text]", "")
        page.select_option("#filter [name=verdict]", "failed")
        expect(page.locator("#filter output")).to_have_text(f"{CASES // 1000} of {CASES} requirements")
        page.locator("#list a").first.click()
        expect(page.locator("dialog pre").first).to_be_visible()
    with capsys.disabled():
        size = large.stat().st_size / 1e6
        figures = f"{size:.1f} MB, opened in {opening:.0f} ms, filtered in {filtering:.0f} ms"
        sys.stdout.write(f"\n{CASES:,} cases: {figures}\n")
