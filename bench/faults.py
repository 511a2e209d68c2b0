"""Which faults of the mock a run notices: it reports what, without the faults, it does not."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from contenders import ALL_PHASES, COVERAGE, ours, peer, sample
from effort import Effort
from measure import Cost
from table import Limit, Row, Section

from conformance.mock.faults import Fault
from conformance.mock.process import MockServer
from conformance.mock.setup import Setup, known_faults

_OURS: Final = "conformance run, again"
_PEER: Final = "schemathesis run, coverage"
_PEER_ALL: Final = "schemathesis run, all phases"
_MIN_RATIO: Final = 10
_TITLE: Final = "Faults noticed"

Round = dict[Path, Fault]
"""The faults of one mock, one for each document: no fault can hide or imitate that of another document."""


class _Way(Protocol):
    """A contender that says of each document whether its run reports something that is new to it."""

    def run(self, mock: MockServer, documents: Sequence[Path], folder: Path) -> Cost:
        """Run against the mock."""
        ...

    def learnt(self) -> int:
        """Take what the last run reported for false alarms; return how many."""
        ...

    def noticed(self, document: Path) -> bool:
        """Tell whether the last run reported something of the document that is no known false alarm."""
        ...


@dataclass(slots=True)
class _Tried:
    """Which faults were noticed, the seconds of all runs with faults, and the false alarms of the run without."""

    noticed: set[str] = field(default_factory=set)
    seconds: float = 0.0
    alarms: int = 0

    @property
    def rate(self) -> float:
        """Faults noticed a second."""
        return len(self.noticed) / self.seconds


def measured(effort: Effort) -> Section:
    """Try some faults of each document, evenly apart in its list, with each contender in turn."""
    rounds = _rounds(effort)
    if not rounds:
        return Section(_TITLE, (), missing=("any fault: the mock knows none of these documents",))
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        ways: dict[str, _Way] = {
            _OURS: _Ours(at / "ours"),
            _PEER: _Peer(COVERAGE, at / "coverage"),
            _PEER_ALL: _Peer(ALL_PHASES, at / "all"),
        }
        tried = {name: _learnt(name, way, effort) for name, way in ways.items()}
        for number, faults in enumerate(rounds, 1):
            for name, way in ways.items():
                print(f"faults, round {number} of {len(rounds)}: {name}", file=sys.stderr)
                _try(way, faults, tried[name])
    # What the coverage phase noticed counts for all phases even where a false alarm of another phase,
    # which the peer takes for the same failure, hides it.
    tried[_PEER_ALL].noticed |= tried[_PEER].noticed
    return _section(tried, [fault.name for faults in rounds for fault in faults.values()])


def _rounds(effort: Effort) -> list[Round]:
    """Return the faults of each round, without the documents that have none; nothing where all have none."""
    known = known_faults(Setup(specs=effort.documents))
    chosen = {}
    for document in effort.documents:
        mine = [fault for fault in known if fault.operation == document.stem]
        if mine:
            chosen[document] = [mine[len(mine) * number // effort.faults] for number in range(effort.faults)]
    if not chosen:
        return []
    return [
        {document: faults[number] for document, faults in chosen.items()} for number in range(effort.faults)
    ]


def _learnt(name: str, way: _Way, effort: Effort) -> _Tried:
    print(f"faults, none: {name}", file=sys.stderr)
    sample(way.run, effort.documents)
    return _Tried(alarms=way.learnt())


def _try(way: _Way, faults: Round, tried: _Tried) -> None:
    run = sample(way.run, list(faults), [fault.name for fault in faults.values()])
    tried.seconds += run.cost.wall
    tried.noticed |= {fault.name for document, fault in faults.items() if way.noticed(document)}


def _section(tried: dict[str, _Tried], faults: Sequence[str]) -> Section:
    rows = [row for name, one in tried.items() for row in _rows(name, one)]
    ratios = [
        Row(
            "ratio",
            f"noticed/s, to {name.rpartition(', ')[2]}",
            (tried[_OURS].rate / max(tried[name].rate, 1e-6),),
        )
        for name in (_PEER, _PEER_ALL)
    ]
    limit = Limit("faults noticed/s to the peer's, all phases", ratios[1].median, _MIN_RATIO, is_floor=True)
    missed = [name for name in faults if name not in tried[_OURS].noticed]
    note = f"not noticed by ours: {', '.join(missed) or 'none'}"
    return Section(f"{_TITLE}, of {len(faults)} of the mock's", (*rows, *ratios), (limit,), (note,))


def _rows(name: str, tried: _Tried) -> tuple[Row, ...]:
    return (
        Row(name, "noticed", (float(len(tried.noticed)),), "{:.0f}"),
        Row("", "false alarms", (float(tried.alarms),), "{:.0f}"),
        Row("", "wall s", (tried.seconds,)),
        Row("", "faults noticed/s", (tried.rate,), "{:.3f}"),
    )


class _Ours:
    """Ours with what it found before; a finding that is more than a note is a report."""

    def __init__(self, folder: Path) -> None:
        self._out = folder / "out"
        self._contender = ours(str(folder / "memory"), "--report-dir", str(self._out))
        self._known: set[str] = set()

    def run(self, mock: MockServer, documents: Sequence[Path], folder: Path) -> Cost:
        """Run against the mock."""
        return self._contender(mock, documents, folder)

    def learnt(self) -> int:
        """Take what the last run reported for false alarms; return how many."""
        self._known = {fingerprint for _, fingerprint in self._reported()}
        return len(self._known)

    def noticed(self, document: Path) -> bool:
        """Tell whether the last run reported something new of the document's operation."""
        return any(name == document.stem and told not in self._known for name, told in self._reported())

    def _reported(self) -> list[tuple[str, str]]:
        told = json.loads((self._out / "summary.json").read_text())["findings"]
        return [
            (finding["operation"], finding["fingerprint"]) for finding in told if finding["level"] != "note"
        ]


class _Peer:
    """The peer with its own baseline: what it reports without a fault is known to it, anything else fails it.

    Its requests are the same with and without faults, so that the faults make the difference. What
    Hypothesis keeps stays from run to run: ours has its memory.
    """

    def __init__(self, phases: Sequence[str], folder: Path) -> None:
        folder.mkdir()
        self._peer = partial(peer, phases, storage=folder / "hypothesis")
        self._folder = folder
        self._more: tuple[str, ...] = ("--baseline-update",)
        self._failed: set[Path] = set()

    def run(self, mock: MockServer, documents: Sequence[Path], folder: Path) -> Cost:
        """Run against the mock, document by document, each with a baseline of its own."""
        costs = {document: self._one(mock, document, folder) for document in documents}
        self._failed = {document for document, cost in costs.items() if cost.code}
        return sum(costs.values(), Cost())

    def _one(self, mock: MockServer, document: Path, folder: Path) -> Cost:
        known = ("--baseline", str(self._baseline(document)), *self._more)
        return self._peer("--generation-deterministic", *known)(mock, (document,), folder)

    def _baseline(self, document: Path) -> Path:
        return self._folder / f"{document.stem}.json"

    def learnt(self) -> int:
        """Take what the last run reported for false alarms; return how many."""
        self._more = ()
        return sum(len(json.loads(path.read_text())["entries"]) for path in self._folder.glob("*.json"))

    def noticed(self, document: Path) -> bool:
        """Tell whether the last run of the document failed for what is not in the baseline."""
        return document in self._failed
