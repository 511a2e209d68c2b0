"""A slow target: the wall time of a run against the bound that latency and concurrency set."""

from __future__ import annotations

import json
import math
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from contenders import KEY_VARIABLE, command_of
from effort import Effort
from measure import measure
from table import Limit, Row, Section

from conformance.cli.loading import BUNDLED
from conformance.mock.process import start_mock

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
    """Run ours, with what it found before, against a mock that keeps everyone waiting."""
    walls, sendings, bounds = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        memory, out = Path(folder) / "memory", Path(folder) / "out"
        _run(effort, memory, out)  # fills the memory; not counted
        for number in range(effort.turns):
            print(f"slow target {number + 1} of {effort.turns}", file=sys.stderr)
            wall = _run(effort, memory, out)
            told = json.loads((out / "summary.json").read_text())
            walls.append(wall)
            sendings.append(told["duration_s"])
            bounds.append(math.ceil(told["requests"] / _CONCURRENCY) * _DELAY_MS / 1000)
    rows = (
        Row("bound", "s", tuple(bounds)),
        Row("conformance run, again", "wall s", tuple(walls)),
        Row("", "s after planning", tuple(sendings)),
        Row("ratio", "wall to bound", tuple(a / b for a, b in zip(walls, bounds, strict=True))),
        Row("", "after planning to bound", tuple(a / b for a, b in zip(sendings, bounds, strict=True))),
    )
    limit = Limit("wall s to the bound", rows[3].median, _MAX_RATIO)
    return Section(f"A slow target, {_DELAY_MS} ms an answer, {_CONCURRENCY} at once", rows, (limit,))


def _run(effort: Effort, memory: Path, out: Path) -> float:
    with tempfile.TemporaryDirectory() as folder:
        for document in effort.documents:
            shutil.copy(document, folder)
        (Path(folder) / "faults.toml").write_text(_FAULT)
        behaviour = BUNDLED / "behaviour.py"
        with start_mock((Path(folder),), ("slow",), behaviour=behaviour, checked=True) as mock:
            command = command_of(mock.url, mock.path_params, effort.documents)
            command += ["--concurrency", str(_CONCURRENCY), "--report-dir", str(out)]
            environment = {KEY_VARIABLE: mock.api_key, "CONFORMANCE_CACHE": str(memory)}
            return measure(command, Path(folder), environment).wall
