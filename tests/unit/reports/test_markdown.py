from __future__ import annotations

import io
from dataclasses import replace

from markdown_it import MarkdownIt

from conformance.errors import ExitCode
from conformance.judging.verdict import Verdict
from conformance.rules import FindingLevel
from conformance_reports import WRITERS
from conformance_reports.markdown import MAX_BYTES
from conformance_reports.model import Row, RunReport
from tests.unit.reports.outline import Outline
from tests.unit.reports.samples import EVIL, FINDING, HOSTILE, REPORT, report


def rendered(told: RunReport) -> Outline:
    """Render as GitHub does (CommonMark, tables, bare links) and read the page."""
    stream = io.StringIO()
    WRITERS["markdown"](told, stream)
    page = (
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(stream.getvalue())
    )
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    return outline


def test_it_is_a_verdict_a_table_and_findings_to_unfold() -> None:
    page = rendered(REPORT)
    assert page.texts["h3"] == ["❌ does not conform: 1 finding (1 error), 5 requests in 2.1 s"]
    assert page.texts["td"] == [
        "trackers", "2", "1", "1", "0", "0", "3",
        "projects", "3", "0", "0", "1", "2", "2",
    ]  # fmt: skip
    assert page.texts["summary"] == [
        "error invalid-accepted trackers · body/name · minLength 1 · rejects 0",
        "1 errored",
        "2 skipped",
    ]
    assert [line.split()[0] for line in page.texts["pre"][0].split("\n")[1:-1]] == [
        "invalid-accepted:", "Requirement", "Expected", "Actual", "Case", "curl",
    ]  # fmt: skip
    assert page.texts["pre"][1:] == ["\n     1 × no answer\n", "\n     2 × no 403 was answered\n"]


def test_only_a_run_that_conforms_has_the_sign_for_it() -> None:
    passed = (Row("r1", "trackers", "a", Verdict.PASSED),)
    fine = report(exit_code=ExitCode.CONFORMS, findings=(), rows=passed)
    assert rendered(fine).texts["h3"] == ["✅ conforms: 1 of 1 requirement passed, 5 requests in 2.1 s"]
    stopped = report(exit_code=ExitCode.CONFORMS, complete=False, stopped="interrupted", planned=9)
    assert rendered(stopped).texts["h3"] == ["❌ incomplete: interrupted; 5 of 9 cases sent"]


def test_errors_come_first_and_what_is_accepted_is_one_line() -> None:
    warning = replace(FINDING, level=FindingLevel.WARNING)
    page = rendered(report(findings=(warning, replace(FINDING, baselined=True), FINDING), rows=()))
    assert [text.split()[0] for text in page.texts["summary"]] == ["error", "warning", "1"]
    assert page.texts["pre"][2] == f"\ninvalid-accepted · {FINDING.requirement} · in the baseline\n"


def test_no_text_from_outside_makes_structure_links_or_mentions() -> None:
    page, plain = rendered(HOSTILE), rendered(report(rows=HOSTILE.rows[:1], requests={"t": 1}))
    assert not {"script", "a", "strong", "em", "img"} & set(page.tags)
    assert page.tags.count("td") == plain.tags.count("td") == 7
    assert page.tags.count("details") == 5  # an error, a note, what is accepted, errored and skipped
    outside = page.texts["h3"] + page.texts["td"]
    assert [text for text in outside if "@octocat" in text] == []
    assert "</pre></details> | a" in page.texts["pre"][0]


def test_it_stays_below_githubs_limit_and_says_what_it_left_out() -> None:
    long = replace(FINDING, expected=EVIL * 30, actual="<" * 4000)
    names = {f"{'|' * 200}{number}": 1 for number in range(2000)}
    rows = tuple(Row(f"s{n}", "t", "a", Verdict.SKIPPED, f"{n}" + "&" * 3000) for n in range(500))
    stream = io.StringIO()
    told = report(findings=(long,) * 500, requests=names, rows=rows, curls={"c-2": "<" * 3000})
    WRITERS["markdown"](told, stream)
    text = stream.getvalue()
    shown = text.count("<summary>error")
    assert 0 < shown < 500
    assert f"\n{500 - shown} more findings are not shown.\n" in text
    assert "\nand 1500 more operations\n" in text
    assert "\nand 400 more\n" in text
    assert len(text.encode()) <= MAX_BYTES
