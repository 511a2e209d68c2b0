"""`make bench`: a whole run of ours and of a peer in turn, on the same documents; prints both and the ratio."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from contenders import COLD, OURS, PEER, Contender, Sample, ours, peer, sample
from measure import MIB, CommandFailedError

from conformance.cli.loading import BUNDLED
from conformance.document import SUFFIXES

_RESULTS: Final = Path(__file__).parent / "results"

MIN_RATIO: Final = 5.0
MAX_WALL: Final = 15.0
MAX_PEAK: Final = 400 * MIB

_TURNED_AWAY: Final = frozenset({401, 403, 404})
_MAX_TURNED_AWAY: Final = 0.25

_ROWS: Final[tuple[tuple[str, str, Callable[[Sample], float]], ...]] = (
    ("requests", "{:,.0f}", lambda run: run.requests),
    ("wall s", "{:.2f}", lambda run: run.cost.wall),
    ("CPU s", "{:.2f}", lambda run: run.cost.cpu),
    ("peak MiB, client", "{:.0f}", lambda run: run.cost.peak / MIB),
    ("peak MiB, mock", "{:.0f}", lambda run: (run.mock_peak or 0) / MIB),
    ("requests/s", "{:.0f}", lambda run: run.rate),
)


class MeaninglessError(Exception):
    """A run did not do what it is compared for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison; return 0, or 1 where a run failed or, with `--check`, a limit is missed."""
    options = _parser().parse_args(arguments)
    documents = _documents(options.spec)
    try:
        samples = _in_turn(1 if options.quick else options.runs, documents, options.level)
    except (CommandFailedError, MeaninglessError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    _print_table(samples)
    reached = [_print_limit(*limit) for limit in _limits(samples)]
    _store(samples, documents, options.level)
    return 1 if options.check and not all(reached) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Compare whole runs of ours and of schemathesis.")
    parser.add_argument("--runs", type=int, default=5, help="runs of each, in turn (default 5)")
    parser.add_argument("--quick", action="store_true", help="one run of each")
    parser.add_argument("--level", default="standard", help="--level of ours (default standard)")
    parser.add_argument("--spec", type=Path, default=BUNDLED, help="a document or a folder of them")
    parser.add_argument("--check", action="store_true", help="fail where a limit is missed")
    return parser


def _documents(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path.resolve()]
    return sorted(file.resolve() for file in path.iterdir() if file.suffix in SUFFIXES)


def _in_turn(runs: int, documents: Sequence[Path], level: str) -> dict[str, list[Sample]]:
    """Take turns, so that whatever else the machine does weighs on both alike."""
    with tempfile.TemporaryDirectory() as memory:
        contenders = {COLD: ours(level, ""), OURS: ours(level, memory), PEER: peer}
        sample(contenders[OURS], documents)  # fills the memory; not counted
        return _taken(runs, documents, contenders)


def _taken(runs: int, documents: Sequence[Path], contenders: dict[str, Contender]) -> dict[str, list[Sample]]:
    samples: dict[str, list[Sample]] = {name: [] for name in contenders}
    for number in range(runs):
        for name, contender in contenders.items():
            print(f"run {number + 1} of {runs}: {name}", file=sys.stderr)
            run = sample(contender, documents)
            _refuse_meaningless(name, run)
            samples[name].append(run)
    return samples


def _refuse_meaningless(name: str, run: Sample) -> None:
    """Raise where a contender is mostly turned away at the door: it tests nothing, however fast."""
    away = sum(count for status, count in run.statuses.items() if status in _TURNED_AWAY)
    if not run.requests or away > _MAX_TURNED_AWAY * run.requests:
        raise MeaninglessError(f"{name}: {away} of {run.requests} requests were turned away by key or path")


def _ratios(samples: dict[str, list[Sample]], ours: str = OURS) -> list[float]:
    return [a.rate / b.rate for a, b in zip(samples[ours], samples[PEER], strict=True)]


def _print_table(samples: dict[str, list[Sample]]) -> None:
    print(f"{'':<36} {'':<17} {'median':>9} {'min':>9} {'max':>9}")
    for name, runs in samples.items():
        for label, form, value in _ROWS:
            _print_row(name, label, form, [value(run) for run in runs])
            name = ""  # noqa: PLW2901 -- the name stands before its first row only
        statuses = sorted(runs[0].statuses.items())
        print(f"{'':<36} statuses: {', '.join(f'{count} × {status}' for status, count in statuses)}")
    for name in (COLD, OURS):
        _print_row("ratio of requests/s", name.rpartition(", ")[2], "{:.2f}", _ratios(samples, name))


def _print_row(name: str, label: str, form: str, values: Sequence[float]) -> None:
    cells = (form.format(f(values)) for f in (statistics.median, min, max))
    print(f"{name:<36} {label:<17} " + " ".join(f"{cell:>9}" for cell in cells))


def _limits(samples: dict[str, list[Sample]]) -> list[tuple[str, float, str, bool]]:
    """Return what the project promises of a run: label, measured, promised, whether reached (by the median)."""
    runs = samples[OURS]
    ratio = statistics.median(_ratios(samples))
    wall = statistics.median(run.cost.wall for run in samples[COLD])
    client = max(run.cost.peak for run in runs)
    mock = max(run.mock_peak or 0 for run in runs)
    return [
        ("requests/s, ours (again) to peer's", ratio, f"at least {MIN_RATIO:g}", ratio >= MIN_RATIO),
        ("wall s of a run, the first time", wall, f"at most {MAX_WALL:g}", wall <= MAX_WALL),
        (
            "peak MiB, client and mock",
            (client + mock) / MIB,
            f"at most {MAX_PEAK / MIB:g}",
            client + mock <= MAX_PEAK,
        ),
    ]


def _print_limit(label: str, measured: float, promised: str, is_reached: bool) -> bool:
    print(f"{'reached' if is_reached else 'MISSED '}  {label}: {measured:.2f}, {promised}")
    return is_reached


def _store(samples: dict[str, list[Sample]], documents: Sequence[Path], level: str) -> None:
    """Write every sample as JSON, with what a later comparison needs to know of the machine."""
    _RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    result = {
        "schema": 1,
        "taken": now.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "versions": {name: version(name) for name in ("schemathesis", "aiohttp", "hypothesis")},
        "level": level,
        "documents": [path.name for path in documents],
        "samples": {name: [asdict(run) for run in runs] for name, runs in samples.items()},
        "ratios": {name: _ratios(samples, name) for name in (COLD, OURS)},
    }
    target = _RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    target.write_text(json.dumps(result, indent=1) + "\n")
    print(f"written: {target.relative_to(Path(__file__).parent.parent)}")


if __name__ == "__main__":
    sys.exit(main())
