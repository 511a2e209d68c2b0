from __future__ import annotations

import io

from reports.progress import progress, show_nothing

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


def test_nothing_is_shown_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    with progress(stream, 100) as show:
        show(100, 0, WAITS)
        assert show is show_nothing
    assert stream.getvalue() == ""


def test_a_wait_is_shown_at_once_beside_what_was_found() -> None:
    last = shown((20, 1, ""), (21, 1, WAITS))
    assert "21/100" in last
    assert "1 against the contract, target asks to wait (429): 1 s" in " ".join(last.split())


def test_a_wait_that_is_over_is_shown_no_more() -> None:
    assert WAITS not in " ".join(shown((21, 0, WAITS), (22, 0, "")).split())
