"""Whole runs of ours and of the peer in turn: requests a second, wall and CPU seconds, memory."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

from contenders import ALL_PHASES, COVERAGE, Contender, Sample, of_joined, ours, peer, sample
from effort import Effort
from measure import MIB
from table import Limit, Row, Section, ratio, rows

COLD: Final = "conformance run, first time"
WARM: Final = "conformance run, again"
PEER: Final = "schemathesis run, coverage, first time"
PEER_WARM: Final = "schemathesis run, coverage, again"
PEER_JOINED: Final = "schemathesis run, coverage, again, documents joined"
PEER_ALL: Final = "schemathesis run, all phases, again"

_COMPARED: Final = {
    "first time": (COLD, PEER),
    "again": (WARM, PEER_WARM),
    "again, documents joined": (WARM, PEER_JOINED),
}
"""Like with like: both with nothing from before, or both with what they keep."""
_MIN_RATIO: Final = 8

_FIGURES: Final = (
    ("requests", "{:,.0f}", lambda run: run.requests),
    ("wall s", "{:.2f}", lambda run: run.cost.wall),
    ("CPU s", "{:.2f}", lambda run: run.cost.cpu),
    ("peak MiB, client", "{:.0f}", lambda run: run.cost.peak / MIB),
    ("peak MiB, mock", "{:.0f}", lambda run: (run.mock_peak or 0) / MIB),
    ("requests/s", "{:,.0f}", lambda run: run.rate),
)


def measured(effort: Effort) -> Section:
    """Run all of them against the faithful mock, which nobody should report anything on."""
    with tempfile.TemporaryDirectory() as folder:
        kept = _with_memory(Path(folder))
        for name, contender in kept.items():
            print(f"run, not counted: {name}", file=sys.stderr)
            sample(contender, effort.documents)  # fills what it keeps
        samples = _in_turn(effort, {COLD: ours(""), PEER: peer(COVERAGE), **kept})
    told = tuple(row for name, taken in samples.items() for row in rows(name, taken, _FIGURES))
    ratios = _ratios(samples)
    return Section("The run", (*told, *ratios), _limits(samples, ratios), _notes(samples))


def _with_memory(folder: Path) -> dict[str, Contender]:
    """Return the contenders that keep something from run to run, each in a folder of its own."""
    return {
        WARM: ours(str(folder / "ours")),
        PEER_WARM: peer(COVERAGE, storage=folder / "coverage"),
        PEER_JOINED: of_joined(peer(COVERAGE, storage=folder / "joined")),
        PEER_ALL: peer(ALL_PHASES, storage=folder / "all"),
    }


def _in_turn(effort: Effort, contenders: dict[str, Contender]) -> dict[str, list[Sample]]:
    """Take turns, so that whatever else the machine does weighs on all alike."""
    samples: dict[str, list[Sample]] = {name: [] for name in contenders}
    for number in range(effort.turns):
        for name, contender in contenders.items():
            print(f"run {number + 1} of {effort.turns}: {name}", file=sys.stderr)
            samples[name].append(sample(contender, effort.documents))
    return samples


def _ratios(samples: dict[str, list[Sample]]) -> tuple[Row, ...]:
    return tuple(
        ratio(f"requests/s, {label}", samples[mine], samples[theirs], lambda run: run.rate)
        for label, (mine, theirs) in _COMPARED.items()
    )


def _limits(samples: dict[str, list[Sample]], ratios: tuple[Row, ...]) -> tuple[Limit, ...]:
    client = max(run.cost.peak for run in samples[COLD])
    mock = max(run.mock_peak or 0 for run in samples[COLD])
    return (
        *(
            Limit(f"requests/s to the peer's coverage phase, {label}", row.median, _MIN_RATIO, is_floor=True)
            for label, row in zip(_COMPARED, ratios, strict=True)
        ),
        Limit("peak MiB, client and mock, first time", (client + mock) / MIB, 400),
    )


def _notes(samples: dict[str, list[Sample]]) -> tuple[str, ...]:
    return tuple(
        f"{name}: {', '.join(f'{count} × {status}' for status, count in sorted(taken[0].statuses.items()))}"
        for name, taken in samples.items()
    )
