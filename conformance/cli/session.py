"""One `conformance run` from options to exit code: mock and plan side by side, then sending, then reports."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.budget import Budget
from conformance.case import RunLevel
from conformance.cli.accepting import Accepting
from conformance.cli.exploring import Exploration, explore, replaying
from conformance.cli.folder import ReportFolder
from conformance.cli.loading import documents_id, load_operations, make_plan, mock_target
from conformance.cli.outputs import Output, claim_outputs, shows_cases, tell
from conformance.cli.recording import Recorder, Setting
from conformance.errors import ConformanceError, ExitCode, LimitReachedError
from conformance.mark import mark_of
from conformance.production import refuse_production
from conformance.rules import FindingLevel
from conformance.runner import INTERRUPTED
from conformance.selection import select, unmatched
from conformance.settings import Choice
from conformance.shard import Shard, before, cut, description, terms
from conformance.target import Target, redactor, require_path_params

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from conformance.case import Case, Exchange
    from conformance.mock.process import MockServer
    from conformance.operation import Operation
    from conformance.plan import Plan
    from conformance.runner import Sends
    from conformance.sender import Manners
    from reports.model import RunReport


@dataclass(frozen=True, slots=True)
class Session:
    """What `conformance run` was asked for; a target without URL means the embedded mock.

    `run_id` is what the mark on created data is made of; where it is empty, the documents' digests are.
    Every request of the run is paid from the `budget`.
    """

    target: Target
    choice: Choice
    fail_on: FindingLevel
    folder: Path | None
    exploration: Exploration = field(default_factory=Exploration)
    outputs: tuple[Output, ...] = ()
    allow_production: bool = False
    shard: Shard | None = None
    accepting: Accepting | None = None
    run_id: str = ""
    budget: Budget = field(default_factory=Budget)


def run_session(session: Session) -> ExitCode:
    """Plan, send, judge and report; return the run's exit code.

    Raises a ConformanceError where the run could not begin; what is already known by then stands
    in the report folder.
    """
    with ExitStack() as stack:
        mock = stack.enter_context(_mock_meanwhile(session))
        operations = load_operations(session.choice.specs)
        session = replace(session, run_id=session.run_id or documents_id(operations))
        if mock is None:
            check_target(session, operations)
        folder = stack.enter_context(ReportFolder(session.folder))
        claim_outputs(session.outputs, session.folder, _sources(session, operations))
        plan = plan_of(
            operations, session.choice, session.exploration, session.run_id, meanwhile=_import_what_sends
        )
        target = session.target if mock is None else mock_target(session.target, mock.result())
        require_path_params(plan.operations, target)
        if mock is not None:
            click.echo(f"no --target: testing the embedded mock at {target.url}", err=True)
        setting = Setting(
            target, mock is not None, session.fail_on, accepting=session.accepting, run_id=session.run_id,
            keeps_cases=shows_cases(session.folder, session.outputs),
        )  # fmt: skip
        part = plan
        if session.shard is not None:
            part, setting = shard_of(plan, session.shard, session.choice, setting)
        recorder = Recorder(part, setting, folder)
        _tell_shortage(session.budget, part)
        report = _send_and_report(part, target, recorder, session, before(plan, part))
        if session.accepting:
            session.accepting.settle(report)
        return report.exit_code


def _sources(session: Session, operations: Sequence[Operation]) -> Iterator[Path]:
    """Yield the files that the run is made of: its documents and its baseline."""
    yield from dict.fromkeys(operation.document.path for operation in operations)
    if session.accepting:
        yield session.accepting.file


def _tell_shortage(budget: Budget, plan: Plan) -> None:
    """Say at once where the requests that the user allows are fewer than those that are planned."""
    if budget.requests is not None and budget.requests < len(plan.cases):
        click.echo(
            f"--max-requests {budget.requests}: {len(plan.cases)} cases are planned, so the run will be incomplete",
            err=True,
        )


def check_target(session: Session, operations: Sequence[Operation]) -> None:
    """Raise UsageError where the target lacks ids, or is not to be tested; warn of what it accepts in vain."""
    require_path_params(select(operations, session.choice.globs), session.target)
    if not session.allow_production:
        refuse_production(operations, session.target.url)
    for glob in unmatched(operations, session.target.accept):
        click.echo(f"accept {glob!r} of the target matches no operation of these documents", err=True)


def plan_of(
    operations: Sequence[Operation],
    choice: Choice,
    exploration: Exploration,
    run_id: str = "",
    meanwhile: Callable[[], object] = lambda: None,
) -> Plan:
    """Return the plan of the chosen operations with what exploration found earlier, marked by a run's id.

    `meanwhile` is called while another process plans already, where there is one.
    Raises NothingExercisedError where no case is left, DocumentError for a stored failure that can't be used.
    """
    plan = make_plan(operations, choice, meanwhile)
    if choice.level is not RunLevel.SMOKE:
        plan = replaying(plan, exploration, choice.max_body)
    if not run_id:
        return plan
    from conformance.stamp import stamped

    return stamped(plan, mark_of(run_id))


def _import_what_sends() -> None:
    """Import now what the sending phase will want: it takes a while, and as long as the copy plans it is free."""
    for name in ("stamp", "sender", "tolerance", "preflight", "flaky", "diagnosis"):
        import_module(f"conformance.{name}")


def shard_of(plan: Plan, shard: Shard, choice: Choice, setting: Setting) -> tuple[Plan, Setting]:
    """Return the part of the plan, and the setting that tells which part of what it is."""
    part = cut(plan, shard)
    agreed = {**terms(plan, choice.level, choice.globs, choice.max_body), "fail_on": setting.fail_on.value}
    told = {"shard": description(shard, plan, part, agreed), "accept": dict(setting.target.accept)}
    return part, replace(setting, shard=shard, told=told)


@contextmanager
def _mock_meanwhile(session: Session) -> Iterator[Future[MockServer] | None]:
    """Start the mock in a thread, so that planning overlaps its start; None where a target is given."""
    if session.target.url:
        yield None
        return
    from conformance.mock.process import start_mock

    starting: AbstractContextManager[MockServer] = start_mock(session.choice.specs, checked=True)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(starting.__enter__)
        try:
            yield future
        finally:
            if future.exception() is None:  # waits for a start under way: no process is left behind
                starting.__exit__(None, None, None)


def _send_and_report(
    plan: Plan, target: Target, recorder: Recorder, session: Session, setup: Plan
) -> RunReport:
    """Send all cases, then explore; whatever ends that, leave journal and reports that say so."""
    from conformance.pace import Pace
    from conformance.sender import Manners

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
    from conformance.pace import Pace
    from conformance.sender import Manners, Sender

    manners = manners or Manners(Pace(target.rate), on_hold=recorder.on_hold)

    key_headers = {operation.name: operation.key_headers for operation in plan.operations}
    async with Sender(target, key_headers, manners) as sender:
        await send_all(plan, sender, recorder, setup)


async def send_all(plan: Plan, sender: Sends, recorder: Recorder, setup: Plan | None = None) -> None:
    """Check the set-up, send every case, then those with a finding once more; the recorder is told of all.

    `setup` is the plan whose preflight is sent, where that is not the plan's own. Raises TargetError where
    the target is unreachable or misconfigured.
    """
    from conformance.flaky import retry
    from conformance.preflight import check_setup
    from conformance.runner import run
    from conformance.tolerance import TolerantJudge

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
            click.echo(f"not every finding was sent a second time: {limit}", err=True)
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
    from conformance.created import created_ids

    noted, redact = _Noted(sender), redactor(sender.target)
    told: set[str] = set()
    try:
        yield noted
        told |= {case.id for case in plan.cases}
    finally:
        operations = {operation.name: operation for operation in plan.operations}
        for case, exchange in noted.heard:
            ids = None if case.id in told else created_ids(operations[case.operation], case, exchange)
            recorder.created(case, ids and tuple(map(redact, ids)))


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's maker of event loops, None where it is not installed (it has no build for Windows)."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
