"""What decides the selected requirements: their part of the plan sent and judged as `conformance run` does it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.sending.budget import budget_of
from conformance.session.accepting import Accepting, today_utc
from conformance.session.folder import ReportFolder
from conformance.session.recorder import Recorder
from conformance.session.sending import sent
from conformance.suite.outcome import outcomes
from conformance.suite.part import part_of

if TYPE_CHECKING:
    from conformance.session.session import Session


def decide(whole: Session, wanted: frozenset[str]) -> dict[str, Any]:
    """Send what decides the wanted requirements (ids), and say what became of each. Raises ConformanceError."""
    settings = whole.settings
    session = replace(
        whole,
        plan=part_of(whole.plan, wanted),
        accepting=Accepting.of(settings.baseline, today_utc(), prune=False),
        budget=budget_of(settings.max_requests, settings.max_time),
    )
    recorder = Recorder(session, ReportFolder(None))
    report = sent(session, recorder)
    return outcomes(session.plan, session.target, report, wanted)
