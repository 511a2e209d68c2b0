"""Chromium, for the tests of pages: what is asked for, found, and watched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from conformance.installation import ROOT
from tests.support.prism import PEERS, WANTED

MARKS: Final = [
    pytest.mark.browser,
    pytest.mark.skipif(WANTED not in os.environ, reason="opens pages in Chromium: see `make test-all`"),
]
AXE: Final = PEERS / "node_modules" / "axe-core" / "axe.min.js"


def chromium() -> str:
    """Return the path of the system's Chromium. Raises RuntimeError where there is none."""
    path = shutil.which("chromium")
    if path is None:
        raise RuntimeError("no chromium on the PATH; `make chromium` installs it")
    return path


def conformance(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own: Playwright keeps an event loop in this one."""
    return subprocess.run(
        [sys.executable, "-m", "conformance", *arguments],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@dataclass
class Watched:
    """A page, with all that it said on the console, raised, asked to be told, or fetched beside itself."""

    page: Page
    noises: list[str] = field(default_factory=list)

    def violations(self) -> dict[str, list[str]]:
        """Return the serious and critical violations that axe-core finds, by rule, with the elements."""
        self.page.evaluate(AXE.read_text())
        found: dict[str, Any] = self.page.evaluate("axe.run()")
        return {
            violation["id"]: [node["html"][:200] for node in violation["nodes"]]
            for violation in found["violations"]
            if violation["impact"] in ("serious", "critical")
        }

    def count(self, selector: str) -> int:
        """Return how many elements are there and not hidden."""
        return self.page.locator(f"{selector}:visible").count()


@contextmanager
def opened(browser: Browser, path: Path, fragment: str = "", **context: Any) -> Iterator[Watched]:
    """Open a file as from the disk; whatever it says, raises or fetches meanwhile fails the test."""
    with browser.new_context(**context) as session:
        watched = Watched(session.new_page())
        page, url = watched.page, path.resolve().as_uri()

        def hear(message: ConsoleMessage) -> None:
            watched.noises.append(f"console {message.type}: {message.text}")

        page.on("console", hear)
        page.on("pageerror", lambda error: watched.noises.append(f"error: {error}"))
        page.on("dialog", lambda dialog: watched.noises.append(f"dialog: {dialog.message}"))
        page.on(
            "request", lambda sent: _is_own(sent.url, url) or watched.noises.append(f"fetched {sent.url}")
        )
        page.goto(url + fragment)
        yield watched
        assert watched.noises == []


def _is_own(sent: str, url: str) -> bool:
    return sent.partition("#")[0] == url or sent == "data:,"
