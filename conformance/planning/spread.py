"""Spreading: independent pieces of one job over two processes, where the machine has a core to spare."""

from __future__ import annotations

import os
import pickle
import signal
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, TypeAlias, TypeVar

T = TypeVar("T")

Spread: TypeAlias = Callable[[Callable[[int], T], int], list[T]]
"""Returns what `make` returns for 0 up to a count, in order. Raises what it raises for the first that fails."""

_TICKET: Final = struct.Struct("<I")
_MOST: Final = 4096
"""So many tickets fit into a pipe at once (pipe(7): 16 pages at least)."""

_TASKS: Final = Path("/proc/self/task")


def in_turn(make: Callable[[int], T], count: int) -> list[T]:
    """Make one after the other."""
    return [make(number) for number in range(count)]


def side_by_side(
    make: Callable[[int], T], count: int, *, first: Callable[[], object] = lambda: None
) -> list[T]:
    """Make them in this process and in a copy of it, each taking what is next; results must be picklable.

    With the copy at work, `first` is called here: something that only this process will need.
    In turn, and without it, where there is one core, or where copying is not safe: with other threads at work, or
    beyond Linux. What the copy fails to make is made here again, so that errors are the same.
    """
    if not 1 < count <= _MOST or not _is_safe():
        return in_turn(make, count)
    with tempfile.TemporaryFile() as results:
        tickets = _tickets(count)
        try:
            parent = os.getpid()
            child = os.fork()
            if not child:
                _work_and_end(make, tickets, results, parent)
            made = _own(make, tickets, child, first)
        finally:
            os.close(tickets)
        results.seek(0)
        made.update(_read(results))
    return [made[number] if number in made else make(number) for number in range(count)]


def _is_safe() -> bool:
    try:
        threads = len(list(_TASKS.iterdir()))
    except OSError:
        return False
    return threads == 1 and len(os.sched_getaffinity(0)) > 1


def _tickets(count: int) -> int:
    """Return the reading end of a pipe that holds each number once: whoever reads one has it to do."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as file:
        file.write(b"".join(map(_TICKET.pack, range(count))))
    return reader


def _taken(tickets: int) -> Iterator[int]:
    while ticket := os.read(tickets, _TICKET.size):
        yield _TICKET.unpack(ticket)[0]


def _work_and_end(make: Callable[[int], T], tickets: int, results: IO[bytes], parent: int) -> None:
    """Be the copy: leave results in the file, and never return, whatever happens; no longer than the parent lives."""
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for number in _taken(tickets):
            if os.getppid() != parent:
                break
            pickle.dump((number, make(number)), results, pickle.HIGHEST_PROTOCOL)
        results.flush()
    finally:
        os._exit(0)  # nothing that this process shares with the first may be cleaned up twice


def _own(make: Callable[[int], T], tickets: int, child: int, first: Callable[[], object]) -> dict[int, T]:
    """Return what this process makes until nothing is left or something fails, once the copy has ended."""
    made = {}
    try:
        first()
        with suppress(Exception):  # made again, in order, for its error
            for number in _taken(tickets):
                made[number] = make(number)
        os.waitpid(child, 0)
    except BaseException:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    return made


def _read(results: IO[bytes]) -> Iterator[tuple[int, T]]:
    """Yield what the copy left; a copy that was ended by force has left a part."""
    with suppress(EOFError, pickle.UnpicklingError):
        while True:
            yield pickle.load(results)  # noqa: S301 -- our own copy wrote it, into a file without a name
