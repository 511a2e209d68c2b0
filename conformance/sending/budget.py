"""The budget of a run: how many requests it may send and until when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from time import monotonic
from typing import Final

from conformance.errors import LimitReachedError, UsageError

_DURATION: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([smh]?)", re.ASCII)
_SECONDS: Final = {"": 1, "s": 1, "m": 60, "h": 3600}
_ADVICE: Final = "raise it, or send less with --level or --operation"


@dataclass(slots=True)
class Budget:
    """What a run may spend, None where there is no limit; `spent` requests are gone.

    `deadline` is a time of the monotonic clock, `max_time` the text it was given as.
    """

    requests: int | None = None
    deadline: float | None = None
    max_time: str = ""
    spent: int = 0

    def require(self, at: float) -> None:
        """Raise LimitReachedError where no request may be sent at this time."""
        if self.requests is not None and self.spent >= self.requests:
            raise LimitReachedError(f"--max-requests {self.requests} is reached; {_ADVICE}")
        if self.deadline is not None and at >= self.deadline:
            raise LimitReachedError(f"--max-time {self.max_time} is used up; {_ADVICE}")

    def spend(self, now: float) -> None:
        """Count a request that is sent now. Raises LimitReachedError where it may not be."""
        self.require(now)
        self.spent += 1


def budget_of(max_requests: int | None, max_time: str | None) -> Budget:
    """Return the budget of a run that begins now. Raises UsageError for what is no duration."""
    if max_time is None:
        return Budget(max_requests)
    return Budget(max_requests, monotonic() + parse_duration(max_time), max_time)


def parse_duration(text: str) -> float:
    """Return seconds from `90`, `90s`, `10m` or `1.5h`. Raises UsageError."""
    found = _DURATION.fullmatch(text)
    seconds = float(found[1]) * _SECONDS[found[2]] if found else 0.0
    if not seconds:
        raise UsageError(f"--max-time {text!r}: give a duration, such as --max-time 90s, 10m or 1h")
    return seconds
