"""The page of a comparison in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from conformance.session.loading import BUNDLED
from tests.support.browser import MARKS, conformance, opened

pytestmark = MARKS


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of two changes, one of which breaks."""
    folder = tmp_path_factory.mktemp("drift")
    text = (BUNDLED / "consent-types.yaml").read_text()
    changed = text.replace("minLength: 5", "minLength: 6", 1).replace("maxLength: 100", "maxLength: 101", 1)
    (folder / "consent-types.yaml").write_text(changed)
    told = conformance(
        "drift", BUNDLED / "consent-types.yaml", folder / "consent-types.yaml", "--format", "html"
    )
    path = folder / "drift.html"
    path.write_text(told.stdout)
    return path


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_it_opens_fits_and_can_be_read_by_anybody(
    browser: Browser, page: Path, width: int, scheme: Any
) -> None:
    with opened(browser, page, viewport={"width": width, "height": 900}, color_scheme=scheme) as watched:
        expect(watched.page.locator("h1")).to_have_text("✗ breaking: 1 breaking, 1 compatible")
        assert watched.page.evaluate("document.documentElement.scrollWidth") == width
        assert watched.violations() == {}


def test_both_sides_hold_the_witness_with_its_place_marked(browser: Browser, page: Path) -> None:
    with opened(browser, page) as watched:
        sides = watched.page.locator(".card.breaking section")
        assert [text.split("\n")[0] for text in sides.all_inner_texts()] == [
            f"Base accepts the witness {BUNDLED}/consent-types.yaml:118",
            f"Revision rejects the witness {page.parent}/consent-types.yaml:118",
        ]
        for number in range(2):
            marked = sides.nth(number).locator("mark").all_inner_texts()
            assert [text.split(":")[0].strip() for text in marked] == ["minLength", '"name"']


def test_the_filter_narrows_the_changes(browser: Browser, page: Path) -> None:
    with opened(browser, page) as watched:
        watched.page.select_option("[name=verdict]", "compatible")
        expect(watched.page.locator("output")).to_have_text("1 of 2 changes")
        assert (watched.count(".card.compatible"), watched.count(".card.breaking")) == (1, 0)
