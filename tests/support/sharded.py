"""Runs of the bundled documents against a mock of this process, whole or in shards, kept as `run` keeps them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from conformance.case import RunLevel
from conformance.planning.plan import Plan
from conformance.planning.shard import Shard, before
from conformance.recording.journal import read
from conformance.recording.merge import parts_of
from conformance.rules import FindingLevel
from conformance.session.exploring import Exploration
from conformance.session.folder import ReportFolder
from conformance.session.loading import BUNDLED, load_operations
from conformance.session.merging import Joining, merge
from conformance.session.planning import plan_of
from conformance.session.recording import Recorder, Setting
from conformance.session.sending import send_all, shard_of
from conformance.settings import Choice
from conformance_reports.model import Holds, RunReport
from tests.support.inprocess import Wire, service

SECONDS: Final = 60.0
"""What each run in one piece is said to have taken; its shards share it."""


def chosen(operation: str, level: RunLevel = RunLevel.STANDARD) -> Choice:
    """Return the choice of one of the bundled operations."""
    return Choice((), (operation,), level, None)


@lru_cache
def planned(choice: Choice) -> Plan:
    """Return the plan of a run, without stored failures."""
    return plan_of(load_operations(choice.specs), choice, Exploration())


NONE: Final = Holds()


def wire(choice: Choice, *faults: str) -> Wire:
    """Return the way to a new mock with these faults."""
    return Wire(service(BUNDLED, faults), planned(choice).operations)


def recorded(
    choice: Choice, wire: Wire, folder: Path, shard: Shard | None = None, held: Holds = NONE
) -> Path:
    """Run the plan, or a part of it, against a mock; keep the run in the folder and return that.

    `held` is what the target is said to have held back.
    """
    plan = planned(choice)
    part, setting = plan, Setting(wire.target, embedded=False, fail_on=FindingLevel.ERROR)
    if shard is not None:
        part, setting = shard_of(plan, shard, choice, setting)
    with ReportFolder(folder) as kept:
        recorder = Recorder(part, setting, kept)
        asyncio.run(send_all(part, wire, recorder, before(plan, part)))
        recorder.held(held)
        recorder.finish(duration=SECONDS / (shard.of if shard else 1))
    return folder


def sharded(choice: Choice, wires: Callable[[], Wire], of: int, folder: Path) -> list[Path]:
    """Run all shards one after the other, each against the next mock; return their folders."""
    shards = [Shard(index, of) for index in range(1, of + 1)]
    return [recorded(choice, wires(), folder / str(shard.index), shard) for shard in shards]


def merged(runs: Sequence[Path], folder: Path | None = None) -> RunReport:
    """Merge shards as the command does."""
    return merge(parts_of([(run.name, read(run)) for run in runs]), Joining(folder=folder))
