"""How the target behaved: latencies and statuses, counted for tables and laid out for plots."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from conformance.judging.verdict import Verdict
from conformance_reports.cases import CaseRow
from conformance_reports.history import Point
from conformance_reports.text import visible

SHARES: Final = (*range(100), 99.5, 99.9, 100)
"""The percentiles a curve is drawn through."""

MAX_CURVES: Final = 12
MAX_POINTS: Final = 20_000
SLOWEST: Final = 10
_NAME: Final = 24


@dataclass(frozen=True, slots=True)
class Latency:
    """The latencies of some answers: how many, and percentiles in milliseconds."""

    name: str
    intent: str
    count: int
    median: float
    p90: float
    p99: float
    longest: float


def latencies(rows: Iterable[CaseRow]) -> list[Latency]:
    """Return the latencies of what was answered, by operation and intent."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        if row.status:
            found[row.operation, row.intent.value].append(row.elapsed * 1000)
    told: list[Latency] = []
    for (name, intent), values in found.items():
        values.sort()
        told.append(
            Latency(name, intent, len(values), *(percentile(values, share) for share in (50, 90, 99, 100)))
        )
    return told


def statuses(rows: Iterable[CaseRow]) -> dict[str, dict[int, int]]:
    """Return how often each status was answered, by operation; 0 is no answer."""
    counted: dict[str, Counter[int]] = defaultdict(Counter)
    for row in rows:
        counted[row.operation][row.status] += 1
    return {name: dict(sorted(counter.items())) for name, counter in counted.items()}


def slowest(rows: Iterable[CaseRow]) -> list[CaseRow]:
    """Return the cases that took longest, the slowest first."""
    return sorted(rows, key=lambda row: -row.elapsed)[:SLOWEST]


def curves(rows: Sequence[CaseRow]) -> dict[str, Any]:
    """Return the plots' data: a curve of percentiles for each operation and intent, and each latency in order."""
    return {
        "shares": list(SHARES),
        "operations": _by_name((row.operation, row.elapsed) for row in rows if row.status),
        "intents": _by_name((row.intent.value, row.elapsed) for row in rows if row.status),
        "line": [round(row.elapsed * 1000, 2) for row in rows[:MAX_POINTS]],
        "failed": [n for n, row in enumerate(rows[:MAX_POINTS]) if row.verdict is Verdict.FAILED],
    }


def trend(points: Iterable[Point]) -> dict[str, Any]:
    """Return the row of runs as the plot wants it: names, new findings, failed requirements.

    An incomplete run leaves a gap: what it did not send would look mended.
    """
    told = list(points)
    return {
        "runs": [visible(point.run, _NAME) for point in told],
        "findings": [point.findings if point.complete else None for point in told],
        "failed": [point.failed if point.complete else None for point in told],
    }


def percentile(values: Sequence[float], share: float) -> float:
    """Return the least of the sorted values that `share` percent do not exceed (nearest rank)."""
    rank = max(math.ceil(len(values) * share / 100), 1)
    return round(values[rank - 1], 2)


def _by_name(pairs: Iterable[tuple[str, float]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for name, elapsed in pairs:
        found[visible(name)].append(elapsed * 1000)
    curves: dict[str, list[float]] = {}
    for name, values in islice(found.items(), MAX_CURVES):
        values.sort()
        curves[name] = [percentile(values, share) for share in SHARES]
    return curves
