"""`--explore SECONDS`: strategies, Schemathesis, sender and judge wired to the search, after the run has ended."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.explore.store import FailureStore
from conformance.session.notes import note

if TYPE_CHECKING:
    import asyncio

    from hypothesis.strategies import SearchStrategy

    from conformance.case import Case, Request
    from conformance.explore.failure import Failure
    from conformance.explore.hunt import Source
    from conformance.openapi.operation import Operation
    from conformance.planning.plan import Plan
    from conformance.running.runner import CaseJudged
    from conformance.sending.sender import Manners
    from conformance.session.recorder import Recorder
    from conformance.session.session import Session

_HOME: Final = "HYPOTHESIS_STORAGE_DIRECTORY"


def replaying(plan: Plan, folder: Path, max_body: int | None, mark: str) -> Plan:
    """Return the plan with the stored failures as cases, marked like it; those that no longer hold are told on stderr.

    Raises DocumentError where a file of the folder can't be used.
    """
    failures = FailureStore(folder).load()
    if not failures:
        return plan
    from conformance.explore.replayed import with_failures

    plan, notes = with_failures(plan, failures, max_body)
    for text in notes:
        note(text)
    return plan.marked(mark) if mark else plan


def explore(session: Session, recorder: Recorder, runner: asyncio.Runner, manners: Manners) -> None:
    """Search for what the run did not show; the recorder is told of each request and each failure.

    What is sent holds the mark, where it has room; what is kept holds none, so that it serves any run.

    It keeps to the run's `manners`. Raises TargetError where the target is gone, LimitReachedError where
    the run may send no more. Interrupted, it has told all that it found.
    """
    plan, folder, seconds = session.plan, session.settings.explore_dir, session.settings.explore
    if seconds is None or session.settings.shard is not None:
        return
    with _home():
        from conformance.explore.foreign import MISSING, is_installed
        from conformance.explore.hunt import Explorer
        from conformance.session.attempts import Attempts

        if not is_installed():
            note(MISSING)
        store, found = FailureStore(folder), set[str]()
        with Attempts(session, runner, manners) as attempts:

            def attempt(case: Case) -> CaseJudged:
                made = attempts.send(case)
                recorder.attempted(made.sent, made.judged.judgement)
                return made.judged

            def on_found(failure: Failure, judged: CaseJudged) -> None:
                found.add(failure.fingerprint)
                recorder.explored(failure.finding, replace(judged, case=attempts.stamp.case(judged.case)))

            sources = {o.name: _sources(o, plan) for o in plan.operations if o.name in plan.preflight}
            try:
                explorer = Explorer(attempt, store.save, on_found)
                explorer.explore(plan, recorder.explanation(), sources, seconds)
            finally:
                if found:
                    note(f"exploration found {len(found)} more, kept in {folder}")


@contextmanager
def _home() -> Iterator[None]:
    """Keep what Hypothesis likes to remember out of the user's folder, for as long as the block runs."""
    before = os.environ.get(_HOME)
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        os.environ[_HOME] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ[_HOME]
            else:
                os.environ[_HOME] = before


def _sources(operation: Operation, plan: Plan) -> list[Source]:
    """Return where requests come from: our three strategies, and Schemathesis where it is installed."""
    from hypothesis import strategies as st

    from conformance.contract.requests import request_contract
    from conformance.explore.foreign import foreign_requests, is_installed
    from conformance.explore.hunt import Source
    from conformance.jsonvalue import encode
    from conformance.session.attempts import bodies

    base: Request = next(c.request for c in plan.cases if c.id == plan.preflight[operation.name])

    def drawn(kind: str) -> SearchStrategy[Request]:
        return st.builds(lambda body: replace(base, body=encode(body)), bodies(operation, kind))

    found: list[Source] = []
    if request_contract(operation) is not None:
        found += [
            Source("a random valid body", lambda: drawn("valid")),
            Source("a single violation in a random valid body", lambda: drawn("invalid")),
            Source("a body at an edge", lambda: drawn("boundary")),
        ]
    if is_installed():
        title = "a request of Schemathesis"
        found.append(Source(title, lambda: foreign_requests(operation, base), (Exception,)))
    return found
