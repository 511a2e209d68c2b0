from __future__ import annotations

import io
import re
from collections.abc import Iterable

import pytest

from conformance_reports.progress import EVERY, progress

WAITS = "target asks to wait (429): 1 s"


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


def shown(*steps: tuple[int, int, str]) -> str:
    """Return what a terminal has to show once the steps of 100 are done."""
    stream = Terminal()
    with progress(stream, 100) as show:
        for done, violating, waits in steps:
            show(done, violating, waits)
    return stream.getvalue()


def lines(
    times: Iterable[float], *steps: tuple[int, int, str], stream: io.StringIO | None = None
) -> list[str]:
    """Return what is written of 100 cases where there is no terminal, each step at its time after the start."""
    stream, clock = stream or io.StringIO(), iter((0.0, *times))
    with progress(stream, 100, lambda: next(clock)) as show:
        for done, violating, waits in steps:
            show(done, violating, waits)
    return stream.getvalue().splitlines()


def test_nothing_is_shown_of_a_short_run_where_there_is_no_terminal() -> None:
    assert lines((1, EVERY - 1), (50, 0, WAITS), (100, 0, "")) == []


def test_a_long_run_is_told_in_plain_lines_now_and_then() -> None:
    times = (EVERY, EVERY + 1, 2 * EVERY)
    assert lines(times, (30, 0, ""), (31, 0, ""), (60, 2, WAITS)) == [
        "30 of 100 cases, 2.0/s, about 35 s left",
        f"60 of 100 cases, 2.0/s, about 20 s left, 2 against the contract, {WAITS}",
    ]


def test_a_run_in_which_nothing_is_done_yet_has_no_rate() -> None:
    assert lines((EVERY,), (0, 0, WAITS)) == []


def test_a_terminal_that_can_do_nothing_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert lines((EVERY,), (30, 0, ""), stream=Terminal()) == ["30 of 100 cases, 2.0/s, about 35 s left"]


def test_a_wait_is_shown_at_once_beside_what_was_found() -> None:
    last = shown((20, 1, ""), (21, 1, WAITS))
    assert "21/100" in last
    assert "1 against the contract, target asks to wait (429): 1 s" in " ".join(last.split())


def test_a_wait_that_is_over_is_shown_no_more() -> None:
    assert WAITS not in " ".join(shown((21, 0, WAITS), (22, 0, "")).split())


def test_the_bar_shows_rate_and_time_left_within_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    drawn = shown(*((done, 3, "") for done in range(20, 100, 20)))
    last = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn).replace("\r", "\n").strip().splitlines()[-1]
    assert re.search(r" 80/100 [\d,]+/s \d:\d\d:\d\d 3 against the contract", last)
    assert len(last) <= 80


@pytest.mark.parametrize("colour", [True, False])
def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch, *, colour: bool) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if not colour:
        monkeypatch.setenv("NO_COLOR", "1")
    is_coloured = re.search(r"\x1b\[[0-9;]*3[0-9][0-9;]*m", shown((40, 0, ""))) is not None
    assert is_coloured is colour
