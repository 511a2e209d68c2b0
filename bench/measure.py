"""Run one command to its end and say what it cost: wall and CPU seconds, peak memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

MIB: Final = 1024 * 1024
_ALONE: Final = Path(__file__).with_name("alone.py")


class CommandFailedError(Exception):
    """A measured command ended with a code that was not foreseen; holds its last lines."""

    def __init__(self, command: Sequence[str], code: int, last_words: str) -> None:
        super().__init__(command, code, last_words)
        self.command, self.code, self.last_words = command, code, last_words

    def __str__(self) -> str:
        return f"{Path(self.command[0]).name} {self.command[1]} ended with {self.code}:\n{self.last_words}"


@dataclass(frozen=True, slots=True)
class Cost:
    """What commands took: `wall` and `cpu` in seconds, `peak` in bytes, that of the largest process.

    `cpu` is user and system time of the process and of every child that it waited for; `code` is the
    highest exit code.
    """

    wall: float = 0.0
    cpu: float = 0.0
    peak: int = 0
    code: int = 0

    def __add__(self, other: Cost) -> Cost:
        """Return the cost of one after the other."""
        return Cost(
            self.wall + other.wall,
            self.cpu + other.cpu,
            max(self.peak, other.peak),
            max(self.code, other.code),
        )


def measure(command: Sequence[str], cwd: Path, env: Mapping[str, str], codes: Collection[int] = (0,)) -> Cost:
    """Run a command in `cwd` and return its cost, interpreter start included.

    Raises CommandFailedError for any exit code that is not among `codes`. POSIX only: `os.wait4` is what tells the
    usage of one child apart from that of all.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as report:
        with subprocess.Popen(
            [sys.executable, "-I", "-S", str(_ALONE), str(report.fileno()), *command],
            cwd=cwd,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(report.fileno(),),
            start_new_session=True,
        ) as child:
            try:
                child.wait()
            except BaseException:
                os.killpg(child.pid, signal.SIGKILL)  # it and the command that it waits for
                raise
        cost = _told(report)
        if cost.code not in codes:
            output.seek(0)
            tail = output.read().decode(errors="replace").strip().splitlines()[-15:]
            raise CommandFailedError(command, cost.code, "\n".join(tail))
    return cost


def _told(report: IO[bytes]) -> Cost:
    report.seek(0)
    return Cost(**json.load(report))


def peak_of(pid: int) -> int | None:
    """Return the peak memory of a running process in bytes, None where the system has no /proc."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    peaks = [int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")]
    return peaks[0] if peaks else None
