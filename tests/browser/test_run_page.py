"""The report of a run as a person meets it: opened from the disk, searched, followed, copied, printed."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from conformance.recording.journal import read
from conformance_reports import WRITERS
from tests.support.browser import MARKS, opened
from tests.unit.reports.samples import BASELINE, FINDING, report

pytestmark = MARKS

CARD = "#findings .card"
OUTPUT = "#filter output"


def rows(folder: Path) -> list[list[str]]:
    """Return the requirements as the journal's footer holds them."""
    footer = read(folder).footer
    assert footer is not None
    found: list[list[str]] = footer["report"]["rows"]
    return found


def summary(folder: Path) -> dict[str, Any]:
    """Return the run's summary."""
    content: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return content


def test_a_run_that_conforms_says_so_and_has_no_card(browser: Browser, clean: Path) -> None:
    with opened(browser, clean / "report.html") as watched:
        expect(watched.page.locator("h1")).to_contain_text("✓ conforms: ")
        assert watched.count(f"{CARD}, #no-finding") == 0
        assert watched.count(".cell.failed, .cell.errored") == 0
        assert (clean / "report.html").stat().st_size < 2_000_000


def test_a_run_that_does_not_conform_shows_each_finding_and_marks_its_cell(
    browser: Browser, faulty: Path
) -> None:
    with opened(browser, faulty / "report.html") as watched:
        expect(watched.page.locator("h1")).to_contain_text("✗ does not conform: 6 findings")
        told = watched.page.locator(f"{CARD} h4 > a:first-of-type").all_inner_texts()
        assert sorted(told) == sorted(finding["requirement"] for finding in summary(faulty)["findings"])
        assert watched.count(".cell.failed") == 6
        assert watched.count(f"{CARD} mark") > 6


def test_the_table_and_the_matrix_count_what_the_journal_holds(browser: Browser, faulty: Path) -> None:
    with opened(browser, faulty / "report.html") as watched:
        counted = Counter(row[1] for row in rows(faulty))
        table = watched.page.locator("#operations tbody tr").all_inner_texts()
        assert {line.split()[0]: int(line.split()[1]) for line in table} == counted
        heads = watched.page.locator("#matrix summary").all_inner_texts()
        assert {
            re.split(r"[^\w-]", head)[0]: sum(map(int, re.findall(r"(\d+) [a-z]", head))) for head in heads
        } == counted


@pytest.mark.parametrize(
    ("field", "value", "index"),
    [("operation", "trackers", 1), ("verdict", "errored", 3), ("verdict", "failed", 3)],
)
def test_a_choice_narrows_requirements_matrix_and_cards(
    browser: Browser, faulty: Path, field: str, value: str, index: int
) -> None:
    fitting = [row for row in rows(faulty) if row[index] == value]
    with opened(browser, faulty / "report.html") as watched:
        watched.page.select_option(f"#filter [name={field}]", value)
        expect(watched.page.locator(OUTPUT)).to_have_text(
            f"{len(fitting)} of {len(rows(faulty))} requirements"
        )
        assert watched.count("#matrix > details") == len({row[1] for row in fitting})
        findings = summary(faulty)["findings"]
        shown = {"trackers": 4, "errored": 0, "failed": len(findings)}[value]
        assert watched.count(CARD) == shown
        watched.page.click("#filter button[type=reset]")
        expect(watched.page.locator(CARD)).to_have_count(6)


def test_the_intent_narrows_to_requirements_with_such_a_case(browser: Browser, faulty: Path) -> None:
    open_ones = {r for line in read(faulty).cases if line["intent"] == "open" for r in line["requirements"]}
    with opened(browser, faulty / "report.html") as watched:
        watched.page.select_option("#filter [name=intent]", "open")
        expect(watched.page.locator(OUTPUT)).to_have_text(
            f"{len(open_ones)} of {len(rows(faulty))} requirements"
        )
        assert watched.count(CARD) == 0
        assert watched.count("#no-finding") == 1


def test_words_are_looked_for_in_every_part_of_an_address(browser: Browser, faulty: Path) -> None:
    with opened(browser, faulty / "report.html") as watched:
        watched.page.keyboard.press("/")
        watched.page.keyboard.type("minlength BODY/NAME consent")
        fitting = [row for row in rows(faulty) if row[2].startswith("consent-types · body/name · minLength")]
        expect(watched.page.locator(OUTPUT)).to_have_text(
            f"{len(fitting)} of {len(rows(faulty))} requirements"
        )
        assert watched.page.locator("#list li").count() == len(fitting)
        assert watched.count(CARD) == 1


