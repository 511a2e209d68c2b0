"""The API key, looked for in everything that a night against a target leaves: files, outputs, process titles."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from conformance.mock.process import MockServer, start_mock

KEY: Final = 's3cret/K&y "of<this>night'
VARIABLE: Final = "NIGHT_KEY"
FORMATS: Final = ("html", "json", "junit", "sarif", "markdown", "github")
PROC: Final = Path("/proc")


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    with start_mock(faults=["trackers-name-max-255"], api_key=KEY) as server:
        yield server


class Night:
    """Commands run one after the other in a home and a folder of their own; what they print is kept in it."""

    def __init__(self, folder: Path, mock: MockServer) -> None:
        self.folder = folder
        self.titles: set[bytes] = set()
        self._ids = [part for pair in mock.path_params.items() for part in ("--path-param", "=".join(pair))]
        self._url = mock.url
        home = {
            name: str(folder / "home") for name in ("HOME", "XDG_CACHE_HOME", "TMPDIR", "CONFORMANCE_CACHE")
        }
        (folder / "home").mkdir()
        self._environment = {**os.environ, **home, VARIABLE: KEY}

    def at_target(self, *arguments: str) -> int:
        """Run a command against the mock, with the key by the variable's name."""
        return self.run(*arguments, "--target", self._url, "--api-key-env", VARIABLE, *self._ids)

    def run(self, *arguments: str) -> int:
        """Return the exit code; while the command runs, the titles of all its processes are read."""
        number = len(list(self.folder.glob("*.out")))
        outputs = [(self.folder / f"{number}.{kind}").open("wb") for kind in ("out", "err")]
        command = [sys.executable, "-m", "conformance", *arguments]
        with outputs[0] as out, outputs[1] as err:
            child = subprocess.Popen(command, stdout=out, stderr=err, cwd=self.folder, env=self._environment)
            while child.poll() is None:
                self.titles |= set(_titles(child.pid))
        return child.returncode


def _titles(parent: int) -> Iterator[bytes]:
    """Yield the command lines of a process and all below it, as `ps` shows them; none where there is no /proc."""
    waiting: list[int] = [parent]
    while waiting:
        process = waiting.pop()
        try:
            yield (PROC / str(process) / "cmdline").read_bytes()
            threads = list((PROC / str(process) / "task").iterdir())
            waiting += [
                int(found) for thread in threads for found in (thread / "children").read_text().split()
            ]
        except OSError:  # it has ended
            continue


def _spellings() -> Sequence[bytes]:
    encoded = base64.b64encode(KEY.encode()).decode()
    return [
        text.encode() for text in (KEY, quote(KEY), quote(KEY, safe=""), encoded, "s3cret/K", "s3cret%2FK")
    ]


def test_the_key_is_in_no_file_no_output_and_no_process_title(tmp_path: Path, mock: MockServer) -> None:
    night = Night(tmp_path, mock)
    formats = [part for name in FORMATS for part in ("--format", f"{name}=formats/{name}")]
    codes = [
        night.at_target("run", "--operation", "trackers", "--report-dir", "out", *formats),
        night.run("baseline", "accept", "out", "--reason", "known"),
        night.at_target(
            "run",
            "--operation",
            "trackers",
            "--baseline",
            "conformance-baseline.toml",
            "--explore",
            "1",
            "--report-dir",
            "more",
        ),
        night.run("report", "more", "--format", "html", "--compare", "out"),
        night.run("created", "more"),
        night.run("drift", "--observed", "more"),
        night.at_target("run", "--dry-run"),
    ]
    assert codes == [1, 0, 0, 0, 0, 1, 0]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.parent.name for path in files} >= {"out", "formats", "more", "home"}
    held = {path.relative_to(tmp_path): path.read_bytes() for path in files}
    assert [name for name, data in held.items() if any(text in data for text in _spellings())] == []
    assert [title for title in night.titles if any(text in title for text in _spellings())] == []
    if PROC.is_dir():
        assert any(b"conformance" in title for title in night.titles)
