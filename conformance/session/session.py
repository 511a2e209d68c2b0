"""One run, wired: settings, plan, target and what the recorder must know of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from conformance.openapi.selection import select, unmatched
from conformance.planning.mark import mark_of
from conformance.sending.budget import Budget
from conformance.sending.production import refuse_production
from conformance.sending.target import Target, require_path_params
from conformance.session.notes import note
from conformance.session.outputs import shows_cases

if TYPE_CHECKING:
    from conformance.openapi.operation import Operation
    from conformance.planning.plan import Plan
    from conformance.session.accepting import Accepting
    from conformance.session.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a run is: settings with their `run_id`, the plan of all that is sent, and the target, ours or theirs.

    `setup` is the plan whose preflight is sent, where that is not the plan's own. Every request is paid from the
    `budget`. `header` is more for the journal's header.
    """

    settings: Settings
    plan: Plan
    target: Target
    setup: Plan | None = None
    accepting: Accepting | None = None
    budget: Budget = field(default_factory=Budget)
    header: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_embedded(self) -> bool:
        """Whether the embedded mock is tested."""
        return not self.settings.url

    @property
    def mark(self) -> str:
        """The mark on what the run creates; empty where that is gone with the embedded mock."""
        run_id = self.settings.run_id
        return "" if self.is_embedded or not run_id else mark_of(run_id)

    @property
    def keeps_cases(self) -> bool:
        """Whether somebody will look at single cases."""
        return shows_cases(self.settings.report_dir, self.settings.formats)


def part_of_session(session: Session) -> Session:
    """Return the session of the shard that its settings name: the part of the plan, and which part of what it is."""
    from conformance.planning.shard import before, cut, description, terms

    settings, plan, shard = session.settings, session.plan, session.settings.shard
    if shard is None:
        return session
    part = cut(plan, shard)
    agreed = {
        **terms(plan, settings.level, settings.globs, settings.max_body), "fail_on": settings.fail_on.value,
    }  # fmt: skip
    told = {"shard": description(shard, plan, part, agreed), "accept": dict(session.target.accept)}
    return replace(session, plan=part, setup=before(plan, part), header=told)


def check_target(settings: Settings, operations: Sequence[Operation]) -> None:
    """Raise UsageError where the target lacks ids, or is not to be tested; warn of what it accepts in vain."""
    require_path_params(select(operations, settings.globs), settings.target)
    if not settings.allow_production:
        refuse_production(operations, settings.url)
    for glob in unmatched(operations, settings.accept):
        note(f"accept {glob!r} of the target matches no operation of these documents")