def test_a_mangled_link_leads_nowhere_and_stops_nothing(browser: Browser, faulty: Path) -> None:
    with opened(browser, faulty / "report.html", "#r-%zz") as watched:
        expect(watched.page.locator(".uplot")).to_have_count(3)
        assert watched.count("dialog") == 0


def test_a_link_to_a_requirement_opens_it_with_its_case(browser: Browser, faulty: Path) -> None:
    finding = next(one for one in summary(faulty)["findings"] if "minLength 5" in one["requirement"])
    (row,) = [row for row in rows(faulty) if row[2] == finding["requirement"]]
    line = read(faulty).find(finding["case"])
    assert line is not None
    with opened(browser, faulty / "report.html", f"#r-{row[0]}") as watched:
        expect(watched.page.locator("dialog h2")).to_have_text(row[2])
        sent = watched.page.locator("dialog pre").first
        expect(sent).to_be_visible()
        assert json.loads(sent.inner_text()) == json.loads(line["request"]["body"]["text"])
        watched.page.keyboard.press("Escape")
        expect(watched.page.locator("dialog")).to_be_hidden()
        watched.page.click(f"{CARD} h4 a >> nth=0")
        expect(watched.page.locator("dialog")).to_be_visible()


def test_a_cell_is_opened_by_the_keyboard_and_gives_the_focus_back(browser: Browser, faulty: Path) -> None:
    with opened(browser, faulty / "report.html") as watched:
        cell = watched.page.locator(".cell.failed").first
        cell.focus()
        watched.page.keyboard.press("Enter")
        expect(watched.page.locator("dialog h3").first).to_contain_text("✗ failed")
        watched.page.keyboard.press("Escape")
        expect(cell).to_be_focused()


def test_the_slowest_case_is_a_link_to_it(browser: Browser, faulty: Path) -> None:
    with opened(browser, faulty / "report.html") as watched:
        link = watched.page.locator('#behaviour a[href^="#c-"]').first
        title = link.inner_text()
        link.click()
        expect(watched.page.locator("dialog h2")).to_have_text(title)
        expect(watched.page.locator("dialog .copy code")).to_contain_text("conformance replay RUN ")


def test_a_curl_line_is_copied_whole(browser: Browser, faulty: Path) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    with opened(browser, faulty / "report.html", permissions=allowed) as watched:
        card = watched.page.locator(CARD).first
        card.locator("button.copies").click()
        expect(card.locator("button.copies")).to_have_text("Copied")
        copied = watched.page.evaluate("navigator.clipboard.readText()")
        assert copied == card.locator(".copy code").inner_text()
        assert copied.startswith("curl -sS -i -X POST http://127.0.0.1:")


def test_it_prints_all_findings_and_none_of_the_controls(browser: Browser, faulty: Path) -> None:
    with opened(browser, faulty / "report.html") as watched:
        assert watched.page.pdf().startswith(b"%PDF-")
        watched.page.emulate_media(media="print")
        assert (watched.count(".bar"), watched.count(CARD)) == (0, 6)


def test_an_accepted_finding_is_as_legible_as_a_new_one(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    with path.open("w", encoding="utf-8") as stream:
        WRITERS["html"](report(findings=(replace(FINDING, baselined=True),), baseline=BASELINE), stream)
    with opened(browser, path) as watched:
        expect(watched.page.locator(f"{CARD} h4 .tag")).to_have_text("accepted")
        assert watched.violations() == {}


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_it_fits_the_window_and_axe_finds_no_serious_violation(
    browser: Browser, faulty: Path, width: int, scheme: Any
) -> None:
    size = {"width": width, "height": 900}
    with opened(browser, faulty / "report.html", viewport=size, color_scheme=scheme) as watched:
        expect(watched.page.locator("#plot-line canvas")).to_be_visible()
        watched.page.select_option(
            "#filter [name=operation]", "trackers"
        )  # axe takes its time with each cell
        expect(watched.page.locator("#matrix > details:visible")).to_have_count(1)
        assert watched.page.evaluate("document.documentElement.scrollWidth") == width
        assert watched.violations() == {}
        watched.page.locator(".cell.failed").first.click()
        assert watched.violations() == {}


def test_without_script_the_findings_can_still_be_read(browser: Browser, faulty: Path) -> None:
    with opened(browser, faulty / "report.html", java_script_enabled=False) as watched:
        assert watched.count(CARD) == 6
        assert watched.count("#filter") == 0
