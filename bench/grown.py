"""One document loaded, planned and, on request, sent to a mock of it; run as a process, prints what each took."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from pathlib import Path
from time import perf_counter
from typing import Final

from measure import MIB, peak_of

from conformance.case import RunLevel
from conformance.mock.process import start_mock
from conformance.planning.mark import mark_of
from conformance.planning.plan import Plan, plan
from conformance.planning.spread import side_by_side
from conformance.sending.target import Target
from conformance.session.folder import ReportFolder
from conformance.session.loading import load_operations, mock_target
from conformance.session.recorder import Recorder
from conformance.session.sending import loop_factory, send_cases
from conformance.session.session import Session
from conformance.session.settings import Settings
from conformance.witness_cache import NO_CACHE, WitnessCache
from conformance_strategies import VALUES

MAX_BODY: Final = 64 * 1024
"""Bytes above which no body is sent: what is measured is how time grows, not how long megabytes take."""


def main() -> None:
    """Print `plan` and `run` in seconds, `peak` in MiB, and the number of `cases`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("document", type=Path)
    parser.add_argument("--level", type=RunLevel, default=RunLevel.STANDARD)
    parser.add_argument("--memory", type=Path)
    parser.add_argument("--send", action="store_true")
    options = parser.parse_args()
    memory = WitnessCache(options.memory) if options.memory else NO_CACHE
    started = perf_counter()
    operations = load_operations((options.document,))
    the_plan = plan(
        operations, VALUES, level=options.level, max_body=MAX_BODY, memory=memory, spread=side_by_side
    )
    planned = perf_counter() - started
    run = _sent(the_plan.marked(mark_of("bench")), options.document) if options.send else 0.0
    told = {
        "plan": planned,
        "run": run,
        "peak": (peak_of(os.getpid()) or 0) / MIB,
        "cases": len(the_plan.cases),
    }
    print(json.dumps(told))


def _sent(the_plan: Plan, document: Path) -> float:
    """Send the plan to a mock of the document, conclude, and return the seconds that this took."""
    with start_mock((document,), timeout=120) as mock:
        target = mock_target(Target(mock.url), mock)
        started = perf_counter()
        with ReportFolder(None) as folder, asyncio.Runner(loop_factory=loop_factory) as runner:
            session = Session(settings=Settings(), plan=the_plan, target=target)
            recorder = Recorder(session, folder)
            runner.run(send_cases(session, recorder))
            recorder.finish()
        return perf_counter() - started


if __name__ == "__main__":
    main()
