from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from conformance.case import Case, Exchange, Intent, Request
from conformance.errors import LimitReachedError, UsageError
from conformance.judging.judgement import Judgement, Violation
from conformance.judging.verdict import Verdict
from conformance.planning.plan import Plan
from conformance.rules import RESPONSE_SCHEMA, VALID_REJECTED
from conformance.running.runner import (
    ANSWER_KEPT,
    INTERRUPTED,
    CaseJudged,
    Event,
    RunFinished,
    RunStarted,
    run,
)
from conformance.sending.target import Secret, Target


def plan(number: int) -> Plan:
    cases = tuple(
        Case(f"c{n}", "op", Intent.VALID, "t", Request("GET", "/"), ("200",), (), VALID_REJECTED)
        for n in range(number)
    )
    return Plan((), (), cases, {})


@dataclass
class Fake:
    """A sender whose answers a test writes."""

    answer: Callable[[Case], Awaitable[Exchange]]
    target: Target

    async def send(self, case: Case) -> Exchange:
        """Return the test's answer."""
        return await self.answer(case)


class Agreeable:
    """A judge that passes whatever has a status."""

    def judge(self, case: Case, exchange: Exchange) -> Judgement:
        """Pass every answer."""
        return Judgement(case.id, Verdict.PASSED if exchange.status else Verdict.ERRORED)


def fake(answer: Callable[[Case], Awaitable[Exchange]], concurrency: int = 4) -> Fake:
    return Fake(answer, Target("http://h", key=Secret("hunter2"), concurrency=concurrency))


async def ok(case: Case) -> Exchange:
    return Exchange(case.id, 200)


def ids(events: list[Event]) -> list[str]:
    return [event.case.id for event in events if isinstance(event, CaseJudged)]


def test_events_come_in_plan_order_whatever_answers_first() -> None:
    async def go() -> list[Event]:
        events: list[Event] = []
        last = asyncio.Event()

        async def answer(case: Case) -> Exchange:
            if case.id == "c0":
                await last.wait()
            if case.id == "c9":
                last.set()
            return Exchange(case.id, 200)

        finished = await run(plan(10), fake(answer), Agreeable(), events.append)
        assert (finished.complete, finished.judged, finished.stopped) == (True, 10, "")
        return events

    events = asyncio.run(go())
    assert events[0] == RunStarted(10)
    assert ids(events) == [f"c{n}" for n in range(10)]
    assert isinstance(events[-1], RunFinished)


def test_no_more_cases_are_under_way_than_the_concurrency() -> None:
    under_way, most = 0, 0

    async def answer(case: Case) -> Exchange:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return Exchange(case.id, 200)

    asyncio.run(run(plan(50), fake(answer, 3), Agreeable(), lambda _: None))
    assert most == 3


@pytest.mark.parametrize(
    ("size", "log"),
    [
        (ANSWER_KEPT, ["send c0", "send c1", "judge c0", "send c2", "judge c1", "judge c2"]),
        (ANSWER_KEPT + 1, ["send c0", "judge c0", "send c1", "judge c1", "send c2", "judge c2"]),
    ],
)
def test_the_next_request_leaves_before_an_answer_is_judged_that_is_not_too_large_to_wait(
    size: int, log: list[str]
) -> None:
    seen: list[str] = []

    async def answer(case: Case) -> Exchange:
        seen.append(f"send {case.id}")
        await asyncio.sleep(0)
        return Exchange(case.id, 200, body=bytes(size))

    class Judge(Agreeable):
        def judge(self, case: Case, exchange: Exchange) -> Judgement:
            seen.append(f"judge {case.id}")
            return super().judge(case, exchange)

    asyncio.run(run(plan(3), fake(answer, 1), Judge(), lambda _: None))
    assert seen == log


def test_a_known_exchange_is_judged_and_not_sent() -> None:
    sent: list[str] = []

    async def answer(case: Case) -> Exchange:
        sent.append(case.id)
        return Exchange(case.id, 200)

    events: list[Event] = []
    asyncio.run(run(plan(3), fake(answer), Agreeable(), events.append, {"c1": Exchange("c1", 200)}))
    assert sent == ["c0", "c2"]
    assert ids(events) == ["c0", "c1", "c2"]


def test_a_target_that_stops_answering_ends_the_run_as_incomplete() -> None:
    async def answer(case: Case) -> Exchange:
        return Exchange(case.id, 200) if case.id < "c3" else Exchange(case.id, 0, failure="refused hunter2")

    events: list[Event] = []
    finished = asyncio.run(run(plan(900), fake(answer, 1), Agreeable(), events.append))
    assert not finished.complete
    assert finished.stopped == "the target stopped answering (20 times in a row: refused ***)"
    assert finished.judged == len(ids(events)) < 900


def test_a_limit_ends_the_run_in_order_and_what_was_sent_before_it_is_judged() -> None:
    async def answer(case: Case) -> Exchange:
        if case.id == "c3":
            raise LimitReachedError("--max-requests 3 is reached")
        return Exchange(case.id, 200)

    events: list[Event] = []
    known = {"c1": Exchange("c1", 200), "c8": Exchange("c8", 200)}
    finished = asyncio.run(run(plan(9), fake(answer, 1), Agreeable(), events.append, known))
    assert ids(events) == ["c0", "c1", "c2", "c8"]
    assert (finished.complete, finished.judged) == (False, 4)
    assert finished.stopped == "--max-requests 3 is reached"


