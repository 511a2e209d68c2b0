"""What the tests of pages share: one browser, a run that conforms and one that does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, sync_playwright

from conformance.errors import ExitCode
from conformance.mock.process import start_mock
from conformance.session.loading import BUNDLED
from tests.support.browser import chromium, conformance

FAULTS: Final = (
    "trackers-name-max-255", "trackers-category-empty", "trackers-success-lost", "trackers-first-item-only",
    "consent-types-name-min-4", "projects-name-min-3",
)  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Yield the system's Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report folder of a run against the faithful mock."""
    folder = tmp_path_factory.mktemp("clean")
    assert conformance("run", "--report-dir", folder).returncode == ExitCode.CONFORMS
    return folder


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report folder of a run against a mock with a fault for each of six findings."""
    folder = tmp_path_factory.mktemp("faulty")
    with start_mock((Path(BUNDLED),), FAULTS) as mock:
        ids = [
            part for name, value in mock.path_params.items() for part in ("--path-param", f"{name}={value}")
        ]
        asked = ("run", "--target", mock.url, "--api-key-env", "MOCK_KEY", *ids, "--report-dir", folder)
        assert conformance(*asked, MOCK_KEY=mock.api_key).returncode == ExitCode.FINDINGS
    return folder
