"""The run loop: every case sent once, judged, and told in plan order; stopped early, it says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from conformance.case import Case, Exchange
from conformance.errors import LimitReachedError
from conformance.sending.pace import is_refusal
from conformance.sending.target import Target, redact_exchange, redactor

if TYPE_CHECKING:
    from conformance.judging.judgement import Judgement
    from conformance.planning.plan import Plan

_WINDOW: Final = 4096
"""Cases that may be under way or wait for judgement or an earlier one; bounds the memory of a slow head."""

ANSWER_KEPT: Final = 64 * 1024
"""Bytes of an answer's body that outlive its judgement."""

_UNJUDGED: Final = 4
"""Times the concurrency: so many cases may be under way or answered and not judged, lest a run that dies owe much."""

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

_Answer: TypeAlias = tuple[int, Case, Exchange]

INTERRUPTED: Final = "interrupted"


@dataclass(slots=True)
class _Run:
    """What the workers of a run and its judging share: the next case, the answers that wait, what was told."""

    sender: Sends
    judge: Judges
    on_event: Callable[[Event], None]
    known: Mapping[str, Exchange]
    cases: Iterator[tuple[int, Case]]
    redact: Callable[[str], str]
    room: asyncio.Semaphore
    window: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_WINDOW))
    answers: asyncio.Queue[_Answer] = field(default_factory=asyncio.Queue)
    waiting: dict[int, CaseJudged] = field(default_factory=dict)
    told: int = 0
    failures: int = 0
    stopped: str = ""

    async def work(self) -> None:
        """Send until no case is left or the run is stopped; judge and tell what came back by then."""
        workers = self.sender.target.concurrency
        try:
            async with asyncio.TaskGroup() as group:
                judging = group.create_task(self._judge())
                await asyncio.wait([group.create_task(self._send()) for _ in range(workers)])
                await self.answers.join()
                judging.cancel()
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None  # one full disk, told by many workers, is one error
        for index, case in self.cases:  # what is left where the run was stopped
            if case.id in self.known:
                self._take(index, case, self.known[case.id])

    async def _send(self) -> None:
        while not self.stopped:
            await self.window.acquire()
            await self.room.acquire()
            index, case = next(self.cases, (-1, None))
            if case is None:
                self._leave()
                return
            try:
                exchange = self.known.get(case.id) or await self.sender.send(case)
            except LimitReachedError as limit:
                self.stopped = str(limit)
                self._leave()  # whoever waits behind this case must hear of it
                return
            self._watch(exchange)
            if len(exchange.body) > ANSWER_KEPT:
                self._take(index, case, exchange)  # too large to wait
                self.room.release()
            else:
                self.answers.put_nowait((index, case, exchange))

    async def _judge(self) -> None:
        """Judge an answer in each turn of the loop: those that came meanwhile have their next request sent first.

        So a target need not wait for our judgement, and while it takes long over one request, we judge.
        """
        while True:
            answer = await self.answers.get()
            self._take(*answer)
            self.room.release()
            self.answers.task_done()
            await asyncio.sleep(0)

    def _leave(self) -> None:
        self.window.release()
        self.room.release()

    def _take(self, index: int, case: Case, exchange: Exchange) -> None:
        kept, judgement = judge_exchange(case, exchange, self.judge, self.redact)
        self.waiting[index] = CaseJudged(index, case, kept, judgement, len(exchange.body))
        while (event := self.waiting.pop(self.told, None)) is not None:
            self.told += 1
            self.window.release()
            self.on_event(event)

    def _watch(self, exchange: Exchange) -> None:
        refused = is_refusal(exchange)
        self.failures = 0 if exchange.status and not refused else self.failures + 1
        if not self.stopped and self.failures >= max(_FAILURES, 2 * self.sender.target.concurrency):
            failure = f"{exchange.status} at every try" if refused else self.redact(exchange.failure)
            self.stopped = f"the target stopped answering ({self.failures} times in a row: {failure})"

    def tell_rest(self) -> None:
        """Judge and tell what is left, beyond a gap too, still in plan order: a run cut short shows all it saw."""
        while not self.answers.empty():
            with suppress(Exception):  # the run ends for another reason already, or for this one
                self._take(*self.answers.get_nowait())
        for index in sorted(self.waiting):
            self.told += 1
            self.on_event(self.waiting.pop(index))


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
    room = asyncio.Semaphore(_UNJUDGED * sender.target.concurrency)
    cases = iter(enumerate(plan.cases))
    state = _Run(sender, judge, on_event, known or {}, cases, redactor(sender.target), room)
    started = perf_counter()
    on_event(RunStarted(len(plan.cases)))
    try:
        await state.work()
    except asyncio.CancelledError:
        state.stopped = INTERRUPTED
        raise
    finally:
        try:
            state.tell_rest()
        finally:
            complete = state.told == len(plan.cases) and not state.stopped
            finished = RunFinished(complete, state.told, perf_counter() - started, state.stopped)
            on_event(finished)
    return finished


def judge_exchange(
    case: Case, exchange: Exchange, judge: Judges, redact: Callable[[str], str]
) -> tuple[Exchange, Judgement]:
    """Judge an exchange as it came; return both masked, and the body cut, before anyone else sees them."""
    judgement = _redact_judgement(judge.judge(case, exchange), redact)
    kept = redact_exchange(exchange, redact)
    if len(kept.body) > ANSWER_KEPT:
        kept = replace(kept, body=kept.body[:ANSWER_KEPT])
    return kept, judgement


def _redact_judgement(judgement: Judgement, redact: Callable[[str], str]) -> Judgement:
    told = (text for violation in judgement.violations for text in (violation.expected, violation.actual))
    if all(redact(text) == text for text in (judgement.reason, *(judgement.created or ()), *told)):
        return judgement  # echoes are rare
    violations = tuple(
        replace(violation, expected=redact(violation.expected), actual=redact(violation.actual))
        for violation in judgement.violations
    )
    created = judgement.created and tuple(map(redact, judgement.created))
    return replace(judgement, violations=violations, reason=redact(judgement.reason), created=created)
