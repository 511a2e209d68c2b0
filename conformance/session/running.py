"""One `conformance run` from what was settled to its report: mock and plan side by side, then sending."""

from __future__ import annotations

import gc
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Final

from conformance.sending.budget import budget_of
from conformance.sending.target import require_path_params
from conformance.session.accepting import Accepting, today_utc
from conformance.session.folder import ReportFolder
from conformance.session.loading import documents_id, load_operations, mock_target
from conformance.session.notes import note
from conformance.session.outputs import claim_outputs
from conformance.session.planning import plan_of
from conformance.session.session import Session, check_target, part_of_session

GARBAGE: Final = 50_000
"""Objects between two looks for garbage: a run makes many that live to its end, and hardly a cycle."""

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future
    from contextlib import AbstractContextManager
    from pathlib import Path

    from conformance.mock.process import MockServer
    from conformance.openapi.operation import Operation
    from conformance.session.settings import Settings
    from conformance_reports.model import RunReport


def run(settings: Settings) -> RunReport:
    """Plan, send, judge and report; return the run's report.

    Raises a ConformanceError where the run could not begin; what is already known by then stands
    in the report folder.
    """
    gc.set_threshold(GARBAGE)
    accepting = Accepting.of(settings.baseline, today_utc(), prune=settings.prune)
    budget = budget_of(settings.max_requests, settings.max_time)
    with ExitStack() as stack:
        mock = stack.enter_context(_mock_meanwhile(settings))
        operations = load_operations(settings.specs)
        settings = replace(settings, run_id=settings.run_id or documents_id(operations))
        if mock is None:
            check_target(settings, operations)
        folder = stack.enter_context(ReportFolder(settings.report_dir))
        claim_outputs(settings.formats, settings.report_dir, _sources(operations, accepting))
        plan = plan_of(operations, settings, meanwhile=import_what_sends)
        target = settings.target if mock is None else mock_target(settings.target, mock.result())
        require_path_params(plan.operations, target)
        if mock is not None:
            note(f"no --target: testing the embedded mock at {target.url}")
        from conformance.session.sending import send_and_report

        whole = Session(settings=settings, plan=plan, target=target, accepting=accepting, budget=budget)
        report = send_and_report(part_of_session(whole), folder)
        if accepting:
            accepting.close(report)
        return report


def _sources(operations: Sequence[Operation], accepting: Accepting | None) -> Iterator[Path]:
    """Yield the files that the run is made of: its documents and its baseline."""
    yield from dict.fromkeys(operation.document.path for operation in operations)
    if accepting:
        yield accepting.file


def import_what_sends() -> None:
    """Import now what the sending phase will want: it takes a while, and as long as the copy plans it is free."""
    for name in ("conformance.session.sending", "conformance.judging.explanation"):
        import_module(name)


@contextmanager
def _mock_meanwhile(settings: Settings) -> Iterator[Future[MockServer] | None]:
    """Start the mock in a thread, so that planning overlaps its start; None where a target is given."""
    if settings.url:
        yield None
        return
    from concurrent.futures import ThreadPoolExecutor

    from conformance.mock.process import start_mock

    starting: AbstractContextManager[MockServer] = start_mock(settings.specs)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(starting.__enter__)
        try:
            yield future
        finally:
            if future.exception() is None:  # waits for a start under way: no process is left behind
                starting.__exit__(None, None, None)
