"""How far a run is, on standard error: a bar on a terminal, anywhere else a plain line now and then."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Final, Protocol, TextIO

EVERY: Final = 15.0
"""Seconds between two plain lines: a short run has none."""

_STEP: Final = 20  # cases between two updates: drawing must not slow the sending
_BAR: Final = 20


class Show(Protocol):
    """Takes the cases done, those with violations, and what is waited for while nothing is done."""

    def __call__(self, done: int, violating: int, waits: str = "") -> None:
        """Draw that, now and then; at once where something is waited for."""


def show_nothing(done: int, violating: int, waits: str = "") -> None:
    """Stand in for the bar where there is none."""


@contextmanager
def progress(stream: TextIO, total: int, clock: Callable[[], float] = perf_counter) -> Iterator[Show]:
    """Yield what shows how far a run of `total` cases is, its rate and the time left; `clock` counts seconds."""
    if stream.isatty() and os.environ.get("TERM") != "dumb":
        with _bar(stream, total) as show:
            yield show
    else:
        yield _lines(stream, total, clock)


@contextmanager
def _bar(stream: TextIO, total: int) -> Iterator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(_BAR),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("", total=total, rate="")
        shown = ""

        def show(done: int, violating: int, waits: str = "") -> None:
            nonlocal shown
            if done % _STEP == 0 or done == total or waits != shown:
                shown = waits
                speed = bar.tasks[task].speed
                rate = f"{speed:,.0f}/s" if speed else ""
                bar.update(task, completed=done, description=_told(violating, waits), rate=rate)

        yield show


def _lines(stream: TextIO, total: int, clock: Callable[[], float]) -> Show:
    started = last = clock()

    def show(done: int, violating: int, waits: str = "") -> None:
        nonlocal last
        now = clock()
        if now - last < EVERY or not done:
            return
        last, rate = now, done / (now - started)
        left = f"{rate:,.1f}/s, about {(total - done) / rate:,.0f} s left"
        parts = (f"{done:,} of {total:,} cases", left, _told(violating, waits))
        stream.write(", ".join(filter(None, parts)) + "\n")
        stream.flush()

    return show


def _told(violating: int, waits: str) -> str:
    found = f"{violating} against the contract" if violating else ""
    return ", ".join(filter(None, (found, waits)))
