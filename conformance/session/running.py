"""One `conformance run` from what was asked to its exit code: mock and plan side by side, then sending."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from conformance.sending.target import require_path_params
from conformance.session.folder import ReportFolder
from conformance.session.loading import documents_id, load_operations, mock_target
from conformance.session.notes import note
from conformance.session.outputs import claim_outputs
from conformance.session.planning import plan_of
from conformance.session.session import Session, check_target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future
    from contextlib import AbstractContextManager
    from pathlib import Path

    from conformance.errors import ExitCode
    from conformance.mock.process import MockServer
    from conformance.openapi.operation import Operation


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
            operations, session.choice, session.exploration, session.run_id, meanwhile=import_what_sends
        )
        target = session.target if mock is None else mock_target(session.target, mock.result())
        require_path_params(plan.operations, target)
        if mock is not None:
            note(f"no --target: testing the embedded mock at {target.url}")
        from conformance.session.sending import send_and_report

        report = send_and_report(plan, target, session, folder)
        if session.accepting:
            session.accepting.close(report)
        return report.exit_code


def _sources(session: Session, operations: Sequence[Operation]) -> Iterator[Path]:
    """Yield the files that the run is made of: its documents and its baseline."""
    yield from dict.fromkeys(operation.document.path for operation in operations)
    if session.accepting:
        yield session.accepting.file


def import_what_sends() -> None:
    """Import now what the sending phase will want: it takes a while, and as long as the copy plans it is free."""
    for name in ("conformance.session.sending", "conformance.judging.diagnosis"):
        import_module(name)


@contextmanager
def _mock_meanwhile(session: Session) -> Iterator[Future[MockServer] | None]:
    """Start the mock in a thread, so that planning overlaps its start; None where a target is given."""
    if session.target.url:
        yield None
        return
    from concurrent.futures import ThreadPoolExecutor

    from conformance.mock.process import start_mock

    starting: AbstractContextManager[MockServer] = start_mock(session.choice.specs, checked=True)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(starting.__enter__)
        try:
            yield future
        finally:
            if future.exception() is None:  # waits for a start under way: no process is left behind
                starting.__exit__(None, None, None)
