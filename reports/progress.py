"""A progress bar on the terminal's standard error; nothing at all anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol, TextIO

_STEP: Final = 20  # cases between two updates: drawing must not slow the sending


class Show(Protocol):
    """Takes the cases done, those with violations, and what is waited for while nothing is done."""

    def __call__(self, done: int, violating: int, waits: str = "") -> None:
        """Draw that, now and then; at once where something is waited for."""


def show_nothing(done: int, violating: int, waits: str = "") -> None:
    """Stand in for the bar where there is none."""


@contextmanager
def progress(stream: TextIO, total: int) -> Iterator[Show]:
    """Yield what shows how far a run is; silent where `stream` is no terminal."""
    if not stream.isatty():
        yield show_nothing
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("", total=total)

        shown = ""

        def show(done: int, violating: int, waits: str = "") -> None:
            nonlocal shown
            if done % _STEP == 0 or done == total or waits != shown:
                shown = waits
                found = f"{violating} against the contract" if violating else ""
                bar.update(task, completed=done, description=", ".join(filter(None, (found, waits))))

        yield show
