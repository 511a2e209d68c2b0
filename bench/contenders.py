"""The two that are compared: how each one is called, on the same documents and the same kind of mock."""

from __future__ import annotations

import http.client
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from generated import write_yaml
from joined import joined
from measure import Cost, measure, peak_of

from conformance.mock.process import MockServer, start_mock

COVERAGE: Final = ("coverage",)
ALL_PHASES: Final = ("examples", "coverage", "fuzzing", "stateful")

_BIN: Final = Path(sys.executable).parent
KEY_VARIABLE: Final = "BENCH_API_KEY"
_KEY_HEADER: Final = "x-api-key"
_TURNED_AWAY: Final = frozenset({401, 403, 404})
_MAX_TURNED_AWAY: Final = 0.25

Contender: TypeAlias = Callable[[MockServer, Sequence[Path], Path], Cost]
"""Run against a mock with documents, in an empty folder; return the cost of every process together."""


class MeaninglessError(Exception):
    """A run did not do what it is compared for."""


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


def sample(contender: Contender, documents: Sequence[Path], faults: Sequence[str] = ()) -> Sample:
    """Run one contender once, against a mock that nobody used before: state would slow the second run.

    Raises MeaninglessError where the contender is mostly turned away at the door: it tests nothing, however fast.
    """
    with start_mock(documents, faults) as mock, _folder() as folder:
        cost = contender(mock, documents, folder)
        taken = Sample(cost, _statuses(mock.url), peak_of(mock.pid))
    away = sum(count for status, count in taken.statuses.items() if status in _TURNED_AWAY)
    if not faults and (not taken.requests or away > _MAX_TURNED_AWAY * taken.requests):
        raise MeaninglessError(f"{away} of {taken.requests} requests were turned away by key or path")
    return taken


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _statuses(url: str) -> dict[int, int]:
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    try:
        connection.request("GET", "/__mock__/count")
        counted = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return {int(status): count for status, count in counted["statuses"].items()}


def ours(memory: str, *more: str) -> Contender:
    """Return ours with `more` options: one call for all documents.

    `memory` is the folder that holds what was found before (`""`: none).
    """

    def run(mock: MockServer, documents: Sequence[Path], folder: Path) -> Cost:
        command = [*command_of(mock.url, mock.path_params, documents), *more]
        return measure(command, folder, {KEY_VARIABLE: mock.api_key, "CONFORMANCE_CACHE": memory}, (0, 1))

    return run


def command_of(url: str, path_params: dict[str, str], documents: Sequence[Path]) -> list[str]:
    """Return the command line of ours against a target; the key stands in an environment variable."""
    command = [str(_BIN / "conformance"), "run", "--target", url, "--api-key-env", KEY_VARIABLE]
    command += [part for path in documents for part in ("--spec", str(path))]
    return command + [
        part for name, value in path_params.items() for part in ("--path-param", f"{name}={value}")
    ]


def peer(phases: Sequence[str], *more: str, storage: Path | None = None) -> Contender:
    """Return the peer with phases and `more` options: a call for each document, for it takes one.

    Its settings file gives it the ids that the mock knows, so that its requests get past the path;
    it stands in the run's own folder, as does all that the peer writes, but for what Hypothesis keeps
    from run to run: that goes to `storage` (None: an empty one each time).
    """
    environment = {} if storage is None else {"HYPOTHESIS_STORAGE_DIRECTORY": str(storage)}

    def run(mock: MockServer, documents: Sequence[Path], folder: Path) -> Cost:
        known = "".join(f'"path.{name}" = {json.dumps(value)}\n' for name, value in mock.path_params.items())
        (folder / "schemathesis.toml").write_text(f"[parameters]\n{known}")
        command = [str(_BIN / "schemathesis"), "run", "--phases", ",".join(phases), "--no-color"]
        command += ["--url", mock.url, "--header", f"{_KEY_HEADER}: {mock.api_key}", *more]
        return sum(
            (measure([*command, str(path)], folder, environment, (0, 1)) for path in documents), Cost()
        )

    return run


def of_joined(contender: Contender) -> Contender:
    """Return the contender with all documents joined into one, before its time begins."""

    def run(mock: MockServer, documents: Sequence[Path], folder: Path) -> Cost:
        return contender(mock, (write_yaml(joined(documents), folder / "joined.yaml"),), folder)

    return run
