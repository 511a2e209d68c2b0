"""Work spread over two processes gives what it gives in one, whatever happens to the copy."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Final

import pytest

from conformance.planning.plan import plan
from conformance.planning.spread import in_turn, side_by_side
from conformance.session.loading import load_operations
from conformance_strategies import VALUES

COUNT = 200
TASKS: Final = Path("/proc/self/task")


def test_results_come_in_order() -> None:
    assert side_by_side(lambda number: number * number, COUNT) == in_turn(
        lambda number: number * number, COUNT
    )


def test_a_plan_is_the_same_to_the_byte() -> None:
    operations = load_operations(())[2:]
    assert plan(operations, VALUES, spread=side_by_side) == plan(operations, VALUES)


def test_the_first_failure_is_told() -> None:
    """Whoever meets it, and whatever else fails."""

    def make(number: int) -> int:
        if number > 5:
            raise ValueError(number)
        return number

    with pytest.raises(ValueError, match=r"^6$"):
        side_by_side(make, COUNT)


def test_what_a_killed_copy_leaves_undone_is_made_here() -> None:
    here = os.getpid()

    def make(number: int) -> int:
        if os.getpid() != here and number > COUNT // 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    assert side_by_side(make, COUNT) == list(range(COUNT))


def test_no_copy_is_made_beside_other_threads() -> None:
    """A lock that another thread holds would stay locked in the copy for ever."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert set(side_by_side(lambda _: os.getpid(), COUNT)) == {os.getpid()}
    finally:
        done.set()
        thread.join()


def children() -> set[str]:
    """Return the processes that this one has started and that have not been waited for."""
    return {child for task in TASKS.iterdir() for child in (task / "children").read_text().split()}


@pytest.mark.skipif(not TASKS.is_dir(), reason="needs /proc")
def test_no_copy_is_left_behind() -> None:
    """Interrupted, the work ends in both processes."""
    here = os.getpid()

    def make(number: int) -> int:
        if os.getpid() == here:
            raise KeyboardInterrupt
        return threading.Event().wait() or number

    before = children()
    with pytest.raises(KeyboardInterrupt):
        side_by_side(make, 2)
    assert children() == before
