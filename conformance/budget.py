"""The budget of a run: how many requests it may send and until when."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.errors import LimitReachedError


@dataclass(slots=True)
class Budget:
    """What is left of `--max-requests` and `--max-time`; None where there is no such limit.

    `deadline` is a time of the clock by which `spend` is called, `seconds` what the user gave.
    """

    requests: int | None = None
    deadline: float | None = None
    seconds: float = 0.0
    spent: int = 0

    def require(self, at: float) -> None:
        """Raise LimitReachedError where no request may be sent at this time."""
        if self.requests is not None and self.spent >= self.requests:
            raise LimitReachedError(
                f"--max-requests {self.requests} is reached; "
                "raise it, or send less with --level or --operation"
            )
        if self.deadline is not None and at >= self.deadline:
            raise LimitReachedError(
                f"--max-time {self.seconds:g}s is over; raise it, or send less with --level or --operation"
            )

    def spend(self, now: float) -> None:
        """Count a request that is sent now. Raises LimitReachedError where it may not be."""
        self.require(now)
        self.spent += 1
