"""Run one command to its end and say what it cost: wall and CPU seconds, peak memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

MIB: Final = 1024 * 1024
_ALONE: Final = Path(__file__).with_name("alone.py")


class CommandFailedError(Exception):
    """A measured command ended with a code that was not foreseen; holds its last lines."""

    def __init__(self, command: Sequence[str], code: int, last_words: str) -> None:
        super().__init__(command, code, last_words)
        self.command, self.code, self.last_words = command, code, last_words

    def __str__(self) -> str:
        name = " ".join([Path(self.command[0]).name, *self.command[1:2]])
        return f"{name} ended with {self.code}:\n{self.last_words}"


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

    Raises CommandFailedError for any exit code that is not among `codes`, and where the command cannot be
    started. POSIX only: `os.wait4` is what tells the
    usage of one child apart from that of all.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as report:
        with (
            subprocess.Popen(
                [sys.executable, "-I", "-S", str(_ALONE), str(report.fileno()), *command],
                cwd=cwd,
                env={**os.environ, **env},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(report.fileno(),),
                start_new_session=True,
            ) as child,
            _ending_with_us(child),
        ):
            child.wait()
        if child.returncode:  # no cost was told: the command was not started
            raise CommandFailedError(command, child.returncode, _last_words(output, 1))
        cost = _told(report)
        if cost.code not in codes:
            raise CommandFailedError(command, cost.code, _last_words(output, 15))
    return cost


def said(command: Sequence[str], cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Any:
    """Run a command and return the JSON that it prints, whatever its exit code.

    Raises CommandFailedError where it prints none.
    """
    with (
        subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as child,
        _ending_with_us(child),
    ):
        printed, last_words = child.communicate()
    try:
        return json.loads(printed)
    except ValueError as error:
        raise CommandFailedError(command, child.returncode, last_words) from error


@contextmanager
def _ending_with_us(child: subprocess.Popen[Any]) -> Iterator[None]:
    """End the child's whole group, its own children included, where the block is left early."""
    try:
        yield
    except BaseException:
        with suppress(ProcessLookupError):  # it may just have ended
            os.killpg(child.pid, signal.SIGKILL)
        raise


def _last_words(output: IO[bytes], lines: int) -> str:
    output.seek(0)
    return "\n".join(output.read().decode(errors="replace").strip().splitlines()[-lines:])


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
