"""A target that means harm: whatever it answers, nothing of it runs in the page or moves the terminal's cursor."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import MARKS, conformance, opened
from tests.wire import reply, serving

pytestmark = MARKS

EVIL = (
    "</script></style></pre><script>window.owned = 1</script><img src=x onerror='window.owned = 1'>"
    "\x1b]0;owned\x07\x1b[2J\u202e\u2066txt\ufeff<!--<svg onload=alert(1)>{{ 7 * 7 }}${1}"
)
ANSWERS = (
    reply(201, json.dumps({"id": EVIL, EVIL: [EVIL]}, ensure_ascii=False).encode()),
    reply(200, EVIL.encode(), content_type="text/html"),
    reply(400, b"\xff\xfe<script>window.owned = 1</script>\x00\xc3("),
    reply(500, b"[" * 50_000),
    reply(201, b'{"id":"' + b"<script>window.owned = 1</script>" * 320_000 + b'"}'),
    reply(422, EVIL.encode(), content_type="application/json; x=<script>window.owned=1</script>"),
)
BIG = 4
"""The position of the answer of 10 MB, which is given a few times only."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the report folder of a run against such a target, and what the terminal was shown."""
    folder = tmp_path_factory.mktemp("hostile")
    numbers = count()

    def answer(_: object) -> bytes:
        number = next(numbers)
        kind = number % len(ANSWERS)
        return ANSWERS[0 if kind == BIG and number > 5 * len(ANSWERS) else kind]

    with serving(answer) as wire:
        ids = ("--path-param", "organizationId=o-1", "--path-param", "projectId=p-1")
        asked = (
            "run",
            "--target",
            wire.url,
            *ids,
            "--operation",
            "trackers",
            "--level",
            "smoke",
            "--report-dir",
            folder,
        )
        done = conformance(*asked)
    assert done.returncode == 1, done.stderr
    return folder, done.stdout + done.stderr


def test_nothing_of_it_runs_and_nothing_breaks_the_page(browser: Browser, told: tuple[Path, str]) -> None:
    folder, _ = told
    with opened(browser, folder / "report.html") as watched:
        page = watched.page
        expect(page.locator("h1")).to_contain_text("does not conform")
        for link in page.locator('#behaviour a[href^="#c-"]').all():
            link.click()
            expect(page.locator("dialog .case dl")).to_be_visible()
            page.keyboard.press("Escape")
        page.fill("#filter [name=text]", EVIL[:40])
        page.fill("#filter [name=text]", "")
        assert page.evaluate("window.owned") is None
        assert page.evaluate("document.title") == page.locator("h1").inner_text().removeprefix("✗ ")
        assert watched.count("svg, img, script:not(head script)") == 0


def test_what_it_sent_is_shown_as_what_it_is(browser: Browser, told: tuple[Path, str]) -> None:
    folder, _ = told
    with opened(browser, folder / "report.html") as watched:
        text = watched.page.locator("body").inner_text()
        assert "<script>window.owned = 1</script>" in text
        assert "\\u001b]0;owned\\u0007" in text
        assert "\\u202e\\u2066txt\\ufeff" in text
        assert {char for char in text if not char.isprintable()} <= set("\n\t")


def test_the_page_stays_small_whatever_is_answered(told: tuple[Path, str]) -> None:
    assert (told[0] / "report.html").stat().st_size < 2_000_000


def test_the_terminal_is_shown_no_character_that_could_move_its_cursor(told: tuple[Path, str]) -> None:
    assert {char for char in told[1] if not char.isprintable()} == {"\n"}
