"""Drift judged on the labelled set, by ours and by Redocly's `diff`; and what a large comparison costs."""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from effort import Effort
from generated import generated, narrowed, write, write_yaml
from measure import MIB, CommandFailedError, measure, said
from table import Limit, Row, Section

from conformance.diff.change import Direction, DriftVerdict
from conformance.errors import ExitCode
from tests.drift.contracts import contracts
from tests.drift.pairs import Labelled, labelled

OURS: Final = "conformance drift"
PEER: Final = "redocly diff"
_CONFORMANCE: Final = Path(sys.executable).parent / "conformance"
_REDOCLY: Final = Path(__file__).parents[1] / "tests" / "peers" / "node_modules" / ".bin" / "redocly"
_QUIET: Final = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
_PLACES: Final = 20
_UNDECIDED: Final = 3.0
_MAX_WALL: Final = 20.0
_MAX_PEAK: Final = 500 * 1000 * 1000 / MIB

_Judge = Callable[[Path, Path], DriftVerdict | None]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two documents and what a person says of their difference."""

    base: dict[str, Any]
    revision: dict[str, Any]
    verdict: DriftVerdict


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a contender says of a pair, None where it cannot compare it, and how many seconds that takes."""

    pair: _Pair
    verdict: DriftVerdict | None
    wall: float

    @property
    def outcome(self) -> str:
        """How it compares with what a person says."""
        judged, meant = self.verdict, self.pair.verdict
        if judged is None:
            return "not compared"
        if judged is DriftVerdict.UNDECIDED or DriftVerdict.UNDECIDED is meant:
            return "undecided" if judged is DriftVerdict.UNDECIDED else "right"
        if (judged is DriftVerdict.BREAKING) is not (meant is DriftVerdict.BREAKING):
            return f"wrong {'breaking' if judged is DriftVerdict.BREAKING else 'compatible'}"
        return (
            "right" if (judged is DriftVerdict.NONE) is (meant is DriftVerdict.NONE) else "no change mistaken"
        )


_OUTCOMES: Final = (
    "right",
    "wrong breaking",
    "wrong compatible",
    "no change mistaken",
    "undecided",
    "not compared",
)


def measured(effort: Effort) -> Section:
    """Judge each pair by every contender; Redocly where Node is installed. Then a large comparison."""
    pairs = list(_pairs())[:: effort.every]
    judges: dict[str, _Judge] = {OURS: _ours}
    if _REDOCLY.exists():
        judges[PEER] = _redocly
    judged = {name: _judged(name, judge, pairs) for name, judge in judges.items()}
    tables = [row for name, of in judged.items() for row in _rows(name, of)]
    large, limits = _large(max(effort.revised))
    missing = () if PEER in judged else (f"{PEER}: `npm ci --prefix tests/peers` installs it",)
    return Section("Drift", (*tables, *large), (*_limits(judged[OURS]), *limits), missing=missing)


def _pairs() -> Iterator[_Pair]:
    """Yield the labelled set as whole documents: a schema alone becomes that of a body or of an answer."""
    for schemas in labelled():
        base, revision = (
            _document(schemas, place.document.content) for place in (schemas.base, schemas.revision)
        )
        yield _Pair(base, revision, schemas.verdict)
    for whole in contracts():
        yield _Pair(whole.base.content, whole.revision.content, whole.verdict)


def _document(pair: Labelled, content: dict[str, Any]) -> dict[str, Any]:
    if "paths" in content:
        return content
    held = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pair"}}}}
    answer = held if pair.direction is Direction.RESPONSE else {}
    operation: dict[str, Any] = {"responses": {"200": {"description": "", **answer}}}
    if pair.direction is Direction.REQUEST:
        operation["requestBody"] = held
    return {**content, "info": {"title": "Pair", "version": "1"}, "paths": {"/pair": {"post": operation}}}


def _judged(name: str, judge: _Judge, pairs: Sequence[_Pair]) -> list[_Judged]:
    """Judge the pairs, as many at once as there are cores: each is a process of one."""
    print(f"drift: {len(pairs)} pairs by {name}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda one: _one(judge, one[1], Path(folder, str(one[0]))), enumerate(pairs)))


def _one(judge: _Judge, pair: _Pair, folder: Path) -> _Judged:
    folder.mkdir()
    base, revision = write(pair.base, folder / "base.json"), write(pair.revision, folder / "revision.json")
    started = perf_counter()
    return _Judged(pair, judge(base, revision), perf_counter() - started)


def _ours(base: Path, revision: Path) -> DriftVerdict:
    command = [str(_CONFORMANCE), "drift", str(base), str(revision), "--format", "json"]
    return DriftVerdict(said(command, base.parent)["verdict"])


def _redocly(base: Path, revision: Path) -> DriftVerdict | None:
    """Return Redocly's verdict by its semver bump; it leaves nothing undecided."""
    command = [str(_REDOCLY), "diff", str(base), str(revision), "--format", "json"]
    try:
        judged = said(command, base.parent, _QUIET)
    except CommandFailedError:
        return None
    if judged.get("bump") == "major":
        return DriftVerdict.BREAKING
    return DriftVerdict.COMPATIBLE if judged["changes"] else DriftVerdict.NONE


def _rows(name: str, judged: Sequence[_Judged]) -> Iterator[Row]:
    counted = Counter(one.outcome for one in judged)
    yield Row(name, "pairs", (len(judged),), "{:,.0f}")
    for outcome in _OUTCOMES:
        yield Row("", outcome, (counted[outcome],), "{:,.0f}")
    yield Row("", "wall s, a pair", tuple(one.wall for one in judged))


def _limits(judged: Sequence[_Judged]) -> Iterator[Limit]:
    counted = Counter(one.outcome for one in judged)
    yield Limit(
        "pairs wrongly breaking or compatible", counted["wrong breaking"] + counted["wrong compatible"], 0
    )
    yield Limit("% of pairs undecided", 100 * counted["undecided"] / len(judged), _UNDECIDED)


def _large(operations: int) -> tuple[list[Row], list[Limit]]:
    """Compare large documents that differ in 20 places, as JSON and as YAML."""
    base = generated(operations)
    revision = narrowed(base, _PLACES)
    rows, limits = [], []
    for kind, written in (("JSON", write), ("YAML", write_yaml)):
        print(f"drift: {operations} operations, {kind}", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            files = [
                written(side, Path(folder, f"{n}.{kind.lower()}")) for n, side in enumerate((base, revision))
            ]
            command = [str(_CONFORMANCE), "drift", *map(str, files)]
            cost = measure(command, Path(folder), {}, (ExitCode.FINDINGS,))
        rows += [
            Row(f"{operations:,} operations, {kind}", "wall s", (cost.wall,)),
            Row("", "peak MiB", (cost.peak / MIB,), "{:,.0f}"),
        ]
        limits += [
            Limit(f"wall s of {operations:,} operations, {kind}", cost.wall, _MAX_WALL),
            Limit(f"peak MiB of {operations:,} operations, {kind}", cost.peak / MIB, _MAX_PEAK),
        ]
    return rows, limits
