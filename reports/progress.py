"""A progress bar on the terminal's standard error; nothing at all anywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TextIO

_STEP: Final = 20  # cases between two updates: drawing must not slow the sending


@contextmanager
def progress(stream: TextIO, total: int) -> Iterator[Callable[[int, int], None]]:
    """Yield a function of cases done and cases with violations; silent where `stream` is no terminal."""
    if not stream.isatty():
        yield lambda _done, _violating: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("", total=total)

        def show(done: int, violating: int) -> None:
            if done % _STEP == 0 or done == total:
                found = f"{violating} against the contract" if violating else ""
                bar.update(task, completed=done, description=found)

        yield show
