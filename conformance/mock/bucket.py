"""A token bucket: how many requests the mock takes a second where it is asked to limit them."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic


class TokenBucket:
    """Gives `rate` tokens a second and keeps those of one second at most; full at the start.

    The same requests at the same times of `clock`, in seconds, always get the same answers.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._size = max(rate, 1.0)
        self._tokens = self._size
        self._then = clock()

    def take(self) -> float:
        """Take a token; return 0, or the seconds until there is one where there is none."""
        now = self._clock()
        self._tokens = min(self._size, self._tokens + (now - self._then) * self._rate)
        self._then = now
        if self._tokens < 1:
            return (1 - self._tokens) / self._rate
        self._tokens -= 1
        return 0.0
