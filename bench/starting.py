"""Start-up: how long `conformance --help` takes, and how long a run does until its first request is on the wire."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Final

from contenders import KEY_VARIABLE, command_of
from effort import Effort
from measure import measure
from table import Limit, Row, Section

_IDS: Final = {"organizationId": "any", "projectId": "any"}
_PATIENCE: Final = 60.0


def measured(effort: Effort) -> Section:
    """Take the time of each, one after the other."""
    command = [str(Path(sys.executable).parent / "conformance"), "--help"]
    with tempfile.TemporaryDirectory() as memory:
        _first_request(effort, memory)  # fills the memory; not counted
        helped = tuple(measure(command, Path(memory), {}).wall for _ in range(effort.turns))
        cold = tuple(_first_request(effort, "") for _ in range(effort.turns))
        warm = tuple(_first_request(effort, memory) for _ in range(effort.turns))
    rows = (
        Row("conformance --help", "wall s", helped),
        Row("conformance run, first time", "s to the first request", cold),
        Row("conformance run, again", "s to the first request", warm),
    )
    limits = (
        Limit("s of --help", rows[0].median, 0.3),
        Limit("s to the first request, first time", rows[1].median, 1.5),
        Limit("s to the first request, again", rows[2].median, 1.5),
    )
    return Section("Start-up", rows, limits)


def _first_request(effort: Effort, memory: str) -> float:
    """Return the seconds from the start of a run to the first byte that it sends; the run is ended then."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(_PATIENCE)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environment = {**os.environ, KEY_VARIABLE: "any", "CONFORMANCE_CACHE": memory}
        started = perf_counter()
        child = subprocess.Popen(
            command_of(url, _IDS, effort.documents),
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(_PATIENCE)
                connection.recv(1)
                return perf_counter() - started
        finally:
            child.kill()
            child.wait()
