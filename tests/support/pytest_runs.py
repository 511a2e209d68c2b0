"""pytest called as a user calls it, in a process and a folder of its own, and what it said of each test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from conformance.mock.process import MockServer

KEY = "key-that-nobody-may-see"
PLUGINS = ("conformance.plugin", "xdist", "_hypothesis_pytestplugin")
"""All that is loaded: what else is installed beside us costs each call a second."""


@dataclass(frozen=True)
class Ran:
    """One call of pytest: exit code, both streams, `outcomes` by test id, the JUnit report as text."""

    code: int
    out: str
    outcomes: Mapping[str, str]
    junit: str

    def having(self, outcome: str) -> set[str]:
        """Return the ids of the tests that ended so."""
        return {name for name, ended in self.outcomes.items() if ended == outcome}


def run_pytest(folder: Path, *arguments: str) -> Ran:
    """Call pytest in `folder`, with nothing but the plugin under test, pytest-xdist and Hypothesis's."""
    report = folder / "junit.xml"
    report.unlink(missing_ok=True)
    plugins = [part for name in PLUGINS for part in ("-p", name)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, "--junitxml", str(report), *arguments],
        cwd=folder, capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "API_KEY": KEY, "COLUMNS": "200"},
    )  # fmt: skip
    junit = report.read_text() if report.exists() else ""
    return Ran(done.returncode, done.stdout + done.stderr, _outcomes(junit), junit)


def _outcomes(junit: str) -> dict[str, str]:
    cases = ET.fromstring(junit).iter("testcase") if junit else ()  # noqa: S314 -- pytest's own
    found: dict[str, str] = {}
    for case in cases:
        name = f"{case.get('classname', '').rpartition('.')[2]}::{case.get('name')}"
        found[name] = next((child.tag for child in case if child.tag in _ENDS), "passed")
    return found


_ENDS = ("failure", "error", "skipped")


def against(mock: MockServer) -> list[str]:
    """Return the options that name a mock as the target."""
    ids = [part for name, value in mock.path_params.items() for part in ("--path-param", f"{name}={value}")]
    return ["--target", mock.url, "--api-key-env", "API_KEY", *ids]


def collected(ran: Ran) -> list[str]:
    """Return the node ids that `--collect-only -q` printed."""
    return [line for line in ran.out.splitlines() if "::" in line]
