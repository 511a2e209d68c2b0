"""Shards merged are the run in one piece: summary and journal byte for byte, whatever the server does wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from conformance.case import RunLevel
from conformance.cli.exploring import Exploration
from conformance.cli.folder import ReportFolder
from conformance.cli.loading import BUNDLED, load_operations
from conformance.cli.merge import merge
from conformance.cli.recording import Recorder, Setting
from conformance.cli.session import plan_of, send_all, shard_of
from conformance.journal import read
from conformance.merge import parts_of
from conformance.mock.service import Service
from conformance.plan import Plan
from conformance.rules import FindingLevel
from conformance.settings import Choice
from conformance.shard import Shard, before
from tests.support.inprocess import Wire, service

SECONDS = 60.0
"""What each run in one piece is said to have taken; its shards share it."""


def choice(operation: str) -> Choice:
    return Choice((), (operation,), RunLevel.STANDARD, None)


@lru_cache
def whole(operation: str) -> Plan:
    return plan_of(load_operations(()), choice(operation), Exploration())


def recorded(operation: str, mock: Service, folder: Path, shard: Shard | None = None) -> Path:
    """Run the operation's plan, or a part of it, against the mock and keep the run in the folder."""
    plan = whole(operation)
    wire = Wire(mock, plan.operations)
    part, setting = plan, Setting(wire.target, embedded=False, fail_on=FindingLevel.ERROR)
    if shard is not None:
        part, setting = shard_of(plan, shard, choice(operation), setting)
    with ReportFolder(folder) as kept:
        recorder = Recorder(part, setting, kept)
        asyncio.run(send_all(part, wire, recorder, before(plan, part)))
        recorder.finish(duration=SECONDS / (shard.of if shard else 1))
    return folder


def sharded(operation: str, mocks: Callable[[], Service], of: int, folder: Path) -> list[Path]:
    shards = [Shard(index, of) for index in range(1, of + 1)]
    return [recorded(operation, mocks(), folder / f"{shard.index}", shard) for shard in shards]


def merged(runs: Sequence[Path], folder: Path) -> Path:
    merge(parts_of([(run.name, read(run)) for run in runs]), (), folder, Exploration())
    return folder


def summary(run: Path) -> str:
    return (run / "summary.json").read_text()


def frame(run: Path) -> tuple[Any, ...]:
    """Return what a journal tells but for the answers: header and footer, and the order of its lines."""
    journal = read(run)
    header = {n: v for n, v in journal.header.items() if n not in ("started", "merged")}
    footer = {n: v for n, v in (journal.footer or {}).items() if n != "sha256"}
    return header, footer, [line["id"] for line in journal.cases], [line["id"] for line in journal.retries]


def lines(runs: Iterable[Path]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the lines of cases and retries by type and id, but for the ids that the server gave."""
    found = {}
    for run in runs:
        for line in (*read(run).cases, *read(run).retries):
            trace = {name: part for name, part in line["trace"].items() if name != "made"}
            found[line["type"], line["id"]] = {**line, "trace": trace}
    return found


@pytest.mark.parametrize("of", [1, 2, 5])
@pytest.mark.parametrize(
    ("operation", "faults"),
    [
        ("projects", []),
        ("projects", ["projects-id-repeated"]),
        ("projects", ["projects-name-of-another"]),
        ("projects", ["projects-name-max-1023", "projects-id-repeated"]),
        ("trackers", ["trackers-again-500"]),
        ("consent-types", ["consent-types-category-newline", "consent-types-id-repeated"]),
    ],
)
def test_merged_shards_are_the_run_in_one_piece(
    operation: str, faults: list[str], of: int, tmp_path: Path
) -> None:
    def mock() -> Service:
        return service(BUNDLED, faults)

    one = recorded(operation, mock(), tmp_path / "whole")
    runs = sharded(operation, mock, of, tmp_path)
    joined = merged(runs[::-1], tmp_path / "merged")
    assert summary(joined) == summary(one)
    assert frame(joined) == frame(one)
    assert lines([joined]).items() <= lines(runs).items()
    assert len(json.loads(summary(one))["findings"]) == len(faults)
