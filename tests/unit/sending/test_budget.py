"""What a run may spend: requests, and time."""

from __future__ import annotations

import pytest

from conformance.errors import ExitCode, LimitReachedError, UsageError
from conformance.sending.budget import Budget, budget_of, parse_duration


def test_without_limits_everything_may_be_sent() -> None:
    budget = budget_of(None, None)
    for _ in range(3):
        budget.spend(1e9)
    assert budget == Budget(spent=3)


def test_no_request_is_paid_beyond_the_limit_and_the_error_says_what_to_do() -> None:
    budget = Budget(requests=2)
    budget.spend(0.0)
    budget.spend(0.0)
    with pytest.raises(LimitReachedError) as caught:
        budget.spend(0.0)
    assert (
        str(caught.value) == "--max-requests 2 is reached; raise it, or send less with --level or --operation"
    )
    assert (budget.spent, caught.value.exit_code) == (2, ExitCode.TARGET)


def test_nothing_is_paid_from_the_deadline_on() -> None:
    budget = Budget(deadline=10.0, max_time="10s")
    budget.spend(9.9)
    with pytest.raises(LimitReachedError, match="--max-time 10s is used up; raise it"):
        budget.spend(10.0)
    assert budget.spent == 1


def test_looking_whether_a_request_could_be_paid_costs_nothing() -> None:
    budget = Budget(requests=1)
    budget.require(0.0)
    budget.require(0.0)
    assert budget.spent == 0


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90.0), ("90s", 90.0), ("0.5s", 0.5), ("10m", 600.0), ("1.5h", 5400.0)]
)
def test_a_duration_is_seconds_minutes_or_hours(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "0", "0m", "-1s", "1d", "s", "1 m", "1e3", "inf", "nan", "٣s", "9" * 99]
)
def test_any_other_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="such as --max-time 90s, 10m or 1h"):
        parse_duration(text)
