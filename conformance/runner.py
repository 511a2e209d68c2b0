"""The run loop: every case sent once, judged, and told in plan order; stopped early, it says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from conformance.case import Case, Exchange
from conformance.errors import LimitReachedError
from conformance.pace import is_refusal
from conformance.target import Target, redact_exchange, redactor

if TYPE_CHECKING:
    from conformance.checks import Judgement
    from conformance.plan import Plan

_WINDOW: Final = 4096
"""Cases that may be under way or waiting for an earlier one; bounds the memory of a slow head."""

ANSWER_KEPT: Final = 64 * 1024
"""Bytes of an answer's body that outlive its judgement."""

_FAILURES: Final = 20
"""Cases in a row without an answer after which a target counts as gone."""


class Sends(Protocol):
    """What the runner needs of a sender."""

    @property
    def target(self) -> Target:
        """The target that cases go to."""
        ...

    async def send(self, case: Case) -> Exchange:
        """Return what came back; a failure is an Exchange too. Raises LimitReachedError where none may be sent."""
        ...


class Judges(Protocol):
    """What the runner needs of a judge."""

    def judge(self, case: Case, exchange: Exchange) -> Judgement:
        """Return the verdict on one exchange."""
        ...


@dataclass(frozen=True, slots=True)
class RunStarted:
    """Sending begins; `cases` is how many there are."""

    cases: int


@dataclass(frozen=True, slots=True)
class CaseJudged:
    """One case is decided; these come in plan order. Secrets are masked here already.

    The exchange's body is cut to ANSWER_KEPT; `answer_bytes` is how long it was.
    """

    index: int
    case: Case
    exchange: Exchange
    judgement: Judgement
    answer_bytes: int


@dataclass(frozen=True, slots=True)
class CaseRetried:
    """A case that a finding rests on, sent a second time; after all cases. Masked and cut like CaseJudged."""

    case: Case
    exchange: Exchange
    judgement: Judgement
    answer_bytes: int


@dataclass(frozen=True, slots=True)
class RunFinished:
    """Sending ended after `duration` seconds; where not `complete`, `stopped` says why in one line."""

    complete: bool
    judged: int
    duration: float
    stopped: str = ""


Event: TypeAlias = RunStarted | CaseJudged | CaseRetried | RunFinished

INTERRUPTED: Final = "interrupted"


@dataclass(slots=True)
class _Progress:
    """What the workers share: the next case, the judged ones that wait, the failures in a row."""

    cases: Iterator[tuple[int, Case]]
    window: asyncio.Semaphore
    waiting: dict[int, CaseJudged] = field(default_factory=dict)
    told: int = 0
    failures: int = 0
    stopped: str = ""


async def run(
    plan: Plan,
    sender: Sends,
    judge: Judges,
    on_event: Callable[[Event], None],
    known: Mapping[str, Exchange] | None = None,
) -> RunFinished:
    """Send every case of the plan but those whose exchange is `known`, judge all, tell `on_event`.

    Cancelled (Ctrl-C under `asyncio.run`), it tells what is judged so far and an incomplete
    RunFinished, then lets the cancellation go on. A target that stops answering ends it too, and so
    does a limit that the user set.
    """
    state = _Progress(iter(enumerate(plan.cases)), asyncio.Semaphore(_WINDOW))
    started = perf_counter()
    on_event(RunStarted(len(plan.cases)))
    try:
        await _work(state, sender, judge, on_event, known or {})
    except asyncio.CancelledError:
        state.stopped = INTERRUPTED
        raise
    finally:
        _tell_rest(state, on_event)
        complete = state.told == len(plan.cases) and not state.stopped
        finished = RunFinished(complete, state.told, perf_counter() - started, state.stopped)
        on_event(finished)
    return finished


async def _work(
    state: _Progress,
    sender: Sends,
    judge: Judges,
    on_event: Callable[[Event], None],
    known: Mapping[str, Exchange],
) -> None:
    redact = redactor(sender.target)

    def take(index: int, case: Case, exchange: Exchange) -> None:
        kept, judgement = settle(case, exchange, judge, redact)
        state.waiting[index] = CaseJudged(index, case, kept, judgement, len(exchange.body))
        _tell_prefix(state, on_event)

    async def worker() -> None:
        while not state.stopped:
            await state.window.acquire()
            index, case = next(state.cases, (-1, None))
            if case is None:
                state.window.release()
                return
            try:
                exchange = known.get(case.id) or await sender.send(case)
            except LimitReachedError as limit:
                state.stopped = str(limit)
                state.window.release()  # whoever waits behind this case must hear of it
                return
            _watch(state, redact, exchange, 2 * sender.target.concurrency)
            take(index, case, exchange)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(sender.target.concurrency):
                group.create_task(worker())
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None  # one full disk, told by many workers, is one error
    for index, case in state.cases:  # what is left where the run was stopped
        if case.id in known:
            take(index, case, known[case.id])


def settle(
    case: Case, exchange: Exchange, judge: Judges, redact: Callable[[str], str]
) -> tuple[Exchange, Judgement]:
    """Judge an exchange as it came; return both masked, and the body cut, before anyone else sees them."""
    judgement = _redact_judgement(judge.judge(case, exchange), redact)
    kept = redact_exchange(exchange, redact)
    if len(kept.body) > ANSWER_KEPT:
        kept = replace(kept, body=kept.body[:ANSWER_KEPT])
    return kept, judgement


def _watch(state: _Progress, redact: Callable[[str], str], exchange: Exchange, workers: int) -> None:
    refused = is_refusal(exchange)
    state.failures = 0 if exchange.status and not refused else state.failures + 1
    if not state.stopped and state.failures >= max(_FAILURES, workers):
        failure = f"{exchange.status} at every try" if refused else redact(exchange.failure)
        state.stopped = f"the target stopped answering ({state.failures} times in a row: {failure})"


def _tell_prefix(state: _Progress, on_event: Callable[[Event], None]) -> None:
    while (event := state.waiting.pop(state.told, None)) is not None:
        state.told += 1
        state.window.release()
        on_event(event)


def _tell_rest(state: _Progress, on_event: Callable[[Event], None]) -> None:
    """Tell what lies beyond a gap, still in plan order: a run cut short shows all it saw."""
    for index in sorted(state.waiting):
        state.told += 1
        on_event(state.waiting.pop(index))


def _redact_judgement(judgement: Judgement, redact: Callable[[str], str]) -> Judgement:
    if not judgement.violations and not judgement.reason and not judgement.created:
        return judgement
    violations = tuple(
        replace(violation, expected=redact(violation.expected), actual=redact(violation.actual))
        for violation in judgement.violations
    )
    created = judgement.created and tuple(map(redact, judgement.created))
    return replace(judgement, violations=violations, reason=redact(judgement.reason), created=created)
