"""A slow target: the wall time of a run against the bound that latency and concurrency set."""

from __future__ import annotations

import asyncio
import json
import math
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Final

from contenders import KEY_VARIABLE, command_of
from effort import Effort
from measure import measure
from sending import bare
from table import Limit, Row, Section, quotients

from conformance.case import RunLevel
from conformance.mock.process import MockServer, start_mock
from conformance.planning.plan import Plan, plan
from conformance.sending.target import Target
from conformance.session.loading import BUNDLED, load_operations, mock_target
from conformance.session.sending import loop_factory
from conformance_strategies import VALUES

_DELAY_MS: Final = 50
_CONCURRENCY: Final = 16
_MAX_RATIO: Final = 1.15
_FAULT: Final = f"""
[[fault]]
name = "slow"
operation = "*"
about = "Takes {_DELAY_MS} ms for each answer."
effects = [{{ delay = {_DELAY_MS} }}]
finds = []
"""


def measured(effort: Effort) -> Section:
    """Run ours, with what it found before, and a bare client against a mock that keeps everyone waiting."""
    the_plan = plan(load_operations(effort.documents), VALUES, level=RunLevel.STANDARD)
    walls, sendings, alone, bounds = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        memory, out = Path(folder) / "memory", Path(folder) / "out"
        _run(effort, memory, out)  # fills the memory; not counted
        for number in range(effort.turns):
            print(f"slow target {number + 1} of {effort.turns}", file=sys.stderr)
            walls.append(_run(effort, memory, out))
            told = json.loads((out / "summary.json").read_text())
            sendings.append(told["duration_s"])
            bounds.append(math.ceil(told["requests"] / _CONCURRENCY) * _DELAY_MS / 1000)
            alone.append(_alone(the_plan, effort))
    rows = (
        Row("bound", "s", tuple(bounds)),
        Row("conformance run, again", "wall s", tuple(walls)),
        Row("", "s after planning", tuple(sendings)),
        Row("aiohttp alone", "s", tuple(alone)),
        quotients("ratio", "wall to bound", walls, bounds),
        quotients("", "after planning to bound", sendings, bounds),
        quotients("", "aiohttp alone to bound", alone, bounds),
    )
    limit = Limit("wall s to the bound", rows[4].median, _MAX_RATIO)
    return Section(f"A slow target, {_DELAY_MS} ms an answer, {_CONCURRENCY} at once", rows, (limit,))


@contextmanager
def _slow_mock(effort: Effort) -> Iterator[MockServer]:
    with tempfile.TemporaryDirectory() as folder:
        for document in effort.documents:
            shutil.copy(document, folder)
        (Path(folder) / "faults.toml").write_text(_FAULT)
        behaviour = BUNDLED / "behaviour.py"
        with start_mock((Path(folder),), ("slow",), behaviour=behaviour) as mock:
            yield mock


def _run(effort: Effort, memory: Path, out: Path) -> float:
    with _slow_mock(effort) as mock, tempfile.TemporaryDirectory() as folder:
        command = command_of(mock.url, mock.path_params, effort.documents)
        command += ["--concurrency", str(_CONCURRENCY), "--report-dir", str(out)]
        environment = {KEY_VARIABLE: mock.api_key, "CONFORMANCE_CACHE": str(memory)}
        return measure(command, Path(folder), environment).wall


def _alone(the_plan: Plan, effort: Effort) -> float:
    with _slow_mock(effort) as mock, asyncio.Runner(loop_factory=loop_factory) as runner:
        target = mock_target(Target(mock.url, concurrency=_CONCURRENCY), mock)
        started = perf_counter()
        runner.run(bare(the_plan, target))
        return perf_counter() - started
