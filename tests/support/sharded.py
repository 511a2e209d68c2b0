"""Runs of the bundled documents against a mock of this process, whole or in shards, kept as `run` keeps them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from conformance.case import RunLevel
from conformance.planning.plan import Plan
from conformance.planning.shard import Shard
from conformance.recording.journal import read
from conformance.recording.merge import parts_of
from conformance.session.folder import ReportFolder
from conformance.session.loading import BUNDLED, load_operations
from conformance.session.merging import merge
from conformance.session.planning import plan_of
from conformance.session.recorder import Recorder
from conformance.session.sending import send_all
from conformance.session.session import Session, part_of_session
from conformance.session.settings import Settings
from conformance_reports.model import Holds, RunReport
from tests.support.inprocess import Wire, service

SECONDS: Final = 60.0
"""What each run in one piece is said to have taken; its shards share it."""


def chosen(operation: str, level: RunLevel = RunLevel.STANDARD) -> Settings:
    """Return the choice of one of the bundled operations."""
    return Settings(globs=(operation,), level=level)


@lru_cache
def planned(choice: Settings) -> Plan:
    """Return the plan of a run, without stored failures."""
    return plan_of(load_operations(choice.specs), choice)


NONE: Final = Holds()


def wire(choice: Settings, *faults: str) -> Wire:
    """Return the way to a new mock with these faults."""
    return Wire(service(BUNDLED, faults), planned(choice).operations)


def recorded(
    choice: Settings, wire: Wire, folder: Path, shard: Shard | None = None, held: Holds = NONE
) -> Path:
    """Run the plan, or a part of it, against a mock; keep the run in the folder and return that.

    `held` is what the target is said to have held back.
    """
    settings = replace(choice, url=wire.target.url, shard=shard, report_dir=folder)
    session = part_of_session(Session(settings=settings, plan=planned(choice), target=wire.target))
    with ReportFolder(folder) as kept:
        recorder = Recorder(session, kept)
        asyncio.run(send_all(session, wire, recorder))
        recorder.held(held)
        recorder.finish(duration=SECONDS / (shard.of if shard else 1))
    return folder


def sharded(choice: Settings, wires: Callable[[], Wire], of: int, folder: Path) -> list[Path]:
    """Run all shards one after the other, each against the next mock; return their folders."""
    shards = [Shard(index, of) for index in range(1, of + 1)]
    return [recorded(choice, wires(), folder / str(shard.index), shard) for shard in shards]


def merged(runs: Sequence[Path], folder: Path | None = None) -> RunReport:
    """Merge shards as the command does."""
    return merge(parts_of([(run.name, read(run)) for run in runs]), Settings(report_dir=folder))
