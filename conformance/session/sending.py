"""Sending a plan and telling what came of it: set-up checked, cases, second looks, exploration, reports."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.errors import ConformanceError, ExitCode, LimitReachedError
from conformance.jsonvalue import decoded
from conformance.judging.tolerance import TolerantJudge
from conformance.observing.created import created_ids
from conformance.running.flaky import retry
from conformance.running.preflight import check_setup
from conformance.running.runner import INTERRUPTED, run
from conformance.sending.pace import Pace
from conformance.sending.sender import Manners, Sender
from conformance.sending.target import Target, redactor
from conformance.session.exploring import explore
from conformance.session.notes import note
from conformance.session.outputs import tell
from conformance.session.recorder import Recorder

if TYPE_CHECKING:
    from conformance.case import Case, Exchange
    from conformance.planning.plan import Plan
    from conformance.running.runner import Sends
    from conformance.sending.budget import Budget
    from conformance.session.folder import ReportFolder
    from conformance.session.session import Session
    from conformance_reports.model import RunReport


def send_and_report(session: Session, folder: ReportFolder) -> RunReport:
    """Send the session's plan, and write what came of it.

    Raises a ConformanceError where the run could not begin; what is known by then stands in the folder.
    """
    recorder = Recorder(session, folder)
    _tell_shortage(session.budget, session.plan)
    outputs = session.settings.formats
    try:
        report = sent(session, recorder)
    except KeyboardInterrupt:
        report = recorder.finish(INTERRUPTED, ExitCode.INTERRUPTED)
    except ConformanceError as error:
        tell(recorder.finish(str(error), error.exit_code), outputs, terminal=False)
        raise
    tell(report, outputs)
    return report


def sent(session: Session, recorder: Recorder) -> RunReport:
    """Send all cases, then explore; however that ends, the journal and the report say so.

    Raises a ConformanceError where the run could not begin; the recorder is not finished then.
    """
    manners = Manners(Pace(session.target.rate), session.budget, recorder.on_hold)
    try:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(send_cases(session, recorder, manners))
            if recorder.is_complete:
                explore(session, recorder, runner, manners)
    except LimitReachedError as limit:
        return recorder.finish(str(limit))
    return recorder.finish()


def _tell_shortage(budget: Budget, plan: Plan) -> None:
    """Say at once where the requests that the user allows are fewer than those that are planned."""
    if budget.requests is not None and budget.requests < len(plan.cases):
        note(
            f"--max-requests {budget.requests}: {len(plan.cases)} cases are planned, so the run will be incomplete"
        )


async def send_cases(session: Session, recorder: Recorder, manners: Manners | None = None) -> None:
    """Send a session's plan to its target, as `send_all` does; without `manners`, at the target's own rate."""
    manners = manners or Manners(Pace(session.target.rate), on_hold=recorder.on_hold)
    key_headers = {operation.name: operation.key_headers for operation in session.plan.operations}
    async with Sender(session.target, key_headers, manners) as sender:
        await send_all(session, sender, recorder)


async def send_all(session: Session, sender: Sends, recorder: Recorder) -> None:
    """Check the set-up, send every case, then those with a finding once more; the recorder is told of all.

    Raises TargetError where the target is unreachable or misconfigured.
    """
    plan = session.plan
    judge = TolerantJudge(plan.operations, sender.target.accept)
    with recorder.watching(sys.stderr):
        with _noting(plan, sender, recorder) as noted:
            known = await check_setup(session.setup or plan, noted)
        finished = await run(plan, sender, judge, recorder.on_event, known)
    if finished.complete:
        findings, suspects = recorder.explanation().findings, recorder.suspects()
        try:
            await retry(plan, findings, sender, judge, recorder.on_event, suspects)
        except LimitReachedError as limit:  # every case is judged: nothing is lost but a second look
            note(f"not every finding was sent a second time: {limit}")
        recorder.covered(judge.coverage)


@dataclass(slots=True)
class _Noted:
    """A sender that keeps what came of each case."""

    sender: Sends
    heard: list[tuple[Case, Exchange]] = field(default_factory=list)

    @property
    def target(self) -> Target:
        return self.sender.target

    async def send(self, case: Case) -> Exchange:
        exchange = await self.sender.send(case)
        self.heard.append((case, exchange))
        return exchange


@contextmanager
def _noting(plan: Plan, sender: Sends, recorder: Recorder) -> Iterator[_Noted]:
    """List what the preflight creates where no case will: it ends the run, or the case is another shard's."""
    noted, redact = _Noted(sender), redactor(sender.target)
    told: set[str] = set()
    try:
        yield noted
        told |= {case.id for case in plan.cases}
    finally:
        operations = {operation.name: operation for operation in plan.operations}
        for case, exchange in noted.heard:
            if case.id not in told:
                ids = created_ids(operations[case.operation], case, exchange, decoded(exchange.body))
                recorder.created(case, ids and tuple(map(redact, ids)))


def loop_factory() -> asyncio.AbstractEventLoop:
    """Return a new event loop, of uvloop where it is installed (it has no build for Windows).

    A runner that is given a factory leaves the thread's own loop alone, which may be that of a user's tests.
    """
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
