"""Where a run's own time goes before the first request: CPU seconds of each phase, one after the other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Final

from effort import Effort
from table import Row, Section

_PHASES: Final = ("import the command", "read documents", "plan, with the run's mark", "import what sends")


def measured(effort: Effort) -> Section:
    """Go through the phases in a process of their own, in this process alone: no copy helps to plan."""
    with tempfile.TemporaryDirectory() as memory:
        _once(effort, memory)  # fills the memory; not counted
        cold = [_once(effort, "") for _ in range(effort.turns)]
        warm = [_once(effort, memory) for _ in range(effort.turns)]
    rows = tuple(
        Row("" if number else name, phase, tuple(turn[number] for turn in turns), "{:.3f}")
        for name, turns in (("conformance run, first time", cold), ("conformance run, again", warm))
        for number, phase in enumerate(_PHASES)
    )
    return Section("Before the first request, CPU s", rows)


def _once(effort: Effort, memory: str) -> list[float]:
    command = [sys.executable, __file__, *map(str, effort.documents)]
    environment = {**os.environ, "CONFORMANCE_CACHE": memory}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    return list(json.loads(done.stdout))


def _go(paths: list[Path]) -> list[float]:
    """Return the CPU seconds of each phase, the interpreter's start being part of the first."""
    times = [0.0]
    import_module("conformance.cli.entry")
    import_module("conformance.cli.run")
    import_module("conformance.session.running")
    times.append(process_time())
    from conformance.session.loading import documents_id, load_operations

    operations = load_operations(paths)
    times.append(process_time())
    from conformance.planning.mark import mark_of
    from conformance.planning.plan import plan
    from conformance.witness_cache import default_cache
    from conformance_strategies import VALUES

    plan(operations, VALUES, memory=default_cache(), mark=mark_of(documents_id(operations)))
    times.append(process_time())
    from conformance.session.running import import_what_sends

    import_what_sends()
    times.append(process_time())
    return [after - before for before, after in pairwise(times)]


if __name__ == "__main__":
    print(json.dumps(_go([Path(argument) for argument in sys.argv[1:]])))
