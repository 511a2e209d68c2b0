"""The pace of a run: when the next request may leave, and what a target's refusals teach about it.

Nothing here waits or reads a clock: times are seconds of one monotonic clock, brought by the caller.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from math import inf
from typing import Final

from conformance.case import Exchange

MAX_PAUSE: Final = 60.0
"""Seconds of the longest pause, whatever a target asks for."""

MAX_TRIES: Final = 5
"""So many times a request is sent that is refused for its pace each time; then that is its answer."""

_MIN_PAUSE: Final = 0.1
_MARGIN: Final = 0.8
"""The share of what passed that is taken for the pace a target bears: it may have had a burst to spare."""

_SLOWEST: Final = 1.0
"""Seconds between two requests at the slowest pace to learn: a target that bears less says how long to stay away."""

_FASTER: Final = 1.25
_PROVEN: Final = 4
"""Times as many requests as taught a pace must pass at it before a faster one is tried."""

_MAX_PROOF: Final = 400
_MAX_ASKED: Final = 10**9
_MAX_HEADER: Final = 64
_SECONDS: Final = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request refused for the pace alone; `asked` is the wait in seconds, None where the target names none."""

    status: int
    asked: float | None = None


def refusal(exchange: Exchange, wall: float) -> Refusal | None:
    """Return what the exchange says of the pace at POSIX time `wall`, None where it is an answer.

    429 always speaks of the pace (RFC 6585 §4); 503 only where it names a time to come back (RFC 9110
    §15.6.4), for a server that is broken answers 503 as well.
    """
    if exchange.status not in (429, 503):
        return None
    asked = retry_after(exchange.header("retry-after"), exchange.header("date"), wall)
    return None if exchange.status == 503 and asked is None else Refusal(exchange.status, asked)


def is_refusal(exchange: Exchange) -> bool:
    """Tell whether the exchange is no answer but a request refused for its pace."""
    return refusal(exchange, 0.0) is not None


def retry_after(value: str, date: str, wall: float) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110 §10.2.3), None for what is none.

    A date counts from the answer's own Date header, so that no clock needs to be right; from
    `wall` where that is missing.
    """
    value = value.strip()
    if len(value) > _MAX_HEADER:
        return None
    if _SECONDS.fullmatch(value):
        return float(min(int(value), _MAX_ASKED))
    until = _posix(value)
    if until is None:
        return None
    since = _posix(date)
    return min(max(until - (wall if since is None else since), 0.0), float(_MAX_ASKED))


def _posix(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text[:_MAX_HEADER])
        # the obsolete asctime form names no zone and means GMT (RFC 9110 §5.6.7)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, TypeError):
        return None


class Pace:
    """Spaces the requests of a run evenly, `rate` a second at most, and slower where the target asks for it.

    Ask `due` when the next one may leave, and tell `leave` when it does. Tell `passed` of each answer and
    `refused` of each refusal: all requests then wait, and go on at the pace that the target was seen to
    bear, the wait included. Where enough pass at that pace, a faster one is tried, never over `rate`.
    """

    def __init__(self, rate: float | None = None) -> None:
        self._least = 1 / rate if rate else 0.0
        self._interval = self._least
        self._slot = -inf
        self._held_until = -inf
        self._is_held = False
        self._is_taught = False
        self._is_raised = False
        self._since = -inf
        self._passed = 0
        self._unproven = 0
        self._proof = 0
        self._pauses = 0

    def due(self) -> float:
        """Return the time from which the next request may leave; it may lie in the past."""
        return max(self._slot, self._held_until)

    def leave(self, now: float) -> None:
        """Take the slot for a request that leaves now, at `due` or later."""
        if self._is_held or self._since == -inf:
            self._begin(now)
        self._slot = now + self._interval  # from now and not from the slot: lateness is never made up for

    def passed(self) -> None:
        """Take note that the target answered a request."""
        self._pauses = 0
        self._passed += 1
        if self._unproven and not self._is_held:
            self._unproven -= 1
            if not self._unproven:
                self._interval = max(self._interval / _FASTER, self._least)
                self._unproven = self._proof
                self._is_raised = True

    def refused(self, sent: float, now: float, refusal: Refusal, *, is_first: bool) -> float:
        """Hold all requests back; return for how many seconds.

        Only the first refusal of a request teaches a pace: one that is refused again after the wait
        it was given may not be refused for the pace at all. Nor does one that left before the last wait.
        """
        if not self._is_held:
            self._pauses += 1
        asked = 2.0 ** min(self._pauses - 1, 6) if refusal.asked is None else refusal.asked
        pause = min(max(asked, _MIN_PAUSE), MAX_PAUSE)
        self._held_until = max(self._held_until, now + pause)
        self._is_held = True
        self._is_taught |= is_first and sent >= self._since
        return pause

    def _begin(self, now: float) -> None:
        """Begin a stretch in which it is counted what passes; the one before teaches its pace."""
        if self._is_taught:
            self._interval = min(self._borne(now), max(_SLOWEST, self._least))
            self._proof = self._unproven = min(_PROVEN * max(self._passed, 1), _MAX_PROOF)
        self._since, self._passed = now, 0
        self._is_held = self._is_taught = self._is_raised = False

    def _borne(self, now: float) -> float:
        """Return the interval that the target bears: a step back from one only tried, else what passed shows."""
        if self._is_raised:
            return self._interval * _FASTER
        return max((now - self._since) / (_MARGIN * max(self._passed, 1)), self._interval)
