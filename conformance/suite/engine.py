"""The engine: one job as JSON on stdin, its answer on stdout; plans, sends and judges as `conformance run` does."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any, Final

from conformance.cli.entry import guarded
from conformance.cli.options import MAX_CONCURRENCY
from conformance.errors import UsageError
from conformance.mock.process import MockServer
from conformance.openapi.selection import select
from conformance.planning.plan import Plan
from conformance.sending.production import refuse_production
from conformance.sending.target import require_path_params
from conformance.session.accepting import Accepting, today_utc
from conformance.session.exploring import Exploration
from conformance.session.folder import ReportFolder
from conformance.session.loading import documents_id, load_operations, mock_target
from conformance.session.planning import plan_of
from conformance.session.recording import Recorder, Setting
from conformance.settings import Settings, resolve_settings
from conformance.suite.asked import Asked, asked_of
from conformance.suite.catalogue import catalogue
from conformance.suite.outcome import outcomes
from conformance.suite.part import part_of

Job = dict[str, Any]


def main() -> int:
    """Do the job on stdin and print its answer; a failure is one line on stderr and a code."""
    job: Job = json.load(sys.stdin)
    answer = _JOBS[job["do"]](asked_of(job["asked"]), job)
    json.dump(answer, sys.stdout)
    return 0


def _settle(asked: Asked, _: Job) -> Job:
    """Say which documents are meant, and whether the mock is; the options are checked on the way.

    Production is refused here already: not every test that asks for the target is one of ours.
    """
    settings = _settings(asked)
    if settings.target.url and not settings.allow_production:
        refuse_production(load_operations(settings.choice.specs), settings.target.url)
    specs = [str(path.absolute()) for path in settings.choice.specs]
    return {"specs": specs, "is_embedded": not settings.target.url}


def _collect(asked: Asked, _: Job) -> Job:
    """List the requirements as test items."""
    return catalogue(_plan(_settings(asked), asked.run_id))


def _decide(asked: Asked, job: Job) -> Job:
    """Send what decides the wanted requirements, and say what became of each."""
    from conformance.session.sending import loop_factory, send_cases  # the other jobs need nothing of it

    settings = _settings(asked)
    target, wanted = settings.target, frozenset(job["wanted"])
    if job["mock"] is not None:
        target = mock_target(target, MockServer(**job["mock"], pid=0))
    plan = part_of(_plan(settings, asked.run_id), wanted)
    accepting = Accepting.of(settings.baseline, today_utc(), prune=False)
    setting = Setting(target, job["mock"] is not None, settings.fail_on, accepting=accepting)
    recorder = Recorder(plan, setting, ReportFolder(None))
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(send_cases(plan, target, recorder))
    return outcomes(plan, target, recorder.concluded(), recorder.finish(), wanted)


def _settings(asked: Asked) -> Settings:
    if asked.concurrency is not None and not 1 <= asked.concurrency <= MAX_CONCURRENCY:
        raise UsageError(f"--concurrency {asked.concurrency}: give a number from 1 to {MAX_CONCURRENCY}")
    return resolve_settings(asked.given())


def _plan(settings: Settings, run_id: str | None) -> Plan:
    """Return the plan, once it is sure that the target may be asked for it."""
    operations, target = load_operations(settings.choice.specs), settings.target
    if target.url:
        require_path_params(select(operations, settings.choice.globs), target)
    return plan_of(operations, settings.choice, Exploration(), run_id or documents_id(operations))


_JOBS: Final[dict[str, Callable[[Asked, Job], Job]]] = {
    "settle": _settle,
    "collect": _collect,
    "decide": _decide,
}


if __name__ == "__main__":
    sys.exit(guarded(main))
