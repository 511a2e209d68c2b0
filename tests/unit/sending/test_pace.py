"""The pace of a run on a clock of its own: what is spaced, what is waited for, what is learnt."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import pairwise

import pytest

from conformance.case import Exchange
from conformance.sending.pace import MAX_PAUSE, Pace, Refusal, is_refusal, refusal, retry_after

NOON = "Sun, 06 Nov 1994 12:00:00 GMT"
LATER = "Sun, 06 Nov 1994 12:00:07 GMT"
NOON_POSIX = 784_123_200.0


@pytest.mark.parametrize(
    ("value", "date", "asked"),
    [
        ("7", "", 7.0),
        (" 0 ", "", 0.0),
        ("9" * 30, "", 1e9),
        (LATER, NOON, 7.0),
        (LATER, "", 8.0),
        (LATER, "yesterday", 8.0),
        ("Sunday, 06-Nov-94 12:00:07 GMT", NOON, 7.0),
        ("Sun Nov  6 12:00:07 1994", NOON, 7.0),
        (NOON, LATER, 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", NOON, 1e9),
    ],
)
def test_retry_after_is_seconds_or_a_date_by_the_answers_own_clock(
    value: str, date: str, asked: float
) -> None:
    assert retry_after(value, date, NOON_POSIX - 1) == asked


@pytest.mark.parametrize(
    "value",
    ["", "-1", "1.5", "1e9", "٣", "soon", "0x10", "9" * 65, "Sun, 99 Nov 1994 12:00:00 GMT", "\x00"],
)  # fmt: skip
def test_anything_else_asks_for_nothing(value: str) -> None:
    assert retry_after(value, NOON, NOON_POSIX) is None


@pytest.mark.parametrize(
    ("status", "header", "found"),
    [
        (429, None, Refusal(429)),
        (429, "3", Refusal(429, 3.0)),
        (429, "soon", Refusal(429)),
        (503, "3", Refusal(503, 3.0)),
        (503, None, None),
        (503, "soon", None),
        (500, "3", None),
        (301, "3", None),
        (0, None, None),
    ],
)
def test_a_429_speaks_of_the_pace_and_a_503_only_where_it_names_a_time(
    status: int, header: str | None, found: Refusal | None
) -> None:
    exchange = Exchange("c", status, () if header is None else (("retry-after", header),))
    assert refusal(exchange, NOON_POSIX) == found
    assert is_refusal(exchange) == (found is not None)


def leaving(pace: Pace, now: float, number: int) -> list[float]:
    """Let so many requests leave as early as they may, and pass; return when each left, from `now`."""
    left = []
    for _ in range(number):
        now = max(now, pace.due())
        pace.leave(now)
        pace.passed()
        left.append(round(now, 6))
    return left


def test_without_a_rate_nothing_waits() -> None:
    assert leaving(Pace(), 5.0, 3) == [5.0, 5.0, 5.0]


def test_a_rate_spaces_requests_from_the_time_they_really_left() -> None:
    pace = Pace(10)
    assert leaving(pace, 0.0, 3) == [0.0, 0.1, 0.2]
    assert leaving(pace, 0.95, 2) == [0.95, 1.05]


@pytest.mark.parametrize(
    ("asked", "pause"), [(7.0, 7.0), (0.0, 0.1), (MAX_PAUSE, 60.0), (61.0, 60.0), (1e9, 60.0), (None, 1.0)]
)
def test_a_wait_is_as_long_as_asked_within_bounds(asked: float | None, pause: float) -> None:
    pace = Pace()
    pace.leave(0.0)
    assert pace.refused(0.0, 2.0, Refusal(429, asked), is_first=True) == pause
    assert pace.due() == 2.0 + pause


def test_the_longest_of_the_waits_asked_for_counts() -> None:
    pace = Pace()
    pace.leave(0.0)
    for asked in (3.0, 5.0, 1.0):
        pace.refused(0.0, 1.0, Refusal(429, asked), is_first=True)
    assert pace.due() == 6.0


def test_waits_that_nobody_named_double_until_something_passes() -> None:
    pace = Pace()
    pauses = []
    for _ in range(8):
        pace.leave(now := max(0.0, pace.due()))
        pauses.append(pace.refused(now, now, Refusal(429), is_first=False))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    pace.leave(now := pace.due())
    pace.passed()
    assert pace.refused(now, now, Refusal(429), is_first=True) == 1


def refused_at_once(pace: Pace, passing: int, asked: float) -> None:
    """Let so many requests pass at the start, then have one refused."""
    leaving(pace, 0.0, passing)
    pace.leave(0.0)
    pace.refused(0.0, 0.0, Refusal(429, asked), is_first=True)


def test_a_refusal_teaches_four_fifths_of_what_passed_until_it_may_go_on() -> None:
    """10 passed, and 1 second had to be waited for: 8 a second."""
    pace = Pace()
    refused_at_once(pace, 10, 1.0)
    assert leaving(pace, 0.0, 3) == [1.0, 1.125, 1.25]


def test_no_pace_is_learnt_that_is_slower_than_one_a_second() -> None:
    """Whoever bears less says how long to stay away, and is heard."""
    pace = Pace()
    refused_at_once(pace, 1, 40.0)
    assert leaving(pace, 0.0, 2) == [40.0, 41.0]


def test_what_is_learnt_is_never_faster_than_the_rate() -> None:
    pace = Pace(4)
    refused_at_once(pace, 1, 0.1)
    leaving(pace, 0.0, 100)
    last = leaving(pace, 0.0, 2)
    assert round(last[1] - last[0], 6) == 0.25


def test_a_faster_pace_is_tried_once_four_times_as_many_have_passed() -> None:
    pace = Pace()
    refused_at_once(pace, 10, 1.0)
    left = leaving(pace, 0.0, 42)
    gaps = [round(later - earlier, 3) for earlier, later in pairwise(left)]
    assert gaps == [0.125] * 40 + [0.1]


def test_where_a_faster_pace_is_refused_the_one_before_holds_for_longer() -> None:
    pace = Pace()
    refused_at_once(pace, 10, 1.0)
    left = leaving(pace, 0.0, 50)
    pace.refused(left[-1], left[-1], Refusal(429, 1.0), is_first=True)
    gaps = [round(later - earlier, 3) for earlier, later in pairwise(leaving(pace, left[-1], 202))]
    assert gaps == [0.125] * 200 + [0.1]


def test_only_the_first_refusal_of_a_request_after_the_last_wait_teaches_a_pace() -> None:
    """A server that means one request slows nobody down."""
    pace = Pace()
    leaving(pace, 0.0, 5)
    pace.refused(0.0, 0.0, Refusal(429, 1.0), is_first=False)
    assert leaving(pace, 0.0, 2) == [1.0, 1.0]
    pace.refused(0.0, 1.5, Refusal(429, 1.0), is_first=True)
    assert leaving(pace, 1.5, 2) == [2.5, 2.5]


def window(limit: int) -> Callable[[float], float]:
    """Return a target that takes so many requests in any second; it says how long to wait, 0 where it takes one."""
    taken: deque[float] = deque()

    def take(now: float) -> float:
        while taken and taken[0] <= now - 1:
            taken.popleft()
        if len(taken) >= limit:
            return 1.0
        taken.append(now)
        return 0.0

    return take


def bucket(limit: float, size: float) -> Callable[[float], float]:
    """Return a target that saves up permits, up to `size`."""
    state = [size, 0.0]

    def take(now: float) -> float:
        state[:] = [min(size, state[0] + (now - state[1]) * limit), now]
        if state[0] < 1:
            return 1.0
        state[0] -= 1
        return 0.0

    return take


@pytest.mark.parametrize(
    ("target", "seconds"),
    [
        (window(10), 125),
        (window(100), 12.5),
        (bucket(10, 10), 125),
        (bucket(10, 1), 125),
        (bucket(10, 100), 125),
    ],
    ids=["10 a second", "100 a second", "a bucket of 10", "a bucket of 1", "a bucket of 100"],
)
def test_a_limited_target_is_soon_kept_to(target: Callable[[float], float], seconds: float) -> None:
    """1,000 requests, first 16 at once: few are refused, and four fifths of what the target bears is used."""
    pace, now, refused, todo = Pace(), 0.0, 0, 1000
    while todo:
        sent = []
        while len(sent) < 16 and pace.due() <= now:
            pace.leave(now)
            sent.append((now, target(now)))
        for at, wait in sent:
            if wait:
                refused += 1
                pace.refused(at, now, Refusal(429, wait), is_first=True)
            else:
                todo -= 1
                pace.passed()
        now = max(now + 0.001, pace.due())
    assert (refused <= 20, now <= seconds) == (True, True), (refused, now)
