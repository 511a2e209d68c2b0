"""The engine called from pytest: a process of its own, so that nothing of ours is imported beside the user's code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from typing import Any, Final

from conformance.errors import ConformanceError, ExitCode, TargetError, UsageError
from conformance.installation import python_path
from conformance.suite.asked import Asked

_ERRORS: Final[dict[int, type[ConformanceError]]] = {ExitCode.USAGE: UsageError, ExitCode.TARGET: TargetError}


def call(asked: Asked, do: str, **more: object) -> dict[str, Any]:
    """Return the engine's answer to a job. Raises ConformanceError in its words where it has none."""
    job = {"do": do, "asked": asdict(asked), **more}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "conformance.suite.engine"],
        input=json.dumps(job),  # secrets go this way alone
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": python_path(), "PYTHONUTF8": "1"},
    )
    if done.returncode == ExitCode.CONFORMS:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    lines = done.stderr.strip().splitlines() or [f"the engine ended with code {done.returncode}"]
    raise _ERRORS.get(done.returncode, ConformanceError)(lines[-1].removeprefix("Error: "))