def test_a_target_that_refuses_everything_for_the_pace_ends_the_run() -> None:
    async def answer(case: Case) -> Exchange:
        return Exchange(case.id, 429)

    finished = asyncio.run(run(plan(900), fake(answer, 1), Agreeable(), lambda _: None))
    assert finished.stopped == "the target stopped answering (20 times in a row: 429 at every try)"


def test_single_failures_do_not_end_the_run() -> None:
    async def answer(case: Case) -> Exchange:
        return Exchange(case.id, 200 if int(case.id[1:]) % 10 == 0 else 0)

    finished = asyncio.run(run(plan(100), fake(answer), Agreeable(), lambda _: None))
    assert finished.complete


def test_cancelled_it_tells_all_it_has_in_plan_order_and_says_incomplete() -> None:
    events: list[Event] = []

    async def go() -> None:
        some = asyncio.Event()

        async def answer(case: Case) -> Exchange:
            if case.id in ("c1", "c5"):
                if case.id == "c5":
                    some.set()
                await asyncio.Event().wait()
            return Exchange(case.id, 200)

        task = asyncio.create_task(run(plan(9), fake(answer, 2), Agreeable(), events.append))
        await some.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(go())
    assert ids(events) == ["c0", "c2", "c3", "c4"]
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.complete, finished.judged, finished.stopped) == (False, 4, INTERRUPTED)


def test_an_error_while_telling_comes_out_as_itself() -> None:
    def full(event: Event) -> None:
        if isinstance(event, CaseJudged):
            raise UsageError("the disk is full")

    with pytest.raises(UsageError, match="the disk is full"):
        asyncio.run(run(plan(9), fake(ok), Agreeable(), full))


def test_the_judge_sees_the_answer_as_it_came_and_everyone_else_sees_it_masked_and_cut() -> None:
    body = b"hunter2" + b"x" * ANSWER_KEPT
    seen: list[bytes] = []

    class Judge:
        def judge(self, case: Case, exchange: Exchange) -> Judgement:
            seen.append(exchange.body)
            violation = Violation(RESPONSE_SCHEMA, (), "answers", "no hunter2", "hunter2")
            return Judgement(case.id, Verdict.FAILED, (violation,), "hunter2 came back")

    async def echo(case: Case) -> Exchange:
        return Exchange(case.id, 200, (("x", "hunter2"),), body)

    events: list[Event] = []
    asyncio.run(run(plan(1), fake(echo), Judge(), events.append))
    (told,) = (event for event in events if isinstance(event, CaseJudged))
    assert seen == [body]
    assert told.exchange.headers == (("x", "***"),)
    assert (told.exchange.body, told.answer_bytes) == ((b"***" + body[7:])[:ANSWER_KEPT], len(body))
    assert told.judgement.reason == "*** came back"
    assert told.judgement.violations[0].expected == "no ***"
    assert told.judgement.violations[0].actual == "***"


def test_no_more_than_four_times_the_concurrency_is_sent_and_not_told() -> None:
    """What a run that is killed has sent and not written stays little, however quick the target."""
    sent, told, owed = 0, 0, 0

    async def answer(case: Case) -> Exchange:
        nonlocal sent, owed
        sent += 1
        owed = max(owed, sent - told)
        return Exchange(case.id, 200)

    def on_event(event: Event) -> None:
        nonlocal told
        told += isinstance(event, CaseJudged)

    asyncio.run(run(plan(100), fake(answer, concurrency=4), Agreeable(), on_event))
    assert (sent, told, owed) == (100, 100, 4 * 4)


@dataclass
class Failing:
    """A judge that fails for some cases."""

    cases: set[str]

    def judge(self, case: Case, exchange: Exchange) -> Judgement:
        """Pass every other answer."""
        if case.id in self.cases:
            raise ValueError(case.id)
        return Agreeable().judge(case, exchange)


@pytest.mark.parametrize("failing", [{"c5"}, {"c5", "c6"}, {f"c{n}" for n in range(5, 20)}])
def test_a_judge_that_fails_ends_the_run_with_its_first_error_and_the_end_is_told(failing: set[str]) -> None:
    events: list[Event] = []
    with pytest.raises(ValueError, match=r"^c5$"):
        asyncio.run(run(plan(20), fake(ok), Failing(failing), events.append))
    assert ids(events)[:5] == ["c0", "c1", "c2", "c3", "c4"]
    assert [(e.complete, e.judged) for e in events if isinstance(e, RunFinished)] == [
        (False, len(ids(events)))
    ]


def test_cancelled_while_the_last_answers_are_judged_it_says_incomplete() -> None:
    async def go() -> list[Event]:
        events: list[Event] = []

        def on_event(event: Event) -> None:
            events.append(event)
            if isinstance(event, CaseJudged) and event.case.id == "c5":
                running.cancel()

        running = asyncio.ensure_future(run(plan(8), fake(ok, concurrency=8), Agreeable(), on_event))
        with pytest.raises(asyncio.CancelledError):
            await running
        return events

    events = asyncio.run(go())
    assert ids(events) == [f"c{n}" for n in range(8)]
    assert isinstance(events[-1], RunFinished)
    assert (events[-1].complete, events[-1].stopped) == (False, INTERRUPTED)
