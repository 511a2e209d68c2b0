"""The two that are compared: how each one is called, on the same documents and the same kind of mock."""

from __future__ import annotations

import http.client
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from measure import Cost, measure, peak_of

from conformance.mock.process import MockServer, start_mock

COLD: Final = "conformance run, first time"
OURS: Final = "conformance run, again"
PEER: Final = "schemathesis run --phases coverage"

_BIN: Final = Path(sys.executable).parent
_KEY_VARIABLE: Final = "BENCH_API_KEY"
_KEY_HEADER: Final = "x-api-key"

Contender: TypeAlias = Callable[[MockServer, Sequence[Path], Path], Cost]
"""Run against a mock with documents, in an empty folder; return the cost of every process together."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One whole run: its cost, the requests that the mock took by status, the mock's own peak in bytes."""

    cost: Cost
    statuses: dict[int, int]
    mock_peak: int | None

    @property
    def requests(self) -> int:
        """How many requests the mock took."""
        return sum(self.statuses.values())

    @property
    def rate(self) -> float:
        """Requests a second, process start and planning included."""
        return self.requests / self.cost.wall


def sample(contender: Contender, documents: Sequence[Path]) -> Sample:
    """Run one contender once, against a mock that nobody used before: state would slow the second run."""
    with start_mock(documents, checked=True) as mock, tempfile.TemporaryDirectory() as folder:
        cost = contender(mock, documents, Path(folder))
        return Sample(cost, _statuses(mock.url), peak_of(mock.pid))


def _statuses(url: str) -> dict[int, int]:
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    try:
        connection.request("GET", "/__mock__/count")
        counted = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return {int(status): count for status, count in counted["statuses"].items()}


def ours(level: str, memory: str) -> Contender:
    """Return ours at a level: one call for all documents. `memory` holds what was found before (`""`: none)."""

    def run(mock: MockServer, documents: Sequence[Path], folder: Path) -> Cost:
        command = [str(_BIN / "conformance"), "run", "--target", mock.url, "--level", level]
        command += ["--api-key-env", _KEY_VARIABLE]
        command += [part for path in documents for part in ("--spec", str(path))]
        command += [
            part for name, value in mock.path_params.items() for part in ("--path-param", f"{name}={value}")
        ]
        return measure(command, folder, {_KEY_VARIABLE: mock.api_key, "CONFORMANCE_CACHE": memory})

    return run


def peer(mock: MockServer, documents: Sequence[Path], folder: Path) -> Cost:
    """Run the peer, which takes one document a call, on each document in turn.

    Its settings file gives it the ids that the mock knows, so that its requests get past the path;
    it stands in `folder`, as does all that the peer writes.
    """
    known = "".join(f'"path.{name}" = {json.dumps(value)}\n' for name, value in mock.path_params.items())
    (folder / "schemathesis.toml").write_text(f"[parameters]\n{known}")
    command = [str(_BIN / "schemathesis"), "run", "--phases", "coverage", "--no-color", "--url", mock.url]
    command += ["--header", f"{_KEY_HEADER}: {mock.api_key}"]
    return sum((measure([*command, str(document)], folder, {}) for document in documents), Cost())
