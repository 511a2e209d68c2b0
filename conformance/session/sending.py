"""Sending a plan and telling what came of it: set-up checked, cases, second looks, exploration, reports."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from conformance.errors import ConformanceError, ExitCode, LimitReachedError
from conformance.jsonvalue import decoded
from conformance.judging.tolerance import TolerantJudge
from conformance.observing.created import created_ids
from conformance.planning.mark import mark_of
from conformance.planning.shard import Shard, before, cut, description, terms
from conformance.running.flaky import retry
from conformance.running.preflight import check_setup
from conformance.running.runner import INTERRUPTED, run
from conformance.sending.pace import Pace
from conformance.sending.sender import Manners, Sender
from conformance.sending.target import Target, redactor
from conformance.session.exploring import explore
from conformance.session.notes import note
from conformance.session.outputs import shows_cases, tell
from conformance.session.recording import Recorder, Setting

if TYPE_CHECKING:
    from conformance.case import Case, Exchange
    from conformance.planning.plan import Plan
    from conformance.running.runner import Sends
    from conformance.sending.budget import Budget
    from conformance.session.folder import ReportFolder
    from conformance.session.session import Session
    from conformance.settings import Choice
    from conformance_reports.model import RunReport


def send_and_report(plan: Plan, target: Target, session: Session, folder: ReportFolder) -> RunReport:
    """Send the plan, or the session's part of it, and write what came of it.

    Raises a ConformanceError where the run could not begin; what is known by then stands in the folder.
    """
    setting = Setting(
        target, not session.target.url, session.fail_on, accepting=session.accepting, run_id=session.run_id,
        keeps_cases=shows_cases(session.folder, session.outputs),
    )  # fmt: skip
    part = plan
    if session.shard is not None:
        part, setting = shard_of(plan, session.shard, session.choice, setting)
    recorder = Recorder(part, setting, folder)
    _tell_shortage(session.budget, part)
    return _sent(part, target, recorder, session, before(plan, part))


def _tell_shortage(budget: Budget, plan: Plan) -> None:
    """Say at once where the requests that the user allows are fewer than those that are planned."""
    if budget.requests is not None and budget.requests < len(plan.cases):
        note(
            f"--max-requests {budget.requests}: {len(plan.cases)} cases are planned, so the run will be incomplete"
        )


def shard_of(plan: Plan, shard: Shard, choice: Choice, setting: Setting) -> tuple[Plan, Setting]:
    """Return the part of the plan, and the setting that tells which part of what it is."""
    part = cut(plan, shard)
    agreed = {**terms(plan, choice.level, choice.globs, choice.max_body), "fail_on": setting.fail_on.value}
    told = {"shard": description(shard, plan, part, agreed), "accept": dict(setting.target.accept)}
    return part, replace(setting, shard=shard, told=told)


def _sent(plan: Plan, target: Target, recorder: Recorder, session: Session, setup: Plan) -> RunReport:
    """Send all cases, then explore; whatever ends that, leave journal and reports that say so."""
    manners = Manners(Pace(target.rate), session.budget, recorder.on_hold)
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(send_cases(plan, target, recorder, setup, manners))
            if recorder.is_complete:
                explore(plan, target, recorder, session.exploration, mark_of(session.run_id), runner, manners)
    except KeyboardInterrupt:
        report = recorder.finish(INTERRUPTED, ExitCode.INTERRUPTED)
    except LimitReachedError as limit:
        report = recorder.finish(str(limit))
    except ConformanceError as error:
        tell(recorder.finish(str(error), error.exit_code), session.outputs, terminal=False)
        raise
    else:
        report = recorder.finish()
    tell(report, session.outputs)
    return report


async def send_cases(
    plan: Plan,
    target: Target,
    recorder: Recorder,
    setup: Plan | None = None,
    manners: Manners | None = None,
) -> None:
    """Send a plan to a target, as `send_all` does; without `manners`, at the target's own rate."""
    manners = manners or Manners(Pace(target.rate), on_hold=recorder.on_hold)

    key_headers = {operation.name: operation.key_headers for operation in plan.operations}
    async with Sender(target, key_headers, manners) as sender:
        await send_all(plan, sender, recorder, setup)


async def send_all(plan: Plan, sender: Sends, recorder: Recorder, setup: Plan | None = None) -> None:
    """Check the set-up, send every case, then those with a finding once more; the recorder is told of all.

    `setup` is the plan whose preflight is sent, where that is not the plan's own. Raises TargetError where
    the target is unreachable or misconfigured.
    """
    judge = TolerantJudge(plan.operations, sender.target.accept)
    with recorder.watching(sys.stderr):
        with _noting(plan, sender, recorder) as noted:
            known = await check_setup(setup or plan, noted)
        finished = await run(plan, sender, judge, recorder.on_event, known)
    if finished.complete:
        findings, suspects = recorder.concluded().findings, recorder.suspects()
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


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's maker of event loops, None where it is not installed (it has no build for Windows)."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
