"""What a run was asked for, and whether its target may be sent to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.openapi.selection import select, unmatched
from conformance.rules import FindingLevel
from conformance.sending.budget import Budget
from conformance.sending.production import refuse_production
from conformance.sending.target import Target, require_path_params
from conformance.session.exploring import Exploration
from conformance.session.notes import note
from conformance.session.outputs import Output
from conformance.settings import Choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.openapi.operation import Operation
    from conformance.planning.shard import Shard
    from conformance.session.accepting import Accepting


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


def check_target(session: Session, operations: Sequence[Operation]) -> None:
    """Raise UsageError where the target lacks ids, or is not to be tested; warn of what it accepts in vain."""
    require_path_params(select(operations, session.choice.globs), session.target)
    if not session.allow_production:
        refuse_production(operations, session.target.url)
    for glob in unmatched(operations, session.target.accept):
        note(f"accept {glob!r} of the target matches no operation of these documents")
